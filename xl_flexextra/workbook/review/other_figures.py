"""The review's sheet of figures that are no returns: dollars, units, years and yields, each by its worksheet function."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from ... import catalogue
from ...calculation.tie_out import KNOWN, TIES, Tied
from ...errors import BadInput, CellError
from ...functions import registry
from ...inputs.measures import RETURN
from ...update import report as reports
from ...update.report import Report
from ..book import DATE, area, at, cached
from ..data_sheets import FIRST_ROW, figure_format, published_cell
from ..layout import OTHERS
from ..update.calculation_sheet import value_or_blank
from ..update.page import figure_call
from .book import RESULT_FILL, Plan, ReviewBook

COLUMNS = ("table", "contract", "as of", "fund", "period", "measure", "published", "recomputed", "last digits", "verdict",
           "known break", "reviewer's note", "checked by")  # fmt: skip
(TABLE, CONTRACT, DAY, FUND, PERIOD, MEASURE, PUBLISHED_AT, RECOMPUTED, APART, VERDICT, KNOWN_AT, NOTE, CHECKED) = range(13)
WIDTHS = (25, 9, 11, 20, 14, 15, 13, 13, 10, 26, 24, 30, 10)
TOP = 5


def is_return(one: Tied) -> bool:
    """Whether a figure has a closed form: it is a return."""
    return one.published.unit.name == RETURN


def in_order(report: Report) -> Report:
    """The report with its returns first: one sheet shows them, another all other figures, and both count rows."""
    tied = sorted(report.tied, key=lambda one: not is_return(one))
    if tied and not is_return(tied[0]):
        raise BadInput("Of the published figures none is a return; a review needs one at least.")
    inputs = dataclasses.replace(report.inputs, published=tuple(one.published for one in tied))
    return dataclasses.replace(report, inputs=inputs, tied=tuple(tied))


def others(report: Report) -> list[Tied]:
    """The figures that are no returns."""
    return [one for one in report.tied if not is_return(one)]


def verdicts_area(plan: Plan) -> str:
    """Where their verdicts stand."""
    return area(TOP, VERDICT, TOP + len(others(plan.report)) - 1, VERDICT, OTHERS)


def is_open(one: Tied) -> bool:
    """Whether a figure neither ties nor has a known break."""
    return one.verdict != TIES and not one.verdict.startswith(KNOWN)


def other_figures_sheet(book: ReviewBook, sheet: Any, plan: Plan) -> None:
    """Published, recomputed, how far apart in printed digits, verdict, the reviewer's columns."""
    book.heading(
        sheet,
        "Other figures: dollars, units, years and yields",
        "By worksheet function from the same tables as the returns; no second route stands beside them.",
        plan.inputs.label,
    )
    book.head(sheet, TOP - 1, COLUMNS, fill=RESULT_FILL)
    book.head(sheet, TOP - 1, COLUMNS[PUBLISHED_AT:VERDICT], PUBLISHED_AT, RESULT_FILL, "right")
    printed, first = plan.inputs.published, FIRST_ROW + sum(map(is_return, plan.report.tied))
    fill = book.format("wrap", bg_color="#FFF8DC")
    for row, one in enumerate(others(plan.report), start=TOP):
        figure, source = one.published, first + row - TOP
        look = figure_format(book, figure, one.decimals)
        given = (figure.table, figure.contract, figure.as_of, figure.fund, figure.period, figure.measure, figure.value)
        names = ("table", "contract", "as_of", "fund", "period", "measure", "return")
        formats = (None, None, book.format(num_format=DATE, align="left"), None, None, None, look)
        for column, (name, value, fmt) in enumerate(zip(names, given, formats, strict=True)):
            if value != "":
                given_at = published_cell(source, name, printed)
                book.formula(sheet, row, column, value_or_blank(given_at) if name == "return" else given_at, value, fmt)
        _judged(book, sheet, plan, row, source, one, look)
        book.formula(sheet, row, KNOWN_AT, f"T({published_cell(source, 'known_break')})", figure.known_break)
        for column in (NOTE, CHECKED):
            book.value(sheet, row, column, "", fill)
    last = TOP + len(others(plan.report)) - 1
    book.red(sheet, f"{at(TOP, VERDICT)}:{at(last, VERDICT)}", at(TOP, VERDICT), "Ties")
    sheet.freeze_panes(TOP, 0)
    sheet.repeat_rows(TOP - 1)


def _judged(book: ReviewBook, sheet: Any, plan: Plan, row: int, source: int, one: Tied, look: Any) -> None:
    """Recomputed, apart, verdict: what the functions give for what the sheet shows."""
    figure, printed = one.published, plan.inputs.published
    found = reports.route(plan.report, figure)
    cells = [at(row, column) for column in (FUND, DAY, PERIOD)]
    basis = published_cell(source, "charges", printed) if figure.charges else "AssetBasis"
    charge = published_cell(source, "charge", printed) if figure.charge else ""
    value = "" if one.recomputed != one.recomputed else cached(one.recomputed)
    formula = figure_call(plan.report, at(row, MEASURE), found.terms, found.charges, cells, basis, charge)
    book.formula(sheet, row, RECOMPUTED, formula, value, look)
    shown = CellError(value) if str(value).startswith("#") else value
    table = plan.terms_table(found.terms)
    places = value_or_blank(published_cell(source, "decimals", printed)) if figure.decimals is not None else ""
    pair, asked = f"{at(row, RECOMPUTED)},{at(row, PUBLISHED_AT)}", f"{table}[#All],{at(row, MEASURE)}"
    arguments: Sequence[Any] = [figure.decimals, found.terms, figure.measure]
    apart = registry.evaluate(catalogue.get("TIE_DIFFERENCE"), [shown, figure.value, *arguments])
    number = book.format(num_format="0", align="right")
    book.formula(sheet, row, APART, f"TIE_DIFFERENCE({pair},{places},{asked})", apart, number)
    known = figure.known_break or None
    verdict = registry.evaluate(catalogue.get("TIE_VERDICT"), [shown, figure.value, figure.decimals, known, *arguments[1:]])
    formula = f"TIE_VERDICT({pair},{places},{at(row, KNOWN_AT) if known else ''},{asked})"
    book.formula(sheet, row, VERDICT, formula, verdict, book.format("bold"))
