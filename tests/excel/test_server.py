"""Every worksheet function through xlwings' own server: the same as the plain Python call, or the right error."""

from __future__ import annotations

import datetime
import decimal
import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from xl_flexextra import catalogue, sample
from xl_flexextra.cells import scalars
from xl_flexextra.errors import CellError, FlexExtraError
from xl_flexextra.functions import registry
from xl_flexextra.hosts.excel import settings, values

from .cases import CODES, EXAMPLES, com, forms, long_ranges, native
from .conftest import FORGET
from .pywin32_stand_in import MISSING, FakeRange, returned

NA_CODE, VALUE_CODE, REF_CODE, DIV0_CODE, NUM_CODE = -2146826246, -2146826273, -2146826265, -2146826281, -2146826252
NEVER_AN_ERROR = {"EXPLAIN_ERROR", "EXPLAIN_RETURN"}
VALUES = "__import__('xl_flexextra.hosts.excel.values', fromlist=['RANGES'])"  # in the server's process
CORE = "__import__('xl_flexextra.calculation.contract_figures')"
pytestmark = pytest.mark.windows


def expected(function, args):
    """What the plain Python call gives, as cells; the error's cell where it raises."""
    try:
        return registry.to_cells(function.python(*args))
    except FlexExtraError as error:
        return error.cell_error


def table(value):
    """Rows whatever COM made of one cell or one row."""
    if not isinstance(value, tuple):
        return [[value]]
    return [list(row) for row in value] if value and isinstance(value[0], tuple) else [list(value)]


def same(got, wanted):
    """Whether rows arrived whole, each cell with its kind: numbers as doubles, errors as whole numbers."""
    got = table(got)
    return [len(row) for row in got] == [len(row) for row in wanted] and all(
        type(one) is type(com(other))
        and (math.isclose(one, other, rel_tol=1e-13, abs_tol=1e-15) if type(one) is float else one == com(other))
        for one, other in zip(itertools.chain(*got), itertools.chain(*wanted), strict=True)
    )


def assert_same(got, wanted):
    got = table(got)
    if isinstance(wanted, CellError):  # a plain call raises for the first error; cells show each its own
        assert com(wanted) in set(itertools.chain(*got))
        return
    wanted = wanted if isinstance(wanted, list) else [[wanted]]
    assert [len(row) for row in got] == [len(row) for row in wanted]
    for one, other in zip(itertools.chain(*got), itertools.chain(*wanted), strict=True):
        if isinstance(other, CellError):
            assert type(one) is int
            assert one == com(other)
        elif isinstance(other, str):
            assert one == other
        else:
            assert type(one) is float
            assert math.isclose(one, other, rel_tol=1e-13, abs_tol=1e-15)


@pytest.mark.parametrize("code", CODES)
def test_codes_of_errors_are_excels(code):
    assert values.cell(CODES[code] - 2**31 + 0xA0000) == CellError(code)
    assert {"#N/A": NA_CODE, "#VALUE!": VALUE_CODE, "#NUM!": NUM_CODE}.get(code, com(CellError(code))) == com(
        CellError(code)
    )


@pytest.mark.parametrize(("function", "example"), EXAMPLES, ids=lambda x: getattr(x, "name", ""))
def test_every_argument_in_every_form_gives_over_com_what_it_gives_in_python(server, function, example):
    """6,000 calls and more: what arrives is what the registry gives, cell by cell, as number, text or error."""
    wrong = []
    for word, given_args, same_args in forms(function, example):
        wanted = registry.evaluate(function, same_args)
        got = server(function.name, *given_args)
        if not same(got, wanted if isinstance(wanted, list) else [[wanted]]):
            wrong.append(f"{word}: {str(got)[:100]} for {str(wanted)[:100]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("function", "example"), EXAMPLES, ids=lambda x: getattr(x, "name", ""))
def test_every_example_gives_over_com_what_is_declared(server, function, example):
    got = table(server(function.name, *map(com, native(example.args))))
    gives = example.gives if isinstance(example.gives, list) else [[example.gives]]
    for row, declared in zip(got, gives, strict=False):
        for one, other in zip(row, declared, strict=False):
            if isinstance(other, CellError | str | None):
                assert one == com(other)
            elif example.decimals is None:
                assert one == pytest.approx(other, rel=1e-12, abs=1e-15)
            else:
                assert abs(one - other) <= 0.5000001 * 10**-example.decimals


@pytest.mark.parametrize(
    ("function", "name", "made"), [pytest.param(*case, id=f"{case[0].name}-{case[1]}") for case in long_ranges()]
)
def test_a_hundred_thousand_rows_go_in_and_out(server, function, name, made):
    longer = made()
    wanted = registry.evaluate(function, longer)
    got = server(function.name, *map(com, longer))
    assert same(got, wanted if isinstance(wanted, list) else [[wanted]])


def test_tables_arrive_in_vba_whole_and_not_as_their_first_row(server):
    """pywin32 takes a tuple that a method returns for a result and its arguments by reference."""
    assert returned((("a", 1.0), ("b", 2.0))) == ("a", 1.0)
    assert server("CDSC_RATE", "flex_extra_flexible", ((1.0,), (2.0,), (3.0,))) == ((0.08,), (0.08,), (0.07,))
    assert server("CDSC_RATE", "flex_extra_flexible", ((1.0, 2.0, 3.0),)) == (0.08, 0.08, 0.07)  # one row: one dimension
    square = server("CDSC_RATE", "flex_extra_flexible", ((1.0, 2.0), (3.0, 9.0)))
    assert square == ((0.08, 0.08), (0.07, 0.01))


SERVED = "from xl_flexextra.hosts.excel import served; "
AS_TUPLES = SERVED + (
    "served.in_lists = served.to_com; "
    "served.to_com = lambda result, in_lists=served.to_com: tuple(map(tuple, in_lists(result)))"
)
AS_BEFORE = SERVED + "served.to_com = served.in_lists; del served.in_lists"


def test_with_tuples_no_table_would_arrive_whole_so_that_these_tests_would_tell(server):
    """The worst fault there was, put back: every table of the examples is wrong, each single cell right."""
    server.execute(AS_TUPLES)
    try:
        told = set()
        for place, (function, example) in enumerate(EXAMPLES):
            args = native(example.args)
            wanted = registry.evaluate(function, args)
            if not same(server(function.name, *map(com, args)), wanted if isinstance(wanted, list) else [[wanted]]):
                told.add(place)
    finally:
        server.execute(AS_BEFORE)
    tables = {place for place, (_, example) in enumerate(EXAMPLES) if isinstance(example.gives, list)}
    assert len(tables) > 8
    assert told == tables


def test_no_result_leaves_for_com_as_a_tuple():
    from xl_flexextra.hosts.excel import served

    for function, example in EXAMPLES:
        result = getattr(served, function.name)(*[com(a) for a in native(example.args)])
        assert type(result) is list
        assert {type(row) for row in result} == {list}


def other_forms(function, args):
    """The arguments of an example in the other forms that a sheet hands over, each with a word for what was changed."""
    plain = [com(a) for a in args]
    for at, (argument, value) in enumerate(zip(function.arguments, args, strict=False)):
        if value is None:
            continue

        def changed(new, at=at):
            return [new if i == at else v for i, v in enumerate(plain)]

        if isinstance(value, list):
            width = len(plain[at][0])
            yield "trailing blanks", changed((*plain[at], (None,) * width, (None,) * width))
            yield "blank columns behind", changed(tuple((*row, None) for row in plain[at]))
            if argument.kind in {"numbers", "dates", "texts"}:
                yield "turned", changed(tuple(zip(*plain[at], strict=True)))
        else:
            yield "1 x 1", changed(((plain[at],),))
        if argument.kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
            yield "text number", changed(repr(float(value)))
            if round(value, 4) == value:
                yield "currency", changed(decimal.Decimal(repr(float(value))))
        if argument.kind == "date" and isinstance(value, str) and value[:4].isdigit():
            day = datetime.date.fromisoformat(value)
            yield "serial", changed(com(day))
            yield "time", changed(datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC))


def cases():
    for function in catalogue.functions():
        good = next(e for e in function.examples if not isinstance(e.gives, CellError))
        for what, given_args in other_forms(function, native(good.args)):
            yield pytest.param(function, good, given_args, id=f"{function.name}-{what}")


@pytest.mark.parametrize(("function", "example", "given_args"), list(cases()))
def test_other_forms_of_the_same_arguments_give_the_same(server, function, example, given_args):
    got = server(function.name, *given_args)
    wanted = expected(function, native(example.args))
    assert_same(got, wanted)


@pytest.mark.parametrize("function", catalogue.functions(), ids=lambda f: f.name)
def test_a_missing_required_argument_is_value_and_a_blank_one_is_na(server, function):
    good = next(e for e in function.examples if not isinstance(e.gives, CellError))
    args = [com(a) for a in native(good.args)]
    for at in range(sum(not argument.optional for argument in function.arguments)):
        missing = server(function.name, *[MISSING if i == at else v for i, v in enumerate(args)])
        blank = server(function.name, *[None if i == at else v for i, v in enumerate(args)])
        if function.name in NEVER_AN_ERROR:
            assert all(isinstance(cell, str) for cell in itertools.chain(*table(missing), *table(blank)))
        else:
            assert set(itertools.chain(*table(missing))) == {VALUE_CODE}
            assert set(itertools.chain(*table(blank))) == {NA_CODE}


@pytest.mark.parametrize("function", catalogue.functions(), ids=lambda f: f.name)
@pytest.mark.parametrize("code", [NA_CODE, REF_CODE, DIV0_CODE])
def test_an_error_in_a_scalar_argument_comes_out_again(server, function, code):
    good = next(e for e in function.examples if not isinstance(e.gives, CellError))
    args = [com(a) for a in native(good.args)]
    for at, argument in enumerate(function.arguments[: len(args)]):
        if argument.kind in {"number", "date", "text", "flag"} and args[at] is not None:
            got = server(function.name, *[code if i == at else v for i, v in enumerate(args)])
            if function.name in NEVER_AN_ERROR:
                assert all(isinstance(cell, str) for cell in itertools.chain(*table(got)))
            else:
                assert set(itertools.chain(*table(got))) == {code}


def test_optional_arguments_may_be_missing_at_the_end_or_between(server):
    uv = com(sample.rows("UnitValues"))
    short = server("CALENDAR_YEAR_RETURNS", uv, MISSING, 2005.0, 2006.0)
    wanted = expected(catalogue.get("CALENDAR_YEAR_RETURNS"), [sample.rows("UnitValues"), scalars.OMITTED, 2005, 2006])
    assert_same(short, wanted)
    assert server("AATR", 1000.0, 1506.43, 5.0) == server("AATR", 1000.0, 1506.43, 5.0, MISSING)


def test_a_totals_row_below_the_unit_values_changes_nothing(server):
    uv, shares = com(sample.rows("UnitValues")), com(sample.rows("Shares"))
    total = ("Total", *[99.0] * 7)
    without = server("CONTRACT_AATR", "flex_extra_flexible", uv, "EQUITY", 39660.0, "5Y", shares)
    assert server("CONTRACT_AATR", "flex_extra_flexible", (*uv, total), "EQUITY", 39660.0, "5Y", shares) == without
    assert round(without, 4) == 0.0394  # July 2008 update, Table 2


@pytest.mark.parametrize("code", [NA_CODE, REF_CODE, VALUE_CODE])
def test_an_error_among_the_unit_values_never_becomes_a_number(server, code):
    rows = [list(row) for row in com(sample.rows("UnitValues"))]
    rows[-1][3] = code  # EQUITY at the last date
    args = (tuple(map(tuple, rows)), "EQUITY", 39660.0, "5Y", com(sample.rows("Shares")))
    assert server("CONTRACT_AATR", "flex_extra_flexible", *args) in {code, VALUE_CODE, NA_CODE}


def test_an_unknown_error_such_as_spill_becomes_value_and_never_a_number(server):
    assert server("AATR", -2146826288 + 45, 1506.43, 5.0) == VALUE_CODE


def test_a_whole_number_from_vba_is_a_number(server):
    assert server("AATR", 1000, 1506.43, 5) == server("AATR", 1000.0, 1506.43, 5.0)


def test_value2_is_read_once_and_value_never(server):
    area = FakeRange(com(sample.rows("UnitValues")))
    server("UNIT_VALUE_AT", area, "EQUITY", 39660.0)
    assert area.touches == 1
    with pytest.raises(AssertionError, match="Value was read"):
        _ = area.Value


def published_cells():
    """The 112 published figures as the arguments of one cell each."""
    for name, contract, as_of, fund, period, percent in sample.rows("Published")[1:]:
        terms = "SingleTerms" if contract == "SINGLE" else "FlexibleTerms"
        charges = "asset" if name == "fund_and_separate_account" else "all"
        yield (terms, fund, as_of, period, charges), percent


def test_112_cells_over_one_sheet_are_parsed_once(server, monkeypatch):
    uv, shares, funds = (FakeRange(com(sample.rows(t))) for t in ("UnitValues", "Shares", "Funds"))
    terms = {t: com(sample.rows(t)) for t in ("FlexibleTerms", "SingleTerms")}
    grids = set()
    matched = 0
    for (contract, fund, as_of, period, charges), percent in published_cells():
        got = server("CONTRACT_AATR", terms[contract], uv, fund, com(as_of), period, shares, funds, charges)
        grids.add((contract, as_of, charges))
        matched += abs(got * 100 - percent) <= 0.005 + 1e-9
    assert matched == 112
    assert uv.touches == 112
    assert server.evaluate(f"{VALUES}.RANGES.read") == 5  # unit values, shares, funds, two contracts: once each
    assert server.evaluate(f"{CORE}.inputs.remembered.MEMORY.parsed") == 5
    assert server.evaluate(f"{CORE}.calculation.contract_figures._figures_of.cache_info().misses") == len(grids) == 4


def test_a_column_of_funds_is_one_call_and_one_grid(server):
    codes = com(sample.rows("Funds"))[1:]
    column = tuple((row[0],) for row in codes)
    args = (com(sample.rows("UnitValues")), column, 39660.0, (("YTD", "1Y", "3Y", "5Y"),), com(sample.rows("Shares")))
    got = server("CONTRACT_AATR", "flex_extra_flexible", *args)
    assert len(got) == 7
    assert {len(row) for row in got} == {4}
    assert server.evaluate(f"{CORE}.calculation.contract_figures._figures_of.cache_info().misses") == 1


CELLS = st.one_of(st.floats(0.5, 50), st.none(), st.just(NA_CODE), st.sampled_from(["x", "12.5"]), st.booleans())


@of_hypothesis(max_examples=60)
@given(st.data())
def test_remembered_and_computed_anew_are_equal(server, data):
    """Hypothesis draws a small sheet, changes cells, and asks again: memory must never show."""
    days = [datetime.date(2007 + n // 12, n % 12 + 1, 28) for n in range(18)]
    rows = [["date", "A", "B"]] + [[com(day), data.draw(st.floats(5, 50)), data.draw(st.floats(5, 50))] for day in days]
    for _ in range(data.draw(st.integers(1, 3))):
        r, c = data.draw(st.integers(1, 18)), data.draw(st.integers(1, 2))
        rows[r][c] = data.draw(CELLS)
        sheet = tuple(map(tuple, rows))
        call = ("CONTRACT_AATR", "flex_extra_flexible", sheet, "A", com(days[-1]), "1Y", (("A", 0.5), ("B", 0.5)))
        first, again = server(*call), server(*call)
        server.execute(FORGET)
        assert first == again == server(*call)


def test_equal_but_different_kinds_of_cells_are_not_mistaken_for_each_other(server):
    """True, 1.0 and text 1 are equal or look alike; as content they differ."""
    sheets = [(("x", one),) for one in (1.0, True, "1", -2146826246, -2146826246.0)]
    read = [values.RANGES.rows(sheet) for sheet in sheets]
    kinds = [type(rows[0][1]) for rows in read]
    assert kinds == [float, bool, str, CellError, float]


def test_the_memory_of_ranges_is_bounded():
    memory = values.Ranges(entries=3, size=100)
    for number in range(10):
        memory.rows(((float(number),),))
    assert len(memory._known) == 3
    memory.rows((tuple(float(n) for n in range(1000)),))
    assert len(memory._known) == 3


def test_results_hold_only_what_com_carries():
    """Every result of every example, before xlwings: floats, text and codes, in rows of one length."""
    from xl_flexextra.hosts.excel import served

    for function, example in EXAMPLES:
        result = getattr(served, function.name)(*[com(a) for a in native(example.args)])
        assert len({len(row) for row in result}) == 1
        assert {type(cell) for row in result for cell in row} <= {float, str, int}
        assert not any(isinstance(cell, np.generic) for row in result for cell in row)


def test_why_a_cell_shows_an_error_arrives_with_the_arguments_of_that_cell(server):
    """Blank, missing and error stay three things on their way to the function that is named."""
    says = {
        (): "is missing",
        (None,): "is blank",
        (0.0,): "must be positive",
        (DIV0_CODE,): "#DIV/0!",
        (5.0,): "gives 8.45%; there",
    }
    for years, words in says.items():
        assert words in table(server("EXPLAIN_ERROR", "AATR", 1000.0, 1500.0, *years))[0][0]


WORDS = ["Eval", "Exec", "Module", "Builtin", "GetAttr", "SetAttr", "Call", "Var", "Obj", "Str", "GetItem", "ShowConsole"]


def test_a_client_could_run_any_code_in_the_server(server_here):
    """xlwings' server runs what it is told; ours has one method, for one module, and its worksheet functions only."""
    asked = server_here.xlpython
    assert asked._public_methods_ == ["CallUDF"]  # what pywin32 gives a number to; other names are not there for COM
    assert set(WORDS) <= set(type(server_here.whole)._public_methods_)
    for script, name, words in (
        ("os", "system", ("true",)), ("xl_flexextra.hosts.excel.values", "cell", (1.0,)),
        (settings.SERVED, "serve", (1.0,)), (settings.SERVED, "__class__", ()), ([settings.SERVED], "AATR", ()),
    ):  # fmt: skip
        with pytest.raises(PermissionError, match="only the worksheet functions"):
            asked.CallUDF(script, name, words)
    assert returned(asked.CallUDF(settings.SERVED, "AATR", (1000.0, 1506.43, 5.0))) == pytest.approx(0.0854, abs=5e-5)
