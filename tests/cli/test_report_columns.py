"""Columns and payment of a report are the user's choice: on the screen, in the workbook, and read back from it."""

import openpyxl
import pytest
from commands import run
from flexextra_udfs import CONTRACT_AATR, EXPLAIN_RETURN, PERFORMANCE_TABLE

from xl_flexextra.cli.review_data import from_workbook
from xl_flexextra.errors import BadInput
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook import layout

# by hand: 100 -> 80 -> 121 at the ends of 2000 to 2002; a charge of $10 on each anniversary, no CDSC
TERMS = """
[contract]
name = "own_contract"
code = "OWN"
[annual_charge]
form = "average_size"
dollars = 10
average_contract_size = 1000
[cdsc]
schedule = [0.0]
"""


@pytest.fixture
def own(tmp_path):
    (tmp_path / "own.toml").write_text(TERMS)
    (tmp_path / "values.csv").write_text("date,EQUITY\n2000-12-31,100\n2001-12-31,80\n2002-06-30,100\n2002-12-31,121\n")
    return tmp_path


def built(own, *more):
    done = run("report", "--unit-values", own / "values.csv", "--terms", own / "own.toml", "--out", own / "own.xlsx", *more)
    return *done, own / "own.xlsx"


def page(path):
    return openpyxl.load_workbook(path, data_only=True)["Update"]


def test_the_columns_that_are_asked_for_are_computed_and_written(own):
    """Before charges: 121/80 - 1 = 51.25%; 10% a year is 21% over two years; 100 to 121 in half a year, and 80 to 100."""
    code, text, path = built(own, "--periods", "1Y, 2Y; 2Y cumulative, 6M, 2001-12-31..2002-06-30, CY2001", "--force")
    assert code == 0, text
    sheet, wanted = page(path), [0.5125, 0.1, 0.21, 0.21, 0.25, -0.2]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    figures = next(row[5:11] for row in rows if row[0] == "EQUITY")
    assert figures == pytest.approx(wanted, abs=1e-12)
    heads = [" ".join(str(cell) for cell in row) for row in rows]
    assert any(
        "2 years (cumulative)" in head and "2001-12-31 to 2002-06-30" in head and "6 months" in head for head in heads
    )
    assert from_workbook(path).periods == ("1Y", "2Y", "2Y_CUMULATIVE", "6M", "2001-12-31..2002-06-30", "CY2001")
    assert from_workbook(path).standard_periods == ()


def test_the_columns_of_the_standardized_tables_are_chosen_apart(own):
    _, _, path = built(own, "--standard-periods", "1Y,2Y,2Y_CUMULATIVE")
    found = from_workbook(path)
    assert (found.periods, found.standard_periods) == ((), ("1Y", "2Y", "2Y_CUMULATIVE"))
    assert report.compute(found).tables[2].spec.periods == ("1Y", "2Y", "2Y_CUMULATIVE")


@pytest.mark.parametrize(
    ("periods", "says"),
    [("1Y,1X", "'1X' is not known"), ("10Y,10Y_OR_SI", "stands twice among the columns of a table as 10Y"),
     (",".join(f"{n}M" for n in range(1, 22)), "at most 20 periods")],
)  # fmt: skip
def test_columns_that_make_no_sense_are_refused_and_nothing_is_written(own, periods, says):
    code, text, path = built(own, "--periods", periods)
    assert code == 2
    assert says in " ".join(text.split())
    assert not path.exists()


def test_a_payment_of_ten_thousand(own):
    """$10,000 at 1% a year: 10,000 x 0.8 - 100 = 7,900, x 1.5125 - 100 = 11,848.75; the same return as of $1,000."""
    options = ["--unit-values", own / "values.csv", "--contract", own / "own.toml", "--fund", "EQUITY", "--period", "2Y"]
    code, text = run("explain", *options, "--payment", "10000")
    assert code == 0, text
    assert "$10,000.00 paid in" in text
    assert "$11,848.75 remain, 8.85% a year" in " ".join(text.split())
    _, text = run("explain", *options)
    assert "$1,184.88 remain, 8.85% a year" in " ".join(text.split())
    _, _, path = built(own, "--payment", "10000", "--periods", "2Y")
    assert from_workbook(path).contracts[0]["payment.amount"] == 10000


def test_cumulative_and_annualised_from_one_terms_file():
    values = [["date", "S"], ["2000-12-31", 100], ["2001-12-31", 80], ["2002-12-31", 121]]
    terms = [["annual_charge.form", "none"], ["cdsc.schedule", 0]]
    table = PERFORMANCE_TABLE(terms, values, "2002-12-31", ["2Y", "2Y_CUMULATIVE", "1Y_ANNUALISED", "1Y"])
    assert table[0].tolist() == pytest.approx([0.1, 0.21, 0.5125, 0.5125])
    cumulative = [*terms, ["years.long_period", "cumulative"]]
    assert CONTRACT_AATR(cumulative, values, "S", "2002-12-31", "2Y annualized") == pytest.approx(0.1)
    short = [["date", "S"], ["2002-06-30", 100], ["2002-12-31", 121]]
    days = 184
    annualised = CONTRACT_AATR(terms, short, "S", "2002-12-31", "6M annualised")
    assert annualised == pytest.approx(1.21 ** (365 / days) - 1)
    assert "21.00% for the period, not annualised" in EXPLAIN_RETURN(terms, values, "S", "2002-12-31", "2Y cumulative")
    with pytest.raises(BadInput, match="is not known"):
        CONTRACT_AATR(terms, values, "S", "2002-12-31", "cumulative")


def test_periods_of_a_report_are_kept_in_a_review(tmp_path):
    import dataclasses

    inputs = dataclasses.replace(update_inputs.sample_inputs(), periods=("1y", "5Y cumulative"))
    assert inputs.periods == ("1Y", "5Y_CUMULATIVE")
    from xl_flexextra.workbook.update import page_texts

    assert page_texts.from_rows(page_texts.rows(inputs))["periods"] == ("1Y", "5Y_CUMULATIVE")


def test_an_update_before_with_other_columns_is_compared_column_by_column(own):
    """A column that the update before had not is new; it stopped the comparison."""
    _, _, path = built(own, "--periods", "1Y")
    earlier = path.rename(own / "earlier.xlsx")
    _, _, path = built(own, "--periods", "1Y,2Y cumulative")
    code, text = run("diff", earlier, path)
    assert code in {0, 1}, text
    assert "new column" in text
    assert "2Y_CUMULATIVE" in text


@pytest.mark.parametrize(("code", "label"), [("1M", "1 month"), ("6M", "6 months"), ("1Y", "1 year"), ("18M", "18 months")])
def test_one_month_was_headed_one_months(code, label):
    assert layout.period_label(code) == [label]
