"""Returns of unit values."""

from __future__ import annotations

from xl_flexextra import returns
from xl_flexextra.errors import VALUE
from xl_flexextra.registry import Example, worksheet_function

CATEGORY = "Returns"


@worksheet_function(
    CATEGORY,
    examples=(
        Example((10.0, 12.5), 0.25, source="by hand: 12.5 / 10 - 1"),
        Example((0, 12.5), VALUE, source="a unit value is positive"),
    ),
    returns="percent",
)
def UNIT_VALUE_RETURN(begin_value: float, end_value: float) -> float:
    """Change in the unit value over a period, as a fraction.

    T = end_value / begin_value - 1. Not annualised; before contract charges.

    >>> UNIT_VALUE_RETURN(10, 12.5)
    0.25
    """
    return returns.unit_value_return(begin_value, end_value)


@worksheet_function(
    CATEGORY,
    examples=(
        Example((1000, 1506.43, 5), 0.0854, 4, source="by hand: 1.50643 ^ 0.2 - 1"),
        Example((1000, 807.19, 0.5945), -0.1928, 4, source="Transitions III, Exhibit 13 (2003): not annualised"),
        Example((1000, 1506.43, 0), VALUE, source="years must be positive"),
    ),
    returns="percent",
)
def AATR(begin_value: float, end_value: float, years: float, annualize_short: bool = False) -> float:
    """Average annual total return: T in P(1 + T)^n = ERV.

    T = (end_value / begin_value)^(1/years) - 1; one year or less is not annualised unless annualize_short is TRUE.
    Source: SEC Form N-4, Item 21 (until 2020).

    >>> round(AATR(1000, 1506.43, 5), 4)
    0.0854
    """
    return returns.aatr(begin_value, end_value, years, annualize_short)
