"""Figures of many contracts and month ends at once: walks over as many days by charges of the same kind are one walk.

The rules are those of a single figure (:mod:`.contract_figures`), and so are the numbers, to the last bit: the same
functions make charges, walk and returns, over a column for each figure. Nothing here is done figure by figure but what
fails, and what a plain look-up of a unit value does not find.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import BadInput, FlexExtraError
from ..inputs.funds import Funds
from ..inputs.shares import Shares
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from . import charge_dates, periods
from .block_lookups import EPOCH, BlockShares, BlockValues
from .charge_schedule import PRIOR_ANNIVERSARY, charging_of, likeness, redemption_of, together
from .contract_figures import ContractFigures, total_return
from .periods import Period
from .taken import Charging
from .walk import Redemption, redeem, walk

Date = datetime.date
COLUMNS = 4096  # figures of a block: a date of its arrays fits the cache
_SAID = ("contract.name", "contract.title", "contract.code")  # what no figure depends on


class Contract(NamedTuple):
    """What the figures of one contract are computed from; the same as for one figure."""

    terms: Terms
    unit_values: UnitValues
    shares: Shares | None = None
    funds: Funds | None = None


class Figures(NamedTuple):
    """Returns as fractions, ``(days, periods, rows)``: NaN where the terms leave a period blank, and where one fails.

    ``errors`` by day, period and row.
    """

    values: np.ndarray
    errors: dict[tuple[int, int, int], FlexExtraError]


class _Walk(NamedTuple):
    """One walk to make: the terms and days of it, and the figures that it gives, a column each."""

    terms: Terms
    days: list[Date]
    charging: Charging
    invested: Any
    redemption: Redemption | None
    years: float
    stated: str
    rows: np.ndarray
    places: np.ndarray  # of each column in the flat array of all figures


class Block:
    """Some contracts, ready to be asked for their figures. ``rows``: contract and fund of each row of the answer."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        self._grids = [
            ContractFigures(one.terms, one.unit_values, Date.max, one.shares, one.funds, "all") for one in contracts
        ]
        self.rows: list[tuple[int, str]] = []
        self._lost: dict[int, FlexExtraError] = {}
        columns: list[int] = []
        for c, grid in enumerate(self._grids):
            for label in grid.row_labels():
                try:
                    columns.append(grid.unit_values.column(label, grid.funds))
                except FlexExtraError as error:
                    self._lost[len(self.rows)] = error.with_traceback(None)
                    columns.append(-1)
                self.rows.append((c, label))
        self._of_row = np.array([c for c, _ in self.rows], dtype=np.int64)
        self._columns = np.array(columns, dtype=np.int64)
        self.values = BlockValues(self._grids, self._of_row, self._columns)
        self.shares = BlockShares(self._grids, self._of_row, self._columns)
        kinds: dict[Any, int] = {}
        self._kind = np.array(
            [kinds.setdefault(_kind(self._grids[c].terms), len(kinds)) for c, _ in self.rows], dtype=np.int64
        )
        self._timing: dict[int, int] = {}  # of a kind of terms: the number of when its charges fall
        self._timings: dict[Any, int] = {}
        self._years: dict[Any, float] = {}
        self._calendars: dict[Any, list[charge_dates.ChargeDate]] = {}

    def figures(self, charges: str, codes: Sequence[str], days: Sequence[Date]) -> Figures:
        """The returns of every contract and fund over periods to days, by one choice of charges."""
        values = np.full((len(days), len(codes), len(self.rows)), np.nan)
        errors: dict[tuple[int, int, int], FlexExtraError] = {}
        asked = _Asked(self, charges, [periods.parse(code) for code in codes], list(days), values, errors)
        for row, error in self._lost.items():
            errors |= {(d, p, row): error for d in range(len(days)) for p in range(len(codes))}
        alike: dict[Any, list[_Walk]] = {}
        for one in asked.walks():
            redemption = one.redemption and one.redemption._replace(payment=0, cdsc_rate=0, free_rate=0, tax_rate=0)
            rule = one.terms["valuation.rule"], one.terms["valuation.max_age_days"]
            prior = redemption is not None and redemption.free_form == PRIOR_ANNIVERSARY
            key = likeness(one.charging), len(one.days), redemption, rule, prior
            alike.setdefault(key, []).append(one)
        for walks in alike.values():
            for block in _blocks(walks):
                asked.walk(block)
        return Figures(values, errors)

    def grid(self, row: int, day: Date, charges: str) -> ContractFigures:
        """The way of a single figure."""
        return self._grids[self._of_row[row]].to(day, charges)

    def column(self, row: int) -> int:
        """The column of a row among the unit values of its contract."""
        return int(self._columns[row])

    def kinds(self) -> Iterator[np.ndarray]:
        """The rows of contracts whose terms are the same but for their names."""
        found = self._columns >= 0
        for kind in range(int(self._kind.max(initial=-1)) + 1):
            rows = np.flatnonzero((self._kind == kind) & found)
            if len(rows):
                yield rows

    def signatures(self, rows: np.ndarray, period: Period) -> list[np.ndarray]:
        """Rows of one kind of terms by what the first day of a period depends on."""
        terms = self._grids[self._of_row[rows[0]]].terms
        fixed = not (period.since or period.or_since) and terms["periods.without_history"] == "error"
        if fixed and not any(self._grids[c].unjoined for c in set(self._of_row[rows].tolist())):
            return [rows]
        by: dict[Any, list[int]] = {}
        for row in rows.tolist():
            by.setdefault(self._history(row), []).append(row)
        return [np.array(some) for some in by.values()]

    def _history(self, row: int) -> Any:
        grid, column = self._grids[self._of_row[row]], int(self._columns[row])
        fund = grid.funds.get(grid.unit_values.funds[column]) if grid.funds else None
        if column in grid.unjoined:
            return row
        days = grid.unit_values.days(column)
        first = days[0].item() if len(days) else None
        return first, fund and (fund.fund_inception, fund.subaccount_inception)

    def calendar(self, terms: Terms, kind: int, start: Date, finish: Date, redeemed: bool) -> list[charge_dates.ChargeDate]:
        """The days of a walk; contracts whose charges fall on the same days share them."""
        if kind not in self._timing:
            self._timing[kind] = self._timings.setdefault(_timing(terms), len(self._timings))
        key = self._timing[kind], start, finish, redeemed
        if key not in self._calendars:
            self._calendars[key] = charge_dates.charge_dates(terms, start, finish, redeemed)
        return self._calendars[key]

    def years(self, terms: Terms, start: Date, finish: Date) -> float:
        """The number of years by the terms."""
        key = terms["years.basis"], terms["years.decimals"], start, finish
        if key not in self._years:
            self._years[key] = periods.number_of_years(terms, start, finish)
        return self._years[key]

    def kind_of(self, row: int) -> int:
        """Which kind of terms a row has."""
        return int(self._kind[row])


class _Asked(NamedTuple):
    """One question to a block, and where its answers go."""

    block: Block
    charges: str
    periods: list[Period]
    days: list[Date]
    values: np.ndarray
    errors: dict[tuple[int, int, int], FlexExtraError]

    def walks(self) -> Iterator[_Walk]:
        """Every walk that the figures need, each once."""
        found: dict[Any, list[tuple[int, int, np.ndarray]]] = {}
        for rows in self.block.kinds():
            for p, period in enumerate(self.periods):
                for some in self.block.signatures(rows, period):
                    for d in range(len(self.days)):
                        span = self._span(some, d, p)
                        if span is not None:
                            found.setdefault((self.block.kind_of(rows[0]), *span, period.stated), []).append((d, p, some))
        for (kind, start, finish, stated), parts in found.items():
            yield from self._prepared(kind, start, finish, stated, parts)

    def _span(self, rows: np.ndarray, d: int, p: int) -> tuple[Date, Date] | None:
        """First and last day of a period for rows of one history; an error is each row's own sentence."""
        first, period = int(rows[0]), self.periods[p]
        try:
            return self.block.grid(first, self.days[d], self.charges).span(period, self.block.column(first))
        except FlexExtraError:
            for row in rows.tolist():
                self._fail(d, p, row)
        return None

    def _fail(self, d: int, p: int, row: int, error: FlexExtraError | None = None) -> None:
        """A figure by the way of a single one, which says why there is none; or the value, where it finds one."""
        if error is None:
            grid = self.block.grid(row, self.days[d], self.charges)
            one = grid.results(self.periods[p], [self.block.column(row)], detail=False)[0]
            if not isinstance(one, FlexExtraError):
                self.values[d, p, row] = np.nan if one is None else one
                return
            error = one
        self.errors[d, p, row] = error.with_traceback(None)

    def _prepared(
        self, kind: int, start: Date, finish: Date, stated: str, parts: list[tuple[int, int, np.ndarray]]
    ) -> Iterator[_Walk]:
        """A walk with its charges; nothing where none can be made of it."""
        shape = self.values.shape
        rows = np.concatenate([some for _, _, some in parts])
        places = np.concatenate([(d * shape[1] + p) * shape[2] + some for d, p, some in parts])
        terms = self.block.grid(int(rows[0]), finish, self.charges).terms
        payment, redemption = float(terms["payment.amount"]), None
        invested: Any = payment
        charging = Charging()
        try:
            years = self.block.years(terms, start, finish)
            if years <= 0:
                raise BadInput("no length")
            if self.charges == "asset":
                days = [charge_dates.ChargeDate(start), charge_dates.ChargeDate(finish)]
            else:
                days = self.block.calendar(terms, kind, start, finish, self.charges == "all")
            if self.charges == "all":
                _, redemption = redemption_of(terms, start, finish, payment, days)
            if self.charges != "asset":
                invested, charging = charging_of(terms, days, payment, lambda day: self.block.shares.on(day)[rows])
                if any(charge.base == "share" for charge in terms.charges):
                    good = self._with_shares(charging, finish, rows)
                    self._singly(places[~good])
                    if not good.all():
                        yield from self._prepared(kind, start, finish, stated, _only(parts, good)) if good.any() else ()
                        return
        except FlexExtraError:
            self._together_failed(places)
            return
        calendar = [day.day for day in days]
        yield _Walk(terms, calendar, charging, invested, redemption, years, stated, rows, places)

    def _with_shares(self, charging: Charging, finish: Date, rows: np.ndarray) -> np.ndarray:
        """Which columns have every share that is asked for: on the days of the charges, and on the last."""
        good = ~np.isnan(self.block.shares.on(finish)[rows])
        for one in charging.charges:
            for part in (one.amount, one.at_least, one.at_most, one.at_most_of_value, np.atleast_1d(one.from_payment)[None]):
                if np.ndim(part) == 2 and np.shape(part)[1] == len(rows):
                    good &= ~np.isnan(part).any(axis=0)
        return good

    def _singly(self, places: np.ndarray) -> None:
        for d, p, row in zip(*np.unravel_index(places, self.values.shape), strict=True):
            self._fail(int(d), int(p), int(row))

    def _together_failed(self, places: np.ndarray) -> None:
        """What fails for all columns alike is said by each in its own words."""
        self._singly(places)

    def walk(self, walks: list[_Walk]) -> None:
        """Some walks as the columns of one: values looked up, charges taken, redeemed, returns put where they belong."""
        terms, kept = walks[0].terms, [one.rows for one in walks]
        widths = [len(rows) for rows in kept]
        rows, which = np.concatenate(kept), np.repeat(np.arange(len(walks)), widths)
        numbers = np.array([[(day - EPOCH).days for day in one.days] for one in walks]).T
        calendars = [one.days for one in walks]
        rule, most = terms["valuation.rule"], terms["valuation.max_age_days"]
        table, failed = self.block.values.look_up(numbers[:, which], rows, rule, most, calendars, which)
        places = np.concatenate([one.places for one in walks])
        for column, error in failed.items():
            self._unreached(int(places[column]), error)
            table[:, column] = 1.0
        redemption, invested = walks[0].redemption, _wide([one.invested for one in walks], widths)
        keep = redemption is not None and redemption.free_form == PRIOR_ANNIVERSARY
        path = walk(table, invested, together([one.charging for one in walks], widths), keep=keep)
        ends = path.value[-1]
        if redemption is not None:
            of = [one.redemption for one in walks if one.redemption]
            names = "payment", "cdsc_rate", "free_rate", "tax_rate"
            columns: dict[str, Any] = {name: np.repeat([float(getattr(one, name)) for one in of], widths) for name in names}
            ends = redeem(path, redemption._replace(**columns)).erv
        flat, begin = self.values.reshape(-1), 0
        alike: dict[Any, tuple[_Walk, list[np.ndarray]]] = {}
        for one, width in zip(walks, widths, strict=True):
            key = one.years, one.stated, one.terms["years.long_period"], one.terms["years.short_period"]
            alike.setdefault(key, (one, []))[1].append(np.arange(begin, begin + width))
            begin += width
        payments = np.repeat([float(one.terms["payment.amount"]) for one in walks], widths)
        for one, parts in alike.values():  # one number of years at a time, as powers are rounded by how they are asked for
            some = np.concatenate(parts)
            flat[places[some]] = total_return(one.terms, payments[some], ends[some], one.years, one.stated)
        if failed:
            flat[places[list(failed)]] = np.nan

    def _unreached(self, place: int, error: FlexExtraError) -> None:
        """The error of a figure that lacks a unit value, as a single figure says it."""
        d, p, row = (int(part) for part in np.unravel_index(place, self.values.shape))
        period, grid, column = self.periods[p], self.block.grid(row, self.days[d], self.charges), self.block.column(row)
        self._fail(d, p, row, grid.reach(error, period, column, periods.end_date(period, self.days[d])))


def _only(parts: list[tuple[int, int, np.ndarray]], good: np.ndarray) -> list[tuple[int, int, np.ndarray]]:
    """The parts with the rows that are good."""
    found, begin = [], 0
    for d, p, some in parts:
        found.append((d, p, some[good[begin : begin + len(some)]]))
        begin += len(some)
    return found


def _blocks(walks: list[_Walk]) -> Iterator[list[_Walk]]:
    """Walks in groups of as many columns as fit the cache; a wide one is cut."""
    block: list[_Walk] = []
    width = 0
    for one in walks:
        for part in _cut(one):
            if block and width + len(part.rows) > COLUMNS:
                yield block
                block, width = [], 0
            block.append(part)
            width += len(part.rows)
    if block:
        yield block


def _cut(one: _Walk) -> Iterator[_Walk]:
    """A walk in parts of as many columns as fit the cache."""
    count = len(one.rows)
    for begin in range(0, count, COLUMNS):
        part = slice(begin, begin + COLUMNS)
        if count <= COLUMNS:
            yield one
            return

        def columns(array: Any, part: slice = part) -> Any:
            return array[..., part] if np.ndim(array) == 2 else array

        charges = tuple(
            charge._replace(**{n: columns(getattr(charge, n)) for n in _OF_FUNDS}) for charge in one.charging.charges
        )
        invested = one.invested[part] if np.ndim(one.invested) else one.invested
        yield one._replace(
            charging=one.charging._replace(charges=charges), rows=one.rows[part], places=one.places[part], invested=invested
        )


_OF_FUNDS = ("amount", "at_least", "at_most", "at_most_of_value")


def _wide(parts: list[Any], widths: list[int]) -> np.ndarray:
    """Numbers, or arrays over the columns, side by side."""
    return np.concatenate([np.broadcast_to(one, (width,)) for one, width in zip(parts, widths, strict=True)])


def _kind(terms: Terms) -> Any:
    """All that figures depend on of some terms."""
    own = tuple(sorted((key, terms[key]) for key in terms.keys if key not in _SAID and terms[key] is not None))
    return own, tuple((day, tuple(sorted(values.items(), key=str))) for day, values in terms.changes)


def _timing(terms: Terms) -> Any:
    """All that the days of the charges depend on of some terms."""
    steps = (terms, *(terms.on(day) for day, _ in terms.changes))
    charges = tuple(
        tuple((one.timing, one.part_year, one.base, one.final, one.first_stub, one.ever_taken) for one in step.charges)
        for step in steps
    )
    days = tuple(day for day, _ in terms.changes)
    return days, charges, terms["free_withdrawal.form"], terms["cdsc.anniversary"]
