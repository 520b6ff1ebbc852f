"""The second check: a formula that does not come to its own stored value before the refresh is not left to the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from programs import needs_calc

from xl_flexextra.hosts import calc
from xl_flexextra.recalculation import untouched
from xl_flexextra.sync.refresh import Outcome, Request, refresh

NEW = [7.0, 8.0, 9.0, 10.0]


def made(
    path: Path, formulas: dict[str, tuple[str, Any]], on_load: bool = False, total: float = 6.0, totals: bool = True
) -> Path:
    """A table of 1, 2 and 3 with a total, and formulas with what is stored for them."""
    book = xlsxwriter.Workbook(path)
    columns = [{"header": "fund"}, {"header": "units", "total_function": "sum", "total_value": total}]
    data = [["A", 1.0], ["B", 2.0], ["C", 3.0]]
    sheet = book.add_worksheet("Data")
    area = "A1:B5" if totals else "A1:B4"
    sheet.add_table(area, {"name": "Units", "data": data, "columns": columns, "total_row": totals})
    page = book.add_worksheet("Page")
    for address, (formula, value) in formulas.items():
        page.write_formula(address, f"={formula}", None, value)
    book.calc_on_load = on_load
    book.close()
    return path


def refreshed(path: Path, **more: Any) -> Outcome:
    source = path.with_name("units.csv")
    source.write_text("fund,units\n" + "".join(f"{fund},{value}\n" for fund, value in zip("ABCD", NEW, strict=True)))
    return refresh(Request(path, str(source), accept_revisions=True, **more))


def value(path: Path, address: str, sheet: str = "Page") -> Any:
    return openpyxl.load_workbook(path, data_only=True)[sheet][address].value


STORED = {
    "A1": ("SUM(Units[units])", 60.0),  # it was 6: some other program has it otherwise
    "A2": ("A1+1", 61.0),
    "A3": ("MAX(Units[units])", 3.0),
    "A4": ("COUNT(Units[units])", 3.0),
}


def test_a_cell_that_was_computed_otherwise_before_is_not_left_to_the_engine(tmp_path: Path) -> None:
    path = made(tmp_path / "other.xlsx", STORED)
    assert refreshed(path).dependents.stale == ["Page!A1", "Page!A2"]
    assert [value(path, f"A{row}") for row in range(1, 5)] == [60.0, 61.0, 10.0, 4.0]
    assert value(path, "B6", "Data") == 34.0  # the total, which has moved


@needs_calc
def test_libreoffice_judges_where_the_engine_is_doubted(tmp_path: Path) -> None:
    path = made(tmp_path / "judged.xlsx", STORED)
    outcome = refreshed(path, recalculate=lambda given, taken: calc.recalculate(given, save=taken).functions)
    assert (outcome.dependents.stale, outcome.dependents.by_calc) == ([], 2)
    assert [value(path, f"A{row}") for row in range(1, 5)] == [34.0, 35.0, 10.0, 4.0]


def test_a_total_that_was_another_stays_where_its_row_moves(tmp_path: Path) -> None:
    path = made(tmp_path / "total.xlsx", {}, total=66.0)
    assert refreshed(path).dependents.stale == ["Data!B6"]
    assert value(path, "B6", "Data") == 66.0


@pytest.mark.parametrize("formula", ["Data!B4*10", "SUM(Data!A4:B4)", "INDEX(Data!B4:B4,1)+1"])
def test_what_referred_to_a_row_that_the_table_has_left_kept_its_old_value(tmp_path: Path, formula: str) -> None:
    path = made(tmp_path / "left.xlsx", {"A1": (formula, {"D": 30.0, "S": 3.0, "I": 4.0}[formula[0]])}, totals=False)
    source = tmp_path / "fewer.csv"
    source.write_text("fund,units\nA,1\nB,2\n")
    outcome = refresh(Request(path, str(source), accept_revisions=True))
    assert outcome.dependents.stale == []
    assert value(path, "A1") == {"D": 0.0, "S": 0.0, "I": 1.0}[formula[0]]


def test_values_of_a_workbook_that_is_computed_on_opening_prove_nothing(tmp_path: Path) -> None:
    """As programs write it that compute nothing, each formula with 0."""
    path = made(tmp_path / "zeros.xlsx", {address: (formula, 0) for address, (formula, _) in STORED.items()}, on_load=True)
    assert refreshed(path).dependents.stale == []
    assert [value(path, f"A{row}") for row in range(1, 5)] == [34.0, 35.0, 10.0, 4.0]


@pytest.mark.parametrize(("odd", "left"), [(1, ["Page!A1"]), (20, ["Page!A20"])])
def test_of_many_formulas_alike_only_the_odd_one_is_doubted(tmp_path: Path, odd: int, left: list[str]) -> None:
    """The first and the last are always looked at; where one is odd, all of them are."""
    stored = {f"A{row}": (f"Data!B2*C{row}", 5.0 if row == odd else 0.0) for row in range(1, 21)}
    path = made(tmp_path / "many.xlsx", stored)
    assert len(stored) > untouched.SAMPLE
    assert refreshed(path).dependents.stale == left


def test_a_formula_was_checked_beside_a_value_that_is_not_stored(tmp_path: Path) -> None:
    """Of 0.30000000000000004 files hold 0.3, and so has to do what joins it as text."""
    formulas = {
        "A1": ("Units[[#Totals],[units]]/20", 0.3),
        "A2": ("(0.1+0.2)*COUNT(Units[units])/3", 0.3),
        "A3": ('A2&""', "0.3"),
    }
    path = made(tmp_path / "digits.xlsx", formulas)
    assert refreshed(path).dependents.stale == []
    assert value(path, "A3") == "0.4"
