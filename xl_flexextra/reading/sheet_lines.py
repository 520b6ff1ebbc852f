"""A workbook as lines of cells: each sheet a page, its numbers as their formats show them."""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from ..sources import odd_cells
from ..sources.excel_files import ExcelFile
from .document import Line
from .grid_lines import line_of


def as_shown(value: float, number_format: str) -> str | None:
    """A number as its format shows it: with its decimals, as a percentage; None where the format says neither.

    >>> as_shown(3.3, "0.00"), as_shown(-0.1491, "0.00%"), as_shown(2019.0, "General")
    ('3.30', '-14.91%', None)
    """
    first = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].', "", number_format.split(";")[0])
    found = re.search(r"[0#,]*[0#](?:\.([0#?]+))?", first)
    if found is None or first.strip().lower() == "general" or re.search(r"[dmyhs]", first, re.IGNORECASE) or "E" in first:
        return None
    percent = "%" in first
    if found[1] is None and not percent:
        return None
    try:
        number = Decimal(repr(value)).scaleb(2 if percent else 0)
        text = f"{number.quantize(Decimal(1).scaleb(-len(found[1] or '')), rounding=ROUND_HALF_UP):f}"
    except InvalidOperation:
        return None
    return f"{'$' if '$' in number_format else ''}{text}{'%' if percent else ''}"


def lines_of_workbook(data: bytes, name: str) -> list[Line]:
    """The rows of every sheet."""
    file = ExcelFile(data, name)
    lines: list[Line] = []
    for grid_number, sheet in enumerate(file.sheets, start=1):
        grid = file.sheet(sheet)
        shown = _shown(file, sheet)
        for place, row in enumerate(grid.rows):
            at = grid.top + place
            given = [
                (_text(shown.get((at, grid.left + column), cell)), float(column), float(column + 1))
                for column, cell in enumerate(row)
            ]
            lines.append(line_of(f"sheet {sheet}", at, given, grid_number))
    return lines


def _shown(file: ExcelFile, sheet: str) -> odd_cells.Odd:
    part = next((one.part for one in file.workbook.sheets if one.name == sheet), None) if file.workbook is not None else None
    if file.workbook is None or part is None:
        return odd_cells.Odd()
    return odd_cells.of_sheet(file.workbook, part, odd_cells.styles(file.workbook, as_shown))


def _text(cell: Any) -> str:
    if isinstance(cell, odd_cells.Shown):
        return cell.text
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)
