"""Fingerprints of what a signature covers: inputs, terms, version and formulas, each as a SHA-256.

A fingerprint depends on content only: not on the order in which keys were given, on types that a cell cannot tell
apart (35 and 35.0), or on where a table stands.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import __version__
from ..arguments import to_serial
from ..report import Inputs

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
    return str(value)


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


def of_inputs(inputs: Inputs) -> dict[str, str]:
    """SHA-256 of each table of inputs, of the as-of date and of the version, by name."""
    funds = [
        [f.code, f.printed_name, f.asset_class, f.fund_inception, f.subaccount_inception, "; ".join(f.aliases), f.notes,
         f.predecessor, f.substituted_on]
        for f in inputs.funds.items
    ]  # fmt: skip
    published = [[p.table, p.contract, p.as_of, p.fund, p.period, p.value, p.known_break] for p in inputs.published]
    found = {
        "Unit values": of_rows(inputs.unit_values.rows()),
        "Funds": of_rows(funds),
        "Shares": of_rows(inputs.share_rows),
        "Published": of_rows(published),
        "As of": of_rows([[inputs.as_of]]),
    }
    for terms in inputs.contracts:
        found[f"Terms {terms.name}"] = of_rows([row[:2] for row in terms.rows()])
    return {**found, "Version": of_rows([[__version__]])}


def of_formulas(formulas: Mapping[tuple[int, int], str]) -> str:
    """SHA-256 of a region's formulas by (row, column), each relative to its own cell: a copy down a column is one text."""
    texts = [f"{row},{column}:{relative(text, row, column)}" for (row, column), text in sorted(formulas.items())]
    return of_rows([[text] for text in texts])


def distinct(formulas: Mapping[tuple[int, int], str]) -> int:
    """How many different formulas a region holds, relative to their cells: 1 where one was copied down."""
    return len({relative(text, row, column) for (row, column), text in formulas.items()})


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
