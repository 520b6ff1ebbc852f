"""Figures and contracts beyond the sample: errors stay errors, words stand where the closed form ends, the file is sound."""

import dataclasses
import datetime

import pytest
from programs import faults, needs_calc, needs_validator

from xl_flexextra.hosts import calc as host
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import Fund, Published
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
    first, second = column(result, "Review", "I", 2)
    assert first == "outside"
    assert second == pytest.approx(column(result, "Review", "H", 2)[1], rel=1e-10)
    # 1,000 x 10.307045 / 12.591726 less 30 x 1,000 / 40,000, less 7%
    by_hand = (1000 * 10.307045 / 12.591726 - 0.75) * 0.93 / 1000 - 1
    assert column(result, "Review", "H", 2)[0] == pytest.approx(by_hand, abs=1e-7)


@needs_validator
@pytest.mark.parametrize("version", ["Office2019", "Office2021", "Microsoft365"])
def test_microsofts_validator_finds_nothing(built, version):
    assert faults(built[0], version) == []
