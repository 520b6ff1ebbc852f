"""Where data come from: CSV, Excel, Parquet, SQL; each becomes one PyArrow table and a line for the journal."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..arguments import nearest
from ..errors import CELL_ERRORS, BadInput, FlexExtraError, MissingData
from ..frames import FORMATTED, percentages
from ..tie_out import PERCENTAGES
from . import kinds, labels
from .csv_files import read_csv
from .mapping import TableMapping, from_environment

if TYPE_CHECKING:
    from ..ooxml.body import Body
    from ..ooxml.workbook import Workbook

EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".xltx", ".xltm")
PARQUET = (".parquet", ".pq")
IN_FOLDERS = (".csv", ".txt", *PARQUET)  # what a folder of sources may hold
SQLITE = (".sqlite", ".sqlite3", ".db")
MAX_FILE = 2 << 30  # bytes of a source file
MAX_COLUMNS = 16_384


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where data came from, without any secret: shown, and written to the journal."""

    label: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Source:
    """Data as read, before any of it is believed. Text stays text until a column's kind is known."""

    table: Any  # pyarrow.Table
    provenance: Provenance
    cut: bool = False  # a text file whose last line has no end
    plain: Callable[[str, Any], Any] | None = None  # puts the numbers of a column of text into plain form

    def column(self, name: str, kind: str | None) -> Any:
        """A column; numbers, where the table wants or may want them, with a point for their decimal sign."""
        array = self.table.column(name)
        return self.plain(name, array) if self.plain is not None and kind in (None, kinds.NUMBER) else array

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self.table.column_names)


def is_url(source: str) -> bool:
    """Whether a source, as it is given, stands for a database URL such as postgresql+psycopg://host/db."""
    return labels.is_url(from_environment(source))


def one_table(source: str) -> bool:
    """Whether a source, as it is given, can hold one table only."""
    text = from_environment(source)
    return not labels.is_url(text) and not Path(text).is_dir() and Path(text).suffix.lower() not in (*EXCEL, *SQLITE)


def read(mapping: TableMapping, folder: Path) -> Source:
    """The data of one table from its source.

    Raises:
        BadInput, MissingData: the source is not there, cannot be read, or is not a table.
    """
    text = labels.tidy(mapping.source) if mapping.inside else from_environment(mapping.source)
    labels.refuse_secrets(text)
    if not text:
        raise BadInput("The source is blank; give a file, a folder or the URL of a database.")
    if labels.is_url(text):
        from .sql import make_url, read_sql

        return read_sql(make_url(text), mapping, folder)
    path = folder / Path(text).expanduser()
    if path.is_dir():
        path = _in_folder(path, mapping)
    if path.suffix.lower() in SQLITE:
        from .sql import read_sql, sqlite_file

        if not path.is_file():
            raise MissingData(_no_file(path, mapping))
        return read_sql(sqlite_file(path), mapping, folder)
    data = _bytes(path, mapping)
    digest = hashlib.sha256(data).hexdigest()
    suffix = path.suffix.lower()
    cut, plain = False, None
    try:
        if suffix in PARQUET:
            table = _parquet(data, path.name)
        elif suffix in EXCEL:
            table = _excel(data, path, mapping)
        else:
            table, cut, plain = read_csv(data, path.name, mapping)
        table = clean(table, path.name)
        if suffix in FORMATTED:
            table = _percentages_as_shown(table, data, mapping)
    except FlexExtraError:
        raise
    except MemoryError:
        raise BadInput(f"The source {path.name} needs more memory than there is; split it.") from None
    except Exception as error:  # the readers are other people's libraries; their errors are many
        raise BadInput(f"The source {path.name} cannot be read ({_line(error)}); check that it is complete.") from None
    return Source(table, Provenance(path.name, digest, table.num_rows), cut, plain)


def table_names(source: str, folder: Path) -> list[str]:
    """The names of the tables that a database, an Excel file or a folder of CSV files holds."""
    text = from_environment(source)
    labels.refuse_secrets(text)
    if labels.is_url(text):
        from .sql import database_tables, make_url

        return database_tables(make_url(text), folder)
    path = folder / Path(text).expanduser()
    if path.suffix.lower() in SQLITE:
        from .sql import database_tables, sqlite_file

        return database_tables(sqlite_file(path), folder)
    if path.is_dir():
        return [p.stem for p in path.iterdir() if p.suffix.lower() in IN_FOLDERS]
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        from ..ooxml.package import Package
        from ..ooxml.workbook import Workbook

        book = Workbook(Package.open(path))
        return [t.name for t in book.tables] + [s.name for s in book.sheets]
    return []


def choose(wanted: str, known: Sequence[str], where: str) -> str | None:
    """The one of the known names that is meant: the exact one, else the one in other letters, else the only similar one.

    Raises:
        BadInput: several are as similar, so that taking any of them would be a guess.
    """
    exact = [name for name in known if name == wanted]
    cased = [name for name in known if name.lower() == wanted.lower()]
    similar = [name for name in known if simple(wanted) and simple(name) == simple(wanted)]
    found = exact or cased or similar
    if len(found) > 1:
        raise BadInput(f"{where} has {' and '.join(map(repr, found))} for {wanted!r}; name one exactly ('source_table').")
    return found[0] if found else None


def _in_folder(folder: Path, mapping: TableMapping) -> Path:
    """The file of a folder for a table: the one that ``source_table`` names, else the one of the table's name."""
    files = {p.name: p for p in sorted(folder.iterdir()) if p.suffix.lower() in IN_FOLDERS}
    wanted = mapping.source_table or mapping.name
    if wanted in files:
        return files[wanted]
    stem = choose(wanted, list(dict.fromkeys(p.stem for p in files.values())), f"The folder {folder.name}")
    found = [p for p in files.values() if p.stem == stem]
    if len(found) > 1:
        both = " and ".join(p.name for p in found)
        raise BadInput(f"The folder {folder.name} has {both} for {wanted!r}; keep one, or name it ('source_table').")
    if found:
        return found[0]
    has = f"it has {', '.join(files) or 'none'}"
    if not wanted:
        raise MissingData(
            f"The folder {folder.name} has no CSV or Parquet file that is called like a table of the workbook ({has}); "
            "rename one, or say the table with --table."
        )
    near = nearest(wanted, [p.stem for p in files.values()])
    raise MissingData(f"The folder {folder.name} has no file for {wanted!r}{near} ({has}); name one {wanted}.csv.")


def _bytes(path: Path, mapping: TableMapping) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise BadInput(f"The source {path.name} is larger than {MAX_FILE >> 30} GB; split it.")
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingData(_no_file(path, mapping)) from None
    except OSError as error:
        raise BadInput(f"The source {path.name} cannot be read ({error.strerror}); check its rights.") from None


def _no_file(path: Path, mapping: TableMapping) -> str:
    check = f"check the source of {mapping.name!r}" if mapping.name else "check its name"
    return f"There is no file {path.name} in {path.parent}; {check}."


def _line(error: BaseException) -> str:
    text = (str(error) or type(error).__name__).splitlines()[0]
    return text[:160].rstrip(". ")


def simple(name: str) -> str:
    """A name for comparing: lower case, words joined by nothing."""
    return re.sub(r"[\W_]+", "", name).lower()


def _parquet(data: bytes, name: str) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    file = parquet.ParquetFile(pa.BufferReader(data))
    size = sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups))
    if size > MAX_FILE or file.metadata.num_rows > 50_000_000:
        raise BadInput(f"The source {name} would unpack to {size >> 20} MB; split it.")
    return file.read()


def _excel(data: bytes, path: Path, mapping: TableMapping) -> Any:
    import python_calamine as calamine

    from ..ooxml.package import Package
    from ..ooxml.workbook import Workbook

    suffix, workbook, table = path.suffix.lower(), None, None
    tables = suffix in (".xlsx", ".xlsm") and not mapping.sheet
    if tables or (data[:2] == b"PK" and suffix != ".ods"):
        package = Package(io.BytesIO(data), path.name)  # its limits hold for sources too
        workbook = Workbook(package) if suffix != ".xlsb" else None
    if tables and workbook is not None:
        table = _excel_table(workbook, data, path, mapping)
    if table is None:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = _pick(mapping, book.sheet_names, path.name)
        table = from_rows(_laid_out(workbook, book, sheet).to_python(skip_empty_area=True), path.name)
    return table


def _percentages_as_shown(table: Any, data: bytes, mapping: TableMapping) -> Any:
    """Printed percentages as Excel shows them: a cell formatted as a percentage holds a fraction."""
    import pyarrow as pa

    place = next((i for i, name in enumerate(table.column_names) if name.lower() == PERCENTAGES), None)
    if place is None:
        return table
    part = mapping.sheet or mapping.source_table or mapping.name
    shown = percentages(io.BytesIO(data), part, PERCENTAGES)[: table.num_rows]
    if not any(shown):
        return table
    cells = table.column(place).cast(pa.string()).to_pylist()
    texts = [cell if text is None else text for cell, text in zip(cells, [*shown, *[None] * len(cells)], strict=False)]
    return table.set_column(place, table.column_names[place], pa.array(texts, pa.string()))


def _laid_out(workbook: Workbook | None, book: Any, name: str) -> Any:
    """A sheet with all that lies between its first cell and its last; not one that would fill the memory so."""
    from ..ooxml.extent import refuse_scattered

    if workbook is not None:
        refuse_scattered(workbook, name)
    return book.get_sheet_by_name(name)


def _excel_table(workbook: Workbook, data: bytes, path: Path, mapping: TableMapping) -> Any:
    """An Excel table of the source; None where a sheet is meant."""
    import python_calamine as calamine

    from ..ooxml.body import Body
    from ..ooxml.strings import SharedStrings

    wanted, sheets = mapping.source_table or mapping.name, [s.name for s in workbook.sheets]
    name = choose(wanted, [t.name for t in workbook.tables], f"The source {path.name}")
    if name is None and mapping.source_table and choose(wanted, sheets, f"The source {path.name}") is None:
        near = nearest(wanted, [t.name for t in workbook.tables] + sheets)
        raise MissingData(f"The source {path.name} has no table or sheet {wanted!r}{near}.")
    area = workbook.table(name) if name is not None and (name == wanted or wanted not in sheets) else None
    if area is None:
        return None
    body = Body(workbook, SharedStrings(workbook), area)
    table = _plain_table(body, workbook) if body.plain is not None else None
    if table is not None:
        return table
    del body
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    cells = _laid_out(workbook, book, area.sheet.name).to_python(skip_empty_area=False)
    rows: list[list[Any]] = [[c.name for c in area.columns]]
    for row in cells[area.first - 1 : area.last]:
        wide = list(row) + [None] * area.right
        rows.append(wide[area.left - 1 : area.right])
    return from_rows(rows, path.name)


def _plain_table(body: Body, workbook: Workbook) -> Any:
    """A large table whose rows are alike, by columns: many times quicker than cell by cell; None where a column holds
    dates and numbers."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from ..ooxml.columns import SHIFT_1904, UNIX_EPOCH
    from ..ooxml.styles import date_styles

    dates = date_styles(workbook)
    shift = float(UNIX_EPOCH - (SHIFT_1904 if workbook.date1904 else 0))
    columns, last = [], 0
    for index in range(len(body.area.columns)):
        values, styles = body.values(index), body.styles[index]
        filled = np.flatnonzero(values.is_valid().to_numpy())
        last = max([last, *(filled[-1:] + 1)])
        if pa.types.is_string(values.type):  # an error as text is none, as in a small table
            values = pc.if_else(pc.is_in(values, pa.array(list(CELL_ERRORS), pa.string())), None, values)
        else:
            dated = {styles.names[code] in dates for code in np.unique(styles.codes[filled])}
            if len(dated) > 1:
                return None
            if True in dated:
                values = pc.subtract(pc.floor(values), shift).cast(pa.int32()).cast(pa.date32())
        columns.append(values)
    table = pa.Table.from_arrays(columns, names=[column.name for column in body.area.columns])
    return table.slice(0, last)  # without blank rows at the end


def _pick(mapping: TableMapping, known: Sequence[str], name: str) -> str:
    """The sheet that is meant; the only one where nothing is said."""
    if mapping.sheet:
        found = choose(mapping.sheet, known, f"The source {name}")
        if found is None:
            near = nearest(mapping.sheet, known)
            raise MissingData(f"The source {name} has no sheet {mapping.sheet!r}{near}; it has {', '.join(known)}.")
        return found
    wanted = mapping.source_table or mapping.name
    found = choose(wanted, known, f"The source {name}")
    if found is None and mapping.source_table:
        raise MissingData(f"The source {name} has no sheet {wanted!r}{nearest(wanted, known)}; it has {', '.join(known)}.")
    if found is None and len(known) != 1:
        raise BadInput(
            f"The source {name} has the sheets {', '.join(known)}; say in the mapping which one is meant ('sheet')."
        )
    return found or known[0]


def from_rows(rows: Sequence[Sequence[Any]], name: str) -> Any:
    """A PyArrow table from rows of cells, the first one the header; blank rows at the end are dropped."""
    import pyarrow as pa

    body = [list(row) for row in rows]
    while body and all(value is None or value == "" for value in body[-1]):
        body.pop()
    if not body:
        raise MissingData(f"The source {name} is empty; give a header and data.")
    width = max(map(len, body))
    header = ["" if value is None else _as_text(value).strip() for value in [*body[0], *[None] * (width - len(body[0]))]]
    columns = [[row[i] if i < len(row) else None for row in body[1:]] for i in range(width)]
    if not any(header):
        raise MissingData(f"The source {name} has a blank first row; put the header there.")
    while not header[-1] and all(value is None or value == "" for value in columns[-1]):
        header.pop()  # blank to the last cell: no column; with values it is refused for want of a name
        columns.pop()
    return pa.Table.from_arrays([to_array(column) for column in columns], names=header)


def to_array(values: list[Any]) -> Any:
    """A column of cells as numbers, dates, text, or as text where kinds are mixed."""
    import datetime

    import pyarrow as pa

    cells = [None if v is None or v == "" or (isinstance(v, str) and v in CELL_ERRORS) else v for v in values]
    kinds = {type(v) for v in cells if v is not None}
    if kinds <= {int, float} and bool not in kinds:
        return pa.array([None if v is None else float(v) for v in cells], pa.float64())
    if kinds and kinds <= {datetime.date, datetime.datetime}:
        days = [v.date() if isinstance(v, datetime.datetime) else v for v in cells]
        return pa.array(days, pa.date32())
    return pa.array([None if v is None else _as_text(v) for v in cells], pa.string())


def _as_text(value: Any) -> str:
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def clean(table: Any, name: str) -> Any:
    """Names trimmed; nameless and repeated ones refused, but for a nameless column of nothing."""
    blank = [not str(n).strip() and c.null_count == len(c) for n, c in zip(table.column_names, table.columns, strict=True)]
    if any(blank) and not all(blank):
        table = table.select([place for place, empty in enumerate(blank) if not empty])
    names = [str(n).strip().lstrip("\ufeff") for n in table.column_names]
    if not names or len(names) > MAX_COLUMNS:
        raise BadInput(f"The source {name} has {len(names)} columns; give between 1 and {MAX_COLUMNS}.")
    seen: set[str] = set()
    for place, column in enumerate(names, start=1):
        if not column:
            raise BadInput(f"The source {name} has no name for its column {place}; fill in the header.")
        if column.lower() in seen:
            raise BadInput(f"The source {name} has two columns {column!r}; rename one.")
        seen.add(column.lower())
    return table.rename_columns(names)
