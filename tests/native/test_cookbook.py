"""Each formula of docs/cookbook.md, computed by IronCalc from the native functions, gives what the page shows."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from call_book import EPOCH, CallBook

PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"
RECIPES = re.findall(r"```text\n(=.*)\n((?:.*\n)+?)```", PAGE.read_text(encoding="utf-8"))


def as_shown(value: object, shown: str) -> str:
    """A cell's value in the format of the text that the page shows."""
    if not isinstance(value, int | float):
        return str(value or "")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", shown):
        return str(EPOCH + datetime.timedelta(days=value))
    decimals = len(shown.rstrip("%").partition(".")[2])
    return f"{value:.{decimals}%}" if shown.endswith("%") else f"{value:.{decimals}f}"


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[object]]]:
    book = CallBook(tmp_path_factory.mktemp("cookbook") / "book.xlsx", "ironcalc")
    for formula, shown in RECIPES:
        rows = shown.splitlines()
        book.write(formula, (len(rows), rows[0].count("|") + 1))
    return dict(zip([formula for formula, _ in RECIPES], book.evaluate(), strict=True))


def test_there_are_thirty_questions():
    assert [int(n) for n in re.findall(r"^\*\*(\d+)\. ", PAGE.read_text(encoding="utf-8"), re.M)] == list(range(1, 31))


@pytest.mark.parametrize(("formula", "shown"), RECIPES, ids=[formula.split("(")[0][1:] for formula, _ in RECIPES])
def test_a_formula_of_the_cookbook_gives_what_the_page_shows(formula, shown, computed):
    want = [[cell.strip() for cell in row.split("|")] for row in shown.splitlines()]
    found = [
        [as_shown(cell, text) for cell, text in zip(row, texts, strict=True)]
        for row, texts in zip(computed[formula], want, strict=True)
    ]
    assert found == want
