"""Counts in sentences: one function, so that 1 figure is never "they"."""

import re
from pathlib import Path

import pytest

import xl_flexextra
from xl_flexextra.errors import InvalidTerms, agreed, counted
from xl_flexextra.review.sign_off import left_open
from xl_flexextra.workbook.layout import period_label

PRODUCT = Path(xl_flexextra.__file__).parent
BY_HAND = re.compile(r"""\{\s*['"]s['"] if |\{\s*['"](?:is|are|was|were|has|have)['"] if [^}]*== 1|'s' \* \(""")


@pytest.mark.parametrize(("count", "said"), [(0, "0 figures"), (1, "1 figure"), (2, "2 figures"), (1200, "1,200 figures")])
def test_a_count_and_its_word_agree(count, said):
    assert counted(count, "figure") == said


def test_words_that_take_more_than_an_s():
    assert [counted(n, "cell is", "cells are") for n in (1, 3)] == ["1 cell is", "3 cells are"]
    assert [agreed(n, "it", "them") for n in (0, 1, 2)] == ["them", "it", "them"]
    assert [agreed(years, "year", "years") for years in (1.0, 1.5)] == ["year", "years"]


def test_sentences_of_one():
    assert "have 1 problem: x" in str(InvalidTerms("t", ["x"]))
    assert left_open(1, 0) == "1 figure open"
    assert left_open(2, 1) == "2 figures open, 1 other control off"
    assert [list(period_label(code)) for code in ("1Y", "2Y", "1M", "1D")] == [
        ["1 year"],
        ["2 years"],
        ["1 month"],
        ["1 day"],
    ]


def test_no_module_makes_a_plural_by_hand():
    found = [
        f"{path.relative_to(PRODUCT)}:{number}"
        for path in sorted(PRODUCT.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if BY_HAND.search(line)
    ]
    assert found == []
