"""Published figures as people have them: percent signs, percent cells, figures of a contract that is not surrendered."""

import openpyxl
import pytest
import xlsxwriter
from commands import run

from xl_flexextra.cli.review_data import fund_returns
from xl_flexextra.errors import BadInput, MissingData
from xl_flexextra.inputs.published_figures import published_from_rows

# by hand: 90 / 100 - 1 = -10.00% before contract charges; the charge of 1% of 900 leaves 891: -10.90% held;
# the CDSC of 6% of 891 = 53.46 leaves 837.54: -16.25% surrendered (-16.246)
TERMS = """
[contract]
name = "own_contract"
code = "OWN"
[annual_charge]
form = "fraction_of_end_value"
rate = 0.01
[cdsc]
schedule = [0.06]
thereafter = 0.0
"""
HEAD = ["table", "contract", "as_of", "fund", "period", "return_pct", "charges"]
BEFORE = ["page", None, "2001-12-31", "EQUITY", "1Y"]
OWN = ["page", "OWN", "2001-12-31", "EQUITY", "1Y"]


@pytest.fixture
def own(tmp_path):
    (tmp_path / "own.toml").write_text(TERMS)
    (tmp_path / "values.csv").write_text("date,EQUITY\n2000-12-31,100\n2001-12-31,90\n")
    return tmp_path


def tie_out(own, rows, head=HEAD, *more):
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in [head, *rows]]
    (own / "printed.csv").write_text("\n".join(lines) + "\n")
    return run("tie-out", "--unit-values", own / "values.csv", "--terms", own / "own.toml", "--published",
               own / "printed.csv", *more)  # fmt: skip


def value(cell, column="return_pct"):
    return published_from_rows([["as_of", "fund", "period", column], ["2001-12-31", "EQUITY", "1Y", cell]])[0].value


def test_text_with_a_percent_sign_is_a_percentage_in_either_column():
    assert value("-10.58%") == value("-10.58%", "return") == value(-10.58) == value(-0.1058, "return") == -0.1058
    assert value(" \N{MINUS SIGN}14.91 % ") == -0.1491


def test_the_funds_own_returns_may_have_percent_signs(own):
    (own / "funds.csv").write_text("fund,period,return_pct\nEQUITY,1Y,-10.58%\nEQUITY,5Y,4.2\n")
    assert fund_returns(str(own / "funds.csv")) == {("EQUITY", "1Y"): -0.1058, ("EQUITY", "5Y"): 0.042}


def test_a_percent_cell_of_excel_is_taken_as_shown(own):
    with xlsxwriter.Workbook(own / "printed.xlsx") as book:
        sheet, percent = book.add_worksheet("printed"), book.add_format({"num_format": "0.00%"})
        sheet.write_row(1, 0, ["Our page"])
        sheet.write_row(2, 0, HEAD)
        sheet.write_row(3, 0, BEFORE)
        sheet.write_number(3, 5, -0.1, percent)
        sheet.write_row(4, 0, BEFORE)
        sheet.write_number(4, 5, -10.0)  # beside it a percentage as a plain number
    code, text = run("tie-out", "--unit-values", own / "values.csv", "--terms", own / "own.toml", "--published",
                     own / "printed.xlsx", "--all")  # fmt: skip
    assert code == 0, text
    assert "2 of 2 published figures tie" in text


def test_fractions_taken_for_percentages_are_said(own):
    code, text = tie_out(own, [[*BEFORE, -0.1, None], [*OWN, -0.1625, None]])
    assert code == 1
    assert "0 of 2 published figures tie" in text
    assert "the published figures are about a hundredth of the recomputed ones" in text
    code, text = tie_out(own, [[*BEFORE, -10.0, None], [*OWN, -16.26, None]])  # a digit off is no hundredfold
    assert code == 1
    assert "hundred" not in text.replace("hundredths", "")


def test_a_contract_that_is_not_surrendered_has_its_own_charges(own):
    rows = [[*BEFORE, -10.0, None], [*OWN, -16.25, None], [*OWN, -10.9, "annual"], [*OWN, -10.0, "asset"]]
    code, text = tie_out(own, rows)
    assert code == 0, text
    assert "4 of 4 published figures tie" in text
    code, text = tie_out(own, [[*OWN, -10.9, None]])
    assert code == 1
    assert "1 figure that does not tie (EQUITY, 1Y, 2001-12-31) is a return without surrender" in text
    code, text = tie_out(own, [[*OWN, -10.9, "held"]])
    assert code == 2
    assert "'charges, row 2' must be one of asset, annual, all" in text


def test_the_tie_out_sheet_computes_them_live_and_reads_back(own):
    tie_out(own, [[*OWN, -10.9, "annual"], [*OWN, -16.25, None]])
    given = ["--unit-values", own / "values.csv", "--terms", own / "own.toml", "--published", own / "printed.csv"]
    assert run("report", *given, "--out", own / "page.xlsx")[0] == 0
    sheet = openpyxl.load_workbook(own / "page.xlsx")["Tie-out"]
    assert sheet["G8"].value.endswith(",Published!H5)")
    assert sheet["G9"].value.endswith("Funds[#All])")
    cached = openpyxl.load_workbook(own / "page.xlsx", data_only=True)["Tie-out"]
    assert (cached["L7"].value, cached["L8"].value, cached["L9"].value) == ("charges", "annual", None)
    assert (cached["G8"].value, cached["G9"].value) == (pytest.approx(-0.109), pytest.approx(-0.16246))
    code, text = run("tie-out", *given[:4], "--published", f"{own / 'page.xlsx'}#Published")
    assert (code, "2 of 2 published figures tie" in text) == (0, True)
    code, text = run("review", own / "page.xlsx", "--out", own / "review.xlsx")
    assert code == 2
    assert "returns without surrender" in text


def test_a_contract_may_be_named_by_its_code_or_its_name(own):
    """Both stand for the contract, in rows of a table of the page and in others."""
    for contract in ("OWN", "own_contract", "Own_Contract"):
        rows = [
            ["after_contract_charges", contract, "2001-12-31", "EQUITY", "1Y", -16.25],
            [*OWN[:1], contract, *OWN[2:], -16.25],
        ]
        code, said = tie_out(own, rows)
        assert code == 0, said
        assert "2 of 2 published figures tie" in said


def test_a_figure_that_is_an_error_is_not_said_to_be_one_without_surrender(own):
    """The schedule ends after the first year; the return of three years is an error, which gives its own reason."""
    (own / "own.toml").write_text(TERMS.replace("thereafter = 0.0\n", ""))
    (own / "values.csv").write_text("date,EQUITY\n1998-12-31,100\n1999-12-31,100\n2000-12-31,100\n2001-12-31,90\n")
    held = ((0.99**2 * 0.9 * 0.99) ** (1 / 3) - 1) * 100
    _, said = tie_out(own, [[*OWN[:4], "3Y", round(held, 2)]])
    assert "cdsc.thereafter" in said
    assert "without surrender" not in said


# --- from a date to a date ----------------------------------------------------------------------------------


def dated(*rows, head=("fund", "from", "to", "return_pct")):
    return published_from_rows([list(head), *map(list, rows)])


def test_figures_from_a_date_to_a_date():
    (one,) = dated(["EQUITY", "2001-05-01", "31 Dec 2003", 5.64])
    assert (one.period, str(one.as_of)) == ("2001-05-01..2003-12-31", "2003-12-31")
    (two,) = dated(["EQUITY", "2001-05-01", "2003-12-31", 5.64], head=("fund", "from", "as_of", "return_pct"))
    assert (two.period, str(two.as_of)) == ("2001-05-01..2003-12-31", "2003-12-31")
    head = ("fund", "period", "as_of", "from", "to", "return_pct")
    mixed = dated(["E", "1Y", "2003-12-31", None, None, 1], ["E", None, None, "2001-05-01", "2003-12-31", 2], head=head)
    assert [(f.period, str(f.as_of)) for f in mixed] == [("1Y", "2003-12-31"), ("2001-05-01..2003-12-31", "2003-12-31")]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (["E", None, None, None, "2003-12-31", 1], "a date 'to' and neither 'from' nor a period in row 2"),
        (["E", None, None, "2001-05-01", None, 1], "neither 'to' nor 'as_of' in row 2"),
        (["E", "1Y", "2003-12-31", "2001-05-01", "2003-12-31", 1], "the period 1Y and the dates 2001-05-01 to 2003-12-31"),
        (["E", None, None, "soon", "2003-12-31", 1], "'from, row 2' must be a date"),
    ],
)
def test_dates_of_a_printed_figure_that_say_no_period(row, says):
    with pytest.raises((BadInput, MissingData), match=says):
        dated(row, head=("fund", "period", "as_of", "from", "to", "return_pct"))


def test_a_printed_return_from_a_date_to_a_date_ties(own):
    """From 100 on 31 December 2000 to 90 a year later: -10.00%, and by a period of dates as well."""
    head = ["table", "contract", "fund", "from", "to", "return_pct"]
    code, text = tie_out(own, [["page", None, "EQUITY", "2000-12-31", "2001-12-31", "-10.00"]], head)
    assert (code, "1 of 1 published figures tie" in text) == (0, True), text


def test_percentages_in_the_column_of_fractions_are_said_and_do_not_end_the_command(own):
    head = [*HEAD[:5], "return", "charges"]
    code, text = tie_out(own, [[*BEFORE, -0.1, None], [*OWN, -10.9, None], [*OWN, -0.16, None]], head)  # -10.90% while held
    assert (code, "1 of 3 published figures tie" in text) == (1, True), text
    code, text = tie_out(own, [[*BEFORE, -0.1, None], [*OWN, -16.25, None], [*OWN, -0.16, None]], head)
    assert (code, "percent, not fraction" in text) == (1, True)
    assert "Note: a column 'return' holds fractions (-0.1491); name it 'return_pct' for percentages (-14.91)" in text
    assert "EQUITY, 1Y, 2001-12-31 was read as the fraction -16.25: percent, not fraction" in text


def test_columns_of_ten_years_without_inceptions_or_since_another_than_the_terms_say_are_noted(own):
    page = [["fund_and_separate_account", None, *BEFORE[2:4], "10Y", -10.0, None]]
    code, text = tie_out(own, page)
    assert code == 1  # ten years back there is no value
    assert "the funds have no inceptions, so the column 10Y of the monthly tables is ten years even" in text
    assert "give fund_inception in the table of funds (--funds)" in text
    assert "standardized" not in text  # of which no figure was given
    (own / "funds.csv").write_text("fund,fund_inception,subaccount_inception\nEQUITY,2000-12-31,2001-03-31\n")
    code, text = tie_out(own, page, HEAD, "--funds", own / "funds.csv")
    assert (code, "1 of 1 published figures tie" in text) == (0, True), text
    assert "periods.inception of own_contract is 'subaccount': EQUITY since 2000-12-31, not 2001-03-31" in text
    assert "--periods YTD,1Y,3Y,5Y,10Y_OR_SI goes by the terms" in text
    (own / "own.toml").write_text(TERMS + '[periods]\ninception = "fund"\n')
    assert "10Y_OR_SI" not in tie_out(own, page, HEAD, "--funds", own / "funds.csv")[1]


def test_a_file_without_a_figure_was_green_without_a_comparison(tmp_path):
    file = tmp_path / "published.csv"
    file.write_text("table,contract,as_of,fund,period,return_pct\n")
    code, said = run("tie-out", "--published", file)
    assert code == 2
    assert "published.csv holds no published figures; fill in a row for each, or leave --published out." in said


@pytest.mark.parametrize("period", ["SI", "forever"])
def test_a_period_that_is_not_known_is_found_in_its_file(own, period):
    """The sentence named neither the file nor the figure."""
    rows = [[*BEFORE, "-10.00", None], ["page", None, "2001-12-31", "EQUITY", period, "1", None]]
    code, said = tie_out(own, rows)
    assert (code, "printed.csv, EQUITY to 2001-12-31: 'period' '" + period in said) == (2, True), said
