"""The tour: one sheet a worksheet function, generated from its declaration. Documentation and test at once."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from .. import __version__, catalogue, sample
from ..errors import CellError
from ..functions import registry
from ..functions.declaration import Example, SampleTable, WorksheetFunction
from .book import ABSENT, DATE, INPUT, NOT_COMPUTED, PERCENT, UNIT, Book, area, at, quoted

INDEX = "Tour"
LAST = 7  # last column of what is read: inputs, formula, what it gives
RANGES = 3  # small ranges stand from this column on, beside the inputs: further right they would make a page small
A_LINE = 160  # characters over all columns to LAST
LONG = 24  # characters from which a text gets lines of its own
WITHOUT = "if not: xl-flexextra excel install (Excel on Windows), xl-flexextra calc open functions_tour.xlsx (LibreOffice)"
DATA = ("UnitValues", "Shares", "Funds", "InterestRates")


def build_tour(path: Any) -> None:
    """Write the tour of every worksheet function."""
    book = Book(path, "Tour of the worksheet functions", label=sample.LABEL, guarded=True)
    functions = catalogue.functions()
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
    sheet = book.sheet(INDEX, "#1F3864", [36, 26, 90], landscape=True)
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
    row = len(functions) + 6
    book.value(sheet, row, 0, f"Built by xl_flexextra {__version__}.", book.format("grey"))
    book.value(sheet, row + 1, 0, "Are the functions here?", book.format("bold"))
    book.answered(sheet, row + 1, 1)
    book.value(sheet, row + 1, 2, WITHOUT, book.format("grey"))
    book.value(sheet, row + 2, 0, "Where one formula fills several cells", book.format("bold"))
    book.value(sheet, row + 2, 1, ABSENT)
    book.value(sheet, row + 2, 2, "stands in them if not", book.format("grey"))
    book.define(NOT_COMPUTED, INDEX, row + 2, 1)
    sheet.freeze_panes(5, 0)
    sheet.repeat_rows(4)


def _function_sheet(book: Book, function: WorksheetFunction) -> None:
    sheet = book.sheet(_sheet_name(function), "#2E7D32", [26, 18, 18, 34, *[18] * (LAST - 3), *[16] * 8], landscape=True)
    book.value(sheet, 0, 0, function.name, book.format("title"))
    book.value(sheet, 1, 0, f"={function.signature}", book.format("subtitle"))
    row = 2
    for line in [*_explanation(function), *function.in_calc]:
        _sentence(book, sheet, row, line, book.format("grey", text_wrap=True, valign="top"))
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
    for column in range(LAST + 1):
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


def _sentence(book: Book, sheet: Any, row: int, text: str, fmt: Any, formula: str = "") -> None:
    """A text, or a formula that gives one, over the width of the sheet, in as many lines as it needs."""
    sheet.merge_range(row, 0, row, LAST, "", fmt)
    if formula:
        book.formula(sheet, row, 0, formula, text, fmt)
    else:
        book.value(sheet, row, 0, text, fmt)
    sheet.set_row(row, 12.5 * (1 + len(text) // A_LINE))


def _gives(book: Book, sheet: Any, function: WorksheetFunction, example: Example, formula: str, row: int) -> int:
    """The live formula, what it gives and what is expected; gives the next free row."""
    args = [sample.rows(arg) if isinstance(arg, SampleTable) else arg for arg in example.args]
    got = registry.evaluate(function, args)
    if isinstance(got, list) and len(got) == 1 and len(got[0]) == 1:
        got = got[0][0]
    grey = book.format("grey")
    book.value(sheet, row, 0, "gives", book.format("bold", font_color="#2E7D32"))
    book.value(sheet, row, 1, formula if len(formula) < 200 else "", grey)
    row += 1
    if isinstance(got, list):
        return _gives_rows(book, sheet, function, example, formula, got, row + 1)
    shown = result_format(book, function, example)
    expected = example.gives[0][0] if isinstance(example.gives, list) else example.gives
    if isinstance(got, str) and not isinstance(got, CellError) and len(got) > LONG:
        wrap = book.format("wrap")
        _sentence(book, sheet, row, got, wrap, formula)
        book.value(sheet, row + 1, 0, "expected", grey)
        _sentence(book, sheet, row + 2, str(expected), wrap)
        return row + 4
    book.formula(sheet, row, 0, formula, got, shown)
    book.value(sheet, row, 2, "expected", grey)
    _constant(book, sheet, row, 3, expected, shown)
    return row + 2


def _gives_rows(
    book: Book, sheet: Any, function: WorksheetFunction, example: Example, formula: str, got: list[list[Any]], row: int
) -> int:
    """Rows as they spill, then the expected ones: beside them where there is room, else below."""
    width, grey = max(len(line) for line in got), book.format("grey")
    rows = [[*line, *[""] * (width - len(line))] for line in got]
    formats = [result_format(book, function, example, str(head)) for head in rows[0]]
    across, down = _labels(function, example)
    left, top = int(bool(down)), row + int(bool(across))
    beside = left + 2 * width <= LAST
    target, begin = (left + width + 1, top) if beside else (left, top + len(rows) + 2)
    for first, start, count in ((left, top, len(rows)), (target, begin, len(example.gives))):
        for j, head in enumerate(across[:width]):
            book.value(sheet, start - 1, first + j, head, book.format("head"))
        for i, head in enumerate(down[:count]):
            if start != top or first == left:
                book.value(sheet, start + i, 0, head, book.format("bold"))
    fewer = f": the first {len(example.gives)} of {len(rows)} rows" if len(example.gives) < len(rows) else ""
    book.value(sheet, begin - 1 - int(bool(across) and not beside), 0 if not beside else target, f"expected{fewer}", grey)
    book.spill(sheet, top, left, formula, rows, formats)
    for i, line in enumerate(example.gives):
        for j, item in enumerate(line):
            _constant(book, sheet, begin + i, target + j, item, formats[j])
    return max(top + len(rows), begin + len(example.gives)) + 1


def _labels(function: WorksheetFunction, example: Example) -> tuple[list[str], list[str]]:
    """Headings of a result that has none of its own: periods across and funds down."""
    if function.name != "PERFORMANCE_TABLE":
        return [], []
    given = dict(zip((a.name for a in function.arguments), example.args, strict=False))
    table = given.get("funds")
    if table is not None:
        down = [str(line[0]) for line in sample.rows(table)[1:]]
    else:
        down = [str(head) for head in sample.rows(given["unit_values"])[0][1:]]
    return [str(code) for line in given["periods"] for code in line], down


# what the columns of a result hold, by the headings that the functions give
_HEADS = {"date": DATE, "year": "0", "T": PERCENT, "unit value": UNIT}
_COLUMNS = {"CALENDAR_YEAR_RETURNS": PERCENT, "PERFORMANCE_TABLE": PERCENT}


def result_format(book: Book, function: WorksheetFunction, example: Example, head: str = "") -> Any:
    """The format of a result, or of the column of one under a heading."""
    known = _HEADS.get(head) or _COLUMNS.get(function.name)
    if known is None and function.returns in {"date", "percent"}:
        known = DATE if function.returns == "date" else PERCENT
    if known is None:
        decimals = example.decimals
        known = UNIT if decimals is None or decimals > 4 else "#,##0." + "0" * max(decimals, 1)
        if function.returns == "text" or decimals is None:
            known = "General"
    return book.format(num_format=known, align="left")


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
    texts = [[str(line[column] or "") for line in rows] for column in range(len(rows[0]))]
    widths = [min(max(len(texts[c][0]) + 6, *(len(text) + 2 for text in texts[c][1:4]), 14), 50) for c in range(len(texts))]
    sheet = book.sheet(name, "#B08900", widths, landscape=True)
    book.value(sheet, 0, 0, f"Sample: {name}", book.format("title"))
    if name == "UnitValues":
        book.value(sheet, 1, 0, sample.LABEL, book.format("label"))
    formats = [
        book.format("wrap", num_format=_SHOWN[name].get(place, _SHOWN[name][-1]), align="left")
        for place in range(len(texts))
    ]
    book.table(sheet, 3, name, [str(head) for head in rows[0]], rows[1:], formats)
    sheet.freeze_panes(4, 1)
    sheet.repeat_rows(3)


# number formats of the sample's tables by column; -1 stands for the others
_SHOWN: dict[str, dict[int, str]] = {
    "UnitValues": {0: DATE, -1: UNIT},
    "Shares": {-1: PERCENT},
    "Funds": {3: DATE, 4: DATE, -1: "General"},
    "InterestRates": {0: DATE, -1: PERCENT},
}
