"""Figures and contracts beyond the sample: errors stay errors, words stand where the closed form ends, the file is sound."""

import dataclasses
import datetime
import shutil

import numpy as np
import openpyxl
import pytest
from commands import run
from programs import faults, needs_calc, needs_validator
from recalculation.without_calc import computed

from xl_flexextra.hosts import calc as host
from xl_flexextra.inputs.fund_table import Fund
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import Terms
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.review import build

JULY = datetime.date(2008, 7, 31)


def figure(contract="FLEX", as_of=JULY, fund="EQUITY", period="5Y", value=0.0394, known_break=""):
    return Published("", contract, as_of, fund, period, value, known_break)


def column(result, sheet, letter, count):
    return [result.value(sheet, f"{letter}{row}") for row in range(8, 8 + count)]


@needs_calc
def test_figures_of_every_kind_recalculate_to_what_the_file_holds(tmp_path):
    published = (
        figure(fund="Babson Bond", period="1Y", value=0.01),  # an alias
        figure(period="20Y"),  # no unit values that old
        figure(period="SI_FUND"),
        figure(period="CY2007"),
        figure(period="6M"),
        figure(period="18M"),
        figure(contract="", value=0.0569),
        figure(contract="SINGLE", period="7Y", value=0.09, known_break="typo in the filing"),
        figure(as_of=datetime.date(2008, 7, 15), period="1Y"),
    )
    inputs = dataclasses.replace(update_inputs.sample_inputs(), published=published)
    build.build(report.compute(inputs), tmp_path / "odd.xlsx")
    result = host.recalculate(tmp_path / "odd.xlsx", timeout=300)
    assert result.differences == []
    assert computed(tmp_path / "odd.xlsx") == ([], [])
    functions, natives = column(result, "Review", "H", 9), column(result, "Review", "I", 9)
    assert [i for i, n in enumerate(natives) if n == "outside"] == [2, 3, 8]
    for i in (0, 4, 5, 6, 7):
        assert natives[i] == pytest.approx(functions[i], rel=1e-10)
    assert (functions[1], natives[1]) == ("#N/A", "#N/A")
    verdicts = column(result, "Review", "M", 9)
    assert verdicts[1] == "open"
    assert verdicts[6] == "ties"
    assert verdicts[7] == "known break: typo in the filing"


@needs_calc
def test_another_insurers_contract_is_reviewed_by_the_function_route(tmp_path):
    sample = update_inputs.sample_inputs()
    terms = Terms(
        {
            "contract.name": "other", "annual_charge.form": "average_size", "annual_charge.dollars": 30,
            "annual_charge.average_contract_size": 40000, "cdsc.schedule": [0.07, 0.06],
        }
    )  # fmt: skip
    inputs = dataclasses.replace(
        sample, contracts=(terms,), shares=None, share_rows=(), holidays=(), rate_rows=(), sources=(), oddities=(),
        published=(figure("other", period="1Y", value=-0.2393), figure("", period="1Y", value=-0.1814)),
        funds=Funds(tuple(Fund(code, printed_name=code) for code in sample.unit_values.funds)),
    )  # fmt: skip
    build.build(report.compute(inputs), tmp_path / "other.xlsx")
    result = host.recalculate(tmp_path / "other.xlsx", timeout=300)
    assert result.differences == []
    assert computed(tmp_path / "other.xlsx") == ([], [])
    first, second = column(result, "Review", "I", 2)
    assert first == "outside"
    assert second == pytest.approx(column(result, "Review", "H", 2)[1], rel=1e-10)
    # 1,000 x 10.307045 / 12.591726 less 30 x 1,000 / 40,000, less 7%
    by_hand = (1000 * 10.307045 / 12.591726 - 0.75) * 0.93 / 1000 - 1
    assert column(result, "Review", "H", 2)[0] == pytest.approx(by_hand, abs=1e-7)


@pytest.fixture(scope="module")
def dated(tmp_path_factory):
    """A small review of shares that change over time."""
    days = [datetime.date(year, 7, 31) for year in range(2001, 2007)]
    rows = [
        ["effective_date", "fund", "share"],
        [datetime.date(1996, 8, 30), "A", 0.5], [datetime.date(1996, 8, 30), "B", 0.5],
        [datetime.date(2005, 7, 31), "A", 0.25], [datetime.date(2006, 7, 31), "B", 0.75],
    ]  # fmt: skip
    terms = Terms(
        {
            "contract.name": "own", "annual_charge.form": "share", "annual_charge.dollars": 40.0, "cdsc.base": "value",
            "cdsc.schedule": [0.08, 0.07], "cdsc.thereafter": 0.0, "free_withdrawal.form": "percent_of_value",
            "free_withdrawal.rate": 0.1,
        }
    )  # fmt: skip
    published = tuple(figure("own", days[-1], fund, period, 0.01) for fund in "AB" for period in ("1Y", "2Y", "7Y"))
    inputs = update_inputs.Inputs(
        UnitValues(days, ("A", "B"), np.array([np.arange(10.0, 16.0), np.arange(20.0, 26.0)]).T),
        Funds.from_rows([["fund"], ["A"], ["B"]]), (terms,), days[-1], parse("shares", "shares", rows), rows,
        published=published,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("dated") / "dated.xlsx"
    build.build(report.compute(inputs), path)
    return path


@needs_calc
def test_shares_that_change_over_time_had_formulas_of_the_first_share(dated):
    result = host.recalculate(dated, timeout=300)
    assert result.differences == []
    assert computed(dated) == ([], [])
    functions, natives = column(result, "Review", "H", 6), column(result, "Review", "I", 6)
    value = (1000 * 24 / 23 - 20) * 25 / 24 - 30  # B: 40 x 0.5 in 2005, 40 x 0.75 in 2006
    assert natives[4] == pytest.approx(((value - 0.07 * 0.9 * value) / 1000) ** 0.5 - 1, rel=1e-12)
    for i in (0, 1, 3, 4):
        assert natives[i] == pytest.approx(functions[i], rel=1e-10)
    charges = [result.value("Probe", f"E{row}") for row in range(21, 26)]  # A over five years: its share of 0.25 from 2005
    assert (result.value("Probe", "H12"), charges) == (0.5, [20, 20, 20, 10, 10])
    assert result.value("Probe", "N28") == pytest.approx(0, abs=1e-9)


@needs_calc
def test_a_day_added_to_approved_unit_values_was_no_change_for_libreoffice(dated, tmp_path):
    path = shutil.copy(dated, tmp_path / "review.xlsx")
    days = [f"{year}-07-31,{10 + at},{20 + at}" for at, year in enumerate(range(2001, 2008))]
    (tmp_path / "prices.csv").write_text("\n".join(["valuation_date,A,B", *days]) + "\n")
    _, told = run("refresh", path, "--from", tmp_path / "prices.csv", "--table", "UnitValues", "--no-calc")
    assert "Recomputed" in told
    assert "Not recomputed" not in told
    controls = openpyxl.load_workbook(path, data_only=True)["Controls"]
    found = {row[1].value: (row[3].value, row[4].value) for row in controls.iter_rows(min_row=20)}
    assert found["UnitValues[#All]"] == ("resized", "OFF")
    assert found["Funds[#All]"] == (0, "ok")
    assert host.recalculate(path, timeout=300).differences == []


@needs_validator
@pytest.mark.parametrize("version", ["Office2019", "Office2021", "Microsoft365"])
def test_microsofts_validator_finds_nothing(built, version):
    assert faults(built[0], version) == []
