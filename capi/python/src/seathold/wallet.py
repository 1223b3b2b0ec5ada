"""The wallet: money that users have here."""

from ctypes import byref, c_int64, c_size_t
from dataclasses import dataclass
from datetime import datetime
from struct import Struct
from typing import List, Optional
from uuid import UUID

from . import _abi, _records
from ._codes import class_of
from ._library import lib
from ._runtime import Frame, Function, View, currency_code, currency_text, encode, raw_id
from ._runtime import timeout_ms
from .values import Money, Tender, TransferKind, a_time

CHARGE = Struct("=16sQq4sIII")
TRANSFER_RESULT = Struct("=iIq4sI")


@dataclass(frozen=True)
class Transfer:
    """What became of a charge or withdrawal."""

    id: UUID
    balance: Money  # after it (of the first answer, when replayed)
    replayed: bool


@dataclass(frozen=True)
class StatementLine:
    """A line of a statement."""

    line: int  # 1, 2, 3, ...
    id: UUID
    kind: TransferKind
    amount: Money  # signed: what it did to this account
    balance_after: Money
    performance: Optional[int]  # of payments and refunds
    created_at: datetime
    reference: str


@dataclass(frozen=True)
class TransferView:
    """A movement of money, or a decision against one."""

    id: UUID
    kind: TransferKind
    user: int
    amount: Money
    refused: Optional[str]  # None, or the name of the error that is kept under this id
    hold: Optional[UUID]  # of payments and refunds
    performance: Optional[int]
    tender: Tender
    created_at: datetime
    reference: str


class Wallet(View):
    """Charges wallets, withdraws from them, and tells what they hold."""

    def charge(
        self,
        user: int,
        amount: Money,
        *,
        reference: str = "",
        id: Optional[UUID] = None,
        timeout: Optional[float] = None,
    ) -> Transfer:
        """Puts money into a wallet. `reference` (at most 200 bytes) is for the statement."""
        return self._move(lib.seathold_charge, user, amount, reference, id, timeout)

    def withdraw(
        self,
        user: int,
        amount: Money,
        *,
        reference: str = "",
        id: Optional[UUID] = None,
        timeout: Optional[float] = None,
    ) -> Transfer:
        """Takes money out. InsufficientFunds is kept under the id."""
        return self._move(lib.seathold_withdraw, user, amount, reference, id, timeout)

    def balance(self, user: int, currency: str, *, timeout: Optional[float] = None) -> Money:
        """What a user has; nothing without an account in this currency."""
        minor = c_int64()
        self._handle.call(
            lib.seathold_balance_read,
            user,
            currency_code(currency),
            byref(minor),
            timeout_ms(timeout),
        )
        return Money(minor.value, currency)

    def statement(
        self,
        user: int,
        currency: str,
        *,
        after: int = 0,
        limit: int = 1_000,
        timeout: Optional[float] = None,
    ) -> List[StatementLine]:
        """Lines of a statement after line `after`, oldest first: at most `limit`."""
        records, n = (_records.StatementLine * limit)(), c_size_t()
        self._handle.call(
            lib.seathold_statement_read,
            user,
            currency_code(currency),
            after,
            records,
            limit,
            byref(n),
            timeout_ms(timeout),
        )
        return [_line(records[i], currency) for i in range(n.value)]

    def transfer(
        self, id: UUID, *, settle: bool = False, timeout: Optional[float] = None
    ) -> TransferView:
        """A transfer by its id; `settle` as in Reservations.get()."""
        record = _records.TransferView()
        self._handle.call(
            lib.seathold_transfer_get,
            id.bytes,
            _abi.SETTLE if settle else 0,
            byref(record),
            timeout_ms(timeout),
            id=id,
        )
        return TransferView(
            id=id,
            kind=TransferKind(record.kind),
            user=record.user,
            amount=Money(record.amount_minor, currency_text(record.currency)),
            refused=None if record.code == _abi.OK else class_of(record.code).__name__,
            hold=raw_id(bytes(record.hold)),
            performance=record.performance or None,
            tender=Tender(record.tender),
            created_at=a_time(record.created_at_us),
            reference=record.reference.decode(),
        )

    def _move(
        self,
        function: Function,
        user: int,
        amount: Money,
        reference: str,
        id: Optional[UUID],
        timeout: Optional[float],
    ) -> Transfer:
        handle = self._handle
        key = handle.new_id() if id is None else id
        text = encode(reference)
        frame = handle.frame()
        try:
            currency = currency_code(amount.currency)
            frame.pack(CHARGE, key.bytes, user, amount.minor, currency, 0, len(text), 0)
            code = function(
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
            _, flags, balance, _, _ = TRANSFER_RESULT.unpack_from(frame.memory, Frame.RESULT)
            return Transfer(key, Money(balance, amount.currency), bool(flags & _abi.REPLAYED))
        finally:
            handle.frames.append(frame)


def _line(record: _records.StatementLine, currency: str) -> StatementLine:
    return StatementLine(
        line=record.line,
        id=UUID(bytes=bytes(record.id)),
        kind=TransferKind(record.kind),
        amount=Money(record.amount_minor, currency),
        balance_after=Money(record.balance_after_minor, currency),
        performance=record.performance or None,
        created_at=a_time(record.created_at_us),
        reference=record.reference.decode(),
    )
