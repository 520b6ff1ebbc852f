"""What is wrong with terms as a whole, and what is only unlikely: each as a sentence."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from .conventions import KEYS, REQUIRED
from .numbers import dollars_text, percent_text

HIGH_RATE, HIGH_CDSC, LOW_DOLLARS = 0.10, 0.15, 1.0
_RATES = ("separate_account.charge", "payment.front_end_load", "annual_charge.rate", "rider.rate")


def _changed(key: str, values: Mapping[str, Any]) -> bool:
    """Whether a convention is another one than its default."""
    return bool(values[key] != KEYS[key].default)


def problems(values: Mapping[str, Any], given: Mapping[str, Any], ever: set[str]) -> list[str]:
    """What is missing, and combinations that make no sense, each as a sentence.

    ``ever``: the terms that are more than nothing at first or from some day on.
    """
    found = [
        f"{key!r} is missing; it must be given." for key, s in KEYS.items() if s.default is REQUIRED and key not in given
    ]
    if found:
        return found
    form, timing, taken_as = (values[f"annual_charge.{k}"] for k in ("form", "timing", "taken_as"))

    def need(condition: bool, key: str, why: str) -> None:
        if condition and values[key] is None:
            found.append(f"{key!r} is missing; {why} needs it.")

    def refuse(condition: bool, sentence: str) -> None:
        if condition:
            found.append(sentence)

    waived = values["annual_charge.waived_above"] is not None
    fractions = form in {"fraction_of_start_value", "fraction_of_end_value"}
    need(form in {"share", "average_size"}, "annual_charge.dollars", f"annual_charge.form {form!r}")
    need(form == "average_size", "annual_charge.average_contract_size", "annual_charge.form 'average_size'")
    need(fractions, "annual_charge.rate", f"annual_charge.form {form!r}")
    need(waived, "annual_charge.average_contract_size", "'annual_charge.waived_above'")
    refuse(waived and form == "none", "'annual_charge.waived_above' means nothing with annual_charge.form 'none'; drop it.")
    by_year = values["free_withdrawal.schedule"] or ()
    need(values["free_withdrawal.form"] != "none" and not by_year, "free_withdrawal.rate", "a free withdrawal amount")
    refuse(
        bool(by_year) and values["free_withdrawal.rate"] is not None,
        "'free_withdrawal.rate' and 'free_withdrawal.schedule' are both given; keep one.",
    )
    refuse(
        values["annual_charge.average_contract_size"] == 0,
        "'annual_charge.average_contract_size' must be positive (got 0).",
    )
    refuse(values["payment.amount"] == 0, "'payment.amount' must be positive (got 0).")
    refuse(
        form == "none" and bool(values["annual_charge.dollars"] or values["annual_charge.rate"]),
        "annual_charge.form is 'none', but a charge is given; drop one of them.",
    )
    refuse(
        form in {"share", "average_size"} and "annual_charge.rate" in given,
        f"'annual_charge.rate' means nothing with annual_charge.form {form!r}; drop it.",
    )
    refuse(
        fractions and "annual_charge.dollars" in given,
        f"'annual_charge.dollars' means nothing with annual_charge.form {form!r}; drop it.",
    )
    refuse(
        form == "fraction_of_end_value" and timing == "start_of_contract_year",
        "A fraction of the value at the end of the year cannot be taken at its start; change annual_charge.timing.",
    )
    refuse(
        taken_as == "from_payment" and (fractions or waived),
        "A charge taken from the payment cannot depend on a later value; change annual_charge.taken_as.",
    )
    refuse(
        values["annual_charge.unit_decimals"] is not None and taken_as != "units",
        "'annual_charge.unit_decimals' needs annual_charge.taken_as 'units'.",
    )
    refuse(
        values["annual_charge.final"] == "not_taken" and timing in {"start_of_contract_year", "redemption"},
        f"annual_charge.final 'not_taken' means nothing with annual_charge.timing {timing!r}; drop it.",
    )
    refuse(
        _changed("annual_charge.first_stub", values) and timing != "calendar_year_end",
        "'annual_charge.first_stub' needs annual_charge.timing 'calendar_year_end'.",
    )
    refuse(
        values["free_withdrawal.form"] == "none" and bool(values["free_withdrawal.rate"] or any(by_year)),
        f"'free_withdrawal.{'schedule' if any(by_year) else 'rate'}' is given, but free_withdrawal.form is 'none'; "
        "drop one of them.",
    )
    refuse(
        values["free_withdrawal.measured"] == "after_charge" and values["cdsc.order"] == "before_annual_charge",
        "The free withdrawal amount cannot be measured after the annual charge where CDSC is taken before it.",
    )
    refuse(
        values["years.long_period"] == "cumulative" and values["years.short_period"] == "annualised",
        "A cumulative return is not annualised over a short period; change years.short_period.",
    )
    tax, when = values["premium_tax.rate"], values["premium_tax.when"]
    taxed = "premium_tax.rate" in ever
    refuse(
        taxed and when == "none",
        "'premium_tax.rate' is given, but premium_tax.when is 'none'; drop one of them.",
    )
    refuse(not taxed and when != "none", "'premium_tax.rate' is missing; premium_tax.when needs it.")
    stray = [k for k in ("rider.base", "rider.timing", "rider.part_year") if _changed(k, values)]
    refuse(
        bool(stray) and "rider.rate" not in ever,
        f"{', '.join(map(repr, stray))} without a 'rider.rate'; give the rate or drop it.",
    )
    taken = values["payment.front_end_load"] + (tax if when == "at_payment" else 0.0) - values["payment.bonus_rate"]
    refuse(taken >= 1, "Load and premium tax leave nothing of the payment.")
    return found


def notes(values: Mapping[str, Any], changes: Sequence[tuple[datetime.date, Mapping[str, Any]]]) -> list[str]:
    """Values that are allowed but unlikely, such as 0.30 where 0.030 was meant: a sentence each."""
    found: list[str] = []
    for day, given in ((None, values), *changes):
        since = f" from {day}" if day else ""
        for key in _RATES:
            if (rate := given.get(key)) and rate > HIGH_RATE:
                found.append(f"'{key}' is {percent_text(rate)}{since}, more than {HIGH_RATE:.0%}; check that it is meant.")
        schedule = given.get("cdsc.schedule") or ()
        rates = [*schedule, given.get("cdsc.thereafter") or 0.0]
        if max(rates) > HIGH_CDSC:
            highest = percent_text(max(rates))
            found.append(f"The CDSC is up to {highest}{since}, more than {HIGH_CDSC:.0%}; check that it is meant.")
        if schedule and schedule[-1] and values.get("cdsc.thereafter") is None and given.get("cdsc.thereafter") is None:
            found.append(
                f"The CDSC schedule ends with {percent_text(schedule[-1])} in year {len(schedule)}{since}, and nothing says "
                "what follows; add a last rate of 0, or 'cdsc.thereafter'."
            )
        if (dollars := given.get("annual_charge.dollars")) and dollars < LOW_DOLLARS:
            text = dollars_text(dollars)
            found.append(f"'annual_charge.dollars' is {text} a year{since}, less than $1; check that it is meant.")
    return found
