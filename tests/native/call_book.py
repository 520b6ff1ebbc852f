"""A workbook of calls of the native functions, evaluated by an engine that is not ours."""

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import xlsxwriter

from xl_flexextra import sample
from xl_flexextra.errors import CellError, FlexExtraError
from xl_flexextra.functions.written import typed
from xl_flexextra.hosts.native.definitions import definitions
from xl_flexextra.hosts.native.stored import stored

TABLES = ("FlexibleTerms", "SingleTerms", "UnitValues", "Shares", "Funds", "InterestRates")
SHIPPED = {"flex_extra_flexible": "FlexibleTerms", "flex_extra_single": "SingleTerms"}
EPOCH = datetime.date(1899, 12, 30)
ENGINES = ("ironcalc", "formulon")
OLDER = Path(__file__).parents[2] / ".versions/ironcalc-0.8.3/bin/python"  # made by tools/install_older_ironcalc.sh
ALL = [*ENGINES, *(["older ironcalc"] if OLDER.is_file() and os.name != "nt" else [])]  # a Python of Linux


def plain(value):
    return (value - EPOCH).days if isinstance(value, datetime.date) else value


def iso(cell):
    if isinstance(cell, str) and len(cell) == 10 and cell[4] == "-" and cell[7] == "-":
        return plain(datetime.date.fromisoformat(cell))
    return plain(cell)


class CallBook:
    """Calls in a workbook: added with their shapes, then evaluated together."""

    def __init__(self, path, engine, defs=None):
        self.path, self.engine = Path(path), engine
        self.file = xlsxwriter.Workbook(str(path))
        for name in TABLES:
            sheet = self.file.add_worksheet(name)
            rows = [[plain(c) for c in row] for row in sample.rows(name)]
            columns = [{"header": str(h)} for h in rows[0]]
            sheet.add_table(0, 0, len(rows) - 1, len(rows[0]) - 1, {"name": name, "columns": columns, "data": rows[1:]})
        for name, one in (defs or definitions(SHIPPED)).items():
            self.file.define_name(name, "=" + stored(one.formula, engine == "formulon"))
        self.inputs, self.formulas = self.file.add_worksheet("Inputs"), self.file.add_worksheet("Formulas")
        self.at, self.row, self.calls, self._ranges = 0, 0, [], {}

    def argument(self, value):
        if not isinstance(value, list | tuple):
            return typed(plain(value))
        rows = value if isinstance(value[0], list | tuple) else [[v] for v in value]
        return self._range(rows)

    def _range(self, rows):
        key = repr(rows)
        if key not in self._ranges:
            first = self.at + 1
            for row in rows:
                for column, cell in enumerate(row):
                    if cell is not None:
                        self.inputs.write(self.at, column, iso(cell))
                self.at += 1
            self.at += 1
            self._ranges[key] = f"Inputs!$A${first}:${chr(64 + max(map(len, rows)))}${first + len(rows) - 1}"
        return self._ranges[key]

    def add(self, name, args, shape=(1, 1)):
        args = list(args)
        while args and args[-1] is None:
            args.pop()
        return self.write(f"={name}({','.join(map(self.argument, args))})", shape)

    def write(self, text, shape=(1, 1)):
        """A formula as a user types it."""
        place, self.row = self.row, self.row + max(shape[0], 12) + 1
        self.formulas.write_dynamic_array_formula(place, 0, place + shape[0] - 1, shape[1] - 1, text)
        self.calls.append((place, shape, text))
        return len(self.calls) - 1

    def evaluate(self):
        """The values of each call, row by row."""
        self.file.close()
        sheet = len(TABLES) + 1
        cells = [[sheet, p + r, c] for p, (rows, columns), _ in self.calls for r in range(rows) for c in range(columns)]
        found = iter(evaluated(self.path, cells, self.engine))
        return [[[next(found) for _ in range(columns)] for _ in range(rows)] for _, (rows, columns), _ in self.calls]


def evaluated(path, cells, engine):
    """The values of some cells of a workbook, computed by an engine in a process of its own."""
    asked = Path(path).with_suffix(".json")
    asked.write_text(json.dumps(cells))
    python = OLDER if engine == "older ironcalc" else sys.executable
    script = str(Path(__file__).with_name("engine.py"))
    name = "ironcalc" if "ironcalc" in engine else engine
    done = subprocess.run(
        [python, script, name, str(path), str(asked)], capture_output=True, text=True, timeout=300, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def shape_of(result):
    rows = result.tolist() if hasattr(result, "tolist") else result
    if isinstance(rows, list):
        rows = [r if isinstance(r, list) else [r] for r in rows]
        return len(rows), max(map(len, rows))
    return 1, 1


def rows_of(result):
    rows = result.tolist() if hasattr(result, "tolist") else result
    return [r if isinstance(r, list) else [r] for r in rows] if isinstance(rows, list) else [[rows]]


def shown(cell):
    return cell.cell_error if isinstance(cell, FlexExtraError) else plain(cell)


def same(got, want, within=1e-12):
    """Whether an engine's value is what Python gives: numbers to 1e-12, texts and errors themselves."""
    if isinstance(want, CellError):
        return str(got) == str(want)
    if isinstance(want, int | float) and not isinstance(want, bool):
        return isinstance(got, int | float) and abs(got - want) <= within * max(1, abs(want))
    return (got or "") == (want or "")


def is_error(value):
    return isinstance(value, str) and value.startswith("#")
