"""The files of one command. PyArrow is loaded when the first of them is read: a command that reads none is quicker."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .pipes import Pipes, is_pipe

if TYPE_CHECKING:
    from .mapping import TableMapping
    from .read import Books


class Files:
    """The files of one command: read under the same signs, each workbook opened once.

    ``notes`` says what was found out about them that nobody stated.
    """

    def __init__(self, decimal: str = "", thousands: str = "", date_format: str = "") -> None:
        self._given = decimal, thousands, date_format
        self._read: tuple[TableMapping, Books] | None = None
        self.notes: list[str] = []
        self._pipes = Pipes()
        if any(self._given):  # a sign that is none is said whether a file is read or not
            self._opened()

    def rows(self, name: str, text: int | None = None) -> list[list[Any]]:
        """The rows of a file, a header first. ``book.xlsx#Name`` chooses a table or a sheet; without, the first sheet.

        ``-`` is standard input. ``text``: the place of a column that holds names, whatever its header says.
        """
        from .read import read_source
        from .source import READING
        from .tables import named, rows_of

        signs, books = self._opened()
        path, part = named(self._pipes.file(name) if is_pipe(name) else name)
        mapping = dataclasses.replace(signs, source=str(path), source_table=part)
        source = read_source(mapping, Path(), books, READING)
        self.notes += [note for note in source.notes if note not in self.notes]
        return rows_of(source, text)

    def contracts(self, name: str) -> dict[str, str]:
        """The tables or sheets of a workbook that hold contract terms, with the contract's name of each."""
        from .read import book_of
        from .tables import named
        from .terms_in_books import contracts

        return contracts(book_of(named(name)[0], self._opened()[1]))

    def _opened(self) -> tuple[TableMapping, Books]:
        """The signs as a mapping, and the workbooks that were opened so far."""
        from .mapping import TableMapping, with_signs
        from .read import Books

        if self._read is None:
            self._read = with_signs(TableMapping(""), *self._given), Books()
        return self._read


def rows(name: str) -> list[list[Any]]:
    """The rows of one file, as :meth:`Files.rows` gives them."""
    return Files().rows(name)
