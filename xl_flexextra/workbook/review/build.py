"""The review workbook: what a second actuary signs."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ... import __version__
from ...calculation.tie_out import Tied
from ...errors import BadInput
from ...hosts.native.definitions import VERSION, Definition
from ...hosts.native.names import library as defined_by_names
from ...review import alternatives, changes, data_checks, fingerprints
from ...review.closed_form import months_of
from ...review.sign_off import Signature
from ...update.report import Report
from ...update.update_inputs import Inputs
from .. import data_sheets
from ..findings_sheet import findings_sheet
from ..layout import (
    APPROVED,
    ASSUMPTIONS,
    CHANGED,
    CONTRACTS,
    CONTROLS,
    DATA,
    OTHERS,
    PROBE,
    REVIEW,
    SECOND,
    SETTINGS,
    WORKINGS,
    codes_width,
)
from ..native.build import WITH_RANGES, shipped_terms, write_with_names
from ..native.definitions_sheet import definitions_sheet
from ..native.first_sheet import first_sheet
from ..start_sheet import NEXT, WITHOUT, start_sheet
from ..start_sheet import REVIEW as STEPS
from . import approved_state, controls_sheet
from .book import CONTROL_TAB, RESULT_TAB, WORKING_TAB, Plan, ReviewBook, settings_sheet
from .contracts_sheet import Places, contracts_sheet
from .other_figures import WIDTHS as OTHER_WIDTHS
from .other_figures import in_order, other_figures_sheet, others
from .pages import assumptions_sheet, changed_sheet, data_sheet
from .probe_sheet import probe_sheet
from .second_sheet import WIDTHS as SECOND_WIDTHS
from .second_sheet import second_sheet
from .steps import Figures
from .workings_sheet import VERDICT, WIDTHS, review_sheet, second_line, workings_sheet

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
        "Agreement shows that the formulas are right for the given unit values, not that those are: see Data. The native "
        "route covers dollar charges by share at contract anniversaries; for every figure see Second route.",
    ),
    (
        "Reliances",
        "Unit values, shares and terms are relied on as supplied; what was checked stands on Data, what each convention "
        "decides on Assumptions. Aligned with ASOP 23, 41 and 56.",
    ),
)

TOLD = {
    REVIEW: "Every printed figure by two routes, and what does not tie.",
    OTHERS: "Printed figures that are no returns.",
    SECOND: "Every figure by the core and by native formulas, and their difference.",
    PROBE: "One figure, chosen by you, walked year by year.",
    CHANGED: "Every figure last month and now, and the parts of its change.",
    DATA: "What was checked of the inputs.",
    ASSUMPTIONS: "Each convention, and the figures that break with the other choice.",
    CONTROLS: "What must hold, and where to sign.",
    WORKINGS: "Every step behind every figure, a column each.",
}

PRINTED = (REVIEW, OTHERS, SECOND, PROBE, CHANGED, DATA, ASSUMPTIONS, CONTROLS, WORKINGS, CONTRACTS)


@dataclasses.dataclass(frozen=True)
class Made:
    """What a review found: the mark that a signature names, open figures, and the names of controls that are off."""

    mark: str
    open: tuple[Tied, ...]
    off: tuple[str, ...]
    checks: tuple[data_checks.Check, ...]


def refuse(inputs: Inputs, evidence: data_checks.Evidence) -> None:
    """Refuse what cannot be reviewed, or compared."""
    if not inputs.published:
        raise BadInput("There are no published figures to review; name them with --published.")
    returns = [one for one in inputs.published if one.charges and not one.measure]
    if nobodys := [one for one in returns if one.charges == "all" and not one.contract]:
        codes = " or ".join(str(one["contract.code"] or one.name) for one in inputs.contracts)
        raise BadInput(
            f"The published figure {nobodys[0].fund} {nobodys[0].period} is after contract charges and names no contract, "
            f"as {len(nobodys)} in all do; write {codes} into the column contract of the published figures."
        )
    if any(one.charges != ("all" if one.contract else "asset") for one in returns):
        raise BadInput(
            "The review has no closed form of the returns without surrender; leave their rows out of --published."
        )
    first = inputs.contracts[0]
    for option, one in (("--navs", evidence.navs), ("--fund-returns", evidence.fund_returns)):
        if one is not None and first["separate_account.charge"] is None:
            raise BadInput(
                f"{option} is compared less the separate account charge, and the terms of {first.name} have no "
                "separate_account.charge; add it, or leave the option out."
            )


def build(
    report: Report, path: Any, *, previous: Any = None, evidence: data_checks.Evidence | None = None,
    signatures: Sequence[Signature] = (), facts: Sequence[tuple[str, str]] = FACTS,
) -> str:  # fmt: skip
    """Write the review of a report; gives the mark that a signature names. See :func:`make`."""
    given = evidence or data_checks.Evidence(before=previous.unit_values if previous is not None else None)
    return make(report, path, previous, given, signatures, facts).mark


def make(
    report: Report, path: Any, previous: Inputs | None = None, evidence: data_checks.Evidence | None = None,
    signatures: Sequence[Signature] = (), facts: Sequence[tuple[str, str]] = FACTS,
    found: Sequence[Sequence[str]] = (), step: Callable[[str], None] = lambda _step: None, native: bool = False,
) -> Made:  # fmt: skip
    """Write the review of a report; ``step`` hears what is being done, ``native`` writes it with its functions as names, for
    readers who have nothing installed.

    ``previous`` are the inputs of the update before (the same inputs one month earlier when left out), ``found`` the rows
    of a search. The controls come last: they stand over the formulas of all other sheets. What they find stands on Review
    too, where its cells wait.
    """
    report = in_order(report)
    inputs = report.inputs
    step("Checking the data …")
    before = previous if previous is not None else changes.previous_month(inputs)
    checks = data_checks.checks(inputs, evidence or data_checks.Evidence())
    state = approved_state.State(fingerprints.of_inputs(inputs), checks)
    step("Computing what changed …")
    changed = changes.changes(before, inputs)
    step("Trying the other choice of each convention …")
    plan = Plan(
        report,
        changed,
        alternatives.alternatives(inputs, report),
        tuple(signatures),
        tuple(facts),
        state,
    )
    out, shipped = io.BytesIO(), shipped_terms(plan.contracts)
    book = _native_book(out, plan, defined_by_names(shipped)) if native else _plain_book(path, plan)
    figures = Figures(plan)
    places = Places(len(plan.contracts), max(figures.charges, 12))
    step("Writing every figure's workings by both routes …")
    sheets, approved = _sheets(book, plan, figures, places)
    if found:
        findings_sheet(book, found)
    step("Writing the controls …")
    state.regions = approved_state.regions(book.formulas, book.spilled)
    controls_sheet.controls_sheet(book, sheets[CONTROLS], figures, approved)
    if native:
        definitions_sheet(book, defined_by_names(shipped))
    sheets[REVIEW].activate()
    book.close()
    if native:
        write_with_names(out.getvalue(), path, shipped)
    return Made(state.mark, tuple(book.open), tuple(book.off), tuple(checks))


def _titled(plan: Plan) -> str:
    return f"Review: {plan.inputs.title}, {plan.inputs.as_of}"


def _plain_book(path: Any, plan: Plan) -> ReviewBook:
    label = plan.inputs.label
    book = ReviewBook(path, _titled(plan), label=label, version=f"xl_flexextra {__version__}")
    start_sheet(book, f"Review: {plan.inputs.title}", label, STEPS, _told(plan), (NEXT, WITHOUT))
    return book


def _told(plan: Plan) -> list[tuple[str, str]]:
    return [(name, TOLD[name]) for name in TOLD if name != OTHERS or others(plan.report)]


def _native_book(out: Any, plan: Plan, defined: Mapping[str, Definition]) -> ReviewBook:
    """A book that begins with what a workbook of native functions needs, and who answers in it."""
    book = ReviewBook(out, _titled(plan), dynamic=WITH_RANGES, label=plan.inputs.label, version=VERSION, native=True)
    todo = (("What to do", (*STEPS, NEXT)),)
    first_sheet(book, plan.report, defined, todo, _told(plan)).set_first_sheet()
    return book


def _sheets(book: ReviewBook, plan: Plan, figures: Figures, places: Places) -> tuple[dict[str, Any], dict[str, str]]:
    """Write every sheet but the controls; gives the sheets by name, and the copies of approved inputs."""
    codes = codes_width(plan.inputs, 22)
    widths: dict[str, tuple[str, Sequence[float]]] = {
        REVIEW: (RESULT_TAB, plan.beside_figures(WIDTHS, 2, VERDICT)),
        **({OTHERS: (RESULT_TAB, plan.beside_figures(OTHER_WIDTHS, 1))} if others(plan.report) else {}),
        SECOND: (RESULT_TAB, plan.beside_figures(SECOND_WIDTHS, 2)),
        PROBE: (RESULT_TAB, (24, 12, codes, codes + 2, 12, 14, 8, 16, 12, 16, 12, 16, 16, 12, 4, 12)),
        CHANGED: (RESULT_TAB, plan.beside_contracts((26, 10, 12, 12, codes, 8, 10, 10, *[12] * 10, 26), 1)),
        DATA: (CONTROL_TAB, (26, 74, 18, 24, 20, 20, 14)),
        ASSUMPTIONS: (CONTROL_TAB, (20, 30, 42, 34, 22, 34, 36, 36, 9, 9, 12, 12, 24, 36)),
        CONTROLS: (CONTROL_TAB, (58, 60, 24, 26, 52)),
        WORKINGS: (WORKING_TAB, ()),
        CONTRACTS: (WORKING_TAB, (38, 25, 25, 18, *[28] * len(plan.contracts), *[24] * len(plan.contracts))),
    }
    sheets = {name: book.sheet(name, tab, wide, landscape=True) for name, (tab, wide) in widths.items()}
    contracts_sheet(book, sheets[CONTRACTS], plan, places)
    workings_sheet(book, sheets[WORKINGS], figures, places)
    review_sheet(book, sheets[REVIEW], figures, places)
    if others(plan.report):
        other_figures_sheet(book, sheets[OTHERS], plan)
    book.second = second_sheet(book, sheets[SECOND], figures)
    second_line(book, sheets[REVIEW], plan)
    probe_sheet(book, sheets[PROBE], figures, places)
    changed_sheet(book, sheets[CHANGED], figures)
    data_sheet(book, sheets[DATA], plan)
    assumptions_sheet(book, sheets[ASSUMPTIONS], plan)
    data_sheets.unit_values_sheet(book, plan.inputs)
    data_sheets.funds_sheet(book, plan.inputs)
    data_sheets.terms_sheets(book, dataclasses.replace(plan.inputs, contracts=plan.contracts))
    data_sheets.other_sheets(book, plan.inputs)
    settings = book.sheet(SETTINGS, data_sheets.DATA_COLOR, (24, 54, 70, 18, 12))
    settings_sheet(book, settings, [months_of(code) for code in figures.codes], plan.inputs.as_of)
    approved = book.sheet(APPROVED, CONTROL_TAB, [20] * 10)
    copies = approved_state.approved_sheet(
        book, approved, plan.inputs.label, approved_state.input_tables(book, figures, places)
    )
    return sheets, copies
