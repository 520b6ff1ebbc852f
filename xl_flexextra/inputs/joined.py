"""Inputs of one kind from several files, joined: the same value twice is one, two values for one place are refused."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Hashable, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from ..cells import ranges, scalars
from ..errors import BadInput, CellError
from .fund_names import key, same
from .fund_table import Fund
from .funds import Funds
from .input_tables import RATE_TABLE, Published
from .shares import Shares
from .unit_values import UnitValues

Date = datetime.date
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Parts = Sequence[tuple[str, T]]
"""What several files hold, each with the name by which a sentence calls its file."""


class _Places(Generic[K, T]):
    """What stands at each place, and the file that says so."""

    def __init__(self) -> None:
        self.held: dict[K, tuple[T, str]] = {}

    def put(self, place: K, value: T, file: str, called: str) -> None:
        """Put a value at a place; refuse another one than stands there."""
        before, first = self.held.setdefault(place, (value, file))
        if before != value and str(before) != str(value):
            raise BadInput(f"{first} has {_shown(before)} and {file} has {_shown(value)} for {called}; keep one of them.")


def _shown(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else scalars.short(value)


def _code(name: str, funds: Funds | None) -> str:
    """The fund that a name means, where the table of funds says it."""
    return funds.own_code(name) if funds else name


def unit_values(parts: Parts[UnitValues], funds: Funds | None = None) -> UnitValues:
    """Unit values by date and fund; ``funds`` says which names of several files are one fund's."""
    if len(parts) == 1:
        return parts[0][1]
    heads: dict[str, str] = {}  # a fund goes by the name that it has first
    found: _Places[tuple[str, Date], float | CellError] = _Places()
    days: set[Date] = set()
    for file, table in parts:
        days.update(table.dates.tolist())
        for column, name in enumerate(table.funds):
            fund = key(_code(name, funds))
            heads.setdefault(fund, name)
            dates, values = table.series(column)
            cells: list[tuple[Date, Any]] = list(zip(dates.tolist(), values.tolist(), strict=True))
            cells += [(table.dates[row].item(), error) for (row, at), error in table.errors.items() if at == column]
            for day, value in cells:
                found.put((fund, day), value, file, f"{heads[fund]} on {day}")
    ordered, order = sorted(days), list(heads)
    row_of, column_of = {day: i for i, day in enumerate(ordered)}, {fund: i for i, fund in enumerate(order)}
    numbers = np.full((len(ordered), len(order)), np.nan)
    errors: dict[tuple[int, int], CellError] = {}
    for (fund, day), (value, _) in found.held.items():
        at = row_of[day], column_of[fund]
        if isinstance(value, CellError):
            errors[at] = value
        else:
            numbers[at] = value
    return UnitValues(ordered, list(heads.values()), numbers, errors)


def funds(parts: Parts[Funds]) -> Funds:
    """Funds in the order in which they come; what one file leaves blank another may say."""
    if len(parts) == 1:
        return parts[0][1]
    rows: dict[str, Fund] = {}
    files: dict[tuple[str, str], str] = {}
    for file, table in parts:
        for fund in table.items:
            held = rows.setdefault(key(fund.code), fund)
            for one in dataclasses.fields(Fund):
                value, place = getattr(fund, one.name), (key(fund.code), one.name)
                before = getattr(held, one.name)
                if one.name == "code" or value in ("", None, ()):
                    continue
                if before not in ("", None, (), value) and not _alike(before, value):
                    raise BadInput(
                        f"{files[place]} has {_told(before)} and {file} has {_told(value)} for {one.name} of "
                        f"{held.code}; keep one of them."
                    )
                if before in ("", None, ()):
                    held = rows[key(fund.code)] = dataclasses.replace(held, **{one.name: value})
                files.setdefault(place, file)
    return Funds(tuple(rows.values()))


def _alike(before: Any, value: Any) -> bool:
    return isinstance(before, str) and isinstance(value, str) and same(before, value)


def _told(value: Any) -> str:
    return scalars.short("; ".join(value) if isinstance(value, tuple) else value if isinstance(value, str) else str(value))


def shares(parts: Parts[Shares], funds: Funds | None = None) -> Shares:
    """Shares by fund and effective date."""
    if len(parts) == 1:
        return parts[0][1]
    found: _Places[tuple[Date | None, str], float | CellError] = _Places()
    names: dict[str, str] = {}
    for file, table in parts:
        for day, name, share in table.coded(funds).rows() if funds else table.rows():
            fund = key(name)
            names.setdefault(fund, name)
            found.put((day, fund), share, file, f"{name} from {day}" if day else name)
    return Shares([(day, names[fund], share) for (day, fund), (share, _) in found.held.items()])


def rates(parts: Parts[list[list[Any]]]) -> list[list[Any]]:
    """Rows of declared rates by kind and effective date, below a header."""
    if len(parts) == 1:
        return parts[0][1]
    heads: list[str] = []
    for _, rows in parts:
        heads += [head for head in map(str, rows[0]) if head not in heads]
    lines: dict[Hashable, dict[str, Any]] = {}
    held: _Places[tuple[str, Any], Any] = _Places()
    for file, (header, *body) in parts:
        for row in body:
            line = dict(zip(map(str, header), row, strict=True))
            if all(scalars.is_blank(cell) for cell in row):
                continue
            day = _day(line.get("effective_date"))
            kind = str(line.get("kind") or "")
            held.put((key(kind), day), line.get("rate"), file, " ".join([kind, f"the rate from {day}"]).strip())
            lines.setdefault((key(kind), day), line)
    names = [column.name for column in RATE_TABLE.columns if column.name in heads]
    names += [head for head in heads if head not in names]
    return [names, *([line.get(name) for name in names] for line in lines.values())]


def _day(cell: Any) -> Any:
    return scalars.to_day("effective_date", cell) if ranges.is_date(cell) else cell


def published(parts: Parts[tuple[Published, ...]], funds: Funds | None = None) -> tuple[Published, ...]:
    """Printed figures by their place on the page and their day."""
    if len(parts) == 1:
        return parts[0][1]
    found: _Places[Published, float] = _Places()
    kept: dict[Hashable, Published] = {}
    for file, figures in parts:
        for one in figures:
            blank = dataclasses.replace(one, value=0.0, known_break="", decimals=None, fund=key(_code(one.fund, funds)))
            found.put(blank, one.value, file, f"{one.fund}, {one.period or one.begins}, {one.as_of}")
            kept.setdefault(blank, one)
    return tuple(kept.values())


def holidays(parts: Parts[tuple[tuple[Date, str], ...]]) -> tuple[tuple[Date, str], ...]:
    """Days without business, each once, by its first name."""
    found: dict[Date, str] = {}
    for _, days in parts:
        for day, name in days:
            found[day] = found.get(day) or name
    return tuple(sorted(found.items()))
