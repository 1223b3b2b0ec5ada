"""The waiting room in front of a show."""

from ctypes import byref, c_uint32
from dataclasses import dataclass
from datetime import datetime
from struct import Struct
from typing import Optional

from . import _abi, _records
from ._library import lib
from ._runtime import Frame, View, encode, timeout_ms
from .errors import TokenInvalid
from .values import PlaceState, to_time

JOIN = Struct("=QQ")
PLACE = Struct("=iIIIQQq96s96s")


@dataclass(frozen=True)
class Place:
    """A place in a waiting line."""

    state: PlaceState
    token: str  # show it with each poll
    ahead: int  # living waiters in front
    sequence: int  # lower is earlier
    pass_: str  # once admitted: goes with holds; else empty
    admitted_until: Optional[datetime]

    @property
    def admitted(self) -> bool:
        """Whether it is this buyer's turn."""
        return self.state == PlaceState.ADMITTED


@dataclass(frozen=True)
class LineStats:
    """Counts of a waiting line."""

    epoch: int  # raised when the line was lost
    waiting: int  # silent ones until they are dropped
    active: int  # inside
    missing: int  # places kept for those who have not come back
    joined_total: int  # in this epoch, as those below
    admitted_total: int
    dropped_total: int
    left_total: int


class Queue(View):
    """Gives places in the line of a show, and passes to those whose turn it is."""

    def join(self, show: int, user: int, *, timeout: Optional[float] = None) -> Place:
        """Joins the line of a show. Joining again gives the same place, and the same token unless
        the keys were rotated since: both count then."""
        handle = self._handle
        frame = handle.frame()
        try:
            frame.pack(JOIN, show, user)
            code = lib.seathold_queue_join(
                handle.value, frame.request, 1, frame.result, timeout_ms(timeout), frame.error
            )
            if code != _abi.OK:
                raise frame.failure(handle, code, None)
            return place_at(frame.memory, Frame.RESULT)
        finally:
            handle.frames.append(frame)

    def poll(self, token: str, *, timeout: Optional[float] = None) -> Place:
        """A heartbeat for a token or pass, and how things stand. ABSENT: it was dropped for
        silence; join again, at the back."""
        handle = self._handle
        frame = handle.frame()
        try:
            frame.memory[: _abi.TOKEN_SIZE] = token_slot(token)
            code = lib.seathold_queue_poll(
                handle.value, frame.request, 1, frame.result, timeout_ms(timeout), frame.error
            )
            if code != _abi.OK:
                raise frame.failure(handle, code, None)
            return place_at(frame.memory, Frame.RESULT)
        finally:
            handle.frames.append(frame)

    def leave(self, token: str, *, timeout: Optional[float] = None) -> None:
        """Gives a place or pass back; again is fine."""
        handle = self._handle
        frame = handle.frame()
        try:
            frame.memory[: _abi.TOKEN_SIZE] = token_slot(token)
            code = lib.seathold_queue_leave(
                handle.value, frame.request, 1, frame.result, timeout_ms(timeout), frame.error
            )
            if code != _abi.OK:
                raise frame.failure(handle, code, None)
        finally:
            handle.frames.append(frame)

    def admit(self, show: int, at_most: int, *, timeout: Optional[float] = None) -> int:
        """Lets in as many as `at_most`, the cap and the rate of the show allow; how many. Call it
        every second or so; Engine.sweep() does it, too."""
        admitted = c_uint32()
        self._handle.call(
            lib.seathold_queue_admit, show, at_most, byref(admitted), timeout_ms(timeout)
        )
        return admitted.value

    def revoke(self, show: int, user: int, *, timeout: Optional[float] = None) -> None:
        """Takes a user out of a line and voids their tokens and passes."""
        self._handle.call(lib.seathold_queue_revoke, show, user, timeout_ms(timeout))

    def stats(self, show: int, *, timeout: Optional[float] = None) -> LineStats:
        """Counts of a line."""
        record = _records.LineStats()
        self._handle.call(lib.seathold_queue_stats, show, byref(record), timeout_ms(timeout))
        return LineStats(*(getattr(record, name) for name, *_ in record._fields_))


def token_slot(token: str) -> bytes:
    """A token as a record of C. TokenInvalid: too long to be one."""
    raw = encode(token)
    if len(raw) >= _abi.TOKEN_SIZE:
        raise TokenInvalid("it is longer than any token")
    return raw.ljust(_abi.TOKEN_SIZE, b"\0")


def place_at(memory: bytearray, at: int) -> Place:
    """A result that is ok as a Place."""
    _, _, state, _, sequence, ahead, until, token, ticket = PLACE.unpack_from(memory, at)
    return Place(
        PlaceState(state),
        token.rstrip(b"\0").decode("ascii"),
        ahead,
        sequence,
        ticket.rstrip(b"\0").decode("ascii"),
        to_time(until),
    )
