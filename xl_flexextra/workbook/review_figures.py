"""Workings and Review: each published figure by two routes, every step in its own column, one formula down a column."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .. import periods
from .. import report as reports
from ..review import closed_form as cf
from ..review.closed_form import Closed
from ..terms import Terms
from ..tie_out import KNOWN, OPEN, ROUNDING, TIES
from . import review_steps
from .book import DATE, PERCENT, UNIT, at, cached, place_of
from .data_sheets import FIRST_ROW, FUNDS, PUBLISHED, terms_table
from .review_book import (
    BAD,
    CONTROLS,
    INPUT_FILL,
    PROBE,
    RESULT_FILL,
    SEE_CONTROLS,
    SIGNED_TOO_SOON,
    WORKING_FILL,
    WORKINGS,
    Plan,
    ReviewBook,
    present,
    setting,
)
from .review_contracts import Places
from .tie_sheet import headline, without_figure

MISSING = 5, 4  # where Review says how many figures could not be computed
TOP = 7  # first row of figures, on both sheets


@dataclass(frozen=True)
class Figure:
    """One published figure under review."""

    tied: Any
    code: str  # the period as the table computes it: 10Y_OR_SI_FUND
    fund: str
    terms: Terms
    contract_column: int
    closed: Closed

    @property
    def before(self) -> bool:
        """Whether it is a return before contract charges."""
        return not self.tied.published.contract


class Figures:
    """All figures under review, and where their workings stand."""

    def __init__(self, plan: Plan) -> None:
        self.plan, inputs = plan, plan.inputs
        codes = [plan.contract_code(t).casefold() for t in plan.contracts]
        self.items: list[Figure] = []
        for tied in plan.report.tied:
            published = tied.published
            column = codes.index((published.contract or cf.BEFORE).casefold())
            code = reports.route(plan.report, published).code
            fund, terms = inputs.funds.code(published.fund), plan.contracts[column]
            closed = cf.closed_form(inputs, terms, fund, code, published.as_of, not published.contract)
            self.items.append(Figure(tied, code, fund, terms, column, closed))
        self.charges = max((f.closed.charges for f in self.items), default=1)
        steps = [f"cancelled {k}" for k in range(1, self.charges + 1)]
        names = [*review_steps.BEFORE_STEPS, *steps, *review_steps.AFTER_STEPS]
        self.column = {name: place for place, name in enumerate(names)}
        self.last_row = TOP + len(self.items) - 1

    def cell(self, name: str, row: int, sheet: str = "") -> str:
        """The address of a step of the figure in a row."""
        return at(row, self.column[name], sheet)

    def area(self, name: str, sheet: str = WORKINGS) -> str:
        """A step's whole column, absolute."""
        column = self.column[name]
        cells = f"{at(TOP, column, fixed='rc')}:{at(self.last_row, column, fixed='rc')}"
        return f"{sheet}!{cells}" if sheet else cells


def workings_sheet(book: ReviewBook, sheet: Any, figures: Figures, places: Places) -> None:
    """Write the workings."""
    book.heading(
        sheet, "Workings: every figure by the closed form",
        "V = Un x (P/U0 - sum of C w/Uk); ERV = V - c x (V - free); T = (ERV/P)^(1/n) - 1. A row a figure, a column a step, "
        "the same formula down each column.", figures.plan.inputs.label,
    )  # fmt: skip
    head, column = TOP - 1, figures.column
    for name, place in column.items():
        title = review_steps.TITLES.get(name) or "units cancelled C w/Uk"
        side = "left" if name in review_steps.LEFT else "right"
        book.value(sheet, head, place, title, book.format("head", bg_color=WORKING_FILL, align=side))
        sheet.set_column(place, place, review_steps.WIDTHS.get(name, 13))
    book.value(sheet, head - 1, 0, "number of the charge", book.format("grey"))
    first = column["cancelled 1"]
    for k in range(figures.charges):
        formula = "FirstContractYear" if not k else f"{at(head - 1, first + k - 1)}+FirstContractYear"
        book.formula(
            sheet, head - 1, first + k, formula, k + setting("FirstContractYear"), book.format("grey", align="right")
        )
    for row, figure in enumerate(figures.items, start=TOP):
        for name, place in column.items():
            if name == "number":
                book.value(sheet, row, place, row - TOP + 1, book.format("grey", align="left"))
            elif name != "function":
                formula = _formula(name, row, figures, places)
                number = review_steps.FORMATS.get(name, UNIT if name.startswith("canc") else "General")
                fmt = book.format(num_format=number, **({"align": "left"} if name in review_steps.LEFT else {}))
                value = _value(name, figure, figures)
                if name == "period":
                    book.value(sheet, row, place, figure.code, book.format("text", bg_color=INPUT_FILL))
                elif formula:
                    book.formula(sheet, row, place, formula, value, fmt)
                else:
                    book.value(sheet, row, place, value, fmt)
    _function_route(book, sheet, figures)
    sheet.freeze_panes(TOP, 6)
    sheet.repeat_rows(head)
    sheet.repeat_columns(0, column["period"])
    sheet.set_print_scale(50)  # pages side by side, each with the figures' names: on one page the figures could not be read


def _function_route(book: ReviewBook, sheet: Any, figures: Figures) -> None:
    """One call fills the column for each run of figures of one contract, last day and choice of charges."""
    column, shared = figures.column, figures.plan.inputs.shares is not None
    numbered = list(enumerate(figures.items, start=TOP))
    for (terms_column, _), run in itertools.groupby(
        numbered, key=lambda n: (n[1].contract_column, n[1].tied.published.as_of)
    ):
        group = list(run)
        first, last, figure = group[0][0], group[-1][0], group[0][1]
        terms = figures.plan.contracts[0] if figure.before else figures.plan.contracts[terms_column]
        funds, codes = (f"{at(first, column[n], fixed='c')}:{at(last, column[n], fixed='c')}" for n in ("fund", "period"))
        shares = "Shares[#All]" if shared and not figure.before else ""
        basis = ",AssetBasis" if figure.before else ""
        call = (
            f"CONTRACT_AATR({terms_table(terms)}[#All],UnitValues[#All],{funds},{at(first, column['as_of'])},{codes},"
            f"{shares},Funds[#All]{basis})"
        )
        rows = [[_number(f.tied.recomputed)] for _, f in group]
        book.spill(sheet, first, column["function"], call, rows, book.format(num_format=review_steps.FORMATS["function"]))


def _number(value: Any) -> Any:
    return cached(value) if not isinstance(value, float) or value == value else ""


def _formula(name: str, row: int, figures: Figures, places: Places) -> str:
    """The formula of a step, the same in every row."""

    def c(step: str) -> str:
        return at(row, figures.column[step], fixed="c")

    def published(column: int) -> str:
        return at(FIRST_ROW + row - TOP, column, PUBLISHED)

    def unit_value(day: str) -> str:
        return present(f"INDEX(UnitValues[#Data],MATCH({day},UnitValues[valuation_date]),{c('fund_column')})")

    label = published(3)
    if name.startswith("cancelled"):
        number = at(TOP - 2, figures.column[name], fixed="r")
        day = f"MIN(EOMONTH({c('start')},{number}*MonthsAYear),{c('as_of')})"
        return f"IF({number}<={c('charges')},{c('charge')}/{unit_value(day)},NoCharge)"
    steps = f"{c('cancelled 1')}:{c(f'cancelled {figures.charges}')}"

    def by_contract(key_row: int) -> str:
        return f"INDEX({places.across(key_row)},{c('contract_column')})"

    def of_period(column: str) -> str:
        return f"INDEX(Periods[{column}],{c('period_row')})"

    inceptions = f"INDEX(Funds[[fund_inception]:[subaccount_inception]],{place_of(c('fund'), 'Funds[fund]')},"
    by_name = f"INDEX(Funds[fund],{place_of(label, 'Funds[printed_name]')})"
    by_alias = f"INDEX(Funds[fund],MATCH(AnyText&{label}&AnyText,Funds[aliases],FALSE()))"
    shared = figures.plan.inputs.shares is not None
    formulas = {
        "table": f"T({published(0)})",
        "contract": f"IF(ISBLANK({published(1)}),BeforeCode,{published(1)})",
        "as_of": published(2),
        "fund": f"IFERROR(INDEX(Funds[fund],{place_of(label, 'Funds[fund]')}),IFERROR({by_name},{by_alias}))",
        "period": "",
        "contract_column": place_of(c("contract"), places.across(places.codes)),
        "fund_column": place_of(c("fund"), "UnitValues[#Headers]"),
        "period_row": f"MATCH({c('period')},Periods[period],FALSE())",
        "months": f"{of_period('months')}+{of_period('months of the year so far')}*MONTH({c('as_of')})",
        "start": f"EOMONTH({c('as_of')},-{c('months')})",
        "charges": f"ROUNDUP({c('months')}/MonthsAYear,WholePlaces)",
        "years": f"IF(MOD({c('months')},MonthsAYear),({c('as_of')}-{c('start')})/DaysAYear,{c('months')}/MonthsAYear)",
        "inception": f"IF({of_period('inception column')},{inceptions}{of_period('inception column')}),{c('start')})",
        "share": f"IF({by_contract(places.charge)},INDEX(Shares[share],{place_of(c('fund'), 'Shares[fund]')}),NoCharge)"
        if shared
        else "NoCharge",
        "charge": f"{by_contract(places.charge)}*{c('share')}",
        "first": unit_value(c("start")),
        "last": unit_value(c("as_of")),
        "bought": f"{by_contract(places.number('payment.amount'))}/{c('first')}",
        "left": f"MAX({c('bought')}-SUM({steps}),NoCharge)",
        "value": f"{c('left')}*{c('last')}",
        "free": f"{by_contract(places.number('free_withdrawal.rate'))}*{c('value')}",
        "rate": f"IF({c('charges')},INDEX({places.rates},{c('charges')},{c('contract_column')}),NoCharge)",
        "cdsc": f"{c('rate')}*({c('value')}-{c('free')})",
        "erv": f"{c('value')}-{c('cdsc')}",
        "outside": f"{by_contract(places.broken)}+{of_period('outside')}+N({c('start')}<{c('inception')})"
        f"{begins_substituted(figures.plan, c('start'), c('fund'))}"
        f"+N({c('as_of')}<EOMONTH({c('as_of')},WholePlaces))"
        f"+{places.at_inception(c('contract_column'), c('first'))}",
        "native": f"IF({c('outside')},OutsideForm,_xlfn.RRI(MAX({c('years')},ShortPeriod),"
        f"{by_contract(places.number('payment.amount'))},{c('erv')}))",
    }
    return formulas[name]


def begins_substituted(plan: Plan, start: str, fund: str) -> str:
    """One more broken rule for a period that begins before its fund was substituted; nothing where no fund was."""
    if not any(one.predecessor for one in plan.inputs.funds.items):
        return ""
    return f"+N({start}<INDEX(Funds[substituted_on],{place_of(fund, 'Funds[fund]')}))"


def _value(name: str, figure: Figure, figures: Figures) -> Any:
    """The true value of a step."""
    published, closed = figure.tied.published, figure.closed
    if name.startswith("cancelled"):
        place = int(name.split()[1]) - 1
        return closed.cancelled[place] if place < len(closed.cancelled) else 0.0
    inputs = figures.plan.inputs
    columns = [f.casefold() for f in inputs.unit_values.funds]
    values: dict[str, Callable[[], Any]] = {
        "table": lambda: published.table,
        "contract": lambda: published.contract or cf.BEFORE,
        "as_of": lambda: published.as_of,
        "fund": lambda: figure.fund,
        "contract_column": lambda: figure.contract_column + 1,
        "fund_column": lambda: columns.index(figure.fund.casefold()) + 2 if figure.fund.casefold() in columns else "#N/A",
        "period_row": lambda: period_codes(figures.plan).index(figure.code) + 1,
        "inception": lambda: closed.inception or closed.start,
        "first": lambda: closed.first_unit_value,
        "last": lambda: closed.last_unit_value,
        "rate": lambda: closed.cdsc_rate,
        "native": lambda: closed.result if closed.result is not None else setting("OutsideForm"),
    }
    return values[name]() if name in values else getattr(closed, name, "")


def period_codes(plan: Plan) -> list[str]:
    """Every period of the figures and of the tables, then whole years up to ten for the probe."""
    codes = [code for table in plan.report.tables for code in table.spec.periods]
    codes += [periods.parse(p.period).code for p in plan.inputs.published]
    return list(dict.fromkeys([*codes, "YTD", "1Y", "2Y", "3Y", "5Y", "7Y", "10Y"]))


# --- the review itself -----------------------------------------------------------------------------------------------

COLUMNS = (
    "no.", "table", "contract", "as of", "fund", "period", "published", "by worksheet function", "by native formulas",
    "function - published", "native - published", "routes apart", "verdict", "known break", "reviewer's note", "checked by",
    "steps", "probe",
)  # fmt: skip
(NO, TABLE, CONTRACT, AS_OF, FUND, PERIOD, PUBLISHED_AT, FUNCTION, NATIVE, APART_F, APART_N, ROUTES, VERDICT, KNOWN_AT,
 NOTE, CHECKED, STEPS, PROBED) = range(18)  # fmt: skip
WIDTHS = (5, 25, 9, 11, 30, 8, 10, 12, 12, 10, 10, 10, 15, 20, 30, 10, 7, 7)


def review_sheet(book: ReviewBook, sheet: Any, figures: Figures) -> None:
    """Write the review: published, both routes, differences, verdict, the reviewer's columns."""
    plan = figures.plan
    book.heading(
        sheet, "Review: every published figure by two routes",
        "Differences in hundredths of a percent, as printed. Yellow cells are for the reviewer. 'steps' shows the figure's "
        "calculation; on Probe, type its number.", plan.inputs.label,
    )  # fmt: skip
    head = TOP - 1
    book.head(sheet, head, COLUMNS, fill=RESULT_FILL)
    percent, hundredths = book.format(num_format=PERCENT), book.format(num_format='0;[Red]-0;"–"', align="right")
    exact, fill = book.format(num_format="0.000000%", align="right"), book.format("wrap", bg_color=INPUT_FILL)
    day, apart = book.format(num_format=DATE, align="left"), book.format(num_format='0.0E+00;-0.0E+00;"–"', align="right")
    for row, figure in enumerate(figures.items, start=TOP):
        published, closed = figure.tied.published, figure.closed
        source = FIRST_ROW + row - TOP
        recomputed, native = figure.tied.recomputed, closed.result
        book.formula(sheet, row, NO, figures.cell("number", row, WORKINGS), row - TOP + 1, book.format("grey", align="left"))
        for place, step in ((TABLE, "table"), (CONTRACT, "contract")):
            book.formula(sheet, row, place, figures.cell(step, row, WORKINGS), _value(step, figure, figures))
        book.formula(sheet, row, AS_OF, figures.cell("as_of", row, WORKINGS), published.as_of, day)
        fund = plan.inputs.funds.get(figure.fund)
        name = f"INDEX(Funds[printed_name],{place_of(figures.cell('fund', row, WORKINGS), 'Funds[fund]')})"
        book.formula(sheet, row, FUND, name, (fund.printed_name or 0.0) if fund else "#N/A")
        book.formula(sheet, row, PERIOD, at(source, 4, PUBLISHED), published.period)
        book.formula(sheet, row, PUBLISHED_AT, at(source, 5, PUBLISHED), published.value, percent)
        ours = _number(recomputed)
        book.formula(sheet, row, FUNCTION, figures.cell("function", row, WORKINGS), ours, exact)
        shown = native if native is not None else setting("OutsideForm")
        book.formula(sheet, row, NATIVE, figures.cell("native", row, WORKINGS), shown, exact)
        by_function = isinstance(ours, float)
        for place, of, value in ((APART_F, FUNCTION, ours if by_function else None), (APART_N, NATIVE, native)):
            cell = at(row, of, fixed="c")
            apart_by = f"(ROUND({cell},PrintedPlaces)-{at(row, PUBLISHED_AT)})/PrintedUnit"
            formula = f"IF(ISNUMBER({cell}),ROUND({apart_by},WholePlaces),{cell})"
            difference: Any = _hundredths(value, published.value) if value is not None else (shown if of == NATIVE else ours)
            book.formula(sheet, row, place, formula, difference, hundredths)
        a, b = at(row, FUNCTION), at(row, NATIVE)
        relative = f"ROUND(({b}-{a})/MAX(ABS({a}),PrintedUnit),RoutePlaces)"
        formula = f"IF(ISNUMBER({b}),IF(ISNUMBER({a}),{relative},{a}),{b})"
        distance: Any = shown if native is None else ours
        if native is not None and by_function:
            distance = (
                native
                if native != native
                else round((native - ours) / max(abs(ours), setting("PrintedUnit")), setting("RoutePlaces")) + 0.0
            )
        book.formula(sheet, row, ROUTES, formula, distance, apart)
        book.formula(sheet, row, VERDICT, _verdict_formula(row), verdict(figure), book.format("bold", indent=1))
        book.formula(sheet, row, KNOWN_AT, f"T({at(source, 6, PUBLISHED)})", published.known_break)
        for place in (NOTE, CHECKED):
            book.value(sheet, row, place, "", fill)
        link = book.format("link")
        sheet.write_url(row, STEPS, f"internal:'{WORKINGS}'!A{row + 1}", link, "steps", "Every step of this figure")
        tip = f"On Probe, type {row - TOP + 1} as the figure's number"
        sheet.write_url(row, PROBED, f"internal:'{PROBE}'!C5", link, f"no. {row - TOP + 1}", tip)
    _summary(book, sheet, figures)
    sheet.autofilter(head, 0, figures.last_row, len(COLUMNS) - 1)
    area = f"{at(TOP, VERDICT)}:{at(figures.last_row, VERDICT)}"
    book.red(sheet, area, at(TOP, VERDICT), "Ties")
    for place in (NATIVE, APART_N, ROUTES):
        book.outside(sheet, TOP, place, figures.last_row, place)
    bad = book.file.add_format({"bg_color": "#FDE2E2", "font_color": "#B00020", "bold": True})
    for place, limit in ((APART_F, "NoCharge"), (APART_N, "NoCharge"), (ROUTES, "Tolerance")):
        cells = f"{at(TOP, place)}:{at(figures.last_row, place)}"
        criteria = f"=IFERROR(ABS({at(TOP, place)})>{limit},TRUE)"
        sheet.conditional_format(cells, {"type": "formula", "criteria": criteria, "format": bad})
    sheet.freeze_panes(TOP, 0)
    sheet.repeat_rows(head)
    sheet.print_area(0, 0, figures.last_row, CHECKED)


def _hundredths(value: float, published: float) -> float:
    from ..numbers import rounded

    places, unit = setting("PrintedPlaces"), setting("PrintedUnit")
    apart = (rounded(value, places) - published) / unit
    return float(round(apart)) + 0.0 if apart == apart else apart


def _verdict_formula(row: int) -> str:
    function, known, published = at(row, FUNCTION), at(row, KNOWN_AT), at(row, PUBLISHED_AT)
    differences = f"SUMSQ({at(row, APART_F)}:{at(row, APART_N)})"
    near = f"IF(ABS({function}-{published})<PrintedUnit,Rounding,StillOpen)"
    return f"IF(ISNUMBER({function}),IF({differences},IF(LEN({known}),KnownBreak&{known},{near}),Ties),StillOpen)"


def verdict(figure: Figure) -> str:
    """The verdict that the formula gives."""
    published, value = figure.tied.published, figure.tied.recomputed
    if not isinstance(value, float) or value != value:
        return OPEN
    native = figure.closed.result
    apart = abs(_hundredths(value, published.value))
    if native is not None:
        apart += abs(_hundredths(native, published.value))
    if apart != apart:
        return "#N/A"
    if not apart:
        return TIES
    if published.known_break:
        return f"{KNOWN}: {published.known_break}"
    return ROUNDING if abs(value - published.value) < setting("PrintedUnit") else OPEN


def _summary(book: ReviewBook, sheet: Any, figures: Figures) -> None:
    """How many tie, how far the routes are apart, and whether the review is signed."""
    verdicts = f"{at(TOP, VERDICT)}:{at(figures.last_row, VERDICT)}"
    _without_figure(book, sheet, figures)
    headline(
        book, sheet, (3, 1), verdicts, "Ties", [verdict(f) for f in figures.items], f"LEN({at(*MISSING, fixed='rc')})>0"
    )
    book.value(sheet, 3, 4, "controls off", book.format("bold", align="right"))
    book.formula(sheet, 3, 5, "ControlsOff", figures.plan.evidence_off, book.format("bold", align="left"))
    book.off_look(sheet, 3, 5)
    for place, role in ((FUNCTION, "Preparer"), (VERDICT, "Reviewer")):
        book.value(sheet, 3, place - 1, role, book.format("bold", align="right"))
        book.formula(sheet, 3, place, f"{role}Status", sign_status(figures.plan, role), book.format("bold", align="left"))
        book.bad(sheet, (3, place, 3, place), SIGNED_TOO_SOON.format(at(3, place)), SEE_CONTROLS)
        book.red(sheet, at(3, place), at(3, place, fixed="rc"), "Signed")
    book.value(sheet, 4, FUNCTION - 1, "Update to", book.format("bold", align="right"))
    book.formula(sheet, 4, FUNCTION, "AsOf", figures.plan.inputs.as_of, book.format("bold", align="left", num_format=DATE))
    native, count = f"{at(TOP, NATIVE)}:{at(figures.last_row, NATIVE)}", len(figures.items)
    outside = sum(f.closed.result is None for f in figures.items)
    line = f"NativeRoute&ROWS({native})-COUNTIF({native},OutsideForm)&OutOf&ROWS({native})&SeeContracts"
    words = [setting(name) for name in ("NativeRoute", "OutOf", "SeeContracts")]
    shown = f"{words[0]}{count - outside}{words[1]}{count}{words[2]}" if outside else ""
    book.formula(sheet, 5, 1, f"IF(COUNTIF({native},OutsideForm),{line},T(NoText))", shown, book.format("bold"))
    sheet.write_url(4, 1, f"internal:'{CONTROLS}'!A1", book.format("link"), "Controls and sign-off")
    sheet.write_url(4, 4, f"internal:'{FUNDS}'!A1", book.format("link"), "Inputs begin here")


def _without_figure(book: ReviewBook, sheet: Any, figures: Figures) -> None:
    """How many figures the functions did not compute; nothing where they computed all."""
    function = figures.area("function")
    count = without_figure([f.tied for f in figures.items])
    formula = f"IF(COUNT({function})<ROWS({function}),ROWS({function})-COUNT({function})&WithoutFigure,T(NoText))"
    shown = f"{count}{setting('WithoutFigure')}" if count else ""
    book.live(sheet, *MISSING, formula, shown, book.format("bold", font_color=BAD))


def sign_status(plan: Plan, role: str) -> str:
    """The sign-off status of a role as the Controls sheet shows it, once the plan knows the package's mark."""
    return str(plan.evidence.statuses.get(role, setting("NotSigned")))
