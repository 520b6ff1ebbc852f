"""Whether an answer is believed: what each call and operator of the formula was given is looked at."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import chain
from typing import Any

from ..errors import NA, NAME, REF, VALUE, CellError
from .call_checks import Check, LastDigits, Rewritten, place
from .cell_by_cell import IN_ARRAY_FORMULAS, Arrays, is_line, operands
from .cell_values import Cells, Column, is_number, single
from .engine_formula import PASSED_ON
from .formula_tree import Beyond, Call, Literal, Node, Operation, Reference
from .proved_calls import OF_COLUMNS, PROVED, SUBTOTALS, alike, operated

KNOWN = frozenset({"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NULL!"})
MISSING = object()
PASSING_OVER = frozenset({"SUM", "AVERAGE", "MIN", "MAX", "SUMPRODUCT"})
"""Functions for which the cells of an array count as nothing where IF has no other branch."""
OF_REFERENCES = frozenset({"SUM", "AVERAGE", "MIN", "MAX"})
"""Functions that take what stands in a cell otherwise than the same as a value."""


class SomeError(Beyond):
    """An error that programs name differently."""


class NoBranch(Beyond):
    """A cell of an array for which IF has no branch: FALSE for some programs, nothing for others."""


class Replace(Exception):
    """A part of the formula that has to be written as another: as a value, or as the cell that it gives."""

    def __init__(self, node: Node, other: Node) -> None:
        super().__init__(node, other)
        self.node, self.other = node, other

    def as_now(self, node: Node) -> Node | None:
        """What stands for a node of the formula."""
        return self.other if node is self.node else None


LEFT_OUT = Literal(0.0)
"""Stands, as this very object, for a branch that is not taken."""


_EXACT = frozenset(
    "+ - * / ^ % u- u+ IF IFERROR IFNA CHOOSE INDEX LOOKUP MIN MAX ABS N T SUM AVERAGE SUBTOTAL SUMPRODUCT".split()
)
"""What every program has to the last digit, given the same, but for sums that depend on their order."""

_WHOLE = frozenset(
    "& = < > <= >= <> INT ROUND ROUNDUP ROUNDDOWN COUNT COUNTA COUNTIF MATCH ROWS COLUMNS AND OR NOT TRUE FALSE NA ISNUMBER "
    "ISTEXT ISBLANK ISERROR ISNA ISFORMULA LEN EXACT DATE YEAR MONTH DAY EOMONTH EDATE WORKDAY".split()
)
"""What gives no last digits."""


class Either(Replace):
    """A part that some programs take for 0; believed is only what the formula comes to both ways."""

    def __init__(self, node: Node, answer: Any) -> None:
        super().__init__(node, Literal(0.0))
        self.answer = answer


class Belief:
    """Looks through one formula: the values of its references, and those of its parts as the engine gave them.

    ``noisy``: whether programs may differ in the last digits of a cell that a reference means. ``exact``: whether a sum is
    to be written as the value that it has to the last digit.
    """

    def __init__(
        self, arrays: Arrays, part: Callable[[Node], Any], noisy: Callable[[Reference], bool], exact: bool = False
    ) -> None:
        self._arrays, self._view, self._part, self._noisy, self._exact = arrays, arrays.view, part, noisy, exact
        self._errors: set[CellError] = set()
        self._either: list[Node] = []
        self._rough: set[int] = set()  # the sums, by id, whose last digits depend on the order

    def value(self, answer: Any, old: Any) -> Any:
        """The answer to the whole formula, if it is believed; None where it gives a blank cell.

        Raises:
            Beyond: it is not.
            Replace: it would be if a part were written otherwise.
            Either: it is if it comes to the same with a part written otherwise.
        """
        known = self._value(self._arrays.tree, answer)
        if isinstance(answer, CellError):
            if str(answer) not in KNOWN:
                raise Beyond(f"the engine says {answer}")
            # an error that may tell of what the engine lacks, out of nothing
            if answer in (NAME, VALUE, REF) and answer not in self._errors and not isinstance(old, CellError):
                raise Beyond(f"the engine says {answer}")
        elif isinstance(answer, float) and not math.isfinite(answer):
            raise Beyond("no number")
        if len(self._either) > 1:
            raise LastDigits("several differences in the last digits")
        if self._either:
            raise Either(self._either[0], answer)
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
            if node.operator == "&":
                self._refuse_noise(node)
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

    def _checked(self, node: Node, check: Check, inside: list[Node]) -> None:
        if isinstance(node, Call) and node.name in OF_REFERENCES:
            for one in inside:
                self._refer(one)
        passing = isinstance(node, Call) and node.name in PASSING_OVER
        given = [self._given(one, passing) for one in inside]
        if not isinstance(node, Call) or node.name not in OF_COLUMNS:
            given = [value.rows if isinstance(value, Column) else value for value in given]
        try:
            exact = check(given)
        except LastDigits:
            self._either.append(node)
        except Rewritten as other:
            replaced = node if other.argument is None else inside[other.argument]
            raise Replace(replaced, Literal(other.value)) from None
        else:
            if exact is not None:
                if self._exact:
                    raise Replace(node, Literal(exact))
                self._rough.add(id(node))

    def _refer(self, node: Node) -> None:
        """IF gives a cell, no value: one that is blank or text is skipped by a sum, as if the sum referred to it."""
        if isinstance(node, Call) and node.name == "IF" and self._arrays.size(node) is None:
            number, _ = self.taken(node)
            branch = node.arguments[number] if number is not None else node
            if isinstance(branch, Reference) and not is_number(single(self._view.values(branch.text))):
                raise Replace(node, branch)

    def _given(self, node: Node, passing: bool = False) -> Any:
        """What an argument gives: the cells of a reference, or a value; ``passing``: nothing where IF has no branch."""
        if isinstance(node, Literal) and node.value is None:
            return MISSING
        if isinstance(node, Reference):
            found = self._view.values(node.text)
            if isinstance(found, Cells):
                self._errors |= found.errors
            return found
        if self._arrays.size(node) is not None:
            return self._array(node, passing)
        if isinstance(node, Call) and node.name in PASSED_ON:
            return self._passed_on(node)
        return self._value(node)

    # the last digits

    def is_noisy(self, node: Node) -> bool:
        """Whether programs may differ in the last digits of a part that was looked at."""
        if isinstance(node, Reference):
            return self._noisy(node)
        if isinstance(node, Literal):
            return False
        name = node.operator if isinstance(node, Operation) else node.name
        if name not in _EXACT:
            return name not in _WHOLE
        return id(node) in self._rough or any(map(self.is_noisy, operands(node)))

    def _refuse_noise(self, node: Operation) -> None:
        """As text a number has fifteen digits, and the last ones of a sum or a power are not the same everywhere."""
        for one in node.operands:
            value = single(self._given(one))
            if isinstance(value, float) and not value.is_integer() and self.is_noisy(one):
                raise Beyond("a number whose last digits are noise")

    # arrays

    def _array(self, node: Node, passing: bool) -> list[list[Any]]:
        """The rows of an array, all of which are believed."""
        height, width = self._arrays.extent(node)
        cells = self._each(node)
        if passing and isinstance(node, Call) and node.name == "IF":
            cells = [None if isinstance(cell, NoBranch) else cell for cell in cells]
        for cell in cells:
            if isinstance(cell, Beyond):
                raise cell
        return [cells[row * width : (row + 1) * width] for row in range(height)]

    def _each(self, node: Node) -> list[Any]:
        """The cells of an array one by one; Beyond stands in place of one that is not believed."""
        if isinstance(node, Literal | Reference) or self._arrays.size(node) is None:
            return list(chain.from_iterable(_rows(self._given(node))))
        inside, taken, size = operands(node), self._arrays.taken(node), self._arrays.extent(node)
        if is_line(node):
            return self._each(inside[0])
        answers = self._part(node)
        columns = [
            _repeated(self._each(one), self._arrays.extent(one), size)
            if at in taken
            else [self._same(one, node)] * len(answers)
            for at, one in enumerate(inside)
        ]
        if isinstance(node, Operation) and alike(node.operator, columns) and _all_finite(answers):
            return list(answers)
        cells = [_looked_at_cell(node, given, answer) for answer, *given in zip(answers, *columns, strict=True)]
        self._errors.update(cell for cell in cells if isinstance(cell, CellError))
        return cells

    def _same(self, node: Node, around: Node) -> Any:
        """What is the same for each cell of an array; not believed, it matters where it is taken."""
        try:
            found = self._given(node)
            if isinstance(found, CellError) or (isinstance(found, Cells) and isinstance(found[0][0], CellError)):
                return Beyond("one error for a whole array")  # which Calc does not let ISNUMBER and its like skip
            wide = not isinstance(around, Call) or around.name not in OF_COLUMNS
            return found.rows if isinstance(found, Column) and wide else found
        except Beyond as reason:
            return reason

    # functions that give an argument as it is, and SUBTOTAL

    def _picked(self, node: Call) -> Any:
        return picked(self._given(node.arguments[0]), [self._given(one) for one in node.arguments[1:]])

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
CHOOSING = frozenset(_TAKEN)
"""Functions that give one of several branches."""


def _all_finite(answers: list[Any]) -> bool:
    """Whether all answers are truth values and numbers that cells hold."""
    return set(map(type, answers)) <= {float, bool} and all(map(math.isfinite, answers))


def _repeated(cells: list[Any], own: tuple[int, int], size: tuple[int, int]) -> list[Any]:
    """The cells of a row or a column again for each row or column of an array."""
    if own == size:
        return cells
    (height, width), (rows, columns) = own, size
    places = ((row % height, column % width) for row in range(rows) for column in range(columns))
    return [cells[row * width + column] for row, column in places]


def _looked_at_cell(node: Node, given: list[Any], answer: Any) -> Any:
    """One cell of an array as the engine has it; Beyond where it is not believed."""
    try:
        if isinstance(node, Call) and node.name in IN_ARRAY_FORMULAS:
            _chosen(node.name, given)
            return answer
        for value in given:
            if isinstance(value, Beyond):
                return value
        if isinstance(node, Operation):
            operated(node.operator, given)
        elif isinstance(node, Call):
            PROVED[node.name].check(given)
            if not PROVED[node.name].result(answer):
                return Beyond(node.name)
    except Rewritten:
        return Beyond("a part to be written as a value")
    except Beyond as reason:
        return reason
    if answer is None or (isinstance(answer, float) and not math.isfinite(answer)):
        return Beyond("no value")
    return answer


def _chosen(name: str, given: list[Any]) -> None:
    """Raise where what IF and its like give for one cell is not believed; the other one does not matter."""
    first = single(given[0]) if not isinstance(given[0], Beyond) else given[0]
    if isinstance(first, Beyond) and not (name == "IFERROR" and isinstance(first, SomeError)):
        raise first
    if name == "IF":
        if isinstance(first, CellError):
            return
        if isinstance(first, str):
            raise Beyond("text as a condition")
        if not first and len(given) == 2:
            raise NoBranch("IF without another branch")
        chosen = given[1 if first else 2]
    else:
        other = isinstance(first, SomeError) or (isinstance(first, CellError) and (name == "IFERROR" or first == NA))
        chosen = given[1] if other else first
    if isinstance(chosen, Beyond):
        raise chosen
    if chosen is MISSING or chosen is None or single(chosen) is None:
        raise Beyond("a blank cell that is passed on")


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
