"""The conventions of one charge of a contract's list of charges: ``charge.1.base``, ``charge.2.rate`` and so on."""

from __future__ import annotations

from collections.abc import Iterable

from ..cells.patterns import pattern
from .keys import KEYS, REQUIRED, Key

CHARGE_KEYS: dict[str, Key] = {
    "name": Key(
        "text", "What the charge is called in paths, sentences and captions; without it 'charge 1', 'charge 2' …", ""
    ),
    "base": Key(
        "choice",
        "What the charge is a fraction of, or how its dollars reach one sub-account.",
        REQUIRED,
        {
            "dollars": "dollars as they stand, for this payment",
            "share": "dollars x the sub-account's share of the charge",
            "average_size": "dollars x payment / average contract size",
            "payment": "a fraction of the purchase payment as made",
            "value": "a fraction of the contract value on the day of the charge, before that day's charges",
            "start_value": "a fraction of the value at the start of the charge's year (or quarter or month, by timing), "
            "after that day's charges",
            "end_value": "a fraction of what the charges listed before it leave on the day of the charge",
            "average_value": "a fraction of the mean of start_value and value",
            "highest_anniversary_value": "a fraction of the highest contract value so far on the payment's day and "
            "anniversaries, before the charges of those days",
            "roll_up": "a fraction of payment x (1 + roll_up_rate)^t, t in whole years + days that remain / 365, at most "
            "roll_up_cap x payment",
            "greater_of_roll_up_and_value": "a fraction of the greater of the roll-up and the value",
        },
    ),
    "dollars": Key("dollars", "Dollars a year (once, with timing payment), for the bases in dollars.", may_change=True),
    "rate": Key("fraction", "Fraction of the base a year (once, with timing payment).", may_change=True),
    "average_contract_size": Key("dollars", "Average contract value, in dollars.", may_change=True),
    "charged_fraction": Key("fraction", "Fraction of contracts that pay the charge.", 1.0, may_change=True),
    "roll_up_rate": Key("fraction", "Rate a year at which the payment rolls up."),
    "roll_up_cap": Key("multiple", "Most that the roll-up reaches, as a multiple of the payment: 2 means 200% of it."),
    "at_least": Key(
        "dollars",
        "Least that is charged a year: dollars of a contract, which reach the sub-account as the base says (as they stand, "
        "by share, else x payment / average contract size where that is given).",
        may_change=True,
    ),
    "at_most": Key("dollars", "Most that is charged a year: dollars of a contract, as at_least.", may_change=True),
    "at_most_of_value": Key(
        "fraction",
        "Most that is charged a year, as a fraction of the value on the day: with dollars 50 and 0.02 here the lesser of "
        "$50 and 2% of value. By share the whole charge is limited first.",
        may_change=True,
    ),
    "timing": Key(
        "choice",
        "When the charge is taken.",
        "contract_anniversary",
        {
            "payment": "once, off the payment before it is invested",
            "daily": "every day: growth is multiplied by (1 - rate)^t. With base value the dollars are what is missing for "
            "it at the end of each step, with base average_value rate x the mean of a contract year's start and end value",
            "contract_month": "a twelfth of it at the end of each month from the payment",
            "contract_quarter": "a quarter of it at the end of each three months from the payment",
            "contract_anniversary": "at the end of each contract year",
            "start_of_contract_year": "at the start of each contract year, the first included; of one that is not finished "
            "at redemption as much as part_year says",
            "calendar_year_end": "on each 31 December, and at redemption",
            "redemption": "once, at redemption; of a last contract year that is not finished as much as part_year says",
        },
    ),
    "taken_as": Key(
        "choice",
        "What the charge is taken out of.",
        "dollars",
        {
            "dollars": "dollars out of the contract value",
            "units": "units are cancelled: charge / unit value, rounded to unit_decimals if given",
            "from_payment": "all that it comes to in the period is taken out of the initial payment",
        },
    ),
    "unit_decimals": Key("count", "Decimals to which cancelled units are rounded."),
    "final": Key(
        "choice",
        "Whether the charge that falls on the day of redemption is taken.",
        "taken",
        {"taken": "taken, as on any other day", "not_taken": "not taken, be it of a whole or of a part year"},
    ),
    "part_year": Key(
        "choice",
        "The charge for a contract year (or quarter or month, by timing) that is not finished at redemption; with timing "
        "daily how days are counted.",
        "by_days",
        {
            "by_days": "in proportion: days / 365; with timing daily every day is 1/365 of a year",
            "by_days_of_year": "in proportion: days / days of that year; with timing daily every contract year is one year",
            "full": "a full charge",
            "none": "no charge",
        },
    ),
    "first_stub": Key(
        "choice",
        "With calendar_year_end: the charge on the first 31 December.",
        "by_days",
        {
            "by_days": "in proportion: days since the payment / 365",
            "by_days_of_year": "in proportion: days since the payment / days of that year",
            "full": "a full charge",
            "none": "no charge",
        },
    ),
    "waived_above": Key("dollars", "No charge where the measure is above this value.", may_change=True),
    "waived_measure": Key(
        "choice",
        "What a waiver is measured on.",
        "average_size",
        {
            "average_size": "the average contract size x growth after charges so far",
            "payments": "the sum of payments, which is the payment of the figure",
            "greater_of_payments_and_value": "the greater of payments and contract value",
            "value": "the contract's own value on the day, before that day's charges",
        },
    ),
    "waived_at_limit": Key(
        "choice",
        "A measure that is just waived_above.",
        "charged",
        {"charged": "the charge is taken: waived above it", "waived": "no charge: waived from it on"},
    ),
    "order": Key(
        "choice",
        "Which comes first at redemption: the charge or the CDSC.",
        "before_cdsc",
        {
            "before_cdsc": "the charge, then CDSC on what is left",
            "after_cdsc": "CDSC on the value before the charge, then the charge",
        },
    ),
}
"""What each charge of the list may say, after ``charge.1.``, in the order in which a Terms sheet shows it."""

BEFORE = "cdsc.schedule"  # the key before which a sheet shows the list of charges
_NUMBERED = pattern(r"charge\.([1-9]\d?)\.(\w+)")


def number_and_field(key: str) -> tuple[int, str] | None:
    """The charge and the convention that a key names: ``charge.2.rate`` is (2, "rate"); None for any other key."""
    found = _NUMBERED.fullmatch(key)
    return (int(found[1]), found[2]) if found and found[2] in CHARGE_KEYS else None


def spec_of(key: str) -> Key | None:
    """What a key of terms is: one of the table, or a convention of a numbered charge; None where it is neither."""
    numbered = number_and_field(key)
    return CHARGE_KEYS[numbered[1]] if numbered else KEYS.get(key)


def spec_at(key: str) -> Key:
    """What a key is that is known to be one."""
    spec = spec_of(key)
    assert spec is not None, key
    return spec


def numbers(keys: Iterable[str]) -> list[int]:
    """The charges that some keys name."""
    return sorted({found[0] for key in keys if (found := number_and_field(key))})


def all_keys(count: int) -> list[str]:
    """Every key of terms with so many charges, in the order of a Terms sheet."""
    listed = [f"charge.{number}.{field}" for number in range(1, count + 1) for field in CHARGE_KEYS]
    plain = list(KEYS)
    place = plain.index(BEFORE)
    return [*plain[:place], *listed, *plain[place:]]
