"""Columns of a source as numbers, dates or text; what cannot be read becomes a finding, never a guess."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..arguments import EPOCH, FIRST_SERIAL, LAST_SERIAL
from ..ooxml import columns as cells
from .findings import ERROR, Finding

DATE, NUMBER, TEXT, MIXED = "date", "number", "text", "mixed"
_SHOWN = 3  # examples in a finding
_DATE_NAME = re.compile(r"(^|[^a-z])(date|as_?of|inception)([^a-z]|$)", re.IGNORECASE)


def named_as_date(name: str) -> bool:
    """Whether a column's name says that it holds dates."""
    return _DATE_NAME.search(name.replace("_", " ")) is not None or _DATE_NAME.search(name) is not None


def of_old(values: Any, name: str, shows_dates: bool) -> str | None:
    """The kind of a column as the workbook holds it; None where it is blank."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        if values.null_count == len(values):
            return DATE if shows_dates else None
        if pa.types.is_string(values.type):
            return TEXT
        return DATE if shows_dates or named_as_date(name) else NUMBER
    found = {type(v) for v in values if v is not None}
    if not found:
        return DATE if shows_dates else None
    if found == {float}:
        return DATE if shows_dates or named_as_date(name) else NUMBER
    if all(issubclass(kind, str) for kind in found):
        return TEXT
    return MIXED


def convert(array: Any, kind: str | None, name: str, table: str, date_format: str) -> tuple[Any, list[Finding]]:
    """A source column as the wanted kind; where none is wanted, as what all its values are."""
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_large_string(array.type):
        array = array.cast(pa.string())
    if kind is None:
        kind = _guess(array, name)
    if kind == DATE:
        return _dates(array, name, table, date_format)
    if kind == NUMBER:
        return _numbers(array, name, table)
    if kind == MIXED and pa.types.is_string(array.type):
        return [_one(value) for value in array.to_pylist()], []
    if kind == TEXT and not pa.types.is_string(array.type):
        if pa.types.is_floating(array.type):
            whole = pc.equal(pc.floor(array), array)
            if pc.all(pc.fill_null(whole, True)).as_py() and len(array):
                array = array.cast(pa.int64(), safe=False)
        return array.cast(pa.string()), []
    if pa.types.is_string(array.type):
        return pc.utf8_trim_whitespace(array), []
    return array, []


def _guess(array: Any, name: str) -> str:
    if pa.types.is_date(array.type) or pa.types.is_timestamp(array.type):
        return DATE
    if not pa.types.is_string(array.type):
        return DATE if named_as_date(name) else NUMBER if not pa.types.is_boolean(array.type) else MIXED
    if named_as_date(name):
        return DATE
    some = array.drop_null()
    if not len(some):
        return TEXT
    coded = pc.any(pc.match_substring_regex(some, r"^\s*[+-]?0\d")).as_py()  # 007 is a code, not a number
    numeric = pc.all(pc.match_substring_regex(some, r"^\s*[-+]?\$?(\d[\d,]*)?\.?\d+([eE][-+]?\d+)?%?\s*$")).as_py()
    return NUMBER if numeric and not coded else TEXT


def _one(value: str | None) -> Any:
    """One cell of a column whose kinds are mixed, such as the values of a terms table."""
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text) and not re.match(r"[-+]?0\d", text):
        return float(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return text
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    return text


def _bad(table: str, name: str, rows: list[tuple[int, Any]], wanted: str, action: str) -> list[Finding]:
    if not rows:
        return []
    shown = ", ".join(f"{str(value)[:40]!r} in row {row}" for row, value in rows[:_SHOWN])
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return [Finding(ERROR, f"{table}, column {name}", f"not {wanted}: {shown}{more}", action)]


def _numbers(array: Any, name: str, table: str) -> tuple[Any, list[Finding]]:
    if not pa.types.is_string(array.type):
        if pa.types.is_date(array.type) or pa.types.is_timestamp(array.type) or pa.types.is_boolean(array.type):
            first = [(1, array[0].as_py())] if len(array) else []
            return array, _bad(table, name, first, "a number", "correct the source or the mapping")
        return array, []
    trimmed = pc.utf8_trim_whitespace(array)
    try:
        return trimmed.cast(pa.float64()), []
    except pa.ArrowInvalid:
        pass
    encoded = trimmed.dictionary_encode()
    parsed: list[float | None] = []
    wrong: dict[int, str] = {}
    for place, text in enumerate(encoded.dictionary.to_pylist()):
        number = _number(text)
        if number is None and text:
            wrong[place] = text
        parsed.append(number)
    result = pa.array(parsed, pa.float64()).take(encoded.indices)
    rows = [(row, wrong[p]) for row, p in enumerate(encoded.indices.to_pylist(), start=1) if p in wrong] if wrong else []
    return result, _bad(table, name, rows, "a number", "correct the source")


def _number(text: str) -> float | None:
    """A number as people write them: 1,234.50, $35, 12.5%, (3.1), with any minus sign."""
    bare = text.replace("\N{MINUS SIGN}", "-").replace("$", "").strip()
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()") if negative else bare
    percent = bare.endswith("%")
    bare = bare.removesuffix("%").strip()
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", bare):
        bare = bare.replace(",", "")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", bare):
        return None
    number = float(bare) / (100 if percent else 1)
    return -number if negative else number


def _dates(array: Any, name: str, table: str, date_format: str) -> tuple[Any, list[Finding]]:
    if pa.types.is_date(array.type):
        return array.cast(pa.date32()), []
    if pa.types.is_timestamp(array.type):
        return array.cast(pa.timestamp("us")).cast(pa.date32(), safe=False), []
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        array = array.cast(pa.float64())
        good = pc.and_(pc.greater_equal(array, float(FIRST_SERIAL)), pc.less_equal(array, float(LAST_SERIAL)))
        if pc.all(pc.fill_null(good, True)).as_py() is not False:
            days = pc.subtract(pc.floor(array), float(cells.UNIX_EPOCH)).cast(pa.int32())
            return days.cast(pa.date32()), []
        rows = [(i, v) for i, v in enumerate(array.to_pylist(), 1) if v is not None and not FIRST_SERIAL <= v <= LAST_SERIAL]
        return array, _bad(table, name, rows, "a date", "correct the source")
    if not pa.types.is_string(array.type):
        return array, _bad(table, name, [(1, array[0].as_py())] if len(array) else [], "a date", "correct the mapping")
    trimmed = pc.utf8_trim_whitespace(array)
    if not date_format:
        try:
            return trimmed.cast(pa.date32()), []
        except pa.ArrowInvalid:
            pass
    encoded = trimmed.dictionary_encode()
    parsed: list[datetime.date | None] = []
    wrong: dict[int, str] = {}
    for place, text in enumerate(encoded.dictionary.to_pylist()):
        date = _date(text, date_format)
        if date is None and text:
            wrong[place] = text
        parsed.append(date)
    result = pa.array(parsed, pa.date32()).take(encoded.indices)
    rows = [(row, wrong[p]) for row, p in enumerate(encoded.indices.to_pylist(), start=1) if p in wrong] if wrong else []
    wanted = f"a date as {date_format!r}" if date_format else "a date as 2008-07-31"
    return result, _bad(
        table, name, rows, wanted, "state 'date_format' in the mapping, such as '%m/%d/%Y', or correct the source"
    )


def _date(text: str | None, date_format: str) -> datetime.date | None:
    if not text:
        return None
    if date_format:
        try:
            return datetime.datetime.strptime(text, date_format).date()
        except ValueError:
            return None
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and FIRST_SERIAL <= float(text) <= LAST_SERIAL:
        return EPOCH + datetime.timedelta(days=int(float(text)))
    match = re.match(r"(\d{4}-\d\d-\d\d)([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?\Z", text)
    try:
        return datetime.date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
