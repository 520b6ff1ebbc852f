"""Yields and declared rates."""

from __future__ import annotations

import datetime

from xl_flexextra.errors import NA, VALUE
from xl_flexextra.functions.declaration import Example, SampleTable
from xl_flexextra.functions.registry import worksheet_function
from xl_flexextra.inputs import dated_series
from xl_flexextra.terms import Terms

CATEGORY = "Flex Extra yields"
RATES = SampleTable("InterestRates")
BASE_PERIOD = {
    "days": "Number of days of the base period. Left out: 7, or as the terms say.",
    "start_date": "First day of the base period; it must be 'days' before finish_date, or as the terms say.",
    "finish_date": "Last day of the base period.",
    "charge": "The 7 days' share of the recurring contract charges, in dollars. Left out: as the terms say, or 0.",
    "terms": "Name of a shipped contract, or a range of term and value. Left out: 7 days, 365 a year.",
}
BY_TERMS = [["annual_charge.form", "average_size"], ["annual_charge.dollars", 30],
            ["annual_charge.average_contract_size", 40000], ["cdsc.schedule", 0]]  # fmt: skip
LEAP_YEAR = [["annual_charge.form", "none"], ["cdsc.schedule", 0], ["yield.dates", "base_days"],
             ["yield.effective_year", "days_of_year"]]  # fmt: skip


@worksheet_function(
    CATEGORY,
    examples=(
        Example((10, 10.00654546), 0.000654546, 9, source="by hand"),
        Example(
            (10, 10.0085, 0.0005, 0.00145454),
            0.000654546,
            9,
            source="by hand: (0.0085 - 0.0005 - 0.00145454) / 10",
        ),
        Example(
            (12.470085, 12.480695),
            0.000851,
            6,
            source="CIK 914805, Exhibit 99.13 (2000): base .000851, of two days nine apart",
        ),
        Example(
            (10, 10.00654546, 0, None, BY_TERMS),
            0.000640162,
            9,
            source="by hand: a charge of 30 / 40,000 x 10 x 7 / 365 = 0.00014384",
        ),
        Example((12.470085, 12.480695, 0, 0, None, None, "2000-12-22", "2000-12-31"), VALUE, source="nine days, not seven"),
        Example((0, 10), VALUE, source="the account starts above zero"),
    ),
    returns="number",
    arguments={
        "finish_value": "Value of the hypothetical account at the end of the 7 days.",
        "capital_change": "Realized and unrealized capital changes in the 7 days, in dollars. Left out: 0.",
        **BASE_PERIOD,
    },
)
def MONEY_MARKET_BASE_RETURN(
    begin_value: float,
    finish_value: float,
    capital_change: float = 0.0,
    charge: float | None = None,
    terms: Terms | None = None,
    share: float | None = None,
    start_date: datetime.date | None = None,
    finish_date: datetime.date | None = None,
) -> float:
    """Base period return of a money market sub-account over 7 days, as a fraction.

    (finish_value - begin_value - capital_change - charge) / begin_value, for a hypothetical account of one unit. With terms
    and no charge: a year's recurring charges x begin_value x days / 365, those by size at the average contract size.
    Source: SEC Form N-4, Item 21(a) (until 2020).

    >>> round(MONEY_MARKET_BASE_RETURN(10, 10.00654546), 9)
    0.000654546
    """
    from xl_flexextra.calculation import yields

    period = yields.BasePeriod(None, start_date, finish_date)
    taken = yields.charge_of_base_period(terms, begin_value, period, charge, share)
    return yields.money_market_base_return(begin_value, finish_value, capital_change, taken)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((0.000654546,), 0.0341, 4, source="published example: base .000654546, 3.41%"),
        Example((0.000851,), 0.0444, 4, source="CIK 914805, Exhibit 99.13 (2000): 4.44%"),
        Example((0.001, 14, 366), 0.026143, 6, source="by hand: 0.001 x 366 / 14"),
        Example((0.000851, None, None, None, "2000-12-22", "2000-12-31"), VALUE, source="nine days, not seven"),
    ),
    returns="percent",
    arguments=BASE_PERIOD,
)
def MONEY_MARKET_YIELD(
    base_return: float,
    days: float | None = None,
    year_days: float | None = None,
    terms: Terms | None = None,
    start_date: datetime.date | None = None,
    finish_date: datetime.date | None = None,
) -> float:
    """Current yield of a money market sub-account: base return x 365 / days, as a fraction.

    365 in leap years too, unless year_days or the terms say otherwise. Dates that are not 7 days apart are refused, unless
    'days' or the terms say otherwise. Source: SEC Form N-4, Item 21(a) (until 2020).

    >>> round(MONEY_MARKET_YIELD(0.000654546), 4)
    0.0341
    """
    from xl_flexextra.calculation import yields

    return yields.money_market_yield(base_return, yields.BasePeriod(days, start_date, finish_date), terms, year_days)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((0.000654546,), 0.0347, 4, source="published example: base .000654546, 3.47%"),
        Example(
            (0.000851, None, None, LEAP_YEAR, "2000-12-22", "2000-12-31"),
            0.0455,
            4,
            source="CIK 914805, Exhibit 99.13 (2000): 4.55% of a year of 366 days",
        ),
        Example((0.000654546, 0), VALUE, source="days must be positive"),
    ),
    returns="percent",
    arguments=BASE_PERIOD,
)
def MONEY_MARKET_EFFECTIVE_YIELD(
    base_return: float,
    days: float | None = None,
    year_days: float | None = None,
    terms: Terms | None = None,
    start_date: datetime.date | None = None,
    finish_date: datetime.date | None = None,
) -> float:
    """Effective yield of a money market sub-account: (1 + base return)^(365 / days) - 1, as a fraction.

    365 in leap years too, unless year_days or the terms say otherwise. Dates that are not 7 days apart are refused, unless
    'days' or the terms say otherwise. Source: SEC Form N-4, Item 21(a) (until 2020).

    >>> round(MONEY_MARKET_EFFECTIVE_YIELD(0.000654546), 4)
    0.0347
    """
    from xl_flexextra.calculation import yields

    period = yields.BasePeriod(days, start_date, finish_date)
    return yields.money_market_effective_yield(base_return, period, terms, year_days)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((5000, 1000, 100000, 10), 0.0485, 4, source="by hand: 2 x (1.004 ^ 6 - 1)"),
        Example((5000, 1000, 0, 10), VALUE, source="there must be units"),
    ),
    returns="percent",
    arguments={
        "income": "Net investment income of the sub-account in the 30 days, in dollars.",
        "expenses": "Expenses accrued in the 30 days, in dollars.",
        "average_units": "Average daily number of units outstanding.",
        "unit_value": "Unit value on the last day of the period.",
    },
)
def SEC_YIELD_30DAY(income: float, expenses: float, average_units: float, unit_value: float) -> float:
    """30-day yield: 2 x [((a - b) / (c x d) + 1)^6 - 1], as a fraction.

    a income, b expenses, c average daily units, d unit value on the last day. Source: SEC Form N-4, Item 21(b) (until 2020).

    >>> round(SEC_YIELD_30DAY(5000, 1000, 100000, 10), 4)
    0.0485
    """
    from xl_flexextra.calculation import yields

    return yields.sec_yield_30_day(income, expenses, average_units, unit_value)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((RATES, "2008-07-31", "declared"), 0.035, source="July 2008 update: 3.50% as of 7/1/08"),
        Example((RATES, "2007-06-30", "declared"), NA, source="before the first rate"),
    ),
    returns="percent",
)
def DECLARED_RATE(rates: list[list[object]], on_date: datetime.date, rate_kind: str | None = None) -> float:
    """Declared interest rate in force on a date, as a fraction.

    The rate with the latest effective date on or before the date. None yet: #N/A.

    >>> DECLARED_RATE([["2008-07-01", 0.035], ["2008-08-01", 0.034]], "2008-07-31")
    0.035
    """
    return dated_series.rate_in_force(rates, on_date, rate_kind)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((RATES, "declared"), 39661, source="July 2008 update: the newest rate is that of 8/1/08"),
        Example((RATES, "declared", 2), 39630, source="July 2008 update: the one before it is that of 7/1/08"),
        Example((RATES, "declared", 7), NA, source="there are six"),
        Example((RATES, "declared", 0), VALUE, source="the newest is 1"),
    ),
    returns="date",
    arguments={"place": "1 for the newest effective date, 2 for the one before it, and so on. Left out: 1."},
)
def DECLARED_DATE(rates: list[list[object]], rate_kind: str | None = None, place: float = 1.0) -> datetime.date:
    """Effective date of a declared interest rate: the newest, or the one at a place before it.

    In whatever order the rows stand; a date counts once. Fewer dates than that: #N/A.

    >>> DECLARED_DATE([["2008-07-01", 0.035], ["2008-08-01", 0.034]])
    datetime.date(2008, 8, 1)
    """
    return dated_series.rate_date(rates, rate_kind, place)


__all__ = [
    "DECLARED_DATE",
    "DECLARED_RATE",
    "MONEY_MARKET_BASE_RETURN",
    "MONEY_MARKET_EFFECTIVE_YIELD",
    "MONEY_MARKET_YIELD",
    "SEC_YIELD_30DAY",
]
