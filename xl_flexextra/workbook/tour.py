"""The tour: one sheet a worksheet function, generated from its declaration. Documentation and test at once."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from .. import __version__, registry, sample
from ..errors import CellError
from ..registry import Example, SampleTable, WorksheetFunction
from .book import DATE, INPUT, PERCENT, UNIT, Book, area, at, quoted

INDEX = "Tour"
RANGES = 9  # small ranges stand from this column on
DATA = ("UnitValues", "Shares", "Funds", "InterestRates")


def build_tour(path: Any) -> None:
    """Write the tour of every worksheet function."""
    book = Book(path)
    functions = registry.functions()
    _index(book, functions)
    for function in functions:
        _function_sheet(book, function)
    for name in DATA:
        _data_sheet(book, name)
    book.close()


def _sheet_name(function: WorksheetFunction) -> str:
    """A sheet's name holds at most 31 characters."""
    return function.name[:31]


def _index(book: Book, functions: tuple[WorksheetFunction, ...]) -> None:
    sheet = book.sheet(INDEX, "#1F3864", [32, 26, 90], landscape=True)
    book.value(sheet, 0, 0, "Tour of the worksheet functions", book.format("title"))
    note = (
        "One sheet a function: inputs (yellow), the live formula, what it gives, what is expected and why; error cases too."
    )
    book.value(sheet, 1, 0, note, book.format("grey"))
    book.value(sheet, 2, 0, sample.LABEL, book.format("label"))
    for column, head in enumerate(("function", "category", "what it gives")):
        book.value(sheet, 4, column, head, book.format("head"))
    for row, function in enumerate(functions, start=5):
        target = f"internal:{quoted(_sheet_name(function))}!A1"
        sheet.write_url(row, 0, target, book.format("link"), function.name)
        book.value(sheet, row, 1, function.category)
        book.value(sheet, row, 2, function.summary, book.format("wrap"))
    book.value(sheet, len(functions) + 6, 0, f"Built by xl_flexextra {__version__}.", book.format("grey"))
    sheet.freeze_panes(5, 0)


def _function_sheet(book: Book, function: WorksheetFunction) -> None:
    sheet = book.sheet(_sheet_name(function), "#2E7D32", [26, 18, 18, 18, 18, 18, 18, 18, 4, *[16] * 6], landscape=True)
    book.value(sheet, 0, 0, function.name, book.format("title"))
    book.value(sheet, 1, 0, f"={function.signature}", book.format("subtitle"))
    row = 2
    for line in _explanation(function):
        book.value(sheet, row, 0, line, book.format("grey"))
        row += 1
    if any(isinstance(arg, SampleTable) and arg == "UnitValues" for e in function.examples for arg in e.args):
        book.value(sheet, row, 0, sample.LABEL, book.format("label"))
        row += 1
    row += 1
    for number, example in enumerate(function.examples, start=1):
        row = _example(book, sheet, function, example, number, row)
    sheet.write_url(row, 0, f"internal:{quoted(INDEX)}!A1", book.format("link"), "back to the tour")


def _explanation(function: WorksheetFunction) -> Iterator[str]:
    """The docstring without its Python example."""
    for line in inspect.cleandoc(function.doc).partition(">>>")[0].splitlines():
        if line.strip():
            yield line.strip()


def _example(book: Book, sheet: Any, function: WorksheetFunction, example: Example, number: int, row: int) -> int:
    """One example: its inputs, the live formula, the expected value; gives the next free row."""
    section = book.format("section")
    kind = "error case" if isinstance(example.gives, CellError) else "example"
    for column in range(8):
        book.value(sheet, row, column, f"{kind} {number}: {example.source}" if column == 0 else "", section)
    row += 1
    references, right = [], row
    for argument, value in zip(function.arguments, example.args, strict=False):
        book.value(sheet, row, 0, argument.name, book.format("bold"))
        if isinstance(value, SampleTable):
            book.value(sheet, row, 1, f"table {value}", book.format("grey"))
            references.append(f"{value}[#All]")
        elif isinstance(value, list):
            table = [line if isinstance(line, list) else [line] for line in value]
            _range(book, sheet, right, table)
            references.append(area(right, RANGES, right + len(table) - 1, RANGES + len(table[0]) - 1))
            book.value(sheet, row, 1, f"the range in {references[-1].replace('$', '')}", book.format("grey"))
            right += len(table) + 1
        elif value is None:
            book.value(sheet, row, 1, "left out", book.format("grey"))
            references.append("")
        else:
            _input(book, sheet, row, 1, value, argument.kind)
            references.append(at(row, 1))
        row += 1
    row = max(row, right - 1)
    while references and references[-1] == "":
        references.pop()
    return _gives(book, sheet, function, example, f"{function.name}({','.join(references)})", row)


def _gives(book: Book, sheet: Any, function: WorksheetFunction, example: Example, formula: str, row: int) -> int:
    args = [sample.rows(arg) if isinstance(arg, SampleTable) else arg for arg in example.args]
    got = registry.evaluate(function, args)
    if isinstance(got, list) and len(got) == 1 and len(got[0]) == 1:
        got = got[0][0]
    shown = _format(book, function, example)
    book.value(sheet, row, 0, "gives", book.format("bold", font_color="#2E7D32"))
    book.value(sheet, row, 1, formula if len(formula) < 200 else "", book.format("grey"))
    row += 1
    if not isinstance(got, list):
        book.formula(sheet, row, 0, formula, got, shown)
        expected = example.gives[0][0] if isinstance(example.gives, list) else example.gives
        book.value(sheet, row, 2, "expected", book.format("grey"))
        _constant(book, sheet, row, 3, expected, shown)
        return row + 2
    width = max(len(line) for line in got)
    rows = [[*line, *[""] * (width - len(line))] for line in got]
    target = width + 1
    book.value(sheet, row, target, "expected", book.format("grey"))
    row += 1
    book.spill(sheet, row, 0, formula, rows, shown)
    for i, line in enumerate(example.gives):
        for j, item in enumerate(line):
            _constant(book, sheet, row + i, target + j, item, shown)
    return row + max(len(rows), len(example.gives)) + 1


def _format(book: Book, function: WorksheetFunction, example: Example) -> Any:
    if function.returns == "date":
        return book.format(num_format=DATE, align="left")
    if function.returns == "percent" or function.name == "PERFORMANCE_TABLE":
        return book.format(num_format=PERCENT, align="left")
    decimals = example.decimals
    number = UNIT if decimals is None or decimals > 4 else "0." + "0" * max(decimals, 1)
    return book.format(num_format="General" if function.returns == "text" or decimals is None else number, align="left")


def _constant(book: Book, sheet: Any, row: int, column: int, value: Any, fmt: Any) -> None:
    """An expected value; an error is shown as its text."""
    book.value(sheet, row, column, str(value) if isinstance(value, CellError) else value, fmt)


def _input(book: Book, sheet: Any, row: int, column: int, value: Any, kind: str) -> None:
    number = DATE if kind == "date" and not isinstance(value, str) else "General"
    fmt = book.format(bg_color=INPUT, align="left", num_format=number)
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, fmt)
    else:
        book.value(sheet, row, column, value, fmt)


def _range(book: Book, sheet: Any, row: int, table: list[list[Any]]) -> None:
    for i, line in enumerate(table):
        for j, item in enumerate(line):
            _input(book, sheet, row + i, RANGES + j, item, "")


def _data_sheet(book: Book, name: str) -> None:
    """A table of the sample, as the examples use it."""
    rows = sample.rows(name)
    sheet = book.sheet(name, "#B08900", [20, *[22] * (len(rows[0]) - 1)], landscape=True)
    book.value(sheet, 0, 0, f"Sample: {name}", book.format("title"))
    if name == "UnitValues":
        book.value(sheet, 1, 0, sample.LABEL, book.format("label"))
    day = book.format(num_format=DATE, align="left")
    formats = []
    for place, item in enumerate(rows[1]):
        number = UNIT if name == "UnitValues" else PERCENT
        formats.append(book.format(num_format=number) if isinstance(item, float) else day if place in _days(name) else None)
    book.table(sheet, 3, name, [str(head) for head in rows[0]], rows[1:], formats)
    sheet.freeze_panes(4, 1)


def _days(name: str) -> set[int]:
    return {"UnitValues": {0}, "InterestRates": {0}, "Funds": {3, 4}}.get(name, set())
