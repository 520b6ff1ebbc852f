"""The rows of a table: figures by column and the names beside them, names over two lines, and headings of groups."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from ..cells import footnotes
from . import blocks, head_periods, name_asides, plain, printed_text, row_names
from .blocks import Block
from .document import Cell, Line

_GOES_ON = re.compile(
    r"^(?:(?-i:[a-z(&/])|(?:portfolios?|funds?|series|class|shares|trust|division|sub-?account|securities|index|inc\.?|ii|iii|iv|vip(?=\W*$)|allocation)(?![a-z]))",
    re.IGNORECASE,
)
_REST = re.compile(
    r"(?:(?-i:[a-z(&/]).{0,50}|(?:ii|iii|iv|v|vip|class|shares|portfolio|fund|trust|inc\.|series)(?![a-z])(?:\s+(?:class|shares|series|standard|service|portfolio|fund|\w{1,3}))*)",
    re.IGNORECASE,
)
_ENDS_OPEN = re.compile(r"(?:[-–—&,/]|(?<![a-z])(?:and|of|the|for|in|u\.s\.))$", re.IGNORECASE)


@dataclass
class Row:
    """A line with figures: its cells by column, and the cells of its names."""

    line: Line
    cells: dict[int, Cell]
    names: list[Cell]
    group: str = ""
    before: str = ""  # the beginning of its name, from the line above
    after: str = ""


def label_of(row: Row) -> str:
    """The first name of a row, without the marks of notes."""
    return footnotes.without_marks(row.names[0].text)[0] if row.names else ""


def rows_of(block: Block) -> list[Row]:
    """The rows of a block, with names that go over two lines put together, and the headings of groups."""
    rows: list[Row] = []
    held: list[Line] = []
    group = ""
    indents = [line.cells[0].left for line in block.lines if blocks.is_data(line)]
    wraps = _wraps(block)
    groups: list[float] = []  # where headings of groups begin
    managed = _names_managers(block)
    for line in block.lines:
        if blocks.is_rule(line) or blocks.is_continued(line) or counts(line) or states_fact(line):
            continue
        if not blocks.is_data(line):
            alone = rows and len(line.cells) == 1
            if alone and name_asides.is_adviser(line.text, expected=managed) and not _heads_rows(line, rows[-1]):
                continue
            open_before = alone and name_asides.unclosed(rows[-1].after) and ")" in line.text
            if rows and (open_before or name_asides.is_former(line.text)) and len(rows[-1].after) < 160:
                rows[-1].after = f"{rows[-1].after} {line.text}".strip()
            elif _hangs(line, rows, held, groups):
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


def _heads_rows(line: Line, row: Row) -> bool:
    """Whether a company heads the rows below it: it stands further out than a name, or as one did that heads rows above."""
    outer = not line.grid and bool(row.names) and line.cells[0].left < row.names[0].left - 0.8
    return outer or (bool(row.group) and name_asides.is_adviser(row.group.split(" / ")[-1]))


def _names_managers(block: Block) -> bool:
    """Whether managers stand below the names of a block: its head says so, or some that are companies by name do."""
    if any(name_asides.names_advisers(cell.text) for line in block.head for cell in line.cells):
        return True
    alone = [line for line in block.lines if len(line.cells) == 1 and not blocks.is_data(line)]
    companies = sum(1 for line in alone if name_asides.is_adviser(line.text))
    return companies > 1 and 3 * companies >= sum(1 for line in block.lines if blocks.is_data(line))


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


def counts(line: Line) -> bool:
    """Whether a line is a row of dollars or whole numbers, which is no heading of the rows below it."""
    return len(line.cells) > 1 and all(_COUNT.fullmatch(cell.text) for cell in line.cells[1:])


def states_fact(line: Line) -> bool:
    """Whether a line states a price, an amount or a day: Unit value as of 3/24/2023: $10.12. It heads no rows."""
    return len(line.cells) <= 2 and _FACT.search(line.text) is not None


_FACT = re.compile(rf":\s*(?:\$\s?[\d.,]+(?:\s?(?:million|billion|mil\.?|bn))?|{printed_text.DATE.pattern})$", re.IGNORECASE)
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
    if name_asides.unclosed(line.text) and ")" in first.text:
        return True
    usual = sum(1 for indent in indents if abs(indent - left) < 0.8)
    return first.left > left + 0.8 and usual >= 0.6 * len(indents)
