"""The book that is open in Excel as a target of refresh and restore."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..hosts.excel import install, live, log
from ..ooxml.fast.column_writer import to_list
from ..ooxml.package import Package
from ..sync import restore
from ..sync.plan import TablePlan
from ..sync.target import Announce


class OpenBook:
    """A book in Excel: read from a copy that Excel saves, written table by table through Excel, which recalculates."""

    recalculates = True
    host = "Excel"

    def __init__(self, book: Any, folder: Path, progress: Callable[[str], None]) -> None:
        self.home = live.local_path(book, log.folder().parent / install.BOOKS)
        self.progress = progress
        self._book = book
        self._copy = live.save_copy(book, folder)
        self.copied: Path | None = self._copy

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Excel lets nobody else at it."""
        yield

    def read(self) -> bytes:
        return self._copy.read_bytes()

    def refuse(self, tables: Sequence[str]) -> None:
        live.refuse_blocked(self._book, tables)

    def write(self, package: Package, plans: Sequence[TablePlan], announce: Announce) -> None:
        announce("")
        for plan in plans:
            self._fill(plan.table, [None if column is None else to_list(column) for column in plan.columns], plan.rows_after)

    def to_put_back(self) -> dict[str, tuple[list[Any], int]]:
        """The tables that taking the last refresh back would change: columns and number of rows."""
        return restore.tables_to_put_back(self._copy, restore.choose(self.home, ""))

    def put_back(self, kept: Path, announce: Announce) -> None:
        tables = restore.tables_to_put_back(self._copy, kept)
        self.refuse(list(tables))
        announce("")
        for name, (columns, rows) in tables.items():
            self._fill(name, columns, rows)

    def _fill(self, table: str, columns: Sequence[Sequence[Any] | None], rows: int) -> None:
        self.progress(f"writing {table}")
        live.write_table(self._book, table, columns, rows)


@contextlib.contextmanager
def opened(book: Any, doing: str) -> Iterator[OpenBook]:
    """The book as a target, unseen and without recalculation meanwhile; the screen is as before afterwards."""
    live.refuse_1904(book)
    with tempfile.TemporaryDirectory() as folder, live.undisturbed(book) as progress:
        progress(doing)
        yield OpenBook(book, Path(folder), progress)
