"""The tie-out sheet, and the sheet of sources, assumptions and oddities."""

from __future__ import annotations

from typing import Any

from .. import __version__
from .. import report as reports
from ..report import Report
from .book import DATE, PERCENT, Book, area, at
from .data_sheets import FIRST_ROW, PUBLISHED
from .layout import FIGURE_COLUMN, PAGE, SOURCES, TIE_OUT, Layout

HEADER = ["table", "contract", "as of", "fund", "period", "published", "recomputed", "hundredths", "verdict", "known break"]
HEADER_ROW = 6
PROVES = "What a tie proves: with constructed unit values the rule and its machinery, not the data."


def tie_out_sheet(book: Book, report: Report, places: Layout) -> None:
    """Published, recomputed (the cell of the page), difference in hundredths of a percent, verdict."""
    inputs, tied = report.inputs, report.tied
    sheet = book.sheet(TIE_OUT, "#2E7D32", [28, 10, 12, 22, 9, 11, 11, 11, 24, 40], landscape=True)
    book.value(sheet, 0, 0, "Tie-out to the published figures", book.format("title"))
    first, last = HEADER_ROW + 1, HEADER_ROW + len(tied)
    book.value(sheet, 2, 0, "verdict that counts", book.format("grey"))
    book.value(sheet, 2, 1, "ties", book.format("grey", bg_color="#FFF8DC"))
    book.value(sheet, 3, 0, "printed decimals", book.format("grey"))
    decimals = inputs.contracts[0]["rounding.decimals"]
    book.value(sheet, 3, 1, decimals, book.format("grey", bg_color="#FFF8DC", align="left"))
    big: dict[str, Any] = {"bold": True, "font_size": 14, "font_color": "#2E7D32"}
    verdicts = area(first, 8, last, 8)
    count = book.format(num_format='0" of"', align="right", **big)
    book.formula(sheet, 2, 3, f"COUNTIF({verdicts},{at(2, 1)})", sum(t.ties for t in tied), count)
    book.formula(sheet, 2, 4, f"ROWS({verdicts})", len(tied), book.format(num_format='0" tie"', align="left", **big))
    if inputs.label:
        book.value(sheet, 2, 6, inputs.label, book.format("label", bold=True, font_size=11))
        book.value(sheet, 3, 6, PROVES, book.format("grey"))
    for column, head in enumerate(HEADER):
        book.value(sheet, HEADER_ROW, column, head, book.format("head"))
    day, percent = book.format(num_format=DATE, align="left"), book.format(num_format=PERCENT)
    for i, one in enumerate(tied):
        row, source, figure = first + i, FIRST_ROW + i, one.published
        given: list[tuple[Any, Any]] = [
            (figure.table, None), (figure.contract, None), (figure.as_of, day), (figure.fund, None), (figure.period, None),
            (figure.value, percent),
        ]  # fmt: skip
        for column, (value, fmt) in enumerate(given):
            if value == "":
                book.value(sheet, row, column, "", fmt)
            else:
                book.formula(sheet, row, column, at(source, column, PUBLISHED), value, fmt)
        _recomputed(book, sheet, report, places, row, one, percent)
        book.value(sheet, row, 9, figure.known_break, None)
    if tied:
        sheet.autofilter(HEADER_ROW, 0, last, len(HEADER) - 1)
        bad = book.file.add_format({"bg_color": "#FDE2E2", "font_color": "#B00020"})
        good = book.file.add_format({"font_color": "#2E7D32"})
        options = {"type": "cell", "criteria": "==", "value": f"={at(2, 1, fixed='rc')}", "format": good}
        sheet.conditional_format(first, 8, last, 8, options)
        sheet.conditional_format(first, 8, last, 8, {**options, "criteria": "!=", "format": bad})
    sheet.freeze_panes(first, 0)
    sheet.repeat_rows(HEADER_ROW)


def _recomputed(book: Book, sheet: Any, report: Report, places: Layout, row: int, one: Any, percent: Any) -> None:
    """The page's cell beside the published figure; a figure on no table is shown as computed, without a formula."""
    place = reports.find(report, one.published)
    if place is None:
        value = one.recomputed if isinstance(one.recomputed, float) else ""
        book.value(sheet, row, 6, value, percent)
        shown = "#N/A" if value == "" else value
    else:
        table, fund, column = place
        source = at(places.page[table] + fund, FIGURE_COLUMN + column, PAGE)
        book.formula(sheet, row, 6, source, one.recomputed, percent)
        shown = one.recomputed
    known = f",{at(row, 9)}" if one.published.known_break else ""
    decimals = at(3, 1, fixed="rc")
    pair = f"{at(row, 6)},{at(row, 5)},{decimals}"
    difference = one.difference if one.difference == one.difference else "#N/A"
    verdict = one.verdict if isinstance(shown, float) else "#N/A"
    book.formula(sheet, row, 7, f"TIE_DIFFERENCE({pair})", difference, book.format(num_format="0", align="right"))
    book.formula(sheet, row, 8, f"TIE_VERDICT({pair}{known})", verdict)


def sources_sheet(book: Book, report: Report) -> None:
    """Where each input comes from, what the document leaves open, how the figures are computed, what proves what."""
    inputs = report.inputs
    sheet = book.sheet(SOURCES, "#6B7280", [24, 34, 44, 52, 52], landscape=True)
    book.value(sheet, 0, 0, "Sources and assumptions", book.format("title"))
    book.value(sheet, 1, 0, inputs.label, book.format("label"))
    row, wrap, head = 3, book.format("wrap"), book.format("head")
    for title, table, lines in (
        ("Inputs", "Sources", inputs.sources),
        ("What the document gets wrong or leaves open", "Oddities", inputs.oddities),
    ):
        if not lines:
            continue
        book.value(sheet, row, 0, title, book.format("subtitle"))
        header = [str(cell) for cell in lines[0]]
        book.table(sheet, row + 1, table, header, lines[1:], [wrap] * len(header))
        row += len(lines) + 3
    book.value(sheet, row, 0, "How the figures are computed", book.format("subtitle"))
    for name, text in RULES:
        row += 1
        book.value(sheet, row, 0, name, head)
        sheet.merge_range(row, 1, row, 4, "", wrap)
        book.value(sheet, row, 1, text, wrap)
    row += 2
    book.value(sheet, row, 0, f"Built by xl_flexextra {__version__}.", book.format("grey"))


RULES = (
    ("Before contract charges", "T = (U_n / U_0)^(1/n) - 1; one year or less U_n / U_0 - 1 unless the terms annualise it."),
    ("Walk", "V_0 = payment; V_k = V_(k-1) x U_k / U_(k-1) - charges on the day, on the days that the terms name."),
    ("Redemption", "ERV = V_n - CDSC rate x max(base - free withdrawal amount, 0) - premium tax at redemption, if any."),
    ("After contract charges", "T = (ERV / P)^(1/n) - 1; one year or less ERV / P - 1 unless the terms annualise it."),
    (
        "Rounding",
        "Once, at the end, on the shortest decimal of the fraction; halves away from zero unless the terms say otherwise.",
    ),
    ("Conventions", "Every choice stands on the contract's terms sheet, with its meaning and its source or 'default'."),
)
