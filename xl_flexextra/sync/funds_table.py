"""The names of funds that a mapping and a workbook give."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from ..cells.date_system import SHIFT_1904
from ..cells.scalars import to_date
from ..errors import FlexExtraError
from ..inputs.fund_names import FundNames, key
from ..inputs.fund_table import FUND_TABLE
from ..inputs.funds import Funds
from ..ooxml.fast.column_writer import to_list
from ..ooxml.strings import SharedStrings
from ..ooxml.tables.body import Body
from ..ooxml.workbook import Area, Workbook
from ..sources.findings import Findings
from ..sources.mapping import Mapping
from ..sources.source import simple

TABLE = FUND_TABLE.name
"""The table of a workbook that lists its funds."""


def lists_funds(table: str) -> bool:
    """Whether a table, by its name, is the one that lists the funds."""
    return table.lower() == TABLE.lower()


def code_text(code: Any) -> str | None:
    """A fund's name or code as text; codes may be numbers. None where there is none."""
    if isinstance(code, int | float) and not isinstance(code, bool):
        return f"{code:.15g}"
    return code if isinstance(code, str) and code.strip() else None


def of_workbook(workbook: Workbook, strings: SharedStrings, mapping: Mapping) -> FundNames:
    """The names from the mapping and from the workbook's table of funds."""
    area = workbook.table(TABLE)
    if area is None:
        return FundNames(mapping.aliases)
    body = Body(workbook, strings, area)
    return of_table(area, [body.values(i) for i in range(len(area.columns))], mapping, workbook.date1904)


def of_table(area: Area, columns: Sequence[Any], mapping: Mapping, date1904: bool) -> FundNames:
    """The names from the mapping and from a table of funds, by the kinds of its columns."""
    names = FundNames(mapping.aliases)
    places = {simple(c.name): i for i, c in enumerate(area.columns)}
    declared = [(one, columns[places[simple(one.name)]]) for one in FUND_TABLE.columns if simple(one.name) in places]
    lists = {one: to_list(column) for one, column in declared if column is not None}
    by_kind = {one.kind: values for one, values in lists.items()}
    also = [(one.kind, values) for one, values in lists.items() if one.kind in {"name", "names"}]
    for row, fund in enumerate(map(code_text, by_kind.get("code", []))):
        if fund is None:
            continue
        others = [fund]
        for kind, values in also:
            if isinstance(values[row], str):
                others += values[row].split(";") if kind == "names" else [values[row]]
        names.add(fund, others)
    closed = next((values for one, values in lists.items() if one.name == "closed_on"), [])
    for fund, day in zip(by_kind.get("code", []), closed, strict=False):
        code, date = code_text(fund), _date(day, date1904)
        if code is not None and date is not None:
            names.ended[key(code)] = date
    since = next((values for one, values in lists.items() if one.name == "substituted_on"), [])
    for before, day in zip(by_kind.get("fund", []), since, strict=False):
        code, date = code_text(before), _date(day, date1904)
        if code is not None and date is not None:
            names.ended[key(code)] = date
    return names


def clashes(body: Body, columns: Sequence[Any]) -> Findings:
    """What two funds of the table, as it will be, are both called, where no two were before: no figure could be computed."""
    area = body.area
    findings, places = Findings(), {simple(c.name): i for i, c in enumerate(area.columns)}
    declared = [one for one in FUND_TABLE.columns if one.kind in {"code", "name", "names"} and simple(one.name) in places]
    if not lists_funds(area.name) or not any(one.kind == "code" for one in declared):
        return findings
    names, own = [one.name for one in declared], [places[simple(one.name)] for one in declared]
    if any(columns[place] is None for place in own):
        return findings  # the plan itself says why
    said = _refused(names, [columns[place] for place in own])
    if said and not _refused(names, [body.values(place) for place in own]):
        what = said.rpartition(";")[0].replace("'funds' has", "it would have")
        action = "name each fund at the source by the code that the workbook has for it"
        findings.error(area.name, what or said.rstrip("."), action)
    return findings


def _refused(names: list[str], columns: Sequence[Any]) -> str:
    """Why columns of codes and names are no table of funds; empty where they are."""
    rows = [row for row in zip(*map(to_list, columns), strict=True) if any(map(code_text, row))]
    try:
        if rows:
            Funds.from_rows([names, *map(list, rows)])
    except FlexExtraError as error:
        return str(error)
    return ""


def _date(cell: Any, date1904: bool) -> datetime.date | None:
    """The day of a cell; None where it holds none, which is for the functions to say."""
    try:
        return to_date("substituted_on", cell + SHIFT_1904 if date1904 and isinstance(cell, int | float) else cell)
    except FlexExtraError:
        return None
