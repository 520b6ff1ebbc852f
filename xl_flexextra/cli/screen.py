"""Tables as a person reads them: whole in a file or a pipe, folded in a narrow window, and never a number cut short."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

WHOLE = 4000  # columns of a "window" that is a file or a pipe: everything fits


def console() -> Any:
    """Standard output; where nobody looks on it is as wide as what is written."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else WHOLE)


def fits(out: Any, table: Any) -> bool:
    """Whether a table stands in the window with nothing cut and, beyond the columns that may fold, nothing folded."""
    from rich.measure import Measurement

    return int(Measurement.get(out, out.options.update(max_width=WHOLE), table).minimum) <= out.width


def show(out: Any, table: Any, less: Sequence[str] = ()) -> None:
    """Print a table; in a window that is too narrow without the columns ``less``, the last of them first."""
    left = list(less)
    while left and not fits(out, table):
        table = _without(table, left.pop())
    out.print(table)


def _without(table: Any, head: str) -> Any:
    """A table without one of its columns; rich numbers columns when a table is made, so another one is."""
    from rich.table import Table

    kept = [column for column in table.columns if str(column.header).replace("\n", " ") != head]
    looks = {name: getattr(table, name) for name in ("title", "title_justify", "box", "padding", "show_edge")}
    fewer = Table(**looks)
    for column in kept:
        fewer.add_column(column.header, justify=column.justify, no_wrap=column.no_wrap, min_width=column.min_width)
    for cells in zip(*(column.cells for column in kept), strict=True):
        fewer.add_row(*cells)
    return fewer


def matrix(out: Any, rows: Sequence[Sequence[str]]) -> None:
    """A block of cells; too wide a one in parts, each with the first column."""
    from rich.markup import escape
    from rich.table import Table

    count = max(map(len, rows))
    whole = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [max(len(row[place]) for row in whole) + 3 for place in range(count)]
    first = 1
    while True:
        last = min(first + 1, count)
        while last < count and widths[0] + sum(widths[first : last + 1]) < out.width:
            last += 1
        table = Table(show_header=False)
        places = [0, *range(first, last)]
        for _ in places:
            table.add_column(justify="right", no_wrap=True)
        for row in whole:
            table.add_row(*(escape(row[place]) for place in places))
        out.print(table)
        if last >= count:
            return
        first = last
