"""What a formula sees of the workbook from its cell: its references, our functions, the native ones that are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..ooxml.refs import Range
from .formula import Beyond
from .native_functions import native
from .values import MISSING, Cells, Column, form
from .workbook_model import FormulaCell, Model


class CellContext:
    """A formula's view: references resolved from its cell, dirty ones computed first."""

    def __init__(self, model: Model, cell: FormulaCell, ensure: Callable[[str, Range], None]) -> None:
        self._model, self._cell, self._ensure = model, cell, ensure

    def look_up(self, reference: str) -> Any:
        sheet, bounds = self._one(reference)
        self._ensure(sheet, bounds)
        column = self._model.column(sheet, bounds)
        if column is None:
            return self._model.rows(sheet, bounds)
        return column if len(column) > 1 else column.rows

    def _one(self, reference: str) -> tuple[str, Range]:
        found = self._model.resolve(reference, self._cell)
        if len(found) != 1:
            raise Beyond(reference)
        return found[0]

    def refuse_subtotals(self, reference: str) -> None:
        self._model.refuse_subtotals(*self._one(reference))

    def function(self, name: str) -> Callable[[list[Any]], Any] | None:
        from_1904 = self._model.workbook.date1904
        if name in own_names():
            return None if from_1904 else own_function(name)
        return native(name, from_1904)


def own_function(name: str) -> Callable[[list[Any]], Any]:
    """One of our worksheet functions as the evaluator calls it."""
    from .. import catalogue
    from ..cells import scalars
    from ..functions import registry

    function = catalogue.get(name)

    def given(value: Any) -> Any:
        rows = value.rows if isinstance(value, Column) else value
        if isinstance(rows, Cells):
            return rows[0][0] if form(rows) == "c" else list(rows)
        return scalars.OMITTED if value is MISSING else value

    return lambda values: registry.evaluate(function, [given(value) for value in values])


def own_names() -> frozenset[str]:
    """The names of our worksheet functions."""
    from .. import catalogue

    return frozenset(catalogue.names())
