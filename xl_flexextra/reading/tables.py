"""A block understood: which period each column is, which fund each row, and what its figures are; doubt is refused."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass, field, replace

from . import blocks, captions, head_periods, printed_text
from .blocks import Block
from .document import Cell, Line, Word
from .head_periods import HeadPeriod

DATES = re.compile(r"inception|date|established|commenc|available|began", re.IGNORECASE)
SUB_ACCOUNT = re.compile(r"sub-?\s?account|separate\s+account|division|made\s+available|added", re.IGNORECASE)
_STANDARDS = re.compile(r"(?<![a-z])standardi[sz]ed", re.IGNORECASE)
NO_RETURN_ROWS = re.compile(
    r"^\W*(?:(?:value|unit\s+value|accumulation\s+unit\s+value)s?\s*,?\s*)?(?:at\s+)?(?:the\s+)?(?:beginning|start|end)\s+of\s+(?:the\s+)?(?:period|year)"
    r"|^\W*(?:(?:beginning|ending|accumulation)\s+)*unit\s+values?|^\W*units\s+outstanding"
    r"|^\W*(?:total\s+)?(?:annual\s+)?(?:net\s+|gross\s+)?(?:operating\s+)?(?:expense|fee|turnover|standard\s+deviation|sharpe|"
    r"r-?squared|\d+-day|sec\s+yield|number\s+of|net\s+assets)|^\W*(?:\d+-day\s+)?(?:current|effective|compound(?:ed)?|annuali[sz]ed|simple|tax-equivalent)\s+(?:\d+-day\s+)?yields?\W*$|^\W*(?:alpha|beta)\W*$|^\W*(?:difference|excess\s+return|value\s+added|out-?performance|[+±]\s?/?\s?[-–−]?\s?(?:vs\.?\s+)?(?:benchmark|index)|(?:relative\s+to|vs\.?|versus|over)\s+(?:the\s+)?(?:benchmark|index)|(?:best|worst|highest|lowest)\s+(?:calendar\s+)?(?:quarter|month|year)|over\s*/\s*under)",
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
    former: tuple[tuple[str, str], ...] = ()  # names, and the days until which they were the fund's
    codes: tuple[str, ...] = ()


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
            elif parted := _by_column(block, cell):
                for column, text in parted:
                    own[column].append(text)
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
    if cell.right <= _first_left(block) or _is_over_words(block, cell):
        return []
    return [_nearest(block, cell.left, cell.right)]


def _is_over_words(block: Block, cell: Cell) -> bool:
    """Whether a heading behind the first column stands over words or days and over no figures."""
    rows = [line for line in block.lines if blocks.is_data(line)]
    over = [
        line
        for line in rows
        if any(
            one.left > block.columns[0].left
            and one.overlap(cell.left, cell.right) > 0
            and blocks.column_of(block, one) is None
            for one in line.cells
        )
    ]
    return 2 * len(over) > len(rows)


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


def _by_column(block: Block, cell: Cell) -> list[tuple[int, str]]:
    """The two parts of a heading that a period begins or ends, and other words over another column: 10 Yr Expense Ratio."""
    for at in range(len(cell.words) - 1, 0, -1):
        parts = cell.words[:at], cell.words[at:]
        texts = [" ".join(word.text for word in words) for words in parts]
        over = [_nearest(block, words[0].left, words[-1].right) for words in parts]
        if over[0] < over[1] and any(map(head_periods.of_label, texts)) and not any(map(captions.kind_of, texts)):
            return list(zip(over, texts, strict=True))
    return []


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
