"""The amounts that printed figures allow, as intervals: charge, shares, CDSC rates, free percentage, asset charge."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ..calculation import charge_dates
from ..errors import FlexExtraError
from . import choices
from .fit import Lines, _totals, common, groups, intervals
from .outcome import Outcome, draft_amount
from .search import Spread

Date = datetime.date
Rates = Callable[[int], tuple[float, float]]
STEP = 1e-3
WIDEST = 4.0  # times an amount: beyond it nothing bounds it
VARIANTS = 24  # of the best sets, whose amounts are measured one by one


class Amount(NamedTuple):
    """An interval of an amount. ``stated`` is the draft's, ``stands`` whether it lies within; ``note`` what to know."""

    name: str
    low: float
    high: float
    stated: float | None
    kind: str  # "dollars", "fraction", "share"
    note: str = ""

    @property
    def stands(self) -> bool | None:
        """Whether the stated amount is one that the figures allow."""
        return None if self.stated is None else bool(self.low - 1e-9 <= self.stated <= self.high + 1e-9)


class One:
    """One of the best sets, whose amounts are varied."""

    def __init__(self, outcome: Outcome, row: int) -> None:
        self.outcome, self.row = outcome, row
        self._plain: dict[int, Lines] = {}
        said = outcome.choices(row)
        rule = said.get("cdsc.anniversary")
        draft = outcome.task.draft
        self._terms = (choices.changed(draft, [("cdsc.anniversary", rule)]) if rule else None) or draft

    def year(self, spread: Spread) -> int:
        """The contract year in which the figures of a spread are redeemed."""
        span = spread.columns.span
        return charge_dates.contract_year(self._terms, span.start, span.finish)

    def lines(self, spread: Spread, rates: Rates | None = None) -> Lines:
        """Dollars around the set's own charge; ``rates`` gives what CDSC and free rates are multiplied with, by year."""
        cdsc, free = rates(self.year(spread)) if rates and spread.columns.span.charges == "all" else (1.0, 1.0)
        if (cdsc, free) == (1.0, 1.0) and id(spread) in self._plain:
            return self._plain[id(spread)]
        own, of = self.outcome.sets, self.outcome.groups
        scale = own.scale[self.row]
        columns = spread.columns
        place = int(spread.walk_of[own.walk[self.row]])
        how = columns.redemption(int(spread.redemption_of[own.redemption[self.row]]))
        if how is not None and (cdsc, free) != (1.0, 1.0):
            how = how._replace(cdsc_rate=how.cdsc_rate * cdsc, free_rate=how.free_rate * free)
        by_fund = np.array([scale[of[spread.places[columns.fund_of == f][0]]] for f in range(len(columns.funds))])
        ends, dollars = [], []
        for off in (-STEP, STEP):
            end = np.maximum(by_fund * (1 + off) + off, 0.0)
            ends.append(end[columns.fund_of][None])
            which = how if how is not None else 0
            dollars.append(columns.dollars([place], which, end[None, :, None]))
        found = Lines((ends[0], ends[1]), *dollars)
        if (cdsc, free) == (1.0, 1.0):
            self._plain[id(spread)] = found
        return found

    def intervals(self, rates: Rates | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Of each figure the charges with which it ties, times the draft's."""
        reading = self.outcome.readings[int(self.outcome.sets.reading[self.row])]
        total = len(self.outcome.task.page.figures)
        first, last = np.full(total, np.inf), np.full(total, -np.inf)
        for spread in reading.spreads:
            y = int(spread.years_of[self.outcome.sets.years[self.row]])
            a, b = intervals(self.lines(spread, rates), spread.low[y][None], spread.high[y][None])
            n = spread.years[y]
            by_years = (n >= spread.low[y]) & (n <= spread.high[y])
            first[spread.places] = np.where(spread.is_years, np.where(by_years, -np.inf, np.inf), a[0])
            last[spread.places] = np.where(spread.is_years, np.where(by_years, np.inf, -np.inf), b[0])
        return first, last

    def ties(self, rates: Rates | None = None) -> int:
        """How many figures tie with the best charge."""
        first, last = self.intervals(rates)
        return int(_totals(first[None], last[None], self.outcome.groups)[0])


def variants(outcome: Outcome) -> list[int]:
    """Rows of the best sets that differ in how charges are taken or a redemption is charged."""
    own = outcome.sets
    keys = np.stack([own.reading, own.walk, own.redemption], axis=1)
    _, first = np.unique(keys, axis=0, return_index=True)
    return sorted(first.tolist(), key=lambda row: (int(own.departures[row]), row))[:VARIANTS]


def charges(outcome: Outcome) -> list[Amount]:
    """The annual charge: in all and by fund, over every best set."""
    task = outcome.task
    main = choices.main_charge(task.draft)
    if not main or not len(outcome.sets):
        return []
    charge = next(one for one in task.draft.charges if one.key == main)
    kind = "dollars" if charge.in_dollars else "fraction"
    stated, unit = float(charge.amount), float(charge.amount) or 1.0
    rows = variants(outcome)
    found = []
    if outcome.by_fund:
        found += _by_fund(outcome, rows, unit, stated)
    else:
        ends = [_whole(One(outcome, row)) for row in rows]
        known = [end for end in ends if end is not None and np.isfinite(end[1])]
        if known:
            low, high = min(e[0] for e in known), max(e[1] for e in known)
            name = f"{main}.{'dollars' if charge.in_dollars else 'rate'}"
            found.append(Amount(name, low * unit, high * unit, stated, kind, _note_of(charge.base)))
        if charge.base == "share":
            found += _shares(outcome, rows, unit)
    return found


def _note_of(base: str) -> str:
    if base == "average_size":
        return "only dollars / average contract size x the part of contracts charged is told; the size as drafted"
    return "with the shares as given; only shares x charge is told" if base == "share" else ""


def _whole(one: One) -> tuple[float, float] | None:
    first, last = one.intervals()
    return common(np.maximum(first, 0.0), last, float(one.outcome.sets.scale[one.row, 0]))


def _fund_ends(one: One, figures: Sequence[int] | None = None) -> list[tuple[float, float]]:
    """The interval of each fund's charge, times the draft's whole charge (with shares given: times its share)."""
    of = groups(one.outcome.task.page.figures, True)
    first, last = one.intervals()
    keep = np.ones(len(of), dtype=bool) if figures is None else np.isin(np.arange(len(of)), figures)
    scale, grouped = one.outcome.sets.scale[one.row], one.outcome.groups
    found = []
    for fund in range(int(of.max()) + 1):
        own = (of == fund) & keep
        wish = float(scale[grouped[of == fund][0]])
        ends = common(np.maximum(first[own], 0.0), last[own], wish)
        found.append((np.nan, np.nan) if ends is None else ends)
    return found


def _by_fund(outcome: Outcome, rows: list[int], unit: float, stated: float) -> list[Amount]:
    figures = outcome.task.page.figures
    funds = list(dict.fromkeys(figure.fund for figure in figures))
    every = np.array([_fund_ends(One(outcome, row)) for row in rows])  # (sets, funds, 2)
    total = np.nansum(every, axis=1) * unit
    near = outcome.sets.departures[rows] == outcome.sets.departures.min()
    found = []
    if np.isfinite(total[near]).all():
        found.append(Amount(SUM, total[near, 0].min(), total[near, 1].max(), stated, "dollars",
                            "by the sets nearest to the draft; the charge itself where the shares sum to one"))  # fmt: skip
    if np.isfinite(total).all() and len(total) > 1:
        holds = int(((total[:, 0] <= stated) & (total[:, 1] >= stated)).sum())
        note = f"{holds} of {len(total)} of these sets allow {stated:g}"
        found.append(Amount(f"{SUM}, by every set that ties as much", total[:, 0].min(), total[:, 1].max(), stated,
                            "dollars", note))  # fmt: skip
    for period in dict.fromkeys(figure.period for figure in figures):
        own = [k for k, figure in enumerate(figures) if figure.period == period]
        ends = np.array([_fund_ends(One(outcome, row), own) for row in rows[:1]]).sum(axis=1) * unit
        if np.isfinite(ends).all():
            found.append(Amount(f"{SUM}, by {period} alone", ends[0, 0], ends[0, 1], stated, "dollars",
                                "by the set nearest to the draft"))  # fmt: skip
    for k, fund in enumerate(funds):
        low, high = every[near, k, 0].min() * unit, every[near, k, 1].max() * unit
        if np.isfinite([low, high]).all():
            note = f"a share of {low / stated:.4f} to {high / stated:.4f} at {stated:g}" if stated else ""
            found.append(Amount(f"charge of {fund}", low, high, None, "dollars", note))
    return found


SUM = "sum of shares x charge"


def allowed(outcome: Outcome, dollars: float) -> bool:
    """Whether any of the best sets allows a whole contract's charge of so many dollars."""
    main = choices.main_charge(outcome.task.draft)
    unit = draft_amount(outcome.task, main) if main else 0.0
    if not unit or not len(outcome.sets):
        return False
    for row in variants(outcome):
        if outcome.by_fund:
            ends = np.array(_fund_ends(One(outcome, row))).sum(axis=0)
        else:
            ends = np.array(_whole(One(outcome, row)) or (np.nan, np.nan))
        if ends[0] * unit - 1e-9 <= dollars <= ends[1] * unit + 1e-9:
            return True
    return False


def shares(outcome: Outcome) -> dict[str, tuple[float, float]]:
    """The share of each fund of the charge as drafted, by the best sets nearest to the draft."""
    if not outcome.by_fund or not len(outcome.sets):
        return {}
    own = outcome.sets
    rows = [row for row in variants(outcome) if own.departures[row] == own.departures.min()]
    every = np.array([_fund_ends(One(outcome, row)) for row in rows])
    funds = list(dict.fromkeys(figure.fund for figure in outcome.task.page.figures))
    ends = {fund: (float(every[:, k, 0].min()), float(every[:, k, 1].max())) for k, fund in enumerate(funds)}
    return {fund: both for fund, both in ends.items() if np.isfinite(both).all()}


def _shares(outcome: Outcome, rows: list[int], unit: float) -> list[Amount]:
    """The shares that the figures of each fund allow at the charge as drafted."""
    task, funds = outcome.task, list(dict.fromkeys(figure.fund for figure in outcome.task.page.figures))
    if task.shares is None:
        return []
    last = max(span.finish for figure in task.page.figures for span in figure.spans if span)
    every = np.array([_fund_ends(One(outcome, row)) for row in rows])
    found = []
    for k, fund in enumerate(funds):
        try:
            share = task.shares(fund, last)
        except FlexExtraError:  # no share: no interval of it
            continue
        known = every[np.isfinite(every[:, k]).all(axis=1), k]
        if not len(known):
            continue
        low, high = known[:, 0].min() * share, known[:, 1].max() * share
        if np.isfinite([low, high]).all():
            found.append(Amount(f"share of {fund}", low, high, share, "share", f"at {unit:g} dollars"))
    return found


def rates(outcome: Outcome, row: int = 0) -> list[Amount]:
    """CDSC rates by contract year and the free percentage, each with the others as drafted; what only a product tells."""
    if not len(outcome.sets):
        return []
    draft, one = outcome.task.draft, One(outcome, row)
    years, most, found = _years_with_cdsc(one), one.ties(), []
    said = outcome.choices(row)
    stated = draft["free_withdrawal.rate"]
    free = float(said.get(choices.FREE_RATE) or stated or 0.0)
    has_free = free > 0 and said.get("free_withdrawal.form") not in {None, "none"}
    product = False
    for year, rate in years.items():
        ends = _profile(lambda k, y=year: one.ties(lambda of: (k if of == y else 1.0, 1.0)), most)  # type: ignore[misc]
        if ends is None:
            continue
        note = ""
        if has_free and _only_product(one, free, most):
            low, high = ends[0] * rate * (1 - free), ends[1] * rate * (1 - free)
            note, product = f"only rate x (1 - free percentage) is told: {low:.6f} to {high:.6f}", True
        found.append(Amount(f"cdsc.schedule.{year}", ends[0] * rate, ends[1] * rate, rate, "fraction", note))
    if has_free and years:
        ends = _profile(lambda k: one.ties(lambda of: (1.0, k)), most)
        if ends is not None:
            note = "with the CDSC rates as drafted" + ("; only rate x (1 - free percentage) is told" if product else "")
            found.append(Amount(choices.FREE_RATE, ends[0] * free, ends[1] * free, stated, "fraction", note))
    return found


def _years_with_cdsc(one: One) -> dict[int, float]:
    """The contract years of redemption among the figures, with the CDSC rates of the draft that are above zero."""
    found, sets = {}, one.outcome.sets
    for spread in one.outcome.readings[int(sets.reading[one.row])].spreads:
        if spread.columns.span.charges == "all":
            how = spread.columns.redemption(int(spread.redemption_of[sets.redemption[one.row]]))
            if how is not None and how.cdsc_rate:
                found[one.year(spread)] = float(how.cdsc_rate)
    return dict(sorted(found.items()))


def _profile(ties: Callable[[float], int], most: int) -> tuple[float, float] | None:
    """From where to where an amount, times the draft's, ties as many figures; None where nothing bounds it."""
    ends = []
    for far in (0.0, WIDEST):
        inside, outside = 1.0, far
        if ties(outside) >= most:
            return None
        for _ in range(18):
            middle = 0.5 * (inside + outside)
            if ties(middle) >= most:
                inside = middle
            else:
                outside = middle
        ends.append(inside)
    return ends[0], ends[1]


def _only_product(one: One, free: float, most: int) -> bool:
    """Whether other rates with another free percentage, of the same products, tie as many figures."""
    others = [(k, (1 - (1 - free) / k) / free) for k in (0.97, 1.04)]
    return all(one.ties(lambda of, pair=pair: pair) >= most for pair in others)  # type: ignore[misc]


def asset_charge(of_fund: tuple[float, float], of_units: tuple[float, float], days: int) -> tuple[float, float]:
    """The separate account charge a year between growth of a fund and of its unit value, each from least to most.

    The unit value grows by the fund's growth less a daily charge: (1 - charge)^(days / 365).
    """
    part = 365.0 / days
    return 1.0 - (of_units[1] / of_fund[0]) ** part, 1.0 - (of_units[0] / of_fund[1]) ** part


__all__ = ["Amount", "asset_charge", "charges", "draft_amount", "rates", "variants"]
