"""The steps of a recalculation: cells' formulas and parts of formulas, and which of them fill a range."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..ooxml.refs import Range
from .cell_by_cell import Arrays
from .formula_cells import FormulaCell, Place
from .formula_tree import Call, Node
from .seen_from_cell import View

NEITHER = object()


@dataclass(eq=False, slots=True)
class Step:
    """One thing to compute: a cell's formula, or a part of one."""

    cell: FormulaCell
    tree: Node
    by_core: bool
    view: View
    part: int | None = None  # which part; None for the cell itself
    turn: int = -1
    failed: bool = False
    noisy: bool = False  # joined, and programs may differ in the last digits of its value
    joined: bool = False  # whether its value becomes a part of a text, digit by digit
    unclear: bool = False  # it names what is no range of cells
    unproved: bool = False  # by its text, or by that of one of its parts
    sizes_differ: bool = False  # it has arrays that do not go together
    before: list[list[Step]] | None = None  # the steps that it needs, by its references
    references: list[str] = field(default_factory=list)
    asked: dict[int, int] = field(default_factory=dict)  # which answers are its own (0) and those of its parts (by id)
    choices: list[Call] = field(default_factory=list)  # calls of which it is asked which branch they take

    arrays: Arrays | None = None  # of its tree, as it was asked for last
    either: Any = NEITHER  # what it came to before a part was written as 0, which some programs take it for

    def rewritten(self, tree: Node) -> None:
        """Another tree, which may need less."""
        self.tree, self.before = tree, None


class Places:
    """Which of the steps fill a cell of a range."""

    def __init__(self, steps: dict[Place, Step]) -> None:
        self._ones: dict[str, dict[tuple[int, int], Step]] = {}  # formulas of one cell
        self._arrays: dict[str, list[Step]] = {}
        for place, step in steps.items():
            covers = step.cell.covers
            if covers.top == covers.bottom and covers.left == covers.right:
                self._ones.setdefault(place[0], {})[place[1:]] = step
            else:
                self._arrays.setdefault(place[0], []).append(step)

    def inside(self, sheet: str, bounds: Range) -> list[Step]:
        """The steps that fill a cell of a range."""
        ones = self._ones.get(sheet, {})
        size = (bounds.bottom - bounds.top + 1) * (bounds.right - bounds.left + 1)
        if size < len(ones):  # most references are to one cell
            rows, columns = range(bounds.top, bounds.bottom + 1), range(bounds.left, bounds.right + 1)
            found = [ones[place] for row in rows for column in columns if (place := (row, column)) in ones]
        else:
            found = [step for place, step in ones.items() if bounds.holds(*place)]
        return found + [step for step in self._arrays.get(sheet, ()) if step.cell.covers.meets(bounds)]
