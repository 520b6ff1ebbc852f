"""Spreadsheets read by other people's parsers, each in a child process that can be stopped (:mod:`.spreadsheet_child`)."""

from __future__ import annotations

import pickle
from typing import Any

from ..errors import CELL_ERRORS, NOT_CALCULATED, VALUE, BadInput
from ..files import door
from ..files.child import Child, Failed
from .odd_cells import Odd, Shown
from .odd_cells_elsewhere import Looks

_MODULE = "xl_flexextra.sources.spreadsheet_child"


class Spreadsheet:
    """One file in the hands of a child, which is started when it is first asked."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data, self._name = data, name
        self._child: Child | None = None

    def _ask(self, *request: Any) -> Any:
        try:
            if self._child is None:
                self._child = Child(_MODULE, self._name, len(self._data))
                self._child.ask("open", pickle.PickleBuffer(self._data), self._name, door.large_allowed())
            return self._child.ask(*request)
        except Failed as error:
            said = f"{door.shown(self._name)} cannot be read ({error}); it is damaged, or not what its name says."
            raise BadInput(said) from None

    def sheets(self) -> dict[str, bool]:
        """The names of its sheets, each with whether it is hidden."""
        return {str(name): bool(hidden) for name, hidden in self._ask("sheets")}

    def sheet(self, name: str) -> tuple[int, int, list[list[Any]]]:
        """Row and column of the first cell of a sheet, and its cells."""
        top, left, rows = self._ask("sheet", name)
        return top, left, rows

    def look(self, name: str) -> Looks:
        """What a sheet of a file that is no Open XML holds besides its values."""
        odd, percentages, hidden = self._ask("look", name)
        return Looks(_cells(odd), _cells(percentages), hidden)

    def date1904(self) -> bool:
        """Whether the dates of a file that is no Open XML count from 1904."""
        return bool(self._ask("date1904"))


def _cells(found: list[Any]) -> Odd:
    return {(row, column): _cell(*told) for row, column, *told in found}


def _cell(kind: str, number: float | None, text: str) -> Any:
    if kind == "shown" and number is not None:
        return Shown(number, text)
    return NOT_CALCULATED if kind == type(NOT_CALCULATED).__name__ else CELL_ERRORS.get(text, VALUE)
