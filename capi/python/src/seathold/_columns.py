"""Arrays of records of C, by record and by column."""

import ctypes
from array import array
from typing import Any, Dict, Iterable, Optional, Tuple, Union, cast

from .errors import InvalidArgument

Values = Union[int, Iterable[int], Any]
"""One number for all, numbers, or an array of the field's width (array.array, numpy, ...)."""

_FORMATS: Dict[object, str] = {
    ctypes.c_int32: "i",
    ctypes.c_uint32: "I",
    ctypes.c_int64: "q",
    ctypes.c_uint64: "Q",
}


class Records:
    """n records in one piece of memory. `array` is theirs of ctypes, `address` the first's."""

    def __init__(self, kind: Any, n: int) -> None:
        self.kind = kind
        self.n = n
        self.size = ctypes.sizeof(kind)
        self.memory = bytearray(self.size * n)
        self.array = (kind * n).from_buffer(self.memory)
        self.address = ctypes.addressof(self.array)

    def column(self, field: str) -> memoryview:
        """A field of every record, as a memoryview that can be written."""
        return self._strided(self._format(field), getattr(self.kind, field).offset)

    def set(self, field: str, values: Values) -> None:
        """Writes a field of the first len(values) records, or of all."""
        form = self._format(field)
        column = self._strided(form, getattr(self.kind, field).offset)
        given = _as_array(form, values, self.n)
        if len(given) > self.n:
            raise InvalidArgument(f"there are {self.n} records, not {len(given)}")
        column[: len(given)] = given

    def ids(self, field: str) -> Tuple[memoryview, memoryview]:
        """A field of 16 bytes, as two columns: the first eight of each, and the others."""
        offset = getattr(self.kind, field).offset
        return self._strided("Q", offset), self._strided("Q", offset + 8)

    def _format(self, field: str) -> str:
        form = _FORMATS.get(dict(self.kind._fields_).get(field))
        if form is None:
            raise InvalidArgument(f"{self.kind.__name__} has no number {field!r}")
        return form

    def _strided(self, form: str, offset: int) -> memoryview:
        whole = memoryview(self.memory).cast(form)
        return whole[offset // whole.itemsize :: self.size // whole.itemsize]


def _as_array(form: str, values: Values, n: int) -> memoryview:
    try:
        if isinstance(values, int):
            return memoryview(array(form, [values]) * n)
        given = _buffer(values)
        if given is None:
            return memoryview(array(form, cast(Iterable[int], values)))
    except OverflowError as error:
        raise InvalidArgument(str(error)) from None
    width = array(form).itemsize
    if given.itemsize != width:
        raise InvalidArgument(f"items have {given.itemsize} bytes, not {width}")
    # What numpy calls "L" is our "Q": the same bytes.
    return given if given.format == form else given.cast("B").cast(form)


def _buffer(values: Any) -> Optional[memoryview]:
    try:
        return memoryview(values)
    except TypeError:
        return None
