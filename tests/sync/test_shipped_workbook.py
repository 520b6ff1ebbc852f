"""The shipped workbook: its cached values as core and engine compute them, and a month more."""

from __future__ import annotations

import csv
import math
import shutil
from pathlib import Path

import openpyxl
import pytest

from xl_flexextra.ooxml.fast.column_writer import same_value
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.workbook import Workbook
from xl_flexextra.recalculation import workbook_model as model
from xl_flexextra.recalculation.embedded_engine import IronCalc
from xl_flexextra.recalculation.turns import Turns
from xl_flexextra.sync.refresh import Request, refresh
from xl_flexextra.sync.report import summary
from xl_flexextra.sync.restore import restore

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "xl_flexextra" / "sample" / "unit_values.csv"


@pytest.fixture(params=["xlsx", "xlsm"])
def shipped(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the shipped workbook."""
    path = tmp_path / f"update.{request.param}"
    shutil.copy(ROOT / "workbooks" / f"flex_extra_performance_update.{request.param}", path)
    return path


def test_every_formula_that_core_and_engine_compute_gives_its_cached_value(shipped: Path) -> None:
    """The builder wrote the cached values without the engine; Calc agrees with them in its own tests."""
    workbook = Workbook(Package.open(shipped))
    seen = model.Model(workbook, SharedStrings(workbook))
    seen.prepare()
    with IronCalc() as engine:
        turns = Turns(seen, seen.formulas.values(), engine)
        turns.run()
    assert [cell.address for cell in seen.formulas.values() if turns.failed(cell)] == []
    for place, value in turns.results.items():
        old = seen.stored(place)
        if isinstance(old, float) and isinstance(value, float):
            assert math.isclose(old, value, rel_tol=1e-12, abs_tol=1e-14), place
        elif old is not None or value != 0.0:
            assert same_value(old, value), place


def test_the_sample_data_is_there_already(shipped: Path) -> None:
    old = shipped.read_bytes()
    outcome = refresh(Request(shipped, str(SAMPLE)))
    assert not outcome.stopped
    assert not outcome.written
    assert shipped.read_bytes() == old


def test_a_month_more_reaches_the_page(shipped: Path) -> None:
    old = shipped.read_bytes()
    lines = list(csv.reader(SAMPLE.read_text().splitlines()))
    last = {line[1]: float(line[2]) for line in lines if line[0] == "2008-07-31"}
    source = shipped.with_name("august.csv")
    with source.open("w", newline="") as file:
        csv.writer(file).writerows([*lines, *(["2008-08-31", fund, repr(value * 1.01)] for fund, value in last.items())])
    outcome = refresh(Request(shipped, str(source)))
    assert outcome.written
    assert outcome.plans[0].added == 1
    assert outcome.dependents.own_functions
    assert outcome.dependents.stale == []
    told = [line.strip() for line in summary.text(outcome, 12).splitlines() if line.startswith("  ~ ")]
    assert "~ Update!B2: 2008-07-31 → 2008-08-31" in told  # the page before its workings, dates as dates
    assert all(line.startswith("~ Update!") for line in told)
    shown = [line for line in told if line.endswith(": -14.91% → -14.05%")]  # by hand: (1 - 0.149057) x 1.01 - 1
    assert len(shown) == 1, told  # as the page prints it
    area = Workbook(Package.open(shipped)).table("UnitValues")
    assert area is not None
    sheet = openpyxl.load_workbook(shipped, data_only=True)[area.sheet.name]
    for place, column in enumerate(area.columns[1:], start=area.left + 1):
        assert sheet.cell(area.last, place).value == pytest.approx(last[column.name] * 1.01, rel=1e-14)
    restore(shipped)
    assert shipped.read_bytes() == old


def test_a_refresh_and_its_summary_parse_the_workbook_no_more_often_than_it_changes(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once as it is, once for the second check of the engine, once with the table rewritten, once with the sheet of sources;
    the summary opens nothing anew."""
    parsed, opened = [], []
    old, open_ = Workbook.__init__, Package.__init__
    monkeypatch.setattr(Workbook, "__init__", lambda self, package: (parsed.append(1), old(self, package))[1])
    monkeypatch.setattr(Package, "__init__", lambda self, *given: (opened.append(1), open_(self, *given))[1])
    source = shipped.with_name("august.csv")
    lines = SAMPLE.read_text().splitlines()
    source.write_text(
        "\n".join([*lines, *(f"2008-08-31,{line.split(',')[1]},12.5" for line in lines if "2008-07-31" in line)])
    )
    outcome = refresh(Request(shipped, str(source), dry_run=True))
    summary.text(outcome)
    assert outcome.changed
    assert len(parsed) <= 4
    assert len(opened) == 2
