"""What changed, Data, Assumptions: the pages around the review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...calculation import periods
from ...review import data_checks
from ...review.changes import CAUSES, MEANING, Change, order_note
from ..book import DATE, GREEN, PERCENT, RED, UNIT, at, place_of
from ..layout import CHANGED, REVIEW, SETTINGS
from ..update import page_texts
from ..update.page import contract_call
from .book import FIRST_PERIOD, INPUT_FILL, Plan, ReviewBook
from .figures import TOP, period_codes
from .steps import Figures
from .workings_sheet import FUNCTION

FIRST_CHANGE = 7 + len(CAUSES)


def changed_sheet(book: ReviewBook, sheet: Any, figures: Figures) -> None:
    """Every figure old and new, and the parts of its change."""
    plan = figures.plan
    book.heading(
        sheet, "What changed since the update before",
        "Each part is the difference that its cause makes, causes taken one after the other in this order; they add up to "
        "the change. Hundredths of a percent. Parts are computed when the workbook is built.", plan.inputs.label,
    )  # fmt: skip
    days = [(one.old_as_of, one.new_as_of) for one in plan.changes if one.old_as_of]
    if note := next((note for was, now in days if (note := order_note(was, now))), ""):
        book.value(sheet, 3, 0, note, book.format("label", bold=True))
    for row, (cause, meaning) in enumerate(MEANING.items(), start=4):
        book.value(sheet, row, 0, cause, book.format("bold"))
        book.value(sheet, row, 1, meaning, book.format("grey", font_size=9))
    heads = [
        "table",
        "contract",
        "as of before",
        "as of",
        "fund",
        "period",
        "before",
        "now",
        "change",
        *CAUSES,
        "left over",
        "",
    ]
    top = FIRST_CHANGE - 1
    book.head(sheet, top, heads)
    book.head(sheet, top, heads[6:-1], 6, align="right")
    day, percent = book.format(num_format=DATE, align="left"), book.format(num_format=PERCENT)
    points = book.format(num_format='0.0;-0.0;"–"', align="right")
    where = {
        (f.tied.published.table, f.tied.published.contract, f.tied.published.as_of, f.fund, f.code): row
        for row, f in enumerate(figures.items, start=TOP)
    }
    for row, one in enumerate(plan.changes, start=FIRST_CHANGE):
        for column, (value, fmt) in enumerate(
            [(one.table, None), (one.contract, None), (one.old_as_of, day), (one.new_as_of, day), (one.fund, None),
             (one.period, None), (one.old, percent)]
        ):  # fmt: skip
            book.value(sheet, row, column, value, fmt)
        if one.new is None:
            book.value(sheet, row, 7, None, percent)
        else:
            book.formula(sheet, row, 7, _now(plan, one, where, row), one.new, percent)
        if one.old is None or one.new is None or not one.parts:
            book.value(sheet, row, 8, one.note, book.format("grey"))
            continue
        book.formula(sheet, row, 8, f"({at(row, 7)}-{at(row, 6)})/PrintedUnit", one.change / 1e-4, points)
        for column, cause in enumerate(CAUSES, start=9):
            book.value(sheet, row, column, one.parts.get(cause, 0.0) / 1e-4, points)
        parts = f"SUM({at(row, 9)}:{at(row, 8 + len(CAUSES))})"
        left = round((one.change - sum(one.parts.values())) / 1e-4, 8) + 0.0
        book.formula(sheet, row, 9 + len(CAUSES), f"ROUND({at(row, 8)}-{parts},DollarPlaces)", left, points)
        book.value(sheet, row, 10 + len(CAUSES), one.note, book.format("grey"))
    last = FIRST_CHANGE + len(plan.changes) - 1
    left_over = 9 + len(CAUSES)
    bad = book.file.add_format({"bg_color": "#FDE2E2", "font_color": RED, "bold": True})
    cells = f"{at(FIRST_CHANGE, left_over)}:{at(last, left_over)}"
    first = at(FIRST_CHANGE, left_over)
    sheet.conditional_format(cells, {"type": "formula", "criteria": f"=IFERROR(ABS({first})>NoCharge,TRUE)", "format": bad})
    sheet.autofilter(top, 0, last, left_over)
    sheet.freeze_panes(FIRST_CHANGE, 0)
    sheet.repeat_rows(top)


def _now(plan: Plan, one: Change, where: Mapping[tuple[Any, ...], int], row: int) -> str:
    """A figure as it is now: Review's cell, else (no print of that day, or of that figure, is under review) its own call."""
    table = next(t for t in plan.report.tables if (t.spec.id, t.spec.contract_code) == (one.table, one.contract))
    code = next(c for c in table.spec.periods if periods.parse(c).printed == one.period)
    source = where.get((one.table, one.contract, one.new_as_of, one.fund, code))
    if source is not None:
        return at(source, FUNCTION, REVIEW)
    named = at(FIRST_PERIOD + period_codes(plan).index(code), 0, SETTINGS)
    return contract_call(
        plan.report, table.spec.contract, table.spec.charges, at(row, 4), at(row, 3), named, basis="AssetBasis"
    )


def left_over_area(plan: Plan) -> str:
    """The cells that must be zero where the attributions add up."""
    column, last = 9 + len(CAUSES), FIRST_CHANGE + len(plan.changes) - 1
    return f"'{CHANGED}'!{at(FIRST_CHANGE, column, fixed='rc')}:{at(last, column, fixed='rc')}"


def data_sheet(book: ReviewBook, sheet: Any, plan: Plan) -> None:
    """Where the unit values come from and what speaks for them."""
    inputs, evidence = plan.inputs, plan.evidence
    book.heading(
        sheet, "Data: where the unit values come from, and what speaks for them",
        "A check that could not be done says 'not given'. Nothing found does not mean that nothing is wrong.", inputs.label,
    )  # fmt: skip
    wrap, row = book.format("wrap"), 4
    sources = list(inputs.sources) or [["input", "source", "status"]]
    for title, name, lines in (
        ("Sources", "Sources", sources),
        ("What the document gets wrong or leaves open", "Oddities", list(inputs.oddities)),
        ("Texts of the page", "Texts", page_texts.rows(inputs)),
    ):
        if lines:
            book.value(sheet, row, 0, title, book.format("subtitle"))
            header = [str(cell) for cell in lines[0]]
            book.table(sheet, row + 1, name, header, lines[1:], [book.format("wrap", align="left")] * len(header))
            row += 2 + max(len(lines), 2)
    book.value(sheet, row, 0, "Loads: SHA-256 of each table as it was loaded", book.format("subtitle"))
    book.head(sheet, row + 1, ["table", "SHA-256", ""])
    begin = row + 2
    for row, (name, mark) in enumerate(evidence.fingerprints.items(), start=begin):
        book.value(sheet, row, 0, name)
        book.value(sheet, row, 1, mark, book.format("grey"))
    row += 2
    book.value(sheet, row, 0, "Checks", book.format("subtitle"))
    book.head(sheet, row + 1, ["check", "question", "result", "values looked at", "findings"])
    colours = {
        data_checks.OK: GREEN,
        data_checks.LOOK: "#B08900",
        data_checks.OFF: RED,
        data_checks.ABSENT: "#6B7280",
        data_checks.NOTHING: "#B08900",
    }
    begin = row + 2
    for row, check in enumerate(evidence.checks, start=begin):
        book.value(sheet, row, 0, check.name, book.format("bold"))
        book.value(sheet, row, 1, check.question, wrap)
        book.value(sheet, row, 2, check.state, book.format("bold", font_color=colours[check.state]))
        book.value(sheet, row, 3, check.compared, book.format(num_format="#,##0", align="left"))
        book.value(sheet, row, 4, len(check.findings), book.format(num_format="0", align="left"))
    row += 2
    row = _coverage(book, sheet, plan, row)
    findings = [f for check in evidence.checks for f in check.findings]
    book.value(sheet, row, 0, "Findings", book.format("subtitle"))
    book.head(sheet, row + 1, ["check", "found", "level", "fund", "day"])
    begin = row + 2
    for row, finding in enumerate(findings, start=begin):
        line = (finding.check, finding.found, finding.level, finding.fund, finding.day)
        for column, value in enumerate(line):
            book.value(sheet, row, column, value, book.format(num_format=DATE, align="left") if column == 4 else wrap)
    if not findings:
        book.value(sheet, row + 2, 0, "none", book.format("grey"))
    sheet.set_landscape()


def _coverage(book: ReviewBook, sheet: Any, plan: Plan, row: int) -> int:
    """What there is of each fund: live counts beside what the figures use."""
    book.value(sheet, row, 0, "Coverage", book.format("subtitle"))
    heads = ["fund", "days needed, found exactly, age of the oldest value used", "values", "first value",
             "last value", "largest move at once", "on"]  # fmt: skip
    book.head(sheet, row + 1, heads)
    values = plan.inputs.unit_values
    begin = row + 2
    for row, one in enumerate(data_checks.coverage(plan.inputs), start=begin):
        _, series = values.series(values.column(one.fund, plan.inputs.funds))
        book.value(sheet, row, 0, one.fund, book.format("bold"))
        through = f" through {one.carried_on_by}" if one.carried_on_by else ""
        used = f"{one.used} needed{through}, {one.exact} found exactly; oldest {one.oldest_days} days"
        book.value(sheet, row, 1, used)
        # the fund's column by its place: a formula holds no name of a fund, which may read as anything
        mine = f"INDEX(UnitValues[#Data],,{place_of(at(row, 0, fixed='c'), 'UnitValues[#Headers]')})"
        book.formula(sheet, row, 2, f"COUNT({mine})", len(series), book.format(num_format="0", align="left"))
        low = f"MATCH(TRUE(),INDEX(ISNUMBER({mine}),),FALSE())"
        high = f"MATCH(SUM({mine}),{mine})"  # of unit values, none is more than their sum: the last
        ends = [float(series[0]), float(series[-1])] if len(series) else ["", ""]
        number = book.format(num_format=UNIT, align="left")
        for place, (found, value) in enumerate(zip((low, high), ends, strict=True), start=3):
            book.formula(sheet, row, place, f"IFERROR(INDEX({mine},{found}),T(NoText))", value, number)
        book.value(sheet, row, 5, one.largest_move, book.format(num_format=PERCENT, align="left"))
        book.value(sheet, row, 6, one.largest_on, book.format(num_format=DATE, align="left"))
    return row + 2


def assumptions_sheet(book: ReviewBook, sheet: Any, plan: Plan) -> None:
    """Every convention: the choice made, and what each alternative would break, computed."""
    tops = (
        ("title", 42, "Assumptions: the choice made for every convention, and what each alternative would break"),
        ("grey", 24, "Computed when the workbook is built: the tables are recomputed with the alternative in place and "
         "compared with the published figures. 0 broken: the published figures cannot tell the two apart."),
        ("label", 30, plan.inputs.label),
    )  # fmt: skip
    for row, (kind, height, text) in enumerate(tops):
        if text:  # wrapped within the columns that the second half repeats
            look = book.format(kind, text_wrap=True, valign="top", **({"bold": True} if kind == "label" else {}))
            sheet.merge_range(row, 0, row, 2, "", look)
            book.value(sheet, row, 0, text, look)
            sheet.set_row(row, height)
    heads = ["contract", "convention", "alternative", "question", "choice in force", "what it does",
             "what the alternative does", "together with", "figures judged", "broken", "not computable",
             "largest, hundredths", "where", "why not judged"]  # fmt: skip
    book.head(sheet, 4, heads)
    wrap, number = book.format("wrap"), book.format("wrap", num_format="0", align="left")
    for row, one in enumerate(plan.alternatives, start=5):
        terms = next(t for t in plan.inputs.contracts if t.name == one.contract)
        cells = [one.contract, one.key, one.alternative, one.meaning, one.chosen, one.chosen_meaning,
                 one.alternative_meaning, one.with_values, one.tested, one.broken, one.failed, one.largest,
                 one.worst, one.why_not]  # fmt: skip
        for column, value in enumerate(cells):
            judged = column not in (8, 9, 10, 11) or not one.why_not
            book.value(sheet, row, column, value if judged else "", number if 8 <= column <= 11 else wrap)
        if one.key in {r[0] for r in terms.rows()}:
            table = plan.terms_table(terms)
            formula = f"INDEX({table}[Value],MATCH({at(row, 1)},{table}[Term],FALSE()))"
            book.formula(sheet, row, 4, formula, terms[one.key], book.format("wrap", bg_color=INPUT_FILL))
    last = 4 + len(plan.alternatives)
    options = {"type": "data_bar", "bar_color": "#8EA9DB", "bar_solid": True, "min_type": "num", "min_value": 0}
    sheet.conditional_format(5, 9, max(last, 5), 9, options)
    sheet.autofilter(4, 0, max(last, 5), len(heads) - 1)
    sheet.freeze_panes(5, 3)
    sheet.repeat_rows(4)
    sheet.repeat_columns(0, 2)  # which alternative a row is of, on the second half too
    sheet.fit_to_pages(2, 0)  # on one page its 14 columns could not be read


__all__ = ["assumptions_sheet", "changed_sheet", "data_sheet", "left_over_area"]
