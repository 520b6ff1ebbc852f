"""Whether the tables of a store are our own: a store may come from elsewhere, and its file could make them anything.

A view gives rows without end, a trigger acts when values are loaded, a computed column makes megabytes of a byte. Rows of
plain tables are no more than the file holds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..errors import Refused
from ..files import door

LONGEST = 1 << 25  # bytes of one value (the longest that a load brings is half of it), or of one that a rule computes


@contextmanager
def believed(connection: Any, tables: Sequence[str], label: str) -> Iterator[None]:
    """Read and write a store in SQLite, whose tables are looked over first; no value is longer than a load makes it.

    Raises:
        Refused: one of the tables is none of our own making.
    """
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
        try:
            _look(driver, tables, label)
        except sqlite3.Error as error:
            raise Refused(f"The store {label} cannot be read ({error}); check that it is one.") from None
        driver.set_authorizer(_within)
    try:
        yield
    finally:
        if isinstance(driver, sqlite3.Connection):
            driver.set_authorizer(None)


def _look(driver: sqlite3.Connection, tables: Sequence[str], label: str) -> None:
    names = {name.casefold() for name in tables}
    for kind, name, of, page in driver.execute("SELECT type, name, tbl_name, rootpage FROM sqlite_master").fetchall():
        if str(of).casefold() in names and not (page and _plain(driver, kind, str(name))):
            raise Refused(
                f"The store {label} was not made by this package: its {kind} {door.shown(str(name))!r} is not one of its "
                "own; load the data into a new store."
            )


def _plain(driver: sqlite3.Connection, kind: str, name: str) -> bool:
    """Whether a table has no computed column, an index none of an expression."""
    quoted = name.replace('"', '""')
    if kind == "table":
        return not any(hidden for *_, hidden in driver.execute(f'PRAGMA table_xinfo("{quoted}")'))
    return kind == "index" and all(row[1] >= -1 for row in driver.execute(f'PRAGMA index_xinfo("{quoted}")'))


def _within(action: int, *_what: str | None) -> int:
    """Whatever a store does stays in its file."""
    return sqlite3.SQLITE_DENY if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH) else sqlite3.SQLITE_OK
