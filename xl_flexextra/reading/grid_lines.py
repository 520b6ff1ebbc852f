"""Rows of tables as lines of cells: cells that one figure was split into are put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from . import printed_text
from .document import MOST_CELLS, Cell, Line

Given = tuple[str, float, float]  # text, first column, the column behind the last
_OPENS = re.compile(r"[-−–]?\s?[(\[]\s?\$?|\$|[(\[]?\$")
_BARE = re.compile(r"[-−–]?\s?[(\[]?\s?[-−–]?\$?\s?\d{1,3}(?:,?\d{3})*(?:\.\d+)?%?|[-−–]?[(\[]?\.\d+%?")
_CLOSES = re.compile(r"\s?%?\s?[)\]]?\s?%?\s?(?:\*{1,3}|[†‡]|\(\d\)|\^\{[^}]{1,6}\})?")


def line_of(page: str, number: int, given: Iterable[Given], grid: int) -> Line:
    """One row of a table."""
    cells = [Cell(printed_text.clean(text), left, right) for text, left, right in given]
    return Line(page, number, tuple(merged([cell for cell in cells if cell.text]))[:MOST_CELLS], grid)


def merged(cells: list[Cell]) -> list[Cell]:
    """The cells of a row in which a sign, a bracket or a % has no cell of its own.

    >>> [cell.text for cell in merged([Cell("(14.91", 1, 2), Cell(")%", 2, 3), Cell("4.03", 4, 5), Cell("%", 5, 6)])]
    ['(14.91)%', '4.03%']
    """
    found: list[Cell] = []
    for cell in cells:
        last = found[-1] if found else None
        if last is not None and cell.left - last.right <= 1:
            opens = _OPENS.fullmatch(last.text) is not None and _BARE.match(cell.text) is not None
            closes = (
                _BARE.fullmatch(last.text) is not None
                and _CLOSES.fullmatch(cell.text) is not None
                and (cell.text[0] in "%)]" or cell.left == last.right)
            )
            broken = re.fullmatch(r"[-−–(]?\d{1,3}", last.text) is not None and re.match(r"\.\d", cell.text) is not None
            if opens or closes or broken:
                found[-1] = Cell(last.text + cell.text, last.left, cell.right)
                continue
        found.append(cell)
    return found
