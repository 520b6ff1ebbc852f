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
from .block_lookups import BlockShares, BlockValues
from .charge_schedule import (
    PRIOR_ANNIVERSARY,
    by_weight_alone,
    charging_of,
    charging_of_many,
    likeness,
    redemption_of,
    together,
)
from .contract_figures import ContractFigures
from .page_walks import total_return
from .periods import Period
from .taken import Charging
from .walk import Redemption, redeemed_value, walk

Date = datetime.date
COLUMNS = 4096  # figures of a block: a date of its arrays fits the cache
_SAID = ("contract.name", "contract.title", "contract.code")  # what no figure depends on


MOST_CALENDARS = 8192  # of one way in which charges fall, some 3 kB each
_CALENDARS: dict[Any, dict[Any, charge_dates.Calendar]] = {}
_YEARS: dict[Any, float] = {}
"""The days of walks by when charges fall, and their years: blocks that follow each other have the same spans."""


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


_Part = tuple[int, int, np.ndarray]  # day, period and rows of figures


class _Walk(NamedTuple):
    """One walk to make: the terms and days of it, and the figures that it gives, a column each."""

    terms: Terms
    days: charge_dates.Calendar
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
        self._timing: dict[int, dict[Any, charge_dates.Calendar]] = {}  # of a kind of terms
        self._redemptions: dict[tuple[int, int], Redemption] = {}

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
            key = likeness(one.charging), len(one.days.numbers), redemption, rule, prior
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
        if all(self._grids[c].same_days(period) for c in set(self._of_row[rows].tolist())):
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
        return first, fund and (fund.fund_inception, fund.subaccount_inception, fund.closed_on)

    def calendar(self, terms: Terms, kind: int, start: Date, finish: Date, redeemed: bool) -> charge_dates.Calendar:
        """The days of a walk; contracts whose charges fall on the same days share them, and so do blocks."""
        if kind not in self._timing:
            if len(_CALENDARS) > 64:
                _CALENDARS.clear()
            self._timing[kind] = _CALENDARS.setdefault(_timing(terms), {})
        known, span = self._timing[kind], (start, finish, redeemed)
        if span not in known:
            if len(known) > MOST_CALENDARS:
                known.clear()
            known[span] = charge_dates.Calendar(charge_dates.charge_dates(terms, start, finish, redeemed))
        return known[span]

    def redemption(self, terms: Terms, kind: int, start: Date, finish: Date, days: charge_dates.Calendar) -> Redemption:
        """What is charged on redemption; for most terms that is a matter of the contract year."""
        payment = float(terms["payment.amount"])
        if terms.changes or terms["free_withdrawal.form"] == PRIOR_ANNIVERSARY:
            return redemption_of(terms, start, finish, payment, days.days)[1]
        key = kind, charge_dates.contract_year(terms, start, finish)
        if key not in self._redemptions:
            self._redemptions[key] = redemption_of(terms, start, finish, payment, days.days)[1]
        return self._redemptions[key]

    def years(self, terms: Terms, start: Date, finish: Date) -> float:
        """The number of years by the terms."""
        key = terms["years.basis"], terms["years.decimals"], start, finish
        if key not in _YEARS:
            if len(_YEARS) > 8 * MOST_CALENDARS:
                _YEARS.clear()
            _YEARS[key] = periods.number_of_years(terms, start, finish)
        return _YEARS[key]

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
        found: dict[Any, list[_Part]] = {}
        for rows in self.block.kinds():
            for p, period in enumerate(self.periods):
                for some in self.block.signatures(rows, period):
                    for d in range(len(self.days)):
                        span = self._span(some, d, p)
                        if span is not None:
                            found.setdefault((self.block.kind_of(rows[0]), *span, period.stated), []).append((d, p, some))
        alike: dict[tuple[int, int], list[_Walk]] = {}
        for (kind, start, finish, stated), parts in found.items():
            begun = self._begun(kind, start, finish, stated, parts)
            if begun is not None:
                alike.setdefault((kind, len(begun.days.numbers)), []).append(begun)
        for walks in alike.values():
            yield from self._charged(walks)

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

    def _begun(self, kind: int, start: Date, finish: Date, stated: str, parts: list[_Part]) -> _Walk | None:
        """A walk whose charges are still to be made; None where none can be made of it."""
        shape = self.values.shape
        rows = np.concatenate([some for _, _, some in parts])
        places = np.concatenate([(d * shape[1] + p) * shape[2] + some for d, p, some in parts])
        terms = self.block.grid(int(rows[0]), finish, self.charges).terms
        redemption = None
        try:
            years = self.block.years(terms, start, finish)
            if years <= 0:
                raise BadInput("no length")
            if self.charges == "asset":
                days = charge_dates.Calendar([charge_dates.ChargeDate(start), charge_dates.ChargeDate(finish)])
            else:
                days = self.block.calendar(terms, kind, start, finish, self.charges == "all")
            if self.charges == "all":
                redemption = self.block.redemption(terms, kind, start, finish, days)
        except FlexExtraError:
            self._singly(places)
            return None
        return _Walk(terms, days, Charging(), float(terms["payment.amount"]), redemption, years, stated, rows, places)

    def _charged(self, walks: list[_Walk]) -> Iterator[_Walk]:
        """Walks over as many days by the same terms, with their charges."""
        terms = walks[0].terms
        if self.charges == "asset":
            yield from walks
        elif any(charge.base == "share" for charge in terms.charges):
            for one in walks:
                yield from self._charged_by_share(one)
        else:
            for some in [walks] if by_weight_alone(terms) else [[one] for one in walks]:
                yield from self._charged_alike(some)

    def _charged_alike(self, walks: list[_Walk]) -> Iterator[_Walk]:
        """Walks whose charges are made together; what fails fails for all of them."""
        terms = walks[0].terms
        try:
            made = charging_of_many(terms, [one.days for one in walks], float(terms["payment.amount"]))
        except FlexExtraError:
            for one in walks:
                self._singly(one.places)
            return
        for one, (invested, charging) in zip(walks, made, strict=True):
            yield one._replace(invested=invested, charging=charging)

    def _charged_by_share(self, one: _Walk) -> Iterator[_Walk]:
        """A walk by the shares of its rows; those that lack one go the way of a single figure."""
        shares, rows, terms = self.block.shares, one.rows, one.terms
        try:
            invested, charging = charging_of(
                terms, one.days.days, float(terms["payment.amount"]), lambda day: shares.on(day)[rows]
            )
        except FlexExtraError:
            self._singly(one.places)
            return
        good = self._with_shares(charging, one.days.days[-1].day, rows)
        self._singly(one.places[~good])
        if good.all():
            yield one._replace(invested=invested, charging=charging)
        elif good.any():
            yield from self._charged_by_share(one._replace(rows=rows[good], places=one.places[good]))

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

    def walk(self, walks: list[_Walk]) -> None:
        """Some walks as the columns of one: values looked up, charges taken, redeemed, returns put where they belong."""
        terms, kept = walks[0].terms, [one.rows for one in walks]
        widths = [len(rows) for rows in kept]
        rows, which = np.concatenate(kept), np.repeat(np.arange(len(walks)), widths)
        numbers = np.stack([one.days.numbers for one in walks], axis=1)
        calendars = [one.days.days for one in walks]
        rule, most = terms["valuation.rule"], terms["valuation.max_age_days"]
        table, failed = self.block.values.look_up(numbers[:, which], rows, rule, most, calendars, which)
        places = np.concatenate([one.places for one in walks])
        for column, error in failed.items():
            self._unreached(int(places[column]), error)
            table[:, column] = 1.0
        redemption, invested = walks[0].redemption, _wide([one.invested for one in walks], widths)
        keep = redemption is not None and redemption.free_form == PRIOR_ANNIVERSARY
        taken = redemption is not None and redemption.asks_for_charges
        path = walk(table, invested, together([one.charging for one in walks], widths), keep, taken)
        ends = path.value[-1]
        if redemption is not None:
            of = [one.redemption for one in walks if one.redemption]
            names = "payment", "cdsc_rate", "free_rate", "tax_rate"
            columns: dict[str, Any] = {name: np.repeat([float(getattr(one, name)) for one in of], widths) for name in names}
            ends = redeemed_value(path, redemption._replace(**columns))
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
