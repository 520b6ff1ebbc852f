"""The tie-out sheet, and the sheet of sources, assumptions and oddities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ... import __version__, catalogue
from ...calculation.tie_out import ROUNDING, TIES, Tied
from ...errors import CellError
from ...functions import registry
from ...inputs.input_tables import Published
from ...terms import Terms
from ...update import report as reports
from ...update.report import Report, Route
from ..book import DATE, GREEN, RED, Book, area, at, cached
from ..data_sheets import FIRST_ROW, WIDEST, figure_format, published_cell
from ..layout import CALCULATION, CODE_COLUMN, FIGURE_COLUMN, PAGE, SOURCES, TIE_OUT, Layout
from ..terms_places import terms_table
from .calculation_sheet import NO_FIGURE, value_or_blank
from .page import contract_call, figure_call

HEADER = [
    "table", "contract", "as of", "fund", "period", "published", "recomputed", "hundredths", "verdict", "known break",
    "computed",
]  # fmt: skip
HEADER_ROW = 6
PROVES = "With constructed unit values agreement shows that the formulas are right, not that the unit values are historical."
(TABLE, CONTRACT, DAY, FUND, PERIOD, PUBLISHED_AT, RECOMPUTED, APART, VERDICT, KNOWN_BREAK, COMPUTED) = range(len(HEADER))
EXTRAS = ("charges", "measure", "decimals", "charge")  # where some figure has them
ON_PAGE, TIES_ROW, MISSING_ROW, OWN_DAY, NO_TABLE = range(1, HEADER_ROW)  # rows of the words on top, each in column B
WORDS = {
    ON_PAGE: ("computed: taken from the page", "page"),
    OWN_DAY: ("computed: for its own day", "own day"),
    NO_TABLE: ("computed: on no table of the page", "no table"),
}
SENTENCES = {
    OWN_DAY: "of another day than the page: each is computed for its own day, from the same tables",
    NO_TABLE: "on no table of the page: each is computed by a call of its own",
}


def tie_out_sheet(book: Book, report: Report, places: Layout) -> None:
    """Published, recomputed, difference in hundredths of a percent, verdict.

    Recomputed is the page's cell while the page is of the figure's day, else the same function for the figure's own day:
    a print stays tied when the page moves on to the next month, and no number stands there without its formula.
    """
    inputs, tied = report.inputs, report.tied
    sheet = book.sheet(TIE_OUT, "#2E7D32", _widths(tied), landscape=True)
    book.value(sheet, 0, 0, "Tie-out to the published figures", book.format("title"))
    first, last = HEADER_ROW + 1, HEADER_ROW + len(tied)
    routes = [reports.route(report, one.published) for one in tied]
    _words(book, sheet, routes, area(first, COMPUTED, last, COMPUTED))
    if inputs.label:
        book.value(sheet, 2, RECOMPUTED, inputs.label, book.format("label", bold=True, font_size=11))
        book.value(sheet, 3, RECOMPUTED, PROVES, book.format("grey"))
    for column, head in enumerate(HEADER):
        right = PUBLISHED_AT <= column <= APART
        side: dict[str, Any] = {"align": "right"} if right else {"indent": int(column == VERDICT)}
        of_dollars = column == APART and not all(one.is_percent for one in tied)
        book.value(sheet, HEADER_ROW, column, "last digits" if of_dollars else head, book.format("head", **side))
    extras = [name for name in EXTRAS if any(getattr(one.published, name) not in ("", None) for one in tied)]
    for column, name in enumerate(extras, start=len(HEADER)):
        book.value(sheet, HEADER_ROW, column, name, book.format("head"))
    ours, hint_at = len(HEADER) + len(extras), len(HEADER) + len(extras) + 1
    kinds = area(HEADER_ROW, len(HEADER), last, ours - 1) if {"charges", "measure"} & set(extras) else ""
    compared = area(HEADER_ROW, TABLE, last, PUBLISHED_AT), area(first, ours, last, ours), kinds
    if tied:
        book.value(sheet, HEADER_ROW, ours, "figure", book.format("head", align="right"))
        book.value(sheet, HEADER_ROW, hint_at, "hint", book.format("head", indent=1))
        sheet.set_column(hint_at, hint_at, 26)
    day = book.format(num_format=DATE, align="left")
    verdicts = []
    for i, (one, found) in enumerate(zip(tied, routes, strict=True)):
        row, source, figure = first + i, FIRST_ROW + i, one.published
        printed = figure_format(book, figure, found.terms["rounding.decimals"])
        given: list[tuple[str, Any, Any]] = [
            ("table", figure.table, None), ("contract", figure.contract, None), ("as_of", figure.as_of, day),
            ("fund", figure.fund, None), ("period", figure.period, None), ("return", figure.value, printed),
        ]  # fmt: skip
        for column, (name, value, fmt) in enumerate(given):
            if value == "":
                book.value(sheet, row, column, "", fmt)
            else:
                given_at = published_cell(source, name)
                if column == PUBLISHED_AT:  # a figure that a refresh left blank is none, not 0%
                    given_at = value_or_blank(given_at)
                book.formula(sheet, row, column, given_at, value, fmt)
        _recomputed(book, sheet, report, places, row, source, one, found)
        table = terms_table(found.terms, inputs.contracts)
        for column, name in enumerate(extras, start=len(HEADER)):
            if (extra := getattr(figure, name)) not in ("", None):
                given_at = published_cell(source, name, inputs.published)
                book.formula(sheet, row, column, value_or_blank(given_at) if name == "decimals" else given_at, extra)
        own = _own(extras, figure, row)
        verdicts.append(_verdict(book, sheet, row, one, found.terms, table, own))
        book.value(sheet, row, KNOWN_BREAK, figure.known_break, None)
        number = at(row, RECOMPUTED)
        shown = one.recomputed if isinstance(one.recomputed, float) and one.recomputed == one.recomputed else NO_FIGURE
        book.formula(
            sheet,
            row,
            ours,
            f"IF(ISNUMBER({number}),{number},NoFigure)",
            shown,
            book.format("grey", num_format="0.000000"),
        )
        _hint(book, sheet, (row, hint_at), one, compared, f"ROWS({at(first, DAY, fixed='rc')}:{at(row, DAY)})", table, own)
    headline(
        book,
        sheet,
        (2, 3),
        area(first, VERDICT, last, VERDICT),
        at(TIES_ROW, 1),
        verdicts,
        f"{at(MISSING_ROW, 3, fixed='rc')}>0",
    )
    _missing(book, sheet, area(first, RECOMPUTED, last, RECOMPUTED), without_figure(tied))
    _rounding(book, sheet, area(first, VERDICT, last, VERDICT), verdicts)
    if tied:
        sheet.autofilter(HEADER_ROW, 0, last, len(HEADER) - 1)
        bad = book.file.add_format({"bg_color": "#FDE2E2", "font_color": RED})
        good = book.file.add_format({"font_color": GREEN})
        options = {"type": "cell", "criteria": "==", "value": f"={at(TIES_ROW, 1, fixed='rc')}", "format": good}
        sheet.conditional_format(first, VERDICT, last, VERDICT, options)
        sheet.conditional_format(first, VERDICT, last, VERDICT, {**options, "criteria": "!=", "format": bad})
    sheet.freeze_panes(first, 0)
    sheet.repeat_rows(HEADER_ROW)


def _widths(tied: Sequence[Tied]) -> list[float]:
    """Wide enough for the codes, periods and remarks that stand on the sheet."""
    figures = [one.published for one in tied]
    longest = {
        name: max((len(getattr(one, name)) + 2 for one in figures), default=0) for name in ("contract", "fund", "period")
    }
    contract, fund, period = (min(longest[name], WIDEST) for name in longest)
    return [28, max(10, contract), 12, max(22, fund), max(9, period), 11, 11, 11, 24, 36, 11]


def _own(extras: Sequence[str], figure: Published, row: int) -> dict[str, str]:
    """The cells of a figure's own measure and decimals, where it has them."""
    filled = [name for name in extras if getattr(figure, name) not in ("", None)]
    return {name: at(row, len(HEADER) + extras.index(name)) for name in filled}


def _hint(
    book: Book, sheet: Any, cell: tuple[int, int], one: Tied, compared: tuple[str, str, str], number: str, table: str,
    own: dict[str, str],
) -> None:  # fmt: skip
    """Whose figure is printed in the place of one that does not tie; nothing where nobody answers."""
    figures, ours, kinds = compared
    asked = f"{figures},{ours},{number},{own.get('decimals', '')},{table}[#All],{own.get('measure', '')},{kinds}".rstrip(",")
    verdict = at(cell[0], VERDICT)  # as a range: of a single cell one engine counts nothing
    ties = f"COUNTIF({verdict}:{verdict},{at(TIES_ROW, 1, fixed='rc')})"
    book.formula(
        sheet,
        *cell,
        f"IF({ties},NoText&NoText,IFERROR(TIE_NEIGHBOUR({asked}),NoText&NoText))",
        one.hint,
        book.format("grey", indent=1),
    )


def _rounding(book: Book, sheet: Any, cells: str, verdicts: Sequence[str]) -> None:
    """How many figures differ by rounding alone."""
    word = ON_PAGE, 4
    book.value(sheet, *word, ROUNDING, book.format("grey", indent=1))
    number = book.format(num_format="0", align="right", bold=True)
    book.formula(sheet, ON_PAGE, 3, f"COUNTIF({cells},{at(*word)})", verdicts.count(ROUNDING), number)


def _measured(own: dict[str, str]) -> str:
    return f",{own['measure']}" if "measure" in own else ""


def where_answered(formula: str) -> str:
    """A count over cells that call our functions: an error where nobody answers them, as those cells are then.

    Else a stored "112 tie" would stand over errors, in a program that shows stored values and cannot compute the cells.
    """
    return f"IF(LEN(FLEXEXTRA_VERSION()),{formula})"


def headline(
    book: Book, sheet: Any, place: tuple[int, int], cells: str, word: str, verdicts: Sequence[str], nothing: str
) -> None:
    """How many verdicts in ``cells`` are the word that counts.

    Green where all are; red where one is not, where there is none, and where the condition ``nothing`` holds: that not
    all of them were compared.
    """
    row, column = place
    big: dict[str, Any] = {"bold": True, "font_size": 14, "font_color": GREEN}
    count = book.format(num_format='0" of "', align="right", **big)
    book.formula(sheet, row, column, where_answered(f"COUNTIF({cells},{word})"), verdicts.count(TIES), count)
    of = book.format(num_format='0" tie"', align="left", **big)
    book.formula(sheet, row, column + 1, where_answered(f"ROWS({cells})"), len(verdicts), of)
    ties, every = (at(row, column + i, fixed="rc") for i in range(2))
    options = {"type": "formula", "format": book.file.add_format({"font_color": RED})}
    sheet.conditional_format(row, column, row, column + 1, {**options, "criteria": f"={ties}<{every}"})
    for one in (column, column + 1):
        sheet.conditional_format(row, one, row, one, {**options, "criteria": f"=OR({every}=0,{nothing})"})


def without_figure(tied: Sequence[Tied]) -> int:
    """How many printed figures have no recomputed one beside them: an error, or no history."""
    return sum(not isinstance(one.recomputed, float) or one.recomputed != one.recomputed for one in tied)


def _missing(book: Book, sheet: Any, recomputed: str, count: int) -> None:
    """How many figures have nothing to be compared with: red where there are any."""
    cell = MISSING_ROW, 3
    formula = where_answered(f"ROWS({recomputed})-COUNT({recomputed})")
    book.formula(sheet, *cell, formula, count, book.format(num_format="0", bold=True))
    book.value(sheet, MISSING_ROW, 4, "without a figure", book.format("grey", indent=1))
    options = {"type": "formula", "criteria": f"={at(*cell, fixed='rc')}<>0"}
    sheet.conditional_format(*cell, *cell, {**options, "format": book.file.add_format({"font_color": RED})})


def _words(book: Book, sheet: Any, routes: list[Route], computed: str) -> None:
    """The words that formulas below refer to, and how many figures the page does not show for their day."""
    grey, fill = book.format("grey"), book.format("grey", bg_color="#FFF8DC", align="left")
    absent = any(found.place is None for found in routes)
    words = {k: v for k, v in WORDS.items() if k != NO_TABLE or absent}
    for row, (label, word) in {TIES_ROW: ("verdict that counts", TIES), **words}.items():
        book.value(sheet, row, 0, label, grey)
        book.value(sheet, row, 1, word, fill)
    number = book.format(num_format="0", align="right", bold=True)
    for row in (row for row in words if row in SENTENCES):
        value = sum(_word_row(found) == row for found in routes)
        book.formula(sheet, row, 3, f"COUNTIF({computed},{at(row, 1)})", value, number)
        book.value(sheet, row, 4, SENTENCES[row], book.format("grey", indent=1))


def _word_row(found: Route) -> int:
    return NO_TABLE if found.place is None else ON_PAGE if found.same_day else OWN_DAY


def _recomputed(
    book: Book, sheet: Any, report: Report, places: Layout, row: int, source: int, one: Tied, found: Route
) -> None:
    """The page's cell where the page is of the figure's day, else the figure's own call; and which of them it is."""
    fund, day, word = at(row, FUND), at(row, DAY), at(_word_row(found), 1, fixed="rc")
    printed = report.inputs.published
    basis = published_cell(source, "charges", printed) if one.published.charges else "Basis"
    if one.published.measure:
        measure = published_cell(source, "measure", printed)
        charge = published_cell(source, "charge", printed) if one.published.charge else ""
        formula = figure_call(report, measure, found.terms, found.charges, (fund, day, at(row, PERIOD)), basis, charge)
        book.formula(sheet, row, COMPUTED, word, WORDS[NO_TABLE][1])
    elif found.place is None:
        formula = contract_call(report, found.terms, found.charges, fund, day, at(row, PERIOD), basis)
        book.formula(sheet, row, COMPUTED, word, WORDS[NO_TABLE][1])
    else:
        table, line, column = found.place
        anchor = "QuarterEnd" if report.tables[table].spec.quarter_end else "AsOf"
        period = at(places.blocks[table].codes, CODE_COLUMN + column, CALCULATION)
        page = at(places.page[table] + line, FIGURE_COLUMN + column, PAGE)
        formula = f"IF({day}={anchor},{page},{contract_call(report, found.terms, found.charges, fund, day, period)})"
        words = (at(which, 1, fixed="rc") for which in (ON_PAGE, OWN_DAY))
        book.formula(sheet, row, COMPUTED, f"IF({day}={anchor},{','.join(words)})", WORDS[_word_row(found)][1])
    book.formula(
        sheet,
        row,
        RECOMPUTED,
        formula,
        _recomputed_or_blank(one),
        figure_format(book, one.published, found.terms["rounding.decimals"]),
    )


def _recomputed_or_blank(one: Tied) -> Any:
    """The recomputed figure as its cell shows it: empty where the terms leave a period without history blank."""
    return "" if one.recomputed != one.recomputed else cached(one.recomputed)


def _verdict(book: Book, sheet: Any, row: int, one: Tied, terms: Terms, table: str, own: dict[str, str]) -> Any:
    """Difference and verdict by the terms' rounding, with the values that the functions give for what the sheet shows;
    gives the verdict."""
    known = one.published.known_break
    pair = f"{at(row, RECOMPUTED)},{at(row, PUBLISHED_AT)}"
    shown = (
        CellError(_recomputed_or_blank(one)) if str(_recomputed_or_blank(one)).startswith("#") else _recomputed_or_blank(one)
    )
    figure, places = one.published, own.get("decimals", "")
    given = [figure.decimals, terms, figure.measure or None]
    apart = registry.evaluate(catalogue.get("TIE_DIFFERENCE"), [shown, figure.value, *given])
    number = book.format(num_format="0", align="right")
    formula = f"TIE_DIFFERENCE({pair},{places},{table}[#All]{_measured(own)})"
    book.formula(sheet, row, APART, formula, apart, number)
    given.insert(1, known or None)
    verdict = registry.evaluate(catalogue.get("TIE_VERDICT"), [shown, figure.value, *given])
    formula = f"TIE_VERDICT({pair},{places},{at(row, KNOWN_BREAK) if known else ''},{table}[#All]{_measured(own)})"
    book.formula(sheet, row, VERDICT, formula, verdict, book.format(indent=1))
    return verdict


def sources_sheet(book: Book, report: Report) -> None:
    """Where each input comes from, what the document leaves open, how the figures are computed, what proves what."""
    inputs = report.inputs
    sheet = book.sheet(SOURCES, "#6B7280", [24, 34, 44, 52, 52], landscape=True)
    book.value(sheet, 0, 0, "Sources and assumptions", book.format("title"))
    book.value(sheet, 1, 0, inputs.label, book.format("label"))
    row, wrap, head = 3, book.format("wrap"), book.format("head")
    for title, table, lines in (
        ("Inputs", "Sources", inputs.sources),
        ("What the document gets wrong or leaves open", "Oddities", inputs.oddities),
    ):
        if not lines:
            continue
        book.value(sheet, row, 0, title, book.format("subtitle"))
        header = [str(cell) for cell in lines[0]]
        book.table(sheet, row + 1, table, header, lines[1:], [book.format("wrap", align="left")] * len(header))
        row += len(lines) + 3
    book.value(sheet, row, 0, "How the figures are computed", book.format("subtitle"))
    for name, text in RULES:
        row += 1
        book.value(sheet, row, 0, name, head)
        sheet.merge_range(row, 1, row, 4, "", wrap)
        book.value(sheet, row, 1, text, wrap)
    row += 2
    book.value(sheet, row, 0, f"Built by xl_flexextra {__version__}.", book.format("grey"))


RULES = (
    (
        "Before contract charges",
        "T = (U_n / U_0)^(1/n) - 1; one year or less U_n / U_0 - 1 unless the terms annualise it; U_n / U_0 - 1 over any "
        "period where the terms are cumulative.",
    ),
    (
        "Walk",
        "V_0 = payment less load, premium tax and charges off it, plus bonus, where the terms have them; V_k = V_(k-1) x "
        "U_k / U_(k-1) - charges on the day, on the days that the terms name.",
    ),
    (
        "Redemption",
        "ERV = V_n - CDSC rate x max(base - free withdrawal amount, 0) - premium tax at redemption, if any; by the base "
        "'lesser_beyond_free' the CDSC is on the lesser of payments and value - free amount. Never below zero.",
    ),
    (
        "After contract charges",
        "T = (ERV / P)^(1/n) - 1; one year or less ERV / P - 1 unless the terms annualise it; ERV / P - 1 over any period "
        "where the terms are cumulative.",
    ),
    (
        "Rounding",
        "A figure once, at the end, on the shortest decimal; halves away from zero unless the terms say otherwise. Before "
        "that only what the terms round: dollars in cents, units, the number of years.",
    ),
    (
        "Conventions",
        "Every choice stands on the contract's terms sheet, with its meaning and its source or 'default'; what "
        "is not there is the default.",
    ),
)
