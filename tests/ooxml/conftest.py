"""Workbooks to try things on."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from . import rich

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def rich_book() -> bytes:
    """The workbook with a bit of everything, as .xlsm."""
    with zipfile.ZipFile(ROOT / "workbooks" / "flex_extra_performance_update.xlsm") as archive:
        return rich.build(archive.read("xl/vbaProject.bin"))


def real_workbooks() -> list[Path]:
    """Workbooks that nobody here made, from the folder that the environment names; none where it names none."""
    folder = os.environ.get("XL_FLEXEXTRA_WORKBOOKS")
    if not folder:
        return []
    return sorted(p for p in Path(folder).iterdir() if p.suffix in (".xlsx", ".xlsm"))
