"""What a call of a native function may be given: a check for each kind of function that IronCalc computes; sums apart.

Where the proof found that programs differ (truth values in a sum, texts as numbers, early dates), a check raises
:class:`Beyond`, or has a part of the formula written as the value that it has (:class:`Rewritten`).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from ..cells.scalars import FIRST_SERIAL, LAST_SERIAL
from ..errors import CellError
from .cell_values import Cells, as_text, is_number, is_text, near, same, single
from .formula_tree import Beyond


class Rewritten(Exception):
    """An argument, or the whole call (None), is to be written as a value: what other programs take it for."""

    def __init__(self, argument: int | None, value: Any) -> None:
        super().__init__(argument, value)
        self.argument, self.value = argument, value


class LastDigits(Beyond):
    """A difference of numbers that are the same but for their last digits: some programs take it for 0, others do not."""


Given = list[Any]
Check = Callable[[Given], "float | None"]
"""Gives the exact result of a sum whose last digits depend on the order of its terms; None for every other."""


def anything(_given: Given) -> None:
    """Whatever is given."""


def one_error(values: Any) -> bool:
    """Whether there is an error among values; two of them differ from program to program."""
    errors = {value for value in values if isinstance(value, CellError)}
    if len(errors) > 1:
        raise Beyond("one of several errors")
    return bool(errors)


# numbers


def _numbers(given: Given) -> list[float] | None:
    """Numbers as arithmetic takes them, each a value or a cell; None where one argument alone is an error."""
    found = [single(value) for value in given]
    if len(found) == 1 and isinstance(found[0], CellError):
        return None
    if not all(value is None or is_number(value) for value in found):  # hosts name different errors, read texts otherwise
        raise Beyond("what is no number")
    return [float(value or 0.0) for value in found]


def _whole(value: float) -> int:
    if not value.is_integer():
        raise Beyond("a part of a whole number")
    return int(value)


def numeric(given: Given) -> None:
    _numbers(given)


def divided(given: Given) -> None:
    """MOD; where the quotient is nearly whole, programs differ."""
    found = _numbers(given)
    if found is None or found[1] == 0.0:
        return
    quotient = found[0] / found[1]
    whole = all(value.is_integer() for value in found)
    if abs(quotient) > 1e6 or (not whole and abs(quotient - round(quotient)) < 1e-9):
        raise Beyond("nearly a whole number of times")


def rounded_off(given: Given) -> None:
    """ROUNDUP, ROUNDDOWN and INT; what is whole but for noise is left to others."""
    found = _numbers(given)
    if found is None:
        return
    value, digits = found[0], _whole(found[1]) if len(found) > 1 else 0
    if not -9 <= digits <= 9 or abs(value) > 1e11 / 10.0**digits:
        raise Beyond("many digits")
    scaled = value * 10.0**digits
    if 0 < abs(scaled - round(scaled)) < 1e-9 * max(abs(scaled), 1.0):
        raise Beyond("nearly whole")


def rate(given: Given) -> None:
    """RRI; one error among plain numbers is what it gives."""
    errors = [at for at, value in enumerate(given) if isinstance(single(value), CellError)]
    found = _numbers([1.0 if at in errors else value for at, value in enumerate(given)])
    if found is None or len(errors) > 1 or found[0] <= 0 or found[1] <= 0 or found[2] < 0:
        raise Beyond("RRI")


MOST_NOISE = 0.01
"""In units of the last digit that is kept; in a number of at most 1e11 units every program has far less noise."""


def rounded_half_away(given: Given) -> None:
    """What is half way but for noise, as 21.9/0.2 is, is left to others; a short decimal such as 1.005 is plain."""
    found = _numbers(given)
    if found is None:
        return
    value, digits = found[0], _whole(found[1])
    if not -9 <= digits <= 12 or abs(value) > 1e11 / 10.0**digits:
        raise Beyond("many digits")
    scaled = abs(value) * 10.0**digits
    noise = min(1e-9 * max(scaled, 1.0), MOST_NOISE)
    doubtful = abs(scaled - math.floor(scaled) - 0.5) < noise
    if doubtful and len(f"{abs(value)!r}".replace(".", "").strip("0")) > 13:
        raise Beyond("nearly half way")


# logic and tests


def logic(given: Given) -> None:
    found = [single(value) for value in given]
    if any(value is None or is_text(value) for value in found):
        raise Beyond("a condition that is blank or text")
    if one_error(found):  # IronCalc looks no further where the others decide
        raise Rewritten(None, next(value for value in found if isinstance(value, CellError)))


def single_value(given: Given) -> None:
    single(given[0])


def no_truth(given: Given) -> None:
    if isinstance(single(given[0]), bool):
        raise Beyond("a truth value")  # a number for Calc


# text


def text(given: Given) -> None:
    """Text, or a number of so few digits that programs write it alike."""
    values = [single(value) for value in given]
    if not one_error(values):
        for value in values:
            if isinstance(value, bool) or (is_number(value) and not is_short(value)):
                raise Beyond("what programs write otherwise")


def exact(given: Given) -> None:
    """EXACT: numbers that are the same or clearly not are so as texts, however programs write them."""
    values = [single(value) for value in given]
    if one_error(values):
        return
    left, right = values
    if is_number(left) and is_number(right):
        if left != right and math.isclose(left, right, rel_tol=1e-9):
            raise Beyond("what programs write otherwise")
        return
    for one, other in ((left, right), (right, left)):
        digits = is_text(other) and re.search(r"\d", other)
        if isinstance(one, bool) or (is_number(one) and digits and not is_short(one)):
            raise Beyond("what programs write otherwise")


def is_short(number: Any) -> bool:
    return repr(number).removesuffix(".0") == as_text(number)  # Excel and Calc write 15 digits


def plain_number(given: Given) -> None:
    """N: whatever stands in one cell, or is one number."""
    if isinstance(single(given[0]), str) and not isinstance(given[0], Cells) and not isinstance(given[0], CellError):
        raise Beyond("text")


# look-ups


def place(value: Any) -> int:
    """Which row or column an argument of INDEX means; 0 for all of them."""
    one = single(value)
    if not is_number(one):
        raise Beyond("a place that is no number")
    return math.floor(one)


def _line(values: Any) -> list[Any]:
    if len(values) == 1 or len(values[0]) == 1:
        return values.line if isinstance(values, Cells) else [cell for row in values for cell in row]
    raise Beyond("a block where a line has to be")


_WILD = frozenset("*?~")


def matched(given: Given) -> None:
    wanted, line, kind = single(given[0]), _line(given[1]), single(given[2]) if len(given) > 2 else 1.0
    if wanted is None or isinstance(kind, CellError | str) or kind not in (0, 1):
        raise Beyond("MATCH")
    if isinstance(wanted, CellError):
        if not isinstance(given[1], Cells):
            raise Beyond("MATCH of an error in an array")
        return
    if kind == 1:
        _matched_sorted(wanted, line, given[1])
        return
    if is_text(wanted) and _WILD.intersection(wanted):
        raise Beyond("MATCH of a pattern")
    if is_text(wanted) and re.search(r"\d", wanted) and any(map(is_number, line)):
        raise Beyond("MATCH of text that may be a number")
    for value in line:
        if value is not None and not isinstance(value, CellError) and same(wanted, value):
            if is_number(value) and value != wanted:  # the same but for noise, which IronCalc's search does not skip
                raise Rewritten(0, value)
            return


def _matched_sorted(wanted: Any, line: list[Any], cells: Any) -> None:
    """In ascending numbers only, none of which is the wanted one but for noise."""
    if not is_number(wanted) or not isinstance(cells, Cells) or not cells.all_numbers:
        raise Beyond("MATCH of or in what is no number")
    if not cells.ascending:  # above all of them it is the last one wherever the search begins
        if any(value >= wanted or near(value, wanted) for value in line):
            raise Beyond("MATCH in what does not ascend")
        return
    above = bisect_right(line, wanted)
    if above < len(line) and near(line[above], float(wanted)):
        raise Beyond("MATCH of a number that is one of the line but for noise")


# dates


def _day(serial: float) -> float:
    if not FIRST_SERIAL <= serial < LAST_SERIAL + 1:
        raise Beyond("an early date")
    return serial


def of_day(given: Given) -> None:
    found = _numbers(given)
    if found is not None:
        _day(found[0])


def months_on(given: Given) -> None:
    found = _numbers(given)
    if found is not None:
        _day(found[0])
        year = (found[0] / 365.2425 * 12 + _whole(found[1])) / 12 + 1900
        if not 1901 <= year <= 9998:
            raise Beyond("an early date")


def date_made(given: Given) -> None:
    found = _numbers(given)
    if found is None:
        return
    year, month, day = map(_whole, found)
    if not 1901 <= year <= 9999 or year + (month - 1) // 12 < 1901 or max(abs(month), abs(day)) > 1000:
        raise Beyond("DATE")
    if year + (month - 1) / 12 + day / 365 > 9999.9:
        raise Beyond("DATE")


def workdays(given: Given) -> None:
    """WORKDAY; holidays are numbers, blank cells among them are none."""
    for day in (cell for value in given[2:] if isinstance(value, Cells) for row in value for cell in row):
        if day is not None and not (is_number(day) and FIRST_SERIAL <= day <= LAST_SERIAL and _whole(float(day))):
            raise Beyond("a holiday that is no day")
    found = _numbers(given[:2])
    if found is not None:
        _day(found[0])
        if not 0 < abs(_whole(found[1])) <= 10_000 or not FIRST_SERIAL < found[0] + 2 * found[1] < LAST_SERIAL:
            raise Beyond("WORKDAY")


def is_day(value: Any) -> bool:
    return not is_number(value) or FIRST_SERIAL <= value < LAST_SERIAL + 1
