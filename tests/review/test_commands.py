"""``review`` and ``diff`` as commands: own workbooks in, a review out, sentences for what is wrong."""

import dataclasses
import datetime

import commands
import openpyxl
import pytest
import typer
from documented import stock
from typer.testing import CliRunner

from xl_flexextra import workbook
from xl_flexextra.cli import review, review_data
from xl_flexextra.errors import FlexExtraError
from xl_flexextra.review import changes, fingerprints
from xl_flexextra.update import report

app = typer.Typer()
app.command()(review.review)
app.command()(review.diff)
RUN = CliRunner()


def run(*arguments):
    result = RUN.invoke(app, [str(a) for a in arguments], env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit | FlexExtraError):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def books(tmp_path_factory, reviewed):
    folder = tmp_path_factory.mktemp("updates")
    workbook.build(report.compute(changes.previous_month(reviewed.inputs)), folder / "june.xlsx")
    workbook.build(reviewed, folder / "july.xlsx")
    first, second = reviewed.inputs.contracts
    dearer = dataclasses.replace(reviewed.inputs, contracts=(first.replace(annual_charge__dollars=40), second))
    workbook.build(report.compute(dearer), folder / "dearer.xlsx")
    return folder


def test_inputs_read_back_from_a_workbook_are_the_inputs(books, reviewed):
    read = review_data.from_workbook(books / "july.xlsx")
    assert fingerprints.of_inputs(read) == fingerprints.of_inputs(reviewed.inputs)
    assert read.as_of == datetime.date(2008, 7, 31)
    assert read.label == reviewed.inputs.label


def test_inputs_read_back_from_a_review_are_the_inputs(built, reviewed):
    assert fingerprints.of_inputs(review_data.from_workbook(built[0])) == fingerprints.of_inputs(reviewed.inputs)


def test_review_of_a_workbook_gives_the_same_mark_and_carries_the_signature(books, built, tmp_path):
    toml = tmp_path / "sign.toml"
    toml.write_text(
        f'[preparer]\nname = "P. Reparer"\ndate = 2008-08-01\nmark = "{built[1]}"\n'
        f'[reviewer]\nname = "R. Viewer"\ndate = 2008-08-04\nmark = "0000"\n[model]\nOwner = "Product actuary"\n'
    )
    out = tmp_path / "r.xlsx"
    result = run("review", books / "july.xlsx", "--previous", books / "june.xlsx", "--sign-off", toml, "--out", out)
    assert result.exit_code == 0, result.output
    assert f"112 of 112 published figures tie. Sign with the mark {built[1]}." in result.output
    sheet = openpyxl.load_workbook(out, data_only=True)["Controls"]
    cells = [c.value for row in sheet.iter_rows() for c in row]
    assert {"Product actuary", "signed", "VOID: signed another package"} <= set(cells)
    assert isinstance(run("review", "--out", out).exception, FlexExtraError)  # exists: not without --force


def test_diff_says_what_moved_and_why(books):
    result = run("diff", books / "june.xlsx", books / "july.xlsx")
    assert result.exit_code == 0
    assert "From 2008-06-30 to 2008-07-31." in result.output
    assert "Inputs that differ: As of, Published, Unit values." in result.output
    assert "dropped" in result.output
    assert "112 figures: 70 changed or new, 42 as before." in result.output


def test_a_later_workbook_as_the_update_before_is_said_in_a_sentence(books, tmp_path):
    sentence = (
        "The update before is of 2008-07-31, later than this one of 2008-06-30: changes are shown backwards; swap the two."
    )
    shown = " ".join(run("diff", books / "july.xlsx", books / "june.xlsx").output.split())
    assert sentence in shown
    given = run("review", books / "july.xlsx", "--previous", books / "dearer.xlsx", "--out", tmp_path / "same_day.xlsx")
    assert given.exit_code == 0
    assert "later than" not in given.output
    assert "later than" not in run("diff", books / "june.xlsx", books / "july.xlsx").output


def test_diff_names_the_term_that_changed_and_gives_the_charge_its_part(books):
    result = run("diff", books / "july.xlsx", books / "dearer.xlsx")
    assert "flex_extra_flexible, annual_charge.dollars: 35" in result.output
    assert "→ 40" in result.output
    assert "charge" in result.output
    assert "dropped" not in result.output
    assert "after contract charges FLEX" in result.output
    assert "standardized SINGLE" not in result.output


def test_diff_shows_no_minus_zero_and_whole_names(books):
    # a hundredth of a percent is 0.0001: a trace of -0.000004 is none, -0.00126 is -12.6 of them
    assert [review._points(value) for value in (-0.000004, 0.0, -0.00126, 0.00126)] == ["0.0", "0.0", "-12.6", "12.6"]
    lines = run("diff", books / "june.xlsx", books / "july.xlsx").output.splitlines()
    assert not any(" -0.0 " in f"{line} " for line in lines)
    assert sum(line.startswith("GLOBAL_SECURITIES") for line in lines) == 10  # every row says its fund in one line


def test_a_workbook_that_is_not_there_is_named_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "review.xlsx").write_text("mine")
    assert str(run("review", "nope.xlsx").exception) == "There is no file nope.xlsx."


def test_the_same_twice_is_no_change(books):
    assert "112 figures: 0 changed or new, 112 as before." in run("diff", books / "july.xlsx", books / "july.xlsx").output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["diff", "none.xlsx", "none.xlsx"], "There is no file none.xlsx."),
        (["review", "--out", "review.pdf"], "must end in .xlsx"),
        (["review", "--distributions", "d.csv", "--out", "x.xlsx"], "needs --navs"),
        (["review", "some.xlsx", "--unit-values", "u.csv"], "not both"),
        (["review", "--check"], "--check needs the review workbook"),
    ],
)
def test_what_is_wrong_is_one_sentence(arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    problem = run(*arguments).exception
    assert isinstance(problem, FlexExtraError)
    assert sentence in str(problem)


def test_a_workbook_of_another_kind_is_refused_with_a_sentence(tmp_path):
    openpyxl.Workbook().save(tmp_path / "plain.xlsx")
    with pytest.raises(FlexExtraError, match=r"plain.xlsx has no table UnitValues; give an update or review workbook"):
        review_data.from_workbook(tmp_path / "plain.xlsx")
    (tmp_path / "broken.xlsx").write_bytes(b"no zip")
    with pytest.raises(FlexExtraError, match=r"broken.xlsx cannot be read as a workbook"):
        review_data.from_workbook(tmp_path / "broken.xlsx")
    (tmp_path / "sign.toml").write_text("[auditor]\nname = 'x'")
    with pytest.raises(FlexExtraError, match=r"has \[auditor\]; use \[preparer\]"):
        review_data.signatures_and_facts(tmp_path / "sign.toml")


def test_own_evidence_is_read_with_its_columns(tmp_path):
    (tmp_path / "d.csv").write_text("fund,date,amount\nEQUITY,2008-07-31,0.5\n")
    assert review_data.distributions(str(tmp_path / "d.csv")) == {("EQUITY", datetime.date(2008, 7, 31)): 0.5}
    (tmp_path / "r.csv").write_text("fund,period,return_pct\nEQUITY,5Y,7.08\n")
    assert review_data.fund_returns(str(tmp_path / "r.csv")) == {("EQUITY", "5Y"): pytest.approx(0.0708)}
    with pytest.raises(FlexExtraError, match="has no column 'amount'"):
        review_data.distributions(_wrong(tmp_path))


def _wrong(folder):
    (folder / "w.csv").write_text("fund,date\nEQUITY,2008-07-31\n")
    return str(folder / "w.csv")


def test_check_finds_what_no_formula_within_the_workbook_can_see(built, tmp_path):
    from openpyxl import load_workbook

    clean = run("review", built[0], "--check")
    assert clean.exit_code == 0, clean.output
    assert f"is as built from its inputs; its mark is {built[1]}" in clean.output
    book = load_workbook(built[0])
    book["Workings"]["AD40"] = "=S40"  # a formula replaced by another: the count of formulas stays the same
    book["Review"]["O9"] = "a reviewer's note is no difference"
    controls = book["Controls"]
    row = next(r for r in range(1, controls.max_row + 1) if controls.cell(r, 1).value == "mark of this package")
    controls.cell(row, 4).value = "0000-0000-0000-0000"
    book["Approved inputs"]["B6"] = "changed beside its original"
    book.save(tmp_path / "tampered.xlsx")
    found = run("review", tmp_path / "tampered.xlsx", "--check")
    assert found.exit_code == 1
    assert "Workings!AD40: '=S40' stands where '=MAX($S40-SUM($T40:$AC40),NoCharge)' was built" in found.output
    assert f"Controls!D{row}: '0000-0000-0000-0000' stands where '{built[1]}' was built" in found.output
    assert "Approved inputs!B6: 'changed beside its original' was approved, the input itself is " in found.output
    assert found.output.index("Approved inputs!B6") < found.output.index("Workings!AD40")  # what all else follows from
    assert "3 cells are not as built" in found.output


def test_a_fund_that_is_new_made_a_review_look_changed(tmp_path, monkeypatch):
    """What changed has fewer rows where the update before lacks a fund; 81 cells were then 'not as built'."""
    monkeypatch.chdir(tmp_path)
    for name, funds in (("now", stock.FEW), ("before", stock.FEW[:1])):
        (tmp_path / name).mkdir()
        stock.inputs(tmp_path / name, funds)
        given = [part for table in ("funds", "published") for part in (f"--{table}", f"{name}/{table}.csv")]
        given += ["--unit-values", f"{name}/values.csv", "--terms", "no_charge.toml", "--out", f"{name}.xlsx"]
        (tmp_path / "no_charge.toml").write_text('annual_charge.form = "none"\ncdsc.schedule = [0]\n')
        assert commands.run("report", *given)[0] == 0
    assert run("review", "now.xlsx", "--previous", "before.xlsx", "--out", "r.xlsx").exit_code == 0
    without = run("review", "r.xlsx", "--check")
    assert str(without.exception) == (
        "r.xlsx was built with another update before it, as its sheet What changed shows; "
        "give --check that update as --previous, as it was given to the build."
    )
    assert run("review", "r.xlsx", "--check", "--previous", "before.xlsx").exit_code == 0


def test_a_review_of_another_version_is_told_by_its_version(built, tmp_path):
    """Each formula that moved on stood as a cell that somebody had changed: 1,582 of them."""
    from openpyxl import load_workbook

    book = load_workbook(built[0])
    controls = book["Controls"]
    said = [cell for row in controls.iter_rows() for cell in row if str(cell.value).startswith("xl_flexextra ")]
    assert said
    for cell in said:
        cell.value = "xl_flexextra 0.0.9"
    book["Workings"]["AD40"] = "=S40"
    book.save(tmp_path / "older.xlsx")
    found = run("review", tmp_path / "older.xlsx", "--check")
    assert str(found.exception).startswith("older.xlsx was built by xl_flexextra 0.0.9, and this is ")
    assert "Workings!AD40" not in found.output
