"""A book that was built before its first printed figures, and files with the words of the page for contract and columns."""

from __future__ import annotations

import csv

import pytest
from commands import run

FUNDS = ["North Growth Portfolio (Service Class)", "North Bond Portfolio"]
CODES = ["NGP", "NBP"]
TERMS = """
[contract]
name = "ascent"
title = "North Ascent – L share annuity"
[annual_charge]
form = "none"
[cdsc]
schedule = [0.0]
"""


def write(name, rows):
    with open(name, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def printed(name, days, contract="North Ascent – L share annuity"):
    """The return of one year as printed, of each fund: 21% to June and July, 32% to August; and after contract charges."""
    head = ["Contract", "As Of", "Fund", "Period", "Return Pct"]
    rows = [[c, day, fund, "1Y", value] for day, value in days for c in ("", contract) for fund in FUNDS]
    write(name, [head, *rows])


@pytest.fixture
def built(tmp_path, monkeypatch):
    """An update with neither printed figures nor rates, and the files of the month after."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ascent.toml").write_text(TERMS, encoding="utf-8")
    write("funds.csv", [["Fund", "Printed Name"], *zip(CODES, FUNDS, strict=True)])
    days = ["6/30/2023", "7/31/2023", "8/31/2023", "6/30/2024", "7/31/2024"]
    write("values.csv", [["Date", *FUNDS], *([d, v, v] for d, v in zip(days, [100, 100, 100, 121, 121], strict=True))])
    write("august.csv", [["Date", *FUNDS], ["8/31/2024", 132, 132]])
    write("rates.csv", [["Effective Date", "Rate"], ["9/15/2024", "2.75%"]])
    printed("july.csv", [("7/31/2024", "21.00"), ("6/30/2024", "21.00")])
    printed("printed.csv", [("8/31/2024", "32.00"), ("6/30/2024", "21.00")])
    columns = ["--periods", "1Y", "--standard-periods", "1Y"]
    return [
        "report",
        "--unit-values",
        "values.csv",
        "--terms",
        "ascent.toml",
        *columns,
        "--funds",
        "funds.csv",
        "--out",
        "u.xlsx",
    ]


def month(*files):
    return run("month", *files, "--book", "u.xlsx", "--no-calc", "--force")


def test_printed_figures_and_rates_had_no_table_to_go_into_where_the_update_was_built_without_them(built):
    """They were taken for unit values of other funds."""
    assert run(*built)[0] == 0
    code, said = month("august.csv", "printed.csv", "rates.csv")
    assert "Published from printed.csv" in said
    assert "InterestRates from rates.csv" in said
    assert (code, "8 of 8 published figures tie" in said) == (1, True), said  # 1: gaps in the values
    assert run("tie-out", "u.xlsx")[1].rstrip().endswith("8 of 8 published figures tie")


def test_the_last_lines_of_a_month_name_a_figure_that_does_not_tie(built):
    """They asked for the signature alone."""
    assert run(*built)[0] == 0
    printed("printed.csv", [("8/31/2024", "32.00"), ("6/30/2024", "12.00")])
    said = month("august.csv", "printed.csv")[1]
    assert (
        "* 4 figures do not tie (above): correct the page or the inputs, or sign with that left open: u_review_2024" in said
    )


def test_an_own_workbook_as_a_copy_of_values_was_the_sample(built):
    """The first sheet of an own update said to send what ``report --values`` writes, which is July 2008."""
    import openpyxl

    printed("july.csv", [("7/31/2024", "21.00")])
    assert run(*built, "--published", "july.csv")[0] == 0
    said = " ".join(str(row[1].value) for row in openpyxl.load_workbook("u.xlsx").worksheets[0].iter_rows())
    assert "xl-flexextra report THIS.xlsx --values" in said
    code, said = run("report", "u.xlsx", "--values")
    assert (code, "4 of 4 published figures tie" in said, "Written: u_values.xlsx" in said) == (0, True, True), said
    book, copy = (openpyxl.load_workbook(name, data_only=True)["Update"] for name in ("u.xlsx", "u_values.xlsx"))
    assert [[cell.value for cell in row] for row in book.iter_rows()] == [
        [cell.value for cell in row] for row in copy.iter_rows()
    ]
    assert not [
        cell
        for row in openpyxl.load_workbook("u_values.xlsx")["Update"].iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert run("report", "u.xlsx", "--out", "u.xlsx", "--force")[1].startswith("u.xlsx is the very file that is read")
    assert run("report", "u.xlsx", "--terms", "ascent.toml")[1].startswith("Give either a workbook or files")


def test_a_copy_of_values_has_no_blank_tables(built):
    assert run(*built, "--values")[0] == 0
    import openpyxl

    sheets = openpyxl.load_workbook("u.xlsx", read_only=True).sheetnames
    assert not {"Published", "Interest rates"} & set(sheets)


def test_a_table_that_the_workbook_was_built_without_is_named_with_the_way_to_get_it(built):
    assert run(*built)[0] == 0
    write("shares.csv", [["Fund", "Share"], [FUNDS[0], "60%"], [FUNDS[1], "40%"]])
    code, said = month("shares.csv")
    assert code == 2
    assert said.startswith("shares.csv has the columns of the table Shares, which u.xlsx was built without; build it again")
    assert "--shares shares.csv" in said


@pytest.mark.parametrize("contract", ["North Ascent – L share annuity", "ASCENT"])
def test_a_contract_under_its_printed_title_is_no_other_contract(built, contract):
    """The report refused it; a month that names it otherwise kept last month's figures beside the new ones."""
    printed("july.csv", [("7/31/2024", "21.00"), ("6/30/2024", "21.00")], contract)
    code, said = run(*built, "--published", "july.csv")
    assert (code, "8 of 8 published figures tie" in said) == (0, True), said
    code, said = month("august.csv", "printed.csv")
    assert "8 → 8 rows: 4 added, 0 changed (0 cells), 4 removed" in said
    assert (code, "8 of 8 published figures tie" in said) == (1, True), said


def test_a_fund_under_another_code_stops_the_month_before_no_figure_can_be_computed(built):
    assert run(*built[:-4], "--out", "u.xlsx")[0] == 0  # the funds by their printed names
    code, said = month("funds.csv")
    assert (code, "Nothing was written" in said) == (2, True)
    assert f"it would have '{FUNDS[0]}' for {FUNDS[0]} and NGP" in said


def test_the_error_of_a_figure_is_named_as_its_cell_shows_it(built):
    said = run(*built, "--periods", "10Y")[1]
    assert "\n#N/A: There is no unit value of NGP on or before 2014-07-31" in said
