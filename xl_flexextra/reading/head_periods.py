"""The period that a heading or the label of a row names: 1 Year, Year to Date, 10 Years or Since Inception, 2019."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import printed_text

_NUMBERS = printed_text.NUMBERS | {"twenty": 20, "twenty-five": 25, "thirty": 30}
_N = rf"(?:\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_YEARS = re.compile(rf"(?<![a-z\d.,/$%])({_N})[\s-]*(?:years?|yrs?\.?|y)(?![a-z])")
_MONTHS = re.compile(rf"(?<![a-z\d.,/$%])({_N})[\s-]*(?:months?|mos?\.?|mths?\.?|m)(?![a-z])")
_RANGE = re.compile(rf"(?<![a-z\d]){_N}\s*(?:-|to|–)\s*{_N}[\s-]*(?:years?|yrs?|months?)")
_YTD = re.compile(r"year[\s-]*to[\s-]*date|(?<![a-z])y\.?t\.?d\.?(?![a-z])")
_QTD = re.compile(r"quarter[\s-]*to[\s-]*date|(?<![a-z])qtd(?![a-z])")
_MTD = re.compile(r"month[\s-]*to[\s-]*date|(?<![a-z])mtd(?![a-z])")
_YEAR_ENDED = re.compile(
    r"(?<![a-z\d-])(?:(?:past|last|prior)\s+)?(?:12[\s-]months?|twelve[\s-]months?|year)\s+(?:ended|ending)"
)
_SINCE = re.compile(
    r"since\s+(?:the\s+)?(?:[a-z/-]+'?s?\s+){0,3}(?:incep(?:tion|t)?|inc(?=\.?$)|commencement|launch|start)|incep(?:tion|t)?\s+to\s+date|(?:from|since)\s+(?:the\s+)?(?:date\s+)?"
    r"(?:(?:fund|portfolio|sub-?account|subaccount|division|of|the)\s+){0,3}(?:incep(?:tion|t)?|established)|since\s*incep(?:tion|t)?|"
    r"life\s+of\s+(?:the\s+)?[a-z-]+|(?<![a-z])(?:itd|s\.?i\.?)(?![a-z])|(?<![a-z])lifetime(?![a-z])|(?<![a-z])incep(?:tion|t)?(?![a-z])\s*(?:return|performance)"
)
_ONLY_INCEPTION = re.compile(r"(?:incep(?:tion|t)?|life)(?: ?\*+)?")
_CALENDAR = re.compile(r"(?:calendar\s+year\s+|year\s+ended\s+december\s+31,?\s+)?((?:19|20)\d\d)")
_BOTH = re.compile(r"(?<![a-z])or(?![a-z])|/|\(|if\s+(?:less|shorter)|whichever")
_RUN_ON = re.compile(r"([Yy]ears?|[Mm]onths?|Date|YTD)(?=[A-Z][a-z])")  # 10 YearsSince Inception: two headings that touch
NO_RETURNS = re.compile(
    r"yield|expense|(?<![a-z])fees?(?![a-z])|charges?(?=\s*(?:\(|$))|std|standard\s+dev|deviation|sharpe|(?<![a-z])beta|(?<![a-z])alpha|"
    r"r-?squared|rank|percentile|quartile|rating|growth\s+of|turnover|assets|number\s+of|price|unit\s+value|(?<![a-z])nav(?![a-z])\s*(?:$|per|\()|distribution|dividend|"
    r"tracking|capture|ratio|holdings|weight|allocation\s*%|%\s*of|maturity|duration|surrender\s+(?:value|charge)|cdsc|redemption|investment\s+value|cost|volatility|"
    r"change\s+in|high(?:est)?\s+value|excess|difference|value\s+added|over/under|\+/-"
)
"""Words of headings over figures that are no returns."""


@dataclass(frozen=True, slots=True)
class HeadPeriod:
    """A period: its ``code``, or SI for since inception; ``since`` says of what; ``or_since`` with the shorter of both."""

    code: str
    since: str = ""
    or_since: bool = False
    first: str = ""  # as printed
    last: str = ""


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text]


def of_heading(text: str) -> HeadPeriod | None:
    """The one period that a heading names; None where it names none, or more than one.

    >>> of_heading("10 Year 7/31/98- 7/31/08 or Since Inception of Fund⁸")
    HeadPeriod(code='10Y', since='FUND', or_since=True, first='7/31/98', last='7/31/08')
    >>> of_heading("10 Yr or Since Incep.").or_since, of_heading("Since Incep.").code
    (True, 'SI')
    >>> of_heading("FIVE YEARS ENDED 12/31/2001").code, of_heading("2019").code, of_heading("3 Yr Std Dev")
    ('5Y', 'CY2019', None)
    >>> of_heading("1Q 2011").first, of_heading("Fourth Quarter 2011").last
    ('2010-12-31', '2011-12-31')
    >>> of_heading("10 YearsSince Inception") is None
    True
    """
    if len(text) > 200:
        return None
    days = printed_text.dates(text)
    plain = _RUN_ON.sub(r"\1 ", printed_text.DATE.sub(" ", text))
    plain = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\^\{?[\da-z*,\s]{1,9}\}?|\((?:\d{1,2}|[a-z])\)|[*†‡§¶]+", " ", plain)
    plain = " ".join(plain.replace("\n", " ").lower().split())
    if _RANGE.search(plain) or NO_RETURNS.search(plain) or re.search(r"\d[\s-]*days?(?![a-z])", plain):
        return None
    calendar = _CALENDAR.fullmatch(plain.strip(" :."))
    if calendar:
        return HeadPeriod(f"CY{calendar[1]}")
    found = {f"{_number(n)}Y" for n in _YEARS.findall(plain) if _number(n)}
    found |= {f"{_number(n)}M" for n in _MONTHS.findall(plain) if _number(n)}
    found |= {code for code, form in (("YTD", _YTD), ("QTD", _QTD), ("MTD", _MTD)) if form.search(plain)}
    if "12M" in found:
        found = found - {"12M"} | {"1Y"}
    if not found and re.fullmatch(r"(?:(?:latest|last|current|most recent|prior)\s+)?(?:qtr\.?|quarter|month)", plain):
        found = {"3M" if "q" in plain else "1M"} if plain != "month" else set()
    if not found and _YEAR_ENDED.search(plain):
        found = {"1Y"}
    since = (
        bool(_SINCE.search(plain))
        or bool(len(days) == 1 and re.search(r"(?<![a-z])since\W*$", plain))
        or bool(_ONLY_INCEPTION.fullmatch(plain.strip(" :.-%()")) and not days)
    )
    first, last = _ends(text, days)
    if not found and not since and (quarter := _QUARTER.fullmatch(plain.strip(" :."))):
        number = _quarter(quarter[1] or quarter[2] or quarter[3])
        return HeadPeriod("DATES", first=_quarter_end(quarter[4], number - 1), last=_quarter_end(quarter[4], number))
    if len(found) > 1 or (not found and not since):
        if not found and not since and len(days) == 2 and first:
            return HeadPeriod("DATES", first=first, last=last)
        return None
    if found and since:
        code = next(iter(found))
        return HeadPeriod(code, _since(plain), True, first, last) if _BOTH.search(plain) and code.endswith("Y") else None
    return HeadPeriod(next(iter(found), "SI"), _since(plain) if since else "", False, first, last)


_QUARTER = re.compile(
    r"(?:q\s?([1-4])|([1-4])\s?q|(1st|2nd|3rd|4th|first|second|third|fourth)\s+(?:qtr\.?|quarter))\s*(?:of\s+|,\s*)?((?:19|20)\d\d)"
)


def _quarter(text: str) -> int:
    return int(text[0]) if text[0].isdigit() else ["first", "second", "third", "fourth"].index(text) + 1


def _quarter_end(year: str, number: int) -> str:
    return f"{year}-{('03-31', '06-30', '09-30', '12-31')[number - 1]}" if number else f"{int(year) - 1}-12-31"


def _ends(text: str, days: list[str]) -> tuple[str, str]:
    """First and last day of a heading: two dates with a dash or 'to' between them, or the one of its end."""
    if len(days) == 2:
        between = text[text.find(days[0]) + len(days[0]) : text.rfind(days[1])].strip().lower()
        if between in {"-", "to", "through", "thru", "–", "—", "until"}:
            return days[0], days[1]
        return "", ""
    if len(days) == 1:
        before = text[: text.find(days[0])].lower()
        if re.search(r"inception|since|from|established|began|commenc|start", before.split("ended")[-1]) and not re.search(
            r"(?:through|ended|ending|as\s*of|to)\s*$", before
        ):
            return days[0], ""
        return "", days[0]
    return "", ""


def _since(plain: str) -> str:
    for word, code in (
        ("separate account", "SUBACCOUNT"),
        ("sub-account", "SUBACCOUNT"),
        ("subaccount", "SUBACCOUNT"),
        ("sub account", "SUBACCOUNT"),
        ("division", "SUBACCOUNT"),
        ("contract", "CONTRACT"),
        ("fund", "FUND"),
        ("portfolio", "FUND"),
        ("series", "FUND"),
    ):
        if word in plain:
            return code
    return ""


_FILLERS = re.compile(
    r"average|annual(?:ized|ised)?|total|returns?|performance|cumulative|period|ended|ending|the|past|last|for|as|of|through|at|to|"
    r"%|percent|figures?|calendar|and|since|inception|trailing|latest|one|[\s:;,.()*•▪·–—-]"
)


def of_label(text: str) -> HeadPeriod | None:
    """The period that the label of a row is, and nothing else than a period.

    >>> of_label("1 Year").code, of_label("Five Years ended 12/31/07:").code, of_label("Short-Term 5 Year Bond Fund")
    ('1Y', '5Y', None)
    """
    found = of_heading(text.strip(" :•▪·*-–—"))
    if found is None:
        return None
    plain = printed_text.DATE.sub(" ", text).lower()
    if found.code.startswith("CY"):
        return found
    for form in (_YTD, _QTD, _MTD, _YEARS, _MONTHS, _SINCE, _YEAR_ENDED):
        plain = form.sub(" ", plain)
    plain = re.sub(
        r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\^\{?[\da-z*,\s]{1,9}\}?|\(\d{1,2}\)|(?<![a-z])(?:or|the|fund|portfolio|life|shorter|if|less)(?![a-z])",
        " ",
        plain,
    )
    return found if not _FILLERS.sub("", plain).strip() else None


MONTHS = {
    name: place
    for place, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}


def month(text: str) -> int:
    """The month that a label is; 0 where it is none."""
    return MONTHS.get(text.strip().lower().rstrip(".:"), 0)
