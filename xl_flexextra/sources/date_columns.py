"""A column of a source as dates: in one order; where several would do that is a finding, never a guess."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..cells import dates_in_words
from ..cells.date_system import SHIFT_1904
from ..cells.scalars import EPOCH, FIRST_DATE, LAST_SERIAL
from ..errors import BadInput
from ..ooxml.fast import column_writer
from .findings import Finding, bad, rows_where

EARLIEST_SERIAL = 20_000  # October 1954: a smaller number in a column of dates is a year, or no date at all
_JULIAN = 2_400_000.0, 2_500_000.0  # Julian days of 1858 to 2132, as SQLite keeps dates; as serials the years 8470 to 8744
_ALIKE = 24_000  # below it a number of days may count from 1900 or from 1970
_MANY = 1_000  # different dates by which a column is known to hold months alone
SAY_FORMAT = "say which with --date-format, or 'date_format' in the mapping, such as '%m/%d/%Y'"
AT_THE_SOURCE = "give dates as 2008-07-31 at the source"
SAY_DIGITS = "say with --date-format %Y%m%d, or 'date_format' in the mapping, that the digits are days"


def dates(
    array: Any, name: str, table: str, date_format: str, date1904: bool | None, at: Callable[[int], str]
) -> tuple[Any, list[Finding]]:
    """A column as dates, and a finding on the cells that are none."""
    if pa.types.is_date(array.type) or pa.types.is_timestamp(array.type):
        return _of_a_worksheet(array.cast(pa.date32(), safe=False), name, table, at)
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        numbers = array.cast(pa.float64(), safe=False)
        numbers = pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)  # how data frames write a blank
        if date1904 is None:
            _refuse_days_since_1970(numbers, name, table)
        return _serials(numbers, name, table, SHIFT_1904 if date1904 else 0, at)
    if not pa.types.is_string(array.type):
        found = bad(table, name, rows_where(array, pc.is_valid(array)), "a date", "correct the source or the mapping", at)
        return pa.nulls(len(array), pa.date32()), found
    if not date_format:
        try:
            return _of_a_worksheet(array.cast(pa.date32()), name, table, at)
        except pa.ArrowInvalid:
            pass
    encoded = array.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    parsed, order = dates_of(texts, date_format)
    result, early = _of_a_worksheet(pa.array(parsed, pa.date32()).take(encoded.indices), name, table, at)
    wrong = {place: text for place, (text, day) in enumerate(zip(texts, parsed, strict=True)) if day is None}
    rows = [(row, wrong[p]) for row, p in enumerate(encoded.indices.to_pylist(), start=1) if p in wrong] if wrong else []
    if order:
        return result, bad(table, name, rows, f"a date in one order only, but as {order}", SAY_FORMAT, at)
    wanted = f"a date as {date_format!r}" if date_format else "a date as 2008-07-31"
    if wrong and not date_format and not any(map(_date, texts)) and (usual := dates_in_words.nearest_order(texts)):
        wanted = f"a date in the order of the others, {dates_in_words.ORDERS[usual]}"
    return result, [*bad(table, name, rows, wanted, f"{SAY_FORMAT}, or correct the source", at), *early]


def _of_a_worksheet(days: Any, name: str, table: str, at: Callable[[int], str]) -> tuple[Any, list[Finding]]:
    """Days, without those before March 1900, where the days of a worksheet begin: they are named."""
    early = pc.fill_null(pc.less(days, pa.scalar(FIRST_DATE, pa.date32())), False)
    if not pc.any(early).as_py():
        return days, []
    rows = [(row, str(day)) for row, day in rows_where(days, early)]
    found = bad(table, name, rows, f"a date from {FIRST_DATE} on", "correct the year", at)
    return pc.if_else(early, pa.scalar(None, pa.date32()), days), found


def dates_of(texts: Sequence[str], date_format: str = "") -> tuple[list[datetime.date | None], str]:
    """The texts of a column as dates, None for what is none; and, where all of them are dates in several orders that give
    different days, those orders in words. Where no order fits all, they are dates in the one that fits most."""
    if date_format:
        return [formatted(text, date_format) for text in texts], ""
    parsed = [_date(text) for text in texts]
    if not texts or any(parsed):  # where others are year first, one that is not is a mistake
        return parsed, ""
    orders = dates_in_words.orders(texts)
    if not orders and (usual := dates_in_words.nearest_order(texts)):
        return [dates_in_words.in_order(text, usual) for text in texts], ""
    if len({tuple(days) for days in orders.values()}) > 1:
        return parsed, " and as ".join(dates_in_words.ORDERS[order] for order in orders)
    return list(next(iter(orders.values()), parsed)), ""


def _serials(array: Any, name: str, table: str, shift: int, at: Callable[[int], str]) -> tuple[Any, list[Finding]]:
    """Numbers as Excel's serial dates; those that can hardly be any, such as years, are refused."""
    earliest, latest = float(EARLIEST_SERIAL - shift), float(LAST_SERIAL - shift)
    good = pc.and_(pc.greater_equal(array, earliest), pc.less_equal(array, latest))
    good = pc.and_(good, pc.invert(pc.and_(pc.greater_equal(array, _JULIAN[0]), pc.less_equal(array, _JULIAN[1]))))
    months = all(dates_in_words.alone(value) == "month" for value in pc.unique(array.drop_null()).to_pylist()[:_MANY])
    good = pc.and_(good, not months) if len(array) > array.null_count else good
    if pc.all(pc.fill_null(good, True)).as_py() is not False:
        days = pc.subtract(pc.floor(array), float(column_writer.UNIX_EPOCH - shift)).cast(pa.int32())
        return days.cast(pa.date32()), []
    rows = [
        (i, f"{v.as_py():.15g}") for i, (v, fits) in enumerate(zip(array, good, strict=True), 1) if fits.as_py() is False
    ]
    what = (
        "a date (a year alone is not a day)" if any(dates_in_words.alone(float(v)) == "year" for _, v in rows) else "a date"
    )
    what = "a date (a Julian day is none)" if any(_JULIAN[0] <= float(v) <= _JULIAN[1] for _, v in rows) else what
    what = "a date (a month alone is not a day)" if months else what
    digits = all(dates_in_words.parsed(text) for _, text in rows)
    action = f"{AT_THE_SOURCE}, or {SAY_DIGITS}" if digits else AT_THE_SOURCE
    return array, bad(table, name, rows, what, action, at)


def _refuse_days_since_1970(array: Any, name: str, table: str) -> None:
    """Refuse numbers of days of no workbook that are 1954 to 1965 as Excel counts, and 2024 to 2035 as databases count."""
    ends = pc.min_max(array).as_py()
    if ends["min"] is None or ends["min"] < EARLIEST_SERIAL or ends["max"] >= _ALIKE:
        return
    day, days = int(ends["min"]), datetime.timedelta(days=int(ends["min"]))
    raise BadInput(
        f"{table}, column {name}: {day} may be {EPOCH + days}, as Excel counts days, or {datetime.date(1970, 1, 1) + days}, "
        f"counted from 1970; {AT_THE_SOURCE}."
    )


def _is_serial(number: float) -> bool:
    return EARLIEST_SERIAL <= number <= LAST_SERIAL


def formatted(text: str, date_format: str) -> datetime.date | None:
    """A text as the date that it is in a format, or None; 20080731.0, as data frames write it, as 20080731."""
    plain = text[:-2] if re.fullmatch(r"\d{6,}\.0", text) else text
    try:
        return datetime.datetime.strptime(plain, date_format).date()
    except ValueError:
        return None


def _date(text: str) -> datetime.date | None:
    """A text as a date: year first, in words, or one of Excel's numbers."""
    if re.fullmatch(r"\d{5}(\.\d+)?", text, re.ASCII) and _is_serial(float(text)):
        return EPOCH + datetime.timedelta(days=int(float(text)))
    return dates_in_words.parsed(text)
