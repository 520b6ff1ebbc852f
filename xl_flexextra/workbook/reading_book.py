"""The workbook of a reading: what is to be confirmed beside the words it was read from; what is odd, what is open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from ..reading import confirmed, oddities, written
from ..reading.reading import Reading
from .book import Book

DECISIONS = "Decisions"


def build(
    reading: Reading, told: Sequence[confirmed.Decision], odd: Sequence[oddities.Oddity], target: Path | BinaryIO
) -> None:
    """Write the workbook of a reading."""
    book = Book(target, f"What was read of {reading.document.name}")
    sheet = book.sheet("Confirm", "#1F4E79", [10, 60, 16, 26, 26, 11], landscape=True)
    book.value(sheet, 0, 0, f"What was read of {reading.document.name}", book.format("title"))
    new = sum(not one.confirmed for one in told)
    book.value(
        sheet, 1, 0,
        f"{new} of {len(told)} are to be confirmed. Compare each with the page, correct it under 'meant', write yes under "
        "'confirmed'; next month: read --confirmed with this file.",
    )  # fmt: skip
    rows = [[one.kind, one.words, one.where, one.read, one.meant, "yes" if one.confirmed else ""] for one in told]
    _table(book, sheet, DECISIONS, confirmed.HEADER, rows)
    if rows:
        sheet.data_validation(4, 5, 3 + len(rows), 5, {"validate": "list", "source": ["yes", "no"]})
    figures = written.published(reading, told=told)
    places = [one.line.text[:250] for one in [*reading.figures]]
    for name, title, header, lines, widths in (
        ("Figures", "Figures, each beside its line of the page", [*figures[0], "line of the page"],
         [[*row, text] for row, text in zip(figures[1:], places, strict=True)], [18] * len(figures[0]) + [80]),
        ("Funds", "Funds", *_apart(written.funds(reading)), [26] * 10),
        ("Rates", "Interest rates", *_apart(written.rates(reading)), [16, 24, 10, 44, 8, 8]),
        ("Odd", "What is odd in the document", *_apart(oddities.rows(list(odd))), [22, 10, 18, 70, 50, 50]),
        ("Open", "What was seen and not understood", *_apart(written.open_rows(reading)), [10, 8, 70, 60]),
    ):  # fmt: skip
        sheet = book.sheet(name, "#6B7280", widths, landscape=True)
        book.value(sheet, 0, 0, title, book.format("title"))
        _table(book, sheet, f"Read{name}", header, lines)
    book.close()


def _apart(rows: list[list[Any]]) -> tuple[list[Any], list[list[Any]]]:
    return rows[0], rows[1:]


def _table(book: Book, sheet: Any, name: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    wrap = book.format("wrap")
    shown = [[str(cell)[:32_000] if isinstance(cell, str) else cell for cell in row] for row in rows]
    sheet.repeat_rows(3)
    book.table(sheet, 3, name, list(header), shown or [[""] * len(header)], [wrap] * len(header))
