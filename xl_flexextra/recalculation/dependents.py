"""Cached values that depend on refreshed data: computed by core and engine, by Calc where that can more, else named."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import NAME, REF, VALUE, CellError, FlexExtraError
from ..ooxml.fast.column_writer import same_value
from ..ooxml.package import Package
from ..ooxml.refs import MAX_COLUMN, MAX_ROW, Range, column_letters
from ..ooxml.strings import SharedStrings
from ..ooxml.tables.set_values import set_values
from ..ooxml.workbook import Area, Sheet, Workbook
from ..sources.findings import as_printed
from . import untouched
from .cell_by_cell import MOST_IN_ALL
from .embedded_engine import IronCalc
from .formula_cells import FormulaCell, Place
from .formula_tree import Beyond, Node, load_tokens
from .own_calls import is_guarded, is_own, own_names
from .spilling import gives_one_cell, keeps_its_size, may_fill
from .turns import Turns
from .workbook_model import Model, Written

SMALL_SHEET = 1 << 20  # bytes
_FORMULA = re.compile(rb"<(?:[\w.\-]+:)?f[ >/]")
Recalculate = Callable[[Path, Path], Collection[str] | None]
"""Takes a workbook and writes a recalculated copy to the second path; gives the names that functions have in files, as
far as the host knows them (None where it cannot tell)."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """A formula's value before and after."""

    cell: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.cell}: {as_printed(self.old)} → {as_printed(self.new)}"


@dataclass(frozen=True, slots=True)
class Before:
    """The workbook before its tables were written, and where each of them lay."""

    workbook: Workbook
    areas: Sequence[Area]


@dataclass
class Report:
    """What was recomputed, and what still shows its old value."""

    changed: list[CellChange] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    own_functions: bool = False  # whether the workbook holds any of our functions
    by_core: int = 0
    by_engine: int = 0  # IronCalc
    by_calc: int = 0


def some(workbook: Workbook) -> bool:
    """Whether a sheet that is read quickly has formulas that the engine may be asked for."""
    package = workbook.package
    small = (sheet.part for sheet in workbook.sheets if package.size(sheet.part) < SMALL_SHEET)
    return not workbook.date1904 and any(_FORMULA.search(package.read(part)) for part in small)


def load(size: int, begin: bool) -> IronCalc:
    """Import what only formulas need, and begin the engine for a workbook of so many bytes: while a source is being read
    there is time for both."""
    own_names()
    load_tokens()
    engine = IronCalc(size)
    if begin:
        engine.begin()
    return engine


def update(
    workbook: Workbook, written: Sequence[Written], before: Before, recalculate: Recalculate | None = None,
    engine: IronCalc | None = None,
) -> Report:  # fmt: skip
    """Recompute the formulas that depend on the written tables and store their values in the package."""
    with engine or IronCalc(workbook.package.length) as engine:
        model = Model(workbook, SharedStrings(workbook), written)
        moved = list(zip((area for area, _ in written), before.areas, strict=True))
        if model.formulas and not workbook.date1904:
            engine.begin()
        return _updated(model, moved, before.workbook, engine, recalculate)


def _updated(
    model: Model, moved: list[tuple[Area, Area]], before: Workbook, engine: IronCalc, recalculate: Recalculate | None
) -> Report:
    """``moved``: where each written table lies, and where it lay."""
    workbook, own, report = model.workbook, own_names(), Report()
    model.prepare()
    dirty = _dirty(model, [area for pair in moved for area in pair])  # cells that a table has left are blank now
    turns = Turns(model, dirty, engine, untouched.doubted(before, moved, dirty, engine) if dirty else ())
    turns.run()
    unseen = _unseen(model, own, report)  # behind the turns: a sheet that was just written may still be being packed
    if not model.formulas:
        return report
    report.own_functions = (
        report.own_functions
        or any(own.intersection(cell.bare_functions) for cell in model.formulas.values())
        or any(name in defined.text.upper() for defined in workbook.names for name in own)
    )
    left = {cell.place for cell in dirty if turns.failed(cell)}
    left |= {cell.place for cell in _reached(model, _beside(model, [cell for cell in dirty if cell.place in left]))}
    failed = [cell for cell in sorted(dirty, key=lambda c: (c.sheet.index, c.row, c.column)) if cell.place in left]
    report.by_core = sum(cell.tree is not None and _by_core(cell.tree) and cell.place not in left for cell in dirty)
    report.by_engine = len(dirty) - len(failed) - report.by_core
    results = {place: value for place, value in turns.results.items() if place not in left}
    if failed and recalculate is not None and (report.own_functions or not model.unread):
        resized = any(new.last != old.last for new, old in moved)
        otherwise = {cell.place for cell in failed if turns.sizes_differ(cell)}
        otherwise |= {cell.place for cell in _reached(model, (), model.unreadable())}
        failed = _by_calc(model, results, failed, unseen, recalculate, report, resized, otherwise)
    report.stale += [cell.address for cell in failed]
    _store(workbook, model, results, report)
    return report


def _by_core(tree: Node) -> bool:
    return is_own(tree) or is_guarded(tree)


def _unseen(model: Model, own: frozenset[str], report: Report) -> list[Sheet]:
    """The sheets of formulas that are too large to look at each."""
    unseen: list[Sheet] = []
    for sheet in model.unread:
        elements = {around for around in model.workbook.package.around(sheet.part, b"f") if around[:1] in (b"<", b":")}
        if any(around[2:] in (b">", b" ", b"/") for around in elements):
            report.stale.append(f"{sheet.name} (too large to look at each formula)")
            unseen.append(sheet)
        if elements:  # <f>, or <formula> in a format or a list
            report.own_functions |= model.workbook.package.holds(sheet.part, *(name.encode() + b"(" for name in own))
    return unseen


def _dirty(model: Model, touched: list[Area]) -> list[FormulaCell]:
    """The formulas that depend on the touched tables, directly or through others, and those that might."""
    inside = (
        cell
        for cell in model.formulas.values()
        if cell.unclear
        or any(cell.sheet.part == a.sheet.part and a.body.holds(cell.row, cell.column) for a in touched)
        or _had_no_answer(cell, model)
    )
    return _reached(model, inside, [(a.sheet.name.lower(), a.whole) for a in touched])


def _had_no_answer(cell: FormulaCell, model: Model) -> bool:
    """Whether a cell says that our functions are missing, as a program stored it that lacks them: here they are."""
    if "FLEXEXTRA_VERSION" not in cell.text.upper():
        return False
    stored = model.stored(cell.place)
    return isinstance(stored, CellError) or not stored


def _reached(model: Model, first: Iterable[FormulaCell], ranges: Iterable[tuple[str, Range]] = ()) -> list[FormulaCell]:
    """Some formulas and those that depend on them, or on the ranges, directly or through others."""
    done = {cell.place: cell for cell in first}
    waiting = [*ranges, *((cell.place[0], area) for cell in done.values() for area in may_fill(cell, model))]
    while waiting:
        for cell in model.needing().of(*waiting.pop()):
            if cell.place not in done:
                done[cell.place] = cell
                waiting += [(cell.place[0], area) for area in may_fill(cell, model)]
    return [cell for cell in model.formulas.values() if cell.place in done]


def _beside(model: Model, failed: list[FormulaCell]) -> Iterator[FormulaCell]:
    """The formulas over blank cells into which one of those without a value may spill."""
    for cell in failed:
        for area in islice(may_fill(cell, model), 1, None):
            yield from model.needing().of(cell.place[0], area)


def _beyond_host(model: Model, unseen: Sequence[Sheet], known: Collection[str]) -> set[Place]:
    """The formulas that a host cannot be asked for: those that name a function it does not know, and those that depend
    on such a one. IFERROR would hide that the host lacks it, and a sum would take it for 0."""
    written = {name.upper() for name in known}

    def unknown(name: str) -> bool:
        return name.upper() not in written

    lacking = [cell for cell in model.formulas.values() if any(map(unknown, cell.functions))]
    sheets = [(sheet.name.lower(), Range(1, 1, MAX_ROW, MAX_COLUMN)) for sheet in unseen]
    if lacking or sheets:
        lacking += [cell for cell in model.formulas.values() if cell.unclear]  # they may depend on any
    return {cell.place for cell in _reached(model, lacking, sheets)}


def kept_values(path: Path, known: Collection[str]) -> dict[str, Any]:
    """The stored values, by sheet and address, of the formulas that a host with these functions cannot compute."""
    workbook = Workbook(Package.open(path))
    model = Model(workbook, SharedStrings(workbook))
    model.prepare()
    kept = (model.formulas[place] for place in sorted(_beyond_host(model, (), known)))
    return {cell.address: model.stored(cell.place) for cell in kept}


def _by_calc(
    model: Model,
    results: dict[Place, Any],
    failed: list[FormulaCell],
    unseen: Sequence[Sheet],
    recalculate: Recalculate,
    report: Report,
    resized: bool,
    otherwise: set[Place],
) -> list[FormulaCell]:
    """Values from a recalculated copy; gives the formulas that Calc does not understand, either. ``otherwise``: those that
    it computes otherwise than Excel."""
    workbook = model.workbook
    with tempfile.TemporaryDirectory(prefix="flexextra-") as folder:
        given = Path(folder) / f"workbook{Path(workbook.package.name).suffix}"
        taken = Path(folder) / "recalculated.xlsx"
        with given.open("wb") as file:
            workbook.package.write(file)
        try:
            known = recalculate(given, taken)
            copy = Workbook(Package.open(taken))
        except FlexExtraError:
            return failed
        values = Model(copy, SharedStrings(copy))
    beyond = otherwise if known is None else otherwise | _beyond_host(model, unseen, known)
    found = {cell.place: _covered(values, cell, model) for cell in failed if cell.place not in beyond}
    doubted = [cell for cell in failed if found.get(cell.place) is None or _may_spill_anew(cell, model, resized)]
    left = {cell.place for cell in _reached(model, doubted)}  # what depends on one that is not believed is not, either
    for place, computed in found.items():
        if computed is not None and place not in left:
            results.update(computed)
            report.by_calc += 1
    return [cell for cell in failed if cell.place in left]


def _may_spill_anew(cell: FormulaCell, model: Model, resized: bool) -> bool:
    """Whether Excel would give a result other cells than the stored ones, which are all that Calc fills."""
    if not cell.spills or cell.tree is None:
        return cell.spills
    one = (cell.covers.top, cell.covers.left) == (cell.covers.bottom, cell.covers.right)
    if one and gives_one_cell(cell.tree, cell, model):
        return False
    return resized or not keeps_its_size(cell.tree, cell, model)


def _covered(values: Model, cell: FormulaCell, before: Model) -> dict[tuple[str, int, int], Any] | None:
    """The recalculated values of the cells that a formula fills; None where Calc did not understand it: an error of a
    kind that tells of that, in a cell that held none, is not believed. Nor does anyone fill millions of cells."""
    sheet, covers = cell.sheet.name.lower(), cell.covers
    if (covers.bottom - covers.top + 1) * (covers.right - covers.left + 1) > MOST_IN_ALL:
        return None
    found = {}
    for row in range(cell.covers.top, cell.covers.bottom + 1):
        for column in range(cell.covers.left, cell.covers.right + 1):
            try:
                value = values.value((sheet, row, column))
            except (Beyond, KeyError):
                return None
            doubtful = isinstance(value, CellError) and value in (NAME, VALUE, REF)
            if doubtful and (value == NAME or not isinstance(before.stored((sheet, row, column)), CellError)):
                return None
            found[sheet, row, column] = value
    return found


def _noise(old: Any, value: Any) -> bool:
    """Whether two numbers differ by nothing but the order in which they were summed."""
    numbers = type(old) is float and type(value) is float
    return numbers and math.isclose(old, value, rel_tol=1e-13, abs_tol=1e-16)


def _store(workbook: Workbook, model: Model, results: dict[tuple[str, int, int], Any], report: Report) -> None:
    names = {s.name.lower(): s for s in workbook.sheets}
    by_sheet: dict[str, dict[tuple[int, int], Any]] = {}
    for place, value in sorted(results.items()):
        old = model.stored(place)
        if (same_value(old, value) and not (old is None and value is not None)) or _noise(old, value):
            continue
        by_sheet.setdefault(place[0], {})[place[1:]] = value
        report.changed.append(CellChange(f"{names[place[0]].name}!{column_letters(place[2])}{place[1]}", old, value))
    for name, values in by_sheet.items():
        set_values(workbook, names[name], values)
