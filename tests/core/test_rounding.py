"""Rounding as a worksheet's ROUND: half away from zero on the shortest decimal, against Python's decimal on repr."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xl_flexextra import tie_out
from xl_flexextra.numbers import percent_text, round_half_away, rounded_percent, shortest


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
    for numbers in (values, typed):
        assert round_half_away(numbers, decimals).tolist() == [by_decimal(x, decimals) + 0.0 for x in numbers]


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


@settings(max_examples=600, deadline=None)
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


@settings(max_examples=400, deadline=None)
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
    from xl_flexextra.numbers import without_noise

    cents = np.arange(5, 200_000, 10)  # 0.05, 0.15 … of 1,000
    away = [(abs(int(c) - 100_000) + 5) // 10 * (1 if c > 100_000 else -1) / 10_000 for c in cents]
    got = round_half_away(without_noise(cents / 100 / 1000 - 1), 4)
    assert got.tolist() == pytest.approx(away, abs=1e-15)
