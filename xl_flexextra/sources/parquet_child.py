"""In a child process: a Parquet file, unpacked a batch at a time (:mod:`.parquet_files` asks)."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

from ..cells.data_frames import keep_away
from ..errors import BadInput
from ..files import in_child

_ROWS = 1 << 15  # of a batch
_FEW = 8  # rows for each text, so that coding them saves something
_UNNAMED = "__index_level_"  # so pandas calls an index without a name

_batches: list[Iterator[pickle.PickleBuffer]] = []


def answer(asked: str, *words: Any) -> Any:
    """``open`` takes the bytes of a file, and how many columns it may have; ``next`` gives a batch as an Arrow stream, None
    after the last."""
    if asked == "open":
        _batches[:] = [_read(*words)]
        return None
    return next(_batches[0], None)


def _read(data: bytes, columns: int) -> Iterator[pickle.PickleBuffer]:
    import pyarrow as pa

    try:
        yield from _pieces(data, columns)
    except (OSError, pa.ArrowException) as error:
        if "crypt" not in str(error).lower():
            raise
        raise BadInput("The source is encrypted; give a file that is not.") from None


def _pieces(data: bytes, columns: int) -> Iterator[pickle.PickleBuffer]:
    import pyarrow as pa
    from pyarrow import parquet

    file = parquet.ParquetFile(pa.BufferReader(data), pre_buffer=False, page_checksum_verification=True)
    schema = file.schema_arrow
    if len(schema.names) > columns:
        raise BadInput(f"The source has more than {columns:,} columns, more than a sheet; give those that are needed.")
    twice = next((name for place, name in enumerate(schema.names) if name in schema.names[:place]), None)
    if twice is not None:
        raise BadInput(f"The source has two columns {twice!r}; rename one.")
    names = _names(schema)
    yield _stream(whole(pa.RecordBatch.from_pylist([], pa.schema([schema.field(name) for name in names]))), names)
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    file = parquet.ParquetFile(
        pa.BufferReader(data), metadata=file.metadata, read_dictionary=texts, pre_buffer=False,
        page_checksum_verification=True,
    )  # fmt: skip
    rows = 0
    for batch in file.iter_batches(_ROWS, columns=list(names), use_threads=False):
        rows += batch.num_rows
        yield _stream(whole(batch, but_few_texts=True).select(list(names)), names)
    if rows != file.metadata.num_rows:
        raise BadInput(f"The source says that it has {file.metadata.num_rows:,} rows, and holds {rows:,}; write it anew.")


def _names(schema: Any) -> dict[str, str]:
    """The columns that are data, and what they are called: the index of a data frame first, the dates of one without a name
    as "date", row numbers left out."""
    index = [name for name in _index(schema) if name in schema.names]
    names = {name: name for name in [*index, *(name for name in schema.names if name not in index)]}
    unnamed = [name for name in names if name.startswith(_UNNAMED)]
    for name in unnamed:
        kind = schema.field(name).type
        if len(unnamed) == 1 and _is_date(kind) and "date" not in (other.lower() for other in names):
            names[name] = "date"
        else:
            del names[name]
    return names


def _index(schema: Any) -> list[str]:
    """The columns that were the index of a data frame, as pandas notes them."""
    try:
        noted = (schema.pandas_metadata or {}).get("index_columns", [])
        return [name for name in noted if isinstance(name, str)]
    except (ValueError, AttributeError, TypeError, RecursionError):  # a note that is none
        return []


def _is_date(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind))


def whole(batch: Any, but_few_texts: bool = False) -> Any:
    """A batch with each value in its place; a column of a few texts that come again and again may stay coded."""
    import pyarrow as pa

    columns = []
    for column in batch.columns:
        coded = pa.types.is_dictionary(column.type)
        few = coded and pa.types.is_string(column.type.value_type) and _FEW * len(column.dictionary) <= len(column)
        columns.append(column.dictionary_decode() if coded and not (few and but_few_texts) else column)
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _stream(batch: Any, names: dict[str, str]) -> pickle.PickleBuffer:
    import pyarrow as pa

    batch = pa.RecordBatch.from_arrays(batch.columns, names=[names[name] for name in batch.schema.names])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return pickle.PickleBuffer(sink.getvalue())


def prepare() -> None:
    """Import what the limits should not count: PyArrow without what it would take longer to import than itself."""
    keep_away("numpy", "pandas", "cloudpickle")
    import pyarrow.parquet

    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)


if __name__ == "__main__":
    in_child.serve(prepare, answer)
