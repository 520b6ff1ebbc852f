"""Parquet files, unpacked in a child process that can be stopped (:mod:`.parquet_child`)."""

from __future__ import annotations

from typing import Any

from ..errors import BadInput
from ..files import door
from ..files.child import Child
from ..ooxml.refs import MAX_COLUMN


def read_parquet(data: bytes, name: str) -> Any:
    """A Parquet file as an Arrow table.

    Raises:
        BadInput: it unpacks to more than a file of its size should.
    """
    import pyarrow as pa

    most, size, batches = door.memory(len(data)) // 2, 0, []
    child = Child("xl_flexextra.sources.parquet_child", name, len(data))
    try:
        child.ask("open", data, MAX_COLUMN)
        for stream in child.every("next"):
            size += len(stream)
            if size > most:
                raise BadInput(f"The source {name} would unpack to more than {most >> 20} MB; split it{door.ALLOW}")
            batches += list(pa.ipc.open_stream(stream))
    finally:
        child.close()
    return pa.Table.from_batches(batches)
