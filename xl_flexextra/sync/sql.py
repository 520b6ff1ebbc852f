"""SQL through SQLAlchemy: SQLite as it comes, PostgreSQL and others by URL. Passwords are never shown."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..arguments import nearest
from ..errors import BadInput, FlexExtraError, MissingData
from .mapping import TableMapping
from .sources import Provenance, Source, _clean, simple

_SECRET = re.compile(r"(pass|pwd|secret|token|key)", re.IGNORECASE)


def shown(url: Any) -> str:
    """A database URL without its password and other secrets."""
    safe = url.set(query={k: "***" if _SECRET.search(k) else v for k, v in url.query.items()})
    return str(safe.render_as_string(hide_password=True))


def make_url(text: str) -> Any:
    """A parsed URL; PostgreSQL without a driver gets psycopg."""
    from sqlalchemy.engine import make_url as parse
    from sqlalchemy.exc import SQLAlchemyError

    try:
        url = parse(text)
    except (SQLAlchemyError, ValueError):
        raise BadInput(
            "The database URL is not understood; write it as postgresql://user@host/database or sqlite:///file.sqlite."
        ) from None
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    return url


@contextlib.contextmanager
def connect(text: str) -> Iterator[tuple[Any, str]]:
    """A connection and its URL as it may be shown; errors become one sentence without secrets."""
    import sqlalchemy
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    url = make_url(text)
    label = shown(url)
    engine = None
    try:
        engine = sqlalchemy.create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            yield connection, label
    except FlexExtraError:
        raise
    except ModuleNotFoundError as error:
        raise BadInput(f"The database {label} needs the Python package {error.name}; install it with pip.") from None
    except (SQLAlchemyError, UnicodeError, OSError) as error:
        origin = getattr(error, "orig", None) or error
        raise BadInput(f"The database {label} says: {scrub(str(origin), url)}; check the URL and the query.") from None
    finally:
        if engine is not None:
            engine.dispose()


def scrub(text: str, url: Any) -> str:
    """The first line of a message without any secret of the URL."""
    line = (text.strip().splitlines() or ["no message"])[0][:200]
    secrets = [str(url.password)] if url.password else []
    secrets += [str(v) for k, v in url.query.items() if _SECRET.search(k)]
    for secret in secrets:
        line = line.replace(secret, "***")
    return line.rstrip(". ")


def _there(text: str, action: str) -> None:
    """Refuse a SQLite file that is not there, which connecting would make."""
    url = make_url(text)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        raise MissingData(f"There is no database file {url.database}; {action}.")


def database_tables(text: str) -> list[str]:
    """The names of a database's tables and views."""
    import sqlalchemy

    _there(text, "check the name")
    with connect(text) as (connection, _):
        inspector = sqlalchemy.inspect(connection)
        return [*inspector.get_table_names(), *inspector.get_view_names()]


def read_sql(text: str, mapping: TableMapping) -> Source:
    """The rows of a query, or of the table whose name fits."""
    import pyarrow as pa
    import sqlalchemy

    _there(text, f"check the source of {mapping.name!r}")
    with connect(text) as (connection, label):
        if mapping.query:
            statement: Any = sqlalchemy.text(mapping.query)
            what = "query"
        else:
            what = _table_name(connection, mapping, label)
            statement = sqlalchemy.select(sqlalchemy.text("*")).select_from(sqlalchemy.table(what))
        result = connection.execution_options(stream_results=True).execute(statement)
        if not result.returns_rows:
            raise BadInput(f"The query for {mapping.name!r} gives no rows; write a SELECT.")
        names = list(result.keys())
        columns: list[list[Any]] = [[] for _ in names]
        while rows := result.fetchmany(50_000):
            for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                column.extend(values)
    arrays = [_array(column) for column in columns]
    table = pa.Table.from_arrays(arrays, names=[f"column {i}" for i in range(len(names))])
    count = table.num_rows
    table = _clean(table.rename_columns(names) if len(set(names)) == len(names) else _twice(names, label), label)
    return Source(table, Provenance(f"{label} {what}", _digest(table), count))


def _twice(names: list[str], label: str) -> Any:
    raise BadInput(f"The database {label} gives two columns of one name ({', '.join(names)}); rename one in the query.")


def _table_name(connection: Any, mapping: TableMapping, label: str) -> str:
    import sqlalchemy

    inspector = sqlalchemy.inspect(connection)
    known = [*inspector.get_table_names(), *inspector.get_view_names()]
    wanted = mapping.source_table or mapping.name
    for name in known:
        if name == wanted or simple(name) == simple(wanted):
            return name
    if len(known) == 1 and not mapping.source_table:
        return known[0]
    raise MissingData(
        f"The database {label} has no table {wanted!r}{nearest(wanted, known)}; it has {', '.join(known[:20]) or 'none'}."
    )


def _array(values: list[Any]) -> Any:
    """A database column: decimals as numbers, the rest as PyArrow takes it, else by cells."""
    import decimal

    import pyarrow as pa

    from .sources import to_array

    if any(isinstance(v, decimal.Decimal) for v in values[:1000]) or any(isinstance(v, decimal.Decimal) for v in values):
        values = [float(v) if isinstance(v, decimal.Decimal) else v for v in values]
    try:
        array = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return to_array(values)
    if pa.types.is_binary(array.type) or pa.types.is_nested(array.type):
        raise BadInput(
            "A column of the database holds binary or nested values, which a cell cannot; leave it out of the query."
        )
    return array


def _digest(table: Any) -> str:
    """A hash of the values, since a query has no file."""
    import pyarrow as pa
    from pyarrow import ipc

    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()
