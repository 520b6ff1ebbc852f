"""A native formula as IronCalc is asked for it: whether its text is proved, and how it is written.

References reach the engine as ranges of cells, those of tables and names too. What IronCalc lacks is written as what it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..errors import CellError
from ..ooxml.refs import Range, column_letters
from .cell_by_cell import Arrays, Size, is_line, operands
from .formula_tree import Beyond, Call, Literal, Node, Operation, Reference, names
from .proved_calls import OPERATORS, PROVED

PASSED_ON = frozenset({"IF", "IFERROR", "IFNA", "INDEX", "CHOOSE"})
"""Functions that give one of their arguments as it is: which one it is, is known without asking for their value."""

Named = Callable[[str], str]
"""How the engine names a sheet (given in lower case), with the mark behind it."""


def refuse_unproved(node: Node, arrays: Arrays, root: bool = True) -> None:
    """Raise :class:`Beyond` for a formula that holds a call or an operator in a form that is not proved."""
    arrays.refuse(node)
    if root and arrays.letter(node) in "rwa":
        raise Beyond("a range where a value has to be")
    if isinstance(node, Reference):
        arrays.view.range_of(node.text)
    if isinstance(node, Reference | Literal):
        return
    inside = operands(node)
    form = "".join(_form(node, at, one, arrays) for at, one in enumerate(inside))
    if isinstance(node, Operation):
        if node.operator not in OPERATORS or not set(form) <= {"c", "v"}:
            raise Beyond(node.operator)
    elif node.name not in PROVED or not PROVED[node.name].answers(form):
        raise Beyond(node.name)
    elif node.name == "SUMPRODUCT" and len({arrays.extent(one) for one in inside if arrays.letter(one) in "ra"}) > 1:
        raise Beyond("products of arrays of several sizes")
    for one in inside:
        refuse_unproved(one, arrays, False)


_OF_A_CELL = {"r": "c", "a": "v"}  # what is taken cell by cell is a cell or a value each time


def _form(node: Operation | Call, at: int, one: Node, arrays: Arrays) -> str:
    letter = arrays.letter(one)
    return _OF_A_CELL.get(letter, letter) if at in arrays.taken(node) and not is_line(node) else letter


class Writer:
    """Writes a formula and its parts for the engine, each part once."""

    def __init__(self, arrays: Arrays, named: Named) -> None:
        self._arrays, self._view, self._named = arrays, arrays.view, named
        self._texts: dict[int, str] = {}

    def text(self, node: Node, as_range: bool = False) -> str:
        """A tree as text, without ``=``."""
        if isinstance(node, Operation | Call):
            if id(node) not in self._texts:
                self._texts[id(node)] = self._written(node)
            return self._texts[id(node)]
        if isinstance(node, Literal):
            return _literal(node)
        sheet, bounds = self._view.range_of(node.text)
        return self._named(sheet) + _address(self._clipped(sheet, bounds), as_range)

    def _written(self, node: Operation | Call) -> str:
        inside = operands(node)
        size = self._arrays.size(node)
        if size is not None:
            return self._each(size, (node,), "{}")
        if isinstance(node, Call) and node.name == "SUMPRODUCT":  # a text that is multiplied counts as 0, and so it is for N
            if all(self._arrays.letter(one) in "ra" for one in inside):
                factors = "*".join(["N({})"] * len(inside))
                return f"SUM({self._each(self._arrays.extent(inside[0]), inside, factors)})"
            return "*".join(f"N({self.text(one)})" for one in inside)
        return _joined(node, [self.text(one, self._as_range(node, at)) for at, one in enumerate(inside)])

    def _as_range(self, node: Operation | Call, at: int) -> bool:
        return isinstance(node, Call) and at in PROVED[node.name].ranges

    def _each(self, size: Size, nodes: tuple[Node, ...], together: str) -> str:
        """Arrays of one size, cell by cell, as MAP has it; where a row or a column is repeated, as MAKEARRAY."""
        extents = {self.text(leaf, True): self._arrays.extent(leaf) for node in nodes for leaf in self._arrays.leaves(node)}
        kept: dict[str, str] = {}
        if set(extents.values()) == {size}:
            cells = {text: f"v_{number}" for number, text in enumerate(extents, start=1)}
            frame = f"MAP({','.join(cells)},LAMBDA({','.join(cells.values())},"
        else:
            cells = {text: f"INDEX({text},{_at(h, 'i_')},{_at(w, 'j_')})" for text, (h, w) in extents.items()}
            frame = f"MAKEARRAY({size[0]},{size[1]},LAMBDA(i_,j_,"
        found = together.format(*[self._cell(node, cells, kept) for node in nodes])
        first = "".join(f"{name},{text}," for text, name in kept.items())
        return f"LET({first}{frame}{found})))" if kept else f"{frame}{found}))"

    def _cell(self, node: Node, cells: Mapping[str, str], kept: dict[str, str]) -> str:
        """An array's expression for one of its cells."""
        if isinstance(node, Literal | Reference) or self._arrays.size(node) is None:
            return cells[self.text(node, True)]
        taken, inside = self._arrays.taken(node), operands(node)
        texts = [
            self._cell(one, cells, kept) if at in taken else self._once(one, self._as_range(node, at), kept)
            for at, one in enumerate(inside)
        ]
        if isinstance(node, Call) and node.name == "IF" and len(texts) == 2:
            texts.append('""')  # FALSE would count for IronCalc's AVERAGE; what else takes it is not believed
        return texts[0] if is_line(node) else _joined(node, texts)

    def _once(self, node: Node, as_range: bool, kept: dict[str, str]) -> str:
        """What is the same for each cell; where it is computed of a range, that is done once."""
        text = self.text(node, as_range)
        ranges = isinstance(node, Call | Operation) and self._arrays.size(node) is None and names(node).references
        if ranges and any(self._view.letter(one) in "rw" for one in ranges):
            return kept.setdefault(text, f"k_{len(kept) + 1}")
        return text

    def _clipped(self, sheet: str, bounds: Range) -> Range:
        return self._view.model.clipped(sheet, bounds) if sheet else bounds


def _at(count: int, place: str) -> str:
    return place if count > 1 else "1"


def _joined(node: Operation | Call, texts: list[str]) -> str:
    if isinstance(node, Call):
        return f"{node.name}({','.join(texts)})"
    if node.operator == "%":
        return f"({texts[0]}%)"
    if len(texts) == 1:
        return f"({node.operator[1]}{texts[0]})"
    return f"({texts[0]}{node.operator}{texts[1]})"


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


def asked_parts(node: Node, arrays: Arrays, root: bool = True) -> Iterator[Node]:
    """The parts of a formula whose values have to be known before its own is believed."""
    if isinstance(node, Literal | Reference):
        return
    passes_on = isinstance(node, Call) and node.name in PASSED_ON and (is_line(node) or arrays.size(node) is None)
    if not root and not passes_on:
        yield node
    for one in operands(node):
        yield from asked_parts(one, arrays, False)
