"""Where everything stands: the rows and columns of page and calculation, known before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import counted
from ..inputs.input_tables import TABLES
from ..update.report import Report
from ..update.update_inputs import Inputs

START = "Start"
UPDATE_SHEETS = PAGE, EXPENSES, TIE_OUT, CHARTS, CALCULATION, GROWTH, SOURCES = (
    "Update", "Expenses", "Tie-out", "Charts", "Calculation", "Growth", "Sources",
)  # fmt: skip
DATA_SHEETS = UNIT_VALUES, FUNDS, SHARES, RATES, PUBLISHED, HOLIDAYS = tuple(table.sheet for table in TABLES)
REVIEW_SHEETS = (
    REVIEW, OTHERS, SECOND, PROBE, CHANGED, DATA, ASSUMPTIONS, CONTROLS, WORKINGS, CONTRACTS, SETTINGS, APPROVED,
) = (
    "Review", "Other figures", "Second route", "Probe", "What changed", "Data", "Assumptions", "Controls", "Workings",
    "Contracts", "Settings", "Approved inputs",
)  # fmt: skip
FINDINGS = "Findings"
NATIVE_SHEETS = NATIVE, FUNCTIONS, DEFINITIONS = "Native", "Functions", "Definitions"
FIGURE_COLUMN = 5  # on the page: code, asset class, choice, inception, notes, then figures
FEWEST_FIGURES = 5  # columns of figures for which the page has room in any case
CODE_COLUMN = 2  # on the calculation sheet: fund, name, then periods
HEADING_ROWS = 4  # title of a table, label, from, to
FIRST_PARAMETER = 3


@dataclass(frozen=True)
class PageBlock:
    """One table's rows on the calculation sheet: its periods and their days, the table in one call, whether each figure
    of the page is the same, and a count of those that are not."""

    title: int
    codes: int
    printed: int
    begins: int
    ends: int
    spill: int
    same: int
    check: int


@dataclass(frozen=True)
class Layout:
    """Rows of the page (first figure row of each table) and blocks of the calculation sheet."""

    funds: int
    page: tuple[int, ...]
    rates: int
    notes: int
    blocks: tuple[PageBlock, ...]


def layout(report: Report, parameters: int) -> Layout:
    """The layout of a report; ``parameters`` is the number of parameter rows of the calculation sheet."""
    funds = len(report.inputs.funds.items)
    with_rates = max(5, 3 + len(rate_kinds(report.inputs))) if report.inputs.rate_rows else 0
    rows, rates = [], 0
    row = 5
    for place in range(len(report.tables)):
        if place == 2:
            rates = row
            row += with_rates
        rows.append(row + HEADING_ROWS)
        row += HEADING_ROWS + funds + 1
    if len(report.tables) <= 2:
        rates, row = row, row + with_rates
    blocks = []
    line = FIRST_PARAMETER + parameters + 2
    for _ in report.tables:
        spill = line + 6
        same = spill + funds + 1
        blocks.append(PageBlock(line, line + 1, line + 2, line + 3, line + 4, spill, same, same + funds))
        line = same + funds + 3
    return Layout(funds, tuple(rows), rates, row, tuple(blocks))


def names_width(inputs: Inputs, least: float = 33) -> float:
    """How wide a column of the funds' names is: longer ones are made smaller to fit, as those are that come with a
    refresh."""
    longest = max(len(fund.printed_name or fund.code) for fund in inputs.funds.items)
    return min(max(least, longest * 0.95), 56)


def codes_width(inputs: Inputs, least: float) -> float:
    """The same for a column of the funds' codes."""
    return min(max(least, *(len(fund.code) + 2 for fund in inputs.funds.items)), 44)


def rate_kinds(inputs: Inputs) -> list[str]:
    """The kinds of interest rates of which the page has a line, declared ones first; where there are none, these alone."""
    rows = inputs.rate_rows
    if not rows or len(rows[0]) != 3:
        return ["declared"]
    kinds = {str(row[1]).strip().lower(): str(row[1]).strip() for row in reversed(rows[1:])}
    ordered = dict.fromkeys(str(row[1]).strip().lower() for row in rows[1:])
    return [kinds[kind] for kind in sorted(ordered, key=lambda kind: kind != "declared")]


def page_columns(report: Report) -> int:
    """How many columns the page has."""
    return FIGURE_COLUMN + max(widest(report), FEWEST_FIGURES)


def widest(report: Report) -> int:
    """The most periods of any table."""
    return max((len(table.spec.periods) for table in report.tables), default=0)


def period_label(code: str) -> Sequence[str]:
    """The heading of a period: '10 years' and 'or since inception'."""
    from ..calculation.periods import parse

    period = parse(code)
    if period.stated:
        plain = period_label(code.rpartition("_")[0])
        return [*[line for line in plain if line != "(cumulative)"], f"({period.stated})"]
    if period.kind == "months":
        years, months = divmod(period.months, 12)
        label = counted(years, "year") if not months else counted(period.months, "month")
        return [label, "or since inception"] if period.or_since else [label]
    if period.kind == "days":
        return [counted(period.days, "day")]
    if period.kind == "dates":
        return [str(period.first), f"to {period.last}"]
    words = {"YTD": "Year to date", "QTD": "Quarter to date", "MTD": "Month to date"}
    if period.kind in words:
        return [words[period.kind], "(cumulative)"]
    if period.kind == "calendar":
        return [f"Calendar {period.year}"]
    return [
        "Since inception",
        {"FUND": "of the fund", "SUBACCOUNT": "of the sub-account", "CONTRACT": "of the contract"}[period.since],
    ]
