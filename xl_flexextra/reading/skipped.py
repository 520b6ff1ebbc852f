"""Lines with figures that nothing was read of: each is named, with the reason, so that nothing is lost in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import head_periods, printed_text, table_rows
from .document import Document, Line
from .tables import Open, Understood

_SIGNED = r"(?<![\d.,/$])[(+−–-]{0,2}"
_FIGURE = re.compile(rf"{_SIGNED}\d{{1,3}}\.\d{{1,4}}\)?\s?%|{_SIGNED}\d{{1,3}}\.\d{{2}}(?![\d%/])|{_SIGNED}\d{{1,3}}%")
_RETURNED = re.compile(r"return(?:ed|s)?(?![a-z])|gained|lost|rose|fell|performance", re.IGNORECASE)
_TERMS = re.compile(
    r"charges?(?![a-z])|fees?(?![a-z])|expenses?|withdraw|surrender|interest|guarante|credit|bonus|premium\s+tax|deduct|income\s+base|rate\s+of|assum",
    re.IGNORECASE,
)
AMID = "its figures stand amid words"
_DOLLARS = "its dollars or whole numbers are no returns"


def find(document: Document, tables: Sequence[Understood]) -> list[Open]:
    """The lines of tables, and of sentences about returns, that no table took and no other list names."""
    place = {(line.page, line.number): at for at, line in enumerate(document.lines)}
    taken = {key(one.line) for table in tables for one in table.figures}
    taken |= {key(one.line) for table in tables for one in table.open}
    inside = _inside(tables, place)
    found: list[Open] = []
    for at, line in enumerate(document.lines):
        if key(line) in taken or not line.cells:
            continue
        text = line.text
        count = len(_FIGURE.findall(text))
        if at in inside and table_rows.counts(line):
            found.append(Open(line, text[:200], _DOLLARS))
        elif count and (at in inside or _is_row(line, count) or _tells_returns(text)):
            found.append(Open(line, text[:200], AMID))
    return found


def says_figures(text: str) -> bool:
    """Whether words beside the figures of a row hold percentages.

    >>> says_figures("(benchmark: 0.72%)"), says_figures("Moderate 50% Portfolio"), says_figures("60/40 Fund")
    (True, False, False)
    """
    return re.search(r"\d\.\d{1,4}\)?\s?%", text) is not None


def key(line: Line) -> tuple[str, int]:
    """A line by its place."""
    return line.page, line.number


def _inside(tables: Sequence[Understood], place: dict[tuple[str, int], int]) -> set[int]:
    """The lines between the head of each table with returns and its last row."""
    found: set[int] = set()
    for table in tables:
        if table.block is None or not table.figures:
            continue
        ends = [place[key(line)] for line in (*table.block.head, *table.block.lines) if key(line) in place]
        found |= set(range(min(ends), max(ends) + 1))
    return found


def _is_row(line: Line, count: int) -> bool:
    """Whether a line outside of tables has figures as a row has them: several, and no words about charges beside few."""
    return len(re.findall(r"\d\.\d", line.text)) > 3 or (count > 2 and _TERMS.search(line.text) is None)


def _tells_returns(text: str) -> bool:
    """Whether a line says in words what was returned over a period."""
    if _TERMS.search(text):
        return False
    parts = [part for part in re.split(r"[:;,]|\band\b|\bfor\b", printed_text.clean(text)) if part.strip()]
    periods = any(head_periods.of_heading(_FIGURE.sub(" ", part).strip(" •-.%()")) for part in parts)
    label = re.match(r"\W*([^:]{2,40}):\s", text)
    labelled = label is not None and head_periods.of_label(label[1]) is not None
    return labelled or (periods and _RETURNED.search(text) is not None)
