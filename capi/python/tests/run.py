"""Runs the tests of this folder; prints "ok", "not ok" or "skip" for each, and why.

    python3 run.py LABEL [PATTERN ...]        what unittest's -k takes

Exits with 1 when one failed or none ran.
"""

import sys
import unittest
from pathlib import Path
from typing import Any


class Lines(unittest.TestResult):
    """One line a test; the details of a failure above it."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def name(self, test: unittest.TestCase) -> str:
        words = test.id().split(".")
        return f"{self.label}: {'.'.join(words[-2:])}"

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        print(f"ok {self.name(test)}", flush=True)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        print(f"skip {self.name(test)} - {reason}", flush=True)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self.tell(test, self.failures[-1][1])

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self.tell(test, self.errors[-1][1])

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.tell(subtest, (self.failures + self.errors)[-1][1])

    def tell(self, test: unittest.TestCase, trace: str) -> None:
        print("".join(f"  {line}\n" for line in trace.rstrip().splitlines()), end="")
        print(f"not ok {self.name(test)} - {trace.rstrip().splitlines()[-1]}", flush=True)


def main() -> int:
    label, *patterns = sys.argv[1:]
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{pattern}*" for pattern in patterns] or None
    here = str(Path(__file__).parent)
    result = Lines(label)
    loader.discover(here, top_level_dir=here).run(result)
    return 0 if result.wasSuccessful() and result.testsRun > len(result.skipped) else 1


if __name__ == "__main__":
    sys.exit(main())
