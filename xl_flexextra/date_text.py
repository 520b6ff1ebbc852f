"""Dates as texts: ISO or in words, 27-Apr-1987, April 27, 1987. 4/5/1987 is none: nobody can tell day and month apart."""

from __future__ import annotations

import datetime
import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = "january february march april may june july august september october november december".split()
_FORMS = (
    re.compile(r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[ -](?P<m>[a-z]+)\.?,?[ -](?P<y>\d{4})"),
    re.compile(r"(?P<m>[a-z]+)\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,| ) ?(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
)


def parsed(text: str) -> datetime.date | None:
    """The date that a text names with its month in letters or its year first, or None.

    >>> parsed("27-Apr-1987"), parsed("Dec 31, 2002"), parsed("4/27/1987")
    (datetime.date(1987, 4, 27), datetime.date(2002, 12, 31), None)
    """
    try:
        return datetime.datetime.fromisoformat(text.strip()).date()
    except ValueError:
        plain = " ".join(text.lower().split())
    for form in _FORMS:
        if found := form.fullmatch(plain):
            month = _month(found["m"])
            try:
                return datetime.date(int(found["y"]), month, int(found["d"])) if month else None
            except ValueError:
                return None
    return None


def _month(text: str) -> int:
    """A month by its number, its name, or the name cut short; 0 where it is none."""
    if text.isdigit():
        return int(text)
    if text in _FULL or text in _MONTHS or text == "sept":
        return _MONTHS.index(text[:3]) + 1
    return 0


def hint(text: str) -> str:
    """What to write instead of a date whose order of day and month is not known, for the end of a sentence."""
    return "; write it year first, as in 1987-04-27" if re.fullmatch(r"\d{1,4}[/.]\d{1,2}[/.]\d{1,4}", text.strip()) else ""
