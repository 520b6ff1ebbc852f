"""Every worksheet function by name: the one module of xl_flexextra that imports flexextra_udfs, which declares them."""

from __future__ import annotations

from .functions.declaration import WorksheetFunction
from .functions.registry import DECLARED, function_of


def functions() -> tuple[WorksheetFunction, ...]:
    """Every declared worksheet function, in the order of declaration."""
    import flexextra_udfs  # noqa: F401  (declares them)

    return tuple(DECLARED.values())


def names() -> tuple[str, ...]:
    """The names of all worksheet functions."""
    return tuple(function.name for function in functions())


def get(name: str) -> WorksheetFunction:
    """The function of that name, in any case of letters."""
    functions()
    return function_of(name)
