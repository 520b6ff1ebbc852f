"""CDSC rates fitted with the choices: for each contract year the one rate with which most of its figures tie.

Dollars at the end fall evenly as the rate grows, so each figure leaves an interval of it. Every walk and redemption is
tried with the rates that suit it best; the schedule found so is then searched as any draft.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from ..calculation import charge_dates
from ..errors import FlexExtraError
from ..terms import Terms
from . import choices
from .fit import Lines, common, intervals, roundest, slices, tied_at_once
from .outcome import Outcome, find
from .search import Progress, Reading, Spread, Task, readings

PROBE = 0.05  # the rate at which the effect of a CDSC is measured
ANNIVERSARY = "cdsc.anniversary"
SOME = 0.08  # of the figures after a CDSC: fewer that do not tie are misprints
CHANGED = 1.5  # what another rate than the printed one costs; another convention costs 1
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


class Correction(NamedTuple):
    """What the figures need in the place of the draft's: rates by year, and the free percent where that is another."""

    rates: tuple[RateFound, ...] = ()
    free: float | None = None

    @property
    def changes(self) -> int:
        """How many amounts are others than the draft's."""
        return len(self.rates) + (self.free is not None)


def find_with_rates(task: Task, progress: Progress | None = None) -> tuple[Outcome, Correction]:
    """The search, with CDSC rates and a free percent as the figures need them where that ties more than the draft's.

    They are looked for with the charge as drafted first, then with the charge that suits the figures best.
    """
    every, none = len(task.page.figures), Correction()
    plain = find(task, progress, with_amounts=False)
    if plain.tied >= every or plain.by_fund:
        return plain, none
    own, found = _corrected(task, plain)
    if own is not None:
        after = find(own, progress, with_amounts=False)
        if after.tied >= every:
            return after._replace(of_draft=plain.of_draft), found
        if after.tied - plain.tied < ENOUGH * found.changes:
            own = None
    fitted = find(task, progress)
    if fitted.tied >= every:
        return fitted, none
    charged = _charged(task, fitted)
    if charged is not None:
        again, more = _corrected(charged, fitted)
        if again is not None and find(again, with_amounts=False).tied - fitted.tied >= ENOUGH * more.changes:
            own, found = _apply(task, more), more
    if own is not None:
        after = find(own, progress)
        if after.tied - found.changes > fitted.tied:
            return after._replace(of_draft=plain.of_draft), found
    return fitted, none


def _charged(task: Task, outcome: Outcome) -> Task | None:
    """The task with the charge that was fitted, where one was."""
    main = choices.main_charge(task.draft)
    if not outcome.fitted or not main or not len(outcome.sets):
        return None
    charge = next(one for one in task.draft.charges if one.key == main)
    key = f"{main}.{'dollars' if charge.in_dollars else 'rate'}"
    terms = choices.changed(task.draft, [(key, float(outcome.sets.scale[0, 0]) * float(charge.amount))])
    return None if terms is None else task._replace(draft=terms)


def _corrected(task: Task, outcome: Outcome) -> tuple[Task | None, Correction]:
    """The task with other rates, where a good part of the figures after a CDSC does not tie."""
    charged = [k for k, one in enumerate(task.page.figures) if any(s and s.charges == "all" for s in one.spans)]
    tied = outcome.sets.tied[0] if len(outcome.sets) else np.zeros(len(task.page.figures), dtype=bool)
    short = int((~tied[charged]).sum())
    if short < ENOUGH or short < SOME * len(charged):
        return None, Correction()
    found = _proposed(task)
    return (_apply(task, found), found) if found.changes else (None, found)


def _apply(task: Task, found: Correction) -> Task | None:
    terms = _with(task.draft, found)
    return None if terms is None else task._replace(draft=terms)


def _proposed(task: Task) -> Correction:
    """The rates with which most figures tie, whatever the other choices are."""
    draft = task.draft
    dated = any("cdsc.schedule" in values or "cdsc.thereafter" in values for _, values in draft.changes)
    if dated or "cdsc.schedule" in task.held:
        return Correction()
    best: tuple[float, Correction] = (0.0, Correction())
    searched = draft["free_withdrawal.rate"] is not None and choices.FREE_RATE not in task.held
    for is_free, rule in itertools.product((False, True)[: 1 + searched], choices.options(draft, ANNIVERSARY, task.held)):
        probe = _probe(draft, rule, is_free)
        if probe is None:
            continue
        for reading in readings(task._replace(draft=probe, held=(*task.held, ANNIVERSARY))):
            score, rates, free = _fitted(reading, draft, probe)
            score -= rule != draft[ANNIVERSARY]
            if score > best[0]:
                changed = tuple(one for one in rates if abs(one.rate - one.drafted) > 1e-12)
                best = score, Correction(changed, free if is_free and free != draft["free_withdrawal.rate"] else None)
    return best[1]


def _probe(draft: Terms, rule: str, is_free: bool) -> Terms | None:
    """The draft with the same rate in every year, so that every way of charging it shows; ``is_free``: any free percent."""
    said: list[choices.Choice] = [
        ("cdsc.schedule", (PROBE,) * MOST_YEARS), ("cdsc.thereafter", PROBE), (ANNIVERSARY, rule)
    ]  # fmt: skip
    if is_free:
        said += [(choices.FREE_RATE, None), ("free_withdrawal.form", "none"), ("free_withdrawal.measured", None)]
    return choices.changed(draft, said)


def _with(draft: Terms, found: Correction) -> Terms | None:
    """The draft with other amounts; a year that no figure is redeemed in keeps its rate."""
    own = [float(rate) for rate in draft["cdsc.schedule"]]
    last = max((one.year for one in found.rates), default=0)
    drafted = [_drafted(draft, year) for year in range(1, max(last, len(own)) + 1)]
    for one in found.rates:
        drafted[one.year - 1] = one.rate
    thereafter = draft["cdsc.thereafter"]
    more = 0.0 if thereafter is None and drafted[-1] == 0.0 else thereafter
    said: list[choices.Choice] = [("cdsc.schedule", tuple(drafted)), ("cdsc.thereafter", more)]
    return choices.changed(draft, said if found.free is None else [*said, (choices.FREE_RATE, found.free)])


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


def _fitted(reading: Reading, draft: Terms, probe: Terms) -> tuple[float, tuple[RateFound, ...], float | None]:
    """The best walk and redemption of a reading: figures tied less departures, the rates, and the free percent."""
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
        for part in slices(len(pairs), 20_000):
            first, last = _joined(reading, lines, year, pairs[part], counted)
            as_drafted = ((first <= year.drafted) & (last >= year.drafted)).sum(axis=1)
            most = tied_at_once(first, last)
            score[part] += np.where(most - as_drafted >= ENOUGH, most - CHANGED, as_drafted)
    best = np.flatnonzero(score == score.max())[:200]
    every = [(*_of_pair(reading, lines, years, pairs[row], counted, float(score[row])), int(pairs[row, 1])) for row in best]
    top, rates, redemption = max(every, key=lambda one: one[0])
    return top, rates, dict(reading.redemption.members[redemption][0][0]).get(choices.FREE_RATE)


def _of_pair(
    reading: Reading, lines: list[Lines], years: list[_Year], pair: np.ndarray, counted: int, score: float
) -> tuple[float, tuple[RateFound, ...]]:
    """The rates of one walk and redemption; each that cannot be round costs as much as a departure."""
    found = []
    for year in years:
        stays = RateFound(year.year, *[year.drafted] * 4)
        first, last = (one[0] for one in _joined(reading, lines, year, pair[None], counted))
        as_drafted = int(((first <= year.drafted) & (last >= year.drafted)).sum())
        ends = common(np.maximum(first, 0.0), last, year.drafted)
        more = int(tied_at_once(first[None], last[None])[0]) - as_drafted
        if ends is None or more < ENOUGH:
            found.append(stays)
            continue
        rate = 0.01 * roundest(100.0 * ends[0], 100.0 * ends[1], 1.0) if ends[1] < 0.5 else ends[0]
        rate = round(rate, 6)
        if not _is_round(rate, 0.0005):  # another amount is wrong
            score -= more - CHANGED
            found.append(stays)
            continue
        score -= not _is_round(rate, 0.0025)
        found.append(RateFound(year.year, rate, *ends, year.drafted))
    return score, tuple(found)


def _is_round(rate: float, step: float) -> bool:
    return abs(rate / step - round(rate / step)) < 1e-6


def _lines(spread: Spread) -> Lines:
    """Dollars of a spread without a CDSC and with the rate that is tried."""
    columns = spread.columns
    walks, count = columns.count
    hows = [columns.redemption(place) for place in range(count)]
    idle = [how._replace(cdsc_rate=0.0) if how is not None else place for place, how in enumerate(hows)]
    every = np.arange(walks)
    return Lines((0.0, PROBE), columns.dollars_of_all(every, idle), columns.dollars_of_all(every, range(count)))


def _of(spread: Spread, lines: Lines, pairs: np.ndarray, counted: int) -> tuple[np.ndarray, np.ndarray]:
    """The rates with which each figure of a spread ties: ``(pairs, figures)``."""
    w, r = spread.walk_of[pairs[:, 0]], spread.redemption_of[pairs[:, 1]]
    y = np.full(len(pairs), spread.years_of[counted])
    first, last = intervals(Lines(lines.at, lines.low[w, r], lines.high[w, r]), spread.low[y], spread.high[y])
    n = spread.years[y]
    by_years = (n >= spread.low[y]) & (n <= spread.high[y])
    first = np.where(spread.is_years, np.where(by_years, 0.0, np.inf), first)
    last = np.where(spread.is_years, np.where(by_years, np.inf, -np.inf), last)
    gone = (w < 0)[:, None]
    return np.where(gone, np.inf, first), np.where(gone, -np.inf, last)


def _joined(
    reading: Reading, lines: list[Lines], year: _Year, pairs: np.ndarray, counted: int
) -> tuple[np.ndarray, np.ndarray]:
    parts = [_of(reading.spreads[place], lines[place], pairs, counted) for place in year.spreads]
    return np.concatenate([first for first, _ in parts], axis=1), np.concatenate([last for _, last in parts], axis=1)
