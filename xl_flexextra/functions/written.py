"""An example as a person types it, and what it gives, as texts."""

from __future__ import annotations

from typing import Any

from .declaration import Example, SampleTable, WorksheetFunction


def formula(function: WorksheetFunction, example: Example) -> str:
    """An example as a person types it."""
    parts = [typed(argument) for argument in example.args]
    return f"={function.name}({', '.join(parts)})"


def typed(value: Any) -> str:
    """One argument as it is typed into a formula."""
    if isinstance(value, SampleTable):
        return f"{value}[#All]"
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, list):
        rows = [row if isinstance(row, list) else [row] for row in value]
        return "{" + ";".join(",".join(typed(cell) for cell in row) for row in rows) + "}"
    return str(value)


def gives(example: Example) -> str:
    """What an example gives, as text; of a table the first rows."""
    value = example.gives
    if isinstance(value, list):
        return "; ".join(", ".join(str(cell) for cell in row) for row in value)
    return str(value)
