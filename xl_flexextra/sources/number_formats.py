"""Numbers as cells show them where that matters: 101 in the format 0000 is 0101, -0.1491 in 0.00% is -14.91%."""

from __future__ import annotations

import functools
import re
from decimal import Decimal

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|\[([^\]]*)\]|[_*].|(.)', re.DOTALL)
_LITERAL = frozenset(" -+/():'!^&~{}<>=")


@functools.lru_cache(maxsize=256)
def code_format(number_format: str) -> tuple[str, ...] | None:
    """The pieces of a format that writes digits and nothing but fixed signs between them: "0" for a digit, other pieces
    as they stand. None for any other format, such as one of amounts or dates."""
    pieces: list[str] = []
    for match in _TOKEN.finditer(_first_section(number_format)):
        quoted, escaped, bracket, sign = match.groups()
        if bracket is not None:
            if re.fullmatch(r"h+|m+|s+|\$[^-\]]+.*", bracket, re.IGNORECASE):
                return None  # hours, or a currency
        elif quoted is not None or escaped is not None:
            pieces.append(f"={quoted if quoted is not None else escaped}")
        elif sign == "0":
            pieces.append("0")
        elif sign in _LITERAL if sign else False:
            pieces.append(f"={sign}")
        elif sign:
            return None
    digits = pieces.count("0")
    worded = any(re.search(r"\w", piece[1:]) for piece in pieces if piece != "0")
    money = any(re.search(r"[$€£¥%]|\b[A-Z]{3}\b", piece[1:]) for piece in pieces if piece != "0")
    return tuple(pieces) if (digits > 1 or (digits and worded)) and not money else None


def as_code(value: float, number_format: str) -> str | None:
    """A whole number as its format writes it, where that is a code; None where it is a number like any other."""
    pieces = code_format(number_format)
    if pieces is None or value < 0 or not float(value).is_integer() or value >= 1e15:
        return None
    places = pieces.count("0")
    digits = str(int(value)).zfill(places)
    taken, text = iter(digits[len(digits) - places + 1 :]), ""
    first = digits[: len(digits) - places + 1]  # the first place takes all digits for which there is none
    for piece in pieces:
        if piece == "0":
            text += first or next(taken)
            first = ""
        else:
            text += piece[1:]
    return text.strip()


def as_percentage(value: float, number_format: str) -> str | None:
    """A fraction as a percentage, with all its digits, where its format shows percentages."""
    return f"{Decimal(repr(value)).scaleb(2):f}%" if "%" in number_format else None


def _first_section(number_format: str) -> str:
    """The part of a format that is for positive numbers."""
    quoted, at = False, 0
    while at < len(number_format):
        sign = number_format[at]
        if sign == "\\":
            at += 1
        elif sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted:
            return number_format[:at]
        at += 1
    return number_format
