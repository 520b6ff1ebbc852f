"""Tables as other people keep them: notes behind shares, a status of unit values, n/a, dates in words."""

import datetime

import pytest
from flexextra_udfs import ADJUSTED_UNIT_VALUES, CONTRACT_AATR

from xl_flexextra.cells import scalars
from xl_flexextra.errors import NA, BadInput, MissingData, PassedError
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues

D, JULY = datetime.date, "2008-07-31"
NO_CHARGE = [["annual_charge.form", "none"], ["cdsc.schedule", 0]]


@pytest.mark.parametrize("header", [[["fund", "share", "notes"]], []])
def test_notes_behind_shares_are_skipped(header):
    shares = Shares.from_rows([*header, ["Alpha Growth", 0.3, "largest"], ["Beta Bond", 0.1, None], ["Total", 0.4, ""]])
    assert shares.on("Alpha Growth", D(2008, 7, 31)) == 0.3
    assert shares.on("Beta Bond", D(2008, 7, 31)) == 0.1


def test_three_columns_of_shares_mean_date_fund_share():
    with pytest.raises(
        BadInput, match="three columns, which mean date, fund, share, but 'Alpha Growth' in row 1 is no date"
    ):
        Shares.from_rows([["Alpha Growth", 0.3, 12], ["Beta Bond", 0.1, 13]])
    dated = Shares.from_rows([["date", "fund", "share"], ["2008-01-01", 101, 0.3]])
    assert dated.on("101", D(2008, 7, 31)) == 0.3


def test_adjusted_unit_values_are_unit_values():
    # 20 -> 21 is x 1.05 from 10; then the actual ones
    adjusted = ADJUSTED_UNIT_VALUES(
        [["2006-07-31", 20.0], ["2007-07-31", 21.0]], None, 0, "daily", [["2007-07-31", 10.5], ["2008-07-31", 12.6]]
    )
    assert adjusted[0] == ["date", "unit value", "status"]
    values = UnitValues.from_rows(adjusted)
    assert values.funds == ("unit value",)
    assert values.values[:, 0].tolist() == pytest.approx([10.0, 10.5, 12.6])
    named = UnitValues.from_rows([["date", "A", "Status"], ["2008-07-31", 10, 11]])
    assert named.funds == ("A", "Status")


@pytest.mark.parametrize("nothing", ["n/a", "N/A", "NA", "#N/A", "-", "—", " - "])
def test_a_fund_without_a_value_does_not_touch_another(nothing):
    rows = [["date", "A", "B"], ["2007-07-31", 10, nothing], ["2008-07-31", 12, 11]]
    assert CONTRACT_AATR(NO_CHARGE, rows, "A", JULY, "1Y") == pytest.approx(0.2)  # 12 / 10 - 1
    with pytest.raises(MissingData, match="no unit value of B on or before 2007-07-31"):
        CONTRACT_AATR(NO_CHARGE, rows, "B", JULY, "1Y")
    with pytest.raises(PassedError, match="holds 'soon', which is no number"):
        UnitValues.from_rows([rows[0], ["2007-07-31", 10, "soon"]]).at(1, D(2007, 7, 31))
    with pytest.raises(PassedError):
        UnitValues.from_rows([rows[0], ["2007-07-31", 10, NA]]).at(1, D(2007, 7, 31))


@pytest.mark.parametrize(
    "written",
    ["1987-04-27", "27-Apr-1987", "27 April 1987", "April 27, 1987", "Apr. 27, 1987", "apr 27 1987", "1987-4-27",
     "27th April 1987"],
)  # fmt: skip
def test_dates_in_words(written):
    assert scalars.to_date("inception", written) == D(1987, 4, 27)


@pytest.mark.parametrize("written", ["4/27/1987", "4/5/87", "27.4.1987"])
def test_dates_whose_order_is_not_known(written):
    with pytest.raises(BadInput, match="write it year first, as in 1987-04-27"):
        scalars.to_date("inception", written)


@pytest.mark.parametrize("written", ["31-Feb-1987", "27-Apr-87", "April 1987", "27-Foo-1987", "2000-13-1"])
def test_dates_that_are_none(written):
    with pytest.raises(BadInput, match="must be a date such as 2008-07-31"):
        scalars.to_date("inception", written)
