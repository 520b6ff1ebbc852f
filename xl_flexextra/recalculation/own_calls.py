"""Calls of our functions taken out of formulas: the core computes them, and the engine is given their values."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..cells import scalars
from ..errors import FlexExtraError
from .belief import picked
from .cell_by_cell import MOST_LOOKED_AT
from .cell_values import Cells, Column, single
from .formula_tree import Beyond, Call, Literal, Node, Reference, rewritten
from .seen_from_cell import View, reference_to

AsPart = Callable[[Node, bool], Reference]
"""Makes a part of a tree (one of the core, or of the engine) and gives the reference to it."""


@functools.lru_cache(maxsize=1)
def own_names() -> frozenset[str]:
    """The names of our worksheet functions."""
    from .. import catalogue

    return frozenset(catalogue.names())


def is_own(node: Node) -> bool:
    """Whether a node is a call of one of our functions."""
    return isinstance(node, Call) and node.name in own_names()


def is_guarded(node: Node) -> bool:
    """Whether a node is a call of ours where a cell says that our functions are here: IF(cell, call, …)."""
    return (
        isinstance(node, Call)
        and node.name == "IF"
        and len(node.arguments) == 3
        and isinstance(node.arguments[0], Reference)
        and is_own(node.arguments[1])
    )


def native_tree(node: Node, as_part: AsPart) -> Node:
    """A tree in which each call of ours is a reference to its value."""
    return rewritten(node, lambda one: as_part(own_tree(one, as_part), True) if is_own(one) else None)


def with_formulas_known(node: Node, view: View) -> Node:
    """A tree in which ISFORMULA is what the workbook itself says, whatever the formulas come to."""
    return rewritten(node, lambda one: _as_known(one, view))


def _as_known(node: Node, view: View) -> Node | None:
    """The reference to what ISFORMULA gives; None for what is not ISFORMULA of a reference, or of too large a one."""
    if not isinstance(node, Call) or node.name != "ISFORMULA" or len(node.arguments) != 1:
        return None
    if not isinstance(node.arguments[0], Reference):
        return None
    try:
        rows = view.are_formulas(node.arguments[0].text, MOST_LOOKED_AT)
        number = view.parts.reserve()
        view.parts.set(number, rows)
    except Beyond:
        return None
    return reference_to(number)


def own_tree(node: Node, as_part: AsPart) -> Node:
    """A call of ours, guarded or not, whose arguments are references and literals; what has to be computed for them are
    parts."""
    assert isinstance(node, Call)
    if is_guarded(node):
        here, call, absent = node.arguments
        return Call(node.name, (here, own_tree(call, as_part), _argument(absent, as_part)), node.written)
    return Call(node.name, tuple(_argument(one, as_part) for one in node.arguments), node.written)


def _argument(node: Node, as_part: AsPart) -> Node:
    if isinstance(node, Literal | Reference):
        return node
    if is_own(node):
        return as_part(own_tree(node, as_part), True)
    if isinstance(node, Call) and node.name == "INDEX" and isinstance(node.arguments[0], Reference):
        return Call(node.name, (node.arguments[0], *(_argument(one, as_part) for one in node.arguments[1:])), node.written)
    if isinstance(node, Call) and node.name in ("IF", "CHOOSE") and len(node.arguments) > 1:
        return Call(node.name, tuple(_argument(one, as_part) for one in node.arguments), node.written)
    return as_part(native_tree(node, as_part), False)


def computed(node: Node, view: View) -> Any:
    """The value of a call of ours, or its rows."""
    from .. import catalogue
    from ..functions import registry

    if isinstance(node, Call) and node.name == "IF":
        node = _taken(node, view)
    if not is_own(node):
        return _as_given(_given(node, view))
    assert isinstance(node, Call)
    function = catalogue.get(node.name)
    given = [_given(one, view) for one in node.arguments]
    kinds = [argument.kind for argument in function.arguments[: len(given)]]
    kinds += [""] * (len(given) - len(kinds))  # too many, which the function refuses
    return registry.evaluate(function, [_as_input(one, kind) for one, kind in zip(given, kinds, strict=True)])


def _as_input(value: Any, kind: str) -> Any:
    """An argument as the core takes it; a table of inputs is read once, not for each figure that needs it."""
    from ..inputs import remembered

    rows = value.rows if isinstance(value, Column) else value
    if kind not in remembered.KINDS or not isinstance(rows, Cells) or len(rows) == 1:
        return _as_given(value)
    if kind not in rows.inputs:
        try:
            rows.inputs[kind] = remembered.parse(kind, kind, list(rows))
        except FlexExtraError:  # which the function says in its own words
            rows.inputs[kind] = list(rows)
    return rows.inputs[kind]


def _given(node: Node, view: View) -> Any:
    """What an argument gives: cells, one value, or that it is left out."""
    if isinstance(node, Literal):
        return scalars.OMITTED if node.value is None else node.value
    if isinstance(node, Reference):
        return view.values(node.text)
    assert isinstance(node, Call)
    if node.name == "INDEX":
        table, *places = (_given(one, view) for one in node.arguments)
        return picked(table, [_one(value) for value in places])
    return _given(_taken(node, view), view)


def _taken(node: Call, view: View) -> Node:
    """The argument that IF or CHOOSE passes on."""
    chosen = _one(_given(node.arguments[0], view))
    if isinstance(chosen, str):
        raise Beyond("a choice that is text or an error")
    number = int(chosen or 0.0) if node.name == "CHOOSE" else 1 if chosen else 2
    if node.name == "IF" and number == len(node.arguments):
        return Literal(False)
    if not 1 <= number < len(node.arguments):
        raise Beyond(node.name)
    if node.arguments[number] == Literal(None):
        raise Beyond("a branch without a value")  # 0 or nothing, from program to program
    return node.arguments[number]


def without_others(node: Node, view: View, stands: Callable[[Node], bool]) -> Node:
    """A call of ours with the branches that IF and CHOOSE take in place of these; ``stands``: what may be asked for."""
    if not isinstance(node, Call):
        return node
    if node.name in ("IF", "CHOOSE") and stands(node.arguments[0]):
        return without_others(_taken(node, view), view, stands)
    return Call(node.name, tuple(without_others(one, view, stands) for one in node.arguments), node.written)


def _one(value: Any) -> Any:
    return 0.0 if value is scalars.OMITTED else single(value)


def _as_given(value: Any) -> Any:
    """An argument as the core takes it: one cell is its value."""
    rows = value.rows if isinstance(value, Column) else value
    if isinstance(rows, Cells):
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else list(rows)
    return rows
