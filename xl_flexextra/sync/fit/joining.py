"""Columns that a month brings and a table does not have yet: a new fund's unit values, the day on which one closed."""

from __future__ import annotations

from ...inputs.fund_table import FUND_TABLE
from ...inputs.table_columns import Column
from ...ooxml.tables.new_columns import NewColumn
from ...sources import column_kinds
from ...sources.source import simple
from ..funds_table import lists_funds
from .by_name import declared, has_numbers
from .task import Task


def new_columns(task: Task) -> list[NewColumn]:
    """The columns that join the table: of unit values those of funds that the workbook lists, of the list of funds those
    that are declared and hold something."""
    if lists_funds(task.area.name):
        return [NewColumn(column.name, _like(task, column)) for column in _declared(task)]
    if task.mapping.columns or not task.unit_values or task.fund_at is not None or task.date_at is None:
        return []
    return [NewColumn(code, len(task.area.columns) - 1) for code in _funds(task)]


def _declared(task: Task) -> list[Column]:
    held = {column.name for one in task.area.columns if (column := declared(FUND_TABLE, one.name)) is not None}
    given = [(column, one) for one in task.source.columns if (column := declared(FUND_TABLE, one)) is not None]
    found = {column.name: column for column, one in given if column.name not in held and task.source.holds(one)}
    return list(found.values())


def _like(task: Task, column: Column) -> int:
    """The column of the table whose looks one of its kind takes: dates those of dates."""
    for place, one in enumerate(task.area.columns):
        other = declared(FUND_TABLE, one.name)
        if other is not None and other.is_date == column.is_date:
            return place
    return len(task.area.columns) - 1


def _funds(task: Task) -> list[str]:
    """The codes of the funds that the source has values of, the workbook lists, and the table has no column for."""
    columns = [one.name for one in task.area.columns]
    found: dict[str, None] = {}
    for name in _named(task):
        if task.ignores(name) or task.names.meant(name, columns) or column_kinds.named_as_date(name):
            continue
        codes = task.names.leads(name)
        if len(codes) == 1 and codes[0] not in columns:
            found[codes[0]] = None
    return list(found)


def _named(task: Task) -> list[str]:
    """The funds that the source names: at its heads, or in its rows."""
    date, fund, value = task.long
    columns = {simple(one.name) for one in task.area.columns}
    if date is not None and fund is not None and value is not None and simple(value) not in columns:
        values, _ = task.convert(fund, column_kinds.TEXT)
        return [one for one in dict.fromkeys(values.to_pylist() if hasattr(values, "to_pylist") else values) if one]
    return [one for one in task.source.columns if has_numbers(task, one)]
