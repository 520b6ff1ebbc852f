"""Where the data of a file end: rows that sum up what stands above them, and notes below them, are none of it."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from typing import Any

from ..cells import number_text, ranges
from ..errors import CellError
from .headers import is_value

MEANS = {"average", "averages", "mean"}
PRINTED, EXACT = 1e-3, 1e-9  # how far a labelled, and an unlabelled, number may be from the sum or mean, in parts of it

SEVERAL = 3  # sums below each other, such as a total and a mean

Row = Sequence[Any]


def end_of_data(rows: Sequence[Row], name: str) -> tuple[int, list[str]]:
    """How many of the rows below a header are data, and what is said of the others."""
    end = _without_notes(rows)
    said = [f"What stands below the data of {name} was skipped: {_first(rows[end:])!r}."] if end < len(rows) else []
    end = _without_blanks(rows, end)
    for start in _starts(rows, end):
        sums = [row for row in rows[start:end] if not all(map(_blank, row))]
        if start > 1 and all(_sums_up(row, rows[:start]) for row in sums):
            labels = (next((cell for cell in row if _is_text(cell)), "") for row in sums)
            for label in (f" ({label!r})" if label else "" for label in labels):
                said.append(f"The last row of {name}{label} sums up the rows above and was skipped.")
            return _without_blanks(rows, start), said
    return end, said


def _starts(rows: Sequence[Row], end: int) -> list[int]:
    """Where a sum, or several below each other, may begin: the first place first."""
    found: list[int] = []
    while end > 1 and len(found) < SEVERAL and may_sum_up(rows[end - 1]):
        found.insert(0, end - 1)
        end = _without_blanks(rows, end - 1)
    return found


def may_sum_up(row: Row) -> bool:
    """Whether a row looks as if it might be no data: a quick look at it alone."""
    filled = [cell for cell in row if not _blank(cell)]
    return _blank(row[0]) or len(filled) <= 2 or any(_label(cell) for cell in filled)


def _sums_up(row: Row, above: Sequence[Row]) -> bool:
    """Whether a row holds the sums (or means) of the rows above: by its label, or by its numbers alone."""
    if not may_sum_up(row):
        return False
    numbers = {place: found for place, cell in enumerate(row) if (found := _number(cell)) is not None}
    labels = [place for place, cell in enumerate(row) if _label(cell)]
    if labels:
        mean = str(row[labels[0]]).strip().rstrip(":").lower() in MEANS
        if _heads_dates(above, labels[0]) or not numbers:
            return True
        return all(_is_sum(above, row, place, number, PRINTED, mean) for place, number in numbers.items())
    if not numbers or (not _blank(row[0]) and not _one_whole([cell for cell in row if not _blank(cell)])):
        return False
    if len(above) < 2 or (_blank(row[0]) and all(_blank(one[0]) for one in above)):
        return False
    return all(_is_sum(above, row, place, number, EXACT, False) for place, number in numbers.items())


def _is_sum(above: Sequence[Row], row: Row, place: int, number: float, within: float, mean: bool) -> bool:
    day = next(filter(_is_date, row), None)  # of one date where the sum has one
    counted = [one for one in above if day is None or day in one]
    found = [value for one in counted if (value := _number(one[place])) is not None]
    total = math.fsum(found) / (len(found) if mean and found else 1)
    return bool(found) and abs(total - number) <= within * max(abs(total), 1e-12)


def _one_whole(filled: Row) -> bool:
    """Whether a row is a name and 1, or 100%, as the whole of shares is."""
    numbers = [number for cell in filled if (number := _number(cell)) is not None]
    return len(filled) == 2 and len(numbers) == 1 and numbers[0] in (1.0, 100.0)


def _heads_dates(above: Sequence[Row], place: int) -> bool:
    first = next((row[place] for row in above if not _blank(row[place])), None)
    return _is_date(first)


def _without_notes(rows: Sequence[Row]) -> int:
    """The end of the data before notes: lines of one text each, behind a blank row."""
    end = len(rows)
    while True:
        last = start = _without_blanks(rows, end)
        while start > 1 and _is_note(rows[start - 1]):
            start -= 1
        if start == last or start < 2 or not all(map(_blank, rows[start - 1])):
            return end
        end = start - 1


def _is_note(row: Row) -> bool:
    filled = [cell for cell in row if not _blank(cell)]
    return len(row) > 1 and len(filled) == 1 and _is_text(filled[0]) and not _label(filled[0]) and not is_value(filled[0])


def _without_blanks(rows: Sequence[Row], end: int) -> int:
    while end and all(map(_blank, rows[end - 1])):
        end -= 1
    return end


def _first(rows: Sequence[Row]) -> Any:
    return next(cell for row in rows for cell in row if not _blank(cell))


def _label(cell: Any) -> bool:
    return ranges.is_totals_label(cell) or (isinstance(cell, str) and cell.strip().rstrip(":").strip().lower() in MEANS)


def _number(cell: Any) -> float | None:
    if isinstance(cell, CellError | bool):
        return None
    if isinstance(cell, str):
        return number_text.parsed(cell)
    return float(cell) if isinstance(cell, int | float) else None


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str) and not isinstance(cell, CellError) and bool(cell.strip())


def _is_date(cell: Any) -> bool:
    written = _is_text(cell) and is_value(cell) and number_text.parsed(cell) is None
    return written or isinstance(cell, datetime.date)


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not isinstance(cell, CellError) and not cell.strip())
