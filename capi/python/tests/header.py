"""Reads seathold.h: structs, enumerations, constants and functions, as plain Python values."""

import re
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple


class Header(NamedTuple):
    """What a header declares. A type is its C text without blanks, as in "constchar*"."""

    structs: Dict[str, List[Tuple[str, str]]]  # name -> [(field, type)]
    constants: Dict[str, int]  # of enums and of #define, without SEATHOLD_
    functions: Dict[str, Tuple[str, List[str]]]  # name -> (result, [type of each argument])


def read_header(path: Path) -> Header:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    structs = {
        match[2]: [_declared(line) for line in _pieces(match[1], ";")]
        for match in re.finditer(r"typedef struct \w+ \{(.*?)\} seathold_(\w+);", text, re.DOTALL)
    }
    functions = {
        match[2]: (_squeeze(match[1]), [_argument(a) for a in _pieces(match[3], ",")])
        for match in re.finditer(
            r"SEATHOLD_API\s+([\w *]+?)\b(seathold_\w+)\(([^;]*)\);", text, re.DOTALL
        )
    }
    return Header(structs, _constants(text), functions)


def _pieces(text: str, separator: str) -> List[str]:
    return [piece.strip() for piece in text.split(separator) if piece.strip() not in ("", "void")]


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("struct ", ""))


def _declared(line: str) -> Tuple[str, str]:
    """ "char text[96]" -> ("text", "char[96]")."""
    match = re.fullmatch(r"(.*?)(\w+)\s*(\[\w+\])?", line, re.DOTALL)
    assert match is not None, line
    return match[2], _squeeze(match[1]) + (match[3] or "")


def _argument(text: str) -> str:
    _, declared = _declared(text)
    return re.sub(r"\[\w+\]$", "*", declared)


def _constants(text: str) -> Dict[str, int]:
    found = {}
    for body in re.findall(r"enum seathold_\w+ \{(.*?)\};", text, re.DOTALL):
        for name, value in re.findall(r"SEATHOLD_(\w+) =\s+(\d+)", body):
            found[name] = int(value)
    for name, value in re.findall(r"#define SEATHOLD_(\w+) +(\S.*)", text):
        number = re.fullmatch(r"(?:INT64_C\()?(-?\d+)u?\)?", value.strip())
        if number is not None:
            found[name] = int(number[1])
        elif value.strip() == "UINT32_MAX":
            found[name] = 0xFFFFFFFF
    return found
