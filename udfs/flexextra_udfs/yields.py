"""Yields and declared rates."""

from __future__ import annotations

import datetime

from xl_flexextra.calculation import yields
from xl_flexextra.errors import NA, VALUE
from xl_flexextra.functions.declaration import Example, SampleTable
from xl_flexextra.functions.registry import worksheet_function
from xl_flexextra.functions.vocabulary import Meaning
from xl_flexextra.inputs import dated_series

CATEGORY = "Flex Extra yields"
RATES = SampleTable("InterestRates")
BASE_PERIOD = {"days": Meaning("number", "Number of days of the base period. Left out: 7.")}


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
        Example((0, 10), VALUE, source="the account starts above zero"),
    ),
    returns="number",
)
def MONEY_MARKET_BASE_RETURN(
    begin_value: float, finish_value: float, capital_change: float = 0.0, charge: float = 0.0
) -> float:
    """Base period return of a money market sub-account over 7 days, as a fraction.

    (finish_value - begin_value - capital_change - charge) / begin_value, for a hypothetical account of one unit.
    Source: SEC Form N-4, Item 21(a) (until 2020).

    >>> round(MONEY_MARKET_BASE_RETURN(10, 10.00654546), 9)
    0.000654546
    """
    return yields.money_market_base_return(begin_value, finish_value, capital_change, charge)


@worksheet_function(
    CATEGORY,
    examples=(Example((0.000654546,), 0.0341, 4, source="published example: base .000654546, 3.41%"),),
    returns="percent",
    kinds=BASE_PERIOD,
)
def MONEY_MARKET_YIELD(base_return: float, days: float = 7.0) -> float:
    """Current yield of a money market sub-account: base return x 365 / days, as a fraction.

    365 in leap years too. Source: SEC Form N-4, Item 21(a) (until 2020).

    >>> round(MONEY_MARKET_YIELD(0.000654546), 4)
    0.0341
    """
    return yields.money_market_yield(base_return, days)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((0.000654546,), 0.0347, 4, source="published example: base .000654546, 3.47%"),
        Example((0.000654546, 0), VALUE, source="days must be positive"),
    ),
    returns="percent",
    kinds=BASE_PERIOD,
)
def MONEY_MARKET_EFFECTIVE_YIELD(base_return: float, days: float = 7.0) -> float:
    """Effective yield of a money market sub-account: (1 + base return)^(365 / days) - 1, as a fraction.

    365 in leap years too. Source: SEC Form N-4, Item 21(a) (until 2020).

    >>> round(MONEY_MARKET_EFFECTIVE_YIELD(0.000654546), 4)
    0.0347
    """
    return yields.money_market_effective_yield(base_return, days)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((5000, 1000, 100000, 10), 0.0485, 4, source="by hand: 2 x (1.004 ^ 6 - 1)"),
        Example((5000, 1000, 0, 10), VALUE, source="there must be units"),
    ),
    returns="percent",
)
def SEC_YIELD_30DAY(income: float, expenses: float, average_units: float, unit_value: float) -> float:
    """30-day yield: 2 x [((a - b) / (c x d) + 1)^6 - 1], as a fraction.

    a income, b expenses, c average daily units, d unit value on the last day. Source: SEC Form N-4, Item 21(b) (until 2020).

    >>> round(SEC_YIELD_30DAY(5000, 1000, 100000, 10), 4)
    0.0485
    """
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


__all__ = [
    "DECLARED_RATE", "MONEY_MARKET_BASE_RETURN", "MONEY_MARKET_EFFECTIVE_YIELD", "MONEY_MARKET_YIELD", "SEC_YIELD_30DAY",
]  # fmt: skip
