"""Declared interest rates: dates with percentages under a heading of interest rates."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import printed_text
from .document import Document, Line
from .tables import Open

_HEADING = re.compile(r"interest\s+rates?|guaranteed\s+rate|declared\s+rate|credited\s+rate|crediting\s+rate", re.IGNORECASE)
_PAIR = re.compile(rf"({printed_text.DATE.pattern})\s*:?\s*(\d{{1,2}}\.\d{{1,3}})\s?%", re.IGNORECASE)
_OF_YEAR = re.compile(r"((?:[A-Z][a-z]+\s+){0,4})[Rr]ate\s+(?:for|in|of)\s+((?:19|20)\d\d)\s*:?\s*(\d{1,2}\.\d{1,3})\s?%")
_NEAR = 8  # lines below a heading


@dataclass(frozen=True, slots=True)
class Rate:
    """One declared rate: the day as printed, or the year, and the percentage as decimal text."""

    line: Line
    day: str
    kind: str
    percent: str
    text: str


def find(document: Document, unread: list[Open]) -> list[Rate]:
    """The rates of a document, in lines that no table of returns took."""
    open_lines = {id(one.line) for one in unread}
    found: list[Rate] = []
    heading = -_NEAR
    for place, line in enumerate(document.lines):
        text = line.text
        if len(text) > 2000:
            continue
        if _HEADING.search(text):
            heading = place
        if place - heading >= _NEAR:
            continue
        kind = "secondary guaranteed" if re.search(r"secondary\s+guaranteed", text, re.IGNORECASE) else "declared"
        pairs = (
            []
            if any(printed_text.figure(cell.text) for cell in line.cells) and id(line) not in open_lines
            else list(_PAIR.finditer(text))
        )
        found += [Rate(line, one[1], kind, one[2], one[0]) for one in pairs]
        for one in _OF_YEAR.finditer(text):
            found.append(Rate(line, one[2], " ".join(one[1].lower().split()) or kind, one[3], one[0]))
    return found
