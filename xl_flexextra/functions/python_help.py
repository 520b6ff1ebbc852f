"""What Python shows of a worksheet function: ``help(AATR)`` in the sections of numpydoc, and its public types.

All of it comes from the declaration: kinds and descriptions of the arguments, what it returns, its docstring, and the
examples of errors. Made when the functions are imported, so it joins text and no more.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence

from ..cells.argument import Argument
from ..cells.scalars import SCALARS
from ..errors import NA, NUM, VALUE, CellError
from .declaration import WorksheetFunction

_SCALAR = {"number": ("Number", "float"), "date": ("Day", "date"), "text": ("Text", "str"), "flag": ("Flag", "bool")}
_RANGES = {
    "numbers": ("Number | Range", "float or array_like"),
    "dates": ("Day | Range", "date or array_like"),
    "texts": ("Text | Range", "str or array_like"),
    "terms": ("Terms | Table | str", "Terms, str or table"),
    "any": ("object", "as there"),
}
_TABLE = ("Table", "table")
_RETURNS = {
    "percent": "A fraction: 0.0525 means 5.25%.",
    "number": "A number.",
    "date": "A date.",
    "text": "A text.",
    "rows": "A table, in rows.",
}
_RAISES = {
    VALUE: ("BadInput", "An argument is not what it has to be (#VALUE! in a cell)"),
    NA: ("MissingData", "An argument is blank, or something that has to be there is not (#N/A in a cell)"),
    NUM: ("NoSolution", "No number solves the equation, or none that a cell can hold (#NUM! in a cell)"),
}


def annotation(argument: Argument, spread: bool) -> str:
    """The public type of an argument, of the names in :mod:`xl_flexextra.typing`."""
    if argument.kind in SCALARS:
        written = _SCALAR[argument.kind][0] + " | Range" * spread
    else:
        written = _RANGES.get(argument.kind, _TABLE)[0]
    return written + " | None" * argument.optional


def returned(function: WorksheetFunction) -> tuple[str, str]:
    """The type of one result, and of the results for a range."""
    one = str(function.body.__annotations__["return"]).removesuffix(" | Array")
    several = "NDArray[np.float64]" if one == "float" else "Array" if "float" in one else "NDArray[np.object_]"
    return one, several


def signature(function: WorksheetFunction) -> inspect.Signature:
    """The signature that ``help`` and editors show."""
    spread = function.spreads
    one, several = returned(function)
    parameters = [
        inspect.Parameter(
            argument.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=argument.default if argument.optional else inspect.Parameter.empty,
            annotation=annotation(argument, spread),
        )
        for argument in function.arguments
    ]
    if function.gives_figures:
        parameters.append(inspect.Parameter("errors", inspect.Parameter.KEYWORD_ONLY, default="raise", annotation="str"))
    return inspect.Signature(parameters, return_annotation=f"{one} | {several}" if spread else one)


def docstring(function: WorksheetFunction) -> str:
    """Summary, Parameters, Returns, Raises, Notes and Examples."""
    told, _, examples = inspect.cleandoc(function.doc).partition("\n\n>>>")
    formula, _, source = told.partition("\n")[2].partition("Source: ")
    notes = "\n\n".join(part for part in (formula.strip(), source and f"Source: {source}") if part)
    spread = function.spreads
    parts = [function.summary]
    if function.arguments:
        parts.append(
            _section("Parameters", [*(_parameter(argument, spread) for argument in function.arguments), *_errors(function)])
        )
    also = " For ranges an array of them." if spread else ""
    result = returned(function)[0].replace(" | ", " or ")
    parts.append(_section("Returns", [f"{result}\n    {_RETURNS[function.returns]}{also}"]))
    if function.arguments and not function.errors_as_text:
        parts.append(_section("Raises", [_raised(function, error) for error in _RAISES]))
    if notes:
        parts.append(_section("Notes", [notes]))
    parts.append(_section("Examples", [f">>> from flexextra_udfs import {function.name}\n>>>{examples.rstrip()}"]))
    return "\n\n".join(parts) + "\n"


def _section(title: str, items: Sequence[str]) -> str:
    return "\n".join([title, "-" * len(title), *items])


def _parameter(argument: Argument, spread: bool) -> str:
    if argument.kind in SCALARS:
        kind = _SCALAR[argument.kind][1] + " or array_like" * spread
    else:
        kind = _RANGES.get(argument.kind, _TABLE)[1]
    return f"{argument.name} : {kind}{', optional' * argument.optional}\n    {argument.description}"


def _errors(function: WorksheetFunction) -> list[str]:
    """The argument that only Python has."""
    told = "NaN for each figure that cannot be computed, with its reason: result.reason, of arrays result.reasons."
    return [f"errors : {{'raise', 'nan'}}, keyword only\n    {told}"] if function.gives_figures else []


def _raised(function: WorksheetFunction, error: CellError) -> str:
    """An error, and on what the examples of this function have it."""
    name, when = _RAISES[error]
    here = "; ".join(example.source for example in function.examples if example.gives == error)
    return f"{name}\n    {when}{f': {here}' if here else ''}."
