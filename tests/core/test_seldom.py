"""What seldom happens: the branches that no other test of the core reaches."""

import datetime
import logging

import flexextra_udfs as udfs
import numpy as np
import pytest

from xl_flexextra import catalogue, sample
from xl_flexextra.calculation.returns import positive
from xl_flexextra.cells import scalars
from xl_flexextra.errors import NA, NUM, VALUE, BadInput, InvalidTerms, NoSolution, PassedError
from xl_flexextra.functions import registry
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import Terms, from_rows, load

D = datetime.date
AATR = catalogue.get("AATR")
NO_CHARGE = [["annual_charge.form", "none"], ["cdsc.schedule", 0]]
RIDER = [*NO_CHARGE, ["rider.rate", 0.01]]
YEAR = [["date", "A"], ["2007-07-31", 10.0], ["2008-07-31", 11.0]]


@pytest.mark.parametrize(("word", "rate"), [("yes", -0.19), ("TRUE", -0.19), ("1", -0.19), ("No", -0.1), ("0", -0.1)])
def test_a_flag_in_words(word, rate):
    assert udfs.AATR(1000, 900, 0.5, word) == pytest.approx(rate)  # by hand: 0.9 ^ 2 - 1, or the change itself


def test_a_flag_in_other_words_is_refused():
    with pytest.raises(BadInput, match=r"'annualize_short' must be TRUE or FALSE \(got 'maybe'\)\."):
        udfs.AATR(1000, 900, 0.5, "maybe")


def test_a_number_beyond_all_numbers_in_a_column_is_an_error_in_python_and_in_its_cell_only():
    begin, end = [[1e-300], [1000]], [[1e300], [1100]]
    with pytest.raises(NoSolution, match="The result of AATR lies beyond the range of numbers"):
        udfs.AATR(begin, end, 1)
    cells = registry.evaluate(AATR, [begin, end, 1])
    assert cells[0] == [NUM]
    assert cells[1][0] == pytest.approx(0.1)


def test_a_fault_of_ours_is_value_in_a_cell_and_goes_to_the_log(caplog):
    broken = AATR._replace(body=lambda *a: {}["x"])
    with caplog.at_level(logging.ERROR, "xl_flexextra"):
        assert registry.evaluate(broken, [1000, 1100, 1]) == VALUE
    assert "AATR failed" in caplog.text


def test_results_as_cells_take_them():
    assert registry.to_cells(None) == NA
    assert registry.to_cells(float("nan")) == NA
    assert registry.to_cells(float("-inf")) == NUM
    assert registry.to_cells(np.array(2.5)) == 2.5
    assert registry.to_cells(np.array([1.0, 2.0])) == [[1.0], [2.0]]
    assert registry.to_cells(D(2008, 7, 31)) == 39660.0
    assert registry.to_cells(D(1899, 7, 31)) == NUM  # a worksheet has no such date
    assert registry.to_cells(NA) == NA


def test_functions_by_name():
    assert catalogue.get(" aatr ").name == "AATR"
    assert AATR.signature == "AATR(begin_value, end_value, years, [annualize_short])"
    with pytest.raises(BadInput, match=r"There is no worksheet function 'AART' \(did you mean 'AATR'\?\)"):
        catalogue.get("AART")


def test_a_function_is_declared_once():
    with pytest.raises(RuntimeError, match="AATR is declared twice"):
        registry.worksheet_function("Flex Extra returns", (), arguments={"annualize_short": "Left out: FALSE."})(AATR.body)


def test_contract_years_of_a_schedule_count_from_one():
    with pytest.raises(InvalidTerms, match=r"'cdsc\.schedule\.0': contract years count from 1"):
        from_rows([["annual_charge.form", "none"], ["cdsc.schedule.0", 0.08], ["cdsc.schedule.1", 0.08]])


def test_terms_are_equal_by_their_values():
    assert from_rows(NO_CHARGE) == from_rows(NO_CHARGE)
    assert from_rows(NO_CHARGE) != from_rows(RIDER)
    assert from_rows(NO_CHARGE) != "the terms range"


def test_a_rate_without_a_charge_by_rate_is_named_when_it_is_asked_for():
    from xl_flexextra.errors import MissingData

    with pytest.raises(MissingData, match=r"'annual_charge\.rate' is missing; give it in the terms\."):
        load("flex_extra_flexible").needed("annual_charge.rate")


def test_a_cdsc_schedule_that_does_not_end_is_noted():
    contract = Terms({"contract.name": "x", "annual_charge.form": "none", "cdsc.schedule": [0.08, 0.02]})
    (note,) = contract.notes()
    assert "ends with 2.00% in year 2" in note


def test_unit_values_out_of_order_or_twice_are_named():
    values = [[1.0], [2.0]]
    with pytest.raises(BadInput, match=r"is not in order of dates at 2008-06-30; sort the rows"):
        UnitValues([D(2008, 7, 31), D(2008, 6, 30), D(2008, 8, 31)], ["A"], [*values, [3.0]])
    with pytest.raises(BadInput, match=r"repeats the date 2008-07-31; sort the rows and keep one a date"):
        UnitValues([D(2008, 7, 31), D(2008, 7, 31)], ["A"], values)
    with pytest.raises(BadInput, match=r"has the fund 'A' twice, as 'A' and 'a'; keep one column"):
        UnitValues([D(2008, 7, 31)], ["A", "a"], [[1.0, 2.0]])


def test_premium_tax_and_rider_stand_in_the_sentence():
    terms = [*RIDER, ["premium_tax.when", "at_redemption"], ["premium_tax.rate", 0.02]]
    said = udfs.EXPLAIN_RETURN(terms, YEAR, "A", "2008-07-31", "1Y")
    # by hand: 1,100 less 1% of it is 1,089.00, of which 2% are 21.78
    assert "rider charges of $11.00 are taken" in said
    assert "premium tax takes $21.78" in said
    assert udfs.CONTRACT_AATR(terms, YEAR, "A", "2008-07-31", "1Y") == pytest.approx(0.06722)


def test_a_cell_error_among_shares_stays_with_its_fund():
    terms = [["annual_charge.form", "share"], ["annual_charge.dollars", 35], ["cdsc.schedule", 0]]
    table = [["date", "A", "B"], ["2007-07-31", 10.0, 10.0], ["2008-07-31", 11.0, 11.0]]
    shares = [["fund", "share"], ["A", 0.2], ["B", "#N/A"]]
    assert udfs.CONTRACT_AATR(terms, table, "A", "2008-07-31", "1Y", shares) == pytest.approx(0.093)  # 1,100 - 7
    with pytest.raises(PassedError, match="#N/A"):
        udfs.CONTRACT_AATR(terms, table, "B", "2008-07-31", "1Y", shares)
    with pytest.raises(PassedError, match="'shares' holds the error #N/A"):
        udfs.CONTRACT_AATR(terms, table, "A", "2008-07-31", "1Y", [["fund", "share"], ["A", "#N/A"], ["B", "#N/A"]])


def test_shares_in_three_columns_begin_with_a_date():
    with pytest.raises(BadInput, match=r"'x' in row 3 is no date; keep fund and share alone"):
        udfs.CONTRACT_AATR(
            "flex_extra_flexible",
            YEAR,
            "A",
            "2008-07-31",
            "1Y",
            [["date", "fund", "share"], ["2008-01-01", "A", 0.5], ["x", "A", 0.5]],
        )


def test_a_rider_that_depends_on_the_dates_of_a_period_is_named():
    terms = [
        ["annual_charge.form", "share"], ["annual_charge.dollars", 35], ["cdsc.schedule", 0],
        ["rider.rate", 0.01], ["rider.part_year", "by_days_of_year"],
    ]  # fmt: skip
    with pytest.raises(BadInput, match=r"'period' YTD alone does not tell .*use one whose dates are known, such as CY2007"):
        udfs.IMPLIED_CHARGE(terms, 0.05, 0.04, "YTD")


def test_a_large_range_is_parsed_and_not_remembered():
    from xl_flexextra.inputs.remembered import Memory

    memory, rows = Memory(entries=2, size=200), [["fund", "share"], *([f"F{i}", 0.01] for i in range(50))]
    for _ in range(2):
        assert len(memory.parse("shares", rows, list)) == 51
    assert memory.parsed == 2
    for word in "abca":
        memory.parse("shares", [[word]], list)
    assert memory.parsed == 6  # three are one more than it keeps
    memory.clear()
    assert memory.parsed == 0


def test_the_sample_has_its_terms_as_tables_too():
    rows = sample.rows("FlexibleTerms")
    assert rows[0] == ["Term", "Value"]
    assert ["annual_charge.dollars", 35.0] in rows
    assert udfs.CDSC_RATE(rows, 3) == 0.07


def test_units_bought_in_cents_grow_from_the_cents():
    terms = [*NO_CHARGE, ["carry.precision", "cents"], ["payment.unit_decimals", 3]]
    # by hand: 1,000.40 / 7.123456 is 140.437 units, worth 1,000.39679, which is 1,000.40; tenfold 10,004.00, not 10,003.97
    assert udfs.REDEEMABLE_VALUE(terms, ["2007-07-31", "2008-07-31"], [7.123456, 71.23456], payment=1000.4) == 10004.0


def test_cents_are_rounded_once():
    terms = [*NO_CHARGE, ["carry.precision", "cents"]]
    # by hand: 1,000.0049 is 1,000.00; by way of 1,000.005 it would be 1,000.01
    assert udfs.REDEEMABLE_VALUE(terms, ["2007-07-31", "2008-07-31"], [10, 10.000049]) == 1000.0


def test_values_of_an_array_may_be_less_than_one():
    positive("begin_value", np.array([0.5, 1.0]))
    with pytest.raises(BadInput, match=r"'begin_value' must be positive \(got 0\)"):
        positive("begin_value", np.array([0.5, 0.0]))


@pytest.mark.parametrize(("name", "said"), [
    ("Portfolio A", " (did you mean 'Portfolio A Class I' or 'Portfolio A Class II'?)"),
    ("portfolio  j", " (did you mean 'Portfolio J Class I'?)"),
    ("Portfolio J Class 1", " (did you mean 'Portfolio J Class I'?)"),
    ("Port", ""),
])  # fmt: skip
def test_what_begins_as_the_name_does_is_meant_before_what_is_like_it(name, said):
    """Portfolio A was said to be Portfolio J Class I."""
    known = ["Portfolio A Class I", "Portfolio A Class II", "Portfolio J Class I"]
    assert scalars.nearest(name, known) == said
