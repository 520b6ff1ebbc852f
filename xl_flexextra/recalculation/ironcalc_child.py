"""The child process that holds IronCalc: cells and formulas in, values out, a line of JSON each.

Started by :mod:`embedded_engine` as a file, with nothing of this project to import. What IronCalc prints goes nowhere.
"""

import array
import base64
import contextlib
import json
import os
import sys

MEMORY = 4 << 30  # bytes of addresses
SECONDS = 120  # of processor time, all requests together


def limit():
    """Bounds that the system holds, where it has them; on Windows the parent watches."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def put(model, sheet, row, column, value):
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


def unpacked(text):
    """A column of numbers; NaN is a blank cell."""
    numbers = array.array("d", base64.b64decode(text))
    if sys.byteorder == "big":
        numbers.byteswap()
    return [None if number != number else number for number in numbers]


def answer(model, error_type, request):
    """The values of the request's formulas, which are values from then on."""
    for name in request["sheets"]:
        model.add_sheet(name)
    for sheet, top, left, width, values in request["cells"]:
        if isinstance(values, str):  # numbers, packed
            values = unpacked(values)
        for at, value in enumerate(values):
            put(model, sheet, top + at // width, left + at % width, value)
    places = []
    for sheet, row, column, text in request["formulas"]:
        model.update_cell_with_formula(sheet, row, column, "=" + text)
        places.append((sheet, row, column))
    model.evaluate()
    values = []
    for place in places:
        value = model.get_cell_value(*place)
        values.append({"error": value} if model.get_cell_type(*place) == error_type else value)
    for place, value in zip(places, values, strict=True):
        put(model, *place, value)
    return values


def main():
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    limit()
    import ironcalc

    model = ironcalc.create("book", "en", "UTC", "en")  # sheet 0 is not used
    for line in sys.stdin.buffer:
        out.write(json.dumps(answer(model, ironcalc.CellType.ErrorValue, json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
