"""A seat sold over PostgreSQL with claims and the waiting line on Redis, by URI alone."""

import os
import unittest

from hall import EUR, PRICE, Hall, scratch

import seathold
from seathold import Money

POSTGRES = os.environ.get("SEATHOLD_TEST_POSTGRES", "")
REDIS = os.environ.get("SEATHOLD_TEST_REDIS", "")
WHY = os.environ.get("SEATHOLD_TEST_NO_SERVERS") or "run it by tests/support/with_servers.sh"


class Servers(unittest.TestCase):
    def setUp(self) -> None:
        if not POSTGRES or not REDIS:
            self.skipTest(WHY)
        own = f"python_{os.getpid()}"
        cache = f"{REDIS}?prefix={own}"
        try:
            self.engine = seathold.open(
                f"{POSTGRES}&schema={own}",
                claims=cache,
                line=cache,
                keys=str(scratch(self) / "hall.keys"),
                test_only_cheap_hash=True,
            )
        except seathold.Unsupported as why:  # a wheel is without one of them, and says so
            self.assertRegex(str(why), "PostgreSQL|Redis|libpq")
            self.skipTest(str(why))
        self.addCleanup(self.engine.close)

    def test_sell_a_seat_by_uri_alone(self) -> None:
        hall = Hall(self.engine, requires_pass=True, active_max=1)
        first, second = (self.engine.queue.join(hall.show, user) for user in (7, 8))
        self.assertEqual((first.admitted, second.admitted), (True, False))
        sell = self.engine.reservations
        hold = sell.hold(hall.evening, 7, hall.seats(3), pass_=first.pass_)
        with self.assertRaises(seathold.NotAdmitted):
            sell.hold(hall.evening, 8, hall.seats(4))
        hall.charge(7, PRICE)
        sell.confirm(hold)
        self.assertEqual(self.engine.wallet.balance(7, EUR), Money(0, EUR))
        books = self.engine.verify()
        self.assertTrue(books.clean, books.findings)
        self.assertEqual(books.sold, 1)
