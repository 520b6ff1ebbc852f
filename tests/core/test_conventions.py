"""Each convention switched away from the contract's choice changes figures as a calculation by hand says.

The base contract: 1,000 paid on 31 July 2005 at a unit value of 10; 11 after a year, 9 after two, 12 after three, and 12.6
on 31 January 2009. The flexible contract's charge with a share of 0.4: 35 x 0.4 = 14 a year; CDSC 8, 8, 7, 6 ...
"""

import datetime

import pytest
from days_of import nine_columns
from flexextra_udfs import CDSC_AMOUNT, CONTRACT_AATR, CONTRACT_PATH, FREE_WITHDRAWAL, MAINTENANCE_CHARGE, REDEEMABLE_VALUE

from xl_flexextra import terms
from xl_flexextra.errors import BadInput, MissingData

LEVELS = {
    "2005-07-31": 10.0,
    "2005-10-31": 10.2,
    "2005-12-31": 10.5,
    "2006-01-31": 10.6,
    "2006-04-30": 10.8,
    "2006-07-31": 11.0,
    "2006-12-31": 10.0,
    "2007-07-31": 9.0,
    "2007-12-31": 10.0,
    "2008-07-31": 12.0,
    "2008-12-31": 12.5,
    "2009-01-31": 12.6,
}
VALUES = [["date", "S"], *([day, value] for day, value in LEVELS.items())]
FUNDS = [["fund", "sub-account inception"], ["S", "2005-07-31"]]
SHARES = [["S", 0.4]]
BASE = terms.load("flex_extra_flexible")
YEARS = {1: "2006-07-31", 2: "2007-07-31", 3: "2008-07-31", 3.5: "2009-01-31"}


def path(years, charges="all", **changed):
    by_terms = BASE.replace(**changed) if changed else BASE
    asked = (by_terms, VALUES, "S", YEARS[years], "SI_SUBACCOUNT", SHARES, FUNDS)
    if charges != "all":
        return CONTRACT_AATR(*asked, charges)
    return nine_columns(*asked)[-1]


def erv(years, **changed):
    return path(years, **changed)[7]


def rate(years, **changed):
    return path(years, **changed)[8]


def close(value):
    return pytest.approx(value, rel=1e-12)


# three years, held: 1000 -> 1100 - 14 -> 1086 * 9/11 - 14 -> 874.5454... * 12/9 - 14
V1 = 1086.0
V2 = V1 * 9 / 11 - 14
V3 = V2 * 12 / 9 - 14
V35 = V3 * 12.6 / 12 - 14  # a full charge for the half year, at redemption


def test_the_contracts_own_choices():
    assert erv(1) == close(V1 - 0.08 * 0.9 * V1)
    assert erv(2) == close(V2 - 0.08 * 0.9 * V2)
    assert erv(3) == close(V3 - 0.07 * 0.9 * V3)
    assert erv(3.5) == close(V35 - 0.06 * 0.9 * V35)  # in the fourth year
    assert rate(1) == close(erv(1) / 1000 - 1)
    assert rate(3) == close((erv(3) / 1000) ** (1 / 3) - 1)
    assert rate(3.5) == close((erv(3.5) / 1000) ** (365 / 1280) - 1)  # 1,280 days


# --- the payment --------------------------------------------------------------------------------------------


def test_a_front_end_load_comes_off_the_payment():
    v1 = 950 * 1.1 - 14  # 5% of 1,000; the return still counts from 1,000
    assert erv(1, payment__front_end_load=0.05) == close(v1 * 0.928)
    assert rate(1, payment__front_end_load=0.05) == close(v1 * 0.928 / 1000 - 1)


def test_a_bonus_is_credited_on_the_payment():
    assert erv(1, payment__bonus_rate=0.04) == close((1040 * 1.1 - 14) * 0.928)


def test_premium_tax_at_payment_or_at_redemption():
    assert erv(1, premium_tax__when="at_payment", premium_tax__rate=0.02) == close((980 * 1.1 - 14) * 0.928)
    got = erv(1, premium_tax__when="at_redemption", premium_tax__rate=0.02)
    assert got == close(V1 - 0.072 * V1 - 0.02 * V1)


def test_load_tax_and_bonus_are_each_of_the_payment_made():
    changed = {"payment__front_end_load": 0.05, "payment__bonus_rate": 0.04,
               "premium_tax__when": "at_payment", "premium_tax__rate": 0.02}  # fmt: skip
    assert path(1, **changed)[2] == close((1000 - 50 - 20 + 40) * 1.1)


def test_another_payment_does_not_scale_a_charge_in_dollars():
    assert erv(1, payment__amount=2000) == close((2200 - 14) * 0.928)


# --- how the annual charge reaches a sub-account ------------------------------------------------------------


def test_no_annual_charge():
    bare = {k: v for k, v in BASE.given.items() if not k.startswith("annual_charge")}
    free = terms.Terms({**bare, "annual_charge.form": "none"})
    got = nine_columns(free, VALUES, "S", YEARS[3], "SI_SUBACCOUNT", None, FUNDS)[-1]
    assert got[7] == close(1200 - 0.07 * 0.9 * 1200)


def test_dollars_by_average_contract_size():
    # 30 x 1,000 / 40,000 = 0.75, the published example; here of 83% of contracts
    changed = {"annual_charge__form": "average_size", "annual_charge__dollars": 30,
               "annual_charge__average_contract_size": 40_000}  # fmt: skip
    assert erv(1, **changed) == close((1100 - 0.75) * 0.928)
    assert erv(1, **changed, annual_charge__charged_fraction=0.83) == close((1100 - 0.75 * 0.83) * 0.928)
    assert erv(1, **changed, payment__amount=10_000) == close((11_000 - 7.5) * 0.928)


def by_fraction(form):
    given = {k: v for k, v in BASE.given.items() if k != "annual_charge.dollars"}
    return terms.Terms(given | {"annual_charge.form": form, "annual_charge.rate": 0.01})


def last_row(by_terms, years, shares=None):
    return nine_columns(by_terms, VALUES, "S", YEARS[years], "SI_SUBACCOUNT", shares, FUNDS)[-1]


def test_a_fraction_of_the_value_at_the_end_of_the_year():
    assert last_row(by_fraction("fraction_of_end_value"), 3)[4] == close(1200 * 0.99**3)


def test_a_fraction_of_the_value_at_the_start_of_the_year():
    v1 = 1100 - 10  # 1% of 1,000
    v2 = v1 * 9 / 11 - 0.01 * v1
    v3 = v2 * 12 / 9 - 0.01 * v2
    assert last_row(by_fraction("fraction_of_start_value"), 3)[4] == close(v3)


def test_the_waiver_is_tested_on_average_size_times_growth():
    # 40,000 grows to 44,000 in the first year, shrinks below, grows again: waived where above 43,000
    changed = {"annual_charge__average_contract_size": 40_000, "annual_charge__waived_above": 43_000}
    v2 = 1100 * 9 / 11 - 14  # year one waived, year two (36,000) not
    v3 = v2 * 12 / 9  # 40,000 x 1.181 = 47,253: waived
    assert path(3, **changed)[4] == close(v3)


def test_exactly_at_the_limit_is_not_above_it():
    changed = {"annual_charge__average_contract_size": 40_000}
    assert path(1, **changed, annual_charge__waived_above=44_000)[4] == close(1086)
    assert path(1, **changed, annual_charge__waived_above=43_999.99)[4] == close(1100)


# --- how and when it is taken -------------------------------------------------------------------------------


def test_units_are_cancelled_to_three_decimals():
    # 14 / 11 = 1.272727 -> 1.273 units; 14 / 9 = 1.555556 -> 1.556
    changed = {"annual_charge__taken_as": "units", "annual_charge__unit_decimals": 3}
    assert path(2, **changed)[4] == close((100 - 1.273 - 1.556) * 9)
    assert path(2, annual_charge__taken_as="units")[4] == close((100 - 14 / 11 - 14 / 9) * 9)


def test_the_charges_come_out_of_the_initial_payment():
    assert path(3, annual_charge__taken_as="from_payment")[4] == close((1000 - 3 * 14) * 1.2)


def test_charges_at_the_start_of_each_contract_year():
    # Morningstar: 14 at once, 14 after one and two years, none on the day of redemption
    v1 = (1000 - 14) * 1.1 - 14
    v2 = v1 * 9 / 11 - 14
    assert path(3, annual_charge__timing="start_of_contract_year")[4] == close(v2 * 12 / 9)


def test_charges_at_calendar_year_ends():
    # 153 days from 31 July to 31 December; then whole years; 212 days of 2007 and a full charge by the terms
    changed = {"annual_charge__timing": "calendar_year_end"}
    v = 1000 * 1.05 - 14 * 153 / 365
    v = v * 10 / 10.5 - 14
    assert path(2, **changed)[4] == close(v * 9 / 10 - 14)
    assert path(2, **changed, annual_charge__part_year="by_days")[4] == close(v * 9 / 10 - 14 * 212 / 365)
    assert path(2, **changed, annual_charge__final="not_taken")[4] == close(v * 9 / 10)
    full = (1050 - 14) * 10 / 10.5 - 14
    assert path(2, **changed, annual_charge__first_stub="full", annual_charge__part_year="none")[4] == close(full * 0.9)
    none = 1000 - 14
    assert path(2, **changed, annual_charge__first_stub="none", annual_charge__part_year="none")[4] == close(none * 0.9)


def test_a_calendar_year_from_one_year_end_to_the_next_is_no_stub():
    # 31 December 2005 to 2006: a whole year, though it is the first
    changed = {"annual_charge__timing": "calendar_year_end", "annual_charge__first_stub": "none"}
    got = nine_columns(BASE.replace(**changed), VALUES, "S", "2006-12-31", "1Y", SHARES, FUNDS)[-1]
    assert got[4] == close(1000 * 10 / 10.5 - 14)


def test_days_of_a_leap_year_count_366_where_asked():
    # 31 July 2005 to 31 July 2008; 31 December 2007 to 31 July 2008 are 213 days of a year of 366
    changed = {"annual_charge__timing": "calendar_year_end", "annual_charge__first_stub": "none"}
    v = ((1000 - 14) - 14) * 12 / 10  # 31 December 2006 and 2007 at a unit value of 10
    assert path(3, **changed, annual_charge__part_year="by_days_of_year")[4] == close(v - 14 * 213 / 366)
    assert path(3, **changed, annual_charge__part_year="by_days")[4] == close(v - 14 * 213 / 365)


def test_a_charge_at_the_end_of_each_contract_quarter():
    """A quarter of 14 on 31 October, 31 January, 30 April (a month end stays one) and 31 July."""
    quarterly = {"annual_charge__timing": "contract_quarter"}
    v = ((1000 * 1.02 - 3.5) * 10.6 / 10.2 - 3.5) * 10.8 / 10.6 - 3.5
    assert path(1, **quarterly)[4] == close(v * 11 / 10.8 - 3.5)
    assert path(1, **quarterly, annual_charge__final="not_taken")[4] == close(v * 11 / 10.8)
    stub = {
        "annual_charge__form": "fraction_of_end_value",
        "annual_charge__rate": 0.02,
        "annual_charge__part_year": "by_days",
    }
    terms_of_rate = {k: v for k, v in BASE.given.items() if k != "annual_charge.dollars"}
    by_rate = terms.Terms({**terms_of_rate, **{k.replace("__", "."): v for k, v in {**quarterly, **stub}.items()}})
    asked = (VALUES, "S", "2005-12-31", "SI_SUBACCOUNT", SHARES, FUNDS)
    held = 1020 * (1 - 0.005)
    assert CONTRACT_AATR(by_rate, *asked, "annual") == close(held * 10.5 / 10.2 / 1000 - 1)
    redeemed = held * 10.5 / 10.2 * (1 - 0.02 * 61 / 365)  # November and December
    assert nine_columns(by_rate, *asked)[-1][4] == close(redeemed)


def test_a_charge_at_the_end_of_each_month_is_measured_on_that_month():
    """Two months at 1% of the value with which each begins."""
    given = {"contract.name": "m", "annual_charge.form": "fraction_of_start_value", "annual_charge.rate": 0.12,
             "annual_charge.timing": "contract_month", "cdsc.schedule": [0]}  # fmt: skip
    values = [["date", "S"], ["2008-01-31", 10.0], ["2008-02-29", 11.0], ["2008-03-31", 12.0]]
    funds = [["fund", "sub-account inception"], ["S", "2008-01-31"]]
    first = 1000 * 1.1 - 10
    got = nine_columns(terms.Terms(given), values, "S", "2008-03-31", "SI_SUBACCOUNT", None, funds)
    assert [row[4] for row in got[1:]] == [1000, close(first), close(first * 12 / 11 - first * 0.01)]
    assert got[-1][8] == close((first * 12 / 11 - first * 0.01) / 1000 - 1)


def test_a_cumulative_return_is_not_annualised():
    assert rate(3, years__long_period="cumulative") == close(erv(3) / 1000 - 1)
    assert rate(3.5, years__long_period="cumulative") == close(erv(3.5) / 1000 - 1)
    assert path(3, "asset", years__long_period="cumulative") == close(0.2)


def test_a_charge_only_at_redemption():
    assert path(3, annual_charge__timing="redemption")[4] == close(1200 - 14)
    changed = {"annual_charge__timing": "redemption", "annual_charge__part_year": "by_days"}
    assert path(3.5, **changed)[4] == close(1260 - 14 * 184 / 365)


def test_the_final_charge_may_be_left_out():
    assert path(1, annual_charge__final="not_taken")[4] == close(1100)
    assert path(3, annual_charge__final="not_taken")[4] == close(V2 * 12 / 9)
    assert path(3.5, annual_charge__final="not_taken")[4] == close(V3 * 12.6 / 12)


@pytest.mark.parametrize(
    ("rule", "weight"), [("full", 1), ("by_days", 184 / 365), ("by_days_of_year", 184 / 365), ("none", 0)]
)
def test_the_charge_of_a_part_year(rule, weight):
    assert path(3.5, annual_charge__part_year=rule)[4] == close(V3 * 12.6 / 12 - 14 * weight)


def test_a_contract_that_is_held_bears_no_charge_that_only_redemption_makes_due():
    assert path(3.5, "annual") == close((V3 * 12.6 / 12 / 1000) ** (365 / 1280) - 1)
    assert path(3, "annual") == close((V3 / 1000) ** (1 / 3) - 1)
    assert path(3, "annual", annual_charge__timing="redemption") == close(1.2 ** (1 / 3) - 1)
    assert path(3, "annual", annual_charge__final="not_taken") == close((V3 / 1000) ** (1 / 3) - 1)


def test_charges_take_no_more_than_there_is():
    # 20 paid in: 22 - 14 = 8, 8 x 9 / 11 = 6.55 is less than 14: nothing is left, and nothing comes back
    assert path(1, payment__amount=20)[4] == close(8)
    rows = nine_columns(BASE.replace(payment__amount=20), VALUES, "S", YEARS[3], "SI_SUBACCOUNT", SHARES, FUNDS)[1:]
    assert [row[4] for row in rows] == close([20, 8, 0, 0])
    assert [row[3] for row in rows] == close([0, 14, 8 * 9 / 11, 0])
    assert rows[-1][7:] == [0.0, -1.0]
    with pytest.raises(BadInput, match="take all of 'payment'"):
        path(2, payment__amount=20, annual_charge__taken_as="from_payment")


def test_cdsc_and_tax_take_no_more_than_there_is():
    changed = {"payment__amount": 20, "cdsc__base": "payment", "free_withdrawal__full_surrender": "none"}
    last = path(1, **changed, cdsc__schedule=[0.5])  # 50% of 20 is more than the 8 that are left
    assert (last[6], last[7]) == (close(8), 0.0)
    taxed = path(1, **changed, cdsc__schedule=[0.3], premium_tax__when="at_redemption", premium_tax__rate=0.9)
    assert (taxed[6], taxed[7]) == (close(6), 0.0)  # 6 + 7.20 of 8


def test_a_free_amount_is_no_more_than_the_value():
    changed = {"payment__amount": 20, "free_withdrawal__form": "percent_of_payments", "free_withdrawal__rate": 0.5}
    assert path(1, **changed)[5] == close(8)  # 50% of 20 is 10
    assert path(1, **changed)[7] == close(8)


# --- riders -------------------------------------------------------------------------------------------------


def test_a_rider_of_the_value():
    assert path(1, rider__rate=0.01)[4] == close(1100 - 14 - 11)  # of the value before that day's charges


def test_a_rider_of_the_payment():
    assert path(2, rider__rate=0.01, rider__base="payment")[4] == close((1086 - 10) * 9 / 11 - 14 - 10)


def test_a_rider_of_the_highest_anniversary_value():
    # 1,100 at the first anniversary stays the base at the second
    changed = {"rider__rate": 0.01, "rider__base": "highest_anniversary_value"}
    assert path(2, **changed)[4] == close((1100 - 14 - 11) * 9 / 11 - 14 - 11)


def test_a_rider_at_the_start_of_the_year():
    assert path(1, rider__rate=0.01, rider__timing="start_of_contract_year")[4] == close(990 * 1.1 - 14)


def test_a_rider_by_contract_quarters():
    v = 1000.0
    for before, now in ((10, 10.2), (10.2, 10.6), (10.6, 10.8), (10.8, 11)):
        v = v * now / before * (1 - 0.01 / 4)
    assert path(1, rider__rate=0.01, rider__timing="contract_quarter")[4] == close(v - 14)


@pytest.mark.parametrize(("rule", "weight"), [("full", 1), ("by_days", 184 / 365), ("none", 0)])
def test_a_rider_of_a_part_year(rule, weight):
    changed = {"rider__rate": 0.01, "rider__base": "payment", "rider__part_year": rule, "annual_charge__dollars": 0}
    held = ((1000 * 1.1 - 10) * 9 / 11 - 10) * 12 / 9 - 10
    assert path(3.5, **changed)[4] == close(held * 12.6 / 12 - 10 * weight)


# --- CDSC and the free withdrawal amount --------------------------------------------------------------------


def test_the_rate_on_the_anniversary_itself():
    assert erv(2, cdsc__anniversary="completed_years") == close(V2 - 0.07 * 0.9 * V2)  # the third rate
    assert erv(3.5, cdsc__anniversary="completed_years") == erv(3.5)  # between anniversaries nothing changes


def test_the_base_of_the_cdsc():
    # the free amount is 10% of the value; V3 = 1,152, V2 = 875
    assert erv(3, cdsc__base="payment") == close(V3 - 0.07 * (1000 - 0.1 * V3))
    assert erv(3, cdsc__base="lesser") == close(V3 - 0.07 * (1000 - 0.1 * V3))
    assert erv(2, cdsc__base="lesser") == close(V2 - 0.08 * (V2 - 0.1 * V2))
    assert erv(3, cdsc__base="lesser_beyond_free") == close(V3 - 0.07 * min(0.9 * V3, 1000))


def test_cdsc_before_the_annual_charge():
    order = {"cdsc__order": "before_annual_charge", "free_withdrawal__measured": "before_charge"}
    assert erv(1, **order) == close(1100 - 0.08 * 0.9 * 1100 - 14)


def test_the_free_amount_measured_before_the_charge():
    assert erv(1, free_withdrawal__measured="before_charge") == close(1086 - 0.08 * (1086 - 110))


def test_the_forms_of_the_free_amount():
    assert erv(1, free_withdrawal__form="percent_of_payments") == close(1086 - 0.08 * (1086 - 100))
    earnings = {"free_withdrawal__form": "greater_of_earnings_and_percent_of_payments"}
    assert erv(3, **earnings) == close(V3 - 0.07 * (V3 - (V3 - 1000)))  # earnings of 152 are more than 100
    assert erv(1, **earnings) == close(1086 - 0.08 * (1086 - 100))  # earnings of 86 are less
    assert erv(3, **earnings, cdsc__base="lesser_beyond_free") == close(V3 - 0.07 * 1000)


def test_a_free_amount_of_the_value_on_the_prior_anniversary():
    """Redeemed after three years, the third began with V2; after three and a half, the fourth with V3."""
    prior = {"free_withdrawal__form": "percent_of_prior_anniversary_value"}
    assert erv(1, **prior) == close(V1 - 0.08 * (V1 - 100))  # in the first year: what was invested
    assert erv(1, **prior, payment__front_end_load=0.05) == close(
        950 * 1.1 - 14 - 0.08 * (950 * 1.1 - 14 - 95)
    )  # less the load
    assert erv(2, **prior) == close(V2 - 0.08 * (V2 - 0.1 * V1))
    assert erv(3, **prior) == close(V3 - 0.07 * (V3 - 0.1 * V2))
    assert erv(3.5, **prior) == close(V35 - 0.06 * (V35 - 0.1 * V3))
    # on an anniversary the year that begins may count: then it is that day's own value
    assert erv(2, **prior, cdsc__anniversary="completed_years") == close(V2 - 0.07 * 0.9 * V2)
    # also without any charge on the anniversary
    bare = {k: v for k, v in BASE.given.items() if not k.startswith("annual_charge")} | {"annual_charge.form": "none"}
    bare = terms.Terms({**bare, "free_withdrawal.form": prior["free_withdrawal__form"]})
    got = nine_columns(bare, VALUES, "S", YEARS[2], "SI_SUBACCOUNT", None, FUNDS)[-1][7]
    assert got == close(900 - 0.08 * (900 - 0.1 * 1100))


def test_the_free_amount_of_the_prior_anniversary_is_at_most_the_value_and_needs_that_value():
    prior = BASE.replace(free_withdrawal__form="percent_of_prior_anniversary_value", free_withdrawal__rate=1.0)
    assert FREE_WITHDRAWAL(prior, 2, 1000, None, 0, 1200) == 1000
    assert CDSC_AMOUNT(BASE.replace(free_withdrawal__form="percent_of_prior_anniversary_value"), 2, 1000, None, 0, 1200) == (
        close(0.08 * (1000 - 120))
    )
    with pytest.raises(MissingData, match="'anniversary_value' is missing"):
        FREE_WITHDRAWAL(prior, 2, 1000)
    with pytest.raises(BadInput, match="'anniversary_value' must not be negative"):
        FREE_WITHDRAWAL(prior, 2, 1000, None, 0, -1)


UNUSED = {k: v for k, v in BASE.given.items() if k != "free_withdrawal.rate"}


@pytest.mark.parametrize(
    "rows",
    [
        [["free_withdrawal.schedule", "10%; 20%; 50%"]],
        [["free_withdrawal.schedule", 0.1, 0.2, 0.5]],
        [["free_withdrawal.schedule", "10%, 20%, 50% thereafter"]],
        [["free_withdrawal.schedule.1", 0.1], ["free_withdrawal.schedule.2", 0.2], ["free_withdrawal.schedule.3", "50%"]],
    ],
)
def test_a_free_amount_that_adds_up_from_year_to_year(rows):
    """10% in the first contract year, 20% in the second, 50% from the third: unused amounts are not lost (AEGON)."""
    others = [row[:2] for row in BASE.rows() if row[0] != "free_withdrawal.rate"]
    by_year = terms.from_rows([*others, *rows])
    assert by_year == terms.from_rows([list(row) for row in by_year.rows()])
    asked = (by_year, VALUES, "S")
    erv_of = [nine_columns(*asked, YEARS[y], "SI_SUBACCOUNT", SHARES, FUNDS)[-1][7] for y in (1, 2, 3, 3.5)]
    assert erv_of[0] == close(V1 - 0.08 * 0.9 * V1)
    assert erv_of[1] == close(V2 - 0.08 * 0.8 * V2)
    assert erv_of[2] == close(V3 - 0.07 * 0.5 * V3)
    assert erv_of[3] == close(V35 - 0.06 * 0.5 * V35)  # the fourth year: the last one goes on
    assert FREE_WITHDRAWAL(by_year, 2, 1000) == close(200)
    assert terms.Terms({**UNUSED, "free_withdrawal.schedule": [0.1, 0.2, 0.5]}) == by_year


def test_nothing_free_in_year_one_or_on_full_surrender():
    assert erv(1, free_withdrawal__year_one="none") == close(1086 - 0.08 * 1086)
    assert erv(2, free_withdrawal__year_one="none") == erv(2)
    assert erv(2, free_withdrawal__full_surrender="none") == close(V2 - 0.08 * V2)


# --- the number of years ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("basis", "n"),
    [
        ("whole_else_days_365", 1280 / 365),
        ("whole_else_days_365_25", 1280 / 365.25),
        ("whole_else_actual_actual", 914 / 365 + 366 / 366),  # 2008 is a leap year
        ("whole_else_thirty_360", 3.5),
        ("whole_plus_days_365", 3 + 184 / 365),
        ("days_365", 1280 / 365),
    ],
)
def test_the_number_of_years(basis, n):
    assert rate(3.5, years__basis=basis) == close((erv(3.5) / 1000) ** (1 / n) - 1)


@pytest.mark.parametrize(("basis", "n"), [("days_365", 1096 / 365), ("days_365_25", 1096 / 365.25), ("thirty_360", 3)])
def test_whole_years_are_exact_only_where_asked(basis, n):
    assert rate(3, years__basis=basis) == close((erv(3) / 1000) ** (1 / n) - 1)


def test_any_payment_in_a_call_is_the_payment_of_the_terms():
    """10,000 at 11 / 10, less 14, is 10,986; 8% of 90% of it leave 10,195.008."""
    asked = (BASE, VALUES, "S", YEARS[1], "SI_SUBACCOUNT", SHARES, FUNDS)
    assert CONTRACT_PATH(*asked, payment=10_000)[-1][7] == close(10_986 - 0.08 * 0.9 * 10_986)
    assert CONTRACT_PATH(*asked, payment=10_000) == CONTRACT_PATH(BASE.replace(payment__amount=10_000), *asked[1:])
    assert CONTRACT_AATR(*asked, payment=10_000) == close((10_986 - 0.08 * 0.9 * 10_986) / 10_000 - 1)
    assert CONTRACT_AATR(*asked, payment=1000) == CONTRACT_AATR(*asked)
    for wrong in (0, -5):
        with pytest.raises(BadInput, match="'payment' must be positive"):
            CONTRACT_AATR(*asked, payment=wrong)


def test_n_rounded_first():
    assert rate(3.5, years__decimals=2) == close((erv(3.5) / 1000) ** (1 / 3.51) - 1)
    assert rate(3.5, years__decimals=0) == close((erv(3.5) / 1000) ** (1 / 4) - 1)


def test_a_short_period_annualised():
    days = 153  # 31 July to 31 December 2005
    asked = (VALUES, "S", "2005-12-31", "SI_SUBACCOUNT", SHARES, FUNDS)
    value = (1050 - 14) * 0.928
    assert CONTRACT_AATR(BASE, *asked) == close(value / 1000 - 1)
    annualised = BASE.replace(years__short_period="annualised")
    assert CONTRACT_AATR(annualised, *asked) == close((value / 1000) ** (365 / days) - 1)


# --- dates, carry, rounding ---------------------------------------------------------------------------------


def test_the_unit_value_of_a_day_that_has_none():
    # 31 July 2005 was a Sunday: here the 29th and the 1st have values
    rows = [["date", "S"], ["2005-07-29", 9.9], ["2005-08-01", 10.1], ["2006-07-31", 11.0]]
    asked = (rows, "S", "2006-07-31", "1Y", SHARES)
    got = {}
    for rule in ("on_or_before", "on_or_after"):
        got[rule] = CONTRACT_AATR(BASE.replace(valuation__rule=rule), *asked, charges="asset")
    assert got == {"on_or_before": close(11 / 9.9 - 1), "on_or_after": close(11 / 10.1 - 1)}
    with pytest.raises(MissingData, match="no unit value of S on 2005-07-31"):
        CONTRACT_AATR(BASE.replace(valuation__rule="exact"), *asked)
    with pytest.raises(MissingData, match="within 1 day of 2005-07-31"):
        CONTRACT_AATR(BASE.replace(valuation__max_age_days=1), *asked)


def test_dollars_carried_in_cents():
    v1 = 1100 - 14.0
    v2 = round(v1 * 9 / 11, 2) - 14  # 888.545454 -> 888.55
    v3 = round(v2 * 12 / 9, 2) - 14
    free = round(0.1 * v3, 2)
    assert path(3, carry__precision="cents")[4] == close(v3)
    assert path(3, carry__precision="cents")[5] == free != pytest.approx(0.1 * v3, abs=1e-4)
    assert erv(3, carry__precision="cents") == close(v3 - round(0.07 * (v3 - free), 2))


def test_a_bonus_in_cents_is_rounded_on_its_shortest_decimal():
    # 45 + 1.3% = 45 + 0.585 = 45.585 -> 45.59; in binary 45 x 1.013 falls just short of it
    changed = {"payment__amount": 45, "payment__bonus_rate": 0.013, "carry__precision": "cents"}
    rows = nine_columns(BASE.replace(**changed), VALUES, "S", YEARS[1], "SI_SUBACCOUNT", SHARES, FUNDS)[1:]
    assert rows[0][4] == 45.59


def test_terms_that_change_by_effective_date():
    """The charge of 14 becomes 8 on 1 January 2007, and the third rate 5%; the share doubles on 31 July 2008."""
    change = (datetime.date(2007, 1, 1), {"annual_charge.dollars": 20.0, "cdsc.schedule": [0.06, 0.06, 0.05, 0.04]})
    changed = terms.Terms(BASE.given, [change])
    shares = [[None, "S", 0.4], ["2008-07-31", "S", 0.8]]
    shares[0][0] = "1990-01-01"
    v2 = 1086 * 9 / 11 - 20 * 0.4
    v3 = v2 * 12 / 9 - 20 * 0.8
    assert last_row(changed, 3, shares)[7] == close(v3 - 0.05 * 0.9 * v3)
    at_payment = terms.Terms({**BASE.given, "cdsc.in_force": "payment"}, [change])
    assert last_row(at_payment, 3, shares)[7] == close(v3 - 0.07 * 0.9 * v3)


def test_a_rider_that_begins_on_a_later_day():
    given = {**BASE.given, "rider.timing": "contract_quarter", "rider.base": "payment"}
    later = terms.Terms(given, [(datetime.date(2006, 1, 31), {"rider.rate": 0.01})])
    # quarters on 31 October (not yet), 31 January, 30 April, 31 July
    v = 1000 * 10.6 / 10 - 2.5
    v = v * 10.8 / 10.6 - 2.5
    assert last_row(later, 1, SHARES)[4] == close(v * 11 / 10.8 - 2.5 - 14)


def test_a_later_rider_knows_the_highest_value_from_before_it_began():
    given = {**BASE.given, "rider.base": "highest_anniversary_value", "annual_charge.dollars": 0.0}
    later = terms.Terms(given, [(datetime.date(2007, 1, 1), {"rider.rate": 0.01})])
    assert last_row(later, 2, SHARES)[4] == close(900 - 0.01 * 1100)  # 1,100 on the first anniversary, without a charge


def test_percentages_rounded_half_to_even_where_asked():
    from xl_flexextra.cells.rounding import percent_text

    assert percent_text(0.12345, 2, "half_even") == "12.34%"
    assert percent_text(0.12345, 2, "half_away") == "12.35%"


# --- one charge at a time agrees with the walk --------------------------------------------------------------


def test_charges_one_at_a_time_are_those_of_the_walk():
    _, _, _, charge, value, free, cdsc, _, _ = path(3)
    assert MAINTENANCE_CHARGE(BASE, 0.4) == close(charge)
    assert FREE_WITHDRAWAL(BASE, 3, value) == close(free)
    assert CDSC_AMOUNT(BASE, 3, value) == close(cdsc)


@pytest.mark.parametrize(("value", "charge"), [(49_999, 14.0), (50_000, 14.0), (50_000.01, 0.0)])
def test_a_charge_is_waived_above_a_contract_value(value, charge):
    """In the cell the contract's own value decides; 35 x 0.4 otherwise."""
    waiving = BASE.replace(annual_charge__average_contract_size=40_000, annual_charge__waived_above=50_000)
    assert MAINTENANCE_CHARGE(waiving, 0.4, value) == close(charge)
    with pytest.raises(MissingData, match="'account_value' is missing"):
        MAINTENANCE_CHARGE(waiving, 0.4)


@pytest.mark.parametrize(("limit", "charge"), [(43_999.99, 0.0), (44_000, 14.0)])
def test_the_walk_waives_by_the_average_contract_grown_as_the_payment_has(limit, charge):
    """1,000 have grown to 1,100, so the average contract of 40,000 to 44,000: not above 44,000, above a cent less."""
    changed = {"annual_charge__average_contract_size": 40_000, "annual_charge__waived_above": limit}
    assert path(1, **changed)[3] == close(charge)


def test_a_fraction_of_value_is_that_of_what_the_payment_has_grown_to():
    by_value = terms.Terms({"contract.name": "n", "annual_charge.form": "fraction_of_end_value",
                            "annual_charge.rate": 0.01, "cdsc.schedule": [0]})  # fmt: skip
    assert MAINTENANCE_CHARGE(by_value, None, 1100) == close(11.0)


def test_of_terms_that_change_the_newest_values_count():
    later = terms.Terms(BASE.given, [(datetime.date(2006, 1, 1), {"annual_charge.dollars": 40.0, "cdsc.schedule": [0.06]})])
    assert MAINTENANCE_CHARGE(later, 0.4) == close(16.0)  # 40 x 0.4
    assert CDSC_AMOUNT(later, 1, 1000) == close(54.0)  # 6% x 900


def test_only_days_on_which_something_is_taken_need_a_unit_value():
    bare = {k: v for k, v in BASE.given.items() if not k.startswith("annual_charge")}
    no_charge = terms.Terms({**bare, "annual_charge.form": "none"})
    two = (["2005-07-31", "2008-07-31"], [10.0, 12.0])
    assert REDEEMABLE_VALUE(no_charge, *two) == close(1200 * (1 - 0.063))
    assert REDEEMABLE_VALUE(BASE.replace(annual_charge__timing="redemption"), *two, 0.4) == close(1186 * (1 - 0.063))
    with pytest.raises(MissingData, match="2006-07-31"):
        REDEEMABLE_VALUE(BASE, *two, 0.4)


# --- an inception on a day without a unit value --------------------------------------------------------------

LATE = [["date", "S"], ["2005-08-01", 10.0], ["2006-07-29", 11.0], ["2006-07-31", 11.2]]  # 30 July 2005 was a Saturday
SATURDAY = [["fund", "sub-account inception", "fund inception"], ["S", "2005-07-30", "2005-07-20"]]
FIRST = {"valuation__inception": "first_value"}


def since(which, values=LATE, funds=SATURDAY, as_of="2006-07-31", **changed):
    return CONTRACT_AATR(BASE.replace(**changed), values, "S", as_of, which, SHARES, funds, "asset")


@pytest.mark.parametrize("policy", ["error", "blank", "since_subaccount"])
def test_an_inception_on_a_saturday_takes_mondays_value_where_the_terms_say_so(policy):
    changed = {**FIRST, "periods__without_history": policy}
    assert since("SI_SUBACCOUNT", **changed) == close(1.12 ** (365 / 366) - 1)  # 366 days, from the Saturday
    assert since("SI_SUBACCOUNT", as_of="2006-07-30", **changed) == close(0.1)  # a whole year, to Saturday's value
    assert since("10Y_OR_SI_SUBACCOUNT", **changed) == close(1.12 ** (365 / 366) - 1)


def test_the_value_after_an_inception_is_no_one_elses():
    """It stands for the day of inception only: no other start, not from further away, and never unless it is chosen."""
    with pytest.raises(MissingData, match=r"the first is of 2005-08-01, which 'valuation\.inception' of the terms may take"):
        since("SI_SUBACCOUNT")
    assert since("SI_SUBACCOUNT", valuation__rule="on_or_after") == close(1.12 ** (365 / 366) - 1)
    with pytest.raises(MissingData, match="on or before 2005-07-31; the first is of 2005-08-01"):
        since("1Y", **FIRST)
    with pytest.raises(MissingData, match="on or before 2005-07-20"):
        since("SI_FUND", **FIRST)  # twelve days before
    assert since("SI_FUND", **FIRST, valuation__max_age_days=12) == close(1.12 ** (365 / 376) - 1)
    assert since("1Y", **FIRST, periods__without_history="blank") == ""
