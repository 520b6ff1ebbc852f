"""The steps of the workings, a column each: heading, width, number format, formula and value of a step in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from ...inputs.fund_names import key
from ...inputs.input_tables import PUBLISHED_TABLE
from ...review import closed_form as cf
from ...update import report
from ..book import DATE, MONEY, PERCENT, UNIT, at, place_of, quoted
from ..layout import PUBLISHED, WORKINGS
from .book import Plan, setting, unit_value
from .contracts_sheet import Places
from .figures import TOP, Figure, period_codes
from .other_figures import is_return

BEFORE_STEPS = (
    "number", "table", "contract", "as_of", "fund", "period", "contract_column", "fund_column", "period_row", "months",
    "start", "charges", "years", "inception", "share", "charge", "first", "last", "bought",
)  # fmt: skip
AFTER_STEPS = ("left", "value", "free", "rate", "cdsc", "erv", "outside", "native", "function")
EXACT, UNITS = "0.0000000000%", "0.00000000"
ROW, SOURCE = "\x01", "\x02"  # stand in a formula for a figure's row on Workings, and for that on Published


@dataclass(frozen=True)
class Step:
    """One step. ``formula`` is the same in every row, and "" where the step is typed or spills; ``left``: its alignment."""

    name: str
    title: str
    formula: str
    value: Callable[[Figure], Any]
    format: str = "General"
    width: float = 13
    left: bool = False

    def formula_in(self, row: int, source: int) -> str:
        """The formula in a row (counted from 0) for the figure in a row of Published."""
        return self.formula.replace(ROW, str(row + 1)).replace(SOURCE, str(source + 1))


def names(charges: int) -> list[str]:
    """The steps in their order, with as many charges as the longest walk has."""
    return [*BEFORE_STEPS, *(f"cancelled {k}" for k in range(1, charges + 1)), *AFTER_STEPS]


def not_the_funds(plan: Plan, start: str, end: str, fund: str) -> str:
    """One more broken rule for a period that begins before its fund was substituted, and for one that ends after its fund
    closed; nothing where no fund was, or did."""
    funds, row, found = plan.inputs.funds.items, plan.row_of_fund(fund), ""
    if any(one.predecessor for one in funds):
        found += f"+N({start}<INDEX(Funds[substituted_on],{row}))"
    if any(one.closed_on for one in funds):
        closed = f"N(INDEX(Funds[closed_on],{row}))"
        found += f"+IF({closed},N({closed}<{end}),NoCharge)"
    return found


class _Cells:
    """Addresses in a figure's own row, and the look-ups that several steps share."""

    def __init__(self, figures: Figures, places: Places) -> None:
        self.figures, self.places = figures, places

    def __call__(self, step: str) -> str:
        return f"${xl_col_to_name(self.figures.column[step])}{ROW}"

    def published(self, column: str) -> str:
        return f"{quoted(PUBLISHED)}!{xl_col_to_name(PUBLISHED_TABLE.place(column))}{SOURCE}"

    def unit_value(self, day: str, oldest: str = "") -> str:
        return unit_value(day, self("fund_column"), oldest)

    def by_contract(self, key_row: int) -> str:
        return f"INDEX({self.places.across(key_row)},{self('contract_column')})"

    def of_period(self, column: str) -> str:
        return f"INDEX(Periods[{column}],{self('period_row')})"

    def charge_day(self, number: str) -> str:
        """The day of the charge with a number."""
        return f"MIN(EOMONTH({self('start')},{number}*MonthsAYear),{self('as_of')})"

    def share(self, day: str) -> str:
        """The share in force on a day, where there is a charge to share."""
        return self.figures.plan.share_of(self.by_contract(self.places.charge), self("fund"), day)


def steps(figures: Figures, places: Places) -> list[Step]:
    """Every step, in the order of the columns."""
    c = _Cells(figures, places)
    found = [*_figure(c), *_days(c), *_units(c), *_cancelled(c), *_redemption(c)]
    assert [one.name for one in found] == list(figures.column)
    return found


def _closed(name: str) -> Callable[[Figure], Any]:
    return lambda figure: getattr(figure.closed, name)


def _figure(c: _Cells) -> list[Step]:
    """Which figure it is, as the sheet Published has it."""
    contract = f"IF(ISBLANK({c.published('contract')}),BeforeCode,{c.published('contract')})"
    return [
        Step("number", "no.", "", lambda f: f.number, width=5, left=True),
        Step("table", "table", f"T({c.published('table')})", lambda f: f.tied.published.table, width=26, left=True),
        Step(
            "contract",
            "contract",
            contract,
            lambda f: f.tied.published.contract or cf.BEFORE,
            width=c.figures.plan.beside_contracts([9], 0)[0],
            left=True,
        ),
        Step("as_of", "last day", c.published("as_of"), lambda f: f.tied.published.as_of, DATE, 11, left=True),
        Step("fund", "fund", c.published("fund"), lambda f: f.fund, width=22, left=True),
        Step("period", "period", "", lambda f: f.code, width=24, left=True),
    ]


def _days(c: _Cells) -> list[Step]:
    """Where contract, fund and period stand, and the days and years that follow."""
    funds = {key(fund): place for place, fund in enumerate(c.figures.plan.inputs.unit_values.funds, start=2)}
    codes = {code: place for place, code in enumerate(c.figures.codes, start=1)}
    inceptions = f"INDEX(Funds[[fund_inception]:[subaccount_inception]],{c.figures.plan.row_of_fund(c('fund'))},"
    which = c.of_period("inception column")
    months = f"{c.of_period('months')}+{c.of_period('months of the year so far')}*MONTH({c('as_of')})"
    years = f"IF(MOD({c('months')},MonthsAYear),({c('as_of')}-{c('start')})/DaysAYear,{c('months')}/MonthsAYear)"
    since = f"IF({which},{inceptions}{which}),{c('start')})"
    return [
        Step("contract_column", "contract's column", place_of(c("contract"), c.places.across(c.places.codes)),
             lambda f: f.contract_column + 1),
        Step("fund_column", "fund's column", place_of(c("fund"), "UnitValues[#Headers]"),
             lambda f: funds.get(key(f.fund), "#N/A")),
        Step("period_row", "period's row", f"MATCH({c('period')},Periods[period],FALSE())", lambda f: codes[f.code]),
        Step("months", "months", months, _closed("months")),
        Step("start", "first day", f"EOMONTH({c('as_of')},-{c('months')})", _closed("start"), DATE),
        Step("charges", "charges, contract year", f"ROUNDUP({c('months')}/MonthsAYear,WholePlaces)", _closed("charges")),
        Step("years", "years n", years, _closed("years"), "0.0000"),
        Step("inception", "inception if it counts", since, lambda f: f.closed.inception or f.closed.start, DATE),
    ]  # fmt: skip


def _units(c: _Cells) -> list[Step]:
    """The charge of the fund, the unit values of both ends, and the units that the payment buys."""
    oldest, first = c.by_contract(c.places.number("valuation.max_age_days")), c.charge_day("FirstContractYear")
    of_first = ", of the first charge" if c.figures.plan.dated_shares else ""
    charge = f"{c.by_contract(c.places.charge)}*{c('share')}"
    bought = f"{c.by_contract(c.places.number('payment.amount'))}/{c('first')}"
    return [
        Step("share", f"share w{of_first}", c.share(first), _closed("share"), PERCENT),
        Step("charge", f"charge C w{of_first and ', the first'}", charge, _closed("charge"), MONEY),
        Step("first", "first unit value U0", c.unit_value(c("start"), oldest), _closed("first_unit_value"), UNIT),
        Step("last", "last unit value Un", c.unit_value(c("as_of"), oldest), _closed("last_unit_value"), UNIT),
        Step("bought", "units bought P/U0", bought, _closed("bought"), UNITS),
    ]


def _cancelled(c: _Cells) -> list[Step]:
    """The units that each charge cancels."""
    found = []
    for k in range(c.figures.charges):
        number = at(c.figures.top - 2, c.figures.column[f"cancelled {k + 1}"], fixed="r")
        day, charge = c.charge_day(number), c("charge")
        if c.figures.plan.dated_shares:
            charge = f"{c.by_contract(c.places.charge)}*{c.share(day)}"
        formula = f"IF({number}<={c('charges')},{charge}/{c.unit_value(day)},NoCharge)"
        found.append(Step(f"cancelled {k + 1}", "units cancelled C w/Uk", formula, _units_cancelled(k), UNIT))
    return found


def _units_cancelled(k: int) -> Callable[[Figure], Any]:
    return lambda figure: figure.closed.cancelled[k] if k < len(figure.closed.cancelled) else 0.0


def _redemption(c: _Cells) -> list[Step]:
    """What is left, its value, the CDSC, and the return by both routes."""
    places, start, end = c.places, c("start"), c("as_of")
    cancelled = f"{c('cancelled 1')}:{c(f'cancelled {c.figures.charges}')}"
    rate = f"IF({c('charges')},INDEX({places.rates},{c('charges')},{c('contract_column')}),NoCharge)"
    broken = (
        f"{c.by_contract(places.broken)}+{c.of_period('outside')}+N({start}<{c('inception')})"
        f"{not_the_funds(c.figures.plan, start, end, c('fund'))}+N({end}<EOMONTH({end},WholePlaces))"
        f"+{places.at_inception(c('contract_column'), c('first'))}"
    )
    payment = c.by_contract(places.number("payment.amount"))
    native = f"IF({c('outside')},OutsideForm,_xlfn.RRI(MAX({c('years')},ShortPeriod),{payment},{c('erv')}))"
    free = f"{c.by_contract(places.number('free_withdrawal.rate'))}*{c('value')}"
    return [
        Step("left", "units left", f"MAX({c('bought')}-SUM({cancelled}),NoCharge)", _closed("left"), UNITS),
        Step("value", "value V", f"{c('left')}*{c('last')}", _closed("value"), MONEY),
        Step("free", "free amount", free, _closed("free"), MONEY),
        Step("rate", "CDSC rate", rate, _closed("cdsc_rate"), PERCENT),
        Step("cdsc", "CDSC", f"{c('rate')}*({c('value')}-{c('free')})", _closed("cdsc"), MONEY),
        Step("erv", "ERV", f"{c('value')}-{c('cdsc')}", _closed("erv"), MONEY),
        Step("outside", "rules broken", broken, _closed("outside")),
        Step("native", "T by native formulas", native, native_value, EXACT, 18),
        Step("function", "T by worksheet function", "", lambda f: f.tied.recomputed, EXACT, 18),
    ]


def native_value(figure: Figure) -> Any:
    """The native route's return, or the word for what is outside it."""
    return figure.closed.result if figure.closed.result is not None else setting("OutsideForm")


class Figures:
    """All figures under review, and where their workings stand."""

    def __init__(self, plan: Plan) -> None:
        self.plan, inputs = plan, plan.inputs
        codes = [plan.contract_code(t).casefold() for t in plan.contracts]
        self.items: list[Figure] = []
        for number, tied in enumerate(filter(is_return, plan.report.tied), start=1):
            published = tied.published
            column = codes.index((published.contract or cf.BEFORE).casefold())
            code = report.route(plan.report, published).code
            fund, terms = inputs.funds.code(published.fund), plan.contracts[column]
            closed = cf.closed_form(inputs, terms, fund, code, published.as_of, not published.contract)
            self.items.append(Figure(tied, code, fund, terms, column, closed, number))
        self.charges = max((f.closed.charges for f in self.items), default=1)
        self.column = {name: place for place, name in enumerate(names(self.charges))}
        self.codes, self.top = period_codes(plan), TOP
        self.last_row = TOP + len(self.items) - 1

    def cell(self, name: str, row: int, sheet: str = "") -> str:
        """The address of a step of the figure in a row."""
        return at(row, self.column[name], sheet)

    def area(self, name: str, sheet: str = WORKINGS) -> str:
        """A step's whole column, absolute."""
        column = self.column[name]
        cells = f"{at(TOP, column, fixed='rc')}:{at(self.last_row, column, fixed='rc')}"
        return f"{sheet}!{cells}" if sheet else cells
