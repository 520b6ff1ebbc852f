"""Data frames of pandas, polars, Arrow and others in, and pandas' out: the one module that knows what they look like.

None of these libraries is imported before a frame of it comes or is asked for; everything works without them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import BadInput

if TYPE_CHECKING:
    import pandas

_STREAMS = ("__arrow_c_stream__", "__dataframe__")  # what frames of any library offer to others
# less than double precision, as the libraries call it
_NARROW = {"float32": "float32", "float": "float32", "float16": "float16", "halffloat": "float16"}


def is_frame(value: Any) -> bool:
    """Whether an argument is a table with names for its columns."""
    if _is_pandas(value) or hasattr(value, "iter_rows") or hasattr(value, "column_names"):
        return True
    return not is_column(value) and any(hasattr(value, name) for name in _STREAMS)


def is_column(value: Any) -> bool:
    """Whether an argument is a column of a data frame."""
    if isinstance(value, list | tuple | dict | str) or hasattr(value, "columns"):
        return False
    return hasattr(value, "__len__") and any(hasattr(value, name) for name in ("to_pylist", "to_list", "to_numpy"))


def rows(frame: Any) -> list[list[Any]]:
    """A data frame as rows: the names of its columns, then its cells; an index with a name or with dates comes first."""
    if _is_pandas(frame):
        again = [level for level, name in enumerate(frame.index.names) if name is not None and name in frame.columns]
        frame = frame.reset_index(level=again, drop=True) if again else frame  # after set_index(…, drop=False)
        indexed = any(name is not None for name in frame.index.names) or type(frame.index).__name__ == "DatetimeIndex"
        table = frame.reset_index() if indexed else frame
        return _below(list(table.columns), [table.iloc[:, place] for place in range(table.shape[1])])
    if hasattr(frame, "iter_rows"):  # polars
        return _below(list(frame.columns), [frame[name] for name in frame.columns])
    if not hasattr(frame, "column_names"):
        frame = _arrow(frame)
    return _below(list(frame.column_names), [frame.column(place) for place in range(frame.num_columns)])


def cells(column: Any) -> list[Any]:
    """A column of a data frame as a list."""
    listed = next((name for name in ("to_pylist", "to_list") if hasattr(column, name)), "")  # of Arrow, of pandas and polars
    values = getattr(column, listed)() if listed else column.to_numpy().tolist()
    narrow = _NARROW.get(str(getattr(column, "dtype", getattr(column, "type", ""))).lower().removesuffix("[pyarrow]"))
    if narrow:  # 10.312 is no other number in it, though the nearest of double precision would be
        import numpy as np

        kind = getattr(np, narrow)
        values = [float(str(kind(value))) if isinstance(value, float) else value for value in values]
    return [_cell(value) for value in values]


def to_pandas(table: Sequence[Sequence[Any]]) -> pandas.DataFrame:
    """A table that a function gives as a pandas data frame. A first row of texts names its columns; they are numbered
    where there is none, as of PERFORMANCE_TABLE.

    >>> from flexextra_udfs import ADJUSTED_UNIT_VALUES
    >>> table = ADJUSTED_UNIT_VALUES([["2008-06-30", 20.0], ["2008-07-31", 21.0]], annual_charge=0)
    >>> to_pandas(table)["unit value"].tolist()
    [10.0, 10.5]
    """
    try:
        import pandas
    except ImportError:
        raise BadInput("pandas is not installed; install it with pip install 'xl-flexextra[pandas]'.") from None
    listed = [list(row) for row in table]
    if listed and all(isinstance(cell, str) for cell in listed[0]):
        return pandas.DataFrame(listed[1:], columns=listed[0])
    return pandas.DataFrame(listed)


class _Away:
    """Says of libraries that they are not installed."""

    names: frozenset[str] = frozenset()

    @classmethod
    def find_spec(cls, name: str, _path: object = None, _target: object = None) -> None:
        if name in cls.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def keep_away(*names: str) -> None:
    """Keep others from importing libraries for the rest of this process, but those that are there already."""
    import sys

    _Away.names |= {name for name in names if name not in sys.modules}
    if _Away.names and _Away not in sys.meta_path:
        sys.meta_path.insert(0, _Away)  # type: ignore[arg-type]


def keep_pandas_away() -> None:
    """Keep pandas away (:func:`keep_away`): PyArrow imports it at its first array, for seconds."""
    keep_away("pandas")


def _is_pandas(value: Any) -> bool:
    return hasattr(value, "columns") and hasattr(value, "itertuples")


def _arrow(frame: Any) -> Any:
    """A frame of another library as an Arrow table."""
    import pyarrow

    if hasattr(frame, "__arrow_c_stream__"):
        return pyarrow.table(frame)
    from pyarrow.interchange import from_dataframe

    return from_dataframe(frame)


def _below(names: list[Any], columns: Iterable[Any]) -> list[list[Any]]:
    return [names, *map(list, zip(*map(cells, columns), strict=True))]


def _cell(cell: Any) -> Any:
    """A cell without the libraries' own types: missing values None, moments at midnight days."""
    if cell is None or type(cell).__name__ in {"NAType", "NaTType"}:
        return None
    if isinstance(cell, datetime.datetime):
        return None if cell != cell else cell.date()
    return cell
