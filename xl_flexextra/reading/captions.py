"""What captions say of the figures below them: the measure, the charges they reflect, the contract, the last day."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import printed_text
from .document import Line

_RETURNS = re.compile(r"returns?(?![a-z])|performance|rate of return", re.IGNORECASE)
_AS_OF = re.compile(
    rf"(?:as\s*of|ended|ending|through|thru|at|to)\s*:?\s*(?:the\s+(?:period|quarter|month|year)\s+(?:ended|ending)\s+)?({printed_text.DATE.pattern})",
    re.IGNORECASE,
)
_CONTRACT = re.compile(
    r"(?:(?:[A-Z][\w&'’/-]*|of|the|II?I?|IV)\s+){1,7}(?:Contracts?|Annuity|Policy|Annuities)(?![a-z])(?:\s+(?:[IVX]{1,4}|\d{1,2}))?"
)
_NO = re.compile(
    r"(?:do(?:es)?|did)\s+not\s+(?:reflect|include|take|deduct|surrender)|without|exclud|before\s+(?:the\s+)?(?:deduct|contract)|not\s+(?:reflect|includ|deduct)|prior\s+to\s+(?:the\s+)?deduct|no\s+(?:surrender|contingent)|"
    r"(?:is|are|were)\s+not\s+(?:deducted|reflected|included)|had\s+been\s+reflected|if\s+(?:reflected|deducted)|their\s+inclusion|assum\w+\s+(?:that\s+)?(?:the\s+|your\s+)?(?:(?:contract|policy|certificate)\s*(?:is|was)?\s*(?:not|still|continues)|no\s+(?:surrender|withdrawal|redemption))",
    re.IGNORECASE,
)
_YES = re.compile(
    r"reflect|includ|after|deduct|net\s+of|for\s+an?\s+(?:contract|policy|certificate|annuity)\s+(?:fully\s+)?surrendered|if\s+you\s+(?:fully\s+)?surrender|with\s+(?:the\s+)?(?:surrender|contingent|withdrawal)|assum\w+\s.{0,60}(?:redeem|surrender|withdraw)",
    re.IGNORECASE,
)
_BUT = re.compile(
    r"(?:except(?:ing)?|other\s+than|(?<!not )but)\s+(?:(?:for|not|the|any|applicable)\s+)*"
    r"(?:contingent\s+deferred|cdsc|surrender\s+charge|withdrawal\s+charge|deferred\s+sales)",
    re.IGNORECASE,
)
_CDSC = re.compile(
    r"contingent\s+deferred|cdsc|surrender\s+charge|withdrawal\s+charge|deferred\s+sales\s+(?:charge|load)|full(?:y)?\s+redem|surrender\s+(?:your|the)\s+(?:contract|policy|certificate|annuity)\s+at\s+the\s+end|(?:contract|policy|certificate|annuity)\s+(?:is\s+|was\s+|were\s+|fully\s+)*surrendered|contract\s+is\s+redeemed|complete\s+(?:surrender|redemption)",
    re.IGNORECASE,
)
_ANNUAL = re.compile(r"(?:annual|contract|maintenance|administrative|policy)\s+(?:\w+\s+){0,2}(?:fee|charge)", re.IGNORECASE)
_CONTRACT_LEVEL = re.compile(r"contract[\s-]+level\s+charges?", re.IGNORECASE)


def paragraphs(lines: Sequence[Line]) -> str:
    """Lines as paragraphs: what goes over several lines on paper becomes one; lists and titles keep their lines."""
    found: list[str] = []
    goes_on = False
    for line in lines:
        text = line.text
        if goes_on and not _LISTED.match(text):
            found[-1] += f" {text}"
        else:
            found.append(text)
        goes_on = not line.grid and len(line.cells) == 1 and len(text) > 45
    return "\n".join(found)


_LISTED = re.compile(r"(?:[-•▪]|\d{1,2}[.)]|\*+|\(\d+\))\s?")


def kind_of(text: str) -> str:
    """The measure that a caption names, in words.

    >>> kind_of("NON-STANDARDIZED AVERAGE ANNUAL TOTAL RETURN"), kind_of("Calendar Year Returns")
    ('non-standardized average annual total return', 'calendar year return')
    """
    plain = " ".join(text.lower().split())
    before = standard_of(plain)
    after = " after tax" if re.search(r"after[\s-]+tax", plain) else ""
    average = re.search(r"average\s+annual|annuali[sz]ed|annual\s+compound|compound(?:ed)?\s+annual|avg\.?\s+annual", plain)
    cumulative = re.search(r"cumulative|aggregate\s+total\s+return|total\s+(?:percentage\s+)?change", plain)
    if cumulative and not average:
        return f"{before}cumulative total return{after}"
    if average and not cumulative:
        return f"{before}average annual total return{after}"
    if average and cumulative:
        return ""
    if re.search(r"monthly\s+(?:total\s+)?returns?", plain):
        return "monthly return"
    if re.search(r"calendar\s+years?|annual\s+(?:total\s+)?returns?|year[\s-]by[\s-]year", plain):
        return f"calendar year return{after}"
    if re.search(r"quarterly\s+(?:total\s+)?returns?", plain):
        return "quarterly return"
    if re.search(r"total\s+returns?|returns?(?![a-z])", plain):
        return f"{before}total return{after}"
    return ""


def standard_of(text: str) -> str:
    """Whether a text speaks of standardized returns, or of others; empty where it says neither, or both.

    >>> standard_of("Non-Standardized, as of 7/31/08"), standard_of("Standardized and non-standardized returns")
    ('non-standardized ', '')
    """
    plain = text.lower()
    non = re.search(r"non-?\s?standard", plain) is not None
    own = re.search(r"(?<![a-z-])(?<!non )standardi[sz]ed", plain) is not None
    return "" if non == own else "non-standardized " if non else "standardized "


def charges_of(text: str) -> str:
    """Which charges the returns below a caption reflect: asset, annual or all; empty where it does not say.

    >>> charges_of("These returns do not reflect contingent deferred sales charges or the annual maintenance charge.")
    'asset'
    """
    yes: set[str] = set()
    no: set[str] = set()
    for sentence in _sentences(text):
        named = {
            name for name, form in (("cdsc", _CDSC), ("annual", _ANNUAL), ("both", _CONTRACT_LEVEL)) if form.search(sentence)
        }
        if not named:
            continue
        if "both" in named and not named & {"cdsc", "annual"}:
            named = {"cdsc", "annual"}
        named.discard("both")
        if re.search(r"^\W*(?:please\s+note|the\s+amount\s+of|their\s+inclusion)", sentence, re.IGNORECASE):
            continue
        if re.search(r"would\s+(?:reduce|increase|be\s+lower|have)", sentence) and not re.search(
            r"not\s+(?:reflect|includ)", sentence
        ):
            continue
        if re.search(r"do(?:es)? not reflect the contract level charges for", sentence):
            continue
        if _BUT.search(sentence) and not _NO.search(_BUT.split(sentence)[0]):
            no.add("cdsc")
            yes |= named - {"cdsc"}
        elif _NO.search(sentence):
            no |= named
        elif _YES.search(sentence):
            yes |= named
    if "cdsc" in yes and "cdsc" not in no:
        return "all"
    if "cdsc" in no:
        return "annual" if "annual" in yes and "annual" not in no else ("asset" if "annual" in no else "")
    return ""


def charges_over(heading: str) -> str | None:
    """Which charges the columns below a heading reflect; empty where it names some and leaves others open, None where none.

    >>> charges_over("With surrender charge"), charges_over("Without Surrender Charges"), charges_over("Class A")
    ('all', '', None)
    """
    if not _CDSC.search(heading) and not re.search(
        r"surrender(?:ed)?(?![a-z])|full\s+withdrawal|if\s+redeemed", heading, re.IGNORECASE
    ):
        return None
    no = re.search(r"without|before|exclud|not(?![a-z])|no(?![a-z])|non-?surrender", heading, re.IGNORECASE)
    return "" if no else "all"


def contracts_in(text: str) -> list[str]:
    """The names of contracts that stand in a text."""
    found = []
    for match in _CONTRACT.finditer(text[:20_000]):
        name = re.sub(r"^(?:(?:The|These|This|For|Of|the|of|Each|Your|Our|A|An)\s+)+", "", " ".join(match[0].split()))
        if name.count(" ") >= 1:
            found.append(name)
    return list(dict.fromkeys(found))


def contracts_charged(text: str) -> list[str]:
    """The contracts whose charges a caption says that its figures reflect."""
    found = []
    for sentence in _sentences(text):
        if (
            not _NO.search(sentence)
            and not re.search(r"(?<![a-z])would(?![a-z])", sentence)
            and (_CDSC.search(sentence) or _ANNUAL.search(sentence))
        ):
            found += contracts_in(sentence)
    return list(dict.fromkeys(found))


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.;])\s+(?=[A-Z*])|\n", text[:20_000])


def as_of(text: str) -> str:
    """The last day that a caption names, as printed; empty where it names none, or several."""
    found = list(dict.fromkeys(match[1] for match in _AS_OF.finditer(text[:20_000])))
    return found[0] if len(found) == 1 else ""


def says_returns(text: str) -> bool:
    """Whether a text speaks of returns."""
    return _RETURNS.search(text) is not None


def end_of_range(text: str) -> str:
    """The last of two days with a dash between them, where a text holds no others.

    >>> end_of_range("TSP Investment Funds 8/31/1990 - 4/22/2014")
    '4/22/2014'
    """
    days = printed_text.dates(text)
    if len(days) != 2:
        return ""
    between = text[text.find(days[0]) + len(days[0]) : text.rfind(days[1])].strip().lower()
    return days[1] if between in {"-", "–", "—", "to", "through"} else ""
