"""The worksheet functions: declared once, read by every host, the help and the tests.

A declaration is the function itself: its signature gives the order of the arguments, how each is converted and which are
optional, its docstring the summary and the explanation. What an argument means stands in the declaration too, or in
:mod:`xl_flexextra.functions.vocabulary` where several functions share it. A host calls
:func:`evaluate`, which never raises; Python code calls the function, which raises the errors of
:mod:`xl_flexextra.errors`.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..cells import scalars, spread_ranges
from ..cells.argument import ANY, Argument
from ..cells.scalars import OMITTED
from ..errors import NA, NUM, VALUE, BadInput, CellError, FlexExtraError, NoSolution, counted
from ..inputs import remembered
from . import no_figure, python_help, vocabulary
from .declaration import Example, WorksheetFunction

DECLARED: dict[str, WorksheetFunction] = {}


def worksheet_function(
    category: str,
    examples: tuple[Example, ...],
    returns: str = "number",
    together: tuple[str, ...] = (),
    arguments: dict[str, str] | None = None,
    errors_as_text: bool = False,
    not_native: str = "it is not written as a LAMBDA",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a worksheet function. The body gets arguments that are converted and checked by name.

    ``together``: arguments whose columns the body takes whole. ``arguments``: what those mean that only this function has,
    or that mean something of their own here. ``not_native``: why it is no LAMBDA, if it is none.
    ``errors_as_text``: an error becomes its sentence.
    """

    def declare(body: Callable[..., Any]) -> Callable[..., Any]:
        code = body.__code__
        if code.co_name in DECLARED:
            raise RuntimeError(f"{code.co_name} is declared twice")
        names = code.co_varnames[: code.co_argcount]
        defaults = body.__defaults__ or ()
        first_optional = len(names) - len(defaults)
        described = []
        for position, name in enumerate(names):
            optional = position >= first_optional
            kind = vocabulary.kind(code.co_name, name, body.__annotations__.get(name))
            own = (arguments or {}).get(name)
            says = own or vocabulary.described(code.co_name, name, names, spreads=returns != "rows")
            default = defaults[position - first_optional] if optional else None
            described.append(Argument(name, kind, says, optional, default))
        doc = body.__doc__ or ""

        @functools.wraps(body)
        def python(*args: Any, errors: str = no_figure.RAISE, **kwargs: Any) -> Any:
            no_figure.ways(errors)
            return _call(declared, args, kwargs) if errors == no_figure.RAISE else _figures(declared, args, kwargs)

        declared = WorksheetFunction(
            name=code.co_name,
            category=category,
            summary=doc.strip().partition("\n")[0],
            arguments=tuple(described),
            examples=examples,
            returns=returns,
            doc=doc,
            together=frozenset(together),
            errors_as_text=errors_as_text,
            not_native=not_native,
            python=python,
            body=body,
        )
        DECLARED[declared.name] = declared
        python.__doc__ = python_help.docstring(declared)
        python.__signature__ = python_help.signature(declared)  # type: ignore[attr-defined]
        return python

    return declare


def function_of(name: str) -> WorksheetFunction:
    """The function of that name, in any case of letters."""
    try:
        return DECLARED[name.strip().upper()]
    except KeyError:
        hint = scalars.nearest(name, DECLARED)
        raise BadInput(f"There is no worksheet function {name!r}{hint}; see 'xl-flexextra functions'.") from None


def _named_as_there(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments of a function that passes them on to another, whose names they may have."""
    target = function_of(str(args[0]))
    return args[0], *_bind(target, args[1:], kwargs)


def _bind(function: WorksheetFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """Arguments in declared order; what was left out is OMITTED."""
    declared = function.arguments
    if len(args) > len(declared):
        raise BadInput(f"{function.name} takes at most {counted(len(declared), 'argument')} (got {len(args)}).")
    bound = [*args, *[OMITTED] * (len(declared) - len(args))]
    if not kwargs:
        return bound
    order = {argument.name: position for position, argument in enumerate(declared)}
    for name, value in kwargs.items():
        if name not in order:
            raise BadInput(f"{function.name} has no argument {name!r}{scalars.nearest(name, order)}.")
        if order[name] < len(args):
            raise BadInput(f"{function.name} got '{name}' twice.")
        bound[order[name]] = value
    return bound


def _convert(function: WorksheetFunction, bound: list[Any]) -> list[Any]:
    """Each argument converted by its name, defaults filled in."""
    converted: list[Any] = []
    ranges: dict[int, tuple[Argument, Any]] = {}
    for argument, value in zip(function.arguments, bound, strict=True):
        if type(value) is float and argument.kind == "number" and value - value == 0.0:
            converted.append(value)  # most of what cells pass needs nothing
        elif argument.kind == ANY:
            converted.append(value)
        elif value is OMITTED and argument.optional:
            converted.append(argument.default)
        elif scalars.is_blank(value):
            if not argument.optional:
                scalars.refuse_blank(argument.name, value)
            converted.append(argument.default)
        elif argument.kind in scalars.SCALARS and spread_ranges.is_range(value):
            ranges[len(converted)] = argument, value
            converted.append(None)
        else:
            convert = remembered.parse if argument.kind in remembered.KINDS else scalars.convert
            converted.append(convert(argument.name, argument.kind, value))
    if ranges:  # read together, because they end together
        for place, value in zip(
            ranges, spread_ranges.convert(list(ranges.values()), function.returns == "rows"), strict=True
        ):
            converted[place] = value
    return converted


def _call(function: WorksheetFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        if function.passes_on and args and kwargs:
            args, kwargs = _named_as_there(args, kwargs), {}
        bound = _bind(function, args, kwargs)
        with np.errstate(all="ignore"):  # an overflow is found in the result
            result = _spread(function, _convert(function, bound), scalars.reraise)
        if isinstance(result, np.generic):
            result = result.item()
        return _finite(function, _as_given(function, bound, result))
    except (OverflowError, ZeroDivisionError, FloatingPointError):
        error: FlexExtraError = _beyond(function)
    except FlexExtraError as found:
        error = found
    if function.errors_as_text:
        return str(error)
    raise error


def _figures(function: WorksheetFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A result with NaN, which knows the reason, for each figure that cannot be computed; raises where a table is none."""
    if not function.gives_figures:
        raise BadInput(f"{function.name} gives no figures, and takes no errors='nan'; leave it out.")
    bound = _bind(function, args, kwargs)
    try:
        with np.errstate(all="ignore"):
            result = _spread(function, _convert(function, bound), no_figure.NoFigure)
    except (OverflowError, ZeroDivisionError, FloatingPointError):
        if function.returns == "rows":
            raise _beyond(function) from None
        return no_figure.NoFigure(_beyond(function))
    except FlexExtraError as error:
        if function.returns == "rows":
            raise
        return no_figure.NoFigure(error)
    if isinstance(result, np.generic):
        result = result.item()
    result = no_figure.beyond_as_nan(_as_given(function, bound, result), functools.partial(_beyond, function))
    return no_figure.with_reasons(result) if isinstance(result, np.ndarray) else result


def _as_given(function: WorksheetFunction, bound: list[Any], result: Any) -> Any:
    """A column of results as a flat array where flat arrays came in; a worksheet's ranges stay columns."""
    if isinstance(result, np.ndarray) and result.ndim == 2 and result.shape[1] == 1 and function.returns != "rows":
        given = [v for a, v in zip(function.arguments, bound, strict=True) if a.kind in scalars.SCALARS]
        if all(_is_flat(value) for value in given):
            return result[:, 0]
    return result


def with_errors_kept(function: WorksheetFunction, values: list[Any]) -> Any:
    """The result of a function with each error that stands for an element in its place; raises one that is of the whole."""
    try:
        with np.errstate(all="ignore"):
            return _finite(function, _spread(function, _convert(function, _bind(function, tuple(values), {})), lambda e: e))
    except (OverflowError, ZeroDivisionError, FloatingPointError):
        raise _beyond(function) from None


def _beyond(function: WorksheetFunction) -> NoSolution:
    return NoSolution(f"The result of {function.name} lies beyond the range of numbers; check the size of its arguments.")


def _finite(function: WorksheetFunction, result: Any) -> Any:
    """A result as it is; raises where a number has overflowed."""
    if isinstance(result, np.ndarray) and result.dtype == float and not np.isfinite(result).all():
        raise _beyond(function)
    parts = result if isinstance(result, list) else [[result]] if isinstance(result, float) else ()
    if any(isinstance(x, float) and x - x != 0.0 for row in parts for x in (row if isinstance(row, list) else [row])):
        raise _beyond(function)
    return result


def _is_flat(value: Any) -> bool:
    """Whether an argument is one value, or a line without rows."""
    if isinstance(value, list | tuple):
        return not any(isinstance(item, list | tuple | np.ndarray) for item in value)
    return getattr(value, "ndim", 0) < 2


def _spread(function: WorksheetFunction, values: list[Any], on_error: Callable[[FlexExtraError], Any]) -> Any:
    """Call the body once, or once for each element where scalars were given as arrays."""
    if not any(isinstance(value, np.ndarray) for value in values):
        return _with_errors(function.body(*values), on_error)
    grids = {a.name: v for a, v in zip(function.arguments, values, strict=True) if is_grid(a, v)}
    if not grids:
        return _with_errors(function.body(*values), on_error)
    if function.returns == "rows":
        name = next(iter(grids))
        raise BadInput(f"{function.name} takes one '{name}' (got {grids[name].size}); it gives a table already.")
    try:
        shape = np.broadcast_shapes(*(grid.shape for grid in grids.values()))
    except ValueError:
        shapes = " and ".join(f"{g.shape[0]} x {g.shape[1]}" for g in grids.values())
        raise BadInput(f"The ranges given to {function.name} are {shapes}; give ranges of one size.") from None
    spread = [
        np.broadcast_to(value, shape) if argument.name in grids else value
        for argument, value in zip(function.arguments, values, strict=True)
    ]
    if function.together.issuperset(grids):
        result = np.array(function.body(*spread), dtype=object)
    else:
        result = np.empty(shape, dtype=object)
        for place in np.ndindex(shape):
            one = [v[place] if a.name in grids else v for a, v in zip(function.arguments, spread, strict=True)]
            try:
                wrong = next((given for given in one if isinstance(given, FlexExtraError)), None)
                result[place] = function.body(*one) if wrong is None else wrong
            except FlexExtraError as error:
                result[place] = error
    return _with_errors(result, on_error)


def _with_errors(result: Any, on_error: Callable[[FlexExtraError], Any]) -> Any:
    """A table with each error that stands for an element dealt with; floats where all elements are."""
    if isinstance(result, list):
        return [[on_error(x) if isinstance(x, FlexExtraError) else x for x in row] for row in result]
    if not isinstance(result, np.ndarray) or result.dtype != object:
        return result
    for place in np.ndindex(result.shape):
        element: Any = result[place]
        if isinstance(element, FlexExtraError):
            result[place] = on_error(element)
    return _tidy(result)


def _tidy(result: Any) -> Any:
    """An object array as floats where every element is a number; as it is where text or errors are in it."""
    if all(isinstance(item, float | int | np.floating) and not isinstance(item, no_figure.NoFigure) for item in result.flat):
        return result.astype(float)
    return result


def is_grid(argument: Argument, value: Any) -> bool:
    """Whether a converted argument is a range given where one value is declared."""
    return argument.kind in scalars.SCALARS and isinstance(value, np.ndarray)


def evaluate(function: WorksheetFunction, values: list[Any] | tuple[Any, ...]) -> Any:
    """A host's call: never raises; gives a scalar or rows (lists of lists) of float, text and CellError.

    ``values`` are the arguments in order: OMITTED, None for a blank cell, a :class:`CellError`, bool, number, text,
    date, or rows of these. Dates come back as Excel serials.
    """
    try:
        bound = _bind(function, values, {})  # type: ignore[arg-type]
        shown: Callable[[FlexExtraError], str] = str if function.errors_as_text else lambda error: error.cell_error
        with np.errstate(all="ignore"):
            return to_cells(_spread(function, _convert(function, bound), shown))
    except FlexExtraError as error:
        return str(error) if function.errors_as_text else error.cell_error
    except (OverflowError, ZeroDivisionError, FloatingPointError):
        return str(_beyond(function)) if function.errors_as_text else NUM
    except Exception:
        import logging

        logging.getLogger("xl_flexextra").exception("%s failed", function.name)
        return VALUE


def to_cells(result: Any) -> Any:
    """A Python result as cells take it: float, text or CellError, alone or in rows."""
    if type(result) is float and result - result == 0.0:
        return result
    if isinstance(result, np.ndarray):
        if result.ndim == 0:
            return to_cells(result.item())
        if result.ndim == 1:
            return [[to_cells(value)] for value in result.tolist()]
        return [[to_cells(value) for value in row] for row in result.tolist()]
    if isinstance(result, list | tuple):
        return [[to_cells(value) for value in row] for row in result]
    if isinstance(result, CellError):
        return result
    if isinstance(result, str):
        return result
    if result is None:
        return NA
    if isinstance(result, datetime.date | np.datetime64):
        try:
            return float(scalars.to_serial(result))
        except FlexExtraError:
            return NUM  # a worksheet has no dates before 1900
    number = float(result)
    return number if number - number == 0.0 else (NA if number != number else NUM)
