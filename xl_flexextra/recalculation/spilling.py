"""Whether a formula that Excel lets spill can give more than one cell, or another number than before: by its text."""

from __future__ import annotations

from collections.abc import Iterator

from ..cells import scalars
from ..ooxml.refs import MAX_COLUMN, MAX_ROW, Range
from .formula_cells import FormulaCell
from .formula_tree import ARRAY, ROW, Beyond, Call, Literal, Node, Operation, Reference, bare_name, names, rewritten
from .own_calls import is_own
from .workbook_model import Model

ONE_VALUE = frozenset(
    "SUM PRODUCT SUMPRODUCT SUMSQ SUMXMY2 SUMX2MY2 SUMX2PY2 COUNT COUNTA COUNTBLANK AVERAGE AVERAGEA GEOMEAN HARMEAN MEDIAN "
    "MIN MAX STDEV STDEV.S STDEV.P STDEVP VAR VAR.S VAR.P VARP DEVSQ CORREL SLOPE INTERCEPT RSQ ROWS COLUMNS AND OR XOR "
    "CONCAT TEXTJOIN SINGLE".split()
)
"""Functions that never give more than one cell."""

_FIRST, _SECOND, _BOTH, _PAIRS, _PAIRS_OF = slice(0, 1), slice(1, 2), slice(0, 2), slice(1, None, 2), slice(2, None, 2)
SPREADING: dict[str, tuple[slice, ...]] = {
    **dict.fromkeys(("COUNTIF", "SUMIF", "AVERAGEIF", "LARGE", "SMALL", "PERCENTILE", "QUARTILE"), (_SECOND,)),
    **dict.fromkeys(("SUMIFS", "AVERAGEIFS", "MINIFS", "MAXIFS"), (_PAIRS_OF,)),
    **dict.fromkeys(("SUBTOTAL", "FORECAST", "LOOKUP"), (_FIRST,)), **dict.fromkeys(("NETWORKDAYS", "WORKDAY"), (_BOTH,)),
    **dict.fromkeys(("RANK", "MATCH", "XMATCH", "VLOOKUP", "HLOOKUP"), (_FIRST, slice(2, None))),
    "COUNTIFS": (_PAIRS,), "AGGREGATE": (_BOTH, slice(3, None)),
}  # fmt: skip
"""Functions of ranges that give a cell for each cell of these arguments, such as criteria and what is looked up."""

CHOOSING = frozenset({"IF", "IFERROR", "IFNA", "IFS", "SWITCH", "CHOOSE"})
_SIZED = frozenset(
    {"SORT", "SORTBY", "TRANSPOSE", "LET", "HSTACK", "VSTACK", ARRAY, ROW}
)  # of the size of what they are given
_OF_ROWS = frozenset({"SORT", "FILTER", "UNIQUE"})  # as many columns as their first argument has

OF_EACH = frozenset(
    "ABS INT ROUND ROUNDUP ROUNDDOWN MOD SQRT POWER EXP LN LOG LOG10 SIGN TRUNC IF IFERROR IFNA IFS SWITCH CHOOSE NOT N T "
    "ISNUMBER ISTEXT ISBLANK ISERROR ISNA DATE YEAR MONTH DAY EOMONTH EDATE WEEKDAY YEARFRAC LEN LEFT RIGHT MID TRIM UPPER "
    "LOWER PROPER TEXT VALUE EXACT FIND SEARCH SUBSTITUTE CONCATENATE RRI TRUE FALSE NA".split()
)
"""Functions that give a cell for each cell that they are given."""


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
    if name == "LET":
        return _one_let(given, cell, model)
    if name in SPREADING:
        return _all_one([one for part in SPREADING[name] for one in given[part]], cell, model)
    return name in OF_EACH and _all_one(given, cell, model)


def may_fill(cell: FormulaCell, model: Model) -> Iterator[Range]:
    """The cells that a formula fills, and the blank ones below and beside them, into which Excel may let it spill."""
    covers = cell.covers
    yield covers
    if cell.spills and not (cell.tree is not None and gives_one_cell(cell.tree, cell, model)):
        rows, columns = range(covers.top, covers.bottom + 1), range(covers.left, covers.right + 1)
        sheet = cell.place[0]
        bottom = model.blank_until(sheet, rows.stop, MAX_ROW, lambda row: [(row, column) for column in columns])
        right = model.blank_until(sheet, columns.stop, MAX_COLUMN, lambda column: [(row, column) for row in rows])
        if bottom >= rows.stop:
            yield Range(rows.stop, covers.left, bottom, covers.right)
        if right >= columns.stop:
            yield Range(covers.top, columns.stop, covers.bottom, right)


def keeps_its_size(node: Node, cell: FormulaCell, model: Model) -> bool:
    """Whether a formula gives as many cells whatever its tables hold, as long as they keep their rows."""
    if not isinstance(node, Call | Operation) or gives_one_cell(node, cell, model):
        return True
    inside = list(node.operands if isinstance(node, Operation) else node.arguments)
    name = "" if isinstance(node, Operation) else bare_name(node.name)
    if name in CHOOSING:  # for each cell of its condition, or one of its branches as a whole
        return not gives_one_cell(inside[0], cell, model) and _all_keep(inside, cell, model)
    if name == "INDEX":
        return all(isinstance(place, Literal) for place in inside[1:]) and _all_keep(inside, cell, model)
    if name == "XLOOKUP":
        return len(inside) > 2 and _one_line(inside[1], inside[2], cell, model) and _all_keep(inside, cell, model)
    if isinstance(node, Call) and is_own(node):
        return not _gives_rows(node) and _all_keep(inside, cell, model)
    return (not name or name in _SIZED or name in OF_EACH or name in SPREADING) and _all_keep(inside, cell, model)


def _all_keep(nodes: list[Node], cell: FormulaCell, model: Model) -> bool:
    return all(keeps_its_size(one, cell, model) for one in nodes)


def _one_let(given: list[Node], cell: FormulaCell, model: Model) -> bool:
    """LET by its last argument, in which a name stands for one cell if what it means gives one."""
    while len(given) > 2:
        name, value, *given = given
        if not isinstance(name, Reference):  # the name of an outer LET
            return False
        if gives_one_cell(value, cell, model):
            given = [_with_one_cell(one, name.text.lower()) for one in given]
    return len(given) == 1 and gives_one_cell(given[0], cell, model)


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
    if _gives_rows(node) or len(node.arguments) > len(function.arguments):
        return False
    given = zip(function.arguments, node.arguments, strict=False)
    return _all_one([one for argument, one in given if argument.kind in scalars.SCALARS], cell, model)


def _gives_rows(node: Call) -> bool:
    from .. import catalogue

    return catalogue.get(node.name).returns == "rows"


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


def _with_one_cell(tree: Node, name: str) -> Node:
    """A tree in which a name stands for one cell."""
    return rewritten(tree, lambda n: Literal(0.0) if isinstance(n, Reference) and n.text.lower() == name else None)


def _is_column(node: Node, cell: FormulaCell, model: Model) -> bool:
    """Whether rows are taken of one column."""
    if not isinstance(node, Call) or bare_name(node.name) not in _OF_ROWS or not node.arguments:
        return (_size(node, cell, model) or (0, 0))[1] == 1
    return len(node.arguments) <= 2 and _is_column(node.arguments[0], cell, model)


def _one_picked(given: list[Node], cell: FormulaCell, model: Model) -> bool:
    """INDEX of a line by a place that is none of 0, which would mean all of it."""
    size = _size(given[0], cell, model) if len(given) == 2 else None
    is_line = 1 in size if size is not None else len(given) == 2 and _is_column(given[0], cell, model)
    if not is_line:
        return False
    place = given[1]
    if isinstance(place, Literal):
        return isinstance(place.value, float) and place.value >= 1
    return isinstance(place, Call) and bare_name(place.name) in ("MATCH", "XMATCH") and gives_one_cell(place, cell, model)
