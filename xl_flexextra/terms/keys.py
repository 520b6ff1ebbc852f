"""Every convention in which insurers differ, as a named choice of the contract's terms.

One table, :data:`KEYS`, says for each key of a terms file (or of a Terms sheet) what it means, what it may be, what it
is when left out, and, for a choice, what each choice does. Nothing in the calculation knows an insurer: another
contract is another set of these values. Who is known to use which choice says :data:`SEEN_AT`, for the documentation
alone: nobody's terms are explained by another company's name.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

REQUIRED = object()

DEFAULT = "default"
"""The source of a term that nobody gave."""


class Key(NamedTuple):
    """One key of the terms: its kind, meaning, default, and its choices with what each does."""

    kind: str  # "choice", "fraction", "dollars", "count", "date", "text", "fractions"
    meaning: str
    default: object = None
    choices: Mapping[str, str] = MappingProxyType({})
    may_change: bool = False  # may have another value from an effective date on
    also: Mapping[str, str] = MappingProxyType({})  # what else names a choice, such as a number


_COUNTS = {
    "days_365": "days / 365 (YEARFRAC basis 3)",
    "days_365_25": "days / 365.25",
    "actual_360": "days / 360 (YEARFRAC basis 2)",
    "actual_actual": "actual/actual (ISDA): days in leap years / 366 + other days / 365",
    "actual_actual_excel": "days / length of the year, as Excel's YEARFRAC basis 1: 366 or 365 up to a year, then the mean",
    "thirty_360": "30/360 (US, with its end of February)",
    "thirty_360_excel": "30/360 (US) as YEARFRAC basis 0, where a 31st after an end of February stays a 31st",
    "thirty_e_360": "30E/360 (European: each 31st is a 30th; YEARFRAC basis 4)",
    "days_365_inclusive": "days / 365, the first day and the last both counted: 4 Jan 1999 to 31 Dec 2000 is 728 / 365",
    "days_365_25_inclusive": "days / 365.25, the first day and the last both counted",
    "actual_360_inclusive": "days / 360, the first day and the last both counted",
    "actual_actual_inclusive": "actual/actual (ISDA), the first day and the last both counted",
}
YEAR_COUNTS = MappingProxyType({
    **{f"whole_else_{name}": f"whole years exactly, else {meaning}" for name, meaning in _COUNTS.items()},
    "whole_plus_days_365": "whole years + days that remain / 365",
    **{name: f"{meaning}; always" for name, meaning in _COUNTS.items()},
})  # fmt: skip
"""How the years of a period are counted, by name, with what each count does."""
YIELD_YEARS = MappingProxyType(
    {
        "days_365": "365 days, in leap years too",
        "days_366": "366 days",
        "days_of_year": "365 days, or 366 where the base period ends in a leap year",
    }
)
"""The days of the year to which a money market yield is carried."""
YEARFRAC = MappingProxyType(
    {"0": "thirty_360_excel", "1": "actual_actual_excel", "2": "actual_360", "3": "days_365", "4": "thirty_e_360"}
)
"""The counts that the basis numbers of Excel's YEARFRAC stand for."""


KEYS: dict[str, Key] = {
    # --- the contract ---------------------------------------------------------------------------------------------
    "contract.name": Key("text", "Short name of the contract, as used in formulas.", REQUIRED),
    "contract.title": Key("text", "Name of the contract as printed.", ""),
    "contract.code": Key("text", "Code of the contract in the published figures.", ""),
    "contract.inception": Key("date", "First day on which the contract was available."),
    "separate_account.charge": Key(
        "fraction", "Separate account charge a year; contained in the unit values, shown for information."
    ),
    # --- the payment ----------------------------------------------------------------------------------------------
    "payment.amount": Key("dollars", "The hypothetical single purchase payment.", 1000.0),
    "payment.front_end_load": Key("fraction", "Load taken off the payment.", 0.0, may_change=True),
    "payment.bonus_rate": Key("fraction", "Bonus credited on the payment.", 0.0, may_change=True),
    "payment.unit_decimals": Key("count", "Decimals to which the units bought are rounded."),
    "premium_tax.when": Key(
        "choice",
        "When premium tax is taken.",
        "none",
        {
            "none": "no premium tax in the figures",
            "at_payment": "off the payment, before it is invested",
            "at_redemption": "off the contract value at the end, beside the CDSC",
        },
    ),
    "premium_tax.rate": Key("fraction", "Premium tax rate.", 0.0, may_change=True),
    # --- the annual maintenance charge ------------------------------------------------------------------------------
    "annual_charge.form": Key(
        "choice",
        "How the annual maintenance charge reaches one sub-account.",
        REQUIRED,
        {
            "none": "no annual charge",
            "share": "dollars x the sub-account's share of the charge",
            "average_size": "dollars x payment / average contract size x fraction of contracts charged",
            "fraction_of_start_value": "a fraction of the value at the start of the year (or quarter or month, by timing)",
            "fraction_of_end_value": "a fraction of the value on the day of the charge",
        },
    ),
    "annual_charge.dollars": Key("dollars", "Dollars a contract year for a whole contract.", may_change=True),
    "shares.sum": Key(
        "choice",
        "What the shares of the charge sum to.",
        "any",
        {
            "any": "nothing is asked of their sum",
            "one": "one, on each day of a charge; else a figure that needs a share is an error",
        },
    ),
    "annual_charge.rate": Key("fraction", "Fraction of value a year, for the two fraction forms.", may_change=True),
    "annual_charge.average_contract_size": Key("dollars", "Average contract value, in dollars.", may_change=True),
    "annual_charge.charged_fraction": Key("fraction", "Fraction of contracts that pay the charge.", 1.0, may_change=True),
    "annual_charge.waived_above": Key(
        "dollars", "No charge where the average contract size x growth is above this value.", may_change=True
    ),
    "annual_charge.taken_as": Key(
        "choice",
        "What the charge is taken out of.",
        "dollars",
        {
            "dollars": "dollars out of the contract value",
            "units": "units are cancelled: charge / unit value, rounded to annual_charge.unit_decimals if given",
            "from_payment": "all charges of the period come out of the initial payment",
        },
    ),
    "annual_charge.unit_decimals": Key("count", "Decimals to which cancelled units are rounded (3 in some filings)."),
    "annual_charge.timing": Key(
        "choice",
        "When the charge is taken.",
        "contract_anniversary",
        {
            "contract_anniversary": "at the end of each contract year",
            "start_of_contract_year": "at the start of each contract year, the first included",
            "contract_quarter": "a quarter of it at the end of each three months from the payment",
            "contract_month": "a twelfth of it at the end of each month from the payment",
            "calendar_year_end": "on each 31 December, and at redemption",
            "redemption": "once, at redemption; of a last contract year that is not finished as much as part_year says",
        },
    ),
    "annual_charge.final": Key(
        "choice",
        "Whether the charge that falls on the day of redemption is taken.",
        "taken",
        {
            "taken": "taken, as on any other day",
            "not_taken": "not taken, be it of a whole or of a part year; with charges 'annual' nothing is redeemed, "
            "and an anniversary on the last day bears its charge",
        },
    ),
    "annual_charge.part_year": Key(
        "choice",
        "The charge for a contract year (or quarter or month, by timing) that is not finished at redemption.",
        "full",
        {
            "full": "a full charge",
            "by_days": "in proportion: days / 365",
            "by_days_of_year": "in proportion: days / days of that year (365 or 366)",
            "none": "no charge",
        },
    ),
    "annual_charge.first_stub": Key(
        "choice",
        "With calendar_year_end: the charge on the first 31 December.",
        "by_days",
        {
            "by_days": "in proportion: days since the payment / 365",
            "by_days_of_year": "in proportion: days since the payment / days of that year",
            "full": "a full charge",
            "none": "no charge",
        },
    ),
    # --- a rider ----------------------------------------------------------------------------------------------------
    "rider.rate": Key("fraction", "Rider charge a year.", 0.0, may_change=True),
    "rider.base": Key(
        "choice",
        "What the rider charge is a fraction of.",
        "value",
        {
            "value": "the contract value on the day of the charge, before that day's charges",
            "payment": "the purchase payment",
            "highest_anniversary_value": "the highest contract value so far on the payment's day and anniversaries, "
            "before the charges of those days",
        },
    ),
    "rider.timing": Key(
        "choice",
        "When the rider charge is taken.",
        "contract_anniversary",
        {
            "contract_anniversary": "at the end of each contract year",
            "start_of_contract_year": "at the start of each contract year",
            "contract_quarter": "a quarter of it at the end of each three months from the payment",
            "contract_month": "a twelfth of it at the end of each month from the payment",
        },
    ),
    "rider.part_year": Key(
        "choice",
        "The rider charge for a contract year, quarter or month that is not finished at redemption.",
        "by_days",
        {
            "by_days": "in proportion: days / 365",
            "by_days_of_year": "in proportion to the days of that year, quarter or month",
            "full": "a full charge",
            "none": "no charge",
        },
    ),
    # --- the contingent deferred sales charge -----------------------------------------------------------------------
    "cdsc.schedule": Key("fractions", "CDSC rates by contract year, from the first.", REQUIRED, may_change=True),
    "cdsc.thereafter": Key("fraction", "CDSC rate after the schedule; a schedule that ends in 0 stays 0.", may_change=True),
    "cdsc.anniversary": Key(
        "choice",
        "The contract year of a redemption on an anniversary.",
        "year_just_ended",
        {
            "year_just_ended": "the year that ends that day: after 1 year the first rate",
            "completed_years": "the year that begins that day: after 1 year the second rate",
        },
    ),
    "cdsc.base": Key(
        "choice",
        "What the CDSC is a percent of, less the free withdrawal amount.",
        "value",
        {
            "value": "the contract value",
            "payment": "the purchase payment",
            "lesser": "the lesser of contract value and purchase payment",
            "lesser_beyond_free": "the lesser of purchase payment and (value less free amount): earnings leave first",
        },
    ),
    "cdsc.order": Key(
        "choice",
        "Which comes first at redemption: the annual charge or the CDSC.",
        "after_annual_charge",
        {
            "after_annual_charge": "the annual charge, then CDSC on what is left",
            "before_annual_charge": "CDSC on the value before the annual charge, then the charge",
        },
    ),
    "cdsc.in_force": Key(
        "choice",
        "Which schedule counts where it changed over time.",
        "redemption",
        {
            "redemption": "the one in force on redemption",
            "payment": "the one in force when the payment was made",
        },
    ),
    # --- the free withdrawal amount ---------------------------------------------------------------------------------
    "free_withdrawal.form": Key(
        "choice",
        "The part that may be redeemed without CDSC.",
        "none",
        {
            "none": "nothing is free",
            "percent_of_value": "a percent of the contract value",
            "percent_of_prior_anniversary_value": "a percent of the value on the anniversary on which the contract year of "
            "the redemption began, after that day's charges (in the first year: of what was invested); at most the contract "
            "value",
            "percent_of_payments": "a percent of purchase payments, at most the contract value",
            "greater_of_earnings_and_percent_of_payments": "the greater of earnings and a percent of payments, at most the "
            "contract value",
        },
    ),
    "free_withdrawal.rate": Key("fraction", "The percent of the free withdrawal amount.", may_change=True),
    "free_withdrawal.schedule": Key(
        "fractions",
        "Instead of one percent: by contract year, where unused amounts add up (10%, 20%, 30% ...); the last one goes on.",
        may_change=True,
    ),
    "free_withdrawal.measured": Key(
        "choice",
        "The value that a percent of value is measured on; follows cdsc.order when left out.",
        None,
        {"after_charge": "after the annual charge", "before_charge": "before the annual charge"},
    ),
    "free_withdrawal.year_one": Key(
        "choice",
        "Whether the first contract year has a free withdrawal amount.",
        "available",
        {"available": "yes", "none": "no"},
    ),
    "free_withdrawal.full_surrender": Key(
        "choice",
        "Whether the free withdrawal amount counts on full surrender, which the figures assume.",
        "available",
        {"available": "yes", "none": "no"},
    ),
    # --- years, dates, periods --------------------------------------------------------------------------------------
    "years.basis": Key(
        "choice",
        "The number of years n of a period; 0 to 4 are the basis numbers of Excel's YEARFRAC.",
        "whole_else_days_365",
        YEAR_COUNTS,
        also=YEARFRAC,
    ),
    "years.decimals": Key("count", "Decimals to which n is rounded first."),
    "years.short_period": Key(
        "choice",
        "A return over one year or less.",
        "not_annualised",
        {
            "not_annualised": "the change itself",
            "annualised": "annualised like the others",
        },
    ),
    "years.long_period": Key(
        "choice",
        "A return over more than one year.",
        "annualised",
        {
            "annualised": "the average annual total return, T in P(1+T)^n = ERV",
            "cumulative": "the change over the whole period, ERV/P - 1: a table of cumulative total returns",
        },
    ),
    "valuation.rule": Key(
        "choice",
        "The unit value of a calendar date that has none.",
        "on_or_before",
        {"on_or_before": "the last one before", "on_or_after": "the next one", "exact": "none: an error"},
    ),
    "valuation.inception": Key(
        "choice",
        "The unit value of a day of inception that has none, nor one before it.",
        "as_other_days",
        {
            "as_other_days": "by valuation.rule, as on any other day",
            "first_value": "the first one after it: inception on a Saturday, first value on Monday",
        },
    ),
    "valuation.max_age_days": Key("count", "Oldest (or latest) unit value to accept, in days from the date.", 10),
    "periods.inception": Key(
        "choice",
        "Which inception '10Y_OR_SI' means; the usual columns of a report name theirs, 10Y_OR_SI_FUND or _SUBACCOUNT.",
        "subaccount",
        {
            "fund": "the fund's inception",
            "subaccount": "the sub-account's inception (standardized returns)",
            "contract": "the contract's inception",
        },
    ),
    "periods.without_history": Key(
        "choice",
        "A period that begins before there is history.",
        "error",
        {
            "error": "an error, #N/A in a cell",
            "blank": "an empty cell",
            "since_fund": "since inception of the fund",
            "since_subaccount": "since inception of the sub-account",
            "since_contract": "since inception of the contract",
        },
    ),
    # --- money market yields ----------------------------------------------------------------------------------------
    "yield.base_days": Key("count", "Days of the base period of a money market yield.", 7),
    "yield.dates": Key(
        "choice",
        "The days of a money market yield that is given the first and the last day of its base period.",
        "must_match",
        {
            "must_match": "the two days must be yield.base_days apart: a 7-day yield over nine days is an error",
            "days_between": "the days between the two, whatever yield.base_days is",
            "base_days": "yield.base_days, however far apart the two are",
        },
    ),
    "yield.current_year": Key(
        "choice",
        "The year of the current yield, base return x year / days.",
        "days_365",
        YIELD_YEARS,
    ),
    "yield.effective_year": Key(
        "choice",
        "The year of the effective yield, (1 + base return)^(year / days) - 1.",
        "days_365",
        YIELD_YEARS,
    ),
    # --- expense tables ---------------------------------------------------------------------------------------------
    "expense.payment": Key("dollars", "Payment of a prospectus's expense example.", 10000.0),
    "expense.growth": Key(
        "fraction", "Growth a year, before any expense, that expense example and annual cost assume.", 0.05
    ),
    "expense.fund_expenses": Key("fraction", "Annual fund expenses of the expense example, a fraction of assets."),
    "expense.lowest_fund_expenses": Key("fraction", "Annual fund expenses of the lowest annual cost."),
    "expense.highest_fund_expenses": Key("fraction", "Annual fund expenses of the highest annual cost."),
    "expense.optional_benefits": Key(
        "fraction", "Optional benefits a year, a fraction of assets, that only the highest annual cost bears.", 0.0
    ),
    "expense.asset_charge_on": Key(
        "choice",
        "What the asset charges and fund expenses of expense tables are a fraction of, as an insurer reads the Form.",
        "average_value",
        {
            "average_value": "the mean of each year's start and end value: 10,000 at 5% less 1% grows to 10,395, and bears "
            "1% x (10,000 + 10,395) / 2 = 101.98",
            "year_end_value": "the value at the end of each year, before that charge: 1% x 10,500 = 105.00",
            "year_start_value": "the value at the start of each year: 1% x 10,000 = 100.00",
            "monthly_value": "the value at the end of each month, a twelfth of it",
        },
    ),
    "expense.annuitised": Key(
        "choice",
        "What annuitising at the end of the expense example's period costs.",
        "as_kept",
        {"as_kept": "no CDSC, as where the contract is kept", "as_surrendered": "the CDSC, as on surrender"},
    ),
    "expense.annual_cost": Key(
        "choice",
        "How the lowest and highest annual cost of the Key Information Table are made from yearly charges.",
        "discounted_average",
        {
            "discounted_average": "charges of ten years, each discounted by expense.growth to the start, averaged: with "
            "year_end_value 100,000 / 10 x (1 - (1 - r)^10), 1,584 for 1.71%",
            "plain_average": "charges of ten years, averaged",
            "first_year": "the charges of the first year",
        },
    ),
    "expense.annual_cost_payment": Key("dollars", "Payment of the Key Information Table's annual cost.", 100000.0),
    # --- numbers ----------------------------------------------------------------------------------------------------
    "carry.precision": Key(
        "choice",
        "How dollars are carried from step to step.",
        "full",
        {"full": "at full precision", "cents": "rounded to the cent at each step"},
    ),
    "rounding.decimals": Key("count", "Printed decimals of a percentage.", 2),
    "rounding.rule": Key(
        "choice",
        "How a percentage is rounded, once, at the end.",
        "half_away",
        {"half_away": "halves away from zero, as Excel's ROUND", "half_even": "halves to the even digit"},
    ),
}
"""Every key that contract terms may have, in the order in which a Terms sheet shows them."""

SEEN_AT = {
    ("payment.unit_decimals", ""): "3 at Golden American",
    ("premium_tax.when", "none"): "Flex Extra, most filings",
    ("annual_charge.form", "share"): "Flex Extra, MassMutual Transitions",
    ("annual_charge.form", "average_size"): "Pacific Life",
    ("annual_charge.taken_as", "dollars"): "Flex Extra",
    ("annual_charge.timing", "contract_anniversary"): "Flex Extra",
    ("annual_charge.timing", "start_of_contract_year"): "Morningstar",
    ("annual_charge.final", "taken"): "Flex Extra",
    ("annual_charge.part_year", "full"): "Flex Extra: also after seven months",
    ("cdsc.anniversary", "year_just_ended"): "Flex Extra",
    ("cdsc.base", "value"): "Flex Extra",
    ("cdsc.base", "payment"): "Pacific Life Portfolios",
    ("cdsc.order", "after_annual_charge"): "Flex Extra",
    ("free_withdrawal.form", "percent_of_value"): "Flex Extra",
    ("free_withdrawal.form", "percent_of_payments"): "Transitions, Pacific Life",
    ("free_withdrawal.form", "greater_of_earnings_and_percent_of_payments"): "Jackson",
    ("free_withdrawal.measured", "after_charge"): "Flex Extra",
    ("free_withdrawal.year_one", "available"): "Flex Extra",
    ("free_withdrawal.full_surrender", "available"): "Flex Extra",
    ("years.basis", "whole_else_days_365"): "Flex Extra, Pacific Life",
    ("years.basis", "whole_else_days_365_inclusive"): "TIAA-CREF Life VA-1",
    ("years.decimals", ""): "2 or 3 at Security Benefit",
    ("years.short_period", "not_annualised"): "MassMutual",
    ("years.short_period", "annualised"): "Security Benefit, Pacific Life",
    ("periods.inception", "fund"): "Flex Extra's monthly tables",
    ("carry.precision", "full"): "Flex Extra",
}
"""Contracts that a choice is known from, by key and choice ('' for the key itself)."""

CHARGES = {
    "asset": "unit values only: fund and separate account charges",
    "annual": "contract charges while the contract is held: not redeemed, nor charged for the unfinished year",
    "all": "redeemed at the end of the period: the CDSC too",
}
"""Which charges a return reflects: the choices of the argument 'charges'."""
