"""Which row of a file heads its columns: titles, export notes and lines of comment may stand before it."""

from __future__ import annotations

import collections
import datetime
import itertools
from collections.abc import Sequence
from typing import Any

from ..cells import dates_in_words, number_text
from .column_kinds import named_as_date

LOOKED_AT = 200  # rows from the top that are looked at


def header_place(rows: Sequence[Sequence[Any]]) -> int:
    """The place of the row that heads the columns: the first that is as wide as most rows, or stands above values.

    Where a later one says 'date' above a date, that is the header: of two heading rows, or below a title with commas.
    """
    filled = [place for place, row in enumerate(rows[:LOOKED_AT]) if _width(row) and not _is_comment(row)]
    widths = [_width(rows[place]) for place in filled]
    several = collections.Counter(width for width in widths if width > 1).most_common()  # a line of one cell is a title
    usual = min((width for width, count in several if count == several[0][1]), default=1)
    wide = [
        place
        for place, below in itertools.zip_longest(filled, filled[1:])
        if _count(rows[place]) >= min(usual, 2)
        and (_width(rows[place]) >= usual or (below is not None and _heads_values(rows[place], rows[below])))
    ]
    if not wide:
        return next(iter(filled), 0)
    for place, below in itertools.pairwise(wide):
        if any(map(is_value, rows[place])):
            break
        if any(_heads_dates(head, cell) for head, cell in zip(rows[place], rows[below], strict=False)):
            return place
    return wide[0]


def _heads_dates(head: Any, cell: Any) -> bool:
    return isinstance(head, str) and named_as_date(head) and is_value(cell)


def _heads_values(row: Sequence[Any], below: Sequence[Any]) -> bool:
    """Whether texts stand above numbers or dates."""
    pairs = list(zip(row, below, strict=False))
    heads = any(isinstance(head, str) and head.strip() and is_value(cell) for head, cell in pairs)
    return heads and not any(is_value(head) for head, _ in pairs)


def _count(row: Sequence[Any]) -> int:
    return sum(not _is_blank(cell) for cell in row)


def is_value(cell: Any) -> bool:
    """Whether a cell is a number or a date, be it as text."""
    if isinstance(cell, str):
        return (
            number_text.parsed(cell) is not None
            or dates_in_words.parsed(cell) is not None
            or dates_in_words.is_ordered(cell)
        )
    return isinstance(cell, int | float | datetime.date) and not isinstance(cell, bool)


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_comment(row: Sequence[Any]) -> bool:
    return bool(row) and isinstance(row[0], str) and row[0].lstrip().startswith("#")


def _width(row: Sequence[Any]) -> int:
    """The cells of a row up to the last that holds something."""
    width = len(row)
    while width and _is_blank(row[width - 1]):
        width -= 1
    return width
