"""The visible journal: a table ``Journal`` in the workbook, if the template has one, gets a line for each
refreshed table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ooxml.fast.column_writer import to_list
from ...ooxml.strings import SharedStrings
from ...ooxml.tables.body import Body
from ...ooxml.tables.rewrite import rewrite
from ...ooxml.workbook import Workbook
from ...sources.source import simple

TABLE = "Journal"
_WORDS = {
    "when": ("when", "date", "time", "at", "timestamp", "refreshed"),
    "who": ("who", "user", "by", "name"),
    "action": ("action", "event", "what"),
    "table": ("table", "where"),
    "source": ("source", "from", "file"),
    "hash": ("hash", "sha256", "sourcehash", "sourcesha256"),
    "rows": ("rows", "rowsafter"),
    "added": ("added", "rowsadded"),
    "changed": ("changed", "cellschanged", "changedcells"),
    "removed": ("removed", "rowsremoved"),
    "version": ("version",),
}


def append(workbook: Workbook, lines: Sequence[dict[str, Any]]) -> bool:
    """Add lines to the journal table; columns are found by their names, others stay blank. False where there is none."""
    area = workbook.table(TABLE)
    if area is None or not lines:
        return False
    strings = SharedStrings(workbook)
    body = Body(workbook, strings, area)
    columns: list[Any] = []
    for index, column in enumerate(area.columns):
        if body.calculated(index):
            columns.append(None)
            continue
        word = next((w for w, names in _WORDS.items() if simple(column.name) in names), None)
        columns.append(to_list(body.values(index)) + [line.get(word) if word else None for line in lines])
    return rewrite(body, columns).changed
