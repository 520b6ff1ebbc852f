"""In a child process: spreadsheets read by parsers that strangers' files may break (:mod:`.spreadsheet` asks)."""

from __future__ import annotations

import io
from functools import cached_property
from typing import Any

from ..errors import CellError
from ..files import door, in_child
from ..ooxml.package import Package
from . import odd_cells_elsewhere
from .odd_cells import Shown

_Told = tuple[int, int, str, float | None, str]


class Book:
    """The file that this child reads."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data, self._name = data, name

    @cached_property
    def _book(self) -> Any:
        import python_calamine

        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self._data))

    @cached_property
    def _elsewhere(self) -> odd_cells_elsewhere.Elsewhere:
        if self._data[:2] != b"PK":
            return odd_cells_elsewhere.of_xls(self._data)
        package = Package(io.BytesIO(self._data), self._name)
        of = odd_cells_elsewhere.of_ods if package.find("content.xml") else odd_cells_elsewhere.of_xlsb
        return of(package)

    def sheets(self) -> list[tuple[str, bool]]:
        """The names of its sheets of cells, each with whether it is hidden."""
        told = [(one.name, not str(one.visible).endswith(".Visible"), str(one.typ)) for one in self._book.sheets_metadata]
        cells = [(name, hidden) for name, hidden, kind in told if kind.endswith(".WorkSheet")]
        return cells or [(name, hidden) for name, hidden, _ in told]

    def sheet(self, name: str) -> tuple[int, int, list[list[Any]]]:
        """Where the cells of a sheet begin, and the cells."""
        sheet = self._book.get_sheet_by_name(name)
        top, left = sheet.start or (0, 0)
        rows = sheet.to_python(skip_empty_area=True)
        count = sum(map(len, rows))
        if count > door.CELLS:
            held = sum(cell != "" for row in rows for cell in row)
            door.refuse_cells(count, held, f"The sheet {name!r} of {self._name}")
        return top + 1, left + 1, rows

    def look(self, name: str) -> tuple[list[_Told], list[_Told], list[int]]:
        """Odd cells of a sheet, and those that show percentages, by row, column, kind, number and text; its hidden rows."""
        looks = self._elsewhere.look(name)
        odd, percentages = ([(row, column, *_told(cell)) for (row, column), cell in cells.items()] for cells in looks[:2])
        return odd, percentages, looks.hidden

    def date1904(self) -> bool:
        """Whether dates count from 1904."""
        return self._elsewhere.date1904


def _told(cell: CellError | Shown) -> tuple[str, float | None, str]:
    if isinstance(cell, Shown):
        return "shown", float(cell), cell.text
    return type(cell).__name__, None, str(cell)


_books: list[Book] = []


def answer(asked: str, *words: Any) -> Any:
    """What is asked of the book, which is given first."""
    if asked == "open":
        data, name, allowed = words
        door.allow_large(allowed)
        _books[:] = [Book(data, name)]
        return None
    return getattr(_books[0], asked)(*words)


def _prepare() -> None:
    import python_calamine  # noqa: F401
    import xlrd  # noqa: F401


if __name__ == "__main__":
    in_child.serve(_prepare, answer)
