"""Parquet files, unpacked in a child process that can be stopped (:mod:`.parquet_child`)."""

from __future__ import annotations

import datetime
import pickle
from typing import Any

from ..errors import BadInput
from ..files import door
from ..files.child import Child
from ..ooxml.refs import MAX_COLUMN
from .parquet_child import whole

_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_FIRST, _LAST = -719_161, 2_932_895  # days from 1970 on that are dates in every time zone


def read_parquet(data: bytes, name: str) -> Any:
    """A Parquet file as an Arrow table.

    Raises:
        BadInput: it unpacks to more than a file of its size should.
    """
    import pyarrow as pa

    most, size, batches = door.memory(len(data)) // 2, 0, []
    child = Child("xl_flexextra.sources.parquet_child", name, len(data))
    try:
        child.ask("open", pickle.PickleBuffer(data), MAX_COLUMN)
        for stream in child.every("next"):
            size += len(stream)
            for batch in pa.ipc.open_stream(stream):
                batch.validate(full=True)
                size += sum(map(_repeated, batch.columns))  # one text for all rows is small until each row has it
                if size > most:
                    raise BadInput(f"The source {name} would unpack to more than {most >> 20} MB; split it{door.ALLOW}")
                batches.append(whole(batch))
    finally:
        child.let_go()
    table = pa.Table.from_batches(batches)
    return pa.Table.from_arrays([_known(column) for column in table.columns], names=table.column_names)


def _repeated(column: Any) -> int:
    """Bytes of the texts that a coded column stands for."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        return 0
    return pc.sum(pc.binary_length(column.dictionary).cast(pa.int64()).take(column.indices)).as_py() or 0


def _known(column: Any) -> Any:
    """A column; as text where it holds dates before the year 1 or after 9999, which are no dates elsewhere."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        return column
    day = _PER_DAY[kind.unit] if pa.types.is_timestamp(kind) else 1 if pa.types.is_date32(kind) else _PER_DAY["ms"]
    whole = column.cast(pa.int32()) if pa.types.is_date32(kind) else column.cast(pa.int64())
    ends = pc.min_max(whole).as_py()
    if ends["min"] is None or (ends["min"] >= _FIRST * day and ends["max"] < _LAST * day):
        return column
    days = pc.divide(whole.cast(pa.int64()), day)
    return pa.chunked_array([[None if d is None else _written(d) for d in days.to_pylist()]], pa.string())


def _written(days: int) -> str:
    """A day, by its number from 1970 on."""
    if _FIRST <= days < _LAST:
        return (datetime.date(1970, 1, 1) + datetime.timedelta(days)).isoformat()
    return f"a day of about the year {1970 + days // 365.2425:.0f}"
