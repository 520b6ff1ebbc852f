"""--log: a line a step with its time, in a file of its own, and nothing secret in it."""

from __future__ import annotations

import re
import sys

import pytest
from documented.pages import ROOT, blocks

from xl_flexextra.cli import main, step_log

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \d+ (.*)")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v.csv").write_text("date,A\n2007-12-31,10\n2008-07-31,11\n", encoding="utf-8")
    (tmp_path / "t.toml").write_text('annual_charge.form = "none"\ncdsc.schedule = [0]\n', encoding="utf-8")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["xl-flexextra", *words])
        return main._run()

    yield run
    step_log.end(0)


def lines(path):
    return [LINE.fullmatch(line)[1] for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_command_adds_its_steps_and_how_it_ended(run, tmp_path, capsys):
    given = ["report", "--unit-values", "v.csv", "--terms", "t.toml", "--out", "u.xlsx"]
    assert run("--log", "run.log", *given) == 0
    assert run("--log", "run.log", *given) == 2  # it is there already
    seconds = re.compile(r"after \d+\.\d s")
    assert [seconds.sub("after N s", one) for one in lines(tmp_path / "run.log")] == [
        "report: begins: --log run.log report --unit-values v.csv --terms t.toml --out u.xlsx",
        "report: Computing the tables …",
        "report: ended with 0 after N s",
        "report: begins: --log run.log report --unit-values v.csv --terms t.toml --out u.xlsx",
        "report: error: u.xlsx exists already; give another name, or --force to replace it.",
        "report: ended with 2 after N s",
    ]
    assert "Computing" not in capsys.readouterr().out


def test_no_password_comes_into_the_log(run, tmp_path, monkeypatch):
    monkeypatch.setenv("XL_FLEXEXTRA_LOG", "run.log")
    for address in ("postgresql://me:hunter2@127.0.0.1:1/db", "postgresql:/me:hunter2@host/db", "host=x password=hunter2"):
        assert run("store", "load", "s.sqlite", "--from", address) == 2
        assert run("store", "load", "s.sqlite", f"--from={address}") == 2
    text = (tmp_path / "run.log").read_text(encoding="utf-8")
    assert text.count("store: begins: store load s.sqlite") == 6
    assert "hunter2" not in text
    assert "--from postgresql://…" in text


def test_what_is_no_log_is_not_written_into(run, tmp_path, capsys):
    before = (tmp_path / "v.csv").read_bytes()
    assert run("--log", "v.csv", "doctor") == 2
    assert (
        capsys.readouterr().err == "Error: v.csv is there and is not a log of this program; give another name with --log.\n"
    )
    assert (tmp_path / "v.csv").read_bytes() == before
    assert run("--log", "nowhere/run.log", "doctor") == 2
    assert "nowhere/run.log cannot be written" in capsys.readouterr().err.replace("\\", "/")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX: links")
def test_a_log_that_is_a_link_is_not_followed(run, tmp_path, capsys):
    (tmp_path / "run.log").symlink_to(tmp_path / "v.csv")
    assert run("--log", "run.log", "doctor") == 2
    assert "is a link to another file" in capsys.readouterr().err


def test_a_wrong_option_stands_in_the_log(run, tmp_path):
    assert run("--log", "run.log", "tie-out", "--nope") == 2
    assert lines(tmp_path / "run.log")[1].startswith("tie-out: error: No such option: --nope")


def test_the_log_that_the_page_shows_has_the_form_of_one():
    (block,) = blocks(ROOT / "docs" / "command-line.md", "text")
    said = [LINE.fullmatch(line)[1] for line in block.text.splitlines()]
    assert said[0] == "refresh: begins: --log run.log refresh update.xlsx --from postgresql://…"
    assert re.fullmatch(r"refresh: ended with 0 after \d\.\d s", said[-1])
