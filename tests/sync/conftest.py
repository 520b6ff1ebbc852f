"""Small template workbooks and sources."""

from __future__ import annotations

import datetime
import io
import sqlite3
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

FUNDS = ("EQUITY", "BLEND", "MANAGED_BOND")


def month_ends(count: int, year: int = 2008) -> list[datetime.date]:
    """Month ends from January of a year on."""
    ends = []
    for month in range(1, count + 1):
        y, m = divmod(month, 12)
        ends.append(datetime.date(year + y, m + 1, 1) - datetime.timedelta(days=1))
    return ends


def value(fund: int, month: int) -> float:
    """A unit value that no other fund and month has."""
    return round(10 + 3 * fund + 0.1 * month, 6)


def template(months: int = 6, own_functions: bool = False, journal: bool = False) -> bytes:
    """UnitValues (wide), Funds, Shares, and cells that depend on them."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("UnitValues")
    rows = [[day, *(value(f, m) for f in range(3))] for m, day in enumerate(month_ends(months))]
    columns = [{"header": "valuation_date", "format": date}, *({"header": f} for f in FUNDS)]
    sheet.add_table(0, 0, max(months, 1), 3, {"name": "UnitValues", "columns": columns})
    for r, row in enumerate(rows, start=1):
        sheet.write_datetime(r, 0, datetime.datetime.combine(row[0], datetime.time()), date)
        for c, number in enumerate(row[1:], start=1):
            sheet.write_number(r, c, number)
    if not rows:
        sheet.write_blank(1, 0, None, date)
    funds = book.add_worksheet("Funds")
    names = [
        ["EQUITY", "MML Equity", ""],
        ["BLEND", "MML Blend", "Blended; Blend Fund"],
        ["MANAGED_BOND", "MML Managed Bond", "Babson Bond"],
    ]
    funds.add_table(
        "A1:C4", {"name": "Funds", "data": names, "columns": [{"header": h} for h in ("fund", "printed_name", "aliases")]}
    )
    page = book.add_worksheet("Page")
    total = sum(row[1] for row in rows)
    page.write_formula("A1", "=SUM(UnitValues[EQUITY])", None, total)
    page.write_formula("A2", "=A1*2", None, total * 2)
    page.write_formula("A3", "=1+1", None, 2)
    page.write_formula("A4", "=STDEV(UnitValues[EQUITY])", None, 0.1)  # beyond the core
    if own_functions:
        last = rows[-1][1] if rows else 1.0
        call = f"AATR(INDEX(UnitValues[EQUITY],1),INDEX(UnitValues[EQUITY],ROWS(UnitValues[EQUITY])),2)"  # noqa: F541
        page.write_formula("B1", f"={call}", None, (last / rows[0][1]) ** 0.5 - 1 if rows else 0)
        page.write_formula("B2", '=UNIT_VALUE_AT(UnitValues[#All],"EQUITY",DATE(2008,3,31))', None, value(0, 2))
    if journal:
        book.add_worksheet("Log").add_table(
            "A1:E2", {"name": "Journal", "columns": [{"header": h} for h in ("when", "who", "table", "source", "rows")]}
        )
    book.set_calc_mode("auto", 191029)
    book.calc_on_load = False
    book.close()
    return stream.getvalue()


def long_csv(months: int = 6, changes: dict[tuple[int, int], object] | None = None, names: tuple[str, ...] = FUNDS) -> str:
    """The template's values as a long CSV, with some of them changed."""
    lines = ["valuation_date,fund,unit_value"]
    for m, day in enumerate(month_ends(months)):
        for f, name in enumerate(names):
            lines.append(f"{day},{name},{(changes or {}).get((f, m), value(f, m))}")
    return "\n".join(lines) + "\n"


def database(path: Path) -> Path:
    """The template's values and two months more as a file of SQLite."""
    with sqlite3.connect(path) as connection:
        connection.execute("create table unit_values (valuation_date text, fund text, unit_value real)")
        lines = [line.split(",") for line in long_csv(8).splitlines()[1:]]
        connection.executemany("insert into unit_values values (?, ?, ?)", lines)
    connection.close()
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A template with six months."""
    path = tmp_path / "update.xlsx"
    path.write_bytes(template())
    return path


@pytest.fixture
def more(tmp_path: Path) -> Path:
    """A source with two months more."""
    path = tmp_path / "prices.csv"
    path.write_text(long_csv(8))
    return path


def everything_in(folder: Path) -> str:
    """All files of a folder as text, zips unpacked."""
    found = []
    for path in filter(Path.is_file, folder.rglob("*")):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        else:
            found.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(found)
