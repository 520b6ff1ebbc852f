"""The charges of the list are checked here: combinations that make no sense, each as a sentence."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..cells.rounding import shortest
from .charge_keys import CHARGE_KEYS, numbers
from .charges import IN_DOLLARS, KNOWN_BEFORE, ROLLED_UP

_AT_ONCE = frozenset({"payment", "start_of_contract_year"})  # timings whose year is not over
_IN_DOLLARS = frozenset({"at_least", "at_most"})


class ChargeFacts:
    """One charge as a rule sees it: ``c`` are its values by field, ``given`` the fields that are stated."""

    def __init__(self, number: int, values: Mapping[str, Any], given: Mapping[str, Any], ever: set[str]) -> None:
        self.key = f"charge.{number}"
        self.c = {field: values.get(f"{self.key}.{field}") for field in CHARGE_KEYS}
        self.given = {field for field in CHARGE_KEYS if given.get(f"{self.key}.{field}") is not None}
        self.ever = {field for field in CHARGE_KEYS if f"{self.key}.{field}" in ever}
        self.base, self.timing, self.taken_as = self.c["base"], self.c["timing"], self.c["taken_as"]
        self.in_dollars = self.base in IN_DOLLARS
        self.cap = shortest(self.c["roll_up_cap"] or 0.0)
        self.up_front = self.timing == "payment" or self.taken_as == "from_payment"
        self.waived = bool({"waived_above"} & (self.given | self.ever))
        self.limits = [field for field in ("at_least", "at_most", "at_most_of_value") if field in self.given | self.ever]
        self.scaled_limits = set(self.limits) & _IN_DOLLARS if self.base not in {"share", "dollars"} else set()
        self.by_size = self.waived and self.c["waived_measure"] == "average_size"
        self.needs_size = self.base == "average_size" or self.by_size
        self.later_waiver = self.waived and self.c["waived_measure"] != "payments"

    def changed(self, *fields: str) -> list[str]:
        """Those conventions that are other ones than their defaults."""
        return [field for field in fields if self.c[field] != CHARGE_KEYS[field].default]

    def first(self, *fields: str) -> str:
        """The first of some fields that was changed, for a sentence."""
        return next(iter(self.changed(*fields)), "")

    def lacks(self, field: str) -> bool:
        """Whether a number is given neither now nor later."""
        return field not in self.given | self.ever


class ChargeRule(NamedTuple):
    """What makes no sense together: when, and the sentence, in which ``{k}`` is the charge's key."""

    name: str
    wrong: Callable[[ChargeFacts], Any]
    sentence: str


CHARGE_RULES = (
    ChargeRule("no dollars", lambda t: t.in_dollars and t.lacks("dollars"),
               "'{k}.dollars' is missing; {k}.base {t.base!r} needs it."),
    ChargeRule("no rate", lambda t: not t.in_dollars and t.lacks("rate"),
               "'{k}.rate' is missing; {k}.base {t.base!r} needs it."),
    ChargeRule("rate beside dollars", lambda t: t.in_dollars and "rate" in t.given,
               "'{k}.rate' means nothing with {k}.base {t.base!r}; drop it."),
    ChargeRule("dollars beside a rate", lambda t: not t.in_dollars and "dollars" in t.given,
               "'{k}.dollars' means nothing with {k}.base {t.base!r}; drop it."),
    ChargeRule("no size", lambda t: t.base == "average_size" and t.lacks("average_contract_size"),
               "'{k}.average_contract_size' is missing; {k}.base 'average_size' needs it."),
    ChargeRule("no size for a waiver", lambda t: t.by_size and t.base != "average_size" and t.lacks("average_contract_size"),
               "'{k}.average_contract_size' is missing; {k}.waived_measure 'average_size' needs it."),
    ChargeRule("waiver from nothing on", lambda t: t.c["waived_above"] == 0,
               "'{k}.waived_above' is 0, so the charge would never be taken; leave it out where nothing is waived."),
    ChargeRule("size of zero", lambda t: t.c["average_contract_size"] == 0,
               "'{k}.average_contract_size' must be positive (got 0)."),
    ChargeRule("size of nothing",
               lambda t: "average_contract_size" in t.given and not t.needs_size and not t.scaled_limits,
               "'{k}.average_contract_size' means nothing with {k}.base {t.base!r}, no limits, no waiver by size; drop it."),
    ChargeRule("no roll-up rate", lambda t: t.base in ROLLED_UP and t.lacks("roll_up_rate"),
               "'{k}.roll_up_rate' is missing; {k}.base {t.base!r} needs it."),
    ChargeRule("roll-up of nothing", lambda t: t.base not in ROLLED_UP and t.first("roll_up_rate", "roll_up_cap"),
               "'{k}.{f}' means nothing with {k}.base {t.base!r}; drop it."),
    ChargeRule("cap below the payment", lambda t: t.c["roll_up_cap"] is not None and t.c["roll_up_cap"] < 1,
               "'{k}.roll_up_cap' is a multiple of the payment of 1 or more (got {t.cap}); 2 means 200%."),
    ChargeRule("limits that cross", lambda t: t.c["at_most"] is not None and (t.c["at_least"] or 0.0) > t.c["at_most"],
               "'{k}.at_least' is more than '{k}.at_most'; exchange them."),
    ChargeRule("later value at the start", lambda t: t.timing == "start_of_contract_year"
               and t.base in {"end_value", "average_value"},
               "A fraction of a value at the end of the year cannot be taken at its start; change {k}.timing."),
    ChargeRule("later value from the payment",
               lambda t: t.up_front and (t.base not in KNOWN_BEFORE or t.later_waiver or "at_most_of_value" in t.limits),
               "A charge taken from the payment cannot depend on a later value; change {k}.{f}."),
    ChargeRule("roll-up off the payment", lambda t: t.timing == "payment" and t.base == "roll_up",
               "A payment has not rolled up on its own day; change {k}.base to 'payment'."),
    ChargeRule("daily of another base", lambda t: t.timing == "daily" and t.base not in {"value", "average_value"},
               "A daily charge is of 'value' or 'average_value', not of {t.base!r}; change {k}.base or {k}.timing."),
    ChargeRule("daily with what a day has not",
               lambda t: t.timing == "daily" and (t.limits or t.waived or t.first("taken_as", "order")),
               "A daily charge has no limit, waiver, {k}.taken_as or {k}.order; drop '{k}.{f}'."),
    ChargeRule("part of a day", lambda t: t.timing == "daily" and t.c["part_year"] in {"full", "none"},
               "'{k}.part_year' with timing 'daily' is by_days or by_days_of_year; change it."),
    ChargeRule("final charge never due",
               lambda t: t.changed("final") and t.timing in {"redemption", "daily", *_AT_ONCE},
               "{k}.final 'not_taken' means nothing with {k}.timing {t.timing!r}; drop it."),
    ChargeRule("what a payment has not", lambda t: t.timing == "payment" and t.first("taken_as", "part_year"),
               "'{k}.{f}' means nothing with {k}.timing 'payment'; drop it."),
    ChargeRule("first stub of no calendar year", lambda t: t.changed("first_stub") and t.timing != "calendar_year_end",
               "'{k}.first_stub' needs {k}.timing 'calendar_year_end'."),
    ChargeRule("decimals of no units", lambda t: t.c["unit_decimals"] is not None and t.taken_as != "units",
               "'{k}.unit_decimals' needs {k}.taken_as 'units'."),
    ChargeRule("waiver of nothing", lambda t: not t.waived and t.first("waived_measure", "waived_at_limit"),
               "'{k}.{f}' means nothing without '{k}.waived_above'; drop it or give the limit."),
    ChargeRule("order of nothing", lambda t: t.up_front and t.changed("order"),
               "'{k}.order' means nothing where the charge comes out of the payment; drop it."),
)  # fmt: skip
"""Every combination that makes no sense in a charge of the list, each with its case in the tests."""

_FIELD = {
    "roll-up of nothing": lambda t: t.first("roll_up_rate", "roll_up_cap"),
    "later value from the payment": lambda t: "timing" if t.timing == "payment" else "taken_as",
    "daily with what a day has not": lambda t: next(
        iter([*t.limits, *(["waived_above"] if t.waived else []), t.first("taken_as", "order")])
    ),
    "what a payment has not": lambda t: t.first("taken_as", "part_year"),
    "waiver of nothing": lambda t: t.first("waived_measure", "waived_at_limit"),
}


def charge_problems(values: Mapping[str, Any], given: Mapping[str, Any], ever: set[str]) -> list[str]:
    """What is wrong with the charges of the list, each as a sentence."""
    listed = numbers(values)
    found = [
        f"'charge.{number}' is missing; charges are numbered from 1 without a gap."
        for number in range(1, max(listed, default=0) + 1)
        if not any(f"charge.{number}.{field}" in given for field in CHARGE_KEYS)
    ][:1]
    names = [str(values.get(f"charge.{number}.name") or f"charge {number}").casefold() for number in listed]
    known = ["annual charge", "rider"]
    for number, name in zip(listed, names, strict=True):
        if name in known:
            found.append(f"'charge.{number}.name' {name!r} is the name of another charge; give each a name of its own.")
        known.append(name)
    for number in listed:
        facts = ChargeFacts(number, values, given, ever)
        if facts.base is None:
            if facts.given:
                found.append(f"'{facts.key}.base' is missing; it must be given.")
            continue
        found += [
            rule.sentence.format(t=facts, k=facts.key, f=_FIELD[rule.name](facts) if rule.name in _FIELD else "")
            for rule in CHARGE_RULES
            if rule.wrong(facts)
        ]
    return found
