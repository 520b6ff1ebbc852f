"""Formulas as trees, from openpyxl's tokens, and their values.

Small on purpose: references, operators on single values, our worksheet functions, some native ones. What is more than
that raises :class:`Beyond`, and the cell is left to a host that can compute it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import CELL_ERRORS, DIV0, NUM, VALUE, CellError

MAX_DEPTH = 60


class Beyond(Exception):
    """A formula that this evaluator does not compute."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, truth value, error, or a missing argument (None)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as written: cells, a structured reference or a name."""

    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with one or two operands."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function by its bare name, with its arguments."""

    name: str
    arguments: tuple[Node, ...]


Node = Literal | Reference | Operation | Call

_PRECEDENCE = {"=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "<>": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}


def bare_name(written: str) -> str:
    """The name of a function without what Excel puts before it: ``[1]!AATR``, ``_xll.AATR``, ``'x.xlam'!AATR``."""
    name = written.rpartition("!")[2].upper()
    return re.sub(r"^(_XLFN\.|_XLWS\.|_XLL\.|_XLUDF\.|_XLPM\.)+", "", name)


def parse(formula: str) -> Node:
    """A formula (without '=') as a tree."""
    from openpyxl.formula import Tokenizer

    try:
        items = [t for t in Tokenizer("=" + formula.replace("\n", " ").replace("\r", " ")).items if t.type != "WHITE-SPACE"]
    except Exception:  # openpyxl raises its own and others for what it does not know
        raise Beyond(formula) from None
    parser = _Parser(items)
    tree = parser.expression(0)
    if parser.at != len(items):
        raise Beyond(formula)
    return tree


class _Parser:
    def __init__(self, items: list[Any]) -> None:
        self.items = items
        self.at = 0
        self.depth = 0

    def peek(self) -> Any:
        return self.items[self.at] if self.at < len(self.items) else None

    def expression(self, floor: int) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Beyond("nested too deep")
        left = self.prefix()
        while (token := self.peek()) is not None:
            if token.type == "OPERATOR-POSTFIX":
                self.at += 1
                left = Operation("%", (left,))
                continue
            if token.type != "OPERATOR-INFIX" or token.value not in _PRECEDENCE or _PRECEDENCE[token.value] <= floor:
                break
            self.at += 1
            left = Operation(token.value, (left, self.expression(_PRECEDENCE[token.value])))
        self.depth -= 1
        return left

    def prefix(self) -> Node:
        token = self.peek()
        if token is None:
            raise Beyond("unfinished")
        self.at += 1
        if token.type == "OPERATOR-PREFIX":
            if token.value not in "+-":
                raise Beyond(token.value)
            return Operation("u" + token.value, (self.prefix(),))
        if token.type == "OPERAND":
            return _operand(token)
        if token.type == "PAREN" and token.subtype == "OPEN":
            inside = self.expression(0)
            self.close("PAREN")
            return inside
        if token.type == "FUNC" and token.subtype == "OPEN":
            return Call(bare_name(token.value[:-1]), self.arguments())
        raise Beyond(str(token.value))

    def close(self, kind: str) -> None:
        token = self.peek()
        if token is None or token.type != kind or token.subtype != "CLOSE":
            raise Beyond("brackets")
        self.at += 1

    def arguments(self) -> tuple[Node, ...]:
        given: list[Node] = []
        token = self.peek()
        if token is not None and token.type == "FUNC" and token.subtype == "CLOSE":
            self.at += 1
            return ()
        while True:
            token = self.peek()
            if token is None:
                raise Beyond("unfinished")
            if token.type == "SEP" or (token.type == "FUNC" and token.subtype == "CLOSE"):
                given.append(Literal(None))
            else:
                given.append(self.expression(0))
                token = self.peek()
            if token is not None and token.type == "SEP" and token.value == ",":
                self.at += 1
                continue
            self.close("FUNC")
            return tuple(given)


def _operand(token: Any) -> Node:
    text = token.value
    if token.subtype == "TEXT":
        return Literal(text[1:-1].replace('""', '"'))
    if token.subtype == "NUMBER":
        return Literal(float(text))
    if token.subtype == "LOGICAL":
        return Literal(text.upper() == "TRUE")
    if token.subtype == "ERROR":
        return Literal(CELL_ERRORS.get(text.upper(), CellError(text)))
    return Reference(text)


def references(node: Node) -> tuple[list[str], list[str]]:
    """The references and the function names in a tree."""
    found: list[str] = []
    names: list[str] = []
    waiting: list[Node] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Reference):
            found.append(one.text)
        elif isinstance(one, Operation):
            waiting.extend(one.operands)
        elif isinstance(one, Call):
            names.append(one.name)
            waiting.extend(one.arguments)
    return found, names


class Context(Protocol):
    """Where values come from: the workbook, seen from one cell."""

    def look_up(self, reference: str) -> Any:
        """The value of one cell, or the rows of a range."""

    def function(self, name: str) -> Callable[[list[Any]], Any] | None:
        """A function that takes values; None where there is none."""


def evaluate(node: Node, context: Context) -> Any:
    """The value of a tree: a float, text, truth value, error, None, or rows of them."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Reference):
        return context.look_up(node.text)
    if isinstance(node, Operation):
        return _operate(node.operator, [single(evaluate(n, context)) for n in node.operands])
    if node.name in _LAZY:
        return _LAZY[node.name](node.arguments, context)
    function = context.function(node.name)
    if function is None:
        raise Beyond(node.name)
    values = [_argument(node.name, n, context) for n in node.arguments]
    return function(values)


def _argument(name: str, node: Node, context: Context) -> Any:
    """The value of an argument. INDEX takes the test of each cell of a range, as in INDEX(ISNUMBER(A1:A9),)."""
    if isinstance(node, Literal) and node.value is None:
        return MISSING
    if name == "INDEX" and isinstance(node, Call) and node.name in _OF_EACH and len(node.arguments) == 1:
        tested, test = evaluate(node.arguments[0], context), context.function(node.name)
        rows = tested.rows if isinstance(tested, Column) else tested
        if isinstance(rows, list) and test is not None:
            return [[test([cell]) for cell in row] for row in rows]
    return evaluate(node, context)


_OF_EACH = frozenset({"ISNUMBER", "ISTEXT", "ISBLANK", "ISERROR", "ISNA"})


@dataclass(frozen=True, slots=True)
class Column:
    """A long column of a table as it was written, for functions that go through values one by one."""

    values: Any  # a pyarrow array, or a list

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self.values), 1 << 16):
            piece = self.values[start : start + (1 << 16)]
            yield from piece if isinstance(piece, list) else piece.to_pylist()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def rows(self) -> list[list[Any]]:
        """The same as rows of one cell."""
        return [[float(v) if type(v) is int else v] for v in self]


class _Missing:
    """An argument that was left out between commas."""


MISSING = _Missing()


def single(value: Any) -> Any:
    """One value; a range of one cell is its value, a larger one is beyond us."""
    if isinstance(value, list):
        if len(value) == 1 and len(value[0]) == 1:
            return value[0][0]
        raise Beyond("an operator on a range")
    if isinstance(value, Column):
        raise Beyond("an operator on a range")
    return None if value is MISSING else value


def number(value: Any) -> float | CellError:
    """A value as arithmetic takes it."""
    if isinstance(value, CellError):
        return value
    if value is None:
        return 0.0
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return VALUE
    return float(value)


def _operate(operator: str, values: list[Any]) -> Any:
    for value in values:
        if isinstance(value, CellError):
            return value
    if operator == "&":
        return "".join(as_text(v) for v in values)
    if operator in ("=", "<", ">", "<=", ">=", "<>"):
        return _compare(operator, values[0], values[1])
    numbers = [number(v) for v in values]
    for value in numbers:
        if isinstance(value, CellError):
            return value
    first = float(numbers[0])
    if operator == "u-":
        return -first
    if operator == "u+":
        return values[0]
    if operator == "%":
        return first / 100
    second = float(numbers[1])
    try:
        if operator == "/":
            return first / second if second else DIV0
        result = {"+": first + second, "-": first - second, "*": first * second}.get(operator)
        if result is None:
            result = first**second
    except (OverflowError, ZeroDivisionError):
        return NUM
    if isinstance(result, complex) or result != result or abs(result) == float("inf"):
        return NUM
    return result


def as_text(value: Any) -> str:
    """A value as '&' joins it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        text = f"{value:.15g}"
        if "e" in text:
            raise Beyond("the text of a very large or small number")
        return text
    return str(value)


def _compare(operator: str, left: Any, right: Any) -> bool:
    def rank(value: Any, other: Any) -> tuple[int, Any]:
        if value is None:
            value = "" if isinstance(other, str) else False if isinstance(other, bool) else 0.0
        if isinstance(value, bool):
            return 2, value
        if isinstance(value, str):
            return 1, value.casefold()
        return 0, float(value)

    a, b = rank(left, right), rank(right, left)
    if operator == "=":
        return a == b
    if operator == "<>":
        return a != b
    return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]


def truth(value: Any) -> bool | CellError:
    """A value as a condition."""
    value = single(value)
    if isinstance(value, CellError):
        return value
    if isinstance(value, str):
        return {"TRUE": True, "FALSE": False}.get(value.upper(), VALUE)
    return bool(value)


def _if(arguments: tuple[Node, ...], context: Context) -> Any:
    if not 2 <= len(arguments) <= 3:
        raise Beyond("IF")
    condition = truth(evaluate(arguments[0], context))
    if isinstance(condition, CellError):
        return condition
    if condition:
        value = evaluate(arguments[1], context)
    else:
        value = evaluate(arguments[2], context) if len(arguments) == 3 else False
    return 0.0 if value is None else value


def _if_error(arguments: tuple[Node, ...], context: Context) -> Any:
    if len(arguments) != 2:
        raise Beyond("IFERROR")
    value = single(evaluate(arguments[0], context))
    return single(evaluate(arguments[1], context)) if isinstance(value, CellError) else value


def _if_na(arguments: tuple[Node, ...], context: Context) -> Any:
    if len(arguments) != 2:
        raise Beyond("IFNA")
    value = single(evaluate(arguments[0], context))
    return single(evaluate(arguments[1], context)) if value == "#N/A" and isinstance(value, CellError) else value


_LAZY: dict[str, Callable[[tuple[Node, ...], Context], Any]] = {"IF": _if, "IFERROR": _if_error, "IFNA": _if_na}
