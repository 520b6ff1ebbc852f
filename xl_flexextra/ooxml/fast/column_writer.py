"""Columns of values as the XML of cells, built by PyArrow in blocks."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...cells.date_system import SHIFT_1904
from ...errors import CELL_ERRORS, BadInput, CellError
from ..strings import SharedStrings, inline
from ..xml_bytes import MAX_TEXT, units
from .coded_texts import coded
from .row_markup import NUMBER

UNIX_EPOCH = 25569  # 1 January 1970 as an Excel serial
FIRST_SERIAL = 61  # 1 March 1900: before it Excel counts a day that never was
_DAY_MICROSECONDS = 86_400_000_000


def normalize(values: Any, name: str, date1904: bool) -> Any:
    """A column as numbers (dates as serials), texts, truth values, or a list of mixed values; NaN is blank.

    Raises BadInput for values that a cell cannot hold.
    """
    if isinstance(values, pa.ChunkedArray | pa.Array):
        array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    else:
        mixed = [_scalar(value, name, row, date1904) for row, value in enumerate(values, start=1)]
        kinds = {type(value) for value in mixed if value is not None}
        if kinds <= {float}:
            return pa.array(mixed, pa.float64())
        if kinds == {str}:
            return _texts(pa.array(mixed, pa.string()), name)
        return mixed
    if isinstance(array, pa.ChunkedArray):  # an empty chunked array stays one in some versions
        array = pa.array([], array.type)
    kind = array.type
    if pa.types.is_dictionary(kind):
        return normalize(array.dictionary_decode(), name, date1904)
    shift = UNIX_EPOCH - (SHIFT_1904 if date1904 else 0)
    if pa.types.is_date(kind):
        return _serials(pc.add(array.cast(pa.date32()).cast(pa.int32()), pa.scalar(shift, pa.int32())), name, date1904)
    if pa.types.is_timestamp(kind):
        micro = pc.cast(array.cast(pa.timestamp("us")), pa.int64())
        return _serials(
            pc.add(pc.divide(micro.cast(pa.float64()), float(_DAY_MICROSECONDS)), float(shift)),
            name,
            date1904,
        )
    if pa.types.is_boolean(kind):
        return array.to_pylist()
    if pa.types.is_decimal(kind):
        array = array.cast(pa.string()).cast(pa.float64())  # PyArrow makes the next number of many
        kind = array.type
    if pa.types.is_integer(kind):
        if len(array) and (pc.max(pc.abs(array.cast(pa.float64()))).as_py() or 0) > 2**53:
            raise BadInput(
                f"The column {name!r} holds whole numbers beyond 15 digits, which a cell cannot keep; give them as text."
            )
        return array
    if pa.types.is_floating(kind):
        array = pc.add(array.cast(pa.float64()), 0.0)  # no negative zero
        if not array.null_count and np.isfinite(array.to_numpy()).all():
            return array
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, pa.float64()), array)
        if pc.any(pc.is_inf(array)).as_py():
            row = pc.index(pc.fill_null(pc.is_inf(array), False), True).as_py() + 1
            raise BadInput(f"The column {name!r} is infinite in row {row} of the data; correct the source.")
        return array
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.float64())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _texts(array if pa.types.is_string(kind) else array.cast(pa.string()), name)
    raise BadInput(f"The column {name!r} holds values of the kind {kind}, which a cell cannot; give numbers, dates or text.")


def _serials(array: Any, name: str, date1904: bool) -> Any:
    first = FIRST_SERIAL if not date1904 else 0
    lowest, highest = pc.min_max(array).as_py().values()
    if lowest is not None and (lowest < first or highest >= 2_958_466):
        raise BadInput(
            f"The column {name!r} holds a date that Excel does not know (before March 1900 or after 9999); "
            "correct the source."
        )
    return array


def _texts(array: Any, name: str) -> Any:
    shortest, longest = pc.min_max(pc.binary_length(array)).as_py().values()  # in bytes, which takes no look at the texts
    if longest is not None and longest > MAX_TEXT:
        long = array.filter(pc.greater(pc.binary_length(array), MAX_TEXT))
        longest = max(units(text) for text in long.to_pylist() if text is not None)
        if longest > MAX_TEXT:
            raise BadInput(f"The column {name!r} holds a text of {longest} characters; a cell holds {MAX_TEXT}.")
    if shortest == 0:
        array = pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)
    return array


def _scalar(value: Any, name: str, row: int, date1904: bool) -> Any:
    if value is None or isinstance(value, bool | np.bool_):
        return None if value is None else bool(value)
    if isinstance(value, str):
        if len(value) > MAX_TEXT // 2 and units(value) > MAX_TEXT:
            raise BadInput(
                f"The column {name!r} holds a text of {units(value)} characters in row {row}; a cell holds {MAX_TEXT}."
            )
        if isinstance(value, CellError):
            return value
        if not value.isascii():  # halves of UTF-16 pairs, which no file can hold
            value = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        return value or None
    if isinstance(value, datetime.datetime):
        if value != value:
            return None
        whole = (value.replace(tzinfo=None) - datetime.datetime(1899, 12, 30)) / datetime.timedelta(days=1)
        return _serial(whole, name, row, date1904)
    if isinstance(value, datetime.date):
        return _serial(float((value - datetime.date(1899, 12, 30)).days), name, row, date1904)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise BadInput(
            f"The column {name!r} holds {type(value).__name__} in row {row}, which a cell cannot hold; give "
            "numbers, dates or text."
        ) from None
    if math.isnan(number):
        return None
    if math.isinf(number):
        raise BadInput(f"The column {name!r} is infinite in row {row} of the data; correct the source.")
    return number + 0.0


def _serial(serial: float, name: str, row: int, date1904: bool) -> float:
    if serial < FIRST_SERIAL:
        raise BadInput(f"The column {name!r} holds a date before March 1900 in row {row}; correct the source.")
    return serial - SHIFT_1904 if date1904 else serial


def equal(old: Any, new: Any) -> bool:
    """Whether a column of the workbook (as read) holds the same values as a normalized new one."""
    if len(old) != len(new):
        return False
    if isinstance(old, pa.Array | pa.ChunkedArray) and isinstance(new, pa.Array):
        if pa.types.is_string(new.type) != pa.types.is_string(old.type):
            return False
        at = 0
        for chunk in old.chunks if isinstance(old, pa.ChunkedArray) else [old]:  # the first difference ends it
            if not _equal(chunk, new.slice(at, len(chunk))):
                return False
            at += len(chunk)
        return True
    return all(same_value(a, b) for a, b in zip(to_list(old), to_list(new), strict=True))


def _equal(old: Any, new: Any) -> bool:
    if not pa.types.is_string(new.type):
        new = new.cast(pa.float64())
    if old.null_count or new.null_count:
        blank = pc.and_(pc.is_null(old), pc.is_null(new))
        return bool(pc.all(pc.or_(blank, pc.fill_null(pc.equal(old, new), False))).as_py())
    return bool(pc.all(pc.equal(old, new)).as_py())


def same_value(old: Any, new: Any) -> bool:
    """Whether two cell values are the same: a number is never a text or a truth value."""
    if old is None or old == "":
        return new is None or new == ""
    if new is None:
        return False
    if isinstance(old, bool) or isinstance(new, bool):
        return isinstance(old, bool) and isinstance(new, bool) and old == new
    if isinstance(old, str) != isinstance(new, str) or isinstance(old, CellError) != isinstance(new, CellError):
        return False
    return bool(old == new)


def to_list(values: Any) -> list[Any]:
    """Any column as a list."""
    return values.to_pylist() if hasattr(values, "to_pylist") else list(values)


class Writer:
    """One column, ready to give the XML of its cells block by block."""

    def __init__(self, values: Any, letters: str, strings: SharedStrings, prefix: bytes) -> None:
        self.text_cells = 0
        self.texts_used: set[int] = set()
        p = self._p = prefix.decode()
        self._open = f'<{p}c r="{letters}'
        self._kind = ""
        self._after: Any = None  # whole insides, where cells differ in kind
        self._close = f"</{p}v></{p}c>"
        if isinstance(values, list):
            self._after = pa.array([self._mixed(value, strings) for value in values], pa.string())
        elif pa.types.is_string(values.type):
            encoded = coded(values)
            texts = encoded.dictionary.to_pylist()
            if strings.part is None:
                rendered = pa.array([f' t="inlineStr">{inline(prefix, t).decode()}</{p}c>' for t in texts], pa.string())
                self._after = pc.fill_null(rendered.take(encoded.indices), "/>")
            else:
                places = [strings.index(text) for text in texts]
                self.texts_used = set(places)
                self.text_cells = len(values) - values.null_count
                self._kind = ' t="s"'
                self._values = pa.array(places, pa.int32()).take(encoded.indices)
        else:
            self._values = values

    def _mixed(self, value: Any, strings: SharedStrings) -> str:
        p = self._p
        if value is None:
            return "/>"
        if isinstance(value, bool):
            return f' t="b"><{p}v>{int(value)}{self._close}'
        if isinstance(value, CellError) or (isinstance(value, str) and value in CELL_ERRORS):
            return f' t="e"><{p}v>{value!s}{self._close}'
        if isinstance(value, str):
            if strings.part is None:
                return f' t="inlineStr">{inline(p.encode(), value).decode()}</{p}c>'
            place = strings.index(value)
            self.texts_used.add(place)
            self.text_cells += 1
            return f' t="s"><{p}v>{place}{self._close}'
        return f"><{p}v>{number_text(value)}{self._close}"

    def pieces(self, start: int, count: int, styles: Any) -> list[Any]:
        """What to join for the cells of ``count`` rows: ``styles`` is ' s="3"' for all or an array for each."""
        if self._after is not None:
            return [self._open, NUMBER, '"', styles, self._after.slice(start, count)]
        texts = self._values.slice(start, count).cast(pa.string())
        opening = f"{self._kind}><{self._p}v>"
        if texts.null_count == 0:
            return [self._open, NUMBER, '"', styles, opening, texts, self._close]
        full = pc.binary_join_element_wise(opening, texts, self._close, "")
        return [self._open, NUMBER, '"', styles, pc.fill_null(full, "/>")]


def number_text(value: float) -> str:
    """A number as a cell stores it, with all its digits."""
    return str(pc.cast(pa.scalar(float(value), pa.float64()), pa.string()).as_py())
