"""Tables whose blanks were lost on the way: a heading of several periods, and rows that end with as many figures."""

from __future__ import annotations

import itertools
import re

from . import printed_text
from .document import Cell, Line

_N = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty)"
_PERIOD = re.compile(
    rf"(?<![a-z\d.,/$%-])(?:{_N}[\s-]?(?:years?|yrs?\.?|months?|mos?\.?|mths?)(?![a-z])|year[\s-]to[\s-]date|ytd|qtd|mtd|qtr\.?|last\s+month|"
    r"since\s+incep(?:tion|t\.|\.)?|life\s+of\s+\w+|(?:19|20)\d\d(?![\d/]))",
    re.IGNORECASE,
)
_MOST = 15


def as_grids(lines: list[Line]) -> list[Line]:
    """The lines with such tables as rows of exact columns; a row with another number of figures stands apart from them."""
    found: list[Line] = []
    grid = max((line.grid for line in lines), default=0)
    columns = 0
    for line in lines:
        heads = _heads(line)
        if heads:
            grid, columns = grid + 1, len(heads) - 1
            found.append(Line(line.page, line.number, tuple(Cell(t, p, p + 1) for p, t in enumerate(heads) if t), grid))
            continue
        row = _row(line) if columns else None
        if row is None:
            if line.cells:
                columns = 0
            found.append(line)
            continue
        name, figures = row
        first = 1 if len(figures) == columns else columns + 2
        cells = [Cell(name, 0, 1), *(Cell(text, first + place, first + place + 1) for place, text in enumerate(figures))]
        found.append(Line(line.page, line.number, tuple(cells), grid))
    return found


def _heads(line: Line) -> list[str]:
    """What stands over the names, then the heading of each column; none where the line is no such head."""
    if line.grid or len(line.cells) != 1 or len(line.text) > 200:
        return []
    text = line.text
    places = list(_PERIOD.finditer(text))
    if not 2 <= len(places) <= _MOST or places[0].start() > 60 or (text.rstrip().endswith((".", ":")) and len(text) > 90):
        return []
    bounds = [place.start() for place in places] + [len(text)]
    parts = [text[a:b].strip() for a, b in itertools.pairwise(bounds)]
    if any(len(part) > 24 for part in parts[:-1]) or len(parts[-1]) > 50:
        return []
    if any(not re.fullmatch(rf"{_PERIOD.pattern}\W*(?:\(\d\)|\d)?", part, re.IGNORECASE) for part in parts[:-1]):
        return []
    return [text[: bounds[0]].strip(), *parts]


def _row(line: Line) -> tuple[str, list[str]] | None:
    """The name and the figures of a row; None where the line is none."""
    if line.grid or not line.cells or len(line.text) > 300:
        return None
    words = line.text.split(" ")
    figures: list[str] = []
    while words and (printed_text.figure(words[-1]) or printed_text.says_nothing(words[-1])):
        figures.insert(0, words.pop())
    if not any(printed_text.figure(text) for text in figures) or not words or not re.search("[A-Za-z]", " ".join(words)):
        return None
    return " ".join(words), figures
