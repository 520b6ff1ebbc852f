"""Why a worksheet function gives an error for its arguments, and what to do: the sentences of EXPLAIN_ERROR."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..cells.rounding import percent_text, shortest
from ..cells.scalars import OMITTED
from ..errors import NA, NUM, VALUE, BadInput, CellError, FlexExtraError, PassedError
from . import registry
from .declaration import WorksheetFunction

WHAT_TO_DO = {
    NA: "#N/A stands for data that are missing: fill them in, or ask for what the data reach.",
    VALUE: "#VALUE! stands for an argument that cannot be used: correct it, or the cell it comes from.",
    NUM: "#NUM! stands for a number that does not exist or is too large for a cell: check the size and the sign of the "
    "arguments.",
}
PASSED = "The error comes in with an argument: correct the cell in which it begins, and this one follows."
FINE = "there is no error. A cell that shows one all the same was not recalculated, or has other arguments."


def function_named(text: str) -> WorksheetFunction:
    """The function that a text names, be it CDSC_RATE or =CDSC_RATE(…)."""
    name = text.strip().lstrip("=@").partition("(")[0].strip()
    function = registry.function_of(name)
    if function.passes_on:
        raise BadInput(f"'function_name' is {function.name} itself; name the function whose cell shows the error.")
    return function


def why(name: str, given: Sequence[Any]) -> str:
    """One function's result for these arguments in words: its error and what to do, or that there is none."""
    function = function_named(name)
    arguments = list(given)
    while arguments and arguments[-1] is OMITTED:
        arguments.pop()
    try:
        result = registry.with_errors_kept(function, arguments)
    except FlexExtraError as error:
        return _told(function, error, "")
    for place, element in _elements(result):
        if isinstance(element, CellError):
            element = PassedError("an element", element)
        if isinstance(element, FlexExtraError):
            return _told(function, element, place)
    return f"{function.name} gives {_shown(function, result)}; {FINE}"


def _told(function: WorksheetFunction, error: FlexExtraError, place: str) -> str:
    cell = error.cell_error
    said = "its sentence instead of a value" if function.errors_as_text else cell
    todo = PASSED if isinstance(error, PassedError) else WHAT_TO_DO.get(cell, PASSED)
    return f"{function.name} gives {said}{place}: {error} {todo}"


def _elements(result: Any) -> Iterator[tuple[str, Any]]:
    """The elements of a result, each with where it stands in a table."""
    if isinstance(result, np.ndarray):
        result = result.reshape(len(result), -1).tolist() if result.ndim else result.item()
    if not isinstance(result, list):
        yield "", result
        return
    for r, row in enumerate(result, start=1):
        for c, element in enumerate(row if isinstance(row, list) else [row], start=1):
            yield f" in row {r}, column {c} of its results", element


def _shown(function: WorksheetFunction, result: Any) -> str:
    """A result as a sentence can hold it."""
    if isinstance(result, np.ndarray | list):
        shape = np.shape(result) if isinstance(result, np.ndarray) else (len(result), len(result[0]) if result else 0)
        return f"{shape[0]} rows of {shape[1] if len(shape) > 1 else 1} columns"
    if isinstance(result, datetime.date):
        return str(result)
    if isinstance(result, str):
        return f"the text {result!r}" if result else "an empty text"
    return percent_text(float(result)) if function.returns == "percent" else shortest(float(result))
