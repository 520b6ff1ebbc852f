"""Where everything stands: the rows and columns of page and calculation, known before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..report import Report, TableSpec

PAGE, TIE_OUT, CHARTS, CALCULATION, GROWTH, SOURCES = (
    "Update", "Tie-out", "Charts", "Calculation", "Growth", "Sources",
)  # fmt: skip
FIGURE_COLUMN = 5  # on the page: code, asset class, choice, inception, notes, then figures
PAGE_COLUMNS = 10
CODE_COLUMN = 2  # on the calculation sheet: fund, name, then periods
HEADING_ROWS = 4  # title of a table, label, from, to
FIRST_PARAMETER = 3


@dataclass(frozen=True)
class Block:
    """One table's rows on the calculation sheet. ``bases`` and ``years`` are 0 where each figure is one call."""

    title: int
    codes: int
    printed: int
    begins: int
    ends: int
    bases: int
    years: int
    spill: int
    check: int


@dataclass(frozen=True)
class Layout:
    """Rows of the page (first figure row of each table) and blocks of the calculation sheet."""

    funds: int
    page: tuple[int, ...]
    rates: int
    notes: int
    blocks: tuple[Block, ...]


def layout(report: Report, parameters: int) -> Layout:
    """The layout of a report; ``parameters`` is the number of parameter rows of the calculation sheet."""
    funds = len(report.inputs.funds.items)
    with_rates = 5 if report.inputs.rate_rows else 0
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
    for table in report.tables:
        by_unit_values = is_by_unit_values(report, table.spec)
        bases = line + 5 if by_unit_values else 0
        years = bases + funds + 1 if by_unit_values else 0
        spill = (years + funds + 1) if by_unit_values else line + 6
        blocks.append(Block(line, line + 1, line + 2, line + 3, line + 4, bases, years, spill, spill + funds))
        line = spill + funds + 3
    return Layout(funds, tuple(rows), rates, row, tuple(blocks))


def is_by_unit_values(report: Report, spec: TableSpec) -> bool:
    """Whether a table's figures are UNIT_VALUE_RETURN and AATR over UNIT_VALUE_AT: before contract charges, and no
    convention of the terms stands between unit values and return."""
    terms = spec.contract
    keys = ("periods.without_history", "valuation.rule", "valuation.inception", "years.long_period")
    plain = [terms[key] for key in keys] == ["error", "on_or_before", "as_other_days", "annualised"]
    substituted = any(fund.predecessor for fund in report.inputs.funds.items)
    return spec.charges == "asset" and plain and not substituted


def widest(report: Report) -> int:
    """The most periods of any table."""
    return max((len(table.spec.periods) for table in report.tables), default=0)


def period_label(code: str) -> Sequence[str]:
    """The heading of a period: '10 years' and 'or since inception'."""
    from ..periods import parse

    period = parse(code)
    if period.kind == "months":
        years, months = divmod(period.months, 12)
        label = f"{years} year{'s' if years != 1 else ''}" if not months else f"{period.months} months"
        return [label, "or since inception"] if period.or_since else [label]
    words = {"YTD": "Year to date", "QTD": "Quarter to date", "MTD": "Month to date"}
    if period.kind in words:
        return [words[period.kind], "(cumulative)"]
    if period.kind == "calendar":
        return [f"Calendar {period.year}"]
    return [
        "Since inception",
        {"FUND": "of the fund", "SUBACCOUNT": "of the sub-account", "CONTRACT": "of the contract"}[period.since],
    ]
