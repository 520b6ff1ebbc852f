"""An engine as a child process: a workbook in, the values of some cells out. Not ours: ironcalc or formulon, from PyPI.

engine.py NAME BOOK CELLS: CELLS is JSON, a list of [sheet, row, column] from 0; the answer is JSON on the last line.
"""

import json
import sys
from pathlib import Path

ERRORS = {0: "#NULL!", 1: "#DIV/0!", 2: "#VALUE!", 3: "#REF!", 4: "#NAME?", 5: "#NUM!", 6: "#N/A"}


def by_ironcalc(book, cells):
    import ironcalc

    model = ironcalc.load_from_xlsx(book)
    model.evaluate()
    return [model.get_cell_value(sheet, row + 1, column + 1) for sheet, row, column in cells]


def by_formulon(book, cells):
    import formulon

    model = formulon.Workbook.load(Path(book).read_bytes())
    model.recalc()
    found = []
    for cell in cells:
        value = model.get_value(*cell)
        found.append(ERRORS.get(value.error_code, "#ERROR") if value.error_code is not None else value.to_python())
    return found


if __name__ == "__main__":
    name, book, cells = sys.argv[1:]
    answer = {"ironcalc": by_ironcalc, "formulon": by_formulon}[name](book, json.loads(Path(cells).read_text()))
    print("\n" + json.dumps(answer))
