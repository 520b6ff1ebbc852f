"""The walk against one written independently (plain_walk.py), over random terms; the closed form; properties."""

import datetime

import numpy as np
import pytest
from flexextra_udfs import CONTRACT_AATR, CONTRACT_PATH, REDEEMABLE_VALUE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_walk import Plain, growth, last_of_month

from xl_flexextra import conventions, tables
from xl_flexextra.terms import Terms
from xl_flexextra.unit_values import Fund, Funds, Shares, UnitValues
from xl_flexextra.walk import Charging, redeem, walk

RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
CLOSE = 1e-10
D = datetime.date


def number(low, high):
    return st.floats(low, high, allow_nan=False).map(lambda x: round(x, 6))


def choices(key):
    return st.sampled_from(sorted(conventions.KEYS[key].choices))


@st.composite
def spans(draw, longest=9):
    """A first and a last day: whole years, or any length; the month ends among them."""
    years = draw(st.integers(0, longest))
    if draw(st.booleans()):  # from month end to month end
        start = month_end(draw(st.integers(1990, 2010)), draw(st.integers(1, 12)))
        extra = draw(st.sampled_from([0, 0, 1, 5, 7, 11])) if years else draw(st.integers(1, 11))
        return start, month_end(start.year + years, start.month + extra)
    start = D(draw(st.integers(1990, 2010)), draw(st.integers(1, 12)), draw(st.integers(1, 27)))
    finish = start.replace(year=start.year + years)
    if not years or draw(st.booleans()):
        finish += datetime.timedelta(days=draw(st.integers(30, 364)))
    return start, finish


def month_end(year, month):
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return (D(year + month // 12, month % 12 + 1, 1)) - datetime.timedelta(days=1)


@st.composite
def contracts(draw, start, finish):
    """Terms that make sense, of every convention, with changes by effective date, and shares."""
    form = draw(choices("annual_charge.form"))
    fraction = form.startswith("fraction")
    timing = draw(choices("annual_charge.timing").filter(
        lambda t: not (form == "fraction_of_end_value" and t == "start_of_contract_year")
    ))  # fmt: skip
    waived = form not in {"none"} and draw(st.booleans())
    taken_as = draw(choices("annual_charge.taken_as").filter(lambda t: t != "from_payment" or not (fraction or waived)))
    order = draw(choices("cdsc.order"))
    free = draw(choices("free_withdrawal.form"))
    size = draw(number(20_000, 80_000))
    terms = {
        "contract.name": "drawn",
        "payment.amount": draw(st.sampled_from([1000.0, 10_000.0, 731.5])),
        "payment.front_end_load": draw(st.sampled_from([0.0, 0.0575])),
        "payment.bonus_rate": draw(st.sampled_from([0.0, 0.05, 0.013])),
        "annual_charge.form": form,
        "annual_charge.taken_as": taken_as,
        "annual_charge.timing": timing,
        "annual_charge.part_year": draw(choices("annual_charge.part_year")),
        "annual_charge.charged_fraction": draw(st.sampled_from([1.0, 0.83])),
        "cdsc.schedule": draw(st.lists(number(0, 0.09), max_size=9)),
        "cdsc.thereafter": draw(st.sampled_from([0.0, 0.01])),
        "cdsc.anniversary": draw(choices("cdsc.anniversary")),
        "cdsc.base": draw(choices("cdsc.base")),
        "cdsc.order": order,
        "cdsc.in_force": draw(choices("cdsc.in_force")),
        "free_withdrawal.form": free,
        "free_withdrawal.year_one": draw(choices("free_withdrawal.year_one")),
        "free_withdrawal.full_surrender": draw(choices("free_withdrawal.full_surrender")),
        "years.basis": draw(choices("years.basis")),
        "years.decimals": draw(st.sampled_from([None, 2, 3])),
        "years.short_period": draw(choices("years.short_period")),
        "carry.precision": draw(choices("carry.precision")),
    }
    if draw(st.booleans()):
        terms["premium_tax.when"] = draw(st.sampled_from(["at_payment", "at_redemption"]))
        terms["premium_tax.rate"] = 0.0235
    if form in {"share", "average_size"}:
        terms["annual_charge.dollars"] = draw(number(1, 60))
    if fraction:
        terms["annual_charge.rate"] = draw(number(0.0005, 0.02))
    if form == "average_size" or waived:
        terms["annual_charge.average_contract_size"] = size
    if waived:
        terms["annual_charge.waived_above"] = round(size * draw(number(0.8, 1.6)), 2)
    if taken_as == "units":
        terms["annual_charge.unit_decimals"] = draw(st.sampled_from([None, 3]))
    if timing not in {"start_of_contract_year", "redemption"}:
        terms["annual_charge.final"] = draw(choices("annual_charge.final"))
    if timing == "calendar_year_end":
        terms["annual_charge.first_stub"] = draw(choices("annual_charge.first_stub"))
    if draw(st.booleans()):
        terms["rider.rate"] = draw(number(0.001, 0.015))
        for key in ("rider.base", "rider.timing", "rider.part_year"):
            terms[key] = draw(choices(key))
    if free != "none":
        terms["free_withdrawal.rate"] = draw(number(0.02, 0.2))
        measures = [None, "before_charge"] + (["after_charge"] if order == "after_annual_charge" else [])
        terms["free_withdrawal.measured"] = draw(st.sampled_from(measures))
    changes = []
    for day in draw(st.lists(st.dates(start, finish), max_size=2, unique=True)):
        later = {"cdsc.schedule": draw(st.lists(number(0, 0.09), max_size=9))}
        if "annual_charge.dollars" in terms:
            later["annual_charge.dollars"] = draw(st.sampled_from([0.0, 12.0, 47.5]))
        if "annual_charge.rate" in terms:
            later["annual_charge.rate"] = draw(st.sampled_from([0.001, 0.011]))
        if "rider.rate" in terms:
            later["rider.rate"] = draw(st.sampled_from([0.0, 0.009]))
        if "annual_charge.waived_above" in terms:
            later["annual_charge.waived_above"] = round(size * draw(number(0.8, 1.6)), 2)
        changes.append((day, later))
    shares = [(None, draw(number(0.01, 1)))]
    shares += [(day, draw(number(0.01, 1))) for day in draw(st.lists(st.dates(start, finish), max_size=2, unique=True))]
    return {k: v for k, v in terms.items() if v is not None}, changes, shares


@st.composite
def situations(draw):
    start, finish = draw(spans())
    terms, changes, shares = draw(contracts(start, finish))
    level = growth(draw(number(-0.1, 0.15)), draw(number(0, 0.3)), draw(number(0, 6)))
    return start, finish, terms, changes, shares, level


def every_day(start, finish, level):
    days = [start + datetime.timedelta(days=i) for i in range((finish - start).days + 1)]
    return UnitValues(days, ("S",), [level(day) for day in days])


def by_package(start, finish, terms, changes, shares, level, charges="all"):
    """ERV and return through the public inputs."""
    grid = tables.Grid(
        Terms(terms, changes),
        every_day(start, finish, level),
        finish,
        Shares([(day, "S", share) for day, share in shares]),
        Funds((Fund("S", subaccount_inception=start),)),
        charges,
    )
    result = grid.result("S", "SI_SUBACCOUNT")
    return result.erv, result.value


@settings(RELAXED, max_examples=700)
@given(situations(), st.sampled_from(["all", "all", "all", "annual", "asset"]))
def test_the_walk_equals_one_written_independently(situation, charges):
    start, finish, terms, changes, shares, level = situation
    erv, rate = by_package(*situation, charges)
    plain_erv, plain_rate = Plain(terms, changes, shares).redeemable(start, finish, level, charges)
    assert erv == pytest.approx(plain_erv, rel=CLOSE, abs=1e-9)
    assert rate == pytest.approx(plain_rate, rel=CLOSE, abs=CLOSE)
