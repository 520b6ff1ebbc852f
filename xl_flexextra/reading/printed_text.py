"""What is printed in a cell: a figure with its sign and decimals, no figure, a date, marks of footnotes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..cells import dates_in_words, footnotes, number_text

NUMBERS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(), start=1
    )
}
"""Numbers in words, up to the years that a table or a schedule names."""
_MINUS = "\\-\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{NON-BREAKING HYPHEN}\N{HYPHEN}\N{FIGURE DASH}"
_FIGURE = re.compile(
    rf"(?P<sign>[+{_MINUS}]?\s?)(?P<open>[(\[]\s?)?(?P<inner>[{_MINUS}]?)\$?(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}|(?=\.))"
    rf"(?:\.(?P<part>\d{{1,6}}))?\s?(?P<percent1>%?)\s?(?P<close>[)\]])?\s?(?P<percent2>%?)(?P<trailing>[{_MINUS}]?)"
    rf"(?P<percent3>%?)(?:\s?{footnotes.MARK}){{0,2}}"
)
_NOTHING = frozenset(
    [
        "n/a",
        "na",
        "n.a.",
        "n/a.",
        "nm",
        "n.m.",
        "n/m",
        "not available",
        "not applicable",
        "nav",
        "--",
        "---",
        "----",
        "-",
        "..",
        "...",
        *_MINUS[1:],
        "- -",
        "– –",
        "xx",
        "nil",
    ]
) - {"nav"}
_DATE = r"\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})(?!\d)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WORD_DATE = (
    rf"{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}(?!\d)|\d{{1,2}}(?:st|nd|rd|"
    rf"th)?[ -]{_MONTH}\.?,?[ -]\d{{4}}(?!\d)|\d{{4}}-\d\d-\d\d(?!\d)"
)
DATE = re.compile(rf"(?<![\d/.])(?:{_DATE})|(?<![a-z\d])(?:{_WORD_DATE})", re.IGNORECASE)
PART_DATE = re.compile(
    rf"(?<![\d/])\d{{1,2}}/(?:\d{{4}}|\d{{2}})(?![\d/])|(?<![a-z]){_MONTH}\.?\s+\d{{4}}(?!\d)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure. ``value``: its digits with sign, as decimal text, such as -14.91."""

    value: str
    decimals: int
    percent: bool
    text: str


def figure(text: str) -> Figure | None:
    """The figure that a cell prints, or None: it needs decimals or a percent sign, and no dollars.

    >>> figure("(14.91)%").value, figure("4.03%*").value, figure("2.10-").value, figure("2019"), figure("$30.00")
    ('-14.91', '4.03', '-2.10', None, None)
    """
    bare = text.strip()
    if not bare or len(bare) > 40 or "$" in bare:
        return None
    found = _FIGURE.fullmatch(bare)
    if found is None:
        return None
    percent = bool(found["percent1"] or found["percent2"] or found["percent3"])
    signs = [bool(found["sign"].strip(" +")), bool(found["inner"]), bool(found["open"]), bool(found["trailing"])]
    if sum(signs) > 1 or bool(found["open"]) != bool(found["close"]) or (found["part"] is None and not percent):
        return None
    if "," in found["digits"] and found["part"] is None:
        return None
    digits, part = found["digits"].replace(",", "") or "0", found["part"]
    value = f"{'-' if any(signs) else ''}{digits}{f'.{part}' if part else ''}"
    return Figure(value, len(part or ""), percent, bare)


def says_nothing(text: str) -> bool:
    """Whether a cell says that there is no figure: N/A, a dash."""
    bare = text.strip().casefold()
    if not bare:
        return False
    bare = footnotes.AT_END.sub("", bare).strip().rstrip("%").strip() or bare
    return (
        bare in _NOTHING
        or (number_text.says_nothing(bare) and bool(bare))
        or (bool(bare) and set(bare) <= set(_MINUS[1:] + " "))
    )


def clean(text: str) -> str:
    """A text with plain blanks, and without the marks that a text file keeps of its layout."""
    plain = re.sub(r"</?(?:i|b|em|strong|sup|sub|u|font|span|small)\b[^<>]{0,200}>", "", text)
    plain = plain.replace("\\$", "$").replace("\\%", "%").replace("\\*", "*")
    plain = plain.replace("\u00ad", "").replace("\ufeff", "").replace("\u200b", "")
    return " ".join(plain.split())


def marks_in(text: str) -> list[str]:
    """The marks of footnotes anywhere in a text of raised figures, or at the end of its words.

    >>> marks_in("1 Year⁷ 7/31/07- 7/31/08"), marks_in("Sub-Account (9/12/94) ^{2,3}"), marks_in("Fund")
    (['7'], ['2', '3'], [])
    """
    found = [raised.translate(footnotes.SUPERSCRIPTS) for raised in re.findall(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+", text)]
    found += [one for braced in re.findall(r"\^\{?([\d, ]{1,9})\}?", text) for one in re.findall(r"\d+", braced)]
    found += re.findall(r"(?<=[A-Za-z])\((\d{1,2})\)", text)
    return list(dict.fromkeys(found))


def dates(text: str) -> list[str]:
    """The dates that stand in a text, as printed."""
    return [found[0] for found in DATE.finditer(text)]


def order_of(texts: list[str]) -> str:
    """The order of day, month and year in which every date of a document is one; empty where more than one is, or none."""
    given = [text.replace("-", "/").replace(".", "/") for text in texts if text[:1].isdigit() and not text[:4].isdigit()]
    given = [text for text in dict.fromkeys(given) if not re.search("[a-z]", text, re.IGNORECASE)]
    fits = [
        order
        for order in ("mdy", "dmy")
        if given and all(dates_in_words.in_order(text, order) is not None for text in given)
    ]
    if len(fits) == 2 and all(_same_in_both(text) for text in given):
        return "mdy"
    return fits[0] if len(fits) == 1 else ""


def _same_in_both(text: str) -> bool:
    return dates_in_words.in_order(text, "mdy") == dates_in_words.in_order(text, "dmy")


def day_of(text: str, order: str) -> str:
    """A printed date as 2008-07-31; empty where it is none, or its order is not known."""
    plain = text.strip()
    day = dates_in_words.parsed(plain)
    if day is None and order:
        day = dates_in_words.in_order(plain.replace("-", "/").replace(".", "/"), order)
    return day.isoformat() if day else ""
