"""A block understood: which period each column is, which fund each row, and what its figures are; doubt is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import blocks, captions, head_periods, printed_text
from .blocks import Block
from .document import Cell, Line
from .head_periods import HeadPeriod

_CLASSES = re.compile(
    r"asset\s+class|category|type|style|objective|manager|adviser|family|ticker|symbol|cusip", re.IGNORECASE
)
_DATES = re.compile(r"inception|date|established|commenc|available|began", re.IGNORECASE)
_SUB_ACCOUNT = re.compile(r"sub-?\s?account|separate\s+account|division|made\s+available|added", re.IGNORECASE)
_GOES_ON = re.compile(
    r"^(?:(?-i:[a-z(&/])|(?:portfolios?|funds?|series|class|shares|trust|division|sub-?account|securities|index|inc\.?|ii|iii|iv|vip|allocation)(?![a-z]))",
    re.IGNORECASE,
)
_ENDS_OPEN = re.compile(r"(?:[-–—&,/]|(?<![a-z])(?:and|of|the|for|in|u\.s\.))$", re.IGNORECASE)
_NOT_FUNDS = re.compile(
    r"expense|fees?(?![a-z])|charges?\s*(?:$|\()|sharpe|deviation|(?<![a-z])beta(?![a-z])|(?<![a-z])alpha(?![a-z])|r-?squared|turnover|rank|percentile|yield|number\s+of|dividend|"
    r"net\s+asset\s+value|unit\s+value|difference|excess\s+return|value\s+added|inflation|(?<![a-z])cpi(?![a-z])",
    re.IGNORECASE,
)
_NO_RETURN_ROWS = re.compile(
    r"^\W*(?:total\s+)?(?:annual\s+)?(?:net\s+|gross\s+)?(?:expense|fee|turnover|standard\s+deviation|sharpe|"
    r"r-?squared|\d+-day|sec\s+yield|number\s+of|net\s+assets)|^\W*(?:alpha|beta)\W*$|^\W*(?:difference|excess\s+return|value\s+added|outperformance|(?:best|worst|highest|lowest)\s+(?:calendar\s+)?(?:quarter|month|year)|over\s*/\s*under)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed figure, or a place where none is printed: ``value`` is empty there."""

    line: Line
    table: int
    caption: str
    contract: str
    fund: str
    period: HeadPeriod
    kind: str
    charges: str
    as_of: str  # as printed
    value: str
    decimals: int
    text: str
    heading: str
    label: str
    start: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class FundSeen:
    """A fund as a row of a table names it."""

    line: Line
    table: int
    name: str
    asset_class: str = ""
    inception: str = ""
    of_subaccount: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """What was seen and not understood."""

    line: Line
    text: str
    why: str


@dataclass
class Understood:
    """What a block gives."""

    figures: list[Printed] = field(default_factory=list)
    funds: list[FundSeen] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)
    context: Context | None = None
    block: Block | None = None
    heads: list[Head] = field(default_factory=list)
    corner: list[str] = field(default_factory=list)
    last_group: str = ""


@dataclass(frozen=True)
class Context:
    """What a table's title and caption say."""

    title: str = ""
    caption: str = ""
    kind: str = ""
    charges: str = ""
    contract: str = ""
    as_of: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """A column of figures by what heads it: its own words, and those that span it."""

    text: str
    spans: tuple[str, ...] = ()

    @property
    def period(self) -> HeadPeriod | None:
        """The period that it names."""
        return head_periods.of_heading(self.text)


def heads_of(block: Block) -> tuple[list[Head], list[str]]:
    """What heads each column, and what stands over the names."""
    own: list[list[str]] = [[] for _ in block.columns]
    spans: list[list[str]] = [[] for _ in block.columns]
    labels: list[str] = []
    for line in block.head:
        cells = [cell for cell in line.cells if cell.text]
        if not line.grid and cells and all(_is_span(cell.text) for cell in cells) and len(block.columns) >= len(cells):
            for which, one in enumerate(block.columns):  # centred over its columns, wherever it ends
                spans[which].append(_middlemost(cells, one).text)
            continue
        for place, cell in enumerate(cells):
            over = _over(block, line, cells, place)
            if not over:
                labels.append(cell.text)
            elif len(over) == 1:
                own[over[0]].append(cell.text)
            elif cell.words and len(cell.words) > 1 and _several_periods(cell.text):
                for word in cell.words:
                    own[_nearest(block, word.left, word.right)].append(word.text)
            else:
                for column in over:
                    spans[column].append(cell.text)
    return [Head(" ".join(text), tuple(span)) for text, span in zip(own, spans, strict=True)], labels


def _middlemost(cells: list[Cell], column: blocks.Column) -> Cell:
    return min(cells, key=lambda cell: abs(cell.middle - column.middle))


def _is_span(text: str) -> bool:
    """Whether a heading is one over several columns: a contract, or a measure, and no period."""
    if head_periods.of_heading(text) is not None:
        return False
    kind = captions.kind_of(text)
    named = kind.endswith(("average annual total return", "cumulative total return")) or (bool(kind) and len(text) >= 20)
    return named or bool(captions.contracts_in(text))


def _over(block: Block, line: Line, cells: list[Cell], place: int) -> list[int]:
    """The columns that a cell of the head stands over."""
    cell, columns = cells[place], block.columns
    if line.grid:
        right = cell.right
        following = cells[place + 1].left if place + 1 < len(cells) else columns[-1].right
        over = [at for at, one in enumerate(columns) if cell.overlap(one.left, one.right) > 0]
        alone = len(over) == 1 and head_periods.of_heading(cell.text) is None and following > right
        if alone and not any(
            _between(cells, columns[at].left, columns[at].right) for at in range(over[0] + 1, len(columns))
        ):
            return [at for at, one in enumerate(columns) if one.left >= cell.left and one.right <= max(following, right)]
        if alone and captions.contracts_in(cell.text):
            return [at for at, one in enumerate(columns) if one.left >= cell.left and one.right <= following]
        return over
    over = [at for at, one in enumerate(columns) if cell.overlap(one.left, one.right) > 0.3 * (one.right - one.left)]
    if over:
        return over
    if cell.right <= _first_left(block):
        return []
    return [_nearest(block, cell.left, cell.right)]


def _between(cells: list[Cell], left: float, right: float) -> bool:
    return any(cell.overlap(left, right) > 0 for cell in cells)


def _first_left(block: Block) -> float:
    """Where the first column's own room begins."""
    first = block.columns[0]
    names = [
        cell.right
        for line in block.lines
        for cell in line.cells
        if cell.right <= first.left and printed_text.figure(cell.text) is None
    ]
    return (max(names, default=first.left - 1) + first.left) / 2


def _nearest(block: Block, left: float, right: float) -> int:
    middle = (left + right) / 2
    return min(range(len(block.columns)), key=lambda at: abs(block.columns[at].middle - middle))


def _several_periods(text: str) -> bool:
    found = re.findall(
        r"(?:\d{1,2}|one|two|three|five|seven|ten|fifteen|twenty)[\s-]*(?:years?|yrs?|months?|mos?)|ytd|year[\s-]to[\s-]date|since|(?:19|20)\d\d",
        text,
        re.IGNORECASE,
    )
    return len(found) > 1


# --- rows ---------------------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A line with figures: its cells by column, and the cells of its names."""

    line: Line
    cells: dict[int, Cell]
    names: list[Cell]
    group: str = ""
    sub_captions: tuple[str, ...] = ()
    before: str = ""  # the beginning of its name, from the line above
    after: str = ""


def rows_of(block: Block) -> list[Row]:
    """The rows of a block, with names that go over two lines put together, and the headings of groups."""
    rows: list[Row] = []
    held: list[Line] = []
    group = ""
    indents = [line.cells[0].left for line in block.lines if blocks.is_data(line)]
    for line in block.lines:
        if blocks.is_rule(line) or blocks.is_continued(line):
            continue
        if not blocks.is_data(line):
            if _hangs(line, rows, held):
                rows[-1].after = line.text
            else:
                held.append(line)
            continue
        cells: dict[int, Cell] = {}
        names: list[Cell] = []
        for cell in line.cells:
            place = blocks.column_of(block, cell)
            is_value = printed_text.figure(cell.text) is not None or printed_text.says_nothing(cell.text)
            if place is not None and is_value and place not in cells:
                cells[place] = cell
            elif cell.text and not is_value:
                names.append(cell)
        row = Row(line, cells, names, group)
        if held:
            if _begins_name(held[-1], row, indents):
                row.before = held.pop().text
            if held:
                group = " / ".join(one.text for one in held[-2:])
            held = []
        row.group = group
        rows.append(row)
    return rows


def _hangs(line: Line, rows: list[Row], held: list[Line]) -> bool:
    """Whether a line without figures is the rest of the name above it."""
    if not rows or held or not rows[-1].names or rows[-1].line is None or len(line.cells) != 1:
        return False
    above = rows[-1].names[0]
    deeper = not line.grid and line.cells[0].left > above.left + 0.8
    return deeper and bool(_GOES_ON.match(line.text)) and len(line.text) < 60


def _begins_name(line: Line, row: Row, indents: list[float]) -> bool:
    """Whether a line without figures is the beginning of the name below it, not the heading of a group.

    ``indents``: where the names of the block's rows begin; a name that goes over two lines begins where most others do.
    """
    if line.grid or len(line.cells) != 1 or not row.names or head_periods.of_label(line.text):
        return False
    first, left = row.names[0], line.cells[0].left
    if _GOES_ON.match(first.text) or _ENDS_OPEN.search(line.text):
        return True
    usual = sum(1 for indent in indents if abs(indent - left) < 0.8)
    return first.left > left + 0.8 and usual >= 0.6 * len(indents)
