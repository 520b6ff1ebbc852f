"""What the engine was told: which sheets and cells it has; and what it is asked next."""

from __future__ import annotations

from typing import Any

from ..ooxml.refs import MAX_ROW, Range
from .cell_by_cell import Arrays, Size
from .cell_values import Column
from .embedded_engine import Block, IronCalc, Question
from .engine_formula import Writer, asked_parts
from .formula_tree import Beyond, Call, Node, names
from .seen_from_cell import View
from .steps import Step

MOST_CELLS = 8_000_000
_APART, _SPILLED = "\0", "\0\0"  # the names of no sheets: formulas that stand in no cell, those that give arrays beside


class Told:
    """What the engine was told: which sheets and cells it has; and what it is asked next.

    ``in_place``: a formula is put where it stands, so that others find its new value there.
    """

    def __init__(self, engine: IronCalc, in_place: bool = True) -> None:
        self._engine, self._in_place = engine, in_place
        self._sheets: dict[str, int] = {}
        self._ranges: set[tuple[str, Range]] = set()
        self._count = 0
        self._answers: list[Any] = []
        self._begin()

    def _begin(self) -> None:
        self._question = Question()
        self._texts: dict[str, int] = {}
        self._next = self._below = 1

    def _sheet(self, name: str) -> int:
        if name not in self._sheets:
            self._sheets[name] = self._engine.new_sheet()
        return self._sheets[name]

    def _named(self, sheet: str) -> str:
        return f"sheet_{self._sheet(sheet)}!"

    def put(self, step: Step, arrays: Arrays) -> None:
        """A step's formula and its parts, with the cells that they need."""
        writer = Writer(arrays, self._named)
        text = writer.text(step.tree)
        parts = [(node, writer.text(node)) for node in asked_parts(step.tree, arrays)]
        for reference in step.references:
            self._tell(reference, step.view)
        place = (self._sheet(step.cell.place[0]), step.cell.row, step.cell.column)
        step.asked = {0: self._ask_for(text, place if step.part is None and self._in_place else None)}
        step.asked.update((id(node), self._ask_for(part, size=arrays.size(node))) for node, part in parts)

    def put_choice(self, step: Step, node: Call, arrays: Arrays) -> None:
        """The condition by which a call of a step's formula takes one of its branches."""
        writer, condition = Writer(arrays, self._named), node.arguments[0]
        parts = [(part, writer.text(part)) for part in asked_parts(condition, arrays, False)]
        for reference in names(condition).references:
            self._tell(reference, step.view)
        step.asked.update((id(part), self._ask_for(text, size=arrays.size(part))) for part, text in parts)

    def _ask_for(self, text: str, place: tuple[int, int, int] | None = None, size: Size | None = None) -> int:
        """Which answer is that of a text; one without a place of its own is asked for once. ``size``: of an array."""
        if place is None and text in self._texts:
            return self._texts[text]
        at = len(self._question.formulas)
        if size is not None:
            place = self._sheet(_SPILLED), self._below, 1
            if self._below + size[0] > MAX_ROW:
                raise Beyond("more arrays than a sheet has rows")
            self._below += size[0]
            self._question.sizes[at] = size
            self._texts[text] = at
        elif place is None:
            self._texts[text] = at
            self._next += 1
        self._question.formulas.append((*(place or (self._sheet(_APART), self._next, 1)), text))
        return at

    def _tell(self, reference: str, view: View) -> None:
        sheet, bounds = view.range_of(reference)
        if (sheet, bounds) in self._ranges:
            return
        values = view.values(reference)
        numbers = values.numbers if isinstance(values, Column) else None
        rows = values.rows if isinstance(values, Column) and numbers is None else values
        width = 1 if numbers is not None or isinstance(rows, Column) else len(rows[0])
        self._count += len(rows) * width
        if self._count > MOST_CELLS:
            raise Beyond("more cells than the engine is told")
        cells = [value for row in rows for value in row] if numbers is None else numbers
        self._question.cells.append(Block(self._sheet(sheet), bounds.top, bounds.left, width, cells))
        self._ranges.add((sheet, bounds))

    def ask(self) -> None:
        """Ask what was put; where nothing is asked, what was told waits for the next question."""
        question, self._answers = self._question, []
        if question.formulas:
            self._begin()
            self._answers = self._engine.answers(question)

    def answer(self, step: Step) -> Any:
        """The value of a step's formula."""
        return self._answers[step.asked[0]]

    def part(self, step: Step, node: Node) -> Any:
        """The value of a part of a step's formula; of an array its cells, row by row."""
        return self._answers[step.asked[id(node)]]
