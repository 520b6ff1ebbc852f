"""A workbook recalculated hard by LibreOffice, each formula cell beside its cached value."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...catalogue import functions
from ...errors import Refused
from ...files import targets
from . import session
from .addin import SERVICE, method_name

RELATIVE, ABSOLUTE = 1e-12, 1e-15
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML", ".ods": "calc8"}
BROKEN = frozenset({"#NAME?", "#REF!"})  # a formula that cannot be right, whatever its inputs


@dataclass(frozen=True, slots=True)
class RecalculatedCell:
    """One formula cell: cached as the file has it, recalculated as LibreOffice has it; errors as their text."""

    sheet: str
    address: str
    formula: str
    cached: Any
    recalculated: Any
    is_error: bool

    @property
    def agrees(self) -> bool:
        """Whether both values are the same to the last digits that matter."""
        return same(self.cached, self.recalculated)


@dataclass(frozen=True, slots=True)
class Recalculation:
    """Every formula cell of a workbook after a hard recalculation."""

    cells: tuple[RecalculatedCell, ...]
    seconds: float
    functions: frozenset[str] = frozenset()  # what LibreOffice knows, as workbooks of Excel name it

    @property
    def differences(self) -> list[RecalculatedCell]:
        """Cells whose cached value is not what LibreOffice computes."""
        return [cell for cell in self.cells if not cell.agrees]

    @property
    def errors(self) -> list[RecalculatedCell]:
        """Cells that hold an error."""
        return [cell for cell in self.cells if cell.is_error]

    @property
    def faults(self) -> list[RecalculatedCell]:
        """Cells that differ, and cells whose formula is broken even where the file says so too.

        Other errors that the file holds as well are results, such as #N/A where a fund has no history.
        """
        return [cell for cell in self.cells if not cell.agrees or (cell.is_error and cell.recalculated in BROKEN)]

    def value(self, sheet: str, address: str) -> Any:
        """The recalculated value of one cell."""
        return next(cell.recalculated for cell in self.cells if (cell.sheet, cell.address) == (sheet, address))


def same(cached: Any, value: Any) -> bool:
    """Equal text, or numbers within 1e-12 relative."""
    if isinstance(cached, bool):
        cached = float(cached)
    if isinstance(cached, int | float) and isinstance(value, int | float):
        return math.isclose(cached, value, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return (cached if cached is not None else "") == (value if value is not None else "")


def _whole(path: Path | str) -> Path:
    """The whole path of a file behind its links; links that lead in a circle are left for the door to refuse."""
    return Path(os.path.realpath(path))


def recalculate(
    path: Path | str,
    save: Path | str | None = None,
    overrides: Mapping[str, Any] | None = None,
    timeout: float = 180,
    extra_path: str = "",
) -> Recalculation:
    """Load, recalculate everything, read every formula cell.

    ``save`` also stores the recalculated workbook, as .xlsx, .xlsm or .ods, as LibreOffice writes it: never over the
    workbook itself. ``overrides`` sets cells first: ``{"Flexible terms!B13": 30}``;
    None makes a cell blank, text that starts with ``=`` is a formula.
    """
    path = _whole(path)
    job: dict[str, Any] = {
        "path": str(path),
        "recalculate": True,
        "read": True,
        "functions": True,
        "overrides": dict(overrides or {}),
    }
    if save is not None:
        target = _whole(save)
        targets.refuse(target, True, FILTERS, path)
        job |= {"save": str(target), "filter": FILTERS[target.suffix.lower()]}
    answer = session.run([job], timeout, extra_path=extra_path)[0]
    stored = file_cells(path)
    cells = []
    for sheet, address, formula, value, error in answer["cells"]:
        cached, text = stored.get((sheet, address), (None, ""))
        cells.append(
            RecalculatedCell(sheet, address, f"={text}" if text else _with_our_names(formula), cached, value, error)
        )
    return Recalculation(tuple(cells), float(answer["seconds"]), frozenset(answer["functions"]))


def _with_our_names(formula: str) -> str:
    """A formula as LibreOffice's interface has it, with the names of our functions as people type them."""
    names = {method_name(function).upper(): function.name for function in functions()}
    return re.sub(rf"{SERVICE.upper()}\.([A-Z0-9]+)(?=\()", lambda found: names.get(found[1], found[0]), formula)


def file_cells(path: Path) -> dict[tuple[str, str], tuple[Any, str]]:
    """Value and formula that a workbook's file holds, by sheet and address, read independently of LibreOffice.

    Numbers as stored (dates are serials), text, bool, cell errors, None where there is no value; the formula is empty
    for constants, and behind the first cell of an array or of a shared formula.
    """
    from ...ooxml.package import Package
    from ...ooxml.refs import column_letters
    from ...ooxml.sheet import SheetPart, parse_rows
    from ...ooxml.strings import SharedStrings
    from ...ooxml.workbook import Workbook

    book = Workbook(Package.open(path))
    strings = SharedStrings(book)
    found = {}
    for sheet in book.sheets:
        part = SheetPart(book.package.read(sheet.part), sheet.part)
        for row in parse_rows(part.data[part.rows_start : part.rows_end], part.marks, sheet.part):
            for cell in row.cells:
                if cell.inside:
                    formula = cell.formula(part.marks)
                    value = cell.value(part.marks, strings, sheet.part)
                    place = sheet.name, f"{column_letters(cell.column)}{row.number}"
                    found[place] = value, formula.text if formula else ""
    return found


@dataclass(frozen=True, slots=True)
class Printed:
    """What a PDF holds: its sheets, and the cells on them that show an error (sheet, address, error)."""

    sheets: tuple[str, ...]
    errors: tuple[tuple[str, str, str], ...]
    functions: frozenset[str]  # what LibreOffice knows, as workbooks of Excel name it


def to_pdf(
    path: Path | str,
    out: Path | str,
    sheets: list[str] | None = None,
    timeout: float = 180,
    page: str = "",
    overrides: Mapping[str, Any] | None = None,
) -> Printed:
    """The print-ready PDF of a workbook, or of some of its sheets, recalculated with the add-in.

    Without ``sheets`` it is the sheet ``page`` where there is one, else every sheet that shows; never a hidden one.
    ``overrides`` sets cells first, as for :func:`recalculate`.
    """
    target = _whole(out)
    targets.refuse(target, True, source=Path(path))
    job: dict[str, Any] = {"path": str(_whole(path)), "pdf": str(target), "sheets": sheets, "page": page}
    job |= {"recalculate": True, "functions": True, "overrides": dict(overrides or {})}
    answer = session.run([job], timeout)[0]
    if not target.exists():
        raise Refused(f"LibreOffice wrote no PDF to {target}; is the folder writable?")
    errors = tuple((sheet, cell, error) for sheet, cell, error in answer["errors"])
    return Printed(tuple(answer["printed"]), errors, frozenset(answer["functions"]))
