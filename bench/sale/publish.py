#!/usr/bin/env python3
"""Puts a run into README.md and docs/: python3 bench/sale/publish.py build/sale

The table goes between the two comments of README.md that name this benchmark, the pictures to docs/."""
import contextlib
import io
import os
import shutil
import sys

from figures import Figures
from table import short

BEGINS, ENDS = "<!-- sale: bench/sale/run.sh --publish writes this -->\n", "<!-- end of sale -->\n"


def main():
    folder = sys.argv[1]
    figures = Figures(os.path.join(folder, "sale.json"))
    if figures.failed:
        sys.exit("no figure counts of a run whose books are wrong")
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        short(figures)
    with open("README.md", encoding="utf-8") as file:
        before, rest = file.read().split(BEGINS)
        after = rest.split(ENDS)[1]
    with open("README.md", "w", encoding="utf-8") as file:
        file.write(f"{before}{BEGINS}{text.getvalue()}{ENDS}{after}")
    for name in ("callers", "latency", "growth"):
        shutil.copy(os.path.join(folder, f"sale-{name}.svg"), "docs")


if __name__ == "__main__":
    main()
