"""The examples: a sale with asyncio, workers of every kind of fork, and real prefork servers."""

import json
import os
import shutil
import socket
import subprocess
import sys
import unittest
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Dict, List, Set, Tuple

from hall import EUR, PRICE, Hall, scratch

import seathold
from seathold import Money

EXAMPLES = Path(os.environ["SEATHOLD_EXAMPLES"])


def run_example(*arguments: str) -> str:
    command = [sys.executable, "-W", "error", *arguments]
    run = subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


class Examples(unittest.TestCase):
    def test_a_thousand_buyers_with_asyncio(self) -> None:
        printed = run_example("sale.py")
        self.assertIn("400 of 400 seats sold, 0 held", printed)
        self.assertIn("18000.00 EUR taken", printed)
        self.assertIn("books clean", printed)

    def test_four_workers_of_every_kind_stand_in_one_line(self) -> None:
        for method in ("fork", "forkserver", "spawn", "os.fork"):
            with self.subTest(method):
                printed = run_example("prefork.py", method)
                self.assertIn("120 stood in one line; 60 of 60 seats sold", printed)
                self.assertIn("books clean", printed)


class Servers(unittest.TestCase):
    def test_gunicorn_forks_workers_that_sell_together(self) -> None:
        self.sell_behind("gunicorn", ["--workers", "4", "--preload", "-c", "gunicorn_conf.py"])

    def test_uwsgi_forks_workers_that_sell_together(self) -> None:
        options = (
            "--processes 4 --master --plugin python3 --wsgi-file web.py --need-app --die-on-term"
        )
        self.sell_behind("uwsgi", options.split())

    def sell_behind(self, server: str, options: List[str]) -> None:
        if shutil.which(server) is None:
            self.skipTest(f"{server} is not installed")
        database = scratch(self) / "concert.db"
        with seathold.open(f"sqlite:{database}") as engine:
            hall = Hall(engine, rows=4, row=10)
        # The server inherits a socket that listens already, so no request can come too early.
        with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
            port = listening.getsockname()[1]
            process = self.start(server, options, listening.fileno(), database, hall.evening)
            try:
                answers = self.ask(port)
                workers = {answer["pid"] for _, answer in answers}
                workers |= self.meet_another(port, workers)
            finally:
                process.terminate()
                try:
                    log = process.communicate(timeout=60)[0]
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise
        statuses = [status for status, _ in answers]
        self.assertEqual((statuses.count(200), statuses.count(409)), (40, 20), log)
        seats = [answer["seat"] for status, answer in answers if status == 200]
        self.assertEqual(sorted(seats), hall.seats(*range(40)))
        self.assertGreater(len(workers), 1, log)
        with seathold.open(f"sqlite:{database}") as engine:
            books = engine.verify()
        self.assertTrue(books.clean, books.findings)
        self.assertEqual(books.revenue, (Money(40 * PRICE, EUR),))

    @staticmethod
    def start(
        server: str, options: List[str], fd: int, database: Path, evening: int
    ) -> "subprocess.Popen[str]":
        packages = str(Path(seathold.__file__).parent.parent)
        environment = dict(
            os.environ,
            SEATHOLD_DATABASE=str(database),
            SEATHOLD_PERFORMANCE=str(evening),
            PYTHONPATH=packages,
        )
        if server == "gunicorn":
            command = [server, "-b", f"fd://{fd}", *options, "web:application"]
        else:
            command = [server, "--http-socket", f"fd://{fd}", *options]
        return subprocess.Popen(
            command,
            cwd=EXAMPLES,
            env=environment,
            pass_fds=[fd],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @staticmethod
    def buy(port: int, user: int) -> Tuple[int, Dict[str, int]]:
        url = f"http://127.0.0.1:{port}/buy?user={user}"
        for _ in range(1_000):
            try:
                with urllib.request.urlopen(url, timeout=60) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as error:
                # 503: the last seats are held by those who are about to pay.
                if error.code != 503:
                    return error.code, json.load(error)
        raise AssertionError(f"user {user} is told to try again for ever")

    def ask(self, port: int) -> List[Tuple[int, Dict[str, int]]]:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda user: self.buy(port, user), range(1, 61)))

    def meet_another(self, port: int, known: Set[int]) -> Set[int]:
        """The first worker may have sold all before the others were up: they still answer."""
        for _ in range(1_000):
            if len(known) > 1:
                break
            with ThreadPoolExecutor(8) as pool:
                answers = pool.map(lambda user: self.buy(port, user), range(61, 69))
                known = known | {answer["pid"] for _, answer in answers}
        return known
