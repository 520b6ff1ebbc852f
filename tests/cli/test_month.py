"""The month in one go: all files in one refresh, tie-out, review; nothing where a file is wrong; taken back as one."""

import csv
import json
import os
import shlex
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
import typer
from commands import run
from documented import json_page

from xl_flexextra import sample
from xl_flexextra.cli import month_command
from xl_flexextra.errors import BadInput

VALUES = sample.rows("UnitValues")
FUND = VALUES[0][1]
GIVEN = ["--no-calc"]  # LibreOffice prints the page; tests/calc look at that


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture
def book(tmp_path, monkeypatch):
    """The July update, and the files of August: values on the last business day 1% higher, one printed figure, rates."""
    monkeypatch.chdir(tmp_path)
    assert run("report", "--out", "u.xlsx")[0] == 0
    write(tmp_path / "v.csv", [VALUES[0], ["2008-08-29", *[round(v * 1.01, 6) for v in VALUES[-1][1:]]]])
    first = next(row[1] for row in VALUES[1:] if str(row[0]) == "2007-08-31")
    exact = round((round(VALUES[-1][1] * 1.01, 6) / first - 1) * 100, 2)
    head = ["table", "contract", "as_of", "fund", "period", "return_pct"]
    write(tmp_path / "p.csv", [head, ["fund_and_separate_account", "", "2008-08-31", FUND, "1Y", exact]])
    write(
        tmp_path / "r.csv",
        [["effective_date", "kind", "rate"], *[["2008-09-01", row[1], 0.03] for row in sample.rows("InterestRates")[1:2]]],
    )
    return tmp_path / "u.xlsx"


def test_every_file_finds_its_table_and_one_summary_follows(book):
    code, said = run("month", "p.csv", "v.csv", "--book", "u.xlsx", *GIVEN)
    assert code == 0, said
    assert "122 → 123 rows: 1 added" in said  # the one new row joined, without a mapping
    assert "112 rows of other days are replaced by 1 new" in said  # no revision: figures of another day
    assert "1 of 1 published figures tie" in said
    assert "u.xlsx is of 2008-08-31 now." in said
    assert "the declared interest rates end with those of 2008-08-01, before the first day of use, 2008-09-01" in said
    review = openpyxl.load_workbook("u_review_2008-08-31.xlsx", data_only=True)
    assert "What changed" in review.sheetnames  # against the workbook as it was


def test_a_folder_is_its_files_of_data(book, monkeypatch):
    """Whatever the files are called; the workbook itself, its lock file and other kinds of files are none of them."""
    for name in ("v.csv", "p.csv", "r.csv"):
        (book.parent / "august").mkdir(exist_ok=True)
        (book.parent / name).rename(book.parent / "august" / f"new {name}")
    for name in ("~$v.xlsx", ".DS_Store", "notes.pdf", ".hidden.csv"):
        (book.parent / "august" / name).write_bytes(b"none")
    monkeypatch.chdir(book.rename(book.parent / "august" / "u.xlsx").parent)
    code, said = run("month", ".", "--book", "u.xlsx", *GIVEN)
    assert code == 0, said
    assert all(f"from new {name}" in said for name in ("v.csv", "p.csv", "r.csv"))
    assert "1 of 1 published figures tie" in said


def test_a_folder_without_data_and_one_with_a_strange_file_are_refused(book):
    before = book.read_bytes()
    (book.parent / "august").mkdir()
    code, said = run("month", "august", "--book", "u.xlsx", *GIVEN)
    assert (code, "no CSV, Parquet or Excel file" in said) == (2, True)
    (book.parent / "v.csv").rename(book.parent / "august" / "v.csv")
    (book.parent / "august" / "staff.csv").write_text("name,room\nAnna,1\n")
    code, said = run("month", "august", "--book", "u.xlsx", *GIVEN)
    assert (code, "staff.csv" in said, book.read_bytes() == before) == (2, True, True)


def test_a_wrong_file_stops_the_whole_month(book):
    before = book.read_bytes()
    (book.parent / "p.csv").write_text("table,contract,as_of,fund,period,return_pct\nx,,2008-08-31,NOBODY,1Y,abc\n")
    code, said = run("month", "v.csv", "p.csv", "--book", "u.xlsx", *GIVEN)
    assert (code, book.read_bytes() == before) == (2, True)
    assert "Nothing was written" in said
    assert sorted(p.name for p in book.parent.glob("u*")) == ["u.xlsx"]


@pytest.mark.parametrize("there", ["u_review_2008-08-31.xlsx", "u_page_2008-08-31.pdf"])
def test_a_review_or_pdf_that_is_there_stops_the_month_before_it_is_in(book, there, monkeypatch):
    monkeypatch.setattr("xl_flexextra.cli.sync.calculator", lambda: None)
    (book.parent / there).write_bytes(b"another's")
    before = book.read_bytes()
    code, said = run("month", "p.csv", "v.csv", "--book", "u.xlsx")
    assert (code, there in said, "--force" in said, "another name" in said) == (2, True, True, False)  # month names them
    assert (book.read_bytes() == before, (book.parent / there).read_bytes()) == (True, b"another's")
    assert sorted(p.name for p in book.parent.glob("u*")) == sorted(["u.xlsx", there])


def test_a_review_of_another_month_stops_nothing(book):
    (book.parent / "u_review_2008-07-31.xlsx").write_bytes(b"July's")
    code, said = run("month", "p.csv", "v.csv", "--book", "u.xlsx", *GIVEN)
    assert (code, "u.xlsx is of 2008-08-31 now." in said) == (0, True)


def test_two_files_for_one_table_are_refused(book):
    (book.parent / "w.csv").write_bytes((book.parent / "v.csv").read_bytes())
    code, said = run("month", "v.csv", "w.csv", "--book", "u.xlsx", *GIVEN)
    assert (code, said) == (2, "v.csv and w.csv are both for the table UnitValues; give one at a time.")


def test_a_changed_past_value_stops_the_month_until_it_is_accepted(book):
    write(book.parent / "v.csv", [VALUES[0], [VALUES[-1][0], *[v + 0.01 for v in VALUES[-1][1:]]]])
    code, said = run("month", "v.csv", "--book", "u.xlsx", *GIVEN)
    assert (code, "would change" in said) == (2, True)
    assert run("month", "v.csv", "--book", "u.xlsx", "--accept-revisions", *GIVEN)[0] == 1  # figures do not tie now


def test_a_wrong_month_goes_back_as_one(book):
    (book.parent / "u_review_2008-07-31.xlsx").write_bytes(b"July's, of which nothing is taken back")
    run("month", "p.csv", "v.csv", "--book", "u.xlsx", *GIVEN)
    code, said = run("month", "--undo", "--book", "u.xlsx")
    assert (code, "as it was before the refresh" in said, "2008-07-31" in said) == (0, True, False)
    assert "u_review_2008-08-31.xlsx. Delete it, or let the next run replace it: month … --force." in said
    assert run("tie-out", "u.xlsx")[1].rstrip().endswith("112 of 112 published figures tie")


def test_the_same_files_again_change_nothing(book):
    run("month", "p.csv", "v.csv", "--book", "u.xlsx", *GIVEN)
    before = book.read_bytes()
    code, said = run("month", "p.csv", "v.csv", "--book", "u.xlsx", "--force", "--json", *GIVEN)
    told = json.loads(said[said.index("{") :])
    assert json_page.not_listed("month", told) == set()
    assert (book.read_bytes() == before, told["refresh"]["written"], told["exit_code"]) == (True, False, code)


def test_what_is_missing_is_said(book):
    assert run("month", "v.csv") == (2, "'--book' is missing; give the update that the month goes into.")
    assert run("month", "--book", "u.xlsx")[1].startswith("There are no new files")
    assert run("month", "v.csv", "--book", "none.xlsx")[1].startswith("There is no file none.xlsx")


def test_a_file_of_the_new_month_joins_by_merge(book):
    code, said = run("refresh", "u.xlsx", "--from", "v.csv", "--no-calc", "--dry-run")
    assert (code, "--merge keeps them" in said) == (2, True)
    code, said = run("refresh", "u.xlsx", "--from", "v.csv", "--no-calc", "--merge")
    assert (code, "122 → 123 rows" in said) == (0, True)


def test_new_shares_and_rates_alone_join_their_history(book):
    head, funds = ["effective_date", "fund", "share"], [row[0] for row in sample.rows("Shares")[1:]]
    history = [[day, fund, share] for day, share in (("1980-01-01", 0.1), ("2007-05-01", 0.12)) for fund in funds]
    write(book.parent / "s.csv", [head, *history])
    assert run("report", "--shares", "s.csv", "--out", "u.xlsx", "--force")[0] == 1  # the page was printed with other shares
    new = [["2008-08-29", fund, 0.13] for fund in funds]
    write(book.parent / "s.csv", [head, *new])
    code, said = run("month", "v.csv", "p.csv", "s.csv", "r.csv", "--book", "u.xlsx", *GIVEN)
    assert (code, "would go" in said, "--merge" in said) == (0, False, False), said
    workbook = openpyxl.load_workbook("u.xlsx", data_only=True)
    rows = {"Shares": len(history) + len(new), "InterestRates": len(sample.rows("InterestRates")[1:]) + 1}
    for name, count in rows.items():
        (sheet,) = [one for one in workbook if name in one.tables]
        assert len(sheet[sheet.tables[name].ref]) == 1 + count
    write(book.parent / "s.csv", [head, *history, *new])  # the whole of it is the same
    assert "would" not in run("month", "s.csv", "--book", "u.xlsx", "--force", *GIVEN)[1]


def test_printed_figures_of_the_same_day_join_those_that_are_there(book):
    head = ["table", "contract", "as_of", "fund", "period", "return_pct"]
    write(book.parent / "p.csv", [head, ["fund_and_separate_account", "", "2008-07-31", FUND, "2Y", 1.0]])
    code, said = run("month", "p.csv", "--book", "u.xlsx", *GIVEN)
    assert (code, "112 → 113 rows: 1 added" in said) == (1, True), said  # one figure more, which does not tie


def test_a_part_that_broke_after_the_month_was_in_went_unsaid(book, monkeypatch):
    def broken(*_, **__):
        raise TypeError("replace() should be called on dataclass instances")

    monkeypatch.setattr("xl_flexextra.cli.review.build_review", broken)
    monkeypatch.setattr("xl_flexextra.cli.month_command._print", lambda *_: (_ for _ in ()).throw(MemoryError))
    code, said = run("month", "p.csv", "v.csv", "--book", "u.xlsx", "--json")
    told = json.loads(said[said.index("{") :])
    assert json_page.not_listed("month", told) == set()
    assert (code, told["exit_code"], sorted(told["missing"])) == (1, 1, ["PDF", "review"])
    lines = told["said"][-4:]
    assert lines[0] == "* u.xlsx is of 2008-08-31 now."
    assert "The month is in, but without its review: something unexpected went wrong (TypeError: replace()" in lines[1]
    finish = shlex.split(lines[1].partition("To finish: xl-flexextra ")[2], posix=os.name != "nt")
    assert lines[2].endswith("To finish: xl-flexextra pdf u.xlsx --out u_page_2008-08-31.pdf")
    assert lines[3] == "* A wrong month goes back with: xl-flexextra month --undo --book u.xlsx"
    monkeypatch.undo()
    monkeypatch.chdir(book.parent)
    assert run(*finish)[0] == 0
    assert (book.parent / "u_review_2008-08-31.xlsx").exists()


def after(tmp_path):
    outcome = SimpleNamespace(to_look_at=False, written=True, backup=tmp_path / "of last month.xlsx")
    return month_command._After(Path("u.xlsx"), outcome, {}, debug=False)


def test_a_tie_out_that_broke_after_the_month_was_in_names_all_that_is_missing(tmp_path, monkeypatch, capsys):
    def unreadable(*_, **__):
        raise BadInput("The table Funds is gone; put it back.")

    monkeypatch.setattr("xl_flexextra.cli.review_data.from_workbook", unreadable)
    with pytest.raises(typer.Exit) as end:
        month_command._follow(after(tmp_path), prints=True, rounding_ok=False, force=False)
    said = capsys.readouterr().out.replace("\n", " ")
    assert end.value.exit_code == 1
    assert "u.xlsx holds the month's files." in said
    assert "without its tie-out: The table Funds is gone; put it back. To finish: xl-flexextra tie-out u.xlsx" in said
    assert "without its review: the update's figures could not be computed" in said
    assert 'of last month.xlsx" --out u_review.xlsx' in said
    assert "without its PDF: the update's figures could not be computed" in said


def test_an_interrupt_after_the_month_was_in_says_what_is_missing(tmp_path, capsys):
    def stopped():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        after(tmp_path).do("review", stopped, "xl-flexextra review u.xlsx")
    said = capsys.readouterr().out.replace("\n", " ")
    assert "The month is in, but without its review: it was interrupted. To finish: xl-flexextra review u.xlsx" in said
    assert "xl-flexextra month --undo --book u.xlsx" in said


def test_a_misspelt_fund_stops_the_month(book):
    before = book.read_bytes()
    head = [name.replace("MIDCAP", "MID CAPP") for name in VALUES[0]]
    write(book.parent / "v.csv", [head, ["2008-08-29", *[round(v * 1.01, 6) for v in VALUES[-1][1:]]]])
    code, said = run("month", "v.csv", "--book", "u.xlsx", *GIVEN)
    told = " ".join(said.split())
    assert (code, book.read_bytes() == before) == (2, True)
    assert "'MID CAPP' is not a fund of the workbook, and MIDCAP has no value for the new day (did you mean 'MIDCAP'" in told


def test_a_page_with_figures_that_cannot_be_computed_is_not_to_be_signed(book):
    at = VALUES[0].index("MIDCAP")
    rows = [VALUES[0], ["2008-08-29", *[round(v * 1.01, 6) for v in VALUES[-1][1:]]]]
    write(book.parent / "v.csv", [row[:at] + row[at + 1 :] for row in rows])  # its column is not in the file
    code, said = run("month", "v.csv", "p.csv", "--book", "u.xlsx", *GIVEN)
    told = " ".join(said.split())
    assert (code, "Sign " in told, "Do not sign u_review_2008-08-31.xlsx yet" in told) == (1, False, True), told
    assert "1 of 1 published figures tie; 10 figures of the page cannot be computed" in told  # five periods, two tables


def test_a_review_beside_a_book_with_brackets_in_its_name_was_not_seen(tmp_path):
    """Its name was taken for a pattern, so that the month was written and its review refused after it."""
    (tmp_path / "u[1]_review_2008-08-31.xlsx").touch()
    (tmp_path / "u1_review_2008-08-31.xlsx").touch()
    assert month_command._of_any_month(tmp_path / "u[1].xlsx") == ["u[1]_review_2008-08-31.xlsx"]
