"""Amounts fitted together with the choices: for every set the charge with which most figures tie.

Dollars at the end are nearly linear in the charge, so each figure leaves an interval of it; the best charge lies in most
intervals. What is found so is then walked exactly.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .figures import Figure
from .search import Progress, Reading, Spread, _ties

EITHER = 0.5, 1.5  # times the charge of the draft: where its effect is measured first
SHARES = 0.0, 0.5  # of a whole contract's charge, where a fund's share is unknown
CANDIDATES = 400  # sets that are walked exactly


class Fitted(NamedTuple):
    """Sets with their best amounts. ``scale`` is the charge of each group of funds, times that of the draft."""

    reading: Reading
    walk: np.ndarray
    redemption: np.ndarray
    years: np.ndarray
    scale: np.ndarray  # (sets, groups)
    tied: np.ndarray  # (sets, all figures)

    @property
    def score(self) -> np.ndarray:
        """Figures tied by each set."""
        found: np.ndarray = self.tied.sum(axis=1)
        return found


def groups(figures: tuple[Figure, ...], by_fund: bool) -> np.ndarray:
    """Which unknown amount each figure depends on: its fund's, or the one of all."""
    if not by_fund:
        return np.zeros(len(figures), dtype=int)
    funds = list(dict.fromkeys(figure.fund for figure in figures))
    return np.array([funds.index(figure.fund) for figure in figures])


class Lines(NamedTuple):
    """Dollars of a spread as lines of the charge: (walks, redemptions, figures, corners)."""

    at: tuple[Any, Any]  # the two charges: numbers, or (sets, figures)
    low: np.ndarray
    high: np.ndarray


def fit(
    reading: Reading, figures: tuple[Figure, ...], by_fund: bool, amount: float = 1.0, progress: Progress | None = None
) -> Fitted:
    """The best sets of a reading with their amounts, most figures first.

    ``amount`` is the draft's: one amount for all is taken as round as its interval allows.
    """
    whole = 0.0 if by_fund else amount
    of = groups(figures, by_fund)
    at = SHARES if by_fund else EITHER
    lines = []
    for done, spread in enumerate(reading.spreads):
        count = spread.columns.count
        ends = [spread.columns.dollars_of_all(np.arange(count[0]), range(count[1]), one) for one in at]
        lines.append(Lines(at, *ends))
        if progress:
            progress(done + 1, len(reading.spreads), "amounts measured under every choice")
    walk, redemption, years, _ = _best(reading, lines, of)
    scale = _points(*_of_sets(reading, lines, walk, redemption, years, len(of)), of, None, whole)
    for _ in range(2):  # once more, measured at what was found
        near = [_near(spread, walk, redemption, scale, of) for spread in reading.spreads]
        scale = _scales_of(reading, near, of, years, scale, whole)
    tied = _exact(reading, walk, redemption, years, scale, of, len(figures))
    order = np.argsort(-tied.sum(axis=1), kind="stable")
    return Fitted(reading, walk[order], redemption[order], years[order], scale[order], tied[order])


def intervals(lines: Lines, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The charges with which figures tie, from least to most; an interval turned round where there is none."""
    k0, k1 = lines.at
    with np.errstate(all="ignore"):
        slope = (lines.high - lines.low) / np.asarray(k1 - k0)[..., None]
        least, most = lines.low.min(axis=-1), lines.low.max(axis=-1)
        steep, level = slope.min(axis=-1), np.abs(slope).max(axis=-1) < 1e-9
        # dollars fall as the charge grows: the least growth tells the least charge
        first, last = k0 + (high - least) / steep, k0 + (low - most) / steep
        inside = (most >= low) & (least <= high)
    first, last = np.where(level, -np.inf, first), np.where(level, np.inf, last)
    never = np.isnan(least) | (level & ~inside) | (~level & ~(steep < 0))
    return np.where(never, np.inf, np.maximum(first, 0.0)), np.where(never, -np.inf, last)


def _of_sets(
    reading: Reading, lines: list[Lines], walk: np.ndarray, redemption: np.ndarray, years: np.ndarray, total: int
) -> tuple[np.ndarray, np.ndarray]:
    """The intervals of all figures of some sets: ``(sets, figures)``."""
    first, last = np.full((len(walk), total), np.inf), np.full((len(walk), total), -np.inf)
    for spread, line in zip(reading.spreads, lines, strict=True):
        w, r = spread.walk_of[walk], spread.redemption_of[redemption]
        y = spread.years_of[years]
        own = Lines(line.at, line.low[w, r], line.high[w, r])
        a, b = intervals(own, spread.low[y], spread.high[y])
        by_years = spread.is_years & (spread.years[y] >= spread.low[y]) & (spread.years[y] <= spread.high[y])
        a = np.where(spread.is_years, np.where(by_years, -np.inf, np.inf), a)
        b = np.where(spread.is_years, np.where(by_years, np.inf, -np.inf), b)
        gone = (w < 0)[:, None]
        first[:, spread.places], last[:, spread.places] = np.where(gone, np.inf, a), np.where(gone, -np.inf, b)
    return first, last


def tied_at_once(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """In how many intervals of a row the best point lies: the most that are open as a point moves up."""
    count = first.shape[1]
    events = np.concatenate([np.maximum(first, 0.0), last], axis=1)
    open_ = first <= last
    step = np.concatenate([open_, open_], axis=1).astype(np.int16)
    step[:, count:] *= -1
    order = np.argsort(events, axis=1, kind="stable")  # at one point intervals begin before others end
    return np.maximum(np.cumsum(np.take_along_axis(step, order, axis=1), axis=1).max(axis=1, initial=0), 0)


def _totals(first: np.ndarray, last: np.ndarray, of: np.ndarray) -> np.ndarray:
    """The same with an amount for each group of figures."""
    found = np.zeros(len(first), dtype=int)
    for group in np.unique(of):
        own = of == group
        found += tied_at_once(first[:, own], last[:, own])
    return found


def _best(reading: Reading, lines: list[Lines], of: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The most promising sets: pruned by the figures that no amount and no count of years moves."""
    walks, redemptions, counts = reading.shape
    charged, moving = np.zeros(len(of), dtype=bool), np.zeros(len(of), dtype=bool)
    for spread in reading.spreads:
        charged[spread.places] = ~spread.is_years & (spread.columns.span.charges != "asset")
        moving[spread.places] = np.ptp(spread.low, axis=0) + np.ptp(spread.years, axis=0) > 0
    still, loose = charged & ~moving, int((charged & moving).sum())
    own = int(np.argmin(reading.years.departures))
    pairs = np.stack(np.divmod(np.arange(walks * redemptions), redemptions), axis=1)
    sure = np.zeros(len(pairs), dtype=int)
    for part in slices(len(pairs), max(int(4e6 / max(len(of), 1)), 1)):
        w, r = pairs[part].T
        first, last = _of_sets(reading, lines, w, r, np.full(len(w), own), len(of))
        sure[part] = _totals(first[:, still], last[:, still], of[still])
    plain = np.zeros((walks, counts), dtype=int)  # figures that no amount moves, nor a redemption
    if not charged.all():
        w, y = np.stack(np.divmod(np.arange(walks * counts), counts))
        first, last = _of_sets(reading, lines, w, np.zeros(len(w), dtype=int), y, len(of))
        plain = (first <= last)[:, ~charged].sum(axis=1).reshape(walks, counts)
    most = sure + plain.max(axis=1)[pairs[:, 0]] + loose
    found: list[list[np.ndarray]] = [[], [], [], []]
    best = 0
    hopeful = np.argsort(-most, kind="stable")
    for part in slices(len(hopeful), max(int(1e6 / max(len(of) * counts, 1)), 1)):
        w, r = np.repeat(pairs[hopeful[part]], counts, axis=0).T
        y = np.tile(np.arange(counts), len(hopeful[part]))
        can = np.repeat(sure[hopeful[part]], counts) + plain[w, y] + loose >= best
        if not can.any():
            break
        w, r, y = w[can], r[can], y[can]
        first, last = _of_sets(reading, lines, w, r, y, len(of))
        totals = _totals(first[:, charged], last[:, charged], of[charged]) + plain[w, y]
        best = max(best, int(totals.max()))
        for store, one in zip(found, (w, r, y, totals), strict=True):
            store.append(one[totals >= best - 1])
    walk, redemption, years, score = (np.concatenate(one) if one else np.zeros(0, dtype=int) for one in found)
    departures = reading.walk.departures[walk] + reading.redemption.departures[redemption]
    order = np.lexsort((departures + reading.years.departures[years], -score))[:CANDIDATES]
    return walk[order], redemption[order], years[order], score[order]


def slices(count: int, size: int) -> list[slice]:
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def _points(first: np.ndarray, last: np.ndarray, of: np.ndarray, near: np.ndarray | None, whole: float) -> np.ndarray:
    """For each set and group a point of what lies in most intervals; of several the one nearest to 1, or to ``near``."""
    found = np.ones((len(first), int(of.max(initial=-1)) + 1))
    for s in range(len(first)):
        for group in range(found.shape[1]):
            own = of == group
            ends = common(first[s, own], last[s, own], 1.0 if near is None else near[s, group])
            if ends is not None:
                found[s, group] = roundest(*ends, whole)
    return found


def roundest(low: float, high: float, whole: float) -> float:
    """A point of an interval: of ``whole`` times it the roundest number of dollars, else the middle."""
    if low <= 1.0 <= high:
        return 1.0
    if not np.isfinite(high):
        return low
    for step in (5.0, 1.0, 0.5, 0.25, 0.1, 0.05, 0.01) if whole else ():
        nearest = round(0.5 * (low + high) * whole / step) * step / whole
        if low <= nearest <= high:
            return nearest
    return 0.5 * (low + high)


def common(first: np.ndarray, last: np.ndarray, wish: float) -> tuple[float, float] | None:
    """The interval that lies in most intervals, nearest to a wish; None where nothing bounds it."""
    points = np.unique(first[np.isfinite(first)])
    if not len(points):
        return None
    inside = (first[None, :] <= points[:, None]) & (last[None, :] >= points[:, None])
    counts = inside.sum(axis=1)
    most = np.flatnonzero(counts == counts.max())
    ends = [(float(points[p]), float(last[inside[p]].min(initial=np.inf))) for p in most]
    return min(ends, key=lambda end: max(end[0] - wish, wish - end[1], 0.0))


def _near(spread: Spread, walk: np.ndarray, redemption: np.ndarray, scale: np.ndarray, of: np.ndarray) -> Lines:
    """The lines of some sets at their own amounts: (sets, figures, corners)."""
    step = 1e-3
    ends = [np.maximum(scale * (1 + off) + off, 0.0) for off in (-step, step)]
    both = [walked(spread, walk, redemption, end, of) for end in ends]
    return Lines((ends[0][:, of[spread.places]], ends[1][:, of[spread.places]]), *both)


def walked(spread: Spread, walk: np.ndarray, redemption: np.ndarray, scale: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Dollars of some sets at their own amounts, walked exactly: ``(sets, figures, corners)``."""
    columns = spread.columns
    own = [of[spread.places[columns.fund_of == fund][0]] for fund in range(len(columns.funds))]
    by_fund = np.maximum(scale[:, own], 0.0)[:, :, None]
    w, r = spread.walk_of[walk], spread.redemption_of[redemption]
    found: np.ndarray | None = None
    for which in np.unique(r):
        mine = np.flatnonzero(r == which)
        got = columns.dollars(w[mine], int(which), by_fund[mine])
        if found is None:
            found = np.full((len(walk), *got.shape[1:]), np.nan)
        found[mine] = got
    assert found is not None
    return found


def _scales_of(
    reading: Reading, near: list[Lines], of: np.ndarray, years: np.ndarray, scale: np.ndarray, whole: float
) -> np.ndarray:
    """Better amounts, from lines that were measured at the last ones."""
    total = len(of)
    first, last = np.full((len(years), total), np.inf), np.full((len(years), total), -np.inf)
    for spread, line in zip(reading.spreads, near, strict=True):
        first[:, spread.places], last[:, spread.places] = intervals(
            line, spread.low[spread.years_of[years]], spread.high[spread.years_of[years]]
        )
    return _points(first, last, of, scale, whole)


def _exact(
    reading: Reading, walk: np.ndarray, redemption: np.ndarray, years: np.ndarray, scale: np.ndarray,
    of: np.ndarray, total: int,
) -> np.ndarray:  # fmt: skip
    tied = np.zeros((len(walk), total), dtype=bool)
    for spread in reading.spreads:
        if len(walk):
            dollars = walked(spread, walk, redemption, scale, of)
            tied[:, spread.places] = _ties(spread, dollars, spread.years_of[years])
    return tied
