"""The source is in the form that Excel Labs imports, by a reader of that form which is written apart from the package.

Of its documentation (microsoft/advanced-formula-environment): named formulas ``name = formula;`` with comments between, a
comma between arguments, no tab and no carriage return; a structured reference has to match a table of the workbook.
"""

import itertools
import re

from call_book import SHIPPED, TABLES

from xl_flexextra.hosts.native.definitions import definitions, text_of

PIECE = re.compile(
    r'(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>"(?:[^"\n]|"")*")'
    r"|(?P<reference>[A-Za-z]\w*\[#All\])|(?P<name>[A-Za-z_][\w.]*)"
    r"|(?P<number>\d+(?:\.\d+)?(?:E[+-]?\d+)?)|(?P<error>#[A-Z/0-9]+[!?]?)"
    r"|(?P<sign><=|>=|<>|[-+*/^&=<>(){}\[\],;])|(?P<blank>[ \n]+)",
    re.S,
)
CLOSES = {")": "(", "}": "{", "]": "["}


def read(text):
    """Names with the pieces of their formulas."""
    at, found, depth, pieces = 0, {}, [], []
    while at < len(text):
        piece = PIECE.match(text, at)
        assert piece, text[at : at + 60]
        at, kind, what = piece.end(), piece.lastgroup, piece[0]
        if kind in {"blank", "comment"}:
            continue
        if what == ";" and not depth:
            (_, name), equals, *formula = pieces
            assert equals == ("sign", "=")
            assert formula
            assert name not in found
            found[name], pieces = formula, []
            continue
        assert what != ";" or depth[-1] == "{", pieces[-5:]  # between the rows of a constant, never between arguments
        if what in CLOSES.values():
            depth.append(what)
        elif what in CLOSES:
            assert depth.pop() == CLOSES[what], pieces[-5:]
        pieces.append((kind, what))
    assert not pieces
    assert not depth
    return found


def test_the_source_is_what_the_editor_imports():
    text = text_of(SHIPPED)
    assert "\t" not in text
    assert "\r" not in text
    found = read(text)
    assert list(found) == list(definitions(SHIPPED))
    tables = {what for formula in found.values() for kind, what in formula if kind == "reference"}
    assert {one.removesuffix("[#All]") for one in tables} <= set(TABLES)


def test_every_name_that_a_formula_calls_is_there_or_excels():
    """A name that nobody defines shows as #NAME? only where it is called."""
    found = read(text_of(SHIPPED))
    called = {
        what
        for formula in found.values()
        for (kind, what), (_, after) in itertools.pairwise(formula)
        if kind == "name" and after == "(" and what.startswith("FX_")
    }
    assert called <= set(found)
    assert len(called) > 100
