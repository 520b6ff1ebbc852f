"""Which table of a workbook a source is for, where nobody says it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from ...errors import MissingData
from ...inputs.fund_names import FundNames
from ...inputs.fund_table import FUND_TABLE
from ...inputs.input_tables import TABLES, UNIT_VALUE_TABLE, Column, InputTable
from ...inputs.published_figures import AS_PRINTED, FRACTION
from ...ooxml.workbook import Area, Workbook
from ...sources import column_kinds, mapping
from ...sources.read import one_table, table_names
from ...sources.source import Source, simple
from .by_name import declared
from .held_kinds import dated_column, long_columns
from .task import FUND_NAMES, VALUE_NAMES, holds_unit_values


def by_name(source: str, workbook: Workbook) -> list[mapping.TableMapping]:
    """The tables of the workbook that a source of several tables has under the same names."""
    if one_table(source):
        return []
    held = {simple(name) for name in table_names(source, Path.cwd())}
    return [mapping.TableMapping(area.name, source) for area in workbook.tables if simple(area.name) in held]


def fitting(table: mapping.TableMapping, source: Source, workbook: Workbook, names: FundNames) -> mapping.TableMapping:
    """The one table of the workbook that a source without a mapping fits."""
    columns = {simple(c) for c in source.columns}
    if (own_table := _declared(source)) is not None:
        if area := next((a for a in workbook.tables if simple(a.name) == simple(own_table.name)), None):
            return replace(table, name=area.name)
        own = any(_has_needed(own_table, {simple(c.name) for c in a.columns}) for a in workbook.tables)  # by another name
        if not own and any(simple(a.name) == simple(UNIT_VALUE_TABLE.name) for a in workbook.tables):
            raise MissingData(_not_there(own_table, source, workbook))
    named = [c for c in source.columns if column_kinds.named_as_date(c)]
    held = None if named else dated_column(source, names)
    dates = [held] if held else named
    long = all(columns & set(known) for known in (VALUE_NAMES, FUND_NAMES)) and any("date" in c for c in columns)
    best: list[tuple[int, Area]] = []
    for area in workbook.tables:
        targets = [c.name for c in area.columns]
        found = {names.resolve(c, targets) for c in source.columns} - {None}
        if len(dates) == 1 and names.resolve(dates[0], targets) is None:  # Date for valuation_date
            found |= set(days if len(days := [t for t in targets if column_kinds.named_as_date(t)]) == 1 else [])
        score = 3 * len(found) - len(area.columns) - len(source.columns)
        if long and "unitvalue" in simple(area.name):
            score = 1000
        if score > 0 or len(found) == len(source.columns):
            best.append((score, area))
    by_date = len(dates) == 1 and len(source.columns) > 1  # and no other table's columns: of other funds
    if not best and (by_date or long_columns(source, names)):
        best = [(0, area) for area in workbook.tables if holds_unit_values(area)]
    best.sort(key=lambda item: -item[0])
    if not best or (len(best) > 1 and best[0][0] == best[1][0]):
        if not workbook.tables:
            raise MissingData(
                f"{workbook.package.name} has no Excel table; make one of the data (Ctrl+T in Excel), or say with --table "
                "which named range is meant."
            )
        known = ", ".join(a.name for a in workbook.tables)
        raise MissingData(
            f"It is not clear which table the source {source.provenance.label} is for; name its columns as the table's "
            f"are, or say the table with 'refresh … --table' (there are {known})."
        )
    return replace(table, name=best[0][1].name)


def _declared(source: Source) -> InputTable | None:
    """The table of inputs of which a source has every column that is needed: printed figures, shares, rates."""
    names = {simple(name) for name in source.columns}
    found = [table for table in TABLES if _has_needed(table, names)]
    if not found and _lists_funds(source.columns):
        return FUND_TABLE
    return found[0] if len(found) == 1 else None


def _lists_funds(headings: Sequence[str]) -> bool:
    """Whether most headings are those of a list of funds, its codes among them."""
    found = {column.name for one in headings if (column := declared(FUND_TABLE, one)) is not None}
    code = next(one.name for one in FUND_TABLE.columns if one.kind == "code")
    return code in found and len(found) > 1 and 2 * len(found) > len(headings)


def _has_needed(table: InputTable, names: Collection[str]) -> bool:
    """Whether some names of columns are those that a table of inputs needs, more than one."""
    needed = [one for one in table.columns if one.needed]
    return len(needed) > 1 and all(any(simple(name) in names for name in _called(one)) for one in needed)


def _called(column: Column) -> set[str]:
    """Every heading of a column in people's files."""
    instead = {"period": ("from",), "as_of": ("to",), FRACTION: AS_PRINTED}.get(column.name, ())
    return {column.name, column.percentages, *column.headings, *instead} - {""}


def _not_there(declared: InputTable, source: Source, workbook: Workbook) -> str:
    """That a workbook was built without a table, and how it gets it."""
    book, label, option = workbook.package.name, source.provenance.label, declared.sheet.split()[-1].lower()
    return (
        f"{label} has the columns of the table {declared.name}, which {book} was built without; build it again with "
        f"'xl-flexextra report … --{option} {label}', or name its columns otherwise if it holds something else."
    )
