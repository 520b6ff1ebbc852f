"""Controls and sign-off: what must hold for a signature to stand, live in native formulas, beside the approved state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...calculation.tie_out import KNOWN, TIES, Tied
from ...errors import FlexExtraError
from ...inputs import fund_names
from ...review.sign_off import ROLES, Signature, left_open, status
from ..book import DATE, HERE, area, at
from ..layout import CONTROLS, OTHERS, PROBE, REVIEW, SECOND
from .approved_state import State
from .book import (
    CONTROL_FILL,
    INPUT_FILL,
    SEE_CONTROLS,
    SIGNED_TOO_SOON,
    Plan,
    ReviewBook,
    setting,
)
from .figures import TOP, Figure
from .inspect import KINDS, inspect_book
from .other_figures import is_open, others, verdicts_area
from .pages import left_over_area
from .second_sheet import words_area
from .steps import Figures
from .workings_sheet import COLUMNS, NATIVE, NO, ROUTES, VERDICT, verdict

FIRST_FACT = 4
OPEN_FIGURES = "figures open or rounding"


def controls_sheet(book: ReviewBook, sheet: Any, figures: Figures, copies: Mapping[str, str]) -> None:
    """Write the sheet: facts, sign-off, controls."""
    plan: Plan = figures.plan
    state: State = plan.evidence
    book.heading(
        sheet, "Controls and sign-off", "Red when anything is off. Yellow cells are to be filled in.", plan.inputs.label
    )
    row = _facts(book, sheet, plan)
    sign_row = row + 2
    book.value(sheet, row, 0, "Sign-off", book.format("subtitle"))
    row = sign_row + len(ROLES) + 6
    first_change = row + 2
    book.value(sheet, row, 0, "What a signature covers", book.format("subtitle"))
    book.head(sheet, row + 1, ["control", "where", "approved", "found", "result"], fill=CONTROL_FILL)
    row = _lines(book, sheet, first_change, _covered(book.version, state, copies))
    last_change, first_figure = row - 1, row + 3
    book.value(sheet, row + 1, 0, "Figures, data, structure", book.format("subtitle"))
    book.head(sheet, row + 2, ["control", "where", "approved", "found", "result"], fill=CONTROL_FILL)
    lines = _figures(book, figures)
    first_inspected = _lines(book, sheet, first_figure, lines)
    last = first_inspected + len(KINDS) - 1
    results = area(first_change, 4, last, 4)
    blocks = ((first_change, last_change), (first_figure, last))  # not the headings in between
    for first, end in blocks:
        _look(book, sheet, first, end)
        book.red(sheet, area(first, 4, end, 4).replace("$", ""), at(first, 4), "ControlOk")
    changes = area(first_change, 4, last_change, 4)
    open_row = first_figure + [name for name, *_ in lines].index(OPEN_FIGURES)
    off_now = "+".join(_off_now(first, end) for first, end in blocks)
    _sign_off(book, sheet, plan, sign_row, (changes, results, off_now, at(open_row, 3)))
    inspection = inspect_book(book.file.worksheets(), book.formulas)
    found: list[Line] = [(name, "found when the package was built", 0, "", count) for name, count in inspection.items()]
    _lines(book, sheet, first_inspected, found)
    left = left_open(len(book.open), len(book.off) - (OPEN_FIGURES in book.off))
    book.fill({"off": len(book.off), "left": left, **statuses(plan.signatures, state.parts, left)})
    sheet.set_landscape()


def _look(book: ReviewBook, sheet: Any, first: int, last: int) -> None:
    """Colours of results, by what was found as the file was opened: an ordinary formula's stored "ok" may be older.

    A result that is stored as "ok" says "OFF" or "not compared" where what was found is so by now.
    """
    cells, approved, found = (first, 4, last, 4), at(first, 2, fixed="c"), at(first, 3, fixed="c")
    book.neutral(sheet, cells, f"IFERROR(EXACT({found},NotCompared),FALSE)", f';;;"{setting("NotCompared")}"')
    book.bad(sheet, cells, f"IFERROR({approved}<>{found},TRUE)", f';;;"{setting("ControlOff")}"')


def _off_now(first: int, last: int) -> str:
    """How many controls of a block are off as the file is opened."""
    approved, found = area(first, 2, last, 2), area(first, 3, last, 3)
    return f"SUMPRODUCT(--IFERROR({approved}<>{found},TRUE()),--NOT(IFERROR(EXACT({found},NotCompared),FALSE())))"


def _facts(book: ReviewBook, sheet: Any, plan: Plan) -> int:
    """Owner, purpose, use, limitations, reliances, actuary, users."""
    book.value(sheet, FIRST_FACT - 1, 0, "The model and its use", book.format("subtitle"))
    fill = book.format("wrap", bg_color=INPUT_FILL)
    for row, (name, text) in enumerate(plan.facts, start=FIRST_FACT):
        book.value(sheet, row, 0, name, book.format("bold", valign="top"))
        sheet.merge_range(row, 1, row, 4, "", fill)
        book.value(sheet, row, 1, text, fill)
        sheet.set_row(row, 15 * max(1, -(-len(text) // 110)))
    return FIRST_FACT + len(plan.facts) + 1


VERSION = "version of the worksheet functions"  # the control, beside which a review says by which version it was built
Line = tuple[str, str, Any, str, Any]  # control, where, approved, formula ("" for a typed value), found


def _covered(version: str, state: State, copies: Mapping[str, str]) -> list[Line]:
    lines: list[Line] = []
    for reference, copy in copies.items():
        alike = "*".join(f"({count}({reference})={count}({copy}))" for count in ("ROWS", "COLUMNS"))  # Calc would go on
        formula = f"IF({alike},IFERROR(SUMPRODUCT(--NOT(EXACT({reference},{copy}))),Resized),Resized)"
        lines.append(("cells changed since approved", reference, 0, formula, 0))
    for region in state.regions:
        formula = f"SUMPRODUCT(--_xlfn.ISFORMULA({region.cells}))"
        where = f"{region.cells}: {region.kinds} different"
        lines.append(("formulas in place", where, region.count, formula, region.count))
    lines.append((VERSION, "", version, "IFERROR(FLEXEXTRA_VERSION(),NotCompared)", version))
    return lines


def _figures(book: ReviewBook, figures: Figures) -> list[Line]:
    plan, last = figures.plan, figures.last_row

    def column(place: int) -> str:
        return area(TOP, place, last, place, REVIEW)

    outside = sum(f.closed.result is None for f in figures.items)
    more = others(plan.report)
    book.open = [*(_open(f) for f in figures.items if _is_open(f)), *(one for one in more if is_open(one))]
    opened, printed = len(book.open), len(plan.report.tied)
    verdicts = column(VERDICT)
    routes = column(ROUTES)
    apart = _routes_apart(figures)
    errors = sum(TOP <= r <= last and c <= len(COLUMNS) - 4 for r, c in book.errors.get(REVIEW, ()))
    errors += sum(isinstance(f.tied.recomputed, FlexExtraError) for f in figures.items)
    starts, ends = figures.area("start"), figures.area("as_of")
    days = set(plan.inputs.unit_values.dates.tolist())
    inexact = sum((f.closed.start not in days) + (f.tied.published.as_of not in days) for f in figures.items)
    left = f"ROWS({verdicts})-COUNTIF({verdicts},Ties)-COUNTIF({verdicts},KnownBreak&AnyText)"
    if more:
        cells = verdicts_area(plan)
        left += f"+ROWS({cells})-COUNTIF({cells},Ties)-COUNTIF({cells},KnownBreak&AnyText)"
    cells = area(TOP, NO, last, len(COLUMNS) - 4, REVIEW)
    exact = "SUMPRODUCT(--NOT(COUNTIF(UnitValues[valuation_date],{})))"
    columns = len(plan.inputs.unit_values.funds) + 1 - len(plan.inputs.funds.items)
    left_over = left_over_area(plan)
    function, not_compared = figures.area("function"), setting("NotCompared")
    both = any(f.closed.result is not None for f in figures.items)
    both = both and any(isinstance(f.tied.recomputed, float) for f in figures.items)
    second = words_area(plan)
    without = sum(word not in (setting("RoutesAgree"), setting("RoutesApart")) for word in book.second)
    lines: list[Line] = [
        ("published figures under review", "Published", printed, "ROWS(Published[return])", printed),
        (OPEN_FIGURES, f"{REVIEW}, {OTHERS}" if more else REVIEW, 0, left, opened),
        ("errors among the figures", REVIEW, 0,
         f"SUMPRODUCT(--ISERROR({cells}))+SUMPRODUCT(--ISERROR({function}))+ROWS({function})*NOT({HERE})", errors),
        ("figures whose routes differ by more than the tolerance", REVIEW, 0,
         f"IF(COUNT({column(NATIVE)})*COUNT({function}),{_beyond_tolerance(routes)},NotCompared)",
         apart if both else not_compared),
        ("figures outside the native route", REVIEW, outside, f"COUNTIF({column(NATIVE)},OutsideForm)", outside),
        ("figures that the native formulas compute otherwise", SECOND, 0, f"COUNTIF({second},RoutesApart)",
         book.second.count(setting("RoutesApart"))),
        ("figures without a second route", SECOND, without, f"ROWS({second})-COUNTIF({second},RoutesAgree)"
         f"-COUNTIF({second},RoutesApart)", without),
        ("first and last days without a unit value on the very day", "Workings", inexact,
         f"{exact.format(starts)}+{exact.format(ends)}", inexact),
        ("funds of the page without unit values", "Funds, Unit values", 0,
         "ROWS(Funds[fund])-SUMPRODUCT(--(Funds[fund]=UnitValues[#Headers]))", _without(plan)),
        ("columns of unit values beyond the funds: the date", "Unit values", columns,
         "COLUMNS(UnitValues[#Headers])-ROWS(Funds[fund])", columns),
        ("attributions that leave something over", "What changed", 0,
         f"IF(COUNT({left_over}),{_beyond_tolerance(left_over)},NotCompared)",
         0 if any(one.parts for one in plan.changes) else not_compared),
    ]  # fmt: skip
    if plan.inputs.share_rows and len(plan.inputs.share_rows[0]) == 2:
        total = sum(float(row[1]) for row in plan.inputs.share_rows[1:] if row[1] is not None)
        found = round(total - setting("SharesSum"), setting("RoutePlaces")) + 0.0
        lines.append(
            ("shares of the charge: sum less one", "Shares", 0, "ROUND(SUM(Shares[share])-SharesSum,RoutePlaces)", found)
        )
    lines.append(("largest distance on Probe", PROBE, 0, "ProbeApart", 0 if book.probed else not_compared))
    return lines


def _beyond_tolerance(cells: str) -> str:
    """A formula (of an array): how many numbers of a range are further from 0 than the tolerance."""
    return f"SUMPRODUCT(--(IF(ISNUMBER({cells}),ABS({cells}),NoCharge)>Tolerance))"


def _is_open(figure: Figure) -> bool:
    """Whether a figure neither ties nor has a known break."""
    found = verdict(figure)
    return found != TIES and not found.startswith(KNOWN)


def _open(figure: Figure) -> Tied:
    """A figure that is open, with the verdict of both routes; where only the native route differs it says so."""
    tied, found = figure.tied, verdict(figure)
    return tied._replace(verdict=f"{found}: the native route differs") if tied.ties else tied


def _routes_apart(figures: Figures) -> int:
    count = 0
    for figure in figures.items:
        ours, native = figure.tied.recomputed, figure.closed.result
        if native is not None and isinstance(ours, float):
            count += abs(native - ours) / max(abs(ours), setting("PrintedUnit")) > setting("Tolerance")
    return count


def _without(plan: Plan) -> int:
    known = set(map(fund_names.key, plan.inputs.unit_values.funds))
    return sum(fund_names.key(f.code) not in known for f in plan.inputs.funds.items)


def _lines(book: ReviewBook, sheet: Any, row: int, lines: Sequence[Line]) -> int:
    """Write control lines; gives the next free row."""
    left = {"align": "left"}
    for line, (name, where, approved, formula, found) in enumerate(lines, start=row):
        book.value(sheet, line, 0, name, book.format("text"))
        book.value(sheet, line, 1, where, book.format("grey"))
        book.value(sheet, line, 2, approved, book.format("text", **left))
        if formula:
            text = formula.replace("@APPROVED", at(line, 2, fixed="c"))
            book.live(sheet, line, 3, text, found, book.format("text", **left))
        else:
            book.value(sheet, line, 3, found, book.format("text", **left))
        a, b = at(line, 2, fixed="c"), at(line, 3, fixed="c")
        result = setting("ControlOk" if found == approved else "ControlOff")
        result = found if found == setting("NotCompared") else result
        book.off += [name] if result == setting("ControlOff") else []
        formula = f"IFERROR(IF({a}={b},ControlOk,IF(EXACT({b},NotCompared),NotCompared,ControlOff)),ControlOff)"
        book.formula(sheet, line, 4, formula, result, book.format("bold"))
    return row + len(lines)


def _sign_off(book: ReviewBook, sheet: Any, plan: Plan, row: int, counts: tuple[str, str, str, str]) -> None:
    """Names, dates, marks and what becomes of them.

    ``counts``: the results of changes and of all controls, how many are off as the file is opened, and the open figures.
    """
    state: State = plan.evidence
    changes, results, off_now, opened = counts
    book.head(sheet, row - 1, ["role", "name", "date", "mark that is signed", "status"], fill=CONTROL_FILL)
    mark_row = row + len(ROLES)
    book.value(sheet, mark_row, 0, "mark of this package", book.format("bold"))
    book.value(sheet, mark_row, 3, state.mark, book.format("bold"))
    book.value(sheet, mark_row, 1, "sign with name, date and this mark", book.format("grey"))
    book.define("PackageMark", CONTROLS, mark_row, 3)
    book.value(sheet, mark_row + 1, 0, "changes since built", book.format("bold"))
    changed = book.format("bold", align="left")
    book.formula(sheet, mark_row + 1, 3, f"COUNTIF({changes},ControlOff)", 0, changed)
    book.zero(sheet, mark_row + 1, 3)
    book.define("ChangesSinceBuilt", CONTROLS, mark_row + 1, 3)
    book.value(sheet, mark_row + 2, 0, "controls off", book.format("bold"))
    book.waits("off", sheet, mark_row + 2, 3, f"COUNTIF({results},ControlOff)", changed)
    book.define("ControlsOff", CONTROLS, mark_row + 2, 3)
    book.off_look(sheet, mark_row + 2, 3)
    book.waits("off", sheet, mark_row + 2, 4, off_now, book.format("grey", num_format='0" as opened"'), live=True)
    book.define("ControlsOffNow", CONTROLS, mark_row + 2, 4)
    book.value(sheet, mark_row + 3, 0, "left open", book.format("bold"))
    book.waits("left", sheet, mark_row + 3, 3, _left_open(opened), changed, live=True)
    book.define("LeftOpen", CONTROLS, mark_row + 3, 3)
    fill = book.format("text", bg_color=INPUT_FILL, align="left")
    day = book.format("text", bg_color=INPUT_FILL, align="left", num_format=DATE)
    for place, role in enumerate(ROLES):
        signature = signature_of(plan.signatures, role)
        line, other = row + place, row + (1 - place)
        book.value(sheet, line, 0, role, book.format("bold"))
        for column, (value, fmt) in enumerate(
            ((signature.name, fill), (signature.date, day), (signature.mark, fill)), start=1
        ):
            book.value(sheet, line, column, value, fmt)
        name, date, mark = (at(line, c) for c in (1, 2, 3))
        formula = (
            f"IF(LEN({name}),IF({name}={at(other, 1)},VoidSame,IF(LEN({date}),IF(EXACT({mark},PackageMark),"
            f"IF(ChangesSinceBuilt,VoidChanged,Signed&IF(LEN(LeftOpen),Comma&LeftOpen,T(NoText))),VoidOther),VoidDate)),NotSigned)"
        )
        book.waits(role, sheet, line, 4, formula, book.format("bold"))
        book.define(f"{role}Status", CONTROLS, line, 4)
    book.bad(sheet, (row, 4, row + len(ROLES) - 1, 4), SIGNED_TOO_SOON.format(at(row, 4)), SEE_CONTROLS)
    book.red(sheet, f"{at(row, 4)}:{at(row + len(ROLES) - 1, 4)}", at(row, 4), "Signed")


def _left_open(opened: str) -> str:
    """What figures and controls a signature leaves open, in words: the formula of sign_off.left_open."""
    others = f"(ControlsOffNow-N({opened}>NoCharge))"
    figures = f"IF({opened}=OneBroken,OneFigureOpen,{opened}&FiguresAreOpen)"
    alone = f"IF({others}=OneBroken,OneControlOff,{others}&ControlsAreOff)"
    besides = f"IF({others}=OneBroken,OneOtherOff,{others}&OthersAreOff)"
    return f"IF({opened},{figures}&IF({others},Comma&{besides},T(NoText)),IF({others},{alone},T(NoText)))"


def signature_of(signatures: Sequence[Signature], role: str) -> Signature:
    """The signature of a role, or an empty one."""
    return next((s for s in signatures if s.role == role), Signature(role))


def statuses(signatures: Sequence[Signature], parts: Mapping[str, str], left: str = "") -> dict[str, str]:
    """What the sign-off cells show for a package just built; ``left`` is what a signature leaves open."""
    words = {"same": "VoidSame", "no date": "VoidDate", "not those": "VoidOther"}
    found = {}
    for place, role in enumerate(ROLES):
        other = signature_of(signatures, ROLES[1 - place]).name
        text = status(signature_of(signatures, role), parts, other, left)
        key = next((name for word, name in words.items() if text.startswith("VOID") and word in text), None)
        found[role] = str(setting(key)) if key else text
    return found
