"""Accounts and logins. Optional: you may have users of your own."""

from ctypes import byref, c_int64, c_uint64
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Optional

from ._library import lib
from ._runtime import View, encode, timeout_ms
from .values import a_time


def as_typed(text: str) -> bytes:
    """What strangers type is never an error of ours: what is no text is of nobody."""
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Login:
    """What a login gives. `token` is a JWT; it is good until `expires_at`."""

    user: int
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        """Without the token: logs are no place for it."""
        return f"Login(user={self.user}, expires_at={self.expires_at!r})"


class Principal(NamedTuple):
    """Who an access token speaks for, and until when."""

    user: int
    expires_at: datetime


class Accounts(View):
    """Registers users and tells who they are. Hashing a password takes tens of milliseconds."""

    def register(self, email: str, password: str, *, timeout: Optional[float] = None) -> int:
        """Registers a user; their id. Passwords: 8 characters .. 1,024 bytes, never cut.

        Errors in order: InvalidText and InvalidArgument (the e-mail), PasswordWeak and InvalidText
        (the password), ReadOnly, Busy (no turn to hash in time), EmailTaken, storage's."""
        user = c_uint64()
        mail, secret = encode(email), encode(password)
        self._handle.call(
            lib.seathold_account_register,
            mail,
            len(mail),
            secret,
            len(secret),
            byref(user),
            timeout_ms(timeout),
        )
        return user.value

    def login(self, email: str, password: str, *, timeout: Optional[float] = None) -> Login:
        """Logs in. Unknown e-mail and wrong password are alike, and counted alike: the fifth failure
        of an address locks it for a second, each further one for twice as long, up to 15 minutes.

        Errors in order: ReadOnly, Throttled (its `retry_after` says for how long), Busy (no turn to
        hash in time; nothing is counted), BadCredentials, AccountDisabled (with the right password
        only), storage's."""
        user, expires = c_uint64(), c_int64()
        mail, secret = as_typed(email), as_typed(password)

        # Between the buffer and the timeout stand two results, so text() needs a hand.
        def call(*arguments: object) -> int:
            *head, ms, error = arguments
            return int(lib.seathold_account_login(*head, byref(user), byref(expires), ms, error))

        token = self._handle.text(
            call, mail, len(mail), secret, len(secret), ms=timeout_ms(timeout)
        )
        return Login(user.value, token.decode("ascii"), a_time(expires.value))

    def authenticate(self, token: str, *, timeout: Optional[float] = None) -> Principal:
        """Who an access token speaks for.

        Errors in order: KeysMissing, AccessDenied (no token at all, forged, over, revoked, of an
        account that is disabled or erased: without detail), storage's."""
        user, expires = c_uint64(), c_int64()
        raw = as_typed(token)
        self._handle.call(
            lib.seathold_account_authenticate,
            raw,
            len(raw),
            byref(user),
            byref(expires),
            timeout_ms(timeout),
        )
        return Principal(user.value, a_time(expires.value))

    def change_password(
        self, user: int, old: str, new: str, *, timeout: Optional[float] = None
    ) -> None:
        """Changes a password; ends every access token given before. Wrong old passwords count as
        failed logins.

        Errors in order: PasswordWeak and InvalidText (the new one), ReadOnly, UnknownUser, Throttled,
        Busy (no turn to hash in time), BadCredentials, AccountDisabled (with the right password
        only; nothing is changed), storage's."""
        before, after = as_typed(old), encode(new)
        self._handle.call(
            lib.seathold_account_password_change,
            user,
            before,
            len(before),
            after,
            len(after),
            timeout_ms(timeout),
        )

    def disable(self, user: int, *, timeout: Optional[float] = None) -> None:
        """Ends every access token of a user and every later login.

        Errors in order: ReadOnly, UnknownUser, storage's."""
        self._handle.call(lib.seathold_account_disable, user, timeout_ms(timeout))

    def erase(self, user: int, *, timeout: Optional[float] = None) -> None:
        """Forgets who a user is. Reservations and money keep the number, never given again.
        Failed logins of the address still count, under a keyed hash, until they are forgotten.

        Errors in order: ReadOnly, UnknownUser, storage's."""
        self._handle.call(lib.seathold_account_erase, user, timeout_ms(timeout))

    def user_for(self, external_id: str, *, timeout: Optional[float] = None) -> int:
        """The number that stands for a text id of your own: always the same, until erase(), and
        in every normal form of Unicode.

        Errors in order: InvalidArgument (empty), InvalidText, KeysMissing, InvalidText (no normal
        form, or a longer one), ReadOnly (a text that has no number yet), storage's."""
        user = c_uint64()
        raw = encode(external_id)
        self._handle.call(
            lib.seathold_account_user_for, raw, len(raw), byref(user), timeout_ms(timeout)
        )
        return user.value
