"""What a formula computes cell by cell over ranges: which of its parts are arrays, and of what size.

SUMPRODUCT and ``INDEX(…,)`` have what they are given computed so, an array formula all of it. Elsewhere an operator or a
function over a range is a matter of where its cell stands, and is never sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from .formula_tree import Beyond, Call, Literal, Node, Operation, Reference
from .seen_from_cell import View

EACH: dict[str, frozenset[int]] = {
    **dict.fromkeys("ABS INT NOT ISNUMBER ISTEXT ISBLANK ISERROR ISNA YEAR MONTH DAY LEN MATCH".split(), frozenset({0})),
    **dict.fromkeys("ROUND ROUNDUP ROUNDDOWN MOD EXACT".split(), frozenset({0, 1})),
    "COUNTIF": frozenset({1}),
}
"""Functions that SUMPRODUCT has computed for each cell, with the arguments that may be arrays. Excel computes IF and its
like so in array formulas alone."""

IN_ARRAY_FORMULAS = frozenset({"IF", "IFERROR", "IFNA"})
MOST_LOOKED_AT = 500_000
"""Cells of arrays that are looked at for one formula; a larger one is left to others."""
MOST_IN_ALL = 2_000_000
"""Cells of arrays that are looked at for all formulas; it takes seconds, and LibreOffice's start but one or two."""

Size = tuple[int, int]
_ALL = (Literal(0.0), Literal(None))  # a place of INDEX that means all rows or columns


class SizesDiffer(Beyond):
    """Arrays of sizes that do not go together: Excel gives #N/A where one of them has no cell, Calc leaves it out."""


class Arrays:
    """The parts of a formula that are arrays. They are known by their identity, so the tree is kept."""

    def __init__(self, tree: Node, view: View) -> None:
        self.tree, self.view = tree, view
        self._formula = view.cell.array
        self._sizes: dict[int, Size] = {}
        self._taken: dict[int, frozenset[int]] = {}
        self._beyond: dict[int, Beyond] = {}
        self.looked_at = 0  # cells
        self._walk(tree, self._formula)

    def refuse(self, node: Node) -> None:
        """Raise Beyond where a part is an array in a way that is not proved."""
        if id(node) in self._beyond:
            raise self._beyond[id(node)]

    @property
    def sizes_differ(self) -> bool:
        """Whether there are arrays that do not go together."""
        return any(isinstance(reason, SizesDiffer) for reason in self._beyond.values())

    def size(self, node: Node) -> Size | None:
        """Rows and columns of a part that is computed as an array; None for every other."""
        return self._sizes.get(id(node))

    def taken(self, node: Node) -> frozenset[int]:
        """Which operands of an array are taken cell by cell."""
        return self._taken.get(id(node), frozenset())

    def letter(self, node: Node) -> str:
        """The form of an argument, by its text: one of the letters of :mod:`.proved_calls`."""
        if isinstance(node, Reference):
            return self.view.letter(node.text)
        if isinstance(node, Literal) and node.value is None:
            return "-"
        if id(node) in self._sizes:
            return "a"
        if isinstance(node, Call) and node.name == "INDEX":
            return "r" if self._whole_line(node) else "c"
        return "v"

    def leaves(self, node: Node) -> Iterator[Node]:
        """The ranges whose cells an array is computed of: references, and lines that INDEX gives whole."""
        if isinstance(node, Literal | Reference) or self.size(node) is None:
            yield node
            return
        inside = operands(node)
        for at in sorted(self.taken(node)):
            yield from self.leaves(inside[at])

    def extent(self, node: Node) -> Size:
        """Rows and columns of an array, or of a range."""
        known = self.size(node)
        if known is not None:
            return known
        if isinstance(node, Call) and node.name == "INDEX":
            (height, width), places = self.extent(node.arguments[0]), node.arguments[1:]
            if len(places) == 1 and 1 not in (height, width):
                raise Beyond("INDEX of a block by its row only")
            all_rows, all_columns = places[0] in _ALL, places[-1] in _ALL
            return (height if all_rows else 1), (width if all_columns else 1)
        if not isinstance(node, Reference):
            raise Beyond("no range")
        _, bounds = self.view.range_of(node.text)
        return bounds.bottom - bounds.top + 1, bounds.right - bounds.left + 1

    def _walk(self, node: Node, inside_array: bool) -> bool:
        """Whether a node is an array where it stands: a range whose cells are taken one by one, or computed of such."""
        try:
            return self._is_array(node, inside_array)
        except Beyond as reason:
            self._beyond[id(node)] = reason
            return False

    def _is_array(self, node: Node, inside_array: bool) -> bool:
        if isinstance(node, Literal):
            return False
        if isinstance(node, Reference):
            return inside_array and self.view.letter(node.text) in "rw"
        inside = operands(node)
        begins = isinstance(node, Call) and node.name == "SUMPRODUCT"
        each = self._each(node, inside_array)
        arrays = {
            at for at, one in enumerate(inside) if self._walk(one, inside_array or begins or (is_line(node) and at == 0))
        }
        if arrays and not (inside_array or begins or is_line(node) or (isinstance(node, Call) and node.name == "MATCH")):
            raise Beyond("INDEX(…,) where LibreOffice computes one value")
        taken = arrays & each
        if not taken or (is_line(node) and self.size(inside[0]) is None):
            return inside_array and not is_line(node) and self.letter(node) == "r"
        extents = {self.extent(inside[at]) for at in taken}
        height, width = _together(extents)
        if len(extents) > 1 and isinstance(node, Call) and node.name in IN_ARRAY_FORMULAS:
            raise SizesDiffer("arrays of several sizes")  # a row or a column, which Calc does not repeat there
        through = [self.extent(one) for at, one in enumerate(inside) if at not in taken and self.letter(one) in "ra"]
        self.looked_at += height * width * max([h * w for h, w in through], default=1)
        if self.looked_at > MOST_LOOKED_AT:
            raise Beyond("more cells of arrays than are looked at")
        self._taken[id(node)], self._sizes[id(node)] = frozenset(taken), (height, width)
        return True

    def _each(self, node: Operation | Call, inside_array: bool) -> frozenset[int]:
        """The operands that a node takes cell by cell."""
        if is_line(node):
            return frozenset({0})
        if not inside_array:
            return frozenset()
        if isinstance(node, Operation) or (self._formula and node.name in IN_ARRAY_FORMULAS):
            return frozenset(range(len(operands(node))))
        return EACH.get(node.name, frozenset())

    def _whole_line(self, node: Call) -> bool:
        """Whether INDEX says in its text, by a 0 or by leaving a place out, that it gives more than a cell."""
        nothing = any(place in _ALL for place in node.arguments[1:])
        return nothing and self.letter(node.arguments[0]) != "c"


def operands(node: Operation | Call) -> tuple[Node, ...]:
    """What an operator or a function is given."""
    return node.operands if isinstance(node, Operation) else node.arguments


def is_line(node: Node) -> bool:
    """Whether a node is ``INDEX(…,)``, by which people have an expression computed cell by cell."""
    return isinstance(node, Call) and node.name == "INDEX" and node.arguments[1:] == (Literal(None),)


def _together(sizes: set[Size]) -> Size:
    """The size of what is computed of arrays: a row or a column is taken again for each column or row of the others."""
    height, width = max(h for h, _ in sizes), max(w for _, w in sizes)
    if any(h not in (1, height) or w not in (1, width) for h, w in sizes):
        raise SizesDiffer("arrays of several sizes")
    return height, width
