"""The release checklist finds what is not ready."""

import datetime
import runpy
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from xl_flexextra import __version__

RELEASE = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "release.py"))
TODAY = datetime.date(2026, 11, 30)


@pytest.mark.parametrize(
    ("version", "tags", "problem"),
    [
        ("0.2.0", [], None),
        ("0.10.0", ["v0.2.0", "v0.9.1", "very-old"], None),
        ("0.2.0", ["v0.1.0", "v0.2.0"], "is not above v0.2.0"),
        ("0.9.0", ["v0.10.0"], "is not above v0.10.0"),
        ("0.2", [], "is not of the form 0.2.0"),
        ("", [], "is not of the form 0.2.0"),
    ],
)
def test_a_version_is_released_once_and_upwards(version, tags, problem):
    found = RELEASE["version_problem"](version, tags)
    assert found is None if problem is None else problem in found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# Changelog\n\n## 0.2.0 (2026-11-30)\n* new\n\n## 0.1.0 (unreleased)\n* old\n", None),
        ("# Changelog\n\n## 0.2.0 (unreleased)\n* new\n", "has to be '0.2.0 (2026-11-30)'"),
        ("# Changelog\n\n## 0.1.0 (2026-11-30)\n* new\n", "has to be '0.2.0 (2026-11-30)'"),
        ("# Changelog\n\n## 0.2.0 (2026-11-03)\n* new\n", "has another date than today"),
        ("# Changelog\n\n## 0.2.0 (2026-11-30)\n\n## 0.1.0 (2026-11-03)\n* old\n", "says nothing"),
        ("# Changelog\n", "has to be"),
    ],
)
def test_the_changelog_has_a_dated_section_of_the_version(text, problem):
    found = RELEASE["changelog_problem"](text, "0.2.0", TODAY)
    assert found is None if problem is None else problem in found


def test_the_version_stands_once():
    assert RELEASE["version"]() == __version__
    assert f'version = "{__version__}"' not in (RELEASE["ROOT"] / "pyproject.toml").read_text(encoding="utf-8")


def test_a_no_of_a_person_ends_the_checklist(monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda _: "n")
    asked, checked = RELEASE["Question"]("Is it?", None), RELEASE["Question"]("Never reached?", lambda: None)
    monkeypatch.setitem(RELEASE["main"].__globals__, "QUESTIONS", (checked, asked, checked))
    assert RELEASE["main"]([]) == 1
    assert capsys.readouterr().out.splitlines()[1:] == ["yes Never reached?", "no  Is it?", "answered no"]


def test_the_windows_python_gets_every_package_that_the_project_asks_for():
    """A package that was added to one of the two files only stopped `make windows` before its first test."""
    pinned = dict(
        line.split("==")
        for line in (RELEASE["ROOT"] / "tools" / "windows" / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    elsewhere = runpy.run_path(str(RELEASE["ROOT"] / "tools" / "windows" / "complete.py"))["ELSEWHERE"]
    project = tomllib.loads((RELEASE["ROOT"] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for text in project["dependencies"] + project["optional-dependencies"]["test"]:
        wanted = Requirement(text)
        if wanted.name not in elsewhere:
            assert pinned.get(wanted.name.lower(), "none") in wanted.specifier, wanted
