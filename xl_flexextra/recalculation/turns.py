"""Core and engine take turns: the graph of references says what is computed after what, and by whom.

Our functions are the core's, native formulas the engine's. A formula of both is taken apart: each call of ours, and what it
is given beyond references and literals, is a part of its own. A step that fails fails all that depend on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..cells import date_system
from ..errors import FlexExtraError
from ..ooxml.refs import Range
from . import own_calls
from .belief import Belief, Replace
from .cell_values import Column, single
from .embedded_engine import Block, IronCalc, NoAnswer, Question
from .engine_formula import Writer, asked_parts, refuse_unproved
from .formula_tree import Beyond, Call, Literal, Node, Operation, Reference, names
from .seen_from_cell import Parts, View, part_of, reference_to
from .workbook_model import FormulaCell, Model, Place

ROUNDS = 40  # how often a turn is asked again with parts written as values
MOST_CELLS = 8_000_000  # told to the engine
_APART = "\0"  # the name of no sheet: formulas that stand in no cell


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
    unproved: bool = False  # by its text, or by that of one of its parts
    before: list[list[Step]] | None = None  # the steps that it needs, by its references
    references: list[str] = field(default_factory=list)
    asked: dict[int, int] = field(default_factory=dict)  # which answers are its own (0) and those of its parts (by id)


class Turns:
    """Computes formulas of a workbook; the model has their new values afterwards.

    ``doubted``: cells that the engine is not asked for. ``from_stored``: each formula is computed from the values that the
    file holds, whatever others come to, and the model stays as it is.
    """

    def __init__(
        self,
        model: Model,
        cells: Iterable[FormulaCell],
        engine: IronCalc,
        doubted: Collection[Place] = (),
        from_stored: bool = False,
    ) -> None:
        self.model = model
        self.results: dict[Place, Any] = {}
        self._engine = engine
        self._doubted, self._from_stored = doubted, from_stored
        self._parts = Parts()
        self._of_part: dict[int, Step] = {}
        self._of_cell: dict[Place, Step] = {}
        self._told = _Told(model, engine)
        self._inside: dict[tuple[str, Range], list[Step]] = {}
        for cell in cells:
            self._of_cell[cell.place] = self._begun(cell)
        model.pending = set() if from_stored else set(self._of_cell)
        self._places = _Places({} if from_stored else self._of_cell)

    def run(self) -> None:
        """All of them, turn by turn."""
        order = self._ordered()
        turns: dict[int, list[Step]] = {}
        for step in order:
            turns.setdefault(step.turn, []).append(step)
        for _, steps in sorted(turns.items()):
            if steps[0].by_core:
                for step in steps:
                    self._by_core(step)
            else:
                self._by_engine(steps)

    def failed(self, cell: FormulaCell) -> bool:
        """Whether a cell has no new value."""
        return self._of_cell[cell.place].failed

    def unproved(self, cell: FormulaCell) -> bool:
        """Whether a cell's own formula, or a part of it, is in a form that the engine is not asked for."""
        return self._of_cell[cell.place].unproved

    # steps

    def _begun(self, cell: FormulaCell) -> Step:
        view = View(self.model, self._parts, cell)
        if cell.tree is None or self.model.workbook.as_displayed or cell.place in self._doubted:
            return Step(cell, Literal(None), False, view, failed=True)
        own = own_calls.is_own(cell.tree)

        def as_part(tree: Node, by_core: bool) -> Reference:
            number = self._parts.reserve()
            self._of_part[number] = Step(cell, tree, by_core, view, number)
            return reference_to(number)

        tree = own_calls.own_tree(cell.tree, as_part) if own else own_calls.native_tree(cell.tree, as_part)
        return Step(cell, tree, own, view)

    def _before(self, step: Step) -> list[list[Step]]:
        """The steps that a step needs, by its references; none where it fails."""
        if step.before is None:
            try:
                step.references = list(dict.fromkeys(names(step.tree).references))
                step.before = [] if step.failed else self._found_before(step)
            except Beyond:
                step.before, step.failed = [], True
        return step.before

    def _found_before(self, step: Step) -> list[list[Step]]:
        found = []
        for text in step.references:
            part = part_of(text)
            for key in self.model.resolve(text, step.cell) if part is None else ():
                if key not in self._inside:
                    self._inside[key] = self._places.inside(*key)
                found.append(self._inside[key])
            if part is not None:
                found.append([self._of_part[part]])
        return [line for line in found if line]

    def _ordered(self) -> list[Step]:
        """Every step behind those that it needs, each with its turn; a circle fails."""
        order: list[Step] = []
        opened: set[Step] = set()
        done: set[Step] = set()
        for first in sorted(self._of_cell.values(), key=lambda s: (s.cell.sheet.index, s.cell.row, s.cell.column)):
            waiting = [(first, False)]
            while waiting:
                step, is_ready = waiting.pop()
                if step in done:
                    continue
                if is_ready:
                    self._take_turn(step, done)
                    done.add(step)
                    order.append(step)
                    continue
                opened.add(step)
                waiting.append((step, True))
                waiting += [(one, False) for line in self._before(step) for one in line if one not in opened]
        return order

    def _take_turn(self, step: Step, done: set[Step]) -> None:
        turn = 1 if step.by_core else 0
        for line in self._before(step):
            for one in line:
                if one not in done:  # a circle
                    step.failed = True
                elif one.by_core == step.by_core:
                    turn = max(turn, one.turn)
                else:
                    turn = max(turn, one.turn + 1)
        step.turn = turn

    def _stands(self, step: Step) -> bool:
        """Whether nothing that a step needs has failed."""
        if not step.failed:
            for line in self._before(step):
                if any(one.failed for one in line):
                    step.failed = True
                    break
        return not step.failed

    # the core

    def _by_core(self, step: Step) -> None:
        if not self._stands(step):
            return
        try:
            with date_system.counting(date_system.SHIFT_1904 if self.model.workbook.date1904 else 0):
                self._keep(step, own_calls.computed(step.tree, step.view))
        except (Beyond, FlexExtraError, RecursionError):
            step.failed = True

    def _keep(self, step: Step, value: Any) -> None:
        cell = step.cell
        if step.part is not None:
            rows = value if isinstance(value, list) else [[value]]
            self._parts.set(step.part, [[_number(one) for one in row] for row in rows])
            return
        height, width = cell.covers.bottom - cell.covers.top + 1, cell.covers.right - cell.covers.left + 1
        if not cell.array or (height, width) == (1, 1):
            self._set(cell.place, single(value))
            return
        rows = value if isinstance(value, list) else [[value] * width] * height
        if len(rows) != height or any(len(row) != width for row in rows):
            raise Beyond("the result has another size than the cells it fills")
        for r, row in enumerate(rows):
            for c, one in enumerate(row):
                self._set((cell.place[0], cell.row + r, cell.column + c), one)

    def _set(self, place: Place, value: Any) -> None:
        kept = 0.0 if value is None else _number(value)
        self.results[place] = kept
        if not self._from_stored:
            self.model.set(place, kept)

    # the engine

    def _by_engine(self, steps: list[Step]) -> None:
        waiting = steps
        for _ in range(ROUNDS):
            waiting = self._round(waiting)
            if not waiting:
                return
        for step in waiting:
            step.failed = True

    def _round(self, steps: list[Step]) -> list[Step]:
        """Ask for steps, and take what is believed; gives those to be asked for again."""
        asked = [step for step in steps if self._stands(step) and self._put(step)]
        try:
            self._told.ask()
        except NoAnswer:
            for step in asked:
                step.failed = True
            return []
        again: dict[Step, None] = {}
        for step in asked:
            if not self._stands(step):
                continue
            if again and any(one in again for line in self._before(step) for one in line):
                again[step] = None
                continue
            try:
                self._take(step)
            except Replace as other:
                step.tree = _replaced(step.tree, other.node, Literal(other.value))
                again[step] = None
            except (Beyond, FlexExtraError, RecursionError):
                step.failed = True
        return list(again)

    def _put(self, step: Step) -> bool:
        """Whether a step is asked for."""
        try:
            if self.model.workbook.date1904:
                raise Beyond("dates from 1904")  # wrong there without a word
            if step.cell.array and step.cell.covers != Range(
                step.cell.row, step.cell.column, step.cell.row, step.cell.column
            ):
                raise Beyond("an array of native formulas")
            self._refuse_unproved(step)
            self._told.put(step)
        except (Beyond, FlexExtraError, RecursionError):
            step.failed = True
        return not step.failed

    def _refuse_unproved(self, step: Step) -> None:
        try:
            refuse_unproved(step.tree, step.view)
        except Beyond:
            self._of_cell[step.cell.place].unproved = True
            raise

    def _take(self, step: Step) -> None:
        belief = Belief(step.view, lambda node: self._told.part(step, node))
        old = self.model.stored(step.cell.place) if step.part is None else None
        value = belief.value(step.tree, self._told.answer(step), old)
        if step.part is None:
            self._set(step.cell.place, value)
        else:
            self._parts.set(step.part, [[value]])


class _Told:
    """What the engine was told: which sheets and cells it has; and what it is asked next."""

    def __init__(self, model: Model, engine: IronCalc) -> None:
        self._model, self._engine = model, engine
        self._sheets: dict[str, int] = {}
        self._ranges: set[tuple[str, Range]] = set()
        self._count = 0
        self._answers: list[Any] = []
        self._begin()

    def _begin(self) -> None:
        self._question = Question()
        self._texts: dict[str, int] = {}
        self._next = 1

    def _sheet(self, name: str) -> int:
        if name not in self._sheets:
            self._sheets[name] = self._engine.new_sheet()
            self._question.sheets.append(f"sheet_{self._sheets[name]}")
        return self._sheets[name]

    def _named(self, sheet: str) -> str:
        return f"sheet_{self._sheet(sheet)}!"

    def put(self, step: Step) -> None:
        """A step's formula and its parts, with the cells that they need."""
        writer = Writer(step.view, self._named)
        text = writer.text(step.tree)
        parts = [(id(node), writer.text(node)) for node in asked_parts(step.tree, step.view)]
        for reference in step.references:
            self._tell(reference, step.view)
        place = (self._sheet(step.cell.place[0]), step.cell.row, step.cell.column)
        step.asked = {0: self._ask_for(text, None if step.part is not None else place)}
        step.asked.update((node, self._ask_for(part)) for node, part in parts)

    def _ask_for(self, text: str, place: tuple[int, int, int] | None = None) -> int:
        """Which answer is that of a text; one without a place of its own is asked for once."""
        if place is None and text in self._texts:
            return self._texts[text]
        at = len(self._question.formulas)
        if place is None:
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
        """The value of a part of a step's formula."""
        return self._answers[step.asked[id(node)]]


class _Places:
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


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _replaced(tree: Node, old: Node, new: Node) -> Node:
    """A tree with one of its nodes, that very one, replaced."""
    if tree is old:
        return new
    if isinstance(tree, Operation):
        return Operation(tree.operator, tuple(_replaced(one, old, new) for one in tree.operands))
    if isinstance(tree, Call):
        return Call(tree.name, tuple(_replaced(one, old, new) for one in tree.arguments), tree.written)
    return tree
