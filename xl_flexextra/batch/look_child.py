"""In a child process: whether a Parquet file holds no more than one of its size can, before the batch reads it."""

from __future__ import annotations

from typing import Any

from ..errors import BadInput
from ..files import in_child
from ..sources.parquet_child import prepare

ROWS = 1 << 16  # of a batch of rows
MOST_OF_BATCH = 64 << 20  # bytes of one: a thousand for each row
FEW = 4_000_000  # rows that a small file may have; of a larger one every second byte may begin a row


def look(path: str, size: int, columns: int) -> int:
    """The rows of a file of so many bytes, with so many columns at most, read once to its end.

    Raises:
        BadInput: it holds more rows, columns or bytes than one of its size does.
    """
    import pyarrow as pa
    from pyarrow import parquet

    with parquet.ParquetFile(path, pre_buffer=False) as file:
        texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
    with parquet.ParquetFile(path, pre_buffer=False, read_dictionary=texts) as file:  # in half of the time
        if len(file.schema_arrow.names) > columns:
            raise BadInput(f"it has more than {columns:,} columns")
        rows = file.metadata.num_rows
        if rows > max(FEW, size // 2):
            raise BadInput(f"it has {rows:,} rows, far more than a file of its size holds")
        for batch in file.iter_batches(ROWS, use_threads=False):
            if sum(map(_bytes, batch.columns)) > MOST_OF_BATCH:
                raise BadInput(f"{ROWS:,} rows of it unpack to more than {MOST_OF_BATCH >> 20} MB")
    return int(rows)


def _bytes(column: Any) -> int:
    """Bytes of a column with each value in its place; each text of a dictionary counts as often as it stands there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_dictionary(column.type) and pa.types.is_string(column.type.value_type)):
        return int(column.dictionary_decode().nbytes if pa.types.is_dictionary(column.type) else column.nbytes)
    lengths = pc.binary_length(column.dictionary)
    return 4 * len(column) + int(pc.sum(lengths.take(column.indices)).as_py() or 0)


if __name__ == "__main__":
    in_child.serve(prepare, look)
