"""Columns given where one value is declared: every row stands for itself, whatever is blank.

A blank of a required argument is #N/A in its row, a blank of an optional one counts as left out in its row, and no
column is ever cut to another length or spread over the rows because of its blanks.
"""

import numpy as np
import pandas as pd
import pytest
from flexextra_udfs import AATR, UNIT_VALUE_RETURN

from xl_flexextra import catalogue, sample
from xl_flexextra.errors import NA, REF, VALUE, MissingData
from xl_flexextra.functions import registry
from xl_flexextra.hosts.excel import served

F = "flex_extra_flexible"


def cells(name, *args):
    return registry.evaluate(catalogue.get(name), args)


def same(got, wanted):
    assert [len(row) for row in got] == [len(row) for row in wanted]
    for got_row, wanted_row in zip(got, wanted, strict=True):
        for one, other in zip(got_row, wanted_row, strict=True):
            assert one == (other if isinstance(other, str) else pytest.approx(other, abs=1e-12))


@pytest.mark.parametrize(
    ("name", "args", "gives"),
    [
        ("UNIT_VALUE_RETURN", ([[10], [None]], [[12], [13]]), [[0.2], [NA]]),
        ("UNIT_VALUE_RETURN", ([[None], [10]], [[12], [13]]), [[NA], [0.3]]),
        ("UNIT_VALUE_RETURN", ([[10], [None], [10]], [[12], [13], [14]]), [[0.2], [NA], [0.4]]),
        ("UNIT_VALUE_RETURN", ([[10], [10], [None]], [[12], [13], [14]]), [[0.2], [0.3], [NA]]),  # several filled
        ("UNIT_VALUE_RETURN", ([[10], [10], [""]], [[12], [None], [14]]), [[0.2], [NA], [NA]]),
        ("UNIT_VALUE_RETURN", ([[None], [None]], [[12], [13]]), [[NA], [NA]]),
        ("UNIT_VALUE_RETURN", ([[10, None]], [[12, 13]]), [[0.2, NA]]),  # rows as well as columns
        ("UNIT_VALUE_RETURN", ([[10], [None]], [[12, 13]]), [[0.2, 0.3]]),  # the end is blank in every column of 2
        ("UNIT_VALUE_RETURN", ([[10], [20]], [[12, 13, None]]), [[0.2, 0.3], [-0.4, -0.35]]),
        ("UNIT_VALUE_RETURN", ([[10], [10], [None]], [[12], [REF], [None]]), [[0.2], [REF]]),
        ("AATR", ([[1000], [1000]], [[1100], [1200]], [[2], [None]]), [[1.1**0.5 - 1], [NA]]),
        ("TIE_DIFFERENCE", ([[0.1], [0.2]], [[0.1], [None]]), [[0.0], [NA]]),
        ("CDSC_AMOUNT", (F, [[1], [2]], [[1000], [None]]), [[72.0], [NA]]),  # 8% x (1,000 - 100)
        # 1,000 x 11/10 - 35 x 0.1 = 1,096.50; 8% of nine tenths of it leave 1,017.552
        ("REDEEMABLE_VALUE", (F, ["2007-07-31", "2008-07-31"], [10, 11], [[0.1], [None]]), [[1017.552], [NA]]),
    ],
)
def test_a_blank_of_a_required_argument_is_not_available_in_its_own_row(name, args, gives):
    same(cells(name, *args), gives)


def test_each_fund_keeps_its_own_period():
    values, shares = sample.rows("UnitValues"), sample.rows("Shares")
    got = cells("CONTRACT_AATR", F, values, [["EQUITY"], [None]], "2008-07-31", [["1Y"], ["5Y"]], shares)
    assert round(got[0][0], 4) == -0.2494  # July 2008 update, Table 2
    assert got[1] == [NA]
    got = cells("CONTRACT_AATR", F, values, [["EQUITY"], ["BLEND"]], "2008-07-31", [["1Y"], [None]], shares)
    assert [row[0] == NA for row in got] == [False, True]


@pytest.mark.parametrize(
    ("name", "args", "gives"),
    [
        (
            "TIE_VERDICT",
            ([[0.1], [0.2], [0.3]], [[0.11], [0.3], [0.35]], 2, [["caption says $30"], [None], [None]]),
            [["known break: caption says $30"], ["open"], ["open"]],
        ),
        (
            "TIE_VERDICT",
            ([[0.11], [0.2], [0.3]], [[0.1], [0.3], [0.35]], 2, [["why"], [None], ["b"]]),
            [["known break: why"], ["open"], ["known break: b"]],
        ),
        ("TIE_VERDICT", ([[0.1], [0.2]], [[0.1], [0.3]], 2, [[None], [None]]), [["ties"], ["open"]]),
        ("TIE_VERDICT", ([[0.1], [0.2]], [[0.1], [0.3]], [[None], [None]]), [["ties"], ["open"]]),
        # 0.10 and 0.20 print alike without decimals only if the second row has none
        ("TIE_DIFFERENCE", ([[0.101], [0.101]], [[0.1], [0.1]], [[None], [0]]), [[10.0], [0.0]]),
        ("TIE_VERDICT", (0.1, 0.2, 2, [["why"], [None]]), [["known break: why"], ["open"]]),  # the last row, too
        # half a year: 1.1 ^ 2 - 1 annualised, else 10%
        ("AATR", ([[1000]] * 3, [[1100]] * 3, [[0.5]] * 3, [[True], [None], [True]]), [[0.21], [0.10], [0.21]]),
        ("AATR", ([[1000]] * 2, [[1100]] * 2, [[0.5]] * 2, [[None], [None]]), [[0.10], [0.10]]),
    ],
)
def test_a_blank_of_an_optional_argument_counts_as_left_out_in_its_row(name, args, gives):
    same(cells(name, *args), gives)


def test_ends_that_are_blank_in_every_column_fall_away():
    begin, end = [[10.0], [10.0], *[[None]] * 40], [[12.0], [13.0], *[[""]] * 40]
    same(cells("UNIT_VALUE_RETURN", begin, end), [[0.2], [0.3]])
    same(cells("UNIT_VALUE_RETURN", begin, end[:5]), [[0.2], [0.3]])  # A:A beside B1:B5
    assert cells("UNIT_VALUE_RETURN", begin, [[12.0], [13.0], [14.0]]) == [[pytest.approx(0.2)], [pytest.approx(0.3)], [NA]]
    assert cells("UNIT_VALUE_RETURN", begin[:2], [[12.0], [13.0], [14.0]]) == VALUE  # 2 rows beside 3: whose is the third?
    assert cells("UNIT_VALUE_RETURN", [[None]] * 3, 12) == NA
    assert cells("UNIT_VALUE_RETURN", [[10], [None]], 12) == pytest.approx(0.2)


@pytest.mark.slow
def test_whole_columns_stay_usable():
    rows = 1_048_576
    column = [[10.0], [20.0]] + [[None]] * (rows - 2)
    assert cells("UNIT_VALUE_RETURN", column, column) == [[0.0], [0.0]]
    assert cells("TIE_VERDICT", 0.1, 0.2, 2, [["why"]] + [[None]] * (rows - 1)) == "known break: why"


def test_a_table_takes_one_cell_with_blanks_behind_it():
    values = [["date", "A", "B"], ["2005-12-31", 10, 10], ["2006-12-31", 11, 12]]
    assert cells("CALENDAR_YEAR_RETURNS", values, [["A"], [None]])[1] == [2006.0, pytest.approx(0.1), ""]
    assert cells("CALENDAR_YEAR_RETURNS", values, [["A"], ["B"]]) == VALUE


def test_a_blank_period_costs_its_own_column_only():
    values, shares = sample.rows("UnitValues"), sample.rows("Shares")
    whole = cells("PERFORMANCE_TABLE", F, values, "2008-07-31", [["YTD", "1Y"]], shares)
    got = cells("PERFORMANCE_TABLE", F, values, "2008-07-31", [["YTD", None, "1Y", REF, None]], shares)
    assert [row[0] for row in got] == [row[0] for row in whole]
    assert [row[2] for row in got] == [row[1] for row in whole]
    assert {(row[1], row[3]) for row in got} == {(NA, REF)}
    assert {len(row) for row in got} == {4}  # a blank at the end is none


def test_excels_server_gives_the_same():
    na = -2146826246
    assert served.UNIT_VALUE_RETURN(((10.0,), (None,)), ((12.0,), (13.0,))) == [[pytest.approx(0.2)], [na]]
    known = (("caption says $30",), (None,), (None,))
    got = served.TIE_VERDICT(((0.1,), (0.2,), (0.3,)), ((0.11,), (0.3,), (0.35,)), 2.0, known)
    assert got == [["known break: caption says $30"], ["open"], ["open"]]


def test_python_raises_for_a_blank_and_keeps_arrays_whole():
    with pytest.raises(MissingData, match="'begin_value' is blank"):
        UNIT_VALUE_RETURN([10, None], [12, 13])
    with pytest.raises(MissingData, match="'years'"):
        AATR(pd.Series([1000.0, 1000.0]), pd.Series([1100.0, 1200.0]), pd.Series([2, None], dtype=object))
    flags = pd.Series([True, None], dtype=object)
    assert AATR(np.full(2, 1000.0), np.full(2, 1100.0), 0.5, flags).tolist() == pytest.approx([0.21, 0.10])


def test_a_column_of_pandas_dates():
    from flexextra_udfs import YEARS_BETWEEN

    days = pd.Series(pd.to_datetime(["1998-07-31", "2003-07-31"]))
    assert YEARS_BETWEEN(days, "2008-07-31").tolist() == [10.0, 5.0]
    assert registry.evaluate(catalogue.get("LATEST_QUARTER_END"), [days]) == [[35976.0], [37802.0]]  # the 30ths of June
