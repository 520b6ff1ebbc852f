"""An option that takes one value and is given twice: the first was dropped without a word."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from xl_flexextra.cli.main import app

SAID = "is given twice, and takes one value; drop one of the two."


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["report", "--unit-values", "a.csv", "--unit-values", "b.csv"], "--unit-values"),
        (["report", "--out=a.xlsx", "--force", "--out", "b.xlsx"], "--out"),
        (["--log", "a.log", "--log", "b.log", "functions"], "--log"),
    ],
)
def test_a_second_value_of_an_option_is_refused(words, option, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert f"{option} {SAID}" in " ".join(result.output.replace("\u2502", " ").split())
    assert not list(tmp_path.iterdir())


def test_what_may_be_given_often_and_a_flag_said_twice_are_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["report", "--force", "--force", "--help"])
    assert said.exit_code == 0
