"""The records, constants and functions of this package are those of the header."""

import ctypes
import enum
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Dict, List

from header import read_header

from seathold import _abi, _library, _records, values
from seathold._codes import CLASSES, class_of
from seathold.errors import SeatHoldError, StorageError

HEADER = Path(os.environ["SEATHOLD_HEADER"])
DECLARED = read_header(HEADER)

NUMBERS = {
    "uint8_t": "c_ubyte",
    "uint32_t": "c_uint",
    "int32_t": "c_int",
    "uint64_t": "c_ulong",
    "int64_t": "c_long",
    "size_t": "c_ulong",
    "seathold_status": "c_int",
    "seathold_engine": "c_ulong",
    "char": "c_char",
    "constchar*": "c_char_p",
}
LETTERS = {"c_uint": "I", "c_int": "i", "c_ulong": "Q", "c_long": "q"}
ENUMS = {
    "SEAT": values.SeatState,
    "HOLD": values.HoldState,
    "SALE": values.SaleState,
    "PLACE": values.PlaceState,
    "TENDER": values.Tender,
    "TRANSFER": values.TransferKind,
    "FEED": values.FeedKind,
    "LATENCY": values.Latency,
    "PLAN": values.PlanFormat,
    "LOG": values.LogLevel,
}


def python_name(struct: str) -> str:
    return "".join(part.capitalize() for part in struct.split("_"))


def python_type(text: str) -> str:
    """The name of the ctypes type of a C type."""
    match = re.fullmatch(r"(.*?)(?:\[(\w+)\])?", text)
    assert match is not None
    name = match[1]
    base = NUMBERS.get(name) or python_name(name.replace("seathold_", ""))
    return f"{base}_Array_{match[2]}" if match[2] else base


class Abi(unittest.TestCase):
    def test_every_record_has_the_fields_of_the_header_in_order(self) -> None:
        self.assertGreater(len(DECLARED.structs), 25)
        for name, fields in DECLARED.structs.items():
            kind = getattr(_records, python_name(name))
            mine = [(field.rstrip("_"), of.__name__) for field, of in kind._fields_]
            self.assertEqual(mine, [(field, python_type(of)) for field, of in fields], name)

    def test_every_record_is_laid_out_as_the_compiler_does(self) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            self.skipTest("there is no C compiler")
        expressions: List[str] = []
        mine: Dict[str, int] = {}
        for name in DECLARED.structs:
            kind = getattr(_records, python_name(name))
            expressions.append(f"sizeof(seathold_{name})")
            mine[expressions[-1]] = ctypes.sizeof(kind)
            for field, *_ in kind._fields_:
                expressions.append(f"offsetof(seathold_{name}, {field.rstrip('_')})")
                mine[expressions[-1]] = getattr(kind, field).offset
        with tempfile.TemporaryDirectory() as folder:
            source, program = Path(folder, "layout.c"), Path(folder, "layout")
            lines = "\n".join(f'  printf("%zu\\n", (size_t)({e}));' for e in expressions)
            source.write_text(
                f"#include <stdio.h>\n#include <seathold.h>\nint main(void) {{\n{lines}\n}}\n"
            )
            include = f"-I{HEADER.parent}"
            subprocess.run([compiler, include, source, "-o", program], check=True)
            printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
        theirs = dict(zip(expressions, map(int, printed.split())))
        self.assertEqual(mine, theirs)

    def test_every_function_has_the_types_of_the_header(self) -> None:
        for name, (result, arguments) in DECLARED.functions.items():
            theirs = "".join("p" if of.endswith("*") else self.letter(of) for of in arguments)
            theirs += ":" + ("s" if result == "constchar*" else self.letter(result))
            mine = _abi.PROTOTYPES[name.replace("seathold_", "", 1)].replace("z", "Q")
            self.assertEqual(mine, theirs, name)
        self.assertEqual(len(_abi.PROTOTYPES), len(DECLARED.functions))

    @staticmethod
    def letter(of: str) -> str:
        return LETTERS[NUMBERS[of]]

    def test_every_constant_has_the_number_of_the_header(self) -> None:
        checked = 0
        for name, number in vars(_abi).items():
            if name.isupper() and isinstance(number, int):
                self.assertEqual(number, DECLARED.constants[name], name)
                checked += 1
        self.assertGreater(checked, 20)

    def test_every_enumeration_has_the_members_of_the_header(self) -> None:
        for prefix, kind in ENUMS.items():
            assert issubclass(kind, enum.IntEnum)
            theirs = {
                name[len(prefix) + 1 :]: number
                for name, number in DECLARED.constants.items()
                if name.startswith(prefix + "_")
            }
            self.assertEqual({member.name: int(member) for member in kind}, theirs)
        for member in values.Outcome:
            self.assertEqual(int(member), DECLARED.constants[member.name])


class Codes(unittest.TestCase):
    def test_every_code_of_the_library_has_a_class_of_its_name(self) -> None:
        table = {code: name for code, _, name, _ in _library.code_table() if code != _abi.OK}
        theirs = {
            code: python_name(name.replace("SEATHOLD_E_", "").lower())
            for code, name in table.items()
        }
        special = {"Closed": "EngineClosed", "Forked": "EngineForked"}
        for code, name in theirs.items():
            self.assertEqual(CLASSES[code].__name__, special.get(name, name))
        self.assertEqual(set(CLASSES), set(table))

    def test_outcome_and_retryable_are_those_of_the_library(self) -> None:
        retryable = set()
        for code, flags, _, _ in _library.code_table():
            if code == _abi.OK:
                continue
            self.assertEqual(CLASSES[code].outcome, flags & _abi.OUTCOME_MASK)
            self.assertEqual(CLASSES[code].retryable, bool(flags & _abi.RETRYABLE))
            if CLASSES[code].retryable:
                retryable.add(CLASSES[code].__name__)
        self.assertLessEqual({"Busy", "SeatTaken", "Throttled"}, retryable)
        self.assertNotIn("HoldExpired", retryable)
        self.assertEqual(CLASSES[1206].outcome, values.Outcome.UNKNOWN)

    def test_a_code_of_a_newer_library_is_of_its_family(self) -> None:
        self.assertIs(class_of(1298), StorageError)
        self.assertIs(class_of(9_999), SeatHoldError)
        self.assertEqual(class_of(1298)("new", code=1298).code, 1298)
