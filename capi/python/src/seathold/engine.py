"""The engine: a database, open in this process."""

import warnings
from ctypes import (
    byref,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    create_string_buffer,
    sizeof,
)
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from math import inf
from os import PathLike, fsencode
from types import TracebackType
from typing import Any, Dict, List, Mapping, Optional, Tuple, Type, Union
from uuid import UUID

from . import _abi, _records, errors
from ._codes import class_of
from ._library import lib
from ._runtime import Handle, View, encode, timeout_ms
from .accounts import Accounts
from .catalog import Catalog
from .queue import Queue
from .reservations import Reservations
from .seats import Seats
from .values import Duration, Latency, LogLevel, Money, a_time, to_microseconds, to_ms
from .wallet import Wallet

_LOG_LINES = 65_536


@dataclass(frozen=True)
class Finding:
    """What an audit found wrong."""

    check: str
    detail: str


@dataclass(frozen=True)
class Books:
    """What an audit counted."""

    clean: bool
    findings: Tuple[Finding, ...]
    seats: int
    sold: int
    held: int
    blocked: int
    confirmed: int  # reservations
    transfers: int
    revenue: Tuple[Money, ...]  # one a currency, as those below
    wallets: Tuple[Money, ...]
    external: Tuple[Money, ...]
    report: Dict[str, Any] = field(repr=False)


# What every call in a bucket of a Histogram was shorter than, in microseconds; the last bucket, which
# takes all beyond, has none.
BUCKET_BOUNDS_US: Tuple[int, ...] = tuple(
    lib.seathold_bucket_bound_us(i) for i in range(_abi.BUCKETS - 1)
)


@dataclass(frozen=True)
class Histogram:
    """How long calls took, in buckets that double."""

    count: int  # the sum of the buckets, always
    sum_us: int  # of these calls, and perhaps of a few that ended while it was read
    max_us: int  # likewise
    buckets: Tuple[int, ...]  # calls in each alone; OpenTelemetry wants them so

    def cumulative(self) -> List[Tuple[float, int]]:
        """As Prometheus wants it: each bound in seconds, infinity at the end, and how many calls
        were shorter."""
        bounds = [bound / 1_000_000 for bound in BUCKET_BOUNDS_US] + [inf]
        return list(zip(bounds, accumulate(self.buckets)))


class Engine(View):
    """An open engine; open() makes one.

    Every method may be called by any thread at any time, and lets other threads run meanwhile. An
    engine stays in the process that opened it: after a fork each process opens its own.
    """

    def __init__(self, handle: Handle) -> None:
        super().__init__(handle)
        self.catalog = Catalog(handle)
        self.reservations = Reservations(handle)
        self.queue = Queue(handle)
        self.wallet = Wallet(handle)
        self.accounts = Accounts(handle)
        self.seats = Seats(handle)

    def __enter__(self) -> "Engine":
        """The engine, closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        """Closes it."""
        self.close()

    def __del__(self) -> None:
        """An engine that nobody closed is closed, with a warning; a parent's is left to it."""
        handle = self.__dict__.get("_handle")
        if handle is None or handle.closed:
            return
        if lib.seathold_close(handle.value, 0, None) != errors.EngineForked.code:
            warnings.warn(f"{self!r} was not closed", ResourceWarning, source=self)

    def __repr__(self) -> str:
        """Whether it is open."""
        return f"<seathold.Engine {'closed' if self._handle.closed else 'open'}>"

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._handle.closed

    def close(self, *, timeout: Optional[float] = None) -> None:
        """Waits for the calls inside and closes it; again is fine. Calls from now on raise
        EngineClosed. Busy: calls are still inside; close it again. In a child of fork it only
        forgets the engine, which is the parent's."""
        handle = self._handle
        if handle.closed:
            return
        error = _records.Error()
        code = lib.seathold_close(handle.value, timeout_ms(timeout), byref(error))
        if code in (errors.Busy.code, errors.InvalidArgument.code):
            handle.fail(code, error.message)
        handle.closed = True
        if code not in (_abi.OK, errors.EngineForked.code, errors.EngineClosed.code):
            if code != errors.BadHandle.code:  # closed by another thread in between
                handle.fail(code, error.message)

    def sweep(self, holds_max: int = 1_000, *, timeout: Optional[float] = None) -> int:
        """Rolls back at most `holds_max` holds that are over, and lets waiting buyers in; how many
        holds. Everything is right without, too: call it every second or so."""
        expired = c_uint32()
        self._handle.call(lib.seathold_sweep, holds_max, byref(expired), timeout_ms(timeout))
        return expired.value

    def verify(self, *, timeout: Optional[float] = None) -> Books:
        """Re-counts the books in one snapshot of storage."""
        clean = c_int32()
        report = self._handle.json(lib.seathold_verify, byref(clean), ms=timeout_ms(timeout))
        return Books(
            clean=bool(clean.value),
            findings=tuple(Finding(f["check"], f["detail"]) for f in report["findings"]),
            seats=report["seats"],
            sold=report["sold"],
            held=report["held"],
            blocked=report["blocked"],
            confirmed=report["confirmed"],
            transfers=report["transfers"],
            revenue=_amounts(report, "revenue"),
            wallets=_amounts(report, "wallets"),
            external=_amounts(report, "external"),
            report=report,
        )

    def backup(self, path: "Union[str, PathLike[str]]", *, timeout: Optional[float] = None) -> None:
        """Writes a consistent copy of the database to a path where nothing is."""
        raw = fsencode(path)
        self._handle.call(lib.seathold_backup, raw, len(raw), timeout_ms(timeout))

    def rotate_keys(self) -> None:
        """Adds a signing key and signs with it from now on. Older ones verify for two weeks at least;
        TooManyKeys (its `retry_after` says for how long) where the oldest of 16 may still be in use:
        a rotation a day is never refused."""
        self._handle.call(lib.seathold_keys_rotate)

    def stats(self) -> Dict[str, Any]:
        """Counts since the engine was opened, and latencies: `hold`, `confirm`, `other` and `commit`
        have `count`, `sum_us`, `max_us` and `buckets`, whose bounds are BUCKET_BOUNDS_US."""
        found: Dict[str, Any] = self._handle.json(lib.seathold_stats_read)
        return found

    def histograms(self) -> Dict[Latency, Histogram]:
        """How long calls took since the engine was opened, in this process. Counts only grow."""
        needed = c_size_t(len(Latency))
        while True:
            records = (_records.Histogram * needed.value)()
            try:
                self._handle.call(lib.seathold_histogram_list, records, len(records), byref(needed))
            except errors.BufferTooSmall:
                continue  # a newer library has more
            known = (record for record in records if record.kind in tuple(Latency))
            return {
                Latency(one.kind): Histogram(one.count, one.sum_us, one.max_us, tuple(one.buckets))
                for one in known
            }

    def log_lines(self) -> List[str]:
        """Takes the lines of the log that are there, oldest first: "LEVEL text"."""
        text, needed = create_string_buffer(_LOG_LINES), c_size_t()
        lines: List[str] = []
        while True:
            self._handle.call(lib.seathold_log_poll, text, len(text), byref(needed))
            if needed.value == 0:
                return lines
            lines += text.raw[: needed.value].decode("utf-8", "replace").splitlines()

    def now(self) -> datetime:
        """Engine time: it goes back by accept_clock() alone."""
        now_us = c_int64()
        self._handle.call(lib.seathold_clock_read, byref(now_us))
        return a_time(now_us.value)

    def set_clock(self, now: datetime) -> None:
        """Sets a manual clock. Time never goes back."""
        self._handle.call(lib.seathold_clock_set, to_microseconds(now))

    def advance_clock(self, by: Duration) -> None:
        """Moves a manual clock on, by a timedelta or by seconds."""
        self.set_clock(self.now() + (by if isinstance(by, timedelta) else timedelta(seconds=by)))

    def accept_clock(self, mark: datetime, *, timeout: Optional[float] = None) -> None:
        """Takes engine time back to `mark`, for a database that was once written under a clock that
        ran ahead (`time_mark_us` and `clock_behind_ms` of stats() show it).

        Holds and deadlines keep the times that were written: a hold that had lapsed and was not
        swept is alive again until its deadline, passes given under the wrong clock stay good for as
        long as they say. Close every other engine on this database first, or it brings the old time
        back. InvalidArgument: `mark` lies after now().
        """
        self._handle.call(lib.seathold_clock_accept, to_microseconds(mark), timeout_ms(timeout))

    def new_id(self) -> UUID:
        """A new id: a UUIDv7. Make it before a call that you may have to send again."""
        return self._handle.new_id()

    def new_ids(self, n: int) -> List[UUID]:
        """n new ids."""
        raw = create_string_buffer(16 * n)
        self._handle.call(lib.seathold_id_new, raw, n)
        return [UUID(bytes=raw.raw[16 * i : 16 * i + 16]) for i in range(n)]


def open(
    storage: str = "sqlite:seathold.db",
    *,
    claims: Optional[str] = None,
    line: Optional[str] = None,
    keys: Optional[str] = None,
    create: bool = True,
    read_only: bool = False,
    new_keys: bool = False,
    sweeper_thread: bool = False,
    manual_clock: Union[bool, datetime] = False,
    max_seats_per_hold: Optional[int] = None,
    hold_ttl: Optional[Duration] = None,
    staff_ttl_max: Optional[Duration] = None,
    refusal_max_age: Optional[Duration] = None,
    sweep_every: Optional[Duration] = None,
    rebuild_grace: Optional[Duration] = None,
    batch_max: Optional[int] = None,
    backlog_max: Optional[int] = None,
    hash_concurrency: Optional[int] = None,
    log_level: LogLevel = LogLevel.INFO,
    test_only_cheap_hash: bool = False,
) -> Engine:
    """Opens an engine.

    `storage` is "sqlite:PATH", "memory:" or "postgresql://...", which needs `keys`; `line` and
    `claims` ("redis://...") are chosen to fit unless you say.
    `read_only`: no file is made or changed, and every change raises ReadOnly. `new_keys`: makes
    signing keys where a database that was in use lost its own (else KeysMissing); every token,
    pass and login given so far is void then.
    With `sweeper_thread` a thread of the library calls sweep(). `manual_clock` (True, or where it
    starts) stands still but for set_clock() and advance_clock(). None is the library's default.
    `test_only_cheap_hash`: password hashes below every floor.
    """
    options, error = _records.Options(), _records.Error()
    lib.seathold_options_init(byref(options), sizeof(options), None)
    texts = {"storage": storage, "claims": claims, "line": line, "keys": keys}
    kept = {name: encode(text) for name, text in texts.items() if text is not None}
    for name, raw in kept.items():
        setattr(options, name, _records.Str(raw, len(raw)))
    options.flags = (
        (_abi.OPEN_CREATE if create else 0)
        | (_abi.OPEN_SWEEPER_THREAD if sweeper_thread else 0)
        | (0 if manual_clock is False else _abi.OPEN_MANUAL_CLOCK)
        | (_abi.OPEN_READ_ONLY if read_only else 0)
        | (_abi.OPEN_NEW_KEYS if new_keys else 0)
        | (_abi.OPEN_TEST_CHEAP_HASH if test_only_cheap_hash else 0)
    )
    if isinstance(manual_clock, datetime):
        options.manual_clock_start_us = to_microseconds(manual_clock)
    numbers: Mapping[str, Optional[int]] = {
        "max_seats_per_hold": max_seats_per_hold,
        "batch_max": batch_max,
        "backlog_max": backlog_max,
        "hash_concurrency": hash_concurrency,
        "log_level": int(log_level),
        "hold_ttl_ms": _ms(hold_ttl),
        "staff_ttl_max_ms": _ms(staff_ttl_max),
        "refusal_max_age_ms": _ms(refusal_max_age),
        "sweep_every_ms": _ms(sweep_every),
        "rebuild_grace_ms": _ms(rebuild_grace),
    }
    for name, number in numbers.items():
        if number is not None:
            setattr(options, name, number)
    out = c_uint64()
    code = lib.seathold_open(byref(options), byref(out), byref(error))
    if code != _abi.OK:
        raise class_of(code)(error.message.decode("utf-8", "replace"), code=code)
    return Engine(Handle(out.value))


def _ms(duration: Optional[Duration]) -> Optional[int]:
    return None if duration is None else to_ms(duration, 0)


def _amounts(report: Mapping[str, Any], name: str) -> Tuple[Money, ...]:
    return tuple(Money(amount["minor"], amount["currency"]) for amount in report[name])
