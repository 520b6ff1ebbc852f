"""How long a database may be silent, how much it may give, and what a query of SQLite may do."""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import BadInput
from ..files import door

CONNECT_SECONDS = 10  # to reach a server
SILENT_SECONDS = 300  # for a server to give the next rows
SQLITE_SECONDS = 60  # for a file of SQLite to do so
ROWS, BYTES = 50_000_000, 2 << 30  # that a person's own source may give
UNTRUSTED_ROWS, UNTRUSTED_BYTES = 1_000_000, 100 << 20
_VALUE_BYTES = 1 << 17  # of one value in SQLite: a cell holds 32,767 characters
_BATCH_BYTES = 32 << 20  # that the rows of a batch may hold, each value as long as it may be
_STEPS = 10_000  # of SQLite's machine between two looks at the clock
_READS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_TRANSACTION})
_OUTSIDE = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})
_TIMEOUTS: dict[str, dict[str, Any]] = {  # words of the drivers that know them
    "psycopg": {"connect_timeout": CONNECT_SECONDS, "options": f"-c statement_timeout={SILENT_SECONDS * 1000}"},
    "psycopg2": {"connect_timeout": CONNECT_SECONDS, "options": f"-c statement_timeout={SILENT_SECONDS * 1000}"},
    "pg8000": {"timeout": SILENT_SECONDS},
    "pymysql": {"connect_timeout": CONNECT_SECONDS, "read_timeout": SILENT_SECONDS, "write_timeout": SILENT_SECONDS},
    "mysqldb": {"connect_timeout": CONNECT_SECONDS, "read_timeout": SILENT_SECONDS, "write_timeout": SILENT_SECONDS},
    "mysqlconnector": {"connection_timeout": CONNECT_SECONDS},
    "pymssql": {"login_timeout": CONNECT_SECONDS, "timeout": SILENT_SECONDS},
    "pyodbc": {"timeout": CONNECT_SECONDS},
    "oracledb": {"tcp_connect_timeout": CONNECT_SECONDS},
}


def timeouts(url: Any) -> dict[str, Any]:
    """The driver's own words for how long to wait; what the URL says itself stays."""
    words = dict(_TIMEOUTS.get(url.get_driver_name(), {}))
    if "options" in words and "options" in url.query:
        words["options"] = f"{words['options']} {url.query['options']}"
    return {name: value for name, value in words.items() if name == "options" or name not in url.query}


class Limits:
    """The limits of one reading: time for each step, rows and bytes in all."""

    def __init__(self, label: str, trusted: bool) -> None:
        self._label = label
        self._rows, self._bytes = (ROWS, BYTES) if trusted else (UNTRUSTED_ROWS, UNTRUSTED_BYTES)
        self._seconds = SILENT_SECONDS
        self._end = 0.0
        self._late = False
        self._longest = 0  # bytes of a value, where that is known

    def _wind(self) -> None:
        self._end = time.monotonic() + self._seconds

    def batch(self, columns: int, most: int) -> int:
        """How many rows to take at once."""
        return most if not self._longest else max(1, min(most, _BATCH_BYTES // (self._longest * max(columns, 1))))

    def _for_file(self, driver: sqlite3.Connection) -> None:
        """The limits of a file of SQLite, in proportion to its size."""
        (_, _, name), *_ = driver.execute("pragma database_list").fetchall()
        size = os.stat(name).st_size if name else 0
        self._longest, self._seconds = _VALUE_BYTES, SQLITE_SECONDS
        if not door.large_allowed():
            self._seconds = min(SQLITE_SECONDS, door.seconds(size))
            self._bytes = min(self._bytes, door.memory(size) // 4)
        driver.execute(f"pragma hard_heap_limit = {door.memory(size) // 2}")
        driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _VALUE_BYTES)

    def count(self, columns: Sequence[Sequence[Any]]) -> None:
        """The next rows have come, as columns.

        Raises:
            BadInput: more came than a source may give.
        """
        self._wind()
        self._rows -= len(columns[0]) if columns else 0
        self._bytes -= sum(_bytes(values) for values in columns)
        if self._rows < 0 or self._bytes < 0:
            what = "rows" if self._rows < 0 else "bytes"
            raise BadInput(f"The database {self._label} gives more {what} than a source may; take less of it in the query.")

    @contextlib.contextmanager
    def watching(self, connection: Any) -> Iterator[None]:
        """Reading under these limits: SQLite looks at its clock, the socket of a silent server is shut."""
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            with self._sqlite(driver):
                yield
        else:
            with self._server(driver):
                yield

    @contextlib.contextmanager
    def _sqlite(self, driver: sqlite3.Connection) -> Iterator[None]:
        self._for_file(driver)
        self._wind()
        driver.set_authorizer(_allows)
        driver.set_progress_handler(lambda: int(time.monotonic() > self._end), _STEPS)
        try:
            yield
        except Exception:
            if time.monotonic() > self._end:
                raise BadInput(
                    f"The database {self._label} gave no row for {self._seconds} seconds; simplify the query."
                ) from None
            raise
        finally:
            driver.set_progress_handler(None, 0)
            driver.set_authorizer(None)

    @contextlib.contextmanager
    def _server(self, driver: Any) -> Iterator[None]:
        """A server that is alive and says nothing is not noticed by the driver: a clock of our own shuts the socket."""
        ended = threading.Event()
        self._wind()

        def watch() -> None:
            while not ended.wait(1.0):
                if time.monotonic() > self._end:
                    self._late = True
                    _shut(driver)
                    return

        thread = threading.Thread(target=watch, daemon=True, name="xl-flexextra database clock")
        thread.start()
        try:
            yield
        except Exception:
            if self._late:
                raise BadInput(f"The database {self._label} said nothing for {SILENT_SECONDS} seconds; try again.") from None
            raise
        finally:
            ended.set()


def _bytes(values: Sequence[Any]) -> int:
    """About how much the values of a column take."""
    return sum(len(value) if isinstance(value, str | bytes) else 8 for value in values)


def _allows(action: int, first: str | None, second: str | None, *_where: str | None) -> int:
    """What a query of SQLite may do: read tables, call functions that stay inside the database."""
    if action in _READS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() not in _OUTSIDE:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _shut(driver: Any) -> None:
    """Shut the socket of a connection of psycopg or another driver that shows it."""
    find = getattr(driver, "fileno", None)
    try:
        handle = socket.dup(find()) if find is not None else None  # on Windows a socket is no file: os.dup knows it not
        if handle is None:
            return
        with socket.socket(fileno=handle) as line:
            line.shutdown(socket.SHUT_RDWR)
    except OSError:  # closed meanwhile
        return
