"""Draft terms of each contract, from what captions and notes print: each value with its words and its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import captions, printed_text
from .contracts import Contracts
from .document import Document, Line

HIGH, MEDIUM, LOW = "high", "medium", "low"
_NUMBERS = {
    word: place
    for place, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(), 1
    )
} | {
    word: place
    for place, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
_ORDINAL = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_LAST = rf"\s*(?:-|–|to|through|and|&)\s*(?:the\s+)?({_ORDINAL})(?!\d|\s?%|\.\d)"  # the next step's rate is no year
_STEP = re.compile(
    rf"(\d{{1,2}}(?:\.\d{{1,2}})?)\s?%\s*(?:-|–|in|during|for)?\s*(?:the\s+)?"
    rf"(?:(?:contract\s+)?years?\s+({_ORDINAL})(?:{_LAST})?"
    rf"|({_ORDINAL})(?:{_LAST})?\s+(?:contract\s+)?years?|first\s+(?P<count>{_ORDINAL})\s+(?:contract\s+)?years)(?![a-z])"
    r"(?P<after>\s+(?:or|and)\s+(?:later|more|thereafter)|[^,;%)]{0,60}thereafter)?",
    re.IGNORECASE,
)
_DOLLARS = re.compile(r"\$\s?(\d{1,3}(?:,\d{3})*(?:\.\d\d)?|\d+(?:\.\d\d)?)(?!\s?(?:,000|million))")
_FOR = re.compile(r"\s*,?\s*(?:for|under)\s+(?:the\s+)?((?:[A-Z][\w&'’/-]*\s+){1,7}(?:Contracts?|Annuity|Policy))")
_ANNUAL = re.compile(
    r"(?:annual|contract|maintenance|administrative|policy|records?)\s+(?:[a-z]+\s+){0,2}(?:charge|fee)s?(?![a-z])",
    re.IGNORECASE,
)
_SEPARATE = re.compile(
    r"separate\s+account\s+(?:annual\s+)?(?:expenses?|charges?|fees?)[^.%;]{0,60}?(\d{1,2}\.\d{1,3})\s?%", re.IGNORECASE
)
_PAYMENT = re.compile(
    r"(?:single|hypothetical|initial|an?)\s+(?:hypothetical\s+)?(?:initial\s+)?\$\s?(\d{1,3}(?:,\d{3})+|\d{3,6})(?:\.00)?\s+(?:\w+\s+){0,2}(?:payment|investment|premium|deposit)",
    re.IGNORECASE,
)
_FREE = re.compile(
    r"(\d{1,2}(?:\.\d{1,2})?)\s?%\s+of\s+(?:the\s+|your\s+|total\s+)?(contract|account|accumulat\w+|certificate|purchase\s+payments?|premiums?|payments?)[^.;]{0,160}?(?:free|without|not\s+subject|no\s+(?:surrender|withdrawal))",
    re.IGNORECASE,
)
_INCEPTION = re.compile(
    rf"(?:inception\s+date\s+of\s+the\s+contract\s+was|contracts?\s+(?:was|were)\s+first\s+(?:offered|available|sold|issued)(?:\s+for\s+sale)?(?:\s+on|\s+in)?|contract\s+was\s+offered\s+for\s+sale\s*\(|"
    rf"product\s+first\s+became\s+available\s+on)\s*({printed_text.DATE.pattern})",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?:one\s+year\s+or\s+less|less\s+than\s+(?:one|1|a)\s+year|shorter\s+than\s+(?:one|1|a)\s+year)[^.;]{0,80}?(?:percentage\s+change|not\s+(?:been\s+)?annuali[sz]ed|cumulative|total\s+return)",
    re.IGNORECASE,
)
_NO_TAX = re.compile(r"(?:do(?:es)?\s+not\s+reflect|not\s+includ\w+|without)[^.;]{0,120}?premium\s+tax", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """One value that the document prints for a key of the terms."""

    key: str
    value: str  # as TOML has it
    words: str
    line: Line
    contract: str = ""  # as printed; empty where it is said of all
    confidence: str = HIGH


def said(document: Document, order: str) -> list[Said]:
    """Everything that the sentences of a document say of contract terms."""
    found: list[Said] = []
    for line, text in paragraphs(document):
        if not re.search(
            r"charge|fee|expense|payment|year or less|than one year|free|available|inception|tax|offered|CDSC|invest", text
        ):
            continue
        for read in (_schedules, _annual, _plain):
            found += read(line, text, order)
    return list(dict.fromkeys(found))


def paragraphs(document: Document) -> Iterator[tuple[Line, str]]:
    """Running text with lines of a paragraph put together, each by its first line."""
    held: list[Line] = []
    for line in document.lines:
        text = line.text
        runs = len(line.cells) == 1 and not line.grid and text[:1].strip()
        if held and (not runs or len(held[-1].text) < 45 or re.match(r"(?:[-•▪]|\d{1,2}\.|\*+|\(\d+\))\s?", text)):
            yield held[0], " ".join(one.text for one in held)
            held = []
        if runs and sum(len(one.text) for one in held) < 20_000:
            held.append(line)
        elif text and len(text) > 20:
            yield line, text
    if held:
        yield held[0], " ".join(one.text for one in held)


def _around(text: str, start: int, end: int, most: int = 160) -> str:
    """The words of a source: what was read, with a little before it."""
    full_stop = text.rfind(". ", 0, start)
    begin = 0 if full_stop < 0 else full_stop + 2
    if begin < start - 60:  # at a word
        begin = text.find(" ", start - 60, start) + 1 or start
    return " ".join(text[begin : min(end, begin + most)].split())


def _number(text: str) -> int:
    digits = re.match(r"\d+", text)
    return int(digits[0]) if digits else _NUMBERS[text.lower()]


def _schedules(line: Line, text: str, _order: str) -> list[Said]:
    if not _CHARGE.search(text):
        return []
    found: list[Said] = []
    groups: list[list[re.Match[str]]] = []  # a match for each year: one that names several years stands for each of them
    for step in _STEP.finditer(text):
        first, last = _years(step)
        if groups and step.start() - groups[-1][-1].end() < 80 and first == len(groups[-1]) + 1:
            groups[-1] += [step] * (last - first + 1)
        elif first == 1:
            groups.append([step] * last)
    for group in groups:
        rest = _SENTENCE_END.split(text[group[-1].start() : group[-1].end() + 60].split(")")[0])[0]
        behind = rest[len(group[-1][0]) :]
        own = _THEREAFTER.search(behind)  # another rate than that of the last year named
        if len(group) < 3 or (len(set(group)) < 2 and not own) or (own and "%" in behind[: own.start()]):
            continue  # nor where the rate of years between them was not understood
        rates = [f"{float(step[1]) / 100:.6f}".rstrip("0") for step in group]
        start, end = group[0].start(), group[-1].end()
        contract = _contract_of(text, start, end)
        words = _around(text, start, end, 400)
        found.append(
            Said(
                "cdsc.schedule",
                f"[{', '.join(rate if rate[-1] != '.' else rate + '0' for rate in rates)}]",
                words,
                line,
                contract,
            )
        )
        if float(group[-1][1]) == 0.0 or own or re.search("thereafter", rest, re.IGNORECASE):
            always = f"{float(own[1]) / 100:.6f}".rstrip("0") if own else rates[-1]
            always = always if always[-1] != "." else always + "0"
            found.append(
                Said(
                    "cdsc.thereafter",
                    always,
                    " ".join(rest.split())[:120],
                    line,
                    contract,
                    HIGH if "thereafter" in rest else MEDIUM,
                )
            )
    return found


_CHARGE = re.compile(r"contingent\s+deferred|cdsc|surrender|withdrawal\s+charge|sales\s+charge", re.IGNORECASE)
_MOST_YEARS = 15  # that one step of a schedule may name
_THEREAFTER = re.compile(
    rf"(\d{{1,2}}(?:\.\d{{1,2}})?)\s?%[^,;%)]{{0,30}}(?:thereafter|after\s+(?:the\s+)?(?:(?:contract\s+)?year\s+{_ORDINAL}|"
    rf"{_ORDINAL}\s+(?:contract\s+)?year)(?![a-z]))",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"\.(?=\s+[A-Z]|\s*$)")


def _years(step: re.Match[str]) -> tuple[int, int]:
    """The first and the last year that a step of a schedule names."""
    if step["count"]:
        return 1, _number(step["count"])
    first = _number(step[2] or step[4])
    last = _number(step[3] or step[5]) if step[3] or step[5] else first
    most = 2 if re.search(r"(?:and|&)\s*(?:the\s+)?" + _ORDINAL, step[0], re.IGNORECASE) else _MOST_YEARS
    return first, last if first <= last < first + most else first


NO_SCHEDULE = "a surrender charge by year, not understood; write it into the draft terms as cdsc.schedule"


def unread_schedules(document: Document, found: list[Said]) -> list[tuple[Line, str]]:
    """Paragraphs that speak of surrender charges by year, where no schedule was read anywhere."""
    if any(one.key == "cdsc.schedule" for one in found):
        return []
    return [
        (line, text)
        for line, text in paragraphs(document)
        if _CHARGE.search(text) and _BY_YEAR.search(text) and _falls(text)
    ]


_PERCENT = re.compile(r"(?<![\d.])(\d(?:\.\d{1,2})?)\s?%")  # a rate below ten
_BY_YEAR = re.compile(r"(?<![a-z])(?<!per )(?<!a )(?<!each )years?(?![a-z])", re.IGNORECASE)
_HIGH = 2.0  # percent: charges of the assets, which stand in the same paragraphs, are lower


def _falls(text: str) -> bool:
    """Whether a text has rates as a surrender charge has them: several, one of them high."""
    rates = set(map(float, _PERCENT.findall(text)))
    return len(rates) > 2 and max(rates) >= _HIGH


def _contract_of(text: str, start: int, end: int) -> str:
    """The contract that a schedule in brackets belongs to: named before the bracket, or behind it."""
    open_at = text.rfind("(", 0, start)
    before = re.search(
        r"for\s+the\s+((?:[A-Z][\w&'’/-]*\s+){1,7}(?:Contract|Annuity|Policy))\s*$",
        text[max(open_at - 120, 0) : max(open_at, 0)],
    )
    if before:
        return before[1]
    close = text.find(")", end)
    after = _FOR.match(text[close + 1 : close + 140]) if 0 <= close - end < 120 else None
    return after[1] if after else ""


def _annual(line: Line, text: str, _order: str) -> list[Said]:
    found: list[Said] = []
    for match in _ANNUAL.finditer(text):
        rest = text[match.end() : match.end() + 260]
        cut = re.search(r"contingent|surrender|\.\s+[A-Z]|;|average|divided|hypothetical", rest)
        rest = rest[: cut.start()] if cut else rest
        if "not" in text[max(match.start() - 40, 0) : match.start()].split():
            continue
        for dollars in _DOLLARS.finditer(rest):
            if dollars.start() > 60 and not found:
                break
            amount = float(dollars[1].replace(",", ""))
            if not 1 <= amount <= 200:
                continue
            named = _FOR.match(rest[dollars.end() :])
            words = _around(text, match.start(), match.end() + dollars.end() + (named.end() if named else 0), 240)
            found.append(Said("annual_charge.dollars", f"{amount:.2f}", words, line, named[1] if named else ""))
    return found


def _plain(line: Line, text: str, order: str) -> list[Said]:
    found: list[Said] = []

    def add(form: re.Pattern[str], key: str, value: Callable[[re.Match[str]], str], confidence: str = HIGH) -> None:
        for match in form.finditer(text):
            if literal := value(match):
                found.append(Said(key, literal, _around(text, match.start(), match.end()), line, confidence=confidence))

    add(_SEPARATE, "separate_account.charge", lambda one: f"{float(one[1]) / 100:.6f}".rstrip("0"))
    add(_PAYMENT, "payment.amount", lambda one: f"{float(one[1].replace(',', '')):.2f}")
    add(_INCEPTION, "contract.inception", lambda one: printed_text.day_of(one[1], order))
    add(_FREE, "free_withdrawal.rate", lambda one: f"{float(one[1]) / 100:.6f}".rstrip("0"), MEDIUM)
    add(
        _FREE,
        "free_withdrawal.form",
        lambda one: (
            '"percent_of_value"'
            if re.match("contract|account|accum|cert", one[2], re.IGNORECASE)
            else '"percent_of_payments"'
        ),
        MEDIUM,
    )
    add(_SHORT, "years.short_period", lambda _: '"not_annualised"')
    add(_NO_TAX, "premium_tax.when", lambda _: '"none"')
    return found


@dataclass
class Draft:
    """The draft terms of one contract: for each key what is said, in the order of the document."""

    name: str  # as printed
    code: str
    values: dict[str, list[Said]]

    def chosen(self, key: str) -> Said | None:
        """What the document says of a key last: nearer to the formal tables, which come behind. None where nothing."""
        return self.values[key][-1] if self.values.get(key) else None

    def contradicted(self, key: str) -> bool:
        """Whether the document says two things of a key."""
        return len({one.value for one in self.values.get(key, ())}) > 1


def drafts(all_said: list[Said], contracts: Contracts, title: str) -> list[Draft]:
    """A draft for each contract of the document; one for the document where it names none."""
    names = contracts.names or [""]
    found = []
    for name in names:
        mine: dict[str, list[Said]] = {}
        for one in all_said:
            own = contracts.own(one.contract) if one.contract else ""
            if not one.contract or own == name or (len(names) == 1 and not own):
                mine.setdefault(one.key, []).append(one)
        found.append(Draft(name or title, contracts.code(name) if name else "", mine))
    return found


def title_of(document: Document) -> str:
    """The first line that names the product."""
    for line in document.lines[:40]:
        if named := captions.contracts_in(line.text):
            return named[0]
    return document.name.rsplit(".", 1)[0]
