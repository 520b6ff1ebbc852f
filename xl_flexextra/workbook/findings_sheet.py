"""The sheet of findings: what ties, which figures are likely misprints, which conventions and amounts the page decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .book import DARK, GREEN, RED, Book
from .layout import FINDINGS

WIDTHS = (12, 14, 40, 30, 20, 24, 70)
TITLE = "What the printed figures tell"
NOTE = (
    "Conventions are searched over every choice of the terms; sets are ranked by the figures that they tie, less one for "
    "each departure from the draft. 'open: the same number' cannot be told by these figures at all. Amounts are intervals "
    "that allow for the rounding of every printed figure."
)
BAD = ("likely misprint", "unexplained", "refuted", "contradicts")


def findings_sheet(book: Book, rows: Sequence[Sequence[str]]) -> None:
    """Write what a search found as a table; ``rows`` have their header first."""
    sheet = book.sheet(FINDINGS, DARK, WIDTHS, landscape=True)
    book.value(sheet, 0, 0, TITLE, book.format("title"))
    sheet.merge_range(1, 0, 1, len(WIDTHS) - 1, "", book.format("small"))
    book.value(sheet, 1, 0, NOTE, book.format("small"))
    sheet.set_row(1, 36)
    header, *body = rows
    place = list(header).index("verdict")

    def verdict(line: Sequence[str]) -> Any:
        if line[place].startswith(BAD) or line[place].endswith("not as drafted"):
            return book.format("wrap", bold=True, font_color=RED)
        good = line[place] in {"decided", "stands"}
        return book.format("wrap", font_color=GREEN) if good else book.format("wrap")

    formats: list[Any] = [book.format("wrap")] * len(header)
    formats[place] = verdict
    book.table(sheet, 3, "Findings", header, body, formats)
    sheet.freeze_panes(4, 0)
    sheet.repeat_rows(3)


def findings_book(path: Any, rows: Sequence[Sequence[str]], label: str = "") -> None:
    """A workbook of this sheet alone, where a page is searched without unit values."""
    book = Book(path, TITLE, label=label)
    findings_sheet(book, rows)
    book.close()
