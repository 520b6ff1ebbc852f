"""Dates as texts: year first or in words, 27-Apr-1987, April 27, 1987.

Of 4/5/1987 alone nobody can tell day and month apart; a column of such dates is read where only one order fits all.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from .patterns import pattern

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = "january february march april may june july august september october november december".split()
_FORMS = (
    pattern(r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[ -](?P<m>[a-z]+)\.?,?[ -](?P<y>\d{4})"),
    pattern(r"(?P<m>[a-z]+)\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,| ) ?(?P<y>\d{4})"),
    pattern(r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})", re.ASCII),
    pattern(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)", re.ASCII),
)
_TIME = pattern(r"[ t]+\d{1,2}:\d\d(:\d\d([.,]\d+)?)?( ?[ap]\.?m\.?)?( ?(z|utc|[+-]\d\d(:?\d\d)?))?", re.ASCII)
_ORDERED = pattern(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})", re.ASCII)
ORDERS = {"mdy": "month/day/year", "dmy": "day/month/year", "ymd": "year/month/day"}
_CENTURY = 30  # of a year in two digits: 29 is 2029, 30 is 1930, as Excel has it


def parsed(text: str) -> datetime.date | None:
    """The date that a text names with its month in letters or its year first, or None; a time of day is dropped.

    >>> parsed("27-Apr-1987"), parsed("Dec 31, 2002"), parsed("4/27/1987")
    (datetime.date(1987, 4, 27), datetime.date(2002, 12, 31), None)
    """
    if len(text) == 10 and text[4] == text[7] == "-" and text[5] != "W":  # the usual way, the quickest
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return None
    plain = _day(text)
    for form in _FORMS:
        if found := form.fullmatch(plain):
            return _date(int(found["y"]), _month(found["m"]), int(found["d"]))
    return None


def _day(text: str) -> str:
    """A text in small letters and single blanks, without a time of day behind it."""
    plain = " ".join(text.lower().split())
    time = re.search(r"[ t]\d{1,2}:", plain)
    return plain[: time.start()].rstrip() if time and _TIME.fullmatch(plain, time.start()) else plain


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day) if month else None
    except ValueError:
        return None


def _month(text: str) -> int:
    """A month by its number, its name, or the name cut short; 0 where it is none."""
    if text.isdigit():
        return int(text)
    if text in _FULL or text in _MONTHS or text == "sept":
        return _MONTHS.index(text[:3]) + 1
    return 0


def in_order(text: str, order: str) -> datetime.date | None:
    """The date that a text in numbers is in one of the orders, such as "mdy", or None."""
    found = _ORDERED.fullmatch(_day(text))
    if found is None:
        return None
    parts = dict(zip(order, (found[1], found[3], found[4]), strict=True))
    if len(parts["m"]) > 2 or len(parts["d"]) > 2 or len(parts["y"]) not in (2, 4):
        return None
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 2000 if year < _CENTURY else 1900
    return _date(year, int(parts["m"]), int(parts["d"]))


def orders(texts: Iterable[str]) -> dict[str, list[datetime.date]]:
    """The orders of year, month and day in which every one of some texts is a date, with the dates.

    >>> list(orders(["7/31/2008", "8/1/2008"])), list(orders(["7/8/2008"]))
    (['mdy'], ['mdy', 'dmy'])
    """
    given = list(texts)
    found: dict[str, list[datetime.date]] = {}
    for order in ORDERS:
        days = []
        for text in given:
            day = parsed(text) or in_order(text, order)
            if day is None:
                break
            days.append(day)
        else:
            found[order] = days
    return found


def nearest_order(texts: Iterable[str]) -> str:
    """The order in which most of some texts are dates, and more than in any other; "" where there is none.

    >>> nearest_order(["7/31/2008", "8/31/2008", "2/30/2009"])
    'mdy'
    """
    given = list(texts)
    dates = {order: sum(in_order(text, order) is not None for text in given) for order in ORDERS}
    most = max(dates.values())
    found = [order for order, count in dates.items() if count == most and 2 * count > len(given)]
    return found[0] if len(found) == 1 else ""


def alone(number: float) -> str:
    """ "year" or "month" where a number is one and no day: 2008, 200807; as Excel's days they lie in 1905 and 2449.

    >>> alone(2008), alone(200807), alone(39660)
    ('year', 'month', '')
    """
    if 1800 <= number <= 2200:
        return "year"
    return "month" if 190001 <= number <= 210012 and number % 1 == 0 and 1 <= number % 100 <= 12 else ""


def is_ordered(text: str) -> bool:
    """Whether a text is three numbers as a date has them, whatever their order."""
    return _ORDERED.fullmatch(_day(text)) is not None


def hint(text: str) -> str:
    """What to write instead of a date whose order of day and month is not known, for the end of a sentence."""
    return "; write it year first, as in 1987-04-27" if re.fullmatch(r"\d{1,4}[/.]\d{1,2}[/.]\d{1,4}", text.strip()) else ""
