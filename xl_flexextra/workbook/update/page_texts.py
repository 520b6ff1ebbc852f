"""The texts of the page: title, numbered notes, notes on headings, disclosures; written, and read back from a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ...calculation.periods import parse
from ...update.update_inputs import Inputs
from ..book import Book
from ..layout import period_label

NOTES, DISCLOSURES, CHOICE = "Notes", "Important information", "Investment choice"
NO_DISCLOSURES = (
    "Your approved disclosures go here: xl-flexextra report --disclosures FILE, a paragraph a line. None were given yet."
)
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
PLAIN = {raised: plain for plain, raised in SUPERSCRIPT.items()}
HEADER = ("text of the page", "words", "heading")  # of the table Texts, in workbooks without a page
PERIOD, STANDARD_PERIOD = "period", "standard period"  # columns of the tables, where they are not the usual ones
TITLE, NOTE, HEADING_NOTE, DISCLOSURE = "title", "note", "note on a heading", "disclosure"


def choice_heading(inputs: Inputs) -> str:
    """The heading over the funds, with its note."""
    return CHOICE + _raised(inputs, "choice")


def period_heading(inputs: Inputs, code: str) -> str:
    """The heading over a period's figures, with its note."""
    return " ".join(period_label(code)) + _raised(inputs, parse(code).printed)


def _raised(inputs: Inputs, heading: str) -> str:
    """The number of the note on a heading, raised."""
    return dict(inputs.heading_notes).get(heading, "").translate(SUPERSCRIPT)


def write(book: Book, sheet: Any, inputs: Inputs, row: int, last: int) -> int:
    """Numbered notes and the user's disclosures, up to a last column; gives the last row."""
    section, small = book.format("section"), book.format("small")
    disclosures = inputs.disclosures or (NO_DISCLOSURES,)
    for heading, lines, numbered in ((NOTES, inputs.notes, True), (DISCLOSURES, disclosures, False)):
        if not lines:
            continue
        sheet.merge_range(row, 1, row, last, "", section)
        book.value(sheet, row, 1, heading, section)
        row += 1
        for number, line in enumerate(lines, start=1):
            text = f"{number}  {line}" if numbered else line
            sheet.merge_range(row, 1, row, last, "", small)
            book.value(sheet, row, 1, text, small)
            sheet.set_row(row, 11.5 * (1 + len(text) // 165))
            row += 1
        row += 1
    return max(row - 1, 5)


def read(rows: Sequence[Sequence[Any]], codes: Iterable[str]) -> dict[str, Any]:
    """The texts of a page, as fields of the inputs. ``codes`` are the periods that its tables may have."""
    labels = {" ".join(period_label(code)): parse(code).printed for code in codes} | {CHOICE: "choice"}
    texts = [[cell if isinstance(cell, str) else "" for cell in row] for row in rows]
    marks: dict[str, str] = {}
    for text in (text for row in texts for text in row):
        stem = text.rstrip("".join(map(chr, PLAIN)))
        if stem in labels and stem != text:
            marks[labels[stem]] = text[len(stem) :].translate(PLAIN)
    column = [row[1] if len(row) > 1 else "" for row in texts]
    notes, disclosures = (_below(column, heading) for heading in (NOTES, DISCLOSURES))
    return {
        "title": column[0] if column else "",
        "notes": tuple(line.partition("  ")[2] or line for line in notes),
        "heading_notes": tuple(marks.items()),
        "disclosures": () if disclosures == [NO_DISCLOSURES] else tuple(disclosures),
    }


def _below(column: Sequence[str], heading: str) -> list[str]:
    """The lines below the last cell with a heading, down to the other heading or the end."""
    if heading not in column:
        return []
    first = len(column) - list(reversed(column)).index(heading)
    end = next((i for i in range(first, len(column)) if column[i] == DISCLOSURES), len(column))
    lines = list(column[first:end])
    while lines and not lines[-1]:
        lines.pop()
    return lines


def rows(inputs: Inputs) -> list[list[Any]]:
    """The texts as the table Texts, for a workbook without the page."""
    lines: list[list[Any]] = [[TITLE, inputs.title, None]]
    lines += [[NOTE, text, None] for text in inputs.notes]
    lines += [[HEADING_NOTE, text, heading] for heading, text in inputs.heading_notes]
    lines += [[DISCLOSURE, text, None] for text in inputs.disclosures]
    lines += [[PERIOD, code, None] for code in inputs.periods]
    lines += [[STANDARD_PERIOD, code, None] for code in inputs.standard_periods]
    return [list(HEADER), *lines]


def from_rows(table: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """The texts of the table Texts, as fields of the inputs."""
    found: dict[str, list[Any]] = {TITLE: [], NOTE: [], HEADING_NOTE: [], DISCLOSURE: [], PERIOD: [], STANDARD_PERIOD: []}
    for kind, text, heading in (line[: len(HEADER)] for line in table[1:]):
        if kind in found:
            words = "" if text is None else str(text)
            found[kind].append((str(heading), words) if kind == HEADING_NOTE else words)
    return {
        "title": "".join(found[TITLE][:1]),
        "notes": tuple(found[NOTE]),
        "heading_notes": tuple(found[HEADING_NOTE]),
        "disclosures": tuple(found[DISCLOSURE]),
        "periods": tuple(found[PERIOD]),
        "standard_periods": tuple(found[STANDARD_PERIOD]),
    }
