"""Every worksheet function, every example, every argument in every form that a sheet hands over: declared once.

The same cases go through xlwings' server over the stand-in for pywin32 and, on Windows, through the real server process.
"""

from __future__ import annotations

import array
import datetime
import decimal
import os
import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from xl_flexextra import catalogue, sample
from xl_flexextra.cells.scalars import OMITTED
from xl_flexextra.errors import VALUE, CellError
from xl_flexextra.functions import declaration
from xl_flexextra.functions.declaration import Example, WorksheetFunction

from .pywin32_stand_in import Integer, Single

EPOCH = datetime.date(1899, 12, 30)
# codes by Excel's own list of cell errors: xlErrNull 2000, xlErrDiv0 2007 ... as VT_ERROR 0x800A0000 + number
CODES = {"#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042}
BASE = -(2**31) + 0xA0000
SPILL = BASE + 2045
LEFT_OUT = (BASE + 448, -2147352572)  # the mark of our glue for what is missing, and COM's own
LONG = "Façade & Söhne 基金 Σύνθεση \U0001d11e e\u0301 'x\" " * 8  # 8 x 39 letters: more than 255
EXAMPLES = [(f, e) for f in catalogue.functions() for e in f.examples]


def native(args: Any) -> list[Any]:
    """Arguments as a person passes them in Python."""
    return [sample.rows(a) if isinstance(a, declaration.SampleTable) else a for a in args]


def com(value: Any) -> Any:
    """A value as Value2 gives it."""
    if isinstance(value, CellError):
        return CODES[value] + BASE
    if value is OMITTED:
        return LEFT_OUT[0]
    if isinstance(value, datetime.date):
        return float((value - EPOCH).days)
    if isinstance(value, list):
        rows = [list(row) if isinstance(row, list) else [row] for row in value]
        width = max(len(row) for row in rows)
        return tuple(tuple(com(v) for v in row + [None] * (width - len(row))) for row in rows)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return float(value)


Form = tuple[str, Any, Any]  # a word for it, what COM carries, the same in Python


def any_value() -> Iterator[Form]:
    """What may stand for any argument."""
    yield "blank", None, None
    for code in LEFT_OUT:
        yield f"left out ({code})", code, OMITTED
    for error in CODES:
        yield error, com(CellError(error)), CellError(error)
    yield "#SPILL!", SPILL, VALUE
    yield "true", True, True
    yield "long text", LONG, LONG
    yield "empty text", "", ""
    yield "zero", 0.0, 0.0
    yield "currency", decimal.Decimal("1506.4321"), 1506.4321
    yield "date", datetime.datetime(2008, 7, 31, tzinfo=datetime.UTC), datetime.date(2008, 7, 31)
    yield "range of one blank", ((None,),), [[None]]


def of_one(kind: str, value: Any) -> Iterator[Form]:
    """One value in other forms and types, and several of it in a row, a column and a block."""
    cell, error = com(value), com(CellError("#REF!"))
    yield "range of one cell", ((cell,),), [[value]]
    yield "row", ((cell, cell, cell),), [[value] * 3]
    yield "array constant", (cell, cell), [[value] * 2]
    yield "column", ((cell,), (cell,), (cell,)), [[value]] * 3
    yield "block", ((cell, cell), (cell, cell)), [[value] * 2] * 2
    yield "row with a blank", ((cell, None, cell),), [[value, None, value]]
    yield "column with an error", ((cell,), (error,)), [[value], [CellError("#REF!")]]
    if kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        money = decimal.Decimal(repr(float(value))).quantize(decimal.Decimal("0.0001"))
        yield "the same as currency", money, float(money)
        yield "whole number", int(value), float(int(value))
        yield "number in text", repr(float(value)), repr(float(value))
        yield "currency in a column", ((money,), (money,)), [[float(money)]] * 2
        yield "an array of Double", array.array("d", [value, value]), [[float(value)] * 2]
        yield "a Single", Single(value), struct.unpack("f", struct.pack("f", value))[0]
        if abs(value) < 2**15:
            yield "an Integer", Integer(value), float(int(value))
    if kind == "date" and isinstance(value, str) and value[:4].isdigit():
        day = datetime.date.fromisoformat(value)
        yield "serial number", com(day), day
        yield "the same as a date", datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC), day
        yield "date in a cell", ((com(day),),), [[day]]
        moment = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)
        yield "dates in a row", ((moment, moment),), [[day, day]]


def of_range(value: list[Any]) -> Iterator[Form]:
    """A range in other shapes, with other cells in its last place."""
    rows = [list(row) if isinstance(row, list) else [row] for row in value]
    whole = com(rows)
    yield "first row", whole[:1], rows[:1]
    yield "first column", tuple(row[:1] for row in whole), [row[:1] for row in rows]
    yield "turned", tuple(zip(*whole, strict=True)), [list(row) for row in zip(*rows, strict=True)] if even(rows) else None
    yield "blank rows below", (*whole, *[(None,) * len(whole[0])] * 3), [*rows, *[[None] * len(whole[0])] * 3]
    for word, last in (("blank", None), ("error", CellError("#N/A")), ("text", LONG), ("flag", True)):
        changed = [*rows[:-1], [*rows[-1][:-1], last]]
        yield f"{word} at its end", com(changed), changed


def even(rows: list[list[Any]]) -> bool:
    return len({len(row) for row in rows}) == 1


def forms(function: WorksheetFunction, example: Example) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """The arguments of an example, then each of its arguments in every other form: for COM and in Python."""
    args = native(example.args)
    plain = [com(a) for a in args]
    yield "as declared", plain, args
    for at, (argument, value) in enumerate(zip(function.arguments, args, strict=False)):
        own = of_range(value) if isinstance(value, list) else of_one(argument.kind, value) if value is not None else ()
        for word, given, wanted in (*any_value(), *own):
            if wanted is not None or given is None:
                yield (
                    f"{argument.name}: {word}",
                    *(
                        [new if place == at else old for place, old in enumerate(all_)]
                        for new, all_ in ((given, plain), (wanted, args))
                    ),
                )


ROWS = 100_000
FEWER = ROWS if os.name == "nt" else 10_000


def long_ranges() -> Iterator[tuple[WorksheetFunction, str, Callable[[], list[Any]]]]:
    """Every argument of a function that takes a range, and a column for a number and for a date, once with many rows.

    A hundred thousand for every one of them through the real server; over the stand-in for the first argument of its kind,
    which is converted by the same code in every function.
    """
    seen: set[Any] = set()
    for function, example in EXAMPLES:
        if isinstance(example.gives, CellError):
            continue
        args = native(example.args)
        for at, (argument, value) in enumerate(zip(function.arguments, args, strict=False)):
            mark = (function.name, argument.name) if isinstance(value, list) else argument.kind
            if mark in seen or value is None or (not isinstance(value, list) and argument.kind not in ("number", "date")):
                continue
            yield (
                function,
                argument.name,
                partial(_lengthened_at, at, argument.kind, args, FEWER if argument.kind in seen else ROWS),
            )
            seen |= {mark, argument.kind}


def _lengthened_at(at: int, kind: str, args: list[Any], count: int) -> list[Any]:
    """Arguments with a longer one; made when a test asks, not when tests are collected."""
    return [lengthened(kind, arg, count) if place == at else arg for place, arg in enumerate(args)]


def lengthened(kind: str, value: Any, count: int) -> list[list[Any]]:
    """A range with more rows of its own: later days of a series, else blanks below; of one value a whole column."""
    if not isinstance(value, list):
        return [[value]] * count
    rows = [list(row) if isinstance(row, list) else [row] for row in value]
    last = rows[-1]
    more = count - len(rows)
    if kind == "unit_values" and isinstance(last[0], str | datetime.date):
        day = last[0] if isinstance(last[0], datetime.date) else datetime.date.fromisoformat(last[0])
        return [*rows, *[[day + datetime.timedelta(n), *last[1:]] for n in range(1, more + 1)]]
    return [*rows, *[[None] * len(last)] * more]
