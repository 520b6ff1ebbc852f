"""People's own files as the rows that the core parses: a header, then numbers, dates, texts and the errors of cells."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..cells.scalars import LAST_SERIAL
from ..errors import BadInput, CellError, MissingData
from ..files import door
from ..inputs.published_figures import PERCENTAGES, PRINTED, headings
from . import column_kinds, secrets
from .arrays import as_text
from .column_kinds import DATE, MIXED, NUMBER, TEXT
from .date_columns import EARLIEST_SERIAL, dates_of
from .excel_files import EXCEL
from .headers import is_value
from .odd_cells import Shown
from .read import PARQUET, parted
from .source import Source

TEXTS = (".csv", ".txt", ".tsv")


def named(name: str) -> tuple[Path, str]:
    """The file and the table or sheet that a name stands for; an address, which may hold a password, is not repeated."""
    file = secrets.tidy(name)
    secrets.refuse_secrets(file)
    if secrets.is_url(file):
        raise BadInput("A database is not read here; give a file, or bring its data into a workbook with 'refresh'.")
    file, part = parted(file, Path())
    path = Path(file)
    if not door.is_file(path):
        raise MissingData(f"There is no file {door.shown(file)}.")
    if path.suffix.lower() not in (*TEXTS, *PARQUET, *EXCEL):
        raise BadInput(f"{path.name} is of no known kind; give .csv, .parquet or .xlsx.")
    return path, part


def rows_of(source: Source, text: int | None = None) -> list[list[Any]]:
    """A source as rows: its heads as they stand, below them each column as what it holds."""
    source = source.without_blank_end()
    cells = source.cells
    names = [" ".join(as_text(head).split()) for head in cells.heads]
    kinds = [_kind(source, place, name, place == _place(text, len(names))) for place, name in enumerate(names)]
    first = _is_data(cells.heads, kinds)
    if cells.date1904 and kinds and kinds[0] == NUMBER:
        _refuse_hidden_dates(source, names[0])
    columns = [
        _column(source, place, name, kind, first) for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    ]
    body = [list(row) for row in zip(*columns, strict=True)]
    if cells.corner is None:  # not of a sheet
        body = [row for row in body if any(cell is not None for cell in row)]
    return body if first else [[_head(head) for head in cells.heads], *body]


def _refuse_hidden_dates(source: Source, name: str) -> None:
    """Refuse numbers that would be taken for dates that count from 1900, in a workbook that counts from 1904."""
    numbers = [cell for cell in source.cells.arrays[0].to_pylist() if cell is not None]
    serials = all(isinstance(n, float) and n.is_integer() and EARLIEST_SERIAL <= n <= LAST_SERIAL for n in numbers)
    if serials and len(numbers) > 1 and all(one < other for one, other in itertools.pairwise(numbers)):
        raise BadInput(
            f"{source.provenance.label}, column {name or 1}: its numbers may be dates, which here count from 1904; "
            "give the cells a date format, or call the column 'date'."
        )


def _place(text: int | None, width: int) -> int | None:
    return text if text is None or text >= 0 else width + text


def _head(head: Any) -> Any:
    """A cell that heads a column: a code as it is shown, a name with single blanks, anything else as it is."""
    if isinstance(head, CellError):
        return head
    if isinstance(head, str | Shown):
        return " ".join(as_text(head).split()) or None
    if isinstance(head, datetime.datetime) and head.time() == datetime.time():
        return head.date()
    return head


def _is_data(heads: list[Any], kinds: list[str]) -> bool:
    """Whether the first row is one of data: a number or a date stands above every column of them."""
    above = [head for head, kind in zip(heads, kinds, strict=True) if kind in (NUMBER, DATE)]
    filled = [head for head in above if as_text(head).strip()]
    blank_date = any(kind == DATE and not as_text(head).strip() for head, kind in zip(heads, kinds, strict=True))
    codes = any(isinstance(head, Shown) or column_kinds.is_code(as_text(head)) for head in filled)
    return bool(filled) and not blank_date and not codes and all(map(is_value, filled))


def _kind(source: Source, place: int, name: str, named_text: bool) -> str:
    """The kind of a column by its name and its values."""
    array, odd = source.cells.arrays[place], source.cells.odd.get(place, {})
    array = column_kinds.simple_type(array, name, source.provenance.label)
    if named_text or column_kinds.named_as_text(name) or any(isinstance(cell, Shown) for cell in odd.values()):
        return TEXT
    if not pa.types.is_string(array.type):
        return column_kinds.guess(array, name, source.rules.blanks)
    plain = source.plain(name, array) if source.plain is not None else array
    unique = pc.unique(column_kinds.without_words(plain, source.rules.blanks).drop_null())
    if not len(unique) or column_kinds.codes(unique):
        return DATE if column_kinds.named_as_date(name) else TEXT
    some = unique.to_pylist()
    numbers = column_kinds.are_numbers(unique)
    if numbers and not column_kinds.named_as_date(name) and not source.date_format:
        return NUMBER
    days, orders = dates_of(some, source.date_format)
    if orders:
        raise BadInput(
            f"{source.provenance.label}, column {name}: its dates, such as {some[0]!r}, can be read as {orders}; "
            "say which with --date-format, such as '%m/%d/%Y'."
        )
    if column_kinds.named_as_date(name) and 2 * sum(map(bool, days)) > len(days):
        return DATE  # the other cells stay as they are, and are named by who needs them
    if all(days) and not numbers:
        return DATE
    return NUMBER if numbers else MIXED


def _column(source: Source, place: int, name: str, kind: str, first: bool) -> list[Any]:
    """The cells of a column; ``first``: with the one that heads it. What is no value of its kind stays as it is."""
    cells = source.cells
    odd = cells.odd.get(place, {})
    array = column_kinds.simple_type(cells.arrays[place], name, source.provenance.label)
    before = int(first and pa.types.is_string(array.type))
    if before:
        array = pa.concat_arrays([pa.array([as_text(cells.heads[place]) or None], pa.string()), array])
    if kind == TEXT:
        array = column_kinds.with_texts(array, {row + before: c.text for row, c in odd.items() if isinstance(c, Shown)})
    heading = headings([name])[0]
    percentages = heading == PERCENTAGES and pa.types.is_string(array.type)
    if pa.types.is_string(array.type) and kind != TEXT and source.plain is not None:
        array = source.plain(name, array, mixed=kind == MIXED)
    if heading == PRINTED and pa.types.is_string(array.type):
        kind = TEXT  # its decimals count
    values, findings = column_kinds.convert(
        array, MIXED if percentages else kind, name, source.provenance.label, source.date_format, cells.date1904,
        source.rules.blanks,
    )  # fmt: skip
    found = values if isinstance(values, list) else values.to_pylist()
    if findings:
        whole = column_kinds.convert(array, MIXED, name, source.provenance.label, "")[0]
        as_is = whole if isinstance(whole, list) else whole.to_pylist()
        dates = kind == DATE and len(found) == len(as_is) and pa.types.is_date(values.type)
        found = [cell if day is None else day for day, cell in zip(found, as_is, strict=True)] if dates else as_is
    if first and len(found) == cells.rows:
        found = [_head(cells.heads[place]), *found]
    for row, cell in odd.items():
        if isinstance(cell, CellError):
            found[row + first] = cell
    return found
