"""From the three inputs to returns: a grid of funds and periods to one date, computed a period at a time.

A :class:`ContractFigures` remembers what it has computed, so that the figures of a page, each its own formula, cost one
calculation a column; it depends on nothing but its inputs.
"""

from __future__ import annotations

import datetime
import functools
from _thread import allocate_lock  # all that is needed of threading, which a cell's first call would wait for
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..cells import scalars
from ..errors import BadInput, FlexExtraError, MissingData
from ..inputs.funds import Funds
from ..inputs.input_tables import Fund
from ..inputs.shares import Shares
from ..inputs.substitutions import splice
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from ..terms.keys import CHARGES
from . import charge_dates, periods, returns
from .charge_schedule import charging_of, redemption_of, share_of, together
from .periods import Period
from .taken import Charging, Path
from .walk import PRIOR_ANNIVERSARY, Redeemed, redeem, walk

Date = datetime.date


class ContractReturn(NamedTuple):
    """One figure and how it came about: the walk's days and unit values, the dollars, and the return.

    ``value`` is the average annual total return as a fraction, not rounded; ``erv`` what is there at the end.
    """

    fund: str
    period: Period
    start: Date
    finish: Date
    years: float
    dates: list[Date]
    unit_values: np.ndarray
    payment: float
    invested: float
    path: Path
    off_payment: tuple[float, ...]
    redeemed: Redeemed | None
    contract_year: int
    cdsc_rate: float
    share: float | None
    erv: float
    value: float


def total_return(terms: Terms, begin_value: Any, end_value: Any, years: Any, stated: str = "") -> Any:
    """The return by the terms: average annual, or the change itself for a short period and in a cumulative table.

    ``stated``: "cumulative" or "annualised", where the period itself says it.
    """
    cumulative = (stated or terms["years.long_period"]) == "cumulative"
    annualised = (stated or terms["years.short_period"]) == "annualised"
    return returns.aatr(begin_value, end_value, 1.0 if cumulative else years, annualised)


def valued(terms: Terms, unit_values: UnitValues, column: int, day: Date, fund: Fund | None = None) -> float:
    """The unit value of a day, by the terms' rules for days that have none."""
    exact = unit_values.on(column, day)
    if exact is not None:  # the value of the day itself is that by every rule
        return exact
    rule, most = terms["valuation.rule"], terms["valuation.max_age_days"]
    first = value_of_inception(terms, unit_values, column, day, fund)
    if first and terms["valuation.inception"] == "first_value":
        return unit_values.at(column, first)
    if first and rule != "on_or_after":
        raise MissingData(
            f"There is no unit value of {unit_values.funds[column]} on {day}, a day of inception, nor before it; "
            f"the first is of {first}, which 'valuation.inception' of the terms may take (first_value)."
        )
    return unit_values.at(column, day, rule, most)


def value_of_inception(
    terms: Terms, unit_values: UnitValues, column: int, day: Date, fund: Fund | None = None
) -> Date | None:
    """The day of the first value, where ``day`` is one of inception that lies shortly before it."""
    if (before := (unit_values.first_date(column) - day).days) <= 0:
        return None
    if day not in (periods.inception_of(which, terms, fund) for which in ("FUND", "SUBACCOUNT", "CONTRACT")):
        return None
    most = terms["valuation.max_age_days"]
    return unit_values.first_date(column) if most is None or before <= most else None


def unit_value(
    unit_values: UnitValues, fund: str, day: Date,
    max_age_days: float | None = None, funds: Funds | None = None, terms: Terms | None = None,
) -> float:  # fmt: skip
    """The unit value of a fund on a day: by the terms as figures take it, without them the last one on or before it."""
    most = terms["valuation.max_age_days"] if terms is not None and max_age_days is None else max_age_days
    spliced = splice(unit_values, funds, most)
    beside = funds.beside(unit_values.funds) if funds else None
    column = unit_values.column(fund, beside)
    spliced.check(column, day)
    if terms is None:
        return spliced.unit_values.at(column, day, max_age_days=most)
    if max_age_days is not None:
        terms = terms.replace(valuation__max_age_days=max_age_days)
    return valued(terms, spliced.unit_values, column, day, beside.get(unit_values.funds[column]) if beside else None)


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
        self._shares: dict[tuple[int, tuple[str, ...]], np.ndarray] = {}

    def to(self, as_of: Date, charges: str | None = None) -> ContractFigures:
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
        figure = self._column(code)[column]
        if isinstance(figure, FlexExtraError):
            raise figure.with_traceback(None)
        return float(figure)

    def pairs(self, funds: Any, codes: Any) -> np.ndarray:
        """Returns of pairs of fund and period, arrays of one shape; an element that cannot be computed holds its error."""
        table = np.empty(np.shape(funds), dtype=object)
        for place in np.ndindex(table.shape):
            try:
                for given in (funds[place], codes[place]):
                    if isinstance(given, FlexExtraError):
                        raise given
                table[place] = blank_if_left_out(self.figure(funds[place], codes[place]))
            except FlexExtraError as error:
                table[place] = error
        return table

    def table(self, codes: Sequence[str]) -> np.ndarray:
        """The page's funds down, periods across; an element that cannot be computed holds its error."""
        labels = self.row_labels()
        if not labels:
            raise MissingData("'funds' holds no fund below its header; give its rows too, or leave it out.")
        rows = np.array(labels, dtype=object)[:, None]
        return self.pairs(*np.broadcast_arrays(rows, np.array(list(codes), dtype=object)))

    def result(self, fund: str, period: str) -> ContractReturn:
        """One return with its walk."""
        parsed = periods.parse(period)
        column = self.unit_values.column(fund, self.funds)
        found = self.results(parsed, [column])[0]
        if isinstance(found, FlexExtraError):
            raise found
        if found is None:
            name = self.unit_values.funds[column]
            raise MissingData(f"{name} has no history for 'period' {parsed.code}; the terms leave it blank.")
        return found

    def _column(self, code: str) -> list[Any]:
        if code not in self._columns:
            self._columns[code] = [
                np.nan if one is None else one
                for one in self.results(periods.parse(code), range(len(self.unit_values.funds)), detail=False)
            ]
        return self._columns[code]

    def results(self, period: Period, columns: Sequence[int], detail: bool = True) -> list[Any]:
        """One period for several funds: those with the same days are walked together.

        A :class:`ContractReturn` each (without ``detail`` the return alone), its error, or None where it stays blank.
        """
        found: list[Any] = [None] * len(columns)
        groups: dict[tuple[Date, Date], list[int]] = {}
        by_fund = period.since or period.or_since or self.unjoined or self.terms["periods.without_history"] != "error"
        span = None
        for place, column in enumerate(columns):
            try:
                if by_fund or span is None:
                    span = self.span(period, column)
                if span is not None:
                    groups.setdefault(span, []).append(place)
            except FlexExtraError as error:
                found[place] = error
        for (start, finish), places in groups.items():
            self._walk_group(period, start, finish, [(p, columns[p]) for p in places], found, detail)
        return found

    def span(self, period: Period, column: int) -> tuple[Date, Date] | None:
        """First and last day of a period for one fund; None where it stays blank."""
        name = self.unit_values.funds[column]
        fund = self.fund(column)
        start, finish = periods.resolve(period, self.as_of, self.terms, fund, name)
        policy = self.terms["periods.without_history"]
        begins = self._history_begins(column, policy, fund, start)
        if policy != "error" and start < begins:
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
        self._spliced.check(column, start)
        return start, finish

    def _history_begins(self, column: int, policy: str, fund: Any, start: Date) -> Date:
        """The day on which a fund's history begins: the inception that the terms name, else its first unit value."""
        if policy == "error":
            return Date.min
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

    def _walk_group(
        self, period: Period, start: Date, finish: Date, places: list[tuple[int, int]], found: list[Any], detail: bool
    ) -> None:
        terms, payment = self.terms, float(self.terms["payment.amount"])
        try:
            years = periods.number_of_years(terms, start, finish)
            if years <= 0:
                raise BadInput(f"'period' {period.code} to {finish} has no length; choose a longer one.")
            if self.charges == "asset":
                days = [charge_dates.ChargeDate(start), charge_dates.ChargeDate(finish)]
            else:
                days = charge_dates.charge_dates(terms, start, finish, redeemed=self.charges == "all")
            year, redemption = 0, None
            if self.charges == "all":
                year, redemption = redemption_of(terms, start, finish, payment, days)
        except FlexExtraError as error:
            for place, _ in places:
                found[place] = error
            return
        calendar_days = [day.day for day in days]
        ready: list[tuple[int, int, str]] = []
        columns: list[list[float]] = []
        for place, column in places:
            name = self.unit_values.funds[column]
            try:
                fund = self.fund(column)
                columns.append([valued(terms, self.unit_values, column, day, fund) for day in calendar_days])
                ready.append((place, column, name))
            except FlexExtraError as error:
                found[place] = self.reach(error, period, column, finish)
        if not ready:
            return
        names = tuple(name for _, _, name in ready)
        invested, charging = payment, Charging()
        shares: list[float | None] = [None] * len(ready)
        try:
            if self.charges != "asset":
                invested, charging = charging_of(terms, days, payment, lambda day: self._shares_on(day, names))
                if any(charge.base == "share" for charge in terms.charges):
                    shares = [self.share(name, finish) for name in names]
        except FlexExtraError as error:
            if len(ready) == 1:
                place, column, _ = ready[0]
                found[place] = self.reach(error, period, column, finish)
            else:  # each says its own, and the others have their figures
                for place, column, _ in ready:
                    self._walk_group(period, start, finish, [(place, column)], found, detail)
            return
        table = np.array(columns).T
        keep = detail or (redemption is not None and redemption.free_form == PRIOR_ANNIVERSARY)
        path = walk(table, np.zeros(len(ready)) + invested, together([charging], [len(ready)]), keep)
        redeemed = redeem(path, redemption) if redemption else None
        ends = redeemed.erv if redeemed else path.value[-1]
        figures = total_return(terms, payment, ends, years, period.stated)
        if not detail:
            for (place, *_), figure in zip(ready, figures.tolist(), strict=True):
                found[place] = figure
            return
        for i, (place, _, name) in enumerate(ready):
            found[place] = ContractReturn(
                fund=name, period=period, start=start, finish=finish, years=years, dates=calendar_days,
                unit_values=table[:, i].copy(), payment=payment, invested=float(_of(invested, i)), path=_one(path, i),
                off_payment=tuple(float(_of(charge.from_payment, i)) for charge in charging.charges),
                redeemed=_one(redeemed, i) if redeemed else None, contract_year=year,
                cdsc_rate=float(redemption.cdsc_rate) if redemption else 0.0, share=shares[i],
                erv=float(ends[i]), value=float(figures[i]),
            )  # fmt: skip

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

    @functools.cached_property
    def _share_days(self) -> list[Date]:
        return self.shares.days() if self.shares is not None else []

    def _shares_on(self, day: Date, names: tuple[str, ...]) -> np.ndarray:
        """The shares of funds on a day; from one day of the table to the next they are the same."""
        key = sum(begins <= day for begins in self._share_days), names
        if key not in self._shares:
            self._shares[key] = np.array([self.share(name, day) for name in names])
        return self._shares[key]

    def share(self, fund: str, day: Date) -> float:
        """A fund's share of the annual charge on a day."""
        return share_of(self.terms, self.shares, fund, day, self.funds)


def _of(part: Any, column: int) -> Any:
    """One column of an array over the columns; a number is that of each."""
    array = np.asarray(part)
    return array[..., column] if array.ndim else array


def _one(record: Any, column: int) -> Any:
    """One column of a path or a redemption."""

    def of(part: Any) -> Any:
        return tuple(map(of, part)) if isinstance(part, tuple) else _of(part, column)

    return type(record)(*map(of, record))


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
