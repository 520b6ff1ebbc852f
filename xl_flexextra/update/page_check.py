"""A printed page held against itself, with what the search found of its contracts."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from ..finding import decided, page
from ..finding.page import Contract, Odd
from ..inputs.measures import RETURN
from ..terms import Terms
from .found import Found
from .to_find import Printed, figure_of_page, growth, page_spans


def page_check(printed: Printed, every: Sequence[Found]) -> tuple[list[Odd], list[list[str]]]:
    """What on the page contradicts another part of it; the charges of contracts that only stand beside another's.

    The shares are those that the search found.
    """
    contracts, before = [], []
    known: dict[tuple[str, datetime.date, datetime.date], tuple[float, float, float]] = {}
    shares: dict[str, tuple[float, float]] = {}
    for one in every:
        shares |= {fund: ends for fund, ends in one.shares.items() if fund not in shares}
    for one in every:
        terms = one.terms if one.figures and one.is_plausible and one.terms else _as_its_sibling(one, every)
        spans = page_spans(printed, terms, printed.of(one.draft))
        known |= growth(printed, terms, spans)
        own = []
        for place, span in spans.items():
            if printed.published[place].unit.name != RETURN:
                continue
            figure = figure_of_page(printed, place, terms, span)
            if span.charges == "asset":
                before.append((figure, span))
            else:
                own.append(figure)
        contracts.append(Contract(terms, tuple(own), shares))
    lines = []
    for first, one in zip(contracts, every, strict=True):
        for other, beside in zip(contracts, every, strict=True):
            if one.shares and not beside.figures and beside.draft["annual_charge.dollars"]:
                ends = page.other_charge(first._replace(shares=one.shares), other, known)
                if ends is not None:
                    stated = float(beside.draft["annual_charge.dollars"] or 0.0)
                    holds = "stands" if ends[0] <= stated <= ends[1] else "refuted"
                    lines.append(
                        [beside.name, f"{ends[0]:.2f} to {ends[1]:.2f}", f"{stated:g}", holds, f"beside {one.name}"]
                    )
    return page.odd(contracts, before, known), lines


def _as_its_sibling(one: Found, every: Sequence[Found]) -> Terms:
    """The draft of a contract that no figure could be searched of, with what was found of another one where it is silent."""
    for other in every:
        if other is not one and other.figures and other.is_plausible:
            silent = [(key, value) for key, value in other.nearest.items() if key not in one.draft.given]
            terms = decided.as_terms(one.draft, dict(silent))
            if terms is not None:
                return terms
    return one.draft
