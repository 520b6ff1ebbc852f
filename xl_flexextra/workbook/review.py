"""The review workbook: what a second actuary signs."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..report import Report
from ..review import alternatives, changes, data_checks, fingerprints, sign_off
from ..review.closed_form import months_of
from ..review.sign_off import Signature
from . import data_sheets, review_controls
from .review_book import (
    APPROVED,
    ASSUMPTIONS,
    CHANGED,
    CONTRACTS,
    CONTROL_TAB,
    CONTROLS,
    DATA,
    PROBE,
    RESULT_TAB,
    REVIEW,
    SETTINGS,
    WORKING_TAB,
    WORKINGS,
    Plan,
    ReviewBook,
    settings_sheet,
)
from .review_contracts import Places, contracts_sheet
from .review_figures import WIDTHS, Figures, period_codes, review_sheet, workings_sheet
from .review_inspect import inspect
from .review_pages import assumptions_sheet, changed_sheet, data_sheet
from .review_probe import probe_sheet

FACTS: tuple[tuple[str, str], ...] = (
    ("Owner", ""),
    ("Responsible actuary", ""),
    ("Users", ""),
    ("Purpose", "Recompute the published average annual total returns and show how each came about."),
    (
        "Intended use",
        "Review of a performance update before it is printed or filed; not for valuation or advice to owners.",
    ),
    (
        "Limitations",
        "A tie proves the rule and its machinery for the given unit values, not the unit values: see Data. The native route "
        "covers dollar charges by share at contract anniversaries; other terms are shown by worksheet function only.",
    ),
    (
        "Reliances",
        "Unit values, shares and terms are relied on as supplied; what was checked stands on Data, what each convention "
        "decides on Assumptions. Aligned with ASOP 23, 41 and 56.",
    ),
)

PRINTED = (REVIEW, PROBE, CHANGED, DATA, ASSUMPTIONS, CONTROLS, WORKINGS, CONTRACTS)


def build(
    report: Report, path: Any, *, previous: Any = None, evidence: data_checks.Evidence | None = None,
    signatures: Sequence[Signature] = (), facts: Sequence[tuple[str, str]] = FACTS, dynamic: bool = False,
) -> str:  # fmt: skip
    """Write the review of a report; gives the mark that a signature names.

    ``previous`` are the inputs of the update before (the same inputs one month earlier when left out). The workbook is
    written twice: first to learn its own formulas, then with their fingerprints.
    """
    inputs = report.inputs
    before = previous if previous is not None else changes.previous_month(inputs)
    given = evidence or data_checks.Evidence(before=previous.unit_values if previous is not None else None)
    state = review_controls.State(fingerprints.of_inputs(inputs), data_checks.checks(inputs, given))
    plan = Plan(
        report, changes.changes(before, inputs), alternatives.alternatives(inputs), tuple(signatures), tuple(facts), state
    )
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / "draft.xlsx"
        learned = _write(plan, draft, dynamic)
        found = inspect(draft)
        state = dataclasses.replace(
            state,
            regions=review_controls.regions(learned.formulas, learned.spilled),
            inspection=list(found.items()),
            off=learned.off + sum(count > 0 for count in found.values()),
        )
        state.left_open = sign_off.left_open(learned.open, state.off - (learned.open > 0))
        state.statuses = review_controls.statuses(signatures, state.parts, state.left_open)
        plan = dataclasses.replace(plan, evidence=state)
        _write(plan, path, dynamic)
    return state.mark


def _write(plan: Plan, path: Any, dynamic: bool) -> ReviewBook:
    book = ReviewBook(path, dynamic=dynamic, label=plan.inputs.label)
    figures = Figures(plan)
    codes = period_codes(plan)
    places = Places(len(plan.contracts), max(figures.charges, 12))
    widths: dict[str, tuple[str, Sequence[float]]] = {
        REVIEW: (RESULT_TAB, WIDTHS),
        PROBE: (RESULT_TAB, (24, 12, 22, 22, 12, 14, 8, 16, 12, 16, 12, 16, 16, 12, 4, 12)),
        CHANGED: (RESULT_TAB, (26, 10, 12, 12, 20, 8, 10, 10, *[12] * 10, 26)),
        DATA: (CONTROL_TAB, (26, 74, 18, 24, 20, 20, 14)),
        ASSUMPTIONS: (CONTROL_TAB, (18, 28, 34, 20, 34, 24, 36, 20, 9, 9, 12, 12, 24, 36)),
        CONTROLS: (CONTROL_TAB, (46, 60, 24, 26, 52)),
        WORKINGS: (WORKING_TAB, ()),
        CONTRACTS: (WORKING_TAB, (38, 25, 25, 18, *[28] * len(plan.contracts), *[24] * len(plan.contracts))),
    }
    sheets = {name: book.sheet(name, tab, wide, landscape=True) for name, (tab, wide) in widths.items()}
    contracts_sheet(book, sheets[CONTRACTS], plan, places)
    workings_sheet(book, sheets[WORKINGS], figures, places)
    review_sheet(book, sheets[REVIEW], figures)
    probe_sheet(book, sheets[PROBE], figures, places)
    changed_sheet(book, sheets[CHANGED], figures)
    data_sheet(book, sheets[DATA], plan)
    assumptions_sheet(book, sheets[ASSUMPTIONS], plan)
    data_sheets.unit_values_sheet(book, plan.inputs)
    data_sheets.funds_sheet(book, plan.inputs)
    data_sheets.terms_sheets(book, dataclasses.replace(plan.inputs, contracts=plan.contracts))
    data_sheets.other_sheets(book, plan.inputs)
    settings = book.sheet(SETTINGS, data_sheets.DATA_COLOR, (24, 34, 70, 18, 12))
    settings_sheet(book, settings, [months_of(code) for code in codes], plan.inputs.as_of)
    approved = book.sheet(APPROVED, CONTROL_TAB, [20] * 10)
    copies = review_controls.approved_sheet(
        book, approved, plan.inputs.label, review_controls.input_tables(book, figures, places)
    )
    review_controls.controls_sheet(book, sheets[CONTROLS], figures, copies)
    sheets[REVIEW].activate()
    book.close()
    return book
