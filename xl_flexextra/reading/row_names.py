"""What the label of a row says beside its fund: an inception in it, a measure in its place, a figure that runs into it."""

from __future__ import annotations

import re

from ..cells import footnotes
from . import plain, printed_text

_IN_NAME = re.compile(
    rf"\s*[(\[]\s*(?:fund\s+)?(?:inception|incept\.?|since|began|started|commenced)?\s*(?:date)?\s*:?\s*({printed_text.DATE.pattern}|{printed_text.PART_DATE.pattern})\s*[)\]]",
    re.IGNORECASE,
)
_AT_END = re.compile(rf"(?<=\S)\s+({printed_text.DATE.pattern})$", re.IGNORECASE)
_BEFORE_DAY = re.compile(
    r"(?:(?<![a-z])(?:of|to|from|through|until|till|before|after|by|on|and|[a-z]{3,9}ed|[a-z]{3,9}ing)|[-–—,:])$",
    re.IGNORECASE,
)
_RUNS_IN = re.compile(r"[a-z®™)]\(?[-–]?\d{1,3}\.\d{1,4}\)?\s?%?$", re.IGNORECASE)
_VARIANT = re.compile(
    r"(?:(?:with|without|before|after|including|excluding|net\s+of|reflecting|assuming|if|no|full)\s+(?:(?:the|any|all|applicable|maximum|contract|contingent|deferred|sales|surrender(?:ed)?|withdrawal|"
    r"redemption|redeemed|withdrawn|annual|maintenance|administrative|separate\s+account|policy|cdsc|front[\s-]end|and|or|not|fully|held|kept|of|load)s?\s*)*(?:charges?|loads?|fees?|expenses?|cdsc|surrender(?:ed)?|redeemed|redemption|withdrawals?|withdrawn|deductions?|held|kept)?"
    rf"|(?:non-?\s?)?standardi[sz]ed|(?:as\s+of|at|through|(?:period|month|quarter|year)\s+(?:ended|ending))\s+{printed_text.DATE.pattern})",
    re.IGNORECASE,
)
_AS_OF = re.compile(
    rf"(?:as\s+of|at|through|for\s+(?:the\s+)?(?:periods?|month|quarter|year)s?\s+(?:ended|ending))\s+{printed_text.DATE.pattern}",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"(?:(?:non-?\s?)?standardi[sz]ed|average|annual(?:i[sz]ed)?|cumulative|total|investment|net|gross|[\s,])*(?:returns?|performance)",
    re.IGNORECASE,
)


def parted(name: str) -> tuple[str, str, tuple[str, ...]]:
    """A name without the day of inception in it or behind it, that day as printed, and the marks of notes.

    >>> parted("Growth Fund (inception 5/1/97) (2)"), parted("Growth Fund II 05/01/1997")
    (('Growth Fund', '5/1/97', ('2',)), ('Growth Fund II', '05/01/1997', ()))
    """
    name, marks = footnotes.without_marks(plain.BULLET.sub("", name.strip()))
    found = _IN_NAME.search(name) or _AT_END.search(name)
    if not found or (found.re is _AT_END and _BEFORE_DAY.search(name[: found.start()])):
        return name, "", marks
    name, more = footnotes.without_marks((name[: found.start()] + " " + name[found.end() :]).strip())
    return name, found[1], (*more, *marks)


def is_variant(label: str) -> bool:
    """Whether a label says how or when a return was measured, and names no fund: With surrender charge, as of 8/31/2012.

    >>> is_variant("Without withdrawal charges"), is_variant("Average Annual Total Return"), is_variant("Total Return Fund")
    (True, True, False)
    """
    if printed_text.DATE.search(label):
        rest = _AS_OF.sub("", label).strip(" :*•-–—,")
        return _VARIANT.fullmatch(label.strip(" :*")) is not None or _MEASURE.fullmatch(rest) is not None
    plain_label = re.sub(r"\([^)]{0,12}\)|[%*:]", " ", label).strip(" -–—.")
    return bool(plain_label) and (_VARIANT.fullmatch(plain_label) or _MEASURE.fullmatch(plain_label)) is not None


def is_plain_measure(label: str) -> bool:
    """Whether a label is a measure that is a fund's name, too: Total Return.

    >>> is_plain_measure("Total Return"), is_plain_measure("Average annual total return")
    (True, False)
    """
    return re.fullmatch(r"(?:total|investment)\s+returns?", label.strip(" :"), re.IGNORECASE) is not None


def runs_in(name: str) -> bool:
    """Whether a figure stands at the end of a name without a blank: Small Company0.61%.

    >>> runs_in("Small Company0.61%"), runs_in("Target 2020"), runs_in("Fund (1)")
    (True, False, False)
    """
    return _RUNS_IN.search(name) is not None
