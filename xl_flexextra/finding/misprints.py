"""Figures that no plausible set reproduces while their neighbours tie: what each looks like, and what the rule gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..calculation import tie_hints
from ..cells.rounding import number_text, percent_text, rounded_by, rounded_percent
from .figures import Figure
from .outcome import Outcome

UNEXPLAINED = "unexplained"
FEW = 10  # printed units: a smaller gap looks like a slip by chance
PLAUSIBLE = 0.6  # of the figures that can be computed: below it the best set explains nothing
NEIGHBOURS = 0.5  # of the figures of the same fund or period


class Misprint(NamedTuple):
    """A figure that does not tie: printed, what the rule gives, and what it looks like (or ``unexplained``)."""

    place: int
    label: str
    printed: str
    computed: str
    looks: str

    @property
    def is_likely(self) -> bool:
        """Whether a slip of the hand explains it."""
        return not self.looks.startswith(UNEXPLAINED)


def misprints(outcome: Outcome, before: Mapping[tuple[Any, ...], float] | None = None) -> list[Misprint]:
    """Every figure that none of the best sets nearest to the draft ties.

    ``before``: last month's figures by fund, period, measure and contract.
    """
    figures = outcome.task.page.figures
    if not len(outcome.sets):
        return []
    values = outcome.values(0)
    known = np.asarray(np.isfinite(values))
    near = outcome.sets.departures == outcome.sets.departures.min()
    tied: np.ndarray = outcome.sets.tied[near].any(axis=0)
    missed = np.flatnonzero(~tied & known)
    if not known.any() or tied[known].mean() < PLAUSIBLE:
        return []
    groups = [_group(figure) for figure in figures]
    lines = [
        tie_hints.Line(group, one.fund, one.period, one.printed, float(value) if np.isfinite(value) else None)
        for group, one, value in zip(groups, figures, values, strict=True)
    ]
    found = []
    for place in missed.tolist():
        one = figures[place]
        looks = _looks(place, figures, lines, values, before or {})
        if looks == UNEXPLAINED or not _stands_alone(place, figures, tied, known):
            looks = _unexplained(one, values[place], _stands_alone(place, figures, tied, known)) + _stranger(outcome, place)
        if outcome.by_fund and (other := _sole_witness(outcome, place, tied)):
            looks = f"{UNEXPLAINED}: it and {other} need different charges; one of the two is wrong"
        found.append(Misprint(one.place, one.label, shown(one, one.printed), shown(one, float(values[place])), looks))
    return found


def _sole_witness(outcome: Outcome, place: int, tied: np.ndarray) -> str:
    """The one other figure that a fund's amount rests on, where there is but one."""
    figures = outcome.task.page.figures
    mine = [k for k, g in enumerate(outcome.groups) if g == outcome.groups[place] and k != place]
    charged = [k for k in mine if tied[k] and any(s and s.charges != "asset" for s in figures[k].spans)]
    return figures[charged[0]].label if len(charged) == 1 else ""


def _stranger(outcome: Outcome, place: int) -> str:
    """What a set beside the plain one does to tie a figure."""
    beside, plain = outcome.beside, outcome.plain
    if beside is None or plain is None or place not in beside.tied:
        return ""
    other = [f"{key} {value}" for key, value in beside.choices.items() if plain.choices.get(key, value) != value]
    return f"; {', '.join(other)} would give it" if other else ""


def _group(figure: Figure) -> tuple[Any, ...]:
    spans = {span.charges for span in figure.spans if span}
    ends = {span.finish for span in figure.spans if span}
    return figure.measure, figure.charge, tuple(sorted(spans)), tuple(sorted(ends))


def shown(figure: Figure, value: float) -> str:
    """A figure as it is printed."""
    if figure.is_percent:
        return percent_text(value, figure.decimals)
    return number_text(value, figure.decimals)


def printed_units(figure: Figure, value: float) -> int:
    """A value in units of the figure's last printed digit."""
    rule = rounded_percent if figure.is_percent else rounded_by
    return round(rule(value, figure.decimals) * 10**figure.decimals)


def _stands_alone(place: int, figures: Sequence[Figure], tied: np.ndarray, known: np.ndarray) -> bool:
    """Whether the figures around it tie: those of its fund, or those of its period, measure and charges."""
    own = figures[place]
    for like in (
        [k for k, one in enumerate(figures) if k != place and one.fund == own.fund and known[k]],
        [k for k, one in enumerate(figures) if k != place and _group(one) == _group(own) and known[k]],
    ):
        if len(like) > 1 and tied[like].mean() >= NEIGHBOURS:
            return True
    others = [k for k in range(len(figures)) if k != place and known[k]]
    return len(others) > 3 and bool(tied[others].mean() >= 0.8)


def _looks(
    place: int, figures: Sequence[Figure], lines: Sequence[tie_hints.Line], values: np.ndarray,
    before: Mapping[tuple[Any, ...], float],
) -> str:  # fmt: skip
    one, value = figures[place], float(values[place])
    ours, printed = printed_units(one, value), printed_units(one, one.printed)
    if abs(ours - printed) < FEW and ours != -printed:
        return UNEXPLAINED
    computed = tie_hints.as_printed(value, one.is_percent)
    slip = tie_hints.slip(computed, printed, one.decimals) or digits_slip(ours, printed)
    if slip:
        return slip
    if hint := tie_hints.neighbour(lines[place], lines, one.decimals, one.is_percent):
        return hint
    for other, its in zip(figures, values, strict=True):
        alike = other.fund == one.fund and other.period == one.period and other.measure == one.measure
        telling = other is not one and alike and abs(printed) >= tie_hints.TELLING and np.isfinite(its)
        if telling and printed_units(other, float(its)) == printed:
            return f"another table's figure: {other.label}"
    last = before.get((one.fund, one.period, one.measure, *_contract(one)))
    if last is not None and printed_units(one, last) == printed and abs(printed) >= FEW:
        return "last month's figure"
    return UNEXPLAINED


def _contract(figure: Figure) -> tuple[str]:
    return (figure.label.rpartition(", ")[2],)


def digits_slip(ours: int, printed: int) -> str:
    """A digit lost or one too many: 2,628.56 printed as 22,628.56."""
    one, other = str(abs(ours)), str(abs(printed))
    if ours * printed <= 0 or min(len(one), len(other)) < 3 or abs(len(one) - len(other)) != 1:
        return ""
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    if any(longer[:k] + longer[k + 1 :] == shorter for k in range(len(longer))):
        return "a digit lost" if longer == one else "a digit too many"
    return ""


def _unexplained(figure: Figure, value: float, alone: bool) -> str:
    apart = printed_units(figure, figure.printed) - printed_units(figure, value)
    why = "" if alone else "; its neighbours do not tie either"
    return f"{UNEXPLAINED}: {apart:+d} in the last printed digit{why}"
