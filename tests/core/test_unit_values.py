"""Tables of unit values that are none: what is wrong is named with its place."""

import pytest

import xl_flexextra.catalogue  # noqa: F401
from xl_flexextra.errors import NA, BadInput, MissingData, PassedError
from xl_flexextra.functions import registry
from xl_flexextra.inputs.unit_values import UnitValues

HEAD, LONG = ["date", "A", "B"], ["date", "fund", "unit value"]
JUNE, JULY, AUGUST = "2008-06-30", "2008-07-31", "2008-08-31"


@pytest.mark.parametrize(
    ("rows", "error", "says"),
    [
        ([HEAD, [JUNE, 1, 2], [JUNE, 1, 2]], BadInput, "repeats the date 2008-06-30"),
        ([HEAD, [JULY, 1, 2], [JUNE, 1, 2], [AUGUST, 1, 2]], BadInput, "not in order of dates at 2008-06-30"),
        ([HEAD, [JULY, 1, 2], [JULY, 1, 2], [JUNE, 1, 2]], BadInput, "repeats the date 2008-07-31"),
        ([["date", "A", "a"], [JUNE, 1, 2], [JULY, 1, 2]], BadInput, "has the fund 'A' twice"),
        ([["date", "A", None], [JUNE, 1, 2], [JULY, 1, 2]], BadInput, "no fund code at the head of column 3"),
        ([[JUNE, 1, 2], [JULY, 1, 2]], BadInput, "must begin with a header row"),
        ([HEAD, [JUNE, 1, 2], [None, 1, 2], [JULY, 1, 2]], MissingData, "no date in row 3"),
        ([LONG, [JUNE, "A", 1], [JUNE, "A", 2]], BadInput, "repeats the date 2008-06-30 for A"),
        (
            [LONG, [JULY, "A", 1], [JUNE, "A", 2], [AUGUST, "A", 2]],
            BadInput,
            "not in order of dates at 2008-06-30 for A",
        ),
        ([LONG, [JULY, "A", 1], [JUNE, "A", 2], [JUNE, "B", 1], [JULY, "B", 2]], BadInput, "at 2008-06-30 for A"),
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


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (0, "B on 2008-06-30' holds 0, but a unit value is positive"),
        (-13.5, "holds -13.5, but a unit value is positive"),
        ("x", "holds 'x', which is no number"),
        (float("inf"), "holds inf, but a unit value is positive"),
        ("13.5%", "holds '13.5%', a percentage, which no unit value is"),
        (True, "holds True, which is no number"),
    ],
)
@pytest.mark.parametrize("long", [False, True])
def test_a_cell_that_can_be_no_unit_value_lost_the_other_funds(cell, says, long):
    wide = [HEAD, [JUNE, 10, cell], [JULY, 11, 8]]
    rows = [LONG, *([day, "A", a] for day, a, _ in wide[1:]), *([day, "B", b] for day, _, b in wide[1:])] if long else wide
    values = UnitValues.from_rows(rows)
    june, july = values.dates.tolist()
    assert (values.at(0, june), values.at(0, july), values.at(1, july)) == (10, 11, 8)
    with pytest.raises(PassedError, match=says) as caught:
        values.at(1, june)
    assert caught.value.cell_error == "#VALUE!"


@pytest.mark.parametrize("long", [False, True])
def test_unit_values_newest_first_were_refused(long):
    wide = [HEAD, [AUGUST, 12, NA], [JULY, 11, 8], [JUNE, 10, 9]]
    rows = [LONG, *([r[0], fund, r[i]] for r in wide[1:] for i, fund in ((1, "A"), (2, "B")))] if long else wide
    values = UnitValues.from_rows(rows)
    assert values.dates.astype(str).tolist() == [JUNE, JULY, AUGUST]
    assert values.values[:, 0].tolist() == [10, 11, 12]
    assert values.errors == {(2, 1): NA}
    function = registry.function_of("UNIT_VALUE_AT")
    assert registry.evaluate(function, [rows, "A", "2008-08-15"]) == 11
    assert registry.evaluate(function, [rows, "B", "2008-08-31"]) == "#N/A"


def test_a_blank_column_lost_the_other_funds():
    table = registry.function_of("PERFORMANCE_TABLE")
    terms = [["contract.name", "x"], ["annual_charge.form", "none"], ["cdsc.schedule", "0"]]
    rows = [["date", "A", "note"], ["2007-07-31", 10, None], ["2008-07-31", 11, None]]
    assert registry.evaluate(table, [terms, rows, "2008-07-31", [["1Y", "SI_FUND"]], None, None, "asset"])[0][0] == (
        pytest.approx(0.1)
    )
