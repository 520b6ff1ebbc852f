"""SQL through SQLAlchemy: SQLite as it comes, PostgreSQL and others by URL. Sources are only read; passwords never shown."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..cells.scalars import nearest
from ..errors import BadInput, FlexExtraError, MissingData
from ..files import door, windows
from .arrays import Columns
from .mapping import TableMapping
from .secrets import WRITE_IT, of_url, refuse_secrets, scrub
from .source import Provenance, Source, choose
from .sql_columns import ROWS, Column, uncollected
from .sql_limits import Limits, timeouts

LOADS, STORE = "flexextra_loads", "flexextra_series"  # the tables of a store of this package
_TOKEN = re.compile(  # texts, names and comments, which are skipped, and single characters
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/|.", re.DOTALL
)
_BIND = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")  # what SQLAlchemy takes for a parameter


def make_url(text: str) -> Any:
    """A parsed URL; PostgreSQL without a driver gets psycopg."""
    from sqlalchemy.engine import make_url as parse
    from sqlalchemy.exc import SQLAlchemyError

    refuse_secrets(text)
    try:
        url = parse(text)
        of_url(url)
    except (SQLAlchemyError, ValueError):
        raise BadInput(f"The database URL is not understood; {WRITE_IT}.") from None
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    return url


def sqlite_file(path: Path) -> Any:
    """The URL of a SQLite file, whatever characters are in its name."""
    from sqlalchemy.engine import URL

    return URL.create("sqlite", database=str(windows.spelled(path)))


FULL = re.compile("disk is full|no space left|disk full", re.IGNORECASE)


@contextlib.contextmanager
def connect(url: Any, read_only: bool = False) -> Iterator[tuple[Any, str]]:
    """A connection and its URL as it may be shown; errors become one sentence without secrets."""
    from sqlalchemy.exc import SQLAlchemyError

    label = of_url(url)
    engine = connection = None
    try:
        try:
            engine = _engine(url, read_only)
            connection = engine.connect()
        except ModuleNotFoundError as error:
            package = "'xl-flexextra[postgresql]'" if error.name == "psycopg" else error.name
            raise BadInput(
                f"The database {label} needs the Python package {error.name}; install it with pip install {package}."
            ) from None
        except (
            ValueError,
            TypeError,
            AttributeError,
            RuntimeError,
            LookupError,
            ArithmeticError,
        ) as error:  # options no driver knows
            raise BadInput(f"The database {label} cannot be opened ({scrub(str(error), url)}); check the URL.") from None
        yield connection, label
    except FlexExtraError:
        raise
    except MemoryError:
        raise BadInput(f"The query of the database {label} needs too much memory; simplify it.") from None
    except (SQLAlchemyError, UnicodeError, OSError) as error:
        origin = getattr(error, "orig", None) or error
        said = scrub(str(origin), url)
        action = "free space on its disk" if FULL.search(said) else "check the URL and the query"
        raise BadInput(f"The database {label} says: {said}; {action}.") from None
    finally:
        if connection is not None:
            connection.close()
        if engine is not None:
            engine.dispose()


def _engine(url: Any, read_only: bool) -> Any:
    """An engine; for reading one that does not wait for ever, and that the database keeps from writing where it can."""
    import sqlalchemy
    from sqlalchemy.pool import NullPool

    if read_only and url.drivername in ("sqlite", "sqlite+pysqlite") and url.database:
        # every sign quoted: the // of a share would be read as the name of a machine, which SQLite refuses
        whole = quote(str(Path(url.database).absolute()), safe="")
        name = url.database if url.database.startswith("file:") else f"file:{whole}"
        url = url.set(database=name).update_query_dict({"mode": "ro", "uri": "true"})
    waits = timeouts(url) if read_only else {}
    engine = sqlalchemy.create_engine(url, poolclass=NullPool, connect_args=waits)
    if read_only and url.get_backend_name() == "postgresql":
        return engine.execution_options(postgresql_readonly=True)
    return engine


def _there(url: Any, action: str) -> None:
    """Refuse a SQLite file that is not there, which connecting would make."""
    if url.get_backend_name() != "sqlite":
        return
    of_url(url)
    name = (url.database or "").removeprefix("file:")
    if not name or name == ":memory:":
        raise BadInput("The URL names no file of SQLite; write it as sqlite:///file.sqlite.")
    with door.opened(Path(name), "The database", missing=f"There is no database file {door.shown(name)}; {action}."):
        pass  # refused here if it is none


def _in(url: Any, folder: Path) -> Any:
    """A SQLite file without a whole path is meant beside the mapping, as any other file is."""
    name = url.database or ""
    if url.get_backend_name() != "sqlite" or not name or name.startswith(("file:", ":memory:")):
        return url
    return url.set(database=str(folder / door.path_of(name)))


def database_tables(url: Any, folder: Path) -> list[str]:
    """The names of a database's tables and views."""
    url = _in(url, folder)
    _there(url, "check the name")
    with connect(url, read_only=True) as (connection, _):
        return _tables(connection)


def _tables(connection: Any) -> list[str]:
    import sqlalchemy

    inspector = sqlalchemy.inspect(connection)
    names = [*inspector.get_table_names(), *inspector.get_view_names()]
    with contextlib.suppress(NotImplementedError):  # of databases that know none
        names += inspector.get_materialized_view_names()
    return list(dict.fromkeys(names))


def read_sql(url: Any, mapping: TableMapping, folder: Path) -> Source:
    """The rows of a query, or of the table whose name fits."""
    import sqlalchemy

    url = _in(url, folder)
    _there(url, f"check the source of {mapping.name!r}" if mapping.name else "check the name")
    if mapping.query:
        refuse_changes(mapping.query, mapping.name)
    with connect(url, True) as (connection, label):
        limits = Limits(label, mapping.trusted)
        if mapping.query:
            # a query has no parameters: '12:30' in a text is no place for one
            statement: Any = sqlalchemy.text(_BIND.sub(r"\\:\1", mapping.query))
            what = "query"
        else:
            table = _table(connection, mapping, label)
            statement = sqlalchemy.select(sqlalchemy.text("*")).select_from(table)
            what = f"{table.schema}.{table.name}" if table.schema else table.name
        with limits.watching(connection), uncollected():
            result = connection.execution_options(stream_results=True).execute(statement)
            if not result.returns_rows:
                raise BadInput(f"The query for {mapping.name!r} gives no rows; write a SELECT.")
            names = list(result.keys())
            columns = list(map(Column, names))
            while rows := result.fetchmany(limits.batch(len(names), ROWS)):
                batch = list(zip(*rows, strict=True))
                limits.count(batch)
                for column, values in zip(columns, batch, strict=True):
                    column.add(values)
    if len(set(names)) < len(names):
        raise BadInput(f"The database {label} gives two columns of one name ({', '.join(names)}); rename one in the query.")
    arrays = []
    while columns:  # let go of each where its array is made
        arrays.append(columns.pop(0).array())
    cells = Columns(names, arrays)
    data = cells.table(label)
    return Source(cells, Provenance(f"{label} {what}", _digest(data), cells.rows), date_format=mapping.date_format)


def refuse_changes(query: str, name: str) -> None:
    """Refuse a query that is no single SELECT: a refresh reads its source and never changes it."""
    tokens = (match[0] for match in _TOKEN.finditer(query))
    bare = "".join(" " if len(token) > 1 else token for token in tokens).strip().rstrip(";").strip()
    if not re.match(r"\(*\s*(select|with|values|table)\b", bare, re.IGNORECASE) or ";" in bare:
        raise BadInput(f"The query for {name!r} is not a single SELECT; write one that only reads.")


def _table(connection: Any, mapping: TableMapping, label: str) -> Any:
    """The table that is meant; ``schema.table`` where it is not in the usual schema."""
    import sqlalchemy

    known = _tables(connection)
    wanted = mapping.source_table or mapping.name
    name = choose(wanted, known, f"The database {label}")
    if name is not None:
        return sqlalchemy.table(name)
    schema, dot, name = wanted.partition(".")
    if dot and sqlalchemy.inspect(connection).has_table(name, schema=schema):
        return sqlalchemy.table(name, schema=schema)
    if LOADS in known and not mapping.source_table:
        raise BadInput(
            f"The database {label} is a store, which holds every version of its values; write those of a day with "
            "'xl-flexextra store as-of STORE DAY --out values.csv' and refresh from that file."
        )
    if len(known) == 1 and not mapping.source_table:
        return sqlalchemy.table(known[0])
    has = f"it has {', '.join(known[:20])}" if known else "it has no tables"
    if not wanted:
        raise MissingData(f"The database {label} has no table called like one of the workbook ({has}); say it with --table.")
    raise MissingData(f"The database {label} has no table {wanted!r}{nearest(wanted, known)}; {has}.")


class _Hash(io.RawIOBase):
    """A file that keeps nothing but the hash of what is written to it."""

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.sha256.update(data)
        return len(data)


def _digest(table: Any) -> str:
    """A hash of the values, since a query has no file."""
    from pyarrow import ipc

    sink = _Hash()
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.sha256.hexdigest()
