"""The worksheet functions, callable as plain Python: ``from flexextra_udfs import AATR``.

Numbers, text, dates (also as ISO text or serials), lists, numpy arrays and data frames go in; returns are fractions
(0.0525 means 5.25%); what is wrong raises one of :mod:`xl_flexextra.errors`.
"""

from .charges import (
    CDSC_AMOUNT,
    CDSC_RATE,
    FREE_WITHDRAWAL,
    IMPLIED_CHARGE,
    MAINTENANCE_CHARGE,
    REDEEMABLE_VALUE,
)
from .contract import CONTRACT_AATR, CONTRACT_PATH, EXPLAIN_RETURN, PERFORMANCE_TABLE
from .dates import LATEST_QUARTER_END, PERIOD_BASE_DATE, USABLE_MONTH_END, YEARS_BETWEEN
from .errors import EXPLAIN_ERROR
from .returns import AATR, CALENDAR_YEAR_RETURNS, GROWTH_OF_PAYMENT, MONEY_WEIGHTED_RETURN, UNIT_VALUE_RETURN
from .tie_out import FLEXEXTRA_VERSION, TIE_DIFFERENCE, TIE_VERDICT
from .unit_values import ADJUSTED_UNIT_VALUES, NET_INVESTMENT_FACTOR, UNIT_VALUE_AT
from .yields import (
    DECLARED_RATE,
    MONEY_MARKET_BASE_RETURN,
    MONEY_MARKET_EFFECTIVE_YIELD,
    MONEY_MARKET_YIELD,
    SEC_YIELD_30DAY,
)

__all__ = [
    "AATR",
    "ADJUSTED_UNIT_VALUES",
    "CALENDAR_YEAR_RETURNS",
    "CDSC_AMOUNT",
    "CDSC_RATE",
    "CONTRACT_AATR",
    "CONTRACT_PATH",
    "DECLARED_RATE",
    "EXPLAIN_ERROR",
    "EXPLAIN_RETURN",
    "FLEXEXTRA_VERSION",
    "FREE_WITHDRAWAL",
    "GROWTH_OF_PAYMENT",
    "IMPLIED_CHARGE",
    "LATEST_QUARTER_END",
    "MAINTENANCE_CHARGE",
    "MONEY_MARKET_BASE_RETURN",
    "MONEY_MARKET_EFFECTIVE_YIELD",
    "MONEY_MARKET_YIELD",
    "MONEY_WEIGHTED_RETURN",
    "NET_INVESTMENT_FACTOR",
    "PERFORMANCE_TABLE",
    "PERIOD_BASE_DATE",
    "REDEEMABLE_VALUE",
    "SEC_YIELD_30DAY",
    "TIE_DIFFERENCE",
    "TIE_VERDICT",
    "UNIT_VALUE_AT",
    "UNIT_VALUE_RETURN",
    "USABLE_MONTH_END",
    "YEARS_BETWEEN",
]
