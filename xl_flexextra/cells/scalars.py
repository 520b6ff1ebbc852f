"""One cell as a number, a date, a text or a flag: an argument converted once, by its kind.

What a cell can hold arrives in many forms: serials, dates, ISO text, numbers as text, blanks, error codes, rows or
columns with blanks behind them. It becomes one Python value here, or one sentence.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from ..errors import CELL_ERRORS, BadInput, CellError, FlexExtraError, MissingData, PassedError
from . import data_frames, date_system, dates_in_words, number_text

EPOCH = datetime.date(1899, 12, 30)  # day 0 of Excel's and Calc's serial dates, right from 1 March 1900 on
FIRST_SERIAL, LAST_SERIAL = 61, 2958465
FIRST_DATE = datetime.date(1900, 3, 1)
_NO_NUMBER = r"[-+]?(nan|inf|infinity)"

_NONE = {"n/a", "n.a.", "-", "--", "\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}"}


class _Omitted:
    """An argument that was not given at all."""

    def __repr__(self) -> str:
        return "OMITTED"

    def __bool__(self) -> bool:
        return False


OMITTED = _Omitted()


SCALARS = frozenset({"number", "date", "text", "flag"})


def nearest(name: str, known: Iterable[str]) -> str:
    """`` (did you mean 'X'?)`` or nothing, for the end of a sentence."""
    import difflib  # needed for a sentence only

    # what looks the same as what was given is no help, whatever blanks part its words
    others = {text.casefold(): text for text in map(str, known) if text.split() != str(name).split()}
    begun = [text for folded, text in others.items() if folded.startswith(f"{' '.join(str(name).casefold().split())} ")]
    if begun:  # Portfolio A is the start of Portfolio A Class I, however like it Portfolio J Class I is
        return f" (did you mean {' or '.join(map(repr, begun[:2]))}{' …' if len(begun) > 2 else ''}?)"
    close = difflib.get_close_matches(str(name).casefold(), others, n=1, cutoff=0.6)
    return f" (did you mean {others[close[0]]!r}?)" if close else ""


def fraction(what: str, value: float, of: str = "", below_one: bool = False) -> float:
    """A fraction between 0 and 1; 35 is refused, with the word that 35% is 0.35. ``of`` is said behind the number."""
    if 0 <= value <= 1 and not (below_one and value == 1):
        return value
    hint = f"; use {value / 100:.15g} for {value:.15g}%" if 1 <= value <= 100 else ""
    limits = "at least 0 and below 1" if below_one else "between 0 and 1"
    raise BadInput(f"{what} must be {limits} (got {value:.15g}{of}){hint}.")


MANY = 12  # choices that one sentence can list


def choice(text: str, choices: Collection[str], argument: str, also: Mapping[str, str] = MappingProxyType({})) -> str:
    """The choice that ``text`` names, whatever the case and whether spaces, hyphens, dots or slashes part its words.

    ``also``: what else names a choice, such as a number.
    """
    if text in choices:  # as programs and terms have it
        return text
    known = list(choices)
    if (other := also.get(text.strip())) in known:
        return str(other)
    cleaned = re.sub("[ _./+-]+", "_", text.strip().lower())
    cleaned = cleaned.replace("30_360", "thirty_360").replace("30e_360", "thirty_e_360")
    # as the market writes them: 30/360, 30E/360, Act/365, Act/360
    market = re.sub(r"\bact_", "actual_", cleaned.replace("act_act", "actual_actual"))
    market = re.sub(r"^actual_365", "days_365", market).replace("annualized", "annualised")
    if found := [name for name in known if name.lower() in (cleaned, market)]:
        return found[0]
    listed = ", ".join(known) if len(known) <= MANY else f"{', '.join(known[:8])} … (docs/terms.md has all {len(known)})"
    raise BadInput(f"'{argument}' must be one of {listed} (got {text!r}){nearest(cleaned, known)}.")


def is_blank(value: Any) -> bool:
    """Whether an argument was left out, or is a blank cell."""
    if value is OMITTED or value is None or type(value).__name__ in {"NAType", "NaTType"}:  # pandas' missing values
        return True
    return isinstance(value, str) and not isinstance(value, CellError) and not value.strip()


def says_none(value: Any) -> bool:
    """Whether a text says that there is no value: n/a or a dash. An error value of a cell does not."""
    return isinstance(value, str) and not isinstance(value, CellError) and value.strip().lower() in _NONE


def refuse_blank(argument: str, value: Any) -> None:
    """Raise for a required argument that is left out or blank."""
    if value is OMITTED:
        raise BadInput(f"'{argument}' is missing; it must be given.")
    raise MissingData(f"'{argument}' is blank; fill in the cell it comes from.")


def reraise(error: FlexExtraError) -> Any:
    """What Python code does with an error in one element: the first one is raised."""
    raise error


def cell_error(argument: str, value: Any) -> None:
    """Raise the error that a cell holds already."""
    if isinstance(value, CellError):
        raise PassedError(argument, value)
    if isinstance(value, str) and value in CELL_ERRORS:
        raise PassedError(argument, CELL_ERRORS[value])


def number(argument: str, value: Any) -> float:
    """A finite float from a number, or from text that is one (percent signs too)."""
    cell_error(argument, value)
    if isinstance(value, bool | np.bool_):
        raise BadInput(f"'{argument}' must be a number (got {bool(value)}).")
    if isinstance(value, str):
        found = number_text.parsed(value)
        if found is None and not re.fullmatch(_NO_NUMBER, value.strip(), re.IGNORECASE):
            raise BadInput(f"'{argument}' must be a number (got the text {value!r}).")
        result = float(value) if found is None else found
    elif isinstance(value, datetime.date | datetime.datetime | np.datetime64):
        raise BadInput(f"'{argument}' must be a number (got the date {to_date(argument, value)}).")
    else:
        try:
            result = float(str(value) if isinstance(value, np.float32 | np.float16) else value)
        except OverflowError:
            raise BadInput(f"'{argument}' is too large for a number of a worksheet.") from None
        except (TypeError, ValueError):
            raise BadInput(f"'{argument}' must be a number (got {short(value)}).") from None
    if math.isnan(result):
        raise MissingData(f"'{argument}' is not a number (NaN); fill in the value.")
    if math.isinf(result):
        raise BadInput(f"'{argument}' must be finite (got {result}).")
    return result


def as_cells_have_it(array: np.ndarray) -> np.ndarray:
    """Days for times, whose nanoseconds, as pandas has them, would come out as whole numbers; and the shortest decimals of
    numbers of less precision: 10.312 is no other number in them."""
    if array.dtype.kind == "M":
        return array.astype("datetime64[D]")
    return array.astype(str).astype(float) if array.dtype.kind == "f" and array.dtype.itemsize < 8 else array


def whole(argument: str, value: float, lowest: int, highest: int) -> int:
    """A whole number within bounds from a number."""
    if not (lowest <= value <= highest and float(value).is_integer()):
        raise BadInput(f"'{argument}' must be a whole number from {lowest} to {highest} (got {value:g}).")
    return int(value)


def short(value: Any) -> str:
    """A value that is no cell's as a sentence can hold it; a date as people write it."""
    shown = str(value).removesuffix(" 00:00:00") if isinstance(value, datetime.date) else " ".join(repr(value).split())
    return shown if len(shown) <= 60 else f"{shown[:60]}…"


def to_date(argument: str, value: Any) -> datetime.date:
    """A date from a serial, a date or a text (2008-07-31, 31-Jul-2008), from 1900-03-01 on; the time of day is dropped."""
    day = _day(argument, value)
    if day < FIRST_DATE:
        raise BadInput(f"'{argument}' {day} lies before {FIRST_DATE}, where a worksheet's dates begin; check the year.")
    return day


def to_day(argument: str, value: Any) -> datetime.date:
    """A date of a file, table, list or terms: as in a cell, but a year or a month alone is none, nor are eight digits."""
    if isinstance(value, datetime.date) or math.isnan(number := _bare_number(value)):
        return to_date(argument, value)
    if alone := dates_in_words.alone(number):
        raise BadInput(f"'{argument}' must be a date (got {number:.15g}, a {alone} alone); give days as 2008-07-31.")
    if number > LAST_SERIAL and dates_in_words.parsed(f"{number:.0f}"):
        raise BadInput(
            f"'{argument}' must be a date (got the number {number:.0f}); give days as 2008-07-31, or say with "
            "--date-format %Y%m%d that the digits are days."
        )
    return to_date(argument, value)


def _bare_number(value: Any) -> float:
    """A number, or a text that is nothing else, apart from the dates that texts of digits are; NaN for anything else."""
    if isinstance(value, bool | np.bool_ | np.datetime64):
        return math.nan
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return math.nan if isinstance(value, str) and dates_in_words.parsed(value.strip()) else number


def _day(argument: str, value: Any) -> datetime.date:
    cell_error(argument, value)
    if isinstance(value, datetime.datetime):
        if value != value:  # pandas' NaT
            raise MissingData(f"'{argument}' has no date (NaT); fill it in.")
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, np.datetime64):
        if np.isnat(value):
            raise MissingData(f"'{argument}' has no date (NaT); fill it in.")
        day = value.astype("datetime64[D]").item()
        if not isinstance(day, datetime.date):
            raise BadInput(f"'{argument}' must be a date of the years 1900 to 9999 (got {value}).")
        return day
    if isinstance(value, str):
        text = value.strip()
        if day := dates_in_words.parsed(text):
            return day
        try:
            value = float(text)
        except ValueError:
            said = f"(got the text {value!r}){dates_in_words.hint(text)}"
            raise BadInput(f"'{argument}' must be a date such as 2008-07-31 {said}.") from None
    if isinstance(value, bool | np.bool_):
        raise BadInput(f"'{argument}' must be a date (got {bool(value)}).")
    serial = number(argument, value)
    if not FIRST_SERIAL <= serial < LAST_SERIAL + 1:
        raise BadInput(
            f"'{argument}' must be a date (got the number {serial:.15g}); use a date cell or text such as 2008-07-31."
        )
    return EPOCH + datetime.timedelta(days=int(serial) + date_system.shift())


def to_serial(value: Any) -> int:
    """The serial number of a date, as the workbook that is computed counts."""
    return (to_date("date", value) - EPOCH).days - date_system.shift()


def text(argument: str, value: Any) -> str:
    """Trimmed text; a whole number is taken as its digits."""
    cell_error(argument, value)
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool | np.bool_):
        raise BadInput(f"'{argument}' must be text (got {bool(value)}).")
    if isinstance(value, int | float | np.integer | np.floating) and float(value).is_integer():
        return str(int(value))
    raise BadInput(f"'{argument}' must be text (got {short(value)}).")


def flag(argument: str, value: Any) -> bool:
    """TRUE or FALSE, from a bool, 1 or 0, or the words."""
    cell_error(argument, value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, str):
        word = value.strip().lower()
        if word in {"true", "yes", "1"}:
            return True
        if word in {"false", "no", "0"}:
            return False
    elif isinstance(value, int | float | np.number) and value in (0, 1):
        return bool(value)
    raise BadInput(f"'{argument}' must be TRUE or FALSE (got {short(value)}).")


SCALAR: dict[str, Callable[[str, Any], Any]] = {"number": number, "date": to_date, "text": text, "flag": flag}


def rows(argument: str, value: Any, least: int = 0) -> list[list[Any]]:
    """Any range as a list of equally long rows; blank rows and columns at the end are dropped, down to ``least`` columns."""
    if isinstance(value, np.ndarray):
        value = as_cells_have_it(value)
        table = value.reshape(-1, 1).tolist() if value.ndim < 2 else [list(row) for row in value]
    elif isinstance(value, list | tuple):
        table = [list(row) if isinstance(row, list | tuple | np.ndarray) else [row] for row in value]
    elif isinstance(value, dict):
        table = [[key, item] for key, item in value.items()]
    elif data_frames.is_frame(value):  # its header is the first row
        table = data_frames.rows(value)
    elif data_frames.is_column(value):
        table = [[item] for item in data_frames.cells(value)]
    else:
        table = [[value]]
    while table and all(is_blank(cell) for cell in table[-1]):
        table.pop()
    width = max((len(row) for row in table), default=0)
    if any(len(row) != width for row in table):
        table = [row + [None] * (width - len(row)) for row in table]
    while width > least and all(is_blank(row[width - 1]) for row in table):
        width -= 1
        table = [row[:width] for row in table]
    if not table:
        raise MissingData(f"'{argument}' is empty; give a range with values.")
    return table


def _line(argument: str, value: Any, kind: str) -> list[Any]:
    """A row or a column of scalars of one kind; blanks at the end are dropped, blanks between are refused.

    In a line of texts, which head the columns of a table, a blank or an error value stays in its place as its error.
    """
    table = rows(argument, value)
    if len(table) > 1 and len(table[0]) > 1:
        raise BadInput(f"'{argument}' must be one row or one column (got {len(table)} x {len(table[0])}).")
    items = table[0] if len(table) == 1 else [row[0] for row in table]
    convert_one = to_day if kind == "date" else SCALAR[kind]
    line = []
    for place, item in enumerate(items, start=1):
        try:
            if is_blank(item):
                raise MissingData(f"'{argument}' is blank at place {place}; fill it in.")
            line.append(convert_one(argument, item))
        except (MissingData, PassedError) as error:
            if kind != "text" or len(items) == 1:
                raise
            line.append(error)
    return line


def convert(argument: str, kind: str, value: Any) -> Any:
    """One argument as its kind; what is given as a range instead, and inputs, are read elsewhere."""
    if kind in SCALAR:
        return SCALAR[kind](argument, value)
    if kind in {"numbers", "dates", "texts"}:
        return _line(argument, value, kind.removesuffix("s"))
    if kind == "rows":
        table = rows(argument, value, least=2)
        if len(table) == 1 and len(table[0]) == 1:
            cell_error(argument, table[0][0])
        return table
    raise ValueError(f"no argument kind {kind!r}")
