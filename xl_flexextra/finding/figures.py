"""The figures of a search: what is printed, of which days, and the dollars within which a figure ties."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..inputs.measures import RETURN

Date = datetime.date
OF_REDEMPTION = frozenset({"cdsc", "free"})
SEARCHED = frozenset({RETURN, "cumulative", "value", "erv", "charge", "cdsc", "free", "units", "years"})
"""Measures that a search can judge: they follow from one walk."""

SLACK = 1e-9  # of a printed unit: binary fractions at the very edge of an interval


class Span(NamedTuple):
    """The days of a figure and which charges it reflects: figures with one span are walked together."""

    start: Date
    finish: Date
    charges: str


class Figure(NamedTuple):
    """One printed figure. ``printed`` is held as the table Published holds it: returns as fractions.

    ``spans`` are its days under each reading of the periods (:class:`Page`); None where it has none. ``stated``: what the
    period itself says of its return. ``label`` names it to a person.
    """

    place: int
    fund: str
    measure: str
    printed: float
    decimals: int
    is_percent: bool
    spans: tuple[Span | None, ...]
    stated: str = ""
    charge: str = ""
    label: str = ""
    period: str = ""

    @property
    def unit(self) -> float:
        """One in the last printed digit."""
        return 10.0 ** -(self.decimals + (2 if self.is_percent else 0))

    @property
    def counts_years(self) -> bool:
        """Whether the number of years of its period matters to it."""
        return self.measure in {RETURN, "years"}


class Page(NamedTuple):
    """What is searched: the figures, and the readings of the periods that give them different days."""

    figures: tuple[Figure, ...]
    readings: tuple[tuple[tuple[tuple[str, str], ...], ...], ...]
    """For each distinct reading every combination of ``periods`` choices that comes to it, the draft's first."""


def bounds(figures: Sequence[Figure], payment: float, years: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and most dollars (units, years) with which each figure ties: ``(counts, figures)``.

    ``years`` are the exponents of each count: 1 where a return is not annualised.
    """
    half = np.array([0.5 * one.unit for one in figures]) * (1 + SLACK)
    printed = np.array([one.printed for one in figures])
    is_return = np.array([one.measure in {RETURN, "cumulative"} for one in figures])

    def dollars(value: np.ndarray) -> Any:
        with np.errstate(over="ignore"):
            return np.where(is_return, payment * np.maximum(1.0 + value, 0.0) ** years, value + 0.0 * years)

    low, high = dollars(printed - half), dollars(printed + half)
    return low - 1e-12 * np.abs(low), high + 1e-12 * np.abs(high)


def predicted(figures: Sequence[Figure], payment: float, years: np.ndarray, dollars: np.ndarray) -> np.ndarray:
    """What is printed by dollars (units): returns as fractions, the rest as it is; ``years`` and ``dollars`` by figure."""
    is_return = np.array([one.measure in {RETURN, "cumulative"} for one in figures])
    is_years = np.array([one.measure == "years" for one in figures])
    with np.errstate(all="ignore"):
        returns = (np.maximum(dollars, 0.0) / payment) ** (1.0 / years) - 1.0
    return np.where(is_return, returns, np.where(is_years, years, dollars))
