"""A source is read here: CSV, Excel, Parquet or SQL; each becomes one PyArrow table and a line for the journal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..cells.scalars import nearest
from ..errors import BadInput, FlexExtraError, MissingData
from ..files import door
from ..files.deflate import meanwhile
from ..terms import Terms, from_toml
from . import secrets, trust
from .arrays import Columns, Grid
from .csv_files import plain_numbers, read_csv
from .excel_files import EXCEL, ExcelFile, read_excel
from .mapping import TableMapping, from_environment
from .parquet_files import read_parquet
from .source import REFRESHING, Provenance, Rules, Source, choose

PARQUET = (".parquet", ".pq")
IN_FOLDERS = (".csv", ".txt", *PARQUET)  # what a folder of sources may hold
TOML = ".toml"  # a contract's terms
SQLITE = (".sqlite", ".sqlite3", ".db")


def is_url(source: str) -> bool:
    """Whether a source, as it is given, stands for a database URL such as postgresql+psycopg://host/db."""
    return secrets.is_url(from_environment(source))


def one_table(source: str) -> bool:
    """Whether a source, as it is given, can hold one table only."""
    text = from_environment(source)
    return not secrets.is_url(text) and not door.is_folder(text) and Path(text).suffix.lower() not in (*EXCEL, *SQLITE)


def parted(text: str, folder: Path) -> tuple[str, str]:
    """A file, and the table or sheet of it that ``book.xlsx#Name`` names; a file whose own name holds a # is whole."""
    file, sign, part = text.partition("#")
    whole = not sign or door.exists(folder / door.path_of(text)) or Path(file).suffix.lower() not in EXCEL
    return (text, "") if whole else (file, part.strip())


class Books:
    """The Excel files of one run, each opened once however many of its tables are read."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, str], ExcelFile] = {}

    def get(self, path: Path, data: bytes, digest: str) -> ExcelFile:
        """The file of a path with this content."""
        key = path.resolve(), digest
        if key not in self._known:
            self._known[key] = ExcelFile(data, path.name)
        return self._known[key]


def book_of(path: Path, books: Books) -> ExcelFile:
    """A workbook, opened once; for what is asked of all its sheets."""
    data = door.read(path, "The workbook", missing=f"There is no file {door.shown(path)}.")
    try:
        return books.get(path, data, hashlib.sha256(data).hexdigest())
    except FlexExtraError:
        raise
    except Exception as error:  # the readers are other people's libraries; their errors are many
        raise BadInput(f"The workbook {path.name} cannot be read ({_line(error)}); check that it is complete.") from None


def read_source(mapping: TableMapping, folder: Path, books: Books | None = None, rules: Rules = REFRESHING) -> Source:
    """The data of one table from its source.

    Raises:
        BadInput, MissingData: the source is not there, cannot be read, or is not a table.
    """
    if not mapping.trusted:
        trust.refuse_beyond(mapping.name, mapping.source, mapping.named_in)
    text = from_environment(mapping.source)
    secrets.refuse_secrets(text)
    if not text:
        raise BadInput("The source is blank; give a file, a folder or the URL of a database.")
    text, part = (text, "") if secrets.is_url(text) else parted(text, folder)
    if part:
        mapping = replace(mapping, source_table=part)
    if not mapping.trusted:
        return _untrusted(text, mapping, folder, books, rules)
    return _read_named(text, mapping, folder, books, rules)


def _untrusted(text: str, mapping: TableMapping, folder: Path, books: Books | None, rules: Rules) -> Source:
    """The file of a mapping that nobody trusts: within its folder, and nothing of it is shown where it cannot be read."""
    path = folder / text
    if door.is_folder(path):
        path = _in_folder(path, mapping)
    trust.refuse_outside(path, folder, mapping.name, mapping.named_in)
    if not door.exists(path):
        raise MissingData(_no_file(path, mapping))
    try:
        return _read_named(text, mapping, folder, books, rules)
    except FlexExtraError:
        raise trust.unreadable(mapping.name, mapping.named_in) from None


def _read_named(text: str, mapping: TableMapping, folder: Path, books: Books | None, rules: Rules) -> Source:
    """The data behind a source whose text is final."""
    if secrets.is_url(text):
        from .sql import make_url, read_sql

        return read_sql(make_url(text), mapping, folder)
    path = folder / door.path_of(text)
    if door.is_folder(path):
        path = _in_folder(path, mapping)
    if path.suffix.lower() in SQLITE:
        from .sql import read_sql, sqlite_file

        with door.opened(path, "The source", missing=_no_file(path, mapping)):  # refused here if it is none
            return read_sql(sqlite_file(path), mapping, folder)
    data = door.read(path, "The source", missing=_no_file(path, mapping))
    digest = meanwhile(lambda: hashlib.sha256(data).hexdigest())
    try:
        source = _read(data, digest, path, mapping, books or Books(), rules)
        if not rules.uneven:
            _ = source.table  # refused here if it is none
    except FlexExtraError:
        raise
    except MemoryError:
        raise BadInput(f"The source {path.name} needs more memory than there is; split it.") from None
    except Exception as error:  # the readers are other people's libraries; their errors are many
        raise BadInput(f"The source {path.name} cannot be read ({_line(error)}); check that it is complete.") from None
    return source


def _read(data: bytes, digest: Callable[[], str], path: Path, mapping: TableMapping, books: Books, rules: Rules) -> Source:
    suffix, name = path.suffix.lower(), path.name
    if suffix in PARQUET:
        table = read_parquet(data, name)
        cells = Columns(list(table.column_names), list(table.columns))
        return Source(cells, Provenance(name, digest(), cells.rows), date_format=mapping.date_format, rules=rules)
    if suffix in EXCEL:
        cells, notes = read_excel(books.get(path, data, digest()), mapping, rules.uneven)
        plain = partial(plain_numbers, name, mapping, ",")  # of numbers that are text
        return Source(
            cells, Provenance(name, digest(), cells.rows), False, plain, mapping.date_format, (*notes, *cells.notes), rules
        )
    if suffix == TOML:
        terms = _terms(data, path)
        cells = Columns.of(Grid([["Term", "Value", "Meaning", "Source"], *map(list, terms.rows())]), name)
        return Source(cells, Provenance(name, digest(), cells.rows), rules=rules, contract=terms)
    found = read_csv(data, name, mapping, rules.uneven)
    cells = found.cells.without_sums(name, found.plain)
    provenance = Provenance(name, digest(), cells.rows)
    return Source(cells, provenance, found.cut, found.plain, mapping.date_format, (*found.notes, *cells.notes), rules)


def _terms(data: bytes, path: Path) -> Terms:
    """The terms of a contract, which become the rows of a table of terms."""
    return from_toml(path, door.decoded(data, f"The terms file {door.shown(path.name)}"))


def table_names(source: str, folder: Path) -> list[str]:
    """The names of the tables that a database, an Excel file or a folder of CSV files holds."""
    text = from_environment(source)
    secrets.refuse_secrets(text)
    if secrets.is_url(text):
        from .sql import database_tables, make_url

        return database_tables(make_url(text), folder)
    path = folder / door.path_of(text)
    if path.suffix.lower() in SQLITE:
        from .sql import database_tables, sqlite_file

        with door.opened(path, "The source", missing=f"There is no file {door.shown(path.name)}; check its name."):
            return database_tables(sqlite_file(path), folder)
    if door.is_folder(path):
        return [p.stem for p in path.iterdir() if p.suffix.lower() in IN_FOLDERS]
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        from ..ooxml.package import Package
        from ..ooxml.workbook import Workbook

        book = Workbook(Package.open(path))
        return [t.name for t in book.tables] + [s.name for s in book.sheets]
    return []


def each_file(source: str, folder: Path, besides: Path) -> list[str]:
    """The files of data in a folder, as if each were given, without the workbook that they are for; any other source as it
    is."""
    if not door.is_folder(folder / door.path_of(source)):
        return [source]
    inside = sorted((folder / door.path_of(source)).iterdir())
    kept = [path for path in inside if path.suffix.lower() in (*IN_FOLDERS, *EXCEL) and path.name[0] not in ".~"]
    found = [str(path) for path in kept if path.resolve() != besides.resolve()]
    if not found:
        raise MissingData(f"The folder {door.shown(source)} has no CSV, Parquet or Excel file; name the files themselves.")
    return found


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
    has = f"it has {', '.join(files)}" if files else "it has none"
    if not wanted:
        raise MissingData(
            f"The folder {folder.name} has no CSV or Parquet file that is called like a table of the workbook ({has}); "
            "rename one, or say the table with --table."
        )
    near = nearest(wanted, [p.stem for p in files.values()])
    raise MissingData(f"The folder {folder.name} has no file for {wanted!r}{near} ({has}); name one {wanted}.csv.")


def _no_file(path: Path, mapping: TableMapping) -> str:
    check = f"check the source of {mapping.name!r}" if mapping.name else "check its name"
    return f"There is no file {door.shown(path.name)} in {door.shown(path.parent)}; {check}."


def _line(error: BaseException) -> str:
    text = (str(error) or type(error).__name__).splitlines()[0]
    return text[:160].rstrip(". ")
