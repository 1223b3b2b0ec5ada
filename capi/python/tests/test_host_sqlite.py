"""A host program that reads the database with its own SQLite, in the middle of a sale.

With a library that has an SQLite of its own inside, two copies are in this process, and the file
locks of one must not end those of the other: a second process sells from the same file all the
while, which is what lost locks would let in between.
"""

import multiprocessing
import sqlite3
import threading
import unittest
from multiprocessing.connection import Connection
from pathlib import Path
from typing import List, Set, Tuple

from hall import PRICE, Hall, scratch

import seathold

SEATS = 120


def sell(path: Path, evening: int, seats: List[int], user: int, read: bool) -> Tuple[Set[int], int]:
    """Sells what it can get, every payment acknowledged; the seats, and how often it was read."""
    sold: Set[int] = set()
    with seathold.open(f"sqlite:{path}") as engine:
        reader = Reader(path) if read else None
        for seat in seats:
            try:
                hold = engine.reservations.hold(evening, user, [seat])
            except seathold.SeatTaken:
                continue
            engine.reservations.confirm(hold, reference=f"card {hold.id}")
            sold.add(seat)
        return sold, 0 if reader is None else reader.stop()


class Reader:
    """Opens, reads and closes the file with this Python's SQLite, again and again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ending = threading.Event()
        self.reads = 0
        self.wrong: List[str] = []
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        while not self.ending.is_set():
            for name in (str(self.path), f"{self.path}-line"):
                host = sqlite3.connect(name, timeout=0)
                try:
                    for (found,) in host.execute("PRAGMA integrity_check(1)"):
                        if found != "ok":
                            self.wrong.append(found)
                    self.reads += 1
                except sqlite3.OperationalError as error:
                    if "locked" not in str(error):
                        self.wrong.append(str(error))
                finally:
                    host.close()

    def stop(self) -> int:
        self.ending.set()
        self.thread.join()
        assert self.wrong == [], self.wrong
        return self.reads


def sell_in_child(results: Connection, path: Path, evening: int, seats: List[int]) -> None:
    results.send(sell(path, evening, seats, user=8, read=True))


class HostSqlite(unittest.TestCase):
    def test_nothing_acknowledged_is_lost_while_the_host_reads(self) -> None:
        path = scratch(self) / "concert.db"
        with seathold.open(f"sqlite:{path}") as engine:
            hall = Hall(engine, rows=6, row=20, requires_pass=False)
            seats = hall.seats(*range(SEATS))
        spawn = multiprocessing.get_context("spawn")
        mine, theirs = spawn.Pipe()
        args = (theirs, path, hall.evening, seats[::-1])
        other = spawn.Process(target=sell_in_child, args=args)
        other.start()
        theirs.close()  # so that a child that dies ends recv()
        sold, reads = sell(path, hall.evening, seats, user=7, read=True)
        others, their_reads = mine.recv()
        other.join()
        self.assertEqual(other.exitcode, 0)
        self.assertEqual(len(sold) + len(others), SEATS)
        self.assertEqual(sold & others, set())
        self.assertGreater(min(reads, their_reads), 10)
        with seathold.open(f"sqlite:{path}", create=False) as engine:
            for user, seats_of in ((7, sold), (8, others)):
                kept = engine.reservations.of_user(user)
                confirmed = {v.seats[0].seat for v in kept if v.state.name == "CONFIRMED"}
                self.assertEqual(confirmed, seats_of)
            books = engine.verify()
        self.assertTrue(books.clean, books.findings)
        self.assertEqual(books.revenue, (seathold.Money(SEATS * PRICE, "EUR"),))
        host = sqlite3.connect(path)
        self.assertEqual(host.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        host.close()
