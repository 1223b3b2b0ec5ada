"""Finds and loads the shared library, once a process."""

import ctypes
import os
from pathlib import Path
from typing import Iterator, List, Tuple

from . import _abi, _records

_INSIDE = Path(__file__).with_name("_lib") / "libseathold.so.0.2"


def _candidates() -> Iterator[str]:
    """What to load: SEATHOLD_LIBRARY alone if set, else the one inside, else the system's."""
    named = os.environ.get("SEATHOLD_LIBRARY")
    if named:
        yield named
        return
    if _INSIDE.exists():
        yield str(_INSIDE)
    yield "libseathold.so.0.2"


def _load() -> Tuple[ctypes.CDLL, str]:
    tried: List[str] = []
    for path in _candidates():
        try:
            library = ctypes.CDLL(path)
        except OSError as error:
            tried.append(str(error))
            continue
        _check(library, path)
        return library, path
    raise ImportError(
        "the SeatHold library is not there; set SEATHOLD_LIBRARY to its path: " + "; ".join(tried)
    )


def _check(library: ctypes.CDLL, path: str) -> None:
    try:
        _abi.declare(library)
    except AttributeError as error:
        raise ImportError(f"{path} is not the SeatHold library of this package: {error}") from None
    if library.seathold_abi_version() < _abi.ABI_VERSION:
        raise ImportError(f"{path} is older than this package")


lib, path = _load()
"""The library, with typed functions, and where it was found."""


def code_table() -> List[Tuple[int, int, str, str]]:
    """Every code of the library: number, flags, name, text."""
    table = []
    info = _records.CodeInfo()
    for index in range(lib.seathold_code_count()):
        lib.seathold_code_at(index, ctypes.byref(info), None)
        table.append((info.code, info.flags, info.name.decode(), info.text.decode()))
    return table


def has_feature(name: str) -> bool:
    """Whether this build has a feature, as in "self-contained" or "sqlite"."""
    raw = name.encode()
    return bool(lib.seathold_has_feature(raw, len(raw)))


def version() -> str:
    """The release of the library, as in "0.2.0"."""
    number = lib.seathold_version()
    return f"{number // 10_000}.{number // 100 % 100}.{number % 100}"


def currency_digits(currency: str) -> int:
    """The decimals of a currency of ISO 4217: 2 of "EUR", 0 of "JPY". ValueError: it lists none."""
    digits, raw = ctypes.c_int32(), currency.encode("utf-8", "replace")
    if lib.seathold_currency_digits(raw, len(raw), ctypes.byref(digits), None) != _abi.OK:
        raise ValueError(f"{currency!r} is not a currency of ISO 4217")
    return digits.value


def format_money(minor: int, currency: str) -> str:
    """As people read it: "45.00 EUR". ValueError: no such currency."""
    text = ctypes.create_string_buffer(64)
    raw = currency.encode("ascii", "replace")[:4].ljust(4, b"\0")
    if lib.seathold_money_format(minor, raw, text, len(text), None, None) != _abi.OK:
        raise ValueError(f"{currency!r} is not a currency")
    return text.value.decode()


def id_from_text(text: bytes) -> bytes:
    """The 16 bytes of an id. ValueError: too short or too long a text."""
    out = ctypes.create_string_buffer(16)
    if lib.seathold_id_from_text(text, len(text), out, None) != _abi.OK:
        raise ValueError(f"an id is made from 1 to {_abi.ID_FROM_TEXT_MAX} bytes, not {len(text)}")
    return out.raw
