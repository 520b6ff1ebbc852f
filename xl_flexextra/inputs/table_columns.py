"""A table of inputs and its columns: each declared once, with what it holds, how it looks and what it is for.

What reads, writes, refreshes, explains or fingerprints such a table goes by these declarations: readers find a column by
its name and its other headings; the sheets of a workbook and of the template have the columns in this order, with the
width and the format of their kind; a refresh knows from the kinds under which names a fund goes; the documentation lists
them. Where a row becomes an object, its dataclass is the declaration: a field is a column.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..cells import ranges

KINDS = {
    "text": "text",
    "code": "text: the fund's code",
    "name": "text: another name of the fund",
    "names": "text: other names of the fund, separated by semicolons",
    "fund": "text: a fund by its code or any of its names",
    "date": "date",
    "number": "number",
    "fraction": "number: a fraction, 0.0525 for 5.25%",
    "unit value": "number above zero",
    "period": "text: YTD, 1Y, 10Y …",
    "charges": "text: 'asset', 'annual' or 'all'",
    "measure": "text: return, cumulative, value, erv …",
    "printed": "number: a return as a fraction, 0.0525 for 5.25%; dollars, units and years as they are",
}
"""What a column may hold, in words."""


class Column(NamedTuple):
    """One column. ``headings`` are others under which people's files have it; ``percentages`` the one under which they
    have it times 100. ``seldom``: on a built sheet only where some row has it. ``remark``: no figure needs it."""

    name: str
    kind: str
    width: float
    help: str
    headings: tuple[str, ...] = ()
    percentages: str = ""
    needed: bool = False
    seldom: bool = False
    remark: bool = False
    attribute: str = ""

    @property
    def is_date(self) -> bool:
        """Whether it holds dates."""
        return self.kind == "date"

    @property
    def as_filled_in(self) -> str:
        """The heading under which people fill it in: printed figures as percentages."""
        return self.percentages or self.name


def column(name: str, kind: str, width: float, help: str, *headings: str, **more: Any) -> dict[str, Column]:
    """The column that a field of a dataclass declares."""
    return {"column": Column(name, kind, width, help, headings, **more)}


def columns_of(row: type[Any]) -> tuple[Column, ...]:
    """The columns that a dataclass declares, each with the field that holds it."""
    if row not in _DECLARED:
        columns = (one.metadata["column"]._replace(attribute=one.name) for one in dataclasses.fields(row))
        _DECLARED[row] = tuple(columns)
    return _DECLARED[row]


_DECLARED: dict[type[Any], tuple[Column, ...]] = {}


@dataclass
class InputTable:
    """One table: its name in Excel, its sheet with title and note, and its columns, or the ``row`` that declares them."""

    name: str
    sheet: str
    title: str
    note: str
    own: tuple[Column, ...] = ()
    row: type[Any] | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, in order."""
        return columns_of(self.row) if self.row else self.own

    def place(self, name: str) -> int:
        """At which place a column stands, from 0."""
        return [column.name for column in self.columns].index(name)

    def column(self, heading: str) -> Column | None:
        """The column that a heading names, in any case of letters."""
        label = heading.strip().lower()
        return next((one for one in self.columns if label in {one.name, one.percentages, *one.headings} - {""}), None)

    def shown(self, items: Iterable[Any]) -> tuple[Column, ...]:
        """The columns of a sheet with these rows: those that are seldom filled in only where one is."""
        rows = list(items)
        return tuple(
            one
            for one in self.columns
            if not one.seldom or any(getattr(row, one.attribute) not in ("", None, ()) for row in rows)
        )

    def wide(self, width: int) -> tuple[Column, ...]:
        """The columns of a table of ``width`` columns: without those that are seldom given, where it has fewer."""
        return self.columns if width >= len(self.columns) else tuple(one for one in self.columns if not one.seldom)

    def named(self, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Rows of a table that is known by its places under the names of its columns, by which formulas call them."""
        names = [column.name for column in self.wide(len(rows[0]))] if rows else []
        if not rows or len(names) != len(rows[0]):
            return [list(row) for row in rows]
        return [names, *(list(row) for row in (rows if ranges.is_date(rows[0][0]) else rows[1:]))]

    def rows(self, items: Sequence[Any]) -> list[list[Any]]:
        """The objects as rows below their header, several names in one cell."""
        columns = self.shown(items)
        cells = [[getattr(item, one.attribute) for one in columns] for item in items]
        lines = [["; ".join(cell) if isinstance(cell, tuple) else cell for cell in line] for line in cells]
        return [[one.name for one in columns], *lines]


_DAYS = ("date", "valuation date", "day", "month_end", "month end", "as_of", "as of")
VALUATION_DATE = Column("valuation_date", "date", 19, "The day of the unit values.", _DAYS, needed=True)
