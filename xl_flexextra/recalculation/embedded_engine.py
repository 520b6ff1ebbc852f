"""IronCalc, the engine that comes with the package, in a child process: it prints to stdout and reads what strangers wrote.

It is given cells and formulas, never a file: only what the formulas need. The child has limits of memory and time; one
that dies, says nonsense or takes too long answers nothing more, and what it was asked for is left to others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np

from ..errors import CellError, FlexExtraError
from ..files import door
from ..files.child import Child, Failed

CHILD = "xl_flexextra.recalculation.ironcalc_child"
SECONDS = 60.0
"""How long the child may take for one answer."""

WORK = 30
"""Seconds of processor time for all answers, at least; a large workbook gets more."""


class NoAnswer(Exception):
    """The engine is not there, or did not answer."""


@dataclass
class Block:
    """Cells to put in: row by row from the first one."""

    sheet: int
    top: int
    left: int
    width: int
    values: Sequence[Any] | np.ndarray  # an array of numbers: NaN is a blank cell


@dataclass
class Question:
    """What the engine is told and asked: new sheets, cells, and formulas (sheet, row, column, text without ``=``).

    ``sizes``: rows and columns of the formulas, by their place in the list, that give arrays.
    ``names``: in a first question, the path of a workbook of our own making, of which the defined names are known.
    """

    sheets: list[str] = field(default_factory=list)
    cells: list[Block] = field(default_factory=list)
    formulas: list[tuple[int, int, int, str]] = field(default_factory=list)
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)
    names: str = ""


class IronCalc:
    """One child process, started when it is first asked; close it afterwards. ``size``: bytes of the workbook."""

    name = "IronCalc"

    def __init__(self, size: int = 0, seconds: float = SECONDS) -> None:
        self._size, self._seconds = size, seconds
        self._child: Child | None = None
        self._gone = find_spec("ironcalc") is None
        self._sheets = 0
        self._new: list[str] = []  # sheets that the child is told of with the next question, whoever asks it

    def __enter__(self) -> IronCalc:
        return self

    def __exit__(self, *_ended: object) -> None:
        self._end()

    def begin(self) -> None:
        """Start it, while what it will be asked is still being found out; where that fails it answers nothing."""
        if not self._gone:
            try:
                self._asked()
            except (FlexExtraError, OSError):
                self._gone = True

    def new_sheet(self) -> int:
        """The number of a new sheet, which is named ``sheet_`` and that number."""
        self._sheets += 1
        self._new.append(f"sheet_{self._sheets}")
        return self._sheets

    def answers(self, question: Question) -> list[Any]:
        """The values of the formulas: numbers, texts, truth values, errors, None; of an array a list of them, row by row.

        Raises:
            NoAnswer: the engine is not installed, or its process failed; it is not asked again.
        """
        if self._gone:
            raise NoAnswer
        try:
            sheets, self._new = [*question.sheets, *self._new], []
            asked = [(*one, question.sizes.get(at)) for at, one in enumerate(question.formulas)]
            found = self._asked().ask(sheets, list(map(_told, question.cells)), asked, question.names)
            if not isinstance(found, list) or len(found) != len(asked):
                raise ValueError("another number of answers")
            return [_believed(value, size) for value, (*_one, size) in zip(found, asked, strict=True)]
        except (FlexExtraError, Failed, OSError, ValueError, TypeError, LookupError):
            self._gone = True
            self._end()
            raise NoAnswer from None

    def _asked(self) -> Child:
        if self._child is None:
            self._child = Child(CHILD, self.name, self._size, max(WORK, door.seconds(self._size)), self._seconds)
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.let_go()


def _told(block: Block) -> tuple[int, int, int, int, Any, bool]:
    """A block for the child: numbers packed, and whether some are blank; errors marked."""
    values: Any = block.values
    blanks = isinstance(values, np.ndarray) and bool(np.isnan(values).any())
    if isinstance(values, np.ndarray):
        values = values.astype("<f8").tobytes()
    else:
        values = [{"error": str(value)} if isinstance(value, CellError) else value for value in values]
        if not all(math.isfinite(value) for value in values if isinstance(value, float)):
            raise ValueError("a number that no cell holds")
    return block.sheet, block.top, block.left, block.width, values, blanks


def _believed(value: Any, size: tuple[int, int] | None = None) -> Any:
    """A value of the answer, checked: it comes from a process that read what strangers wrote."""
    if size is not None:
        if not isinstance(value, list) or len(value) != size[0] * size[1]:
            raise ValueError("an array of another size")
        return list(map(_believed, value))
    if isinstance(value, dict):
        return CellError(str(value["error"]))
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if value is None or isinstance(value, bool | float | str):
        return value
    raise ValueError("no value")
