"""Numbers as texts, as people write them: 1,234.50, $35, -€0.5, 12.5%, (3.1); and the words that say there is none."""

from __future__ import annotations

import functools
import math
import re

_DASHES = "- -- \N{EN DASH} \N{EM DASH} \N{MINUS SIGN}".split()
USUAL_BLANKS = frozenset({"", "NA", "N/A", "#N/A", "NULL", "null", "NaN", "nan", *_DASHES})  # as programs write them
_WORDS = "na n/a n.a. #n/a null nan".split()
BLANKS = USUAL_BLANKS | {spelt for word in _WORDS for spelt in (word, word.upper(), word.title(), word.capitalize())}
_SPACES = " \u00a0\u2009\u202f"
_PARTING = "\u00a0\u2009\u202f'\N{RIGHT SINGLE QUOTATION MARK}"  # what parts thousands and nothing else
CURRENCIES = "$€£¥"


def says_nothing(text: str) -> bool:
    """Whether a text among numbers stands for no value: blank, a dash, NA, N/A, n.a., NULL, NaN."""
    return text.strip() in BLANKS


def parsed(text: str, decimal: str = ".", thousands: str = "") -> float | None:
    """The number that a text is, or None. ``thousands`` is what may part thousands; left out, the other of comma and point.

    >>> parsed("(1,234.5)"), parsed("10.312,25", ","), parsed("12.5%"), parsed("1_1.5")
    (-1234.5, 10312.25, 0.125, None)
    """
    bare = text.strip().replace("\N{MINUS SIGN}", "-")
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1].strip() if negative else bare
    bare = re.sub(rf"^([-+]?)\s*[{CURRENCIES}]\s*(?=[-+\d.,])|\s*[{CURRENCIES}]$", r"\1", bare)
    percent = bare.endswith("%")
    found = _shape(decimal, thousands).fullmatch(bare.removesuffix("%").strip())
    if found is None or not (found["whole"] or found["part"]) or (negative and found["sign"]):
        return None
    digits = re.sub(r"\D", "", found["whole"] or "")
    plain = f"{found['sign']}{digits or '0'}.{found['part'] or '0'}{found['power'] or ''}"
    if percent and not found["power"]:
        plain += "e-2"  # not divided by 100: the nearest number of the text itself
    number = float(plain) / (100.0 if percent and found["power"] else 1.0)
    return (-number if negative else number) if math.isfinite(number) else None


def currency(text: str) -> str:
    """The sign of a currency in a text; blank where there is none."""
    return next((sign for sign in text if sign in CURRENCIES), "")


@functools.lru_cache(maxsize=32)
def _shape(decimal: str, thousands: str) -> re.Pattern[str]:
    sign = thousands or ("." if decimal == "," else ",")
    parting = (_SPACES if sign in _SPACES else sign) + ("" if thousands else _PARTING)
    whole = rf"\d+|\d{{1,3}}(?P<by>[{re.escape(parting)}])\d{{3}}(?:(?P=by)\d{{3}})*"
    return re.compile(
        rf"(?P<sign>[-+]?)(?P<whole>{whole})?(?:{re.escape(decimal)}(?P<part>\d*))?(?P<power>[eE][-+]?\d{{1,3}})?", re.ASCII
    )
