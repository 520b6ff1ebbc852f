"""Workings and Review: each published figure by two routes, every step in its own column, one formula down a column."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

from ...calculation.tie_out import KNOWN, OPEN, ROUNDING, TIES
from ...review import closed_form as cf
from ..book import DATE, HERE, PERCENT, RED, at, cached
from ..data_sheets import FIRST_ROW, published_cell
from ..layout import CONTROLS, FUNDS, PROBE, WORKINGS
from ..update.calculation_sheet import value_or_blank
from ..update.tie_out_sheet import headline, without_figure
from . import steps
from .book import BAD, INPUT_FILL, RESULT_FILL, SEE_CONTROLS, SIGNED_TOO_SOON, WORKING_FILL, Plan, ReviewBook, setting
from .contracts_sheet import Places
from .figures import TOP, Figure
from .second_sheet import agreeing, agreeing_text
from .steps import Figures, Step

MISSING = 5, 4  # where Review says how many figures could not be computed


def workings_sheet(book: ReviewBook, sheet: Any, figures: Figures, places: Places) -> None:
    """Write the workings."""
    book.heading(
        sheet, "Workings: every figure by the closed form",
        "V = Un x (P/U0 - sum of C w/Uk); ERV = V - c x (V - free); T = (ERV/P)^(1/n) - 1. A row a figure, a column a step, "
        "the same formula down each column.", figures.plan.inputs.label,
    )  # fmt: skip
    head = TOP - 1
    _charge_numbers(book, sheet, figures, head - 1)
    for place, step in enumerate(steps.steps(figures, places)):
        side = "left" if step.left else "right"
        book.value(sheet, head, place, step.title, book.format("head", bg_color=WORKING_FILL, align=side))
        sheet.set_column(place, place, step.width)
        if step.name != "function":
            _column(book, sheet, place, step, figures)
    _function_route(book, sheet, figures)
    sheet.freeze_panes(TOP, 6)
    sheet.repeat_rows(head)
    sheet.repeat_columns(0, figures.column["period"])
    sheet.set_print_scale(50)  # pages side by side, each with the figures' names: on one page the figures could not be read


def _charge_numbers(book: ReviewBook, sheet: Any, figures: Figures, row: int) -> None:
    """The number of each charge, above its column."""
    book.value(sheet, row, 0, "number of the charge", book.format("grey"))
    first = figures.column["cancelled 1"]
    for k in range(figures.charges):
        formula = "FirstContractYear" if not k else f"{at(row, first + k - 1)}+FirstContractYear"
        number = k + setting("FirstContractYear")
        book.formula(sheet, row, first + k, formula, number, book.format("grey", align="right"))


def _column(book: ReviewBook, sheet: Any, place: int, step: Step, figures: Figures) -> None:
    """One step of every figure."""
    fmt = book.format(num_format=step.format, **({"align": "left"} if step.left else {}))
    typed = {"number": book.format("grey", align="left"), "period": book.format("text", bg_color=INPUT_FILL)}
    for row, figure in enumerate(figures.items, start=TOP):
        if step.formula:
            formula = step.formula_in(row, FIRST_ROW + row - TOP)
            book.formula(sheet, row, place, formula, step.value(figure), fmt)
        else:
            book.value(sheet, row, place, step.value(figure), typed[step.name])


def _function_route(book: ReviewBook, sheet: Any, figures: Figures) -> None:
    """One call fills the column for each run of figures of one contract, last day and choice of charges."""
    column, shared = figures.column, figures.plan.inputs.shares is not None
    numbered = list(enumerate(figures.items, start=TOP))
    for (terms_column, _), run in itertools.groupby(
        numbered, key=lambda n: (n[1].contract_column, n[1].tied.published.as_of)
    ):
        group = list(run)
        first, last, figure = group[0][0], group[-1][0], group[0][1]
        terms = figures.plan.contracts[0] if figure.before else figures.plan.contracts[terms_column]
        funds, codes = (f"{at(first, column[n], fixed='c')}:{at(last, column[n], fixed='c')}" for n in ("fund", "period"))
        shares = "Shares[#All]" if shared and not figure.before else ""
        basis = ",AssetBasis" if figure.before else ""
        table, day = figures.plan.terms_table(terms), at(first, column["as_of"])
        call = f"CONTRACT_AATR({table}[#All],UnitValues[#All],{funds},{day},{codes},{shares},Funds[#All]{basis})"
        rows = [[_number(f.tied.recomputed)] for _, f in group]
        book.spill(sheet, first, column["function"], call, rows, book.format(num_format=steps.EXACT))


def _number(value: Any) -> Any:
    return cached(value) if not isinstance(value, float) or value == value else ""


# --- the review itself -----------------------------------------------------------------------------------------------

COLUMNS = (
    "no.", "table", "contract", "as of", "fund", "period", "published", "by worksheet function", "by native formulas",
    "function - published", "native - published", "routes apart", "verdict", "known break", "reviewer's note", "checked by",
    "steps", "probe",
)  # fmt: skip
(NO, TABLE, CONTRACT, AS_OF, FUND, PERIOD, PUBLISHED_AT, FUNCTION, NATIVE, APART_F, APART_N, ROUTES, VERDICT, KNOWN_AT,
 NOTE, CHECKED, STEPS, PROBED) = range(18)  # fmt: skip
WIDTHS = (5, 25, 9, 11, 30, 8, 10, 12, 12, 10, 10, 10, 15, 20, 30, 10, 7, 7)


def review_sheet(book: ReviewBook, sheet: Any, figures: Figures, places: Places) -> None:
    """Write the review: published, both routes, differences, verdict, the reviewer's columns."""
    plan = figures.plan
    book.heading(
        sheet, "Review: every published figure by two routes",
        "Differences in hundredths of a percent, as printed. Yellow cells are for the reviewer. 'steps' shows the figure's "
        "calculation; on Probe, type its number.", plan.inputs.label,
    )  # fmt: skip
    head = TOP - 1
    book.head(sheet, head, COLUMNS, fill=RESULT_FILL)
    book.head(sheet, head, COLUMNS[PUBLISHED_AT:VERDICT], PUBLISHED_AT, RESULT_FILL, "right")
    book.value(sheet, head, VERDICT, COLUMNS[VERDICT], book.format("head", bg_color=RESULT_FILL, indent=1))
    percent, hundredths = book.format(num_format=PERCENT), book.format(num_format='0;-0;"–"', align="right")
    exact, fill = book.format(num_format="0.000000%", align="right"), book.format("wrap", bg_color=INPUT_FILL)
    day, apart = book.format(num_format=DATE, align="left"), book.format(num_format='0.0E+00;-0.0E+00;"–"', align="right")
    for row, figure in enumerate(figures.items, start=TOP):
        published, closed = figure.tied.published, figure.closed
        source = FIRST_ROW + row - TOP
        recomputed, native = figure.tied.recomputed, closed.result
        book.formula(sheet, row, NO, figures.cell("number", row, WORKINGS), row - TOP + 1, book.format("grey", align="left"))
        for place, step, value in (
            (TABLE, "table", published.table), (CONTRACT, "contract", published.contract or cf.BEFORE)
        ):  # fmt: skip
            book.formula(sheet, row, place, figures.cell(step, row, WORKINGS), value)
        book.formula(sheet, row, AS_OF, figures.cell("as_of", row, WORKINGS), published.as_of, day)
        fund = plan.inputs.funds.get(figure.fund)
        name = f"INDEX(Funds[printed_name],{plan.row_of_fund(figures.cell('fund', row, WORKINGS))})"
        named = (fund.printed_name or 0.0) if fund else "#N/A"
        book.formula(sheet, row, FUND, name, named, book.format(shrink=True))
        book.formula(sheet, row, PERIOD, published_cell(source, "period"), published.period)
        book.formula(sheet, row, PUBLISHED_AT, value_or_blank(published_cell(source, "return")), published.value, percent)
        ours = _number(recomputed)
        book.formula(sheet, row, FUNCTION, figures.cell("function", row, WORKINGS), ours, exact)
        shown = steps.native_value(figure)
        book.formula(sheet, row, NATIVE, figures.cell("native", row, WORKINGS), shown, exact)
        by_function = isinstance(ours, float)
        for place, formula, difference in _apart(figure, row, figures, places):
            book.formula(sheet, row, place, formula, difference, hundredths)
        a, b = at(row, FUNCTION), at(row, NATIVE)
        relative = f"ROUND(({b}-{a})/MAX(ABS({a}),PrintedUnit),RoutePlaces)"
        formula = f"IF(ISNUMBER({b}),IF(ISNUMBER({a}),{relative},{a}),{b})"
        distance: Any = shown if native is None else ours
        if native is not None and by_function:
            distance = (
                native
                if native != native
                else round((native - ours) / max(abs(ours), setting("PrintedUnit")), setting("RoutePlaces")) + 0.0
            )
        book.formula(sheet, row, ROUTES, formula, distance, apart)
        book.formula(sheet, row, VERDICT, _verdict_formula(row, figures), verdict(figure), book.format("bold", indent=1))
        book.formula(sheet, row, KNOWN_AT, f"T({published_cell(source, 'known_break')})", published.known_break)
        for place in (NOTE, CHECKED):
            book.value(sheet, row, place, "", fill)
        link = book.format("link")
        sheet.write_url(row, STEPS, f"internal:'{WORKINGS}'!A{row + 1}", link, "steps", "Every step of this figure")
        tip = f"On Probe, type {row - TOP + 1} as the figure's number"
        sheet.write_url(row, PROBED, f"internal:'{PROBE}'!C5", link, f"no. {row - TOP + 1}", tip)
    _summary(book, sheet, figures)
    sheet.autofilter(head, 0, figures.last_row, len(COLUMNS) - 1)
    area = f"{at(TOP, VERDICT)}:{at(figures.last_row, VERDICT)}"
    book.red(sheet, area, at(TOP, VERDICT), "Ties")
    for place in (NATIVE, APART_N, ROUTES):
        book.outside(sheet, TOP, place, figures.last_row, place)
    bad = book.file.add_format({"bg_color": "#FDE2E2", "font_color": RED, "bold": True})
    for place, limit in ((APART_F, "NoCharge"), (APART_N, "NoCharge"), (ROUTES, "Tolerance")):
        cells = f"{at(TOP, place)}:{at(figures.last_row, place)}"
        criteria = f"=IFERROR(ABS({at(TOP, place)})>{limit},TRUE)"
        sheet.conditional_format(cells, {"type": "formula", "criteria": criteria, "format": bad})
    sheet.freeze_panes(TOP, 0)
    sheet.repeat_rows(head)
    sheet.print_area(0, 0, figures.last_row, CHECKED)


def _terms_of(row: int, figures: Figures) -> str:
    """The table of terms of the figure in a row."""
    tables = ",".join(f"{figures.plan.terms_table(terms)}[#All]" for terms in figures.plan.contracts)
    return f"CHOOSE({figures.cell('contract_column', row, WORKINGS)},{tables})"


def _apart(figure: Figure, row: int, figures: Figures, places: Places) -> Iterator[tuple[int, str, Any]]:
    """How far either route is from print, in printed digits: its column, its formula and value."""
    published, ours = at(row, PUBLISHED_AT), at(row, FUNCTION, fixed="c")
    formula = f"IF(ISNUMBER({ours}),TIE_DIFFERENCE({ours},{published},,{_terms_of(row, figures)}),{ours})"
    by_function = isinstance(figure.tied.recomputed, float) and figure.tied.recomputed == figure.tied.recomputed
    yield APART_F, formula, figure.tied.difference if by_function else _number(figure.tied.recomputed)
    column = figures.cell("contract_column", row, WORKINGS)
    digits = f"(INDEX({places.across(places.number('rounding.decimals'))},{column})+PercentPlaces)"
    native = at(row, NATIVE, fixed="c")
    apart = f"ROUND((ROUND({native},{digits})-{published})*Ten^{digits},WholePlaces)"
    value = setting("OutsideForm") if figure.closed.result is None else _digits(figure)
    yield APART_N, f"IF(ISNUMBER({native}),{apart},{native})", value


def _digits(figure: Figure) -> float:
    """How many printed digits the native route is from print; NaN where it has no figure."""
    from ...cells.rounding import rounded

    native, places = figure.closed.result, int(figure.terms["rounding.decimals"]) + setting("PercentPlaces")
    if native is None or native != native:
        return math.nan
    return float(round((rounded(native, places) - figure.tied.published.value) * 10**places)) + 0.0


def _verdict_formula(row: int, figures: Figures) -> str:
    """The word of TIE_VERDICT; where the native route prints otherwise, a tie is none."""
    function, known, published = at(row, FUNCTION), at(row, KNOWN_AT), at(row, PUBLISHED_AT)
    word = f"TIE_VERDICT({function},{published},,{known},{_terms_of(row, figures)})"
    native = at(row, APART_N)
    unlike = f"IF(LEN({known}),KnownBreak&{known},IF(EXACT({word},Ties),Rounding,{word}))"
    return f"IF(ISNUMBER({function}),IF(IF(ISNUMBER({native}),{native}),{unlike},{word}),StillOpen)"


def verdict(figure: Figure) -> str:
    """The verdict that the formula gives."""
    published, value = figure.tied.published, figure.tied.recomputed
    if not isinstance(value, float) or value != value:
        return OPEN
    unlike = _digits(figure)
    if unlike != unlike or not unlike:
        return str(figure.tied.verdict)
    if published.known_break:
        return f"{KNOWN}: {published.known_break}"
    return ROUNDING if figure.tied.verdict == TIES else str(figure.tied.verdict)


def _summary(book: ReviewBook, sheet: Any, figures: Figures) -> None:
    """How many tie, how far the routes are apart, and whether the review is signed."""
    verdicts = f"{at(TOP, VERDICT)}:{at(figures.last_row, VERDICT)}"
    _without_figure(book, sheet, figures)
    headline(
        book, sheet, (3, 1), verdicts, "Ties", [verdict(f) for f in figures.items], f"LEN({at(*MISSING, fixed='rc')})>0"
    )
    book.value(sheet, 3, 4, "controls off", book.format("bold", align="right", indent=1))
    book.waits("off", sheet, 3, 5, "ControlsOff", book.format("bold", align="left"))
    book.off_look(sheet, 3, 5)
    for place, role in ((FUNCTION, "Preparer"), (VERDICT, "Reviewer")):
        book.value(sheet, 3, place - 1, role, book.format("bold", align="right", indent=1))
        book.waits(role, sheet, 3, place, f"{role}Status", book.format("bold", align="left"))
        book.bad(sheet, (3, place, 3, place), SIGNED_TOO_SOON.format(at(3, place)), SEE_CONTROLS)
        book.red(sheet, at(3, place), at(3, place, fixed="rc"), "Signed")
    book.value(sheet, 4, FUNCTION - 1, "Update to", book.format("bold", align="right", indent=1))
    book.formula(sheet, 4, FUNCTION, "AsOf", figures.plan.inputs.as_of, book.format("bold", align="left", num_format=DATE))
    native, count = f"{at(TOP, NATIVE)}:{at(figures.last_row, NATIVE)}", len(figures.items)
    outside = sum(f.closed.result is None for f in figures.items)
    line = f"NativeRoute&ROWS({native})-COUNTIF({native},OutsideForm)&OutOf&ROWS({native})&SeeContracts"
    words = [setting(name) for name in ("NativeRoute", "OutOf", "SeeContracts")]
    shown = f"{words[0]}{count - outside}{words[1]}{count}{words[2]}" if outside else ""
    book.formula(sheet, 5, 1, f"IF(COUNTIF({native},OutsideForm),{line},T(NoText))", shown, book.format("bold"))
    sheet.write_url(4, 1, f"internal:'{CONTROLS}'!A1", book.format("link"), "Controls and sign-off")
    sheet.write_url(4, 4, f"internal:'{FUNDS}'!A1", book.format("link"), "Inputs begin here")


def second_line(book: ReviewBook, sheet: Any, plan: Plan) -> None:
    """How many figures the native formulas compute the same."""
    book.value(sheet, 4, VERDICT - 1, "second route", book.format("bold", align="right", indent=1))
    book.formula(sheet, 4, VERDICT, agreeing(plan), agreeing_text(book.second), book.format("bold", align="left"))


def _without_figure(book: ReviewBook, sheet: Any, figures: Figures) -> None:
    """How many figures the functions did not compute; nothing where they computed all. Or that they are missing."""
    function = figures.area("function")
    count = without_figure([f.tied for f in figures.items])
    counted = f"IF(COUNT({function})<ROWS({function}),ROWS({function})-COUNT({function})&WithoutFigure,T(NoText))"
    formula = f"IF({HERE},{counted},StoredOnly)"
    shown = f"{count}{setting('WithoutFigure')}" if count else ""
    book.live(sheet, *MISSING, formula, shown, book.format("bold", font_color=BAD))
