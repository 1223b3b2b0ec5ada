"""Looking at the seats of a performance: map, counts, and what happens to them."""

from ctypes import byref, c_size_t, c_uint8
from dataclasses import dataclass
from datetime import datetime
from typing import List, NamedTuple, Optional, Tuple
from uuid import UUID

from . import _abi, _records
from ._library import lib
from ._runtime import View, raw_id, timeout_ms
from .errors import BufferTooSmall
from .values import Duration, FeedKind, SaleState, SeatState, a_time, to_ms, to_time


class MapVersion(NamedTuple):
    """The version of a map."""

    feed: int
    lapse_us: int


@dataclass(frozen=True)
class SeatMap:
    """All seats at one moment. `bits` has two a seat, by ordinal, four a byte, lowest first."""

    performance: int
    version: MapVersion
    bits: bytes
    seats: int
    available: int
    held: int
    sold: int
    blocked: int
    next_release_at: Optional[datetime]  # when the next hold ends; None = nothing is held

    def __getitem__(self, ordinal: int) -> SeatState:
        """The state of a seat."""
        if not 0 <= ordinal < self.seats:
            raise IndexError(f"{ordinal} is not within 0 .. {self.seats - 1}")
        return SeatState(self.bits[ordinal // 4] >> ordinal % 4 * 2 & 3)

    def __len__(self) -> int:
        """How many seats the venue has."""
        return self.seats


@dataclass(frozen=True)
class Availability:
    """Counts of a performance."""

    state: SaleState
    on_sale: bool
    available: int
    held: int
    sold: int
    blocked: int
    next_release_at: Optional[datetime]  # all held: when seats may come back


@dataclass(frozen=True)
class FeedEvent:
    """An event of a performance. A lapse is an event only when something writes it: count it from
    the deadline of HELD."""

    counter: int  # 1, 2, 3, ... without a gap
    kind: FeedKind
    seats: Tuple[int, ...]
    hold: Optional[UUID]
    user: Optional[int]
    expires_at: Optional[datetime]  # of HELD
    at: datetime


class Seats(View):
    """Tells the state of seats; none of it needs a pass."""

    def map(
        self,
        performance: int,
        *,
        known: Optional[MapVersion] = None,
        timeout: Optional[float] = None,
    ) -> Optional[SeatMap]:
        """All seats at one moment; None when `known` is still the version."""
        handle, error = self._handle, _records.Error()
        info, needed = _records.MapInfo(), c_size_t()
        version = None if known is None else byref(_records.MapVersion(*known))
        cap = 1_024
        while True:
            bits = (c_uint8 * cap)()
            code = lib.seathold_map_read(
                handle.value,
                performance,
                version,
                bits,
                cap,
                byref(needed),
                byref(info),
                timeout_ms(timeout),
                byref(error),
            )
            if code == _abi.OK:
                break
            if code != BufferTooSmall.code:
                handle.fail(code, error.message)
            cap = needed.value
        if info.flags & _abi.UNCHANGED:
            return None
        return SeatMap(
            info.performance,
            MapVersion(info.version.feed, info.version.lapse_us),
            bytes(memoryview(bits)[: needed.value]),
            info.seats,
            info.available,
            info.held,
            info.sold,
            info.blocked,
            to_time(info.next_release_at_us),
        )

    def changes(
        self, performance: int, after: MapVersion, *, timeout: Optional[float] = None
    ) -> Tuple[List[Tuple[int, SeatState]], MapVersion]:
        """(ordinal, state) of seats that differ between that version and now, and the version
        reached. FeedTruncated: out of reach, read the map."""
        reached, version = _records.MapVersion(), _records.MapVersion(*after)

        def call(*arguments: object) -> int:
            *head, ms, error = arguments
            return int(lib.seathold_map_changes(*head, byref(reached), ms, error))

        records = self._handle.records(
            _records.SeatChange, call, performance, byref(version), ms=timeout_ms(timeout)
        )
        found = [(record.ordinal, SeatState(record.state)) for record in records]
        return found, MapVersion(reached.feed, reached.lapse_us)

    def availability(self, performance: int, *, timeout: Optional[float] = None) -> Availability:
        """Counts of a performance."""
        record = _records.Availability()
        self._handle.call(
            lib.seathold_availability_read, performance, byref(record), timeout_ms(timeout)
        )
        return Availability(
            SaleState(record.state),
            bool(record.flags & _abi.ON_SALE),
            record.available,
            record.held,
            record.sold,
            record.blocked,
            to_time(record.next_release_at_us),
        )

    def feed(
        self,
        performance: int,
        *,
        after: int = 0,
        limit: int = 1_000,
        wait: Optional[Duration] = None,
        timeout: Optional[float] = None,
    ) -> List[FeedEvent]:
        """Events with a counter above `after`, without a gap: at most `limit`. When there is none
        it looks again for `wait`; another process's events are seen, too."""
        records, n = (_records.FeedEvent * limit)(), c_size_t()
        self._handle.call(
            lib.seathold_feed_poll,
            performance,
            after,
            records,
            limit,
            byref(n),
            to_ms(wait, 0),
            timeout_ms(timeout),
        )
        return [_event(records[i]) for i in range(n.value)]

    def trim_feed(self, performance: int, through: int, *, timeout: Optional[float] = None) -> None:
        """Forgets events with a counter of `through` or less. Nothing else ever does."""
        self._handle.call(lib.seathold_feed_trim, performance, through, timeout_ms(timeout))


def _event(record: _records.FeedEvent) -> FeedEvent:
    return FeedEvent(
        record.counter,
        FeedKind(record.kind),
        tuple(record.seats[: record.seats_n]),
        raw_id(bytes(record.hold)),
        record.user or None,
        to_time(record.expires_at_us),
        a_time(record.at_us),
    )
