"""Small workbooks as sources, and a program that makes other kinds of them."""

from __future__ import annotations

import atexit
import datetime
import functools
import shutil
import subprocess
import tempfile
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


@functools.cache
def profile() -> Path:
    """LibreOffice's folder of settings: it takes longer to make one than to start."""
    folder = tempfile.mkdtemp(prefix="flexextra-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def as_kind(path: Path, suffix: str) -> Path:
    """The same workbook as LibreOffice writes it in another kind."""
    return as_kinds([path], suffix)[0]


def as_kinds(paths: list[Path], suffix: str) -> list[Path]:
    """The same workbooks, which have one folder, as one LibreOffice writes them in another kind."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    folder = paths[0].parent / "as"
    command = [office, f"-env:UserInstallation={profile().as_uri()}", "--headless", "--convert-to", suffix[1:], "--outdir"]
    subprocess.run([*command, str(folder), *map(str, paths)], check=True, capture_output=True, timeout=180)
    return [folder / path.with_suffix(suffix).name for path in paths]


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
