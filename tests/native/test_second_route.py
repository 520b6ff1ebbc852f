"""The native functions by engines that are not ours, against Python's core: examples, filings, random terms, bad input."""

import sys
from pathlib import Path

import pytest
from beside_python import agrees, by_python, rows_agree
from call_book import ALL, SHIPPED, CallBook, plain, shape_of
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from in_rows import cell
from in_rows import rows_of as term_rows

from xl_flexextra import catalogue
from xl_flexextra.errors import FlexExtraError
from xl_flexextra.hosts.native.definitions import definitions
from xl_flexextra.inputs.unit_values import UnitValues  # noqa: F401
from xl_flexextra.terms import Terms

sys.path.insert(0, str(Path(__file__).parents[1] / "core"))
import test_cases
import test_walk

OPTIONS_OF_PYTHON = {"FLEXEXTRA_VERSION": {0}}  # examples of texts of its own
XIRR = "MONEY_WEIGHTED_RETURN"  # through the engine's own XIRR, which formulon has to 2e-9 only


@pytest.mark.parametrize("engine", ALL)
def test_every_declared_example(engine, tmp_path):
    book, todo, defs = CallBook(tmp_path / "examples.xlsx", engine), [], definitions(SHIPPED)
    for function in catalogue.functions():
        for place, example in enumerate(function.examples if function.name in defs else ()):
            want = by_python(function.name, example.args)
            todo.append((function.name, place, want, book.add(function.name, example.args, shape_of(want))))
    found, wrong = book.evaluate(), []
    for name, place, want, at in todo:
        within = 1e-8 if name == XIRR and engine == "formulon" else 1e-12
        if place in OPTIONS_OF_PYTHON.get(name, set()):
            continue
        if not rows_agree(found[at], want, within):
            wrong.append((book.calls[at][2], found[at], want))
    assert not wrong
    assert len(todo) > 90


def calls_of_cases():
    """Every call that the tests of the filings make, with what Python gives."""
    calls = []

    def recorder(name, function):
        def record(*args, **named):
            order = "terms unit_values fund as_of period shares funds charges".split()
            full = [*args, *(named.get(key) for key in order[len(args) :])] if named else list(args)
            try:
                result = function(*args, **named)
            except FlexExtraError as error:
                calls.append((name, full, error.cell_error))
                raise
            calls.append((name, full, result))
            return result

        return record

    with pytest.MonkeyPatch.context() as patch:
        for name in ("AATR", "CDSC_AMOUNT", "CONTRACT_AATR", "MAINTENANCE_CHARGE", "YEARS_BETWEEN"):
            patch.setattr(test_cases, name, recorder(name, getattr(test_cases, name)))
        list(test_cases.figures())
    return calls


@pytest.mark.slow
@pytest.mark.parametrize("engine", ALL)
def test_every_call_of_the_filings(engine, tmp_path):
    book, calls = CallBook(tmp_path / "cases.xlsx", engine), calls_of_cases()
    places = [book.add(name, [cell(arg) for arg in args], shape_of(want)) for name, args, want in calls]
    found = book.evaluate()
    wrong = [
        (book.calls[at][2], found[at], want)
        for (_, _, want), at in zip(calls, places, strict=True)
        if not rows_agree(found[at], want)
    ]
    assert not wrong
    assert len(calls) > 300


def drawn(count, number):
    """Random contracts of every convention, changes and listed charges among them, with what Python gives."""
    situations = []

    @seed(number)
    @settings(max_examples=count, suppress_health_check=list(HealthCheck), database=None)
    @given(test_walk.situations(), st.sampled_from(["all", "all", "all", "annual", "asset"]))
    def collect(situation, charges):
        situations.append((situation, charges))

    collect()
    for (start, finish, terms, changes, shares, level), charges in situations:
        terms = {**terms, "cdsc.schedule": terms["cdsc.schedule"] or [0.0]}
        changes = [(day, {**later, "cdsc.schedule": later.get("cdsc.schedule") or [0.0]}) for day, later in changes]
        try:
            made = Terms(terms, changes)
            want = test_walk.by_package(start, finish, terms, changes, shares, level, charges)[1]
        except FlexExtraError as error:
            made, want = None, error.cell_error
        if made is not None:
            days = sorted({*(start + (finish - start) * k // 1 for k in (0, 1)), *every_day(start, finish)})
            values = [["date", "S"], *([plain(day), level(day)] for day in days)]
            since = [[0 if day is None else plain(day), "S", share] for day, share in shares]
            funds = [["fund", "subaccount_inception"], ["S", plain(start)]]
            yield (
                term_rows(made),
                [term_rows(made), values, "S", plain(finish), "SI_SUBACCOUNT", since, funds, charges],
                want,
            )


def every_day(start, finish):
    import datetime

    return [start + datetime.timedelta(days=k) for k in range((finish - start).days + 1)]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ALL)
def test_random_terms_of_every_convention(engine, tmp_path):
    count = {"ironcalc": 120}.get(engine, 60)
    book, cases = CallBook(tmp_path / "random.xlsx", engine), list(drawn(count, 20080731))
    places = [book.add("CONTRACT_AATR", args) for _, args, _ in cases]
    found = book.evaluate()
    wrong = [
        (found[at][0][0], want, terms)
        for (terms, _, want), at in zip(cases, places, strict=True)
        if not agrees(found[at][0][0], want)
    ]
    assert not wrong
    assert len(cases) > count / 2
