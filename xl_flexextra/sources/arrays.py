"""Cells of any kind as columns of PyArrow: numbers, dates, text, or text where kinds are mixed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import BadInput, CellError, MissingData, counted
from ..files.door import CELLS, refuse_cells
from ..ooxml.refs import MAX_COLUMN, column_letters
from .ends import end_of_data, may_sum_up
from .headers import is_value
from .odd_cells import Odd, Shown

NOTHING = ("", "#N/A")  # texts that are no value in any column


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells in rows, and where in its sheet the first of them stands."""

    rows: list[list[Any]]
    top: int = 1
    left: int = 1
    date1904: bool = False

    @property
    def bottom(self) -> int:
        """The row of the last cells."""
        return self.top + len(self.rows) - 1

    def part(self, top: int, left: int, bottom: int, right: int) -> Grid:
        """Some of the cells; those that are not there are blank."""
        count = (bottom - top + 1) * (right - left + 1)
        if count > CELLS:
            refuse_cells(count, _held(self.rows), "A range")
        rows = []
        for number in range(top, bottom + 1):
            row = self.rows[number - self.top] if self.top <= number <= self.bottom else []
            before = left - self.left
            cells = [None] * min(-before, right - left + 1) if before < 0 else []
            cells += row[max(before, 0) : max(right - self.left + 1, 0)]
            rows.append(cells + [None] * (right - left + 1 - len(cells)))
        return replace(self, rows=rows, top=top, left=left)

    def from_first_cell(self) -> Grid:
        """The grid from A1 on."""
        right = self.left + max((len(row) for row in self.rows), default=0) - 1
        return self.part(1, 1, self.bottom, right)

    def cells(self) -> list[list[Any]]:
        """The cells as values: blanks None, codes as they are shown, days without a time."""
        return [[_value(cell) for cell in row] for row in self.rows]

    def below(self, header: Sequence[Any]) -> Grid:
        """The cells with a header above them."""
        return replace(self, rows=[list(header), *self.rows], top=self.top - 1)

    def with_cells(self, odd: Odd) -> Grid:
        """The grid with other cells in some places, which may lie beyond its edges."""
        if not odd:
            return self
        tops, lefts = [row for row, _ in odd], [column for _, column in odd]
        right = self.left + max((len(row) for row in self.rows), default=0) - 1
        if self.rows:
            bounds = min(self.top, *tops), min(self.left, *lefts), max(self.bottom, *tops), max(right, *lefts)
        else:
            bounds = min(tops), min(lefts), max(tops), max(lefts)
        grid = self.part(*bounds)
        for (row, column), cell in odd.items():
            grid.rows[row - grid.top][column - grid.left] = cell
        return grid


@dataclass(frozen=True, slots=True)
class Columns:
    """A table as it stands in its file: the cells that head its columns, what is below, and the cells that are no values."""

    heads: list[Any]
    arrays: list[Any]  # of PyArrow
    odd: Mapping[int, Mapping[int, Any]] = field(default_factory=dict)  # by column, by row below the heads
    corner: tuple[int, int] | None = None  # row and column of the first cell below the heads, in a sheet
    date1904: bool | None = None  # whether numbers that are dates count from 1904; None: of no workbook
    notes: tuple[str, ...] = ()  # what stood below the data
    percentages: Mapping[int, tuple[int, str]] = field(default_factory=dict)  # by column: the first cell that shows one
    texts: Mapping[int, str] = field(default_factory=dict)  # by column of several kinds: a number or date that is text

    @property
    def rows(self) -> int:
        """How many rows there are below the heads."""
        return len(self.arrays[0]) if self.arrays else 0

    def address(self, row: int, column: int) -> str:
        """The address of a cell in its sheet; rows count from 0 below the heads."""
        top, left = self.corner or (2, 1)
        return f"{column_letters(left + column)}{top + row}"

    @classmethod
    def of(cls, grid: Grid, name: str, head: int = 0) -> Columns:
        """Cells by columns, below the row ``head``; blank rows and columns at the end are dropped."""
        body = [list(row) for row in grid.rows]
        while body and all(_is_blank(value) for value in body[-1]):
            body.pop()
        if not body:
            raise MissingData(f"The source {name} is empty; give a header and data.")
        width = max(map(len, body))
        if width * len(body) > CELLS:
            refuse_cells(width * len(body), _held(body), f"The source {name}")
        rows = [row + [None] * (width - len(row)) for row in body[head:]]
        while width > 1 and all(_is_blank(row[width - 1]) for row in rows):
            width -= 1
        end, notes = end_of_data(rows[1:], name)
        columns = [[row[i] for row in rows[1 : end + 1]] for i in range(width)]
        odd = {i: found for i, column in enumerate(columns) if (found := _odd_of(column))}
        arrays = [to_array(column) for column in columns]
        corner, texts = (grid.top + head + 1, grid.left), {i: _value_as_text(column) for i, column in enumerate(columns)}
        mixed = {i: text for i, text in texts.items() if text is not None}
        return cls(rows[0][:width], arrays, odd, corner, grid.date1904, tuple(notes), texts=mixed)

    def without_sums(self, name: str, plain: Callable[[str, Any], Any]) -> Columns:
        """Columns of text without rows at their end that sum up those above; ``plain`` makes the numbers of one plain."""
        if self.rows < 2 or not may_sum_up([array[self.rows - 1].as_py() for array in self.arrays]):
            return self
        texts = [plain(as_text(head), array).to_pylist() for head, array in zip(self.heads, self.arrays, strict=False)]
        end, notes = end_of_data(list(zip(*texts, strict=True)), name)
        return self if not notes else replace(self, arrays=[a.slice(0, end) for a in self.arrays], notes=tuple(notes))

    def without_blank_end(self) -> Columns:
        """The columns without blank rows at their end, which spreadsheets leave behind."""
        rows = self.rows
        while rows and not any(self.odd.get(i, {}).get(rows - 1) is not None for i in range(len(self.arrays))):
            if not all(_is_blank_value(array[rows - 1]) for array in self.arrays):
                break
            rows -= 1
        return self if rows == self.rows else replace(self, arrays=[array.slice(0, rows) for array in self.arrays])

    def table(self, name: str) -> Any:
        """A PyArrow table; nameless and repeated columns are refused, but for a nameless one of nothing."""
        import pyarrow as pa

        names = [as_text(head).strip().lstrip("\ufeff") for head in self.heads]
        if not any(names):
            raise MissingData(f"The source {name} has a blank first row; put the header there.")
        kept = [i for i, head in enumerate(names) if head or not self._is_empty(i)]
        refuse_names([names[i] for i in kept], name)
        return pa.Table.from_arrays([self.arrays[i] for i in kept], names=[names[i] for i in kept])

    def place(self, name: str) -> int:
        """The place of the column of a name."""
        return next(i for i, head in enumerate(self.heads) if as_text(head).strip().lstrip("\ufeff") == name)

    def _is_empty(self, column: int) -> bool:
        array = self.arrays[column]
        return array.null_count == len(array) and column not in self.odd


def _value_as_text(column: list[Any]) -> str | None:
    """The first number or date that is text in a column of several kinds, "" where none is; None for one of one kind."""
    if len({type(cell) for cell in column if cell is not None and cell != ""} - {CellError, Shown}) < 2:
        return None
    return next((cell for cell in column if type(cell) is str and is_value(cell)), "")


def _held(rows: list[list[Any]]) -> int:
    return sum(cell not in (None, "") for row in rows for cell in row)


def _value(cell: Any) -> Any:
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date()
    return cell.text if isinstance(cell, Shown) else None if cell == "" else cell


def _is_blank(cell: Any) -> bool:
    return cell is None or (type(cell) is str and not cell.strip())


def _is_blank_value(scalar: Any) -> bool:
    """Whether a value of PyArrow is none. A time is not looked at: one in an unknown zone cannot be."""
    import pyarrow as pa

    if not scalar.is_valid or pa.types.is_timestamp(scalar.type):
        return not scalar.is_valid
    value = scalar.as_py()
    return isinstance(value, str) and not value.strip()


def _odd_of(column: list[Any]) -> dict[int, Any]:
    return {row: cell for row, cell in enumerate(column) if isinstance(cell, CellError | Shown)}


def refuse_names(names: Sequence[str], source: str) -> None:
    """Refuse columns without a name, or with one that another has."""
    if not names or len(names) > MAX_COLUMN:
        raise BadInput(f"The source {source} has {counted(len(names), 'column')}; give between 1 and {MAX_COLUMN}.")
    seen: set[str] = set()
    for place, column in enumerate(names, start=1):
        if not column:
            raise BadInput(f"The source {source} has no name for its column {place}; fill in the header.")
        if column.lower() in seen:
            raise BadInput(f"The source {source} has two columns {column!r}; rename one.")
        seen.add(column.lower())


def to_array(values: list[Any]) -> Any:
    """A column of cells as numbers, dates, text, or as text where kinds are mixed; cells that hold an error are null."""
    import pyarrow as pa

    cells = [None if v is None or (isinstance(v, str) and (v in NOTHING or isinstance(v, CellError))) else v for v in values]
    kinds = {float if type(v) is Shown else type(v) for v in cells if v is not None}
    if kinds <= {int, float} and bool not in kinds:
        return pa.array([None if v is None else float(v) for v in cells], pa.float64())
    if kinds and kinds <= {datetime.date, datetime.datetime}:
        days = [v.date() if isinstance(v, datetime.datetime) else v for v in cells]
        return pa.array(days, pa.date32())
    return pa.array([None if v is None else as_text(v) for v in cells], pa.string())


def as_text(value: Any) -> str:
    """A cell as text: a whole number without a point, a code as its cell shows it, a day without a time."""
    if value is None:
        return ""
    if type(value) is Shown:
        return value.text
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value.isoformat() if hasattr(value, "isoformat") else value)
