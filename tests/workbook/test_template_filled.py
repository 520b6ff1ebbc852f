"""A template filled from what a user has: every file's values stand in it, nothing is typed, and a report gives the same."""

import openpyxl
import pytest
from commands import run

from xl_flexextra import sample
from xl_flexextra.sources.files import Files
from xl_flexextra.terms import from_rows, from_toml, in_toml, library, load

TOML = """
[contract]
name = "mine"
title = "Mine\\n[annual_charge]"
[annual_charge]
form = "share"
dollars = 35
[cdsc]
schedule = [0.08, 0.0725, 0.0]
[[charges]]
base = "value"
rate = 0.0025
[[changes]]
effective = 2006-05-01
annual_charge.dollars = 30.0
charge.1.rate = 0.003
[sources]
"annual_charge.dollars" = "prospectus of 1 May 2005, page 12"
"cdsc.schedule" = "page 13"
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Files of a user's own, with names and US dates."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "values.csv").write_text("date,A,B\n6/30/2006,10,10\n6/29/2007,11,10.5\n6/30/2008,12,9\n")
    (tmp_path / "funds.csv").write_text("fund,printed_name,aliases\nB,Bond Fund,The Bond; Bonds\nA,Equity Fund,\n")
    (tmp_path / "shares.csv").write_text("fund,share\nA,60%\nB,40%\n")
    (tmp_path / "published.csv").write_text("table,contract,as_of,fund,period,return_pct\nmine,,2008-06-30,A,1Y,9.09\n")
    (tmp_path / "mine.toml").write_text(TOML)
    return tmp_path


def test_the_template_holds_what_the_files_hold(files):
    given = ["--unit-values", "values.csv", "--funds", "funds.csv", "--terms", "mine.toml", "--shares", "shares.csv"]
    assert run("new", "t.xlsx", *given, "--published", "published.csv") == (
        0,
        "Written: t.xlsx. Its first sheet says what to do.\n",
    )
    read = Files()
    assert [row[1:] for row in read.rows("t.xlsx#UnitValues")] == [["A", "B"], [10, 10], [11, 10.5], [12, 9]]
    assert [row[:2] for row in read.rows("t.xlsx#Funds")[1:]] == [["B", "Bond Fund"], ["A", "Equity Fund"]]
    assert from_rows(read.rows("t.xlsx#ContractTerms")) == from_toml("mine.toml")
    assert [row[1] for row in read.rows("t.xlsx#Shares")[1:]] == [0.6, 0.4]
    assert read.rows("t.xlsx#Published")[1][5] == 9.09  # as it is printed, 12 / 11 - 1
    named = ["--funds", "t.xlsx#Funds", "--shares", "t.xlsx#Shares", "--published", "t.xlsx#Published"]
    _code, said = run(
        "report", "--unit-values", "t.xlsx#UnitValues", "--terms", "t.xlsx#ContractTerms", *named, "--out", "r.xlsx"
    )
    assert said.rstrip().endswith("1 of 1 published figures tie")


def test_the_calculator_shows_a_figure_at_once_and_nothing_before_there_are_values(files):
    run("new", "t.xlsx", "--unit-values", "values.csv", "--terms", "mine.toml", "--shares", "shares.csv")
    sheet = openpyxl.load_workbook("t.xlsx", data_only=True)["Calculator"]
    shown = {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2) if row[0].value}
    # 1,000 x 12 / 11 = 1,090.91 less 1,090.91 x 0.3% less 60% of $30 = 1,069.64, less CDSC 8%
    assert shown["return after all charges"] == pytest.approx(
        (1000 * 12 / 11 * (1 - 0.003) - 18) * 0.92 / 1000 - 1, abs=1e-9
    )
    assert shown["unit value on the last day"] == 12
    run("new", "blank.xlsx")
    sheet = openpyxl.load_workbook("blank.xlsx", data_only=True)["Calculator"]
    blank = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=7, max_col=2) if row[0].value}
    assert blank.pop("why").endswith("dates and unit values; fill them in, or widen the range.")
    assert set(blank.values()) == {None}


def test_a_terms_file_goes_onto_the_sheet_and_back(files):
    run("new", "t.xlsx", "--fund", "A")
    _code, said = run("refresh", "t.xlsx", "--from", "mine.toml", "--no-calc")
    assert "ContractTerms from mine.toml" in said
    assert "Meaning:" not in said  # each choice keeps its line
    assert from_rows(Files().rows("t.xlsx#ContractTerms")) == from_toml("mine.toml")
    terms = [row[0] for row in Files().rows("t.xlsx#ContractTerms")]
    run("new", "fresh.xlsx", "--fund", "A")
    before = [row[0] for row in Files().rows("fresh.xlsx#ContractTerms")]
    assert terms[: len(before)] == before  # each row keeps its place, and its list of choices
    assert run("terms", "export", "t.xlsx#ContractTerms", "--out", "back.toml")[0] == 0
    assert from_toml("back.toml") == from_toml("mine.toml")
    assert from_toml("back.toml").sources["cdsc.schedule"] == "page 13"
    assert run("terms", "diff", "back.toml", "t.xlsx#ContractTerms") == (0, "The terms are the same.\n")


def test_a_terms_file_that_says_less_blanks_what_the_sheet_says_more_only_if_that_is_accepted(files):
    run("new", "t.xlsx", "--fund", "A", "--terms", "mine.toml")
    (files / "less.toml").write_text('annual_charge.form = "none"\ncdsc.schedule = [0.0]\n')
    code, said = run("refresh", "t.xlsx", "--from", "less.toml", "--no-calc")
    assert (code, "would become blank" in said) == (2, True)
    assert run("refresh", "t.xlsx", "--from", "less.toml", "--accept-revisions", "--no-calc")[0] != 2
    assert from_rows(Files().rows("t.xlsx#ContractTerms"), "less") == from_toml("less.toml")


def test_a_term_that_was_a_default_and_is_stated_stopped_the_refresh_by_its_source(files):
    """Its source, 'default', would have become blank; now it is the file, whatever the file of the next time is called."""
    least = 'contract.name = "t"\nannual_charge.form = "none"\ncdsc.schedule = [0.0]\n'
    (files / "t.toml").write_text(least)
    run("report", "--unit-values", "values.csv", "--terms", "t.toml", "--out", "t.xlsx")
    for name, value, source in (("a", "blank", "a.toml"), ("b", "since_fund", "b.toml"), ("t", "error", "default")):
        stated = "" if name == "t" else f'periods.without_history = "{value}"\n'
        (files / f"{name}.toml").write_text(least + stated)
        code, said = run("refresh", "t.xlsx", "--from", f"{name}.toml", "--table", "TTerms", "--no-calc")
        assert code != 2, said
        rows = {row[0]: (row[1], row[3]) for row in Files().rows("t.xlsx#TTerms")}
        assert rows["periods.without_history"] == (value, source)
        assert run("refresh", "t.xlsx", "--from", f"{name}.toml", "--table", "TTerms")[1].count("nothing to change")


def test_another_charge_on_the_sheet_of_an_update_moves_its_figures(files):
    run("report", "--out", "u.xlsx")
    run("terms", "export", "flexible", "--out", "f.toml")
    text = (files / "f.toml").read_text().replace("dollars = 35.0", "dollars = 30.0")
    (files / "f.toml").write_text(text)
    _code, said = run("refresh", "u.xlsx", "--from", "f.toml", "--table", "FlexibleTerms", "--no-calc")
    assert "annual_charge.dollars, Value: 35 → 30" in said
    assert "1 changed (1 cell)" in said
    assert (
        run("tie-out", "u.xlsx", "--set", "single:annual_charge.dollars=30")[1]
        .rstrip()
        .endswith("58 of 112 published figures tie")
    )


@pytest.mark.parametrize("contract", [*library.contracts(), *library.templates()])
def test_terms_as_a_file_read_back_are_the_same_terms(contract, tmp_path):
    terms = from_toml(library.find(contract))
    (tmp_path / "t.toml").write_text(in_toml.text(terms), encoding="utf-8")
    back = from_toml(tmp_path / "t.toml")
    assert (back, back.sources) == (terms, terms.sources)


def test_a_title_of_two_lines_is_no_section(tmp_path):
    terms = from_rows([["contract.title", 'a\n[cdsc] "x" \\ \x7f'], ["annual_charge.form", "none"], ["cdsc.schedule", 0]])
    (tmp_path / "t.toml").write_text(in_toml.text(terms), encoding="utf-8")
    assert from_toml(tmp_path / "t.toml").title == terms.title


def test_all_contract_years_may_stand_in_the_cell_of_the_first():
    terms = from_rows([["annual_charge.form", "none"], ["cdsc.schedule.1", "8%, 7.25%, 0"]])
    assert terms["cdsc.schedule"] == (0.08, 0.0725, 0.0)


def test_which_table_a_source_is_for_is_found_by_its_columns(files):
    run("new", "t.xlsx", "--fund", "A", "--fund", "B")
    for name in ("values.csv", "shares.csv", "published.csv", "funds.csv"):
        code, said = run("refresh", "t.xlsx", "--from", name, "--dry-run", "--no-calc")
        table = {"values.csv": "UnitValues", "funds.csv": "Funds"}.get(name, name.removesuffix(".csv").capitalize())
        assert f"{table} from {name}" in said, said
    (files / "other.csv").write_text("date,C\n2008-06-30,10\n")
    code, said = run("refresh", "t.xlsx", "--from", "other.csv", "--no-calc")
    assert (code, "the fund 'C' of other.csv is not in the workbook (it has A, B)" in said) == (2, True)


def test_numbers_left_out_are_no_difference_of_terms(files):
    run("new", "t.xlsx", "--terms", "flexible")
    assert run("terms", "diff", "flexible", "t.xlsx#ContractTerms") == (0, "The terms are the same.\n")
    assert load("flex_extra_flexible") == from_rows(Files().rows("t.xlsx#ContractTerms"))
    assert [row[0] for row in sample.rows("FlexibleTerms")][:2] == ["Term", "contract.name"]


def test_unit_values_under_printed_names_are_headed_by_the_codes_of_the_funds(files):
    """The first sheet says that the headings are the fund codes."""
    (files / "values.csv").write_text("date,Equity Fund,Bonds\n6/30/2006,10,10\n6/29/2007,11,10.5\n")
    assert run("new", "t.xlsx", "--unit-values", "values.csv", "--funds", "funds.csv")[0] == 0
    assert [row[1:] for row in Files().rows("t.xlsx#UnitValues")] == [["A", "B"], [10, 10], [11, 10.5]]
