"""Ranges as people keep them: totals rows, funds called 'Total', names used twice, tables that lie in rows."""

import datetime

import pytest
from flexextra_udfs import (
    ADJUSTED_UNIT_VALUES,
    CONTRACT_AATR,
    DECLARED_RATE,
    REDEEMABLE_VALUE,
    UNIT_VALUE_AT,
)

from xl_flexextra import catalogue
from xl_flexextra.errors import NA, BadInput, MissingData
from xl_flexextra.functions import registry
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.shares import Shares

F, JULY = "flex_extra_flexible", "2008-07-31"
VALUES = [["date", "EQUITY", "BLEND", "TOTAL_RETURN"], ["2007-07-31", 10, 10, 10], [JULY, 11, 12, 13]]


def after_charges(growth, share):
    """1,000 over a year at $35 x share; 8% of nine tenths of what is left are taken."""
    return (1000 * growth - 35 * share) * 0.928 / 1000 - 1


def aatr(fund, shares, funds=None, values=VALUES):
    return CONTRACT_AATR(F, values, fund, JULY, "1Y", shares, funds)


# --- totals rows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "last", [["Total", 0.5], ["TOTALS:", 0.5], ["Grand total", 0.5], ["Sum", "50%"], [None, 0.5], ["total", 0.50004]]
)
def test_a_totals_row_of_shares_is_skipped(last):
    shares = [["fund", "share"], ["EQUITY", 0.3], ["BLEND", 0.2], last]
    assert aatr("EQUITY", shares) == pytest.approx(after_charges(1.1, 0.3), rel=1e-12)
    with pytest.raises(MissingData, match="no share of TOTAL_RETURN"):
        aatr("TOTAL_RETURN", shares)


@pytest.mark.parametrize("name", ["TOTAL_RETURN", "Total Return Bond", "Total", "Sum", "totals"])
def test_a_fund_whose_name_begins_with_total_keeps_its_share(name):
    values = [["date", "EQUITY", "BLEND", name], *VALUES[1:]]
    for shares in (
        [["fund", "share"], ["EQUITY", 0.3], ["BLEND", 0.2], [name, 0.4]],
        [["fund", "share"], ["EQUITY", 0.3], ["BLEND", 0.1], [name, 0.4]],  # the sum of the others, by chance
        [["fund", "share"], [name, 0.4]],
        [["date", "fund", "share"], ["2000-01-01", "EQUITY", 0.3], ["2000-01-01", name, 0.4]],
    ):
        assert aatr(name, shares, values=values) == pytest.approx(after_charges(1.3, 0.4), rel=1e-12)


def test_totals_rows_below_shares_with_dates():
    shares = [["date", "fund", "share"], ["2000-01-01", "EQUITY", 0.3], ["2000-01-01", "BLEND", 0.7]]
    for last in (["Total", None, 1.0], ["Total", "", None], [None, "Total", 1.0], ["2000-01-01", "Total", 1.0]):
        assert aatr("EQUITY", [*shares, last]) == pytest.approx(after_charges(1.1, 0.3), rel=1e-12)
    with pytest.raises(MissingData, match="no date in row 4"):
        aatr("EQUITY", [*shares, [None, "BOND", 0.2]])
    with pytest.raises(MissingData, match="no fund in row 4"):
        aatr("EQUITY", [["fund", "share"], ["EQUITY", 0.3], ["BLEND", 0.2], [None, 0.4]])


def test_a_row_of_unit_values_is_a_totals_row_only_where_it_says_so():
    for last in (["Total", 21, 22, 23], ["Total:", None, None, None], ["", "", "", ""]):
        assert UNIT_VALUE_AT([*VALUES, last], "EQUITY", "2009-01-01") == 11
    for blank in (None, ""):  # a date not filled in yet
        with pytest.raises(MissingData, match="no date in row 4"):
            UNIT_VALUE_AT([*VALUES, [blank, 12, 13, 14]], "EQUITY", "2009-01-01")
    with pytest.raises(BadInput, match="row 4' must be a date"):
        UNIT_VALUE_AT([*VALUES, ["Total Return", 12, 13, 14]], "EQUITY", "2009-01-01")


def test_long_unit_values_of_a_fund_called_total():
    by_fund = [["fund", "date", "unit value"], ["A", "2007-07-31", 10], ["Total Return", "2007-07-31", 12]]
    assert UNIT_VALUE_AT(by_fund, "Total Return", "2007-07-31") == 12
    by_fund[-1][0] = "Total"
    assert UNIT_VALUE_AT(by_fund, "Total", "2007-07-31") == 12
    assert UNIT_VALUE_AT([*by_fund, ["Total", None, 22]], "A", "2007-07-31") == 10
    by_date = [["date", "fund", "unit value"], ["2007-07-31", "A", 10], ["2007-07-31", "Total", 12]]
    assert UNIT_VALUE_AT(by_date, "Total", "2007-07-31") == 12
    for last in (["Total", None, 22], [None, "Total", 22]):
        assert UNIT_VALUE_AT([*by_date, last], "A", "2007-07-31") == 10


# --- one fund, several names ----------------------------------------------------------------------------------

NAMES = [["fund", "printed_name", "aliases"], ["EQUITY", "MML Equity", "Old Equity; Older"], ["BLEND", "MML Blend", ""]]


def test_two_shares_of_a_fund_under_two_of_its_names_are_refused():
    for other in ("MML Equity", "older"):
        with pytest.raises(BadInput, match=f"'shares' has EQUITY twice, as .*{other}.*; keep one row"):
            aatr("EQUITY", [["EQUITY", 0.2], [other, 0.3], ["BLEND", 0.1]], NAMES)
    dated = [["2000-01-01", "Older", 0.2], ["2001-01-01", "EQUITY", 0.3]]
    assert aatr("EQUITY", dated, NAMES) == pytest.approx(after_charges(1.1, 0.3), rel=1e-12)  # renamed: the later counts
    with pytest.raises(BadInput, match="EQUITY from 2001-01-01 twice"):
        aatr("EQUITY", [*dated, ["2001-01-01", "MML Equity", 0.3]], NAMES)


def test_a_fund_of_the_unit_values_comes_before_anothers_alias():
    funds = [["fund", "aliases"], ["EQUITY", "BLEND"]]
    shares = [["EQUITY", 0.3], ["BLEND", 0.2]]
    assert aatr("BLEND", shares, funds) == pytest.approx(after_charges(1.2, 0.2), rel=1e-12)
    assert aatr("EQUITY", shares, funds) == pytest.approx(after_charges(1.1, 0.3), rel=1e-12)
    with pytest.raises(MissingData, match="no share of EQUITY"):  # BLEND's share is not EQUITY's
        aatr("EQUITY", [["BLEND", 0.2]], funds)
    # without a column of its own an alias stays one
    assert aatr("Old", shares, [["fund", "aliases"], ["EQUITY", "Old"]]) == pytest.approx(after_charges(1.1, 0.3))


def test_another_funds_inception_is_not_taken_over_by_an_alias():
    funds = [["fund", "aliases", "fund inception"], ["EQUITY", "BLEND", "2007-12-31"]]
    with pytest.raises(MissingData, match="BLEND"):
        CONTRACT_AATR(F, VALUES, "BLEND", JULY, "SI_FUND", [["BLEND", 0.2]], funds)


def test_each_fund_may_bear_the_whole_charge():
    """As if it were the only one: what a share of 1 for every fund asks."""
    alone = [["EQUITY", 1], ["BLEND", 1], ["TOTAL_RETURN", 1]]
    assert aatr("BLEND", alone) == pytest.approx(after_charges(1.2, 1), rel=1e-12)
    assert aatr("EQUITY", alone) == pytest.approx(after_charges(1.1, 1), rel=1e-12)


def test_a_blank_share_is_missing_whatever_else_the_range_holds():
    for shares in ([["EQUITY", None]], [["EQUITY", ""], ["BLEND", None]], [["2000-01-01", "EQUITY", None]]):
        with pytest.raises(MissingData, match="no share of EQUITY"):
            aatr("EQUITY", shares)
        assert registry.evaluate(catalogue.get("CONTRACT_AATR"), [F, VALUES, "EQUITY", JULY, "1Y", shares]) == NA
    with pytest.raises(BadInput, match="must have 2 columns"):
        aatr("EQUITY", [["EQUITY"], ["BLEND"]])
    assert aatr("EQUITY", [["EQUITY", 0.3, None], ["BLEND", 0.2, ""]]) == pytest.approx(after_charges(1.1, 0.3))


# --- columns or rows ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shares",
    [
        [["EQUITY", "BLEND", "A", "B"], [0.3, 0.2, 0.1, 0.1]],
        [["EQUITY", "BLEND", "A"], [0.3, 0.2, 0.1]],
        [["EQUITY", "BLEND"], [0.3, 0.2]],
        [["EQUITY", "BLEND"], ["30%", "20%"]],
        [["EQUITY"], [0.3]],
        [["fund", "EQUITY", "BLEND"], ["share", 0.3, 0.2]],
        [["fund", "EQUITY", "BLEND", None], ["share", 0.3, None, None]],
        [["2000-01-01", "2001-01-01"], ["EQUITY", "EQUITY"], [0.1, 0.3]],
        [["2000-01-01", "2001-01-01", "2001-01-01"], ["EQUITY", "EQUITY", "BLEND"], [0.1, 0.3, 0.2]],
        [[36526.0, 36892.0, 36892.0, 36892.0], ["EQUITY", "EQUITY", "BLEND", "A"], [0.1, 0.3, 0.2, 0.1]],
    ],
)
def test_shares_in_rows(shares):
    assert aatr("EQUITY", shares) == pytest.approx(after_charges(1.1, 0.3), rel=1e-12)


def test_shares_of_whole_numbers_and_of_numbered_funds():
    day = datetime.date(2008, 1, 1)
    assert Shares.from_rows([["A", "B"], [1.0, 0.0]]).on("A", day) == 1.0
    assert Shares.from_rows([[101.0, 0.3], [102.0, 0.2]]).on("102", day) == 0.2
    assert Shares.from_rows([[101.0, 102.0], [0.3, 0.2]]).on("102", day) == 0.2
    with pytest.raises(BadInput, match="lay the range out in columns"):
        Shares.from_rows([["A", "B", "C", "D"], ["x", "y", "z", "t"]])


@pytest.mark.parametrize(
    "terms",
    [
        [["annual_charge.form", "cdsc.schedule"], ["none", "8%, 7%"]],
        [["annual_charge.form", "cdsc.schedule.1", "cdsc.schedule.2"], ["none", 0.08, 0.07]],
        [["term", "annual_charge.form", "cdsc.schedule"], ["value", "none", "8%, 7%"], ["meaning", "a", "b"]],
        [["annual_charge.form", "none"], ["cdsc.schedule", "8%, 7%"]],
    ],
)
def test_terms_in_rows(terms):
    assert REDEEMABLE_VALUE(terms, ["2007-07-31", JULY], [10, 11]) == pytest.approx(1100 * 0.92)


@pytest.mark.parametrize(
    "rates",
    [
        [["2008-07-01", "2008-08-01"], [0.035, 0.034]],
        [["2008-08-01", "2008-06-01", "2008-07-01"], [0.034, 0.03, 0.035]],  # in any order
        [["date", "2008-07-01", "2008-08-01"], ["rate", 0.035, 0.034]],
        [[39630.0, 39661.0, 39692.0], [0.035, 0.034, 0.033]],
        [["2008-07-01", "2008-08-01", "2008-07-01"], ["d", "d", "d"], [0.035, 0.034, 0.035]],
    ],
)
def test_rates_in_rows(rates):
    assert DECLARED_RATE(rates, JULY) == 0.035
    assert DECLARED_RATE([list(row) for row in zip(*rates, strict=True)], JULY) == 0.035


@pytest.mark.parametrize(
    "navs",
    [
        [["2008-05-31", "2008-06-30"], [100, 110]],
        [["2008-05-31", "2008-06-30", None], [100, 110, None]],
        [["date", "2008-05-31", "2008-06-30"], ["nav", 100, 110]],
        [[39599.0, 39629.0], [100.0, 110.0]],  # 100 could be a day of 1900
        [[39599.0, 100.0], [39629.0, 110.0]],
    ],
)
def test_net_asset_values_in_rows(navs):
    # 10 x 110 / 100
    assert ADJUSTED_UNIT_VALUES(navs, None, 0)[1:] == [[*row] for row in _hypothetical(10.0, 11.0)]
    actual = [["2008-06-30", "2008-07-31"], [22.0, 23.0]]
    assert [row[1] for row in ADJUSTED_UNIT_VALUES(navs, None, 0, "daily", actual)[1:]] == pytest.approx([20.0, 22.0, 23.0])


def _hypothetical(*values):
    days = datetime.date(2008, 5, 31), datetime.date(2008, 6, 30)
    return [(day, pytest.approx(value), "hypothetical") for day, value in zip(days, values, strict=True)]


def test_a_splice_date_without_actual_unit_values_is_refused():
    with pytest.raises(BadInput, match="'splice_date' 2008-06-30 needs 'actual_unit_values'"):
        ADJUSTED_UNIT_VALUES([["2008-05-31", 100], ["2008-06-30", 110]], None, 0, splice_date="2008-06-30")


# --- headers of the funds table -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "period"),
    [
        ("fund_inception", "SI_FUND"),
        ("Inception of the fund", "SI_FUND"),
        ("Fund inception date", "SI_FUND"),
        ("Inception date of the underlying fund", "SI_FUND"),
        ("Portfolio Inception", "SI_FUND"),
        ("subaccount_inception", "SI_SUBACCOUNT"),
        ("Sub-account inception date", "SI_SUBACCOUNT"),
        ("Inception of the sub-account", "SI_SUBACCOUNT"),
        ("SUBACCOUNT INCEPTION", "SI_SUBACCOUNT"),
        ("date of inception of the division", "SI_SUBACCOUNT"),
        ("date added", "SI_SUBACCOUNT"),
    ],
)
def test_inceptions_under_their_usual_headers(header, period):
    funds = [["fund", header], ["EQUITY", "2007-07-31"]]
    got = CONTRACT_AATR(F, VALUES, "EQUITY", JULY, period, [["EQUITY", 0.3]], funds)
    assert got == pytest.approx(after_charges(1.1, 0.3), rel=1e-12)


@pytest.mark.parametrize(
    "header",
    ["Inception", "Inception Date", "class inception", "Inception (contract)", "account inception", "since inception, %"],
)
def test_an_inception_of_what_is_not_known_is_refused(header):
    with pytest.raises(BadInput, match="call it 'fund inception' or 'sub-account inception'"):
        Funds.from_rows([["fund", header], ["EQUITY", "2007-07-31"]])


def test_two_columns_of_one_inception_are_refused():
    with pytest.raises(BadInput, match="two columns for the fund inception"):
        Funds.from_rows([["fund", "fund inception", "inception of the fund"], ["EQUITY", "2007-07-31", "2006-07-31"]])


# --- ages and descriptions ------------------------------------------------------------------------------------


def test_an_age_is_a_whole_number_of_days():
    assert UNIT_VALUE_AT(VALUES, "EQUITY", "2008-08-05", 5) == 11
    with pytest.raises(MissingData):
        UNIT_VALUE_AT(VALUES, "EQUITY", "2008-08-05", 0)
    for age in (-1, 1.5):
        with pytest.raises(BadInput, match="'max_age_days' must be a whole number"):
            UNIT_VALUE_AT(VALUES, "EQUITY", JULY, age)


def test_arguments_are_described_as_each_function_takes_them():
    for function in catalogue.functions():
        names = {argument.name for argument in function.arguments}
        for argument in function.arguments:
            says = argument.description
            if argument.name in {"fund", "period"}:
                assert ("May be a column" in says) == (function.returns != "rows"), function.name
            if argument.name == "fund":
                assert ("alias of the funds table" in says) == ("funds" in names), function.name
            if argument.name == "days":
                assert "Left out: " in says, function.name
            if argument.name == "funds":
                assert "predecessor" in says
                assert "substituted_on" in says
