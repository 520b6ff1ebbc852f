"""What to do with a workbook, on its first sheet: the month step by step, where to sign, what to send to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .book import ABSENT, DARK, INPUT, Book
from .layout import CONTROLS, START, TIE_OUT

WIDTHS = (26, 118)
LINE, LETTERS, TYPED = 12.5, 128, 100  # points of a line, letters of a text that surely fit in it, and of a command


class Step(NamedTuple):
    """One thing to do: its name, what it means, and what to type for it."""

    name: str
    says: str
    command: str = ""


LOOK = Step(
    "3  Look",
    f"Sheet {TIE_OUT}, which an update with printed figures has: a figure that does not tie stands there with its "
    "difference. What changed since last month, in parts:",
    "xl-flexextra diff LAST_MONTH.xlsx THIS.xlsx",
)
UNTIED = LOOK._replace(
    says=f"This update was made without printed figures and has no sheet {TIE_OUT}: report --published makes it. "
    "What changed since last month, in parts:"
)
MONTH = (
    Step(
        "1  The new files",
        "The unit values of the new month (one row is enough) and what else is new: shares, rates, printed figures. CSV or "
        "Excel, with the headings of the tables here.",
    ),
    Step(
        "2  Bring them in",
        "Values join the table, figures are compared, review and printed page are written. A wrong file changes nothing.",
        "xl-flexextra month values.csv shares.csv rates.csv published.csv --book THIS.xlsx",
    ),
    LOOK,
    Step(
        "4  Sign",
        f"In the review workbook, sheet {CONTROLS}: names, dates and the mark. Then see that nothing else was changed "
        "in it:",
        "xl-flexextra review THE_REVIEW.xlsx --check",
    ),
    Step("5  Send", "What to whom stands below."),
    Step("A wrong month", "It goes back as one:", "xl-flexextra month --undo --book THIS.xlsx"),
)
UPDATE = (
    *MONTH,
    Step(
        "In Excel",
        "With the add-in the buttons Refresh data, Tie out, Export PDF and Restore last do the same for the open workbook.",
    ),
)
REVIEW = (
    Step(
        "1  Review",
        "Every printed figure by two routes. What does not tie is open; Probe walks any one figure year by year.",
    ),
    Step("2  Read", "What changed, Data, Assumptions: what was checked, and what each convention decides."),
    Step(
        "3  Sign",
        f"Sheet {CONTROLS}: everything there must hold. Fill in the yellow cells: names, dates, and the mark of this "
        "package, which stands below them. A signature is void as soon as anything changes.",
    ),
    Step("4  Check", "Save, then see that nothing is other than built:", "xl-flexextra review THIS.xlsx --check"),
)
NEXT = Step(
    "The next month",
    "The month goes into the update, not into this workbook; a new review is written:",
    "xl-flexextra month NEW_FILES --book UPDATE.xlsx",
)
SEND = (
    Step("A colleague with the add-in", "The workbook as it is. (Or with the Calc extension.)"),
    Step(
        "A colleague without it",
        "The PDF, or a copy that holds values and no formulas (xl-flexextra report THIS.xlsx --values).",
        "xl-flexextra pdf THIS.xlsx",
    ),
    Step(
        "Excel 365 or 2024 alone",
        "A copy that carries its functions as native LAMBDAs; nothing is installed.",
        "xl-flexextra native add THIS.xlsx --out NATIVE.xlsx",
    ),
    Step("The second actuary", "The review workbook."),
)
OF_NATIVE = (
    Step("Excel 365 or 2024", "This workbook as it is."),
    Step(
        "All others",
        "The PDF, or a copy that holds values and no formulas (xl-flexextra report THIS.xlsx --values).",
        "xl-flexextra pdf THIS.xlsx",
    ),
    Step(
        "A colleague with the add-in",
        "The workbook without functions of its own:",
        "xl-flexextra native remove THIS.xlsx --out UPDATE.xlsx",
    ),
    SEND[-1],
)
WITHOUT = Step(
    "Without the functions",
    f'Cells show the last true values (LibreOffice: "{ABSENT}" where one formula fills several). They calculate in Excel on '
    "Windows with the add-in (once: xl-flexextra excel install), or in LibreOffice by:",
    "xl-flexextra calc open THIS.xlsx",
)


def start_sheet(
    book: Book, title: str, label: str, steps: Sequence[Step], sheets: Sequence[tuple[str, str]], more: Sequence[Step] = ()
) -> Any:
    """Write the first sheet of a workbook: steps, what to send, what the colours mean, where what stands."""
    sheet = book.sheet(START, DARK, WIDTHS, landscape=True)
    sheet.fit_to_pages(1, 1)
    book.value(sheet, 0, 0, title, book.format("title"))
    book.value(sheet, 1, 0, label, book.format("label"))
    row = write_steps(book, sheet, 3, "What to do", (*steps, *more))
    row = write_steps(book, sheet, row + 1, "What to send", SEND)
    row = section(book, sheet, row + 1, "What stands where")
    book.value(sheet, row, 0, "A yellow cell", book.format(bg_color=INPUT))
    book.value(sheet, row, 1, "is yours to fill in or to change. Red: does not hold, or is still to be done.")
    for place, (name, says) in enumerate(sheets, start=row + 1):
        sheet.write_url(place, 0, f"internal:'{name}'!A1", book.format("link"), name)
        book.value(sheet, place, 1, says, book.format("wrap"))
    return sheet


def section(book: Book, sheet: Any, row: int, title: str) -> int:
    """A heading over both columns; gives the row below it."""
    for column, text in enumerate((title, "")):
        book.value(sheet, row, column, text, book.format("section"))
    return row + 1


def write_steps(book: Book, sheet: Any, row: int, title: str, steps: Sequence[Step]) -> int:
    """Steps below a heading, what to type in a row of its own, ready to be copied; gives the row after the last."""
    row = section(book, sheet, row, title)
    for step in steps:
        book.value(sheet, row, 0, step.name, book.format("bold", valign="top"))
        book.value(sheet, row, 1, step.says, book.format("wrap"))
        sheet.set_row(row, LINE * (1 + len(step.says) // LETTERS) + 2)
        row += 1
        if step.command:
            book.value(sheet, row, 1, step.command, book.format("wrap", font_name="Courier New"))
            sheet.set_row(row, LINE * (1 + len(step.command) // TYPED) + 4)
            row += 1
    return row
