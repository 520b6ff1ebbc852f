"""What IronCalc may be asked: the native functions, each with the forms of call that are proved against LibreOffice.

A form of call is a letter for each argument, read from the formula's text: c a cell, r a range, w whole columns or rows,
a an array, v a value, - left out. A call that is not in the table is never sent. What a call is given is looked at as well
(``call_checks``, ``aggregate_checks``). ``tests/recalculation/test_proof.py`` calls every function in every form over values
of every kind.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import aggregate_checks as aggregates
from . import call_checks as checks
from .call_checks import Check, Given, Rewritten
from .cell_values import SNAPPED, as_text, is_number, is_text, same, single
from .formula_tree import Beyond


@functools.lru_cache(maxsize=4096)
def _fits(forms: str, given: str) -> bool:
    return re.fullmatch(forms, given) is not None


@dataclass(frozen=True, slots=True)
class Proved:
    """A function: the forms of call that are proved, what its arguments may hold, which are written as ranges."""

    forms: str  # a regular expression over the letters of the arguments
    check: Check
    ranges: tuple[int, ...] = ()  # arguments that IronCalc takes as a range only: one cell is written A1:A1
    result: Callable[[Any], bool] = lambda _value: True  # whether an answer is believed

    def answers(self, form: str) -> bool:
        """Whether a form of call is proved."""
        return _fits(self.forms, form)


PROVED: dict[str, Proved] = {
    "SUM": Proved("[crwva]+", aggregates.summed),
    "AVERAGE": Proved("[crwva]+", aggregates.averaged),
    "MIN": Proved("[crwva]+", aggregates.aggregated),
    "MAX": Proved("[crwva]+", aggregates.aggregated),
    "COUNT": Proved("[crw]+", aggregates.counted),
    "COUNTA": Proved("[crw]+", checks.anything),
    "COUNTIF": Proved("[crw][cv]", aggregates.counted_if, ranges=(0,)),
    "SUMPRODUCT": Proved("[ra]+|[cv]+", aggregates.products),
    "SUMXMY2": Proved("rr", aggregates.squares),
    "ROUND": Proved("[cv][cv]", checks.rounded_half_away),
    "ABS": Proved("[cv]", checks.numeric),
    "AND": Proved("[cv]+", checks.logic),
    "OR": Proved("[cv]+", checks.logic),
    "NOT": Proved("[cv]", checks.logic),
    "TRUE": Proved("", checks.anything),
    "FALSE": Proved("", checks.anything),
    "NA": Proved("", checks.anything),
    "ISNUMBER": Proved("[cv]", checks.no_truth),
    "ISTEXT": Proved("[cv]", checks.single_value),
    "ISBLANK": Proved("c", checks.single_value),
    "ISERROR": Proved("[cv]", checks.single_value),
    "ISNA": Proved("[cv]", checks.single_value),
    "INDEX": Proved("[cr][cv][cv]?|a-|r-[cv]", checks.anything, ranges=(0,)),
    "MATCH": Proved("[cv][cr][cv]?|[cv]w[cv]|[cv]a[cv]", checks.matched, ranges=(1,)),
    "ROWS": Proved("[cr]", checks.anything, ranges=(0,)),
    "COLUMNS": Proved("[cr]", checks.anything, ranges=(0,)),
    "DATE": Proved("[cv][cv][cv]", checks.date_made, result=checks.is_day),
    "YEAR": Proved("[cv]", checks.of_day),
    "MONTH": Proved("[cv]", checks.of_day),
    "DAY": Proved("[cv]", checks.of_day),
    "EOMONTH": Proved("[cv][cv]", checks.months_on, result=checks.is_day),
    "EDATE": Proved("[cv][cv]", checks.months_on, result=checks.is_day),
    "WORKDAY": Proved("[cv][cv][cr]?", checks.workdays, ranges=(2,), result=checks.is_day),
    "INT": Proved("[cv]", checks.rounded_off),
    "ROUNDUP": Proved("[cv][cv]", checks.rounded_off),
    "ROUNDDOWN": Proved("[cv][cv]", checks.rounded_off),
    "MOD": Proved("[cv][cv]", checks.divided),
    "RRI": Proved("[cv][cv][cv]", checks.rate),
    "N": Proved("[cv]", checks.plain_number),
    "T": Proved("[cv]", checks.single_value),
    "LEN": Proved("[cv]", checks.text),
    "EXACT": Proved("[cv][cv]", checks.exact),
    "LOOKUP": Proved("[cv][cr]", checks.matched, ranges=(1,)),
    "CHOOSE": Proved("[cv][cv]+", checks.anything),
    "IF": Proved("[cv][cv][cv]?", checks.anything),
    "IFERROR": Proved("[cv][cv]", checks.anything),
    "IFNA": Proved("[cv][cv]", checks.anything),
    "SUBTOTAL": Proved("v[crw]+", checks.anything),
}
OF_COLUMNS = frozenset({"SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTA", "COUNTIF", "ROWS", "SUBTOTAL"})
"""Functions that go through the values of a column too large to be read as cells."""

SUBTOTALS: dict[int, Check] = {
    1: aggregates.averaged,
    2: aggregates.counted,
    3: checks.anything,
    4: aggregates.aggregated,
    5: aggregates.aggregated,
    9: aggregates.summed,
}


# operators on single values

COMPARISONS = frozenset({"=", "<", ">", "<=", ">=", "<>"})
OPERATORS = frozenset({"+", "-", "*", "/", "^", "&", "u-", "u+", "%", *COMPARISONS})


def operated(operator: str, given: Given) -> None:
    """What an operator may be given."""
    values = [single(value) for value in given]
    errors = checks.one_error(values)
    if errors and operator != "&" and any(map(is_text, values)):
        raise Beyond("one of two errors")
    if errors or operator == "u+":
        return
    if operator == "&":
        _joined(values)
    elif operator in COMPARISONS:
        _compared(operator, *values)
    elif any(isinstance(value, str) for value in values):
        raise Beyond("text as a number")
    else:
        _arithmetic(operator, [float(value or 0.0) for value in values])


_PLAIN = frozenset({float, int, bool, type(None)})
_NUMBERS = frozenset({float, int})


def alike(operator: str, given: list[list[Any]]) -> bool:
    """Whether an operator is surely given nothing, cell by cell, on which programs differ; else each cell is looked at."""
    kinds = set().union(*(set(map(type, values)) for values in given))
    if operator in ("*", "/", "%", "u-", "u+"):
        return kinds <= _PLAIN
    if operator in ("=", "<>") and kinds <= {str, type(None)}:
        return all(value is None or value.isascii() for values in given for value in values)
    if operator in ("+", "-") or operator in COMPARISONS:
        return kinds <= _NUMBERS and _clearly_apart(np.array(given[0]), np.array(given[1]) * (-1 if operator == "+" else 1))
    return False


def _clearly_apart(left: np.ndarray, right: np.ndarray) -> bool:
    """Whether numbers are the same, or differ by more than their last digits."""
    gaps = np.abs(left - right)
    return bool(((gaps == 0) | (gaps > np.maximum(1e-12 * np.maximum(np.abs(left), np.abs(right)), 2 * TINY))).all())


def _joined(values: Given) -> None:
    for at, value in enumerate(values):
        text = as_text(value)
        if is_number(value) and not checks.is_short(value):
            raise Rewritten(at, text)


def _arithmetic(operator: str, numbers: list[float]) -> None:
    if operator in "+-":
        a, b = numbers[0], numbers[1] if operator == "+" else -numbers[1]
        size = max(abs(a), abs(b))
        if a + b and abs(a + b) < 4 * SNAPPED * size:
            if abs(a + b) < SNAPPED / 2 * size:
                raise Rewritten(None, 0.0)  # two numbers that cancel each other but for noise
            raise checks.LastDigits("a difference in the last digits")
    elif operator == "^" and (numbers[0] <= 0.0 or abs(numbers[1] * math.log10(numbers[0])) >= 300.0):
        raise Beyond("a power that hosts differ on")


TINY = 1e-15
"""Numbers of a smaller difference are the same for IronCalc, however small they are themselves."""


def _compared(operator: str, left: Any, right: Any) -> None:
    if left is None and right is None:
        return
    if left is None or right is None:
        known = right if left is None else left
        if isinstance(known, bool):
            raise Beyond("a blank against a truth value")
        blank = "" if is_text(known) else 0.0
        left, right = (blank, known) if left is None else (known, blank)
    numbers = is_number(left) and is_number(right)
    if operator not in ("=", "<>") and not numbers:
        raise Beyond("an order of texts or truth values")
    if not same(left, right) and numbers and abs(left - right) < TINY:
        raise Beyond("very small numbers")
