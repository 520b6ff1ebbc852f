"""What a built workbook says of a contract that is not the sample's: no sentence that its own terms make false."""

import openpyxl
import pytest

from xl_flexextra import terms
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook import build

VALUES = [["date", "A"], ["2000-12-31", 10.0], ["2001-12-31", 11.0]]
PLAIN = {"contract.name": "own", "annual_charge.form": "none", "cdsc.schedule": [0.0]}


def words(tmp_path, given):
    values = parse("unit_values", "unit_values", VALUES)
    funds = parse("funds", "funds", [["fund"], ["A"]])
    inputs = update_inputs.Inputs(values, funds, (terms.Terms({**PLAIN, **given}),), values.dates[-1].item())
    build(report.compute(inputs), tmp_path / "page.xlsx")
    book = openpyxl.load_workbook(tmp_path / "page.xlsx", data_only=True)
    return " ".join(
        str(c.value) for sheet in ("Update", "Sources") for row in book[sheet].iter_rows() for c in row if c.value
    )


@pytest.mark.parametrize(
    ("given", "said", "not_said"),
    [
        ({"payment.front_end_load": 0.05}, "V_0 = payment less load", "V_0 = payment;"),
        (
            {"years.long_period": "cumulative"},
            "U_n / U_0 - 1 over any period where the terms are cumulative",
            "Average annual",
        ),
        ({"carry.precision": "cents"}, "dollars in cents", "Once, at the end"),
        ({}, "net of fund expenses and of the separate account charge", "maintenance charge"),
        (
            {"charge.1.base": "value", "charge.1.rate": 0.01, "charge.1.timing": "daily"},
            "unit values as they are given",
            "net of fund expenses",
        ),
    ],
)
def test_the_page_says_nothing_that_the_terms_make_false(tmp_path, given, said, not_said):
    text = words(tmp_path, given)
    assert said in text
    assert not_said not in text
