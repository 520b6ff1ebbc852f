"""Branches of a formula that are not taken: left out, they need neither be proved nor computed.

Which branch is taken is decided by a condition that is proved and believed; one that is not decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .belief import LEFT_OUT
from .cell_by_cell import Arrays
from .engine_formula import refuse_unproved
from .formula_tree import Call, Node, Operation
from .proved_calls import PROVED

CHOOSING = frozenset({"IF", "IFERROR", "IFNA", "CHOOSE"})


def is_proved(node: Node, arrays: Arrays) -> bool:
    """Whether a part of a formula is one value, and the engine may be asked for it; raises Beyond where it may not."""
    if arrays.letter(node) not in "cv":
        return False
    refuse_unproved(node, arrays, False)
    return True


def undecided(node: Node, arrays: Arrays, is_clean: Callable[[Node], bool]) -> Iterator[Call]:
    """The calls of a formula that may be decided, and have a branch to leave out: one that is not clean."""
    if isinstance(node, Call) and node.name in CHOOSING and len(node.arguments) > 1:
        condition, *branches = node.arguments
        has_other = is_clean(condition) and not all(map(is_clean, branches))
        if has_other and PROVED[node.name].answers(arrays.letter(condition) + "v" * len(branches)):
            yield node
    if isinstance(node, Call | Operation):
        for one in node.arguments if isinstance(node, Call) else node.operands:
            yield from undecided(one, arrays, is_clean)


def without_others(node: Node, taken: Mapping[int, int | None]) -> Node:
    """A formula without the branches that are not taken; ``taken``: by the id of a call, its argument that is."""
    if isinstance(node, Operation):
        return Operation(node.operator, tuple(without_others(one, taken) for one in node.operands))
    if not isinstance(node, Call):
        return node
    arguments = tuple(without_others(one, taken) for one in node.arguments)
    if id(node) in taken:
        arguments = tuple(one if at in (0, taken[id(node)]) else LEFT_OUT for at, one in enumerate(arguments))
    return Call(node.name, arguments, node.written)
