"""From the three inputs to returns: a grid of funds and periods to one date, computed a period at a time.

A :class:`ContractFigures` remembers what it has computed, so that the figures of a page, each its own formula, cost one
calculation a column; it depends on nothing but its inputs.
"""

import datetime
import functools
from _thread import allocate_lock  # all that is needed of threading, which a cell's first call would wait for
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..cells import scalars
from ..errors import FlexExtraError, MissingData
from ..inputs.fund_table import Fund
from ..inputs.funds import Funds
from ..inputs.shares import Shares
from ..inputs.substitutions import splice
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from ..terms.keys import CHARGES
from . import page_walks, periods, returns
from .charge_dates import Calendar, ChargeDate
from .page_walks import ContractReturn
from .periods import Period
from .shares_in_force import SharesInForce
from .valuation import value_of_inception, valued

Date = datetime.date


_Place = tuple[int, int]  # where a figure goes, and the column of its fund


class _Figures(NamedTuple):
    """The figures of one walk: where each goes in ``found``, and its fund."""

    begun: page_walks.Begun
    places: list[_Place]
    found: list[Any]


class ContractFigures:
    """Returns of funds over periods to one date, for one contract and one choice of charges.

    ``charges``: "asset" (unit values only), "annual" (not redeemed) or "all" (redeemed).
    """

    def __init__(
        self,
        terms: Terms,
        unit_values: UnitValues,
        as_of: Date,
        shares: Shares | None = None,
        funds: Funds | None = None,
        charges: str = "all",
    ) -> None:
        self.terms, self.as_of, self.shares = terms, as_of, shares
        self.funds = funds = funds.beside(unit_values.funds) if funds else None
        self.charges = scalars.choice(charges, CHARGES, "charges")
        self._spliced = splice(unit_values, funds, terms["valuation.max_age_days"])
        self.unit_values = self._spliced.unit_values
        self._columns: dict[str, list[Any]] = {}
        self._funds: dict[int, Fund | None] = {}
        self._shares = SharesInForce(terms, shares, funds, self.unit_values.funds)

    def to(self, as_of: Date, charges: str | None = None) -> "ContractFigures":
        """The same contract to another day, or with another choice of charges."""
        other: ContractFigures = object.__new__(ContractFigures)
        other.__dict__.update(self.__dict__, as_of=as_of, charges=charges or self.charges, _columns={})
        return other

    @property
    def unjoined(self) -> Mapping[int, tuple[Date, FlexExtraError]]:
        """The columns that lack a predecessor's history."""
        return self._spliced.unjoined

    def row_labels(self) -> list[str]:
        """The funds in the order of the page: of the funds table, else of the unit values."""
        if self.funds is None:
            return list(self.unit_values.funds)
        return [fund.code for fund in self.funds.items]

    def figure(self, fund: str, period: str) -> float:
        """One return; NaN where the terms say that a period without history stays blank."""
        code = periods.parse(period).code
        column = self.unit_values.column(fund, self.funds)
        self._compute([code])
        figure = self._columns[code][column]
        if isinstance(figure, FlexExtraError):
            raise figure.with_traceback(None)
        return float(figure)

    def pairs(self, funds: Any, codes: Any) -> np.ndarray:
        """Returns of pairs of fund and period, arrays of one shape; an element that cannot be computed holds its error."""
        named, asked = np.ravel(funds).tolist(), np.ravel(codes).tolist()
        columns, cells = self._columns_of(named), self._cells(asked)
        table = np.empty(len(named), dtype=object)
        table[:] = [_cell(fund, columns[fund], cells[code]) for fund, code in zip(named, asked, strict=True)]
        return table.reshape(np.shape(funds))

    def table(self, codes: Sequence[str]) -> np.ndarray:
        """The page's funds down, periods across; an element that cannot be computed holds its error."""
        labels = self.row_labels()
        if not labels:
            raise MissingData("'funds' holds no fund below its header; give its rows too, or leave it out.")
        columns, cells = self._columns_of(labels), self._cells(codes)
        table = np.empty((len(labels), len(codes)), dtype=object)
        for place, code in enumerate(codes):
            own = cells[code]
            if isinstance(own, list):
                table[:, place] = [own[column] if isinstance(column, int) else column for column in columns.values()]
            else:
                table[:, place] = own
        return table

    def _columns_of(self, funds: Sequence[Any]) -> dict[Any, Any]:
        """The column of each fund among the unit values, or an error."""
        return {fund: _or_error(lambda name: self.unit_values.column(name, self.funds), fund) for fund in funds}

    def _cells(self, codes: Sequence[Any]) -> dict[Any, Any]:
        """The figures of each period as cells, a column of the unit values each, or an error."""
        parsed = {code: _or_error(lambda text: periods.parse(text).code, code) for code in codes}
        self._compute([code for code in parsed.values() if isinstance(code, str)])
        return {
            code: ["" if figure != figure else figure for figure in self._columns[own]] if isinstance(own, str) else own
            for code, own in parsed.items()
        }

    def result(self, fund: str, period: str) -> ContractReturn:
        """One return with its walk."""
        parsed = periods.parse(period)
        column = self.unit_values.column(fund, self.funds)
        found = self.results(parsed, [column])[0]
        if isinstance(found, FlexExtraError):
            raise found
        if found is None:
            name = self.unit_values.funds[column]
            row = self.fund(column)
            if row is not None and row.closed_on and row.closed_on < periods.end_date(parsed, self.as_of):
                raise MissingData(f"{name} closed on {row.closed_on}, before the end of 'period' {parsed.code}.")
            raise MissingData(f"{name} has no history for 'period' {parsed.code}; the terms leave it blank.")
        return found

    def _compute(self, codes: Iterable[str]) -> None:
        """The columns of periods that are not computed yet, all at once: NaN for a figure that stays blank."""
        asked = [code for code in dict.fromkeys(codes) if code not in self._columns]
        found = self._results([periods.parse(code) for code in asked], range(len(self.unit_values.funds)), detail=False)
        for code, figures in zip(asked, found, strict=True):
            self._columns[code] = [np.nan if one is None else one for one in figures]

    def results(self, period: Period, columns: Sequence[int], detail: bool = True) -> list[Any]:
        """One period for several funds.

        A :class:`ContractReturn` each (without ``detail`` the return alone), its error, or None where it stays blank.
        """
        return self._results([period], columns, detail)[0]

    def _results(self, asked: Sequence[Period], columns: Sequence[int], detail: bool) -> list[list[Any]]:
        """Several periods for several funds: those with the same days are one walk, and walks go side by side."""
        found: list[list[Any]] = [[None] * len(columns) for _ in asked]
        alike: dict[Any, list[_Figures]] = {}
        apart = detail or not page_walks.are_columns(self.terms, self.charges)
        for period, own in zip(asked, found, strict=True):
            for (start, finish), places in self._spans(period, columns, own).items():
                try:
                    begun = page_walks.begun(self.terms, self.charges, period, start, finish)
                except FlexExtraError as error:
                    for place, _ in places:
                        own[place] = error
                    continue
                key = len(alike) if apart else page_walks.likeness(begun)
                alike.setdefault(key, []).append(_Figures(begun, places, own))
        for some in alike.values():
            self._walk(some, detail)
        return found

    def _spans(self, period: Period, columns: Sequence[int], found: list[Any]) -> dict[tuple[Date, Date], list[_Place]]:
        """The figures of a period by their first and last day; an error is put where the figure would be."""
        groups: dict[tuple[Date, Date], list[_Place]] = {}
        by_fund = not self.same_days(period)
        places = list(enumerate(columns))
        for place, column in places:
            try:
                span = self.span(period, column)
            except FlexExtraError as error:
                found[place] = error
                continue
            if not by_fund:  # all funds have the days of the first
                return {span: places} if span else {}
            if span:
                groups.setdefault(span, []).append((place, column))
        return groups

    def same_days(self, period: Period) -> bool:
        """Whether a period has the same days for every fund: it is not since an inception, and no fund has a history of its
        own or an end of its own."""
        apart = period.since or period.or_since or self.unjoined or self.terms["periods.without_history"] != "error"
        return not apart and not (self.funds and any(fund.closed_on for fund in self.funds.items))

    def span(self, period: Period, column: int) -> tuple[Date, Date] | None:
        """First and last day of a period for one fund; None where it stays blank."""
        name = self.unit_values.funds[column]
        fund = self.fund(column)
        if fund is not None and fund.closed_on is not None and fund.closed_on < periods.end_date(period, self.as_of):
            return None
        policy = self.terms["periods.without_history"]
        if policy != "error" and periods.is_to_come(period, self.as_of, self.terms, fund):
            return None
        start, finish = periods.resolve(period, self.as_of, self.terms, fund, name)
        if policy != "error" and start < self._history_begins(column, policy, fund, start):
            if policy == "blank":
                self._spliced.check(column, start)
                return None
            which = policy.removeprefix("since_")
            inception = periods.inception_of(which, self.terms, fund)
            if inception is None:
                raise MissingData(f"There is no {which} inception date of {name} for 'period' {period.code}; fill it in.")
            if inception >= finish:
                return None
            start = max(start, inception)
        if self.unjoined:
            self._spliced.check(column, start)
        return start, finish

    def _history_begins(self, column: int, policy: str, fund: Any, start: Date) -> Date:
        """The day on which a fund's history begins: the inception that the terms name, else its first unit value."""
        if policy.startswith("since_"):
            inception = periods.inception_of(policy.removeprefix("since_"), self.terms, fund)
            if inception is not None:
                return inception
        first = self.unit_values.first_date(column)
        if self.terms["valuation.inception"] == "first_value" and value_of_inception(
            self.terms, self.unit_values, column, start, fund
        ):
            return start
        if self.terms["valuation.rule"] == "on_or_after":
            first -= datetime.timedelta(days=int(self.terms["valuation.max_age_days"]))
        return first

    def _walk(self, figures: list[_Figures], detail: bool) -> None:
        """The figures of some walks that go side by side; each that fails has its own error, and the others are computed."""
        walks = [one.begun for one in figures]
        columns = np.array([column for one in figures for _, column in one.places])
        of_column = np.array([walk for walk, one in enumerate(figures) for _ in one.places])
        calendar = Calendar.padded([one.days for one in walks], of_column)
        table = self.unit_values.of_days(calendar.numbers, columns)
        if np.isnan(table).any():
            left = self._with_values(figures, table)
            if sum(len(one.places) for one in left) < len(columns):
                if left:
                    self._walk(left, detail)
                return
        share = self._shares.by_date(calendar.numbers, columns)
        shares: Any = [None] * len(columns)
        try:
            made = page_walks.walked(self.terms, self.charges, walks, calendar, of_column, table, share, detail)
            if self.charges != "asset" and any(charge.base == "share" for charge in self.terms.charges):
                shares = share([len(table) - 1])[0]
        except FlexExtraError as error:
            self._apart(figures, error, detail)
            return
        if detail:
            names = [self.unit_values.funds[column] for column in columns.tolist()]
            values = iter(page_walks.explained(self.terms, walks[0], names, table, made, shares))
        else:
            values = iter(made.returns.tolist())
        for one in figures:
            for place, _ in one.places:
                one.found[place] = next(values)

    def _apart(self, figures: list[_Figures], error: FlexExtraError, detail: bool) -> None:
        """Figures that cannot be computed together: fund by fund, then walk by walk, until the one that fails is alone."""
        columns = dict.fromkeys(column for one in figures for _, column in one.places)
        if len(columns) > 1:
            for column in columns:
                of_fund = [one._replace(places=[own for own in one.places if own[1] == column]) for one in figures]
                self._walk([one for one in of_fund if one.places], detail)
        elif len(figures) > 1:
            for one in figures:
                self._walk([one], detail)
        else:
            alone = figures[0]
            for place, column in alone.places:
                alone.found[place] = self.reach(error, alone.begun.period, column, alone.begun.finish)

    def _with_values(self, figures: list[_Figures], table: np.ndarray) -> list[_Figures]:
        """The figures that have all their unit values, those of days that have none of their own put into the table.

        The others have their errors.
        """
        column, left = 0, []
        for one in figures:
            days, good = one.begun.days, []
            for place, fund in one.places:
                try:
                    self._fill(table[:, column], fund, days)
                    good.append((place, fund))
                except FlexExtraError as error:
                    one.found[place] = self.reach(error, one.begun.period, fund, one.begun.finish)
                column += 1
            left += [one._replace(places=good)] if good else []
        return left

    def _fill(self, values: np.ndarray, column: int, days: Sequence[ChargeDate]) -> None:
        """The values of a walk's days that have none of their own, by the terms."""
        padded = len(values) - len(days)
        for k, day in enumerate(days, start=padded):
            if np.isnan(values[k]):
                values[k] = valued(self.terms, self.unit_values, column, day.day, self.fund(column))
        values[:padded] = values[padded]

    def reach(self, error: FlexExtraError, period: Period, column: int, finish: Date) -> FlexExtraError:
        """An error of a period since inception with the period that the unit values reach back for."""
        if not isinstance(error, MissingData) or not (period.since or period.or_since):
            return error
        if "no unit value" not in str(error) or not len(self.unit_values.days(column)):
            return error
        first = self.unit_values.first_date(column)
        if not first < finish:
            return error
        return MissingData(f"{str(error).removesuffix('.')}; the unit values reach back for the period {first}..{finish}.")

    def fund(self, column: int) -> Fund | None:
        """What the funds table says of a column."""
        if column not in self._funds:
            self._funds[column] = self.funds.get(self.unit_values.funds[column]) if self.funds else None
        return self._funds[column]

    def share(self, fund: str, day: Date) -> float:
        """A fund's share of the annual charge on a day."""
        return self._shares.share(fund, day)


def _cell(fund: Any, column: Any, cells: Any) -> Any:
    """A figure of a fund, or the error of what was given: of the fund, the period, or a fund that is not there."""
    if isinstance(column, int) and isinstance(cells, list):
        return cells[column]
    return next(one for one in (fund, cells, column) if isinstance(one, FlexExtraError))


def _or_error(find: Callable[[Any], Any], given: Any) -> Any:
    """What is found for a given value, or the error that it is or that finding it raises."""
    if isinstance(given, FlexExtraError):
        return given
    try:
        return find(given)
    except FlexExtraError as error:
        return error


def blank_if_left_out(value: float) -> float | str:
    """A figure as a cell shows it: empty text where the terms leave a period without history blank."""
    return "" if value != value else value


@functools.lru_cache(maxsize=64)
def of_payment(terms: Terms, payment: float | None) -> Terms:
    """Terms with another hypothetical payment; as they are where none is given."""
    if payment is None:
        return terms
    returns.positive("payment", payment)
    return terms.replace(payment__amount=payment)


_LOCK = allocate_lock()


@functools.lru_cache(maxsize=64)
def _figures_of(*inputs: Any) -> ContractFigures:
    return ContractFigures(*inputs)


def figures_of(
    terms: Terms, unit_values: UnitValues, as_of: Date,
    shares: Shares | None = None, funds: Funds | None = None, charges: str = "all",
) -> ContractFigures:  # fmt: skip
    """The grid of these inputs, one of the last 64 if it was asked for before (inputs are remembered by content)."""
    with _LOCK:
        return _figures_of(terms, unit_values, as_of, shares, funds, charges)
