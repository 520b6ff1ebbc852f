"""The update itself, print-ready: every figure its own live formula."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Sequence
from typing import Any

from ...calculation import calendar_days, periods
from ...errors import FlexExtraError, MissingData
from ...inputs import dated_series
from ...inputs.input_tables import RATE_TABLE
from ...terms import Terms
from ...update.report import Report, Table
from ...update.update_inputs import Inputs
from ..book import DARK, PALE, PERCENT, SHORT_DATE, Book, at, percent
from ..captions import caption
from ..data_sheets import fund_cell
from ..layout import (
    CALCULATION,
    CODE_COLUMN,
    FEWEST_FIGURES,
    FIGURE_COLUMN,
    HEADING_ROWS,
    PAGE,
    Layout,
    codes_width,
    names_width,
    page_columns,
    rate_kinds,
)
from ..terms_places import terms_table
from . import page_texts
from .calculation_sheet import or_blank, value_or_blank

FIRST_RATE_COLUMN = FIGURE_COLUMN - 1  # declared rates may stand in the column of notes too


def page_sheet(book: Book, report: Report, places: Layout) -> None:
    """Write the page."""
    inputs, last = report.inputs, page_columns(report) - 1
    figures = last + 1 - FIGURE_COLUMN
    widths = [codes_width(inputs, 18), 23, names_width(inputs), 9, 5, *[11] * (figures - 1), 12]
    landscape = figures > FEWEST_FIGURES
    sheet = book.sheet(PAGE, DARK, widths, landscape=landscape)
    book.value(sheet, 0, 1, inputs.title, book.format("title"))
    period = book.format("subtitle", num_format='"Performance update for the period ending "mmmm d, yyyy')
    sheet.merge_range(1, 1, 1, last, "", period)
    book.formula(sheet, 1, 1, "AsOf", inputs.as_of, period)
    _use(book, sheet, inputs, last)
    book.value(sheet, 3, 1, inputs.label, book.format("label"))
    book.value(sheet, 4, 0, "fund code", book.format("grey"))
    for table, block, row in zip(report.tables, places.blocks, places.page, strict=True):
        _headings(book, sheet, report, table, block, row)
        for i in range(places.funds):
            _fund_row(book, sheet, report, table, block, row + i, i)
    if inputs.rate_rows:
        _rates(book, sheet, inputs, places.rates, last)
    end = page_texts.write(book, sheet, inputs, places.notes, last)
    sheet.print_area(0, 1, end, last)
    paper = _paper(sum(widths[1:]), landscape)
    parted = len(report.tables) > 2 and _height(report, end) > paper
    breaks = _breaks(places, end, paper) if parted else []
    if breaks:
        sheet.set_h_pagebreaks(breaks)
    sheet.repeat_rows(0, TITLES - 1)  # whose page it is, on each sheet of paper
    height = _row_height(report, places, breaks, end, paper)
    for first in places.page:
        for row in range(first, first + places.funds):
            sheet.set_row(row, height)
    sheet.freeze_panes(5, 0)
    sheet.activate()


def _more_lines(report: Report) -> int:
    """How many lines the notes and disclosures take beyond their first ones."""
    inputs = report.inputs
    return sum(len(text) // 165 for text in (*inputs.notes, *inputs.disclosures))


ROW, UNDER, NAMES = 15, 22, 34  # heights in points: a row, the line under a table's title, the names of its columns
CHARACTER = 5.25 + 0.5  # width in points of one, with its part of the column's margin
PAPER, MARGINS, FILLED = (612, 792), (72, 90), 0.95  # letter paper; how much of its height may be taken


def _height(report: Report, end: int) -> float:
    """The height of the page's rows in points, about."""
    return ROW * (end + 1 + _more_lines(report)) + len(report.tables) * _HEADING


TITLES = 4  # rows that every sheet of paper begins with
ROOMY = 20  # points of a fund's row at most


def _row_height(report: Report, places: Layout, breaks: Sequence[int], end: int, paper: float) -> float:
    """The height of the funds' rows: as much more than a row's as fills the fullest sheet of paper."""
    height, sheets = float(ROOMY), list(itertools.pairwise([0, *breaks, end + 1]))
    for begin, stop in sheets:
        tables = [row for row in places.page if begin <= row < stop]
        last = stop > places.notes
        lines = _more_lines(report) if last else 0
        taken = ROW * (stop - begin + lines + (TITLES if begin else 0)) + len(tables) * _HEADING
        if tables and places.funds:
            height = min(height, ROW + (paper - taken) / (len(tables) * places.funds))
    return max(int(height * 4) / 4, ROW)


_HEADING = UNDER + NAMES - 2 * ROW  # by how much the heading of a table is higher than its rows


def _paper(characters: float, landscape: bool) -> float:
    """How many points of rows go on one sheet of paper, when all columns are made to fit its width."""
    across, down = reversed(PAPER) if landscape else PAPER
    scale = min((across - MARGINS[0]) / (characters * CHARACTER), 1.0)
    return FILLED * (down - MARGINS[1]) / scale


def _breaks(places: Layout, end: int, paper: float) -> list[int]:
    """The rows before which a new sheet of paper begins: the third table, where the first two go on one sheet; else, and
    after it, each table that would not go on the sheet whole."""
    starts = [row - HEADING_ROWS for row in places.page]
    breaks: list[int] = []
    begin = tables = 0
    for place, (start, stop) in enumerate(itertools.pairwise([*starts, end])):
        tables, titles = tables + 1, TITLES if begin else 0
        if tables > 1 and ((place == 2 and not breaks) or ROW * (stop - begin + titles) + tables * _HEADING > paper):
            breaks.append(start)
            begin, tables = start, 1
    return breaks


def _use(book: Book, sheet: Any, inputs: Inputs, end: int) -> None:
    """First and last day of use, each a statement of its own: a date does not run on into the next column."""
    closed = [day for day, _ in inputs.holidays]
    first = book.format("bold", num_format='"Use from "mmm d, yyyy', align="left")
    last = book.format("bold", num_format='"Last use "mmm d, yyyy"; the next update ends its use"', align="left")
    book.formula(sheet, 2, 1, "UseFrom", inputs.as_of + datetime.timedelta(days=1), first)
    sheet.merge_range(2, 2, 2, end, "", last)
    book.formula(sheet, 2, 2, "UseTo", calendar_days.last_use_date(inputs.as_of, closed), last)


def _headings(book: Book, sheet: Any, report: Report, table: Table, block: Any, row: int) -> None:
    spec, inputs, last = table.spec, report.inputs, page_columns(report) - 1
    title, under, names, days = range(row - HEADING_ROWS, row)
    section = book.format("section")
    sheet.merge_range(title, 1, title, last, "", section)
    book.value(sheet, title, 1, spec.title, section)
    small = book.format("small")
    sheet.merge_range(under, 1, under, last, "", small)
    words = caption(spec)
    book.value(sheet, under, 1, words, small)
    sheet.set_row(under, max(UNDER, 11 * (1 + len(words) // 165)))  # as many lines as it needs
    sheet.set_row(names, NAMES)
    head = book.format("head", bottom=0)
    choice = page_texts.choice_heading(inputs)
    inception = "Available" if spec.quarter_end else "Inception"
    for column, text in enumerate(["Asset class", choice, inception, "Note"], start=1):
        book.value(sheet, names, column, text, head)
    right = book.format("head", align="right", bottom=0)
    day_format = book.format("head", num_format=f'{SHORT_DATE}" –"', align="right", bold=False, font_size=8)
    for column in range(FIGURE_COLUMN, last + 1):
        place = column - FIGURE_COLUMN
        if place >= len(spec.periods):
            book.value(sheet, names, column, "", right)
            continue
        printed = periods.parse(spec.periods[place]).printed
        label = page_texts.period_heading(inputs, spec.periods[place])
        book.value(sheet, names, column, label, book.format("head", align="right", bottom=0, font_size=8))
        period = periods.parse(printed)
        if period.kind != "since" and not period.ends_itself:
            source = at(block.begins, CODE_COLUMN + place, CALCULATION)
            book.formula(sheet, days, column, source, periods.base_date(period, table.as_of), day_format)
        else:  # its heading says its days, or each fund has its own
            book.value(sheet, days, column, "", book.format("head", bold=False))
    for column in range(1, FIGURE_COLUMN):
        book.value(sheet, days, column, "", book.format("head", bold=False))
    through = book.format("head", num_format=f'"to "{SHORT_DATE}', bold=False, font_size=8, align="left")
    book.formula(sheet, days, 1, at(block.ends, CODE_COLUMN, CALCULATION), table.as_of, through)
    for column in range(FIGURE_COLUMN + len(spec.periods), page_columns(report)):
        book.value(sheet, days, column, "", book.format("head"))


def _fund_row(book: Book, sheet: Any, report: Report, table: Table, block: Any, row: int, place: int) -> None:
    funds, spec = report.inputs.funds.items, table.spec
    fund = funds[place]
    line: dict[str, Any] = {"bottom": 1, "bottom_color": "#D5DCEA"}
    book.formula(sheet, row, 0, fund_cell(place, "fund"), fund.code, book.format("grey", shrink=True))
    above, here = (fund_cell(i, "asset_class") for i in (place - 1, place))
    if place == 0:
        book.formula(sheet, row, 1, or_blank(here), fund.asset_class, book.format(shrink=True, **line))
    else:  # a class stands once, beside its first fund
        same = fund.asset_class == funds[place - 1].asset_class
        formula = f"IF({here}={above},NoText&NoText,{or_blank(here)})"
        book.formula(sheet, row, 1, formula, "" if same else fund.asset_class, book.format(shrink=True, **line))
    name = fund.printed_name or fund.code
    given, coded = (fund_cell(place, column) for column in ("printed_name", "fund"))
    formula = given if fund.printed_name else f"IF(ISBLANK({given}),{coded},{given})"
    book.formula(sheet, row, 2, formula, name, book.format(shrink=True, **line))
    inception = fund.subaccount_inception if spec.quarter_end else fund.fund_inception
    day = book.format(num_format=SHORT_DATE, align="left", **line)
    source = fund_cell(place, "subaccount_inception" if spec.quarter_end else "fund_inception")
    book.formula(sheet, row, 3, value_or_blank(source), inception, day)
    note = book.format("grey", **line)
    book.formula(sheet, row, 4, or_blank(fund_cell(place, "notes")), fund.notes, note)
    shown = book.format(num_format=percent(spec.contract["rounding.decimals"]), align="right", **line)
    for column in range(len(spec.periods)):
        value = table.values[place, column]
        book.formula(sheet, row, FIGURE_COLUMN + column, figure(report, table, block, row, column), value, shown)
    for column in range(FIGURE_COLUMN + len(spec.periods), page_columns(report)):
        book.value(sheet, row, column, "", book.format(**line))


def figure(report: Report, table: Table, block: Any, row: int, column: int) -> str:
    """The formula of one figure: the function that its table is computed by, with the same terms, shares and funds."""
    spec = table.spec
    anchor = "QuarterEnd" if spec.quarter_end else "AsOf"
    fund = at(row, 0, fixed="c")
    period = at(block.codes, CODE_COLUMN + column, CALCULATION, fixed="r")
    return contract_call(report, spec.contract, spec.charges, fund, anchor, period)


def contract_call(report: Report, terms: Terms, charges: str, fund: str, day: str, period: str, basis: str = "Basis") -> str:
    """CONTRACT_AATR over the named tables, for cells with the fund, the last day and the period."""
    shares = "Shares[#All]" if report.inputs.shares is not None and charges != "asset" else ""
    last = "" if charges == "all" else f",{basis}"
    table = terms_table(terms, report.inputs.contracts)
    return f"CONTRACT_AATR({table}[#All],UnitValues[#All],{fund},{day},{period},{shares},Funds[#All]{last})"


def figure_call(
    report: Report, measure: str, terms: Terms, charges: str, cells: Sequence[str], basis: str = "Basis", charge: str = ""
) -> str:
    """CONTRACT_FIGURE over the named tables; ``cells``: those of the fund, the last day and the period."""
    shares = "Shares[#All]" if report.inputs.shares is not None and charges != "asset" else ""
    last = ("" if charges == "all" else basis) + (f",{charge}" if charge else "")
    table = terms_table(terms, report.inputs.contracts)
    asked = f"{measure},{table}[#All],UnitValues[#All],{','.join(cells)},{shares},Funds[#All],{last}"
    return f"CONTRACT_FIGURE({asked.rstrip(',')})"


def _rates(book: Book, sheet: Any, inputs: Inputs, row: int, last: int) -> None:
    """Declared interest rates, the newest dates that there is room for; the latest of each other kind on a line of its own.

    Each cell asks the table InterestRates by kind and place, so the page follows whatever rows a refresh puts there.
    """
    section = book.format("section")
    sheet.merge_range(row, 1, row, last, "", section)
    book.value(sheet, row, 1, "Interest rates (a year; before contract charges)", section)
    body, kinds = [list(line) for line in inputs.rate_rows], rate_kinds(inputs)
    title, row = row, row + 1
    for kind in kinds:
        many = kind == kinds[0]
        date_row, rate_row = (row, row + 1) if many else (row, row)
        book.value(sheet, date_row, 0, kind, book.format("grey"))
        named = at(date_row, 0, fixed="c")
        columns = range(FIRST_RATE_COLUMN, last + 1) if many else range(2, 3)
        for column in columns:
            place = last - column + 1 if many else 1
            which = f"COLUMNS({at(title, column)}:{at(title, last, fixed='c')})" if many else ""
            asked = f"DECLARED_DATE(InterestRates[#All],{named},{which}".rstrip(",") + ")"
            day = _rate_date(body, kind, place)
            shown = _rate_day(book, sheet, date_row, column, day) if many else _left_day(book)
            formula = f"_xlfn.IFNA({asked},NoText&NoText)"
            if many:  # where there are fewer, nobody needs to be asked: a program without the functions shows nothing too
                here = f"COLUMNS({at(title, column)}:{at(title, last, fixed='c')})"
                formula = f"IF({_count(body, kinds, named)}<{here},NoText&NoText,{formula})"
            book.formula(sheet, date_row, column, formula, day, shown)
            rate_column = column if many else column + 1  # left of the dates, which are not its own
            fmt = book.format(num_format=PERCENT, align="right" if many else "left", shrink=column < FIGURE_COLUMN and many)
            _rate(book, sheet, rate_row, rate_column, at(date_row, column), named, body, day, kind, fmt)
        if many:
            _earlier_rates(book, sheet, rate_row, title, last, named, body, kind)
        label = f"{kind.capitalize()} rate"
        book.value(sheet, rate_row, 1, label, None if many else book.format(shrink=True))
        row = rate_row + 1
    _other_kinds(book, sheet, row, body, kinds, title + 1)


def _count(body: Any, kinds: Sequence[str], named: str) -> str:
    """At least how many effective dates the table has for a kind of rate, as a native formula."""
    if len(kinds) > 1 and _counted_alike(body, kinds):
        return f"COUNTIF(InterestRates[{RATE_TABLE.columns[1].name}],{named})"
    return f"ROWS(InterestRates[{RATE_TABLE.columns[0].name}])"


def _counted_alike(body: Any, kinds: Sequence[str]) -> bool:
    """Whether every program counts the rates of a kind alike: kinds in plain words, without blanks around them."""
    plain = len(body[0]) == 3 and all(map(_WORDS.fullmatch, kinds))
    return plain and all(str(line[1]) == str(line[1]).strip() for line in body)


def _rate_date(body: Any, kind: str, place: int) -> Any:
    """An effective date as its cell shows it: nothing where there are fewer."""
    try:
        return dated_series.rate_date(body, kind, place)
    except MissingData:
        return ""
    except FlexExtraError as error:
        return error


def _rate_day(book: Book, sheet: Any, row: int, column: int, day: Any) -> Any:
    """The format of a declared date; a place that waits for a later month is shaded once it has one."""
    narrow = {"text_wrap": False, "shrink": True} if column < FIGURE_COLUMN else {}
    if day != "":
        return book.format("head", num_format=SHORT_DATE, align="right", bottom=0, **narrow)
    here = at(row, column)
    filled = {"type": "formula", "criteria": f"=ISNUMBER({here})", "format": book.format(bg_color=PALE)}
    sheet.conditional_format(row, column, row, column, filled)
    return book.format("bold", num_format=SHORT_DATE, align="right", valign="vcenter", **narrow)


def _earlier_rates(book: Book, sheet: Any, row: int, title: int, last: int, named: str, body: Any, kind: str) -> None:
    """Say that there are more declared dates than the page has room for."""
    words, beyond = "earlier ones: sheet Interest rates", FIRST_RATE_COLUMN - 1
    book.value(sheet, row, 0, words, book.format("grey", shrink=True))
    more = f"DECLARED_DATE(InterestRates[#All],{named},COLUMNS({at(title, beyond)}:{at(title, last, fixed='c')}))"
    value = "" if _rate_date(body, kind, last - beyond + 1) == "" else words
    text = f"IF(ISNUMBER({more}),{or_blank(at(row, 0))},NoText&NoText)"
    book.formula(sheet, row, 2, text, value, book.format("grey"))


_WORDS = re.compile(r"[A-Za-z]+( [A-Za-z]+)*")  # which every program counts alike


def _other_kinds(book: Book, sheet: Any, row: int, body: Any, kinds: Sequence[str], first: int) -> None:
    """Say that the table has a kind of rate of which the page has no line."""
    if not _counted_alike(body, kinds):
        return
    words, column = "Another kind of rate: see the sheet Interest rates", f"InterestRates[{RATE_TABLE.columns[1].name}]"
    book.value(sheet, row, 0, words, book.format("grey", shrink=True))
    rows = [first, *range(first + 2, first + 1 + len(kinds))]
    counted = "+".join(f"COUNTIF({column},{at(one, 0)})" for one in rows)
    text = f"IF(ROWS({column})={counted},NoText&NoText,{or_blank(at(row, 0))})"
    book.formula(sheet, row, 1, text, "", book.format("label"))


def _left_day(book: Book) -> Any:
    return book.format(num_format=f'"from "{SHORT_DATE}', align="left")


def _rate(
    book: Book, sheet: Any, row: int, column: int, at_day: str, named: str, body: Any, day: Any, kind: str, fmt: Any
) -> None:
    try:
        value: Any = dated_series.rate_in_force(body, day, kind) if isinstance(day, datetime.date) else day
    except FlexExtraError as error:
        value = error
    asked = f"DECLARED_RATE(InterestRates[#All],{at_day},{named})"
    book.formula(sheet, row, column, f"IF(ISTEXT({at_day}),NoText&NoText,{asked})", value, fmt)
