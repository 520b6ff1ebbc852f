"""Whether an answer is believed: what each call and operator of the formula was given is looked at."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from ..errors import NA, NAME, REF, VALUE, CellError
from .call_checks import Rewritten, place
from .cell_values import Cells, Column, is_number, single
from .engine_formula import PASSED_ON, tests
from .formula_tree import Beyond, Call, Literal, Node, Operation, Reference
from .proved_calls import OF_COLUMNS, PROVED, SUBTOTALS, operated
from .seen_from_cell import View

KNOWN = frozenset({"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NULL!"})
MISSING = object()
OF_REFERENCES = frozenset({"SUM", "AVERAGE", "MIN", "MAX"})
"""Functions that take what stands in a cell otherwise than the same as a value."""


class SomeError(Beyond):
    """An error that programs name differently."""


class Replace(Exception):
    """A part of the formula that has to be written as another: as a value, or as the cell that it gives."""

    def __init__(self, node: Node, other: Node) -> None:
        super().__init__(node, other)
        self.node, self.other = node, other


LEFT_OUT = Literal(0.0)
"""Stands, as this very object, for a branch that is not taken."""


class Belief:
    """Looks through one formula: the values of its references, and those of its parts as the engine gave them."""

    def __init__(self, view: View, part: Callable[[Node], Any]) -> None:
        self._view, self._part = view, part
        self._errors: set[CellError] = set()

    def value(self, tree: Node, answer: Any, old: Any) -> Any:
        """The answer to the whole formula, if it is believed; None where it gives a blank cell.

        Raises:
            Beyond: it is not.
            Replace: it would be if a part were written otherwise.
        """
        known = self._value(tree, answer)
        if isinstance(answer, CellError):
            if str(answer) not in KNOWN:
                raise Beyond(f"the engine says {answer}")
            # an error that may tell of what the engine lacks, out of nothing
            if answer in (NAME, VALUE, REF) and answer not in self._errors and not isinstance(old, CellError):
                raise Beyond(f"the engine says {answer}")
        elif isinstance(answer, float) and not math.isfinite(answer):
            raise Beyond("no number")
        return None if known is None else answer

    def _value(self, node: Node, answer: Any = MISSING) -> Any:
        """The single value of a node; ``answer`` for the whole formula, else the engine's for the part."""
        value = self._looked_at(node, answer)
        if isinstance(value, CellError):
            self._errors.add(value)
        return value

    def _looked_at(self, node: Node, answer: Any) -> Any:
        if node is LEFT_OUT:
            raise Beyond("a branch that was left out")
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Reference):
            return single(self._view.values(node.text))
        if isinstance(node, Operation):
            self._checked(node, lambda given: operated(node.operator, given), list(node.operands))
        elif node.name in PASSED_ON:
            return single(self._passed_on(node))
        elif node.name == "SUBTOTAL":
            self._subtotal(node)
        else:
            self._checked(node, PROVED[node.name].check, list(node.arguments))
        value = self._part(node) if answer is MISSING else answer
        if isinstance(node, Call) and not PROVED[node.name].result(value):
            raise Beyond(node.name)
        return value

    def _checked(self, node: Node, check: Callable[[list[Any]], None], inside: list[Node]) -> None:
        if isinstance(node, Call) and node.name in OF_REFERENCES:
            for one in inside:
                self._refer(one)
        given = [self._given(one) for one in inside]
        if not isinstance(node, Call) or node.name not in OF_COLUMNS:
            given = [value.rows if isinstance(value, Column) else value for value in given]
        try:
            check(given)
        except Rewritten as other:
            replaced = node if other.argument is None else inside[other.argument]
            raise Replace(replaced, Literal(other.value)) from None

    def _refer(self, node: Node) -> None:
        """IF gives a cell, no value: one that is blank or text is passed over by a sum, as if the sum referred to it."""
        if isinstance(node, Call) and node.name == "IF":
            number, _ = self.taken(node)
            branch = node.arguments[number] if number is not None else node
            if isinstance(branch, Reference) and not is_number(single(self._view.values(branch.text))):
                raise Replace(node, branch)

    def _given(self, node: Node) -> Any:
        """What an argument gives: the cells of a reference, or a value."""
        if isinstance(node, Literal) and node.value is None:
            return MISSING
        if isinstance(node, Reference):
            found = self._view.values(node.text)
            if isinstance(found, Cells):
                self._errors |= found.errors
            return found
        if isinstance(node, Call) and node.name in PASSED_ON:
            return self._passed_on(node)
        return self._value(node)

    # functions that give an argument as it is, and SUBTOTAL

    def _picked(self, node: Call) -> Any:
        test = tests(node, self._view)
        if test is not None:
            return self._tested(test)
        return picked(self._given(node.arguments[0]), [self._given(one) for one in node.arguments[1:]])

    def _tested(self, test: Call | Operation) -> list[list[Any]]:
        """The cells of a range, each tested; what comes of it does not matter, only that programs agree on it."""
        given = [self._given(one) for one in (test.arguments if isinstance(test, Call) else test.operands)]
        at = next(
            place
            for place, value in enumerate(given)
            if isinstance(value, Column) or len(_rows(value)) * len(_rows(value)[0]) > 1
        )
        rows = _rows(given[at])
        for cell in (cell for row in rows for cell in row):
            if isinstance(test, Operation):
                operated(test.operator, [cell if place == at else value for place, value in enumerate(given)])
            elif isinstance(cell, bool):
                raise Beyond("a truth value")  # a number for Calc
        return [[False for _cell in row] for row in rows]

    def taken(self, node: Call) -> tuple[int | None, Any]:
        """Which argument IF, IFERROR, IFNA or CHOOSE passes on; None, and its value, where that is none of its branches."""
        return _TAKEN[node.name](self, node)

    def _passed_on(self, node: Call) -> Any:
        if node.name == "INDEX":
            return self._picked(node)
        number, value = self.taken(node)
        return value if number is None else self._singly(node.arguments[number])

    def _choose(self, node: Call) -> tuple[int | None, Any]:
        which = self._value(node.arguments[0])
        if isinstance(which, CellError):
            return None, which
        number = place(which)
        if not 1 <= number < len(node.arguments):
            raise Beyond("CHOOSE")
        return number, None

    def _singly(self, node: Node) -> Any:
        """The value of an argument that is passed on: blank or text, it does not count as a cell that is referred to."""
        return single(self._given(node))

    def _if(self, node: Call) -> tuple[int | None, Any]:
        condition = self._value(node.arguments[0])
        if isinstance(condition, CellError):
            return None, condition
        if isinstance(condition, str):
            raise Beyond("text as a condition")
        if not condition and len(node.arguments) == 2:
            return None, False
        number = 1 if condition else 2
        if node.arguments[number] == Literal(None):
            raise Beyond("IF without a value")
        return number, None

    def _if_error(self, node: Call) -> tuple[int | None, Any]:
        try:
            value = self._singly(node.arguments[0])
        except SomeError:
            if node.name != "IFERROR":
                raise
            return 1, None
        return (1, None) if isinstance(value, CellError) and (node.name == "IFERROR" or value == NA) else (None, value)

    def _subtotal(self, node: Call) -> None:
        which = node.arguments[0]
        if not isinstance(which, Literal) or not isinstance(which.value, float):
            raise Beyond("SUBTOTAL")
        if not re.fullmatch(r"10[1-59]|[1-59]", f"{which.value:g}"):
            raise Beyond("SUBTOTAL")
        for one in node.arguments[1:]:
            if not isinstance(one, Reference):
                raise Beyond("SUBTOTAL")
            self._view.model.refuse_subtotals(*self._view.range_of(one.text))
        self._checked(node, SUBTOTALS[int(which.value) % 100], list(node.arguments[1:]))


_TAKEN: dict[str, Callable[[Belief, Call], tuple[int | None, Any]]] = {
    "IF": Belief._if, "IFERROR": Belief._if_error, "IFNA": Belief._if_error, "CHOOSE": Belief._choose,
}  # fmt: skip


def _rows(value: Any) -> list[list[Any]]:
    return value.rows if isinstance(value, Column) else value if isinstance(value, list) else [[value]]


def picked(table: Any, places: list[Any]) -> Any:
    """The cell, row or column of a range that INDEX means, or the error of a place."""
    table = _rows(table)
    if not isinstance(table, Cells):
        raise Beyond("INDEX of what is no range")
    height, width = len(table), len(table[0])
    found = [0.0 if value is MISSING else single(value) for value in places]
    errors = [value for value in found if isinstance(value, CellError)]
    numbers = [1 if isinstance(value, CellError) else place(value) for value in found]
    if len(numbers) == 1 and height == 1:
        numbers = [1 if width > 1 or numbers[0] else 0, numbers[0]]
    elif len(numbers) == 1 and width == 1:
        numbers = [numbers[0], 1]
    if len(numbers) != 2:
        raise Beyond("INDEX of a block by its row only")
    r, c = numbers
    if not 0 <= r <= height or not 0 <= c <= width or len(errors) > 1:
        raise SomeError("a place outside the range")
    if errors:
        return errors[0]
    rows = [table[r - 1]] if r else table
    return Cells([[row[c - 1]] if c else list(row) for row in rows])
