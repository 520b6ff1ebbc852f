"""Returns of unit values and payments."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from xl_flexextra.calculation import returns
from xl_flexextra.cells import scalars
from xl_flexextra.errors import NUM, VALUE
from xl_flexextra.functions.declaration import Example, SampleTable
from xl_flexextra.functions.registry import worksheet_function
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import Terms

if TYPE_CHECKING:
    from xl_flexextra.typing import Cell

CATEGORY = "Flex Extra returns"
UNIT_VALUES = SampleTable("UnitValues")


@worksheet_function(
    CATEGORY,
    examples=(
        Example((10.0, 12.5), 0.25, source="by hand: 12.5 / 10 - 1"),
        Example((12.290618, 12.856635), 0.0461, 4, source="C.M. Life, Exhibit 13 (2002): 1,046.05 of 1,000"),
        Example((0, 12.5), VALUE, source="a unit value is positive"),
    ),
    returns="percent",
)
def UNIT_VALUE_RETURN(begin_value: float, end_value: float) -> float:
    """Change in the unit value over a period, as a fraction (0.0525 means 5.25%).

    T = end_value / begin_value - 1. Not annualised; before contract charges. Both values must be positive.
    Source: performance update of July 2008, caption of Table 1, for one year or less.

    >>> UNIT_VALUE_RETURN(10, 12.5)
    0.25
    """
    return returns.unit_value_return(begin_value, end_value)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((1000, 1506.43, 5), 0.0854, 4, source="by hand: 1.50643 ^ 0.2 - 1"),
        Example((1000, 807.19, 0.5945), -0.1928, 4, source="Transitions III, Exhibit 13 (2003): not annualised"),
        Example(
            (1000, 668.08, 0.97, True),
            -0.3402,
            4,
            source="AdvisorDesigns, 31 Dec 2001: annualised under a year",
        ),
        Example((1000, 1506.43, 0), VALUE, source="years must be positive"),
    ),
    returns="percent",
    arguments={"annualize_short": "TRUE also annualises one year or less. Left out: FALSE, as Flex Extra does."},
)
def AATR(begin_value: float, end_value: float, years: float, annualize_short: bool = False) -> float:
    """Average annual total return: T in P(1 + T)^n = ERV, as a fraction.

    T = (end_value / begin_value)^(1 / years) - 1. One year or less is not annualised unless annualize_short is TRUE.
    begin_value and years must be positive; an end_value of 0 is a total loss, -1.
    Source: SEC Form N-4, Item 21 (until 2020).

    >>> round(AATR(1000, 1506.43, 5), 4)
    0.0854
    """
    return float(returns.aatr(begin_value, end_value, years, annualize_short))


@worksheet_function(
    CATEGORY,
    examples=(
        Example(
            (UNIT_VALUES, "EQUITY", 1999, 2000),
            [["year", "EQUITY", "note"], [1999, 0.0730], [2000, -0.0157]],
            4,
            source="by hand: 9.679085 / 9.020485 - 1, 9.527139 / 9.679085 - 1",
        ),
    ),
    returns="rows",
    arguments={"first_year": "First calendar year to show.", "last_year": "Last calendar year to show."},
)
def CALENDAR_YEAR_RETURNS(
    unit_values: UnitValues,
    fund: str | None = None,
    first_year: float | None = None,
    last_year: float | None = None,
    funds: Funds | None = None,
) -> list[list[Cell]]:
    """Returns of unit values by calendar year: a header, then year, one column a fund, and a note on part years.

    A year whose history begins after its first or ends before its last days (28 to 31 December) is marked "part year"; a
    year without history is empty; one whose year end is missing within the history is #N/A.
    T = value on 31 December / value on 31 December before - 1. With funds, those of its table, each with its
    predecessor's history.

    >>> from xl_flexextra import sample
    >>> CALENDAR_YEAR_RETURNS(sample.rows("UnitValues"), "EQUITY", 2008)[-1][2]
    'part year'
    """
    from xl_flexextra.calculation import growth

    columns = _columns(unit_values, fund, funds)
    table = growth.calendar_year_returns(
        unit_values,
        columns,
        None if first_year is None else scalars.whole("first_year", first_year, 1901, 9999),
        None if last_year is None else scalars.whole("last_year", last_year, 1901, 9999),
        funds,
    )
    return [
        ["year", *(unit_values.funds[c] for c in columns), "note"],
        *(["" if v is None else v for v in r] for r in table),
    ]


@worksheet_function(
    CATEGORY,
    examples=(
        Example(
            (UNIT_VALUES, "EQUITY", "2008-06-30", 10000),
            [["date", "EQUITY"], [39629, 10000.0], [39660, 9868.31]],
            2,
            source="by hand: 10,000 x 10.307045 / 10.444594",
        ),
    ),
    returns="rows",
)
def GROWTH_OF_PAYMENT(
    unit_values: UnitValues,
    fund: str | None = None,
    start_date: datetime.date | None = None,
    payment: float | None = None,
    terms: Terms | None = None,
    shares: Shares | None = None,
    funds: Funds | None = None,
) -> list[list[Cell]]:
    """What a payment has grown to on each date: a header, then date and dollars, one column a fund.

    Without terms by unit values alone. With terms after load, bonus, annual and rider charges on their days, while the
    contract is held: no CDSC, and no charge yet for the unfinished year. With funds, those of its table, each with its
    predecessor's history.

    >>> from xl_flexextra import sample
    >>> round(GROWTH_OF_PAYMENT(sample.rows("UnitValues"), "EQUITY", "2008-06-30", 10000)[-1][1], 2)
    9868.31
    """
    from xl_flexextra.calculation import growth

    columns = _columns(unit_values, fund, funds)
    amount = payment if payment is not None else terms["payment.amount"] if terms else 1000.0
    days, table = growth.growth_of_payment(unit_values, columns, start_date, amount, terms, shares, funds)
    return [
        ["date", *(unit_values.funds[c] for c in columns)],
        *([d, *row] for d, row in zip(days, table.tolist(), strict=True)),
    ]


@worksheet_function(
    CATEGORY,
    examples=(
        Example(
            (
                [-10000, 2750, 4250, 3250, 2750],
                ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"],
            ),
            0.373362535,
            8,
            source="Excel's own example of XIRR",
        ),
        Example(([100, 200], ["2008-01-01", "2009-01-01"]), NUM, source="no payment: no rate"),
    ),
    returns="percent",
    arguments={
        "amounts": "Range of cash flows in dollars: paid in negative, received positive.",
        "dates": "Range of the dates of the cash flows.",
    },
)
def MONEY_WEIGHTED_RETURN(amounts: list[float], dates: list[datetime.date]) -> float:
    """Annual rate at which dated cash flows balance: sum of amount / (1 + r)^(days / 365) = 0.

    Payments are negative, receipts positive. Agrees with Excel's XIRR where that has an answer; dates may be in any
    order. No rate: #NUM!.

    >>> round(MONEY_WEIGHTED_RETURN([-1000, 1100], ["2007-12-31", "2008-12-30"]), 6)
    0.1
    """
    from xl_flexextra.calculation import money_weighted

    return money_weighted.money_weighted_return(amounts, dates)


def _columns(unit_values: UnitValues, fund: str | None, funds: Funds | None) -> list[int]:
    """The columns of one fund, or of all: of the funds table in its order, else of the unit values."""
    if funds is not None:
        funds = funds.beside(unit_values.funds)
    wanted = [fund] if fund else [one.code for one in funds.items] if funds else unit_values.funds
    return [unit_values.column(name, funds) for name in wanted]


__all__ = ["AATR", "CALENDAR_YEAR_RETURNS", "GROWTH_OF_PAYMENT", "MONEY_WEIGHTED_RETURN", "UNIT_VALUE_RETURN"]
