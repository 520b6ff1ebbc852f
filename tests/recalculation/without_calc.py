"""All formulas of a workbook by core and engine alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xl_flexextra.hosts.calc.recalculation import same
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.workbook import Workbook
from xl_flexextra.recalculation.embedded_engine import IronCalc
from xl_flexextra.recalculation.turns import Turns
from xl_flexextra.recalculation.workbook_model import Model


def turned(path: Path) -> tuple[Model, Turns]:
    """A workbook's formulas and stored values, and what came of them."""
    workbook = Workbook(Package.open(path))
    model = Model(workbook, SharedStrings(workbook))
    model.prepare()
    with IronCalc() as engine:
        turns = Turns(model, model.formulas.values(), engine)
        turns.run()
    return model, turns


def computed(path: Path) -> tuple[list[str], list[tuple[Any, Any, Any]]]:
    """The formulas that neither of them computes, and the cells that come to another value than the stored one.

    A cell without a stored value is one of the latter: what a refresh does not compute again would have none.
    """
    model, turns = turned(path)
    assert turns.results
    left = [f"{cell.address}: {cell.text}" for cell in model.formulas.values() if turns.failed(cell)]
    found = [(place, model.stored(place), value) for place, value in turns.results.items()]
    wrong = [one for one in found if one[1] is None or not (same(*one[1:]) or one[1:] == ("", 0.0))]
    return left, wrong
