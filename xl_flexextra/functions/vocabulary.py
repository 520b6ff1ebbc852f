"""The arguments of worksheet functions: the kind of value that each type takes, and names that several functions share."""

from __future__ import annotations

from collections.abc import Iterable

from ..cells.argument import ANY
from ..inputs.fund_table import FUND_TABLE
from ..inputs.measures import MEASURES

KINDS = {
    "float": "number",
    "str": "text",
    "datetime.date": "date",
    "bool": "flag",
    "list[float]": "numbers",
    "list[str]": "texts",
    "list[datetime.date]": "dates",
    "list[list[object]]": "rows",
    "UnitValues": "unit_values",
    "Terms": "terms",
    "Shares": "shares",
    "Funds": "funds",
    "object": ANY,
}
"""What a declaration writes as the type of an argument, and the kind by which it is converted."""


def _listed(seldom: bool) -> str:
    """The columns of the table of funds that are seldom filled in, or the others."""
    return ", ".join(column.name for column in FUND_TABLE.columns if column.seldom is seldom)


VOCABULARY: dict[str, str] = {
    "begin_value": "Unit value, or dollars, at the start of the period.",
    "end_value": "Unit value, or dollars, at the end of the period.",
    "years": "Number of years; see YEARS_BETWEEN.",
    "unit_values": "Range with headers: date, then one column a fund; or date, fund, unit value.",
    "fund": "Fund code as in the unit values.",
    "on_date": "Date: the value on this day, or the last one before it.",
    "distributions": "Distributions a share in dollars: of the period, or one for each row of 'navs'. Left out: none.",
    "annual_charge": "Separate account charge a year as a fraction: 0.013 means 1.30%.",
    "days": "Number of days, where a part of the contract year is charged. Left out: the whole year.",
    "charge_form": (
        "'daily' (gross less charge/365 x days; left out), 'compound' (gross x (1-charge)^(days/365)) "
        "or 'proportional' (gross x (1-charge x days/365))."
    ),
    "rates": "Range of effective date and rate; or effective date, kind, rate.",
    "rate_kind": "Which kind of rate, where the range has several: 'declared' or 'secondary guaranteed'.",
    "start_date": "First day of the period.",
    "finish_date": "Last day of the period.",
    "as_of": "Last day of the period: a month end or a quarter end.",
    "period": (
        "YTD, MTD, QTD, 1Y, 3Y …, 3M, 6M, CY2007, SI_FUND, SI_SUBACCOUNT, SI_CONTRACT, 10Y_OR_SI, or from a date to a date: "
        "2001-05-01..2003-12-31."
    ),
    "payment": "Purchase payment in dollars. Left out: the payment of the terms, or 1,000.",
    "payments": "Purchase payments made so far, in dollars.",
    "terms": "Name of a shipped contract, or a range of term and value.",
    "shares": "Range of fund and share of the annual charge, or date, fund, share. They sum to at most 1, or are 1 each.",
    "share": "The sub-account's share of the annual charge: 0.2782 means 27.82%.",
    "funds": (
        f"Range with headers: {_listed(seldom=False)} (aliases separated by ;); {_listed(seldom=True)}, where a fund "
        "carries on another's history."
    ),
    "charges": "'asset' (unit values only), 'annual' (contract charges, not surrendered) or 'all' (redeemed).",
    "contract_year": "Contract year, counted from 1.",
    "contract_value": "Contract value in dollars.",
    "free_used": "Dollars of the free withdrawal amount that are used up already. Left out: 0.",
    "anniversary_value": (
        "Contract value in dollars on the day on which the contract year began, where the free amount is a percent of it."
    ),
    "year_days": "Days of the year, 365 or 366. Left out: 365, or as the terms say.",
    "base_return": "Base period return: 0.000654546 means 0.0654546%.",
    "recomputed": "The recomputed figure, not rounded: a return as a fraction, dollars as they are.",
    "published": "The published figure: -0.1491 for a printed -14.91%; dollars as they are.",
    "decimals": "Printed decimals. Left out: 2, of percentages in a tie-out those of the terms.",
    "measure": f"What the figure is: {', '.join(MEASURES)}. In a tie-out left out: return.",
}
"""The argument names that several functions share, each described once. What one function alone has is described there."""


def kind(function: str, argument: str, annotation: object) -> str:
    """How an argument is converted, by the type that its declaration writes."""
    if isinstance(annotation, type):
        raise TypeError(f"{function}: begin its file with 'from __future__ import annotations'.")
    try:
        return KINDS[str(annotation).removesuffix(" | None")]
    except KeyError:
        raise TypeError(f"{function}: the type of '{argument}' is {annotation}; write one of {', '.join(KINDS)}.") from None


def described(function: str, name: str, beside: Iterable[str], spreads: bool) -> str:
    """The description of an argument in a function that has the arguments ``beside``; ``spreads``: columns fill a column."""
    if name not in VOCABULARY:
        raise TypeError(f"{function}: describe its argument '{name}', as in arguments={{'{name}': 'Number of days.'}}.")
    text = VOCABULARY[name]
    if name == "fund" and "funds" in beside:
        text = f"{text.removesuffix('.')}, or an alias of the funds table."
    if name in {"fund", "period"} and spreads:
        text += " May be a column or a row."
    return text
