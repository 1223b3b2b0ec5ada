"""Venues, shows and dates: what there is to sell."""

import json
from ctypes import byref, c_uint64
from dataclasses import dataclass, field
from datetime import date as Date
from datetime import datetime, timedelta, timezone
from datetime import time as Time
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from . import _abi, _records
from ._library import lib
from ._runtime import Function, View, encode, timeout_ms
from .seats import Availability
from .values import Duration, Money, PlanFormat, SaleState, SeatState
from .values import a_time, to_microseconds, to_ms, to_time


@dataclass(frozen=True)
class Price:
    """What a seat of a category costs as a ticket type; type 0 is the default."""

    category: str
    minor: int
    ticket_type: int = 0
    name: str = ""


Prices = Union[Mapping[str, int], Sequence[Price]]
"""{category: minor units}, or prices with ticket types."""


@dataclass(frozen=True)
class Venue:
    """A venue."""

    id: int
    name: str
    zone: str
    seats: int
    created_at: datetime


@dataclass(frozen=True)
class Imported:
    """What an import made, and what it had to say."""

    venue: int
    sections: int
    rows: int
    seats: int
    blocked: int  #: seats that the plan itself blocks
    ranges: Tuple[str, ...]  #: "line 2, column 5: 1-10 gave 10 seats"
    warnings: Tuple[str, ...]
    report: Dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Show:
    """What is played, and how its queue works."""

    id: int
    title: str
    requires_pass: bool
    active_max: int
    rate_per_s: int
    grace_ms: int
    pass_ms: int
    created_at: datetime


@dataclass(frozen=True)
class Performance:
    """One date of a show."""

    id: int
    show: int
    venue: int
    local_date: str
    local_time: str
    currency: str
    prices: Tuple[Price, ...]
    seats: int
    starts_at: Optional[datetime]
    utc_offset: Optional[timedelta]
    sale_opens_at: Optional[datetime]
    sale_ends_at: Optional[datetime]
    user_limit: int
    hold_ttl_ms: int
    created_at: datetime
    availability: Availability

    @property
    def local_start(self) -> Optional[datetime]:
        """When it starts, on the venue's clock. None where release 0.1 was not told."""
        if self.starts_at is None or self.utc_offset is None:
            return None
        return self.starts_at.astimezone(timezone(self.utc_offset))


class Seat(NamedTuple):
    """A seat of a performance, with its price as ticket type 0."""

    id: int
    ordinal: int  # its place in maps
    state: SeatState
    price_minor: int


@dataclass(frozen=True)
class SeatName:
    """What people call a seat."""

    seat: int
    venue: int
    ordinal: int
    guid: str
    section: str
    row: str
    number: str
    category: int
    category_name: str
    attributes: str
    x: Optional[float]
    y: Optional[float]


class Catalog(View):
    """Sets up what is sold, and lists it."""

    def make_venue(
        self,
        name: str,
        *,
        rows: int,
        seats_per_row: int,
        categories: int = 3,
        zone: str = "",
        timeout: Optional[float] = None,
    ) -> int:
        """Adds a rectangular hall; its id. Seats have the guids "A-1", "A-2", ..., categories are
        "Category A", ... from the front. `zone`: an IANA name that this machine knows, such as
        "Europe/Vienna"; none is "UTC"."""
        spec = dict(name=name, rows=rows, seats_per_row=seats_per_row, categories=categories)
        if zone:
            spec["zone"] = zone
        return self._add(lib.seathold_venue_make, spec, timeout)

    def import_venue(
        self,
        plan: Union[str, bytes],
        *,
        format: PlanFormat = PlanFormat.PRETIX_JSON,
        name: Optional[str] = None,
        zone: Optional[str] = None,
        strict: bool = False,
        rekey_uuid: bool = False,
        timeout: Optional[float] = None,
    ) -> Imported:
        """Imports a seating plan. `name` overrides the plan's (a CSV needs one); `zone` as in
        make_venue(); `strict`: an unknown key is an error. InvalidPlan has the place in the
        text."""
        raw = plan if isinstance(plan, bytes) else encode(plan)
        options = {"name": name, "zone": zone, "strict": strict or None}
        options["rekey_uuid"] = rekey_uuid or None
        given = _json({key: value for key, value in options.items() if value is not None})
        venue = c_uint64()

        def call(*arguments: object) -> int:
            *head, out, cap, needed, ms, error = arguments
            tail = (byref(venue), out, cap, needed, ms, error)
            return int(lib.seathold_venue_import(*head, *tail))

        report = self._handle.json(
            call, int(format), raw, len(raw), given, len(given), ms=timeout_ms(timeout)
        )
        return Imported(
            venue.value,
            report["sections"],
            report["rows"],
            report["seats"],
            report["blocked"],
            tuple(report["ranges"]),
            tuple(report["warnings"]),
            report,
        )

    def plan(self, venue: int, *, timeout: Optional[float] = None) -> str:
        """The plan of a venue as pretix JSON, which import_venue() reads back to the same seats."""
        return self._handle.text(lib.seathold_venue_plan, venue, ms=timeout_ms(timeout)).decode()

    def venues(self, *, timeout: Optional[float] = None) -> List[Venue]:
        """All venues."""
        found = self._handle.json(lib.seathold_venue_list, ms=timeout_ms(timeout))
        return [
            Venue(v["venue"], v["name"], v["zone"], v["seats"], a_time(v["created_at_us"]))
            for v in found
        ]

    def add_show(
        self,
        title: str,
        *,
        requires_pass: bool = False,
        active_max: int = 0,
        rate_per_s: int = 0,
        grace: Optional[Duration] = None,
        pass_time: Optional[Duration] = None,
        timeout: Optional[float] = None,
    ) -> int:
        """Adds a show; its id. With `requires_pass` it has a queue: `active_max` buyers inside at
        once (0 = no cap), `rate_per_s` admissions a second (0 = no rate), waiters dropped after
        `grace` of silence, passes good for `pass_time`; all of these are refused without one."""
        spec: Dict[str, object] = {"title": title, "requires_pass": requires_pass}
        spec.update(active_max=active_max, rate_per_s=rate_per_s)
        if grace is not None:
            spec["grace_ms"] = to_ms(grace, 0)
        if pass_time is not None:
            spec["pass_ms"] = to_ms(pass_time, 0)
        return self._add(lib.seathold_show_add, spec, timeout)

    def shows(self, *, timeout: Optional[float] = None) -> List[Show]:
        """All shows."""
        names = (
            "show",
            "title",
            "requires_pass",
            "active_max",
            "rate_per_s",
            "grace_ms",
            "pass_ms",
        )
        found = self._handle.json(lib.seathold_show_list, ms=timeout_ms(timeout))
        return [
            Show(
                one["show"],
                one["title"],
                one["requires_pass"],
                one["active_max"],
                one["rate_per_s"],
                one["grace_ms"],
                one["pass_ms"],
                a_time(one["created_at_us"]),
            )
            for one in found
        ]

    def add_performance(
        self,
        show: int,
        venue: int,
        *,
        date: Union[str, Date],
        time: Union[str, Time],
        currency: str,
        prices: Prices,
        starts_at: Optional[datetime] = None,
        sale_opens_at: Optional[datetime] = None,
        sale_ends_at: Optional[datetime] = None,
        user_limit: int = 0,
        hold_ttl: Optional[Duration] = None,
        on_sale: bool = True,
        timeout: Optional[float] = None,
    ) -> int:
        """Adds a date; its id. `date` and `time` are those of the venue's clock, and the start is
        computed from them. `starts_at` must agree with them to the minute; it is needed where the
        clock skips that time or has it twice, and after 2037. Sales open before they end, and end
        with the start at the latest; a date that is over already is added with a warning in the
        log. Every category of the plan needs a price of ticket type 0, 0 .. 62,500,000,000,000
        minor units. `user_limit`: seats a user, 0 = none."""
        spec: Dict[str, object] = {
            "show": show,
            "venue": venue,
            "local_date": date if isinstance(date, str) else _date(date),
            "local_time": time if isinstance(time, str) else _time(time),
            "currency": currency,
            "prices": _prices(prices),
            "user_limit": user_limit,
            "hold_ttl_ms": to_ms(hold_ttl, 0),
            "on_sale": on_sale,
        }
        moments = dict(starts=starts_at, sale_opens=sale_opens_at, sale_ends=sale_ends_at)
        for name, moment in moments.items():
            if moment is not None:
                spec[name + "_at_us"] = to_microseconds(moment)
        return self._add(lib.seathold_performance_add, spec, timeout)

    def performances(
        self, show: int = 0, *, on_sale_only: bool = False, timeout: Optional[float] = None
    ) -> List[Performance]:
        """The dates of a show (0 = of all)."""
        flags = _abi.ON_SALE_ONLY if on_sale_only else 0
        found = self._handle.json(
            lib.seathold_performance_list, show, flags, ms=timeout_ms(timeout)
        )
        return [_performance(one) for one in found]

    def set_sale(self, performance: int, on_sale: bool, *, timeout: Optional[float] = None) -> None:
        """Opens or closes a sale. Closing starts no new holds; living ones may still be paid."""
        self._handle.call(
            lib.seathold_performance_sale_set, performance, int(on_sale), timeout_ms(timeout)
        )

    def seats(self, performance: int, *, timeout: Optional[float] = None) -> List[Seat]:
        """Every seat of a date with its state and price, by ordinal."""
        records = self._handle.records(
            _records.SeatView, lib.seathold_seat_list, performance, ms=timeout_ms(timeout)
        )
        return [Seat(r.seat, r.ordinal, SeatState(r.state), r.price_minor) for r in records]

    def find_seat(self, performance: int, guid: str, *, timeout: Optional[float] = None) -> int:
        """The id of the seat that has this guid in the plan."""
        seat, raw = c_uint64(), encode(guid)
        self._handle.call(
            lib.seathold_seat_find, performance, raw, len(raw), byref(seat), timeout_ms(timeout)
        )
        return seat.value

    def name_seat(self, seat: int, *, timeout: Optional[float] = None) -> SeatName:
        """What people call a seat."""
        found = self._handle.json(lib.seathold_seat_read, seat, ms=timeout_ms(timeout))
        return SeatName(**{name: found.get(name) for name in SeatName.__dataclass_fields__})

    @staticmethod
    def seat_id(venue: int, ordinal: int) -> int:
        """The id of a seat from its venue and ordinal."""
        return venue << 20 | ordinal

    def _add(self, function: Function, spec: Mapping[str, object], timeout: Optional[float]) -> int:
        made, raw = c_uint64(), _json(spec)
        self._handle.call(function, raw, len(raw), byref(made), timeout_ms(timeout))
        return made.value


def _date(date: Date) -> str:
    if isinstance(date, datetime):
        raise ValueError("date is a datetime, whose time would be lost: give date() and time()")
    return date.isoformat()


def _time(time: Time) -> str:
    if time.tzinfo is not None:
        raise ValueError(
            "time has a time zone, which would be lost: the venue's zone counts;"
            " give it without one, and the moment as starts_at"
        )
    whole = time.second == 0 and time.microsecond == 0
    return time.isoformat("minutes" if whole else "auto")


def _json(spec: Mapping[str, object]) -> bytes:
    return encode(json.dumps(spec, ensure_ascii=False))


def _prices(prices: Prices) -> List[Dict[str, object]]:
    if isinstance(prices, Mapping):
        prices = [Price(category, minor) for category, minor in prices.items()]
    return [
        {
            "category": price.category,
            "ticket_type": price.ticket_type,
            "name": price.name or price.category,
            "price_minor": price.minor,
        }
        for price in prices
    ]


def _performance(one: Mapping[str, Any]) -> Performance:
    counts, offset = one["availability"], one["utc_offset_s"]
    return Performance(
        id=one["performance"],
        show=one["show"],
        venue=one["venue"],
        local_date=one["local_date"],
        local_time=one["local_time"],
        currency=one["currency"],
        prices=tuple(
            Price(p.get("category", ""), p["price_minor"], p["ticket_type"], p["name"])
            for p in one["prices"]
        ),
        seats=one["seats"],
        starts_at=to_time(one["starts_at_us"]),
        utc_offset=None if offset is None else timedelta(seconds=offset),
        sale_opens_at=to_time(one["sale_opens_at_us"]),
        sale_ends_at=to_time(one["sale_ends_at_us"]),
        user_limit=one["user_limit"],
        hold_ttl_ms=one["hold_ttl_ms"],
        created_at=a_time(one["created_at_us"]),
        availability=Availability(
            SaleState(counts["state"]),
            bool(counts["on_sale"]),
            counts["available"],
            counts["held"],
            counts["sold"],
            counts["blocked"],
            to_time(counts["next_release_at_us"]),
        ),
    )
