"""Contract charges in dollars."""

from __future__ import annotations

import datetime

from xl_flexextra.calculation import charges_in_dollars
from xl_flexextra.cells import scalars
from xl_flexextra.errors import NA, NUM, VALUE
from xl_flexextra.functions.declaration import Example
from xl_flexextra.functions.registry import worksheet_function
from xl_flexextra.terms import Terms

CATEGORY = "Flex Extra charges"
FLEXIBLE = "flex_extra_flexible"
JACKSON = [
    ["annual_charge.form", "none"],
    ["cdsc.schedule", "8.5%, 7.5%, 6.5%, 5.5%, 5%, 4%, 2%"],
    ["cdsc.thereafter", 0],
    ["cdsc.base", "lesser"],
    ["free_withdrawal.form", "greater_of_earnings_and_percent_of_payments"],
    ["free_withdrawal.rate", 0.1],
]

PRIOR = [
    ["annual_charge.form", "none"],
    ["cdsc.schedule", "7%, 6%, 5%, 0%"],
    ["free_withdrawal.form", "percent_of_prior_anniversary_value"],
    ["free_withdrawal.rate", 0.1],
]


@worksheet_function(
    CATEGORY,
    examples=(
        Example((FLEXIBLE, 3), 0.07, source="July 2008 update, caption of Table 2: 7% in year three"),
        Example((FLEXIBLE, 12), 0.0, source="July 2008 update: 0% in year ten and thereafter"),
        Example((JACKSON, 3), 0.065, source="Jackson Perspective II summary prospectus"),
        Example((FLEXIBLE, 0), VALUE, source="contract years count from 1"),
        Example(([*JACKSON[:2], ["cdsc.base", "value"]], 8), NA, source="beyond a schedule that does not end in 0"),
    ),
    returns="percent",
)
def CDSC_RATE(terms: Terms, contract_year: float) -> float:
    """CDSC rate of a contract year by the terms' schedule, as a fraction.

    After the schedule its 'thereafter' rate; a schedule that ends in 0 stays 0. Beyond a schedule without either: #N/A.
    Of terms that change over time the newest schedule counts.

    >>> CDSC_RATE("flex_extra_flexible", 3)
    0.07
    """
    return terms.cdsc_rate(charges_in_dollars.whole_year(contract_year), datetime.date.max)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((FLEXIBLE, 1, 1000), 72.0, source="by hand: 8% x (1,000 - 100)"),
        Example((FLEXIBLE, 10, 1000), 0.0, source="0% in year ten"),
        Example((JACKSON, 3, 109859.19, 100000), 5850.0, source="by hand: 6.5% x (100,000 - 10,000)"),
        Example((JACKSON, 3, 109859.19), NA, source="payments are missing"),
    ),
)
def CDSC_AMOUNT(
    terms: Terms,
    contract_year: float,
    contract_value: float,
    payments: float | None = None,
    free_used: float = 0.0,
    anniversary_value: float | None = None,
) -> float:
    """CDSC on full redemption in a contract year, in dollars.

    Rate x (base - free withdrawal amount), base and free amount by the terms; never below zero, never above the value.
    Of terms that change over time the newest values count.

    >>> CDSC_AMOUNT("flex_extra_flexible", 1, 1000)
    72.0
    """
    return charges_in_dollars.cdsc_amount(terms, contract_year, contract_value, payments, free_used, anniversary_value)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((FLEXIBLE, 1, 1000), 100.0, source="by hand: 10% of contract value"),
        Example((FLEXIBLE, 1, 1000, None, 30), 70.0, source="30 of the 100 are used"),
        Example((JACKSON, 2, 109859.19, 100000), 10000.0, source="greater of 9,859.19 and 10% of 100,000"),
        Example((PRIOR, 2, 1000, None, 0, 1200), 120.0, source="by hand: 10% of the value on the prior anniversary"),
        Example((FLEXIBLE, 1, -5), VALUE, source="a value is not negative"),
    ),
)
def FREE_WITHDRAWAL(
    terms: Terms,
    contract_year: float,
    contract_value: float,
    payments: float | None = None,
    free_used: float = 0.0,
    anniversary_value: float | None = None,
) -> float:
    """Free withdrawal amount that is left in a contract year, in dollars.

    By the terms: a percent of contract value, of the value on the prior anniversary, of payments, or the greater of earnings
    and a percent of payments. Of terms that change over time the newest values count.

    >>> FREE_WITHDRAWAL("flex_extra_flexible", 1, 1000)
    100.0
    """
    return charges_in_dollars.free_withdrawal(terms, contract_year, contract_value, payments, free_used, anniversary_value)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((FLEXIBLE, 0.2782), 9.737, 3, source="by hand: 35 x 0.2782"),
        Example((FLEXIBLE, 1), 35.0, source="a whole contract"),
        Example((FLEXIBLE,), NA, source="the charge is by share, and none is given"),
        Example((FLEXIBLE, 27.82), VALUE, source="0.2782 means 27.82%"),
    ),
    arguments={
        "account_value": "Contract value in dollars before the charge: what a fraction is taken of, and what a waiver "
        "looks at."
    },
)
def MAINTENANCE_CHARGE(
    terms: Terms, share: float | None = None, account_value: float | None = None, days: float | None = None
) -> float:
    """Annual maintenance charge of one contract year for one sub-account, in dollars.

    By the terms: dollars x share, dollars x payment / average contract size, or a fraction of account_value; days gives
    the charge of a part year. account_value is the value of the contract in dollars: where it is above the limit of the
    terms, the charge is waived. Of a list of charges the first counts, of terms that change over time the newest.

    >>> round(MAINTENANCE_CHARGE("flex_extra_flexible", 0.2782), 3)
    9.737
    """
    return charges_in_dollars.maintenance_charge(terms, share, account_value, days)


TRANSITIONS = [
    ["annual_charge.form", "share"],
    ["annual_charge.dollars", 40],
    ["cdsc.schedule", "7%, 6%, 5%, 4%, 3%, 2%, 1%, 0%"],
    ["free_withdrawal.form", "percent_of_payments"],
    ["free_withdrawal.rate", 0.15],
]


@worksheet_function(
    CATEGORY,
    examples=(
        Example(
            (TRANSITIONS, ["2002-05-28", "2002-12-31"], [10.0, 8.576748], 0.0256),
            807.19,
            2,
            source="MassMutual Transitions III, Exhibit 13 (2003), item 1",
        ),
        Example(
            (FLEXIBLE, ["2007-07-31", "2008-07-31"], [10.0, 10.5]),
            NA,
            source="the charge is by share, and none is given",
        ),
    ),
    arguments={
        "valuation_dates": "Range of dates, oldest first: the payment's day to the day of redemption.",
        "unit_values": "Range of the unit values on the valuation dates.",
    },
)
def REDEEMABLE_VALUE(
    terms: Terms,
    valuation_dates: list[datetime.date],
    unit_values: list[float],
    share: float | None = None,
    payment: float | None = None,
) -> float:
    """ERV: a payment on the first date, walked through unit values and charges, redeemed on the last; in dollars.

    V_k = V_(k-1) x U_k / U_(k-1) - charges; ERV = V_n - CDSC. The dates must hold every charge date (anniversaries), or
    a value shortly before it. Source: SEC Form N-4, Item 21 (until 2020).

    >>> round(REDEEMABLE_VALUE("flex_extra_single", ["2007-07-31", "2008-07-31"], [10.0, 10.5], share=0.1), 3)
    999.885
    """
    return charges_in_dollars.redeemable_value(terms, valuation_dates, unit_values, share, payment)


@worksheet_function(
    CATEGORY,
    examples=(
        Example(
            (FLEXIBLE, -0.1814, -0.2494, "1Y"),
            [[9.66, 9.76, 9.87]],
            2,
            source="Tables 1 and 2, MML Equity: 35 x 0.2782 is 9.74",
        ),
        Example((FLEXIBLE, 0.05, 0.06, "1Y"), NUM, source="no charge raises a return"),
        Example((FLEXIBLE, 0.05, 0.04, "5Y"), VALUE, source="over several years two returns cannot tell"),
    ),
    returns="rows",
    not_native="whether two returns tell a charge is tried for every date that a period may mean; as formulas nobody "
    "could read it",
    arguments={
        "before_return": "Published return before contract charges, as a fraction.",
        "after_return": "Published return after contract charges, as a fraction.",
    },
)
def IMPLIED_CHARGE(
    terms: Terms, before_return: float, after_return: float, period: str, decimals: float = 2
) -> list[list[float]]:
    """Annual charge in dollars a payment that two published returns imply: the least, the best, the most.

    Returns before and after contract charges for a period of up to one year, as fractions; the range is what their
    printed decimals leave open. No charge explains them: #NUM!; they cannot tell one: #VALUE! or #NUM!, as where the
    charge or the number of years depends on dates that the period alone does not tell (CY2007 tells them).

    >>> [[round(x, 2) for x in IMPLIED_CHARGE("flex_extra_flexible", -0.1814, -0.2494, "1Y")[0]]]
    [[9.66, 9.76, 9.87]]
    """
    digits = scalars.whole("decimals", decimals, 0, 10)
    from xl_flexextra.calculation import implied_charge

    return [list(implied_charge.implied_charge(terms, before_return, after_return, period, digits))]


__all__ = [
    "CDSC_AMOUNT",
    "CDSC_RATE",
    "FREE_WITHDRAWAL",
    "IMPLIED_CHARGE",
    "MAINTENANCE_CHARGE",
    "REDEEMABLE_VALUE",
]
