"""The source of the native functions: short enough, known to Excel, and faults put into it are noticed by the engines."""

import re

import pytest
from call_book import SHIPPED, CallBook, same

from xl_flexextra import catalogue
from xl_flexextra.hosts.native import known_terms
from xl_flexextra.hosts.native.definitions import COMMENT, Definition, definitions, parsed
from xl_flexextra.hosts.native.stored import flat, stored
from xl_flexextra.terms.keys import KEYS

DEFINED = definitions(SHIPPED)


def test_every_formula_and_comment_is_within_excels_limits():
    assert not [name for name, one in DEFINED.items() if len(stored(one.formula)) > 8192]
    assert not [name for name, one in DEFINED.items() if len(one.comment) > COMMENT]


def test_the_name_manager_says_what_each_function_gives():
    assert [name for name, one in DEFINED.items() if name in catalogue.names() and not one.comment] == []
    assert DEFINED["AATR"].comment.endswith('=FX_HELP("AATR")')


def test_long_lambdas_are_split():
    """Lists of terms and of help may be long; a calculation of more than two screens is not read by anybody."""
    long = {name for name, one in DEFINED.items() if len(flat(one.formula)) > 1500}
    assert {name for name in long if not name.startswith("FX_HELP_")} <= {"FX_CHOICES", "FX_KINDS"}


def test_names_are_functions_or_helpers():
    assert not {name for name in DEFINED if not name.startswith("FX_")} - set(catalogue.names())


def test_every_choice_is_known_or_refused_on_purpose():
    items = set(known_terms.lists()["FX_CHOICES"])
    every = {(key, choice) for key, spec in KEYS.items() for choice in spec.choices}
    assert {f"{key}={choice}" for key, choice in every - known_terms.REFUSED} <= items
    assert not {f"{key}={choice}" for key, choice in known_terms.REFUSED} & items


def test_constructs_that_an_older_engine_lacks_or_has_wrong_are_not_there():
    """Two minus signs leave a text a text there; ROWS and COLUMNS of what is no range are errors."""
    assert not [name for name, one in DEFINED.items() if "--" in flat(one.formula) and not name.startswith("FX_HELP")]
    counting = {name for name, one in DEFINED.items() if re.search(r"(?<![A-Z_])(ROWS|COLUMNS)\(", one.formula)}
    assert counting == {"FX_MANY", "FX_ROWS", "FX_WIDE"}


def test_the_stored_form_of_a_formula():
    """By hand, from a file that Excel wrote."""
    typed = 'LAMBDA(x, [y], LET(z, IF(ISOMITTED(y), 1, y), FILTER(x, x > z, "a  b")))'
    wanted = (
        "_xlfn.LAMBDA(_xlpm.x,_xlop.y,_xlfn.LET(_xlpm.z,IF(_xlfn.ISOMITTED(_xlpm.y),1,_xlpm.y),"
        '_xlfn._xlws.FILTER(_xlpm.x,_xlpm.x>_xlpm.z,"a  b")))'
    )
    assert stored(typed) == wanted


def test_a_source_is_read_by_its_definitions():
    assert parsed("/* one */\nA = LAMBDA(x, x);\n") == {"A": Definition("LAMBDA(x, x)", "one")}
    with pytest.raises(ValueError, match="twice"):
        parsed("A = 1;\nA = 2;\n")


MUTANTS = {  # a fault each, and a call that gives another figure with it; figures by hand or of the filings
    "FX_BASE": ("MAX(FX_LESS(amount, free), 0)", "MAX(amount, 0)"),
    "FX_CONTRACT_YEAR": ("n, n + 1", "n + 1, n"),
    "FX_INVESTED": ("payment - payment *", "payment + payment *"),
    "FX_RETURN": ("AATR(payment, amount", "AATR(amount, payment"),
    "FX_STEP": ("INDEX(last, 1, 2) * growth", "INDEX(last, 1, 2)"),
    "FX_TAKEN": ("none, weights *", "none, 2 * weights *"),
    "FX_LEVEL": ('"on_or_before", -1', '"on_or_before", 1'),
}
LOADED = [["annual_charge.form", "share"], ["annual_charge.dollars", 100], ["payment.front_end_load", 0.1],
          ["cdsc.schedule.1", 0.05], ["cdsc.schedule.2", 0], ["free_withdrawal.form", "percent_of_value"],
          ["free_withdrawal.rate", 0.1]]  # fmt: skip
VALUES = [["date", "S"], ["2007-12-28", 10.0], ["2008-12-30", 11.0]]
HAND = 0.9 * 1.1 - 0.05  # of 1: nine tenths invested, grown by a tenth, less 50 of 1,000 for a half share
BY_HAND = HAND * (1 - 0.05 * 0.9) - 1  # less 5% of the nine tenths that are not free


def asked(path, defs):
    book = CallBook(path, "ironcalc", defs)
    book.add("CONTRACT_AATR", [LOADED, VALUES, "S", "2008-12-31", "CY2008", [["S", 0.5]]])
    return book.evaluate()[0][0][0]


def test_the_figure_of_the_mutants_by_hand(tmp_path):
    assert same(asked(tmp_path / "hand.xlsx", DEFINED), BY_HAND)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_fault_in_the_source_is_noticed(name, tmp_path):
    old, new = MUTANTS[name]
    assert old in DEFINED[name].formula
    mutant = DEFINED[name]._replace(formula=DEFINED[name].formula.replace(old, new, 1))
    got = asked(tmp_path / "mutant.xlsx", {**DEFINED, name: mutant})
    assert not same(got, BY_HAND)
