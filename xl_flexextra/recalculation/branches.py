"""Branches of a formula that are not taken: left out, they need neither be proved nor computed.

Which branch is taken is decided by a condition that is proved and believed; one that is not decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .belief import CHOOSING, LEFT_OUT
from .cell_by_cell import Arrays
from .engine_formula import refuse_unproved
from .formula_tree import Beyond, Call, Node, Operation, rewritten
from .proved_calls import PROVED

REFERRING = frozenset({"ISBLANK", "COUNT", "COUNTA"})
"""Functions that the engine may be asked for of cells alone. IF gives them the cell of its branch."""


def is_proved(node: Node, arrays: Arrays) -> bool:
    """Whether a part of a formula is one value, and the engine may be asked for it; raises Beyond where it may not."""
    if arrays.letter(node) not in "cv":
        return False
    refuse_unproved(node, arrays, False)
    return True


def undecided(node: Node, arrays: Arrays, is_clean: Callable[[Node], bool], is_referred: bool = False) -> Iterator[Call]:
    """The calls of a formula that may be decided, and have a branch to leave out: one that is not clean.

    ``is_referred``: the call stands in a function that takes cells alone, so the cell of its branch has to take its place.
    """
    if isinstance(node, Call) and node.name in CHOOSING and len(node.arguments) > 1:
        condition, *branches = node.arguments
        has_other = is_referred or not (any(one is LEFT_OUT for one in branches) or all(map(is_clean, branches)))
        if has_other and is_clean(condition) and PROVED[node.name].answers(arrays.letter(condition) + "v" * len(branches)):
            yield node
    if isinstance(node, Call | Operation):
        refers = isinstance(node, Call) and node.name in REFERRING
        for one in node.arguments if isinstance(node, Call) else node.operands:
            yield from undecided(one, arrays, is_clean, refers and _may_refer(one, arrays))


def _may_refer(node: Node, arrays: Arrays) -> bool:
    return isinstance(node, Call) and node.name == "IF" and any(_refers(one, arrays) for one in node.arguments[1:])


def _refers(node: Node, arrays: Arrays) -> bool:
    """Whether a node is one cell."""
    try:
        return arrays.letter(node) == "c"
    except Beyond:
        return False


def without_others(tree: Node, arrays: Arrays, taken: Mapping[int, int | None]) -> Node:
    """A formula without the branches that are not taken; ``taken``: by the id of a call, its argument that is."""

    def left(node: Node) -> Node | None:
        if isinstance(node, Call) and node.name in REFERRING:
            return Call(node.name, tuple(referred(one) for one in node.arguments), node.written)
        if not isinstance(node, Call) or id(node) not in taken:
            return None
        kept = (0, taken[id(node)])
        arguments = [rewritten(one, left) if at in kept else LEFT_OUT for at, one in enumerate(node.arguments)]
        return Call(node.name, tuple(arguments), node.written)

    def referred(node: Node) -> Node:
        number = taken.get(id(node))
        branch = node.arguments[number] if isinstance(node, Call) and node.name == "IF" and number else node
        return branch if _refers(branch, arrays) else rewritten(node, left)

    return rewritten(tree, left)
