"""The calculation sheet: dates and choices, then each table in one spilled call, and whether both routes agree."""

from __future__ import annotations

import datetime
from typing import Any

from .. import dates, periods
from ..errors import NA, FlexExtraError
from ..report import Report, Table, latest_day, reaches_month_end
from ..terms import Terms
from .book import DATE, GREEN, GREY, PERCENT, RED, Book, area, at, cached
from .data_sheets import FIRST_ROW, FUNDS, terms_table
from .layout import CALCULATION, CODE_COLUMN, FIGURE_COLUMN, FIRST_PARAMETER, PAGE, Layout, widest

ROWS_A_PAGE = 56  # at the scale to which the sheet's width is fitted
LATEST = "the latest unit value"
NO_FIGURE = "no figure"
Parameter = tuple[str, str, Any, str, str]  # name, formula ("" for an input), value, number format, meaning


def parameters(report: Report) -> list[Parameter]:
    """The dates and choices on top of the sheet, each with the name under which formulas know it."""
    inputs, terms = report.inputs, report.inputs.contracts[0]
    closed = [day for day, _ in inputs.holidays]
    next_end = dates.month_end(inputs.as_of.year, inputs.as_of.month + 1)
    last_use = dates.last_use_date(inputs.as_of, closed)
    holidays = ",Holidays[date]" if inputs.holidays else ""
    latest = inputs.unit_values.dates[-1].item()
    newest = inputs.as_of == latest_day(latest, inputs.contracts, closed)
    rolls = newest and reaches_month_end(inputs.contracts)
    as_of = (
        f"IF(WORKDAY(LatestValue,OneDay{holidays})>LatestMonthEnd,LatestMonthEnd,LatestValue)" if rolls else "LatestValue"
    )
    reached = "the latest unit value, or its month end where no business day is left in the month" if rolls else LATEST
    one = datetime.timedelta(days=1)
    rows: list[Parameter] = [
        (
            "AsOf", as_of if newest else "", inputs.as_of, DATE,
            f"last day of the update: {reached}" if newest else "input: last day of the update",
        ),
        ("QuarterEnd", "LATEST_QUARTER_END(AsOf)", inputs.quarter_end, DATE, "where standardized returns end (rule 482)"),
        ("OneDay", "", 1, "0", "input: days from a day to the next"),
        ("OneMonth", "", 1, "0", "input: months from an update to the next"),
        ("RuleDays", "", 7, "0", "input: business days of rule 482(g)"),
        ("NextMonthEnd", "EOMONTH(AsOf,OneMonth)", next_end, DATE, "the month end that replaces this update"),
        ("UseFrom", "AsOf+OneDay", inputs.as_of + one, DATE, "first day of use"),
        (
            "UseTo", f"WORKDAY(NextMonthEnd,RuleDays{holidays})-OneDay", last_use, DATE,
            "last day of use: the day before the next month end has ended 7 business days ago",
        ),
        (
            "UseCheck", f"USABLE_MONTH_END(UseTo{holidays})", dates.usable_month_end(last_use, closed), DATE,
            "the month end that rule 482 asks for on that last day: equals AsOf",
        ),
        ("YearsBasis", _term(terms, "years.basis"), terms["years.basis"], "General", "how years are counted (terms)"),
    ]  # fmt: skip
    if terms["years.decimals"] is not None:
        rows.append(("YearsDecimals", _term(terms, "years.decimals"), terms["years.decimals"], "0", "decimals of n"))
    if terms["years.short_period"] == "annualised":
        rows.append(("Annualised", "", "annualised", "General", "input: the word in the terms for it"))
        short = f"EXACT({_term(terms, 'years.short_period')},Annualised)"
        rows.append(("AnnualizeShort", short, True, "General", "one year or less is annualised too, from the terms"))
    rows.append(("Basis", "", "asset", "General", "input: charges of a table before contract charges"))
    rows.append(("NoFigure", "", NO_FIGURE, "General", "input: shown where there is no figure: nothing to compare"))
    if newest:
        rows.append(("LatestValue", "MAX(UnitValues[valuation_date])", latest, DATE, LATEST))
    if rolls:
        end = dates.month_end(latest.year, latest.month)
        formula = "EOMONTH(LatestValue-DAY(LatestValue),OneMonth)"
        rows.append(("LatestMonthEnd", formula, end, DATE, "the end of that month"))
    rows.append(("NoText", "", "", "General", "empty: joined to a text it keeps a blank one blank, where a link shows 0"))
    return rows


def _term(terms: Terms, key: str) -> str:
    """A native look-up of one term; the key stands beside it, so that the formula holds no constant."""
    table = terms_table(terms)
    return f"INDEX({table}[Value],MATCH(@KEY,{table}[Term],FALSE()))"


def calculation_sheet(book: Book, report: Report, places: Layout, given: list[Parameter]) -> None:
    """Write the sheet."""
    sheet = book.sheet(CALCULATION, "#2E7D32", [22, 30, *[18] * max(widest(report), 3), 60], landscape=True)
    book.value(sheet, 0, 0, "Calculation", book.format("title"))
    book.value(
        sheet, 1, 0, "Each table in one call, beside the page where each figure is its own formula.", book.format("grey")
    )
    book.value(sheet, 2, 0, report.inputs.label, book.format("label"))
    keys = {"YearsBasis": "years.basis", "YearsDecimals": "years.decimals", "AnnualizeShort": "years.short_period"}
    for row, (name, formula, value, number, meaning) in enumerate(given, start=FIRST_PARAMETER):
        book.value(sheet, row, 0, name, book.format("bold"))
        book.value(sheet, row, 2, meaning, book.format("grey"))
        fmt = book.format(num_format=number, align="left", **({} if formula else {"bg_color": "#FFF8DC"}))
        key_column = CODE_COLUMN + max(widest(report), 3)
        if name in keys:
            book.value(sheet, row, key_column, keys[name], book.format("grey"))
        if formula:
            book.formula(sheet, row, 1, formula.replace("@KEY", at(row, key_column, fixed="rc")), value, fmt)
        else:
            book.value(sheet, row, 1, value, fmt)
        book.define(name, CALCULATION, row, 1)
    for table, block, page_row in zip(report.tables, places.blocks, places.page, strict=True):
        _block(book, sheet, report, table, block, page_row)
    sheet.freeze_panes(FIRST_PARAMETER, 1)
    sheet.set_h_pagebreaks(_page_breaks(places))


def _page_breaks(places: Layout) -> list[int]:
    """Breaks before tables that would not fit on the page any more: a heading never stands alone at its foot."""
    breaks, top = [], 0
    for block in places.blocks:
        if block.check - top >= ROWS_A_PAGE:
            breaks.append(block.title)
            top = block.title
    return [row for row in breaks if row]


def _block(book: Book, sheet: Any, report: Report, table: Table, block: Any, page_row: int) -> None:
    spec, funds = table.spec, report.inputs.funds.items
    last = CODE_COLUMN + len(spec.periods) - 1
    for column in range(last + 1):
        book.value(sheet, block.title, column, spec.title if column == 0 else "", book.format("section"))
    head, day, shown = book.format("head"), book.format(num_format=DATE), book.format(num_format=PERCENT)
    right = book.format("head", align="right")
    anchor = "QuarterEnd" if spec.quarter_end else "AsOf"
    for row, label in ((block.codes, "period"), (block.printed, "printed as"), (block.begins, "from"), (block.ends, "to")):
        book.value(sheet, row, 0, label, head)
    for column, code in enumerate(spec.periods, start=CODE_COLUMN):
        printed = periods.parse(code).printed
        book.value(sheet, block.codes, column, code, right)
        book.value(sheet, block.printed, column, printed, right)
        begins = _begin(printed, table.as_of)
        if begins is not None:
            formula = f"PERIOD_BASE_DATE({anchor},{at(block.printed, column)})"
            book.formula(sheet, block.begins, column, formula, begins, day)
        book.formula(sheet, block.ends, column, anchor, table.as_of, day)
    if block.bases:
        _bases(book, sheet, report, table, block)
    codes = area(block.codes, CODE_COLUMN, block.codes, last)
    call = table_call(report, table, anchor, codes)
    book.value(sheet, block.spill - 1, CODE_COLUMN, "the table in one call", book.format("grey"))
    for i, _ in enumerate(funds):
        _fund(book, sheet, block.spill + i, i, report)
    rows = [[_shown(v) for v in line] for line in table.values.tolist()]
    book.spill(sheet, block.spill, CODE_COLUMN, call, rows, shown)
    book.value(sheet, block.check, 0, "page and one call", book.format("bold"))
    blank = book.format("bold", num_format='"not compared"', font_color=GREY, align="right")
    for column in range(len(spec.periods)):  # a period each: one without history does not hide the others
        ends = page_row, page_row + len(funds) - 1, FIGURE_COLUMN + column
        page = area(ends[0], ends[2], ends[1], ends[2], PAGE)
        spilled = area(block.spill, CODE_COLUMN + column, block.spill + len(funds) - 1, CODE_COLUMN + column)
        bounds = at(block.spill, CODE_COLUMN + column), at(block.spill + len(funds) - 1, CODE_COLUMN + column)
        _agree(book, sheet, (block.check, CODE_COLUMN + column), ":".join(bounds))
        error = f"IF(ISERROR(SUM({spilled})),SUM({spilled}),NoFigure)"
        formula = f"_xlfn.IFNA(IF(COUNT({spilled}),SUMXMY2({page},{spilled}),{error}),NoFigure)"
        book.formula(sheet, block.check, CODE_COLUMN + column, formula, _compared(table.values[:, column]), blank)


def _agree(book: Book, sheet: Any, place: tuple[int, int], spilled: str) -> None:
    """The word for a distance, as a conditional format: "agree" only where the call gives figures.

    Opened without the functions, LibreOffice shows the stored distance of an ordinary formula, 0, beside a call that has
    become an error. A conditional format looks at the cells as they are shown.
    """
    cell = at(*place)
    for word, color, test in (("agree", GREEN, "<"), ("differ", RED, ">=")):
        criteria = f"=AND(COUNT({spilled})>0,NOT(ISERROR(SUM({spilled}))),ISNUMBER({cell}),{cell}{test}0.000000000001)"
        fmt = book.file.add_format({"font_color": color, "num_format": f'"{word}"'})
        sheet.conditional_format(*place, *place, {"type": "formula", "criteria": criteria, "format": fmt})


def _compared(values: Any) -> Any:
    """What the control of a period shows as built: 0 apart; no figure; an error that is more than missing data."""
    errors = [cached(value) for value in values if isinstance(value, FlexExtraError)]
    if errors:
        return NO_FIGURE if errors[0] == str(NA) else errors[0]
    return 0 if any(isinstance(value, float) for value in values) else NO_FIGURE


def table_call(report: Report, table: Table, anchor: str, codes: str) -> str:
    """PERFORMANCE_TABLE over the named tables."""
    shares = "Shares[#All]" if report.inputs.shares is not None and table.spec.charges != "asset" else ""
    charges = ",Basis" if table.spec.charges == "asset" else ""
    terms = f"{terms_table(table.spec.contract)}[#All]"
    return f"PERFORMANCE_TABLE({terms},UnitValues[#All],{anchor},{codes},{shares},Funds[#All]{charges})"


def _begin(printed: str, as_of: Any) -> Any:
    period = periods.parse(printed)
    return None if period.kind == "since" else periods.base_date(period, as_of)


def _shown(value: Any) -> Any:
    return "" if isinstance(value, str) else value


def or_blank(cell: str) -> str:
    """A link to a text that may be missing: blank then, where a plain link shows 0."""
    return f"{cell}&NoText"


def value_or_blank(cell: str) -> str:
    """A link to a date or a number that may be missing."""
    return f"IF(ISBLANK({cell}),{or_blank(cell)},{cell})"


def _fund(book: Book, sheet: Any, row: int, place: int, report: Report) -> None:
    fund = report.inputs.funds.items[place]
    book.formula(sheet, row, 0, at(FIRST_ROW + place, 0, FUNDS), fund.code)
    book.formula(sheet, row, 1, or_blank(at(FIRST_ROW + place, 1, FUNDS)), fund.printed_name)


def _bases(book: Book, sheet: Any, report: Report, table: Table, block: Any) -> None:
    """For each fund and period the base date and the number of years."""
    terms, day = table.spec.contract, book.format(num_format=DATE)
    count = book.format(num_format="0.000000")
    book.value(
        sheet,
        block.bases - 1,
        CODE_COLUMN + len(table.spec.periods),
        "base dates, then years, a fund a row",
        book.format("grey", indent=1),
    )
    for i, fund in enumerate(report.inputs.funds.items):
        _fund(book, sheet, block.bases + i, i, report)
        _fund(book, sheet, block.years + i, i, report)
        for column, code in enumerate(table.spec.periods, start=CODE_COLUMN):
            period = periods.parse(code)
            start, finish = periods.resolve(period, table.as_of, terms, fund, fund.code)
            anchor = "QuarterEnd" if table.spec.quarter_end else "AsOf"
            inception = f",{at(FIRST_ROW + i, 3 if period.since == 'FUND' else 4, FUNDS)}" if period.since else ""
            formula = f"PERIOD_BASE_DATE({anchor},{at(block.codes, column, fixed='r')}{inception})"
            book.formula(sheet, block.bases + i, column, formula, start, day)
            years = f"YEARS_BETWEEN({at(block.bases + i, column)},{anchor},YearsBasis)"
            if terms["years.decimals"] is not None:
                years = f"ROUND({years},YearsDecimals)"
            book.formula(sheet, block.years + i, column, years, periods.number_of_years(terms, start, finish), count)
