"""A review workbook against one freshly built from its own inputs: what no formula within it can see."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...errors import BadInput, Refused, counted
from ...files import child, door, in_child
from ...hosts.native import names
from ...ooxml.package import Package
from ...ooxml.workbook import Workbook
from ...review.fingerprints import canonical
from ..layout import APPROVED, CHANGED, CONTROLS, DATA, FINDINGS, PROBE, REVIEW
from .figures import TOP
from .inspect import formula_of
from .workings_sheet import CHECKED, NOTE

MOST = 20
SAVED = 1e-14  # relative: some programs save 15 or 16 digits of a number
BY_EVIDENCE = frozenset({DATA, CHANGED})
OTHER_BEFORE = (
    "{} was built with another update before it, as its sheet What changed shows; "
    "give --check that update as --previous, as it was given to the build."
)


def differences(path: Path | str, fresh: Path | str) -> list[str]:
    """Cells of a review that are not as built, found in a child process that can be stopped: another one wrote the review.

    See :func:`found` for what counts.
    """
    size = Path(path).stat().st_size + door.HONEST  # two books are laid out
    apart = child.Child("xl_flexextra.workbook.review.check", Path(path).name, size)
    try:
        return [str(sentence) for sentence in apart.ask(str(path), str(fresh), door.large_allowed())]
    except child.Failed as error:
        raise Refused(f"{Path(path).name} cannot be read as a workbook: {error}.") from None
    finally:
        apart.close()


def found(path: Path | str, fresh: Path | str, allowed: bool = False) -> list[str]:
    """Cells of a review that are not as built, a sentence each: formulas replaced or overwritten, typed values changed.

    What a reviewer fills in (notes, choices on Probe, facts and signatures) does not count, nor do cached values but
    errors, nor the pages Data and What changed, which rest on evidence that the workbook does not carry, nor what a search
    found.
    """
    import openpyxl

    door.allow_large(allowed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        there, built = openpyxl.load_workbook(path), openpyxl.load_workbook(fresh)
    sentences = [
        f"sheet {name!r} is not part of a review" for name in there.sheetnames if name not in (*built.sheetnames, FINDINGS)
    ]
    sentences += [f"sheet {name!r} is missing" for name in built.sheetnames if name not in there.sheetnames]
    if not sentences and _laid_out(there[CONTROLS]) != _laid_out(built[CONTROLS]):
        raise BadInput(OTHER_BEFORE.format(Path(path).name))
    first = sorted(built.sheetnames, key=lambda name: name != APPROVED)  # changed inputs: most else follows from them
    for name in (n for n in first if n in there.sheetnames and n not in BY_EVIDENCE):
        open_rows = _filled_in_rows(built[name]) if name == CONTROLS else range(0)
        for address in _cells(there[name], built[name]):
            mine, theirs = there[name][address], built[name][address]
            if _filled_in(name, theirs.row, theirs.column, open_rows):
                continue
            a, b = (formula_of(cell) or canonical(_plain(cell)) for cell in (mine, theirs))
            if a.replace(" ", "") != b.replace(" ", "") and not _same_number(mine.value, theirs.value):
                said = f"{_short(a)} was approved, the input itself is {_short(b)}" if name == APPROVED else ""
                sentences.append(f"{name}!{address}: {said or f'{_short(a)} stands where {_short(b)} was built'}")
    return sentences + _other_definitions(path, fresh) + _new_errors(path, fresh)


def _laid_out(controls: Any) -> list[str]:
    """Where the pages that rest on evidence had their formulas when the review was built, as its controls have it."""
    texts = (str(cell.value) for cell in controls["B"] if cell.value is not None)
    return [text for text in texts if text.replace("'", "").startswith(tuple(f"{name}!" for name in BY_EVIDENCE))]


def _other_definitions(path: Path | str, fresh: Path | str) -> list[str]:
    """A sentence for each native function of the workbook that is defined otherwise than in the fresh one."""
    there, built = (_definitions(Path(one)) for one in (path, fresh))
    return [f"the name {name} is not defined as it was built" for name in built if there.get(name) != built[name]]


def _definitions(path: Path) -> dict[str, str]:
    book = Workbook(Package.open(path))
    carried = names.carried(book)
    return {one.name: re.sub(r"\s", "", one.text.lstrip("=")) for one in book.names if one.name in carried}


def _new_errors(path: Path | str, fresh: Path | str) -> list[str]:
    """A sentence a sheet whose cells show errors that the fresh one does not: its figures were not computed."""
    shown, built = _errors(path), _errors(fresh)
    sentences = []
    for sheet, cells in shown.items():
        new = sorted(cells - built.get(sheet, set()))
        if new:
            count = counted(len(new), "cell shows an error", "cells show errors")
            sentences.append(f"{sheet}: {count} that the review as built does not, the first {new[0]}")
    return sentences


def _errors(path: Path | str) -> dict[str, set[str]]:
    """The cells of each sheet whose stored value is an error, as an error or (in the first cell of an array) as text."""
    book = Workbook(Package.open(Path(path)))
    found = {}
    for sheet in book.sheets:
        cells = re.split(rb"<(?:\w+:)?c\s", book.package.read(sheet.part))
        places = (_PLACE.match(cell) for cell in cells if _ERROR.search(cell))
        found[sheet.name] = {place[1].decode() for place in places if place}
    return found


_PLACE = re.compile(rb"[^>]*?\br=[\"']([A-Z]+\d+)")
_ERROR = re.compile(rb"v>#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|SPILL!|CALC!)<")


def _cells(one: Any, other: Any) -> Iterator[str]:
    rows, columns = max(one.max_row, other.max_row), max(one.max_column, other.max_column)
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            yield other.cell(row, column).coordinate


def _same_number(one: Any, other: Any) -> bool:
    """Whether two cells hold the same number as far as the programs that save workbooks keep digits."""
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other))
    return numbers and math.isclose(one, other, rel_tol=SAVED)


def _plain(cell: Any) -> Any:
    return None if cell.value is None else cell.value


def _filled_in(sheet: str, row: int, column: int, rows: range) -> bool:
    """Whether a cell (counted from 1) is for people to fill in."""
    if sheet == REVIEW:
        return row > TOP and column in (NOTE + 1, CHECKED + 1)
    if sheet == PROBE:
        return column == 3 and 5 <= row <= 9
    return row in rows


def _filled_in_rows(sheet: Any) -> range:
    """The rows of facts and signatures on Controls: down to the package's mark."""
    last = next((r for r in range(1, sheet.max_row + 1) if sheet.cell(r, 1).value == "mark of this package"), 1)
    return range(4, last)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...") if text else "nothing"


def _prepare() -> None:
    import openpyxl  # noqa: F401


if __name__ == "__main__":
    in_child.serve(_prepare, found)
