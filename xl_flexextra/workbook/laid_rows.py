"""The body of a long table of numbers and dates, kept as its rows until the sheet is written.

XlsxWriter keeps an object for each cell: 300,000 dates of 12 funds would take more than a gigabyte.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from ..cells.scalars import to_serial

FROM_ROWS = 5_000
_PLAIN = frozenset({float, int, datetime.date, type(None)})
_AT_ONCE = 2_000  # rows


class LaidRows:
    """Rows of one width from a row and column on (both count from 0), and the format of each column."""

    def __init__(self, row: int, column: int, rows: Sequence[Sequence[Any]], formats: Sequence[Any]) -> None:
        self.first, self.last = row, row + len(rows) - 1
        self.left, self.right = column, column + len(formats) - 1
        self.rows, self.formats = rows, formats

    def xml(self) -> Iterator[str]:
        """The rows as the sheet holds them, some at a time; each is as XlsxWriter writes it."""
        columns = []
        for place, fmt in enumerate(self.formats, start=self.left):
            index = fmt._get_xf_index() if fmt is not None else 0
            columns.append((xl_col_to_name(place), f' s="{index}"' if index else "", fmt is not None))
        spans = f'spans="{self.left + 1}:{self.right + 1}"'
        lines = []
        for number, row in enumerate(self.rows, start=self.first + 1):
            cells = [
                f'<c r="{name}{number}"{style}><v>{number_text(value)}</v></c>'
                if value is not None
                else f'<c r="{name}{number}"{style}/>'
                for (name, style, there), value in zip(columns, row, strict=True)
                if there or value is not None
            ]
            lines.append(f'<row r="{number}" {spans}>{"".join(cells)}</row>')
            if len(lines) == _AT_ONCE:
                yield "".join(lines)
                lines = []
        yield "".join(lines)


def may_be_laid(rows: Sequence[Sequence[Any]], formats: Sequence[Any]) -> bool:
    """Whether a table is long, of one width, and holds nothing but numbers, dates and blanks."""
    if len(rows) < FROM_ROWS or any(map(callable, formats)) or set(map(len, rows)) != {len(formats)}:
        return False
    return set(map(type, chain.from_iterable(rows))) <= _PLAIN


def number_text(value: Any) -> str:
    """A number or a date with 16 digits, as XlsxWriter has it; where they are not the number itself, with all of them."""
    number = float(to_serial(value)) if isinstance(value, datetime.date) else float(value)
    text = f"{number:.16G}"
    return text if float(text) == number else repr(number)
