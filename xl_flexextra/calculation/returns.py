"""Returns of values over periods: plain numpy, nothing is checked that the equations do not need."""

from __future__ import annotations

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
        return change(float((end_value / begin_value) ** (1.0 if years <= 1 and not annualize_short else 1.0 / years)))
    if np.any(np.asarray(end_value) < 0):
        raise BadInput(f"'end_value' must not be negative (got {np.min(end_value):g}); a total loss is 0.")
    growth = np.divide(end_value, begin_value)
    exponent = np.where((np.asarray(years) <= 1.0) & (not annualize_short), 1.0, 1.0 / np.asarray(years, dtype=float))
    return change(growth**exponent)


def positive(argument: str, value: Any) -> None:
    """Raise unless a value, or every value of an array, is above zero."""
    if isinstance(value, float | int) and value > 0:
        return
    if np.any(np.asarray(value) <= 0):
        raise BadInput(f"'{argument}' must be positive (got {np.min(value):g}).")
