"""Every cell of every built workbook can be computed by core and engine, and LibreOffice knows all of its functions."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xl_flexextra.hosts import calc
from xl_flexextra.recalculation.dependents import kept_values

from .without_calc import computed

ROOT = Path(__file__).parents[2]
NATIVE = "flex_extra_native.xlsx"  # the update with its functions as names, which tests/native has computed by engines
BUILT = sorted(p for p in (ROOT / "workbooks").iterdir() if p.suffix in (".xlsx", ".xlsm") and p.name != NATIVE)


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.name)
def test_core_and_engine_compute_every_cell_and_what_is_stored(path: Path) -> None:
    assert computed(path) == ([], [])


@pytest.fixture(scope="module")
def known_to_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The functions that it knows, whatever the workbook; tests/calc has it compute each of them."""
    path = tmp_path_factory.mktemp("functions") / "small.xlsx"
    small = openpyxl.Workbook()
    small.active["A1"] = "=1+1"
    small.save(path)
    return calc.recalculate(path).functions


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.name)
def test_no_cell_needs_what_libreoffice_lacks(path: Path, known_to_libreoffice: frozenset[str]) -> None:
    assert kept_values(path, known_to_libreoffice) == {}
