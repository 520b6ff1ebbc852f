"""The workbook of a performance update is built here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...update.report import Report
from ..book import Book
from ..data_sheets import funds_sheet, other_sheets, terms_sheets, unit_values_sheet
from ..findings_sheet import findings_sheet
from ..layout import CALCULATION, PAGE, SOURCES, TIE_OUT, UNIT_VALUES, layout, page_columns
from ..start_sheet import LOOK, UNTIED, UPDATE, WITHOUT, start_sheet
from .calculation_sheet import calculation_sheet, parameters
from .charts import charts_sheet, growth_last_row, growth_sheet
from .expenses_sheet import expenses_sheet
from .page import page_sheet
from .tie_out_sheet import sources_sheet, tie_out_sheet


def build(
    report: Report,
    path: Any,
    *,
    values_only: bool = False,
    buttons: Mapping[str, str] | None = None,
    found: Sequence[Sequence[str]] = (),
) -> None:
    """Write the update: page, tie-out, charts, calculation, inputs, sources.

    ``values_only`` writes a copy without formulas; ``buttons`` (caption to macro) stand right of its page, for the
    workbook that Excel opens with its own macros; ``found`` are the rows of a search, for a sheet of findings. Every cell
    holds its true value, so that the file is right in viewers and for colleagues without the functions.
    """
    book = Book(path, titled(report), values_only=values_only, label=report.inputs.label, guarded=True)
    if not values_only:  # a copy of values is for reading
        first_sheet(book, report)
    update_sheets(book, report, buttons)
    book.file.get_worksheet_by_name(PAGE).activate()  # what a reader wants to see; Start lies before it
    if found:
        findings_sheet(book, found)
    book.close()


def titled(report: Report) -> str:
    """The title of the document."""
    return f"{report.inputs.title}: performance update, {report.inputs.as_of}"


def first_sheet(book: Book, report: Report) -> None:
    """What to do with the update."""
    sheets = [(PAGE, "The update as it is printed; every figure is a formula.")]
    if report.tied:
        sheets.append((TIE_OUT, "Every printed figure beside the recomputed one."))
    sheets += [
        (CALCULATION, "The dates, the choices, and each table in one formula."),
        (UNIT_VALUES, "The table of unit values; the other tables follow it, each on a sheet of its own."),
        (SOURCES, "Where the inputs come from, what is assumed, what is odd."),
    ]
    steps = [UNTIED if step is LOOK and not report.tied else step for step in UPDATE]
    start_sheet(book, f"{report.inputs.title}: how to use this workbook", report.inputs.label, steps, sheets, (WITHOUT,))


def update_sheets(book: Book, report: Report, buttons: Mapping[str, str] | None = None) -> None:
    """Write the sheets of an update into a workbook in the making."""
    given = parameters(report)
    places = layout(report, len(given))
    page_sheet(book, report, places)
    for place, (caption, macro) in enumerate((buttons or {}).items()):
        options = {
            "macro": macro,
            "caption": caption,
            "width": 112,
            "height": 26,
            "x_offset": 10 + 120 * place,
            "y_offset": 6,
            "description": f"Button: {caption}",
        }
        book.file.get_worksheet_by_name(PAGE).insert_button(0, page_columns(report), options)
    if report.expenses:
        expenses_sheet(book, report)
    if report.tied:
        tie_out_sheet(book, report, places)
    charts_sheet(book, report, places, growth_last_row(report))
    calculation_sheet(book, report, places, given)
    growth_sheet(book, report)
    unit_values_sheet(book, report.inputs)
    funds_sheet(book, report.inputs)
    terms_sheets(book, report.inputs)
    other_sheets(book, report.inputs, to_come=not book.values_only)
    sources_sheet(book, report)
