"""The help sheet of a native workbook: FX_HELP in a cell, and a live example of every function."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ... import catalogue, sample
from ...errors import CellError
from ...functions import registry
from ...functions.declaration import Example, SampleTable, WorksheetFunction
from ...functions.written import typed
from ...hosts.native import help_texts
from ...hosts.native.definitions import VERSION
from ...inputs.fund_table import FUND_TABLE
from ...update.report import Report
from ...update.update_inputs import Inputs
from ..book import INPUT, Book, area
from ..layout import FUNCTIONS
from ..terms_places import terms_table
from ..tour import result_format

ASKED = "CONTRACT_AATR"
HELP_ROW = 4
LEFT = 1  # column of inputs and results


def help_sheet(book: Book, report: Report, defined: Collection[str]) -> None:
    """Write the sheet."""
    sheet = book.sheet(FUNCTIONS, "#2E7D32", [30, 32, *[20] * 3, *[16] * 14], landscape=True)
    functions = [one for one in catalogue.functions() if one.name in defined]
    book.value(sheet, 0, 0, "Functions: help, and a live example of each", book.format("title"))
    note = "Put another function's name into the quotation marks of the cell below. =FX_HELP() lists them all."
    book.value(sheet, 1, 0, note, book.format("grey"))
    book.value(sheet, 2, 0, report.inputs.label, book.format("label"))
    said = [[*line] for line in help_texts.lines(catalogue.get(ASKED))]
    book.spill(sheet, HELP_ROW, 0, f'FX_HELP("{ASKED}")', said, [book.format("bold"), book.format("text")])
    row = HELP_ROW + max(len(functions), *(len(help_texts.lines(one)) for one in functions)) + 2
    tables = _tables(report.inputs)
    for function in functions:
        row = _function(book, sheet, function, row, report.inputs, tables) + 1
    sheet.freeze_panes(HELP_ROW, 1)


def _tables(inputs: Inputs) -> dict[str, tuple[str, list[list[Any]]]]:
    """The tables that examples name: what the table is called here, and its rows."""
    terms = list(inputs.contracts)
    given: dict[str, tuple[str, Any]] = {
        "UnitValues": ("UnitValues", inputs.unit_values.rows()),
        "Funds": ("Funds", FUND_TABLE.rows(inputs.funds.items)),
        "Shares": ("Shares", inputs.share_rows),
        "InterestRates": ("InterestRates", inputs.rate_rows),
    }
    for place, name in enumerate(sample.TERMS):
        one = terms[min(place, len(terms) - 1)]
        given[name] = terms_table(one, terms), [("Term", "Value"), *((key, value) for key, value, _, _ in one.rows())]
    return {name: (called, [list(line) for line in rows]) for name, (called, rows) in given.items() if rows}


def _is_sample(inputs: Inputs) -> bool:
    return [list(row) for row in inputs.unit_values.rows()] == sample.rows("UnitValues")


def _arguments(function: WorksheetFunction, example: Example, inputs: Inputs) -> Iterator[Any]:
    """An example's arguments; over own data a fund, a day and a period of theirs where the example reads the tables."""
    own = not _is_sample(inputs)
    over_tables = own and any(isinstance(argument, SampleTable) for argument in example.args)
    for argument, value in zip(function.arguments, example.args, strict=False):
        if over_tables and argument.name == "fund" and isinstance(value, str) and not isinstance(value, SampleTable):
            yield inputs.funds.items[0].code
        elif over_tables and argument.kind == "date" and isinstance(value, str):
            yield (_valued_before(inputs) if argument.name == "start_date" else inputs.as_of).isoformat()
        elif own and argument.name == "terms" and isinstance(value, str) and not isinstance(value, SampleTable):
            yield SampleTable(next(iter(sample.TERMS)))
        else:
            yield value


def _valued_before(inputs: Inputs) -> datetime.date:
    """The last valuation before the last day; the last day where there is none."""
    days = {row[0] for row in inputs.unit_values.rows()[1:]}
    return max((day for day in days if day < inputs.as_of), default=inputs.as_of)


def _with_needed(function: WorksheetFunction, given: list[Any], inputs: Inputs) -> list[Any]:
    """An example's arguments over own data, with what other terms than the example's may need: shares, funds, payments."""
    if _is_sample(inputs) or "terms" not in [one.name for one in function.arguments]:
        return given
    found = [*given, *[None] * (len(function.arguments) - len(given))]
    amount = float(inputs.contracts[0]["payment.amount"])
    payment = int(amount) if amount.is_integer() else amount
    needed = {
        "payments": payment,
        "shares": SampleTable("Shares"),
        "funds": SampleTable("Funds"),
    }
    for place, argument in enumerate(function.arguments):
        if found[place] is None and argument.name in needed and not isinstance(found[0], list):
            found[place] = needed[argument.name]
    return found


def _values(given: list[Any], tables: Mapping[str, tuple[str, list[list[Any]]]]) -> list[Any]:
    """Arguments as the function is called with them."""
    return [tables.get(str(one), ("", None))[1] if isinstance(one, SampleTable) else one for one in given]


def _is_error(got: Any) -> bool:
    return all(map(_is_error, got)) if isinstance(got, list) else isinstance(got, CellError)


def _function(
    book: Book, sheet: Any, function: WorksheetFunction, row: int, inputs: Inputs,
    tables: Mapping[str, tuple[str, list[list[Any]]]],
) -> int:  # fmt: skip
    """One function: what it gives, the inputs of its example, the live formula; gives the next free row."""
    example = help_texts.shown(function)
    for column in range(8):
        book.value(sheet, row, column, function.name if not column else "", book.format("section"))
    book.value(sheet, row, LEFT, function.summary, book.format("section"))
    row += 1
    given = list(_arguments(function, example, inputs))
    lacking = [str(one) for one in given if isinstance(one, SampleTable) and str(one) not in tables]
    if lacking and _is_error(registry.evaluate(function, _values(given, tables))):
        said = f"needs the table {lacking[0]}, which this workbook does not have"
        book.value(sheet, row, LEFT, said, book.format("grey"))
        return row + 1
    if _is_error(registry.evaluate(function, _values(given, tables))):
        given = _with_needed(function, given, inputs)
    texts, values = [], []
    for argument, value in zip(function.arguments, given, strict=False):
        if isinstance(value, SampleTable):
            called, rows = tables.get(str(value), ("", None))
            texts.append(f"{called}[#All]" if called else "")
            values.append(rows)
        elif isinstance(value, list):
            rows = [line if isinstance(line, list) else [line] for line in value]
            texts.append(area(row, LEFT, row + len(rows) - 1, LEFT + max(map(len, rows)) - 1))
            values.append(value)
            row = _range(book, sheet, row, argument.name, rows)
        else:
            texts.append(typed(value))
            values.append(value)
    while texts and not texts[-1]:
        texts.pop()
    formula = f"{function.name}({','.join(texts)})"
    got = VERSION if function.name == "FLEXEXTRA_VERSION" else registry.evaluate(function, values)
    book.value(sheet, row, 0, "formula", book.format("grey"))
    book.value(sheet, row, LEFT, f"={formula}", book.format("grey"))
    book.value(sheet, row + 1, 0, "gives", book.format("bold", valign="top"))
    return _result(book, sheet, row + 1, function, formula, got)


def _result(book: Book, sheet: Any, row: int, function: WorksheetFunction, formula: str, got: Any) -> int:
    """The live formula with its value, in one cell or spilled; gives the next free row."""
    example = help_texts.shown(function)
    if not isinstance(got, list):
        book.formula(sheet, row, LEFT, formula, got, result_format(book, function, example))
        return row + 1
    width = max(len(line) for line in got)
    fmt = [result_format(book, function, example, str(head)) for head in [*got[0], *[""] * (width - len(got[0]))]]
    book.spill(sheet, row, LEFT, formula, [[*line, *[""] * (width - len(line))] for line in got], fmt)
    return row + len(got)


def _range(book: Book, sheet: Any, row: int, name: str, rows: list[list[Any]]) -> int:
    """A small range of an example in yellow cells; gives the next free row."""
    book.value(sheet, row, 0, name, book.format("bold", valign="top"))
    fmt = book.format(bg_color=INPUT, align="left")
    for line in rows:
        for column, item in enumerate(line, start=LEFT):
            book.value(sheet, row, column, item, fmt)
        row += 1
    return row
