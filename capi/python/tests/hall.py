"""A hall on sale, for tests: ten rows of twenty seats at 45.00 EUR."""

import tempfile
import unittest
from pathlib import Path
from typing import Any, List

import seathold
from seathold import Money

PRICE = 4_500
EUR = "EUR"
ROWS, SEATS_PER_ROW = 10, 20


class Hall:
    """An engine with one performance."""

    def __init__(
        self, engine: seathold.Engine, rows: int = ROWS, row: int = SEATS_PER_ROW, **show: Any
    ) -> None:
        self.engine = engine
        catalog = engine.catalog
        self.venue = catalog.make_venue("Hall", rows=rows, seats_per_row=row, categories=1)
        self.show = catalog.add_show("Winter journey", **show)
        self.evening = self.add_evening()

    def add_evening(self, **more: Any) -> int:
        return self.engine.catalog.add_performance(
            self.show,
            self.venue,
            date="2036-12-31",
            time="19:30",
            currency=EUR,
            prices={"Category A": PRICE},
            **more,
        )

    def seat(self, ordinal: int) -> int:
        return self.engine.catalog.seat_id(self.venue, ordinal)

    def seats(self, *ordinals: int) -> List[int]:
        return [self.seat(ordinal) for ordinal in ordinals]

    def charge(self, user: int, minor: int = 2 * PRICE) -> None:
        self.engine.wallet.charge(user, Money(minor, EUR))


class HallTest(unittest.TestCase):
    """A test with a hall in memory, at a clock that it moves itself."""

    show: "dict[str, Any]" = {}

    def setUp(self) -> None:
        self.engine = seathold.open("memory:", manual_clock=True, test_only_cheap_hash=True)
        self.addCleanup(self.engine.close)
        self.hall = Hall(self.engine, **self.show)
        self.evening = self.hall.evening
        self.sell = self.engine.reservations

    def expect_clean(self, sold: int) -> seathold.Books:
        books = self.engine.verify()
        self.assertEqual(books.findings, ())
        self.assertTrue(books.clean)
        self.assertEqual(books.sold, sold)
        return books


def scratch(test: unittest.TestCase) -> Path:
    """A folder that goes away with the test."""
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    return Path(folder.name)
