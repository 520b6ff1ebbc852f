"""The arguments of the worksheet functions: each name described once, whichever functions have it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..inputs.input_tables import FUND_TABLE
from ..inputs.measures import MEASURES


class Meaning(NamedTuple):
    """What an argument name stands for in every function that has it."""

    kind: str
    description: str


def _listed(seldom: bool) -> str:
    """The columns of the table of funds that are seldom filled in, or the others."""
    return ", ".join(column.name for column in FUND_TABLE.columns if column.seldom is seldom)


PLACES = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()

VOCABULARY: dict[str, Meaning] = {
    "begin_value": Meaning("number", "Unit value, or dollars, at the start of the period."),
    "end_value": Meaning("number", "Unit value, or dollars, at the end of the period."),
    "finish_value": Meaning("number", "Value of the hypothetical account at the end of the 7 days."),
    "years": Meaning("number", "Number of years; see YEARS_BETWEEN."),
    "annualize_short": Meaning("flag", "TRUE also annualises one year or less. Left out: FALSE, as Flex Extra does."),
    "unit_values": Meaning("unit_values", "Range with headers: date, then one column a fund; or date, fund, unit value."),
    "fund": Meaning("text", "Fund code as in the unit values."),
    "on_date": Meaning("date", "Date: the value on this day, or the last one before it."),
    "max_age_days": Meaning(
        "number", "Oldest value to accept, in days before the date. Left out: as the terms say; without terms any age."
    ),
    "nav_start": Meaning("number", "Net asset value of a fund share at the start of the valuation period."),
    "nav_finish": Meaning("number", "Net asset value of a fund share at the end of the valuation period."),
    "distributions": Meaning(
        "numbers",
        "Distributions a share in dollars: of the period, or one for each row of 'navs'. Left out: none.",
    ),
    "annual_charge": Meaning("number", "Separate account charge a year as a fraction: 0.013 means 1.30%."),
    "days": Meaning("number", "Number of days, where a part of the contract year is charged. Left out: the whole year."),
    "charge_form": Meaning(
        "text",
        "'daily' (gross less charge/365 x days; left out), 'compound' (gross x (1-charge)^(days/365)) "
        "or 'proportional' (gross x (1-charge x days/365)).",
    ),
    "navs": Meaning("rows", "Range of date and net asset value, oldest first."),
    "actual_unit_values": Meaning("rows", "Range of date and actual unit value since the sub-account exists."),
    "splice_date": Meaning("date", "First day of actual unit values to use. Left out: the first date of that range."),
    "start_date": Meaning("date", "First day of the period."),
    "finish_date": Meaning("date", "Last day of the period."),
    "basis": Meaning(
        "text",
        "How years are counted: whole_else_days_365 (left out), days_365, days_365_inclusive, actual_360, actual_actual, "
        "thirty_360, thirty_e_360 … as the term years.basis, or 0 to 4 as in Excel's YEARFRAC.",
    ),
    "as_of": Meaning("date", "Last day of the period: a month end or a quarter end."),
    "period": Meaning(
        "text",
        "YTD, MTD, QTD, 1Y, 3Y …, 3M, 6M, CY2007, SI_FUND, SI_SUBACCOUNT, SI_CONTRACT, 10Y_OR_SI, or from a date to a date: "
        "2001-05-01..2003-12-31.",
    ),
    "periods": Meaning("texts", "A row or column of periods: YTD, 1Y, 3Y, 5Y, 10Y, 39M, 2001-05-01..2003-12-31 …"),
    "inception": Meaning("date", "Inception date, for periods since inception."),
    "use_date": Meaning("date", "Day on which the material is to be used."),
    "holidays": Meaning(
        "holidays",
        "Days that are not business days besides Saturdays and Sundays: a range of dates, or of date and name. "
        "Left out: none.",
    ),
    "first_year": Meaning("number", "First calendar year to show."),
    "last_year": Meaning("number", "Last calendar year to show."),
    "payment": Meaning("number", "Purchase payment in dollars. Left out: the payment of the terms, or 1,000."),
    "payments": Meaning("number", "Purchase payments made so far, in dollars."),
    "terms": Meaning("terms", "Name of a shipped contract, or a range of term and value."),
    "shares": Meaning(
        "shares",
        "Range of fund and share of the annual charge, or date, fund, share. They sum to at most 1, or are 1 each.",
    ),
    "share": Meaning("number", "The sub-account's share of the annual charge: 0.2782 means 27.82%."),
    "funds": Meaning(
        "funds",
        f"Range with headers: {_listed(seldom=False)} (aliases separated by ;); {_listed(seldom=True)}, where a fund "
        "carries on another's history.",
    ),
    "charges": Meaning(
        "text",
        "'asset' (unit values only), 'annual' (contract charges, not surrendered) or 'all' (redeemed).",
    ),
    "amounts": Meaning("numbers", "Range of cash flows in dollars: paid in negative, received positive."),
    "dates": Meaning("dates", "Range of the dates of the cash flows."),
    "contract_year": Meaning("number", "Contract year, counted from 1."),
    "contract_value": Meaning("number", "Contract value in dollars."),
    "account_value": Meaning(
        "number", "Contract value in dollars before the charge: what a fraction is taken of, and what a waiver looks at."
    ),
    "free_used": Meaning("number", "Dollars of the free withdrawal amount that are used up already. Left out: 0."),
    "anniversary_value": Meaning(
        "number",
        "Contract value in dollars on the day on which the contract year began, where the free amount is a percent of it.",
    ),
    "valuation_dates": Meaning("dates", "Range of dates, oldest first: the payment's day to the day of redemption."),
    "capital_change": Meaning("number", "Realized and unrealized capital changes in the 7 days, in dollars. Left out: 0."),
    "charge": Meaning("number", "The 7 days' share of the recurring contract charges, in dollars. Left out: 0."),
    "year_days": Meaning("number", "Days of the year, 365 or 366. Left out: 365, or as the terms say."),
    "base_return": Meaning("number", "Base period return: 0.000654546 means 0.0654546%."),
    "income": Meaning("number", "Net investment income of the sub-account in the 30 days, in dollars."),
    "expenses": Meaning("number", "Expenses accrued in the 30 days, in dollars."),
    "average_units": Meaning("number", "Average daily number of units outstanding."),
    "unit_value": Meaning("number", "Unit value on the last day of the period."),
    "rates": Meaning("rows", "Range of effective date and rate; or effective date, kind, rate."),
    "rate_kind": Meaning("text", "Which kind of rate, where the range has several: 'declared' or 'secondary guaranteed'."),
    "recomputed": Meaning("number", "The recomputed figure, not rounded: a return as a fraction, dollars as they are."),
    "published": Meaning("number", "The published figure: -0.1491 for a printed -14.91%; dollars as they are."),
    "decimals": Meaning("number", "Printed decimals. Left out: 2, of percentages in a tie-out those of the terms."),
    "measure": Meaning("text", f"What the figure is: {', '.join(MEASURES)}. In a tie-out left out: return."),
    "charge_name": Meaning("text", "Of the measure 'charge': which charge of the terms. Left out: all."),
    "figures": Meaning("rows", "The tie-out with its header: table, contract, as of, fund, period, published."),
    "recomputed_figures": Meaning(
        "rows", "The recomputed figures beside them, without a header; a word where there is none."
    ),
    "outcome": Meaning("text", "'surrendered', 'annuitised' or 'kept' at the end. Left out: surrendered."),
    "fund_expenses": Meaning(
        "number", "Annual fund expenses as a fraction. Left out: 'expense.fund_expenses' of the terms."
    ),
    "which": Meaning("text", "'lowest' or 'highest'."),
    "kinds": Meaning("rows", "More columns of the same rows, with their header: charges, measure. Left out: none."),
    "number": Meaning("number", "Which row of them, counted from 1 below the header."),
    "known_break": Meaning("text", "Why this figure is known not to tie. Left out: it has to."),
    "before_return": Meaning("number", "Published return before contract charges, as a fraction."),
    "after_return": Meaning("number", "Published return after contract charges, as a fraction."),
    "function_name": Meaning("text", "Name of the worksheet function whose cell shows an error: CDSC_RATE."),
    **{f"{place}_argument": Meaning("any", f"The {place} argument of that function, as in its cell.") for place in PLACES},
}
"""Every argument name of the public surface. No VBA keyword, cell reference or name of a function among them."""


def described(name: str, beside: Iterable[str], spreads: bool) -> str:
    """The description of an argument in a function that has the arguments ``beside``; ``spreads``: columns fill a column."""
    text = VOCABULARY[name].description
    if name == "fund" and "funds" in beside:
        text = f"{text.removesuffix('.')}, or an alias of the funds table."
    if name in {"fund", "period"} and spreads:
        text += " May be a column or a row."
    return text
