"""Fingerprints of what a signature covers: inputs, terms, version and formulas, each as a SHA-256.

A fingerprint depends on content only: not on the order in which keys were given, on types that a cell cannot tell
apart (35 and 35.0), or on where a table stands.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import __version__
from ..cells.scalars import to_serial
from ..inputs.funds import Funds
from ..inputs.shares import Shares
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from ..update.update_inputs import Inputs

_CELL = re.compile(r"(?<![A-Za-z0-9_.\[])(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(?![A-Za-z0-9_(\]])")
_TEXT = re.compile(r'("(?:[^"]|"")*")')


def canonical(value: Any) -> str:
    """One value as text: numbers by their shortest decimal, dates as their serial, blank as nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime | datetime.date):
        value = to_serial(value)
    if isinstance(value, int | float):
        return repr(float(value) + 0.0)
    if isinstance(value, str):
        return value
    raise TypeError(f"no cell holds a {type(value).__name__}")  # its text would not say what it holds


def of_rows(rows: Iterable[Sequence[Any]]) -> str:
    """SHA-256 of a table, header included. Trailing blank cells of a row do not count."""
    digest = hashlib.sha256()
    for row in rows:
        cells = [canonical(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        for cell in cells:  # the length before each cell: no two tables have the same text
            digest.update(f"{len(cell)}:{cell};".encode())
        digest.update(b"\n")
    return digest.hexdigest()


NAMES = {"share_rows": "Shares", "rate_rows": "Interest rates"}  # the others are called by the name of their field

UNORDERED = {"heading_notes"}  # each stands at its heading, whatever their order


def of_inputs(inputs: Inputs) -> dict[str, str]:
    """SHA-256 of every field of the inputs, of each contract's terms and of the version, by name.

    The fields are those of the dataclass, so that a new one cannot be forgotten.
    """
    parts: dict[str, list[Sequence[Any]]] = {}
    for field in dataclasses.fields(inputs):
        value = getattr(inputs, field.name)
        if field.name == "contracts":
            parts.update({f"Terms {terms.name}": _rows(terms) for terms in value})
        else:
            name = NAMES.get(field.name, field.name.replace("_", " ").capitalize())
            rows = _rows(value)
            parts[name] = [*parts.get(name, []), *(sorted(rows, key=repr) if field.name in UNORDERED else rows)]
    parts["Version"] = [[__version__]]
    return {name: of_rows(rows) for name, rows in parts.items()}


def _rows(value: Any) -> list[Sequence[Any]]:
    """A field as rows of cells: what a sheet would show of it."""
    if isinstance(value, UnitValues | Shares):
        return list(value.rows())
    if isinstance(value, Terms):
        return [(term, given, source) for term, given, _, source in value.rows()]
    if isinstance(value, Funds):
        return _rows(value.items)
    if isinstance(value, list | tuple):
        return [_row(one) for one in value]
    return [[value]] if value is None or isinstance(value, _CELLS) else [_row(value)]


_CELLS = str | bool | int | float | datetime.date


def _row(value: Any) -> Sequence[Any]:
    """One row: a line of a table, a text, or the fields of a dataclass, of which several names stand in one cell."""
    if dataclasses.is_dataclass(value):
        cells = [getattr(value, field.name) for field in dataclasses.fields(value)]
        return ["; ".join(cell) if isinstance(cell, tuple) else cell for cell in cells]
    return value if isinstance(value, list | tuple) else [value]


def of_formulas(formulas: Mapping[tuple[int, int], str]) -> str:
    """SHA-256 of a region's formulas by (row, column), each relative to its own cell: a copy down a column is one text."""
    return of_texts(relative_texts(formulas))


def of_texts(texts: Mapping[tuple[int, int], str]) -> str:
    """SHA-256 of formulas that are relative to their cells already."""
    return of_rows([[f"{row},{column}:{text}"] for (row, column), text in sorted(texts.items())])


def relative_texts(formulas: Mapping[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    """Each formula relative to its own cell, by (row, column)."""
    return {(row, column): relative(text, row, column) for (row, column), text in formulas.items()}


def distinct(formulas: Mapping[tuple[int, int], str]) -> int:
    """How many different formulas a region holds, relative to their cells: 1 where one was copied down."""
    return len(set(relative_texts(formulas).values()))


def relative(formula: str, row: int, column: int) -> str:
    """A formula with its A1 references as offsets from a cell (0-based): ``=B2+$C$1`` in B3 is ``=R[-1]C[0]+R0C2``."""

    def offset(found: re.Match[str]) -> str:
        there = 0
        for letter in found[2]:
            there = there * 26 + ord(letter) - 64
        down, right = int(found[4]) - 1, there - 1
        rows = f"R{down}" if found[3] else f"R[{down - row}]"
        columns = f"C{right}" if found[1] else f"C[{right - column}]"
        return rows + columns

    parts = _TEXT.split(formula)
    return "".join(part if i % 2 else _CELL.sub(offset, part) for i, part in enumerate(parts))


def package(parts: Mapping[str, str]) -> str:
    """One SHA-256 over named ones: what a signature names."""
    return of_rows([[name, parts[name]] for name in sorted(parts)])


def short(fingerprint: str) -> str:
    """The part of a fingerprint that a person types beside a signature: 16 characters in fours."""
    return "-".join(fingerprint[i : i + 4] for i in range(0, 16, 4))
