"""Workbooks as a LibreOffice without our functions opens them: the last true values, and no error but true ones."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from commands import run
from programs import needs_calc

from xl_flexextra import sample
from xl_flexextra.cells.rounding import rounded
from xl_flexextra.hosts import calc
from xl_flexextra.hosts.calc import session

pytestmark = needs_calc
FOLDER = Path(__file__).parents[2] / "workbooks"
NATIVE = "flex_extra_native.xlsx"
SHIPPED = sorted(p.name for p in FOLDER.iterdir() if p.suffix in (".xlsx", ".xlsm") and p.name != NATIVE)
ABSENT = "not computed"
FEWEST = {"blank_template.xlsx": 5, "functions_tour.xlsx": 300}  # formulas; the others have thousands
VALUES = "valuation_date,Old,Young\n" + "".join(
    f"{year}-{month:02d}-28,{10 + (year - 2012) + month / 100},{20 + month / 100 if year > 2021 else ''}\n"
    for year in range(2012, 2024) for month in range(1, 13)
)  # fmt: skip
TERMS = 'contract.name = "own"\nannual_charge.form = "none"\n[cdsc]\nschedule = [0.07, 0.05]\nthereafter = 0.0\n'


def as_opened(path: Path) -> dict[tuple[str, str], tuple[str, object]]:
    """Formula and value of each cell with a formula, as a LibreOffice with an empty profile shows them on opening."""
    (answer,) = session.run([{"path": str(path), "recalculate": False, "read": True}], 300, with_add_in=False)
    return {(cell[0], cell[1]): (cell[2], cell[3]) for cell in answer["cells"]}


def not_as_stored(path: Path) -> list[object]:
    """The cells that show another value than the file holds, but for those that say that they are not computed."""
    stored = {place: value for place, (value, _) in calc.recalculation.file_cells(path).items()}
    shown = as_opened(path)
    assert len(shown) >= FEWEST.get(path.name, 500)
    return [
        (place, formula, value, stored.get(place))
        for place, (formula, value) in shown.items()
        if value != ABSENT
        and not is_by_the_functions(place, formula)
        and not calc.recalculation.same(stored.get(place), value)
    ]


def is_by_the_functions(place: tuple[str, str], formula: str) -> bool:
    """A cell that is there to say whether the functions are: it is an array that LibreOffice computes."""
    return formula.startswith("{")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_cell_of_a_shipped_workbook_shows_its_stored_value(name: str) -> None:
    assert not_as_stored(FOLDER / name) == []


@pytest.mark.parametrize("name", [name for name in SHIPPED if "update" in name])
def test_the_page_and_the_tie_out_show_what_was_published(name: str) -> None:
    shown = as_opened(FOLDER / name)
    page = openpyxl.load_workbook(FOLDER / name)["Update"]
    places = [cell.coordinate for row in page for cell in row if str(cell.value).startswith("=CONTRACT_AATR(")]
    printed = [row[5] for row in sample.rows("Published")[1:]]
    assert [round(rounded(shown["Update", place][1], 4) * 100, 2) for place in places] == printed
    assert [shown["Tie-out", f"I{row}"][1] for row in range(8, 8 + len(printed))] == ["ties"] * len(printed)
    assert not [place for place, (_, value) in shown.items() if str(value).startswith(("#", "Err:"))]


@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "blank_template.xlsx"])
def test_what_one_formula_fills_says_that_it_is_not_computed(name: str) -> None:
    """And nothing else does: 112 figures in one call each, or the tables of the tour."""
    shown = as_opened(FOLDER / name)
    absent = [place for place, (_, value) in shown.items() if value == ABSENT]
    spilled = 0
    for sheet in openpyxl.load_workbook(FOLDER / name):
        for row in sheet:
            for cell in row:
                if isinstance(cell.value, openpyxl.worksheet.formula.ArrayFormula) and ":" in cell.value.ref:
                    spilled += sum(len(line) for line in sheet[cell.value.ref])
    assert len(absent) == spilled >= 112


@pytest.mark.parametrize("history", ["error", "blank"])
@pytest.mark.parametrize("options", [(), ("--values",)], ids=["live", "values"])
def test_an_own_report_with_figures_that_are_missing(tmp_path: Path, history: str, options: tuple[str, ...]) -> None:
    """LibreOffice computes a plain formula too, where its stored value is an error or an empty text."""
    (tmp_path / "uv.csv").write_text(VALUES)
    (tmp_path / "own.toml").write_text(f'{TERMS}[periods]\nwithout_history = "{history}"\n')
    given = [
        "--unit-values",
        tmp_path / "uv.csv",
        "--terms",
        tmp_path / "own.toml",
        "--out",
        tmp_path / "own.xlsx",
        *options,
    ]
    run("report", *map(str, given))
    if options:
        assert as_opened(tmp_path / "own.xlsx") == {}
        return
    assert not_as_stored(tmp_path / "own.xlsx") == []
    shown = as_opened(tmp_path / "own.xlsx")
    missing = [
        value for (sheet, _), (formula, value) in shown.items() if sheet == "Update" and "contract_aatr" in formula.lower()
    ]
    wanted = "#N/A" if history == "error" else ""
    assert missing.count(wanted) >= 4  # ten and five years of the young one, in each table
    assert {str(value)[:1] for value in missing if isinstance(value, str)} == {wanted[:1]}


def test_a_refresh_answers_again_what_was_saved_where_the_functions_were_missing(tmp_path: Path) -> None:
    path = tmp_path / "saved.xlsx"
    given = {"path": str(FOLDER / "flex_extra_performance_update.xlsx"), "save": str(path)}
    session.run([given], 300, with_add_in=False)
    place = next(iter(openpyxl.load_workbook(path).defined_names["FunctionsHere"].destinations))[1].replace("$", "")
    assert openpyxl.load_workbook(path, data_only=True)["Calculation"][place].value == 0
    (tmp_path / "v.csv").write_text("valuation_date,EQUITY\n2008-07-31,10.5\n")
    code, said = run("refresh", path, "--from", tmp_path / "v.csv", "--table", "UnitValues", "--merge", "--accept-revisions")
    assert code == 0, said
    values = openpyxl.load_workbook(path, data_only=True)
    shown = [cell.value for row in values["Calculation"] for cell in row]
    assert (values["Calculation"][place].value, shown.count(ABSENT)) == (1, 1)  # the text itself, by its name
    new = 10.5 / 12.166831 - 1  # of the year so far, by hand: over the unit value of 2007-12-31
    assert any(isinstance(value, float) and abs(value - new) < 0.00005 for value in shown)


def test_the_native_workbook_shows_what_its_first_sheet_says() -> None:
    shown = as_opened(FOLDER / NATIVE)
    texts = [str(cell.value) for row in openpyxl.load_workbook(FOLDER / NATIVE)["Native"] for cell in row]
    assert any("LibreOffice has no LAMBDA: it shows Err:508 for every figure" in text for text in texts)
    figures = [value for (sheet, _), (text, value) in shown.items() if sheet == "Update" and "CONTRACT_AATR" in text.upper()]
    assert figures == ["Err:508"] * 112
    errors = {str(value) for _, value in shown.values() if str(value).startswith(("#", "Err:"))}
    assert errors <= {"Err:508", "Err:509"}
