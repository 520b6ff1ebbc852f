"""The public surface: its names, its types, and what help() shows of it."""

import datetime
import doctest
import inspect
import os
import runpy
import subprocess
import sys
import typing
from pathlib import Path

import flexextra_udfs
import numpy as np
import pytest
from numpy.typing import NDArray

import xl_flexextra.typing
from xl_flexextra import catalogue, errors, sample, terms
from xl_flexextra.terms import keys, values
from xl_flexextra.typing import Array

EXPECTED_PUBLIC_API = {
    errors: """
        CELL_ERRORS DIV0 NA NAME NULL NUM REF VALUE BadInput CellError FlexExtraError InvalidTerms MissingData NoSolution
        PassedError Refused
    """,
    sample: "AS_OF FILES FOLDER LABEL holidays paragraphs path rows text",
    terms: "TermValue TermValues Terms from_rows from_toml load shipped",
    xl_flexextra.typing: "Array Cell Column Day Flag Frame Number Range Table Text",
}  # those of flexextra_udfs are pinned in test_registry.py
ROOT = Path(__file__).parents[2]
NAMES = {
    **vars(xl_flexextra.typing), "Terms": terms.Terms, "Path": Path, "datetime": datetime, "np": np, "NDArray": NDArray,
}  # fmt: skip
FUNCTIONS = catalogue.functions()


@pytest.mark.parametrize("module", EXPECTED_PUBLIC_API, ids=lambda module: module.__name__)
def test_the_public_names_are_pinned(module):
    assert sorted(module.__all__) == sorted(EXPECTED_PUBLIC_API[module].split())
    assert all(hasattr(module, name) for name in module.__all__)


def callables_of(module):
    """The functions, methods and properties that a public module's names give, each with its name."""
    for name in module.__all__:
        public = getattr(module, name)
        if inspect.isfunction(public):
            yield f"{name}", public
        if inspect.isclass(public):
            for method, found in vars(public).items():
                found = found.fget if isinstance(found, property) else getattr(found, "__func__", found)
                if inspect.isfunction(found) and (not method.startswith("_") or method in {"__init__", "__getitem__"}):
                    yield f"{name}.{method}", found


SIGNED = [
    *((f"{m.__name__.partition('.')[2]}.{n}", typing.get_type_hints(f, {**vars(inspect.getmodule(f)), **NAMES}))
      for m in (errors, sample, terms) for n, f in callables_of(m)),
    *((f.name, {name: eval(written, dict(NAMES)) for name, written in (
        *((p.name, p.annotation) for p in inspect.signature(f.python).parameters.values()),
        ("return", inspect.signature(f.python).return_annotation))})
      for f in FUNCTIONS),
]  # fmt: skip


def parts(hint):
    """A type and all that it is made of; an array counts as one: numpy writes Any for its shape."""
    yield hint
    if typing.get_origin(hint) is not np.ndarray:
        for part in typing.get_args(hint):
            yield from parts(part)


@pytest.mark.parametrize("hints", [pytest.param(hints, id=name) for name, hints in SIGNED])
def test_public_signatures_say_more_than_any(hints):
    assert "return" in hints
    for name, hint in hints.items():
        assert typing.Any not in parts(hint), name


def test_every_public_function_is_looked_at():
    looked_at = {name for name, _ in SIGNED}
    assert {"terms.Terms.on", "terms.from_toml", "sample.rows", "errors.PassedError.__init__", "AATR"} <= looked_at
    assert set(flexextra_udfs.__all__) <= looked_at


def test_the_types_of_the_values_of_terms_are_those_of_the_conventions():
    typed = {}
    for overload in typing.get_overloads(values.TermValues.__getitem__):
        hints = typing.get_type_hints(overload)
        typed |= dict.fromkeys(typing.get_args(hints["key"]), hints["return"])
    assert sorted(typed) == sorted(keys.KEYS)
    plain = {
        "text": str, "choice": str, "date": datetime.date, "fraction": float, "dollars": float, "count": int,
        "fractions": tuple[float, ...],
    }  # fmt: skip
    for key, spec in keys.KEYS.items():
        wanted = plain[spec.kind] if spec.default is not None else plain[spec.kind] | None
        assert typed[key] == wanted, key


def test_the_types_of_the_functions_are_those_of_their_declarations():
    stub = ROOT / "udfs" / "flexextra_udfs" / "__init__.pyi"
    made = runpy.run_path(str(ROOT / "tools" / "make_types.py"))["types"]()
    assert stub.read_text(encoding="utf-8") == made, "run: python tools/make_types.py"


@pytest.mark.slow
def test_a_users_program_is_checked_strictly(tmp_path):
    environment = {**os.environ, "MYPYPATH": os.pathsep.join([str(ROOT), str(ROOT / "udfs")])}
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent"]
    command += ["--cache-dir", str(tmp_path), str(Path(__file__).with_name("typed_calls.py"))]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, "Success: no issues found in 1 source file\n"), run.stdout + run.stderr


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_help_shows_every_argument_and_examples_that_run(function):
    text = inspect.getdoc(function.python)
    assert text.startswith(function.summary)
    for argument in function.arguments:
        assert f"\n{argument.name} : " in text
        assert f"\n    {argument.description}\n" in text
    assert text.count("Parameters\n----------\n") == bool(function.arguments)
    assert text.count("Returns\n-------\n") == text.count("Examples\n--------\n") == 1
    (test,) = doctest.DocTestFinder(recurse=False).find(function.python, function.name, globs={})
    assert doctest.DocTestRunner(verbose=False).run(test) == doctest.TestResults(0, len(test.examples))
    assert len(test.examples) > 1


def test_help_says_on_what_an_error_is_raised():
    text = inspect.getdoc(flexextra_udfs.CONTRACT_AATR)
    assert "MissingData\n    An argument is blank" in text
    assert "(#N/A in a cell): no share where the charge is by share; no unit values that old.\n" in text
    assert "\n\nSource: SEC Form N-4, Item 21 (until 2020).\n\nExamples\n" in text
    assert "Raises" not in inspect.getdoc(flexextra_udfs.EXPLAIN_RETURN)


def test_both_packages_say_that_they_are_typed():
    for package in (xl_flexextra, flexextra_udfs):
        assert Path(package.__file__).with_name("py.typed").exists()


def test_an_array_of_results_is_what_its_type_says():
    found = flexextra_udfs.AATR([1000.0, 900.0], [1506.43, 1100.0], 5)
    assert isinstance(found, np.ndarray)
    assert found.dtype == np.float64
    assert NDArray[np.float64] in typing.get_args(Array)
