"""Each formula of docs/cookbook.md, and of sentences of all pages, computed by IronCalc, gives what the page shows."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from call_book import EPOCH, CallBook
from documented.pages import PAGES, parts

PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"
RECIPES = re.findall(r"```text\n(=.*)\n((?:.*\n)+?)```", PAGE.read_text(encoding="utf-8"))

IN_SENTENCES = {  # formula: what its page says that it gives, in the words of the page
    "=AATR(1000,1506.43,5)": "8.54%",
    "=AATR(1000,1506.43,)": "#VALUE!",
    "=AATR(1/0,1,1)": "#DIV/0!",
    "=CALENDAR_YEAR_RETURNS(UnitValues[#All])": "year",
    '=UNIT_VALUE_AT(UnitValues[#All],"EQUITY",DATE(2008,7,31))': "10.307045",
}
NOT_HERE = {  # by what it begins with: where it is computed
    "=CONTRACT_AATR(FlexibleTerms[#All],UnitValues[#All],$A22": "tests/test_readme.py finds it on the page",
    "=FLEXEXTRA_VERSION(": "it has no native form; tests/core/test_registry.py",
    "=FX_": "tests/native/test_help.py",
}


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
    for formula in IN_SENTENCES:
        book.write(formula)
    return dict(zip([*(formula for formula, _ in RECIPES), *IN_SENTENCES], book.evaluate(), strict=True))


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


def test_every_formula_of_a_sentence_is_computed_somewhere():
    for page in PAGES:
        for span in (part.text for part in parts(page) if part.kind == "sentence"):
            if (
                re.match(r"=[A-Z_]{3,}\(.*\)$", span) and "…" not in span and page.name != "functions.md"
            ):  # whose examples run
                formula = span.replace(";", ",").replace("'Unit values'!A:H", "UnitValues[#All]")
                assert formula in IN_SENTENCES or any(formula.startswith(one) for one in NOT_HERE), (page.name, span)


@pytest.mark.parametrize("formula", IN_SENTENCES)
def test_a_formula_of_a_sentence_gives_what_the_sentence_says(formula, computed):
    assert as_shown(computed[formula][0][0], IN_SENTENCES[formula]) == IN_SENTENCES[formula]
