"""The figures of one span under every alternative: the alternatives are columns of the one walk."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..calculation import charge_dates
from ..calculation.charge_schedule import charging_of, redemption_of
from ..calculation.taken import Charging, Path, Taken
from ..calculation.walk import PRIOR_ANNIVERSARY, Redemption, redeem, walk
from ..cells.rounding import rounded
from ..errors import FlexExtraError
from ..terms import Terms
from .choices import Alternative, main_charge
from .figures import Figure, Span
from .levels import Levels

Date = datetime.date
_DATED = ("amount", "at_least", "at_most", "at_most_of_value", "waived_from", "rolled_up", "year_start", "growth_left")
_IDLE = {"amount": 0.0, "at_least": 0.0, "at_most": np.inf, "at_most_of_value": np.inf, "waived_from": np.inf,
         "rolled_up": 0.0, "year_start": False, "growth_left": 1.0}  # fmt: skip
"""What a charge is on a day that an alternative does not need."""

Shares = Callable[[str, Date], float]


class _Charged(NamedTuple):
    """How an alternative charges a span: what tells it from others, its days, and those of them that only a free amount
    of the last anniversary needs."""

    key: Any
    days: tuple[Date, ...]
    invested: float
    charging: Charging
    extra: frozenset[Date]
    no_prior: bool


class _Column(NamedTuple):
    """One distinct way of charging a span: its days, what is taken on them, and the unit values of its funds."""

    days: tuple[Date, ...]
    invested: float
    charging: Charging
    levels: np.ndarray  # (days, funds, corners)
    missing: np.ndarray  # (funds): a unit value that it needs is not there
    no_prior: bool  # the day on which the contract year began cannot be read off it


class _Joined(NamedTuple):
    """Columns that one walk can take together."""

    places: np.ndarray
    days: tuple[Date, ...]
    invested: np.ndarray
    charging: Charging
    levels: np.ndarray
    missing: np.ndarray
    no_prior: np.ndarray


class Columns:
    """The figures of one span. ``walk_of``, ``redemption_of`` say which distinct alternative each of an axis is here."""

    def __init__(
        self, draft: Terms, span: Span, figures: Sequence[Figure], levels: Levels, shares: Shares | None,
        walks: Sequence[tuple[Alternative, Alternative, bool]], redemptions: Sequence[Alternative],
    ) -> None:  # fmt: skip
        self.draft, self.span, self.figures, self.shares = draft, span, tuple(figures), shares
        self.funds = list(dict.fromkeys(figure.fund for figure in figures))
        self.fund_of = np.array([self.funds.index(figure.fund) for figure in figures])
        self.corners = levels.corners
        self.payment = float(draft["payment.amount"])
        keys = [charge.key for charge in draft.charges]
        main = main_charge(draft)
        self.main = keys.index(main) if main in keys else None
        self._measures_free = any(figure.measure == "free" for figure in figures)
        self._redemptions: list[Redemption | None] = []
        self.redemption_of = self._distinct_redemptions(redemptions)
        self._columns: list[_Column] = []
        self.walk_of = self._distinct_walks(walks, levels)
        self._joined = list(self._groups())
        self._where = {int(p): (g, i) for g, group in enumerate(self._joined) for i, p in enumerate(group.places)}

    @property
    def count(self) -> tuple[int, int]:
        """How many distinct walks and redemptions there are here."""
        return len(self._columns), len(self._redemptions)

    # --- what is distinct ---------------------------------------------------------------------------------------------

    def _distinct_redemptions(self, redemptions: Sequence[Alternative]) -> np.ndarray:
        span, known, places = self.span, {}, []
        self._prior_days: set[Date] = set()
        if span.charges != "all":
            self._redemptions = [None]
            return np.zeros(len(redemptions), dtype=int)
        for one in redemptions:
            found = self._redemption(one.terms)
            key: Any = found
            if found is not None and not found.cdsc_rate and not found.tax_rate and not self._measures_free:
                key = "nothing"
            if key not in known:
                known[key] = len(self._redemptions)
                self._redemptions.append(found)
            places.append(known[key])
        return np.array(places)

    def _redemption(self, terms: Terms) -> Redemption | None:
        span = self.span
        try:
            begins = charge_dates.year_begins(terms, span.start, span.finish)
            prior = terms["free_withdrawal.form"] == PRIOR_ANNIVERSARY
            days = [charge_dates.ChargeDate(begins)]
            _, found = redemption_of(terms, span.start, span.finish, self.payment, days)
        except FlexExtraError:
            return None
        if prior and found.free_form == PRIOR_ANNIVERSARY:
            self._prior_days.add(begins)
            return found._replace(year_begins=begins.toordinal())
        return found._replace(year_begins=0)

    def _distinct_walks(self, walks: Sequence[tuple[Alternative, Alternative, bool]], levels: Levels) -> np.ndarray:
        known: dict[Any, int] = {}
        charged: dict[tuple[int, bool], _Charged | None] = {}
        read: dict[tuple[int, tuple[Date, ...]], tuple[int, np.ndarray]] = {}
        alike: dict[bytes, int] = {}
        places = []
        for how, rule, cents in walks:
            cents = cents and self.span.charges != "asset"
            asked = id(how), cents
            if asked not in charged:
                charged[asked] = self._charged(how.terms, cents)
            found = charged[asked]
            if found is None:
                places.append(-1)
                continue
            key, days, invested, charging, extra, no_prior = found
            if (id(rule), days) not in read:
                table = levels.at(rule.terms, days, self.funds, self.span)
                read[id(rule), days] = alike.setdefault(table.tobytes(), len(alike)), table
            level, table = read[id(rule), days]
            whole = key, level
            if whole not in known:
                known[whole] = len(self._columns)
                own = np.array([day not in extra for day in days])
                missing = np.isnan(table[own]).any(axis=(0, 2))
                no_prior = no_prior or bool(np.isnan(table).any() and not missing.all())
                self._columns.append(_Column(days, invested, charging, _filled(table), missing, no_prior))
            places.append(known[whole])
        return np.array(places)

    def _charged(self, terms: Terms, cents: bool) -> _Charged | None:
        span = self.span
        if span.charges == "asset":
            return _Charged("asset", (span.start, span.finish), self.payment, Charging(), frozenset(), False)
        try:
            days = charge_dates.charge_dates(terms, span.start, span.finish, redeemed=span.charges == "all")
            days, extra, no_prior = self._with_prior(days, cents)
            invested, charging = charging_of(terms, days, self.payment, lambda day: 1.0)
        except FlexExtraError:
            return None
        invested += sum(charge.from_payment for charge in charging.charges)  # taken off by share and amount, later
        calendar = tuple(day.day for day in days)
        charging = charging._replace(cents=cents)
        key = [cents, calendar, invested, charging.bought_decimals]
        for one in charging.charges:
            dated = [np.asarray(getattr(one, name)).tobytes() for name in _DATED if name != "year_start"]
            starts = np.asarray(one.year_start).tobytes() if one.base in {"start_value", "average_value"} else b""
            key.append((one.base, *dated, starts, one.unit_decimals, one.from_payment))
        return _Charged(tuple(key), calendar, invested, charging, extra, no_prior)

    def _with_prior(
        self, days: list[charge_dates.ChargeDate], cents: bool
    ) -> tuple[list[charge_dates.ChargeDate], frozenset[Date], bool]:
        """The days with those on which a contract year began; in cents a day more would round once more."""
        more = self._prior_days - {day.day for day in days}
        if not more or cents:
            return days, frozenset(), bool(more)
        count = len(self.draft.charges)
        idle = [charge_dates.ChargeDate(day, (0.0,) * count, (False,) * count, True) for day in more]
        return sorted([*days, *idle]), frozenset(more), False

    # --- columns of one walk ------------------------------------------------------------------------------------------

    def _groups(self) -> Iterator[_Joined]:
        alike: dict[Any, list[int]] = {}
        for place, column in enumerate(self._columns):
            charging = column.charging
            kind = tuple((c.base, c.unit_decimals, c.growth_left is not None) for c in charging.charges)
            alike.setdefault((kind, charging.cents, charging.bought_decimals), []).append(place)
        for places in alike.values():
            yield self._join(places)

    def _join(self, places: list[int]) -> _Joined:
        columns = [self._columns[place] for place in places]
        days = tuple(sorted({day for column in columns for day in column.days}))
        at = {day: k for k, day in enumerate(days)}
        levels = np.ones((len(days), len(places), len(self.funds), self.corners))
        rows = [np.array([at[day] for day in column.days]) for column in columns]
        for i, (column, own) in enumerate(zip(columns, rows, strict=True)):
            levels[own, i] = column.levels
            idle = np.setdiff1d(np.arange(len(days)), own)
            last = own[np.searchsorted(own, idle) - 1]
            levels[idle, i] = levels[last, i]  # no growth on a day that this column does not have
        first = columns[0].charging
        charges = []
        for place, charge in enumerate(first.charges):
            dated = {name: self._dated(columns, rows, len(days), place, name) for name in _DATED}
            charges.append(charge._replace(**dated))
        anniversary: Any = False
        if any(charge.base == "highest_anniversary_value" for charge in first.charges):
            anniversary = np.zeros((len(days), len(places), 1, 1), dtype=bool)
            for i, (column, own) in enumerate(zip(columns, rows, strict=True)):
                anniversary[own, i, 0, 0] = column.charging.anniversary
        return _Joined(
            np.array(places), days, np.array([column.invested for column in columns])[:, None, None],
            first._replace(charges=tuple(charges), anniversary=anniversary), levels,
            np.array([column.missing for column in columns]), np.array([column.no_prior for column in columns]),
        )  # fmt: skip

    def _dated(self, columns: list[_Column], rows: list[np.ndarray], count: int, place: int, name: str) -> Any:
        """One array of a charge by day and column; on other days nothing is taken."""
        parts = [getattr(column.charging.charges[place], name) for column in columns]
        if parts[0] is None:
            return None
        found = np.full((count, len(columns), 1, 1), _IDLE[name])
        for i, (part, own) in enumerate(zip(parts, rows, strict=True)):
            found[own, i, 0, 0] = part
        return found

    def _shared(self, taken: Taken, days: Sequence[Date], is_share: bool) -> tuple[Taken, Any]:
        """A charge by share with each fund's share; what of the payment it takes, for the whole of it."""
        if not is_share or self.shares is None:
            return taken, 1.0
        part = np.array([[self.shares(fund, day) for fund in self.funds] for day in days])[:, None, :, None]
        more = {name: getattr(taken, name) * part for name in ("amount", "at_least", "at_most", "at_most_of_value")}
        return taken._replace(**more), part[-1]

    def paths(self, places: Any, scale: Any = 1.0) -> Iterator[tuple[np.ndarray, Path, _Joined, np.ndarray, Any]]:
        """The walks of distinct alternatives with the main charge times ``scale`` ``(walks, funds, columns)``.

        The places among those asked for, the walk, its group, which of its columns they are, and what is off the payment.
        """
        places = np.asarray(places)
        scale = np.broadcast_to(scale, (len(places), len(self.funds), np.shape(scale)[-1] if np.ndim(scale) else 1))
        of_group = np.array([self._where[int(place)][0] for place in places])
        for g, group in enumerate(self._joined):
            mine = np.flatnonzero(of_group == g)
            if not len(mine):
                continue
            own = np.array([self._where[int(place)][1] for place in places[mine]])
            yield (mine, *self._walked(group, own, scale[mine]))

    def _walked(self, group: _Joined, own: np.ndarray, scale: np.ndarray) -> tuple[Path, _Joined, np.ndarray, Any]:
        charges, off, each = [], 0.0, []
        # corners and amounts are pairs of the last axis
        levels = group.levels[:, own]
        count = max(scale.shape[-1], self.corners)
        levels = np.broadcast_to(levels, (*levels.shape[:-1], count)) if levels.shape[-1] != count else levels
        for place, taken in enumerate(group.charging.charges):
            dated: dict[str, Any] = {n: v if (v := getattr(taken, n)) is None else v[:, own] for n in _DATED}
            one = taken._replace(**dated)
            terms_charge = self.draft.charges[place]
            one, part = self._shared(one, group.days, terms_charge.base == "share")
            factor = scale if place == self.main else 1.0
            if place == self.main:
                left = None if one.growth_left is None else one.growth_left**factor
                one = one._replace(amount=one.amount * factor, growth_left=left)
            paid = np.array([self._columns[p].charging.charges[place].from_payment for p in group.places[own]])
            gone = paid[:, None, None] * part * factor
            off = off + gone
            each.append(gone)
            charges.append(one)
        invested = np.maximum(np.broadcast_to(group.invested[own] - off, levels.shape[1:]), 0.0)
        invested = rounded(invested, 2) if group.charging.cents else invested
        anniversary = group.charging.anniversary
        anniversary = anniversary[:, own] if np.ndim(anniversary) else anniversary
        charging = group.charging._replace(charges=tuple(charges), anniversary=anniversary)
        with np.errstate(invalid="ignore"):
            path = walk(np.ascontiguousarray(levels), invested, charging)
        return path, group, own, each

    def redemption(self, place: int) -> Redemption | None:
        """One of the distinct redemptions; None where nothing is redeemed, or the terms have no rate for it."""
        return self._redemptions[place]

    def dollars(self, places: Any, redemption: int | Redemption, scale: Any = 1.0) -> np.ndarray:
        """The dollars (units) of each figure: ``(walks, figures, columns)``; NaN where a unit value is missing."""
        for_all = self.dollars_of_all(places, [redemption], scale)
        return for_all[:, 0]

    def dollars_of_all(self, places: Any, redemptions: Sequence[int | Redemption], scale: Any = 1.0) -> np.ndarray:
        """The same for several redemptions, by their places or given: ``(walks, redemptions, figures, columns)``."""
        places = np.asarray(places)
        count = max(np.shape(scale)[-1] if np.ndim(scale) else 1, self.corners)
        found = np.full((len(places), len(redemptions), len(self.figures), count), np.nan)
        valid = np.flatnonzero(places >= 0)
        given = scale if np.ndim(scale) < 2 or np.shape(scale)[0] != len(places) else np.asarray(scale)[valid]
        for mine, path, group, own, each in self.paths(places[valid], given):
            at = valid[mine]
            missing = group.missing[own][:, self.fund_of]
            for r, which in enumerate(redemptions):
                how = self._redemptions[which] if isinstance(which, int) else which
                values = self._measured(path, group, own, how, each)
                found[at, r] = np.where(missing[:, :, None], np.nan, values)
        return found

    def _measured(self, path: Path, group: _Joined, own: np.ndarray, how: Redemption | None, each: Any) -> np.ndarray:
        """Each figure's dollars of one group under one redemption."""
        redeemed = None
        prior = how is not None and how.free_form == PRIOR_ANNIVERSARY
        if how is not None:
            place = group.days.index(Date.fromordinal(how.year_begins)) if prior and not group.no_prior.all() else 0
            redeemed = redeem(path, how._replace(cents=group.charging.cents, year_begins=place))
        if self.span.charges == "all" and redeemed is None:
            return np.full((len(own), len(self.figures), 1), np.nan)
        columns = [self._measure(figure, fund, path, redeemed, group, own, each)
                   for figure, fund in zip(self.figures, self.fund_of, strict=True)]  # fmt: skip
        found = np.stack(columns, axis=1)
        if prior:
            found = np.where(group.no_prior[own][:, None, None], np.nan, found)
        return found

    def _measure(
        self, figure: Figure, fund: int, path: Path, redeemed: Any, group: _Joined, own: np.ndarray, each: Any
    ) -> np.ndarray:
        last: np.ndarray = path.value[-1][:, fund]
        if figure.measure in {"cdsc", "free"}:
            return np.asarray(getattr(redeemed, figure.measure))[:, fund] if redeemed else last * 0.0
        if figure.measure == "value":
            return last
        if figure.measure == "units":
            levels = group.levels[-1, own][:, fund]
            return last / levels
        if figure.measure == "charge":
            places = _named(self.draft, figure.charge)
            total = last * 0.0
            for place in places:
                total = total + path.taken[place].sum(axis=0)[:, fund]
                total = total + np.broadcast_to(each[place], path.value[-1].shape)[:, fund]
            return total
        return np.asarray(redeemed.erv)[:, fund] if redeemed else last


def _named(draft: Terms, named: str) -> list[int]:
    """The places of the charges that a figure of charges names; all without a name."""
    wanted = named.strip().casefold().removesuffix(".0")
    known = enumerate(draft.charges)
    return [k for k, c in known if not wanted or wanted in {c.name.casefold(), c.key.casefold(), c.key.rpartition(".")[2]}]


def _filled(table: np.ndarray) -> np.ndarray:
    """Levels without gaps, for a walk whose figures are dropped anyway: the value before, or one."""
    table = table.copy()
    for k in range(len(table)):
        table[k] = np.where(np.isnan(table[k]), table[k - 1] if k else 1.0, table[k])
    return table
