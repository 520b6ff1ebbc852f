"""A formula's text as a tree, from openpyxl's tokens. What is more than a tree can say raises :class:`Beyond`."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from ..errors import CELL_ERRORS, CellError

MAX_DEPTH = 60  # of brackets, arguments and signs
MAX_LEVELS = 250
"""Levels of a tree; ``A1+A2+A3`` has one for each operator. Functions that call themselves for each level get through it."""


class Beyond(Exception):
    """A formula that the engine at hand is not asked for, or whose answer is not believed."""


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
    """A function by its bare name, with its arguments, and its name as the file has it."""

    name: str
    arguments: tuple[Node, ...]
    written: str


Node = Literal | Reference | Operation | Call

ARRAY, ROW = "{}", "{,}"
"""The names of an array of constants, and of each of its rows, as calls."""

_PRECEDENCE = {"=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "<>": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}


def bare_name(written: str) -> str:
    """The name of a function without what Excel puts before it: ``[1]!AATR``, ``_xll.AATR``, ``'x.xlam'!AATR``."""
    name = written.rpartition("!")[2].upper()
    return re.sub(r"^(_XLFN\.|_XLWS\.|_XLL\.|_XLUDF\.|_XLPM\.)+", "", name)


@functools.lru_cache(maxsize=1024)
def parse(formula: str) -> Node:
    """A formula (without '=') as a tree. Those of names come again and again; those of a column differ in addresses only."""
    pattern, addresses = shape(formula)
    tree = _parsed(pattern)
    if not addresses:
        return tree
    rest = iter(addresses)
    filled = _filled(tree, rest)
    return filled if next(rest, None) is None else _parsed.__wrapped__(formula)


_ADDRESS = re.compile(r"\"[^\"]*\"|'[^']*'|\[[^\[\]]*\]|(?<![\w.$\\])(\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6})(?![\w(.!\[])")
_ANY = "A1"  # stands for each address of a shape


def shape(formula: str) -> tuple[str, list[str]]:
    """A formula with one address in place of all others, and these in order; as it is where quotes stand in brackets."""
    if "'" in formula and "[" in formula:
        return formula, []
    addresses: list[str] = []

    def put(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        addresses.append(found[1])
        return _ANY

    return _ADDRESS.sub(put, formula), addresses


def _filled(tree: Node, addresses: Iterator[str]) -> Node:
    """The tree of a shape with its own addresses."""
    if isinstance(tree, Reference):
        return Reference(_ADDRESS.sub(lambda found: next(addresses, _ANY) if found[1] else found[0], tree.text))
    if isinstance(tree, Operation):
        return Operation(tree.operator, tuple([_filled(one, addresses) for one in tree.operands]))
    if isinstance(tree, Call):
        return Call(tree.name, tuple([_filled(one, addresses) for one in tree.arguments]), tree.written)
    return tree


@functools.lru_cache(maxsize=1024)
def _parsed(formula: str) -> Node:
    try:
        items = [
            t for t in load_tokens()("=" + formula.replace("\n", " ").replace("\r", " ")).items if t.type != "WHITE-SPACE"
        ]
    except Exception:  # openpyxl raises its own and others for what it does not know
        raise Beyond(formula) from None
    parser = _Parser(items)
    tree = parser.expression(0)
    if parser.at != len(items) or _levels(tree) > MAX_LEVELS:
        raise Beyond(formula)
    return tree


def _levels(tree: Node) -> int:
    """How deep a tree is."""
    count, level = 0, [tree]
    while level:
        count += 1
        level = [one for node in level for one in _inside(node)]
    return count


def _inside(node: Node) -> tuple[Node, ...]:
    return node.operands if isinstance(node, Operation) else node.arguments if isinstance(node, Call) else ()


@functools.lru_cache(maxsize=1)
def load_tokens() -> Any:
    """openpyxl's tokenizer, out of its one file: all of openpyxl takes longer to import than a page to compute."""
    package = find_spec("openpyxl")
    for folder in (package and package.submodule_search_locations) or ():
        file = Path(folder, "formula", "tokenizer.py")
        spec = spec_from_file_location("openpyxl.formula.tokenizer", file) if file.is_file() else None
        if spec is not None and spec.loader is not None:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.Tokenizer
    from openpyxl.formula import Tokenizer  # it is no file, as in a zip

    return Tokenizer


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
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise Beyond("nested too deep")
            signed = Operation("u" + token.value, (self.prefix(),))
            self.depth -= 1
            return signed
        if token.type == "OPERAND":
            return _operand(token)
        if token.type == "ARRAY" and token.subtype == "OPEN":
            return self.constants()
        if token.type == "PAREN" and token.subtype == "OPEN":
            inside = self.expression(0)
            self.close("PAREN")
            return inside
        if token.type == "FUNC" and token.subtype == "OPEN":
            written = token.value[:-1]
            return Call(bare_name(written), self.arguments(), written)
        raise Beyond(str(token.value))

    def constants(self) -> Call:
        """The rows of ``{1,2;3,4}``."""
        rows: list[list[Node]] = [[]]
        while True:
            one = self.prefix()
            if (
                isinstance(one, Operation)
                and isinstance(one.operands[0], Literal)
                and isinstance(one.operands[0].value, float)
            ):
                one = Literal(-one.operands[0].value if one.operator == "u-" else one.operands[0].value)
            if not isinstance(one, Literal):
                raise Beyond("an array of what is no constant")
            rows[-1].append(one)
            token = self.peek()
            if token is None or token.type != "SEP":
                self.close("ARRAY")
                return Call(ARRAY, tuple(Call(ROW, tuple(row), ROW) for row in rows), ARRAY)
            self.at += 1
            if token.value == ";":
                rows.append([])

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


def rewritten(node: Node, other: Callable[[Node], Node | None]) -> Node:
    """A tree in which nodes are others; ``other``: the one for a node, None where it stays and its parts are looked at."""
    new = other(node)
    if new is not None:
        return new
    if isinstance(node, Operation):
        return Operation(node.operator, tuple(rewritten(one, other) for one in node.operands))
    if isinstance(node, Call):
        return Call(node.name, tuple(rewritten(one, other) for one in node.arguments), node.written)
    return node


@dataclass(frozen=True, slots=True)
class Names:
    """What a formula names: references, and functions as the file writes them."""

    references: list[str]
    functions: list[str]

    @property
    def bare(self) -> list[str]:
        """The functions without what Excel puts before them."""
        return [bare_name(name) for name in self.functions]


_PARAMETERS = ("_xlpm.", "_xlop.")  # of LET and LAMBDA, those that may be left out too


def names(node: Node) -> Names:
    """The references and the functions in a tree; parameters of LET and LAMBDA are no references."""
    found = Names([], [])
    waiting: list[Node] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Reference):
            if not one.text.lower().startswith(_PARAMETERS):
                found.references.append(one.text)
        elif isinstance(one, Operation):
            waiting.extend(one.operands)
        elif isinstance(one, Call):
            if not one.written.lower().startswith((*_PARAMETERS, "{")):
                found.functions.append(one.written)
            waiting.extend(one.arguments)
    return found


_CALLED = re.compile(r"([A-Za-z_\\][\w.\\]*)\(")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def called(text: str) -> list[str]:
    """What looks like functions in a formula that is no tree."""
    return _CALLED.findall(_QUOTED.sub("", text))
