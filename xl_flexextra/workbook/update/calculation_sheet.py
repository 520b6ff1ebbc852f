"""The calculation sheet: dates and choices, then each table in one spilled call, and whether both routes agree."""

from __future__ import annotations

import datetime
from typing import Any

from ...calculation import calendar_days, periods
from ...errors import NA, FlexExtraError
from ...terms.keys import KEYS
from ...update.report import Report, Table, latest_day, reaches_month_end
from ..book import (
    ABSENT,
    ANSWERED,
    DATE,
    GREEN,
    GREY,
    HERE,
    NOT_COMPUTED,
    RED,
    SHOWN_ANSWERED,
    Book,
    area,
    at,
    cached,
    percent,
)  # fmt: skip
from ..data_sheets import fund_cell
from ..layout import CALCULATION, CODE_COLUMN, FIGURE_COLUMN, FIRST_PARAMETER, PAGE, Layout, codes_width, names_width, widest
from ..terms_places import terms_table

ROWS_A_PAGE = 56  # at the scale to which the sheet's width is fitted
LATEST = "the latest unit value"
NO_FIGURE = "no figure"
MAX_AGE = "valuation.max_age_days"
Parameter = tuple[str, str, Any, str, str]  # name, formula ("" for an input), value, number format, meaning


def parameters(report: Report) -> list[Parameter]:
    """The dates and choices on top of the sheet, each with the name under which formulas know it."""
    inputs, terms = report.inputs, report.inputs.contracts[0]
    closed = [day for day, _ in inputs.holidays]
    next_end = calendar_days.month_end(inputs.as_of.year, inputs.as_of.month + 1)
    last_use = calendar_days.last_use_date(inputs.as_of, closed)
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
            "UseCheck", f"USABLE_MONTH_END(UseTo{holidays})", calendar_days.usable_month_end(last_use, closed), DATE,
            "the month end that rule 482 asks for on that last day: equals AsOf",
        ),
    ]  # fmt: skip
    rows.append(("Basis", "", "asset", "General", "input: charges of a table before contract charges"))
    rows += [
        (
            "MaxAge",
            f"IFERROR({_term(terms_table(terms, inputs.contracts))},DefaultAge)",
            terms[MAX_AGE],
            "0",
            "oldest unit value in days (terms)",
        ),
        ("DefaultAge", "", KEYS[MAX_AGE].default, "0", "input: the same where the terms do not say"),
        ("Tolerance", "", 1e-12, "0E+00", "input: figures that are less apart are the same"),
        ("Same", "", 0, "0", "input: page and one call have the same figure"),
        ("Differs", "", 1, "0", "input: they have not"),
        ("NoFigure", "", NO_FIGURE, "General", "input: shown where there is no figure: nothing to compare"),
    ]
    if newest:
        rows.append(("LatestValue", "MAX(UnitValues[valuation_date])", latest, DATE, LATEST))
    if rolls:
        end = calendar_days.month_end(latest.year, latest.month)
        formula = "EOMONTH(LatestValue-DAY(LatestValue),OneMonth)"
        rows.append(("LatestMonthEnd", formula, end, DATE, "the end of that month"))
    rows += [
        (HERE, ANSWERED, 1, SHOWN_ANSWERED, "whether the functions are here; if not, the first sheet says what to install"),
        (NOT_COMPUTED, "", ABSENT, "General", "input: shown where they are not, in each table that is one call"),
    ]
    rows.append(("NoText", "", "", "General", "empty: joined to a text it keeps a blank one blank, where a link shows 0"))
    return rows


def _term(table: str) -> str:
    """A native look-up of one term in a table; the key stands beside it, so that the formula holds no constant."""
    return f"INDEX({table}[Value],MATCH(@KEY,{table}[Term],FALSE()))"


def calculation_sheet(book: Book, report: Report, places: Layout, given: list[Parameter]) -> None:
    """Write the sheet."""
    period = max(18, *(len(code) + 4 for table in report.tables for code in table.spec.periods)) if report.tables else 18
    codes, named = codes_width(report.inputs, 22), names_width(report.inputs, 30)
    widths = [codes, named, *[period] * max(widest(report), 3), 26]
    sheet = book.sheet(CALCULATION, "#2E7D32", widths, landscape=True)
    book.value(sheet, 0, 0, "Calculation", book.format("title"))
    book.value(
        sheet, 1, 0, "Each table in one call, beside the page where each figure is its own formula.", book.format("grey")
    )
    book.value(sheet, 2, 0, report.inputs.label, book.format("label"))
    keys = {"MaxAge": MAX_AGE}
    for row, (name, formula, value, number, meaning) in enumerate(given, start=FIRST_PARAMETER):
        book.value(sheet, row, 0, name, book.format("bold"))
        book.value(sheet, row, 2, meaning, book.format("grey"))
        fmt = book.format(num_format=number, align="left", **({} if formula else {"bg_color": "#FFF8DC"}))
        key_column = CODE_COLUMN + max(widest(report), 3)
        if name in keys:
            book.value(sheet, row, key_column, keys[name], book.format("grey"))
        if name == HERE:
            book.answered(sheet, row, 1)
        elif formula:
            book.formula(sheet, row, 1, formula.replace("@KEY", at(row, key_column, fixed="rc")), value, fmt)
        else:
            book.value(sheet, row, 1, value, fmt)
        if name != HERE:
            book.define(name, CALCULATION, row, 1)
    for table, block, page_row in zip(report.tables, places.blocks, places.page, strict=True):
        _block(book, sheet, report, table, block, page_row)
    sheet.freeze_panes(FIRST_PARAMETER, 1)
    sheet.repeat_rows(0, FIRST_PARAMETER - 1)
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
    head, day, shown = (
        book.format("head"),
        book.format(num_format=DATE),
        book.format(num_format=percent(spec.contract["rounding.decimals"]), align="right"),
    )
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
        if periods.parse(code).ends_itself:
            book.value(sheet, block.ends, column, periods.end_date(periods.parse(code), table.as_of), day)
        else:
            book.formula(sheet, block.ends, column, anchor, table.as_of, day)
    codes = area(block.codes, CODE_COLUMN, block.codes, last)
    call = table_call(report, table, anchor, codes)
    book.value(
        sheet,
        block.spill - 1,
        CODE_COLUMN,
        "the table in one call",
        book.format("grey"),
    )
    for i, _ in enumerate(funds):
        _fund(book, sheet, block.spill + i, i, report)
    rows = [[_number_or_blank(v) for v in line] for line in table.values.tolist()]
    book.spill(sheet, block.spill, CODE_COLUMN, call, rows, shown)
    _compared(book, sheet, report, table, block, page_row)


def _compared(book: Book, sheet: Any, report: Report, table: Table, block: Any, page_row: int) -> None:
    """Whether each figure of the page is the one of the table in one call; below, how many of a period are not."""
    count, last = len(report.inputs.funds.items), CODE_COLUMN + len(table.spec.periods) - 1
    book.value(sheet, block.same - 1, CODE_COLUMN, "page and one call, figure by figure", book.format("grey"))
    book.value(sheet, block.check, 0, "page and one call", book.format("bold"))
    unseen = book.format(num_format='"–"', font_color=GREY, align="right")
    blank = book.format("bold", num_format='"not compared"', font_color=GREY, align="right")
    for place in range(count):
        _fund(book, sheet, block.same + place, place, report)
    for column in range(CODE_COLUMN, last + 1):  # a period each: one without history does not hide the others
        found = [_word(value) for value in table.values[:, column - CODE_COLUMN].tolist()]
        for place, word in enumerate(found):
            page, call = at(page_row + place, column - CODE_COLUMN + FIGURE_COLUMN, PAGE), at(block.spill + place, column)
            book.formula(sheet, block.same + place, column, _where_here(_same(page, call)), word, unseen)
        cells = area(block.same, column, block.same + count - 1, column)
        errors = [word for word in found if str(word).startswith("#")]
        shown: Any = errors[0] if errors else 0 if 0 in found else NO_FIGURE
        formula = f"IF(COUNT({cells})+ISERROR(SUM({cells})),SUM({cells}),NoFigure)"
        book.formula(sheet, block.check, column, _where_here(formula), shown, blank)
    cell, call = at(block.same, CODE_COLUMN), at(block.spill, CODE_COLUMN)
    rows = block.same, CODE_COLUMN, block.same + count - 1, last
    same = f"{HERE},NOT(ISERROR({call})),ISNUMBER({cell}),{cell}=0"
    _words(book, sheet, rows, {"same": same, "differs": f"{_above(cell)}"})
    cell, calls = at(block.check, CODE_COLUMN), f"{at(block.spill, CODE_COLUMN)}:{at(block.spill + count - 1, CODE_COLUMN)}"
    row = block.check, CODE_COLUMN, block.check, last
    _words(book, sheet, row, {"agree": f"COUNT({calls})>0,ISNUMBER({cell}),{cell}=0", "differ": f"{_above(cell)}"})


def _words(book: Book, sheet: Any, cells: tuple[int, int, int, int], words: dict[str, str]) -> None:
    """The word for a good result and for a bad one, as conditional formats: the good one only where the call gives figures.

    Opened without the functions, LibreOffice shows the stored value of an ordinary formula, 0, beside a call that is not
    computed. A conditional format looks at the cells as they are shown.
    """
    for color, (word, criteria) in zip((GREEN, RED), words.items(), strict=True):
        fmt = book.file.add_format({"font_color": color, "num_format": f'"{word}"'})
        sheet.conditional_format(*cells, {"type": "formula", "criteria": f"=AND({criteria})", "format": fmt})


def _where_here(formula: str) -> str:
    """A comparison with what one call gives: none where the functions are missing."""
    return f"IF({HERE},{formula},{NOT_COMPUTED})"


def _above(cell: str) -> str:
    return f"ISNUMBER({cell}),{cell}>0"


def _same(page: str, call: str) -> str:
    """Whether two cells show the same: a number, a text, or the same kind of error, which is no figure."""
    errors = f"IF(ISERROR({page})*ISERROR({call})*(ISNA({page})=ISNA({call})),IF(ISNA({page}),NoFigure,{page}),Differs)"
    equal = f"IF(ISNUMBER({page})*ISNUMBER({call}),ABS({page}-{call})<Tolerance,{page}={call})"
    return f"IF(ISERROR({page})+ISERROR({call}),{errors},IF({equal},Same,Differs))"


def _word(value: Any) -> Any:
    """What the comparison of a figure shows as built: 0 apart; no figure; an error that is more than missing data."""
    if not isinstance(value, FlexExtraError):
        return 0
    return NO_FIGURE if cached(value) == str(NA) else cached(value)


def table_call(report: Report, table: Table, anchor: str, codes: str) -> str:
    """PERFORMANCE_TABLE over the named tables."""
    shares = "Shares[#All]" if report.inputs.shares is not None and table.spec.charges != "asset" else ""
    charges = ",Basis" if table.spec.charges == "asset" else ""
    terms = f"{terms_table(table.spec.contract, report.inputs.contracts)}[#All]"
    return f"PERFORMANCE_TABLE({terms},UnitValues[#All],{anchor},{codes},{shares},Funds[#All]{charges})"


def _begin(printed: str, as_of: Any) -> Any:
    period = periods.parse(printed)
    return None if period.kind == "since" else periods.base_date(period, as_of)


def _number_or_blank(value: Any) -> Any:
    return "" if isinstance(value, str) else value


def or_blank(cell: str) -> str:
    """A link to a text that may be missing: blank then, where a plain link shows 0."""
    return f"{cell}&NoText"


def value_or_blank(cell: str) -> str:
    """A link to a date or a number that may be missing."""
    return f"IF(ISBLANK({cell}),{or_blank(cell)},{cell})"


def _fund(book: Book, sheet: Any, row: int, place: int, report: Report) -> None:
    fund = report.inputs.funds.items[place]
    book.formula(sheet, row, 0, fund_cell(place, "fund"), fund.code, book.format(shrink=True))
    book.formula(sheet, row, 1, or_blank(fund_cell(place, "printed_name")), fund.printed_name, book.format(shrink=True))
