"""What a search found: the best sets as one class, the plain sets beside them, and what each key of the terms is worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from . import choices
from .fit import fit, groups
from .fit import walked as exact_dollars
from .search import MOST_MEMBERS, Progress, Reading, Task, Tied, readings, tied

MOST_WITNESSES = 200_000  # sets one figure short of the best that are looked at


class Sets(NamedTuple):
    """Sets of choices, one a row. ``scale``: the charge of each group of funds, times the draft's."""

    reading: np.ndarray
    walk: np.ndarray
    redemption: np.ndarray
    years: np.ndarray
    scale: np.ndarray
    tied: np.ndarray
    departures: np.ndarray

    def take(self, rows: Any) -> Sets:
        """Some of them."""
        return Sets(*(part[rows] for part in self))

    def __len__(self) -> int:  # type: ignore[override]
        return len(self.walk)


class Front(NamedTuple):
    """The most figures that any set ties with so many departures from the draft; one such set."""

    departures: int
    score: int
    choices: dict[str, Any]
    tied: tuple[int, ...] = ()
    fitted: bool = False


class Outcome(NamedTuple):
    """The end of a search. ``fitted``: the amount of the charge was fitted, and is not the draft's."""

    task: Task
    readings: list[Reading]
    size: int
    best: int
    sets: Sets
    fronts: list[Front]
    of_draft: int
    fitted: bool
    by_fund: bool
    groups: np.ndarray
    witnesses: dict[int, dict[str, list[Any]]]

    @property
    def plain(self) -> Front | None:
        """The set that ties most, less one for each departure; of equals the nearest to the draft."""
        return _plainest(self.fronts)

    @property
    def tied(self) -> int:
        """The figures that it ties."""
        return self.plain.score if self.plain else 0

    @property
    def beside(self) -> Front | None:
        """A set that ties more by stranger choices, and stands beside the plain one; None where there is none."""
        most = max(self.fronts, key=lambda one: one.score, default=None)
        return most if most and most.score > self.tied else None

    def alike(self, row: int) -> Iterator[dict[str, Any]]:
        """One of the best sets, then what comes to the same by other choices along one axis."""
        own, nearest = self.sets, self.choices(row)
        reading = self.readings[int(own.reading[row])]
        yield nearest
        for axis, place in ((reading.walk, own.walk), (reading.redemption, own.redemption), (reading.years, own.years)):
            first = {key for key, _ in axis.members[place[row]][0][0]}
            rest = {key: value for key, value in nearest.items() if key not in first}
            for said, _ in axis.members[place[row]][1:]:
                yield rest | dict(said)

    def choices(self, row: int = 0) -> dict[str, Any]:
        """The combination nearest to the draft of one of the best sets."""
        own = self.sets
        return _first(
            self.readings[int(own.reading[row])], int(own.walk[row]), int(own.redemption[row]), int(own.years[row])
        )

    def values(self, row: int = 0) -> np.ndarray:
        """What one of the best sets prints for each figure, not rounded."""
        from .figures import predicted

        own = self.sets.take([row])
        reading, figures = self.readings[int(own.reading[0])], self.task.page.figures
        found = np.full(len(figures), np.nan)
        for spread in reading.spreads:
            dollars = exact_dollars(spread, own.walk, own.redemption, own.scale, self.groups)[0].mean(axis=-1)
            mine = [figures[place] for place in spread.places]
            years = spread.years[spread.years_of[own.years[0]]]
            found[spread.places] = predicted(mine, spread.columns.payment, years, dollars)
        return found


def _first(reading: Reading, walk: int, redemption: int, years: int) -> dict[str, Any]:
    parts = (reading.walk.members[walk], reading.redemption.members[redemption], reading.years.members[years])
    return dict([*reading.choices[0], *(choice for own in parts for choice in own[0][0])])


def find(task: Task, progress: Progress | None = None, with_amounts: bool = True) -> Outcome:
    """Search the conventions of one contract, its amounts with them.

    Sets are ranked by the figures that they tie, less one for each departure from the draft; of equals the nearest to the
    draft. All sets that tie as many as the first are its class; those that tie more, by stranger choices, stand beside.
    ``with_amounts``: fit the charge where the draft's does not tie all.
    """
    figures = task.page.figures
    main = choices.main_charge(task.draft)
    by_share = any(charge.base == "share" and charge.key == main for charge in task.draft.charges)
    by_fund = bool(main) and by_share and task.shares is None
    of = groups(figures, by_fund)
    every = list(readings(task, progress))
    fronts: dict[int, Front] = {}
    tables = [] if by_fund else [(tied(reading, progress), _departures(reading)) for reading in every]
    for found, departures in tables:
        for d in range(int(departures.max(initial=0)) + 1):
            _front(fronts, found, departures, d)
    fitted: list[Sets] = []
    if by_fund or (with_amounts and main and max((one.score for one in fronts.values()), default=0) < len(figures)):
        amount = draft_amount(task, main)
        for place, reading in enumerate(every):
            one = fit(reading, figures, by_fund, amount, progress)
            if len(one.walk):
                fitted.append(_of_fit(one, place, reading, by_fund))
                _fitted_front(fronts, fitted[-1], reading, "" if by_fund else main)
    of_draft = fronts[0].score if 0 in fronts else 0
    kept = _pareto(fronts)
    plain = _plainest(kept)
    count = int(of.max(initial=0)) + 1
    sets = _nobody(len(figures), count)
    witnesses: dict[int, dict[str, list[Any]]] = {}
    if plain is not None and plain.fitted:
        sets = _joined([own.take(own.tied.sum(axis=1) == plain.score) for own in fitted])
    elif plain is not None:
        own = [_members(found, far, plain.score, place, of) for place, (found, far) in enumerate(tables)]
        sets = _joined(own)
        for found, far in tables:
            witnesses.update(_witnesses(found, far, plain.score, len(figures)))
    size = sum(reading.size for reading in every)
    best = max((one.score for one in kept), default=0)
    is_fitted = plain is not None and plain.fitted and not by_fund
    return Outcome(task, every, size, best, sets, kept, of_draft, is_fitted, by_fund, of, witnesses)


def _plainest(fronts: list[Front]) -> Front | None:
    return max(fronts, key=lambda one: (one.score - one.departures, -one.departures), default=None)


def _fitted_front(fronts: dict[int, Front], own: Sets, reading: Reading, main: str) -> None:
    score = own.tied.sum(axis=1)
    for row in range(len(own)):
        d = int(own.departures[row])
        if d not in fronts or fronts[d].score < score[row]:
            said = _first(reading, int(own.walk[row]), int(own.redemption[row]), int(own.years[row]))
            more = {f"{main}, times the draft's": float(own.scale[row, 0])} if main else {}
            tied = tuple(np.flatnonzero(own.tied[row]).tolist())
            fronts[d] = Front(d, int(score[row]), said | more, tied, fitted=True)


def draft_amount(task: Task, main: str) -> float:
    """The dollars (or rate) a year of the main charge in the draft."""
    own = next((charge for charge in task.draft.charges if charge.key == main), None)
    return float(own.amount) if own and own.in_dollars else 0.0


def _departures(reading: Reading) -> np.ndarray:
    w, r, y = reading.walk.departures, reading.redemption.departures, reading.years.departures
    found: np.ndarray = (w[:, None, None] + r[None, :, None] + y[None, None, :] + reading.departures).astype(np.int16)
    return found


def _front(fronts: dict[int, Front], found: Tied, departures: np.ndarray, d: int) -> None:
    own = np.where(departures == d, found.score, -1)
    place = int(own.argmax())
    score = int(own.ravel()[place])
    if score >= 0 and (d not in fronts or fronts[d].score < score):
        at = np.unravel_index(place, own.shape)
        which = found.which(*(np.array([one]) for one in at))[0]
        said = _first(found.reading, *map(int, at))
        fronts[d] = Front(d, score, said, tuple(np.flatnonzero(which).tolist()))


def _pareto(fronts: dict[int, Front]) -> list[Front]:
    """Those that tie more than any with fewer departures."""
    kept: list[Front] = []
    for d in sorted(fronts):
        if not kept or fronts[d].score > kept[-1].score:
            kept.append(fronts[d])
    return kept


def _members(found: Tied, departures: np.ndarray, top: int, place: int, of: np.ndarray) -> Sets:
    walk, redemption, years = np.nonzero(found.score == top)
    far = departures[walk, redemption, years]
    order = np.argsort(far, kind="stable")[:MOST_MEMBERS]
    walk, redemption, years, far = walk[order], redemption[order], years[order], far[order]
    which = _padded(found.which(walk, redemption, years), len(of))
    scale = np.ones((len(walk), int(of.max(initial=0)) + 1))
    return Sets(np.full(len(walk), place), walk, redemption, years, scale, which, far)


def _padded(which: np.ndarray, total: int) -> np.ndarray:
    found = np.zeros((len(which), total), dtype=bool)
    found[:, : which.shape[1]] = which
    return found


def _of_fit(one: Any, place: int, reading: Reading, by_fund: bool) -> Sets:
    far = reading.walk.departures[one.walk] + reading.redemption.departures[one.redemption]
    far = far + reading.years.departures[one.years] + reading.departures
    far = far + (0 if by_fund else (np.abs(one.scale[:, 0] - 1.0) > 1e-12))
    order = np.argsort(far, kind="stable")
    rows = np.full(len(far), place), one.walk, one.redemption, one.years, one.scale, one.tied, far
    return Sets(*(part[order] for part in rows))


def _nobody(total: int, count: int) -> Sets:
    none = np.zeros(0, dtype=int)
    return Sets(none, none, none, none, np.ones((0, count)), np.zeros((0, total), dtype=bool), none)


def _joined(members: list[Sets]) -> Sets:
    whole = Sets(*(np.concatenate(parts) for parts in zip(*members, strict=True)))
    return whole.take(np.argsort(whole.departures, kind="stable"))


def _witnesses(found: Tied, departures: np.ndarray, top: int, total: int) -> dict[int, dict[str, list[Any]]]:
    """Figures without which more sets would be the best: by figure, the choices that it alone rules out."""
    best = np.nonzero(found.score == top)
    near = np.nonzero(found.score == top - 1)
    if not len(near[0]) or len(near[0]) > MOST_WITNESSES:
        return {}
    order = np.argsort(departures[near], kind="stable")[:2000]
    near = tuple(axis[order] for axis in near)
    order = np.argsort(departures[best], kind="stable")[:2000]
    best = tuple(axis[order] for axis in best)
    all_tie = _padded(found.which(*best), total).all(axis=0)
    short = ~_padded(found.which(*near), total)
    decided = _values(found.reading, best)
    said: dict[int, dict[str, list[Any]]] = {}
    for figure in np.flatnonzero(all_tie & short.any(axis=0)):
        mine = np.flatnonzero(short[:, figure])[:200]
        more = _values(found.reading, tuple(axis[mine] for axis in near))
        keys = {key: sorted(map(str, values - decided.get(key, set()))) for key, values in more.items()}
        keys = {key: values for key, values in keys.items() if values and len(decided.get(key, ())) == 1}
        if keys:
            said[int(figure)] = keys
    return said


def _values(reading: Reading, sets: tuple[np.ndarray, ...]) -> dict[str, set[Any]]:
    """Every value of each key among some sets."""
    found: dict[str, set[Any]] = {}
    for axis, own in zip((reading.walk, reading.redemption, reading.years), sets, strict=True):
        for place in np.unique(own):
            for said, _ in axis.members[place]:
                for key, value in said:
                    found.setdefault(key, set()).add(value)
    return found
