"""Draft terms of each contract, from what captions and notes print: each value with its words and its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from . import captions, printed_text, schedules
from .contracts import Contracts
from .document import Document, Line
from .said import FOR, HIGH, MEDIUM, Said, around, paragraphs

_DOLLARS = re.compile(r"\$\s?(\d{1,3}(?:,\d{3})*(?:\.\d\d)?|\d+(?:\.\d\d)?)(?!\s?(?:,000|million))")
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


def said(document: Document, order: str) -> list[Said]:
    """Everything that the sentences of a document say of contract terms."""
    found: list[Said] = []
    for line, text in paragraphs(document):
        if not re.search(
            r"charge|fee|expense|payment|year or less|than one year|free|available|inception|tax|offered|CDSC|invest", text
        ):
            continue
        for read in (schedules.of_sentences, _annual, _plain):
            found += read(line, text, order)
    if not any(one.key == "cdsc.schedule" for one in found):
        found += schedules.of_tables(document)
    return list(dict.fromkeys(found))


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
            named = FOR.match(rest[dollars.end() :])
            words = around(text, match.start(), match.end() + dollars.end() + (named.end() if named else 0), 240)
            found.append(Said("annual_charge.dollars", f"{amount:.2f}", words, line, named[1] if named else ""))
    return found


def _plain(line: Line, text: str, order: str) -> list[Said]:
    found: list[Said] = []

    def add(form: re.Pattern[str], key: str, value: Callable[[re.Match[str]], str], confidence: str = HIGH) -> None:
        for match in form.finditer(text):
            if literal := value(match):
                found.append(Said(key, literal, around(text, match.start(), match.end()), line, confidence=confidence))

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
