"""Whether a formula that Excel lets spill can give more than one cell: by its text, without its value."""

from __future__ import annotations

from ..cells import scalars
from .formula_tree import Beyond, Call, Literal, Node, Operation, Reference, bare_name, names
from .own_calls import is_own
from .workbook_model import FormulaCell, Model

ONE_VALUE = frozenset(
    "SUM PRODUCT SUMPRODUCT SUMIF SUMIFS COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS AVERAGE AVERAGEIF AVERAGEIFS MEDIAN MIN "
    "MAX MINIFS MAXIFS STDEV STDEV.S STDEV.P VAR VAR.S VAR.P SUBTOTAL AGGREGATE ROWS COLUMNS AND OR XOR CONCAT"
    " TEXTJOIN".split()
)
"""Functions that never give more than one cell."""

OF_EACH = frozenset(
    "ABS INT ROUND ROUNDUP ROUNDDOWN MOD SQRT POWER EXP LN LOG LOG10 SIGN TRUNC IF IFERROR IFNA IFS SWITCH CHOOSE NOT N T "
    "ISNUMBER ISTEXT ISBLANK ISERROR ISNA DATE YEAR MONTH DAY EOMONTH EDATE WEEKDAY YEARFRAC LEN LEFT RIGHT MID TRIM UPPER "
    "LOWER PROPER TEXT VALUE EXACT FIND SEARCH SUBSTITUTE CONCATENATE RRI LARGE SMALL RANK TRUE FALSE NA".split()
)
"""Functions that give a cell for each cell that they are given."""

LOOKED_UP = frozenset("MATCH XMATCH VLOOKUP HLOOKUP LOOKUP".split())
"""Functions that give a cell for each cell of their first argument, whatever range they look through."""

_RANGE_FIRST = frozenset({"LARGE", "SMALL"})  # what comes first is a range to choose from
_RANGE_SECOND = frozenset({"RANK", *LOOKED_UP})


def gives_one_cell(node: Node, cell: FormulaCell, model: Model) -> bool:
    """Whether a formula gives one cell, whatever its tables hold; what is not known may give more."""
    if isinstance(node, Literal):
        return True
    if isinstance(node, Reference):
        return _size(node, cell, model) == (1, 1) or _named_one(node, cell, model)
    if isinstance(node, Operation):
        return all(gives_one_cell(one, cell, model) for one in node.operands)
    name = bare_name(node.name)
    if name in ONE_VALUE:
        return True
    if is_own(node):
        return _one_of_ours(node, cell, model)
    given = list(node.arguments)
    if name == "XLOOKUP":
        return (
            len(given) > 2 and _one_line(given[1], given[2], cell, model) and _all_one([given[0], *given[3:]], cell, model)
        )
    if name == "INDEX":
        return _one_picked(given, cell, model)
    if name not in OF_EACH and name not in LOOKED_UP:
        return False
    if name in _RANGE_FIRST:
        given = given[1:]
    elif name in _RANGE_SECOND:
        given = [*given[:1], *given[2:]] if name != "LOOKUP" else given[:1]
    return _all_one(given, cell, model)


def _named_one(node: Reference, cell: FormulaCell, model: Model) -> bool:
    """Whether a reference is the name of a formula over cells that gives one cell."""
    tree = model.named_formula(node.text, cell)
    if tree is None or any(_size(Reference(text), cell, model) is None for text in names(tree).references):
        return False
    return gives_one_cell(tree, cell, model)


def _one_of_ours(node: Call, cell: FormulaCell, model: Model) -> bool:
    """One of our functions that gives no table, with one cell for each argument that is a value."""
    from .. import catalogue

    function = catalogue.get(node.name)
    if function.returns == "rows" or len(node.arguments) > len(function.arguments):
        return False
    given = zip(function.arguments, node.arguments, strict=False)
    return _all_one([one for argument, one in given if argument.kind in scalars.SCALARS], cell, model)


def _all_one(nodes: list[Node], cell: FormulaCell, model: Model) -> bool:
    return all(gives_one_cell(one, cell, model) for one in nodes)


def _size(node: Node, cell: FormulaCell, model: Model) -> tuple[int, int] | None:
    """Rows and columns of a reference."""
    if not isinstance(node, Reference):
        return None
    try:
        found = model.resolve(node.text, cell)
    except Beyond:
        return None
    if len(found) != 1:
        return None
    bounds = found[0][1]
    return bounds.bottom - bounds.top + 1, bounds.right - bounds.left + 1


def _one_line(looked_through: Node, given: Node, cell: FormulaCell, model: Model) -> bool:
    """Whether a place in one line means one cell of another."""
    sizes = _size(looked_through, cell, model), _size(given, cell, model)
    return sizes[0] is not None and sizes[0] == sizes[1] and 1 in sizes[0]


def _one_picked(given: list[Node], cell: FormulaCell, model: Model) -> bool:
    """INDEX of a line by a place that is none of 0, which would mean all of it."""
    size = _size(given[0], cell, model) if len(given) == 2 else None
    if size is None or 1 not in size:
        return False
    place = given[1]
    if isinstance(place, Literal):
        return isinstance(place.value, float) and place.value >= 1
    return isinstance(place, Call) and bare_name(place.name) in ("MATCH", "XMATCH") and gives_one_cell(place, cell, model)
