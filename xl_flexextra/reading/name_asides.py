"""What a printed name says beside the fund: its former name, who manages it, its codes; each taken out of the name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import printed_text

_DAY = rf"(?:{printed_text.DATE.pattern}|{printed_text.PART_DATE.pattern}|(?:19|20)\d\d(?!\d))"
_ONCE = rf"(?:formerly|previously|f/k/a|fka|prior\s+name|was|effective\s+(?:{_DAY}|[^,()]{{4,20}}),?\s+formerly)"
_FORMER = re.compile(
    rf"[\s,;–—-]*[(\[]\s*(?:{_ONCE}(?:\s+(?:known|named|called))?(?:\s+as)?|(?:name\s+)?(?:prior\s+to|before|until)\s+(?P<day>{_DAY})\s*[,:]?(?:\s*(?:was|known\s+as|named|called))*)"
    rf"\s*[:,]?\s*(?:the\s+)?(?P<name>[^()\[\]]{{3,120}}?)(?:\s+(?:prior\s+to|before|until)\s+(?P<until>{_DAY}))?\s*[)\]]",
    re.IGNORECASE,
)
_FORMER_BARE = re.compile(
    rf"[\s,;–—-]+(?:formerly|previously|f/k/a|fka)(?:\s+(?:known|named|called))?(?:\s+as)?\s*:?\s*(?:the\s+)?(?P<name>[^()\[\]]{{3,120}}?)"
    rf"(?:\s+(?:prior\s+to|before|until)\s+(?P<until>{_DAY}))?$",
    re.IGNORECASE,
)
_ROLE = r"(?:investment\s+)?(?:sub-?\s?)?(?:advis[eo]rs?|managers?)"
_MANAGED = r"(?:(?:co-?)?managed|(?:sub-?\s?)?advised)\s+by"
_ADVISED = re.compile(
    rf"[\s,;–—-]*[(\[]\s*(?:{_MANAGED}|{_ROLE}\s*(?::|/|\s[–—-]\s))[^()\[\]]{{2,160}}[)\]]"
    rf"|(?:[\s,;–—-]+|^){_MANAGED}\s+\S.*$"
    rf"|(?:[\s,;–—]+|\s-\s*|^){_ROLE}(?:\s*/\s*{_ROLE})?\s*:\s*\S.*$"
    rf"|(?:\s?[,;]\s*|\s[–—-]\s+|^\s*){_ROLE}(?:\s*/\s*{_ROLE})?\s+[–—-]\s+\S.*$",  # Advisor - Growth alone is a name
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"(?:,?\s(?:inc\.?|l\.?l\.?c\.?|l\.?p\.?|l\.?l\.?p\.?|ltd\.?|limited|corp\.?|corporation|n\.a\.|plc|gmbh|s\.a\.|(?:management|advisory|investment|insurance|trust)\s+company)"
    r"|\sco\.)(?:\s\([a-z. ]{2,12}\))?$",
    re.IGNORECASE,
)
_MANAGES = re.compile(
    r"(?<![a-z])(?:management|managers?|advis[eo]rs?|asset\s+mg(?:m)?t\.?|partners|associates|investments|investors|research|company|counsel|l\.?p\.?)(?![a-z])",
    re.IGNORECASE,
)
_FUND = re.compile(
    r"(?<![a-z])(?:funds?|portfolios?|trust|series|division|sub-?account|class|shares)(?![a-z])", re.IGNORECASE
)
_CODE = r"(?:\d{3,6}|[A-Z]{1,4}\d[A-Z\d]{1,6}|(?=[\d-]*[A-Z])[A-Z\d]{2,4}-[A-Z\d]{2,5}|[A-Z]{4}X)"
_CODES = re.compile(
    rf"\s*[(\[]\s*(?:(?i:(?:ticker|symbol|cusip|code|fund\s+(?:code|number|no\.?|\#))s?)\s*(?:no\.?|symbol)?\s*[:#]?\s*(?P<said>[A-Z\d]{{2,9}}(?:\s*[,/;]\s*[A-Z\d]{{2,9}})*)"
    rf"|(?P<bare>(?![1-9]0{{2,3}}\s*[)\]])(?:[A-Z]{{5}}(?=\s*[,/;]\s*\d)|{_CODE})(?:\s*[,/;]\s*{_CODE})*))\s*[)\]]"
)
_LONGEST = 400  # letters of what stands beside a name


@dataclass(frozen=True, slots=True)
class Asides:
    """A name, and what was printed beside it: former names with the day until which each held, and codes."""

    name: str
    former: tuple[tuple[str, str], ...] = ()
    codes: tuple[str, ...] = ()


def taken(text: str) -> Asides:
    """A name without what is printed beside it.

    >>> taken("Growth Fund (formerly Old Fund until 5/1/07), managed by Harbor Lane LLC")
    Asides(name='Growth Fund', former=(('Old Fund', '5/1/07'),), codes=())
    >>> taken("VIP Mid Cap (FNBSC, 9071)"), taken("Bond Fund (VIP) (II)").name, taken("Target Fund (2030)").name
    (Asides(name='VIP Mid Cap', former=(), codes=('FNBSC', '9071')), 'Bond Fund (VIP) (II)', 'Target Fund (2030)')
    """
    if len(text) > _LONGEST:
        return Asides(text)
    former: list[tuple[str, str]] = []
    codes: list[str] = []
    for form in (_FORMER, _FORMER_BARE):
        while found := form.search(text):
            day = found.groupdict().get("day") or found["until"] or ""
            old = _ADVISED.sub("", found["name"]).strip(" ,;:'\"“”")
            if old:
                former.append((old, day))
            text = f"{text[: found.start()]} {text[found.end() :]}".strip()
    found = _ADVISED.search(text)
    if found:
        text = f"{text[: found.start()]} {text[found.end() :]}".strip()
    found = _CODES.search(text)
    if found and found.start() and not re.fullmatch(r"(?:19|20)\d\d", found["bare"] or ""):
        codes = re.findall(r"[A-Z\d-]+", found["said"] or found["bare"])
        text = f"{text[: found.start()]} {text[found.end() :]}".strip()
    return Asides(" ".join(text.split()).rstrip(" ,;"), tuple(former), tuple(codes))


def is_adviser(text: str, expected: bool = False) -> bool:
    """Whether a line beside a name says only who manages the fund; ``expected``: its table names managers so.

    >>> is_adviser("Adviser: Harbor Lane LLC"), is_adviser("T. Rowe Price, Inc."), is_adviser("Growth Fund, Inc.")
    (True, True, False)
    >>> is_adviser("Harbor Lane Management"), is_adviser("Harbor Lane Management", expected=True)
    (False, True)
    """
    if len(text) > _LONGEST:
        return False
    bare = text.strip(" ()*–—-•")
    whole = _ADVISED.match(f" {text.strip()}")
    if whole is not None and whole.start() == 0 and not _FUND.search(bare.split(":")[0]):
        return True
    if _FUND.search(bare) or len(bare.split()) < 2:
        return False
    return _COMPANY.search(bare) is not None or (expected and _MANAGES.search(bare) is not None)


def is_former(text: str) -> bool:
    """Whether a line below a name says only how the fund was called: (formerly Old Fund), or begins to.

    >>> is_former("(formerly Old Fund)"), is_former("Formerly Old Fund"), is_former("Growth Fund (formerly Old Fund)")
    (True, True, False)
    >>> is_former("(formerly Old Fund,"), taken("Fidelity Advisor - Growth").name, taken("Income (60-40)").name
    (True, 'Fidelity Advisor - Growth', 'Income (60-40)')
    """
    if len(text) > _LONGEST:
        return False
    bare = text.strip()
    bare = bare[1:] if unclosed(bare) and bare.startswith("(") else bare
    found = _FORMER.match(f" {bare}") or _FORMER_BARE.match(f" {bare}")
    return found is not None and found.start() == 0


def unclosed(text: str) -> bool:
    """Whether a bracket is open at the end of a line: its words go on below."""
    return text.count("(") > text.count(")")


def names_advisers(heading: str) -> bool:
    """Whether a heading over names says that managers stand beside them: Fund and adviser."""
    return re.search(r"advis[eo]r|manager|managed", heading, re.IGNORECASE) is not None
