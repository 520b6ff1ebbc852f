"""Terms are checked here as a whole: what is wrong, and what is only unlikely, each as a sentence."""

import datetime
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..cells.rounding import dollars_text, percent_text
from ..errors import agreed
from .charge_checks import charge_problems
from .charge_keys import numbers
from .keys import KEYS, REQUIRED

HIGH_RATE, HIGH_CDSC, LOW_DOLLARS = 0.10, 0.15, 1.0
_RATES = ("separate_account.charge", "payment.front_end_load", "annual_charge.rate", "rider.rate")


_OF_A_RATE = {
    "rider.rate": ("rider.base", "rider.timing", "rider.part_year"),
    "premium_tax.rate": ("premium_tax.when",),
}


class Facts:
    """Terms as a rule sees them. ``given``: those that were stated; ``ever``: those that are more than nothing some day."""

    def __init__(self, values: Mapping[str, Any], given: Mapping[str, Any], ever: set[str]) -> None:
        self.values, self.given, self.ever = values, given, ever
        self.form, self.timing, self.taken_as = (values[f"annual_charge.{k}"] for k in ("form", "timing", "taken_as"))
        self.in_dollars = self.form in {"share", "average_size"}
        self.of_value = self.form in {"fraction_of_start_value", "fraction_of_end_value"}
        self.waived = values["annual_charge.waived_above"] is not None
        self.size = values["annual_charge.average_contract_size"]
        self.free = values["free_withdrawal.form"] != "none"
        self.free_by_year = values["free_withdrawal.schedule"] or ()
        self.free_given = "schedule" if any(self.free_by_year) else "rate" if values["free_withdrawal.rate"] else ""
        self.taxed, self.taxed_when = "premium_tax.rate" in ever, values["premium_tax.when"]
        self.rider = ", ".join(repr(k) for k in _OF_A_RATE["rider.rate"] if self.changed(k))
        tax = values["premium_tax.rate"] if self.taxed_when == "at_payment" else 0.0
        self.taken = values["payment.front_end_load"] + tax - values["payment.bonus_rate"]

    def changed(self, key: str) -> bool:
        """Whether a convention is another one than its default."""
        return bool(self.values[key] != KEYS[key].default)

    def lacks(self, key: str) -> bool:
        """Whether a term has no value."""
        return self.values[key] is None


class Rule(NamedTuple):
    """What makes no sense together: when, and the sentence, which may name facts: ``{t.form!r}``."""

    name: str
    wrong: Callable[[Facts], bool]
    sentence: str


RULES = (
    Rule("no dollars", lambda t: t.in_dollars and t.lacks("annual_charge.dollars"),
         "'annual_charge.dollars' is missing; annual_charge.form {t.form!r} needs it."),
    Rule("no size", lambda t: t.form == "average_size" and t.size is None,
         "'annual_charge.average_contract_size' is missing; annual_charge.form 'average_size' needs it."),
    Rule("no rate", lambda t: t.of_value and t.lacks("annual_charge.rate"),
         "'annual_charge.rate' is missing; annual_charge.form {t.form!r} needs it."),
    Rule("no size for a waiver", lambda t: t.waived and t.size is None and t.form != "average_size",
         "'annual_charge.average_contract_size' is missing; 'annual_charge.waived_above' needs it."),
    Rule("waiver of nothing", lambda t: t.waived and t.form == "none",
         "'annual_charge.waived_above' means nothing with annual_charge.form 'none'; drop it."),
    Rule("waiver from nothing on", lambda t: t.values["annual_charge.waived_above"] == 0 and t.form != "none",
         "'annual_charge.waived_above' is 0, so the charge would never be taken; leave it out where nothing is waived."),
    Rule("no free rate", lambda t: t.free and not t.free_by_year and t.lacks("free_withdrawal.rate"),
         "'free_withdrawal.rate' is missing; a free withdrawal amount needs it."),
    Rule("two free rates", lambda t: bool(t.free_by_year) and not t.lacks("free_withdrawal.rate"),
         "'free_withdrawal.rate' and 'free_withdrawal.schedule' are both given; keep one."),
    Rule("size of zero", lambda t: t.size == 0, "'annual_charge.average_contract_size' must be positive (got 0)."),
    Rule("payment of zero", lambda t: t.values["payment.amount"] == 0, "'payment.amount' must be positive (got 0)."),
    Rule("charge without a form",
         lambda t: t.form == "none" and bool(t.values["annual_charge.dollars"] or t.values["annual_charge.rate"]),
         "annual_charge.form is 'none', but a charge is given; drop one of them."),
    Rule("rate beside dollars", lambda t: t.in_dollars and "annual_charge.rate" in t.given,
         "'annual_charge.rate' means nothing with annual_charge.form {t.form!r}; drop it."),
    Rule("dollars beside a rate", lambda t: t.of_value and "annual_charge.dollars" in t.given,
         "'annual_charge.dollars' means nothing with annual_charge.form {t.form!r}; drop it."),
    Rule("end value at the start",
         lambda t: t.form == "fraction_of_end_value" and t.timing == "start_of_contract_year",
         "A fraction of the value at the end of the year cannot be taken at its start; change annual_charge.timing."),
    Rule("later value from the payment", lambda t: t.taken_as == "from_payment" and (t.of_value or t.waived),
         "A charge taken from the payment cannot depend on a later value; change annual_charge.taken_as."),
    Rule("decimals of no units", lambda t: not t.lacks("annual_charge.unit_decimals") and t.taken_as != "units",
         "'annual_charge.unit_decimals' needs annual_charge.taken_as 'units'."),
    Rule("final charge never due",
         lambda t: t.values["annual_charge.final"] == "not_taken" and t.timing in {"start_of_contract_year", "redemption"},
         "annual_charge.final 'not_taken' means nothing with annual_charge.timing {t.timing!r}; drop it."),
    Rule("first stub of no calendar year",
         lambda t: t.changed("annual_charge.first_stub") and t.timing != "calendar_year_end",
         "'annual_charge.first_stub' needs annual_charge.timing 'calendar_year_end'."),
    Rule("free rate without a form", lambda t: not t.free and bool(t.free_given),
         "'free_withdrawal.{t.free_given}' is given, but free_withdrawal.form is 'none'; drop one of them."),
    Rule("free amount after the charge",
         lambda t: t.values["free_withdrawal.measured"] == "after_charge"
         and t.values["cdsc.order"] == "before_annual_charge",
         "The free withdrawal amount cannot be measured after the annual charge where CDSC is taken before it."),
    Rule("cumulative and annualised",
         lambda t: t.values["years.long_period"] == "cumulative" and t.values["years.short_period"] == "annualised",
         "A cumulative return is not annualised over a short period; change years.short_period."),
    Rule("yield over no days", lambda t: t.values["yield.base_days"] == 0, "'yield.base_days' must be positive (got 0)."),
    Rule("tax never taken", lambda t: t.taxed and t.taxed_when == "none",
         "'premium_tax.rate' is given, but premium_tax.when is 'none'; drop one of them."),
    Rule("no tax rate", lambda t: "premium_tax.rate" not in t.ever | set(t.given) and t.taxed_when != "none",
         "'premium_tax.rate' is missing; premium_tax.when needs it."),
    Rule("no rider rate", lambda t: bool(t.rider) and "rider.rate" not in t.ever | set(t.given),
         "{t.rider} without a 'rider.rate'; give the rate or drop it."),
    Rule("nothing is invested", lambda t: t.taken >= 1, "Load and premium tax leave nothing of the payment."),
)  # fmt: skip
"""Every combination that makes no sense, each with its case in the tests."""


def problems(values: Mapping[str, Any], given: Mapping[str, Any], ever: set[str]) -> list[str]:
    """What is missing, and combinations that make no sense, each as a sentence.

    ``ever``: the terms that are more than nothing at first or from some day on.
    """
    missing = [key for key, spec in KEYS.items() if spec.default is REQUIRED and key not in given]
    if numbers(values):
        missing = [key for key in missing if key != "annual_charge.form"]
    if missing:
        return [f"{key!r} is missing; it must be given." for key in missing]
    facts = Facts(values, given, ever)
    found = [rule.sentence.format(t=facts) for rule in RULES if rule.wrong(facts)]
    return found + charge_problems(values, given, ever)


def notes(values: Mapping[str, Any], changes: Sequence[tuple[datetime.date, Mapping[str, Any]]]) -> list[str]:
    """Values that are allowed but unlikely, such as 0.30 where 0.030 was meant: a sentence each."""
    found = _switched_off(values, changes)
    stated = [values, *(given for _, given in changes)]
    sized = any(one.get("annual_charge.average_contract_size") is not None for one in stated)
    if sized and not any(
        one.get("annual_charge.form") == "average_size" or one.get("annual_charge.waived_above") is not None
        for one in stated
    ):
        found.append(
            "'annual_charge.average_contract_size' is given, but annual_charge.form "
            f"{values['annual_charge.form']!r} does not use it; drop it, or correct the form."
        )
    for day, given in ((None, values), *changes):
        since = f" from {day}" if day else ""
        listed = [f"charge.{number}" for number in numbers(given)]
        for key in (*_RATES, *(f"{charge}.rate" for charge in listed)):
            if (rate := given.get(key)) and rate > HIGH_RATE:
                found.append(f"'{key}' is {percent_text(rate)}{since}, more than {HIGH_RATE:.0%}; check that it is meant.")
        size, dollars = (given.get(f"annual_charge.{one}") for one in ("average_contract_size", "dollars"))
        if size and dollars and dollars / size > HIGH_RATE and values["annual_charge.form"] == "average_size":
            found.append(
                "'annual_charge.dollars' of 'annual_charge.average_contract_size' is "
                f"{percent_text(dollars / size)}{since}, more than {HIGH_RATE:.0%}; check that both are meant."
            )
        schedule = given.get("cdsc.schedule") or ()
        if rises := [place for place, (one, then) in enumerate(itertools.pairwise(schedule), start=1) if then > one]:
            first = rises[0]
            rates_there = " to ".join(map(percent_text, schedule[first - 1 : first + 1]))
            found.append(f"The CDSC rises from {rates_there} in year {first + 1}{since}; check the order of its rates.")
        rates = [*schedule, given.get("cdsc.thereafter") or 0.0]
        if max(rates) > HIGH_CDSC:
            highest = percent_text(max(rates))
            found.append(f"The CDSC is up to {highest}{since}, more than {HIGH_CDSC:.0%}; check that it is meant.")
        if schedule and schedule[-1] and values.get("cdsc.thereafter") is None and given.get("cdsc.thereafter") is None:
            found.append(
                f"The CDSC schedule ends with {percent_text(schedule[-1])} in year {len(schedule)}{since}, and nothing says "
                "what follows; add a last rate of 0, or 'cdsc.thereafter'."
            )
        for charge in ("annual_charge", *(c for c in listed if values.get(f"{c}.timing") != "payment")):
            if (dollars := given.get(f"{charge}.dollars")) and dollars < LOW_DOLLARS:
                text = dollars_text(dollars)
                found.append(f"'{charge}.dollars' is {text} a year{since}, less than $1; check that it is meant.")
    return found


def _switched_off(values: Mapping[str, Any], changes: Sequence[tuple[datetime.date, Mapping[str, Any]]]) -> list[str]:
    """Rates of 0 beside conventions that only a rate can use."""
    beside = {key: [one for one in ones if values[one] != KEYS[one].default] for key, ones in _OF_A_RATE.items()}
    return [
        f"'{key}' is 0, so {', '.join(map(repr, ones))} {agreed(len(ones), 'has', 'have')} no effect; "
        "check that nothing is to be charged."
        for key, ones in beside.items()
        if ones and not values[key] and not any(given.get(key) for _, given in changes)
    ]


def left_open(given: Mapping[str, Any]) -> list[str]:
    """Choices that are easily taken otherwise than they count where they are left out: a sentence each."""
    return [
        f"'charge.{number}' is taken at redemption, for the days of a last contract year that is not finished; write "
        f"'charge.{number}.part_year': full if all of it is owed, by_days if only the part of the year is."
        for number in numbers(given)
        if given.get(f"charge.{number}.timing") == "redemption" and given.get(f"charge.{number}.part_year") is None
    ]


def no_tables(data: Mapping[str, object]) -> list[str]:
    """Where a TOML file has a table of the terms as a list of tables or as one value, and the list of charges by another
    name: a sentence each."""
    tables = {key.partition(".")[0] for key in KEYS}
    found = [
        f"{name!r} must be one table: [{name}], then a line for each of its keys"
        + ("; each further charge is a table [[charges]]." if name in ("annual_charge", "rider") else ".")
        for name, value in data.items()
        if name in tables and not isinstance(value, Mapping)
    ]
    charge = data.get("charge")
    if isinstance(charge, list) or (isinstance(charge, Mapping) and not all(map(str.isdigit, charge))):
        found.append("'charge' must be 'charges': [[charges]], then a line for each of its keys.")
    return found
