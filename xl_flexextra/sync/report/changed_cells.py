"""Recomputed cells as a person looks for them: the page before its workings, dates as dates."""

from __future__ import annotations

import datetime
import re
from typing import Any

from ...cells.scalars import EPOCH, LAST_SERIAL
from ...errors import FlexExtraError
from ...ooxml.refs import column_number
from ...ooxml.sheet import SheetPart
from ...ooxml.styles import date_styles
from ...ooxml.workbook import Workbook
from ...recalculation.dependents import CellChange
from ...sources.findings import as_printed


def texts(workbook: Workbook | None, changes: list[CellChange], most: int) -> list[str]:
    """The first ``most`` changes, by the order of the sheets, hidden ones last."""
    if not most or not changes:
        return []
    if workbook is None:
        return [str(change) for change in changes[:most]]
    try:
        places = {s.name: (s.state != "visible", s.index) for s in workbook.sheets}
        ordered = sorted(changes, key=lambda change: places.get(_split(change.cell)[0], (True, len(places))))[:most]
        dated = _dated(workbook, [change.cell for change in ordered])
    except (FlexExtraError, OSError):  # the list matters more than its order
        return [str(change) for change in changes[:most]]
    epoch = datetime.date(1904, 1, 1) if workbook.date1904 else EPOCH
    return [
        f"{c.cell}: {_date_or_text(c.old, epoch)} → {_date_or_text(c.new, epoch)}" if c.cell in dated else str(c)
        for c in ordered
    ]


def _split(cell: str) -> tuple[str, str]:
    sheet, _, address = cell.rpartition("!")
    return sheet, address


def _dated(workbook: Workbook, cells: list[str]) -> set[str]:
    """Those of the cells whose format shows a date."""
    dates = date_styles(workbook)
    parts: dict[str, SheetPart] = {}
    found = set()
    for cell in cells:
        name, address = _split(cell)
        match = re.fullmatch(r"([A-Z]+)(\d+)", address)
        sheet = next((s for s in workbook.sheets if s.name == name), None)
        if match is None or sheet is None:
            continue
        if name not in parts:
            parts[name] = SheetPart(workbook.package.read(sheet.part), sheet.part)
        number, column = int(match[2]), column_number(match[1])
        for row in parts[name].rows(number, number):
            found |= {cell for one in row.cells if one.column == column and one.style in dates}
    return found


def _date_or_text(value: Any, epoch: datetime.date) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= LAST_SERIAL and value == int(value):
        return (epoch + datetime.timedelta(days=int(value))).isoformat()
    return as_printed(value)
