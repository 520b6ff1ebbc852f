"""The sheet of sources: a table ``Sources`` in the workbook (input, source, status) names the files that a refresh took."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from ...ooxml.fast.column_writer import to_list
from ...ooxml.strings import SharedStrings
from ...ooxml.tables.body import Body
from ...ooxml.tables.rewrite import rewrite
from ...ooxml.workbook import Workbook
from ...sources.source import simple

TABLE = "Sources"
_COLUMNS = ("input", "source", "status")


def renew(workbook: Workbook, taken: Mapping[str, str], merged: frozenset[str], today: datetime.date) -> bool:
    """Write down the new source of each table; of a merged one beside the old, whose rows stay.

    An input stands for the table whose name is in its own: "Published figures" for Published. False where there is none.
    """
    area = workbook.table(TABLE)
    if area is None or TABLE in taken:
        return False
    places = {simple(column.name): place for place, column in enumerate(area.columns)}
    body = Body(workbook, SharedStrings(workbook), area)
    if not all(name in places and not body.calculated(places[name]) for name in _COLUMNS):
        return False
    at = [places[name] for name in _COLUMNS]
    columns: list[Any] = [None if body.calculated(i) else to_list(body.values(i)) for i in range(len(area.columns))]
    inputs, files, status = (columns[place] for place in at)
    for table, label in taken.items():
        for row in (row for row, text in enumerate(inputs) if isinstance(text, str) and simple(table) in simple(text)):
            known = str(files[row] or "").split("; ") if table in merged else []
            files[row] = "; ".join([*(one for one in known if one and one != label), label])
            status[row] = f"{'merged' if table in merged else 'refreshed'} on {today}"
    return rewrite(body, columns).changed
