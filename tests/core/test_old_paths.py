"""Import paths of the release before: each still gives what it gave, and warns."""

import importlib
import subprocess
import sys

import pytest

import xl_flexextra
from xl_flexextra.moved import MOVED

HELD = {
    "arguments": "number to_date to_serial OMITTED", "cashflows": "money_weighted_return",
    "charges": "cdsc_amount redeemable_value", "charging": "charging_of", "conventions": "KEYS REQUIRED",
    "date_text": "parsed", "dates": "add_years years_between", "explain": "sentence", "frames": "rows",
    "funds": "Fund Funds Shares", "grids": "is_range", "growth": "growth_of_payment calendar_year_returns",
    "implied": "implied_charge", "numbers": "round_half_away", "periods": "parse charge_dates", "ranges": "turned",
    "registry": "evaluate functions names get", "report": "Inputs TableSpec compute sample_inputs published_from_rows",
    "returns": "aatr", "series": "dated_values holidays", "splices": "splice", "tables": "Grid grid Result CHARGES",
    "term_cells": "key_of", "term_checks": "problems", "tie_out": "Published PERCENTAGES tie verdict",
    "unit_values": "UnitValues Fund Funds Shares", "vocabulary": "VOCABULARY Argument", "walk": "walk redeem Charging",
    "yields": "sec_yield_30_day", "cli.excel_buttons": "main",
}  # fmt: skip


def test_every_old_path_is_looked_at():
    assert set(HELD) == set(MOVED)


@pytest.mark.parametrize("old", HELD)
def test_an_old_path_gives_what_it_gave_and_warns(old, monkeypatch):
    name = f"xl_flexextra.{old}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.warns(DeprecationWarning, match=f"{name} is now xl_flexextra\\.") as said:
        module = importlib.import_module(name)
    assert said[0].filename != xl_flexextra.moved.__file__  # the warning points at whoever imports
    now = [importlib.import_module(f"xl_flexextra.{place}") for place in MOVED[old]]
    for held in HELD[old].split():
        found = getattr(module, held)
        assert any(found is value for new in now for value in vars(new).values()), held


def test_the_three_ways_of_importing_an_old_path_all_work():
    code = (
        "import warnings; warnings.simplefilter('ignore')\n"
        "import xl_flexextra.report\n"
        "from xl_flexextra import tables\n"
        "from xl_flexextra.conventions import KEYS\n"
        "print(callable(xl_flexextra.report.compute), tables.Grid.__name__, 'payment.amount' in KEYS)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "ContractFigures", "True"]


def test_a_path_that_never_was_is_no_module():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("xl_flexextra.never")


def test_nothing_of_ours_imports_an_old_path():
    code = (
        "import importlib, pkgutil, sys, xl_flexextra\n"
        "for found in pkgutil.walk_packages(xl_flexextra.__path__, 'xl_flexextra.'):\n"
        "    if not found.name.startswith('xl_flexextra.hosts'):\n"
        "        importlib.import_module(found.name)\n"
        "from xl_flexextra.moved import MOVED\n"
        "print([old for old in MOVED if f'xl_flexextra.{old}' in sys.modules])"
    )
    command = [sys.executable, "-W", "error::DeprecationWarning:xl_flexextra", "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "[]"
