"""The search: how many figures each combination of choices reproduces, and the best of them."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..calculation import calendar_days
from ..cells.rounding import rounded
from ..errors import FlexExtraError
from ..inputs.measures import RETURN
from ..terms import Terms
from . import choices
from .choices import Alternative, Choice
from .columns import Columns, Shares
from .figures import Figure, Page, Span, bounds, predicted
from .levels import Levels

Date = datetime.date
Progress = Callable[[int, int, str], None]
MOST_MEMBERS = 20_000  # sets of a class that are looked at one by one


class Task(NamedTuple):
    """What is searched. ``held``: keys that stay as drafted. ``shares``: None where a charge by share has none known."""

    draft: Terms
    page: Page
    levels: Levels
    shares: Shares | None
    held: tuple[str, ...] = ()


class Axis(NamedTuple):
    """One axis of the search: for each distinct alternative every combination of choices that comes to the same, the one
    nearest to the draft first."""

    members: list[list[tuple[tuple[Choice, ...], int]]]

    @property
    def departures(self) -> np.ndarray:
        """The fewest departures from the draft of each."""
        return np.array([own[0][1] for own in self.members])

    def __len__(self) -> int:
        return len(self.members)


class Spread(NamedTuple):
    """The figures of one span, with which of its distinct alternatives each place of the axes is."""

    columns: Columns
    places: np.ndarray  # of its figures among all
    walk_of: np.ndarray
    redemption_of: np.ndarray
    years_of: np.ndarray
    years: np.ndarray  # (distinct counts, figures): the exponents, or the years where they are printed
    low: np.ndarray
    high: np.ndarray
    is_years: np.ndarray


class Reading(NamedTuple):
    """All sets under one reading of the periods."""

    place: int
    choices: list[tuple[Choice, ...]]
    departures: int
    walk: Axis
    redemption: Axis
    years: Axis
    spreads: list[Spread]

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many distinct walks, redemptions and counts of years there are."""
        return len(self.walk), len(self.redemption), len(self.years)

    @property
    def size(self) -> int:
        """How many distinct sets there are."""
        return int(np.prod(self.shape))


def readings(task: Task, progress: Progress | None = None) -> Iterator[Reading]:
    """The axes of the search under each reading of the periods, cut to what differs on the figures."""
    draft, held = task.draft, task.held
    hows = list(choices.walks(draft, held))
    rules = list(choices.valuations(draft, held))
    cents = [one == "cents" for one in choices.options(draft, choices.CARRY, held)]
    walks = list(itertools.product(hows, rules, cents))
    redemptions = list(choices.redemptions(draft, held))
    counts = list(choices.years(draft, held))
    for place, said in enumerate(task.page.readings):
        groups: dict[Span, list[int]] = {}
        for number, figure in enumerate(task.page.figures):
            if (span := figure.spans[place]) is not None:
                groups.setdefault(span, []).append(number)
        built = []
        for done, (span, own) in enumerate(groups.items()):
            figures = [task.page.figures[number] for number in own]
            made = Columns(draft, span, figures, task.levels, task.shares, walks, redemptions)
            built.append((span, np.array(own), made, _years(figures, span, counts)))
            if progress:
                progress(done + 1, len(groups), "days of periods laid out")
        yield _cut(task, place, said, walks, redemptions, counts, built)


def _cut(
    task: Task, place: int, said: Any, walks: list[tuple[Alternative, Alternative, bool]],
    redemptions: list[Alternative], counts: list[tuple[tuple[Choice, ...], int]], built: list[Any],
) -> Reading:  # fmt: skip
    draft = task.draft
    own_cents = choices.of_draft(draft, choices.CARRY)
    walk_said = []
    for how, rule, cents in walks:
        carry = "cents" if cents else "full"
        said_walk = (*how.choices, *rule.choices, (choices.CARRY, carry))
        walk_said.append((said_walk, how.departures + rule.departures + (carry != own_cents)))
    walk_key = _stacked([made.walk_of for _, _, made, _ in built], len(walks))
    redemption_key = _stacked([made.redemption_of for _, _, made, _ in built], len(redemptions))
    years_key = _stacked([_numbered(years) for *_, years in built], len(counts))
    walk, walk_first = _axis(walk_key, walk_said)
    redemption, redemption_first = _axis(redemption_key, [(one.choices, one.departures) for one in redemptions])
    year, year_first = _axis(years_key, counts)
    spreads = []
    for s, (_, own, made, years) in enumerate(built):
        figures = made.figures
        distinct, years_of = np.unique(years_key[s], return_inverse=True)
        chosen = np.stack([years[np.flatnonzero(years_key[s] == one)[0]] for one in distinct])
        low, high = bounds(figures, made.payment, chosen)
        is_years = np.array([figure.measure == "years" for figure in figures])
        spreads.append(
            Spread(
                made, own, walk_key[s][walk_first], redemption_key[s][redemption_first], years_of[year_first],
                chosen, low, high, is_years,
            )
        )  # fmt: skip
    own_choice = [choices.of_draft(draft, key) for key in choices.PERIODS]
    departures = min((sum(value != own for (_, value), own in zip(one, own_choice, strict=True)) for one in said), default=0)
    return Reading(place, list(said), departures, walk, redemption, year, spreads)


def _stacked(parts: list[np.ndarray], count: int) -> np.ndarray:
    return np.stack(parts) if parts else np.zeros((1, count), dtype=int)


def _axis(keys: np.ndarray, said: Sequence[tuple[tuple[Choice, ...], int]]) -> tuple[Axis, np.ndarray]:
    """The distinct columns of keys; the place of one of each."""
    possible = np.flatnonzero((keys >= 0).any(axis=0))
    _, first, inverse = np.unique(keys[:, possible], axis=1, return_index=True, return_inverse=True)
    members: list[list[tuple[tuple[Choice, ...], int]]] = [[] for _ in first]
    for place, number in zip(possible.tolist(), np.ravel(inverse).tolist(), strict=True):
        members[number].append(said[place])
    for own in members:
        own.sort(key=lambda one: one[1])
    return Axis(members), possible[first]


def _numbered(table: np.ndarray) -> np.ndarray:
    """A number for each distinct row."""
    found: np.ndarray = np.unique(np.round(table, 10), axis=0, return_inverse=True)[1]
    return np.ravel(found)


def _years(figures: Sequence[Figure], span: Span, counts: Sequence[tuple[tuple[Choice, ...], int]]) -> np.ndarray:
    """The exponent of each figure under each count; the number of years where that is what is printed."""
    known: dict[Any, float] = {}
    table = np.ones((len(counts), len(figures)))
    if not any(figure.counts_years for figure in figures):
        return table
    for row, (said, _) in enumerate(counts):
        by_key = dict(said)
        basis, decimals = by_key["years.basis"], by_key["years.decimals"]
        if (basis, decimals) not in known:
            known[basis, decimals] = _number(span, basis, decimals)
        n = known[basis, decimals]
        for column, figure in enumerate(figures):
            if figure.measure == "years":
                table[row, column] = n
            elif figure.measure == RETURN:
                cumulative = (figure.stated or by_key["years.long_period"]) == "cumulative"
                annualised = (figure.stated or by_key["years.short_period"]) == "annualised"
                table[row, column] = 1.0 if cumulative or (n <= 1 and not annualised) else n
    return table


def _number(span: Span, basis: str, decimals: int | None) -> float:
    try:
        years = calendar_days.years_between(span.start, span.finish, basis)
    except FlexExtraError:
        return float("nan")
    years = years if decimals is None else float(rounded(years, decimals))
    return years if years > 0 else float("nan")


# --- figures tied -----------------------------------------------------------------------------------------------------


class Tied(NamedTuple):
    """How many figures each set of a reading ties, ``(walks, redemptions, counts)``; which can be computed at all."""

    reading: Reading
    score: np.ndarray
    dollars: list[np.ndarray]  # of each spread: (walks, redemptions, figures, corners)

    def which(self, walk: np.ndarray, redemption: np.ndarray, years: np.ndarray) -> np.ndarray:
        """Which figures some sets tie: ``(sets, all figures)``."""
        total = 1 + max((int(s.places.max()) for s in self.reading.spreads), default=-1)
        found = np.zeros((len(walk), total), dtype=bool)
        for spread, dollars in zip(self.reading.spreads, self.dollars, strict=True):
            y = spread.years_of[years]
            x = _within(dollars, spread.walk_of[walk], spread.redemption_of[redemption])
            found[:, spread.places] = _ties(spread, x, y)
        return found

    def values(self, walk: int, redemption: int, years: int, figures: Sequence[Figure]) -> np.ndarray:
        """What one set prints for each figure, not rounded; NaN where it cannot be computed."""
        found = np.full(len(figures), np.nan)
        for spread, dollars in zip(self.reading.spreads, self.dollars, strict=True):
            if spread.walk_of[walk] < 0:
                continue
            own = [figures[place] for place in spread.places]
            x = dollars[spread.walk_of[walk], spread.redemption_of[redemption]].mean(axis=-1)
            n = spread.years[spread.years_of[years]]
            found[spread.places] = predicted(own, spread.columns.payment, n, x)
        return found


def _within(dollars: np.ndarray, walk: np.ndarray, redemption: np.ndarray) -> np.ndarray:
    found: np.ndarray = dollars[walk, redemption]
    return np.where((walk < 0)[:, None, None], np.nan, found)


def _ties(spread: Spread, dollars: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Whether dollars ``(sets, figures, corners)`` tie under the counts ``years`` (one for each set)."""
    low, high = spread.low[years], spread.high[years]
    n = np.where(spread.is_years, spread.years[years], 0.0)
    least, most = dollars.min(axis=-1), dollars.max(axis=-1)
    with np.errstate(invalid="ignore"):
        tied: np.ndarray = (most >= low) & (least <= high)
        by_years = (n >= low) & (n <= high)
    return np.where(spread.is_years, by_years, tied)


def tied(reading: Reading, progress: Progress | None = None) -> Tied:
    """Every set of a reading, held to the amounts of the draft."""
    score = np.zeros(reading.shape, dtype=np.int16)
    every = []
    for done, spread in enumerate(reading.spreads):
        walks, redemptions = spread.columns.count
        dollars = spread.columns.dollars_of_all(np.arange(walks), range(redemptions))
        every.append(dollars)
        least, most = dollars.min(axis=-1), dollars.max(axis=-1)
        counts = np.zeros((walks, redemptions, len(spread.years)), dtype=np.int16)
        for y, (low, high) in enumerate(zip(spread.low, spread.high, strict=True)):
            with np.errstate(invalid="ignore"):
                one = (most >= low) & (least <= high)
                n = spread.years[y]
                one = np.where(spread.is_years, (n >= low) & (n <= high), one)
            counts[:, :, y] = one.sum(axis=-1)
        walk = spread.walk_of
        part = counts[walk][:, spread.redemption_of][:, :, spread.years_of]
        score += np.where((walk < 0)[:, None, None], 0, part).astype(np.int16)
        if progress:
            progress(done + 1, len(reading.spreads), "spans walked under every choice")
    return Tied(reading, score, every)
