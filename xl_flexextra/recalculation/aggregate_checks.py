"""Sums, counts and products: what stands in cells counts if it is a number, what is given as a value has to be one.

A check each, as in :mod:`.call_checks`; those of sums give the exact one where it depends on the order of its terms.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..errors import CellError
from .call_checks import Given, Rewritten, one_error
from .cell_values import Cells, Column, is_number, is_text, same, single
from .formula_tree import Beyond


def _cells(value: Any) -> Iterator[Any]:
    """The cells of a range, or of a long column."""
    return iter(value) if isinstance(value, Column) else (cell for row in value for cell in row)


def _only_numbers(value: Any) -> bool:
    """Whether a long column can hold nothing else."""
    return isinstance(value, Column) and value.numbers is not None


def _found(given: Given) -> Iterator[Any]:
    """The numbers and errors among arguments; text and blank cells of ranges and arrays are skipped."""
    for value in given:
        if not isinstance(value, list | Column) and not is_number(value) and not isinstance(value, CellError):
            raise Beyond("a value that is no number among what is counted")
        for cell in _cells(value) if isinstance(value, list | Column) else (value,):
            if is_number(cell) or isinstance(cell, CellError):
                yield cell
            elif isinstance(cell, bool):
                raise Beyond("a truth value among what is counted")  # a number for Calc


def counted(given: Given) -> None:
    for _value in _found([value for value in given if not _only_numbers(value)]):
        pass


def aggregated(given: Given) -> None:
    found = one_error(_found([value for value in given if not _only_numbers(value)]))
    if found and len(given) > 1 and any(isinstance(value, list) and not isinstance(value, Cells) for value in given):
        raise Beyond("an error in one of several arrays")  # which Calc skips


def summed(given: Given) -> float | None:
    """A sum whose terms nearly cancel each other depends on their order."""
    return _added(_terms(given))


def averaged(given: Given) -> float | None:
    """The same of a mean."""
    terms = _terms(given)
    exact = _added(terms)
    return None if exact is None else exact / len(terms)


def _terms(given: Given) -> np.ndarray:
    """What is added up; nothing where there is an error."""
    long = [value.numbers for value in given if isinstance(value, Column) and value.numbers is not None]
    found = list(_found([value for value in given if not _only_numbers(value)]))
    if one_error(found):
        return np.empty(0)
    return np.concatenate([np.array(found, dtype=np.float64), *(numbers[~np.isnan(numbers)] for numbers in long)])


def _added(terms: np.ndarray, tolerance: float = 1e-13) -> float | None:
    if not len(terms):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        in_turn = float(np.cumsum(terms)[-1])
    if not math.isfinite(in_turn):
        raise Beyond("a number that no cell holds")
    exact = math.fsum(terms)
    if not math.isclose(in_turn, exact, rel_tol=tolerance):
        raise Beyond("a sum that nearly cancels")
    return exact if in_turn != exact else None


def products(given: Given) -> float | None:
    """SUMPRODUCT of ranges and arrays of one size, or of single values; text in them counts as 0."""
    columns = [list(_cells(value)) if isinstance(value, list) else [value] for value in given]
    if all(set(map(type, column)) <= {float, int} for column in columns):
        with np.errstate(over="ignore", invalid="ignore"):
            return _multiplied(np.prod(np.array(columns, dtype=np.float64), axis=0))
    terms, errors = [], []
    for factors in zip(*columns, strict=True):
        if any(isinstance(one, bool) for one in factors):
            raise Beyond("a truth value among what is counted")  # a number for Calc
        found = [one for one in factors if isinstance(one, CellError)]
        if found and any(map(is_text, factors)):
            raise Beyond("text times an error")  # 0 for Calc
        errors += found
        terms.append(math.prod(float(one) if is_number(one) else 0.0 for one in factors))
    if any(is_text(value) for value in given):
        raise Beyond("text as a number")
    return None if one_error(errors) else _multiplied(np.array(terms))


def _multiplied(terms: np.ndarray) -> float | None:
    if not np.isfinite(terms).all():
        raise Beyond("a number that no cell holds")
    return _added(terms, 4e-15)


_COUNTED = re.compile(r"[^\W\d_][^\W\d_ ]*( [^\W\d_]+)*")  # words of letters: no number, no date
_PATTERN = re.compile(r"\*? ?[A-Za-z]+( [A-Za-z]+)*:? ?\*?")  # the same, with a colon, with a star before or behind
_NO_WORDS = frozenset({"TRUE", "FALSE"})


def counted_if(given: Given) -> None:
    """COUNTIF for a number, or for words of letters; criteria, and text that hosts may read, are left to them."""
    cells, wanted = list(_cells(given[0])), single(given[1])
    if is_text(wanted) and "*" in wanted:
        begins = None if wanted.startswith("*") else len(wanted)  # what follows does not matter where nothing comes before
        plain = (cell is None or (is_text(cell) and cell[:begins].isascii()) for cell in cells)
        if not _PATTERN.fullmatch(wanted) or not all(plain):
            raise Beyond("COUNTIF of a pattern")
        return
    if is_text(wanted):
        if not _COUNTED.fullmatch(wanted) or wanted.upper() in _NO_WORDS:
            raise Beyond("COUNTIF")
    elif not is_number(wanted) or any(isinstance(c, bool) or (is_text(c) and re.search(r"\d", c)) for c in cells):
        raise Beyond("COUNTIF")
    found = {cell for cell in cells if is_text(cell) == is_text(wanted) and cell is not None and same(wanted, cell)}
    noisy = {cell for cell in found if is_number(cell) and cell != wanted}
    if noisy and len(found) == 1:
        raise Rewritten(1, noisy.pop())
    if noisy:
        raise Beyond("numbers that differ in their last digits")


def squares(given: Given) -> None:
    """SUMXMY2 of two ranges of one size that hold numbers only."""
    left, right = given
    if [len(row) for row in left] != [len(row) for row in right]:
        raise Beyond("ranges of two sizes")
    found = [*_cells(left), *_cells(right)]
    if not all(is_number(value) or isinstance(value, CellError) for value in found):
        raise Beyond("SUMXMY2 of what is no number")
    one_error(found)
