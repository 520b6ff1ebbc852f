"""Workbooks as people make them, drawn at random: tables, loose cells, names, and usual formulas that depend on each other.

The same number gives the same workbook. A first writing has no true values; LibreOffice computes them for a second.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

KEPT = 10.5
"""What stands in a cell of a function that LibreOffice lacks: a refresh has to leave it."""

LACKING = re.compile(r"TAKE|DROP|MyVba|LASTOF")

CODES = ["EQUITY", "BLEND", "Bond", "MONEY", "GROWTH", "INDEX 500", "Zürich"]
LOOSE = [1, 2, 5, 0.5, -3, 39660, 39507.75, "text", "5", "2008-07-31", "8.5%", None, None, True, 0, "EQUITY"]
HEADS = ["share", "unit value", "Total (net)", "Q1 2008", "rate", "units #", "Größe"]


@dataclass
class Table:
    """A table of a random workbook: its columns, each of one kind, and their values."""

    name: str
    row: int
    column: int
    kinds: list[str]
    heads: list[str]
    rows: list[list[Any]]
    totals: bool


@dataclass
class RandomBook:
    """What is drawn: the tables, the loose cells, the formulas of the page, and rarer ones beside them."""

    number: int
    chance: random.Random = field(init=False)
    tables: list[Table] = field(default_factory=list)
    loose: list[list[Any]] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(20080731 + self.number)
        self.from_1904 = self.number % 20 == 19
        column = 0
        for at in range(self.chance.choice((1, 1, 2))):
            self.tables.append(self._table(("Shares", "Prices_2")[at], column))
            column += len(self.tables[-1].heads) + 1
        self.loose = [[self._loose() for _ in range(4)] for _ in range(8)]
        self.formulas = [self._formula(row) for row in range(24)]
        self.beside = [self._filled(self.chance.choice(RARER), 24, 1) for _ in range(16)]

    # tables and cells

    def _table(self, name: str, column: int) -> Table:
        chance = self.chance
        kinds = ["key", *chance.choices(["number", "number", "small", "date", "mixed", "holes"], k=chance.randint(1, 3))]
        kinds[1] = "number"
        heads = ["fund", *chance.sample(HEADS, len(kinds) - 1)]
        rows = [[self._value(kind, at) for kind in kinds] for at in range(chance.randint(4, 12))]
        return Table(name, chance.choice((0, 2)), column, kinds, heads, rows, chance.random() < 0.4)

    def _value(self, kind: str, at: int) -> Any:
        chance = self.chance
        if kind == "key":
            return CODES[at % len(CODES)] if at < len(CODES) or chance.random() < 0.5 else f"F{at}"
        if kind == "small":
            return chance.choice((0.1, 0.2, 0.3, 0.25, 1 / 3, 0.05, 0, 1))
        if kind == "date":
            return 39660 - 31 * at
        if kind == "mixed":
            return chance.choice((1, 2.5, "n/a", "5", "text", None, -3, True))
        if kind == "holes":
            return chance.choice((None, 1.5, 7, 0.5))
        return round(chance.uniform(-50, 500), chance.choice((0, 2, 6)))

    def _loose(self) -> Any:
        return self.chance.choice(LOOSE)

    # references

    def _column(self, kinds: str = "number small date holes") -> str:
        table = self.chance.choice(self.tables)
        own = [head for kind, head in zip(table.kinds, table.heads, strict=True) if kind in kinds.split()]
        head = self.chance.choice(own or table.heads[1:])
        return f"{table.name}[{_escaped(head)}]"

    def _block(self) -> str:
        table = self.chance.choice(self.tables)
        return self.chance.choice((f"{table.name}[]", f"{table.name}[#All]", table.name))

    def _table_cells(self, single: bool = False) -> str:
        table = self.chance.choice(self.tables)
        column = table.column + self.chance.randrange(1, len(table.heads))
        first = table.row + 1 + self.chance.randrange(len(table.rows))
        letter = xl_col_to_name(column)
        if single:
            return f"Data!{letter}{first + 1}"
        ends = (f"Data!${letter}${table.row + 2}:${letter}${table.row + 1 + len(table.rows)}", f"Data!{letter}:{letter}")
        return self.chance.choice(ends)

    def _cell(self, row: int) -> str:
        chance = self.chance
        if row and chance.random() < 0.35:
            return f"A{chance.randrange(row) + 1}"
        if chance.random() < 0.45:
            return f"Loose!{xl_col_to_name(chance.randrange(4))}{chance.randrange(8) + 1}"
        return chance.choice(
            (self._table_cells(True), self._table_cells(True), "OneCell", f"INDEX({self._column()},{chance.randint(1, 3)})")
        )

    def _range(self) -> str:
        chance = self.chance
        line = f"Loose!{xl_col_to_name(chance.randrange(4))}1:{xl_col_to_name(chance.randrange(4))}{chance.randrange(2, 9)}"
        return chance.choice(
            (self._column(), self._column(), self._column("mixed holes"), self._table_cells(), line, "Line")
        )

    # formulas

    def _formula(self, row: int) -> str:
        chance = self.chance.random()
        return self._filled(self.chance.choice(UNUSUAL if chance < 0.12 else TEXTS if chance < 0.35 else NUMBERS), row, 2)

    def _number(self, row: int, depth: int) -> str:
        if depth == 0 or self.chance.random() < 0.2:
            return self.chance.choice((self._cell(row), self._cell(row), str(self.chance.choice((0, 1, 2, 0.1, 100, -3)))))
        return self._filled(self.chance.choice(NUMBERS), row, depth - 1)

    def _filled(self, pattern: str, row: int, depth: int) -> str:
        first = self.tables[0]
        drawn = {
            "n": lambda: self._number(row, depth), "c": lambda: self._cell(row), "r": self._range, "column": self._column,
            "dates": lambda: self._column("date"), "small": lambda: self._column("small"),
            "mixed": lambda: self._column("mixed holes"), "cells": self._table_cells, "block": self._block,
            "cell": lambda: self._table_cells(True), "T": lambda: first.name, "head": lambda: _escaped(first.heads[1]),
            "code": lambda: self.chance.choice(CODES),
        }  # fmt: skip
        return re.sub(r"<([A-Za-z]+)>", lambda found: drawn[found[1]](), pattern)

    # the file

    def write(self, path: Path, values: Mapping[tuple[str, str], Any] | None = None, frozen: bool = False) -> Path:
        """The workbook; ``values`` by sheet and address are what its formulas hold.

        ``frozen``: what LibreOffice lacks is a number, so that what depends on it can be computed there.
        """
        known = values or {}
        book = xlsxwriter.Workbook(str(path), {"date_1904": self.from_1904})
        data, loose, page = (book.add_worksheet(name) for name in ("Data", "Loose", "Page"))
        for table in self.tables:
            self._put_table(book, data, table, known)
        for row, line in enumerate(self.loose):
            for column, value in enumerate(line):
                if value is not None:
                    loose.write(row, column, value) if not isinstance(value, str) else loose.write_string(row, column, value)
        for row, formula in enumerate(self.formulas):
            if frozen and LACKING.search(formula):
                page.write_number(row, 0, KEPT)
            else:
                page.write_formula(row, 0, f"={formula}", None, known.get(("Page", f"A{row + 1}"), KEPT))
        for row, formula in enumerate(self.beside):
            value = known.get(("Page", f"C{row + 1}"), KEPT)
            if frozen and LACKING.search(formula):
                page.write_number(row, 2, KEPT)
            elif formula.startswith("{"):
                page.write_array_formula(row, 2, row, 2, formula, None, value)
            else:
                page.write_formula(row, 2, f"={formula}", None, value)
        table = self.tables[0]
        letter = xl_col_to_name(table.column + 1)
        book.define_name("OneCell", f"=Data!${letter}${table.row + 2}")
        book.define_name("Line", f"=Data!${letter}${table.row + 2}:${letter}${table.row + 1 + len(table.rows)}")
        book.define_name("Page!Local", f"=Data!${letter}${table.row + 3}")
        book.define_name("Loose!Local", "=Loose!$B$2:$B$4")
        book.define_name("Local", f"=Data!${letter}${table.row + 2}")
        book.define_name("Twice", f"=SUM({table.name}[{_escaped(table.heads[1])}])*2")
        book.define_name("LASTOF", "=_xlfn.LAMBDA(_xlpm.k,_xlpm.k*2)")
        book.set_calc_mode("auto")
        book.calc_on_load = False
        book.close()
        return path

    def _put_table(self, book: Any, sheet: Any, table: Table, known: Mapping[tuple[str, str], Any]) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        last = table.row + len(table.rows)
        columns: list[dict[str, Any]] = [{"header": head} for head in table.heads]
        totals: list[tuple[int, str]] = []
        for at, kind in enumerate(table.kinds):
            if kind == "date":
                columns[at]["format"] = day
            if table.totals and at:
                which, name = ((9, "sum"), (101, "average"), (2, "count_nums"), (104, "max"))[(self.number + at) % 4]
                columns[at]["total_function"] = name
                totals.append((at, f"=SUBTOTAL({which},{table.name}[{_escaped(table.heads[at])}])"))
        area = table.row, table.column, last + table.totals, table.column + len(table.heads) - 1
        sheet.add_table(*area, {"name": table.name, "columns": columns, "total_row": table.totals})
        for row, line in enumerate(table.rows, start=table.row + 1):
            for column, value in enumerate(line, start=table.column):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write(row, column, value, day if table.kinds[column - table.column] == "date" else None)
        for at, formula in totals:  # LibreOffice does not know a column without its table's name, as XlsxWriter writes it
            place = last + 1, table.column + at
            sheet.write_formula(*place, formula, None, known.get(("Data", xl_rowcol_to_cell(*place)), KEPT))

    def new_columns(self, table: Table) -> list[list[Any]]:
        """Other values for a table: as many rows, more or fewer, by the workbook's number."""
        chance = random.Random(self.number * 7 + len(table.name))
        count = max(2, len(table.rows) + chance.choice((0, 0, 0, 2, -1)))
        old = [table.rows[at % len(table.rows)] for at in range(count)]
        return [
            [_changed(kind, line[place], at, chance) for at, line in enumerate(old)]
            for place, kind in enumerate(table.kinds)
        ]


def _changed(kind: str, value: Any, at: int, chance: random.Random) -> Any:
    if kind == "date":
        return float(39691 - 31 * at)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if kind in ("key", "mixed") else chance.choice((None, 3.5))
    return round(value * 1.25 + chance.choice((0, 1, 0.1)), 6) if kind != "small" else chance.choice((0.1, 0.2, 0.3, 0.0))


def _escaped(head: str) -> str:
    return "".join(f"'{sign}" if sign in "[]#'" else sign for sign in head)


# <n> a number, <c> a cell, <r> a range, <column> of a table, <dates> and <small> ones, <mixed> with texts, <cells> of a
# table as cells, <block> a table, <T> the first one's name, <head> its first numbers, <code> a fund's name
NUMBERS = """
SUM(<r>)
SUM(<r>,<c>)
AVERAGE(<r>)
MIN(<r>,<n>)
MAX(<r>)
COUNT(<r>)
COUNTA(<r>)
COUNTBLANK(<cells>)
COUNTIF(<r>,">1")
COUNTIF(<r>,"EQUITY")
COUNTIF(<r>,"*E*")
COUNTIF(<r>,<c>)
SUMIF(<r>,">1")
SUMIFS(<T>[<head>],<T>[fund],"<code>")
VLOOKUP("<code>",<T>[#All],2,FALSE)
INDEX(<T>[<head>],MATCH("<code>",<T>[fund],0))
_xlfn.XLOOKUP("<code>",<T>[fund],<T>[<head>],-1)
MATCH(<n>,<column>,0)
MATCH(<n>,<column>,1)
INDEX(<column>,2)
INDEX(<column>,99)
SUBTOTAL(9,<column>)
SUBTOTAL(101,<column>)
SUBTOTAL(103,<mixed>)
SUBTOTAL(4,<column>)
SUMPRODUCT(<column>*1)
PRODUCT(<small>)
PRODUCT(1+<small>)
MEDIAN(<column>)
STDEV(<column>)
LARGE(<column>,2)
RANK(<c>,<column>)
ROWS(<block>)+COLUMNS(<block>)
(<n>+<n>)
(<n>-<n>)
<c>*<n>
<n>/<c>
-<c>%
(<c>^2)
ROUND(<n>,2)
ROUND(<n>,-1)
ROUNDDOWN(<n>,0)
ABS(<n>)
INT(<c>)
MOD(<c>,7)
MOD(<c>,0.1)
SQRT(ABS(<c>))
POWER(1+ABS(<c>)/1000,0.5)
_xlfn.RRI(5,1000,ABS(<c>)+1)
IF(<c>><n>,<n>,<n>)
IF(AND(<c>>0,<c><100),<n>,0)
IF(OR(ISBLANK(<c>),ISTEXT(<c>)),0,<c>)
IFERROR(<n>,-1)
_xlfn.IFNA(<n>,0)
IF(ISNUMBER(<c>),<c>,N(<c>))
CHOOSE(2,<n>,<c>,<n>)
YEAR(39660+<c>)
MONTH(EOMONTH(39660,-13))+<c>
EDATE(<c>,12)
WORKDAY(39660,5,<dates>)
NETWORKDAYS(39600,MAX(<dates>))
DATE(2008,13,1)-<c>
YEARFRAC(39294,MAX(<dates>))
SUMXMY2(<column>,<column>)
LOOKUP(<n>,<column>)
Twice+1
AATR(1000,1000+ABS(<c>),5)
IFERROR(AATR(1000,<n>,3),<n>)
AATR(1000,SUM(<column>),5)*100
""".strip().splitlines()
TEXTS = """
IF(SUM(<r>)=1,"complete","CHECK")
<c>&" "&<c>
IF(<c>=<c>,"same","other")
IF(<n><><n>,"differs","")
TEXT(<n>,"0.00%")
LEN(<c>)
EXACT(<c>,<c>)
LEFT(<T>[[#Headers],[fund]],2)&<c>
UPPER(INDEX(<T>[fund],1))
IFERROR(INDEX(<T>[fund],MATCH(MAX(<column>),<column>,0)),"none")
_xlfn.TEXTJOIN(", ",TRUE,<r>)
CONCATENATE(<c>,<c>)
NOT(<c>><n>)
T(<c>)
ISERROR(<n>)
IFERROR(TIE_VERDICT(ROUND(<c>,4),ROUND(<c>,4)),"no verdict")
""".strip().splitlines()
UNUSUAL = """
IFERROR(_xlfn.TAKE(<column>,-1),0)
SUM(<r>)+IFERROR(_xlfn.DROP(<column>,2),0)
IFERROR(AGGREGATE(9,6,<column>),0)
IFERROR(MyVba(<column>),0)
LASTOF(1)+COUNT(<column>)
SUM(INDIRECT("Data!B2:B5"))+<n>
SUM(OFFSET(<cell>,0,0,2,1))
SUMPRODUCT((<column>>1)*(<column>))
_xlfn.MAXIFS(<T>[<head>],<T>[fund],"EQUITY")
FORECAST(2,<column>,<column>)
SUM(<r> <r>)
""".strip().splitlines()
RARER = """
_xlfn.LET(_xlpm.x,<n>,_xlpm.x*2)
_xlfn.LET(_xlpm.t,<column>,SUM(_xlpm.t)+<c>)
IF(<c>><c>,<n>,_xlfn.LET(_xlpm.x,<n>,_xlpm.x))
IFERROR(_xlfn.LET(_xlpm.x,<c>,_xlpm.x+1),<n>)
SUM(_xlfn._xlws.FILTER(<column>,<column>>1,0))
INDEX(_xlfn._xlws.SORT(<column>),2)
COUNTA(_xlfn.UNIQUE(<T>[fund]))
IF(<c>>0,<n>,ROWS(_xlfn.UNIQUE(<T>[fund])))
SUM(_xlfn.SEQUENCE(3)*<c>)
_xlfn.SINGLE(<column>)
Local+<c>
SUM(Loose!Local)+Page!Local
IF(<c>>0,Local,Loose!Local)
SUM(Data:Loose!B2)
IF(<c>>0,<n>,MAX(Data:Loose!B2:C3))
SUM((<cell>,<cell>),<c>)
SUM(<cell>:INDEX(Data!B:B,5))
SUM({1,2,3})*<c>
MATCH(<c>,{1,5,10},1)
CHOOSE({1,2},<n>,<n>)
{=SUM(IF(<column>>1,<column>,0))}
{=IF(<c>>0,<n>,MEDIAN(<column>))}
_xlfn.SWITCH(<c>,1,<n>,2,<n>,<n>)
_xlfn.IFS(<c>>0,<n>,TRUE,<n>)
IF(<c>,<n>,<n>)
IF(<c>,MEDIAN(<column>),<n>)
IF(<c>=<c>,MEDIAN(<column>),<n>)
IF(<n>><n>,<n>,LARGE(<column>,1))
IF(<c>>0,<n>)
IFERROR(<n>/<c>,MEDIAN(<column>))
IFERROR(<c>,MEDIAN(<column>))
IFERROR(INDEX(<column>,<c>),MEDIAN(<column>))
IFERROR(MEDIAN(<column>),<n>)
_xlfn.IFNA(MATCH(<c>,<column>,0),LARGE(<column>,1))
IF(ISERROR(<n>),LARGE(<column>,2),<n>)
IF(ISERROR(MEDIAN(<mixed>)),<n>,<c>)
SUM(IF(<c>>0,<c>,<n>),<r>)
AVERAGE(<r>,IF(<c>>0,<c>,MEDIAN(<column>)))
MIN(IF(<c>>0,<c>,<c>),IF(<c>>1,MEDIAN(<column>),<c>))
MAX(CHOOSE(<c>,<c>,<c>),<r>)
COUNT(IF(<c>>0,<c>,<c>))
CHOOSE(<c>,<n>,MEDIAN(<column>),<n>)
AATR(1000,IF(<c>>0,1500,MEDIAN(<column>)),5)
AATR(1000,CHOOSE(<c>,1500,<n>),IF(<c>>0,1+ABS(<c>),LARGE(<column>,1)))
IF(AATR(1000,<n>,3)>0,<n>,SUMIF(<r>,">1"))
IF(IFERROR(AATR(1000,<n>,3),MEDIAN(<column>))>0,<n>,<c>)
IFERROR(AATR(1000,<n>,3),IF(<c>>0,MEDIAN(<column>),<n>))
IF(AND(<c>>0,<c>><c>),IF(<n>>0,<n>,MEDIAN(<column>)),IFERROR(<n>,MEDIAN(<column>)))
<c>&IF(<c>>0,<n>,MEDIAN(<column>))
IF(<c>>0,<c>,MEDIAN(<column>))&""
IF(<c>>0,<c>,MEDIAN(<column>))=<c>
ISBLANK(IF(<c>>0,<c>,MEDIAN(<column>)))
ISTEXT(IF(<c>>0,<c>,MEDIAN(<column>)))
N(IF(<c>>0,<c>,MEDIAN(<column>)))
MATCH(IF(<c>>0,<c>,MEDIAN(<column>)),<column>,0)
COUNTIF(<column>,IF(<c>>0,<c>,MEDIAN(<column>)))
""".strip().splitlines()
