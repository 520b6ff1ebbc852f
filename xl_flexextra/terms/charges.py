"""The charges of a contract as one list: the annual charge and the rider of the short form, then charge.1, charge.2 …"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .charge_keys import CHARGE_KEYS, numbers

IN_DOLLARS = frozenset({"dollars", "share", "average_size"})
ROLLED_UP = frozenset({"roll_up", "greater_of_roll_up_and_value"})
KNOWN_BEFORE = IN_DOLLARS | {"payment", "roll_up"}  # no later value is needed for them


_AS_ANNUAL = (
    "timing", "part_year", "average_contract_size", "charged_fraction", "taken_as", "unit_decimals", "final", "first_stub",
    "waived_above",
)  # fmt: skip


class Charge(NamedTuple):
    """One charge as the terms in force on a day have it; the conventions of :data:`CHARGE_KEYS`, under their names.

    ``key`` is where the terms say it: ``annual_charge``, ``rider`` or ``charge.1``.
    """

    key: str
    name: str
    base: str
    timing: str
    part_year: str
    dollars: float = 0.0
    rate: float = 0.0
    average_contract_size: float | None = None
    charged_fraction: float = 1.0
    roll_up_rate: float = 0.0
    roll_up_cap: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    at_most_of_value: float | None = None
    taken_as: str = "dollars"
    unit_decimals: int | None = None
    final: str = "taken"
    first_stub: str = "by_days"
    waived_above: float | None = None
    waived_measure: str = "average_size"
    waived_at_limit: str = "charged"
    order: str = "before_cdsc"

    @property
    def in_dollars(self) -> bool:
        """Whether it is given in dollars."""
        return self.base in IN_DOLLARS

    @property
    def amount(self) -> float:
        """Its dollars or its rate a year."""
        return self.dollars if self.in_dollars else self.rate

    @property
    def ever_taken(self) -> bool:
        """Whether these terms take anything at all."""
        return bool((self.amount or self.at_least) and self.charged_fraction)

    @property
    def is_limited(self) -> bool:
        """Whether it has a floor or a cap."""
        return any(limit is not None for limit in (self.at_least, self.at_most, self.at_most_of_value))

    @property
    def is_annual(self) -> bool:
        """Whether it is the annual charge of the short form."""
        return self.key == "annual_charge"


def charges_of(values: Mapping[str, Any]) -> tuple[Charge, ...]:
    """The charges of terms in force, in the order in which they are taken; their number never changes over time."""
    listed = [_listed(values, number) for number in numbers(values)]
    return (*_annual_charge(values), *_rider(values), *listed)


def _annual_charge(values: Mapping[str, Any]) -> list[Charge]:
    form = values["annual_charge.form"]
    if form in {None, "none"}:
        return []
    given = {field: values[f"annual_charge.{field}"] for field in _AS_ANNUAL}
    base = {"fraction_of_start_value": "start_value", "fraction_of_end_value": "value"}.get(form, form)
    order = "after_cdsc" if values["cdsc.order"] == "before_annual_charge" else "before_cdsc"
    dollars, rate = (values[f"annual_charge.{field}"] or 0.0 for field in ("dollars", "rate"))
    return [Charge("annual_charge", "annual charge", base, **given, dollars=dollars, rate=rate, order=order)]


def _rider(values: Mapping[str, Any]) -> list[Charge]:
    """The rider: there as soon as it is mentioned, as its rate may begin on a later day."""
    base, timing, part_year = (values[f"rider.{field}"] for field in ("base", "timing", "part_year"))
    return [Charge("rider", "rider", base, timing, part_year, rate=values["rider.rate"] or 0.0)]


def _listed(values: Mapping[str, Any], number: int) -> Charge:
    key = f"charge.{number}"
    given = {field: values[f"{key}.{field}"] for field in CHARGE_KEYS}
    given["name"] = given["name"] or f"charge {number}"
    for field in ("dollars", "rate", "roll_up_rate"):
        given[field] = given[field] or 0.0
    return Charge(key, **given)
