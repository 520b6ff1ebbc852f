"""Inputs for each door: a strategy that fills a folder with files, and the command that reads them."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import json
import sqlite3
import string
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pyarrow as pa
from hypothesis import strategies as st
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet.table import Table
from pyarrow import parquet

from xl_flexextra.terms.charge_keys import CHARGE_KEYS
from xl_flexextra.terms.keys import KEYS

from .ended import ended

Draw = Callable[[st.SearchStrategy[Any]], Any]


class Door(NamedTuple):
    """One way in: ``fill`` writes the files of one input into a folder and gives the arguments of the command."""

    name: str
    fill: Callable[[Draw, Path], list[str]]
    run: Callable[[list[str], Path], tuple[int, str]] = ended


DAYS = [datetime.date(2006 + m // 12, m % 12 + 1, 1) - datetime.timedelta(days=1) for m in range(1, 19)]
ODD = st.sampled_from(
    ["", "NA", "#N/A", "-", "(1.5)", "1,234.5", "12.5%", "1e400", "nan", "=1+1", "'", "\x00", "\u2028", "😀" * 40, "1" * 400,
     "2008-02-30", "31/12/2008", "0x10", "\ufeff", "TRUE", "$5", "1.000,5", "[/]", "\x1b]0;t\x07", " 7 "]
)  # fmt: skip
NUMBERS = st.floats(9.5, 10.5).map(lambda number: repr(round(number, 6)))
FUNDS = ["EQUITY", "BLEND", "MANAGED_BOND"]
NAMES = st.text(string.ascii_letters + " .&'é-", min_size=1, max_size=12).map(str.strip).filter(bool)


def seldom(draw: Draw, of: int = 8) -> bool:
    """About once in so many draws (Hypothesis likes the ends of a range); a shrunk input is a plain one."""
    return draw(st.integers(0, of - 1)) == of // 2


def grid(draw: Draw) -> list[list[str]]:
    """Unit values with a header, now and then with a cell or a line that should not be there."""
    funds = FUNDS[: draw(st.integers(1, 3))]
    if seldom(draw, 5):
        funds = [*funds, *draw(st.lists(NAMES, min_size=1, max_size=2, unique_by=str.casefold))]
    days = DAYS[: draw(st.integers(1, len(DAYS)))]
    rows = [["valuation_date", *funds], *([day.isoformat(), *(draw(NUMBERS) for _ in funds)] for day in days)]
    for _ in range(draw(st.integers(0, 3)) if seldom(draw, 3) else 0):
        row = draw(st.integers(0, len(rows) - 1))
        rows[row][draw(st.integers(0, len(rows[row]) - 1))] = draw(ODD)
    if seldom(draw):
        rows.insert(draw(st.integers(0, len(rows))), draw(st.lists(ODD, max_size=5)))
    return rows


def text_of(draw: Draw, rows: list[list[str]]) -> bytes:
    """Rows as a text file, in one of the dialects that people have."""
    out = io.StringIO()
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    csv.writer(out, delimiter=draw(st.sampled_from(",,,;\t|")), lineterminator=ends).writerows(rows)
    text = (draw(st.sampled_from(["sep=;\n", "A report\n\n", "\n"])) if seldom(draw) else "") + out.getvalue()
    data = text.encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"])), "replace")
    return spoilt(draw, data) if seldom(draw, 6) else data


def spoilt(draw: Draw, data: bytes) -> bytes:
    """Bytes cut, doubled or replaced at one place."""
    if not data:
        return data
    place = draw(st.integers(0, 9_999)) * len(data) // 10_000  # a zip's length changes with the time of day
    before, behind = data[:place], data[place:]
    return draw(st.sampled_from([before, before + b"\x00\xff" + behind, before * 2, behind, data + data]))


TERMS = 'contract.name = "t"\nannual_charge.form = "none"\ncdsc.schedule = [0.07, 0.06, 0.0]\n'


BAD_TOML = [
    "a = " + "[" * 4000, "b = " + "1" * 6000, ".".join("abcd" * 500) + " = 1", "c = {", '"" = 1', "d = 2008-99-99",
    "e = " + "{a=" * 3000, "[sources]\n1 = 2", "[[changes]]\neffective = 1",
]  # fmt: skip
BAD_VALUES = ["-1", "nan", "inf", '""', "[]", "{}", "true", "1e308", '"\\u0000"', "2008-01-01", "[[1]]"]


def terms_file(draw: Draw, folder: Path) -> Path:
    """Terms: a valid core, and keys with values of their kind or of another."""
    lines = ['contract.name = "t"', "cdsc.schedule = [0.07, 0.06, 0.0]", 'annual_charge.form = "none"']
    known = [key for key in sorted(KEYS) if key not in ("contract.name", "cdsc.schedule", "annual_charge.form")]
    lines += [f"{key} = {value(draw, KEYS[key])}" for key in draw(st.lists(st.sampled_from(known), max_size=4, unique=True))]
    for _ in range(draw(st.integers(0, 2)) if seldom(draw, 3) else 0):
        fields = draw(st.lists(st.sampled_from(sorted(CHARGE_KEYS)), max_size=4, unique=True))
        lines += ["[[charges]]", *(f"{field} = {value(draw, CHARGE_KEYS[field])}" for field in fields)]
    if seldom(draw):
        lines.append(draw(st.sampled_from(BAD_TOML)))
    path = folder / "t.toml"
    data = "\n".join(lines).encode()
    path.write_bytes(spoilt(draw, data) if seldom(draw, 10) else data)
    return path


def value(draw: Draw, spec: Any) -> str:
    """A value of a key as TOML."""
    if seldom(draw, 6):
        return draw(st.sampled_from(BAD_VALUES))
    if spec.choices:
        return json.dumps(draw(st.sampled_from(sorted(spec.choices))))
    kinds = {"date": st.just("2001-05-01"), "text": NAMES.map(json.dumps), "count": st.integers(0, 12).map(str),
             "fractions": st.just("[0.05, 0.0]"), "fraction": st.floats(0, 0.2).map(repr)}  # fmt: skip
    return draw(kinds.get(spec.kind, st.floats(0, 1e5).map(repr)))


SYNC_SHEETS = ["[[table]]\nname = 'UnitValues'", "[[table]]", "x = " + "[" * 3000, "=1", "1"]


def book(draw: Draw, path: Path) -> Path:
    """A workbook with a table of unit values, sometimes with parts that are not as they should be."""
    made = openpyxl.Workbook()
    sheet = made.active
    for number, row in enumerate(grid(draw), start=1):
        for column, cell in enumerate(row, start=1):
            with contextlib.suppress(ValueError, IllegalCharacterError):  # signs that a cell cannot hold
                sheet.cell(number, column, typed(cell))
    heads = [str(cell.value or "") for cell in sheet[1]]
    if all(heads) and len({head.casefold() for head in heads}) == len(heads) and sheet.max_row > 1:
        sheet.add_table(Table(displayName="UnitValues", ref=f"A1:{sheet.cell(sheet.max_row, len(heads)).coordinate}"))
    if seldom(draw, 4):
        made.create_sheet("_sync")["A1"] = draw(st.sampled_from(SYNC_SHEETS))
    made.save(path)
    if seldom(draw, 3):
        path.write_bytes(with_other_parts(draw, path.read_bytes()))
    return path


def typed(cell: str) -> Any:
    """A cell as Excel would take it when it is typed."""
    try:
        return datetime.date.fromisoformat(cell)
    except ValueError:
        pass
    try:
        return float(cell) if cell.strip() == cell and cell.isascii() and len(cell) < 20 else cell
    except ValueError:
        return cell


FAR = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
EDITS = [
    (b'<c r="', b'<c\tr="'),
    (b'<c r="A1"', b'<c r="XFD1048576"'),
    (b'<row r="2"', b'<row r="1048577"'),
    (b"</sheetData>", FAR),
    (b'ref="A1:', b'ref="A1:XFD1048576" x="'),
    (b"<v>", b"<v>9e999"),
    (b' t="s"', b' t="e"'),
    (b"<sheetData>", b"<sheetData><!-- -->"),
    (b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>'),
    (b"</sst>", b"<si><t>x</t></si></sst>"),
    (b'count="', b'count="-'),
    (b"<cols>", b'<cols><col min="1" max="99999"/>'),
    (b'name="UnitValues"', b'name=""'),
    (b"<tableColumn ", b"<tableColumn  "),
    (b' s="1"', b' s="99999"'),
    (b"rId1", b"rId9"),
]


def with_other_parts(draw: Draw, data: bytes) -> bytes:
    """The same workbook with markup replaced in one part, or the package damaged."""
    if seldom(draw, 5):
        return spoilt(draw, data)
    old, new = draw(st.sampled_from(EDITS))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for info in given.infolist():
            made.writestr(info.filename, given.read(info).replace(old, new, draw(st.integers(1, 3))))
    return out.getvalue()


TRIED = ["--no-calc", "--dry-run", "--accept-revisions"]


def report_csv(draw: Draw, folder: Path) -> list[str]:
    (folder / "v.csv").write_bytes(text_of(draw, grid(draw)))
    (folder / "t.toml").write_text(TERMS)
    return ["report", "--unit-values", "v.csv", "--terms", "t.toml", "--out", "o.xlsx", "--force"]


def report_book(draw: Draw, folder: Path) -> list[str]:
    book(draw, folder / "v.xlsx")
    (folder / "t.toml").write_text(TERMS)
    return ["report", "--unit-values", "v.xlsx#UnitValues", "--terms", "t.toml", "--out", "o.xlsx", "--force"]


def refresh_csv(draw: Draw, folder: Path) -> list[str]:
    book(draw, folder / "b.xlsx")
    (folder / "v.csv").write_bytes(text_of(draw, grid(draw)))
    return ["refresh", "b.xlsx", "--from", "v.csv", "--table", "UnitValues", "--no-calc", "--accept-revisions"]


WORDS = {"layout": "wide", "mode": "merge", "date": "valuation_date", "decimal": ".", "encoding": "utf-8", "delimiter": ","}
BAD_WORDS = [
    "query = 'select 1'",
    "keys = [1]",
    "x = " + "{a=" * 3000,
    "checks = 1",
    "n = " + "9" * 5000,
    "source = '/etc/x'",
]


def refresh_mapping(draw: Draw, folder: Path) -> list[str]:
    book(draw, folder / "b.xlsx")
    (folder / "v.csv").write_bytes(text_of(draw, grid(draw)))
    lines = ["[[table]]", 'name = "UnitValues"', 'source = "v.csv"']
    for key in draw(st.lists(st.sampled_from(sorted(WORDS)), max_size=3, unique=True)):
        lines.append(f"{key} = {draw(st.sampled_from([json.dumps(WORDS[key])] * 5 + ['1', '[]', '2008-01-01']))}")
    if seldom(draw, 6):
        lines.append(draw(st.sampled_from(BAD_WORDS)))
    (folder / "b.xlsx.sync.toml").write_text("\n".join(lines), "utf-8")
    return ["refresh", "b.xlsx", *TRIED]


def refresh_parquet(draw: Draw, folder: Path) -> list[str]:
    book(draw, folder / "b.xlsx")
    rows = grid(draw)
    columns = {head: [row[place] if place < len(row) else "" for row in rows[1:]] for place, head in enumerate(rows[0])}
    try:
        made = pa.table({head: [typed(cell) for cell in cells] for head, cells in columns.items()})
    except (pa.ArrowException, ValueError, OverflowError):  # kinds mixed in a column, a NaN among dates
        made = pa.table(columns)
    parquet.write_table(made, folder / "v.parquet")
    if seldom(draw, 5):
        (folder / "v.parquet").write_bytes(spoilt(draw, (folder / "v.parquet").read_bytes()))
    return ["refresh", "b.xlsx", "--from", "v.parquet", "--table", "UnitValues", *TRIED]


def refresh_sqlite(draw: Draw, folder: Path) -> list[str]:
    book(draw, folder / "b.xlsx")
    rows = grid(draw)
    heads = ", ".join('"' + head.replace('"', '""').replace("\x00", "") + '"' for head in rows[0])
    connection = sqlite3.connect(folder / "v.sqlite")
    with contextlib.suppress(sqlite3.Error):  # two columns of one name
        connection.execute(f"create table UnitValues ({heads})")
        marks = ", ".join("?" for _ in rows[0])
        for row in rows[1:]:
            filled = [*row, *[""] * len(rows[0])][: len(rows[0])]
            kept = [cell if isinstance(typed(cell), datetime.date) else typed(cell) for cell in filled]
            connection.execute(f"insert into UnitValues values ({marks})", kept)
        connection.commit()
    connection.close()
    if seldom(draw, 5):
        (folder / "v.sqlite").write_bytes(spoilt(draw, (folder / "v.sqlite").read_bytes()))
    return ["refresh", "b.xlsx", "--from", "v.sqlite", "--table", "UnitValues", *TRIED]


def terms_check(draw: Draw, folder: Path) -> list[str]:
    return ["terms", "check", terms_file(draw, folder).name]


ENTRY: dict[str, Any] = {
    "event": "refresh", "id": "a" * 32, "at": "2008-07-31T00:00:00Z", "who": "me", "version": "1", "before": "", "after": "",
    "tables": {"UnitValues": {"source": "v.csv", "rows_before": 1, "rows_after": 2, "cells": []}}, "findings": [],
    "notes": [],
}  # fmt: skip
BAD_FIELDS = [None, 1, [1], {}, "x", {"UnitValues": "x"}, [[]], "\ud800", 1e308]
BAD_LINES = ["{", "[" * 50_000, "null", '{"id": [1]}', '{"of": {}, "outcome": "done"}', '{"a": ' + "1" * 6000 + "}"]


def journal(draw: Draw, folder: Path) -> list[str]:
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        one = dict(ENTRY)
        if seldom(draw, 2):
            one[draw(st.sampled_from(sorted(one)))] = draw(st.sampled_from(BAD_FIELDS))
        lines.append(json.dumps(one))
    if seldom(draw, 4):
        lines.append(draw(st.sampled_from(BAD_LINES)))
    (folder / "b.xlsx").write_bytes(b"")
    (folder / "b.xlsx.journal.jsonl").write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    return ["journal", "b.xlsx"]


def published(draw: Draw, folder: Path) -> list[str]:
    rows = [["table", "contract", "as_of", "fund", "period", "return_pct"]]
    for _ in range(draw(st.integers(1, 4))):
        fund, period = draw(st.sampled_from(["EQUITY", "BLEND"])), draw(st.sampled_from(["1Y", "YTD", "5Y"]))
        row = ["T", "", "2008-07-31", fund, period, draw(NUMBERS)]
        if seldom(draw, 4):
            row[draw(st.integers(0, 5))] = draw(ODD)
        rows.append(row)
    (folder / "p.csv").write_bytes(text_of(draw, rows))
    return ["tie-out", "--published", "p.csv"]


CALLS = {"AATR": 3, "UNIT_VALUE_RETURN": 2, "TIE_VERDICT": 2, "YEARS_BETWEEN": 2, "CDSC_RATE": 2, "SEC_YIELD_30DAY": 4}
TYPED = st.one_of(NUMBERS, ODD.filter(lambda text: "\x00" not in text), st.sampled_from(['[[1, 2], ["a"]]', "[[", "TRUE"]))


def cells(draw: Draw, _folder: Path) -> list[str]:
    """A worksheet function on what a cell may hold."""
    name = draw(st.sampled_from(sorted(CALLS)))
    return ["call", "--", name, *(draw(TYPED) for _ in range(CALLS[name]))]


DOORS = [
    Door(one.__name__, one)
    for one in (terms_check, report_csv, report_book, refresh_csv, refresh_mapping, refresh_parquet, refresh_sqlite, journal,
                published, cells)
]  # fmt: skip
