"""Dollars and yields through the commands: each measure tied on screen and in the workbook, rounding apart, pipes."""

import shlex
import subprocess
import sys

import openpyxl
import pytest
from commands import run

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
# by hand: 900 less 9.00 is 891.00; 6% of it is 53.46; 837.54 remain, -16.246%
FIGURES = """measure,period,fund,printed,as_of,contract
value,1Y,A,891.00,2001-12-31,OWN
charge,1Y,A,9.00,2001-12-31,OWN
cdsc,1Y,A,53.46,2001-12-31,OWN
units,1Y,A,9.9000,2001-12-31,OWN
years,1Y,A,1.00,2001-12-31,OWN
return,1Y,A,-16.25%,2001-12-31,OWN
unit_value,,A,90.0,2001-12-31,OWN
"""
PYTHON = sys.executable
ROUNDING = "cumulative,1Y,A,-16.24%,2001-12-31,OWN\n"
BROKEN = "erv,1Y,A,838.54,2001-12-31,OWN\n"


@pytest.fixture
def own(tmp_path):
    (tmp_path / "own.toml").write_text(TERMS)
    (tmp_path / "values.csv").write_text("date,A\n2000-12-31,100\n2001-12-31,90\n")
    return tmp_path


def given(own, text, *more):
    (own / "printed.csv").write_text(text)
    return "--unit-values", own / "values.csv", "--terms", own / "own.toml", "--published", own / "printed.csv", *more


def test_every_kind_of_figure_ties_on_screen(own):
    code, text = run("tie-out", *given(own, FIGURES))
    assert (code, text.strip().splitlines()[-1]) == (0, "7 of 7 published figures tie")


def test_rounding_has_its_own_count_and_may_be_allowed(own):
    code, text = run("tie-out", *given(own, FIGURES + ROUNDING))
    assert code == 1
    assert "1 differs by rounding alone" in text
    assert "Figures that do not tie" not in text
    assert run("tie-out", *given(own, FIGURES + ROUNDING, "--rounding-ok"))[0] == 0
    code, text = run("tie-out", *given(own, FIGURES + ROUNDING + BROKEN, "--rounding-ok"))
    assert code == 1
    assert "open: one digit differs" in text


def test_the_workbook_ties_each_figure_by_its_own_formula(own):
    run("report", *given(own, FIGURES + ROUNDING + BROKEN, "--out", own / "page.xlsx"))
    formulas, values = (openpyxl.load_workbook(own / "page.xlsx", data_only=only)["Tie-out"] for only in (False, True))
    verdicts = [values.cell(row, 9).value for row in range(8, 17)]
    assert verdicts == ["ties"] * 7 + ["rounding", "open: one digit differs"]
    assert [values.cell(row, 8).value for row in range(8, 17)] == [0] * 7 + [-1, -100]
    assert formulas["G8"].value.startswith("=CONTRACT_FIGURE(Published!")
    assert values["D2"].value == 1  # one by rounding alone
    assert (values["D3"].value, values["E3"].value) == (7, 9)


def test_published_figures_come_through_a_pipe(own):
    done = tied(own, "-", FIGURES)
    assert (done.returncode, done.stdout.strip().splitlines()[-1]) == (0, "7 of 7 published figures tie"), done.stderr


def tied(own, published, given=""):
    """The tie-out as a program of its own, with what comes through its standard input."""
    options = ["--unit-values", own / "values.csv", "--terms", own / "own.toml", "--published", published]
    return subprocess.run([PYTHON, "-m", "xl_flexextra", "tie-out", *options], capture_output=True, text=True, input=given)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX: a pipe with a name")
def test_published_figures_come_through_a_pipe_that_has_a_name(own):
    (own / "printed.csv").write_text(FIGURES)
    values, terms, printed = (shlex.quote(str(own / name)) for name in ("values.csv", "own.toml", "printed.csv"))
    line = f"{PYTHON} -m xl_flexextra tie-out --unit-values {values} --terms {terms} --published <(cat {printed})"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip().splitlines()[-1]) == (0, "7 of 7 published figures tie"), done.stderr


def test_an_empty_pipe_is_said(own):
    done = tied(own, "-")
    assert done.returncode == 2
    assert "Nothing came through standard input" in done.stderr
