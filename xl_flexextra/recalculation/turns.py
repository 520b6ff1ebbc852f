"""Core and engine take turns: the graph of references says what is computed after what, and by whom.

Our functions are the core's, native formulas the engine's. A formula of both is taken apart: each call of ours, and what it
is given beyond references and literals, is a part of its own. A step that fails fails all that depend on it, unless a
branch that is not taken is all that does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from ..cells import date_system
from ..errors import FlexExtraError
from ..ooxml.refs import Range
from . import own_calls
from .belief import Belief, Either, Replace
from .branches import is_proved, undecided, without_others
from .cell_by_cell import MOST_IN_ALL, Arrays
from .cell_values import single
from .embedded_engine import IronCalc, NoAnswer
from .engine_formula import refuse_unproved
from .formula_cells import FormulaCell, Place
from .formula_tree import Beyond, Literal, Node, Reference, names, rewritten
from .seen_from_cell import Parts, View, part_of, reference_to
from .steps import NEITHER, Places, Step
from .told import Told
from .workbook_model import Model

ROUNDS = 40  # how often a turn is asked again, with parts written as values or branches left out


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
        self._looked_at = 0
        self._parts = Parts()
        self._of_part: dict[int, Step] = {}
        self._of_cell: dict[Place, Step] = {}
        self._told = Told(engine, in_place=not from_stored)
        self._inside: dict[tuple[str, Range], list[Step]] = {}
        for cell in cells:
            self._of_cell[cell.place] = self._begun(cell)
        model.pending = set() if from_stored else set(self._of_cell)
        self._places = Places({} if from_stored else self._of_cell)

    def run(self) -> None:
        """All of them, turn by turn."""
        order = self._ordered()
        self._find_joined(order)
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

    def sizes_differ(self, cell: FormulaCell) -> bool:
        """Whether a cell's formula has arrays that do not go together, which Calc computes otherwise than Excel."""
        return self._of_cell[cell.place].sizes_differ

    # steps

    def _begun(self, cell: FormulaCell) -> Step:
        view = View(self.model, self._parts, cell)
        if cell.tree is None or self.model.workbook.as_displayed or cell.place in self._doubted:
            return Step(cell, Literal(None), False, view, failed=True)
        known = own_calls.with_formulas_known(cell.tree, view) if "ISFORMULA" in cell.text.upper() else cell.tree
        own = own_calls.is_own(known) or own_calls.is_guarded(known)

        def as_part(tree: Node, by_core: bool) -> Reference:
            number = self._parts.reserve()
            self._of_part[number] = Step(cell, tree, by_core, view, number)
            return reference_to(number)

        tree = own_calls.own_tree(known, as_part) if own else own_calls.native_tree(known, as_part)
        return Step(cell, tree, own, view)

    def _before(self, step: Step) -> list[list[Step]]:
        """The steps that a step needs, by its references; none where it fails."""
        if step.before is None:
            step.before, step.unclear = [], False
            step.references = [] if step.failed else list(dict.fromkeys(names(step.tree).references))
            for text in step.references:
                try:
                    step.before += self._filling(text, step)
                except Beyond:
                    step.unclear = True
        return step.before

    def _filling(self, text: str, step: Step) -> list[list[Step]]:
        """The steps that fill the cells of a reference."""
        part = part_of(text)
        if part is not None:
            return [[self._of_part[part]]] if part in self._of_part else []
        found = []
        for key in self.model.resolve(text, step.cell):
            if key not in self._inside:
                self._inside[key] = self._places.inside(*key)
            found.append(self._inside[key])
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

    def _find_joined(self, order: list[Step]) -> None:
        """Mark the steps whose values come into texts by ``&``, directly or through others."""
        seen: set[int] = set()
        for step in reversed(order):
            if step.joined or "&" in step.cell.text:
                step.joined = True
                for line in self._before(step):
                    if id(line) not in seen:
                        seen.add(id(line))
                        for one in line:
                            one.joined = True

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
            before = self._before(step)
            step.failed = step.unclear or any(one.failed for line in before for one in line)
        return not step.failed

    # the core

    def _by_core(self, step: Step) -> None:
        if step.failed:
            return
        try:
            if not self._stands(step):
                step.failed = False
                step.rewritten(own_calls.without_others(step.tree, step.view, lambda node: self._stand(node, step)))
            if not self._stands(step):
                return
            with date_system.counting(date_system.SHIFT_1904 if self.model.workbook.date1904 else 0):
                self._keep(step, own_calls.computed(step.tree, step.view))
            step.noisy = step.joined and any(one.noisy for line in self._before(step) for one in line)
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
        self._looked_at += height * width
        if self._looked_at > MOST_IN_ALL:
            raise Beyond("more cells of arrays than are filled")
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
        again: dict[Step, None] = {}
        asked = []
        for step in steps:
            if step.failed:
                continue
            if self._waits(step, again):
                again[step] = None
            elif self._stands(step) and self._put(step):
                asked.append(step)
            elif self._put_choices(step):
                asked.append(step)
                again[step] = None
        try:
            self._told.ask()
        except NoAnswer:
            for step in (*asked, *again):
                step.failed = True
            return []
        for step in asked:
            if step.choices:
                self._decide(step, again)
            elif self._waits(step, again):
                again[step] = None
            elif not self._stands(step):  # another was not believed
                step.failed = False
                again[step] = None
            else:
                try:
                    self._take(step)
                except Replace as other:
                    if isinstance(other, Either):
                        step.failed = step.either is not NEITHER
                        step.either = other.answer
                    step.rewritten(rewritten(step.tree, other.as_now))
                    again[step] = None
                except (Beyond, FlexExtraError, RecursionError):
                    step.failed = True
        return [step for step in steps if step in again and not step.failed]

    def _waits(self, step: Step, again: Collection[Step]) -> bool:
        return bool(again) and any(one in again for line in self._before(step) for one in line)

    def _put(self, step: Step) -> bool:
        """Whether a step is asked for."""
        try:
            self._refuse_book(step)
            step.arrays = Arrays(step.tree, step.view)
            if step.arrays.sizes_differ:
                self._of_cell[step.cell.place].sizes_differ = True
            self._refuse_unproved(step, step.arrays)
            self._looked_at += step.arrays.looked_at
            if self._looked_at > MOST_IN_ALL:
                raise Beyond("more cells of arrays than are looked at")
            self._told.put(step, step.arrays)
        except (Beyond, FlexExtraError, RecursionError):
            step.failed = True
        return not step.failed

    def _refuse_book(self, step: Step) -> None:
        if self.model.workbook.date1904:
            raise Beyond("dates from 1904")  # wrong there without a word
        if step.cell.array and step.cell.covers != Range(step.cell.row, step.cell.column, step.cell.row, step.cell.column):
            raise Beyond("an array of native formulas")

    # branches

    def _put_choices(self, step: Step) -> bool:
        """Ask which branches a formula takes that cannot be asked for as a whole; gives whether there are any."""
        step.asked, step.choices = {}, []
        try:
            self._refuse_book(step)
            step.arrays = arrays = Arrays(step.tree, step.view)
            for node in undecided(step.tree, arrays, lambda one: self._is_clean(one, step, arrays)):
                self._told.put_choice(step, node, arrays)
                step.choices.append(node)
        except (Beyond, FlexExtraError, RecursionError):
            pass  # what is asked for already may be enough
        step.failed = not step.choices
        return not step.failed

    def _is_clean(self, node: Node, step: Step, arrays: Arrays) -> bool:
        """Whether a part of a formula is proved, and nothing that it needs has failed."""
        try:
            return is_proved(node, arrays) and self._stand(node, step)
        except (Beyond, RecursionError):
            return False

    def _stand(self, node: Node, step: Step) -> bool:
        """Whether nothing that a part of a formula needs has failed."""
        return not any(one.failed for line in self._needed(node, step) for one in line)

    def _needed(self, node: Node, step: Step) -> list[list[Step]]:
        return [line for text in names(node).references for line in self._filling(text, step)]

    def _decide(self, step: Step, again: dict[Step, None]) -> None:
        """Leave out the branches that are not taken; the formula is asked for once more."""
        belief = self._belief(step)
        taken: dict[int, int | None] = {}
        choices, step.choices, waits = step.choices, [], False
        for node in choices:
            condition = node.arguments[0]
            if any(one in again for line in self._needed(condition, step) for one in line):
                waits = True
            elif self._stand(condition, step):
                try:
                    taken[id(node)], _ = belief.taken(node)
                except Replace as other:
                    step.rewritten(rewritten(step.tree, other.as_now))
                    return
                except (Beyond, FlexExtraError, RecursionError):
                    continue
        if step.arrays is not None:
            shorter = without_others(step.tree, step.arrays, taken)
            step.failed = shorter == step.tree and not waits
            step.rewritten(shorter)

    def _belief(self, step: Step) -> Belief:
        assert step.arrays is not None

        def is_noisy(node: Node) -> bool:
            return any(one.noisy for line in self._needed(node, step) for one in line)

        return Belief(step.arrays, lambda node: self._told.part(step, node), is_noisy, step.joined)

    def _refuse_unproved(self, step: Step, arrays: Arrays) -> None:
        try:
            refuse_unproved(step.tree, arrays)
        except Beyond:
            self._of_cell[step.cell.place].unproved = True
            raise

    def _take(self, step: Step) -> None:
        answer = self._told.answer(step)
        old = self.model.stored(step.cell.place) if step.part is None else None
        belief = self._belief(step)
        value = belief.value(answer, old)
        step.noisy = step.joined and isinstance(value, float) and belief.is_noisy(step.tree)
        if step.either is not NEITHER and step.either != answer:
            raise Beyond("a difference in the last digits")
        if step.part is None:
            self._set(step.cell.place, value)
        else:
            self._parts.set(step.part, [[value]])


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
