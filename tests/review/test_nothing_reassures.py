"""Green, "ok", "agree" and "nothing found" stand only where something was compared, and nothing was left open."""

import dataclasses
import datetime
import re
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from programs import needs_calc
from typer.testing import CliRunner

from xl_flexextra import workbook
from xl_flexextra.cli.main import app
from xl_flexextra.errors import MissingData
from xl_flexextra.hosts import calc
from xl_flexextra.hosts.calc import session
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.workbook import Workbook
from xl_flexextra.review import alternatives, data_checks, fingerprints, sign_off
from xl_flexextra.review.sign_off import Signature
from xl_flexextra.sync import store
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.review import build, check

DAY = datetime.date(2008, 8, 4)
UPDATE = Path(__file__).parents[2] / "workbooks" / "flex_extra_performance_update.xlsx"
MISPRINTS = {3: 0.0009, 40: -0.0294, 77: 0.0001}  # by how much three of the printed figures are off


@pytest.fixture(scope="module")
def inputs():
    return update_inputs.sample_inputs()


@pytest.fixture(scope="module")
def misprinted(inputs, tmp_path_factory):
    """A review with three misprints, signed twice with its own mark."""
    published = tuple(
        dataclasses.replace(p, value=round(p.value + MISPRINTS.get(i, 0.0), 4)) for i, p in enumerate(inputs.published)
    )
    update = report.compute(dataclasses.replace(inputs, published=published))
    path = tmp_path_factory.mktemp("signed") / "signed.xlsx"
    mark = build.build(update, path)
    signatures = [Signature("Preparer", "P. Reparer", DAY, mark), Signature("Reviewer", "R. Viewer", DAY, mark)]
    assert build.build(update, path, signatures=signatures) == mark
    return path


def cells_by_label(sheet, column):
    return {sheet.cell(r, 1).value: sheet.cell(r, column).value for r in range(1, sheet.max_row + 1)}


def test_a_signature_over_open_figures_says_how_many(misprinted):
    book = openpyxl.load_workbook(misprinted, data_only=True)
    status = cells_by_label(book["Controls"], 5)
    assert (status["Preparer"], status["Reviewer"]) == ("signed, 3 figures open",) * 2
    assert (book["Review"]["H4"].value, book["Review"]["M4"].value) == ("signed, 3 figures open",) * 2
    assert cells_by_label(book["Controls"], 4)["left open"] == "3 figures open"


@needs_calc
def test_a_signature_over_open_figures_is_the_same_when_recalculated(misprinted):
    assert calc.recalculate(misprinted, timeout=300).differences == []


@pytest.mark.parametrize(
    ("figures", "controls", "words"),
    [
        (0, 0, "signed"),
        (1, 0, "signed, 1 figure open"),
        (3, 0, "signed, 3 figures open"),
        (0, 1, "signed, 1 control off"),
        (2, 1, "signed, 2 figures open, 1 other control off"),
        (1, 2, "signed, 1 figure open, 2 other controls off"),
    ],
)
def test_what_a_signature_leaves_open_stands_behind_it(figures, controls, words):
    mark = fingerprints.short(fingerprints.package({}))
    one = Signature("Preparer", "P. Reparer", DAY, mark)
    assert sign_off.status(one, {}, "R. Viewer", sign_off.left_open(figures, controls)) == words


def test_a_count_of_controls_off_is_red(misprinted):
    """The cells of controls off and of changes, on Controls and on Review, by their rules: red for anything but 0."""
    book = openpyxl.load_workbook(misprinted)
    rows = {book["Controls"].cell(r, 1).value: r for r in range(1, book["Controls"].max_row + 1)}
    cells = [("Controls", f"D{rows[name]}") for name in ("changes since built", "controls off")] + [("Review", "F4")]
    for name, place in cells:
        rules = {str(a.sqref): found for a, found in book[name].conditional_formatting._cf_rules.items()}[place]
        absolute = re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", place)
        assert [f"IFERROR({absolute}<>0,TRUE)"] in [rule.formula for rule in rules]
        assert {rule.dxf.font.color.rgb for rule in rules} == {"FFB00020"}


@needs_calc
def test_without_the_add_in_controls_over_missing_functions_do_not_say_ok(built, tmp_path):
    """Only opened, not recalculated: the function route is not computed on Workings, and the controls say so."""
    texts = seen_without_the_add_in(built[0], tmp_path, "Controls", "Review")
    shown = {name: text.splitlines() for name, text in texts.items()}
    ends = {label: next(line.split()[-2:] for line in shown["Controls"] if line.startswith(label)) for label in (
        "version of the worksheet functions", "figures whose routes differ", "errors among the figures",
        "figures open or rounding",
    )}  # fmt: skip
    assert list(ends.values()) == [["not", "compared"], ["not", "compared"], ["112", "OFF"], ["0", "ok"]]
    assert next(line.split()[2] for line in shown["Controls"] if line.startswith("controls off")) != "0"
    assert "functions missing: last stored values" in texts["Review"]
    assert not re.search(r"controls off 0", texts["Review"])


def seen_without_the_add_in(path, folder, *sheets, with_add_in=False):
    """The text of sheets as LibreOffice shows them, by sheet."""
    printed = {sheet: str(folder / f"{sheet}{with_add_in}.pdf") for sheet in sheets}
    job = {"path": str(path), "recalculate": with_add_in}
    session.run([job | {"pdf": pdf, "sheets": [sheet]} for sheet, pdf in printed.items()], 300, with_add_in=with_add_in)
    commands = {sheet: ["pdftotext", "-layout", pdf, "-"] for sheet, pdf in printed.items()}
    return {
        sheet: subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for sheet, command in commands.items()
    }


@needs_calc
def test_without_the_add_in_no_agree_stands_under_an_error(tmp_path):
    texts = {
        name: seen_without_the_add_in(UPDATE, tmp_path, "Calculation", with_add_in=there)["Calculation"]
        for name, there in (("without", False), ("with", True))
    }
    assert ("#NAME?" in texts["without"], "not computed" in texts["with"].partition("Table 1")[2]) == (False, False)
    assert texts["without"].count("not computed") > 112
    assert (len(re.findall(r"\bagree\b", texts["without"])), texts["without"].count("not compared")) == (0, 16)
    assert (len(re.findall(r"\bagree\b", texts["with"])), texts["with"].count("not compared")) == (16, 0)


def test_a_control_over_no_figure_of_the_native_route_is_not_compared(inputs, tmp_path):
    beyond = tuple(one.replace(years__basis="actual_365") for one in inputs.contracts)
    few = dataclasses.replace(inputs, contracts=beyond, published=inputs.published[:2])
    build.build(report.compute(few), tmp_path / "beyond.xlsx")
    book = openpyxl.load_workbook(tmp_path / "beyond.xlsx", data_only=True)
    result = cells_by_label(book["Controls"], 5)
    assert result["figures whose routes differ by more than the tolerance"] == "not compared"
    assert result["largest distance on Probe"] == "not compared"


def test_checks_that_had_nothing_to_compare_say_so(inputs):
    foreign = UnitValues(inputs.unit_values.dates, ("OTHER",), np.full((len(inputs.unit_values.dates), 1), 10.0))
    evidence = data_checks.Evidence(foreign, foreign, foreign, None, {})
    states = {one.name: one.state for one in data_checks.checks(inputs, evidence)}
    for name in ("revisions", "second source", "re-performance", "reasonableness"):
        assert states[name] == "nothing compared", name
    single = dataclasses.replace(
        inputs,
        unit_values=UnitValues(inputs.unit_values.dates[-1:], inputs.unit_values.funds, inputs.unit_values.values[-1:]),
    )
    states = {one.name: one.state for one in data_checks.checks(single, data_checks.Evidence())}
    assert {states[name] for name in ("gaps", "stale values", "jumps")} == {"nothing compared"}


def test_evidence_that_cannot_be_compared_without_the_charge_is_refused(inputs, tmp_path):
    terms = tmp_path / "bare.toml"
    terms.write_text('contract.name = "bare"\nannual_charge.form = "none"\n[cdsc]\nschedule = [0.0]\nthereafter = 0.0\n')
    files = {name: tmp_path / f"{name}.csv" for name in ("values", "printed")}
    files["values"].write_text("date,A\n2008-06-30,10.0\n2008-07-31,10.5\n")
    files["printed"].write_text("as_of,fund,period,return_pct\n2008-07-31,A,1M,5.00\n")
    given = ["review", "--unit-values", files["values"], "--terms", terms, "--published", files["printed"]]
    result = CliRunner().invoke(app, [*map(str, given), "--navs", str(files["values"]), "--out", str(tmp_path / "r.xlsx")])
    assert "the terms of bare have no separate_account.charge" in str(result.exception)
    assert not (tmp_path / "r.xlsx").exists()


def test_alternatives_judged_by_no_figure_that_ties_say_why_not(inputs):
    wrong = tuple(dataclasses.replace(p, value=p.value + 0.01) for p in inputs.published)
    found = alternatives.alternatives(dataclasses.replace(inputs, published=wrong))
    assert {one.tested for one in found} == {0}
    assert all(one.why_not for one in found)


def test_a_count_of_ties_over_errors_says_how_many(inputs, tmp_path):
    early = dataclasses.replace(inputs.published[0], as_of=datetime.date(1999, 1, 31), period="5Y")
    update = report.compute(dataclasses.replace(inputs, published=(*inputs.published[:3], early)))
    assert isinstance(update.tied[-1].recomputed, MissingData)
    workbook.build(update, tmp_path / "update.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "update.xlsx", data_only=True)["Tie-out"]
    assert (sheet["D3"].value, sheet["E3"].value) == (3, 4)
    assert (sheet["D4"].value, sheet["E4"].value) == (1, "without a figure")
    build.build(update, tmp_path / "review.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "review.xlsx", data_only=True)["Review"]
    assert sheet["E6"].value == "1 without a figure: not compared"


def test_check_names_cells_that_show_errors(built, tmp_path):
    seen = Workbook(Package.open(built[0]))
    part = next(sheet.part for sheet in seen.sheets if sheet.name == "Review")
    text = seen.package.read(part)
    shown = re.sub(rb'(<c r="H9"[^>]*>.*?<v>)[^<]*', rb"\1#NAME?", text, count=1)
    assert shown != text
    _replace(built[0], tmp_path / "errors.xlsx", part, shown)
    sentences = check.differences(tmp_path / "errors.xlsx", built[0])
    assert sentences == ["Review: 1 cell shows an error that the review as built does not, the first H9"]


def _replace(source, target, part, content):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))


def test_a_workbook_without_formulas_was_not_compared(tmp_path):
    openpyxl.Workbook().save(tmp_path / "plain.xlsx")
    result = CliRunner().invoke(app, ["calc", "recalculate", str(tmp_path / "plain.xlsx")])
    assert "plain.xlsx holds no formulas: nothing was recalculated." in result.output
    assert result.exit_code == 1


def test_revisions_of_a_dataset_that_is_not_there_are_no_none(tmp_path):
    (tmp_path / "v.csv").write_text("date,fund,unit value\n2008-07-31,A,10.5\n")
    store.load_source(str(tmp_path / "s.sqlite"), str(tmp_path / "v.csv"), "unit_values")
    with pytest.raises(
        MissingData, match=r"has no dataset 'unit_value' \(did you mean 'unit_values'\?\); it has unit_values"
    ):
        store.revisions(str(tmp_path / "s.sqlite"), "unit_value")
