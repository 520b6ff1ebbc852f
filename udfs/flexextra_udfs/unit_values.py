"""Unit values: looking them up, and carrying them from net asset values."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import numpy as np

from xl_flexextra.calculation import valuation
from xl_flexextra.cells import scalars
from xl_flexextra.errors import NA, VALUE, BadInput
from xl_flexextra.functions.declaration import Example, SampleTable
from xl_flexextra.functions.registry import worksheet_function
from xl_flexextra.inputs.dated_series import dated_values
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import Terms

if TYPE_CHECKING:
    from xl_flexextra.typing import Cell

CATEGORY = "Flex Extra unit values"
UNIT_VALUES = SampleTable("UnitValues")


@worksheet_function(
    CATEGORY,
    examples=(
        Example((UNIT_VALUES, "EQUITY", "2008-07-31"), 10.307045, 6, source="sample unit values, 31 July 2008"),
        Example((UNIT_VALUES, "EQUITY", "2008-07-15"), 10.444594, 6, source="the last one before: 30 June 2008"),
        Example((UNIT_VALUES, "EQUITY", "2008-07-15", 5), NA, source="15 days old, 5 allowed"),
        Example((UNIT_VALUES, "EQUITY", "1998-06-29"), NA, source="before the first unit value"),
        Example(
            (UNIT_VALUES, "EQUITY", "2008-07-15", None, None, "flex_extra_flexible"),
            NA,
            source="15 days old; the terms allow 10",
        ),
        Example((UNIT_VALUES, "EQUITIES", "2008-07-31"), VALUE, source="no such fund"),
    ),
    arguments={
        "max_age_days": "Oldest value to accept, in days before the date. Left out: as the terms say; without terms any age."
    },
)
def UNIT_VALUE_AT(
    unit_values: UnitValues,
    fund: str,
    on_date: datetime.date,
    max_age_days: float | None = None,
    funds: Funds | None = None,
    terms: Terms | None = None,
) -> float:
    """Unit value of a fund on a date, or the last one before it.

    No value on or before the date, or none young enough: #N/A. A fund that is not there: #VALUE!. With funds, a
    substituted fund has before that day its predecessor's values, brought to the level of its own. With terms, the value
    that their figures take: by their rule, their largest age (where max_age_days is left out) and choice for inceptions.

    >>> from xl_flexextra import sample
    >>> UNIT_VALUE_AT(sample.rows("UnitValues"), "EQUITY", "2008-07-31")
    10.307045
    """
    age = None if max_age_days is None else scalars.whole("max_age_days", max_age_days, 0, 100_000)
    return valuation.unit_value(unit_values, fund, on_date, age, funds, terms)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((10, 10.1, [0.05], 0.013, 1), 1.014964384, 9, source="by hand: 10.15 / 10 - 0.013 / 365"),
        Example((10, 10.1, [0.05], 0.013, 365, "compound"), 1.001805, 9, source="by hand: 1.015 x 0.987"),
        Example((0, 10.1), VALUE, source="a net asset value is positive"),
    ),
    arguments={
        "nav_start": "Net asset value of a fund share at the start of the valuation period.",
        "nav_finish": "Net asset value of a fund share at the end of the valuation period.",
        "days": "Number of days of the valuation period. Left out: 1.",
    },
)
def NET_INVESTMENT_FACTOR(
    nav_start: float,
    nav_finish: float,
    distributions: list[float] | None = None,
    annual_charge: float = 0.0,
    days: float = 1.0,
    charge_form: str = "daily",
) -> float:
    """Net investment factor of a valuation period: unit value(t) = unit value(t-1) x factor.

    daily: (nav_finish + distributions) / nav_start - annual_charge / 365 x days. compound: the quotient x
    (1 - annual_charge)^(days / 365). proportional: the quotient x (1 - annual_charge x days / 365). A tax a share is a
    negative distribution. annual_charge 0.013 means 1.30% a year.

    >>> round(NET_INVESTMENT_FACTOR(10, 10.1, 0.05, 0.013, 1), 9)
    1.014964384
    """
    from xl_flexextra.calculation import yields

    form = scalars.choice(charge_form, yields.CHARGE_FORMS, "charge_form")
    return float(yields.net_investment_factor(nav_start, nav_finish, sum(distributions or []), annual_charge, days, form))


@worksheet_function(
    CATEGORY,
    examples=(
        Example(
            ([["2008-05-31", 20.0], ["2008-06-30", 19.0], ["2008-07-31", 19.5]], None, 0.0),
            [["date", "unit value", "status"], [39599, 10.0, "hypothetical"], [39629, 9.5, "hypothetical"]],
            9,
            source="by hand: 10 x 19 / 20",
        ),
        Example(
            (
                [["2008-05-31", 20.0], ["2008-06-30", 19.0], ["2008-07-31", 19.5]],
                None,
                0.0,
                "daily",
                [["2008-06-30", 12.0], ["2008-07-31", 12.5]],
            ),
            [
                ["date", "unit value", "status"],
                [39599, 12.631578947, "hypothetical"],
                [39629, 12.0, "actual"],
                [39660, 12.5, "actual"],
            ],
            9,
            source="by hand: 12 x 20 / 19",
        ),
    ),
    returns="rows",
    arguments={
        "navs": "Range of date and net asset value, oldest first.",
        "actual_unit_values": "Range of date and actual unit value since the sub-account exists.",
        "splice_date": "First day of actual unit values to use. Left out: the first date of that range.",
    },
)
def ADJUSTED_UNIT_VALUES(
    navs: list[list[object]],
    distributions: list[float] | None = None,
    annual_charge: float | None = None,
    charge_form: str = "daily",
    actual_unit_values: list[list[object]] | None = None,
    splice_date: datetime.date | None = None,
) -> list[list[Cell]]:
    """A fund's history carried into unit values: a header, then date, value, "hypothetical" or "actual".

    Each value is the one before x NET_INVESTMENT_FACTOR of the days between. With actual unit values the hypothetical
    part is scaled to meet the first of them (on splice_date) and ends there; without, it starts at 10. annual_charge
    must be given (0.013 means 1.30%; 0 for none). Source: adjusted historical performance in Form N-4 filings.

    >>> ADJUSTED_UNIT_VALUES([["2008-06-30", 20.0], ["2008-07-31", 21.0]], annual_charge=0)[2][1:]
    [10.5, 'hypothetical']
    """
    if annual_charge is None:
        raise BadInput("'annual_charge' is missing; give the separate account charge a year, or 0 for none.")
    if splice_date is not None and actual_unit_values is None:
        raise BadInput(f"'splice_date' {splice_date} needs 'actual_unit_values'; give their range, or drop the date.")
    from xl_flexextra.calculation import yields

    form = scalars.choice(charge_form, yields.CHARGE_FORMS, "charge_form")
    days, values = dated_values("navs", navs)
    paid = np.zeros(len(days)) if distributions is None else np.array(distributions)
    if len(paid) != len(days):
        raise BadInput(f"'distributions' has {len(paid)} values and 'navs' {len(days)}; give one a row, 0 where none.")
    splice = dated_values("actual_unit_values", actual_unit_values, splice_date) if actual_unit_values is not None else None
    spliced = yields.adjusted_unit_values(days, values, paid, annual_charge, form, splice)
    rows = zip(*(part.tolist() for part in spliced), strict=True)
    return [
        ["date", "unit value", "status"],
        *([d, v, "actual" if actual else "hypothetical"] for d, v, actual in rows),
    ]


__all__ = ["ADJUSTED_UNIT_VALUES", "NET_INVESTMENT_FACTOR", "UNIT_VALUE_AT"]
