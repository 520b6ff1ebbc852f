"""The values of contract terms by key: which key gives text, a number, a whole number, a date or rates.

For type checkers: a key that is misspelt gives any value of a term, which no arithmetic takes.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Literal, TypeAlias, overload

from ..errors import MissingData
from .charges import Charge, charges_of

TermValue: TypeAlias = str | float | int | datetime.date | tuple[float, ...] | None

TextKey: TypeAlias = Literal[
    "contract.name", "contract.title", "contract.code", "shares.sum",
    "premium_tax.when", "annual_charge.form", "annual_charge.taken_as",
    "annual_charge.timing", "annual_charge.final", "annual_charge.part_year", "annual_charge.first_stub", "rider.base",
    "rider.timing", "rider.part_year", "cdsc.anniversary", "cdsc.base", "cdsc.order", "cdsc.in_force",
    "free_withdrawal.form", "free_withdrawal.year_one", "free_withdrawal.full_surrender", "years.basis",
    "years.short_period", "years.long_period", "valuation.rule", "valuation.inception", "periods.inception",
    "periods.without_history", "yield.dates", "yield.current_year", "yield.effective_year", "carry.precision",
    "rounding.rule", "expense.asset_charge_on", "expense.annuitised", "expense.annual_cost",
]  # fmt: skip
OptionalTextKey: TypeAlias = Literal["free_withdrawal.measured"]
NumberKey: TypeAlias = Literal[
    "payment.amount", "payment.front_end_load", "payment.bonus_rate", "premium_tax.rate", "annual_charge.charged_fraction",
    "rider.rate", "expense.payment", "expense.growth", "expense.optional_benefits", "expense.annual_cost_payment",
]  # fmt: skip
OptionalNumberKey: TypeAlias = Literal[
    "separate_account.charge", "annual_charge.dollars", "annual_charge.rate", "annual_charge.average_contract_size",
    "annual_charge.waived_above", "cdsc.thereafter", "free_withdrawal.rate",
    "expense.fund_expenses", "expense.lowest_fund_expenses", "expense.highest_fund_expenses",
]  # fmt: skip
CountKey: TypeAlias = Literal["valuation.max_age_days", "yield.base_days", "rounding.decimals"]
OptionalCountKey: TypeAlias = Literal["payment.unit_decimals", "annual_charge.unit_decimals", "years.decimals"]
OptionalDateKey: TypeAlias = Literal["contract.inception"]
RatesKey: TypeAlias = Literal["cdsc.schedule"]
OptionalRatesKey: TypeAlias = Literal["free_withdrawal.schedule"]


class TermValues:
    """Values by key: ``values["annual_charge.dollars"]``. None is a term that is not given and has no default."""

    __slots__ = ("_charges", "_values")
    _values: Mapping[str, TermValue]
    _charges: tuple[Charge, ...] | None

    def __init__(self, values: Mapping[str, TermValue]) -> None:
        self._values = values
        self._charges = None

    @property
    def charges(self) -> tuple[Charge, ...]:
        """The charges in force, in the order in which they are taken: the short form's, then those of the list."""
        if self._charges is None:
            self._charges = charges_of(self._values)
        return self._charges

    @overload
    def __getitem__(self, key: TextKey) -> str: ...
    @overload
    def __getitem__(self, key: OptionalTextKey) -> str | None: ...
    @overload
    def __getitem__(self, key: NumberKey) -> float: ...
    @overload
    def __getitem__(self, key: OptionalNumberKey) -> float | None: ...
    @overload
    def __getitem__(self, key: CountKey) -> int: ...
    @overload
    def __getitem__(self, key: OptionalCountKey) -> int | None: ...
    @overload
    def __getitem__(self, key: OptionalDateKey) -> datetime.date | None: ...
    @overload
    def __getitem__(self, key: RatesKey) -> tuple[float, ...]: ...
    @overload
    def __getitem__(self, key: OptionalRatesKey) -> tuple[float, ...] | None: ...
    @overload
    def __getitem__(self, key: str) -> TermValue: ...
    def __getitem__(self, key: str) -> TermValue:
        return self._values[key]

    def needed(self, key: NumberKey | OptionalNumberKey) -> float:
        """A number that has to be there, as the dollars of a charge in dollars."""
        value = self[key]
        if value is None:
            raise MissingData(f"'{key}' is missing; give it in the terms.")
        return value
