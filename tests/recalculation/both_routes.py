"""Workbooks refreshed by both routes, without LibreOffice and with it, each cell beside a hard recalculation of LibreOffice.

    make engines                          200 random workbooks, ours, and those of XL_FLEXEXTRA_WORKBOOKS
    PYTHONPATH=tests python -m recalculation.both_routes [--random 200] [--found FILE.json] [WORKBOOK …]

No cell may be wrong: it is what LibreOffice computes, or it is listed and keeps its value. All of LibreOffice's work is
done in a few sessions, so that two hundred workbooks take a minute or two.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xl_flexextra.errors import FlexExtraError
from xl_flexextra.hosts.calc import session
from xl_flexextra.hosts.calc.recalculation import FILTERS, file_cells, same
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.refs import column_letters
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.tables.body import Body, find_area
from xl_flexextra.ooxml.tables.rewrite import rewrite
from xl_flexextra.ooxml.workbook import Area, Workbook
from xl_flexextra.recalculation import dependents
from xl_flexextra.recalculation.workbook_model import Model

from .random_books import RandomBook

ROOT = Path(__file__).parents[2]
VOLATILE = re.compile(r"\b(RAND|RANDBETWEEN|NOW|TODAY)\(", re.IGNORECASE)
TOGETHER = 50  # small workbooks in one session of LibreOffice, whose memory is bounded
Columns = Callable[[Body], "list[Any] | None"]
Cell = tuple[str, str]


@dataclass
class Case:
    """A workbook to refresh, and the new values of its tables."""

    path: Path
    columns: Columns
    rewritten: Path = Path()
    judged: dict[Cell, Any] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    recalculated: Path = Path()


@dataclass
class Found:
    """What a route made of a workbook: how each of its formula cells ended."""

    name: str
    route: str
    right: int = 0
    not_judged: int = 0  # LibreOffice does not know their formula
    listed: list[str] = field(default_factory=list)
    without_value: list[str] = field(default_factory=list)  # nothing was stored for them, and no table they need was written
    wrong: list[tuple[str, str, Any, Any]] = field(default_factory=list)  # address, formula, ours, theirs


def other_numbers(body: Body) -> list[Any] | None:
    """Every number of a table a quarter more; texts, dates and what is blank as they are."""
    if not body.count:
        return None
    places = range(len(body.area.columns))
    return [None if body.calculated(place) else list(map(_more, body.values(place))) for place in places]


def _more(value: Any) -> Any:
    plain = isinstance(value, int | float) and not isinstance(value, bool) and not 30000 < value < 50000
    return round(value * 1.25 + 0.01, 6) if plain else value


def written(case: Case) -> tuple[Workbook, list[tuple[Area, Any]], list[Area]]:
    """The workbook with new values in its tables, nothing else computed; and where its tables lay."""
    workbook = Workbook(Package.open(case.path))
    touched: list[tuple[Area, Any]] = []
    before: list[Area] = []
    for name in [table.name for table in workbook.tables]:
        try:
            strings = SharedStrings(workbook)
            body = Body(workbook, strings, find_area(workbook, strings, name))
            columns = case.columns(body)
            if columns is None:
                continue
            result = rewrite(body, columns)
        except FlexExtraError:
            continue  # a table that a refresh refuses
        if result.changed:
            touched.append((result.area, columns))
            before.append(body.area)
            workbook = Workbook(workbook.package)
    return workbook, touched, before


def judge(cases: list[Case], folder: Path, together: int) -> None:
    """What LibreOffice makes of each workbook with its new values."""
    for number, case in enumerate(cases):
        case.rewritten = folder / f"{number}_{case.path.name}"
        with case.rewritten.open("wb") as file:
            written(case)[0].package.write(file)
        case.recalculated = folder / f"{number}_recalculated.xlsx"
    for first in range(0, len(cases), together):
        some = cases[first : first + together]
        for case, answer in zip(some, recalculated([(case.rewritten, case.recalculated) for case in some]), strict=True):
            case.judged = {(sheet, address): value for sheet, address, _formula, value, _error in answer["cells"]}
            case.functions = frozenset(answer["functions"])


def recalculated(paths: list[tuple[Path, Path]]) -> list[dict[str, Any]]:
    """Workbooks recalculated in one LibreOffice, each with a copy of what came of it."""
    asked = {"recalculate": True, "read": True, "functions": True, "overrides": {}, "filter": FILTERS[".xlsx"]}
    return session.run([{"path": str(path), "save": str(copy), **asked} for path, copy in paths], 900)


def refreshed(case: Case, with_calc: bool) -> Found:
    """One route of one workbook."""
    workbook, touched, areas = written(case)
    found = Found(case.path.name, "LibreOffice" if with_calc else "IronCalc")
    if not touched:
        return found

    def recalculate(_given: Path, taken: Path) -> frozenset[str]:
        shutil.copy(case.recalculated, taken)
        return case.functions

    was = dependents.Before(Workbook(workbook.package.as_it_was()), areas)
    report = dependents.update(workbook, touched, was, recalculate if with_calc else None)
    found.listed = report.stale
    result = case.rewritten.with_suffix(".done.xlsx")
    with result.open("wb") as file:
        workbook.package.write(file)
    before, after = file_cells(case.rewritten), file_cells(result)
    beyond = dependents.kept_values(case.rewritten, case.functions)
    filled = _filled(workbook)
    listed = set(report.stale)
    for place, theirs in case.judged.items():
        if place not in filled:  # of a pivot table, which is a formula for LibreOffice
            continue
        address, formula = "!".join(place), after.get(place, (None, ""))[1]
        ours = after.get(place, (None, ""))[0]
        kept = same(before.get(place, (None, ""))[0], ours)
        if address in listed:
            if not kept:
                found.wrong.append((address, formula, ours, "listed, but another value"))
        elif ours is None and theirs not in (None, "") and kept:
            found.without_value.append(address)
        elif str(theirs).startswith(("Err:", "#NAME?")) and not same(ours, theirs):
            found.not_judged += 1
        elif same(ours, theirs) or (kept and (address in beyond or VOLATILE.search(formula))):
            found.right += 1
        else:
            found.wrong.append((address, formula, ours, theirs))
    return found


def _filled(workbook: Workbook) -> set[Cell]:
    """The cells that formulas of a workbook fill."""
    cells = set()
    for cell in Model(workbook, SharedStrings(workbook)).formulas.values():
        covers = cell.covers
        for row in range(covers.top, covers.bottom + 1):
            for column in range(covers.left, covers.right + 1):
                cells.add((cell.sheet.name, f"{column_letters(column)}{row}"))
    return cells


def random_cases(numbers: Iterable[int], folder: Path) -> list[Case]:
    """Random workbooks with true values: those of LibreOffice, where the functions that it lacks give a number."""
    books = [RandomBook(number) for number in numbers]
    first = [book.write(folder / f"first_{book.number}.xlsx", frozen=True) for book in books]
    cases = []
    for at in range(0, len(books), TOGETHER):
        copies = [(path, path.with_suffix(".copy.xlsx")) for path in first[at : at + TOGETHER]]
        for book, _, answer in zip(books[at : at + TOGETHER], copies, recalculated(copies), strict=True):
            known = {(sheet, address): value for sheet, address, _f, value, _e in answer["cells"]}
            cases.append(Case(book.write(folder / f"random_{book.number}.xlsx", known), _columns_of(book)))
    return cases


def _columns_of(book: RandomBook) -> Columns:
    tables = {table.name: table for table in book.tables}
    return lambda body: book.new_columns(tables[body.area.name])


def others(paths: Iterable[Path]) -> Iterator[Case]:
    """Workbooks that are there: ours, and strangers'."""
    for path in sorted(paths):
        if path.suffix in (".xlsx", ".xlsm"):
            try:
                Workbook(Package.open(path))
            except FlexExtraError as error:
                print(f"{path.name}: refused: {error}")
            else:
                yield Case(path, other_numbers)


def compared(cases: list[Case], folder: Path, together: int = TOGETHER) -> list[Found]:
    """Both routes of all workbooks."""
    judge(cases, folder, together)
    return [refreshed(case, with_calc) for case in cases for with_calc in (False, True)]


def main() -> int:
    """Print what each route answered, left and had wrong; 1 where a cell is wrong."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--random", type=int, default=200)
    asked.add_argument("--found", type=Path, help="a JSON file for what each cell came to")
    asked.add_argument("workbooks", nargs="*", type=Path)
    options = asked.parse_args()
    theirs = os.environ.get("XL_FLEXEXTRA_WORKBOOKS")
    paths = options.workbooks or [*(ROOT / "workbooks").iterdir(), *(Path(theirs).iterdir() if theirs else ())]
    with tempfile.TemporaryDirectory(prefix="flexextra-routes-") as place:
        drawn, there = Path(place) / "drawn", Path(place) / "there"
        drawn.mkdir()
        there.mkdir()
        every = compared(random_cases(range(options.random), drawn), drawn) + compared(list(others(paths)), there, 1)
    for route in ("IronCalc", "LibreOffice"):
        found = [one for one in every if one.route == route]
        right, listed = sum(o.right for o in found), sum(len(o.listed) for o in found)
        wrong = sum(len(one.wrong) for one in found)
        print(f"{route}: {len(found)} workbooks, {right:,} cells right, {listed:,} listed, {wrong} wrong")
    for one in every:
        for case in one.wrong:
            print("WRONG", one.route, one.name, *case)
    if options.found:
        options.found.write_text(json.dumps([vars(one) for one in every], default=str))
    return int(any(one.wrong for one in every))


if __name__ == "__main__":
    sys.exit(main())
