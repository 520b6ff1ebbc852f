"""Small workbooks as sources, and a program that makes other kinds of them."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

TERMS = """[contract]
code = "x"
inception = 1998-05-01
[payment]
amount = 1000
[annual_charge]
form = "none"
[cdsc]
schedule = [0]
"""


def month_ends(count: int = 14) -> list[datetime.date]:
    """Month ends up to 31 July 2008."""
    days = []
    year, month = 2008, 8
    for _ in range(count):
        days.append(datetime.date(year, month, 1) - datetime.timedelta(days=1))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return days[::-1]


def excel(path: Path, rows: list[list[Any]], change: Callable[[Any], None] | None = None, table: str = "") -> Path:
    """A workbook of one sheet "Values"; ``change`` sees the sheet before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Values"
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(sheet)
    if table:
        last = f"{openpyxl.utils.get_column_letter(len(rows[0]))}{len(rows)}"
        sheet.add_table(Table(displayName=table, ref=f"A1:{last}"))
    book.save(path)
    return path


def as_kind(path: Path, suffix: str) -> Path:
    """The same workbook as LibreOffice writes it in another kind."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    profile = path.parent / f"profile{suffix}"
    command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", suffix[1:], "--outdir"]
    subprocess.run([*command, str(path.parent / "as"), str(path)], check=True, capture_output=True, timeout=180)
    return path.parent / "as" / path.with_suffix(suffix).name


def error_in(address: str, text: str = "#REF!") -> Callable[[Any], None]:
    """A change that puts an error into a cell."""

    def change(sheet: Any) -> None:
        sheet[address].value = text
        sheet[address].data_type = "e"

    return change


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    """Terms without any charge."""
    path = tmp_path / "t.toml"
    path.write_text(TERMS)
    return path
