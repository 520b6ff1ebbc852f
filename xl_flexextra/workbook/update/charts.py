"""Growth of $10,000 by fund, and returns before and after charges: native formulas, and charts over them."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

from ...calculation import calendar_days, valuation
from ...errors import CellError, MissingData, PassedError
from ...inputs.fund_table import Fund
from ...terms import Terms
from ...update.report import Report
from ...update.update_inputs import Inputs
from ..book import DATE, MONEY, SERIES, UNIT, Book, area, at, place_of
from ..data_sheets import fund_cell
from ..layout import CHARTS, FIGURE_COLUMN, GROWTH, PAGE, Layout, period_label
from ..terms_places import terms_table

FIRST_VALUE_ROW, HEADER_ROW, FIRST = 5, 6, 7
NOTHING = "#N/A"  # no point in a chart
MONTHS = 120
MOST_LABELS = 12  # funds whose columns have their figures above them: of more the figures would lie over each other
MOST_LINES, GROUP = 60, 30  # funds of one chart, of one where there are more
TOP, HEIGHT, A_LINE, ROW_PIXELS = 3, 460, 11, 20  # a row; pixels of a chart, of a line of its legend, of a row
DASHES = ("solid", "dash", "round_dot", "dash_dot", "long_dash", "square_dot", "long_dash_dot")  # told apart without colour
Level = float | CellError | None  # a unit value, the error of its cell, or none


def _days(report: Report) -> list[datetime.date]:
    """Month ends of ten years to the update's date, or since the first unit value."""
    as_of, first = report.inputs.as_of, report.inputs.unit_values.dates[0].item()
    days = [calendar_days.add_months(as_of, -back) for back in range(MONTHS, -1, -1)]
    return [day for day in days if day >= first] or [as_of]


def growth_last_row(report: Report) -> int:
    """The last row of the growth sheet."""
    return FIRST + len(_days(report)) - 1


def growth_sheet(book: Book, report: Report) -> None:
    """What the chart shows: each fund's payment from the first month end that has its unit value. Native formulas, so that
    the chart is right in every spreadsheet; the unit values of a substituted fund, and those by other rules than the last
    value before the day, come by a worksheet function."""
    inputs, days = report.inputs, _days(report)
    funds = inputs.funds.items
    wide = [max(13, min(1.1 * len(fund.code) + 3, 44)) for fund in funds]
    sheet = book.sheet(GROWTH, "#2E7D32", [16, *wide, *wide], landscape=True)
    book.value(sheet, 0, 0, "Growth of a payment by unit values alone", book.format("title"))
    book.value(sheet, 1, 0, inputs.label, book.format("label"))
    for row, (name, value, fmt, meaning) in enumerate(
        [
            ("GrowthPayment", 10000, MONEY, "input: the payment"),
            ("GrowthMonths", -(len(days) - 1), "0", "input: months back to the first row"),
        ],
        start=2,
    ):
        book.value(sheet, row, 0, name, book.format("bold"))
        book.value(sheet, row, 1, value, book.format(num_format=fmt, bg_color="#FFF8DC", align="left"))
        book.value(sheet, row, 2, meaning, book.format("grey"))
        book.define(name, GROWTH, row, 1)
    book.value(sheet, FIRST_VALUE_ROW, 0, "first unit value", book.format("grey"))
    book.value(sheet, FIRST_VALUE_ROW, 1 + len(funds), "unit values, #N/A where there is none", book.format("grey"))
    book.value(sheet, HEADER_ROW, 0, "date", book.format("head"))
    day_format = book.format(num_format=DATE, align="left")
    month_end = calendar_days.is_month_end(inputs.as_of)
    shift = "EOMONTH" if month_end else "EDATE"
    for i, day in enumerate(days):
        formula = f"{shift}(AsOf,GrowthMonths)" if i == 0 else f"{shift}({at(FIRST + i - 1, 0)},OneMonth)"
        book.formula(sheet, FIRST + i, 0, formula, day, day_format)
    for j, fund in enumerate(funds, start=1):
        _fund_columns(book, sheet, j, j + len(funds), fund, inputs, days)
    lines = area(FIRST, 1, FIRST + len(days) - 1, 2 * len(funds))
    sheet.conditional_format(lines, {"type": "errors", "format": book.file.add_format({"font_color": "#C0C0C0"})})
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(HEADER_ROW)
    book.side_by_side(sheet, [16, *wide, *wide])


def _is_native(fund: Fund, terms: Terms) -> bool:
    """Whether native formulas look the fund's unit values up as the terms do."""
    plain = terms["valuation.rule"] == "on_or_before" and terms["valuation.inception"] == "as_other_days"
    return plain and fund.predecessor is None


def _fund_columns(
    book: Book, sheet: Any, column: int, beside: int, fund: Fund, inputs: Inputs, days: list[datetime.date]
) -> None:
    """One fund: its line in ``column``, the unit values that it follows in ``beside``."""
    terms = inputs.contracts[0]
    native = _is_native(fund, terms)
    levels = [_level(inputs, fund, day, native) for day in days]
    head = book.format("head", align="right", shrink=True, text_wrap=False)
    money, number = book.format(num_format="#,##0.00"), book.format(num_format=UNIT)
    for place in (column, beside):
        book.formula(sheet, HEADER_ROW, place, fund_cell(column - 1, "fund"), fund.code, head)
    first = next((level for level in levels if isinstance(level, float)), None)
    values = area(FIRST, beside, FIRST + len(levels) - 1, beside)
    base = f"INDEX({values},MATCH(TRUE(),INDEX(ISNUMBER({values}),),FALSE()))"
    book.formula(sheet, FIRST_VALUE_ROW, column, base, NOTHING if first is None else first, number)
    code = at(HEADER_ROW, beside, fixed="r")
    found = f"MATCH({code},UnitValues[#Headers],FALSE())"  # the short one, unless the code would be a pattern
    found = place_of(code, "UnitValues[#Headers]") if set(fund.code) & set("*?~") else found
    for row, level in enumerate(levels, start=FIRST):
        day = at(row, 0, fixed="c")
        if native:
            line = f"MATCH({day},UnitValues[valuation_date])"
            look = f"INDEX(UnitValues[#Data],{line},{found})"
            young = f"{day}-INDEX(UnitValues[valuation_date],{line})<=MaxAge"
            look = f"IF(IF({young},{look}),{look},NA())"
        else:
            table = terms_table(terms, inputs.contracts)
            look = f"UNIT_VALUE_AT(UnitValues[#All],{code},{day},,Funds[#All],{table}[#All])"
        book.formula(sheet, row, beside, look, NOTHING if level is None else level, number)
        grown: Any = NOTHING if level is None or first is None else level
        grown = 10000.0 * grown / first if isinstance(grown, float) and first is not None else grown
        formula = f"GrowthPayment*{at(row, beside)}/{at(FIRST_VALUE_ROW, column, fixed='r')}"
        book.formula(sheet, row, column, formula, grown, money)


def _level(inputs: Inputs, fund: Fund, day: datetime.date, native: bool) -> Level:
    """The unit value as its formula looks it up: ``native`` in the last row of the table on or before the day, if that is
    not too old for the terms, else by the worksheet function."""
    values, terms = inputs.unit_values, inputs.contracts[0]
    if not native:
        try:
            return valuation.unit_value(values, fund.code, day, None, inputs.funds, terms)
        except PassedError as error:
            return error.cell_error
        except MissingData:
            return None
    row = int(np.searchsorted(values.dates, np.datetime64(day), side="right")) - 1
    if row < 0 or (day - values.dates[row].item()).days > terms["valuation.max_age_days"]:
        return None
    column = values.column(fund.code, inputs.funds)
    if (row, column) in values.errors:
        return values.errors[row, column]
    level = float(values.values[row, column])
    return None if np.isnan(level) else level


def charts_sheet(book: Book, report: Report, places: Layout, last: int) -> None:
    """Two charts, each with the label of the unit values inside it; of many funds two for each group of them."""
    inputs = report.inputs
    sheet = book.sheet(CHARTS, "#C55A11", [3, *[12] * 9])
    book.value(sheet, 0, 1, "Charts", book.format("title"))
    book.value(sheet, 1, 1, inputs.label, book.format("label"))
    count = len(inputs.funds.items)
    size = count if count <= MOST_LINES else GROUP
    groups = [range(first, min(first + size, count)) for first in range(0, count, size)]
    if len(groups) > 1:
        note = f"{count} funds in {len(groups)} groups of at most {GROUP}, two charts each: one chart holds 255 lines."
        book.value(sheet, 2, 1, note, book.format("grey"))
    breaks = []  # a high chart is never parted between two sheets of paper
    for place, group in enumerate(groups):
        tall = _height(len(group))
        rows = tall // ROW_PIXELS + 2
        top = TOP + place * 2 * (_height(size) // ROW_PIXELS + 2)
        of = f", funds {group.start + 1} to {group.stop}" if len(groups) > 1 else ""
        names = ", ".join(fund.printed_name or fund.code for fund in inputs.funds.items[group.start : group.stop])
        told = f"Line chart: what $10,000 have grown to, a line a fund: {names}. The numbers are on the sheet {GROWTH}."
        sheet.insert_chart(top, 1, _growth(book, inputs, last, group, of), {"description": _alternative(told)})
        if len(report.tables) > 1:
            told = (
                f"Column chart: returns before and after contract charges, two columns a fund: {names}; numbers on {PAGE}."
            )
            bars = _before_and_after(book, report, places, group, of)
            sheet.insert_chart(top + rows, 1, bars, {"description": _alternative(told)})
        breaks += [row for row in (top, top + rows) if size > MOST_LABELS and row > TOP]
    sheet.set_h_pagebreaks(breaks)


def _height(funds: int) -> int:
    """How high a chart is: a long legend, and names on end, do not press its lines together."""
    return HEIGHT + A_LINE * max(funds - MOST_LABELS, 0)


def _alternative(text: str) -> str:
    """A text in place of a picture, as long as a screen reader should read."""
    return text if len(text) <= 500 else f"{text[:499]}…"


def _growth(book: Book, inputs: Inputs, last: int, group: range, of: str) -> Any:
    line = book.file.add_chart({"type": "line"})
    line.show_blanks_as("span")  # where a fund has no value yet LibreOffice would draw a line at 0
    for j in (fund + 1 for fund in group):
        line.add_series(
            {
                "name": f"={fund_cell(j - 1, 'printed_name', fixed='rc')}",
                "categories": f"={area(FIRST, 0, last, 0, GROWTH)}",
                "values": f"={area(FIRST, j, last, j, GROWTH)}",
                "line": {"color": SERIES[(j - 1) % len(SERIES)], "width": 1.75, "dash_type": DASHES[(j - 1) % len(DASHES)]},
            }
        )
    axis = {"num_font": {"size": 8}, "num_format": "yyyy", "date_axis": True, "major_unit": 1, "major_unit_type": "years"}
    line.set_size({"width": 800, "height": _height(len(group))})
    _finish(line, f"Growth of $10,000 by unit values alone, ten years or since the first unit value{of}", inputs.label, axis)
    line.set_y_axis(
        {"num_format": "$#,##0", "num_font": {"size": 8}, "major_gridlines": {"visible": True, "line": {"color": "#E5E7EB"}}}
    )
    return line


def _before_and_after(book: Book, report: Report, places: Layout, group: range, of: str) -> Any:
    """Returns before and after contract charges, for the period in the middle of the first two tables."""
    before = report.tables[0]
    code = "5Y" if "5Y" in before.spec.periods else before.spec.periods[-1]
    column = FIGURE_COLUMN + before.spec.periods.index(code)
    names = places.page[0] + group.start, places.page[0] + group.stop - 1
    bars = book.file.add_chart({"type": "column"})
    label = {"value": True, "num_format": "0.0%", "font": {"size": 7}}
    for name, first, color in (
        ("before contract charges", places.page[0], SERIES[4]),
        ("after all charges", places.page[1], SERIES[0]),
    ):
        bars.add_series(
            {
                "name": name,
                "categories": f"={area(names[0], 2, names[1], 2, PAGE)}",
                "values": f"={area(first + group.start, column, first + group.stop - 1, column, PAGE)}",
                "fill": {"color": color},
                "gap": 60,
                "overlap": -5,
                **({"data_labels": label} if len(group) <= MOST_LABELS else {}),
            }
        )
    returns = "Average annual" if before.spec.contract["years.long_period"] == "annualised" else "Cumulative"
    title = f"{returns} total returns, {' '.join(period_label(code))}{of}"
    bars.set_size({"width": 800, "height": _height(len(group))})
    _finish(bars, title, report.inputs.label, {"num_font": {"size": 8}, "label_position": "low"})
    bars.set_y_axis(
        {"num_format": "0.0%", "num_font": {"size": 8}, "major_gridlines": {"visible": True, "line": {"color": "#E5E7EB"}}}
    )
    return bars


def _finish(chart: Any, title: str, label: str, axis: dict[str, Any]) -> None:
    """Title with the label under it, legend."""
    chart.set_title({"name": f"{title}\n{label}" if label else title, "name_font": {"size": 10, "bold": True}})
    chart.set_x_axis(axis)
    chart.set_legend({"position": "bottom", "font": {"size": 8}})
    chart.set_plotarea({"fill": {"color": "#FFFFFF"}})
