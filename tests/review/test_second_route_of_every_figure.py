"""Every figure of a review has a second route: the native formulas, computed by an engine that is not ours."""

import datetime

import openpyxl
import pytest

from xl_flexextra.errors import VALUE
from xl_flexextra.hosts.native import known_terms, names
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.recalculation import embedded_engine
from xl_flexextra.terms import Terms
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.native import second_route
from xl_flexextra.workbook.review import build, second_sheet

DAY = datetime.date(2002, 12, 31)
VALUES = [["date", "A"], [datetime.date(2000, 12, 31), 10.0], [datetime.date(2001, 12, 31), 11.0], [DAY, 12.1]]
DAILY = {"contract.name": "own", "annual_charge.form": "none", "cdsc.schedule": [0.05], "cdsc.thereafter": 0.04,
         "charge.1.base": "value", "charge.1.rate": 0.01, "charge.1.timing": "contract_anniversary"}  # fmt: skip
COMPUTED = second_route.computed
BY_HAND = 1.1 * 0.99 * 0.95 - 1  # grown by a tenth, a hundredth taken on the anniversary, 5% at redemption in year one


def reviewed(tmp_path, fund="A", **changed):
    """The row of the contract's figure over one year, and of the sheet's count."""
    terms = Terms({**DAILY, **{key.replace("__", "."): value for key, value in changed.items()}})
    printed = Published("", "own", DAY, fund, "1Y", 0.0345, "")
    inputs = update_inputs.Inputs(
        UnitValues.from_rows(VALUES), Funds.from_rows([["fund"], ["A"]]), (terms,), DAY, published=(printed,)
    )
    made = build.make(report.compute(inputs), tmp_path / "review.xlsx")
    book = openpyxl.load_workbook(tmp_path / "review.xlsx", data_only=True)
    row = [cell.value for cell in book["Second route"][second_sheet.TOP + 1]]
    return row, book["Second route"]["B4"].value, book["Review"]["M5"].value, made.off


@pytest.fixture(autouse=True)
def computed_anew():
    yield
    COMPUTED.cache_clear()
    second_route._file_of_names.cache_clear()


def test_a_contract_beyond_the_closed_form_has_both_values_and_their_difference(tmp_path):
    row, count, on_review, off = reviewed(tmp_path)
    ours, native = row[second_sheet.FUNCTION], row[second_sheet.BY_NATIVE]
    assert ours == pytest.approx(BY_HAND, abs=1e-12)
    assert native == pytest.approx(BY_HAND, abs=1e-12)
    assert (row[second_sheet.APART], row[second_sheet.WORD]) == (0, "agree")
    assert (count, on_review) == ("1 of 1", "1 of 1")
    assert "figures that the native formulas compute otherwise" not in off


def test_a_fault_in_the_native_formulas_is_shown_and_turns_a_control_off(tmp_path, monkeypatch):
    COMPUTED.cache_clear()
    second_route._file_of_names.cache_clear()
    true = names.library

    def wrong(shipped):
        found = true(shipped)
        taken = found["CDSC_RATE"]._replace(formula="LAMBDA(terms, contract_year, 0)")
        rate = found["FX_CDSC_RATE"]._replace(formula="LAMBDA(terms, contract_year, 0)")
        return {**found, "CDSC_RATE": taken, "FX_CDSC_RATE": rate}

    monkeypatch.setattr(names, "library", wrong)
    row, count, on_review, off = reviewed(tmp_path)
    assert row[second_sheet.BY_NATIVE] == pytest.approx(1.1 * 0.99 - 1, abs=1e-12)
    assert row[second_sheet.WORD] == "APART"
    assert (count, on_review) == ("0 of 1", "0 of 1")
    assert "figures that the native formulas compute otherwise" in off


def test_a_convention_without_a_native_form_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(second_route, "computed", lambda _rows, calls: (VALUE,) * len(calls))
    monkeypatch.setattr(known_terms, "REFUSED", frozenset({("valuation.inception", "first_value")}))
    row, count, _, _ = reviewed(tmp_path, valuation__inception="first_value")
    assert isinstance(row[second_sheet.FUNCTION], float)
    assert row[second_sheet.WORD] == "no native form"
    assert "valuation.inception = first_value" in row[second_sheet.REMARK]
    assert count == "0 of 1"


def test_where_no_engine_answers_the_sheet_says_so(tmp_path, monkeypatch):
    COMPUTED.cache_clear()
    monkeypatch.setattr(embedded_engine, "find_spec", lambda _: None)
    row, _, _, _ = reviewed(tmp_path)
    assert row[second_sheet.WORD] == "not computed"
    assert "did not answer" in row[second_sheet.REMARK]


def test_a_figure_that_neither_computes_is_none(tmp_path):
    row, count, _, _ = reviewed(tmp_path, fund="B")
    assert row[second_sheet.WORD] == "no figure"
    assert count == "0 of 1"
