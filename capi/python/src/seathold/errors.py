"""What a call raises: one class a code, in families.

Every error is a :class:`SeatHoldError` with `code`, `retryable` (the same request may go well
later) and `outcome` (what is known of the request). Families come first in each section; catch the
family, or one of its members. The numbers, `retryable` and `outcome` are the library's own: they
are read from its table of codes when the package is loaded.
"""

from datetime import datetime
from typing import Any, ClassVar, NamedTuple, Optional, Tuple
from uuid import UUID

from .values import Outcome


class Conflict(NamedTuple):
    """A seat that could not be had."""

    seat: int
    blocked: bool  # taken off sale, and not merely taken
    free_at: Optional[datetime]  # when it may come free; None = not by itself


class SeatHoldError(Exception):
    """The base of all. `id` is that of the hold or transfer that was asked for, if any.
    `retry_after`: in so many seconds the same request may go well; None = not known."""

    code: int = 0
    retryable: ClassVar[bool] = False
    outcome: ClassVar[Outcome] = Outcome.REFUSED

    def __init__(
        self,
        message: str = "",
        *,
        code: Optional[int] = None,
        id: Optional[UUID] = None,
        conflicts: Tuple[Conflict, ...] = (),
        next_release_at: Optional[datetime] = None,
        seats_free: int = 0,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        self.id = id
        self.conflicts = conflicts
        self.next_release_at = next_release_at
        self.seats_free = seats_free
        self.retry_after = retry_after

    def __reduce__(self) -> Tuple[Any, ...]:
        """Errors travel between processes, all of them."""
        return type(self), self.args, self.__dict__


# What the caller wrote ---------------------------------------------------------------------------
class InvalidRequest(SeatHoldError, ValueError):
    """Family: no valid request."""


class InvalidArgument(InvalidRequest):
    """An argument is out of its range."""

    code = 101


class InvalidText(InvalidRequest):
    """Text is not valid UTF-8, has a NUL, or is too long."""

    code = 102


class DuplicateSeat(InvalidRequest):
    """A seat is named twice."""

    code = 103


class AmountOutOfRange(InvalidRequest):
    """An amount or a sum is out of range."""

    code = 104


class InvalidPlan(InvalidRequest):
    """The seating plan is refused; nothing was imported."""

    code = 105


class BufferTooSmall(InvalidRequest):
    """A buffer was too small. This package sees to that itself."""

    code = 106


# The engine --------------------------------------------------------------------------------------
class EngineError(SeatHoldError):
    """Family: this engine cannot be used."""


class EngineClosed(EngineError):
    """The engine is closed, or being closed."""

    code = 201


class BadHandle(EngineError):
    """The handle is not an open engine."""

    code = 202


class EngineForked(EngineError):
    """The engine was opened before a fork; open another one in this process."""

    code = 203


class Unsupported(EngineError):
    """This build or adapter does not offer that."""

    code = 204


class TooManyEngines(EngineError):
    """Too many engines are open in this process."""

    code = 205


class IdempotencyMismatch(SeatHoldError):
    """This id was used before with other arguments."""

    code = 301


# The catalogue -----------------------------------------------------------------------------------
class CatalogError(SeatHoldError):
    """Family: what was named is not there, or not on sale."""


class NotFound(CatalogError, LookupError):
    """Family: what was named does not exist."""


class UnknownVenue(NotFound):
    """No such venue."""

    code = 401


class UnknownShow(NotFound):
    """No such show."""

    code = 402


class UnknownPerformance(NotFound):
    """No such performance."""

    code = 403


class UnknownSeat(NotFound):
    """No such seat at this venue."""

    code = 404


class UnknownTicketType(NotFound):
    """No price for this category and ticket type."""

    code = 405


class UnknownHold(NotFound):
    """No such hold."""

    code = 406


class UnknownTransfer(NotFound):
    """No such transfer."""

    code = 407


class UnknownUser(NotFound):
    """No such user."""

    code = 408


class AlreadyExists(CatalogError):
    """It exists already."""

    code = 409


class SaleNotOpen(CatalogError):
    """The sale is not open."""

    code = 410


class SaleEnded(CatalogError):
    """The sale has ended."""

    code = 411


# The waiting room --------------------------------------------------------------------------------
class QueueError(SeatHoldError):
    """Family: the waiting room says no."""


class NotAdmitted(QueueError):
    """This show needs a pass from its queue. Catches every pass that is no good, too."""

    code = 501


class PassInvalid(NotAdmitted):
    """The pass is forged, or for another user or show."""

    code = 502


class PassOver(NotAdmitted):
    """The pass has expired; join the queue again."""

    code = 503


class PassSpent(NotAdmitted):
    """The pass was spent or revoked; join again."""

    code = 504


class TokenInvalid(QueueError):
    """The token is forged, malformed, or something else's."""

    code = 505


class NoLine(QueueError):
    """This show has no queue, or the engine has no line."""

    code = 506


# Bounds of a request -----------------------------------------------------------------------------
class RequestLimit(SeatHoldError):
    """Family: more than one hold may have."""


class TooManySeats(RequestLimit):
    """More seats than one hold may have."""

    code = 601


class HoldTooLong(RequestLimit):
    """A longer hold than is allowed."""

    code = 602


# Seats -------------------------------------------------------------------------------------------
class SeatsUnavailable(SeatHoldError):
    """Family: these seats cannot be had now."""


class SeatTaken(SeatsUnavailable):
    """A seat is taken. `conflicts` lists every seat in the way."""

    code = 701


class SeatBlocked(SeatsUnavailable):
    """A seat is blocked. `conflicts` lists every seat in the way."""

    code = 702


class SoldOut(SeatsUnavailable):
    """Sold out."""

    code = 703


class AllHeld(SeatsUnavailable):
    """All held; some may come back at `next_release_at`."""

    code = 704


class NoAdjacentSeats(SeatsUnavailable):
    """None side by side; `seats_free` single ones may be free."""

    code = 705


class NotEnoughSeats(SeatsUnavailable):
    """Fewer seats are free than were asked for: `seats_free` of them."""

    code = 706


# Holds -------------------------------------------------------------------------------------------
class HoldError(SeatHoldError):
    """Family: the hold is not one that this can be done with."""


class NotHoldOwner(HoldError):
    """The hold is another user's."""

    code = 801


class HoldExpired(HoldError):
    """The hold has expired."""

    code = 802


class HoldCancelled(HoldError):
    """The hold was cancelled."""

    code = 803


class HoldConfirmed(HoldError):
    """The hold is confirmed; to undo it is a refund."""

    code = 804


class HoldRefunded(HoldError):
    """The reservation was refunded."""

    code = 805


class NotConfirmed(HoldError):
    """The hold is not confirmed."""

    code = 806


# Price and limits --------------------------------------------------------------------------------
class TermsError(SeatHoldError):
    """Family: not at this price, or not for this user."""


class PriceMismatch(TermsError):
    """Not the expected total; pay again under a new id."""

    code = 901


class CurrencyMismatch(TermsError):
    """Another currency than the performance's."""

    code = 902


class UserLimit(TermsError):
    """More seats than one user may have here."""

    code = 903


class PaymentError(SeatHoldError):
    """Family: the payment is refused."""


class InsufficientFunds(PaymentError):
    """The balance is too low; pay again under a new id. The hold stays alive."""

    code = 1001


class ReferenceUsed(PaymentError):
    """This provider reference paid for something else."""

    code = 1002


# Accounts ----------------------------------------------------------------------------------------
class AccountError(SeatHoldError):
    """Family: accounts and logins."""


class EmailTaken(AccountError):
    """This e-mail has an account."""

    code = 1101


class PasswordWeak(AccountError):
    """The password is too short, too long or too common."""

    code = 1102


class BadCredentials(AccountError):
    """E-mail or password is wrong."""

    code = 1103


class Throttled(AccountError):
    """Too many attempts; wait `retry_after` seconds."""

    code = 1104


class AccountDisabled(AccountError):
    """The account is disabled."""

    code = 1105


class AccessDenied(AccountError):
    """The access token is forged, over or revoked."""

    code = 1106


class TooManyKeys(AccountError):
    """Too many signing keys may still be in use; wait."""

    code = 1107


# Storage -----------------------------------------------------------------------------------------
class StorageError(SeatHoldError):
    """Family: storage could not do it now, or at all."""


class Busy(StorageError):
    """Busy; nothing was done: try again."""

    code = 1201


class Aborted(Busy):
    """A record changed underneath; nothing was done."""

    code = 1212


class LineLost(Busy):
    """The waiting line is being rebuilt."""

    code = 1213


class StorageFull(StorageError):
    """The disk is full; nothing was done."""

    code = 1202


class OutOfMemory(StorageError, MemoryError):
    """Out of memory; nothing was done."""

    code = 1203


class StorageFailed(StorageError):
    """Storage failed; open the engine again."""

    code = 1204


class StorageCorrupt(StorageError):
    """The database is damaged."""

    code = 1205


class OutcomeUnknown(StorageError):
    """It may have happened: send it again with the same `id`, or get it with settle=True."""

    code = 1206


class ReadOnly(StorageError):
    """The database cannot be written."""

    code = 1207


class NewerSchema(StorageError):
    """The database was written by a newer release."""

    code = 1208


class NotOwner(StorageError):
    """Another process owns the database."""

    code = 1209


class CannotOpen(StorageError):
    """The database cannot be opened."""

    code = 1210


class FeedTruncated(StorageError):
    """The feed reaches no longer back that far: load the map."""

    code = 1211


class KeysMissing(StorageError):
    """The signing keys of this database are missing."""

    code = 1214


class WrongFile(StorageError):
    """A file beside the database is another database's."""

    code = 1215


class SecondName(StorageError):
    """The database file goes by a second name."""

    code = 1216


class LineFailed(StorageError):
    """The file of the waiting line cannot be used."""

    code = 1217


class Internal(StorageError):
    """An internal error; nothing was done."""

    code = 1299


__all__ = [
    name for name, value in list(globals().items()) if getattr(value, "__module__", "") == __name__
]
