"""The marks of footnotes at the end of what is printed: 1 Year⁷, Fund (1), Fund*, Fund^{2,3}."""

from __future__ import annotations

import re

from .patterns import pattern

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
MARK = (
    r"(?:\*{1,4}|[†‡§¶#+]{1,3}|[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,⁾)]\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)*|\^\{?[\da-z*,\s]{1,9}\}?|"
    r"\((?:\d{1,2}(?:\s?,\s?(?:\d{1,2}|[a-z]))*|[a-z](?:\s?,\s?[a-z\d])*|\*{1,3})\)|\[\d{1,2}(?:\s?,\s?\d{1,2})*\])"
)
AT_END = pattern(rf"(?:\s?{MARK}\s?)+$")


def without_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """A name or a head without the marks of footnotes at its end, and the marks.

    >>> without_marks("MML Money Market ^{2,3}"), without_marks("1 Year⁷")
    (('MML Money Market', ('2', '3')), ('1 Year', ('7',)))
    """
    found = AT_END.search(text)
    if not found or found.start() == 0:
        return text.strip(), ()
    marks = re.findall(r"[\da-z]{1,2}(?![\da-z])|\*+|[†‡§¶#+]", found[0].translate(SUPERSCRIPTS).lower())
    return text[: found.start()].strip(), tuple(marks)
