"""Many contracts and month ends at once against a figure at a time: equal to the last bit, with the same sentences."""

import datetime

import numpy as np
import pytest
from flexextra_udfs import CONTRACT_AATR
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_walk import contracts

from xl_flexextra import sample, terms
from xl_flexextra.calculation import many_contracts, walk_steps
from xl_flexextra.calculation.contract_figures import ContractFigures
from xl_flexextra.calculation.many_contracts import Block, Contract
from xl_flexextra.errors import REF, FlexExtraError
from xl_flexextra.inputs.fund_table import Fund
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import Terms

D = datetime.date
FIRST, LAST = D(1998, 3, 31), D(2007, 12, 31)
CODES = ["YTD", "1Y", "3Y", "5Y", "SI_FUND", "10Y_OR_SI_SUBACCOUNT", "2001-05-01..2003-12-31", "5Y cumulative"]
DAYS = [D(2004, 2, 29), D(2007, 9, 30)]


def unit_values(seed, codes):
    """Daily values of business days with holes: one fund begins late, one lacks a year, one has an error cell."""
    random = np.random.default_rng(seed)
    days = np.arange(np.datetime64(FIRST), np.datetime64(LAST) + np.timedelta64(1, "D"))
    days = days[np.is_busday(days)]
    values = 10 * np.exp(random.normal(0.0002, 0.01, (len(days), len(codes))).cumsum(axis=0))
    values[: 260 * seed, 1] = np.nan
    values[900:1200, 2] = np.nan
    values[1500, 3] = np.nan
    return UnitValues(days, codes, values.round(6), {(1500, 3): REF})


def contract(seed, drawn):
    given_terms, changes, shares = drawn
    codes = [f"C{seed}F{n}" for n in range(5)]
    values = unit_values(seed, codes)
    funds = Funds(
        tuple(
            Fund(code, fund_inception=values.first_date(n) if n < 4 else None, subaccount_inception=D(2001 + n, 6, 30))
            for n, code in enumerate(codes)
        )
    )
    rows = [(day, code, share / 2) for code in codes[:4] for day, share in shares]
    return Contract(Terms(given_terms, changes), values, Shares(rows) if rows else None, funds)


def singly(find, fund, code):
    try:
        return find(fund, code)
    except FlexExtraError as error:
        return error


def compare(some, charges, codes=CODES, days=DAYS):
    """How many figures there are and how many of them fail; each as it is alone."""
    block = Block(some)
    found = block.figures(charges, codes, days)
    grids = {(c, day): ContractFigures(one.terms, one.unit_values, day, one.shares, one.funds, charges)
             for c, one in enumerate(some) for day in days}  # fmt: skip
    for (d, p, row), value in np.ndenumerate(found.values):
        c, fund = block.rows[row]
        alone = singly(grids[c, days[d]].figure, fund, codes[p])
        where = some[c].terms.name, fund, codes[p], days[d]
        error = found.errors.get((d, p, row))
        if isinstance(alone, FlexExtraError):
            assert (type(error), str(error)) == (type(alone), str(alone)), where
        else:
            assert error is None, (where, error)
            assert (value == alone) or (value != value and alone != alone), (where, value, alone)
    return found.values.size, len(found.errors)


@pytest.mark.slow
@settings(suppress_health_check=list(HealthCheck), max_examples=5, derandomize=True, database=None)
@given(st.lists(contracts(FIRST, LAST), min_size=5, max_size=5), st.sampled_from(["all", "all", "annual", "asset"]))
def test_many_contracts_at_once_are_figures_one_by_one(drawn, charges):
    some = [contract(seed, one) for seed, one in enumerate(drawn)]
    count, failed = compare([*some, some[0]._replace(terms=some[0].terms.replace(contract__name="twin"))], charges)
    assert 0 < failed < count


@settings(suppress_health_check=list(HealthCheck), max_examples=6, derandomize=True, database=None)
@given(contracts(FIRST, LAST), st.sampled_from(["all", "all", "annual", "asset"]))
def test_a_table_at_once_is_its_figures_one_by_one(drawn, charges):
    one = contract(1, drawn)
    inputs = one.terms, one.unit_values, DAYS[1], one.shares, one.funds, charges
    table, grid = ContractFigures(*inputs).table(CODES), ContractFigures(*inputs)
    for (row, column), figure in np.ndenumerate(table):
        alone = singly(lambda fund, code: grid.result(fund, code).value, grid.row_labels()[row], CODES[column])
        if isinstance(figure, FlexExtraError):
            assert (type(figure), str(figure)) == (type(alone), str(alone)), (row, column)
        else:
            assert figure == alone or (figure == "" and "leave it blank" in str(alone)), (row, column)


def test_the_sample_at_once_is_what_cells_show():
    funds = Funds.from_rows(sample.rows("Funds"))
    values, shares = UnitValues.from_rows(sample.rows("UnitValues")), Shares.from_rows(sample.rows("Shares"))
    some = [Contract(terms.load(name), values, shares, funds) for name in ("flex_extra_flexible", "flex_extra_single")]
    block = Block(some)
    codes = ("YTD", "1Y", "5Y", "10Y_OR_SI_FUND")
    found = block.figures("all", codes, [sample.AS_OF])
    rows = [(some[c].terms, fund) for c, fund in block.rows]
    cells = [
        [CONTRACT_AATR(own, sample.rows("UnitValues"), fund, sample.AS_OF, code, sample.rows("Shares"), sample.rows("Funds"))
         for own, fund in rows]
        for code in codes
    ]  # fmt: skip
    assert found.values[0].tolist() == cells
    assert not found.errors


def test_blocks_that_fill_the_cache_change_no_figure(monkeypatch):
    load = terms.load("flex_extra_flexible")
    drawn = dict(load.given), [], [(None, 0.5), (D(2003, 1, 1), 0.25)]
    some = [contract(seed, drawn) for seed in (0, 1, 2)]
    whole = Block(some).figures("all", CODES, DAYS)
    monkeypatch.setattr(many_contracts, "COLUMNS", 4)
    cut = Block(some).figures("all", CODES, DAYS)
    assert whole.values.tobytes() == cut.values.tobytes()
    assert list(map(str, whole.errors.values())) == list(map(str, cut.errors.values())) != []


def test_shares_of_a_charge_within_limits_do_not_end_many_walks(monkeypatch):
    """The walks of two days have twice the columns of one, and arrays of limits without an end had those of the first."""
    monkeypatch.setattr(walk_steps, "MANY", 1)
    charge = {"base": "share", "dollars": 60.0, "at_least": 20.0, "at_most": 50.0}
    given_terms = {"contract.name": "wide", "annual_charge.form": "none", "cdsc.schedule": [0.07], "cdsc.thereafter": 0.0}
    given_terms |= {f"charge.1.{key}": value for key, value in charge.items()}
    one = contract(0, (given_terms, [], [(None, 0.5)]))
    count, failed = compare([one], "all", ["3Y", "5Y"], [D(2006, 10, 31), D(2006, 11, 30)])
    assert failed < count / 2


def test_a_substituted_fund_carries_on_its_predecessor_in_many_too():
    values = UnitValues(
        [D(2005, 12, 31), D(2006, 6, 30), D(2006, 12, 31)], ("OLD", "NEW"), [[10, np.nan], [11, 5], [np.nan, 6]]
    )
    funds = Funds((Fund("NEW", predecessor="OLD", substituted_on=D(2006, 6, 30)),))
    free = Terms({"contract.name": "free", "annual_charge.form": "none", "cdsc.schedule": [0.0]})
    found = Block([Contract(free, values, None, funds)]).figures("all", ["1Y"], [D(2006, 12, 31)])
    assert found.values.item() == pytest.approx(11 / 10 * 6 / 5 - 1)
