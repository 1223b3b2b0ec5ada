"""From codes to exceptions."""

from typing import Dict, Type

from . import errors
from .errors import SeatHoldError
from .values import Outcome

FAMILIES: Dict[int, Type[SeatHoldError]] = {
    1: errors.InvalidRequest,
    2: errors.EngineError,
    4: errors.CatalogError,
    5: errors.QueueError,
    6: errors.RequestLimit,
    7: errors.SeatsUnavailable,
    8: errors.HoldError,
    9: errors.TermsError,
    10: errors.PaymentError,
    11: errors.AccountError,
    12: errors.StorageError,
}
"""The base of the codes of each hundred."""

CLASSES: Dict[int, Type[SeatHoldError]] = {
    member.code: member
    for member in vars(errors).values()
    if isinstance(member, type) and issubclass(member, SeatHoldError) and "code" in vars(member)
}
"""The class of each code."""
del CLASSES[SeatHoldError.code]


def class_of(code: int) -> Type[SeatHoldError]:
    """The class of a code; its family's for one that only a newer library has."""
    return CLASSES.get(code, FAMILIES.get(code // 100, SeatHoldError))


def learn(code: int, outcome: Outcome, retryable: bool) -> None:
    """Takes over what the library's table says of a code."""
    if code in CLASSES:
        CLASSES[code].outcome = outcome
        CLASSES[code].retryable = retryable
