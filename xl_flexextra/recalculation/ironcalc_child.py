"""In a child process: IronCalc, which is told cells and formulas and gives values (:mod:`.embedded_engine` asks)."""

from __future__ import annotations

import array
import sys
from collections import deque
from itertools import compress, repeat
from typing import Any

from ..files import in_child

_models: list[Any] = []  # the one of this child


def put(model: Any, sheet: int, row: int, column: int, value: Any) -> None:
    """One value, as it is: no text becomes a number, and empty text is not a blank cell."""
    if isinstance(value, bool):
        model.update_cell_with_bool(sheet, row, column, value)
    elif isinstance(value, (int, float)):
        model.update_cell_with_number(sheet, row, column, value)
    elif isinstance(value, dict):
        model.set_user_input(sheet, row, column, value["error"])
    elif value == "":
        model.update_cell_with_formula(sheet, row, column, '=""')
    elif value is not None:
        model.update_cell_with_text(sheet, row, column, value)


def put_numbers(model: Any, sheet: int, top: int, left: int, width: int, data: bytes, blanks: bool) -> None:
    """Numbers, row by row; NaN is a blank cell, if there are ``blanks``. A million are put in without a step of Python for
    each."""
    numbers = array.array("d", data)
    if sys.byteorder == "big":
        numbers.byteswap()
    for column in range(width):
        values: Any = numbers[column::width]
        rows: Any = range(top, top + len(values))
        if blanks:
            there = [value == value for value in values]
            rows, values = compress(rows, there), compress(values, there)
        deque(map(model.update_cell_with_number, repeat(sheet), rows, repeat(left + column), values), maxlen=0)


def found_at(model: Any, sheet: int, row: int, column: int) -> Any:
    """The value of a cell; an error is marked as one."""
    import ironcalc

    value = model.get_cell_value(sheet, row, column)
    return {"error": value} if model.get_cell_type(sheet, row, column) == ironcalc.CellType.ErrorValue else value


def answer(sheets: list[str], cells: list[Any], formulas: list[tuple[int, int, int, str, Any]], names: str) -> list[Any]:
    """The values of the formulas, which are values from then on; arrays (with rows and columns) are gone."""
    import ironcalc

    if names:  # a workbook of our own making, for its defined names; its one sheet is not used
        _models[:] = [ironcalc.load_from_xlsx(names)]
    (model,) = _models
    for name in sheets:
        model.add_sheet(name)
    for sheet, top, left, width, values, blanks in cells:
        if isinstance(values, bytes):  # numbers, packed
            put_numbers(model, sheet, top, left, width, values, blanks)
            continue
        for at, value in enumerate(values):
            put(model, sheet, top + at // width, left + at % width, value)
    for sheet, row, column, text, _size in formulas:
        model.update_cell_with_formula(sheet, row, column, "=" + text)
    model.evaluate()
    values = []
    for sheet, row, column, _text, size in formulas:
        height, width = size or (1, 1)
        found = [found_at(model, sheet, row + at // width, column + at % width) for at in range(height * width)]
        values.append(found if size else found[0])
    for (sheet, row, column, _text, size), value in zip(formulas, values, strict=True):
        if size:
            model.clear_cell_contents(sheet, row, column)
        else:
            put(model, sheet, row, column, value)
    return values


def _prepare() -> None:
    import ironcalc

    _models[:] = [ironcalc.create("book", "en", "UTC", "en")]  # sheet 0 is not used


if __name__ == "__main__":
    in_child.serve(_prepare, answer)
