"""Recomputed cells as a person looks for them: the page before its workings, dates as dates, percentages as percentages."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from ...cells.rounding import percent_text
from ...cells.scalars import EPOCH, LAST_SERIAL
from ...errors import FlexExtraError
from ...ooxml.refs import column_number
from ...ooxml.sheet import SheetPart
from ...ooxml.styles import date_styles, number_formats
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
        styles = _styles(workbook, [change.cell for change in ordered])
        dates, formats = date_styles(workbook), number_formats(workbook)
    except (FlexExtraError, OSError):  # the list matters more than its order
        return [str(change) for change in changes[:most]]
    epoch = datetime.date(1904, 1, 1) if workbook.date1904 else EPOCH
    return [_text(c, styles.get(c.cell, b""), dates, formats, epoch) for c in ordered]


def _text(
    change: CellChange, style: bytes, dates: frozenset[bytes], formats: Mapping[bytes, str], epoch: datetime.date
) -> str:
    """One change, with the numbers as the cell shows them where that tells them apart."""
    if style in dates:
        return f"{change.cell}: {_date_or_text(change.old, epoch)} → {_date_or_text(change.new, epoch)}"
    if percent := _PERCENT.fullmatch(formats.get(style, "")):
        old, new = (_as_percent(value, len(percent[1] or " ") - 1) for value in (change.old, change.new))
        if old != new:
            return f"{change.cell}: {old} → {new}"
    return str(change)


def _as_percent(value: Any, decimals: int) -> str:
    """A number as its cell shows it; what is none, such as #N/A, as it is."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return percent_text(value, decimals) if is_number else as_printed(value)


_PERCENT = re.compile(r"0(\.0+)?%")


def _split(cell: str) -> tuple[str, str]:
    sheet, _, address = cell.rpartition("!")
    return sheet, address


def _styles(workbook: Workbook, cells: list[str]) -> dict[str, bytes]:
    """The cells' styles, by their numbers."""
    parts: dict[str, SheetPart] = {}
    found: dict[str, bytes] = {}
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
            found.update((cell, one.style) for one in row.cells if one.column == column and one.style)
    return found


def _date_or_text(value: Any, epoch: datetime.date) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= LAST_SERIAL and value == int(value):
        return (epoch + datetime.timedelta(days=int(value))).isoformat()
    return as_printed(value)
