"""What is to be said of the usual columns of ten years or since inception: which inception they count from, or none."""

from __future__ import annotations

from ..calculation import periods
from ..errors import FlexExtraError, agreed
from ..terms import shipped
from .report import Report, Table

LAST = "10Y"
"""The usual last column, as it is printed."""


def notes(update: Report, of_figures: bool = False) -> list[str]:
    """Where no inceptions are given, and where the terms name another inception than a usual column; each for the tables
    whose columns nobody chose. ``of_figures``: only for tables of which published figures are of that column."""
    usual = [one for one in update.tables if not _chosen(update, one)]
    if of_figures:
        printed = {p.table for p in update.inputs.published if p.period and periods.parse(p.period).printed == LAST}
        usual = [one for one in usual if one.spec.id in printed]
    return [*_without_inception(update, usual), *_other_inception(update, usual)]


def _chosen(update: Report, table: Table) -> tuple[str, ...]:
    """The columns of a table that the user chose, if any."""
    return update.inputs.standard_periods if table.spec.quarter_end else update.inputs.periods


def _without_inception(update: Report, usual: list[Table]) -> list[str]:
    funds = update.inputs.funds.items
    said = []
    for quarter_end, column in ((False, "fund_inception"), (True, "subaccount_inception")):
        if not any(one.spec.quarter_end == quarter_end and one.spec.periods[-1] == LAST for one in usual):
            continue
        lack = [fund.code for fund in funds if getattr(fund, column) is None]
        have = agreed(len(lack), "has", "have")
        which = (
            f"{len(lack)} of {len(funds)} funds {have} no {column} ({', '.join(lack[:5])}{' …' if len(lack) > 5 else ''})"
        )
        who = "the funds have no inceptions" if not funds or len(lack) == len(funds) else which
        said.append(
            f"Note: {who}, so the column {LAST} of the {_named(quarter_end)} tables is ten years even of a younger fund, "
            f"not ten years or since inception; give {column} in the table of funds (--funds)."
        )
    return said


def _other_inception(update: Report, usual: list[Table]) -> list[str]:
    said: dict[str, None] = {}
    for table in usual:
        terms, code = table.spec.contract, table.spec.periods[-1]
        column, by_terms = periods.parse(code), periods.parse(f"{LAST}_OR_SI")
        if terms.name in shipped() or not column.or_since:
            continue
        for fund in update.inputs.funds.items:
            try:
                pair = [periods.resolve(one, table.as_of, terms, fund, fund.code)[0] for one in (column, by_terms)]
            except FlexExtraError:  # which its figure says
                continue
            if pair[0] != pair[1]:
                option = "--standard-periods 1Y,5Y" if table.spec.quarter_end else "--periods YTD,1Y,3Y,5Y"
                text = (
                    f"Note: the last column of the {_named(table.spec.quarter_end)} tables is {code}, though "
                    f"periods.inception of {terms.name} is {terms['periods.inception']!r}: {fund.code} since {pair[0]}, "
                    f"not {pair[1]}. A report with {option},{by_terms.code} goes by the terms."
                )
                said.setdefault(text)
                break
    return list(said)


def _named(quarter_end: bool) -> str:
    return "standardized" if quarter_end else "monthly"
