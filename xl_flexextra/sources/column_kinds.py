"""Columns of a source as numbers, dates or text; what cannot be read becomes a finding, never a guess."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..arguments import EPOCH, LAST_SERIAL
from ..errors import BadInput
from ..ooxml import columns as cells
from .findings import ERROR, Finding

DATE, NUMBER, TEXT, MIXED = "date", "number", "text", "mixed"
EARLIEST_SERIAL = 20_000  # October 1954: a smaller number in a column of dates is a year, or no date at all
LARGEST_WHOLE = 2**53  # beyond it a cell does not hold every whole number
_SHOWN = 3  # examples in a finding
_DATE_NAME = re.compile(r"(^|[^a-z])(date|as_?of|inception|substituted on)([^a-z]|$)", re.IGNORECASE)
_TEXT_NAMES = frozenset(
    "fund fundcode fundname subaccount division investmentoption manager predecessor name printedname code id ticker cusip "
    "isin assetclass class category alias aliases note notes footnote footnotes remark remarks comment comments description "
    "source contract term table kind status verdict".split()
)
_CODE = re.compile(r"[+-]?0\d.*|\d+[eE]\d+|[+-]?\d{16,}")  # 007, 1E5 and 12345678901234567890 are codes, not numbers


def named_as_date(name: str) -> bool:
    """Whether a column's name says that it holds dates."""
    return _DATE_NAME.search(name.replace("_", " ")) is not None or _DATE_NAME.search(name) is not None


def named_as_text(name: str) -> bool:
    """Whether a column's name says that it holds names, codes or remarks, however they look."""
    return re.sub(r"[\W_]+", "", name).lower() in _TEXT_NAMES


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
    """A source column as the wanted kind; where none is wanted, as what its values are."""
    array = _simple_type(array, name, table)
    if kind is None:
        kind = _guess(array, name)
    if kind == DATE:
        return _dates(array, name, table, date_format)
    if kind == NUMBER:
        return _numbers(array, name, table)
    if kind == MIXED and pa.types.is_string(array.type):
        return [_one(value) for value in array.to_pylist()], []
    if kind == MIXED and pa.types.is_integer(array.type) and _too_large(array):
        kind = TEXT
    if kind == TEXT and not pa.types.is_string(array.type):
        if pa.types.is_floating(array.type):
            whole = pc.equal(pc.floor(array), array)
            if pc.all(pc.fill_null(whole, True)).as_py() and len(array):
                array = array.cast(pa.int64(), safe=False)
        return array.cast(pa.string()), []
    if pa.types.is_string(array.type):
        return _trimmed(array), []
    return array, []


def _simple_type(array: Any, name: str, table: str) -> Any:
    """One chunk of text, numbers, dates or flags, however the source stores them."""
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type) or pa.types.is_null(array.type):
        return array.cast(pa.string())
    if pa.types.is_decimal(array.type) or pa.types.is_float16(array.type):
        return array.cast(pa.float64(), safe=False)
    if pa.types.is_timestamp(array.type):
        here = array if array.type.tz is None else _local(array, name, table)
        return here.cast(pa.timestamp("us"), safe=False)
    if pa.types.is_time(array.type) or pa.types.is_duration(array.type):
        return pa.array([None if v is None else str(v) for v in array.to_pylist()], pa.string())
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type) or pa.types.is_large_binary(array.type):
        raise BadInput(f"The column {name!r} of the source for {table!r} holds values that a cell cannot; leave it out.")
    return array


def _trimmed(array: Any) -> Any:
    """Text without blanks around it; text of nothing but blanks is no value, quoted or not."""
    text = pc.utf8_trim_whitespace(array)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _guess(array: Any, name: str) -> str:
    """The kind of a column that the workbook says nothing about.

    Text among numbers does not make the numbers text: where they are as many as the texts, the texts are the odd ones.
    """
    if pa.types.is_date(array.type) or pa.types.is_timestamp(array.type):
        return DATE
    if named_as_date(name):
        return DATE
    if not pa.types.is_string(array.type):
        if pa.types.is_integer(array.type) and _too_large(array):
            return TEXT
        return NUMBER if not pa.types.is_boolean(array.type) else MIXED
    some = pc.unique(_trimmed(array).drop_null())
    if not len(some) or named_as_text(name) or _codes(some):
        return TEXT
    try:
        if pc.all(pc.is_finite(some.cast(pa.float64()))).as_py():
            return NUMBER
    except pa.ArrowInvalid:  # not all of them are plain numbers
        pass
    texts = some.to_pylist()
    numbers = sum(is_number(t) for t in texts)
    return NUMBER if numbers and 2 * numbers >= len(texts) else TEXT


def _codes(texts: Any) -> bool:
    """Whether some texts are codes that look like numbers, in a column where nothing has a decimal point."""
    if not pc.any(pc.match_substring_regex(texts, f"^({_CODE.pattern})$")).as_py():
        return False
    return not pc.any(pc.match_substring_regex(texts, r"^[-+]?\d*\.\d+$")).as_py()


def _too_large(array: Any) -> bool:
    lowest_highest = pc.min_max(array).as_py()
    return any(abs(v) > LARGEST_WHOLE for v in lowest_highest.values() if v is not None)


def _one(value: str | None) -> Any:
    """One cell of a column whose kinds are mixed, such as the values of a terms table."""
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text) and not _CODE.fullmatch(text):
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


def _rows(array: Any, wrong: Any) -> list[tuple[int, Any]]:
    """Row and value of the cells that are wrong."""
    return [(row, array[row - 1].as_py()) for row, odd in enumerate(wrong.to_pylist(), start=1) if odd]


def _numbers(array: Any, name: str, table: str) -> tuple[Any, list[Finding]]:
    if not pa.types.is_string(array.type):
        if pa.types.is_date(array.type) or pa.types.is_timestamp(array.type) or pa.types.is_boolean(array.type):
            first = [(1, array[0].as_py())] if len(array) else []
            return array, _bad(table, name, first, "a number", "correct the source or the mapping")
        if pa.types.is_integer(array.type) and _too_large(array):
            large = [(i, v) for i, v in enumerate(array.to_pylist(), 1) if v is not None and abs(v) > LARGEST_WHOLE]
            action = "round it at the source"
            return array, _bad(table, name, large, "a number that a cell can hold", action)
        if pa.types.is_floating(array.type):
            array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)  # how data frames write a blank
            odd = _rows(array, pc.fill_null(pc.is_inf(array), False)) if pc.any(pc.is_inf(array)).as_py() else []
            return array, _bad(table, name, odd, "a number", "correct the source")
        return array, []
    trimmed = _trimmed(array)
    try:
        result = trimmed.cast(pa.float64())
        if pc.all(pc.is_finite(result)).as_py() is not False:
            return result, []
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
    comma = any(re.search(r"\d,\d", text) for text in wrong.values())
    action = (
        "set 'decimal' in the mapping, or --decimal, if it is a decimal comma, or correct the source"
        if comma
        else "correct the source"
    )
    return result, _bad(table, name, rows, "a number", action)


def is_number(text: str) -> bool:
    """Whether a text is a number as people write them."""
    return _number(text.strip()) is not None


def _number(text: str) -> float | None:
    """A number as people write them: 1,234.50, $35, -€0.5, 12.5%, (3.1), with any minus sign."""
    bare = text.replace("\N{MINUS SIGN}", "-").strip()
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1].strip() if negative else bare
    bare = re.sub(r"^([-+]?)\s*[$€£¥]\s*|\s*[$€£¥]$", r"\1", bare)
    percent = bare.endswith("%")
    bare = bare.removesuffix("%").strip()
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", bare):
        bare = bare.replace(",", "")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", bare, re.ASCII) or (negative and bare[0] in "+-"):
        return None
    number = float(f"{bare}e-2") if percent and "e" not in bare.lower() else float(bare) / (100 if percent else 1)
    return (-number if negative else number) if math.isfinite(number) else None


def _dates(array: Any, name: str, table: str, date_format: str) -> tuple[Any, list[Finding]]:
    if pa.types.is_date(array.type):
        return array.cast(pa.date32()), []
    if pa.types.is_timestamp(array.type):
        return array.cast(pa.date32(), safe=False), []
    if date_format and pa.types.is_integer(array.type):  # 20080731 with %Y%m%d
        array = array.cast(pa.string())
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        return _serials(array.cast(pa.float64(), safe=False), name, table)
    if not pa.types.is_string(array.type):
        return array, _bad(table, name, [(1, array[0].as_py())] if len(array) else [], "a date", "correct the mapping")
    trimmed = _trimmed(array)
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


def _local(array: Any, name: str, table: str) -> Any:
    """The wall clock of the column's own time zone: midnight in Berlin is that day, though UTC has the one before."""
    try:
        return pc.local_timestamp(array)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise BadInput(
            f"The column {name!r} of the source for {table!r} is in the time zone {array.type.tz!r}, which this computer "
            "does not know; store dates without a time."
        ) from None


def _serials(array: Any, name: str, table: str) -> tuple[Any, list[Finding]]:
    """Numbers as Excel's serial dates; those that can hardly be any, such as years, are refused."""
    good = pc.and_(pc.greater_equal(array, float(EARLIEST_SERIAL)), pc.less_equal(array, float(LAST_SERIAL)))
    if pc.all(pc.fill_null(good, True)).as_py() is not False:
        days = pc.subtract(pc.floor(array), float(cells.UNIX_EPOCH)).cast(pa.int32())
        return days.cast(pa.date32()), []
    rows = [(i, f"{v:g}") for i, v in enumerate(array.to_pylist(), 1) if v is not None and not _is_serial(v)]
    what = "a date (a year alone is none)" if any(1800 <= float(v) <= 2200 for _, v in rows) else "a date"
    return array, _bad(table, name, rows, what, "give dates as 2008-07-31 at the source")


def _is_serial(number: float) -> bool:
    return EARLIEST_SERIAL <= number <= LAST_SERIAL


def _date(text: str | None, date_format: str) -> datetime.date | None:
    if not text:
        return None
    if date_format:
        try:
            return datetime.datetime.strptime(text, date_format).date()
        except ValueError:
            return None
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and _is_serial(float(text)):
        return EPOCH + datetime.timedelta(days=int(float(text)))
    match = re.match(r"(\d{4}-\d\d-\d\d)([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?\Z", text)
    try:
        return datetime.date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
