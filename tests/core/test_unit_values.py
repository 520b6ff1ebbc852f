"""Tables of unit values that are none: what is wrong is named with its place."""

import pytest

from xl_flexextra.errors import BadInput, MissingData
from xl_flexextra.inputs.unit_values import UnitValues

HEAD, LONG = ["date", "A", "B"], ["date", "fund", "unit value"]
JUNE, JULY = "2008-06-30", "2008-07-31"


@pytest.mark.parametrize(
    ("rows", "error", "says"),
    [
        ([HEAD, [JUNE, 1, 2], [JUNE, 1, 2]], BadInput, "repeats the date 2008-06-30"),
        ([HEAD, [JULY, 1, 2], [JUNE, 1, 2]], BadInput, "not in order of dates at 2008-06-30"),
        ([["date", "A", "a"], [JUNE, 1, 2], [JULY, 1, 2]], BadInput, "has the fund 'A' twice"),
        ([["date", "A", None], [JUNE, 1, 2], [JULY, 1, 2]], BadInput, "no fund code at the head of column 3"),
        ([[JUNE, 1, 2], [JULY, 1, 2]], BadInput, "must begin with a header row"),
        ([HEAD, [JUNE, 1, 0], [JULY, 1, 2]], BadInput, "has 0 for B on 2008-06-30"),
        ([HEAD, [JUNE, 1, 2], [None, 1, 2], [JULY, 1, 2]], MissingData, "no date in row 3"),
        ([LONG, [JUNE, "A", 1], [JUNE, "A", 2]], BadInput, "repeats the date 2008-06-30 for A"),
        ([LONG, [JULY, "A", 1], [JUNE, "A", 2]], BadInput, "not in order of dates at 2008-06-30 for A"),
        ([LONG, [JUNE, "A", "x"], [JULY, "A", 2]], BadInput, "'unit_values' for A on 2008-06-30"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(rows, error, says):
    with pytest.raises(error, match=says):
        UnitValues.from_rows(rows)


def test_a_fund_without_any_value_has_no_first_day():
    values = UnitValues.from_rows([HEAD, [JUNE, 1, None], [JULY, 1, None]])
    with pytest.raises(MissingData, match="no unit value of B at all"):
        values.first_date(1)


@pytest.mark.parametrize(("count", "end"), [(8, "F7."), (9, "F7 ….")])
def test_at_most_eight_funds_are_listed(count, end):
    values = UnitValues.from_rows([["date", *(f"F{k}" for k in range(count))], [JUNE, *[1] * count]])
    with pytest.raises(BadInput) as caught:
        values.column("no such fund at all")
    assert str(caught.value).endswith(end)
