"""A document read as a whole: figures, funds, rates, draft terms, and what stays open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..calculation import periods
from ..errors import FlexExtraError
from . import draft_terms, fund_rows, printed_text, rates, schedules, skipped, understanding
from .contracts import Contracts, words
from .document import Document
from .draft_terms import Draft
from .fund_rows import FundRead
from .rates import Rate
from .tables import Open, Printed, Understood


@dataclass
class Reading:
    """What was read of a document."""

    document: Document
    order: str  # of day, month and year in its dates
    tables: list[Understood]
    figures: list[Printed]
    blanks: list[Printed]
    funds: list[FundRead]
    rates: list[Rate]
    drafts: list[Draft]
    contracts: Contracts
    open: list[Open]
    notes: list[str] = field(default_factory=list)

    def day(self, printed: str) -> str:
        """A printed date as 2008-07-31; empty where it is not known."""
        return printed_text.day_of(printed, self.order)

    def fund(self, name: str) -> FundRead | None:
        """The fund that a printed name means."""
        now = (one for one in self.funds if name == one.name or name in one.aliases)
        return next(now, None) or next((one for one in self.funds if name in one.names), None)

    def code(self, name: str) -> str:
        """The code of the fund that a row names; the name where it is no fund of the list."""
        fund = self.fund(name)
        return fund.code if fund else name

    def period(self, figure: Printed) -> str:
        """The code of a figure's period: of two that one heading names the one that holds for its fund."""
        one = figure.period
        if one.code == "DATES":
            return f"{self.day(one.first)}..{self.day(one.last)}" if self.day(one.first) and self.day(one.last) else ""
        if one.code == "SI":
            return f"SI_{one.since}" if one.since else "SI"
        if re.fullmatch(r"\d{4}-\d\d", one.code):
            return "1M"
        if not one.or_since:
            return one.code
        fund, last = self.fund(figure.fund), self.day(figure.as_of)
        began = self.day((fund.subaccount_inception if one.since == "SUBACCOUNT" else fund.fund_inception) if fund else "")
        since = f"SI_{one.since}" if one.since else "SI"
        if not began or not last:
            return f"{one.code}_OR_{since}" if one.since else f"{one.code}_OR_SI"
        try:
            start = periods.base_date(periods.parse(one.code), _date(last))
        except FlexExtraError:
            return one.code
        return one.code if _date(began) <= start else since


def _date(text: str) -> periods.Date:
    return periods.Date.fromisoformat(text)


def read(document: Document, codes: Sequence[str] = (), known: Sequence[tuple[str, str, str]] = ()) -> Reading:
    """Everything that is understood of a document. ``codes``: what the funds' unit values are headed; ``known``:
    title, name and code of contracts whose terms are known."""
    order = printed_text.order_of(printed_text.dates(document.text))
    tables = understanding.understand(document, order)
    figures = [one for table in tables for one in table.figures]
    unread = [one for table in tables for one in table.open] + skipped.find(document, tables)
    contracts = Contracts(_names(tables), known)
    contracts_of = {one: contracts.own(one) or one for one in {figure.contract for figure in figures}}
    figures = [replace(one, contract=contracts_of[one.contract]) for one in figures]
    seen = [one for table in tables for one in table.funds]
    kept = fund_rows.of_funds(seen, codes)
    funds = fund_rows.collect(kept, document)
    notes = [*document.notes, *fund_rows.doubtful(seen, kept), *fund_rows.give_codes(funds, codes)]
    found_rates = rates.find(document, unread)
    taken = {id(one.line) for one in found_rates}
    said = draft_terms.said(document, order)
    unread += [Open(line, text[:200], schedules.NO_SCHEDULE) for line, text in schedules.unread_schedules(document, said)]
    drafts = draft_terms.drafts(said, contracts, draft_terms.title_of(document))
    if not order and any(text[:1].isdigit() and not text[:4].isdigit() for text in printed_text.dates(document.text)):
        notes.append("the dates fit month/day and day/month alike, so none in numbers was read")
    return Reading(
        document,
        order,
        tables,
        [one for one in figures if one.value],
        [one for one in figures if not one.value],
        funds,
        found_rates,
        drafts,
        contracts,
        [one for one in unread if id(one.line) not in taken],
        notes,
    )


def _names(tables: Sequence[Understood]) -> list[str]:
    """The contracts by the names that stand over columns, or of captions where none does; one name for each."""
    over = list(dict.fromkeys(figure.contract for table in tables for figure in table.figures if figure.contract))
    kept: list[str] = []
    spanning = [one for one in over if any(one in span for table in tables for head in table.heads for span in head.spans)]
    for name in [*spanning, *over]:
        if name not in kept and not any(Contracts(spanning or kept).distinguishing(one) <= set(words(name)) for one in kept):
            kept.append(name)
    return kept
