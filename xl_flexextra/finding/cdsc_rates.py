"""CDSC rates fitted with the choices: for each contract year the one rate with which most of its figures tie.

Dollars at the end fall evenly as the rate grows, so each figure leaves an interval of it. Every walk and redemption is
tried with the rates that suit it best; the schedule found so is then searched as any draft.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..calculation import charge_dates
from ..errors import FlexExtraError
from ..terms import Terms
from . import choices
from .fit import _intervals, _Lines, _most, _parts, common, roundest
from .outcome import Outcome, find
from .search import Progress, Reading, Spread, Task, readings

PROBE = 0.05  # the rate at which the effect of a CDSC is measured
ENOUGH = 2  # figures more that a rate must tie before it is put in the place of the draft's
MOST_YEARS = 60


class RateFound(NamedTuple):
    """The rate of a contract year by the figures. ``drafted``: what stood in the draft."""

    year: int
    rate: float
    low: float
    high: float
    drafted: float


class _Year(NamedTuple):
    """The figures that are redeemed in one contract year."""

    year: int
    drafted: float
    spreads: list[int]


def find_with_rates(task: Task, progress: Progress | None = None) -> tuple[Outcome, tuple[RateFound, ...]]:
    """The search, with CDSC rates as the figures need them where that ties more than those of the draft."""
    draft, every = task.draft, len(task.page.figures)
    plain = find(task, progress, with_amounts=False)
    if plain.tied >= every or plain.by_fund:
        return plain, ()
    rates = _proposed(task)
    changed = tuple(one for one in rates if abs(one.rate - one.drafted) > 1e-12)
    terms = _with(draft, rates) if changed else None
    if terms is not None:
        own = task._replace(draft=terms)
        after = find(own, progress, with_amounts=False)
        if after.tied - plain.tied >= ENOUGH * len(changed):
            after = after if after.tied >= every else find(own, progress)
            return after._replace(of_draft=plain.of_draft), changed
    return find(task, progress), ()


def _proposed(task: Task) -> tuple[RateFound, ...]:
    """The rates with which most figures tie, whatever the other choices are."""
    draft = task.draft
    dated = any("cdsc.schedule" in values or "cdsc.thereafter" in values for _, values in draft.changes)
    if dated or "cdsc.schedule" in task.held:
        return ()
    best: tuple[int, tuple[RateFound, ...]] = (0, ())
    for rule in choices.options(draft, "cdsc.anniversary", task.held):
        probe = _probe(draft, rule)
        if probe is None:
            continue
        for reading in readings(task._replace(draft=probe, held=(*task.held, "cdsc.anniversary"))):
            score, rates = _fitted(reading, draft, probe)
            score -= rule != draft["cdsc.anniversary"]
            if score > best[0]:
                best = score, rates
    return best[1]


def _probe(draft: Terms, rule: str) -> Terms | None:
    """The draft with the same rate in every year, so that every way of charging it shows."""
    return choices.changed(
        draft, [("cdsc.schedule", (PROBE,) * MOST_YEARS), ("cdsc.thereafter", PROBE), ("cdsc.anniversary", rule)]
    )


def _with(draft: Terms, rates: tuple[RateFound, ...]) -> Terms | None:
    """The draft with other rates; a year that no figure is redeemed in keeps its rate."""
    own = [float(rate) for rate in draft["cdsc.schedule"]]
    last = max(one.year for one in rates)
    drafted = [_drafted(draft, year) for year in range(1, max(last, len(own)) + 1)]
    for one in rates:
        drafted[one.year - 1] = one.rate
    thereafter = draft["cdsc.thereafter"]
    more = 0.0 if thereafter is None and drafted[-1] == 0.0 else thereafter
    return choices.changed(draft, [("cdsc.schedule", tuple(drafted)), ("cdsc.thereafter", more)])


def _drafted(draft: Terms, year: int) -> float:
    try:
        return float(draft.cdsc_rate(year))
    except FlexExtraError:
        return 0.0


def _years(reading: Reading, draft: Terms, probe: Terms) -> list[_Year]:
    found: dict[int, list[int]] = {}
    for place, spread in enumerate(reading.spreads):
        if spread.columns.span.charges == "all":
            span = spread.columns.span
            found.setdefault(charge_dates.contract_year(probe, span.start, span.finish), []).append(place)
    return [_Year(year, _drafted(draft, year), own) for year, own in sorted(found.items()) if year <= MOST_YEARS]


def _fitted(reading: Reading, draft: Terms, probe: Terms) -> tuple[int, tuple[RateFound, ...]]:
    """The best walk and redemption of a reading with their rates: figures tied less departures, and the rates."""
    years = _years(reading, draft, probe)
    counted = int(np.argmin(reading.years.departures))
    walks, redemptions, _ = reading.shape
    pairs = np.stack(np.divmod(np.arange(walks * redemptions), redemptions), axis=1)
    far = reading.walk.departures[pairs[:, 0]] + reading.redemption.departures[pairs[:, 1]] + reading.departures
    score = -far.astype(float)
    lines = [_lines(spread) for spread in reading.spreads]
    charged = {place for year in years for place in year.spreads}
    for place, spread in enumerate(reading.spreads):
        if place not in charged:
            first, last = _of(spread, lines[place], pairs, counted)
            score += ((first <= PROBE) & (last >= PROBE)).sum(axis=1)
    for year in years:
        for part in _parts(len(pairs), 20_000):
            first, last = _joined(reading, lines, year, pairs[part], counted)
            as_drafted = ((first <= year.drafted) & (last >= year.drafted)).sum(axis=1)
            most = _most(first, last)
            score[part] += np.where(most - as_drafted >= ENOUGH, most - 1, as_drafted)
    best = np.flatnonzero(score == score.max())[:200]
    return max((_of_pair(reading, lines, years, pairs[row], counted, score[row]) for row in best), key=lambda one: one[0])


def _of_pair(
    reading: Reading, lines: list[_Lines], years: list[_Year], pair: np.ndarray, counted: int, score: float
) -> tuple[int, tuple[RateFound, ...]]:
    """The rates of one walk and redemption; each that cannot be round costs as much as a departure."""
    found = []
    for year in years:
        first, last = (one[0] for one in _joined(reading, lines, year, pair[None], counted))
        as_drafted = int(((first <= year.drafted) & (last >= year.drafted)).sum())
        ends = common(np.maximum(first, 0.0), last, year.drafted)
        if ends is None or int(_most(first[None], last[None])[0]) - as_drafted < ENOUGH:
            found.append(RateFound(year.year, year.drafted, year.drafted, year.drafted, year.drafted))
            continue
        rate = 0.01 * roundest(100.0 * ends[0], 100.0 * ends[1], 1.0) if ends[1] < 0.5 else ends[0]
        rate = round(rate, 6)
        if not _is_round(rate, 0.0005):  # another amount is wrong
            score -= int(_most(first[None], last[None])[0]) - 1 - as_drafted
            found.append(RateFound(year.year, year.drafted, year.drafted, year.drafted, year.drafted))
            continue
        score -= not _is_round(rate, 0.0025)
        found.append(RateFound(year.year, rate, *ends, year.drafted))
    return round(score), tuple(found)


def _is_round(rate: float, step: float) -> bool:
    return abs(rate / step - round(rate / step)) < 1e-6


def _lines(spread: Spread) -> _Lines:
    """Dollars of a spread without a CDSC and with the rate that is tried."""
    columns = spread.columns
    walks, count = columns.count
    hows = [columns.redemption(place) for place in range(count)]
    idle = [how._replace(cdsc_rate=0.0) if how is not None else place for place, how in enumerate(hows)]
    every = np.arange(walks)
    return _Lines((0.0, PROBE), columns.dollars_of_all(every, idle), columns.dollars_of_all(every, range(count)))


def _of(spread: Spread, lines: _Lines, pairs: np.ndarray, counted: int) -> tuple[np.ndarray, np.ndarray]:
    """The rates with which each figure of a spread ties: ``(pairs, figures)``."""
    w, r = spread.walk_of[pairs[:, 0]], spread.redemption_of[pairs[:, 1]]
    y = np.full(len(pairs), spread.years_of[counted])
    first, last = _intervals(_Lines(lines.at, lines.low[w, r], lines.high[w, r]), spread.low[y], spread.high[y])
    n = spread.years[y]
    by_years = (n >= spread.low[y]) & (n <= spread.high[y])
    first = np.where(spread.is_years, np.where(by_years, 0.0, np.inf), first)
    last = np.where(spread.is_years, np.where(by_years, np.inf, -np.inf), last)
    gone = (w < 0)[:, None]
    return np.where(gone, np.inf, first), np.where(gone, -np.inf, last)


def _joined(
    reading: Reading, lines: list[_Lines], year: _Year, pairs: np.ndarray, counted: int
) -> tuple[np.ndarray, np.ndarray]:
    parts = [_of(reading.spreads[place], lines[place], pairs, counted) for place in year.spreads]
    return np.concatenate([first for first, _ in parts], axis=1), np.concatenate([last for _, last in parts], axis=1)
