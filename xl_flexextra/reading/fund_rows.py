"""The funds of a document: every name under which its tables and notes have one, and where each stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..cells import footnotes
from ..inputs import fund_names
from . import blocks, name_asides, printed_text
from .document import Document, Line
from .tables import FundSeen

_SUFFIX = re.compile(r"(?:\s?/\s?|\s)(?:va|vip|vit|ii|s\.?a\.?)$", re.IGNORECASE)
_BENCHMARK = re.compile(
    r"(?:index|indices|average|benchmark|composite|s\s?&\s?p\s*500|stoxx|eafe|treasury\s+bills?)(?:\W*\(?(?:%|reflects[^)]*|usd|tr|net|gross)\)?\W*)*[®™*\d]*$|^(?:lipper|morningstar|s&p|s\s&\sp|russell|msci|dow\s+jones|lehman|bloomberg|barclays|ice\s+bofa|ftse|citigroup|nasdaq|merrill)(?![a-z])",
    re.IGNORECASE,
)
_NAME = r"((?:[A-Z0-9][\w&.'/®™-]*)(?:\s+(?:[A-Z0-9&(][\w&.'/®™)-]*|of|and|the|for)){0,9})"
_FORMER = (
    re.compile(
        rf"(?:[Pp]rior to|[Bb]efore|[Uu]ntil|"
        rf"[Ee]ffective)\s+((?i:{printed_text.DATE.pattern})),?\s+(?:the\s+)?{_NAME}\s+was\s+(?:formerly\s+)?(?:known\s+as|named|called)\s+(?:the\s+)?{_NAME}"
    ),
    re.compile(
        rf"()(?:[Tt]he\s+)?{_NAME}(?:\s+was)?,?\s+\(?(?:formerly|previously)\s+(?:known\s+as|named|called)?\s*,?(?:the\s+)?{_NAME}"
    ),
)


@dataclass
class FundRead:
    """One fund: names in the order of their tables, dates as printed, and where each was seen."""

    name: str
    asset_class: str = ""
    fund_inception: str = ""
    subaccount_inception: str = ""
    aliases: list[str] = field(default_factory=list)
    former: list[tuple[str, str]] = field(default_factory=list)  # name, until
    notes: tuple[str, ...] = ()
    code: str = ""
    places: dict[str, Line] = field(default_factory=dict)
    tables: set[int] = field(default_factory=set)
    guessed: str = ""  # why a name is taken for this fund's, where no letters say so

    @property
    def names(self) -> list[str]:
        """All its names."""
        return [self.name, *self.aliases, *(name for name, _ in self.former)]


_OF_FUND = re.compile(
    r"(?<![a-z])(?:funds?|portfolios?|trust|series|division|sub-?account|account|option|class|shares|vip|vit|va|v\.i\.|etf)(?:\W|\d|[ivx]{1,3}\b)*$",
    re.IGNORECASE,
)
_PROVIDER = re.compile(
    r"^(?:standard\s+(?:&|and)\s+poor|s\s?&\s?p\W|russell\W|msci\W|dow\s+jones|djia|lehman|bloomberg|barclays|ice\s+bofa|bofa|ftse|citigroup|citi\W|nasdaq|"
    r"merrill|lipper|wilshire\s+\d|crsp\W|cboe\W|consumer\s+price|custom|blended|composite)",
    re.IGNORECASE,
)
_INDEX_WORDS = (
    r"\d{3}|ind(?:ex|ices)(?![a-z])|average|benchmark|composite|category|mid-?\s?cap|micro-?\s?cap"
    r"|(?<![a-z])top(?![a-z])|master"
)
_HOUSE = re.compile(  # houses that make indices and manage funds: Russell Multi-Style Equity, Russell 2000
    rf"^(?:(?:russell|merrill\s+lynch)\s(?!.*(?:{_INDEX_WORDS}|bills?(?![a-z])))|morningstar\s(?=.*(?<![a-z])etf(?![a-z])))",
    re.IGNORECASE,
)
_PEERS = re.compile(r"^(?:lipper|morningstar)\W.*(?<![a-z])funds\W*$", re.IGNORECASE)
_ENDS_INDEX = re.compile(r"\w.*(?<![a-z])index\W*$", re.IGNORECASE)
_COMPARED = re.compile(r"benchmark|(?<![a-z])(?:primary|secondary|market|reference)\s+index|^\W*index", re.IGNORECASE)


def is_benchmark(name: str) -> bool:
    """Whether a row is of an index or an average, no fund.

    >>> is_benchmark("S&P 500 Index"), is_benchmark("Stock Index Portfolio"), is_benchmark("MML Equity Index Fund")
    (True, False, False)
    >>> is_benchmark("Russell 2000 Growth"), is_benchmark("Russell Multi-Style Equity")
    (True, False)
    """
    plain = footnotes.without_marks(name)[0]
    if _PEERS.search(plain):
        return True
    return not (_OF_FUND.search(plain) or _HOUSE.search(plain)) and _BENCHMARK.search(plain) is not None


def stem(name: str) -> str:
    """What names of one fund have in common: letters and digits, without an ending such as /VA."""
    return fund_names.loose(_SUFFIX.sub("", name))


def collect(seen: Sequence[FundSeen], document: Document) -> list[FundRead]:
    """One fund for each name that tables have, with aliases between tables and former names of notes."""
    funds: dict[str, FundRead] = {}
    for one in seen:
        fund = funds.setdefault(stem(one.name), FundRead(one.name))
        if one.name not in fund.names:
            fund.aliases.append(one.name)
        fund.places.setdefault(one.name, one.line)
        fund.asset_class = fund.asset_class or one.asset_class
        fund.notes = fund.notes or one.marks
        fund.tables.add(one.table)
        for former, until in one.former:
            if former not in fund.names:
                fund.former.append((former, until))
                fund.places.setdefault(former, one.line)
        fund.aliases += [code for code in one.codes if not code.isdigit() and code not in fund.names]
        if one.inception and one.of_subaccount:
            fund.subaccount_inception = fund.subaccount_inception or one.inception
            fund.places.setdefault("subaccount_inception", one.line)
        elif one.inception:
            fund.fund_inception = fund.fund_inception or one.inception
            fund.places.setdefault("fund_inception", one.line)
    found = _by_place(list(funds.values()), seen)
    _former_names(found, document)
    return found


def _is_fund(one: FundSeen) -> bool:
    """Whether a row is of a fund: its name is not that of an index, or a day of inception stands beside one that no
    maker of indices names."""
    return not is_benchmark(one.name) or (bool(one.inception) and _PROVIDER.match(one.name) is None)


def of_funds(seen: Sequence[FundSeen], codes: Sequence[str]) -> list[FundSeen]:
    """The rows of funds: those that no index has, and those whose name is a fund's in another row or over unit values."""
    certain = {fund_names.loose(code) for code in codes} | {fund_names.loose(one.name) for one in seen if _is_fund(one)}
    return [one for one in seen if fund_names.loose(one.name) in certain]


def doubtful(seen: Sequence[FundSeen], kept: Sequence[FundSeen]) -> list[str]:
    """Rows taken for indices whose names say no maker of indices, in words: Small Cap Index may be a fund."""
    funds = {one.name for one in kept}
    names = [one for one in dict.fromkeys(one.name for one in seen) if one not in funds and _ENDS_INDEX.search(one)]
    plain = [one for one in names if _PROVIDER.match(one) is None and _COMPARED.search(one) is None]
    return [f"{one!r} is taken for an index and is not in funds.csv; if it is a fund, add its row" for one in plain]


def _by_place(funds: list[FundRead], seen: Sequence[FundSeen]) -> list[FundRead]:
    """Take a name for a fund's where two tables list the same funds in the same order but for that one."""
    orders: dict[int, list[str]] = {}
    for one in seen:
        orders.setdefault(one.table, []).append(stem(one.name))
    lists = list(dict.fromkeys(tuple(dict.fromkeys(order)) for order in orders.values()))
    by_stem = {stem(fund.name): fund for fund in funds}
    for first in lists:
        for other in lists:
            if first == other or len(first) != len(other) or len(first) < 3:
                continue
            differ = [(a, b) for a, b in zip(first, other, strict=True) if a != b]
            if len(differ) != 1 or differ[0][0] in other or differ[0][1] in first:
                continue
            kept, gone = (by_stem.get(name) for name in differ[0])
            if kept is None or gone is None or kept is gone or kept.asset_class != gone.asset_class or not kept.asset_class:
                continue
            kept.aliases += [name for name in gone.names if name not in kept.aliases]
            kept.subaccount_inception = kept.subaccount_inception or gone.subaccount_inception
            kept.fund_inception = kept.fund_inception or gone.fund_inception
            kept.places = {**gone.places, **kept.places}
            kept.tables |= gone.tables
            kept.guessed = f"{gone.name} stands in its place in the same list of {len(first)}"
            by_stem[differ[0][1]] = kept
            if gone in funds:
                funds.remove(gone)
    return funds


def _former_names(funds: list[FundRead], document: Document) -> None:
    for line in document.lines:
        if blocks.is_data(line) or not re.search(r"known as|formerly|previously|was named|was called", line.text):
            continue
        for form in _FORMER:
            for found in form.finditer(line.text[:5_000]):
                if found.end() == len(line.text) and name_asides.unclosed(line.text):
                    continue  # it goes on in the line below
                day, name, former = found[1] or "", found[2], found[3].rstrip("). ")
                fund = next((one for one in funds if stem(name) in {stem(own) for own in one.names}), None)
                if fund is None or fund_names.same(former, fund.name):
                    continue
                if name not in fund.names:
                    fund.aliases.append(name)
                if former not in fund.names:
                    fund.former.append((former, day))
                    fund.places.setdefault(former, line)


def give_codes(funds: list[FundRead], codes: Sequence[str]) -> list[str]:
    """Give each fund the one of some codes that its names mean or whose words they hold; what stays open, in words."""
    left = [code for code in codes if code]
    for fund in funds:
        exact = [code for code in left if any(fund_names.loose(code) == fund_names.loose(name) for name in fund.names)]
        if len(exact) == 1:
            fund.code = exact[0]
            left.remove(exact[0])
    fits = {code: [fund for fund in funds if not fund.code and _holds(fund, code)] for code in left}
    for code, found in fits.items():
        if len(found) == 1 and sum(found[0] in others for others in fits.values()) == 1:
            found[0].code = code
    taken = {fund.code for fund in funds}
    said = [f"no unit values are headed like {fund.name!r}" for fund in funds if codes and not fund.code]
    said += [f"the unit values of {code!r} fit no fund of the page" for code in codes if code not in taken]
    for fund in funds:
        fund.code = fund.code or fund.name
    return said


def _holds(fund: FundRead, code: str) -> bool:
    parts = [part for part in re.findall(r"[a-z0-9]+", code.lower()) if part]
    return bool(parts) and any(all(part in re.findall(r"[a-z0-9]+", name.lower()) for part in parts) for name in fund.names)
