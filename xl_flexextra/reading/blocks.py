"""Where a document has tables: runs of lines with figures, the columns of the figures, and the lines that head them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import captions, head_periods, printed_text
from .document import Cell, Document, Line
from .text_lines import RULE

MOST_COLUMNS = 60
_LONGEST_HEAD = 14  # lines
_PROSE = 140  # characters of a line that is no row of a table
_CONTINUED = re.compile(r"\(?\s*cont(?:inued|'d|\.)", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"(?:page\s+)?[-–]?\s*(?:\d{1,3}|[ivx]{1,5}|[a-z]{1,3}-\d{1,3})\s*[-–]?(?:\s+of\s+\d+)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures: its bounds."""

    left: float
    right: float

    @property
    def middle(self) -> float:
        """Its middle."""
        return (self.left + self.right) / 2


@dataclass
class Block:
    """A run of lines with figures: ``head`` above it, ``above`` the texts before the head, nearest last."""

    lines: list[Line]
    head: list[Line] = field(default_factory=list)
    above: list[Line] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    trouble: str = ""
    continues: bool = False

    @property
    def first(self) -> Line:
        """Its first line with figures."""
        return next((line for line in self.lines if is_data(line)), self.lines[0])

    @property
    def exact(self) -> bool:
        """Whether its cells keep the columns of a table."""
        return all(line.grid for line in self.lines)


def figures(line: Line) -> list[Cell]:
    """The cells of a line that are figures."""
    return [cell for cell in line.cells if printed_text.figure(cell.text) is not None]


def is_prose(line: Line) -> bool:
    """Whether a line is running text."""
    longest = max((len(cell.text) for cell in line.cells), default=0)
    if line.grid:
        return longest > 300 and len([c for c in line.cells if c.text]) <= 2
    if longest <= 60 or len(line.cells) > 3:
        return longest > _PROSE
    return longest > _PROSE or _runs(max(line.cells, key=lambda cell: len(cell.text)).text)


def _runs(text: str) -> bool:
    """Whether a text is part of a sentence: most of its words begin small, or it holds the end of a sentence."""
    words = [word for word in text.split() if word[:1].isalpha()]
    small = sum(1 for word in words if word[0].islower())
    return len(words) > 8 and (small > 0.6 * len(words) or bool(re.search(r"[a-z]\. [A-Z]", text)))


def is_rule(line: Line) -> bool:
    """Whether a line is empty, or drawn."""
    return not line.cells or RULE.fullmatch(line.text) is not None


def is_data(line: Line) -> bool:
    """Whether a line holds figures of a table."""
    return bool(figures(line)) and not is_prose(line)


def is_head(line: Line) -> bool:
    """Whether a line without figures names periods as the head of a table does."""
    if figures(line) or is_prose(line) or not line.cells:
        return False
    named = [cell for cell in line.cells if len(cell.text) <= 90 and head_periods.of_heading(cell.text)]
    return len(named) >= 2 or any(cell is not line.cells[0] for cell in named)


def is_continued(line: Line) -> bool:
    """Whether a line only says that a table goes on, or numbers a page."""
    return (
        bool(_CONTINUED.search(line.text) and len(line.text) < 80) or _PAGE_NUMBER.fullmatch(line.text.strip()) is not None
    )


def find(document: Document) -> list[Block]:
    """The blocks of a document, each with its columns, head, and the texts above."""
    lines = document.lines
    found: list[Block] = []
    at = last = 0
    while at < len(lines):
        if not is_data(lines[at]):
            at += 1
            continue
        end = _end(lines, at)
        block = Block(list(lines[at:end]))
        _columns(block)
        _heads(block, lines, last, at)
        found.append(block)
        last = at = end
    return found


def _end(lines: tuple[Line, ...], at: int) -> int:
    """Where a run ends: behind its last line with figures."""
    end, blanks, grid = at + 1, 0, lines[at].grid
    for place in range(at + 1, len(lines)):
        line = lines[place]
        if is_rule(line):
            blanks += 1
            if blanks > 3:
                break
            continue
        if is_data(line):
            if line.grid != grid:
                break
            blanks, end = 0, place + 1
            continue
        if (
            is_prose(line)
            or is_head(line)
            or (blanks and (_is_other_head(line) or is_other_title(line)))
            or (line.grid != grid and (line.grid or grid))
            or place - end > 8
        ):
            break
        blanks = 0
    if end < len(lines) and _ends_name(lines[end - 1], lines[end]):
        end += 1
    return end


_OTHER = re.compile(
    r"management|12b-?1|expenses?|fees?(?![a-z])|waiver|yield|price|unit\s+values?|net\s+assets", re.IGNORECASE
)


_OTHER_TITLE = re.compile(
    r"(?!.*(?<![a-z])(?:with|without|before|after|including|excluding|net|gross|reflecting|assuming|if|no|full|less|deduct\w*)\s)"
    r"(?:[a-z\d&/-]+\s+){0,6}(?:expenses?|fees?|charges?|expense\s+ratios?|unit\s+values?|net\s+assets)(?:\s*\([^)]*\))?:?",
    re.IGNORECASE,
)


def names_others(text: str) -> bool:
    """Whether a title or heading names expenses or values, and not how returns were measured."""
    if len(text) > 80 or not _OTHER_TITLE.fullmatch(text.strip()):
        return False
    return not captions.says_returns(text) and captions.charges_over(text) is None


def is_other_title(line: Line) -> bool:
    """Whether a line is the title of a table of expenses or values."""
    return len(line.cells) == 1 and names_others(line.text)


def _is_other_head(line: Line) -> bool:
    """Whether a line below a blank one heads columns of expenses or values: a table of other figures begins."""
    texts = [cell.text for cell in line.cells]
    plain = all(any(map(str.isalpha, text)) and not printed_text.says_nothing(text) for text in texts)
    return not line.grid and len(texts) > 2 and plain and any(map(_OTHER.search, texts[1:]))


def _ends_name(last: Line, line: Line) -> bool:
    """Whether the line below the last row of a table is the rest of that row's name: one short cell, set in a little."""
    if line.grid or len(line.cells) != 1 or not is_data(last) or line.page != last.page:
        return False
    cell, first = line.cells[0], last.cells[0]
    letter = (cell.right - cell.left) / max(len(cell.text), 1)
    inset = 0.8 < cell.left - first.left <= 6 * letter
    return inset and len(cell.text) < 40 and not cell.text.endswith(".") and NOTE.match(cell.text) is None


NOTE = re.compile(r"\(?\d{1,2}[).\s]|\([a-z*]\)|[*†‡§#•]|(?:notes?|source)(?![a-z])", re.IGNORECASE)
"""How a note below a table begins."""


def _columns(block: Block) -> None:
    """The columns of a block, from where its figures stand."""
    spans: list[tuple[float, float]] = []
    for line in block.lines:
        if not is_data(line):
            continue
        first = figures(line)[0].left
        spans += [
            (cell.left, cell.right)
            for cell in line.cells
            if printed_text.figure(cell.text)
            or (cell.left > 0 and printed_text.says_nothing(cell.text) and _aside(line, cell, first))
        ]
    merged: list[list[float]] = []
    for left, right in sorted(spans):
        if merged and left < merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], right)
        else:
            merged.append([left, right])
    block.columns = [Column(left, right) for left, right in merged]
    if len(block.columns) > MOST_COLUMNS:
        block.columns, block.trouble = block.columns[:MOST_COLUMNS], f"it has more than {MOST_COLUMNS} columns of figures"
        return
    for line in block.lines:
        taken = [place for cell in figures(line) if (place := column_of(block, cell)) is not None]
        if len(set(taken)) < len(taken):
            block.trouble = f"figures of {line.place} stand in one column"


def _aside(line: Line, cell: Cell, first: float) -> bool:
    """Whether a dash or N/A stands among the figures, not among the names."""
    names = [one.left for one in line.cells if not printed_text.figure(one.text) and not printed_text.says_nothing(one.text)]
    return cell.left > min([*names, first])


def column_of(block: Block, cell: Cell) -> int | None:
    """The column in which a cell stands, or None."""
    best, place = 0.0, None
    for at, column in enumerate(block.columns):
        overlap = cell.overlap(column.left, column.right)
        if overlap > best:
            best, place = overlap, at
    return place


def _is_group(block: Block, head: list[Line]) -> bool:
    """Whether the last line of a head stands over names alone: it is the heading of the first rows, not of columns."""
    line = head[-1]
    if len(line.cells) != 1 or not block.columns or is_continued(line):
        return False
    cell, first = line.cells[0], block.columns[0]
    names = min((one.cells[0].left for one in block.lines if is_data(one)), default=cell.left)
    beside = cell.right <= first.left or (not line.grid and cell.left <= names + 0.8 and cell.middle < first.left)
    if not beside and line.grid and captions.kind_of(cell.text) == "" and not captions.contracts_in(cell.text):
        beside = cell.overlap(first.left, block.columns[-1].right) >= 0.9 * (block.columns[-1].right - first.left)
    if not beside or (
        head_periods.of_heading(cell.text) is not None and not re.fullmatch(r"(?:19|20)\d\d", cell.text.strip())
    ):
        return False
    return any(column_of(block, one) is not None for above in head[:-1] for one in above.cells)


def _heads(block: Block, lines: tuple[Line, ...], last: int, at: int) -> None:
    """The head of a block, and what stands above it since the block before."""
    head: list[Line] = []
    place = at - 1
    named = False
    while place >= last and at - place <= _LONGEST_HEAD:
        line = lines[place]
        if is_prose(line) or (block.lines[0].grid and line.cells and line.grid != block.lines[0].grid):
            break
        if is_rule(line):
            if named and not line.cells:
                break
        else:
            head.insert(0, line)
            named = named or is_head(line) or bool(head_periods.of_heading(line.text))
        place -= 1
    while len(head) > 1 and _is_group(block, head):
        block.lines.insert(0, head.pop())
    block.head = head
    block.above = [line for line in lines[max(last, place - 60) : place + 1] if not is_rule(line)]
