"""The inputs of a batch as Parquet: one file or a partitioned folder, read by columns and row groups."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..cells import scalars
from ..errors import BadInput, MissingData
from ..files import atomic, child, door, windows
from ..files.deflate import meanwhile
from ..ooxml.refs import MAX_COLUMN

ENDING = ".parquet"
MOST_OF_SET = 1 << 40  # bytes of a file that is read a row group at a time
ROWS = 1 << 16  # of a batch
_READ = {"batch_size": ROWS, "batch_readahead": 2, "fragment_readahead": 1, "use_threads": False}
MOST_CELLS = 4_000_000  # of a table that is laid out row by row; of a larger one as many as it has bytes


class DataSet:
    """A Parquet file, or a folder of them with or without partitions (``year=2008/…``); each comes through the door, and is
    hashed meanwhile.

    ``known``: another process of the batch has looked at the files already.
    """

    def __init__(self, path: Path, what: str, known: bool = False) -> None:
        self.path, self.what = path, what
        self._of_key: dict[str, Any] = {}
        self.files = _files(path, what)
        import pyarrow as pa

        self.sizes = [_size(file, what) for file in self.files]
        self._hash: Callable[[], str] = partial(hashed, self.files, path)
        if not known:
            self._hash = meanwhile(self._hash)
            _look(self.files, self.sizes, what)
        try:
            self._set = self._opened("parquet")
        except (pa.ArrowException, OSError) as error:
            raise BadInput(f"{what} {door.shown(path.name)} is not Parquet ({_line(error)}); give Parquet files.") from None
        self.names = list(self._set.schema.names)

    def _opened(self, kind: Any) -> Any:
        import pyarrow.dataset as ds

        root = str(self.path) if len(self.files) > 1 or self.path.is_dir() else None
        files = [str(file) for file in self.files]
        return ds.dataset(files, format=kind, partitioning=ds.partitioning(flavor="hive"), partition_base_dir=root)

    def column(self, *wanted: str) -> str | None:
        """The name of the column that is called so, in any case of letters."""
        by_name = {name.strip().lower(): name for name in self.names}
        return next((by_name[one] for one in wanted if one in by_name), None)

    def needed(self, *wanted: str) -> str:
        """The same, and an error where there is none."""
        found = self.column(*wanted)
        if found is None:
            raise MissingData(
                f"{self.what} {door.shown(self.path.name)} has no column {wanted[0]!r}; it has {', '.join(self.names[:12])}."
            )
        return found

    def batches(self, columns: Sequence[str], key: str | None = None, keys: Sequence[Any] = ()) -> Iterator[Any]:
        """Record batches of some columns, of rows whose ``key`` is one of ``keys``; row groups without any are not read."""
        import pyarrow as pa

        try:
            if key is None:
                yield from self._set.to_batches(columns=list(columns), **_READ)
            else:
                yield from self._of_keys(list(columns), key, keys)
        except (pa.ArrowException, OSError) as error:
            raise BadInput(f"{self.what} {door.shown(self.path.name)} cannot be read ({_line(error)}); repair it.") from None

    def _of_keys(self, columns: list[str], key: str, keys: Sequence[Any]) -> Iterator[Any]:
        """The key is read first, coded, so that the other columns are unpacked only where a row of the keys stands."""
        import pyarrow as pa
        import pyarrow.dataset as ds

        kind = self._set.schema.field(key).type
        wanted = _as_kind(keys, kind.value_type if pa.types.is_dictionary(kind) else kind)
        chosen = ds.field(key).isin(wanted)
        coded = self._coded(key)
        for fragment in coded.get_fragments(chosen):
            for group in fragment.split_by_row_group(chosen, coded.schema):
                places = _places((batch.column(0) for batch in group.to_batches(coded.schema, [key], **_READ)), wanted)
                if not len(places):
                    continue
                first = 0
                for batch in group.to_batches(coded.schema, columns, **_READ):
                    begin, end = np.searchsorted(places, [first, first + batch.num_rows])
                    if begin < end:
                        yield batch.take(pa.array(places[begin:end] - first))
                    first += batch.num_rows

    def _coded(self, key: str) -> Any:
        """The same set with the texts of a column as codes."""
        import pyarrow as pa
        import pyarrow.dataset as ds

        if not pa.types.is_string(self._set.schema.field(key).type):
            return self._set
        if key not in self._of_key:
            self._of_key[key] = self._opened(ds.ParquetFileFormat(dictionary_columns=[key]))
        return self._of_key[key]

    def rows(self, key: str | None = None, keys: Sequence[Any] = ()) -> list[list[Any]]:
        """Rows below a header, as the core parses them."""
        table: list[list[Any]] = [[*self.names]]
        most = max(MOST_CELLS, sum(self.sizes))
        for batch in self.batches(self.names, key, keys):
            if len(table) * len(self.names) > most:
                raise BadInput(
                    f"{self.what} {door.shown(self.path.name)} hold more than {most:,} values, far more than a file of its "
                    "size; check what it is."
                )
            table += map(list, zip(*(column.to_pylist() for column in batch.columns), strict=True))
        return table

    def hashed(self) -> str:
        """The hash of its files, by name."""
        return self._hash()


def _size(file: Path, what: str) -> int:
    with door.opened(file, what, MOST_OF_SET) as held:
        return os.fstat(held.fileno()).st_size


def _look(files: Sequence[Path], sizes: Sequence[int], what: str) -> None:
    """Read each file once where it can be stopped: here it is believed afterwards.

    Raises:
        FlexExtraError: one of them is none of Parquet, or unpacks to far more than a file of its size does.
    """
    looker = child.Child("xl_flexextra.batch.look_child", files[0].name, sum(sizes))
    try:
        for file, size in zip(files, sizes, strict=True):
            name = door.shown(file.name)
            try:
                looker.ask(str(windows.spelled(file.absolute())), size, MAX_COLUMN)
            except child.Failed as error:
                raise BadInput(f"{what} {name} is not Parquet ({_line(error)}); give Parquet files.") from None
            except BadInput as error:
                raise BadInput(f"{what} {name} cannot be read: {error}; check what it is.") from None
    finally:
        looker.close()


def hashed(files: Sequence[Path], root: Path) -> str:
    """The hash of some files, by their names below a folder."""
    if len(files) == 1 and files[0] == root:
        return atomic.sha256(root, MOST_OF_SET)
    whole = hashlib.sha256()
    for file in files:
        whole.update(f"{file.relative_to(root).as_posix()} {atomic.sha256(file, MOST_OF_SET)}\n".encode())
    return whole.hexdigest()


def _files(path: Path, what: str) -> list[Path]:
    if not door.is_folder(path):
        if not door.exists(path):
            raise MissingData(f"{what}: there is no file or folder {door.shown(path)}; check its name.")
        return [path]
    found = sorted(
        file for file in path.rglob(f"*{ENDING}") if not any(part[0] in "._" for part in file.relative_to(path).parts)
    )
    if not found:
        raise MissingData(f"{what}: the folder {door.shown(path)} holds no {ENDING} file; check its name.")
    return found


def _places(column: Iterable[Any], wanted: Any) -> np.ndarray:
    """The rows of a column, which comes in pieces, whose value is one of those wanted."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found, first = [np.array([], np.int64)], 0
    for piece in column:
        coded = pa.types.is_dictionary(piece.type)
        there = pc.is_in(piece.dictionary if coded else piece, wanted).to_numpy(zero_copy_only=False)
        if coded:
            codes = piece.indices.fill_null(len(there)).to_numpy(zero_copy_only=False)
            there = np.append(there, False)[codes]
        found.append(np.flatnonzero(there) + first)
        first += len(piece)
    return np.concatenate(found)


def _as_kind(keys: Sequence[Any], kind: Any) -> Any:
    """Keys as values of a column's kind: codes that are numbers there are numbers."""
    import pyarrow as pa

    if pa.types.is_integer(kind):
        return pa.array([int(key) for key in keys if str(key).isdigit()], kind)
    return pa.array([str(key) for key in keys], kind)


def text(value: Any) -> str:
    """A code as text: 101 of a column of numbers is the code 101."""
    return scalars.text("code", value) if value is not None else ""


def _line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:160].rstrip(". ")
