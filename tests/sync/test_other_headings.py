"""Long unit values under the headings of the program that wrote them: `report` reads them, and a refresh does too."""

import pytest
from commands import run

from .test_messy_data import DAYS, FUNDS, ROWS, book, cells, refresh

HEADS = ["Pricing Dt,Sub-Account,AUV", "Period End,Portfolio,Price per Unit", "Valued,Option Name,Level"]


@pytest.mark.parametrize("heads", HEADS)
def test_long_unit_values_are_known_by_what_their_columns_hold(tmp_path, heads):
    (tmp_path / "source.csv").write_text(f"{heads},Ticker\n7/31/2008,E,14.1,X1\n7/31/2008,B,19.2,X2\n")
    target = book(tmp_path / "book.xlsx", UnitValues=ROWS, Funds=FUNDS)
    code, said = run("refresh", target, "--from", tmp_path / "source.csv", "--merge", "--no-calc")
    assert code == 0, said
    assert cells(target, "UnitValues")[-1][1:] == [14.1, 19.2]
    date, fund, value = heads.split(",")
    assert (f"{date!r}, {fund!r} and {value!r} are taken for date, fund and unit value" in said) == (fund != "Sub-Account")


@pytest.mark.parametrize("heading", ["Net Assets", "Change", "Units Outstanding", "Balance"])
def test_numbers_under_a_heading_of_something_else_were_unit_values(tmp_path, heading):
    text = f"Valued,Portfolio,{heading}\n7/31/2008,E,14.1\n7/31/2008,B,19.2\n"
    assert refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=ROWS, Funds=FUNDS)[0] == 2


@pytest.mark.parametrize("name", ["Asset Allocation", "High Yield"])
def test_a_fund_called_as_a_rate_or_a_share_took_the_checks_from_all(tmp_path, name):
    rows, funds = [["date", name, "Bond"], *ROWS[1:]], [FUNDS[0], ["AA", name], ["BD", "Bond"]]
    text = f"date,{name},Bond\n2008-07-31,14.1,-19\n"
    code, said, _ = refresh(tmp_path, text, "Prices", "--merge", Prices=rows, Funds=funds)
    assert (code, "Bond: 1 value is not above zero" in said) == (2, True)


def test_a_fund_called_dt_was_a_date(tmp_path):
    rows, text = [["date", "EQ", "DT"], *ROWS[1:]], "date,EQ,DT\n2008-07-31,14.1,19\n"
    code, _, target = refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=rows)
    assert (code, cells(target, "UnitValues")[-1][1:]) == (0, [14.1, 19])


def test_shares_under_other_headings_are_no_unit_values(tmp_path):
    text = "Valued,Option Name,Weight\n7/31/2008,E,45\n7/31/2008,B,55\n"
    code, said, _ = refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=ROWS, Funds=FUNDS)
    assert code == 2
    assert 'BOOK.sync.toml, with date, fund and value = "its column"' in said


@pytest.mark.parametrize("fund", ["EQ¹", "EQ(1)", "EQ (1)", "E^{2,3}", "E [1]"])
@pytest.mark.parametrize("long", [False, True])
def test_a_fund_with_a_footnote_left_its_column_blank(tmp_path, fund, long):
    wide = f"date,{fund.replace(',', '')},BD\n2008-07-31,14.1,19\n"
    rows = f"date,fund,unit_value\n2008-07-31,{fund.replace(',', '')},14.1\n2008-07-31,BD,19\n"
    code, said, target = refresh(tmp_path, rows if long else wide, "UnitValues", "--merge", UnitValues=ROWS, Funds=FUNDS)
    assert (code, cells(target, "UnitValues")[-1][1:]) == (0, [14.1, 19]), said
    assert "is taken for 'EQ' with the mark of a footnote" in said


def test_a_mark_is_part_of_the_name_where_the_fund_stands_without_it(tmp_path):
    text = "date,EQ,EQ (2),BD\n2008-07-31,14.1,9,19\n"
    code, said, target = refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=ROWS, Funds=FUNDS)
    assert (code, cells(target, "UnitValues")[-1][1:]) == (1, [14.1, 19])
    assert "the source's column 'EQ (2)' is not used" in said


def test_a_refresh_left_a_fund_blank_whose_heading_was_misspelt(tmp_path):
    """`month` stopped there already; a column that is there and blank is no other fund's, and texts are no fund."""
    text = "date,EQX,BD\n2008-07-31,14.1,19\n"
    code, said, _ = refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=ROWS, Funds=FUNDS)
    assert (code, "'EQX' is not a fund of the workbook, and EQ has no value for the new day" in said) == (2, True)
    for text in ("date,EQ,BD,X\n2008-07-31,,19,1\n", "date,BD,Ticker\n2008-07-31,19,X1\n"):
        assert refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=ROWS, Funds=FUNDS)[0] == 1


IN_ROWS = [["valuation_date", "fund", "unit_value"], [ROWS[-1][0], "EQ", 14.0], [ROWS[-1][0], "BD", 19.0]]


@pytest.mark.parametrize("heads", [*HEADS, "Date,Fund,NAV", "valuation_date,fund,AUV"])
def test_a_table_in_rows_got_rows_without_values_under_other_headings_of_the_source(tmp_path, heads):
    """Or was refused for it."""
    text = f"{heads}\n7/31/2008,EQ,14.1\n7/31/2008,BD,19.2\n"
    code, said, target = refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=IN_ROWS, Funds=FUNDS)
    assert code == 0, said
    assert [row[1:] for row in cells(target, "UnitValues")[-2:]] == [["EQ", 14.1], ["BD", 19.2]]
    assert ("are taken for date, fund and unit value" in said) == (heads in HEADS[1:])


@pytest.mark.parametrize("heading", ["share", "return_pct", "Net Assets"])
def test_a_table_in_rows_of_unit_values_got_rows_without_them(tmp_path, heading):
    text = f"date,fund,{heading}\n2008-07-31,EQ,14.1\n2008-07-31,BD,19.2\n"
    code, said, _ = refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=IN_ROWS, Funds=FUNDS)
    assert (
        code,
        "the source has no unit values for it — give the source's unit values the heading 'unit_value'" in said,
    ) == (2, True)


def test_a_mapping_names_the_unit_values_of_a_table_in_rows(tmp_path):
    mapping = '[[table]]\nname = "UnitValues"\nsource = "source.csv"\nvalue = "amount"\n'
    (tmp_path / "book.xlsx.sync.toml").write_text(mapping)
    text = "date,fund,amount\n2008-07-31,EQ,14.1\n2008-07-31,BD,19.2\n"
    code, said, target = refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=IN_ROWS, Funds=FUNDS)
    assert code == 0, said
    assert cells(target, "UnitValues")[-1][1:] == ["BD", 19.2]


@pytest.mark.parametrize("heading", ["Datum", "Stichtag", "Valued", "Period End"])
@pytest.mark.parametrize("rows", ["7/31/2008,14.1,19.2", "31-Jul-2008,14.1,19.2"])
@pytest.mark.parametrize("table", [["--table", "UnitValues"], []])
def test_the_only_column_of_dates_beside_funds_is_the_date(tmp_path, heading, rows, table):
    """`report` takes the first column by its place; the month after, it was not clear what the file was for."""
    (tmp_path / "source.csv").write_text(f"{heading},EQ,B\n{rows}\n")
    target = book(tmp_path / "book.xlsx", UnitValues=ROWS, Funds=FUNDS)
    code, said = run("refresh", target, "--from", tmp_path / "source.csv", *table, "--merge", "--no-calc")
    assert code == 0, said
    assert cells(target, "UnitValues")[-1][1:] == [14.1, 19.2]
    assert f"the source's column {heading!r} is taken for the date" in said


def test_of_two_columns_of_dates_none_is_taken(tmp_path):
    text = "Valued,Entered,EQ,BD\n7/31/2008,8/1/2008,14.1,19.2\n"
    code, said, _ = refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=ROWS, Funds=FUNDS)
    assert (code, "the source has no dates for it" in said) == (2, True)


def test_unit_values_in_columns_go_into_a_table_of_rows_whatever_the_date_is_called(tmp_path):
    june = DAYS[-1]
    rows = [["date", "fund", "unit_value"], [june, "EQ", 14], [june, "BD", 19]]
    text = "Stichtag,EQ,BD\n7/31/2008,14.1,19.2\n"
    code, said, target = refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=rows, Funds=FUNDS)
    assert code == 0, said
    assert [row[1:] for row in cells(target, "UnitValues")[-2:]] == [["EQ", 14.1], ["BD", 19.2]]


def test_a_fund_without_values_was_warned_of_twice(tmp_path):
    text = "date,fund,unit_value\n2008-07-31,EQ,14.1\n"
    code, said, _ = refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=ROWS, Funds=FUNDS)
    assert (code, said.count("warning  UnitValues")) == (1, 1), said
    assert "column BD: the source has nothing for it; 6 rows keep what they hold, and 1 new row gets none" in said


def test_a_fund_that_never_had_values_is_warned_of(tmp_path):
    rows = [["date", "EQ", "BD"], *[[row[0], row[1], None] for row in ROWS[1:]]]
    code, said, _ = refresh(
        tmp_path, "date,fund,unit_value\n2008-07-31,EQ,14.1\n", "UnitValues", "--merge", UnitValues=rows, Funds=FUNDS
    )
    assert (code, "UnitValues, BD: the source has no value of this fund" in said) == (1, True), said
