"""What the reader of spreadsheets leaves out of cells: errors, formulas without a stored value, codes shown by a format.

It gives an error and a formula without a value as blank, and 101 for a cell that shows 0101.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ..errors import CELL_ERRORS, NOT_CALCULATED, VALUE, CellError
from ..ooxml import xml_bytes
from ..ooxml.package import Package
from ..ooxml.sheet import Cell, Markup, markup, parse_rows
from ..ooxml.styles import number_formats
from ..ooxml.workbook import Workbook

Odd = dict[tuple[int, int], Any]  # by row and column, from 1
_BLOCK = 1 << 20  # bytes of rows that are looked at together


class Shown(float):
    """A number in a cell that shows it as a code."""

    text: str

    def __new__(cls, value: float, text: str) -> Shown:
        """The number and what its cell shows."""
        made = super().__new__(cls, value)
        made.text = text
        return made


def styles(workbook: Workbook, show: Callable[[float, str], str | None]) -> dict[bytes, Callable[[float], str | None]]:
    """The cell styles whose number format ``show`` writes numbers in, each with what it makes of a number."""
    formats = number_formats(workbook)
    return {style: partial(_shown, show, code) for style, code in formats.items() if show(1.0, code) is not None}


def _shown(show: Callable[[float, str], str | None], number_format: str, value: float) -> str | None:
    return show(value, number_format)


def of_sheet(workbook: Workbook, part: str, shown: Mapping[bytes, Callable[[float], str | None]]) -> Odd:
    """The odd cells of a worksheet. Rows that can have none, by a look at their bytes, are not parsed."""
    found: Odd = {}
    blocks = _blocks(workbook.package, part)
    head = next(blocks, b"")
    marks = markup(xml_bytes.root_prefix(head[:4096], b"worksheet", part))
    while (start := marks.open_data.search(head)) is None:
        more = next(blocks, None)
        if more is None:
            return found
        head += more
    if start[0].endswith(b"/>"):
        return found
    needle, row_open = _needle(marks, shown), b"<" + marks.prefix + b"row"
    rest, number = head[start.end() :], 0
    close = b"</" + marks.prefix + b"sheetData"
    ended = False
    while not ended:
        more = next(blocks, None)
        rest += more or b""
        end = rest.find(close)
        ended = end >= 0 or more is None
        cut = (
            end if end >= 0 else len(rest) if more is None else max(rest.rfind(row_open + b" "), rest.rfind(row_open + b">"))
        )
        if cut <= 0:
            continue
        block, rest = rest[:cut], rest[cut:]
        if needle.search(block) is None:
            number = _last_row(block, marks, number)
            continue
        for row in parse_rows(block, marks, part, number):
            number = row.number
            for cell in row.cells:
                odd = _odd(cell, marks, shown)
                if odd is not None:
                    found[row.number, cell.column] = odd
    return found


def _blocks(package: Package, part: str) -> Iterator[bytes]:
    """The bytes of a part in pieces of some size."""
    held: list[bytes] = []
    for piece in package.stream(part):
        held.append(piece)
        if sum(map(len, held)) >= _BLOCK:
            yield b"".join(held)
            held = []
    if held:
        yield b"".join(held)


def _needle(marks: Markup, shown: Mapping[bytes, Callable[[float], str | None]]) -> re.Pattern[bytes]:
    """What stands in rows that may hold an odd cell."""
    p = marks.prefix
    empty = rb"(?:<" + p + rb"v\s*/>|<" + p + rb"v\s*>\s*</" + p + rb"v\s*>)?"
    formula = rb"(?:</" + p + rb"f\s*>|<" + p + rb"f\s[^>]*/>|<" + p + rb"f/>)\s*" + empty + rb"\s*</" + p + rb"c\b"
    found = [rb"\st\s*=\s*[\"']e[\"']", formula]
    if shown:
        found.append(rb"\ss\s*=\s*[\"'](?:" + b"|".join(shown) + rb")[\"']")
    return re.compile(b"|".join(found))


def _last_row(block: bytes, marks: Markup, number: int) -> int:
    """The number of the last row of a block, where rows need not carry one."""
    last = block.rfind(b"<" + marks.prefix + b"row")
    tag = marks.row_tag.match(block, last) if last >= 0 else None
    address = xml_bytes.get(tag[0], b"r") if tag else None
    if address is not None and address.isdigit():
        return int(address)
    return number + sum(1 for _ in marks.row_tag.finditer(block))


def _odd(cell: Cell, marks: Markup, shown: Mapping[bytes, Callable[[float], str | None]]) -> CellError | Shown | None:
    kind = xml_bytes.get(cell.tag, b"t") or b"n"
    if kind == b"inlineStr":
        return None
    match = marks.value.search(cell.inside)
    raw = (match[1] if match else None) or b""
    if cell.formula(marks) is not None and not raw.strip() and (kind != b"str" or match is None):
        return NOT_CALCULATED
    if kind == b"e":
        return CELL_ERRORS.get(xml_bytes.unescape(raw).strip(), VALUE)
    if kind == b"n" and raw.strip() and cell.style in shown:
        try:
            value = float(raw)
        except ValueError:
            return None
        text = shown[cell.style](value)
        return None if text is None else Shown(value, text)
    return None
