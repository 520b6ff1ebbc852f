"""One bad cell anywhere in the tables of a report: what does not need it is as it was."""

import pytest

from xl_flexextra import catalogue, sample
from xl_flexextra.errors import CellError
from xl_flexextra.functions import registry

TABLE = catalogue.get("PERFORMANCE_TABLE")
PERIODS = [["1Y", "5Y", "10Y_OR_SI_FUND"]]
BAD = [None, CellError("#DIV/0!"), CellError("#N/A"), "n/a?", 0.0, -1.0, True]
ROWS = {"UnitValues": -1, "Funds": 3, "Shares": 3}  # of the bad cell: the day of the figures, a fund
OF_ONE_FUND = {  # columns of which a blank cell or an error is that of its fund
    "Funds": {"printed_name", "asset_class", "fund_inception", "subaccount_inception", "notes"},
    "Shares": {"share"},
}


def figures(tables):
    given = ["flex_extra_flexible", tables["UnitValues"], "2008-07-31", PERIODS, tables["Shares"], tables["Funds"]]
    return registry.evaluate(TABLE, given)


@pytest.fixture(scope="module")
def tables():
    return {name: sample.rows(name) for name in ROWS}


@pytest.fixture(scope="module")
def sound(tables):
    found = figures(tables)
    assert not any(isinstance(cell, CellError) for line in found for cell in line)
    return found


def cases():
    for name in ROWS:
        for column, head in enumerate(sample.rows(name)[0]):
            yield pytest.param(name, column, id=f"{name}-{head}")


@pytest.mark.parametrize(("name", "column"), cases())
def test_one_bad_cell_in_any_column_of_any_table(tables, sound, name, column):
    """An error for the whole table, where it is not known what is meant; else the figures of the other funds are as they
    were, and those of the cell's fund as they were or errors. A share of 0 is one."""
    head, funds = tables[name][0][column], tables["UnitValues"][0][1:]
    own = head if name == "UnitValues" else tables[name][ROWS[name]][0]
    alone = head in OF_ONE_FUND.get(name, funds)
    for bad in BAD:
        lines = [list(line) for line in tables[name]]
        lines[ROWS[name]][column] = bad
        found = figures({**tables, name: lines})
        if isinstance(found, CellError):
            assert not (alone and (name != "Funds" or bad is None or isinstance(bad, CellError))), bad
            continue
        for fund, line, was in zip(funds, found, sound, strict=True):
            if fund != own:
                assert line == was, (bad, fund)
            elif not (head == "share" and bad == 0.0):
                assert all(cell == old or isinstance(cell, CellError) for cell, old in zip(line, was, strict=True)), bad
            if name == "UnitValues" and fund == own:
                assert all(isinstance(cell, CellError) for cell in line), bad
