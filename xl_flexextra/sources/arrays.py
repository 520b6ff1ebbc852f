"""Cells of any kind as columns of PyArrow: numbers, dates, text, or text where kinds are mixed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import CELL_ERRORS, BadInput, MissingData

MAX_COLUMNS = 16_384


def from_rows(rows: Sequence[Sequence[Any]], name: str) -> Any:
    """A PyArrow table from rows of cells, the first one the header; blank rows at the end are dropped."""
    import pyarrow as pa

    body = [list(row) for row in rows]
    while body and all(value is None or value == "" for value in body[-1]):
        body.pop()
    if not body:
        raise MissingData(f"The source {name} is empty; give a header and data.")
    width = max(map(len, body))
    header = ["" if value is None else _as_text(value).strip() for value in [*body[0], *[None] * (width - len(body[0]))]]
    columns = [[row[i] if i < len(row) else None for row in body[1:]] for i in range(width)]
    if not any(header):
        raise MissingData(f"The source {name} has a blank first row; put the header there.")
    while not header[-1] and all(value is None or value == "" for value in columns[-1]):
        header.pop()  # blank to the last cell: no column; with values it is refused for want of a name
        columns.pop()
    return pa.Table.from_arrays([to_array(column) for column in columns], names=header)


def to_array(values: list[Any]) -> Any:
    """A column of cells as numbers, dates, text, or as text where kinds are mixed."""
    import datetime

    import pyarrow as pa

    cells = [None if v is None or v == "" or (isinstance(v, str) and v in CELL_ERRORS) else v for v in values]
    kinds = {type(v) for v in cells if v is not None}
    if kinds <= {int, float} and bool not in kinds:
        return pa.array([None if v is None else float(v) for v in cells], pa.float64())
    if kinds and kinds <= {datetime.date, datetime.datetime}:
        days = [v.date() if isinstance(v, datetime.datetime) else v for v in cells]
        return pa.array(days, pa.date32())
    return pa.array([None if v is None else _as_text(v) for v in cells], pa.string())


def _as_text(value: Any) -> str:
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def clean(table: Any, name: str) -> Any:
    """Names trimmed; nameless and repeated ones refused, but for a nameless column of nothing."""
    blank = [not str(n).strip() and c.null_count == len(c) for n, c in zip(table.column_names, table.columns, strict=True)]
    if any(blank) and not all(blank):
        table = table.select([place for place, empty in enumerate(blank) if not empty])
    names = [str(n).strip().lstrip("\ufeff") for n in table.column_names]
    if not names or len(names) > MAX_COLUMNS:
        raise BadInput(f"The source {name} has {len(names)} columns; give between 1 and {MAX_COLUMNS}.")
    seen: set[str] = set()
    for place, column in enumerate(names, start=1):
        if not column:
            raise BadInput(f"The source {name} has no name for its column {place}; fill in the header.")
        if column.lower() in seen:
            raise BadInput(f"The source {name} has two columns {column!r}; rename one.")
        seen.add(column.lower())
    return table.rename_columns(names)
