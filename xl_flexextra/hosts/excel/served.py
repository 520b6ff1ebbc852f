"""The module that xlwings' server calls: every worksheet function, by its name, over plain COM values.

Each function carries the description that xlwings' own ``func`` and ``arg`` would give it, with raw conversion: what
COM sends arrives as it is, so that missing, blank and error stay three different things.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import catalogue
from ...cells.scalars import OMITTED
from ...functions import registry
from ...functions.declaration import WorksheetFunction
from .values import from_com, to_com


def _described(function: WorksheetFunction) -> dict[str, Any]:
    """xlwings' description of a function."""
    described: list[dict[str, Any]] = []
    for place, argument in enumerate(function.arguments):
        entry: dict[str, Any] = {
            "name": argument.name,
            "pos": place,
            "vba": None,
            "doc": argument.description,
            "vararg": False,
            "options": {"convert": "raw"},
        }
        # required ones too: what is missing must reach the function as missing, which names it in its error
        entry["optional"] = OMITTED
        described.append(entry)
    return {
        "name": function.name,
        "sub": False,
        "args": described,
        "argmap": {entry["name"]: entry for entry in described},
        "ret": {"doc": function.summary, "options": {"convert": "raw"}},
        "category": function.category,
        "call_in_wizard": False,
        "volatile": False,
        "async_mode": None,
    }


def serve(function: WorksheetFunction) -> Callable[..., list[list[Any]]]:
    """The function as COM calls it: never raises, always rows."""

    def call(*given: Any) -> list[list[Any]]:
        values = [OMITTED if value is OMITTED else from_com(value) for value in given]
        return to_com(registry.evaluate(function, values))

    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.summary
    call.__xlfunc__ = _described(function)  # type: ignore[attr-defined]
    return call


for _function in catalogue.functions():
    globals()[_function.name] = serve(_function)
__all__ = list(catalogue.names())
