"""What calls take and give: money, states, time."""

from datetime import datetime, timedelta, timezone
from enum import IntEnum
from typing import NamedTuple, Optional, Union
from uuid import UUID

from . import _library

Duration = Union[timedelta, float]
"""A length of time: a timedelta, or seconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)


class Money(NamedTuple):
    """An amount in minor units (cents) of a currency. Never a float."""

    minor: int
    currency: str

    def __str__(self) -> str:
        """As people read it: "45.00 EUR"."""
        return _library.format_money(self.minor, self.currency)

    def __add__(self, other: object) -> "Money":
        """The sum of two amounts of one currency."""
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: object) -> "Money":
        """The difference of two amounts of one currency."""
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: object) -> "Money":
        """So many times the amount; `times` is an int."""
        if not isinstance(times, int):
            return NotImplemented
        return Money(self.minor * times, self.currency)

    def __rmul__(self, times: object) -> "Money":
        """So many times the amount."""
        return self * times

    def _same(self, other: object) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"Money and {type(other).__name__} do not add up")
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.minor


class SeatState(IntEnum):
    """State of a seat."""

    AVAILABLE = 0  # free, a lapsed hold's included
    HELD = 1  # until a deadline
    SOLD = 2
    BLOCKED = 3  # taken off sale


class HoldState(IntEnum):
    """State of a hold."""

    NONE = 0
    HELD = 1  # alive until it expires
    CONFIRMED = 2  # paid: a reservation
    CANCELLED = 3
    EXPIRED = 4
    REFUNDED = 5


class SaleState(IntEnum):
    """State of a performance."""

    AVAILABLE = 0
    ALL_HELD = 1  # none is free, some may come back
    SOLD_OUT = 2  # all sold or blocked


class PlaceState(IntEnum):
    """State of a place in a waiting line."""

    ABSENT = 0  # dropped for silence, or never there: join again
    WAITING = 1
    ADMITTED = 2


class Tender(IntEnum):
    """How a hold is paid."""

    NONE = 0  # of transfers that pay nothing; never in a request
    WALLET = 1  # from the user's wallet
    EXTERNAL = 2  # outside, under a reference that pays once, ever


class TransferKind(IntEnum):
    """What moved money."""

    CHARGE = 1  # from outside to the user
    WITHDRAW = 2  # from the user to outside
    PAYMENT = 3  # to the revenue of a performance
    REFUND = 4  # back from it


class FeedKind(IntEnum):
    """What happened to seats."""

    HELD = 1
    CONFIRMED = 2
    CANCELLED = 3
    EXPIRED = 4
    REFUNDED = 5
    BLOCKED = 6
    UNBLOCKED = 7


class Latency(IntEnum):
    """Whose time a histogram tells."""

    HOLD = 1  # holds and best; a batch is one call, here and below
    CONFIRM = 2  # payments
    OTHER = 3  # cancels, refunds, blocks, charges, withdrawals
    COMMIT = 4  # one transaction of storage, for however many calls


class PlanFormat(IntEnum):
    """Forms of a seating plan."""

    PRETIX_JSON = 1
    CSV = 2  # section,row,seat,x,y,category,attributes


class LogLevel(IntEnum):
    """Least level of the lines that the log keeps."""

    DEBUG = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


class Outcome(IntEnum):
    """What is known of a request after its answer."""

    DONE = 0  # it happened, and is durable
    REFUSED = 1  # no effect
    NOT_DONE = 2  # no effect; not retryable: open the engine again first
    UNKNOWN = 3  # it may have happened: send it again with the same id


def id_from_text(text: Union[str, bytes]) -> UUID:
    """The id that stands for a text of somebody else's, such as a payment provider's number of a
    payment: the buyer's browser coming back and the provider's webhook send the same id, and it
    happens once.

    1 to 200 bytes of any kind (a str as UTF-8), compared byte by byte; ValueError for others. The
    same text gives the same id (a UUIDv8) in every language and release. Who knows the text knows
    the id. All transfers have one space of ids: where one text stands for a charge and a refund,
    put the kind in front of it ("refund:pi_3Nx").
    """
    raw = text.encode() if isinstance(text, str) else bytes(text)
    return UUID(bytes=_library.id_from_text(raw))


def to_time(microseconds: int) -> Optional[datetime]:
    """A point in time, or None for 0."""
    return None if microseconds == 0 else _EPOCH + microseconds * _MICROSECOND


def a_time(microseconds: int) -> datetime:
    """A point in time that is always there."""
    return _EPOCH + microseconds * _MICROSECOND


def to_microseconds(time: datetime) -> int:
    """Microseconds since 1970 UTC of an aware datetime."""
    if time.tzinfo is None or time.utcoffset() is None:
        raise ValueError("a datetime without a time zone does not say when it is")
    moment = time.astimezone(timezone.utc)
    # Python takes a time that the clock skips for another one; the way back shows it.
    if moment.astimezone(time.tzinfo).replace(tzinfo=None) != time.replace(tzinfo=None):
        raise ValueError(f"{time.isoformat()} does not exist: the clock skips it")
    return (moment - _EPOCH) // _MICROSECOND


def to_ms(duration: Optional[Duration], otherwise: int) -> int:
    """Milliseconds of a duration, rounded up, so that a positive one never becomes 0."""
    if duration is None:
        return otherwise
    if not isinstance(duration, timedelta):
        duration = timedelta(seconds=duration)
    return -((-duration) // timedelta(milliseconds=1))
