"""Unit values in rows of date, fund and value under headings of any name: known by what the columns hold."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ...cells import dates_in_words
from ...inputs.fund_names import FundNames
from ...sources import column_kinds
from ...sources.source import Source

OTHER_NUMBERS = re.compile(
    r"share|rate|return|percent|amount|yield|charge|fee|expense|pct|%", re.IGNORECASE
)  # in headings of numbers that are no unit values
OTHER_IN_ROWS = re.compile(
    rf"{OTHER_NUMBERS.pattern}|weight|alloc|assets|change|outstanding|balance", re.IGNORECASE
)  # in those of a column that is no fund
_MOST = 2_000  # different texts that are looked at


def long_columns(source: Source, names: FundNames) -> tuple[str, str, str] | None:
    """The columns of date, fund and unit value, where one column alone is each: dates, funds that are mostly known, numbers
    above zero that are no shares of a whole."""
    found: dict[str, list[str]] = {"date": [], "fund": [], "value": []}
    for name in source.columns:
        kind = _held(source.column(name, None), name, names)
        if kind:
            found[kind].append(name)
    if any(len(columns) != 1 for columns in found.values()):
        return None
    return found["date"][0], found["fund"][0], found["value"][0]


def dated_column(source: Source, names: FundNames) -> str | None:
    """The only column that holds dates, whatever it is called, of a source with funds at its heads."""
    if not any(map(names.leads, source.columns)):
        return None
    found = [name for name in source.columns if _held(source.column(name, None), name, names) == "date"]
    return found[0] if len(found) == 1 else None


def _held(array: Any, name: str, names: FundNames) -> str:
    """What a column holds: date, fund, value, or anything else."""
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    kind = column_kinds.guess(array, name)
    if kind == column_kinds.DATE:
        return "date"
    if kind == column_kinds.NUMBER and not OTHER_IN_ROWS.search(name):
        return "value" if _above_zero(array) else ""
    if kind != column_kinds.TEXT or not pa.types.is_string(array.type):
        return ""
    texts = [text for text in pc.unique(array).slice(0, _MOST).to_pylist() if text and text.strip()]
    if texts and all(dates_in_words.is_ordered(text) or dates_in_words.parsed(text) for text in texts):
        return "date"
    return "fund" if texts and 2 * sum(bool(names.leads(text)) for text in texts) > len(texts) else ""


def _above_zero(array: Any) -> bool:
    if pa.types.is_string(array.type):  # read by the signs of the file, and judged by the checks
        return True
    if not pa.types.is_integer(array.type) and not pa.types.is_floating(array.type):
        return False
    ends = pc.min_max(array).as_py()
    return ends["min"] is not None and bool(ends["min"] > 0 and ends["max"] > 1)
