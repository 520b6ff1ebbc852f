"""In a child process: a Parquet file, unpacked a batch at a time (:mod:`.parquet_files` asks)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..cells.data_frames import keep_away
from ..errors import BadInput
from ..files import in_child

_ROWS = 1 << 15  # of a batch

_batches: list[Iterator[bytes]] = []


def answer(asked: str, *words: Any) -> Any:
    """``open`` takes the bytes of a file, and how many columns it may have; ``next`` gives a batch as an Arrow stream, None
    after the last."""
    if asked == "open":
        _batches[:] = [_read(*words)]
        return None
    return next(_batches[0], None)


def _read(data: bytes, columns: int) -> Iterator[bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    file = parquet.ParquetFile(pa.BufferReader(data), pre_buffer=False)
    if len(file.schema_arrow.names) > columns:
        raise BadInput(f"The source has more than {columns:,} columns, more than a sheet; give those that are needed.")
    names = [name for name in file.schema_arrow.names if not name.startswith("__index_level_")]  # of data frames
    schema = pa.schema([file.schema_arrow.field(name) for name in names])
    yield _stream(whole(pa.RecordBatch.from_pylist([], schema)))  # an empty file has columns too
    for batch in file.iter_batches(_ROWS, columns=names, use_threads=False):
        yield _stream(whole(batch))


def whole(batch: Any) -> Any:
    """A batch with each value in its place: one text for all rows is small here, and would fill the parent's memory."""
    import pyarrow as pa

    columns = [column.dictionary_decode() if pa.types.is_dictionary(column.type) else column for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _stream(batch: Any) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def prepare() -> None:
    """Import what the limits should not count: PyArrow without what it would take longer to import than itself."""
    keep_away("numpy", "pandas", "cloudpickle")
    import pyarrow.parquet

    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)


if __name__ == "__main__":
    in_child.serve(prepare, answer)
