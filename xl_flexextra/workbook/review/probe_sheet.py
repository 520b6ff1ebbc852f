"""The probe: one figure, chosen by drop-downs or by its number, walked year by year by both routes."""

from __future__ import annotations

import contextlib
from typing import Any

from ...calculation import contract_figures, explain
from ...calculation.path_table import path_table
from ...cells.rounding import rounded
from ...errors import FlexExtraError
from ...inputs.fund_names import key
from ...inputs.fund_table import FUND_TABLE
from ...review import closed_form as cf
from ..book import DATE, MONEY, PERCENT, RED, UNIT, area, at, cached, percent, place_of
from ..data_sheets import FIRST_ROW
from ..layout import FUNDS, PROBE, REVIEW, SETTINGS
from .book import FIRST_PERIOD, INPUT_FILL, RESULT_FILL, WORKING_FILL, Plan, ReviewBook, setting, unit_value
from .contracts_sheet import Places
from .figures import period_codes
from .steps import Figures, not_the_funds
from .workings_sheet import PUBLISHED_AT

LABEL, CHOICE, USED = 0, 2, 3
NUMBER, CONTRACT, AS_OF, FUND, PERIOD = range(4, 9)
STEP_LABEL, STEP = 5, 7  # the steps, right of the choices
WALK = 19  # first row of the walk
DAYS_COLUMN = 15
NOT_EXPLAINED = (
    "EXPLAIN_RETURN, which says in a sentence how the figure came about, has no native form: it needs the add-in."
)
VALUE, ALL_CHARGES = "value", "all charges"
FIVE = ("date", "unit value", "value before charge", ALL_CHARGES, VALUE)
_STEPS = (
    "contract's column", "fund's column", "period's row", "months", "first day", "charges, contract year", "years n",
    "share w", "charge C w", "CDSC rate", "rules broken", "rows of the walk",
)  # fmt: skip


class Probe:
    """The choice that the file opens with, and what it gives."""

    def __init__(self, plan: Plan, figures: Figures) -> None:
        inputs = plan.inputs
        self.plan = plan
        self.terms, self.place = inputs.contracts[0], 0
        codes = [f.code for f in inputs.funds.items]
        self.fund = "EQUITY" if "EQUITY" in codes else codes[0]
        self.period, self.as_of = "5Y", inputs.as_of
        self.closed = cf.closed_form(inputs, self.terms, self.fund, self.period, self.as_of, False)
        grid = contract_figures.figures_of(self.terms, inputs.unit_values, self.as_of, inputs.shares, inputs.funds, "all")
        self.path: list[dict[str, Any]] = []  # the days of CONTRACT_PATH, by its headings
        self.value_column, self.first_row = 0, 0
        self.sentence: str
        try:
            self.value: Any = contract_figures.blank_if_left_out(grid.figure(self.fund, self.period))
        except FlexExtraError as error:
            self.value = cached(error)
        try:
            result = grid.result(self.fund, self.period)
            header, *rows = path_table(grid, result)
            self.path = [dict(zip(header, row, strict=True)) for row in rows if row[1] != ""]
            self.value_column, self.first_row = header.index(VALUE) + 1, len(rows) - len(self.path) + 2
            self.sentence = explain.sentence(grid, result)
        except FlexExtraError as error:
            self.sentence = str(error)
        takes = self.closed.charge != 0
        if plan.dated_shares:  # a fund may get its share later
            known = [row[-1] for row in inputs.share_rows[1:] if key(row[1]) == key(self.fund) and row[0] <= self.as_of]
            takes = bool(self.closed.dollars and any(known))
        outside = self.closed.outside
        self.rows = -1 if outside else (self.closed.charges if takes else 1)
        self.last = _longest_walk(plan, figures, len(self.path))


MOST_ROWS = 130  # a walk of ten years by the month; of a longer one the sheet says how much more there is


def _longest_walk(plan: Plan, figures: Figures, first: int) -> int:
    """The number of the last row that a figure's walk needs, by either route."""
    inputs, longest = plan.inputs, max(first, figures.charges + 1)
    for figure in figures.items:
        if not figure.before:
            day = figure.tied.published.as_of
            grid = contract_figures.figures_of(figure.terms, inputs.unit_values, day, inputs.shares, inputs.funds, "all")
            with contextlib.suppress(FlexExtraError):
                longest = max(longest, len(grid.result(figure.fund, figure.code).dates))
    return min(longest, MOST_ROWS) - 1


def probe_sheet(book: ReviewBook, sheet: Any, figures: Figures, places: Places) -> None:
    """Write the probe."""
    plan = figures.plan
    probe = Probe(plan, figures)
    book.heading(
        sheet, "Probe: one figure, step by step",
        "Type a figure's number from Review, or leave it empty and choose in the yellow cells. Both routes must agree to "
        "the last digit shown.", plan.inputs.label,
    )  # fmt: skip
    _choices(book, sheet, figures, probe, places)
    _steps(book, sheet, plan, probe, places)
    _results(book, sheet, figures, probe, places)
    _walk(book, sheet, figures, probe, places)
    sheet.print_area(0, 0, WALK + probe.last + 2, 13)
    sheet.freeze_panes(3, 0)


def _choices(book: ReviewBook, sheet: Any, figures: Figures, probe: Probe, places: Places) -> None:
    plan = figures.plan
    book.head(sheet, NUMBER - 1, ["Choose", "", "here", "in use"])
    book.value(sheet, NUMBER - 1, 3, "in use", book.format("head", align="left", indent=1))
    fill = {"bg_color": INPUT_FILL, "align": "left", "border": 1, "border_color": "#B08900", "bold": True}
    funds, code = plan.inputs.funds.items, FUND_TABLE.place("fund")
    days = sorted({plan.inputs.as_of, plan.inputs.quarter_end, *(p.as_of for p in plan.inputs.published)}, reverse=True)
    book.value(sheet, NUMBER - 1, DAYS_COLUMN, "last days", book.format("grey"))
    for row, day in enumerate(days, start=NUMBER):
        book.value(sheet, row, DAYS_COLUMN, day, book.format("grey", num_format=DATE))
    rows = (
        (NUMBER, "Figure's number, or empty", "", "General", "number", {"validate": "integer", "criteria": "between",
            "minimum": 1, "maximum": len(figures.items), "ignore_blank": True}),
        (CONTRACT, "Contract", plan.contract_code(probe.terms), "General", "contract",
            {"validate": "list", "source": f"={places.across(places.codes)}"}),
        (AS_OF, "Last day", probe.as_of, DATE, "as_of",
            {"validate": "list", "source": f"={area(NUMBER, DAYS_COLUMN, NUMBER + len(days) - 1, DAYS_COLUMN)}"}),
        (FUND, "Fund", probe.fund, "General", "fund",
            {"validate": "list", "source": f"={area(FIRST_ROW, code, FIRST_ROW + len(funds) - 1, code, FUNDS)}"}),
        (PERIOD, "Period", probe.period, "General", "period", {"validate": "list",
            "source": f"={area(FIRST_PERIOD, 0, FIRST_PERIOD + len(period_codes(plan)) - 1, 0, SETTINGS)}"}),
    )  # fmt: skip
    number = at(NUMBER, CHOICE, fixed="rc")
    for row, label, value, shown, step, validation in rows:
        book.value(sheet, row, LABEL, label, book.format("bold"))
        book.value(sheet, row, CHOICE, value, book.format("text", num_format=shown, **fill))
        sheet.data_validation(row, CHOICE, row, CHOICE, validation)
        if row != NUMBER:
            formula = f"IF(LEN({number}),INDEX({figures.area(step)},{number}),{at(row, CHOICE)})"
            fmt = book.format("bold", num_format=shown, align="left", indent=1, bg_color=WORKING_FILL)
            book.formula(sheet, row, USED, formula, value, fmt)


def _steps(book: ReviewBook, sheet: Any, plan: Plan, probe: Probe, places: Places) -> None:
    contract, as_of, fund, period = (at(r, USED, fixed="rc") for r in (CONTRACT, AS_OF, FUND, PERIOD))
    cell = {name: at(NUMBER + i, STEP, fixed="rc") for i, name in enumerate(_STEPS)}
    column, months, start = cell["contract's column"], cell["months"], cell["first day"]
    closed, inputs = probe.closed, plan.inputs
    row_of_period = cell["period's row"]

    def of_period(name: str) -> str:
        return f"INDEX(Periods[{name}],{row_of_period})"

    dollars = f"INDEX({places.across(places.charge)},{column})"
    inceptions = f"INDEX(Funds[[fund_inception]:[subaccount_inception]],{plan.row_of_fund(fund)},"
    since = f"IF({of_period('inception column')},{inceptions}{of_period('inception column')}),{start})"
    columns = list(map(key, inputs.unit_values.funds))
    fund_column = cell["fund's column"]
    first = unit_value(start, fund_column, _by_contract(places, "valuation.max_age_days"))
    broken = (
        f"INDEX({places.across(places.broken)},{column})+{of_period('outside')}+N({start}<{since})"
        f"+N({as_of}<EOMONTH({as_of},WholePlaces))+{places.at_inception(column, first)}"
        f"{not_the_funds(plan, start, as_of, fund)}"
    )
    charges, rules = cell["charges, contract year"], cell["rules broken"]
    takes = cell["charge C w"]
    if plan.dated_shares:  # a fund may get its share later
        takes = f"{dollars}*SUMPRODUCT((Shares[fund]={fund})*(Shares[effective_date]<={as_of})*Shares[share])"
    rows: list[tuple[str, Any, str]] = [
        (place_of(contract, places.across(places.codes)), probe.place + 1, "0"),
        (place_of(fund, "UnitValues[#Headers]"), columns.index(key(probe.fund)) + 2, "0"),
        (f"MATCH({period},Periods[period],FALSE())", period_codes(plan).index(probe.period) + 1, "0"),
        (f"{of_period('months')}+{of_period('months of the year so far')}*MONTH({as_of})", closed.months, "0"),
        (f"EOMONTH({as_of},-{months})", closed.start, DATE),
        (f"ROUNDUP({months}/MonthsAYear,WholePlaces)", closed.charges, "0"),
        (f"IF(MOD({months},MonthsAYear),({as_of}-{start})/DaysAYear,{months}/MonthsAYear)", closed.years, "0.0000"),
        (plan.share_of(dollars, fund, f"MIN(EOMONTH({start},MonthsAYear),{as_of})"), closed.share, PERCENT),
        (f"{dollars}*{cell['share w']}", closed.charge, '"$"0.0000'),
        (f"IF({charges},INDEX({places.rates},{charges},{column}),NoCharge)", closed.cdsc_rate, PERCENT),
        (broken, closed.outside, "0"),
        (f"IF({rules},-OneBroken,IF({takes},{charges},FirstContractYear))", probe.rows, '0;"outside"'),
    ]
    book.head(sheet, NUMBER - 1, ["It follows", "", ""], STEP_LABEL, WORKING_FILL)
    for row, (name, (formula, value, shown)) in enumerate(zip(_STEPS, rows, strict=True), start=NUMBER):
        book.value(sheet, row, STEP_LABEL, name, book.format("text"))
        book.formula(sheet, row, STEP, formula, value, book.format(num_format=shown, align="left", bg_color=WORKING_FILL))


def _call(plan: Plan, name: str) -> str:
    """A worksheet function over the chosen contract's terms."""
    column = at(NUMBER, STEP, fixed="rc")
    terms = ",".join(f"{plan.terms_table(t)}[#All]" for t in plan.contracts)
    fund, as_of, period = (at(r, USED, fixed="rc") for r in (FUND, AS_OF, PERIOD))
    shares = "Shares[#All]" if plan.inputs.shares is not None else ""
    return f"{name}(CHOOSE({column},{terms}),UnitValues[#All],{fund},{as_of},{period},{shares},Funds[#All])"


def _column(path: str, heading: str) -> str:
    """Which column of CONTRACT_PATH has a heading: there are as many columns of charges as the terms have."""
    return f"MATCH({heading},INDEX({path},PathHeader,NoCharge),NoCharge)"


def _by_contract(places: Places, key: str) -> str:
    """A number of the chosen contract's terms."""
    return f"INDEX({places.across(places.number(key))},{at(NUMBER, STEP, fixed='rc')})"


def _results(book: ReviewBook, sheet: Any, figures: Figures, probe: Probe, places: Places) -> None:
    """The figure by both routes, its parts, and the sentence."""
    plan, closed = figures.plan, probe.closed
    names = ("free amount", "CDSC base", "CDSC", "ERV", "T, unrounded", "T, as printed", "published")
    left, first = 9, NUMBER
    book.head(sheet, first - 1, ["The figure", ""], left, RESULT_FILL)
    book.head(sheet, first - 1, ["native", "function", "apart"], left + 2, RESULT_FILL, "right")
    column = at(NUMBER, STEP, fixed="rc")
    rows_of_walk = at(NUMBER + _STEPS.index("rows of the walk"), STEP, fixed="rc")
    end = f"INDEX({area(WALK, 5, WALK + probe.last, 5)},{rows_of_walk}+FirstContractYear)"
    years, rate, rules = (at(NUMBER + _STEPS.index(n), STEP, fixed="rc") for n in ("years n", "CDSC rate", "rules broken"))
    native = {n: at(first + i, left + 2, fixed="rc") for i, n in enumerate(names)}
    payment = f"INDEX({places.across(places.number('payment.amount'))},{column})"
    free_rate = f"INDEX({places.across(places.number('free_withdrawal.rate'))},{column})"
    inside = closed.result is not None

    def guarded(formula: str) -> str:
        return f"IF({rules},OutsideForm,{formula})"

    path = _call(plan, "CONTRACT_PATH")
    function_path = f"IFERROR(INDEX({path},ROWS({path}),{_column(path, '{}')}),T(NoText))"
    ends = probe.path[-1] if probe.path else dict.fromkeys(("free amount", "CDSC", "ERV"), "")
    decimals = probe.terms["rounding.decimals"]
    printed = [rounded(v, decimals + 2) if isinstance(v, float) else v for v in (closed.result, probe.value)]
    as_printed = f"({_by_contract(places, 'rounding.decimals')}+PercentPlaces)"
    called = at(first + 4, left + 3)
    match = "*".join(
        f"({figures.area(step)}={at(r, USED, fixed='rc')})"
        for step, r in (("contract", CONTRACT), ("as_of", AS_OF), ("fund", FUND), ("period", PERIOD))
    )
    published_area = f"{REVIEW}!{at(7, PUBLISHED_AT, fixed='rc')}:{at(figures.last_row, PUBLISHED_AT, fixed='rc')}"
    chosen = probe.place, probe.as_of, probe.fund, probe.period
    same = [f for f in figures.items if (f.contract_column, f.tied.published.as_of, f.fund, f.code) == chosen]
    known = same[0].tied.published.value if same else None
    published = f"IF(SUMPRODUCT({match}),SUMPRODUCT({match},{published_area}),T(NoText))"
    lines: list[tuple[str, Any, str, Any, str]] = [
        (guarded(f"{free_rate}*{end}"), closed.free, function_path.format("PathFree"), ends["free amount"], MONEY),
        (guarded(f"{end}-{native['free amount']}"), closed.value - closed.free, "", "", MONEY),
        (guarded(f"{rate}*{native['CDSC base']}"), closed.cdsc, function_path.format("PathCdsc"), ends["CDSC"], MONEY),
        (guarded(f"{end}-{native['CDSC']}"), closed.erv, function_path.format("PathErv"), ends["ERV"], MONEY),
        (guarded(f"_xlfn.RRI(MAX({years},ShortPeriod),{payment},{native['ERV']})"), closed.result,
         _call(plan, "CONTRACT_AATR"), probe.value, "0.00000000%"),
        (guarded(f"ROUND({native['T, unrounded']},{as_printed})"), printed[0],
         f"IF(ISNUMBER({called}),ROUND({called},{as_printed}),{called})", printed[1], percent(decimals)),
        (published, known if known is not None else "", "", "", percent(decimals)),
    ]  # fmt: skip
    for i, (name, (one, value, other, theirs, shown)) in enumerate(zip(names, lines, strict=True)):
        row = first + i
        big = {"bold": True, "font_size": 12} if name.startswith("T, as") else {}
        fmt = book.format("text", num_format=shown, align="right", bg_color=RESULT_FILL, **big)
        book.value(sheet, row, left, name, book.format("bold"))
        given = value if inside or name == "published" else setting("OutsideForm")
        book.formula(sheet, row, left + 2, one, given, fmt)
        book.outside(sheet, row, left + 2, row, left + 2)
        if other:
            book.formula(sheet, row, left + 3, other, theirs, fmt)
            _apart(book, sheet, row, left + 4, at(row, left + 2), at(row, left + 3), given, theirs)
    sheet.merge_range(WALK - 3, 0, WALK - 3, 13, "", book.format("wrap", bg_color=RESULT_FILL))
    explained = book.format("wrap", bg_color=RESULT_FILL)
    if book.native:
        book.value(sheet, WALK - 3, 0, NOT_EXPLAINED, explained)
    else:
        book.formula(sheet, WALK - 3, 0, _call(plan, "EXPLAIN_RETURN"), probe.sentence, explained)
    sheet.set_row(WALK - 3, 38)


def _apart(book: ReviewBook, sheet: Any, row: int, column: int, a: str, b: str, one: Any, other: Any) -> None:
    """The distance of two cells, zero where the routes agree; empty where one of them is no number."""
    both = isinstance(one, float) and isinstance(other, float)
    value = round(one - other, setting("DollarPlaces")) + 0.0 if both else ""
    formula = f"IF(ISNUMBER({a})*ISNUMBER({b}),ROUND({a}-{b},DollarPlaces),T(NoText))"
    text = f"IFERROR({formula},T(NoText))"
    book.formula(sheet, row, column, text, value, book.format(num_format='0.0E+00;-0.0E+00;"–"', align="right"))
    bad = book.file.add_format({"bg_color": "#FDE2E2", "font_color": RED, "bold": True})
    cell = at(row, column)
    options = {"type": "formula", "criteria": f"=IF(ISNUMBER({cell}),ABS({cell})>NoCharge,FALSE)", "format": bad}
    sheet.conditional_format(row, column, row, column, options)


def _walk(book: ReviewBook, sheet: Any, figures: Figures, probe: Probe, places: Places) -> None:
    """The walk, year by year: native columns, the function's columns, their distance."""
    plan, closed = figures.plan, probe.closed
    book.value(sheet, WALK - 2, 0, "native", book.format("subtitle"))
    beside = book.format("grey", align="right")  # runs out to the left, where the cells are empty
    book.value(sheet, WALK - 2, 6, "function: columns of CONTRACT_PATH", beside)
    book.value(sheet, WALK - 2, 12, "first day in row", beside)
    heads = ["no.", "day", "unit value", "value before charge", "charge", "value after"]
    book.head(sheet, WALK - 1, heads, 0, WORKING_FILL, "right")
    book.head(sheet, WALK - 1, [*heads[1:], "", "apart"], 7, WORKING_FILL, "right")
    path = _call(plan, "CONTRACT_PATH")
    for place in range(3):
        book.value(sheet, WALK - 2, 7 + place, place + 1, book.format("grey", bg_color=INPUT_FILL, align="right"))
    live = book.format("grey", bg_color=WORKING_FILL, align="right")
    found = f"IFERROR({_column(path, 'PathValue')},NoCharge)"
    book.formula(sheet, WALK - 2, 11, found, probe.value_column, live)
    first_day = f"IFERROR(MATCH(PathInvested,INDEX({path},NoCharge,COLUMNS({path})),NoCharge),NoCharge)"
    book.formula(sheet, WALK - 2, 13, first_day, probe.first_row, live)
    first_row = at(WALK - 2, 13, fixed="rc")
    start, as_of, fund = at(NUMBER + 4, STEP, fixed="rc"), at(AS_OF, USED, fixed="rc"), at(NUMBER + 1, STEP, fixed="rc")
    rows, charge = at(NUMBER + 11, STEP, fixed="rc"), at(NUMBER + 8, STEP, fixed="rc")
    if plan.dated_shares:
        dollars = f"INDEX({places.across(places.charge)},{at(NUMBER, STEP, fixed='rc')})"
        charge = f"{dollars}*{plan.share_of(dollars, at(FUND, USED, fixed='rc'), '{}')}"
    payment = f"INDEX(PaymentRow,{at(NUMBER, STEP, fixed='rc')})"
    shown = (None, DATE, UNIT, MONEY, MONEY, MONEY)
    value = float(plan.inputs.contracts[0]["payment.amount"])
    last = closed.first_unit_value
    for k in range(probe.last + 1):
        row, there = WALK + k, k <= probe.rows
        day = closed.start if not k else (closed.days[k - 1] if there and k < probe.rows else probe.as_of)
        unit = cf.unit_value(plan.inputs, probe.fund, day, probe.terms)
        before = value * unit / last if k else value
        charge_of_k = closed.charged[min(k, len(closed.charged)) - 1]
        taken = (min(charge_of_k, before) if before == before else before) if k else 0.0
        number = at(row, 0, fixed="c")
        when = f"IF({number}<{rows},EOMONTH({start},{number}*MonthsAYear),{as_of})"
        growth = f"{at(row - 1, 5)}*{at(row, 2)}/{at(row - 1, 2)}" if k else payment
        formulas = [
            f"{at(row - 1, 0)}+FirstContractYear" if k else "NoCharge",
            when if k else start,
            unit_value(at(row, 1), fund, _by_contract(places, "valuation.max_age_days")),
            growth,
            f"MIN({charge.format(at(row, 1))},{at(row, 3)})" if k else "NoCharge",
            f"{at(row, 3)}-{at(row, 4)}",
        ]
        values: list[Any] = [k, day, unit, before, taken, before - taken]
        for column, (formula, one) in enumerate(zip(formulas, values, strict=True)):
            text = f"IF({number}<={rows},{formula},T(NoText))" if column else formula
            fmt = book.format("grey" if not column else "text", num_format=shown[column] or "0", align="right")
            book.formula(sheet, row, column, text, one if there or not column else "", fmt)
        theirs = [probe.path[k].get(name, "") for name in FIVE] if k < len(probe.path) else None
        if theirs:
            theirs[3] = theirs[2] - theirs[4]
        for place in range(5):
            place_at = at(WALK - 2, 7 + place, fixed="r")
            formula = f"IFERROR(INDEX({path},{number}+{first_row},{place_at}),T(NoText))"
            if FIVE[place] == ALL_CHARGES:
                formula = f"IF(ISNUMBER({at(row, 11)}),{at(row, 9)}-{at(row, 11)},T(NoText))"
            one = theirs[place] if theirs else ""
            fmt = book.format("text", num_format=shown[place + 1] or "0", align="right")
            book.formula(sheet, row, 7 + place, formula, one, fmt)
        _apart(book, sheet, row, 13, at(row, 5), at(row, 11), before - taken if there else "", theirs[4] if theirs else "")
        if there:
            value, last = before - taken, unit
    if probe.last > figures.charges:  # rows for charges within a year: no numbers where neither route has a row
        first_more = WALK + figures.charges + 1
        unused = book.file.add_format({"font_color": "#FFFFFF"})
        criteria = f"=LEN({at(first_more, 1, fixed='c')}&{at(first_more, 7, fixed='c')})=NoCharge"
        options = {"type": "formula", "criteria": criteria, "format": unused}
        sheet.conditional_format(first_more, 0, WALK + probe.last, 0, options)
    area_of_walk = area(WALK, 13, WALK + probe.last, 13, PROBE)
    book.value(sheet, WALK + probe.last + 1, 11, "largest distance", book.format("grey"))
    bold = book.format("bold", num_format='0.0E+00;-0.0E+00;"–"', align="right")
    book.probed = bool(probe.path) and probe.rows >= 0
    largest = f"IF(COUNT({area_of_walk}),MAX({area_of_walk})-MIN({area_of_walk}),NotCompared)"
    book.live(sheet, WALK + probe.last + 1, 13, largest, 0.0 if book.probed else setting("NotCompared"), bold)
    book.define("ProbeApart", PROBE, WALK + probe.last + 1, 13)
    more = f"IFERROR(MAX(ROWS({path})-{at(WALK + probe.last, 0)}-{first_row},NoCharge),NoCharge)"
    note = book.format("bold", num_format='0" more rows of CONTRACT_PATH";;', align="left")
    book.formula(sheet, WALK + probe.last + 1, 7, more, max(len(probe.path) - probe.last - 1, 0), note)
    book.value(sheet, WALK + probe.last + 2, 0, _READING, book.format("grey"))


_READING = (
    "Read down: the payment buys units; each year the value grows with the unit value, and the charge is taken; at the end "
    "the CDSC is taken of what is not free; T is the rate that turns the payment into the ERV over n years."
)

__all__ = ["Probe", "probe_sheet"]
