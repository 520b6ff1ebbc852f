"""Unit values of business days only: the month end on a weekend is the update's last day, in Python and on the page."""

import datetime

import openpyxl
import pytest
from commands import run

from xl_flexextra.sync.refresh import Request, refresh
from xl_flexextra.terms import from_toml
from xl_flexextra.update import update_inputs
from xl_flexextra.update.report import latest_day

TERMS = """
[contract]
name = "own_contract"
code = "OWN"
[annual_charge]
form = "none"
[cdsc]
schedule = [0.0]
thereafter = 0.0
"""
# 31 December 2000 is a Sunday, 31 March 2002 Easter Sunday; 29 December 1999 is there to be not taken
HEAD = "date,EQUITY,BOND\n1999-12-29,11,20\n1999-12-31,10,20\n2000-09-29,9.5,21\n2000-11-30,9.3,21.5\n"
DECEMBER = HEAD + "2000-12-29,9.02,22\n"


@pytest.fixture
def own(tmp_path):
    (tmp_path / "own.toml").write_text(TERMS)
    (tmp_path / "november.csv").write_text(HEAD)
    (tmp_path / "december.csv").write_text(DECEMBER)
    (tmp_path / "printed.csv").write_text(
        "table,contract,as_of,fund,period,return_pct\nstandardized,OWN,2000-12-31,EQUITY,1Y,-9.80\n"
    )
    return tmp_path


def named(own, month="december"):
    return ["--unit-values", own / f"{month}.csv", "--terms", own / "own.toml"]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2000-12-29", "2000-12-31"),  # Friday before Sunday 31
        ("2000-12-30", "2000-12-31"),  # a value of Saturday
        ("2000-12-28", "2000-12-28"),  # Thursday: Friday is to come
        ("2008-07-31", "2008-07-31"),  # Thursday, the month end itself
        ("2002-03-28", "2002-03-28"),  # Good Friday is not known to be closed …
    ],
)
def test_the_last_business_day_stands_for_the_month_end(last, expected, own):
    terms = from_toml(own / "own.toml")
    day, wanted = datetime.date.fromisoformat(last), datetime.date.fromisoformat(expected)
    assert latest_day(day, [terms]) == wanted
    assert latest_day(day, [terms.replace(valuation__rule="exact")]) == day
    assert latest_day(day, [terms, terms.replace(valuation__max_age_days=2)]) == day


def test_a_holiday_at_the_month_end_counts_where_it_is_given(own):
    terms, thursday = from_toml(own / "own.toml"), datetime.date(2002, 3, 28)
    assert latest_day(thursday, [terms], [datetime.date(2002, 3, 29)]) == datetime.date(2002, 3, 31)


def test_a_report_to_a_friday_is_one_to_the_month_end(own):
    out = own / "page.xlsx"
    code, text = run("report", *named(own), "--out", out)
    assert code == 0
    assert "the last unit value is of Friday 2000-12-29" in text
    assert "the update ends on the month end 2000-12-31" in text
    # by hand: 9.02 / 10 - 1 = -9.80% from 1999-12-31, not 9.02 / 11 - 1 = -18.00% from 1999-12-29; 22 / 20 - 1 = 10%
    assert text.count("-9.80%") == 5  # YTD and 1Y twice, and the standardized 1Y: its quarter ends on the same day
    assert text.count("10.00%") == 5
    assert "-18.00%" not in text
    page = openpyxl.load_workbook(out, data_only=True)["Update"]
    assert page["B2"].value.date() == datetime.date(2000, 12, 31)
    assert page["G9"].value.date() == datetime.date(1999, 12, 31)
    formulas = openpyxl.load_workbook(out)
    place = formulas.defined_names["AsOf"].attr_text.rpartition("!")[2].replace("$", "")
    assert "LatestMonthEnd" in formulas["Calculation"][place].value  # live, so that the next month moves on


def test_an_explicit_last_day_within_the_age_of_the_terms_is_taken(own):
    for command in (["explain", "--fund", "EQUITY", "--period", "1Y", "--contract", own / "own.toml"], ["tie-out"]):
        given = named(own) if command[0] == "tie-out" else named(own)[:2]
        extra = ["--published", own / "printed.csv"] if command[0] == "tie-out" else []
        code, text = run(*command, *given, *extra, "--as-of", "2000-12-31")
        assert code == 0, text
        assert ("1 of 1 published figures tie" if extra else "-9.80%") in text
        code, text = run(*command, *given, *extra, "--as-of", "2001-01-09")  # 11 days after 29 December
        assert code == 2
        assert "by more than own_contract allows (valuation.max_age_days = 10)" in text
    code, text = run("report", *named(own), "--as-of", "2000-12-29", "--out", own / "x.xlsx")
    assert code == 0
    assert "to 2000-12-29" in text  # what is asked for is done: 9.02 / 11 - 1
    assert "-18.00%" in text


def test_a_day_that_just_misses_the_month_end_is_said(own):
    (own / "december.csv").write_text(HEAD + "2000-12-28,9.02,22\n")
    code, text = run("tie-out", *named(own))
    assert code == 0
    assert "the update ends on 2000-12-28, the last unit value, and not on the month end 2000-12-31" in text


def test_a_refresh_moves_the_page_to_the_month_end(own):
    out = own / "page.xlsx"
    assert run("report", *named(own, "november"), "--out", out)[0] == 0
    assert openpyxl.load_workbook(out, data_only=True)["Update"]["B2"].value.date() == datetime.date(2000, 11, 30)
    outcome = refresh(Request(out, str(own / "december.csv"), table="UnitValues"))
    assert outcome.written
    assert outcome.dependents.stale == []
    page = openpyxl.load_workbook(out, data_only=True)["Update"]
    assert page["B2"].value.date() == datetime.date(2000, 12, 31)
    assert page["G10"].value == pytest.approx(-0.098)


def test_the_sample_is_not_moved():
    inputs = update_inputs.sample_inputs()
    assert latest_day(inputs.unit_values.dates[-1].item(), inputs.contracts) == inputs.as_of == datetime.date(2008, 7, 31)
