"""A performance update as data: its inputs, its tables, its figures, and how they tie to the printed page."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..calculation import calendar_days, contract_figures, expenses, measured, periods, tie_out
from ..calculation.tie_out import Tied
from ..errors import BadInput, FlexExtraError, counted
from ..inputs import fund_names
from ..inputs.input_tables import Published
from ..inputs.measures import RETURN
from ..terms import Terms
from .update_inputs import Inputs, TableSpec

Date = datetime.date


@dataclass(frozen=True)
class Table:
    """A computed table: returns as fractions, funds down and periods across; an element may hold its error."""

    spec: TableSpec
    as_of: Date
    grid: contract_figures.ContractFigures
    values: np.ndarray


@dataclass(frozen=True)
class Report:
    """An update, computed."""

    inputs: Inputs
    tables: tuple[Table, ...]
    tied: tuple[Tied, ...]

    @property
    def expenses(self) -> tuple[expenses.Table, ...]:
        """The expense tables of the contracts whose terms have any."""
        found = (expenses.table(one) for one in self.inputs.contracts)
        return tuple(one for one in found if one is not None)

    def cells_of(self, kind: type[FlexExtraError]) -> int:
        """How many cells of the page hold an error of a kind."""
        return sum(isinstance(value, kind) for table in self.tables for value in table.values.ravel().tolist())

    @property
    def without_figure(self) -> int:
        """How many cells of the page hold an error in place of a figure."""
        return self.cells_of(FlexExtraError)

    @property
    def headline(self) -> str:
        """``112 of 112 published figures tie``"""
        return tie_out.headline(self.tied)

    @property
    def headline_of_page(self) -> str:
        """The headline, and how many figures of the page cannot be computed, if any: it is about to be signed."""
        none = self.without_figure
        return self.headline + (f"; {counted(none, 'figure')} of the page cannot be computed" if none else "")


LONGEST_CLOSED = 3  # days without business at a month's end: a weekend and a holiday beside it


def reaches_month_end(contracts: Sequence[Terms]) -> bool:
    """Whether the terms take the last business day's unit value for the calendar month end after it."""
    return all(
        one["valuation.rule"] == "on_or_before" and one["valuation.max_age_days"] >= LONGEST_CLOSED for one in contracts
    )


def latest_day(last: Date, contracts: Sequence[Terms], holidays: Iterable[Date] = ()) -> Date:
    """The last day of an update to the latest unit value: the month end, where no business day of the month follows it.

    Friday 29 December 2000 stands for 31 December: the value is that of the month end, and so are the days that periods
    are counted back to.
    """
    end = calendar_days.month_end(last.year, last.month)
    closed = np.array(list(holidays), dtype="datetime64[D]")
    following: Any = np.busday_offset(np.datetime64(last), 1, roll="backward", holidays=closed).item()
    return end if reaches_month_end(contracts) and following > end else last


def specs(inputs: Inputs) -> tuple[TableSpec, ...]:
    """The tables of an update: before and after contract charges to the month end, standardized to the quarter end."""
    first = inputs.contracts[0]
    funds = inputs.funds.items
    usual = periods.of_update(all(one.fund_inception for one in funds), all(one.subaccount_inception for one in funds))
    monthly, quarterly = inputs.periods or usual[0], inputs.standard_periods or usual[1]
    returns = "Average annual" if first["years.long_period"] == "annualised" else "Cumulative"
    chosen = [
        TableSpec(
            "fund_and_separate_account",
            f"{returns} total returns after fund and separate account charges",
            first,
            "asset",
            False,
            monthly,
        ),
        TableSpec(
            "after_contract_charges",
            f"{returns} total returns after fund, separate account and contract charges: {first.title}",
            first,
            "all",
            False,
            monthly,
        ),
    ]
    chosen += [
        TableSpec("standardized", f"Standardized total returns: {one.title}", one, "all", True, quarterly)
        for one in inputs.contracts
    ]
    return tuple(chosen)


def compute(inputs: Inputs) -> Report:
    """Every table of the update, and every published figure beside its recomputed one."""
    computed = []
    for spec in specs(inputs):
        as_of = inputs.quarter_end if spec.quarter_end else inputs.as_of
        grid = _grid(inputs, spec.contract, as_of, spec.charges)
        computed.append(Table(spec, as_of, grid, grid.table(spec.periods)))
    report = Report(inputs, tuple(computed), ())
    tied = [_tie(report, figure) for figure in inputs.published]
    return replace(report, tied=tie_out.with_neighbours(tied))


def _grid(inputs: Inputs, terms: Terms, as_of: Date, charges: str) -> contract_figures.ContractFigures:
    return contract_figures.figures_of(terms, inputs.unit_values, as_of, inputs.shares, inputs.funds, charges)


@dataclass(frozen=True)
class Route:
    """How a published figure is computed. ``place`` is where its table shows it: table, row, column; None where no table
    does. ``same_day``: the page shows it for the very day that it was printed for, and has not moved on."""

    place: tuple[int, int, int] | None
    same_day: bool
    terms: Terms
    code: str  # the period as its table computes it: 10Y_OR_SI_FUND where 10Y is printed
    charges: str


def route(report: Report, figure: Published) -> Route:
    """The route to a published figure: by the terms, charges and period of its table, whatever day the table is of."""
    inputs, wanted = report.inputs, figure.period and periods.parse(figure.period).printed
    for t, table in enumerate(report.tables if figure.unit.name == RETURN else ()):
        spec = table.spec
        if figure.charges and figure.charges != spec.charges:
            continue
        if spec.id != figure.table or spec.contract_code.casefold() != figure.contract.casefold():
            continue
        codes = [periods.parse(code).printed for code in spec.periods]
        rows = [fund_names.key(label) for label in table.grid.row_labels()]
        row = fund_names.key(inputs.funds.beside(inputs.unit_values.funds).own_code(figure.fund))
        if wanted in codes and row in rows:
            at = t, rows.index(row), codes.index(wanted)
            return Route(at, table.as_of == figure.as_of, spec.contract, spec.periods[at[2]], spec.charges)
    charges = figure.charges or ("all" if figure.contract or figure.unit.is_expense else "asset")
    code = figure.period and periods.parse(figure.period).code
    return Route(None, False, _contract(inputs, figure.contract), code, charges)


def _tie(report: Report, figure: Published) -> Tied:
    """One published figure tied out: from its table where that is of its day, else computed for its own day."""
    found = route(report, figure)
    terms = found.terms
    if found.place is not None and found.same_day:
        t, row, column = found.place
        value: Any = report.tables[t].values[row, column]
        return _tied(figure, terms, value)
    return tie_by_route(report.inputs, figure, found)


def tie_by_route(inputs: Inputs, figure: Published, found: Route, terms: Terms | None = None) -> Tied:
    """One published figure tied out by a route to it, computed for its own day: no table is needed.

    ``terms``: others in place of those of the route.
    """
    terms = terms or found.terms
    try:
        value: Any = figure_of(inputs, terms, figure, found.code, found.charges)
    except FlexExtraError as error:
        value = error
    return _tied(figure, terms, value)


def _tied(figure: Published, terms: Terms, value: Any) -> Tied:
    if isinstance(value, str):  # the terms leave a period without history blank
        value = float("nan")
    return tie_out.tie(figure, value, terms["rounding.decimals"], terms["rounding.rule"])


def figure_of(inputs: Inputs, terms: Terms, figure: Published, code: str, charges: str) -> float:
    """A published figure computed for its own day."""
    asked = figure.unit.name, terms, inputs.unit_values, figure.fund, figure.as_of, code
    return measured.figure(*asked, inputs.shares, inputs.funds, charges, figure.charge)


def _contract(inputs: Inputs, code: str) -> Terms:
    if not code:
        return inputs.contracts[0]
    for one in inputs.contracts:
        if code.casefold() in {one.name.casefold(), str(one["contract.code"]).casefold()}:
            return one
    known = ", ".join(str(one["contract.code"] or one.name) for one in inputs.contracts)
    raise BadInput(f"'published' has the contract {code!r}, but the terms are of {known}; give its terms too.")
