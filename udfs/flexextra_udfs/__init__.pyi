"""Generated from the declarations by tools/make_types.py. One value gives one result, a range an array of results."""

import datetime
from typing import overload

import numpy as np
from numpy.typing import NDArray

from xl_flexextra.terms.terms import Terms
from xl_flexextra.typing import Array, Cell, Day, Flag, Number, Range, Table, Text

# the second of two overloads takes what the first takes as well: an argument of either kind gives the array
# mypy: disable-error-code="overload-overlap"

__all__ = [
    "AATR",
    "ADJUSTED_UNIT_VALUES",
    "ANNUAL_COST",
    "CALENDAR_YEAR_RETURNS",
    "CDSC_AMOUNT",
    "CDSC_RATE",
    "CONTRACT_AATR",
    "CONTRACT_FIGURE",
    "CONTRACT_PATH",
    "DECLARED_DATE",
    "DECLARED_RATE",
    "EXPENSE_EXAMPLE",
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
    "TIE_NEIGHBOUR",
    "TIE_VERDICT",
    "UNIT_VALUE_AT",
    "UNIT_VALUE_RETURN",
    "USABLE_MONTH_END",
    "YEARS_BETWEEN",
]

@overload
def AATR(
    begin_value: Number, end_value: Number, years: Number, annualize_short: Flag | None = ..., *, errors: str = ...
) -> float: ...
@overload
def AATR(
    begin_value: Number | Range,
    end_value: Number | Range,
    years: Number | Range,
    annualize_short: Flag | Range | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
def ADJUSTED_UNIT_VALUES(
    navs: Table,
    distributions: Number | Range | None = ...,
    annual_charge: Number | None = ...,
    charge_form: Text | None = ...,
    actual_unit_values: Table | None = ...,
    splice_date: Day | None = ...,
    *,
    errors: str = ...,
) -> list[list[Cell]]: ...
@overload
def ANNUAL_COST(terms: Terms | Table | str, which: Text, payment: Number | None = ..., *, errors: str = ...) -> float: ...
@overload
def ANNUAL_COST(
    terms: Terms | Table | str, which: Text | Range, payment: Number | Range | None = ..., *, errors: str = ...
) -> NDArray[np.float64]: ...
def CALENDAR_YEAR_RETURNS(
    unit_values: Table,
    fund: Text | None = ...,
    first_year: Number | None = ...,
    last_year: Number | None = ...,
    funds: Table | None = ...,
    *,
    errors: str = ...,
) -> list[list[Cell]]: ...
@overload
def CDSC_AMOUNT(
    terms: Terms | Table | str,
    contract_year: Number,
    contract_value: Number,
    payments: Number | None = ...,
    free_used: Number | None = ...,
    anniversary_value: Number | None = ...,
    *,
    errors: str = ...,
) -> float: ...
@overload
def CDSC_AMOUNT(
    terms: Terms | Table | str,
    contract_year: Number | Range,
    contract_value: Number | Range,
    payments: Number | Range | None = ...,
    free_used: Number | Range | None = ...,
    anniversary_value: Number | Range | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
@overload
def CDSC_RATE(terms: Terms | Table | str, contract_year: Number, *, errors: str = ...) -> float: ...
@overload
def CDSC_RATE(terms: Terms | Table | str, contract_year: Number | Range, *, errors: str = ...) -> NDArray[np.float64]: ...
@overload
def CONTRACT_AATR(
    terms: Terms | Table | str,
    unit_values: Table,
    fund: Text,
    as_of: Day,
    period: Text,
    shares: Table | None = ...,
    funds: Table | None = ...,
    charges: Text | None = ...,
    payment: Number | None = ...,
    *,
    errors: str = ...,
) -> float | str: ...
@overload
def CONTRACT_AATR(
    terms: Terms | Table | str,
    unit_values: Table,
    fund: Text | Range,
    as_of: Day | Range,
    period: Text | Range,
    shares: Table | None = ...,
    funds: Table | None = ...,
    charges: Text | Range | None = ...,
    payment: Number | Range | None = ...,
    *,
    errors: str = ...,
) -> Array: ...
@overload
def CONTRACT_FIGURE(
    measure: Text,
    terms: Terms | Table | str,
    unit_values: Table,
    fund: Text | None = ...,
    as_of: Day | None = ...,
    period: Text | None = ...,
    shares: Table | None = ...,
    funds: Table | None = ...,
    charges: Text | None = ...,
    charge_name: Text | None = ...,
    payment: Number | None = ...,
    *,
    errors: str = ...,
) -> float | str: ...
@overload
def CONTRACT_FIGURE(
    measure: Text | Range,
    terms: Terms | Table | str,
    unit_values: Table,
    fund: Text | Range | None = ...,
    as_of: Day | Range | None = ...,
    period: Text | Range | None = ...,
    shares: Table | None = ...,
    funds: Table | None = ...,
    charges: Text | Range | None = ...,
    charge_name: Text | Range | None = ...,
    payment: Number | Range | None = ...,
    *,
    errors: str = ...,
) -> Array: ...
def CONTRACT_PATH(
    terms: Terms | Table | str,
    unit_values: Table,
    fund: Text,
    as_of: Day,
    period: Text,
    shares: Table | None = ...,
    funds: Table | None = ...,
    payment: Number | None = ...,
    *,
    errors: str = ...,
) -> list[list[Cell]]: ...
@overload
def DECLARED_DATE(rates: Table, rate_kind: Text | None = ..., place: Number | None = ...) -> datetime.date: ...
@overload
def DECLARED_DATE(
    rates: Table, rate_kind: Text | Range | None = ..., place: Number | Range | None = ...
) -> NDArray[np.object_]: ...
@overload
def DECLARED_RATE(rates: Table, on_date: Day, rate_kind: Text | None = ..., *, errors: str = ...) -> float: ...
@overload
def DECLARED_RATE(
    rates: Table, on_date: Day | Range, rate_kind: Text | Range | None = ..., *, errors: str = ...
) -> NDArray[np.float64]: ...
@overload
def EXPENSE_EXAMPLE(
    terms: Terms | Table | str,
    years: Number,
    outcome: Text | None = ...,
    fund_expenses: Number | None = ...,
    payment: Number | None = ...,
    *,
    errors: str = ...,
) -> float: ...
@overload
def EXPENSE_EXAMPLE(
    terms: Terms | Table | str,
    years: Number | Range,
    outcome: Text | Range | None = ...,
    fund_expenses: Number | Range | None = ...,
    payment: Number | Range | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
@overload
def EXPLAIN_ERROR(
    function_name: Text,
    first_argument: object | None = ...,
    second_argument: object | None = ...,
    third_argument: object | None = ...,
    fourth_argument: object | None = ...,
    fifth_argument: object | None = ...,
    sixth_argument: object | None = ...,
    seventh_argument: object | None = ...,
    eighth_argument: object | None = ...,
    ninth_argument: object | None = ...,
    tenth_argument: object | None = ...,
    eleventh_argument: object | None = ...,
    twelfth_argument: object | None = ...,
) -> str: ...
@overload
def EXPLAIN_ERROR(
    function_name: Text | Range,
    first_argument: object | None = ...,
    second_argument: object | None = ...,
    third_argument: object | None = ...,
    fourth_argument: object | None = ...,
    fifth_argument: object | None = ...,
    sixth_argument: object | None = ...,
    seventh_argument: object | None = ...,
    eighth_argument: object | None = ...,
    ninth_argument: object | None = ...,
    tenth_argument: object | None = ...,
    eleventh_argument: object | None = ...,
    twelfth_argument: object | None = ...,
) -> NDArray[np.object_]: ...
@overload
def EXPLAIN_RETURN(
    terms: Terms | Table | str,
    unit_values: Table,
    fund: Text,
    as_of: Day,
    period: Text,
    shares: Table | None = ...,
    funds: Table | None = ...,
    payment: Number | None = ...,
) -> str: ...
@overload
def EXPLAIN_RETURN(
    terms: Terms | Table | str,
    unit_values: Table,
    fund: Text | Range,
    as_of: Day | Range,
    period: Text | Range,
    shares: Table | None = ...,
    funds: Table | None = ...,
    payment: Number | Range | None = ...,
) -> NDArray[np.object_]: ...
def FLEXEXTRA_VERSION() -> str: ...
@overload
def FREE_WITHDRAWAL(
    terms: Terms | Table | str,
    contract_year: Number,
    contract_value: Number,
    payments: Number | None = ...,
    free_used: Number | None = ...,
    anniversary_value: Number | None = ...,
    *,
    errors: str = ...,
) -> float: ...
@overload
def FREE_WITHDRAWAL(
    terms: Terms | Table | str,
    contract_year: Number | Range,
    contract_value: Number | Range,
    payments: Number | Range | None = ...,
    free_used: Number | Range | None = ...,
    anniversary_value: Number | Range | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
def GROWTH_OF_PAYMENT(
    unit_values: Table,
    fund: Text | None = ...,
    start_date: Day | None = ...,
    payment: Number | None = ...,
    terms: Terms | Table | str | None = ...,
    shares: Table | None = ...,
    funds: Table | None = ...,
    *,
    errors: str = ...,
) -> list[list[Cell]]: ...
def IMPLIED_CHARGE(
    terms: Terms | Table | str,
    before_return: Number,
    after_return: Number,
    period: Text,
    decimals: Number | None = ...,
    *,
    errors: str = ...,
) -> list[list[float]]: ...
@overload
def LATEST_QUARTER_END(as_of: Day) -> datetime.date: ...
@overload
def LATEST_QUARTER_END(as_of: Day | Range) -> NDArray[np.object_]: ...
@overload
def MAINTENANCE_CHARGE(
    terms: Terms | Table | str,
    share: Number | None = ...,
    account_value: Number | None = ...,
    days: Number | None = ...,
    *,
    errors: str = ...,
) -> float: ...
@overload
def MAINTENANCE_CHARGE(
    terms: Terms | Table | str,
    share: Number | Range | None = ...,
    account_value: Number | Range | None = ...,
    days: Number | Range | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
@overload
def MONEY_MARKET_BASE_RETURN(
    begin_value: Number,
    finish_value: Number,
    capital_change: Number | None = ...,
    charge: Number | None = ...,
    terms: Terms | Table | str | None = ...,
    share: Number | None = ...,
    start_date: Day | None = ...,
    finish_date: Day | None = ...,
    *,
    errors: str = ...,
) -> float: ...
@overload
def MONEY_MARKET_BASE_RETURN(
    begin_value: Number | Range,
    finish_value: Number | Range,
    capital_change: Number | Range | None = ...,
    charge: Number | Range | None = ...,
    terms: Terms | Table | str | None = ...,
    share: Number | Range | None = ...,
    start_date: Day | Range | None = ...,
    finish_date: Day | Range | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
@overload
def MONEY_MARKET_EFFECTIVE_YIELD(
    base_return: Number,
    days: Number | None = ...,
    year_days: Number | None = ...,
    terms: Terms | Table | str | None = ...,
    start_date: Day | None = ...,
    finish_date: Day | None = ...,
    *,
    errors: str = ...,
) -> float: ...
@overload
def MONEY_MARKET_EFFECTIVE_YIELD(
    base_return: Number | Range,
    days: Number | Range | None = ...,
    year_days: Number | Range | None = ...,
    terms: Terms | Table | str | None = ...,
    start_date: Day | Range | None = ...,
    finish_date: Day | Range | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
@overload
def MONEY_MARKET_YIELD(
    base_return: Number,
    days: Number | None = ...,
    year_days: Number | None = ...,
    terms: Terms | Table | str | None = ...,
    start_date: Day | None = ...,
    finish_date: Day | None = ...,
    *,
    errors: str = ...,
) -> float: ...
@overload
def MONEY_MARKET_YIELD(
    base_return: Number | Range,
    days: Number | Range | None = ...,
    year_days: Number | Range | None = ...,
    terms: Terms | Table | str | None = ...,
    start_date: Day | Range | None = ...,
    finish_date: Day | Range | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
def MONEY_WEIGHTED_RETURN(amounts: Number | Range, dates: Day | Range, *, errors: str = ...) -> float: ...
@overload
def NET_INVESTMENT_FACTOR(
    nav_start: Number,
    nav_finish: Number,
    distributions: Number | Range | None = ...,
    annual_charge: Number | None = ...,
    days: Number | None = ...,
    charge_form: Text | None = ...,
    *,
    errors: str = ...,
) -> float: ...
@overload
def NET_INVESTMENT_FACTOR(
    nav_start: Number | Range,
    nav_finish: Number | Range,
    distributions: Number | Range | None = ...,
    annual_charge: Number | Range | None = ...,
    days: Number | Range | None = ...,
    charge_form: Text | Range | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
def PERFORMANCE_TABLE(
    terms: Terms | Table | str,
    unit_values: Table,
    as_of: Day,
    periods: Text | Range,
    shares: Table | None = ...,
    funds: Table | None = ...,
    charges: Text | None = ...,
    payment: Number | None = ...,
    *,
    errors: str = ...,
) -> Array: ...
@overload
def PERIOD_BASE_DATE(as_of: Day, period: Text, inception: Day | None = ...) -> datetime.date: ...
@overload
def PERIOD_BASE_DATE(
    as_of: Day | Range, period: Text | Range, inception: Day | Range | None = ...
) -> NDArray[np.object_]: ...
@overload
def REDEEMABLE_VALUE(
    terms: Terms | Table | str,
    valuation_dates: Day | Range,
    unit_values: Number | Range,
    share: Number | None = ...,
    payment: Number | None = ...,
    *,
    errors: str = ...,
) -> float: ...
@overload
def REDEEMABLE_VALUE(
    terms: Terms | Table | str,
    valuation_dates: Day | Range,
    unit_values: Number | Range,
    share: Number | Range | None = ...,
    payment: Number | Range | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
@overload
def SEC_YIELD_30DAY(
    income: Number, expenses: Number, average_units: Number, unit_value: Number, *, errors: str = ...
) -> float: ...
@overload
def SEC_YIELD_30DAY(
    income: Number | Range,
    expenses: Number | Range,
    average_units: Number | Range,
    unit_value: Number | Range,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
@overload
def TIE_DIFFERENCE(
    recomputed: Number,
    published: Number,
    decimals: Number | None = ...,
    terms: Terms | Table | str | None = ...,
    measure: Text | None = ...,
    *,
    errors: str = ...,
) -> float: ...
@overload
def TIE_DIFFERENCE(
    recomputed: Number | Range,
    published: Number | Range,
    decimals: Number | Range | None = ...,
    terms: Terms | Table | str | None = ...,
    measure: Text | Range | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
@overload
def TIE_NEIGHBOUR(
    figures: Table,
    recomputed_figures: Table,
    number: Number,
    decimals: Number | None = ...,
    terms: Terms | Table | str | None = ...,
    measure: Text | None = ...,
    kinds: Table | None = ...,
) -> str: ...
@overload
def TIE_NEIGHBOUR(
    figures: Table,
    recomputed_figures: Table,
    number: Number | Range,
    decimals: Number | Range | None = ...,
    terms: Terms | Table | str | None = ...,
    measure: Text | Range | None = ...,
    kinds: Table | None = ...,
) -> NDArray[np.object_]: ...
@overload
def TIE_VERDICT(
    recomputed: Number,
    published: Number,
    decimals: Number | None = ...,
    known_break: Text | None = ...,
    terms: Terms | Table | str | None = ...,
    measure: Text | None = ...,
) -> str: ...
@overload
def TIE_VERDICT(
    recomputed: Number | Range,
    published: Number | Range,
    decimals: Number | Range | None = ...,
    known_break: Text | Range | None = ...,
    terms: Terms | Table | str | None = ...,
    measure: Text | Range | None = ...,
) -> NDArray[np.object_]: ...
@overload
def UNIT_VALUE_AT(
    unit_values: Table,
    fund: Text,
    on_date: Day,
    max_age_days: Number | None = ...,
    funds: Table | None = ...,
    terms: Terms | Table | str | None = ...,
    *,
    errors: str = ...,
) -> float: ...
@overload
def UNIT_VALUE_AT(
    unit_values: Table,
    fund: Text | Range,
    on_date: Day | Range,
    max_age_days: Number | Range | None = ...,
    funds: Table | None = ...,
    terms: Terms | Table | str | None = ...,
    *,
    errors: str = ...,
) -> NDArray[np.float64]: ...
@overload
def UNIT_VALUE_RETURN(begin_value: Number, end_value: Number, *, errors: str = ...) -> float: ...
@overload
def UNIT_VALUE_RETURN(
    begin_value: Number | Range, end_value: Number | Range, *, errors: str = ...
) -> NDArray[np.float64]: ...
@overload
def USABLE_MONTH_END(use_date: Day, holidays: Table | None = ...) -> datetime.date: ...
@overload
def USABLE_MONTH_END(use_date: Day | Range, holidays: Table | None = ...) -> NDArray[np.object_]: ...
@overload
def YEARS_BETWEEN(start_date: Day, finish_date: Day, basis: Text | None = ..., *, errors: str = ...) -> float: ...
@overload
def YEARS_BETWEEN(
    start_date: Day | Range, finish_date: Day | Range, basis: Text | Range | None = ..., *, errors: str = ...
) -> NDArray[np.float64]: ...
