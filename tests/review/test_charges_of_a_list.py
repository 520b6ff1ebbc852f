"""A contract with a load and three charges of the list: its page, its review workbook, the probe in a real LibreOffice."""

import datetime

import openpyxl
import pytest
from programs import needs_calc

from xl_flexextra import workbook
from xl_flexextra.calculation import calendar_days
from xl_flexextra.cli import review_data
from xl_flexextra.hosts import calc as host
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import Terms
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.review import build

LAST = datetime.date(2008, 3, 31)
DAYS = [calendar_days.month_end(2000, 12 + k) for k in range(88)]
RIDERS = {
    "contract.name": "riders", "payment.front_end_load": 0.01, "cdsc.schedule": [0.05, 0.0],
    "charge.1.name": "administration", "charge.1.base": "average_size", "charge.1.dollars": 30.0,
    "charge.1.average_contract_size": 40_000.0,
    "charge.2.name": "GMIB", "charge.2.base": "greater_of_roll_up_and_value", "charge.2.rate": 0.0025,
    "charge.2.roll_up_rate": 0.05,
    "charge.3.name": "death benefit", "charge.3.base": "value", "charge.3.rate": 0.0015,
}  # fmt: skip


@pytest.fixture(scope="module")
def inputs():
    rows = [[day, 10 * 1.005**k, 12 * 1.003**k] for k, day in enumerate(DAYS)]
    return update_inputs.Inputs(
        UnitValues.from_rows([["valuation_date", "A", "B"], *rows]), Funds.from_rows([["fund"], ["A"], ["B"]]),
        (Terms(RIDERS),), LAST, published=(Published("", "riders", LAST, "A", "5Y", 0.0546, ""),),
    )  # fmt: skip


def held(growth, years):
    """By hand: 990 invested; each year 0.75, 0.25% of the greater of the roll-up and the value, 0.15% of the value."""
    value, taken = 990.0, []
    for year in range(1, years + 1):
        value *= growth
        charge = 0.75 + 0.0025 * max(1000 * 1.05**year, value) + 0.0015 * value
        taken.append(charge)
        value -= charge
    return value, taken


def test_the_page_names_the_charges_and_its_terms_come_back_from_the_sheet(inputs, tmp_path):
    workbook.build(report.compute(inputs), tmp_path / "update.xlsx")
    texts = [c.value for row in openpyxl.load_workbook(tmp_path / "update.xlsx", data_only=True)["Update"] for c in row]
    caption = "After the load on the payment, administration, GMIB, death benefit, and, for redemption at the end"
    assert any(isinstance(text, str) and text.startswith(caption) for text in texts)
    (back,) = review_data.from_workbook(tmp_path / "update.xlsx").contracts
    assert back.charges == inputs.contracts[0].charges


@needs_calc
def test_the_probe_shows_the_charges_of_every_day_and_the_closed_form_says_that_it_does_not_hold(inputs, tmp_path):
    build.build(report.compute(inputs), tmp_path / "review.xlsx")
    result = host.recalculate(tmp_path / "review.xlsx", timeout=300)
    assert result.differences == []
    value, taken = held(1.005**12, 5)
    rows = range(21, 26)  # below the payment's day
    assert [result.value("Probe", f"K{row}") for row in rows] == pytest.approx(taken)
    assert result.value("Probe", "L25") == pytest.approx(value)
    assert result.value("Review", "I8") == "outside"
    assert result.value("Review", "H8") == pytest.approx((value / 1000) ** 0.2 - 1)
