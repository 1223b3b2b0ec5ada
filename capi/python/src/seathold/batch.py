"""Many requests in one call, in arrays that are filled and read as wholes.

A batch owns its arrays: make one for as many requests as you send at once, and use it again. Each
request is decided as if alone and in order, and has a code of its own; a batch is not atomic.

    batch = HoldBatch(engine, 1_000, seats_each=2)
    batch.new_ids()
    batch.set("performance", evening)          # one number for all, or a number a request:
    batch.set("user", users)                   # a list, an array.array, a numpy array, ...
    batch.set_seats(seats)
    batch.run()
    refused = {i: batch.error(i) for i, code in enumerate(batch.codes) if code}

`requests` and `results` are ctypes arrays of the records of seathold.h; column() and answers() give
a field of all of them as a memoryview. A batch belongs to one thread at a time.
"""

import ctypes
from typing import Any, List, NoReturn, Optional, Sequence, Tuple, Type
from uuid import UUID

from . import _abi, _records
from ._codes import class_of
from ._columns import Records, Values
from ._library import lib
from ._runtime import Function, conflict, encode, timeout_ms
from .engine import Engine
from .errors import Conflict, InvalidArgument, SeatHoldError
from .queue import Place, place_at, token_slot
from .reservations import AnyHold, Hold, HoldRef, Receipt, SeatTicket, held, paid
from .values import to_time


class Batch:
    """Requests of one kind: the base of the classes below."""

    _request: Type[ctypes.Structure]
    _result: Any
    _function: Function
    _id: Optional[str] = "id"

    def __init__(self, engine: Engine, capacity: int) -> None:
        if not 1 <= capacity <= _abi.BATCH_MAX:
            raise InvalidArgument(f"a batch has 1 .. {_abi.BATCH_MAX:,} requests")
        self.capacity = capacity
        self._handle = engine._handle
        self._in = Records(self._request, capacity)
        self._out = Records(self._result, capacity)
        self._error = _records.Error()
        self._error_address = ctypes.addressof(self._error)
        self._side = b""
        self.requests = self._in.array
        self.results = self._out.array
        plain = self._result is ctypes.c_int32
        self.codes = memoryview(self._out.memory).cast("i") if plain else self.answers("code")

    def __reduce__(self) -> NoReturn:
        """Batches belong to an engine, and engines to their process."""
        raise TypeError(f"a {type(self).__name__} cannot be pickled")

    def column(self, field: str) -> memoryview:
        """A number of all requests, to be read or written."""
        return self._in.column(field)

    def set(self, field: str, values: Values) -> None:
        """Writes a number of the requests: one for all, or one each."""
        self._in.set(field, values)

    def answers(self, field: str) -> memoryview:
        """A number of all results."""
        return self._out.column(field)

    def new_ids(self) -> None:
        """Gives every request a new id."""
        made = bytearray(16 * self.capacity)
        raw = (ctypes.c_char * len(made)).from_buffer(made)
        self._handle.call(lib.seathold_id_new, raw, self.capacity)
        self.set_ids(made)

    def set_ids(self, ids: Any) -> None:
        """Gives the requests their ids: a buffer with 16 bytes each."""
        words = memoryview(ids).cast("B").cast("Q")
        if self._id is None or len(words) != 2 * self.capacity:
            raise InvalidArgument("there must be 16 bytes a request")
        first, second = self._in.ids(self._id)
        first[:], second[:] = words[0::2], words[1::2]

    def id(self, i: int) -> Optional[UUID]:
        """The id of a request."""
        return None if self._id is None else UUID(bytes=bytes(getattr(self.requests[i], self._id)))

    def run(self, n: Optional[int] = None, *, timeout: Optional[float] = None) -> int:
        """Sends the first n requests (None: all); the code of the first that is not ok, or 0.
        Raises only what is wrong with the whole call."""
        if n is None:
            n = self.capacity
        elif not 0 <= n <= self.capacity:
            raise InvalidArgument(f"n is not within 0 .. {self.capacity}")
        code = self._call(n, _abi.TIMEOUT_DEFAULT if timeout is None else timeout_ms(timeout))
        if code != _abi.OK and self._error.index == _abi.NO_INDEX:
            self._handle.fail(code, self._error.message)
        return code

    def error(self, i: int) -> Optional[SeatHoldError]:
        """Why a request was not done, or None."""
        code = self.codes[i]
        if code == _abi.OK:
            return None
        first = self._error.index == i
        message = self._error.message if first else lib.seathold_code_text(code)
        return class_of(code)(message.decode("utf-8", "replace"), code=code, id=self.id(i))

    def _call(self, n: int, ms: int) -> int:
        return self._function(
            self._handle.value, self._in.address, n, self._out.address, ms, self._error_address
        )

    def _check(self, i: int) -> None:
        error = self.error(i)
        if error is not None:
            raise error

    def _set_side(self, texts: Sequence[bytes], at: str, size: str) -> None:
        """One text for all requests, or one each."""
        begins, offset = [], 0
        for text in texts:
            begins.append(offset)
            offset += len(text)
        sizes = [len(text) for text in texts]
        self.set(at, begins if len(texts) > 1 else 0)
        self.set(size, sizes if len(texts) > 1 else sizes[0])
        self._side = b"".join(texts)


class _HoldsSeats(Batch):
    def set_passes(self, passes: Sequence[str]) -> None:
        """The passes of the requests, in order; one alone is for all."""
        self._set_side([encode(one) for one in passes], "pass_at", "pass_n")

    def _held(self, i: int, seats: Tuple[SeatTicket, ...]) -> Hold:
        self._check(i)
        request = self.requests[i]
        ref = HoldRef(request.performance, UUID(bytes=bytes(request.id)), request.user)
        return held(self._out.memory, i * self._out.size, ref, seats)


class HoldBatch(_HoldsSeats):
    """Holds seats, each request all or nothing; `seats_each` of them a request."""

    _request = _records.HoldRequest
    _result = _records.HoldResult

    def __init__(
        self, engine: Engine, capacity: int, *, seats_each: int = 1, conflicts: bool = True
    ) -> None:
        super().__init__(engine, capacity)
        self.seats_each = seats_each
        self._seats = Records(_records.SeatTicket, capacity * seats_each)
        self.seats = self._seats.array
        room = capacity * min(seats_each, _abi.SEATS_PER_HOLD_CAP) if conflicts else 0
        self._conflicts = Records(_records.SeatConflict, max(room, 1))
        self._conflicts_max = room
        self._written = ctypes.c_size_t()
        self._written_address = ctypes.addressof(self._written)
        self.set("seats_at", range(0, capacity * seats_each, seats_each))
        self.set("seats_n", seats_each)

    def set_seats(self, seats: Values, ticket_types: Optional[Values] = None) -> None:
        """The seats of all requests, one request's behind the other's. Ticket types stay as they
        are, 0 at first, unless you give some."""
        self._seats.set("seat", seats)
        if ticket_types is not None:
            self._seats.set("ticket_type", ticket_types)

    def hold(self, i: int) -> Hold:
        """What a request holds; raises why it does not, or what has ended a repeated one."""
        request = self.requests[i]
        seats = self.seats[request.seats_at : request.seats_at + request.seats_n]
        return self._held(i, tuple(SeatTicket(one.seat, one.ticket_type) for one in seats))

    def conflicts(self, i: int) -> Tuple[Conflict, ...]:
        """Every seat in the way of a request."""
        result = self.results[i]
        if result.flags & _abi.CUT:
            raise InvalidArgument("this batch was made without room for conflicts")
        found = self._conflicts.array[
            result.conflicts_at : result.conflicts_at + result.conflicts_n
        ]
        return tuple(conflict(one.seat, one.reason, 0, one.free_at_us) for one in found)

    def error(self, i: int) -> Optional[SeatHoldError]:
        """Why a request was not done, with its conflicts, or None."""
        error = super().error(i)
        if error is not None and not self.results[i].flags & _abi.CUT:
            error.conflicts = self.conflicts(i)
        return error

    def _call(self, n: int, ms: int) -> int:
        code: int = lib.seathold_hold(
            self._handle.value,
            self._in.address,
            n,
            self._seats.address,
            self._seats.n,
            self._side,
            len(self._side),
            self._out.address,
            self._conflicts.address if self._conflicts_max else None,
            self._conflicts_max,
            self._written_address,
            ms,
            self._error_address,
        )
        return code


class BestBatch(_HoldsSeats):
    """Holds the best seats there are. Set `user`, `performance`, `seats_n`."""

    _request = _records.BestRequest
    _result = _records.HoldResult

    def __init__(self, engine: Engine, capacity: int) -> None:
        super().__init__(engine, capacity)
        self._seats = Records(_records.SeatTicket, capacity * _abi.SEATS_PER_HOLD_CAP)
        self._written = ctypes.c_size_t()
        self.set("category", _abi.ANY_CATEGORY)

    def hold(self, i: int) -> Hold:
        """What a request holds; raises why it does not, or what has ended a repeated one."""
        result = self.results[i]
        seats = self._seats.array[result.seats_at : result.seats_at + result.seats_n]
        return self._held(i, tuple(SeatTicket(one.seat, one.ticket_type) for one in seats))

    def error(self, i: int) -> Optional[SeatHoldError]:
        """Why a request was not done, or None."""
        error = super().error(i)
        if error is not None:
            error.next_release_at = to_time(self.results[i].next_release_at_us)
            error.seats_free = self.results[i].seats_free
        return error

    def _call(self, n: int, ms: int) -> int:
        code: int = lib.seathold_hold_best(
            self._handle.value,
            self._in.address,
            n,
            self._side,
            len(self._side),
            self._out.address,
            self._seats.address,
            self._seats.n,
            ctypes.byref(self._written),
            ms,
            self._error_address,
        )
        return code


class _NamesHolds(Batch):
    def set_holds(self, holds: Sequence[AnyHold]) -> None:
        """Which holds: their ids, performances and users."""
        words = memoryview(b"".join(one.id.bytes for one in holds)).cast("Q")
        first, second = self._in.ids("hold")
        first[: len(holds)], second[: len(holds)] = words[0::2], words[1::2]
        self.set("performance", [one.performance for one in holds])
        if hasattr(self._request, "user"):
            self.set("user", [one.user for one in holds])

    def set_hold_ids(self, ids: Any) -> None:
        """The ids of the holds: a buffer with 16 bytes each."""
        words = memoryview(ids).cast("B").cast("Q")
        first, second = self._in.ids("hold")
        first[:], second[:] = words[0::2], words[1::2]


class ConfirmBatch(_NamesHolds):
    """Pays for holds, from their users' wallets unless they have references. Its ids are those of
    the payments."""

    _request = _records.ConfirmRequest
    _result = _records.PayResult
    _id = "payment"

    def __init__(self, engine: Engine, capacity: int) -> None:
        super().__init__(engine, capacity)
        self.set("tender", 1)

    def set_references(self, references: Sequence[str]) -> None:
        """Paid outside, each under its reference."""
        if len(references) != self.capacity:
            raise InvalidArgument("a reference pays once, ever: there must be one a request")
        self._set_side([encode(one) for one in references], "reference_at", "reference_n")
        self.set("tender", 2)

    def receipt(self, i: int) -> Receipt:
        """What was paid; raises why it was not."""
        self._check(i)
        return paid(self._out.memory, i * self._out.size)

    def _call(self, n: int, ms: int) -> int:
        code: int = lib.seathold_confirm(
            self._handle.value,
            self._in.address,
            n,
            self._side,
            len(self._side),
            self._out.address,
            ms,
            self._error_address,
        )
        return code


class CancelBatch(_NamesHolds):
    """Gives holds back."""

    _request = _records.CancelRequest
    _result = ctypes.c_int32
    _function = lib.seathold_cancel
    _id = "hold"


class RefundBatch(_NamesHolds):
    """Pays reservations back. Its ids are those of the refunds."""

    _request = _records.RefundRequest
    _result = _records.PayResult
    _function = lib.seathold_refund

    def receipt(self, i: int) -> Receipt:
        """What was paid back; raises why it was not."""
        self._check(i)
        return paid(self._out.memory, i * self._out.size)


class ChargeBatch(Batch):
    """Charges wallets, in one currency. Set `user` and `amount_minor`."""

    _request = _records.ChargeRequest
    _result = _records.TransferResult
    _function = lib.seathold_charge

    def __init__(self, engine: Engine, capacity: int, currency: str) -> None:
        super().__init__(engine, capacity)
        raw = encode(currency)
        if len(raw) != 3:
            raise InvalidArgument(f"{currency!r} is not a currency of three capital letters")
        for request in self.requests:
            request.currency = raw

    def set_references(self, references: Sequence[str]) -> None:
        """What the statement says of each; one alone is for all."""
        self._set_side([encode(one) for one in references], "reference_at", "reference_n")

    def _call(self, n: int, ms: int) -> int:
        code: int = self._function(
            self._handle.value,
            self._in.address,
            n,
            self._side,
            len(self._side),
            self._out.address,
            ms,
            self._error_address,
        )
        return code


class WithdrawBatch(ChargeBatch):
    """Withdraws from wallets, in one currency. Set `user` and `amount_minor`."""

    _function = lib.seathold_withdraw


class _GivesPlaces(Batch):
    _result = _records.Place
    _id = None

    def place(self, i: int) -> Place:
        """The place of a request; raises why there is none."""
        self._check(i)
        return place_at(self._out.memory, i * self._out.size)


class JoinBatch(_GivesPlaces):
    """Joins lines. Set `show` and `user`."""

    _request = _records.JoinRequest
    _function = lib.seathold_queue_join


class _TakesTokens(Batch):
    _request = _records.Token
    _id = None

    def set_tokens(self, tokens: Sequence[str]) -> None:
        """The tokens or passes, in order."""
        if len(tokens) > self.capacity:
            raise InvalidArgument(f"there are {self.capacity} requests, not {len(tokens)}")
        raw = b"".join(token_slot(token) for token in tokens)
        self._in.memory[: len(raw)] = raw


class PollBatch(_TakesTokens, _GivesPlaces):
    """A heartbeat for each token or pass."""

    _function = lib.seathold_queue_poll


class LeaveBatch(_TakesTokens):
    """Gives places back."""

    _result = ctypes.c_int32
    _function = lib.seathold_queue_leave


def admitted(batch: _GivesPlaces) -> List[int]:
    """Which requests of a JoinBatch or PollBatch have their turn."""
    return [i for i, state in enumerate(batch.answers("state")) if state == 2]
