"""Rounding as a worksheet's ROUND: half away from zero on the shortest decimal, against Python's decimal on repr."""

import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from math import gcd
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xl_flexextra.calculation import tie_out
from xl_flexextra.calculation.returns import aatr, unit_value_return
from xl_flexextra.cells import rounding
from xl_flexextra.cells.rounding import (
    dollars_text,
    percent_text,
    round_half_away,
    rounded,
    rounded_percent,
    shortest,
    without_noise,
)


def by_decimal(number, decimals, rule=ROUND_HALF_UP):
    with localcontext(prec=400):
        return float(Decimal(repr(float(number))).quantize(Decimal(1).scaleb(-decimals), rule))


# by LibreOffice's and Excel's ROUND: the number, the digits, what the cell shows
@pytest.mark.parametrize(
    ("number", "decimals", "rounded"),
    [
        (1.005, 2, 1.01),
        (2.675, 2, 2.68),
        (-1.005, 2, -1.01),
        (0.12345, 4, 0.1235),
        (-0.12345, 4, -0.1235),
        (0.5, 0, 1.0),
        (1.5, 0, 2.0),
        (2.5, 0, 3.0),
        (-2.5, 0, -3.0),
        (1.0049999999, 2, 1.0),
        (25, -1, 30.0),
        (-25, -1, -30.0),
        (1234.5678, -2, 1200.0),
        (0.285, 2, 0.29),
        (1.115, 2, 1.12),
        (5.015, 2, 5.02),
        (0.00005, 4, 0.0001),
        (1e300, 4, 1e300),
        (123456789012345.6, 0, 123456789012346.0),
        (0.49999999999999994, 0, 0.0),
    ],
)
def test_known_cases(number, decimals, rounded):
    assert round_half_away(number, decimals) == rounded


def test_every_half_of_a_hundredth_percent_from_minus_ten_to_ten_percent():
    units = np.arange(-2001, 2001, 2)
    halves = [int(u) / 20000 for u in units]  # ±0.00005, ±0.00015 … as typed
    assert round_half_away(np.array(halves), 4).tolist() == [by_decimal(h, 4) for h in halves]
    away = [(abs(int(u)) + 1) // 2 / 10000 * (1 if u > 0 else -1) for u in units]
    assert round_half_away(np.array(halves), 4).tolist() == pytest.approx(away, abs=1e-15)


@pytest.mark.parametrize("decimals", [0, 1, 2, 3, 4, 6, -1, -3])
def test_thousands_of_random_values(decimals):
    random = np.random.default_rng(20080731 + decimals)
    scale = 10.0 ** random.integers(-4, 9, 4000)
    values = random.uniform(-1, 1, 4000) * scale
    typed = np.round(values, max(decimals + 1, 0))  # many of them end in a 5
    for some in (values, typed):
        assert round_half_away(some, decimals).tolist() == [by_decimal(x, decimals) + 0.0 for x in some]


@pytest.mark.parametrize("decimals", [0, 1, 2, 3])
def test_large_amounts_typed_with_a_five_at_the_end(decimals):
    """Up to the 15 digits of a cell, where the product with a power of ten is off by far more than for small ones."""
    random = np.random.default_rng(7 + decimals)
    typed = []
    for digits in range(4, 15 - decimals):
        whole = random.integers(10 ** (digits - 1), 10**digits, 300).tolist()
        typed += [f"{w}.{random.integers(10**decimals):0{decimals}d}5" if decimals else f"{w}.5" for w in whole]
    wanted = [float(Decimal(text).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)) for text in typed]
    assert round_half_away(np.array(typed, dtype=float), decimals).tolist() == wanted


def test_a_number_without_digits_behind_the_point_is_itself():
    random = np.random.default_rng(11)
    large = np.concatenate([2.0**52 + random.integers(0, 2**52, 2000), 10 ** random.uniform(16, 300, 2000)])
    for decimals in (0, 2, 4, 6):
        assert np.array_equal(round_half_away(-large, decimals), -large)
        assert np.array_equal(round_half_away(large, decimals), large)


@settings(max_examples=600)
@given(st.floats(-1e9, 1e9), st.integers(-3, 6))
@example(0.5000000000000001, 0)
@example(-0.0, 2)
def test_any_value(number, decimals):
    assert round_half_away(number, decimals) == by_decimal(number, decimals)


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_any_exact_half(whole, decimals):
    half = float(Decimal(2 * whole + 1) / 2 / Decimal(10) ** decimals)
    got = round_half_away(half, decimals)
    assert got == by_decimal(half, decimals)
    assert got == -round_half_away(-half, decimals)


def test_arrays_scalars_and_what_is_no_number():
    numbers = np.array([[1.005, -2.5], [np.nan, np.inf]])
    got = round_half_away(numbers, 0)
    assert got.shape == (2, 2)
    assert got[0].tolist() == [1.0, -3.0]
    assert np.isnan(got[1, 0])
    assert np.isinf(got[1, 1])
    assert isinstance(round_half_away(1.5), float)
    assert str(round_half_away(-0.001, 2)) == "0.0"  # no negative zero on a page


@settings(max_examples=400)
@given(st.floats(-10, 10), st.integers(0, 4), st.sampled_from(["half_away", "half_even"]))
def test_percentages(fraction, decimals, rule):
    wanted = by_decimal(fraction, decimals + 2, {"half_away": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}[rule])
    assert rounded_percent(fraction, decimals, rule) == float(Decimal(repr(wanted)).scaleb(2))


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(-0.1491, "-14.91%"), (0.12345, "12.35%"), (-0.12345, "-12.35%"), (-0.00001, "0.00%"), (0, "0.00%"), (1, "100.00%")],
)
def test_percent_text(fraction, text):
    assert percent_text(fraction) == text


def test_halves_to_even_where_terms_ask():
    assert [rounded_percent(x, 2, "half_even") for x in (0.12345, 0.12355, -0.12345)] == [12.34, 12.36, -12.34]
    assert percent_text(-0.00001, 2, "half_even") == "0.00%"  # no minus before nothing
    assert rounded_percent(1e300, 2, "half_even") == 1e302


def test_shortest():
    assert [shortest(x) for x in (35.0, 0.2782, -3.0, 1e20)] == ["35", "0.2782", "-3", "1e+20"]
    assert [shortest(x) for x in (1e15, -2e15, 9999999999999998.0)] == [
        "1000000000000000",
        "-2000000000000000",
        "9999999999999998",
    ]
    assert [shortest(x) for x in (1e16, 0.5, 1e-7)] == ["1e+16", "0.5", "1e-07"]


def test_exactly_one_printed_digit_apart_is_open_on_either_side():
    """rounding: less than one such digit. Decided on the decimals that a person reads, not on their binary neighbours."""
    for k in range(1, 3000):
        one, other = k / 10_000, (k + 1) / 10_000
        assert tie_out.verdict(one, other) == tie_out.verdict(other, one) == "open", k
        assert tie_out.verdict(-one, -other) == tie_out.verdict(-other, -one) == "open", k
    assert tie_out.verdict(0.12331, 0.1234) == "rounding"  # prints 12.33%, nine tenths of a digit below
    assert tie_out.verdict(0.1233 + 2e-17, 0.1234) == "open"  # noise is no difference
    assert tie_out.verdict(1.1233 - 1.0, 0.1234) == "open"
    assert tie_out.verdict(0.125, 0.13, 0) == "ties"  # 12.5% prints as 13%
    assert tie_out.verdict(0.12, 0.13, 0) == "open"
    assert tie_out.verdict(0.124, 0.13, 0) == "rounding"


def test_a_return_in_cents_that_ends_on_a_half_is_printed_away_from_zero():
    """1,000 -> 717.35 is -28.265%, which floating point misses by a bit: -0.28264999999999996."""
    from flexextra_udfs import CONTRACT_AATR, EXPLAIN_RETURN

    contract = [["annual_charge.form", "none"], ["cdsc.schedule", 0], ["carry.precision", "cents"]]
    values = [["date", "S"], ["2007-07-31", 10], ["2008-07-31", 7.1735]]
    assert CONTRACT_AATR(contract, values, "S", "2008-07-31", "1Y") == -0.28265
    assert "-28.27% for the period" in EXPLAIN_RETURN(contract, values, "S", "2008-07-31", "1Y")


def test_every_return_in_cents_on_a_half():
    from xl_flexextra.cells.rounding import without_noise

    cents = np.arange(5, 200_000, 10)  # 0.05, 0.15 … of 1,000
    away = [(abs(int(c) - 100_000) + 5) // 10 * (1 if c > 100_000 else -1) / 10_000 for c in cents]
    got = round_half_away(without_noise(cents / 100 / 1000 - 1), 4)
    assert got.tolist() == pytest.approx(away, abs=1e-15)


def test_a_year_in_cents_ties_to_its_own_print():
    """1,000 -> 717.35 is -28.265%, printed -28.27%: floating point has -0.28264999999999996, 1 printed digit off."""
    from flexextra_udfs import AATR, TIE_DIFFERENCE, TIE_VERDICT, UNIT_VALUE_RETURN

    assert AATR(1000, 717.35, 1) == UNIT_VALUE_RETURN(1000, 717.35) == -0.28265
    assert TIE_DIFFERENCE(AATR(1000, 717.35, 1), -0.2827) == 0
    assert TIE_DIFFERENCE(717.35 / 1000 - 1, -0.2827) == 0  # a figure of the user's own formula, too
    assert TIE_VERDICT(717.35 / 1000 - 1, -0.2827) == "ties"
    for payment in (1000, 2500, 10_000):
        k = np.arange(-50_000, 100_000)  # returns in thousandths of a percent, so that every tenth is a half
        away = (np.abs(k) + 5) // 10 * np.sign(k)
        wanted = [float(Decimal(int(unit)).scaleb(-4)) for unit in away]
        values = payment * (1 + k / 100_000)
        assert rounded(aatr(float(payment), values, 1.0), 4).tolist() == wanted
        few = slice(None, None, 25)  # the same one by one, as a cell's call
        got = [rounded_percent(AATR(payment, value, 1)) for value in values[few].tolist()]
        assert got == [float(Decimal(int(unit)).scaleb(-2)) for unit in away[few]]


RATES = [k / 2000 for k in range(1, 181)]  # 0.05%, 0.10% … 9%


def test_every_half_cent_of_a_rate_on_an_amount_goes_away_from_zero():
    """6% of 500.75 is 30.045, so 30.05: whole numbers decide, floating point has 30.044999999999998."""
    cents = np.arange(50_000, 200_000)  # 500.00 to 1,999.99
    halves = 0
    for rate in RATES:
        exact = cents * round(rate * 2000)  # in two thousandths of a cent
        half = exact % 2000 == 1000
        halves += half.sum()
        wanted = (exact + 1000) // 2000 / 100
        assert np.array_equal(rounded(rate * (cents / 100), 2), wanted), rate
    assert halves > 70_000


def test_charges_in_cents_by_every_way():
    contract = {"annual_charge.form": "none", "cdsc.base": "value", "carry.precision": "cents", "cdsc.thereafter": 0}
    from days_of import nine_columns
    from flexextra_udfs import CDSC_AMOUNT, FREE_WITHDRAWAL, MAINTENANCE_CHARGE, REDEEMABLE_VALUE

    terms = [*map(list, contract.items()), ["cdsc.schedule", 0.06]]
    assert CDSC_AMOUNT(terms, 1, 500.75) == 30.05
    # the same from a difference of large amounts: 1,000,500.75 less the free 1,000,000.00
    larger = [*terms, ["free_withdrawal.form", "percent_of_payments"], ["free_withdrawal.rate", 1]]
    assert CDSC_AMOUNT(larger, 1, 1_000_500.75, 1_000_000) == 30.05
    free = [*terms, ["free_withdrawal.form", "percent_of_value"], ["free_withdrawal.rate", 0.06]]
    assert FREE_WITHDRAWAL(free, 1, 500.75) == 30.05
    walked = [*terms, ["payment.amount", 500.75]]
    assert REDEEMABLE_VALUE(walked, ["2007-07-31", "2008-06-30"], [10, 10]) == 470.70
    path = nine_columns(walked, [["date", "S"], ["2007-07-31", 10], ["2008-07-31", 10]], "S", "2008-07-31", "1Y")
    assert path[-1][4:8] == [500.75, 0.0, 30.05, 470.70]
    share = [["annual_charge.form", "share"], ["annual_charge.dollars", 30], ["cdsc.schedule", 0]]
    assert MAINTENANCE_CHARGE([*share, ["carry.precision", "cents"]], 0.2015) == 6.05  # 6.045
    assert MAINTENANCE_CHARGE(share, 0.2015) == 6.045


def test_a_charge_is_not_waived_by_the_noise_of_the_value():
    """A value at the limit is not above it: 3 x 0.1 is 0.30000000000000004."""
    from days_of import nine_columns

    terms = [
        ["annual_charge.form", "average_size"], ["annual_charge.dollars", 100], ["cdsc.schedule", 0],
        ["annual_charge.average_contract_size", 1000], ["annual_charge.waived_above", 3000],
    ]  # fmt: skip
    for first, last in ((0.1, 0.3), (0.7, 2.1), (1.1, 3.3), (10.1, 30.3)):  # three times 1,000 is 3,000
        path = nine_columns(terms, [["date", "S"], ["2007-07-31", first], ["2008-07-31", last]], "S", "2008-07-31", "1Y")
        assert path[-1][3] == 100, (first, last)


def nearest_to_a_half(denominator, numerator):
    """Whole numbers u with numerator x u / denominator as near to a half as it gets, on either side, without being one."""
    for apart in (1, -1):  # 2 x numerator x u = denominator x odd + apart
        if denominator % 2 and gcd(2 * numerator, denominator) == 1:
            least = apart * pow(2 * numerator, -1, denominator) % denominator
            for u in (least, least + denominator):
                if (2 * numerator * u - apart) // denominator % 2:
                    yield u


def test_honest_unit_values_next_to_a_half_cent_are_rounded_as_they_are():
    """Dollars carried by unit values of eight digits, chosen to come as near to a half cent as they can."""
    random = np.random.default_rng(20080731)
    tried = 0
    for first in random.integers(10**7, 10**8, 3000).tolist():
        for dollars in (1000, 2500, 5000):
            for last in nearest_to_a_half(first, dollars * 100):
                exact = Fraction(dollars * 100 * last, first)
                wanted = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
                got = rounded(dollars * ((last / 1e6) / (first / 1e6)), 2)
                assert got == wanted / 100, (first, last, dollars)
                tried += 1
    assert tried > 3000


def test_honest_returns_next_to_a_half_are_rounded_as_they_are():
    """Returns of unit values of eight digits, chosen to come as near to half a hundredth of a percent as they can."""
    random = np.random.default_rng(20080731)
    tried = 0
    for first in random.integers(10**7, 10**8, 3000).tolist():
        for last in nearest_to_a_half(first, 10_000):
            exact = 10_000 * (Fraction(last, first) - 1)
            wanted = (1 if exact > 0 else -1) * ((2 * abs(exact) + 1) // 2)
            assert rounded_percent(unit_value_return(first / 1e6, last / 1e6)) == wanted / 100, (first, last)
            tried += 1
    assert tried > 1000


@settings(max_examples=400)
@given(st.floats(-1e6, 1e6), st.integers(0, 12))
def test_noise_is_cleared_alike_alone_and_in_arrays_and_never_moves_a_digit(number, places):
    alone = without_noise(number, places)
    assert without_noise(np.array([number]), places).tolist() == [alone]
    assert abs(alone - number) <= 5e-15 * max(1, abs(number))
    assert without_noise(alone, places) == alone
    if alone != number:
        assert alone == by_decimal(number, places)


def test_what_is_no_decimal_or_too_large_for_one_stays():
    for number in (1 / 3, np.pi, -0.2823456789012345, 1e15 / 3, 1.5e300, 12345678901.2345):
        assert without_noise(number) == number
    assert rounded(12345678901.2345, 2) == 12345678901.23
    assert rounded(12345678901.235, 2) == 12345678901.24
    assert rounded(25, -1) == 30
    assert np.isnan(without_noise(float("nan")))
    assert without_noise(float("inf")) == float("inf")


def test_dollars_are_printed_away_from_zero():
    assert [dollars_text(x) for x in (30.045, 0.06 * 500.75, 2.675, 1234567.125, -0.125)] == [
        "$30.05", "$30.05", "$2.68", "$1,234,567.13", "$-0.13",
    ]  # fmt: skip


def test_only_a_worksheets_own_round_leaves_noise_alone():
    """Whatever computes a figure rounds it by `rounded`; `round_half_away` is for a worksheet's ROUND of a given number."""
    package = Path(rounding.__file__).parents[1]
    users = [p.relative_to(package).as_posix() for p in package.rglob("*.py") if "round_half_away" in p.read_text("utf-8")]
    assert users == ["cells/rounding.py"]
    shown = re.compile(r"\{[^{}]*:,?\.[1-9]%\}|\{[^{}]*:,\.2f\}")  # figures; changes with their sign are found elsewhere
    by_hand = {p.relative_to(package).as_posix() for p in package.rglob("*.py") if shown.search(p.read_text("utf-8"))}
    assert by_hand <= {"cells/rounding.py", "cli/calc.py"}  # LibreOffice's own answer
