"""The review that carries its functions: every figure by an engine that is not ours, and its definitions checked."""

import dataclasses
import re
import zipfile

import openpyxl
import pytest
from book_checks import computed, formulas, wrong
from commands import run
from programs import faults, needs_validator

from xl_flexextra.hosts.native.definitions import VERSION
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.review import build, check

FIGURES = 8
LACKING = re.compile(
    r"SUMPRODUCT\(|ISFORMULA\(|INDEX\(UnitValues\[#Headers\]=|\bControlsOff(Now)?\b|\$[CDE]\$?\d+.*ControlOff"
)
"""What IronCalc lacks: controls over whole ranges and what they come to, and a test of each cell of a header."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("review") / "review_native.xlsx"
    inputs = update_inputs.sample_inputs()
    few = dataclasses.replace(inputs, published=inputs.published[:FIGURES])
    build.make(report.compute(few), path, native=True)
    return path


@pytest.mark.slow
def test_every_figure_is_what_the_engine_computes(made):
    texts, cells = formulas(made), computed(made, "ironcalc")
    off = {
        key: pair
        for key, pair in wrong(cells).items()
        if key[0] != "What changed" and not LACKING.search(texts.get(key, ""))
    }
    assert off == {}
    calls = [key for key, text in texts.items() if "CONTRACT_" in text and key not in off]
    assert len(calls) > 10
    verdicts = [value for (sheet, address), (value, _) in cells.items() if sheet == "Review" and value == "ties"]
    assert len(verdicts) == FIGURES
    assert cells["Native", "B4"][0] == "the native formulas of this workbook"
    assert VERSION in [value for (sheet, _), (value, _) in cells.items() if sheet == "Controls"]


def test_nothing_is_computed_on_opening_and_what_has_no_native_form_is_said(made):
    with zipfile.ZipFile(made) as file:
        assert b"fullCalcOnLoad" not in file.read("xl/workbook.xml")
    assert not [text for text in formulas(made).values() if "EXPLAIN_" in text]
    shown = openpyxl.load_workbook(made, data_only=True)["Probe"]
    assert any("no native form" in str(cell.value) for row in shown.iter_rows() for cell in row)


@needs_validator
def test_the_validator_finds_nothing(made):
    assert faults(made) == []


def test_a_definition_that_somebody_changed_is_named(made, tmp_path):
    """A figure would be another one, and no formula of a cell would say so."""
    other = tmp_path / "other.xlsx"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "xl/workbook.xml":
                name = rb'(<definedName name="CONTRACT_AATR"[^>]*>[^<]*)\)<'
                data, count = re.subn(name, rb"\1+0.001)<", data)
                assert count == 1
            new.writestr(part, data)
    assert check.found(made, made) == []
    assert check.found(other, made) == ["the name CONTRACT_AATR is not defined as it was built"]


def test_a_pdf_of_a_native_review_is_refused(tmp_path):
    code, said = run("review", "--native", "--pdf", "--out", tmp_path / "r.xlsx")
    assert code == 2
    assert "no LAMBDA" in said
