"""Where the rows of a table have their names: funds, classes and days, a segment for each list that lies beside others."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from . import head_periods, plain
from .blocks import Block
from .document import Cell
from .table_rows import Row

_CLASS_HEADS = re.compile(
    r"(?:asset|share)\s+class|codes?(?![a-z])|numbers?(?![a-z])|identifier|category|(?<![a-z])type|style|objective|manager|"
    r"adviser|family|ticker|symbol|cusip",
    re.IGNORECASE,
)
NAME_HEADS = re.compile(r"fund|portfolio|sub-?\s?account|investment|option|division|name|choice|series|index", re.IGNORECASE)


@dataclass
class Names:
    """Where the rows of one segment have their names."""

    first: int  # the columns of the segment
    last: int
    fund: tuple[float, float] | None
    classes: tuple[tuple[float, float], ...]
    dates: tuple[tuple[float, float], ...]
    heads: dict[str, str]


def is_general(text: str) -> bool:
    """Whether a heading over names only says what they are: Sub-account, Investment options."""
    return not re.sub(
        r"sub-?\s?accounts?|(?:variable|investment|underlying|fund|portfolio|option|division|name|choice|series)s?|\W",
        "",
        text,
        flags=re.IGNORECASE,
    )


def segments(block: Block, rows: list[Row]) -> list[Names]:
    """The segments of the columns: names stand before each of them, where tables lie side by side."""
    count = len(block.columns)
    inside: Counter[int] = Counter()
    for row in rows:
        for gap in {gap_of(block, cell) for cell in row.names if plain.is_name(cell.text)}:
            inside[gap] += 1
    starts = [0, *(gap for gap in range(1, count) if inside[gap] >= 0.5 * len(rows))]
    return [_names(block, rows, first, last) for first, last in zip(starts, [*starts[1:], count], strict=True)]


def gap_of(block: Block, cell: Cell) -> int:
    """How many columns stand before a cell."""
    return sum(1 for column in block.columns if column.middle < cell.left)


def _names(block: Block, rows: list[Row], first: int, last: int) -> Names:
    mine = [(row, cell) for row in rows for cell in row.names if gap_of(block, cell) == first]
    spans = plain.merged([(cell.left, cell.right) for _, cell in mine if not plain.is_day(cell.text)])
    days = plain.merged(
        [
            (cell.left, cell.right)
            for row in rows
            for cell in row.names
            if plain.is_day(cell.text) and first <= gap_of(block, cell) <= last
        ]
    )
    heads = {span: over_names(block, span) for span in (*spans, *days)}
    filled = {span: len({id(row) for row, cell in mine if plain.within(cell, span)}) for span in spans}
    named = [span for span in spans if NAME_HEADS.search(heads[span]) and not _CLASS_HEADS.search(heads[span])]
    candidates = named or [span for span in spans if not _CLASS_HEADS.search(heads[span])] or spans
    fund = next((span for span in reversed(candidates) if filled[span] >= 0.8 * len(rows)), None)
    if fund is None and candidates:
        fund = max(candidates, key=lambda span: filled[span])
    classes = tuple(span for span in spans if span != fund and (fund is None or span[0] < fund[0]))
    return Names(first, last, fund, classes, tuple(days), {str(span): text for span, text in heads.items()})


def over_names(block: Block, span: tuple[float, float]) -> str:
    """What stands over names."""
    return " ".join(
        cell.text
        for line in block.head
        for cell in line.cells
        if cell.overlap(*span) > 0 and head_periods.of_heading(cell.text) is None
    )
