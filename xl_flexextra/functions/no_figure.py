"""Figures that cannot be computed as NaN with the reason, where Python code asks for them so (``errors="nan"``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import BadInput, FlexExtraError

RAISE, NAN = "raise", "nan"


class NoFigure(float):
    """NaN in the place of a figure that cannot be computed: ``reason`` is the sentence, ``error`` what would be raised."""

    error: FlexExtraError

    def __new__(cls, error: FlexExtraError) -> NoFigure:
        made = super().__new__(cls, "nan")
        made.error = error.with_traceback(None)
        return made

    @property
    def reason(self) -> str:
        """Why there is no figure, in one sentence."""
        return str(self.error)


class Figures(np.ndarray[Any, Any]):
    """An array of figures; ``reasons`` has the sentence for the place of each one that could not be computed."""

    reasons: dict[tuple[int, ...], str]

    def __array_finalize__(self, made_from: Any) -> None:
        """Part of an array, or the result of a calculation, has other places: no reasons go with it."""
        self.reasons = {}


def ways(errors: str) -> None:
    """Refuse a way to take errors that there is not."""
    if errors not in (RAISE, NAN):
        raise BadInput(f"'errors' must be 'raise' or 'nan' (got {errors!r}).")


def with_reasons(result: np.ndarray) -> Figures:
    """An array as it is, with the reason of each element that is none; of floats where all elements are numbers."""
    flat = result.ravel().tolist() if result.dtype == object else []
    floats = all(isinstance(one, float | int) for one in flat)
    figures = (result.astype(float) if floats else result).view(Figures)
    if result.dtype == object:
        figures.reasons = {at: one.reason for at, one in np.ndenumerate(result) if isinstance(one, NoFigure)}
    return figures


def beyond_as_nan(result: Any, beyond: Callable[[], FlexExtraError]) -> Any:
    """A result with each number that has overflowed as a figure that could not be computed."""
    if isinstance(result, list):
        return [beyond_as_nan(one, beyond) for one in result]
    if isinstance(result, np.ndarray) and result.dtype == float and not np.isfinite(result).all():
        result = result.astype(object)
    if isinstance(result, np.ndarray) and result.dtype == object:
        for place in np.ndindex(result.shape):
            result[place] = beyond_as_nan(result[place], beyond)
        return result
    overflown = isinstance(result, float) and not isinstance(result, NoFigure) and result - result != 0.0
    return NoFigure(beyond()) if overflown else result
