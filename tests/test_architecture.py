"""ARCHITECTURE.md says what is there: the tree, the rooms, and the files that answer its questions."""

import ast
import re
import runpy
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
SAYS = {
    "Where is a source read?": "read source",
    "Where is a charge taken?": "charge taken",
    "Where is a table rewritten?": "table rewritten",
    "Where is a button answered?": "button answer",
    "Where is a term checked?": "term check",
    "Where is a figure explained?": "figure explain",
    "Where is a workbook built?": "workbook built",
    "Where is a fund's name understood?": "fund name understood",
}  # words that the first sentence has, or begins words with


def section(title):
    return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)[1]


def rows(title):
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section(title).splitlines()
        if line.startswith("| ")
    ][2:]


def test_the_tree_has_a_line_for_each_module_and_none_for_what_is_gone():
    made = runpy.run_path(str(ROOT / "docs" / "make_tree.py"))["page"]()
    assert made == PAGE, "run: python docs/make_tree.py"
    lines = [
        line.split()[0] for line in section("The tree").partition("```\n")[2].splitlines() if line.strip() and line[0] != "`"
    ]
    modules = [p for folder in ("xl_flexextra", "udfs") for p in (ROOT / folder).rglob("*.py") if p.name != "__init__.py"]
    assert sorted(name for name in lines if name.endswith(".py")) == sorted(p.name for p in modules)


def test_every_module_says_in_a_sentence_what_it_is_for():
    first_sentence = runpy.run_path(str(ROOT / "docs" / "make_tree.py"))["first_sentence"]
    modules = [p for folder in ("xl_flexextra", "udfs") for p in (ROOT / folder).rglob("*.py")]
    silent = [p.relative_to(ROOT).as_posix() for p in modules if not first_sentence(p) and p.read_text("utf-8").strip()]
    assert silent == []


@pytest.mark.parametrize("question", SAYS)
def test_the_file_that_answers_a_question_says_so(question):
    files = dict(rows("Where is it answered?"))
    path = ROOT / files[question].strip("`")
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    sentence = re.split(r"(?<=[.?!])\s", doc)[0].lower()
    assert all(word in sentence for word in SAYS[question].split()), sentence


def test_the_rooms_are_those_of_the_linter_floor_by_floor():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    floors = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    linted = [
        {name.strip(" ()").removeprefix("xl_flexextra.").replace(".", "/") for name in floor.split("|")} - {"moved"}
        for floor in floors
    ]
    told = [
        {name.removesuffix(".py").strip("/").removeprefix("udfs/") for name in re.findall(r"`([^`]+)`", cells[1])}
        for cells in rows("Rooms")
    ]
    assert told == linted
    top = {p.stem for p in (ROOT / "xl_flexextra").glob("*.py")} | {
        p.parent.name for p in (ROOT / "xl_flexextra").glob("*/__init__.py")
    }
    assert top - {"__init__", "__main__", "moved"} == {name.partition("/")[0] for floor in linted for name in floor} - {
        "flexextra_udfs"
    }


def test_every_file_that_the_page_names_is_there():
    named = re.findall(r"`([\w/]+(?:/|\.py))`", PAGE)
    assert len(named) > 30
    for name in named:
        assert any((ROOT / folder / name).exists() for folder in ("xl_flexextra", ".")), name


def test_the_files_that_are_begun_first_are_there():
    from longest import LONGEST

    assert [name for name in LONGEST if not (ROOT / "tests" / name).exists()] == []


def test_no_drawn_example_is_held_to_a_clock():
    """A machine may be at work elsewhere: Hypothesis gives an example 200 ms by itself."""
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check
