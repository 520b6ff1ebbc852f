"""The kinds of a source's columns, and columns as numbers or text; what cannot be read becomes a finding, never a guess."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..cells import number_text
from ..errors import BadInput
from ..inputs.published_figures import AS_PRINTED
from ..ooxml.fast.coded_texts import coded
from .date_columns import dates, formatted
from .findings import Finding, bad, in_row, rows_where

DATE, NUMBER, TEXT, MIXED = "date", "number", "text", "mixed"
LARGEST_WHOLE = 2**53  # beyond it a cell does not hold every whole number
_HELD = (pa.types.is_string, pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_date)  # by a cell
_BLANKS = r"[\x09-\x0d\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]|  "
_DATE_NAME = re.compile(r"(^|[^a-z])(date|as_?of|inception|substituted on)([^a-z]|$)|[a-z][^a-z]+dt$", re.IGNORECASE)
_DATE_NAMES = frozenset({"day", "dates", "monthend", "asof"})
_YEARS = re.compile(r"^(?!.*date).*\byears?\b", re.IGNORECASE)  # Inception Year: 1998 is no day
_TEXT_NAMES = frozenset(
    "fund funds fundcode fundname subaccount division investmentoption manager predecessor name printedname code id ticker "
    "cusip isin assetclass class category alias aliases note notes footnote footnotes remark remarks comment comments "
    "description source contract term table kind status verdict period charges knownbreak".split()
)
_PROSE = frozenset(
    "note notes footnote footnotes remark remarks comment comments description meaning source".split()
)  # lines stay lines
_CODE = re.compile(r"[+-]?0\d[\d.,eE+]*|\d+[eE]\d+|[+-]?\d{16,}")  # 007, 1E5 and 12345678901234567890 are codes, not numbers


def named_as_date(name: str) -> bool:
    """Whether a column's name says that it holds dates."""
    if re.sub(r"[\W_]+", "", name).lower() in _DATE_NAMES:
        return True
    plain = name.replace("_", " ")
    return not _YEARS.match(plain) and (_DATE_NAME.search(plain) or _DATE_NAME.search(name)) is not None


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


def convert(
    array: Any,
    kind: str | None,
    name: str,
    table: str,
    date_format: str,
    date1904: bool | None = None,
    blanks: frozenset[str] = number_text.USUAL_BLANKS,
    at: Callable[[int], str] = in_row,
) -> tuple[Any, list[Finding]]:
    """A source column as the wanted kind; where none is wanted, as what its values are.

    ``date1904``: as columns have it. ``blanks``: the words that stand for no number or no date. ``at``: where a row, counted
    from 1, stands, in words.
    """
    array = simple_type(array, name, table)
    if kind is None:
        kind = guess(array, name, blanks)
    if kind == DATE:
        if date_format and not (pa.types.is_string(array.type) or pa.types.is_boolean(array.type) or _is_day(array.type)):
            array = _as_texts(array)  # 20080731 with %Y%m%d
        return dates(without_words(array, blanks), name, table, date_format, date1904, at)
    if kind == NUMBER:
        return _numbers(without_words(array, blanks), name, table, at)
    if kind == MIXED and pa.types.is_string(array.type):
        return [_one(value, date_format) for value in array.to_pylist()], []
    if kind == MIXED and pa.types.is_integer(array.type) and _too_large(array):
        kind = TEXT
    if kind == TEXT and not pa.types.is_string(array.type):
        return _as_texts(array), []
    if pa.types.is_string(array.type):
        return _tidy(array, name), []
    return array, []


def _is_day(kind: Any) -> bool:
    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind))


def _as_texts(array: Any) -> Any:
    """Numbers and dates as text; whole numbers without a point, up to the largest that PyArrow holds."""
    if not pa.types.is_floating(array.type):
        return array.cast(pa.string())
    whole = pc.and_(pc.equal(pc.floor(array), array), pc.less(pc.abs(array), 2.0**63))
    return pc.if_else(whole, pc.if_else(whole, array, 0.0).cast(pa.int64()).cast(pa.string()), array.cast(pa.string()))


def with_texts(array: Any, texts: Mapping[int, str]) -> Any:
    """A column as text, with other texts in some rows: codes as their cells show them."""
    found = _as_texts(simple_type(array, "", "")).to_pylist()
    for row, text in texts.items():
        if row < len(found):
            found[row] = text
    return pa.array(found, pa.string())


def _tidy(array: Any, name: str) -> Any:
    """Text without blanks around it, and with single ones in it: a line break or a hard blank in a name is one blank."""
    encoded = coded(array)  # names come again and again
    texts = _trimmed(encoded.dictionary)
    if re.sub(r"[\W_]+", "", name).lower() not in _PROSE and pc.any(pc.match_substring_regex(texts, _BLANKS)).as_py():
        single = [value and " ".join(value.split()) for value in texts.to_pylist()]
        texts = pa.array(single, pa.string())
    return array if texts.equals(encoded.dictionary) else texts.take(encoded.indices)


def simple_type(array: Any, name: str, table: str) -> Any:
    """One chunk of text, numbers, dates or flags, however the source stores them."""
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type) or pa.types.is_null(array.type):
        return array.cast(pa.string())
    if pa.types.is_float32(array.type) or pa.types.is_decimal(array.type):
        # 10.312 is no other number in them; PyArrow makes the nearest float64 of the one, and often the next of the other
        return array.cast(pa.string()).cast(pa.float64())
    if pa.types.is_float16(array.type):  # as of float32: the shortest decimal of it
        return pa.array(
            [float(str(value)) for value in array.to_numpy(zero_copy_only=False)], pa.float64(), from_pandas=True
        )
    if pa.types.is_timestamp(array.type):
        here = array if array.type.tz is None else _local(array, name, table)
        return here.cast(pa.timestamp("us"), safe=False)
    if pa.types.is_time(array.type) or pa.types.is_duration(array.type):
        return pa.array([None if v is None else str(v) for v in array.to_pylist()], pa.string())
    if not any(is_one(array.type) for is_one in _HELD):
        raise BadInput(f"The column {name!r} of the source for {table!r} holds values that a cell cannot; leave it out.")
    return array


def _trimmed(array: Any) -> Any:
    """Text without blanks around it; text of nothing but blanks is no value, quoted or not."""
    text = pc.utf8_trim_whitespace(array)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def guess(array: Any, name: str, blanks: frozenset[str] = number_text.USUAL_BLANKS) -> str:
    """The kind of a column that nobody says anything about.

    Text among numbers does not make the numbers text: where they are as many as the texts, the texts are the odd ones.
    """
    if _is_day(array.type):
        return DATE
    if named_as_date(name):
        return DATE
    if not pa.types.is_string(array.type):
        if pa.types.is_integer(array.type) and _too_large(array):
            return TEXT
        return NUMBER if not pa.types.is_boolean(array.type) else MIXED
    some = pc.unique(without_words(array, blanks).drop_null())
    if not len(some) or named_as_text(name) or codes(some):
        return TEXT
    if _plain_numbers(some):
        return NUMBER
    texts = some.to_pylist()
    numbers = sum(is_number(t) for t in texts)
    return NUMBER if numbers and 2 * numbers >= len(texts) else TEXT


def without_words(array: Any, blanks: frozenset[str]) -> Any:
    """Trimmed text without the words that stand for no value, such as NA; other columns as they are."""
    if not pa.types.is_string(array.type):
        return array
    text = pc.utf8_trim_whitespace(array)
    found = pc.is_in(text, pa.array(sorted(blanks), pa.string()))
    return pc.if_else(found, pa.scalar(None, pa.string()), text)


def is_code(text: str) -> bool:
    """Whether a text is a code that looks like a number: 007, 1E5, or one of more digits than a number holds."""
    return _CODE.fullmatch(text.strip()) is not None


def codes(texts: Any) -> bool:
    """Whether some texts are codes that look like numbers, in a column where nothing has a decimal point."""
    if not pc.any(pc.match_substring_regex(texts, f"^({_CODE.pattern})$")).as_py():
        return False
    return not pc.any(pc.match_substring_regex(texts, r"^[-+]?\d*\.\d+$")).as_py()


def _too_large(array: Any) -> bool:
    lowest_highest = pc.min_max(array).as_py()
    return any(abs(v) > LARGEST_WHOLE for v in lowest_highest.values() if v is not None)


def _one(value: str | None, date_format: str = "") -> Any:
    """One cell of a column whose kinds are mixed, such as the values of a terms table."""
    if value is None:
        return None
    text = value.strip()
    if date_format and (day := formatted(text, date_format)):
        return day
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


def _numbers(array: Any, name: str, table: str, at: Callable[[int], str]) -> tuple[Any, list[Finding]]:
    if not pa.types.is_string(array.type):
        if _is_day(array.type) or pa.types.is_boolean(array.type):
            others = rows_where(array, pc.is_valid(array))
            found = bad(table, name, others, "a number", "correct the source or the mapping", at)
            return pa.nulls(len(array), pa.float64()), found
        if pa.types.is_integer(array.type) and _too_large(array):
            large = [(i, v) for i, v in enumerate(array.to_pylist(), 1) if v is not None and abs(v) > LARGEST_WHOLE]
            found = bad(table, name, large, "a number that a cell can hold", "round it at the source", at)
            return pa.nulls(len(array), pa.float64()), found
        if pa.types.is_floating(array.type):
            array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)  # how data frames write a blank
            odd = rows_where(array, pc.fill_null(pc.is_inf(array), False)) if pc.any(pc.is_inf(array)).as_py() else []
            return array, bad(table, name, odd, "a number", "correct the source", at)
        return array.cast(pa.float64(), safe=False), []
    try:
        result = array.cast(pa.float64())
        if pc.all(pc.is_finite(result)).as_py() is not False:
            return result, []
    except pa.ArrowInvalid:
        pass
    encoded = array.dictionary_encode()
    parsed: list[float | None] = []
    wrong: dict[int, str] = {}
    for place, text in enumerate(encoded.dictionary.to_pylist()):
        number = number_text.parsed(text)
        if number is None and text:
            wrong[place] = text
        parsed.append(number)
    if (
        not wrong
        and name.strip().lower() not in AS_PRINTED
        and (percentages := _among_plain(encoded.dictionary.to_pylist(), parsed))
    ):
        wrong = percentages
        rows = [(row, wrong[p]) for row, p in enumerate(encoded.indices.to_pylist(), start=1) if p in wrong]
        return array, bad(table, name, rows, "a number as the others are, without a percent sign", "correct the source", at)
    result = pa.array(parsed, pa.float64()).take(encoded.indices)
    rows = [(row, wrong[p]) for row, p in enumerate(encoded.indices.to_pylist(), start=1) if p in wrong] if wrong else []
    comma = any(re.fullmatch(r"[^.,]*\d,\d[^.,]*", text) for text in wrong.values())
    action = "say how numbers are written (--decimal, --thousands), or correct the source" if comma else "correct the source"
    return result, bad(table, name, rows, "a number", action, at)


def _among_plain(texts: list[str | None], numbers: list[float | None]) -> dict[int, str]:
    """Texts with a percent sign, by place, among plain numbers that are no fractions: 13.5% amid 13.4 and 13.6."""
    signed = {place: text for place, text in enumerate(texts) if text and "%" in text}
    plain = [n for place, n in enumerate(numbers) if n is not None and place not in signed]
    return signed if any(abs(n) > 1 for n in plain) else {}


def _plain_numbers(texts: Any) -> bool:
    try:
        return bool(pc.all(pc.is_finite(texts.cast(pa.float64()))).as_py())
    except pa.ArrowInvalid:
        return False


def are_numbers(texts: Any) -> bool:
    """Whether all of some texts are numbers as people write them."""
    return _plain_numbers(texts) or all(map(is_number, texts.to_pylist()))


def is_number(text: str) -> bool:
    """Whether a text is a number as people write them."""
    return number_text.parsed(text) is not None


def _local(array: Any, name: str, table: str) -> Any:
    """The wall clock of the column's own time zone: midnight in Berlin is that day, though UTC has the one before."""
    try:
        return pc.local_timestamp(array)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise BadInput(
            f"The column {name!r} of the source for {table!r} is in the time zone {array.type.tz!r}, which this computer "
            "does not know; store dates without a time."
        ) from None
