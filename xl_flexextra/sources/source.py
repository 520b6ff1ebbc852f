"""Data as read from one source, before any of it is believed; names compared as people mean them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..cells import number_text
from ..errors import BadInput, CellError
from ..terms import Terms
from . import column_kinds
from .arrays import Columns
from .findings import ERROR, NOTE, Finding, bad, in_row
from .odd_cells import Shown

_NAMED = 3  # cells that a finding names


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where data came from, without any secret: shown, and written to the journal."""

    label: str
    sha256: str
    rows: int
    named: str = ""  # where it was named: a mapping, or a person's --from


@dataclass(frozen=True, slots=True)
class Rules:
    """What a file may be like: what people read as a table, or only what a refresh takes."""

    uneven: bool  # rows of several lengths, columns without a name; the first of several sheets
    blanks: frozenset[str]  # words that stand for no value among numbers and dates


READING = Rules(True, number_text.BLANKS)
REFRESHING = Rules(False, number_text.USUAL_BLANKS)


@dataclass(frozen=True)
class Source:
    """Data as read, before any of it is believed. Text stays text until a column's kind is known."""

    cells: Columns
    provenance: Provenance
    cut: bool = False  # a text file whose last line has no end
    plain: Callable[..., Any] | None = None  # puts the numbers of a column of text into plain form
    date_format: str = ""  # of dates that are text; empty: found
    notes: tuple[str, ...] = ()  # what was found out about the file and not stated by anybody
    rules: Rules = REFRESHING
    contract: Terms | None = None  # of a terms file

    @cached_property
    def table(self) -> Any:
        """The data as a PyArrow table, with a name for each column."""
        return self.cells.table(self.provenance.label)

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self.table.column_names)

    @property
    def single(self) -> bool:
        """Whether it holds numbers of single precision, which are known to some seven digits."""
        return any(pa.types.is_float32(array.type) for array in self.cells.arrays)

    def holds(self, name: str) -> bool:
        """Whether a column has any value."""
        array = column_kinds.without_words(self.cells.arrays[self.cells.place(name)], self.rules.blanks)
        return bool(array.null_count < len(array)) or bool(self.cells.odd.get(self.cells.place(name)))

    def column(self, name: str, kind: str | None) -> Any:
        """A column; numbers, where the table wants or may want them, with a point for their decimal sign."""
        return self._column(self.cells.place(name), name, kind)

    def _column(self, place: int, name: str, kind: str | None) -> Any:
        array = self.cells.arrays[place]
        return self.plain(name, array) if self.plain is not None and kind in (None, column_kinds.NUMBER) else array

    def convert(self, name: str, kind: str | None, table: str) -> tuple[Any, list[Finding]]:
        """A column as values of a kind, and what is wrong with it: cells that are no such value, cells that hold an error.

        Codes stay as their cells show them where text is wanted, or nothing is known of the column.
        """
        place = self.cells.place(name)
        array, odd = self._column(place, name, kind), self.cells.odd.get(place, {})
        shown = {row: cell.text for row, cell in odd.items() if isinstance(cell, Shown)}
        if shown and kind in (None, column_kinds.TEXT):
            array, kind = column_kinds.with_texts(array, shown), column_kinds.TEXT
        values, findings = column_kinds.convert(
            array, kind, name, table, self.date_format, self.cells.date1904, self.rules.blanks, self._at(place)
        )
        return values, [*self._errors(place, name, table), *findings]

    def _at(self, place: int) -> Callable[[int], str]:
        """Where the rows of a column stand: the cells of a sheet by their addresses."""
        cells = self.cells
        return in_row if cells.corner is None else lambda row: f"in {cells.address(row - 1, place)}"

    def no_unit_values(self, name: str, table: str) -> list[Finding]:
        """That a column of unit values holds percentages, or numbers in two currencies."""
        place = self.cells.place(name)
        array = column_kinds.simple_type(self.cells.arrays[place], name, table)
        rows = [(row + 1, text) for row, text in [self.cells.percentages[place]]] if place in self.cells.percentages else []
        signed: list[tuple[int, str, str]] = []
        if (
            pa.types.is_string(array.type)
            and pc.any(pc.match_substring_regex(array, f"[%{number_text.CURRENCIES}]")).as_py()
        ):
            texts = [(row, text) for row, text in enumerate(array.to_pylist(), start=1) if text]
            rows = [(row, text) for row, text in texts if "%" in text]
            signed = [(row, text, sign) for row, text in texts if (sign := number_text.currency(text))]
        at, others = self._at(place), [(row, text) for row, text, sign in signed if sign != signed[0][2]]
        return [
            *bad(table, name, rows, "a unit value but a percentage", "correct the source", at),
            *bad(table, name, others, "in the currency of the others", "correct the source", at),
        ]

    def stored_as_text(self, values: Any, kind: str | None, name: str, table: str) -> list[Finding]:
        """That numbers or dates of a sheet are stored as text: they are read as what they are, and said."""
        if self.cells.corner is None or isinstance(values, list) or kind not in (column_kinds.NUMBER, column_kinds.DATE):
            return []
        place = self.cells.place(name)
        array = self.cells.arrays[place]
        if not pa.types.is_string(array.type) or pa.types.is_string(values.type) or values.null_count == len(values):
            return []
        texts = [self.cells.texts[place]] if place in self.cells.texts else array.to_pylist()
        if not (stored := next(filter(None, texts), "")):
            return []
        what = f"{kind}s of {self.provenance.label} are stored as text, such as {stored!r}"
        return [Finding(NOTE, f"{table}, column {name}", what, "nothing to do if they are read right")]

    def _errors(self, place: int, name: str, table: str) -> list[Finding]:
        odd = self.cells.odd.get(place, {})
        errors = [(row, cell) for row, cell in odd.items() if isinstance(cell, CellError)]
        if not errors:
            return []
        row, first = errors[0]
        others = [self.cells.address(row, place) for row, _ in errors[1:_NAMED]]
        more = f", as do {' and '.join(others)}" if others else ""
        more += f" and {len(errors) - _NAMED} more" if len(errors) > _NAMED else ""
        what, action = first.said.split("; ", 1)
        cell = self.cells.address(row, place)
        return [
            Finding(
                ERROR, f"{table}, column {name}", f"the cell {cell} of {self.provenance.label} holds {what}{more}", action
            )
        ]

    def without_blank_end(self) -> Source:
        """The source without blank rows at its end."""
        cells = self.cells.without_blank_end()
        return self if cells is self.cells else replace(self, cells=cells)


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


def simple(name: str) -> str:
    """A name for comparing: lower case, words joined by nothing."""
    return re.sub(r"[\W_]+", "", name).lower()
