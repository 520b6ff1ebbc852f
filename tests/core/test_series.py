"""Dated series given as ranges: declared rates of several kinds, net asset values, shares with their totals."""

import datetime

import pytest
from flexextra_udfs import ADJUSTED_UNIT_VALUES, CONTRACT_AATR, DECLARED_RATE

from xl_flexextra.errors import BadInput, MissingData, PassedError
from xl_flexextra.inputs.shares import Shares

D = datetime.date
KINDS = [
    ["date", "kind", "rate"],
    ["2008-07-01", "Declared", 0.035],
    ["2008-07-01", "secondary", 0.03],
    ["2008-08-01", "declared ", 0.034],
]
FOURTH = D(2008, 7, 4)
NAVS = [["2007-12-31", 20.0], ["2008-01-31", 19.0], ["2008-02-29", 21.0]]


# --- declared rates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "kind", "rate"),
    [
        ("2008-07-01", "declared", 0.035),
        ("2008-07-31", " DECLARED", 0.035),
        ("2008-08-01", "declared", 0.034),
        ("2008-08-15", "secondary", 0.03),
    ],
)
def test_the_rate_of_a_kind_in_force(day, kind, rate):
    assert DECLARED_RATE(KINDS, day, kind) == rate
    assert DECLARED_RATE([KINDS[0], *KINDS[:0:-1]], day, kind) == rate  # in any order of rows


@pytest.mark.parametrize(
    ("rates", "kind", "error", "says"),
    [
        (KINDS, None, BadInput, "'rate_kind' is missing; the range has declared, secondary"),
        (KINDS, "guaranteed", BadInput, "'rate_kind' 'guaranteed' is not in 'rates'"),
        ([["2008-07-01", 0.035], ["2008-07-01", 0.03]], None, BadInput, "two rates from 2008-07-01 on"),
        ([["2008-07-01", 0.035], ["2008-07-15", None]], None, MissingData, "no rate for 2008-07-15"),
        ([["2008-08-01", 0.035], ["2008-09-01", 0.03]], None, MissingData, "no rate in force on 2008-07-31"),
        ([["2008-07-01", 100]], None, BadInput, r"got 100 from 2008-07-01 on\); use 1 for 100%\.$"),
        ([["2008-07-01", 101]], None, BadInput, r"got 101 from 2008-07-01 on\)\.$"),
        ([["2008-07-01", "a", "b", 0.03]], None, BadInput, r"must have 2 columns .* or 3 .*, not 4"),
    ],
)
def test_rates_that_do_not_tell(rates, kind, error, says):
    with pytest.raises(error, match=says):
        DECLARED_RATE(rates, "2008-07-31", kind)


def test_a_rate_may_be_nothing_or_all_and_said_twice():
    assert DECLARED_RATE([["2008-07-01", 0.0]], "2008-07-31") == 0
    assert DECLARED_RATE([["2008-07-01", 1.0]], "2008-07-31") == 1
    assert DECLARED_RATE([["2008-07-01", 0.03], ["2008-07-01", 0.03]], "2008-07-31") == 0.03
    assert DECLARED_RATE([["2008-07-01", 0.03], ["2008-08-01", None]], "2008-07-31") == 0.03  # not in force yet
    assert DECLARED_RATE([["2008-07-01", 0.03]], "2008-07-31", "declared") == 0.03  # a range of one kind
    assert DECLARED_RATE(KINDS[:2], "2008-07-31") == 0.035


# --- net asset values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("navs", "error", "says"),
    [
        ([NAVS[0], ["2008-01-31", None], NAVS[2]], MissingData, "a row with a blank"),
        ([NAVS[0], ["2008-01-31", 0], NAVS[2]], BadInput, "'navs' has 0 on 2008-01-31; a value is positive"),
        ([NAVS[0], ["2008-01-31", -1.0], NAVS[2]], BadInput, "has -1 on 2008-01-31"),
        ([NAVS[1], NAVS[0]], BadInput, "not in order of dates at 2007-12-31"),
        ([NAVS[0], NAVS[0]], BadInput, "not in order of dates at 2007-12-31"),
        ([["2007-12-31"], ["2008-01-31"]], BadInput, "'navs' must have 2 columns"),
    ],
)
def test_net_asset_values_that_are_none(navs, error, says):
    with pytest.raises(error, match=says):
        ADJUSTED_UNIT_VALUES(navs, None, 0)


def test_a_net_asset_value_below_one():
    assert [row[1] for row in ADJUSTED_UNIT_VALUES([["2007-12-31", 0.5], ["2008-01-31", 0.6]], None, 0)[1:]] == [
        10,
        pytest.approx(12),
    ]


@pytest.mark.parametrize(
    ("first", "says"),
    [("2008-03-31", "no value on or after 2008-03-31"), ("2008-01-15", "splice date 2008-01-15; it begins on 2008-01-31")],
)
def test_a_splice_needs_a_value_of_its_day(first, says):
    with pytest.raises(MissingData, match=says):
        ADJUSTED_UNIT_VALUES(NAVS, None, 0, "daily", NAVS, first)


# --- shares ---------------------------------------------------------------------------------------------------


def test_a_blank_row_among_shares_is_skipped():
    shares = Shares.from_rows([["fund", "share"], ["A", 0.3], [None, None], ["B", 0.2]])
    assert (shares.on("A", FOURTH), shares.on("B", FOURTH)) == (0.3, 0.2)


def test_a_total_of_one_day_is_the_sum_of_that_day():
    days = [["2000-01-01", "A", 0.3], ["2000-01-01", "B", 0.3], ["2001-01-01", "A", 0.5], ["2001-01-01", "B", 0.4]]
    shares = Shares.from_rows([["date", "fund", "share"], *days, ["2001-01-01", "Total", 0.9]])
    assert [shares.on(fund, D(2000, 6, 30)) for fund in "AB"] == [0.3, 0.3]
    assert [shares.on(fund, D(2001, 1, 1)) for fund in "AB"] == [0.5, 0.4]
    with pytest.raises(MissingData, match=r"no share of A in force on 1999-12-31"):
        shares.on("A", D(1999, 12, 31))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["A", 0.3], ["a", 0.2]], "'shares' has a twice; keep one row"),
        ([["2001-01-01", "A", 0.3], ["2001-01-01", "A", 0.2]], "'shares' has A from 2001-01-01 twice"),
    ],
)
def test_shares_that_stand_twice(rows, says):
    with pytest.raises(BadInput, match=says):
        Shares.from_rows(rows)


@pytest.mark.parametrize("share", [27.82, 101.5, -0.1])
def test_a_share_that_is_none_is_the_error_of_its_fund_alone(share):
    shares = Shares.from_rows([["A", share], ["B", 0.1]])
    assert shares.on("B", D(2000, 6, 30)) == 0.1
    with pytest.raises(
        PassedError, match=rf"'share of A' holds {share}, but a share lies between 0 and 1; correct the cell"
    ):
        shares.on("A", D(2000, 6, 30))


def test_a_fund_is_found_in_the_unit_values_under_its_former_name():
    values = [["date", "Old Equity"], ["2007-07-31", 10], ["2008-07-31", 11]]
    funds = [["fund", "printed_name", "aliases"], ["EQUITY", "MML Equity", "Older; Old Equity"]]
    for name in ("EQUITY", "mml equity", "Old Equity", " older "):
        got = CONTRACT_AATR("flex_extra_flexible", values, name, "2008-07-31", "1Y", [["EQUITY", 0.3]], funds)
        assert got == pytest.approx((1100 - 35 * 0.3) * 0.928 / 1000 - 1, rel=1e-12)
