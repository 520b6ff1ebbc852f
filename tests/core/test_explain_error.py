"""EXPLAIN_ERROR: why a cell shows an error, in words, with the arguments of that cell."""

import pytest
from flexextra_udfs import EXPLAIN_ERROR

from xl_flexextra import catalogue, sample
from xl_flexextra.cells.scalars import OMITTED
from xl_flexextra.errors import DIV0, NA, NUM, REF, VALUE, CellError, FlexExtraError
from xl_flexextra.functions import registry
from xl_flexextra.functions.declaration import SampleTable

UNIT_VALUES, SHARES = sample.rows("UnitValues"), sample.rows("Shares")
FLEXIBLE, DAY = "flex_extra_flexible", "2008-07-31"


def explained(name, *args):
    """As a cell asks."""
    return registry.evaluate(catalogue.get("EXPLAIN_ERROR"), [name, *args])


@pytest.mark.parametrize(
    ("call", "error", "says", "remedy"),
    [
        (("CDSC_RATE", [["annual_charge.form", "none"], ["cdsc.schedule", 0.07]], 2), NA, "state the rate after it",
         "fill them in"),
        (("AATR", 1000, 1500, 0), VALUE, "'years' must be positive", "correct it"),
        (("AATR", 1000, 1500, "x"), VALUE, "'years' must be a number (got the text 'x')", "correct it"),
        (("AATR", 1000, 1500, None), NA, "'years' is blank", "fill them in"),
        (("AATR", 1000, 1500), VALUE, "'years' is missing; it must be given", "correct it"),
        (("AATR", 1000, DIV0, 5), DIV0, "'end_value' holds the error #DIV/0!", "correct the cell in which it begins"),
        (("MONEY_WEIGHTED_RETURN", [1, 2], ["2008-01-01", "2009-01-01"]), NUM, "a rate needs both", "size and the sign"),
        (("AATR", 1e-300, 1e300, 1), NUM, "lies beyond the range of numbers", "too large for a cell"),
        (("CONTRACT_AATR", FLEXIBLE, UNIT_VALUES, "EQUITY", DAY, "20Y", SHARES), NA, "the first is of 1998-06-30", "fill"),
        (("CONTRACT_AATR", FLEXIBLE, UNIT_VALUES, "EQUITY", DAY, "SI_FUND", SHARES), NA, "fill in the funds table", "fill"),
    ],
)  # fmt: skip
def test_an_error_is_said_with_its_reason_and_what_to_do(call, error, says, remedy):
    name, *args = call
    assert registry.evaluate(catalogue.get(name), args) == error
    for said in (EXPLAIN_ERROR(*call), explained(*call)):
        assert said.startswith(f"{name} gives {error}: ")
        assert says in said
        assert remedy in said
        assert said.endswith(".")


def test_without_an_error_it_says_what_the_function_gives():
    assert EXPLAIN_ERROR("AATR", 1000, 1500, 5).startswith("AATR gives 8.45%; there is no error.")
    assert EXPLAIN_ERROR("FREE_WITHDRAWAL", FLEXIBLE, 1, 1000).startswith("FREE_WITHDRAWAL gives 100; there is no error.")
    assert "gives 2007-07-31; there is no error" in EXPLAIN_ERROR("PERIOD_BASE_DATE", DAY, "1Y")
    assert "gives the text 'ties'; there is no error" in EXPLAIN_ERROR("TIE_VERDICT", 0.1, 0.1)
    table = EXPLAIN_ERROR("PERFORMANCE_TABLE", FLEXIBLE, UNIT_VALUES, DAY, ["1Y", "5Y"], SHARES)
    assert "gives 7 rows of 2 columns; there is no error" in table


def test_of_a_table_the_first_error_is_said_with_its_place():
    said = EXPLAIN_ERROR("PERFORMANCE_TABLE", FLEXIBLE, UNIT_VALUES, DAY, ["1Y", "20Y"], SHARES)
    assert said.startswith("PERFORMANCE_TABLE gives #N/A in row 1, column 2 of its results: There is no unit value of")
    said = explained("AATR", 1000.0, 1500.0, [[1.0], [0.0], [None]])
    assert said.startswith("AATR gives #VALUE! in row 2, column 1 of its results: 'years' must be positive (got 0).")


def test_the_function_is_named_as_people_copy_it():
    for name in ("cdsc_rate", " CDSC_RATE ", "=CDSC_RATE(Terms,A1)", "=@CDSC_RATE"):
        assert EXPLAIN_ERROR(name, FLEXIBLE, 0).startswith("CDSC_RATE gives #VALUE!: 'contract_year'")
    assert EXPLAIN_ERROR("CDSC_RAT", FLEXIBLE, 0).startswith(
        "There is no worksheet function 'CDSC_RAT' (did you mean 'CDSC_RATE'"
    )
    assert "is EXPLAIN_ERROR itself" in EXPLAIN_ERROR("EXPLAIN_ERROR", "AATR")
    assert explained(None) == "'function_name' is blank; fill in the cell it comes from."
    assert explained(REF) == "'function_name' holds the error #REF!; correct the cell it comes from."


def test_python_names_the_arguments_as_the_function_does():
    assert "'years' must be positive" in EXPLAIN_ERROR("AATR", 1000, end_value=1500, years=0)
    assert EXPLAIN_ERROR("AATR", 1000, contract_year=1) == "AATR has no argument 'contract_year'."


def test_too_many_arguments_are_said():
    assert "AATR takes at most 4 arguments (got 5)" in EXPLAIN_ERROR("AATR", 1, 2, 3, True, 5)
    most = max(len(one.arguments) for one in catalogue.functions() if not one.passes_on)
    assert len(catalogue.get("EXPLAIN_ERROR").arguments) > most


def examples():
    for function in catalogue.functions():
        for place, example in enumerate(function.examples):
            yield pytest.param(function, example, id=f"{function.name}-{place}")


@pytest.mark.parametrize(("function", "example"), [e for e in examples() if not e.values[0].passes_on])
def test_every_example_of_every_function_is_explained_by_what_it_gives(function, example):
    args = [sample.rows(a) if isinstance(a, SampleTable) else OMITTED if a is None else a for a in example.args]
    said = explained(function.name, *args)
    given = registry.evaluate(function, args)
    elements = [x for row in given for x in row] if isinstance(given, list) else [given]
    wrong = next((x for x in elements if isinstance(x, CellError)), None)
    assert said.startswith(f"{function.name} gives ")
    wanted = (
        f" gives {wrong}" if wrong else "its sentence instead of a value: " if is_sentence(function, args) else "no error."
    )
    assert wanted in said


def is_sentence(function, args):
    """Whether a function that never gives an error gives a sentence of one."""
    try:
        registry.with_errors_kept(function, args)
    except FlexExtraError:
        return True
    return False
