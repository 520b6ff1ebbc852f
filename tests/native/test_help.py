"""FX_HELP in a cell gives what the declaration of a function says, in every engine."""

import pytest
from call_book import ALL, SHIPPED, CallBook

from xl_flexextra import catalogue
from xl_flexextra.hosts.native import help_texts
from xl_flexextra.hosts.native.definitions import definitions

DEFINED = definitions(SHIPPED)
FUNCTIONS = [one for one in catalogue.functions() if one.name in DEFINED]


@pytest.mark.parametrize("engine", ALL)
def test_help_in_a_cell(engine, tmp_path):
    book = CallBook(tmp_path / "help.xlsx", engine)
    wanted = [[list(row) for row in help_texts.lines(one)] for one in FUNCTIONS]
    places = [
        book.add("FX_HELP", [f" {one.name.lower()}"], (len(rows), 2)) for one, rows in zip(FUNCTIONS, wanted, strict=True)
    ]
    overview, unknown = book.add("FX_HELP", [], (len(FUNCTIONS), 2)), book.add("FX_HELP", ["SUM"])
    about = book.add("FX_ABOUT", [], (5, 2))
    found = book.evaluate()
    assert [found[at] for at in places] == wanted
    assert found[overview] == [[one.name, one.summary] for one in FUNCTIONS]
    assert "=FX_HELP() lists them" in found[unknown][0][0]
    assert f"{len(FUNCTIONS)} functions" in found[about][0][1]


def test_help_says_what_a_declaration_says():
    """By hand, from the declaration of UNIT_VALUE_RETURN."""
    rows = dict(help_texts.lines(catalogue.get("UNIT_VALUE_RETURN")))
    assert rows["UNIT_VALUE_RETURN"] == "=UNIT_VALUE_RETURN(begin_value, end_value)"
    assert rows["begin_value"].startswith("Unit value, or dollars, at the start")
    assert rows["page"] == "docs/functions.md#unit_value_return"


def test_no_text_is_longer_than_a_formula_may_hold():
    texts = [text for one in catalogue.functions() for row in help_texts.lines(one) for text in row]
    assert max(map(len, texts)) <= 255
    assert not [text for text in texts if help_texts.QUOTE in text]
