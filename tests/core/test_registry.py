"""Every declared worksheet function: legal names, short help, examples that give what they say."""

import doctest
import keyword
import math
import re
from pathlib import Path

import flexextra_udfs
import numpy as np
import pytest

from xl_flexextra import catalogue, sample
from xl_flexextra.errors import CellError
from xl_flexextra.functions import declaration, registry, vocabulary

TYPES = Path(flexextra_udfs.__file__).with_suffix(".pyi")
KEPT = set(
    """
    AATR ADJUSTED_UNIT_VALUES ANNUAL_COST CALENDAR_YEAR_RETURNS CDSC_AMOUNT CDSC_RATE CONTRACT_AATR
    CONTRACT_FIGURE CONTRACT_PATH DECLARED_DATE DECLARED_RATE EXPENSE_EXAMPLE EXPLAIN_ERROR EXPLAIN_RETURN
    FLEXEXTRA_VERSION FREE_WITHDRAWAL GROWTH_OF_PAYMENT IMPLIED_CHARGE LATEST_QUARTER_END
    MAINTENANCE_CHARGE MONEY_MARKET_BASE_RETURN MONEY_MARKET_EFFECTIVE_YIELD MONEY_MARKET_YIELD
    MONEY_WEIGHTED_RETURN NET_INVESTMENT_FACTOR PERFORMANCE_TABLE PERIOD_BASE_DATE REDEEMABLE_VALUE
    SEC_YIELD_30DAY TIE_DIFFERENCE TIE_NEIGHBOUR TIE_VERDICT UNIT_VALUE_AT UNIT_VALUE_RETURN
    USABLE_MONTH_END YEARS_BETWEEN
    """.split()
)
VBA_KEYWORDS = set(
    """
    addressof alias and any append array as attribute base begin binary boolean byref byte byval call case
    cbool cbyte ccur cdate cdbl cdec cint class clng close compare const csng cstr currency cvar date debug
    decimal declare default deftype dim do doevents double each else elseif empty end endif enum eqv erase
    error event exit explicit false fix for friend function get global go gosub goto if imp implements in input
    instr int integer is len let lib like line local lock long loop lset me mid mod module name new next not
    nothing null object of on open option optional or output paramarray preserve print private property public
    put raiseevent random read redim rem resume return rset seek select set shared single spc static step stop
    string sub tab text then time to true type typeof until variant wend while width with withevents write xor
    """.split()
)
BUILT_IN = set(
    """
    XIRR IRR YIELD VAR RATE PV FV NPV DURATION PRICE DATE YEAR EFFECT NOMINAL RETURN
    """.split()
)
FUNCTIONS = catalogue.functions()


def _every(what):
    return pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)(what)


def test_the_public_surface_is_pinned():
    """By the committed types, to which make_types.py adds a new function; and no name of a release goes away."""
    typed = set(re.findall(r"^def ([A-Z0-9_]+)\(", TYPES.read_text(encoding="utf-8"), re.M))
    assert set(catalogue.names()) == set(flexextra_udfs.__all__) == typed
    assert typed >= KEPT


def _cell_reference(name):
    return re.fullmatch(r"[A-Z]{1,3}[0-9]{1,7}", name, re.I) or re.fullmatch(r"R[0-9]*C?[0-9]*|C[0-9]*", name, re.I)


@_every
def test_names_are_legal_in_excel_vba_and_calc(function):
    assert re.fullmatch(r"[A-Z][A-Z0-9_]*", function.name)
    assert function.name.lower() not in VBA_KEYWORDS
    assert function.name not in BUILT_IN
    assert not _cell_reference(function.name)
    assert len(function.arguments) <= 29  # a Calc add-in's and an old Excel's limit
    for argument in function.arguments:
        assert re.fullmatch(r"[a-z][a-z_]*", argument.name)
        assert argument.name not in VBA_KEYWORDS
        assert not keyword.iskeyword(argument.name)
        assert not _cell_reference(argument.name)
        assert argument.name.upper() not in catalogue.names()


@_every
def test_help_fits_the_function_wizard(function):
    assert 10 < len(function.summary) <= 255
    for argument in function.arguments:
        assert 5 < len(argument.description) <= 255
        assert argument.description.endswith((".", "…"))
    assert ">>>" in function.doc
    optional = [argument.optional for argument in function.arguments]
    assert optional == sorted(optional)


def test_every_word_of_the_vocabulary_is_used():
    used = [argument.name for function in FUNCTIONS for argument in function.arguments]
    assert {name for name in used if used.count(name) > 1} >= set(vocabulary.VOCABULARY)


def resolve(args):
    return [sample.rows(arg) if isinstance(arg, declaration.SampleTable) else arg for arg in args]


def assert_gives(got, example):
    wanted = example.gives
    if isinstance(wanted, list):
        assert isinstance(got, list)
        for wanted_row, got_row in zip(wanted, got, strict=False):
            for one, other in zip(wanted_row, got_row, strict=False):
                same(other, one, example.decimals)
        assert len(got) >= len(wanted)
    else:
        same(got, wanted, example.decimals)


def same(got, wanted, decimals):
    if isinstance(wanted, CellError | str):
        assert got == wanted
        assert isinstance(got, CellError) == isinstance(wanted, CellError)
    elif decimals is None:
        assert math.isclose(got, wanted, rel_tol=1e-12, abs_tol=1e-15)
    else:
        assert abs(got - wanted) <= 0.5000001 * 10**-decimals


EXAMPLES = [(f, i) for f in FUNCTIONS for i in range(len(f.examples))]


@pytest.mark.parametrize(("function", "place"), EXAMPLES, ids=lambda x: getattr(x, "name", x))
def test_examples_give_what_they_say(function, place):
    example = function.examples[place]
    assert example.source
    got = registry.evaluate(function, resolve(example.args))
    assert_gives(got, example)


@_every
def test_an_example_of_an_error_raises_in_python(function):
    from xl_flexextra.errors import FlexExtraError

    for example in function.examples:
        if isinstance(example.gives, CellError):
            with pytest.raises(FlexExtraError) as caught:
                function.python(*resolve(example.args))
            assert caught.value.cell_error == example.gives
            message = str(caught.value)
            assert message.endswith(".")
            assert "Traceback" not in message


@_every
def test_docstring_examples_run(function):
    module = function.body.__globals__
    tests = doctest.DocTestFinder(recurse=False).find(function.body, function.name, globs=dict(module))
    runner = doctest.DocTestRunner(verbose=False)
    for test in tests:
        test.globs[function.name] = function.python
        runner.run(test)
    assert runner.tries > 0
    assert runner.failures == 0


def test_numpy_arrays_lists_and_scalars_agree():
    from flexextra_udfs import AATR

    begin, end = np.array([1000.0, 900.0]), np.array([1506.43, 1100.0])
    together = AATR(begin, end, 5)
    assert together.shape == (2,)
    assert AATR(begin[:, None], end[:, None], 5).shape == (2, 1)
    assert together.tolist() == [AATR(1000.0, 1506.43, 5), AATR(900.0, 1100.0, 5)]
