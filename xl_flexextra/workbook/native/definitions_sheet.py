"""The sheet of definitions: each name of the workbook as an actuary reads it, with what it is for."""

from __future__ import annotations

from collections.abc import Mapping

from ...hosts.native.definitions import Definition
from ..book import Book
from ..layout import DEFINITIONS

LONGEST = 32_767  # characters of a cell


def definitions_sheet(book: Book, defined: Mapping[str, Definition]) -> None:
    """Write the sheet."""
    sheet = book.sheet(DEFINITIONS, "#6B7280", [34, 120, 60], landscape=True)
    book.value(sheet, 0, 0, "Definitions: the names of this workbook", book.format("title"))
    note = (
        "As Formulas > Name Manager has them, with line breaks. Those that begin with FX_ are parts of the others. To "
        "change one, change the name; this sheet is for reading."
    )
    book.value(sheet, 1, 0, note, book.format("grey"))
    for column, head in enumerate(("name", "formula", "what it is for")):
        book.value(sheet, 3, column, head, book.format("head"))
    code = book.format("wrap", font_name="Consolas", font_size=8)
    for row, (name, one) in enumerate(defined.items(), start=4):
        book.value(sheet, row, 0, name, book.format("bold", valign="top"))
        book.value(sheet, row, 1, f"={one.formula}"[:LONGEST], code)
        book.value(sheet, row, 2, one.comment, book.format("wrap"))
    sheet.freeze_panes(4, 1)
    sheet.repeat_rows(3)
