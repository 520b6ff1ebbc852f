"""One figure that cannot be computed lost a whole table in Python."""

import math

import numpy as np
import pytest
from flexextra_udfs import (
    AATR,
    CALENDAR_YEAR_RETURNS,
    CONTRACT_AATR,
    EXPLAIN_RETURN,
    LATEST_QUARTER_END,
    PERFORMANCE_TABLE,
)

from xl_flexextra.errors import BadInput, MissingData, NoSolution

VALUES = [["date", "A", "B"], ["2006-07-31", 8, None], ["2007-07-31", 10, 20], ["2008-07-31", 11, 24]]
TERMS = [["contract.name", "x"], ["annual_charge.form", "none"], ["cdsc.schedule", 0], ["payment.amount", 1000]]
GIVEN = (TERMS, VALUES, "2008-07-31", [["1Y", "2Y"]], None, None, "asset")


def test_the_other_figures_of_a_table_stay():
    with pytest.raises(MissingData, match="no unit value of B"):
        PERFORMANCE_TABLE(*GIVEN)
    table = PERFORMANCE_TABLE(*GIVEN, errors="nan")
    assert table.dtype == float
    assert np.isnan(table).tolist() == [[False, False], [False, True]]
    assert table[0, 0] == pytest.approx(11 / 10 - 1)
    assert table[0, 1] == pytest.approx((11 / 8) ** 0.5 - 1)
    assert table[1, 0] == pytest.approx(24 / 20 - 1)
    assert list(table.reasons) == [(1, 1)]
    assert "no unit value of B on or before 2006-07-31" in table.reasons[1, 1]


def test_a_column_of_funds_of_which_one_is_unknown():
    found = CONTRACT_AATR(TERMS, VALUES, ["A", "C", "B"], "2008-07-31", "1Y", charges="asset", errors="nan")
    assert found.shape == (3,)
    assert found[[0, 2]].tolist() == pytest.approx([0.1, 0.2])
    assert "'fund' 'C' is not in the unit values" in found.reasons[(1,)]


def test_one_figure_alone_knows_its_reason():
    found = CONTRACT_AATR(TERMS, VALUES, "B", "2008-07-31", "2Y", charges="asset", errors="nan")
    assert math.isnan(found)
    assert "no unit value of B" in found.reason
    assert isinstance(found.error, MissingData)
    assert AATR(1000, 1100, 1, errors="nan") == pytest.approx(0.1)


def test_an_overflow_is_one_figure():
    found = AATR([1e-300, 1000], [1e300, 1100], [0.5, 1], True, errors="nan")
    assert math.isnan(found[0])
    assert found[1] == pytest.approx(0.1)
    assert "beyond the range of numbers" in found.reasons[(0,)]
    with pytest.raises(NoSolution):
        AATR([1e-300, 1000], [1e300, 1100], [0.5, 1], True)


def test_rows_have_it_in_its_place():
    rows = [["date", "A", "B"], ["2006-12-31", 8, 8], ["2007-12-31", "#N/A!", 9], ["2008-12-31", 11, 9.9]]
    table = CALENDAR_YEAR_RETURNS(rows, None, 2008, 2008, errors="nan")
    assert table[-1][2] == pytest.approx(0.1)
    assert math.isnan(table[-1][1])
    assert "A on 2007-12-31" in table[-1][1].reason


def test_what_is_wrong_with_the_whole_is_raised():
    with pytest.raises(BadInput):
        PERFORMANCE_TABLE(TERMS, [["date"]], *GIVEN[2:], errors="nan")
    with pytest.raises(BadInput, match="'errors' must be 'raise' or 'nan'"):
        PERFORMANCE_TABLE(*GIVEN, errors="ignore")
    for function in (LATEST_QUARTER_END, EXPLAIN_RETURN):
        with pytest.raises(BadInput, match="gives no figures"):
            function("2008-07-31", errors="nan")
