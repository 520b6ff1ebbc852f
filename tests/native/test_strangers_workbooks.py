"""Contracts of two other insurers as native workbooks: every cell computed by engines that are not ours."""

import datetime
import sys
from pathlib import Path

import pytest
from book_checks import computed, formulas, is_aside, wrong
from call_book import ENGINES, is_error

from xl_flexextra.inputs.fund_table import Fund
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.native.build import build

sys.path.insert(0, str(Path(__file__).parents[1] / "core"))
import test_cases

MOST = 6  # funds of each: an engine is slow


def own_update(name, as_of, funds, printed):
    """An update of one contract: each fund with its first day and its unit values on that day and on the last."""
    days = sorted({as_of, *(start for start, _, _ in funds.values())})
    rows = [["date", *funds]]
    for day in days:
        ends = ((start, first, last) for start, first, last in funds.values())
        rows.append([day, *(last if day == as_of else first if day == start else None for start, first, last in ends)])
    items = tuple(Fund(code, subaccount_inception=start) for code, (start, _, _) in funds.items())
    figures = tuple(
        Published("", name, as_of, fund, "SI_SUBACCOUNT", value, "", *charges) for fund, value, *charges in printed
    )
    inputs = update_inputs.Inputs(
        UnitValues.from_rows(rows), Funds(items), (test_cases.contract(name),), as_of, published=figures,
        periods=("SI_SUBACCOUNT",), standard_periods=("SI_SUBACCOUNT",),
    )  # fmt: skip
    return report.compute(inputs)


def pacific_portfolios():
    rows = [row for row in test_cases.read("pacific_life.csv") if row["product"].startswith("Pacific Portfolios")][:MOST]
    day = datetime.date.fromisoformat
    funds = {r["subaccount"]: (day(r["start_date"]), float(r["begin_auv"]), float(r["end_auv"])) for r in rows}
    printed = [(r["subaccount"], float(r["aatr_withdrawal_pct_published"]) / 100) for r in rows]
    return own_update("pacific_portfolios", day(rows[0]["end_date"]), funds, printed)


def advisor_designs():
    every = [row for row in test_cases.read("security_benefit.csv") if row["as_of"] == "2001-12-31"]
    rows = [row for row in every if row["period"].startswith("since")][:MOST]
    day = datetime.date.fromisoformat
    funds = {r["subaccount"]: (day(r["period"].split()[-1]), 1000.0, float(r["erv"])) for r in rows}
    printed = [(r["subaccount"], float(r["aatr_pct_published"]) / 100) for r in rows]
    return own_update("advisor_designs_2001", day("2001-12-31"), funds, printed)


UPDATES = {"Pacific Portfolios": pacific_portfolios, "AdvisorDesigns": advisor_designs}


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", UPDATES)
def test_another_insurers_contract_as_a_native_workbook(name, engine, tmp_path):
    update, path = UPDATES[name](), tmp_path / "native.xlsx"
    build(update, path)
    cells = computed(path, engine)
    texts, different = formulas(path), wrong(cells)
    assert {k: p for k, p in different.items() if not all(map(is_error, p)) and not is_aside(k, texts, engine)} == {}
    verdicts = [value for (sheet, address), (value, _) in cells.items() if sheet == "Tie-out" and address[0] == "I"]
    assert verdicts.count("ties") == sum(one.ties for one in update.tied) == MOST
