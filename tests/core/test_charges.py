"""Charges in dollars, one at a time, by hand: what is free, what a part year costs, and what must be given."""

import pytest
from flexextra_udfs import CDSC_AMOUNT, FREE_WITHDRAWAL, MAINTENANCE_CHARGE, REDEEMABLE_VALUE

from xl_flexextra import terms
from xl_flexextra.errors import BadInput, MissingData

FLEX = terms.load("flex_extra_flexible")  # $35 by share; 8, 8, 7 ... %; 10% of the value free
DAYS, LEVELS = ["2007-07-31", "2008-07-31"], [10.0, 11.0]


def test_what_was_taken_already_is_no_longer_free():
    assert FREE_WITHDRAWAL(FLEX, 3, 5000, None, 200) == 300  # 10% of 5,000, less 200
    assert FREE_WITHDRAWAL(FLEX, 3, 5000, None, 800) == 0
    assert CDSC_AMOUNT(FLEX, 3, 5000, None, 800) == pytest.approx(0.07 * 5000)


def test_nothing_free_on_full_surrender_is_free_on_a_part():
    none = FLEX.replace(free_withdrawal__full_surrender="none")
    assert FREE_WITHDRAWAL(none, 3, 5000) == 500
    assert CDSC_AMOUNT(none, 3, 5000) == pytest.approx(0.07 * 5000)
    assert CDSC_AMOUNT(FLEX, 3, 5000) == pytest.approx(0.07 * 4500)


def test_a_cdsc_on_payments_takes_no_more_than_the_value():
    on_payment = FLEX.replace(cdsc__base="payment")
    assert CDSC_AMOUNT(on_payment, 1, 500, 1000) == pytest.approx(0.08 * (1000 - 50))
    assert CDSC_AMOUNT(on_payment, 1, 50, 1000) == 50  # 8% of 995 would be 79.60
    with pytest.raises(MissingData, match=r"'payments' is missing; the CDSC .* depends on the purchase payments"):
        CDSC_AMOUNT(on_payment, 1, 500)


def test_a_free_amount_of_payments_needs_them():
    of_payments = FLEX.replace(free_withdrawal__form="percent_of_payments")
    assert FREE_WITHDRAWAL(of_payments, 1, 5000, 4000) == 400
    with pytest.raises(MissingData, match=r"'payments' is missing; the free withdrawal amount .* is a percent of payments"):
        FREE_WITHDRAWAL(of_payments, 1, 5000)


@pytest.mark.parametrize(
    ("rule", "given", "charge"),
    [
        ("by_days", 100, 7 * 100 / 365),
        ("by_days_of_year", 100, 7 * 100 / 365),
        ("full", 100, 7),
        ("none", 100, 0),
        ("by_days", 0, 0),
        ("full", 0, 0),  # no day, no charge
        ("none", 364, 0),
        ("none", 365, 7),  # a whole year
        ("by_days", 366, 7),  # not more than that
        ("none", None, 7),
    ],
)
def test_the_charge_of_a_part_year(rule, given, charge):
    by_rule = FLEX.replace(annual_charge__part_year=rule)
    assert MAINTENANCE_CHARGE(by_rule, 0.2, None, given) == pytest.approx(charge, rel=1e-14)


def test_a_charge_in_cents():
    assert MAINTENANCE_CHARGE(FLEX.replace(carry__precision="cents"), 0.2781) == 9.73  # 35 x 0.2781 = 9.7335


def test_a_fraction_of_the_value_needs_the_value():
    given = {k: v for k, v in FLEX.given.items() if k != "annual_charge.dollars"}
    given |= {"annual_charge.form": "fraction_of_end_value", "annual_charge.rate": 0.002}
    by_rate = terms.Terms(given)
    assert MAINTENANCE_CHARGE(by_rate, None, 12_000) == pytest.approx(24)
    charged = terms.Terms({**given, "annual_charge.charged_fraction": 0.75})
    assert MAINTENANCE_CHARGE(charged, None, 12_000) == pytest.approx(18)
    with pytest.raises(MissingData, match=r"'account_value' is missing; the charge .* is a fraction of it"):
        MAINTENANCE_CHARGE(by_rate)


def test_the_waiver_of_a_single_charge():
    changed = {"annual_charge__waived_above": 50_000, "annual_charge__average_contract_size": 40_000}
    waived = FLEX.replace(**changed)
    assert MAINTENANCE_CHARGE(waived, 0.2, 50_000) == pytest.approx(7)  # not above it
    assert MAINTENANCE_CHARGE(waived, 0.2, 50_000.01) == 0
    with pytest.raises(MissingData, match=r"'account_value' is missing; .* waives the charge"):
        MAINTENANCE_CHARGE(waived, 0.2)


@pytest.mark.parametrize(
    ("share", "says"),
    [
        (27.82, r"got 27.82\); use 0.2782 for 27.82%\.$"),
        (100, r"got 100\); use 1 for 100%\.$"),
        (101, r"got 101\)\.$"),
        (-0.1, r"got -0.1\)\.$"),
    ],
)
def test_a_share_in_percent_is_refused(share, says):
    with pytest.raises(BadInput, match=says):
        MAINTENANCE_CHARGE(FLEX, share)


def test_no_share_of_the_charge_and_all_of_it():
    assert [MAINTENANCE_CHARGE(FLEX, share) for share in (0, 1)] == [0, 35]
    assert MAINTENANCE_CHARGE(FLEX.replace(annual_charge__dollars=0)) == 0  # nothing to have a share of


def test_a_redeemable_value_of_a_payment_of_ones_own():
    v = 2200 - 35 * 0.2
    assert REDEEMABLE_VALUE(FLEX, DAYS, LEVELS, 0.2, 2000) == pytest.approx(v - 0.08 * 0.9 * v)


@pytest.mark.parametrize("payment", [0, -5])
def test_a_payment_is_positive(payment):
    with pytest.raises(BadInput, match="'payment' must be positive"):
        REDEEMABLE_VALUE(FLEX, DAYS, LEVELS, 0.2, payment)


@pytest.mark.parametrize(
    ("days", "levels", "says"),
    [
        (DAYS, [10.0], "has 2 dates and 'unit_values' 1 value;"),
        (DAYS[:1], [10.0], "at least two dates"),
    ],
)
def test_a_unit_value_for_every_date(days, levels, says):
    with pytest.raises(BadInput, match=says):
        REDEEMABLE_VALUE(FLEX, days, levels, 0.2)


def test_a_missing_share_is_an_error_and_never_one():
    with pytest.raises(MissingData, match="A whole contract has share 1"):
        REDEEMABLE_VALUE(FLEX, DAYS, LEVELS)
    with pytest.raises(MissingData, match="A whole contract has share 1"):
        MAINTENANCE_CHARGE(FLEX)
