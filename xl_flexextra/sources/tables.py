"""Users' own tables from CSV, Parquet and Excel files as the rows that the core parses."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from ..errors import BadInput, FlexExtraError, MissingData

EXCEL = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
FORMATTED = {".xlsx", ".xlsm"}  # of these it is known how a cell shows its number


def rows(source: str) -> list[list[Any]]:
    """The rows of a file, a header first. ``book.xlsx#Name`` chooses a table or a sheet; without, the first sheet."""
    name, _, part = source.partition("#")
    path = Path(name)
    if not path.is_file():
        raise MissingData(f"There is no file {name}.")
    suffix = path.suffix.lower()
    try:
        if suffix in EXCEL:
            table = _excel(path, part)
        elif suffix in {".parquet", ".pq"}:
            table = _parquet(path)
        elif suffix in {".csv", ".txt", ".tsv"}:
            table = _csv(path)
        else:
            raise BadInput(f"{path.name} is of no known kind; give .csv, .parquet or .xlsx.")
    except FlexExtraError:
        raise
    except Exception as error:
        raise BadInput(
            f"{path.name} cannot be read: {str(error).splitlines()[0] if str(error) else 'it is damaged'}."
        ) from None
    if not table:
        raise MissingData(f"{path.name} is empty.")
    return table


def _csv(path: Path) -> list[list[Any]]:
    """A CSV with its numbers and ISO dates recognised; the delimiter is found by the standard library's sniffer."""
    import csv

    from ..sample import _cell

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text(encoding="cp1252")
    if not text.strip():
        return []
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    table = [[_cell(cell.strip()) for cell in row] for row in csv.reader(text.splitlines(), delimiter=delimiter) if any(row)]
    return _even(table)


def _parquet(path: Path) -> list[list[Any]]:
    import pyarrow.parquet as parquet

    table = parquet.read_table(path)
    names = [name for name in table.column_names if not name.startswith("__index_level_")]
    columns = [table.column(name).to_pylist() for name in names]
    return [names, *map(list, zip(*columns, strict=True))]


def _excel(path: Path, part: str) -> list[list[Any]]:
    """A table by its name, else a sheet by its name, else the first sheet from its first header on."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(path))
    if part and path.suffix.lower() in {".xlsx", ".xlsm"}:
        known = {name.casefold(): name for name in _tables(path)}
        if part.casefold() in known:
            return _table(path, known[part.casefold()])
    names = book.sheet_names
    if part and part not in names:
        raise BadInput(f"{path.name} has no table or sheet {part!r}; its sheets are {', '.join(names)}.")
    grid = book.get_sheet_by_name(part or names[0]).to_python(skip_empty_area=True)
    return _even([[_clean(cell) for cell in row] for row in _from_header(grid)])


def percentages(file: Path | IO[bytes], part: str, heading: str) -> list[str | None]:
    """What the cells below a heading show where they hold fractions that Excel shows as percentages (-0.1491: -14.91%), else
    None; of a table, a sheet, the first sheet."""
    import openpyxl

    book = openpyxl.load_workbook(file, data_only=True)
    sheet: Any = book[part] if part in book.sheetnames else book.worksheets[0]
    area: Any = sheet.iter_rows()
    for one in book.worksheets:
        for table in one.tables.values():
            if part and table.name.casefold() == part.casefold():
                area = one[table.ref]
    found: list[str | None] = []
    column: int | None = None
    for row in area:
        if column is not None:
            cell = row[column]
            shown = "%" in str(cell.number_format) and isinstance(cell.value, int | float)
            found.append(f"{Decimal(repr(cell.value)).scaleb(2):f}%" if shown else None)
            continue
        heads = [str(cell.value or "").strip().lower() for cell in row]
        column = heads.index(heading) if heading in heads else None
    return found


def _tables(path: Path) -> list[str]:
    import openpyxl

    book = openpyxl.load_workbook(path)
    return [name for sheet in book.worksheets for name in sheet.tables]


def _table(path: Path, name: str) -> list[list[Any]]:
    import openpyxl

    book = openpyxl.load_workbook(path, data_only=True)
    for sheet in book.worksheets:
        if name in sheet.tables:
            return [[_clean(cell.value) for cell in row] for row in sheet[sheet.tables[name].ref]]
    raise BadInput(f"{path.name} has no table {name!r}.")


def _from_header(grid: list[list[Any]]) -> list[list[Any]]:
    """From the first row with two filled cells on: titles and labels above a table are passed over."""
    for place, row in enumerate(grid):
        if sum(cell not in ("", None) for cell in row) >= 2:
            return grid[place:]
    return grid


def _clean(cell: Any) -> Any:
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date()
    return None if cell == "" else cell


def _even(table: list[list[Any]]) -> list[list[Any]]:
    width = max((len(row) for row in table), default=0)
    return [[*row, *[None] * (width - len(row))] for row in table]
