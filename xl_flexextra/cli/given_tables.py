"""The tables of inputs from the files that a user names; of several files of one kind one table."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ..cells import ranges, scalars
from ..errors import BadInput, FlexExtraError, MissingData, PassedError
from ..inputs import joined, remembered
from ..inputs.funds import Funds
from ..inputs.input_tables import RATE_TABLE, Published
from ..inputs.shares import Shares
from ..inputs.table_columns import InputTable
from ..inputs.unit_values import UnitValues
from ..sources.files import Files
from ..sources.pipes import SHOWN, STANDARD_INPUT
from .published import to_compare

Named = str | Sequence[str] | None
"""The files that an option names: one, several, or none."""
T = TypeVar("T")


def several(named: Named) -> tuple[str, ...]:
    """Each file once, in the order in which they were named."""
    return tuple(dict.fromkeys([named] if isinstance(named, str) else named or ()))


def label(name: str) -> str:
    """A file as a sentence calls it."""
    return SHOWN if name == STANDARD_INPUT else Path(name).name


def _parts(named: Named, read: Callable[[str], T]) -> list[tuple[str, T]]:
    """What each file holds; files of one name are called by their paths."""
    names = several(named)
    labels = [label(one) for one in names]
    return [(one if labels.count(label(one)) > 1 else label(one), read(one)) for one in names]


def read_unit_values(named: Named, files: Files, funds: Funds | None) -> UnitValues:
    """Unit values, joined by day and fund."""
    return joined.unit_values(_parts(named, lambda one: _parsed("unit_values", one, files.rows(one))), funds)


def read_funds(named: Named, files: Files) -> Funds:
    """The table of funds, joined by code."""
    return joined.funds(_parts(named, lambda one: _parsed("funds", one, files.rows(one))))


def read_shares(named: Named, files: Files, funds: Funds | None) -> tuple[Shares, list[list[Any]]]:
    """Shares, joined by fund and day, and their rows for a sheet: those of the file, where it is one."""
    tables: list[list[list[Any]]] = []

    def read(one: str) -> Shares:
        tables.append(files.rows(one, text=-2))
        found: Shares = _parsed("shares", one, tables[-1])
        return found

    found = joined.shares(_parts(named, read), funds)
    return found, tables[0] if len(tables) == 1 else found.table()


def read_rates(named: Named, files: Files) -> list[list[Any]]:
    """Declared rates, joined by kind and day."""
    return joined.rates(_parts(named, lambda one: _rates(one, files)))


def read_published(
    named: Named, files: Files, funds: Funds | None = None, read: Callable[[str, Files], tuple[Published, ...]] = to_compare
) -> tuple[Published, ...]:
    """Printed figures, joined by their places on the page; unless told otherwise, those that are to be compared."""
    return joined.published(_parts(named, lambda one: read(one, files)), funds)


def _parsed(kind: str, name: str, rows: list[list[Any]]) -> Any:
    """The object that a file holds; what is wrong is said of the file, not of a range."""
    file = label(name)
    if len(rows) < 2:
        raise MissingData(f"{file} holds a header and no data; add the rows.")
    try:
        return remembered.unit_values_of_file(kind, rows) if kind == "unit_values" else remembered.parse(kind, kind, rows)
    except FlexExtraError as error:
        raise BadInput(f"{file}: {error}") from None


def _declared_columns(table: InputTable, rows: list[list[Any]]) -> list[list[Any]]:
    """The rows of a table without columns that it does not declare; as they are, where a heading of it is missing."""
    heads = [str(head or "").strip() for head in rows[0]]
    found = [table.column(head) or table.column(head.replace(" ", "_")) for head in heads]
    places = {one.name: place for place, one in enumerate(found) if one is not None}
    if any(one.needed and one.name not in places for one in table.columns):
        return rows
    kept = [one.name for one in table.columns if one.name in places]
    return [kept, *([row[places[name]] for name in kept] for row in rows[1:])]


def _rates(name: str, files: Files) -> list[list[Any]]:
    """The rows of a table of rates, known by its headings or its places: each has a day and a number."""
    rows = RATE_TABLE.named(_declared_columns(RATE_TABLE, files.rows(name)))
    heads = [str(head) for head in rows[0]] if rows else []
    checks = {"effective_date": ("date", scalars.to_day), "rate": ("number", scalars.number)}
    for column, (kind, read) in checks.items():
        if column not in heads:
            continue
        place = heads.index(column)
        for row in rows[1:]:
            if scalars.is_blank(row[place]):
                continue
            try:
                read(column, row[place])
            except PassedError:  # an error cell is that of the rate
                continue
            except FlexExtraError:
                raise BadInput(
                    f"{label(name)} has {scalars.short(row[place])} for {column!r}, which is no {kind}; give a table of "
                    "effective_date and rate, with kind between them where there are several."
                ) from None
    return rows


def whole_table(table: InputTable, name: str, rows: list[list[Any]]) -> list[list[Any]]:
    """The rows of a table with every column that it declares, blank where a file has none."""
    kept = _declared_columns(table, rows)
    heads = [str(head) for head in kept[0]]
    for column in table.columns:
        if column.needed and column.name not in heads:
            raise MissingData(f"{label(name)} has no column {column.name!r}; name it so in the header.")
    places = [heads.index(column.name) if column.name in heads else None for column in table.columns]
    head = [column.as_filled_in for column in table.columns]
    return [head, *([None if place is None else row[place] for place in places] for row in kept[1:])]


def read_holidays(named: Named, files: Files | None = None) -> tuple[tuple[datetime.date, str], ...]:
    """Days and their names: date and name, below a header or without one."""
    opened = files or Files()
    return joined.holidays(_parts(named, lambda one: _holidays(one, opened)))


def _holidays(name: str, files: Files) -> tuple[tuple[datetime.date, str], ...]:
    rows = files.rows(name)
    found = []
    for row in rows if rows and rows[0] and ranges.is_date(rows[0][0]) else rows[1:]:
        if row and not scalars.is_blank(row[0]):
            called = "" if len(row) < 2 or scalars.is_blank(row[1]) else str(row[1])
            found.append((scalars.to_day("--holidays", row[0]), called))
    if not found:
        raise MissingData(f"{label(name)} holds no holidays; give a header, then a date (and a name) in each row.")
    return tuple(sorted(found))
