"""Names of funds: one fund, many names."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from ..arguments import to_date
from ..errors import FlexExtraError
from ..ooxml.body import Body
from ..ooxml.columns import SHIFT_1904, to_list
from ..ooxml.strings import SharedStrings
from ..ooxml.workbook import Area, Workbook
from ..sources.mapping import Mapping
from ..sources.source import simple

TABLE = "Funds"
"""The table of a workbook that lists its funds."""


def lists_funds(table: str) -> bool:
    """Whether a table, by its name, is the one that lists the funds."""
    return table.lower() == TABLE.lower()


def known_names(names: Iterable[str]) -> dict[str, str]:
    """Names as they are written, and by their simple names where no two share one."""
    names = list(names)
    by_simple: dict[str, set[str]] = {}
    for name in names:
        by_simple.setdefault(simple(name), set()).add(name)
    return {key: next(iter(same)) for key, same in by_simple.items() if len(same) == 1} | {name: name for name in names}


def code_text(code: Any) -> str | None:
    """A fund's name or code as text; codes may be numbers. None where there is none."""
    if isinstance(code, int | float) and not isinstance(code, bool):
        return f"{code:.15g}"
    return code if isinstance(code, str) and code.strip() else None


class FundNames:
    """Leads every known name of a fund to the name that the workbook's tables use."""

    def __init__(self, aliases: dict[str, str]) -> None:
        self._leads = {simple(other): name for other, name in aliases.items()}
        self.codes: list[str] = []
        """The funds of the workbook's table of funds."""
        self.replaced: dict[str, datetime.date] = {}
        """Funds that others replaced, by simple names, and the day on which they were; their values end there."""

    def add(self, name: str, others: Iterable[str]) -> None:
        """Other names of a fund; what the mapping says goes first."""
        self.codes.append(name)
        for other in others:
            if other.strip():
                self._leads.setdefault(simple(other), name)

    def resolve(self, name: str, known: dict[str, str]) -> str | None:
        """The one of the :func:`known_names` that is meant; None where none is, or more than one may be."""
        if name in known:
            return known[name]
        if simple(name) not in known and any(simple(name) == simple(other) for other in known):
            return None
        seen = set()
        key = simple(name)
        while key not in seen:
            if key in known:
                return known[key]
            seen.add(key)
            lead = self._leads.get(key)
            if lead is None:
                break
            key = simple(lead)
        code = self._leads.get(simple(name))
        if code is not None:  # the workbook's column may carry another name of the same fund
            same = [known[k] for k, lead in self._leads.items() if lead == code and k in known]
            if len(set(same)) == 1:
                return same[0]
        return None

    def standard(self, name: str) -> str:
        """The name that a fund goes by, for tables that list funds in rows."""
        if name in self.codes:
            return name
        lead = self._leads.get(simple(name))
        return lead if lead is not None else name


def of_workbook(workbook: Workbook, strings: SharedStrings, mapping: Mapping) -> FundNames:
    """The names from the mapping and from the workbook's table of funds."""
    area = workbook.table(TABLE)
    if area is None:
        return FundNames(mapping.aliases)
    body = Body(workbook, strings, area)
    return of_table(area, [body.values(i) for i in range(len(area.columns))], mapping, workbook.date1904)


def of_table(area: Area, columns: Sequence[Any], mapping: Mapping, date1904: bool) -> FundNames:
    """The names from the mapping and from a table of funds (fund, printed name, aliases parted by ';')."""
    names = FundNames(mapping.aliases)
    places = {simple(c.name): i for i, c in enumerate(area.columns)}
    wanted = ("fund", "printedname", "aliases", "predecessor", "substitutedon")
    known = {k: columns[places[k]] for k in wanted if k in places}
    lists = {k: to_list(column) for k, column in known.items() if column is not None}
    for row, fund in enumerate(map(code_text, lists.get("fund", []))):
        if fund is None:
            continue
        others = [fund]
        for key in ("printedname", "aliases"):
            value = lists[key][row] if key in lists else None
            if isinstance(value, str):
                others += value.split(";") if key == "aliases" else [value]
        names.add(fund, others)
    for before, day in zip(lists.get("predecessor", []), lists.get("substitutedon", []), strict=False):
        code, date = code_text(before), _date(day, date1904)
        if code is not None and date is not None:
            names.replaced[simple(code)] = date
    return names


def _date(cell: Any, date1904: bool) -> datetime.date | None:
    """The day of a cell; None where it holds none, which is for the functions to say."""
    try:
        return to_date("substituted_on", cell + SHIFT_1904 if date1904 and isinstance(cell, int | float) else cell)
    except FlexExtraError:
        return None
