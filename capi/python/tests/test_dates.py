"""Dates, zones, currencies: what is refused, and what a list says."""

from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import seathold
from hall import PRICE, HallTest

VIENNA = ZoneInfo("Europe/Vienna")


class Dates(HallTest):
    def setUp(self) -> None:
        super().setUp()
        self.venue = self.engine.catalog.make_venue(
            "Club", rows=1, seats_per_row=2, categories=1, zone="Europe/Vienna"
        )

    def add(self, **more: Any) -> int:
        spec = dict(date="2036-12-31", time="19:30", currency="EUR", prices={"Category A": PRICE})
        spec.update(more)
        return self.engine.catalog.add_performance(self.hall.show, self.venue, **spec)

    def refused(self, field: str, **more: Any) -> None:
        with self.assertRaises(seathold.InvalidArgument) as caught:
            self.add(**more)
        self.assertIn(field, str(caught.exception))

    def test_a_date_or_time_that_is_none_is_refused_by_its_name(self) -> None:
        for wrong in ("2027-02-30", "2026-13-31", "0000-00-00", "hello"):
            self.refused(f'local_date "{wrong}"', date=wrong)
        for wrong in ("24:00", "23:60", "8pm", "99:99"):
            self.refused(f'local_time "{wrong}"', time=wrong)
        self.refused('currency "ZZZ"', currency="ZZZ")
        self.refused("sale_ends_at", sale_ends_at=datetime(2037, 1, 1, tzinfo=timezone.utc))

    def test_the_start_is_on_the_clock_of_the_venue(self) -> None:
        evening = self.add(date=date(2036, 7, 1), time=time(19, 30, 15))
        listed = {p.id: p for p in self.engine.catalog.performances()}[evening]
        self.assertEqual(listed.local_time, "19:30:15")
        self.assertEqual(listed.starts_at, datetime(2036, 7, 1, 17, 30, 15, tzinfo=timezone.utc))
        self.assertEqual(listed.utc_offset, timedelta(hours=2))
        assert listed.local_start is not None
        self.assertEqual(listed.local_start.isoformat(), "2036-07-01T19:30:15+02:00")

    def test_what_would_lose_its_zone_or_time_is_refused(self) -> None:
        for aware in (time(19, 30, tzinfo=VIENNA), time(19, 30, tzinfo=timezone.utc)):
            with self.assertRaisesRegex(ValueError, "time zone"):
                self.add(time=aware)
        with self.assertRaisesRegex(ValueError, "date is a datetime"):
            self.add(date=datetime(2036, 12, 31, 19, 30))
        with self.assertRaisesRegex(ValueError, "time zone"):
            self.add(starts_at=datetime(2036, 12, 31, 19, 30))
        self.refused("local_time", time=time(19, 30, 0, 5))

    def test_an_aware_start_must_agree(self) -> None:
        start = datetime(2036, 12, 31, 19, 30, tzinfo=VIENNA)
        evening = self.add(starts_at=start)
        listed = {p.id: p for p in self.engine.catalog.performances()}[evening]
        self.assertEqual(listed.starts_at, start)
        self.refused("starts_at 2036-12-31T16:30:00Z", starts_at=start - timedelta(hours=2))

    def test_a_clock_change_needs_the_start(self) -> None:
        self.refused("is there twice", date="2036-10-26", time="02:30")
        for fold in (0, 1):
            start = datetime(2036, 10, 26, 2, 30, tzinfo=VIENNA, fold=fold)
            self.add(date="2036-10-26", time="02:30", starts_at=start)
        self.refused("does not exist", date="2036-03-30", time="02:30")
        with self.assertRaisesRegex(ValueError, "the clock skips it"):
            skipped = datetime(2036, 3, 30, 2, 30, tzinfo=VIENNA)
            self.add(date="2036-03-30", time="02:30", starts_at=skipped)

    def test_a_zone_that_is_none_is_refused(self) -> None:
        for wrong in ("Mars/Base", "CEST", "localtime"):
            with self.assertRaises(seathold.InvalidArgument) as caught:
                self.engine.catalog.make_venue("X", rows=1, seats_per_row=1, zone=wrong)
            self.assertIn(f'zone "{wrong}"', str(caught.exception))
        self.assertEqual(self.engine.catalog.venues()[0].zone, "UTC")

    def test_what_only_a_queue_has_is_refused_without_one(self) -> None:
        for wrong in ({"active_max": 5}, {"rate_per_s": 5}, {"grace": 5}, {"pass_time": 5}):
            with self.assertRaises(seathold.InvalidArgument):
                self.engine.catalog.add_show("Rush", **wrong)  # type: ignore[arg-type]
        with self.assertRaises(seathold.InvalidArgument):
            self.engine.catalog.add_show(" \u3000 ")

    def test_currencies_have_their_decimals(self) -> None:
        self.assertEqual(
            [seathold.currency_digits(code) for code in ("EUR", "JPY", "KWD", "CLF", "XTS")],
            [2, 0, 3, 4, 2],
        )
        for wrong in ("ZZZ", "HRK", "XXX", "eur", "", "EURO", "E\u00dcR"):
            with self.assertRaises(ValueError):
                seathold.currency_digits(wrong)
        self.assertEqual(str(seathold.Money(4500, "JPY")), "4500 JPY")
        self.assertEqual(str(seathold.Money(4500, "KWD")), "4.500 KWD")
        with self.assertRaises(seathold.InvalidArgument):
            self.engine.wallet.charge(7, seathold.Money(1, "ZZZ"))

    def test_the_clock_ends_with_the_year_9999(self) -> None:
        last = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=timezone.utc)
        self.engine.set_clock(last)
        self.assertEqual(self.engine.now(), last)
