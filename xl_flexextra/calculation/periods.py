"""Periods by name, and the dates on which they begin and end."""

import datetime
import functools
import re
from typing import Any, NamedTuple

from ..cells import scalars
from ..cells.patterns import pattern
from ..cells.rounding import rounded
from ..errors import BadInput, CellError, MissingData, PassedError
from ..inputs.fund_table import Fund
from ..terms import Terms
from . import calendar_days

Date = datetime.date
_YEARS = r"(\d{1,2})\s*(?:Y|YR|YEARS?)(_OR_SI(?:_(FUND|SUBACCOUNT|CONTRACT))?)?"
_MONTHS = r"(\d{1,3})\s*(?:M|MONTHS?)"
_DAYS = r"(\d{1,3})\s*(?:D|DAYS?)"
_BETWEEN = pattern(r"\s*(?:\.{2,3}|…)\s*|\s+to\s+", re.IGNORECASE)
_CALENDAR = r"CY\s*((?:19|[2-9]\d)\d\d)"
_SINCE = r"SI_(FUND|SUBACCOUNT|CONTRACT)"

_SINCE_WHAT = {"SINCE INCEPTION", "SI", "INCEPTION", "INCEPTION TO DATE", "ITD", "LIFE"}
_TO_DATE = {"YEAR TO DATE": "YTD", "QUARTER TO DATE": "QTD", "MONTH TO DATE": "MTD"}
_NUMBERS = {
    word: str(number) for number, word in enumerate("ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN".split(), start=1)
} | {"FIFTEEN": "15", "TWENTY": "20"}


class Period(NamedTuple):
    """A period by its code. ``months`` and ``days`` count back from the end; ``since`` names an inception.

    ``or_since`` marks "years or since inception, whichever is shorter"; ``first`` and ``last`` are days of its own.
    ``stated``: "cumulative" or "annualised", where the return is to be so whatever the terms say.
    """

    code: str
    kind: str  # "YTD", "QTD", "MTD", "months", "days", "calendar", "since", "dates"
    months: int = 0
    year: int = 0
    since: str = ""
    or_since: bool = False
    days: int = 0
    first: Date | None = None
    last: Date | None = None
    stated: str = ""

    @property
    def printed(self) -> str:
        """The code under which a page prints it: 10Y for 10Y_OR_SI_FUND."""
        return f"{self.months // 12}Y{_stated_suffix(self.stated)}" if self.or_since else self.code

    @property
    def ends_itself(self) -> bool:
        """Whether it has a last day of its own, whatever the last day of the table."""
        return self.kind in {"calendar", "dates"}


KINDS = (
    ("YTD", "the year to date, measured from 31 December"),
    ("QTD", "the quarter to date, from the end of the quarter before"),
    ("MTD", "the month to date, from the end of the month before"),
    ("1Y", "years back from the last day: 1Y to 99Y"),
    ("3M", "months back from the last day, so quarters too: 3M, 6M, 39M; from a month end to a month end"),
    ("7D", "days back from the last day"),
    ("CY2007", "a calendar year, from 31 December to 31 December"),
    ("SI_FUND", "since the inception of the fund (of the funds table)"),
    ("SI_SUBACCOUNT", "since the inception of the sub-account (of the funds table)"),
    ("SI_CONTRACT", "since the inception of the contract (contract.inception of the terms)"),
    ("10Y_OR_SI", "years back or since inception, whichever is shorter; periods.inception of the terms says which one"),
    ("10Y_OR_SI_FUND", "the same, and which inception: _FUND, _SUBACCOUNT or _CONTRACT"),
    ("5Y_CUMULATIVE", "any of these with the return over the whole period, whatever the terms say; or '5Y cumulative'"),
    ("6M_ANNUALISED", "any of these with the average annual return, also of a short period"),
    ("2001-05-01..2003-12-31", "from a date to a date, each in any form of a date, also '1 May 2001 to 31 Dec 2003'"),
)
"""Every kind of period, by an example, with what it means."""


def _stated_suffix(stated: str) -> str:
    return f"_{stated.upper()}" if stated else ""


_STATED = pattern(r"^(.*\S)[\s_,-]+(CUMULATIVE|ANNUALI[SZ]ED)$", re.IGNORECASE)


@functools.lru_cache(maxsize=256)
def parse(code: str) -> Period:
    """A period from its code, in any case of letters.

    >>> parse("10y_or_si").months, parse("CY2007").year, parse("SI_FUND").since, parse("5Y cumulative").stated
    (120, 2007, 'FUND', 'cumulative')
    """
    if found := _STATED.match(code.strip()):
        period, stated = _parsed(found[1]), "cumulative" if found[2][0] in "cC" else "annualised"
        return period._replace(code=period.code + _stated_suffix(stated), stated=stated)
    return _parsed(code)


def _parsed(code: str) -> Period:
    """A period from its code, without a word for its return."""
    if dates := _dates(code):
        return dates
    text = code.strip().upper().replace("-", "_").replace("SUB_ACCOUNT", "SUBACCOUNT")
    words = re.sub(r"(?<=\w)[\s_-]+(?=\w)", " ", code.strip().upper().removesuffix(".")).replace("_", " ")
    if words in _SINCE_WHAT:
        raise BadInput(
            f"'period' {code.strip()!r} may mean since the inception of the fund, the sub-account or the contract; "
            "use SI_FUND, SI_SUBACCOUNT or SI_CONTRACT."
        )
    text = _TO_DATE.get(words, text)
    if spelled := re.fullmatch(rf"(\d{{1,3}}|{'|'.join(_NUMBERS)}) ?(Y|YR|YRS|YEARS?|M|MOS?|MONTHS?)", words):
        text = f"{_NUMBERS.get(spelled[1], spelled[1])}{spelled[2][0]}"
    text = text.replace(" ", "_" if "SI" in text else "")
    if text in {"YTD", "QTD", "MTD"}:
        return Period(text, text)
    if found := re.fullmatch(_YEARS, text):
        years = int(found[1])
        if years:
            code_of_years = f"{years}Y{found[2] or ''}"
            return Period(code_of_years, "months", months=12 * years, since=found[3] or "", or_since=bool(found[2]))
    if (found := re.fullmatch(_MONTHS, text)) and int(found[1]):
        return Period(f"{int(found[1])}M", "months", months=int(found[1]))
    if found := re.fullmatch(_CALENDAR, text):
        return Period(f"CY{found[1]}", "calendar", year=int(found[1]))
    if found := re.fullmatch(_SINCE, text):
        return Period(text, "since", since=found[1])
    if (found := re.fullmatch(_DAYS, text)) and int(found[1]):
        return Period(f"{int(found[1])}D", "days", days=int(found[1]))
    raise BadInput(
        f"'period' {code!r} is not known; use YTD, QTD, MTD, 1Y, 3Y, 6M, CY2007, SI_FUND, SI_SUBACCOUNT, SI_CONTRACT, "
        "10Y_OR_SI, or dates: 2001-05-01..2003-12-31."
    )


def _dates(code: str) -> Period | None:
    """A period from a date to a date, or None where the code is none of dates."""
    parts = _BETWEEN.split(code.strip())
    if len(parts) != 2 or not any(character.isdigit() for character in parts[0]):
        return None  # 'year to date' and 'inception to date' are words
    first, last = (scalars.to_day(f"{end} of period {code.strip()}", part) for end, part in zip(_ENDS, parts, strict=True))
    return between(first, last)


_ENDS = ("first day", "last day")


def between(first: Date, last: Date) -> Period:
    """The period from a date to a date.

    >>> between(Date(2001, 5, 1), Date(2003, 12, 31)).code
    '2001-05-01..2003-12-31'
    """
    if first >= last:
        raise BadInput(f"'period' {first}..{last} must begin before it ends; exchange or correct its dates.")
    return Period(f"{first}..{last}", "dates", first=first, last=last)


def base_date(period: Period, as_of: Date, inception: Date | None = None) -> Date:
    """The date from which a period is measured: the day before its first day for calendar periods.

    The base of the year to date is 31 December, not 1 January. For a period since inception, ``inception`` is it.

    >>> base_date(parse("YTD"), Date(2008, 7, 31)), base_date(parse("1Y"), Date(2008, 2, 29))
    (datetime.date(2007, 12, 31), datetime.date(2007, 2, 28))
    """
    if period.kind == "months":
        start = calendar_days.add_months(as_of, -period.months)
        return max(start, _known(period, as_of, inception)) if period.or_since else start
    if period.kind == "YTD":
        return Date(as_of.year - 1, 12, 31)
    if period.kind == "QTD":
        return calendar_days.month_end(as_of.year, (as_of.month - 1) // 3 * 3)
    if period.kind == "MTD":
        return calendar_days.month_end(as_of.year, as_of.month - 1)
    if period.kind == "days":
        return _back(period, as_of)
    if period.kind == "calendar":
        end_date(period, as_of)
        return Date(period.year - 1, 12, 31)
    if period.first:
        end_date(period, as_of)
        return period.first
    return _known(period, as_of, inception)


def _back(period: Period, as_of: Date) -> Date:
    """So many days before a date."""
    try:
        return as_of - datetime.timedelta(days=period.days)
    except OverflowError:
        raise BadInput(f"'period' {period.code} to {as_of} begins before the calendar; check the dates.") from None


def _known(period: Period, as_of: Date, inception: Date | None) -> Date:
    if inception is None:
        raise MissingData(f"'period' {period.code} needs an inception date; give 'inception' or the funds table.")
    if inception >= as_of:
        raise MissingData(f"'period' {period.code}: inception {inception} is not before {as_of}; there is no period yet.")
    return inception


def end_date(period: Period, as_of: Date) -> Date:
    """The last day of a period: ``as_of``, the end of a calendar year, or a date of its own."""
    if period.last:
        if period.last > as_of:
            raise MissingData(f"'period' {period.code} ends after 'as_of' {as_of}; give a later 'as_of' or an earlier end.")
        return period.last
    if period.kind != "calendar":
        return as_of
    last = Date(period.year, 12, 31)
    if last > as_of:
        raise MissingData(f"'period' {period.code} ends after 'as_of' {as_of}; the year is not over.")
    return last


def inception_of(which: str, terms: Terms, fund: Fund | None) -> Date | None:
    """The inception date that 'FUND', 'SUBACCOUNT' or 'CONTRACT' names, or None where it is not known."""
    if which.upper() == "CONTRACT":
        day: Any = terms["contract.inception"]
    else:
        day = fund and (fund.fund_inception if which.upper() == "FUND" else fund.subaccount_inception)
        if isinstance(day, CellError):
            raise PassedError(f"{which.lower()} inception of {fund.code if fund else ''}", day)
    return day or None


def resolve(period: Period, as_of: Date, terms: Terms, fund: Fund | None, name: str) -> tuple[Date, Date]:
    """First and last day of a period for one fund, by the terms' choice of inception."""
    finish = end_date(period, as_of)
    if period.kind != "since" and not period.or_since:
        return base_date(period, as_of), finish
    which = period.since or str(terms["periods.inception"])
    inception = inception_of(which, terms, fund)
    if inception is None:
        where = "'contract.inception' of the terms" if which.upper() == "CONTRACT" else f"the funds table for {name}"
        others = _others(period, which, finish, terms, fund)
        raise MissingData(f"'period' {period.code} needs the {which.lower()} inception date; fill in {where}{others}.")
    if inception >= finish:
        others = _others(period, which, finish, terms, fund)
        raise MissingData(
            f"'period' {period.code}: inception {inception} is not before {finish}; there is no period yet{others}."
        )
    return base_date(period, as_of, inception), finish


def is_to_come(period: Period, as_of: Date, terms: Terms, fund: Fund | None) -> bool:
    """Whether a period since inception ends before it could begin: there is no history of it yet."""
    if period.kind != "since" and not period.or_since:
        return False
    inception = inception_of(period.since or str(terms["periods.inception"]), terms, fund)
    return inception is not None and inception >= end_date(period, as_of)


def _others(period: Period, but: str, finish: Date, terms: Terms, fund: Fund | None) -> str:
    """Which periods since another inception would work, for the end of a sentence."""
    stem = f"{period.months // 12}Y_OR_SI" if period.or_since else "SI"
    found = []
    for which in ("FUND", "SUBACCOUNT", "CONTRACT"):
        try:
            day = inception_of(which, terms, fund) if which != but.upper() else None
        except PassedError:
            continue
        if day and day < finish:
            found.append(f"{stem}_{which} (since {day})")
    return f", or use {' or '.join(found)}" if found else ""


# --- the dates on which charges are taken -------------------------------------------------------------------------------


def number_of_years(terms: Terms, start: Date, finish: Date) -> float:
    """n of a period, counted and rounded as the terms say."""
    years = calendar_days.years_between(start, finish, terms["years.basis"])
    decimals = terms["years.decimals"]
    return years if decimals is None else float(rounded(years, decimals))


def of_update(fund_inceptions: bool, subaccount_inceptions: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The usual periods of an update's monthly and standardized tables: ten years or since inception where the funds' and
    the sub-accounts' are known.

    >>> of_update(True, False)
    (('YTD', '1Y', '3Y', '5Y', '10Y_OR_SI_FUND'), ('1Y', '5Y', '10Y'))
    """
    ten = "10Y_OR_SI_FUND" if fund_inceptions else "10Y"
    standard = "10Y_OR_SI_SUBACCOUNT" if subaccount_inceptions else "10Y"
    return ("YTD", "1Y", "3Y", "5Y", ten), ("1Y", "5Y", standard)
