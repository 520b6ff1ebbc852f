"""Returns of values over periods: plain numpy, nothing is checked that the equations do not need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..cells.rounding import without_noise
from ..errors import BadInput


def unit_value_return(begin_value: float, end_value: float) -> float:
    """Change in value over a period: end / begin − 1."""
    positive("begin_value", begin_value)
    positive("end_value", end_value)
    return change(end_value / begin_value)


def change(growth: Any) -> Any:
    """A growth factor as a return, without the noise that taking 1 from it brings out: 0.71735 → −0.28265."""
    return without_noise(growth - 1.0, size=growth)


def aatr(begin_value: Any, end_value: Any, years: Any, annualize_short: bool = False) -> Any:
    """T in P(1+T)^n = ERV; up to one year the change itself, unless ``annualize_short``.

    An ending value of zero is a total loss (−1).
    """
    positive("begin_value", begin_value)
    positive("years", years)
    if (
        isinstance(years, float | int)
        and isinstance(end_value, float)
        and isinstance(begin_value, float | int)
        and end_value >= 0
    ):
        # a cell's call: numpy's overhead would be most of it
        return change(float((end_value / begin_value) ** exponent(years, annualize_short)))
    _not_negative(end_value)
    growth = np.divide(end_value, begin_value)
    of_years = np.where((np.asarray(years) <= 1.0) & (not annualize_short), 1.0, 1.0 / np.asarray(years, dtype=float))
    return change(growth**of_years)


def exponent(years: float, annualize_short: bool = False) -> float:
    """What a growth factor is raised to: 1 / n, and 1 up to one year unless ``annualize_short``."""
    return 1.0 if years <= 1 and not annualize_short else 1.0 / years


def aatr_of_many(begin_value: float, end_values: np.ndarray, exponents: Iterable[tuple[slice, float]]) -> np.ndarray:
    """The returns of many values, by the exponent of each part of them.

    One exponent at a time, as numpy rounds powers by how they are asked for: each figure is what it is alone.
    """
    positive("begin_value", begin_value)
    _not_negative(end_values)
    growth = np.divide(end_values, begin_value)
    for part, one in exponents:
        if one != 1.0:
            growth[part] = growth[part] ** np.asarray(one)
    return np.asarray(change(growth))


def _not_negative(end_value: Any) -> None:
    if (np.asarray(end_value) < 0).any():
        raise BadInput(f"'end_value' must not be negative (got {np.min(end_value):g}); a total loss is 0.")


def positive(argument: str, value: Any) -> None:
    """Raise unless a value, or every value of an array, is above zero."""
    if isinstance(value, float | int) and value > 0:
        return
    if np.any(np.asarray(value) <= 0):
        raise BadInput(f"'{argument}' must be positive (got {np.min(value):g}).")
