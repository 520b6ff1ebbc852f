"""Tables whose blanks were lost on the way: a heading of several periods, and rows that end with as many figures, or
have them between a name and other words."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from . import printed_text
from .document import Cell, Line

_N = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty)"
_PERIOD = re.compile(
    rf"(?<![a-z\d.,/$%-])(?:{_N}[\s-]?(?:years?|yrs?\.?|months?|mos?\.?|mths?)(?![a-z])|year[\s-]to[\s-]date|ytd|qtd|mtd|qtr\.?|last\s+month|"
    r"since\s+incep(?:tion|t\.|\.)?|life(?:\s+\d)?\s+of(?:\s+[a-z]\w*)*|life(?![a-z])|(?:19|20)\d\d(?![\d/]))",
    re.IGNORECASE,
)
_MOST = 15
_NEAR = 12  # lines around a heading that say what else stands in its rows
_APART = 5  # lines without figures between two rows
_COST = re.compile(r"expenses?(?![a-z])", re.IGNORECASE)
_BEGAN = re.compile(r"(?P<sub>sub-?\s?account\s+)?inception\s+date|date\s+of\s+inception", re.IGNORECASE)


@dataclass
class _Amid:
    """A table whose rows have words behind their figures."""

    columns: int
    cost: bool  # an expense ratio stands behind the returns
    grid: int
    apart: int = 0
    later: list[Line] = field(default_factory=list)  # what stands between rows


def as_grids(lines: list[Line]) -> list[Line]:
    """The lines with such tables as rows of exact columns; a row with another number of figures stands apart from them."""
    found: list[Line] = []
    grid = max((line.grid for line in lines), default=0)
    columns = 0
    amid: _Amid | None = None
    passed: Line | None = None
    for place, line in enumerate(lines):
        if line is passed:
            continue
        heads = _heads(line)
        rows_amid = _heads_of_amid(lines, place)
        if rows_amid:
            heads = rows_amid
            if heads[-1].lower().endswith(" of") and place + 1 < len(lines) and 0 < len(lines[place + 1].text) < 30:
                passed = lines[place + 1]
                heads[-1] = f"{heads[-1]} {passed.text}"
        if heads:
            if amid is not None:
                found += amid.later
                amid = None
            grid, columns = grid + 1, len(heads) - 1
            if rows_amid:
                near = " ".join(one.text for one in lines[max(place - _NEAR, 0) : place + 3])
                began, cost = _BEGAN.search(near), _COST.search(near) is not None
                amid = _Amid(columns, cost, grid)
                heads += ["Expense ratio"] if cost else [""]
                heads += [f"{began['sub'] or ''}inception date"] if began else []
                columns = 0
            found.append(Line(line.page, line.number, tuple(Cell(t, p, p + 1) for p, t in enumerate(heads) if t), grid))
            continue
        if amid is not None:
            cells = _row_amid(line, amid)
            if cells:
                found.append(Line(line.page, line.number, cells, amid.grid))
                amid.apart = 0
                continue
            amid.later.append(line)
            amid.apart += bool(line.cells)
            if amid.apart > _APART or len(line.text) > 200:
                found += amid.later
                amid = None
            continue
        row = _row(line) if columns else None
        if row is None:
            if line.cells:
                columns = 0
            found.append(line)
            continue
        name, figures = row
        first = 1 if len(figures) == columns else columns + 2
        cells = (Cell(name, 0, 1), *(Cell(text, first + at, first + at + 1) for at, text in enumerate(figures)))
        found.append(Line(line.page, line.number, cells, grid))
    return [*found, *(amid.later if amid is not None else ())]


def _heads(line: Line) -> list[str]:
    """What stands over the names, then the heading of each column; none where the line is no such head."""
    return [] if line.grid or len(line.cells) != 1 else _parted(line.text)


def _parted(text: str) -> list[str]:
    if len(text) > 200:
        return []
    places = list(_PERIOD.finditer(text))
    if not 2 <= len(places) <= _MOST or places[0].start() > 60 or (text.rstrip().endswith((".", ":")) and len(text) > 90):
        return []
    bounds = [place.start() for place in places] + [len(text)]
    parts = [text[a:b].strip() for a, b in itertools.pairwise(bounds)]
    if any(len(part) > 24 for part in parts[:-1]) or len(parts[-1]) > 50:
        return []
    if any(not re.fullmatch(rf"{_PERIOD.pattern}\W*(?:\(\d\)|\d)?", part, re.IGNORECASE) for part in parts[:-1]):
        return []
    if _COST.search(parts[-1]):  # 10 Yr Gross Expense Ratio
        parts[-1] = places[-1][0]
    return [text[: bounds[0]].strip(), *(re.sub(r"(?i)^life\s+\d\s+of", "Life of", part) for part in parts)]


def _heads_of_amid(lines: list[Line], place: int) -> list[str]:
    """The headings of a line, where a row with words behind its figures follows soon."""
    line = lines[place]
    if line.grid or not line.cells or len(line.text) > 200:
        return []
    heads = _parted(line.text)
    if not heads:
        return []
    near = [one for one in lines[place + 1 : place + 5] if one.cells]
    return heads if any(_row_amid(one, _Amid(len(heads) - 1, True, 0)) for one in near) else []


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


def _row_amid(line: Line, table: _Amid) -> tuple[Cell, ...]:
    """A row with a name, as many figures as there are headings and perhaps an expense ratio, and words behind them."""
    if line.grid or not line.cells or len(line.text) > 300:
        return ()
    if any(b.left - a.right > 1.5 for a, b in itertools.pairwise(line.cells)):
        return ()  # its columns stand apart
    words = line.text.split(" ")
    first = next((at for at, word in enumerate(words) if at and printed_text.figure(word)), len(words))
    while first > 1 and printed_text.says_nothing(words[first - 1]):
        first -= 1
    end = first
    while end < len(words) and (printed_text.figure(words[end]) or printed_text.says_nothing(words[end])):
        end += 1
    name, figures, tail = " ".join(words[:first]), words[first:end], words[end:]
    more = len(figures) - table.columns
    cost = more == 1 and table.cost and re.fullmatch(r"\d\.\d\d?%?", figures[-1]) is not None
    if not re.search("[A-Za-z]", name) or not tail or not (more == 0 or cost) or len(figures) < 2:
        return ()
    cells = [Cell(name, 0, 1), *(Cell(text, at, at + 1) for at, text in enumerate(figures, start=1))]
    day = printed_text.DATE.match(" ".join(tail))
    at = table.columns + 2
    if day:
        cells.append(Cell(day[0], at, at + 1))
    return tuple(cells)
