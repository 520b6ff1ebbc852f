"""A workbook recalculated hard by LibreOffice, each formula cell beside its cached value."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...arguments import to_serial
from ...errors import Refused
from . import session

RELATIVE, ABSOLUTE = 1e-12, 1e-15


@dataclass(frozen=True, slots=True)
class Cell:
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

    cells: tuple[Cell, ...]
    seconds: float

    @property
    def differences(self) -> list[Cell]:
        """Cells whose cached value is not what LibreOffice computes."""
        return [cell for cell in self.cells if not cell.agrees]

    @property
    def errors(self) -> list[Cell]:
        """Cells that hold an error."""
        return [cell for cell in self.cells if cell.is_error]

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


def recalculate(
    path: Path | str,
    save: Path | str | None = None,
    overrides: Mapping[str, Any] | None = None,
    timeout: float = 180,
    extra_path: str = "",
) -> Recalculation:
    """Load, recalculate everything, read every formula cell.

    ``save`` also stores the recalculated workbook as .xlsx. ``overrides`` sets cells first: ``{"Flexible terms!B13": 30}``.
    """
    path = Path(path).resolve()
    job: dict[str, Any] = {"path": str(path), "recalculate": True, "read": True, "overrides": dict(overrides or {})}
    if save is not None:
        job["save"] = str(Path(save).resolve())
    answer = session.run([job], timeout, extra_path=extra_path)[0]
    stored = cached_values(path)
    cells = tuple(
        Cell(sheet, address, formula, stored.get((sheet, address)), value, error)
        for sheet, address, formula, value, error in answer["cells"]
    )
    return Recalculation(cells, float(answer["seconds"]))


def cached_values(path: Path) -> dict[tuple[str, str], Any]:
    """The values that a workbook's file holds, by sheet and address, read independently of LibreOffice."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, data_only=True)
    except Exception as error:
        raise Refused(f"{path.name} cannot be read as a workbook: {error}.") from None
    values = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    value = cell.value
                    if isinstance(value, datetime.datetime | datetime.date):
                        value = float(to_serial(value))
                    values[sheet.title, cell.coordinate] = value
    book.close()
    return values


def to_pdf(
    path: Path | str, out: Path | str, sheets: list[str] | None = None, recalculate: bool = True, timeout: float = 180
) -> None:
    """The print-ready PDF of a workbook, or of some of its sheets, recalculated with the add-in."""
    target = Path(out).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    job = {"path": str(Path(path).resolve()), "pdf": str(target), "sheets": sheets, "recalculate": recalculate}
    session.run([job], timeout)
    if not target.exists():
        raise Refused(f"LibreOffice wrote no PDF to {target}; is the folder writable?")
