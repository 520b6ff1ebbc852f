"""Bad input into every argument of every worksheet function: true cell errors for hosts, one sentence for Python.

A host's call must never raise, and never end in #VALUE! because something broke inside: such a failure is logged, so an
empty log is part of every test.
"""

import datetime
import decimal
import logging
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_flexextra import catalogue, sample
from xl_flexextra.cells import scalars
from xl_flexextra.errors import (
    CELL_ERRORS,
    DIV0,
    NA,
    NAME,
    NUM,
    REF,
    VALUE,
    BadInput,
    CellError,
    FlexExtraError,
    MissingData,
    PassedError,
)
from xl_flexextra.functions import declaration, registry

FUNCTIONS = catalogue.functions()
OMITTED = scalars.OMITTED
D = datetime.date


@pytest.fixture(autouse=True)
def nothing_broke_inside(caplog):
    caplog.set_level(logging.DEBUG, logger="xl_flexextra")
    yield
    assert not [r for r in caplog.records if r.name.startswith("xl_flexextra")], caplog.text


def good(function):
    """Arguments that work, all of them given where an example does."""
    example = max((e for e in function.examples if not isinstance(e.gives, CellError)), key=lambda e: len(e.args))
    args = [sample.rows(a) if isinstance(a, declaration.SampleTable) else a for a in example.args]
    return args + [OMITTED] * (len(function.arguments) - len(args))


GOOD = {f.name: good(f) for f in FUNCTIONS}
PLACES = [(f, i) for f in FUNCTIONS for i in range(len(f.arguments))]
every_argument = pytest.mark.parametrize(
    ("function", "place"), PLACES, ids=[f"{f.name}-{f.arguments[i].name}" for f, i in PLACES]
)


def with_argument(function, place, value):
    args = list(GOOD[function.name])
    args[place] = value
    return args


def evaluate(function, args):
    """A host's call, checked for what a host can show."""
    got = registry.evaluate(function, args)
    cells = [cell for row in got for cell in row] if isinstance(got, list) else [got]
    for cell in cells:
        assert isinstance(cell, float | str), (function.name, cell)
        assert not isinstance(cell, float) or math.isfinite(cell)
        assert not isinstance(cell, bool)
    return got


def python(function, args):
    """The same in Python: a result, or the sentence of an error of ours."""
    kwargs = {a.name: v for a, v in zip(function.arguments, args, strict=True) if v is not OMITTED}
    try:
        return function.python(**kwargs), None
    except FlexExtraError as error:
        return None, error


def is_one_sentence(error):
    text = str(error)
    assert text.endswith("."), text
    assert "\n" not in text
    assert "Traceback" not in text
    assert len(text) < 600 * len(getattr(error, "problems", [text]))  # terms name all their problems
    assert text[0].isupper() or text[0] in "'*" or text[0].isalnum(), text


BAD = {
    "blank": None,
    "empty text": "",
    "spaces": "   ",
    "#N/A": NA,
    "#REF!": REF,
    "#DIV/0!": DIV0,
    "#NAME?": NAME,
    "#N/A as text": "#N/A",
    "text": "no such thing",
    "NaN": float("nan"),
    "numpy NaN": np.float64("nan"),
    "infinity": math.inf,
    "minus infinity": -math.inf,
    "negative": -5.0,
    "tiny": 1e-300,
    "huge": 1e300,
    "huge whole": 10**400,
    "zero": 0,
    "half": 0.5,
    "TRUE": True,
    "numpy bool": np.False_,
    "a decimal": decimal.Decimal("1.5"),
    "complex": 1 + 2j,
    "first serial": 1,
    "last serial": 2958465,
    "beyond serials": 1e7,
    "before 1900": "1899-12-31",
    "year one": D(1, 1, 1),
    "year 9999": "9999-12-31",
    "no such day": "2008-02-30",
    "an American date": "7/31/2008",
    "NaT": pd.NaT,
    "pandas NA": pd.NA,
    "numpy NaT": np.datetime64("NaT"),
    "numpy date": np.datetime64("2008-07-31"),
    "numpy far date": np.datetime64("20000-01-01"),
    "a dictionary": {"a": 1},
    "an object": object(),
    "bytes": b"2008",
    "empty range": [],
    "range of an empty row": [[]],
    "blank range": [[None, None], ["", None]],
    "range of one blank": [[None]],
    "range of one error": [[REF]],
    "range of one text": [["no such thing"]],
    "range of one number": [[7.0]],
    "errors in a column": [[NA], [REF], [1.0]],
    "ragged": [["a", 1], ["b"], ["c", 2, 3]],
    "ragged empties": [[1], [2], []],
    "a line": [1.0, 2.0, 3.0],
    "a line of texts": ["1Y", "EQUITY", ""],
    "numbers and texts": [["x", 2.0], [3.0, "y"]],
    "empty array": np.empty((0, 2)),
    "array of three dimensions": np.zeros((2, 2, 2)),
    "array without dimension": np.array(3.0),
    "empty frame": pd.DataFrame(),
    "frame of missing": pd.DataFrame({"a": [None, pd.NaT], "b": [pd.NA, 1]}),
    "series": pd.Series([1.0, None]),
    "header only": [["date", "EQUITY"]],
    "header of one column": [["date"], ["2008-07-31"]],
    "no header": [["2008-07-31", 10.0], ["2008-08-31", 11.0]],
    "zero value": [["date", "EQUITY"], ["2008-07-31", 0.0]],
    "negative value": [["date", "EQUITY"], ["2008-07-31", -1.0]],
    "text value": [["date", "EQUITY"], ["2008-07-31", "ten"]],
    "infinite value": [["date", "EQUITY"], ["2008-07-31", math.inf]],
    "error value": [["date", "EQUITY"], ["2008-07-31", REF]],
    "unsorted": [["date", "EQUITY"], ["2008-07-31", 10.0], ["2007-07-31", 9.0], ["2008-08-31", 9.0]],
    "twice a date": [["date", "EQUITY"], ["2008-07-31", 10.0], ["2008-07-31", 9.0]],
    "twice a fund": [["date", "EQUITY", "equity"], ["2008-07-31", 10.0, 9.0]],
    "long, unsorted": [
        ["date", "fund", "unit value"],
        ["2008-07-31", "A", 10.0],
        ["2007-07-31", "A", 9.0],
        ["2008-08-31", "A", 9],
    ],
    "long, no fund": [["date", "fund", "unit value"], ["2008-07-31", None, 10.0], ["2008-08-31", "A", 9.0]],
    "share as percent": [["EQUITY", 27.82]],
    "shares of text": [["fund", "share"], ["EQUITY", "much"], ["BLEND", 0.5]],
    "terms of nothing": [["term", "value"]],
    "terms unknown": [["annual_charge.dolars", 35], ["cdsc.schedule", "8%"]],
    "terms with errors": [["annual_charge.form", NA], ["cdsc.schedule", "8%"]],
    "funds without code": [["fund", "fund inception"], [None, "1990-01-01"], ["A", None]],
}


@pytest.mark.slow
@every_argument
def test_no_bad_value_breaks_a_function(function, place):
    for value in BAD.values():
        args = with_argument(function, place, value)
        shown = evaluate(function, args)
        result, error = python(function, args)
        if error is not None:
            is_one_sentence(error)
            if isinstance(shown, CellError):
                assert shown == error.cell_error or error.cell_error in CELL_ERRORS
        elif isinstance(result, str) and function.errors_as_text:
            assert result.endswith(".")


@every_argument
def test_blank_missing_and_error_cells_are_told_apart(function, place):
    argument = function.arguments[place]
    for error in (NA, REF, DIV0):
        if not function.errors_as_text:
            assert evaluate(function, with_argument(function, place, error)) == error
            with pytest.raises(PassedError, match=argument.name):
                function.python(*trimmed(with_argument(function, place, error)))
            single = evaluate(function, with_argument(function, place, [[error]]))
            assert single == error or isinstance(single, list)
    if argument.optional and argument.kind != "any":  # what is handed on keeps the difference
        left_out = evaluate(function, with_argument(function, place, OMITTED))
        assert evaluate(function, with_argument(function, place, None)) == left_out
        assert evaluate(function, with_argument(function, place, "")) == left_out
    elif not function.errors_as_text:
        assert evaluate(function, with_argument(function, place, None)) == NA
        assert evaluate(function, with_argument(function, place, OMITTED)) == VALUE
        _, blank = python(function, with_argument(function, place, None))
        assert isinstance(blank, MissingData)
        assert argument.name in str(blank)
        _, missing = python(function, with_argument(function, place, OMITTED))
        assert isinstance(missing, BadInput)
        assert argument.name in str(missing)


def trimmed(args):
    return args[: max(i for i, v in enumerate(args) if v is not OMITTED) + 1]


KIND_OF_ERROR = {
    "number": [("no such thing", VALUE), (True, VALUE), (math.inf, VALUE), (float("nan"), NA), (10**400, VALUE),
               ("0,5x", VALUE)],
    "date": [("no such thing", VALUE), (True, VALUE), (1, VALUE), (float("nan"), NA), ("2008-02-30", VALUE),
             ("1899-12-31", VALUE)],
    "text": [(True, VALUE), (1.5, VALUE)],
    "flag": [("no such thing", VALUE), (2.0, VALUE)],
    "unit_values": [("no such thing", VALUE), (5.0, VALUE), (BAD["unsorted"], VALUE), (BAD["zero value"], VALUE),
                    (BAD["text value"], VALUE), (BAD["error value"], REF), (BAD["twice a date"], VALUE)],
    "terms": [("no such thing", VALUE), (5.0, VALUE), (BAD["terms unknown"], VALUE)],
    "shares": [(5.0, VALUE), (BAD["share as percent"], VALUE), ([["EQUITY", NA]], NA), ([["EQUITY", REF]], REF)],
    "funds": [(5.0, VALUE), ([["x", "y"], ["A", "B"]], VALUE), (BAD["funds without code"], NA)],
    "numbers": [("no such thing", VALUE), ([1.0, None, 2.0], NA), ([[1.0, 2.0], [3.0, 4.0]], VALUE), ([1.0, DIV0], DIV0)],
    "dates": [("no such thing", VALUE), (["2008-01-01", None, "2008-01-02"], NA), (["2008-01-01", 0.5], VALUE)],
    "texts": [(True, VALUE), ([["YTD"], [1.5]], VALUE)],
    "rows": [([["no", "such"]], VALUE)],
}  # fmt: skip
HOLIDAYS = [("no such thing", VALUE), ([["2008-01-01"], [None], ["2008-01-02"]], NA), (["2008-01-01", 0.5], VALUE)]


@every_argument
def test_the_kind_of_error_is_the_right_one(function, place):
    argument = function.arguments[place]
    if function.errors_as_text:
        return
    for value, error in HOLIDAYS if argument.name == "holidays" else KIND_OF_ERROR[argument.kind]:
        shown = evaluate(function, with_argument(function, place, value))
        assert shown == error, (value, shown)
        _, raised = python(function, with_argument(function, place, value))
        assert raised is not None
        assert raised.cell_error == error
        is_one_sentence(raised)


def test_a_decimal_comma_is_refused_rather_than_read_as_thousands():
    from flexextra_udfs import AATR, UNIT_VALUE_RETURN

    assert UNIT_VALUE_RETURN("1,000.00", "$1,100") == pytest.approx(0.1)
    assert UNIT_VALUE_RETURN("100%", 1.1) == pytest.approx(0.1)
    for text in ("0,35", "10,5", "1,00", "1,0000", "1_000", "1 000", "1,000,0", "--5", "%", "$", "0x10", "١٢"):
        with pytest.raises(BadInput, match="'end_value' must be a number"):
            AATR(1000, text, 1)


def test_the_errors_of_elements_stay_in_their_places():
    function = catalogue.get("CONTRACT_AATR")
    args = list(GOOD["CONTRACT_AATR"])
    args[2] = [["EQUITY"], ["NOBODY"], [None], [REF], ["BLEND"]]
    args[4] = [["1Y", "20Y", "5X"]]
    got = evaluate(function, args)
    assert [[isinstance(cell, float) for cell in row] for row in got] == [
        [r in (0, 4) and c == 0 for c in range(3)] for r in range(5)
    ]
    assert got[0][1:] == [NA, VALUE]
    assert [row[0] for row in got[1:4]] == [VALUE, NA, REF]


def test_ranges_of_unequal_size_are_refused():
    function = catalogue.get("AATR")
    assert evaluate(function, [[[1.0], [2.0]], [[1.0], [2.0], [3.0]], 1.0]) == VALUE
    _, error = python(function, [[[1.0], [2.0]], [[1.0], [2.0], [3.0]], 1.0, OMITTED])
    assert "2 x 1 and 3 x 1" in str(error)


@pytest.mark.parametrize("name", ["AATR", "CONTRACT_AATR"])
def test_too_many_and_unknown_arguments(name):
    function = catalogue.get(name)
    assert registry.evaluate(function, [1] * 40) == VALUE
    with pytest.raises(BadInput, match="takes at most"):
        function.python(*[1] * 40)
    with pytest.raises(BadInput, match="has no argument 'shar'"):
        function.python(shar=1)
    with pytest.raises(BadInput, match="twice"):
        function.python(1, **{function.arguments[0].name: 1})


@pytest.mark.parametrize(
    ("name", "args", "error"),
    [
        ("AATR", [1e-300, 1e300, 2], NUM),
        ("AATR", [1, 1e300, 1e-3, True], NUM),
        ("AATR", [1, 2, 0], VALUE),
        ("AATR", [1, -2, 1], VALUE),
        ("UNIT_VALUE_RETURN", [1e-300, 1e300], NUM),
        ("SEC_YIELD_30DAY", [1e300, 0, 1e-300, 1], NUM),
        ("CDSC_RATE", ["flex_extra_flexible", 0], VALUE),
        ("CDSC_RATE", ["flex_extra_flexible", 1.5], VALUE),
        ("CDSC_RATE", ["flex_extra_flexible", 1e9], VALUE),
        ("TIE_DIFFERENCE", [1e307, -1e307], VALUE),
        ("TIE_DIFFERENCE", [0.1, 0.1, 2.5], VALUE),
        ("TIE_DIFFERENCE", [0.1, 0.1, -1], VALUE),
        ("TIE_VERDICT", [0.1, 0.1, 400], VALUE),
        ("MAINTENANCE_CHARGE", ["flex_extra_flexible", 0.1, None, 100.5], VALUE),
        ("MAINTENANCE_CHARGE", ["flex_extra_flexible", 27.82], VALUE),
        ("REDEEMABLE_VALUE", ["flex_extra_flexible", ["2008-07-31"], [1.0], 0.1], VALUE),
        ("REDEEMABLE_VALUE", ["flex_extra_flexible", ["2008-07-31", "2007-07-31"], [1.0, 1.0], 0.1], VALUE),
        ("REDEEMABLE_VALUE", ["flex_extra_flexible", ["2007-07-31", "2008-07-31"], [1.0], 0.1], VALUE),
        ("REDEEMABLE_VALUE", ["flex_extra_flexible", ["2007-07-31", "2008-07-31"], [1.0, 0.0], 0.1], VALUE),
        ("PERIOD_BASE_DATE", ["1900-03-01", "99Y"], NUM),  # a worksheet has no such date
        ("PERIOD_BASE_DATE", ["0001-01-15", "YTD"], VALUE),
        ("YEARS_BETWEEN", ["2008-01-02", "2008-01-01"], VALUE),
        ("MONEY_WEIGHTED_RETURN", [[-1, 2], ["2008-01-01"]], VALUE),
        ("MONEY_WEIGHTED_RETURN", [[-1e308, 1e308, 1e308], ["2008-01-01", "2009-01-01", "2009-01-02"]], None),
        ("ADJUSTED_UNIT_VALUES", [[["2008-01-01", 1.0], ["2007-01-01", 1.0]], None, 0.01], VALUE),
        ("ADJUSTED_UNIT_VALUES", [[["2008-01-01", 1.0]], [1, 2], 0.01], VALUE),
        ("DECLARED_RATE", [[["2008-01-01", 0.03]], "2007-01-01"], NA),
        ("DECLARED_RATE", [[["2008-02-30", 0.03], ["2008-01-01", 0.04]], "2009-01-01"], VALUE),  # no header
        ("DECLARED_RATE", [[["date", "rate"], ["2008-01-01", 0.03], ["2008-01-01", 0.04]], "2009-01-01"], VALUE),
        ("DECLARED_RATE", [[["2008-01-01", 0.03], ["2008-02-01", None]], "2009-01-01"], NA),
        ("UNIT_VALUE_AT", [[["date", 101.0], ["2008-01-01", 9.0]], 101, "2008-01-01"], None),
    ],
)
def test_a_list_of_particular_cases(name, args, error):
    function = catalogue.get(name)
    got = evaluate(function, args)
    if error is None:
        assert isinstance(got, float)
    else:
        assert got == error


def test_an_explanation_is_a_sentence_whatever_is_asked():
    function = catalogue.get("EXPLAIN_RETURN")
    for place in range(len(function.arguments)):
        for value in BAD.values():
            got = evaluate(function, with_argument(function, place, value))
            for cell in [cell for row in got for cell in row] if isinstance(got, list) else [got]:
                assert isinstance(cell, str)
                assert not isinstance(cell, CellError)
                assert cell.endswith(".")
                assert "\n" not in cell


# --- anything at all --------------------------------------------------------------------------------------------------

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        [NA, REF, DIV0, "1Y", "YTD", "10Y_OR_SI", "EQUITY", "share", "2008-07-31", "flex_extra_single", 39660, 0.5]
    ),
    st.dates(),
    st.datetimes(),
)
RANGES = st.lists(st.lists(SCALARS, max_size=4), max_size=5)
TABLES = st.builds(
    lambda header, body: [header, *body],
    st.lists(
        st.sampled_from(["date", "fund", "share", "EQUITY", "term", "value", "fund inception", "aliases", ""]),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.lists(SCALARS, max_size=4), max_size=4),
)
TERMS = st.lists(
    st.tuples(
        st.sampled_from(["annual_charge.form", "cdsc.schedule", "cdsc.schedule.1", "payment.amount", "rider.rate",
                         "years.basis", "annual_charge.dollars from 2005-01-01", "valuation.max_age_days",
                         "contract.inception"]),
        st.one_of(SCALARS, st.sampled_from(["share", "none", "8%", "days_365", "average_size"])),
    ),
    max_size=6,
).map(lambda pairs: [list(p) for p in pairs])  # fmt: skip


@pytest.mark.slow
@settings(max_examples=1200, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from(FUNCTIONS))
def test_anything_at_all(data, function):
    args = list(GOOD[function.name])
    for place in data.draw(st.lists(st.integers(0, max(len(args) - 1, 0)), max_size=3, unique=True)):
        if place < len(args):
            args[place] = data.draw(st.one_of(SCALARS, RANGES, TABLES, TERMS))
    broken = []
    handler = logging.Handler()
    handler.emit = broken.append
    logger = logging.getLogger("xl_flexextra")
    logger.addHandler(handler)
    try:
        evaluate(function, args)
    finally:
        logger.removeHandler(handler)
    assert not broken, broken[0].getMessage()
    _, error = python(function, args)
    if error is not None:
        is_one_sentence(error)
