"""A native formula as IronCalc is asked for it: whether its text is proved, and how it is written.

References reach the engine as ranges of cells, those of tables and names too. What IronCalc lacks is written as what it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..errors import CellError
from ..ooxml.refs import Range, column_letters
from .formula_tree import Beyond, Call, Literal, Node, Operation, Reference
from .proved_calls import COMPARISONS, OPERATORS, PROVED
from .seen_from_cell import View

PASSED_ON = frozenset({"IF", "IFERROR", "IFNA", "INDEX", "CHOOSE"})
"""Functions that give one of their arguments as it is: which one it is, is known without asking for their value."""

Named = Callable[[str], str]
"""How the engine names a sheet (given in lower case), with the mark behind it."""


def letter(node: Node, view: View) -> str:
    """The form of an argument, by its text."""
    if isinstance(node, Reference):
        return view.letter(node.text)
    if isinstance(node, Literal) and node.value is None:
        return "-"
    if isinstance(node, Call) and node.name == "INDEX":
        return "a" if tests(node, view) else "r" if _whole_line(node, view) else "c"
    return "v"


def tests(node: Node, view: View) -> Call | Operation | None:
    """The test of each cell of a range in ``INDEX(ISNUMBER(A1:A9),)`` and ``INDEX(A1:A9=B1,)``."""
    if not isinstance(node, Call) or node.name != "INDEX" or len(node.arguments) != 2 or node.arguments[1] != Literal(None):
        return None
    inside = node.arguments[0]
    if isinstance(inside, Call) and inside.name == "ISNUMBER" and len(inside.arguments) == 1:
        return inside if letter(inside.arguments[0], view) == "r" else None
    if isinstance(inside, Operation) and inside.operator in COMPARISONS:
        return inside if "".join(letter(one, view) for one in inside.operands) in ("rc", "rv", "cr", "vr") else None
    return None


def _whole_line(node: Call, view: View) -> bool:
    """Whether INDEX says in its text, by a 0 or by leaving a place out, that it gives more than a cell."""
    nothing = any(place in (Literal(0.0), Literal(None)) for place in node.arguments[1:])
    return nothing and letter(node.arguments[0], view) != "c"


def refuse_unproved(node: Node, view: View, root: bool = True) -> None:
    """Raise :class:`Beyond` for a formula that holds a call or an operator in a form that is not proved."""
    if isinstance(node, Reference):
        if root and letter(node, view) != "c":
            raise Beyond("a range where a value has to be")
        view.range_of(node.text)
        return
    if isinstance(node, Literal):
        return
    test = tests(node, view)
    if test is not None:
        for one in _inside(test):
            refuse_unproved(one, view, False)
        return
    inside = _inside(node)
    form = "".join(letter(one, view) for one in inside)
    if isinstance(node, Operation):
        if node.operator not in OPERATORS or not set(form) <= {"c", "v"}:
            raise Beyond(node.operator)
    elif node.name not in PROVED or not PROVED[node.name].answers(form):
        raise Beyond(node.name)
    if root and letter(node, view) in "ra":
        raise Beyond("a range where a value has to be")
    for one in inside:
        refuse_unproved(one, view, False)


def _inside(node: Operation | Call) -> tuple[Node, ...]:
    return node.operands if isinstance(node, Operation) else node.arguments


class Writer:
    """Writes a formula and its parts for the engine, each part once."""

    def __init__(self, view: View, named: Named) -> None:
        self._view, self._named = view, named
        self._texts: dict[int, str] = {}

    def text(self, node: Node, as_range: bool = False) -> str:
        """A tree as text, without ``=``."""
        if isinstance(node, Operation | Call):
            if id(node) not in self._texts:
                self._texts[id(node)] = self._written(node)
            return self._texts[id(node)]
        return self._written(node, as_range)

    def _written(self, node: Node, as_range: bool = False) -> str:
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Reference):
            sheet, bounds = self._view.range_of(node.text)
            return self._named(sheet) + _address(self._clipped(sheet, bounds), as_range)
        if isinstance(node, Operation):
            return self._operation(node)
        test = tests(node, self._view)
        if isinstance(test, Call):  # ISNUMBER of a range gives one value there
            return f"MAP({self.text(test.arguments[0], True)},LAMBDA(x,ISNUMBER(x)))"
        if test is not None:
            return self.text(test)
        ranges = PROVED[node.name].ranges
        return f"{node.name}({','.join(self.text(one, at in ranges) for at, one in enumerate(node.arguments))})"

    def _operation(self, node: Operation) -> str:
        texts = [self.text(one) for one in node.operands]
        if node.operator == "%":
            return f"({texts[0]}%)"
        if len(texts) == 1:
            return f"({node.operator[1]}{texts[0]})"
        return f"({texts[0]}{node.operator}{texts[1]})"

    def _clipped(self, sheet: str, bounds: Range) -> Range:
        return self._view.model.clipped(sheet, bounds) if sheet else bounds


def _literal(node: Literal) -> str:
    value = node.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, CellError):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return repr(value) if value >= 0 else f"({value!r})"


def _address(bounds: Range, as_range: bool) -> str:
    first = f"{column_letters(bounds.left)}{bounds.top}"
    last = f"{column_letters(bounds.right)}{bounds.bottom}"
    return first if first == last and not as_range else f"{first}:{last}"


def asked_parts(node: Node, view: View, root: bool = True) -> Iterator[Node]:
    """The parts of a formula whose values have to be known before its own is believed."""
    if isinstance(node, Literal | Reference):
        return
    test = tests(node, view)
    passes_on = isinstance(node, Call) and node.name in PASSED_ON
    if not root and not passes_on:
        yield node
    for one in _inside(test or node):
        yield from asked_parts(one, view, False)
