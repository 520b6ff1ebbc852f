"""In a child process: whether a Parquet file holds no more than one of its size can, before the batch reads it."""

from __future__ import annotations

from ..errors import BadInput
from ..files import in_child
from ..sources.parquet_child import prepare, whole

ROWS = 1 << 16  # of a batch of rows
MOST_OF_BATCH = 64 << 20  # bytes of one: a thousand for each row
FEW = 4_000_000  # rows that a small file may have; of a larger one every second byte may begin a row


def look(path: str, size: int, columns: int) -> int:
    """The rows of a file of so many bytes, with so many columns at most, read once to its end.

    Raises:
        BadInput: it holds more rows, columns or bytes than one of its size does.
    """
    from pyarrow import parquet

    with parquet.ParquetFile(path, pre_buffer=False) as file:
        if len(file.schema_arrow.names) > columns:
            raise BadInput(f"it has more than {columns:,} columns")
        rows = file.metadata.num_rows
        if rows > max(FEW, size // 2):
            raise BadInput(f"it has {rows:,} rows, far more than a file of its size holds")
        for batch in file.iter_batches(ROWS, use_threads=False):
            if whole(batch).nbytes > MOST_OF_BATCH:
                raise BadInput(f"{ROWS:,} rows of it unpack to more than {MOST_OF_BATCH >> 20} MB")
    return int(rows)


if __name__ == "__main__":
    in_child.serve(prepare, look)
