"""Where a workbook holds contract terms: its tables of them, or without such tables its sheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import FlexExtraError
from ..terms import in_cells
from .excel_files import ExcelFile

_LOOKED = 1_000  # rows in which terms would begin
_NAME = "contract.name"


def contracts(book: ExcelFile) -> dict[str, str]:
    """The tables or sheets that hold terms, with the contract of each; '' where it says no name.

    The only sheet of a workbook is taken for them if it names some: what it lacks is then said of the terms.
    """
    found = _holding(_tables(book)) or _holding(_sheets(book))
    if found or len(book.sheets) > 1:
        return found
    return {name: "" for name, rows in _sheets(book) if in_cells.name_terms(in_cells.upright_terms(rows))}


def _holding(parts: Iterator[tuple[str, list[list[Any]]]]) -> dict[str, str]:
    """Those parts that hold terms."""
    found = ((name, in_cells.upright_terms(rows)) for name, rows in parts)
    return {name: _contract(rows) for name, rows in found if in_cells.hold_terms(rows)}


def _contract(rows: list[list[Any]]) -> str:
    """The name that terms say."""
    named = (row for row in rows if len(row) > 1 and isinstance(row[0], str) and in_cells.key_of(row[0]) == _NAME)
    return next((str(row[1]) for row in named if not in_cells.is_blank(row[1])), "")


def _tables(book: ExcelFile) -> Iterator[tuple[str, list[list[Any]]]]:
    for area in book.tables:
        if area.last - area.first < _LOOKED:
            yield area.name, book.table(area).cells()


def _sheets(book: ExcelFile) -> Iterator[tuple[str, list[list[Any]]]]:
    for name in book.sheets:
        try:
            rows = book.sheet(name).from_first_cell().cells()
        except FlexExtraError:  # a sheet that is not read holds no terms
            continue
        yield name, rows[:_LOOKED]
