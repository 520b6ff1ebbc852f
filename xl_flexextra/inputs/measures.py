"""The measures that exhibits print besides returns: what each is, its unit, and how many decimals it has."""

from typing import NamedTuple

from ..cells import scalars
from ..errors import BadInput


class Measure(NamedTuple):
    """A kind of printed figure. ``unit`` is "percent" (held as a fraction), "dollars" or "number"; ``fewest`` are the
    decimals that it has at least where nobody says how many."""

    name: str
    unit: str
    meaning: str
    fewest: int = 0
    without_period: bool = False

    @property
    def is_expense(self) -> bool:
        """Whether it follows from the terms alone: of no fund and no day."""
        return self.name.endswith(("expense", "annual_cost"))

    @property
    def is_percent(self) -> bool:
        """Whether it is printed times 100, and held as a fraction."""
        return self.unit == "percent"

    def decimals_of(self, value: float) -> int | None:
        """The printed decimals of a figure that is given as a number; None for percentages, whose terms say them."""
        if self.is_percent:
            return None
        from decimal import Decimal  # no figure in a cell waits for it

        places = -int(Decimal(repr(float(value))).normalize().as_tuple().exponent)
        return min(max(places, self.fewest), 10)


RETURN = "return"
MEASURES = {
    one.name: one
    for one in (
        Measure(RETURN, "percent", "the return of the period by the terms: average annual, or the change of a short period"),
        Measure("cumulative", "percent", "the change over the whole period, not annualised"),
        Measure("value", "dollars", "what the payment has become at the end, before any redemption", 2),
        Measure("erv", "dollars", "the ending redeemable value: after CDSC and premium tax", 2),
        Measure("charge", "dollars", "contract charges taken over the period: all, or the one named in 'charge'", 2),
        Measure("cdsc", "dollars", "the CDSC on redemption at the end", 2),
        Measure("free", "dollars", "the free withdrawal amount at the end", 2),
        Measure("units", "number", "units held at the end, before any redemption; with charges 'asset' those bought"),
        Measure("years", "number", "the number of years n of the period"),
        Measure("unit_value", "number", "the unit value on the last day", 0, True),
        Measure("base_return", "number", "money market: the base period return, a fraction as printed"),
        Measure("yield", "percent", "money market: the current yield"),
        Measure("effective_yield", "percent", "money market: the effective yield"),
        Measure("expense", "dollars", "the expense example over the period, surrendered; with charges 'annual' kept"),
        Measure("annuitised_expense", "dollars", "the expense example over the period, annuitised at its end"),
        Measure("lowest_annual_cost", "dollars", "the lowest annual cost of the Key Information Table", 0, True),
        Measure("highest_annual_cost", "dollars", "the highest annual cost of the Key Information Table", 0, True),
    )
}
"""Every measure by its name."""

SPELLED = {
    "aatr": RETURN, "average_annual_total_return": RETURN, "total_return": RETURN, "cumulative_return": "cumulative",
    "ending_redeemable_value": "erv", "contract_value": "value", "account_value": "value", "accumulated_value": "value",
    "charges": "charge", "fee": "charge", "surrender_charge": "cdsc", "free_amount": "free", "free_withdrawal": "free",
    "n": "years", "auv": "unit_value", "current_yield": "yield", "base_period_return": "base_return",
}  # fmt: skip
"""Other names of measures: suggested where they stand, never taken for them."""


def measure(given: str, argument: str = "measure") -> Measure:
    """A measure by its name, in any case of letters; the return where nothing is given.

    >>> measure("ERV").unit, measure("").name
    ('dollars', 'return')
    """
    name = "_".join(given.casefold().replace("-", " ").replace("_", " ").split())
    if not name:
        return MEASURES[RETURN]
    if name in SPELLED:
        raise BadInput(f"'{argument}' {given!r} is not known here; it may be {SPELLED[name]!r}.")
    return MEASURES[scalars.choice(name, MEASURES, argument)]
