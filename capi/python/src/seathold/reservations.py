"""Holds: seats kept for a few minutes, paid, given back, paid back."""

from ctypes import byref, c_int32, c_size_t, c_uint64
from dataclasses import dataclass
from datetime import datetime
from struct import Struct
from typing import Any, Iterable, List, NamedTuple, NoReturn, Optional, Sequence, Tuple, Union
from uuid import UUID

from . import _abi, _records
from ._codes import class_of
from ._library import lib
from ._runtime import Frame, Function, View, currency_code, currency_text, encode, raw_id
from ._runtime import timeout_ms, ttl_ms
from .errors import HoldCancelled, HoldExpired, HoldRefunded, SeatHoldError
from .values import Duration, HoldState, Money, Tender, a_time, to_time

HOLD = Struct("=16sQQIIIIqII")
BEST = Struct("=16sQQIIIIIIq")
CONFIRM = Struct("=16s16sQQq4sIIIII")
CANCEL = Struct("=16sQQQ")
REFUND = Struct("=16s16sQQ")
HOLD_RESULT = Struct("=iII4sqqqIIIIII")
PAY_RESULT = Struct("=iI16sqq4s20x")
TICKET = Struct("=QII")

_OVER = {
    HoldState.CANCELLED: HoldCancelled,
    HoldState.EXPIRED: HoldExpired,
    HoldState.REFUNDED: HoldRefunded,
}


class SeatTicket(NamedTuple):
    """A seat and the kind of ticket it is wanted as; 0 is the default kind."""

    seat: int
    ticket_type: int = 0


class HoldRef(NamedTuple):
    """What names a hold. Every :class:`Hold` and :class:`HoldView` serves as one, too."""

    performance: int
    id: UUID
    user: int


@dataclass(frozen=True)
class Hold:
    """Seats that are kept for a user until `expires_at`."""

    performance: int
    id: UUID
    user: int
    seats: Tuple[SeatTicket, ...]
    total: Money
    expires_at: datetime
    state: HoldState  # held, or confirmed where a replay finds it paid
    replayed: bool  # the id was known: this is its first answer


@dataclass(frozen=True)
class HoldSeat:
    """A seat of a hold, at the price that was agreed."""

    seat: int
    ticket_type: int
    price: Money


@dataclass(frozen=True)
class HoldView:
    """A hold as it stands."""

    performance: int
    id: UUID
    user: int
    seats: Tuple[HoldSeat, ...]
    total: Money
    state: HoldState
    created_at: datetime
    expires_at: datetime
    ended_at: Optional[datetime]  # when it was confirmed, cancelled, expired or refunded
    seconds_left: float  # while held
    payment: Optional[UUID]
    refund: Optional[UUID]
    staff: bool


@dataclass(frozen=True)
class Receipt:
    """What became of a payment or refund. `id` is that of the transfer that stands: the one you
    gave, or with `already` the one that paid."""

    id: UUID
    total: Money
    balance: Money  # of the user's wallet after it, when that took part
    replayed: bool  # the id was known: this is its first answer
    already: bool  # paid before under another id; nothing was paid twice


AnyHold = Union[HoldRef, Hold, HoldView]
SeatWish = Union[int, Tuple[int, int], SeatTicket]


class Reservations(View):
    """Holds seats, pays for them, gives them back. Ids that you do not give are made for you; an
    error has the one that was used in its `id`."""

    def hold(
        self,
        performance: int,
        user: int,
        seats: Iterable[SeatWish],
        *,
        id: Optional[UUID] = None,
        pass_: str = "",
        ttl: Optional[Duration] = None,
        staff: bool = False,
        timeout: Optional[float] = None,
    ) -> Hold:
        """Holds these seats, all or nothing.

        A seat is its id, or (id, ticket type). `pass_` is the pass of a show with a queue. Staff
        need none, have no per-user limit, and may hold longer.
        SeatTaken and SeatBlocked list every seat in the way in `conflicts`. An id that was used
        before gives the hold that it made; HoldExpired, HoldCancelled or HoldRefunded where that
        one is over.
        """
        handle = self._handle
        key = handle.new_id() if id is None else id
        tickets = tuple(SeatTicket(s) if isinstance(s, int) else SeatTicket(*s) for s in seats)
        n, ticket = len(tickets), encode(pass_)
        flags = _abi.STAFF if staff else 0
        frame = handle.frame()
        try:
            frame.pack(
                HOLD, key.bytes, user, performance, 0, n, 0, len(ticket), ttl_ms(ttl), flags, 0
            )
            code = lib.seathold_hold(
                handle.value,
                frame.request,
                1,
                _put(tickets, frame),
                n,
                ticket,
                len(ticket),
                frame.result,
                frame.side,
                16,
                frame.count,
                timeout_ms(timeout),
                frame.error,
            )
            if code != _abi.OK:
                self._refuse(frame, code, key)
            return held(frame.memory, Frame.RESULT, HoldRef(performance, key, user), tickets)
        finally:
            handle.frames.append(frame)

    def hold_best(
        self,
        performance: int,
        user: int,
        seats: int,
        *,
        category: Optional[int] = None,
        ticket_type: int = 0,
        split: bool = True,
        id: Optional[UUID] = None,
        pass_: str = "",
        ttl: Optional[Duration] = None,
        staff: bool = False,
        timeout: Optional[float] = None,
    ) -> Hold:
        """Holds the best seats there are: side by side in one row, then split in one row, adjacent
        rows, one section, anywhere. `split=False`: side by side or NoAdjacentSeats.

        `category` is an index in the plan; None is any. SoldOut: nothing is free, nothing is held.
        AllHeld: nothing is free, some may come back at `next_release_at`. NotEnoughSeats: only
        `seats_free` are.
        """
        handle = self._handle
        key = handle.new_id() if id is None else id
        ticket = encode(pass_)
        flags = (_abi.STAFF if staff else 0) | (0 if split else _abi.NO_SPLIT)
        wanted = _abi.ANY_CATEGORY if category is None else category
        frame = handle.frame()
        try:
            frame.pack(
                BEST,
                key.bytes,
                user,
                performance,
                seats,
                wanted,
                ticket_type,
                flags,
                0,
                len(ticket),
                ttl_ms(ttl),
            )
            code = lib.seathold_hold_best(
                handle.value,
                frame.request,
                1,
                ticket,
                len(ticket),
                frame.result,
                frame.seats,
                16,
                frame.count,
                timeout_ms(timeout),
                frame.error,
            )
            if code != _abi.OK:
                self._refuse(frame, code, key)
            seats_n = HOLD_RESULT.unpack_from(frame.memory, Frame.RESULT)[8]
            tickets = tuple(
                SeatTicket(*TICKET.unpack_from(frame.memory, Frame.SEATS + 16 * i)[:2])
                for i in range(seats_n)
            )
            return held(frame.memory, Frame.RESULT, HoldRef(performance, key, user), tickets)
        finally:
            handle.frames.append(frame)

    def confirm(
        self,
        hold: AnyHold,
        *,
        payment: Optional[UUID] = None,
        reference: Optional[str] = None,
        expected: Optional[Money] = None,
        timeout: Optional[float] = None,
    ) -> Receipt:
        """Pays for a hold: seats sold, money moved, pass spent, in one transaction.

        From the user's wallet; with `reference`, paid outside under it (it pays once, ever).
        `expected`: PriceMismatch unless it costs this. InsufficientFunds and PriceMismatch are kept
        under the payment id: pay again under a new one.
        """
        handle = self._handle
        key = handle.new_id() if payment is None else payment
        text = b"" if reference is None else encode(reference)
        tender = Tender.WALLET if reference is None else Tender.EXTERNAL
        minor, currency, flags = 0, b"\0\0\0\0", 0
        if expected is not None:
            minor, currency = expected.minor, currency_code(expected.currency)
            flags = _abi.EXPECT_TOTAL
        frame = handle.frame()
        try:
            frame.pack(
                CONFIRM,
                hold.id.bytes,
                key.bytes,
                hold.performance,
                hold.user,
                minor,
                currency,
                tender,
                0,
                len(text),
                flags,
                0,
            )
            code = lib.seathold_confirm(
                handle.value,
                frame.request,
                1,
                text,
                len(text),
                frame.result,
                timeout_ms(timeout),
                frame.error,
            )
            if code != _abi.OK:
                raise frame.failure(handle, code, key)
            return paid(frame.memory, Frame.RESULT)
        finally:
            handle.frames.append(frame)

    def cancel(self, hold: AnyHold, *, timeout: Optional[float] = None) -> None:
        """Gives a hold back; expired or cancelled already: nothing is done."""
        handle = self._handle
        frame = handle.frame()
        try:
            frame.pack(CANCEL, hold.id.bytes, hold.performance, hold.user, 0)
            code = lib.seathold_cancel(
                handle.value, frame.request, 1, frame.result, timeout_ms(timeout), frame.error
            )
            if code != _abi.OK:
                raise frame.failure(handle, code, hold.id)
        finally:
            handle.frames.append(frame)

    def refund(
        self, hold: AnyHold, *, id: Optional[UUID] = None, timeout: Optional[float] = None
    ) -> Receipt:
        """Pays a whole reservation back and puts its seats on sale again."""
        handle = self._handle
        key = handle.new_id() if id is None else id
        frame = handle.frame()
        try:
            frame.pack(REFUND, key.bytes, hold.id.bytes, hold.performance, 0)
            code = lib.seathold_refund(
                handle.value, frame.request, 1, frame.result, timeout_ms(timeout), frame.error
            )
            if code != _abi.OK:
                raise frame.failure(handle, code, key)
            return paid(frame.memory, Frame.RESULT)
        finally:
            handle.frames.append(frame)

    def block(
        self,
        performance: int,
        seats: Sequence[int],
        reason: str,
        *,
        timeout: Optional[float] = None,
    ) -> List[Optional[SeatHoldError]]:
        """Takes seats off sale, each by itself: None for each that is, or why it is not (SeatTaken:
        held or sold). Raises only what is wrong with the whole call."""
        text = encode(reason)
        return self._each_seat(lib.seathold_block, performance, seats, (text, len(text)), timeout)

    def unblock(
        self, performance: int, seats: Sequence[int], *, timeout: Optional[float] = None
    ) -> List[Optional[SeatHoldError]]:
        """Puts seats on sale again; the answers are those of block()."""
        return self._each_seat(lib.seathold_unblock, performance, seats, (), timeout)

    def get(
        self,
        performance: int,
        hold: UUID,
        *,
        settle: bool = False,
        timeout: Optional[float] = None,
    ) -> HoldView:
        """A hold as it stands. With `settle` no call in flight can still change the answer; without,
        one that is absent or held says nothing about calls in flight."""
        record = _records.HoldView()
        flags = _abi.SETTLE if settle else 0
        self._handle.call(
            lib.seathold_hold_get,
            performance,
            hold.bytes,
            flags,
            byref(record),
            timeout_ms(timeout),
            id=hold,
        )
        return _view(record)

    def of_user(
        self,
        user: int,
        *,
        after: Optional[AnyHold] = None,
        limit: int = 1_000,
        timeout: Optional[float] = None,
    ) -> List[HoldView]:
        """Holds of a user in the order of (performance, id): at most `limit`, those after `after`."""
        begin = (0, None) if after is None else (after.performance, after.id.bytes)
        return self._list(lib.seathold_hold_list_user, (user, *begin), limit, timeout)

    def of_performance(
        self,
        performance: int,
        *,
        after: Optional[UUID] = None,
        limit: int = 1_000,
        timeout: Optional[float] = None,
    ) -> List[HoldView]:
        """Holds of a performance in the order of their ids: at most `limit`, those after `after`."""
        begin = None if after is None else after.bytes
        return self._list(lib.seathold_hold_list_performance, (performance, begin), limit, timeout)

    def _list(
        self, function: Function, key: Tuple[object, ...], limit: int, timeout: Optional[float]
    ) -> List[HoldView]:
        records, n = (_records.HoldView * limit)(), c_size_t()
        self._handle.call(function, *key, records, limit, byref(n), timeout_ms(timeout))
        return [_view(records[i]) for i in range(n.value)]

    def _each_seat(
        self,
        function: Function,
        performance: int,
        seats: Sequence[int],
        reason: Tuple[object, ...],
        timeout: Optional[float],
    ) -> List[Optional[SeatHoldError]]:
        handle, error = self._handle, _records.Error()
        n = len(seats)
        ids, codes = (c_uint64 * n)(*seats), (c_int32 * n)()
        code = function(
            handle.value, performance, ids, n, *reason, codes, timeout_ms(timeout), byref(error)
        )
        if code != _abi.OK and error.index == _abi.NO_INDEX:
            handle.fail(code, error.message)
        return [answer(c) for c in codes]

    def _refuse(self, frame: Frame, code: int, key: UUID) -> NoReturn:
        error = frame.failure(self._handle, code, key)
        result = HOLD_RESULT.unpack_from(frame.memory, Frame.RESULT)
        error.next_release_at = to_time(result[6])
        error.seats_free = result[11]
        error.conflicts = frame.conflicts(result[10])
        raise error


def _put(tickets: Tuple[SeatTicket, ...], frame: Frame) -> Any:
    """Writes seats where C can read them; more than any hold may have need room of their own."""
    if len(tickets) > _abi.SEATS_PER_HOLD_CAP:
        return (_records.SeatTicket * len(tickets))(*((t[0], t[1], 0) for t in tickets))  # type: ignore[misc]
    for i, (seat, kind) in enumerate(tickets):
        frame.pack(TICKET, seat, kind, 0, at=Frame.SEATS + TICKET.size * i)
    return frame.seats


def answer(code: int) -> Optional[SeatHoldError]:
    """The exception of an item's code, or None."""
    if code == _abi.OK:
        return None
    return class_of(code)(lib.seathold_code_text(code).decode(), code=code)


def held(memory: bytearray, at: int, ref: HoldRef, tickets: Tuple[SeatTicket, ...]) -> Hold:
    """A result that is ok as a Hold; raises what has ended one that is only repeated."""
    result = HOLD_RESULT.unpack_from(memory, at)
    _, flags, state, currency, total, expires = result[:6]
    if state in _OVER:
        kind = _OVER[state]
        raise kind(lib.seathold_code_text(kind.code).decode(), id=ref.id)
    return Hold(
        ref.performance,
        ref.id,
        ref.user,
        tickets,
        Money(total, currency_text(currency)),
        a_time(expires),
        HoldState(state),
        bool(flags & _abi.REPLAYED),
    )


def paid(memory: bytearray, at: int) -> Receipt:
    """A result that is ok as a Receipt."""
    _, flags, payment, total, balance, raw = PAY_RESULT.unpack_from(memory, at)
    currency = currency_text(raw)
    return Receipt(
        UUID(bytes=payment),
        Money(total, currency),
        Money(balance, currency),
        bool(flags & _abi.REPLAYED),
        bool(flags & _abi.ALREADY),
    )


def _view(record: _records.HoldView) -> HoldView:
    currency = currency_text(record.currency)
    seats = tuple(
        HoldSeat(s.seat, s.ticket_type, Money(s.price_minor, currency))
        for s in record.seats[: record.seats_n]
    )
    return HoldView(
        performance=record.performance,
        id=UUID(bytes=bytes(record.hold)),
        user=record.user,
        seats=seats,
        total=Money(record.total_minor, currency),
        state=HoldState(record.state),
        created_at=a_time(record.created_at_us),
        expires_at=a_time(record.expires_at_us),
        ended_at=to_time(record.ended_at_us),
        seconds_left=record.left_ms / 1_000,
        payment=raw_id(bytes(record.payment)),
        refund=raw_id(bytes(record.refund)),
        staff=bool(record.flags & _abi.STAFF_HOLD),
    )
