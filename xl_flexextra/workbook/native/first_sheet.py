"""The first sheet of a native workbook: what it needs, what it must not stand beside, and who answers now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ... import catalogue
from ...hosts.native.definitions import VERSION
from ...update.report import Report
from ..book import GREEN, RED, Book, at
from ..layout import DEFINITIONS, NATIVE
from ..start_sheet import Step, section, write_steps

NEEDS = (
    (
        "Needs",
        "Microsoft 365, Excel 2024, Excel for the web, or Excel for Mac of these. Nothing is installed, and no macro runs.",
    ),
    (
        "Not beside the add-in",
        "Close this workbook before you open one that calculates by the add-in FlexExtra, and do not open it where the "
        "add-in is loaded. Both answer to the same names: Excel asks one of the two and does not say which, and a name of "
        "the workbook can keep the add-in's functions from being asked until Excel is restarted. The line above says "
        "who answers.",
    ),
    (
        "Older Excel",
        "Excel 2021 and older have no LAMBDA: they show the stored values, which are right, until they calculate; then "
        "#NAME?.",
    ),
    ("LibreOffice", "LibreOffice has no LAMBDA: it shows Err:508 for every figure, and for the count of ties too."),
    (
        "For such readers",
        "xl-flexextra report THIS.xlsx --values writes a copy of values, without formulas, which every program shows.",
    ),
    (
        "What a formula does not know",
        "It is an error, never another convention. With the add-in, or in Python, such a figure may still be computed.",
    ),
)
DEFINED = (DEFINITIONS, "how each function is defined, as the names of this workbook have it")
BY_NAMES, BY_ADDIN = "the native formulas of this workbook", "the add-in FlexExtra: close one of the two"
ANSWERS_ROW, NEEDS_ROW = 3, 6


def first_sheet(
    book: Book,
    report: Report,
    defined: Collection[str],
    todo: Sequence[tuple[str, Sequence[Step]]],
    pages: Sequence[tuple[str, str]],
) -> Any:
    """Write the sheet: who answers, what is needed, what to do, and the sheets to read with what each shows; gives it."""
    sheet = book.sheet(NATIVE, "#1F3864", [30, 118], landscape=True)
    wrap, bold = book.format("wrap"), book.format("bold", valign="top")
    book.value(sheet, 0, 0, f"{report.inputs.title}: calculated by native formulas", book.format("title"))
    book.value(sheet, 1, 0, report.inputs.label, book.format("label"))
    _who_answers(book, sheet)
    row = NEEDS_ROW
    for label, text in (*NEEDS, *_missing(defined)):
        book.value(sheet, row, 0, label, bold)
        book.value(sheet, row, 1, text, wrap)
        sheet.set_row(row, 12.5 * (1 + len(text) // 125))
        row += 1
    for heading, steps in todo:
        row = write_steps(book, sheet, row + 1, heading, steps)
    row = section(book, sheet, row + 1, "What stands where") - 1
    pages = (*pages, DEFINED)
    for place, (name, text) in enumerate(pages, start=row + 1):
        sheet.write_url(place, 0, f"internal:'{name}'!A1", book.format("link"), name)
        book.value(sheet, place, 1, text)
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, row + len(pages), 1)  # without the words that the formula above compares with
    return sheet


def _who_answers(book: Book, sheet: Any) -> None:
    """Which of the two a call reaches, by the text of the version; an error where neither is there."""
    grey = book.format("grey")
    for row, word in enumerate((VERSION.rpartition(" ")[2], BY_NAMES, BY_ADDIN), start=ANSWERS_ROW):
        book.value(sheet, row, 3, word, grey)
    word, native, addin = (at(ANSWERS_ROW + i, 3, fixed="rc") for i in range(3))
    book.value(sheet, ANSWERS_ROW, 0, "Who answers", book.format("bold"))
    formula = f"IF(ISNUMBER(SEARCH({word},FLEXEXTRA_VERSION())),{native},{addin})"
    book.formula(sheet, ANSWERS_ROW, 1, formula, BY_NAMES, book.format("bold", font_color=GREEN))
    book.value(sheet, ANSWERS_ROW + 1, 0, "Version", book.format("bold"))
    book.formula(sheet, ANSWERS_ROW + 1, 1, "FLEXEXTRA_VERSION()", VERSION)
    cell = at(ANSWERS_ROW, 1, fixed="rc")
    options = {"type": "formula", "criteria": f"=IFERROR({cell}<>{native},TRUE)"}
    red = book.file.add_format({"font_color": RED})
    sheet.conditional_format(ANSWERS_ROW, 1, ANSWERS_ROW, 1, {**options, "format": red})


def _missing(defined: Collection[str]) -> list[tuple[str, str]]:
    """The functions that have no native form, in a line of its own."""
    lacking = [name for name in catalogue.names() if name not in defined]
    if not lacking:
        return []
    text = f"{', '.join(lacking)} have no native form: a cell that calls one is #NAME? as soon as it is calculated here."
    return [("Only with the add-in", text)]
