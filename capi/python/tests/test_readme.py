"""The program in README.md runs as it stands there."""

import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

from hall import scratch


class Readme(unittest.TestCase):
    def test_its_program_runs_and_prints_what_was_paid(self) -> None:
        text = Path(os.environ["SEATHOLD_README"]).read_text(encoding="utf-8")
        program = re.search(r"<!-- run -->\n```python\n(.*?)```", text, re.DOTALL)
        assert program is not None
        command = [sys.executable, "-W", "error", "-c", program[1]]
        run = subprocess.run(command, cwd=scratch(self), capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertRegex(run.stdout, r"^taken until 20\d\d-")
        self.assertIn("90.00 EUR paid, 0.00 EUR left", run.stdout)
