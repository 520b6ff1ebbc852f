"""A contract beyond the closed form, a fund that began late, a missing unit value: what the review shows of them."""

import dataclasses
import datetime

import openpyxl
import pytest
from programs import needs_calc

from xl_flexextra import workbook
from xl_flexextra.calculation import calendar_days
from xl_flexextra.hosts import calc as host
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.review import changes
from xl_flexextra.terms import Terms
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.review import build

OCTOBER = datetime.date(2024, 10, 31)
INCEPTION = datetime.date(2021, 10, 31)  # YOUNG's, a month before its first unit value
GAP = datetime.date(2023, 10, 31)
DAYS = [calendar_days.month_end(2019, 10 + k) for k in range(61)]
OLD, YOUNG, GAPPED = range(3)
FIGURES = (
    ("", "OLD", "1Y"), ("", "YOUNG", "1Y"), ("", "YOUNG", "3Y"), ("", "GAPPED", "1Y"), ("own", "OLD", "1Y"),
    ("own", "YOUNG", "3Y"),
)  # fmt: skip


def unit_values():
    rows = []
    for k, day in enumerate(DAYS):
        line = [10 + k / 10, 20 + k / 10, 30 + k / 10]
        if day < datetime.date(2021, 11, 30):
            line[YOUNG] = None
        if day == GAP:
            line[GAPPED] = None
        rows.append([day, *line])
    return UnitValues.from_rows([["valuation_date", "OLD", "YOUNG", "GAPPED"], *rows])


def own_inputs(**changed):
    """A charge by the quarter and a CDSC on payments: beyond the closed form."""
    terms = Terms(
        {
            "contract.name": "own", "annual_charge.form": "share", "annual_charge.dollars": 40.0,
            "annual_charge.timing": "contract_quarter", "annual_charge.part_year": "by_days", "cdsc.schedule": [0.07, 0.06],
            "cdsc.thereafter": 0.05, "cdsc.base": "payment",
            **{key.replace("__", "."): value for key, value in changed.items()},
        }
    )  # fmt: skip
    funds = [["fund", "subaccount_inception"], ["OLD", None], ["YOUNG", INCEPTION], ["GAPPED", None]]
    shares = [["fund", "share"], ["OLD", 0.5], ["YOUNG", 0.3], ["GAPPED", 0.2]]
    return update_inputs.Inputs(
        unit_values(), Funds.from_rows(funds), (terms,), OCTOBER,
        parse("shares", "shares", shares), shares,
        published=tuple(Published("", contract, OCTOBER, fund, period, 0.01, "") for contract, fund, period in FIGURES),
    )  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "own.xlsx"
    build.build(report.compute(own_inputs()), path)
    return path


@pytest.fixture(scope="module")
def recalculated(path):
    return host.recalculate(path, timeout=300)


def headline_colours(book, sheet, cells):
    """The colours that the count of ties may take, by the formula that it takes them for."""
    rules = {str(area.sqref): rules for area, rules in book[sheet].conditional_formatting._cf_rules.items()}
    return {rule.formula[0]: rule.dxf.font.color.rgb for rule in rules[cells]}


@needs_calc
def test_a_missing_unit_value_is_na_in_the_formulas_as_in_the_file(recalculated):
    assert recalculated.differences == []
    first_unit_value = [recalculated.value("Workings", f"Q{row}") for row in range(8, 8 + len(FIGURES))]
    assert first_unit_value == [pytest.approx(14.8), pytest.approx(24.8), "#N/A", "#N/A", pytest.approx(14.8), "#N/A"]
    shown = {str(error.recalculated) for error in recalculated.errors}
    assert shown == {"#N/A"}


@needs_calc
def test_figures_of_the_native_route_are_counted_and_the_others_say_outside(recalculated):
    shown = [recalculated.value("Review", f"I{row}") for row in range(8, 8 + len(FIGURES))]
    assert shown[:2] == [pytest.approx(16 / 14.8 - 1), pytest.approx(26 / 24.8 - 1)]  # units before charges
    assert shown[2:] == ["#N/A", "#N/A", "outside", "outside"]
    assert recalculated.value("Review", "B6") == "native route: 4 of 6 figures; see Contracts"


@needs_calc
def test_the_probe_has_a_row_for_every_charge_of_a_walk_by_the_quarter(recalculated):
    """The probe opens with five years: the payment and twenty charges, though ten years have ten anniversaries only."""
    assert recalculated.value("Probe", "H22") == 43951  # 30 April 2020, the second quarter of five years
    assert recalculated.value("Probe", "H40") == 45596  # 31 October 2024, the twentieth
    assert recalculated.value("Probe", "H41") in {"", 0}  # the count of further rows: none


def test_a_later_update_as_the_one_before_is_said_on_what_changed(tmp_path):
    inputs = own_inputs()
    later, earlier = inputs, dataclasses.replace(changes.previous_month(inputs), published=inputs.published[:1])
    build.build(report.compute(earlier), tmp_path / "swapped.xlsx", previous=later)
    shown = openpyxl.load_workbook(tmp_path / "swapped.xlsx", data_only=True)["What changed"]["A4"].value
    assert shown.startswith("The update before is of 2024-10-31, later than this one of 2024-09-30:")


def test_the_headline_is_green_only_where_all_tie(path, tmp_path):
    book = openpyxl.load_workbook(path)
    assert headline_colours(book, "Review", "B4:C4") == {"$B$4<$C$4": "FFB00020"}
    workbook.build(report.compute(own_inputs()), tmp_path / "page.xlsx")
    book = openpyxl.load_workbook(tmp_path / "page.xlsx")
    assert headline_colours(book, "Tie-out", "D3:E3") == {"$D$3<$E$3": "FFB00020"}


@needs_calc
def test_a_choice_for_inceptions_leaves_out_only_periods_that_begin_without_a_unit_value(tmp_path):
    inputs = own_inputs(valuation__inception="first_value", valuation__max_age_days=40)
    build.build(report.compute(inputs), tmp_path / "first_value.xlsx")
    result = host.recalculate(tmp_path / "first_value.xlsx", timeout=300)
    assert result.differences == []
    contracts = {c.value: c.row for c in openpyxl.load_workbook(tmp_path / "first_value.xlsx")["Contracts"]["A"]}
    controlled = [c.value for c in openpyxl.load_workbook(tmp_path / "first_value.xlsx")["Controls"]["B"]]
    assert f"Contracts!$A$6:$D${contracts['valuation.inception']}" in controlled  # what it needs is an approved input
    native = [result.value("Review", f"I{row}") for row in range(8, 8 + len(FIGURES))]
    assert native[:2] == [pytest.approx(16 / 14.8 - 1), pytest.approx(26 / 24.8 - 1)]
    assert native[2:] == ["outside"] * 4
    assert result.value("Review", "H10") == pytest.approx((26 / 22.5) ** (1 / 3) - 1)  # from the value of November
