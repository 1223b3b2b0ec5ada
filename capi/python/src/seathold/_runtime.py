"""How a call is made: the handle, buffers that are used again, and errors that become exceptions."""

import ctypes
import json
from struct import Struct
from struct import error as StructError
from typing import Any, Callable, List, NoReturn, Optional, Tuple, Type, TypeVar
from uuid import UUID

from . import _abi, _records, errors
from ._codes import class_of, learn
from ._library import code_table, lib
from .values import Duration, Outcome, to_ms, to_time

Function = Callable[..., int]
Record = TypeVar("Record", bound=ctypes.Structure)

for _code, _flags, _, _ in code_table():
    learn(_code, Outcome(_flags & _abi.OUTCOME_MASK), bool(_flags & _abi.RETRYABLE))

_ERROR_HEAD = Struct("=iIIIq")
_CONFLICT = Struct("=QiIq")
_MESSAGE_AT = _ERROR_HEAD.size
_CLOSED_TEXT = "the engine is closed"


def retry_after(error: _records.Error) -> Optional[float]:
    """Seconds, where the library tells."""
    return error.retry_after_ms / 1_000 if error.retry_after_ms else None


class Handle:
    """An engine of C, shared by all views of an Engine. 0 = closed."""

    __slots__ = ("value", "closed", "frames")

    def __init__(self, value: int) -> None:
        self.value = value
        self.closed = False
        self.frames: List[Frame] = []

    def call(self, function: Function, *arguments: Any, id: Optional[UUID] = None) -> None:
        """function(handle, *arguments, error); raises what is not ok."""
        error = _records.Error()
        if function(self.value, *arguments, ctypes.byref(error)) != _abi.OK:
            self.fail(error.code, error.message, id=id, retry_after=retry_after(error))

    def text(self, function: Function, *arguments: Any, ms: Optional[int] = None) -> bytes:
        """A call that ends in (char* out, cap, needed, timeout_ms if any, error): what it wrote."""
        error, needed = _records.Error(), ctypes.c_size_t()
        tail = (ctypes.byref(error),) if ms is None else (ms, ctypes.byref(error))
        cap = 4_096
        while True:
            out = ctypes.create_string_buffer(cap)
            code = function(self.value, *arguments, out, cap, ctypes.byref(needed), *tail)
            if code == _abi.OK:
                return out.raw[: needed.value]
            if code != errors.BufferTooSmall.code:
                self.fail(error.code, error.message, retry_after=retry_after(error))
            cap = needed.value + 1

    def json(self, function: Function, *arguments: Any, ms: Optional[int] = None) -> Any:
        """text(), parsed."""
        return json.loads(self.text(function, *arguments, ms=ms))

    def records(self, kind: Type[Record], function: Function, *arguments: Any, ms: int) -> Any:
        """A call that ends in (records, cap, needed, timeout_ms, error): all that there are."""
        error, needed = _records.Error(), ctypes.c_size_t()
        cap = 1_024
        while True:
            out = (kind * cap)()
            code = function(
                self.value, *arguments, out, cap, ctypes.byref(needed), ms, ctypes.byref(error)
            )
            if code == _abi.OK:
                return out[: needed.value]
            if code != errors.BufferTooSmall.code:
                self.fail(error.code, error.message)
            cap = needed.value

    def error(self, code: int, message: bytes, **more: Any) -> errors.SeatHoldError:
        """The exception of a code."""
        kind = class_of(code)
        text = message.decode("utf-8", "replace")
        if kind is errors.BadHandle and self.closed:
            kind, code, text = errors.EngineClosed, errors.EngineClosed.code, _CLOSED_TEXT
        return kind(text, code=code, **more)

    def fail(self, code: int, message: bytes, **more: Any) -> NoReturn:
        """Raises the exception of a code."""
        raise self.error(code, message, **more)

    def new_id(self) -> UUID:
        """A new id: a UUIDv7."""
        raw = ctypes.create_string_buffer(16)
        self.call(lib.seathold_id_new, raw, 1)
        return UUID(bytes=raw.raw)

    def frame(self) -> "Frame":
        """Buffers for one call; give them back with frames.append()."""
        # A list's pop is one step for every thread, and for a signal handler in between.
        try:
            return self.frames.pop()
        except IndexError:
            return Frame()


class Frame:
    """The records of a single call, at fixed places in one piece of memory."""

    REQUEST, RESULT, COUNT, ERROR, SEATS, SIDE, SIZE = 0, 96, 336, 344, 600, 856, 1_240
    __slots__ = ("memory", "keep", "request", "result", "count", "error", "seats", "side")

    def __init__(self) -> None:
        self.memory = bytearray(self.SIZE)
        self.keep = (ctypes.c_char * self.SIZE).from_buffer(self.memory)
        base = ctypes.addressof(self.keep)
        self.request = base + self.REQUEST
        self.result = base + self.RESULT
        self.count = base + self.COUNT
        self.error = base + self.ERROR
        self.seats = base + self.SEATS
        self.side = base + self.SIDE

    def pack(self, struct: Struct, *values: Any, at: int = REQUEST) -> None:
        """Writes a record. InvalidArgument: a value that its field cannot have."""
        try:
            struct.pack_into(self.memory, at, *values)
        except StructError as error:
            raise errors.InvalidArgument(str(error)) from None

    def failure(self, handle: Handle, code: int, id: Optional[UUID]) -> errors.SeatHoldError:
        """The exception of a call that was made with this frame."""
        _, _, _, size, _ = _ERROR_HEAD.unpack_from(self.memory, self.ERROR)
        begin = self.ERROR + _MESSAGE_AT
        return handle.error(code, bytes(self.memory[begin : begin + size]), id=id)

    def conflicts(self, n: int) -> Tuple[errors.Conflict, ...]:
        """The first n conflicts of the side array."""
        return tuple(
            conflict(*_CONFLICT.unpack_from(self.memory, self.SIDE + i * _CONFLICT.size))
            for i in range(n)
        )


def conflict(seat: int, reason: int, reserved: int, free_at_us: int) -> errors.Conflict:
    """A record of C as a Conflict."""
    return errors.Conflict(seat, reason == errors.SeatBlocked.code, to_time(free_at_us))


class View:
    """One part of an engine. It is as safe for threads as the engine, and as bound to its process."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def __reduce__(self) -> NoReturn:
        """Engines stay in their process."""
        raise TypeError(
            f"a {type(self).__name__} cannot be pickled: open an engine in each process"
        )


def encode(text: str) -> bytes:
    """UTF-8. InvalidText: a surrogate that stands for no character."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise errors.InvalidText(f"{error.reason} at {error.start}") from None


def currency_code(currency: str) -> bytes:
    """Three letters and a NUL. InvalidArgument: anything else."""
    raw = currency.encode("ascii", "replace")
    if len(raw) != 3:
        raise errors.InvalidArgument(f"{currency!r} is not a currency of three capital letters")
    return raw + b"\0"


def currency_text(raw: bytes) -> str:
    """ "EUR" of b"EUR\\0"."""
    return raw[:3].decode("ascii")


def timeout_ms(timeout: Optional[float]) -> int:
    """Milliseconds of a timeout in seconds; None is the default."""
    if timeout is None:
        return _abi.TIMEOUT_DEFAULT
    if timeout < 0:
        raise errors.InvalidArgument("a timeout is not negative")
    return to_ms(timeout, 0)


def ttl_ms(ttl: Optional[Duration]) -> int:
    """Milliseconds of a TTL; None is the performance's."""
    ms = to_ms(ttl, 0)
    if ttl is not None and ms <= 0:
        raise errors.InvalidArgument("a TTL is longer than nothing")
    return ms


def raw_id(value: bytes) -> Optional[UUID]:
    """An id, or None for zeros."""
    return UUID(bytes=value) if any(value) else None
