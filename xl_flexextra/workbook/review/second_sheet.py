"""The review's sheet of second routes: every published figure by the core and by native formulas, and their difference."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ...errors import CellError
from ..book import DATE, area, at, cached
from ..data_sheets import FIRST_ROW, published_cell
from ..layout import OTHERS, SECOND, WORKINGS
from ..native import second_route
from ..native.second_route import Second
from . import other_figures
from .book import RESULT_FILL, Plan, ReviewBook, setting
from .figures import TOP as FIRST_FIGURE
from .steps import EXACT, Figures

COLUMNS = ("no.", "table", "contract", "as of", "fund", "period", "measure", "by worksheet function", "by native formulas",
           "apart", "second route", "remark")  # fmt: skip
NO, TABLE, CONTRACT, DAY, FUND, PERIOD, MEASURE, FUNCTION, BY_NATIVE, APART, WORD, REMARK = range(12)
WIDTHS = (5, 25, 9, 11, 22, 14, 14, 20, 20, 10, 20, 60)
TOP, COUNT_ROW = 6, 3
NOTE = (
    "The worksheet functions compute in Python. The native formulas are other formulas, LAMBDAs of a workbook, computed as "
    "this package was built by {engine}, an engine that is not ours."
)


def words_area(plan: Plan) -> str:
    """Where the words stand."""
    return area(TOP, WORD, TOP + len(plan.report.tied) - 1, WORD, SECOND)


def values_block(plan: Plan) -> tuple[str, int, int, int, int]:
    """Where the values of the native formulas stand: constants, which the approved copies hold."""
    return SECOND, TOP, BY_NATIVE, TOP + len(plan.report.tied) - 1, BY_NATIVE


def second_sheet(book: ReviewBook, sheet: Any, figures: Figures) -> list[str]:
    """Write the sheet; gives the word for each figure."""
    plan = figures.plan
    book.heading(
        sheet, "Second route: every figure by two programs", NOTE.format(engine=_engine()), plan.inputs.label
    )  # fmt: skip
    book.head(sheet, TOP - 1, COLUMNS, fill=RESULT_FILL)
    book.head(sheet, TOP - 1, COLUMNS[FUNCTION:WORD], FUNCTION, RESULT_FILL, "right")
    found, words = second_route.of_figures(plan.report), []
    for row, (one, second) in enumerate(zip(plan.report.tied, found, strict=True), start=TOP):
        _figure(book, sheet, plan, row, one)
        words.append(_routes(book, sheet, figures, row, one, second))
    last = TOP + len(words) - 1
    book.value(sheet, COUNT_ROW, 0, "agree", book.format("bold"))
    count = book.format("bold", align="left")
    book.formula(sheet, COUNT_ROW, TABLE, agreeing(plan), agreeing_text(words), count)
    cells, first = f"{at(TOP, WORD)}:{at(last, WORD)}", at(TOP, WORD)
    book.neutral(sheet, (TOP, WORD, last, WORD), f"OR(EXACT({first},NoNativeForm),EXACT({first},NeitherRoute))")
    book.red(sheet, cells, first, "RoutesAgree")
    sheet.autofilter(TOP - 1, 0, last, len(COLUMNS) - 1)
    sheet.freeze_panes(TOP, 0)
    sheet.repeat_rows(TOP - 1)
    return words


def agreeing(plan: Plan) -> str:
    """A formula: how many figures have the same value by both routes, of how many."""
    words = words_area(plan)
    return f"COUNTIF({words},RoutesAgree)&OutOf&ROWS({words})"


def agreeing_text(words: list[str]) -> str:
    """What that formula gives."""
    return f"{words.count(setting('RoutesAgree'))}{setting('OutOf')}{len(words)}"


def _engine() -> str:
    try:
        return f"IronCalc {version('ironcalc')}"
    except PackageNotFoundError:
        return "IronCalc, which was not installed"


def _figure(book: ReviewBook, sheet: Any, plan: Plan, row: int, one: Any) -> None:
    """Which figure it is: links to the published one."""
    figure, source, printed = one.published, FIRST_ROW + row - TOP, plan.inputs.published
    book.value(sheet, row, NO, row - TOP + 1, book.format("grey", align="left"))
    given = {"table": figure.table, "contract": figure.contract, "as_of": figure.as_of, "fund": figure.fund,
             "period": figure.period, "measure": figure.measure}  # fmt: skip
    for column, (name, value) in enumerate(given.items(), start=TABLE):
        if value not in ("", None):
            fmt = book.format(num_format=DATE, align="left") if name == "as_of" else None
            book.formula(sheet, row, column, published_cell(source, name, printed), value, fmt)


def _routes(book: ReviewBook, sheet: Any, figures: Figures, row: int, one: Any, second: Second) -> str:
    """Both values, how far they are apart, and the word for it."""
    place, returns = row - TOP, len(figures.items)
    if place < returns:
        source = figures.cell("function", FIRST_FIGURE + place, WORKINGS)
    else:
        source = at(other_figures.TOP + place - returns, other_figures.RECOMPUTED, OTHERS)
    ours: Any = "" if one.recomputed != one.recomputed else cached(one.recomputed)
    exact = book.format(num_format=EXACT if one.is_percent else "0.000000000000", align="right")
    book.formula(sheet, row, FUNCTION, source, ours, exact)
    value = _shown(second, ours)
    book.value(sheet, row, BY_NATIVE, value, exact)
    a, b, apart = at(row, FUNCTION), at(row, BY_NATIVE), at(row, APART)
    formula = f"IF(ISNUMBER({a})*ISNUMBER({b}),ROUND(({b}-{a})/MAX(ABS({a}),PrintedUnit),RoutePlaces),NoText&NoText)"
    both = isinstance(ours, float) and isinstance(value, float)
    distance: Any = (
        round((value - ours) / max(abs(ours), setting("PrintedUnit")), setting("RoutePlaces")) + 0.0 if both else ""
    )
    book.formula(sheet, row, APART, formula, distance, book.format(num_format='0.0E+00;-0.0E+00;"–"', align="right"))
    judged = f"IF(ISNUMBER({apart}),IF(ABS({apart})<=Tolerance,RoutesAgree,RoutesApart),IF(ISNUMBER({b}),RoutesApart,{b}))"
    agree = setting("RoutesAgree" if not both or abs(distance) <= setting("Tolerance") else "RoutesApart")
    word = str(agree) if both else str(setting("RoutesApart")) if isinstance(value, float) else str(value)
    book.formula(sheet, row, WORD, judged, word, book.format("bold"))
    book.value(sheet, row, REMARK, second.remark, book.format("grey"))
    return word


def _shown(second: Second, ours: Any) -> Any:
    """The native value as the sheet holds it: a number, or the word for why there is none."""
    if isinstance(second.value, float):
        return second.value
    if second.value is None and not second.remark.endswith("native form"):
        return setting("NotComputed")
    if isinstance(ours, float):
        return setting("NoNativeForm")
    none = second.value in (None, "") or isinstance(second.value, CellError)  # "" is a period that is left empty
    return setting("NeitherRoute") if none else setting("RoutesApart")
