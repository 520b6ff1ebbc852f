"""Returns after contract charges, and the walk behind them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import numpy as np

from xl_flexextra.calculation import contract_figures
from xl_flexextra.errors import NA, VALUE
from xl_flexextra.functions.declaration import Example, SampleTable
from xl_flexextra.functions.registry import worksheet_function
from xl_flexextra.inputs import measures
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import Terms

if TYPE_CHECKING:
    from xl_flexextra.typing import Array, Cell

CATEGORY = "Flex Extra contract"
FLEXIBLE, AS_OF = "flex_extra_flexible", "2008-07-31"
FOUR_CHARGES = [
    ["cdsc.schedule", 0],
    ["charge.1.name", "administration"],
    ["charge.1.base", "average_size"],
    ["charge.1.dollars", 30],
    ["charge.1.average_contract_size", 40000],
    ["charge.2.name", "asset charge"],
    ["charge.2.base", "value"],
    ["charge.2.rate", 0.01],
    ["charge.2.timing", "daily"],
    ["charge.2.part_year", "by_days_of_year"],
    ["charge.3.name", "death benefit"],
    ["charge.3.base", "payment"],
    ["charge.3.rate", 0.004],
    ["charge.3.timing", "contract_quarter"],
    ["charge.4.name", "income benefit"],
    ["charge.4.base", "roll_up"],
    ["charge.4.rate", 0.0025],
    ["charge.4.roll_up_rate", 0.05],
    ["charge.4.timing", "redemption"],
]
QUARTERS = [
    ["date", "S"],
    ["2006-12-31", 10],
    ["2007-03-31", 10],
    ["2007-06-30", 10],
    ["2007-09-30", 10],
    ["2007-12-31", 11],
]
UNIT_VALUES, SHARES, FUNDS = SampleTable("UnitValues"), SampleTable("Shares"), SampleTable("Funds")


@worksheet_function(
    CATEGORY,
    examples=(
        Example(
            (FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "5Y", SHARES),
            0.0394,
            4,
            source="July 2008 update, Table 2, MML Equity",
        ),
        Example(
            (FLEXIBLE, UNIT_VALUES, "Babson Bond", "2008-06-30", "1Y", SHARES, FUNDS),
            -0.0227,
            4,
            source="Table 3",
        ),
        Example(
            (FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "5Y", None, None, "asset"),
            0.0569,
            4,
            source="Table 1, MML Equity",
        ),
        Example((FOUR_CHARGES, QUARTERS, "S", "2007-12-31", "1Y"), 0.0813, 4, source="by hand: four charges, four bases"),
        Example(
            (FLEXIBLE, UNIT_VALUES, [["EQUITY"], ["BLEND"]], AS_OF, [["YTD", "1Y"]], SHARES),
            [[-0.2229, -0.2494], [-0.1548, -0.1312]],
            4,
            source="Table 2: a column of funds and a row of periods",
        ),
        Example(
            (FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "1Y", SHARES, None, "all", 10000),
            -0.2413,
            4,
            source="by hand: 10,000 x 0.818557 - 9.737 = 8,175.83, less 8% of 90% of it, is 7,587.17",
        ),
        Example((FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "5Y"), NA, source="no share where the charge is by share"),
        Example((FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "20Y", SHARES), NA, source="no unit values that old"),
        Example((FLEXIBLE, UNIT_VALUES, "EQUITIES", AS_OF, "5Y", SHARES), VALUE, source="no such fund"),
    ),
    returns="percent",
    together=("fund", "period"),
)
def CONTRACT_AATR(
    terms: Terms,
    unit_values: UnitValues,
    fund: str,
    as_of: datetime.date,
    period: str,
    shares: Shares | None = None,
    funds: Funds | None = None,
    charges: str = "all",
    payment: float | None = None,
) -> float | str | Array:
    """Average annual total return after contract charges, as a fraction.

    V_k = V_(k-1) x U_k / U_(k-1) - charges, ERV = V_n - CDSC, T = (ERV / P)^(1/n) - 1, all by the terms. A column of funds
    and a row of periods fill a table in one call. Source: SEC Form N-4, Item 21 (until 2020).

    >>> from xl_flexextra import sample
    >>> table, shares = sample.rows("UnitValues"), sample.rows("Shares")
    >>> round(CONTRACT_AATR("flex_extra_flexible", table, "EQUITY", "2008-07-31", "5Y", shares), 4)
    0.0394
    """
    grid = contract_figures.figures_of(
        contract_figures.of_payment(terms, payment), unit_values, as_of, shares, funds, charges
    )
    if isinstance(fund, str) and isinstance(period, str):
        return contract_figures.blank_if_left_out(grid.figure(fund, period))
    return grid.pairs(*np.broadcast_arrays(np.array(fund, dtype=object), np.array(period, dtype=object)))


@worksheet_function(
    CATEGORY,
    examples=(
        Example(
            (FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "1Y", SHARES),
            [
                ["date", "unit value", "value before charge", "annual charge", "value", "free amount", "CDSC", "ERV", "T"],
                [39294, 12.591726, 1000.0, 0.0, 1000.0],
                [39660, 10.307045, 818.56, 9.74, 808.82, 80.88, 58.24, 750.58],
            ],
            2,
            source="by hand from the rule",
        ),
        Example(
            (FOUR_CHARGES, QUARTERS, "S", "2007-12-31", "1Y"),
            [
                [
                    "date",
                    "unit value",
                    "value before charge",
                    "administration",
                    "asset charge",
                    "death benefit",
                    "income benefit",
                    "value",
                ],
                [39082, 10.0, 1000.0, 0.0, 0.0, 0.0, 0.0, 1000.0],
                [39172, 10.0, 1000.0, 0.0, 2.48, 1.0, 0.0, 996.52],
                [39263, 10.0, 996.52, 0.0, 2.49, 1.0, 0.0, 993.03],
                [39355, 10.0, 993.03, 0.0, 2.51, 1.0, 0.0, 989.52],
                [39447, 11.0, 1088.47, 0.75, 2.75, 1.0, 2.63, 1081.34, 0.0, 0.0, 1081.34],
            ],
            2,
            source="by hand: 0.99^(days/365) each quarter, 0.4%/4 of the payment, 30 x 1,000/40,000, 0.25% of 1,050",
        ),
    ),
    returns="rows",
)
def CONTRACT_PATH(
    terms: Terms,
    unit_values: UnitValues,
    fund: str,
    as_of: datetime.date,
    period: str,
    shares: Shares | None = None,
    funds: Funds | None = None,
    payment: float | None = None,
) -> list[list[Cell]]:
    """The walk behind CONTRACT_AATR: a header, the payment and what is taken off it, then a row a date.

    Date, unit value, value before charge, a column for each charge of the terms, value; on the last row also free amount,
    CDSC, ERV and T; then units bought, cancelled and left, and what each row is. The totals of the charges are those that
    EXPLAIN_RETURN names.

    >>> from xl_flexextra import sample
    >>> table, shares = sample.rows("UnitValues"), sample.rows("Shares")
    >>> round(CONTRACT_PATH("flex_extra_flexible", table, "EQUITY", "2008-07-31", "1Y", shares)[-1][7], 2)
    750.58
    """
    from xl_flexextra.calculation.path_table import path_table

    grid = contract_figures.figures_of(contract_figures.of_payment(terms, payment), unit_values, as_of, shares, funds, "all")
    return path_table(grid, grid.result(fund, period))


@worksheet_function(
    CATEGORY,
    examples=(
        Example(
            (FLEXIBLE, UNIT_VALUES, AS_OF, [["YTD", "1Y", "3Y", "5Y", "10Y_OR_SI_FUND"]], SHARES, FUNDS),
            [[-0.2163, -0.2174, 0.0124, 0.0954, 0.0744], [-0.2119, -0.2047, -0.0458, 0.0275, 0.0103]],
            4,
            source="July 2008 update, Table 2",
        ),
        Example((FLEXIBLE, UNIT_VALUES, AS_OF, [["1Y"]]), [[NA]], source="no shares where the charge is by share"),
    ),
    returns="rows",
    arguments={"periods": "A row or column of periods: YTD, 1Y, 3Y, 5Y, 10Y, 39M, 2001-05-01..2003-12-31 …"},
)
def PERFORMANCE_TABLE(
    terms: Terms,
    unit_values: UnitValues,
    as_of: datetime.date,
    periods: list[str],
    shares: Shares | None = None,
    funds: Funds | None = None,
    charges: str = "all",
    payment: float | None = None,
) -> Array:
    """A whole table of returns in one call: funds down, periods across, as fractions.

    The rows are the funds of the funds table, in its order; without one, of the unit values. A figure that cannot be
    computed is an error in its own cell.

    >>> from xl_flexextra import sample
    >>> table, shares = sample.rows("UnitValues"), sample.rows("Shares")
    >>> PERFORMANCE_TABLE("flex_extra_flexible", table, "2008-07-31", ["YTD", "1Y"], shares).round(4)[2].tolist()
    [-0.2229, -0.2494]
    """
    return contract_figures.figures_of(
        contract_figures.of_payment(terms, payment), unit_values, as_of, shares, funds, charges
    ).table(periods)


@worksheet_function(
    CATEGORY,
    examples=(
        Example(
            (FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "1Y", SHARES),
            "EQUITY, 1Y from 2007-07-31 to 2008-07-31: $1,000.00 paid in; as the unit value goes from 12.591726 to "
            "10.307045 (-18.14%); annual charges of $9.74 on 1 day are taken ($35.00 a year x share 27.82%); of the value "
            "of $808.82 the CDSC of 8.00% (contract year 1) on $727.94 beyond the free $80.88 takes $58.24; $750.58 "
            "remain, -24.94% for the period, not annualised.",
            source="by hand from the rule",
        ),
        Example(
            (FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "5Y"),
            "'shares' is missing; flex_extra_flexible charges by share, and EQUITY has none.",
            source="an error becomes its sentence",
        ),
    ),
    returns="text",
    errors_as_text=True,
    not_native="its sentence says what is wrong, too, and a LAMBDA has no such sentences; CONTRACT_PATH shows the steps",
)
def EXPLAIN_RETURN(
    terms: Terms,
    unit_values: UnitValues,
    fund: str,
    as_of: datetime.date,
    period: str,
    shares: Shares | None = None,
    funds: Funds | None = None,
    payment: float | None = None,
) -> str:
    """One sentence: how a figure after contract charges came about. Never an error: what is wrong is said.

    >>> EXPLAIN_RETURN("flex_extra_flexible", [["date", "A"], ["2008-07-31", 1]], "A", "2008-07-31", "1Y", [["A", 1]])
    'There is no unit value of A on or before 2007-07-31; the first is of 2008-07-31.'
    """
    from xl_flexextra.calculation import explain

    grid = contract_figures.figures_of(contract_figures.of_payment(terms, payment), unit_values, as_of, shares, funds, "all")
    return explain.sentence(grid, grid.result(fund, period))


@worksheet_function(
    CATEGORY,
    examples=(
        Example(("erv", FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "1Y", SHARES), 750.58, 2, source="by hand from the rule"),
        Example(("cdsc", FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "1Y", SHARES), 58.24, 2, source="by hand: 8% x 727.94"),
        Example(("charge", FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "1Y", SHARES), 9.737, 3, source="by hand: 35 x 0.2782"),
        Example(("cumulative", FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "1Y", SHARES), -0.2494, 4, source="Table 2"),
        Example(("units", FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "1Y", None, None, "asset"), 79.417230, 6,
                source="by hand: 1,000 / 12.591726"),
        Example(("years", FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "5Y"), 5.0, source="whole years"),
        Example(("cdsc", FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "1Y", SHARES, None, "annual"), VALUE, source="held"),
        Example(("fee", FLEXIBLE, UNIT_VALUES, "EQUITY", AS_OF, "1Y", SHARES), VALUE, source="the measure is called charge"),
    ),
    returns="number",
    arguments={"charge_name": "Of the measure 'charge': which charge of the terms. Left out: all."},
)  # fmt: skip
def CONTRACT_FIGURE(
    measure: str,
    terms: Terms,
    unit_values: UnitValues,
    fund: str | None = None,
    as_of: datetime.date | None = None,
    period: str | None = None,
    shares: Shares | None = None,
    funds: Funds | None = None,
    charges: str = "all",
    charge_name: str | None = None,
    payment: float | None = None,
) -> float | str:
    """Any figure that an exhibit prints, by its measure: dollars, units, years, yields, returns; not rounded.

    return, cumulative, value, erv, charge, cdsc, free, units, years, unit_value, base_return, yield, effective_yield, each
    from the walk behind CONTRACT_AATR; expense, annuitised_expense, lowest_annual_cost, highest_annual_cost from the terms
    alone. Percentages are fractions.

    >>> from xl_flexextra import sample
    >>> table, shares = sample.rows("UnitValues"), sample.rows("Shares")
    >>> round(CONTRACT_FIGURE("erv", "flex_extra_flexible", table, "EQUITY", "2008-07-31", "1Y", shares), 2)
    750.58
    """
    from xl_flexextra.calculation import measured

    by_terms = contract_figures.of_payment(terms, payment)
    asked = measures.measure(measure).name, by_terms, unit_values, fund or "", as_of, period or ""
    return contract_figures.blank_if_left_out(measured.figure(*asked, shares, funds, charges, charge_name or ""))


__all__ = ["CONTRACT_AATR", "CONTRACT_FIGURE", "CONTRACT_PATH", "EXPLAIN_RETURN", "PERFORMANCE_TABLE"]
