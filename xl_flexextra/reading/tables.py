"""A block understood: which period each column is, which fund each row, and what its figures are; doubt is refused."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass, field, replace

from . import blocks, captions, head_periods, plain, printed_text, row_names
from .blocks import Block
from .document import Cell, Line, Word
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
_REST = re.compile(
    r"(?:(?-i:[a-z(&/]).{0,50}|(?:ii|iii|iv|v|vip|class|shares|portfolio|fund|trust|inc\.|series)(?![a-z])(?:\s+(?:class|shares|series|standard|service|portfolio|fund|\w{1,3}))*)",
    re.IGNORECASE,
)
_ENDS_OPEN = re.compile(r"(?:[-–—&,/]|(?<![a-z])(?:and|of|the|for|in|u\.s\.))$", re.IGNORECASE)
_NOT_FUNDS = re.compile(
    r"expense|fees?(?![a-z])|charges?\s*(?:$|\()|sharpe|deviation|(?<![a-z])beta(?![a-z])|(?<![a-z])alpha(?![a-z])|r-?squared|turnover|rank|percentile|yield|number\s+of|dividend|"
    r"net\s+asset\s+value|unit\s+value|difference|excess\s+return|value\s+added|inflation|(?<![a-z])cpi(?![a-z])",
    re.IGNORECASE,
)
_STANDARDS = re.compile(r"(?<![a-z])standardi[sz]ed", re.IGNORECASE)
_NO_RETURN_ROWS = re.compile(
    r"^\W*(?:(?:value|unit\s+value|accumulation\s+unit\s+value)s?\s*,?\s*)?(?:at\s+)?(?:the\s+)?(?:beginning|start|end)\s+of\s+(?:the\s+)?(?:period|year)"
    r"|^\W*(?:(?:beginning|ending|accumulation)\s+)*unit\s+values?|^\W*units\s+outstanding"
    r"|^\W*(?:total\s+)?(?:annual\s+)?(?:net\s+|gross\s+)?(?:expense|fee|turnover|standard\s+deviation|sharpe|"
    r"r-?squared|\d+-day|sec\s+yield|number\s+of|net\s+assets)|^\W*(?:\d+-day\s+)?(?:current|effective|compound(?:ed)?|annuali[sz]ed|simple|tax-equivalent)\s+(?:\d+-day\s+)?yields?\W*$|^\W*(?:alpha|beta)\W*$|^\W*(?:difference|excess\s+return|value\s+added|outperformance|(?:best|worst|highest|lowest)\s+(?:calendar\s+)?(?:quarter|month|year)|over\s*/\s*under)",
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
    ends: tuple[str, ...] = ()  # the days on which columns of its table end

    @property
    def period(self) -> HeadPeriod | None:
        """The period that it names; a day beside "since inception" is its last where other columns end on it."""
        found = head_periods.of_heading(self.text)
        if found and found.code == "SI" and found.first in self.ends:
            return replace(found, first="", last=found.first)
        return found


def heads_of(block: Block) -> tuple[list[Head], list[str]]:
    """What heads each column, and what stands over the names."""
    own: list[list[str]] = [[] for _ in block.columns]
    spans: list[list[str]] = [[] for _ in block.columns]
    labels: list[str] = []
    parting: list[tuple[int, list[Cell]]] = []
    for line in block.head:
        cells = [cell for cell in line.cells if cell.text]
        centred = [] if line.grid else _spans_of(block, cells)
        if centred:
            labels += [cell.text for cell in cells if cell not in centred]
            parting.append((len(max(spans, key=len)), centred))
            continue
        for place, cell in enumerate(cells):
            over = _over(block, line, cells, place)
            if not over:
                labels.append(cell.text)
            elif len(over) == 1:
                own[over[0]].append(cell.text)
            elif cell.words and len(cell.words) > 1 and _several_periods(cell.text):
                for words in _by_period(cell):
                    own[_nearest(block, words[0].left, words[-1].right)].append(" ".join(word.text for word in words))
            else:
                for column in over:
                    spans[column].append(cell.text)
    periods = [head_periods.of_heading(" ".join(text)) for text in own]
    for at, centred in reversed(parting):
        for which, cell in enumerate(_parted(block, centred, periods)):
            spans[which].insert(at, cell.text)
    heads = [Head(" ".join(text), tuple(span)) for text, span in zip(own, spans, strict=True)]
    ends = {head.period.last for head in heads if head.period and head.period.last}
    return [replace(head, ends=tuple(ends)) for head in heads], labels


def _parted(block: Block, cells: list[Cell], periods: list[HeadPeriod | None]) -> list[Cell]:
    """For each column the one of some headings that stands over it.

    No heading stands over one period twice where that can be. They stand in the middle of their columns or at one end of
    them, whichever fits all of them best; of two equal fits the one that parts at wider gaps.
    """
    columns, count = block.columns, len(block.columns)
    if math.comb(count - 1, len(cells) - 1) > _MOST_WAYS:
        return [min(cells, key=lambda cell: abs(cell.middle - column.middle)) for column in columns]

    def fit(cuts: tuple[int, ...]) -> tuple[int, float, float]:
        ends = list(itertools.pairwise((0, *cuts, count)))
        twice = sum(len(mine) - len(set(mine)) for a, b in ends for mine in [[one for one in periods[a:b] if one]])
        off = [
            (
                cell.left - columns[a].left,
                cell.middle - (columns[a].left + columns[b - 1].right) / 2,
                cell.right - columns[b - 1].right,
            )
            for cell, (a, b) in zip(cells, ends, strict=True)
        ]
        misfit = min(sum(abs(one[way]) for one in off) for way in range(3))
        return twice, misfit, -sum(columns[cut].left - columns[cut - 1].right for cut in cuts)

    best = min(itertools.combinations(range(1, count), len(cells) - 1), key=fit)
    return [cells[sum(1 for cut in best if cut <= place)] for place in range(count)]


_MOST_WAYS = 5_000  # to part the columns of a table


def _is_span(text: str) -> bool:
    """Whether a heading is one over several columns: a contract, or a measure, and no period."""
    if head_periods.of_heading(text) is not None:
        return False
    kind = captions.kind_of(text)
    named = kind.endswith(("average annual total return", "cumulative total return")) or (bool(kind) and len(text) >= 20)
    return named or bool(captions.contracts_in(text))


def _parts(text: str) -> bool:
    """Whether a heading parts the columns of a table: by standardized or not, by charges, by last day, or as expenses."""
    if head_periods.of_heading(text) is not None:
        return False
    return (
        blocks.names_others(text)
        or bool(_STANDARDS.search(text) or captions.as_of(text))
        or captions.charges_over(text) is not None
    )


def _spans_of(block: Block, cells: list[Cell]) -> list[Cell]:
    """The cells of a line on paper that stand over several columns each, where it holds no others but over the names."""
    if not block.columns or not cells:
        return []
    beside = [cell for cell in cells if cell.right > _first_left(block)]
    if len(beside) > len(block.columns) or not beside:
        return []
    if len(beside) == len(cells) and all(_is_span(cell.text) for cell in cells):
        return cells
    some = any(_is_span(cell.text) or _parts(cell.text) for cell in beside)
    said = all(_is_span(cell.text) or _parts(cell.text) or captions.kind_of(cell.text) for cell in beside)
    periods = any(head_periods.of_heading(cell.text) for cell in beside)
    return beside if len(beside) > 1 and some and said and not periods else []


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
        if alone and (captions.contracts_in(cell.text) or _is_span(cell.text) or _parts(cell.text)):
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


_PERIOD = re.compile(
    r"(?:\d{1,2}|one|two|three|five|seven|ten|fifteen|twenty)[\s-]*(?:years?|yrs?|months?|mos?)|ytd|year[\s-]to[\s-]date|since|(?:19|20)\d\d",
    re.IGNORECASE,
)


def _several_periods(text: str) -> bool:
    return len(_PERIOD.findall(text)) > 1


def _by_period(cell: Cell) -> list[list[Word]]:
    """The words of a heading that names several periods, a list a period."""
    starts = {found.start() for found in _PERIOD.finditer(" ".join(word.text for word in cell.words))}
    parts: list[list[Word]] = []
    at = 0
    for word in cell.words:
        if not parts or at in starts:
            parts.append([])
        parts[-1].append(word)
        at += len(word.text) + 1
    return parts


# --- rows ---------------------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A line with figures: its cells by column, and the cells of its names."""

    line: Line
    cells: dict[int, Cell]
    names: list[Cell]
    group: str = ""
    before: str = ""  # the beginning of its name, from the line above
    after: str = ""


def rows_of(block: Block) -> list[Row]:
    """The rows of a block, with names that go over two lines put together, and the headings of groups."""
    rows: list[Row] = []
    held: list[Line] = []
    group = ""
    indents = [line.cells[0].left for line in block.lines if blocks.is_data(line)]
    wraps = _wraps(block)
    groups: list[float] = []  # where headings of groups begin
    for line in block.lines:
        if blocks.is_rule(line) or blocks.is_continued(line) or _counts(line):
            continue
        if not blocks.is_data(line):
            if _hangs(line, rows, held, groups):
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
            if _begins_name(held[-1], row, indents) or (
                wraps and row.names and held[-1].cells[0].left < row.names[0].left - 0.8
            ):
                row.before = held.pop().text
            if held:
                group = " / ".join(one.text for one in held[-2:])
                groups += [one.cells[0].left for one in held]
            held = []
        row.group = group
        rows.append(row)
    return rows


def _wraps(block: Block) -> bool:
    """Whether each line without figures is the beginning of the one name below it, which goes on deeper: some names need
    no second line and begin where these lines do, as no row below the heading of a group would."""
    lines = [line for line in block.lines if not blocks.is_rule(line) and not blocks.is_continued(line)]
    if any(line.grid for line in lines):
        return False
    pairs = [(a, b) for a, b in itertools.pairwise(lines) if not blocks.is_data(a) and blocks.is_data(b)]
    if len(pairs) < 2 or any(len(a.cells) != 1 for a, _ in pairs):
        return False
    left = pairs[0][0].cells[0].left
    deeper = [line for line in lines if blocks.is_data(line) and line.cells[0].left > left + 0.8]
    outer = [line for line in lines if blocks.is_data(line) and abs(line.cells[0].left - left) <= 0.8]
    return bool(outer) and len(deeper) == len(pairs) and all(a.cells[0].left < b.cells[0].left - 0.8 for a, b in pairs)


def _counts(line: Line) -> bool:
    """Whether a line is a row of dollars or whole numbers, which is no heading of the rows below it."""
    return len(line.cells) > 1 and all(_COUNT.fullmatch(cell.text) for cell in line.cells[1:])


_COUNT = re.compile(r"\(?\$?\s?\d{1,3}(?:,\d{3})+(?:\.\d+)?\)?|\$\s?[\d.]+|[1-9]\d{0,2}|\d{5,}")


_GROUP = re.compile(
    r"(?<![a-z])(?:funds|portfolios|(?:sub-?)?accounts|divisions|options|stocks|equities|bonds)$", re.IGNORECASE
)


def _hangs(line: Line, rows: list[Row], held: list[Line], groups: list[float]) -> bool:
    """Whether a line without figures is the rest of the name above it."""
    if not rows or held or not rows[-1].names or rows[-1].line is None or len(line.cells) != 1:
        return False
    above, first = rows[-1].names[0], line.cells[0]
    deeper = not line.grid and first.left > above.left + 0.8
    beneath = not line.grid and abs(first.left - above.left) <= 0.8 and line.number == rows[-1].line.number + 1
    if len(line.text) >= 60 or blocks.NOTE.match(line.text):
        return False
    if beneath and line.page == rows[-1].line.page and _REST.fullmatch(line.text):
        return True
    if not deeper:
        return False
    letter = (first.right - first.left) / max(len(first.text), 1)
    next_line = line.number == rows[-1].line.number + 1 and line.page == rows[-1].line.page
    if _GOES_ON.match(line.text):
        return True
    other = _GROUP.search(line.text) or plain.has_verb(line.text) or any(abs(first.left - left) <= 0.8 for left in groups)
    return next_line and not other and first.left <= above.left + 6 * letter


def _begins_name(line: Line, row: Row, indents: list[float]) -> bool:
    """Whether a line without figures is the beginning of the name below it, not the heading of a group.

    ``indents``: where the names of the block's rows begin; a name that goes over two lines begins where most others do.
    """
    if line.grid or len(line.cells) != 1 or not row.names or head_periods.of_label(line.text):
        return False
    if row_names.is_variant(row.names[0].text):
        return False  # the fund of the rows below it
    first, left = row.names[0], line.cells[0].left
    if _GOES_ON.match(first.text) or _ENDS_OPEN.search(line.text):
        return True
    usual = sum(1 for indent in indents if abs(indent - left) < 0.8)
    return first.left > left + 0.8 and usual >= 0.6 * len(indents)
