"""What a charge may take at most, and in cents: the walk and the redemption at their limits, by hand.

1,000 paid at a unit value of 10; 11 after a year, 9 after two, 12 after three. $35 a year at a share of 0.4 are $14.
"""

import pytest
from days_of import nine_columns
from flexextra_udfs import CDSC_AMOUNT

from xl_flexextra import terms

VALUES = [["date", "S"], ["2005-07-31", 10], ["2006-07-31", 11], ["2007-07-31", 9], ["2008-07-31", 12]]
FUNDS = [["fund", "sub-account inception"], ["S", "2005-07-31"]]
BASE = {
    "contract.name": "by share", "annual_charge.form": "share", "annual_charge.dollars": 35.0,
    "cdsc.schedule": [0.08, 0.08, 0.07], "cdsc.thereafter": 0.05,
    "free_withdrawal.form": "percent_of_value", "free_withdrawal.rate": 0.1,
}  # fmt: skip
V1 = 1086.0
V2 = V1 * 9 / 11 - 14
V3 = V2 * 12 / 9 - 14


def rows(years, share=0.4, **changed):
    by_terms = terms.Terms({**BASE, **{key.replace("__", "."): value for key, value in changed.items()}})
    return nine_columns(by_terms, VALUES, "S", f"{2005 + years}-07-31", "SI_SUBACCOUNT", [["S", share]], FUNDS)[1:]


def end(years, **changed):
    """Charge, value, free amount, CDSC and ERV on the last day."""
    return rows(years, **changed)[-1][3:8]


def close(*values):
    return pytest.approx(list(values) if len(values) > 1 else values[0], rel=1e-12)


def test_every_dollar_is_carried_in_cents():
    # 35 x 0.2781 = 9.7335; 0.333% of 1,100 = 3.663; 10% of 1,086.61 = 108.661; 8% of 977.95 = 78.236
    got = end(1, share=0.2781, rider__rate=0.00333, carry__precision="cents")
    assert got == close(9.73 + 3.66, 1086.61, 108.66, 78.24, 1086.61 - 78.24)


def test_a_rider_takes_no_more_than_the_annual_charge_has_left():
    # 20 -> 22, less 14: 8 are left, and 60% of 20 would be 12
    got = end(1, payment__amount=20, rider__rate=0.6, rider__base="payment")
    assert got == close(22, 0, 0, 0, 0)


def test_a_cdsc_before_the_annual_charge_is_on_the_value_after_the_rider():
    # the rider takes 11 of 1,100; CDSC on nine tenths of 1,089, of which a tenth is free; then 14
    cdsc = 0.08 * 0.9 * 1089
    got = end(1, cdsc__order="before_annual_charge", rider__rate=0.01)
    assert got == close(25, 1075, 108.9, cdsc, 1075 - cdsc)
    second = ((1100 - 25) * 9 / 11) * 0.99  # before the second charge of 14, after the rider
    cdsc = 0.08 * 0.9 * second
    assert end(2, cdsc__order="before_annual_charge", rider__rate=0.01)[3:] == close(cdsc, second - 14 - cdsc)


def test_what_is_free_beyond_the_base_is_no_credit():
    on_payment = terms.Terms({**BASE, "cdsc.base": "payment"})
    assert CDSC_AMOUNT(on_payment, 1, 20_000, 1000) == 0  # 2,000 are free
    assert CDSC_AMOUNT(on_payment, 1, 8_000, 1000) == close(0.08 * 200)
    # 20 -> 22, of which nine tenths are free, measured before the charge of 14: more than the 8 that are left
    for base in ("value", "payment", "lesser", "lesser_beyond_free"):
        changed = {"free_withdrawal__measured": "before_charge", "free_withdrawal__rate": 0.95, "cdsc__base": base}
        assert end(1, payment__amount=20, **changed)[3:] == close(0, 8)


def test_the_lesser_beyond_what_is_free_is_either():
    assert end(2, cdsc__base="lesser_beyond_free")[3] == close(0.08 * 0.9 * V2)  # 788 of 875
    assert end(3, cdsc__base="lesser_beyond_free")[3] == close(0.07 * 1000)  # 1,037 of 1,152 are more than was paid


def test_a_percent_of_payments_knows_no_earnings():
    of_payments = {"free_withdrawal__form": "percent_of_payments"}
    assert end(3, **of_payments)[2:4] == close(100, 0.07 * (V3 - 100))  # earnings of 152 are not free
    greater = {"free_withdrawal__form": "greater_of_earnings_and_percent_of_payments"}
    assert end(3, **greater)[2:4] == close(V3 - 1000, 0.07 * 1000)


def test_no_free_amount_at_all():
    none = {"free_withdrawal__form": "none", "free_withdrawal__rate": 0.0}
    assert end(2, **none)[2:4] == close(0, 0.08 * V2)


def test_the_year_of_redemption_and_its_rate():
    assert [end(years)[3] for years in (1, 2, 3)] == close(0.072 * V1, 0.072 * V2, 0.063 * V3)
    later = {"cdsc__anniversary": "completed_years"}
    assert [end(years, **later)[3] for years in (1, 2, 3)] == close(0.072 * V1, 0.063 * V2, 0.045 * V3)
