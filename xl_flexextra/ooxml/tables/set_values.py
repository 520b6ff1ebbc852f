"""Cached values of single cells set anew; formulas, styles and all other cells stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import CellError
from .. import xml_bytes
from ..fast.column_writer import number_text
from ..refs import column_letters
from ..sheet import Cell, Markup, Row, SheetPart, parse_rows
from ..workbook import Sheet, Workbook
from ..xml_bytes import cell_text, escape

Place = tuple[int, int]


def set_values(workbook: Workbook, sheet: Sheet, values: Mapping[Place, Any]) -> None:
    """Set the values of cells (row, column) of one sheet; a cell that is not there is made."""
    if not values:
        return
    part = SheetPart(workbook.package.read(sheet.part), sheet.part)
    first, last = min(r for r, _ in values), max(r for r, _ in values)
    start, end = part.row_at(first), part.row_at(last + 1)
    rows = {r.number: r for r in parse_rows(part.data[start:end], part.marks, part.part, part.number_before(start))}
    for (number, column), value in values.items():
        row = rows.get(number)
        if row is None:
            row = rows[number] = Row(number, b"<" + part.marks.prefix + b'row r="%d"' % number)
        _set(row, column, value, part.marks)
    body = b"".join(rows[n].render(part.marks) for n in sorted(rows))
    head = part.data[: part.rows_start] if part.rows_start != part.rows_end else part.head
    foot = part.data[end:] if part.rows_start != part.rows_end else part.foot
    workbook.package.put(sheet.part, head + part.data[part.rows_start : start] + body + foot)


def _set(row: Row, column: int, value: Any, marks: Markup) -> None:
    for cell in row.cells:
        if cell.column == column:
            break
    else:
        address = f"{column_letters(column)}{row.number}".encode()
        cell = Cell(column, b"<" + marks.prefix + b'c r="' + address + b'"', b"")
        row.cells = sorted([*row.cells, cell], key=lambda c: c.column)
    formula = marks.formula.search(cell.inside)
    kind, text = _encode(value)
    cell.tag = xml_bytes.put(cell.tag + b">", b"t", kind)[:-1]
    p = marks.prefix
    stored = b"" if text is None else b"<" + p + b"v>" + text + b"</" + p + b"v>"
    cell.inside = (formula[0] if formula else b"") + stored


def _encode(value: Any) -> tuple[bytes | None, bytes | None]:
    if value is None:
        return None, None
    if isinstance(value, bool):
        return b"b", b"1" if value else b"0"
    if isinstance(value, CellError):
        return b"e", escape(str(value))
    if isinstance(value, str):
        return b"str", escape(cell_text(value))
    return None, number_text(float(value)).encode()
