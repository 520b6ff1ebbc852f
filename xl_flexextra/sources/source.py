"""Data as read from one source, before any of it is believed; names compared as people mean them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import BadInput
from . import column_kinds


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
        return self.plain(name, array) if self.plain is not None and kind in (None, column_kinds.NUMBER) else array

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self.table.column_names)


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
