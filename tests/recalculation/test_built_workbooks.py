"""Every cell of every built workbook can be computed by core and engine, and LibreOffice knows all of its functions."""

from __future__ import annotations

import functools
from pathlib import Path

import openpyxl
import pytest

from xl_flexextra.hosts import calc
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.workbook import Workbook
from xl_flexextra.recalculation.dependents import kept_values
from xl_flexextra.recalculation.embedded_engine import IronCalc
from xl_flexextra.recalculation.engine_formula import refuse_unproved
from xl_flexextra.recalculation.formula_tree import Beyond
from xl_flexextra.recalculation.own_calls import own_names
from xl_flexextra.recalculation.seen_from_cell import Parts, View
from xl_flexextra.recalculation.turns import Turns
from xl_flexextra.recalculation.workbook_model import FormulaCell, Model

ROOT = Path(__file__).parents[2]
NATIVE = "flex_extra_native.xlsx"  # the update with its functions as names, which tests/native has computed by engines
BUILT = sorted(p for p in (ROOT / "workbooks").iterdir() if p.suffix in (".xlsx", ".xlsm") and p.name != NATIVE)
CONTROLS = {"SUMPRODUCT"}
"""What controls of a review ask of whole ranges (is each cell a formula, is each as approved), which IronCalc lacks."""


@functools.cache
def computed(path: Path) -> tuple[Model, Turns]:
    workbook = Workbook(Package.open(path))
    model = Model(workbook, SharedStrings(workbook))
    model.prepare()
    with IronCalc() as engine:
        turns = Turns(model, model.formulas.values(), engine)
        turns.run()
    return model, turns


def is_unproved(cell: FormulaCell, turns: Turns) -> bool:
    """By its text, also where it was not asked for because it depends on a cell that failed."""
    assert cell.tree is not None
    if not turns.failed(cell) or own_names() & cell.bare_functions:
        return turns.unproved(cell)
    try:
        refuse_unproved(cell.tree, View(turns.model, Parts(), cell))
    except Beyond:
        return True
    return False


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.name)
def test_no_cell_needs_what_ironcalc_lacks(path: Path) -> None:
    """By its text; on the numbers that stand there, an answer may still be left to LibreOffice."""
    model, turns = computed(path)
    lacking = {cell.address: cell.bare_functions for cell in model.formulas.values() if is_unproved(cell, turns)}
    assert {address for address, names in lacking.items() if not names & CONTROLS} == set()
    assert {address.partition("!")[0] for address in lacking} <= {"Controls", "Probe"}


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.name)
def test_core_and_engine_compute_what_is_stored(path: Path) -> None:
    model, turns = computed(path)
    wrong = []
    for place, value in turns.results.items():
        old = model.stored(place)
        if not calc.recalculation.same(old, value) and not (old in (None, "") and value in (0.0, "")):
            wrong.append((place, old, value))
    assert wrong == []


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
