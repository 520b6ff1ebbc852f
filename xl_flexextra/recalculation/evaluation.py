"""The value of a formula: references, operators on single values, our worksheet functions, native ones that are proved.

Small on purpose. What is more raises :class:`Beyond`, and the cell is left to a host that can compute it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

from ..errors import DIV0, NA, NUM, CellError
from .formula import Beyond, Call, Literal, Node, Operation, Reference
from .values import MISSING, SNAPPED, Cells, Column, as_text, form, is_number, is_text, number, same, single


class Context(Protocol):
    """Where values come from: the workbook, seen from one cell."""

    def look_up(self, reference: str) -> Any:
        """The cells of a reference."""

    def function(self, name: str) -> Callable[[list[Any]], Any] | None:
        """A function that takes values; None where there is none."""

    def refuse_subtotals(self, reference: str) -> None:
        """Raise where a range holds hidden rows or totals of its own."""


def evaluate(node: Node, context: Context) -> Any:
    """The value of a tree: a float, text, truth value, error, None, cells, or rows of a result."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Reference):
        return context.look_up(node.text)
    if isinstance(node, Operation):
        return operate(node.operator, [single(evaluate(n, context)) for n in node.operands])
    if node.name in LAZY:
        return LAZY[node.name](node.arguments, context)
    function = context.function(node.name)
    if function is None:
        raise Beyond(node.name)
    return function([_argument(node.name, n, context) for n in node.arguments])


def _argument(name: str, node: Node, context: Context) -> Any:
    """The value of an argument. INDEX takes the test of each cell of a range, as in INDEX(ISNUMBER(A1:A9),)."""
    if isinstance(node, Literal) and node.value is None:
        return MISSING
    if name == "INDEX" and isinstance(node, Call) and node.name == "ISNUMBER" and len(node.arguments) == 1:
        tested, test = evaluate(node.arguments[0], context), context.function(node.name)
        rows = tested.rows if isinstance(tested, Column) else tested
        if form(rows) == "r" and test is not None:
            return [[test([Cells([[cell]])]) for cell in row] for row in rows]
    return evaluate(node, context)


# operators


def operate(operator: str, values: list[Any]) -> Any:
    """The value of an operator on single values."""
    errors = [value for value in values if isinstance(value, CellError)]
    if len(set(errors)) > 1 or (errors and operator != "&" and any(map(is_text, values))):
        raise Beyond("one of two errors")
    if errors:
        return errors[0]
    if operator == "&":
        return "".join(as_text(v) for v in values)
    if operator in ("=", "<", ">", "<=", ">=", "<>"):
        return _compare(operator, values[0], values[1])
    if operator == "u+":
        return values[0]
    numbers = [float(number(v)) for v in values]
    if operator == "u-":
        return -numbers[0]
    if operator == "%":
        return numbers[0] / 100
    try:
        result = _ARITHMETIC[operator](*numbers)
    except OverflowError:
        return NUM
    if isinstance(result, float) and (result != result or abs(result) == float("inf")):
        return NUM
    return result


def _add(a: float, b: float) -> float:
    """A sum; what is left of two numbers that cancel each other but for noise is 0."""
    result, size = a + b, max(abs(a), abs(b))
    if result and abs(result) < 4 * SNAPPED * size:
        if abs(result) < SNAPPED / 2 * size:
            return 0.0
        raise Beyond("a difference in the last digits")
    return result


def _power(a: float, b: float) -> float:
    result = a**b if a > 0 else 0.0  # 0^0, and roots of what is below zero
    if result == 0.0:
        raise Beyond("a power that hosts differ on")
    return float(result)


_ARITHMETIC: dict[str, Callable[[float, float], Any]] = {
    "+": _add, "-": lambda a, b: _add(a, -b), "*": lambda a, b: a * b, "/": lambda a, b: a / b if b else DIV0, "^": _power,
}  # fmt: skip
OPERATORS = frozenset({*_ARITHMETIC, "&", "=", "<>", "<", ">", "<=", ">=", "u-", "u+", "%"})


def _compare(operator: str, left: Any, right: Any) -> bool:
    if left is None and right is None:
        left = right = 0.0
    elif left is None or right is None:
        known = right if left is None else left
        if isinstance(known, bool):
            raise Beyond("a blank against a truth value")
        blank = "" if is_text(known) else 0.0
        left, right = (blank, known) if left is None else (known, blank)
    if operator in ("=", "<>"):
        return same(left, right) == (operator == "=")
    if not is_number(left) or not is_number(right):
        raise Beyond("an order of texts or truth values")
    if same(left, right):
        return operator in ("<=", ">=")
    return bool(left < right) == (operator in ("<", "<="))


def truth(value: Any) -> bool | CellError:
    """A value as a condition."""
    if isinstance(value, CellError):
        return value
    if isinstance(value, str):
        raise Beyond("text as a condition")
    return bool(value)


# functions that do not compute all of their arguments, or ask where these stand


def _if(arguments: tuple[Node, ...], context: Context) -> Any:
    if not 2 <= len(arguments) <= 3:
        raise Beyond("IF")
    given = evaluate(arguments[0], context)
    if form(given) not in ("c", "v"):
        raise Beyond("IF of a range")
    condition = truth(single(given))
    if isinstance(condition, CellError):
        return condition
    if not condition and len(arguments) == 2:
        return False
    branch = arguments[1 if condition else 2]
    if branch == Literal(None):
        raise Beyond("IF without a value")
    value = evaluate(branch, context)
    if form(value) not in ("c", "v"):
        raise Beyond("IF with a range")
    return value


def _if_error(kinds: Callable[[CellError], bool]) -> Callable[[tuple[Node, ...], Context], Any]:
    """IFERROR or IFNA, of single values."""

    def function(arguments: tuple[Node, ...], context: Context) -> Any:
        if len(arguments) != 2:
            raise Beyond("IFERROR")
        value = single(evaluate(arguments[0], context))
        if isinstance(value, CellError) and kinds(value):
            value = single(evaluate(arguments[1], context))
        return value

    return function


_TOTALS = {1: "AVERAGE", 2: "COUNT", 3: "COUNTA", 4: "MAX", 5: "MIN", 9: "SUM"}
_NUMBERED = re.compile(r"10[1-59]|[1-59]")


def _subtotal(arguments: tuple[Node, ...], context: Context) -> Any:
    """SUBTOTAL over ranges that hold neither hidden rows nor totals of their own: the same as the plain function."""
    which = arguments[0].value if arguments and isinstance(arguments[0], Literal) else None
    if len(arguments) < 2 or not isinstance(which, float) or not _NUMBERED.fullmatch(f"{which:g}"):
        raise Beyond("SUBTOTAL")
    for node in arguments[1:]:
        if not isinstance(node, Reference):
            raise Beyond("SUBTOTAL")
        context.refuse_subtotals(node.text)
    function = context.function(_TOTALS[int(which) % 100])
    assert function is not None
    return function([context.look_up(node.text) for node in arguments[1:] if isinstance(node, Reference)])


LAZY: dict[str, Callable[[tuple[Node, ...], Context], Any]] = {
    "IF": _if,
    "IFERROR": _if_error(lambda _error: True),
    "IFNA": _if_error(lambda error: error == NA),
    "SUBTOTAL": _subtotal,
}
