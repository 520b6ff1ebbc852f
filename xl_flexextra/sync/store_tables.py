"""The tables of a fund-data store: in which databases, how they are opened, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import BadInput, MissingData
from ..files import door, targets, windows
from ..inputs.fund_names import key
from ..sources import mapping, secrets
from ..sources.sql import LOADS, STORE, connect, make_url, sqlite_file
from . import own_tables
from .versions import DAMAGED, Versions

VERSION = 2  # of 1 the values are rows
_MOST_BYTES = 1 << 24


class Tables(NamedTuple):
    """The tables of a store."""

    metadata: Any
    loads: Any
    series: Any
    rows: Any  # of a store that an earlier version made: a row a value


def _schema() -> Tables:
    import sqlalchemy as sa

    metadata = sa.MetaData()
    loads_table = sa.Table(
        LOADS, metadata,
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(40), nullable=False), sa.Column("who", sa.String(200), nullable=False),
        sa.Column("dataset", sa.String(100), nullable=False), sa.Column("source", sa.String(500), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False), sa.Column("note", sa.String(500), nullable=False),
        sa.Column("added", sa.Integer, nullable=False), sa.Column("revised", sa.Integer, nullable=False),
        sa.Column("format", sa.Integer, nullable=False),
    )  # fmt: skip
    series = sa.Table(
        STORE, metadata,
        sa.Column("dataset", sa.String(100), primary_key=True), sa.Column("fund", sa.String(200), primary_key=True),
        sa.Column("load_number", sa.Integer, sa.ForeignKey(f"{LOADS}.number"), primary_key=True),
        sa.Column("days", sa.LargeBinary(_MOST_BYTES), nullable=False),
        sa.Column("numbers", sa.LargeBinary(_MOST_BYTES), nullable=False),
    )  # fmt: skip
    rows = sa.table(
        "flexextra_values", *map(sa.column, ("dataset", "fund", "load_number")), sa.column("valuation_date", sa.Date),
        sa.column("value", sa.Double),
    )  # fmt: skip
    return Tables(metadata, loads_table, series, rows)


def url_of(store: str) -> Any:
    text = mapping.from_environment(store)
    secrets.refuse_secrets(text)
    return make_url(text) if secrets.is_url(text) else sqlite_file(door.path_of(text))


def file_of(url: Any) -> Path | None:
    """The file of a store; None where a server keeps it."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@contextmanager
def opened(store: str, make: bool = False) -> Iterator[tuple[Any, Tables]]:
    """A connection to a store and its tables; made only where something is to be loaded."""
    url = url_of(store)
    file = file_of(url)
    if file is not None and not make and not door.is_file(file):
        raise MissingData(f"There is no store {door.shown(file.name)}; load data into it first with 'store load'.")
    if file is not None:
        windows.refuse_name(file)
        if door.exists(file) or not make:
            with door.opened(file, "The store"):  # refused here if it is none
                pass
    fresh = make and file is not None and not door.exists(file)
    if fresh and file is not None:
        targets.refuse(file, force=False)
    try:
        with _connected(url, make) as found:
            yield found
    except BaseException:
        if fresh and file is not None:
            _take_away(file)
        raise


@contextmanager
def _connected(url: Any, make: bool) -> Iterator[tuple[Any, Tables]]:
    tables = _schema()
    own = [*(table.name for table in tables.metadata.sorted_tables), tables.rows.name]
    with connect(url, read_only=not make) as (connection, label), own_tables.believed(connection, own, label):
        import sqlalchemy as sa

        if make:
            tables.metadata.create_all(connection)
            connection.commit()
        elif not sa.inspect(connection).has_table(LOADS):
            raise MissingData(f"The database {label} holds no fund-data store; load data into it first with 'store load'.")
        yield connection, tables


def _take_away(file: Path) -> None:
    """Take away a new store into which nothing was loaded."""
    import sqlite3

    with suppress(OSError, sqlite3.Error):
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if "flexextra_loads" in tables and connection.execute("SELECT count(*) FROM flexextra_loads").fetchone()[0]:
                return  # another process was quicker
        for path in (file, file.with_name(f"{file.name}-journal")):
            path.unlink(missing_ok=True)


def versions_of(
    connection: Any, tables: Tables, dataset: str, until: int | None = None, funds: Sequence[str] | None = None
) -> Versions:
    """Every version of the values of a dataset, up to a load; of some funds, by the names they have there, or of all."""
    import sqlalchemy as sa

    found = Versions()
    series, rows = tables.series, tables.rows
    there = sa.inspect(connection)

    def asked(table: Any, *columns: Any) -> Any:
        query = sa.select(*columns).where(table.c.dataset == dataset)
        query = query if until is None else query.where(table.c.load_number <= until)
        return query if funds is None else query.where(table.c.fund.in_(funds))

    if there.has_table(rows.name):
        columns = rows.c.valuation_date, rows.c.fund, rows.c.value, rows.c.load_number
        found.add_rows(connection.execute(asked(rows, *columns)).cursor)
    if there.has_table(series.name):
        columns = series.c.fund, series.c.days, series.c.numbers, series.c.load_number
        query = asked(series, *columns).order_by(series.c.fund, series.c.load_number)
        for one in connection.execute(query, execution_options={"yield_per": 500}):
            found.add_series(*one)
    return found


def names_alike(connection: Any, tables: Tables, dataset: str) -> dict[str, list[str]]:
    """The names that the funds of a dataset have in a store, by what those of one fund have in common."""
    import sqlalchemy as sa

    there = sa.inspect(connection)
    found: dict[str, list[str]] = {}
    for table in (tables.rows, tables.series):
        if there.has_table(table.name):
            names = sa.select(table.c.fund).distinct().where(table.c.dataset == dataset)
            for name in connection.execute(names).scalars():
                if not isinstance(name, str):  # SQLite keeps any kind in any column
                    raise BadInput(DAMAGED)
                if name not in (known := found.setdefault(key(name), [])):
                    known.append(name)
    return found
