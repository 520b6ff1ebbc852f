"""New data on its way into the columns of a table, and what the ways into it share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from ...cells.footnotes import without_marks
from ...cells.scalars import nearest
from ...errors import MissingData
from ...inputs import series_checks
from ...inputs.fund_names import FundNames, key, named
from ...ooxml.fast.column_writer import to_list
from ...ooxml.tables.body import Body
from ...ooxml.workbook import Area
from ...sources import column_kinds
from ...sources.findings import ERROR, WARNING, Finding, Findings
from ...sources.mapping import TableMapping
from ...sources.source import Source, simple
from ..funds_table import code_text, lists_funds
from .held_kinds import OTHER_NUMBERS, dated_column, long_columns

FUND_NAMES = ("fund", "fundcode", "fundname", "subaccount", "division", "investmentoption")
VALUE_NAMES = ("unitvalue", "value", "auv", "accumulationunitvalue", "price", "nav")
_NUMBER_NAME = re.compile(r"(^|[^a-z])(share|rate|return|value|nav|price|percent|amount)s?([^a-z]|$)", re.IGNORECASE)
_FACT = re.compile(r"inception|substituted|added|closed", re.IGNORECASE)  # dates about a fund
_IDENTITY = frozenset(FUND_NAMES) | frozenset("kind ratekind table contract period term option class series charges".split())


def tells_apart(name: str) -> bool:
    """Whether a column's name says that it tells rows apart."""
    return simple(name) in _IDENTITY or (column_kinds.named_as_date(name) and not _FACT.search(name))


@dataclass
class FittedRows:
    """New data in the columns of the table: an entry for each column, None where the source has nothing for it."""

    columns: list[Any]
    kinds: list[str | None]
    date: int | None  # the column of the valuation date
    series: list[int]  # the columns that hold values by date
    findings: Findings = field(default_factory=Findings)
    unit_values: bool = False  # whether they are unit values by date, which the checks are for
    single: bool = False  # whether the source holds numbers of single precision
    ended: frozenset[str] = frozenset()  # columns of funds that had closed, or were replaced, before the first new day
    strangers: list[str] = field(default_factory=list)  # columns of unit values that no column of the table is for

    @property
    def rows(self) -> int:
        """How many rows the source gives."""
        return next((len(c) for c in self.columns if c is not None), 0)


def holds_unit_values(area: Area) -> bool:
    """Whether a table holds unit values by date, wide or long, not rates or printed figures."""
    names = {simple(c.name) for c in area.columns}
    return "unitvalue" in simple(area.name) or bool(names & {"unitvalue", "nav", "auv", "accumulationunitvalue"})


LOOKED_AT = 2_000  # rows by which a table is judged


def _moves_as_unit_values(values: Any) -> bool:
    """Whether numbers by date are all above zero and hardly ever move by more than a fund does."""
    numbers = np.array([v for v in to_list(values[:LOOKED_AT]) if v is not None], dtype=object)
    if not len(numbers) or not all(isinstance(v, int | float) and v > 0 for v in numbers):
        return False
    changes = np.abs(series_checks.changes(numbers.astype(float)))
    return bool(np.mean(changes <= series_checks.USUAL_JUMP) >= series_checks.NEARLY_ALL) if len(changes) else True


def find_column(known: Sequence[str], given: str, guesses: Iterable[str], what: str, table: str) -> str | None:
    """The column of a source that the mapping names, or the first that goes by one of the guesses."""
    if given:
        found = next((c for c in known if c == given), None) or next((c for c in known if simple(c) == simple(given)), None)
        if found is None:
            raise MissingData(f"The source for {table!r} has no column {given!r} ({what}){nearest(given, known)}.")
        return found
    return next((column for guess in guesses for column in known if simple(column) == guess), None)


@dataclass(frozen=True)
class Task:
    """One table, its source, and what is known of both."""

    source: Source
    body: Body
    mapping: TableMapping
    names: FundNames
    dates: frozenset[bytes]  # styles that show dates

    @property
    def area(self) -> Area:
        """The table."""
        return self.body.area

    @cached_property
    def fed(self) -> list[bool]:
        """Which columns take data, not formulas."""
        return [not self.body.calculated(i) for i in range(len(self.area.columns))]

    @cached_property
    def fund_at(self) -> int | None:
        """The column of the table that names funds."""
        return next((i for i, c in enumerate(self.area.columns) if simple(c.name) in FUND_NAMES), None)

    @cached_property
    def wanted(self) -> list[str | None]:
        """The kind of each column: what it holds; a blank one what its name says."""
        return [self._wanted(i) for i in range(len(self.area.columns))]

    def _wanted(self, index: int) -> str | None:
        body, name = self.body, self.area.columns[index].name
        style = body.styles[index]
        kind = column_kinds.of_old(body.values(index) if body.count else [], name, bool(style) and style[0] in self.dates)
        if kind is not None:
            return kind
        if column_kinds.named_as_date(name):
            return column_kinds.DATE
        if index == self.fund_at:
            return column_kinds.TEXT
        dated = any(column_kinds.named_as_date(c.name) for c in self.area.columns)
        values = holds_unit_values(self.area) and self.fund_at is None
        named = _NUMBER_NAME.search(name.replace("_", " ")) is not None
        return column_kinds.NUMBER if values or (named and (dated or self.fund_at is not None)) else None

    @cached_property
    def unit_values(self) -> bool:
        """Whether the table holds unit values by date: by its name or heads, else by its funds and values."""
        if holds_unit_values(self.area):
            return True
        numbers = [i for i, kind in enumerate(self.wanted) if kind == column_kinds.NUMBER]
        names = [self.area.columns[i].name for i in numbers]
        if self.date_at is None or not numbers:
            return False
        if any(OTHER_NUMBERS.search(name) and not self.names.leads(name) for name in names):  # High Yield is a fund
            return False
        held = [self.body.values(i) for i in numbers if self.body.count]
        if self.fund_at is not None:
            values = [i for i in numbers if simple(self.area.columns[i].name) in VALUE_NAMES]
            return len(values) == 1 and all(v is None or v > 0 for i in values for v in self._numbers_at(i))
        known = [name for name in names if self.names.leads(name)]
        return 2 * len(known) > len(names) or (self.body.count > 2 and bool(held) and all(map(_moves_as_unit_values, held)))

    @cached_property
    def value_at(self) -> int | None:
        """The column of a table in rows of date and fund that holds the unit values."""
        if self.date_at is None or self.fund_at is None or not self.unit_values:
            return None
        rest = [i for i in range(len(self.area.columns)) if i not in (self.date_at, self.fund_at)]
        called = [i for i in rest if simple(self.area.columns[i].name) in VALUE_NAMES]
        found = called or rest
        return found[0] if len(found) == 1 else None

    def _numbers_at(self, index: int) -> list[Any]:
        held = to_list(self.body.values(index)[:LOOKED_AT]) if self.body.count else []
        return [v for v in held if isinstance(v, int | float)]

    @cached_property
    def date_at(self) -> int | None:
        """The column of the table that dates its rows; an inception is only a fact about a fund."""
        if lists_funds(self.area.name):
            return None
        names = [column.name for column in self.area.columns]
        dated = [i for i, kind in enumerate(self.wanted) if kind == column_kinds.DATE and not _FACT.search(names[i])]
        named = [i for i in dated if column_kinds.named_as_date(names[i])]
        return next(iter(named or dated), None)

    @cached_property
    def long(self) -> tuple[str | None, str | None, str | None]:
        """Date, fund and value of a long source."""
        names, mapping = self.source.columns, self.mapping
        dated = [simple(c) for c in names if column_kinds.named_as_date(c)]
        own = [simple(c.name) for c in self.area.columns if column_kinds.named_as_date(c.name)]
        date = self.column(mapping.date, own + dated, "date")
        fund = self.column(mapping.fund, FUND_NAMES, "fund")
        value = self.column(mapping.value, VALUE_NAMES, "value")
        if date is None and self.unit_values and not dated:
            date = dated_column(self.source, self.names)
        rest = [c for c in names if c not in (date, fund)]
        value = rest[0] if value is None and len(rest) == 1 else value
        if None in (date, fund, value) and self.fund_at is None and holds_unit_values(self.area):
            held = long_columns(self.source, self.names)
            return held if held and not (mapping.date or mapping.fund or mapping.value) else (date, fund, value)
        return date, fund, value

    def say_taken(self, date: str, fund: str, value: str, findings: Findings) -> None:
        """Which columns of a source in rows are taken for which, where their headings leave that open."""
        if self.mapping.fund or self.mapping.value or (simple(fund) in FUND_NAMES and simple(value) in VALUE_NAMES):
            return
        what = f"the source's columns {date!r}, {fund!r} and {value!r} are taken for date, fund and unit value"
        action = "nothing to do if they are; else name them in the mapping ('date', 'fund', 'value')"
        findings.note(self.area.name, what, action)

    def column(self, given: str, guesses: Iterable[str], what: str) -> str | None:
        """The source's column that the mapping names, or the first that goes by one of the guesses."""
        return find_column(self.source.columns, given, guesses, what, self.area.name)

    def convert(self, name: str, kind: str | None) -> tuple[Any, list[Finding]]:
        """A column of the source as values of a kind."""
        values, findings = self.source.convert(name, kind, self.area.name)
        if self.unit_values and not isinstance(values, list) and pa.types.is_floating(values.type) and not findings:
            findings = self.source.no_unit_values(name, self.area.name)
        return values, findings

    def stored_as_text(self, name: str, values: Any, kind: str | None) -> list[Finding]:
        """That a sheet stores the numbers or dates of a column as text."""
        return self.source.stored_as_text(values, kind, name, self.area.name)

    def start(self) -> FittedRows:
        """Nothing yet, but for what is to be said of the source."""
        findings = Findings()
        for said in self.source.notes:
            findings.note(self.area.name, said[:1].lower() + said[1:].rstrip("."), "check that it is so")
        if self.source.cut:
            what = f"the last line of {self.source.provenance.label} has no end"
            findings.note(self.area.name, what, "check that the file is complete")
        columns: list[Any] = [None] * len(self.area.columns)
        single = self.source.single
        return FittedRows(columns, list(self.wanted), self.date_at, [], findings, self.unit_values, single=single)

    @cached_property
    def ignored(self) -> frozenset[str]:
        """The funds to be left out, by what the same names have in common."""
        given = self.mapping.ignore_funds
        return frozenset(map(key, given)) | frozenset(key(self.names.standard(name)) for name in given)

    def ignores(self, fund: str) -> bool:
        """Whether a fund is to be left out."""
        if {key(fund), key(self.names.standard(fund))} & self.ignored:
            return True
        return not self.names.leads(fund) and bool(named(fund, self.mapping.ignore_funds))  # alike, and no fund's own name

    def meant(self, fund: str, columns: Sequence[str], among: Sequence[str], findings: Findings) -> list[str]:
        """The columns of the table that a fund's name means: without the mark of a footnote where none is meant with it,
        one alone without it, and no other name of the source means that one; which is said."""
        if found := self.names.meant(fund, columns):
            return found
        bare, marks = without_marks(fund)
        found = self.names.meant(bare, columns) if marks else []
        if len(found) != 1 or any(self.names.meant(other, columns) == found for other in among if other != fund):
            return []
        what = f"the source's fund {fund!r} is taken for {found[0]!r} with the mark of a footnote"
        findings.note(self.area.name, what, "nothing to do if it is; else name it in 'ignore_funds'")
        return found

    def standard(self, funds: Sequence[str], findings: Findings) -> list[str]:
        """The names that funds go by in a table that lists them in rows; unknown ones are found."""
        standard = [self.names.standard(fund) for fund in funds]
        if lists_funds(self.area.name):
            return standard
        if self.names.codes:
            known, severity, what = self.names.codes, ERROR, "is unknown"
        else:
            held = to_list(self.body.values(self.fund_at)) if self.fund_at is not None and self.body.count else []
            codes = [code for code in map(code_text, dict.fromkeys(held)) if code]
            known, severity, what = codes, WARNING, "is new to the table"
        held_names = set(map(key, known))
        for place, (fund, name) in enumerate(zip(funds, standard, strict=True)):
            if known and key(name) not in held_names and not self.ignores(fund):
                if len(meant := self.meant(fund, known, funds, findings)) == 1:
                    standard[place] = self.names.standard(meant[0])
                    continue
                action = (
                    "correct it, add it to the table of funds or as an alias to the mapping, or name it in 'ignore_funds'"
                )
                findings.append(Finding(severity, self.area.name, f"the fund {fund!r} {what}{nearest(fund, known)}", action))
        return standard
