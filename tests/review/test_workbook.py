"""The review workbook recalculated by LibreOffice: two routes, and everything that must be caught, a test per kind."""

import datetime
import re

import openpyxl
import pytest
import python_calamine
from openpyxl.utils import get_column_letter, range_boundaries
from programs import needs_calc

from xl_flexextra import sample
from xl_flexextra.hosts.calc import session
from xl_flexextra.workbook.review.probe_sheet import WALK

EPOCH = datetime.datetime(1899, 12, 30)
ROWS = range(8, 120)
ROUTES_AGREE = 1e-10
NAMES = {"Preparer": "P. Reparer", "Reviewer": "R. Viewer"}


def controls(values):
    """Row by control and place; rows of roles; the row of the package's mark."""
    sheet = values["Controls"]
    return {(sheet.cell(r, 1).value, sheet.cell(r, 2).value): r for r in range(1, sheet.max_row + 1)}


def signed(values, mark, **other):
    """Cells that sign as preparer and reviewer."""
    rows = {role: next(r for (name, _), r in controls(values).items() if name == role) for role in NAMES}
    cells = {}
    for role, row in rows.items():
        name = other.get(role.lower(), NAMES[role])
        cells |= {f"Controls!B{row}": name, f"Controls!C{row}": 39664, f"Controls!D{row}": mark}
    if other.get("undated"):
        cells[f"Controls!C{rows['Reviewer']}"] = ""
    return cells


def first(values, sheet, text):
    """The address of a cell by its text."""
    return next(c for row in values[sheet].iter_rows() for c in row if c.value == text)


def term(values, sheet, key):
    return f"{sheet}!B{first(values, sheet, key).row}"


def regions(values):
    """Every region of formulas under control: its row on Controls, sheet, bounds."""
    for (name, where), row in controls(values).items():
        if name == "formulas in place":
            sheet, _, cells = where.rpartition(": ")[0].rpartition("!")
            yield row, sheet.strip("'"), range_boundaries(cells.replace("$", ""))


def overwritten(formulas, values):
    """One formula of every region replaced by its value."""
    cells = {}
    for _, sheet, (left, top, right, bottom) in regions(values):
        places = [c for row in formulas[sheet].iter_rows(top, bottom, left, right) for c in row if c.data_type == "f"]
        if hasattr(places[0].value, "ref"):
            continue  # an array is replaced as a whole or not at all
        cell = places[len(places) // 2]
        value = values[sheet][cell.coordinate].value
        cells[f"{sheet}!{cell.coordinate}"] = value if isinstance(value, int | float | str) else 0.0
    return cells


def changed_inputs(values):
    """Many cells of every input, each changed a little: the count per reference of Controls."""
    cells, counts = {}, {}
    sheet = values["Unit values"]
    numbers = [c for row in sheet.iter_rows(min_row=5, min_col=2) for c in row if isinstance(c.value, float | int)]
    for cell in numbers:
        cells[f"Unit values!{cell.coordinate}"] = cell.value + 1e-6
    counts["UnitValues[#All]"] = len(numbers)
    for name, reference, column in (("Shares", "Shares[#All]", 2), ("Published", "Published[#All]", 6)):
        rows = [r for r in range(5, values[name].max_row + 1) if values[name].cell(r, column).value is not None]
        for row in rows:
            cells[f"{name}!{get_column_letter(column)}{row}"] = values[name].cell(row, column).value + 1e-6
        counts[reference] = len(rows)
    cells["Funds!B6"] = "Another name"
    counts["Funds[#All]"] = 1
    for sheet_name, reference in (("Flexible terms", "FlexibleTerms[#All]"), ("Single terms", "SingleTerms[#All]")):
        cells[term(values, sheet_name, "annual_charge.dollars")] = 30.5
        cells[term(values, sheet_name, "cdsc.schedule.1")] = 0.081
        counts[reference] = 2
    cells[f"Settings!B{first(values, 'Settings', 'MonthsAYear').row}"] = 12.5
    counts["Settings"] = 1
    return cells, counts


@pytest.fixture(scope="module")
def jobs(built, formulas, values, tmp_path_factory):
    """Every errand for LibreOffice, done in one office."""
    mark = built[1]
    sign = signed(values, mark)
    dollars, rate = term(values, "Flexible terms", "annual_charge.dollars"), term(values, "Single terms", "cdsc.schedule.2")
    published = {f"Published!F{r - 3}": values["Published"].cell(r - 3, 6).value + 0.0001 for r in ROWS}
    months = f"Settings!B{first(values, 'Settings', 'Tolerance').row}"
    wanted = {
        "as built": {},
        "published": published,
        "inputs": changed_inputs(values)[0],
        "formulas": overwritten(formulas, values),
        "signed": sign,
        "void: unit value": {**sign, "Unit values!C20": values["Unit values"]["C20"].value + 1e-6},
        "void: charge": {**sign, dollars: 34.99},
        "void: schedule": {**sign, rate: 0.0401},
        "void: share": {**sign, "Shares!B5": 0.1843},
        "void: published": {**sign, "Published!F20": values["Published"]["F20"].value + 0.0001},
        "void: setting": {**sign, months: 1e-3},
        "void: formula": {**sign, "Workings!AD40": values["Workings"]["AD40"].value},
        "void: other package": signed(values, "0000-0000-0000-0000"),
        "void: same person": signed(values, mark, reviewer=NAMES["Preparer"]),
        "void: no date": signed(values, mark, undated=True),
        "outside": {term(values, "Flexible terms", "annual_charge.taken_as"): "units"},
    }
    wanted |= {f"probe {number}": {"Probe!C5": number} for number in (1, 15, 36, 70, 80, 112)}
    order, folder = list(wanted), tmp_path_factory.mktemp("recalculated")
    errands = [
        {"path": str(built[0]), "recalculate": True, "overrides": wanted[name], "save": str(folder / f"{place}.xlsx")}
        for place, name in enumerate(order)
    ]
    errands[0]["read"] = True  # cell by cell, each formula; the others by their saved sheets, which is faster
    answers = session.run(errands, timeout=900)
    found = {name: saved(folder / f"{place}.xlsx") for place, name in enumerate(order)}
    found["as built"] |= {(c[0], c[1]): c[3] for c in answers[0]["cells"]}
    return found


def saved(path):
    """The recalculated values of the sheets that tests look at."""
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return {
        (name, f"{get_column_letter(column)}{row}"): value
        for name in ("Review", "Probe", "Controls")
        for row, line in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1)
        for column, value in enumerate(line, start=1)
    }


def status(cells, values, role):
    row = next(r for (name, _), r in controls(values).items() if name == role)
    return cells["Controls", f"E{row}"]


# --- as built ------------------------------------------------------------------------------------------------------------


def test_published_figures_stand_on_the_review_as_printed(values):
    printed = [row[5] for row in sample.rows("Published")[1:]]
    assert [values["Review"][f"G{r}"].value for r in ROWS] == pytest.approx([p / 100 for p in printed])
    assert {values["Review"][f"M{r}"].value for r in ROWS} == {"ties"}


@needs_calc
def test_native_route_is_the_function_route_in_recalculated_cells_for_all_112(jobs):
    cells = jobs["as built"]
    routes = [(cells["Review", f"H{r}"], cells["Review", f"I{r}"]) for r in ROWS]
    assert len(routes) == 112
    for function, native in routes:
        assert native == pytest.approx(function, rel=ROUTES_AGREE)
    assert len({round(f, 8) for f, _ in routes}) > 70


@needs_calc
def test_without_the_add_in_the_reader_still_sees_every_figure(built, tmp_path):
    job = {"path": str(built[0]), "recalculate": False, "save": str(tmp_path / "seen.xlsx")}
    session.run([job], timeout=300, with_add_in=False)
    cells = saved(tmp_path / "seen.xlsx")
    for row in ROWS:
        assert isinstance(cells["Review", f"H{row}"], float)
        assert cells["Review", f"I{row}"] == pytest.approx(cells["Review", f"H{row}"], rel=ROUTES_AGREE)
        assert cells["Review", f"M{row}"] == "ties"
    assert not [k for k, v in cells.items() if k[0] in {"Review", "Probe"} and str(v).startswith(("#", "Err"))]


# --- caught and shown ----------------------------------------------------------------------------------------------------


@needs_calc
def test_each_published_figure_changed_by_a_hundredth_is_caught(jobs, values):
    cells = jobs["published"]
    assert all(cells["Review", f"M{r}"] in {"open", "rounding"} for r in ROWS)
    assert all(abs(cells["Review", f"J{r}"]) == 1 for r in ROWS)
    assert all(abs(cells["Review", f"K{r}"]) == 1 for r in ROWS)
    rows = controls(values)
    assert cells["Controls", f"D{rows['figures open or rounding', 'Review']}"] == 112
    assert cells["Controls", f"E{rows['figures open or rounding', 'Review']}"] == "OFF"
    assert cells["Review", "F4"] >= 2


@needs_calc
def test_each_input_changed_is_counted_to_the_cell(jobs, values):
    cells, counts = jobs["inputs"], changed_inputs(values)[1]
    rows = {where: row for (name, where), row in controls(values).items() if name == "cells changed since approved"}
    assert {"UnitValues[#All]", "Funds[#All]", "Shares[#All]", "Published[#All]", "FlexibleTerms[#All]"} <= set(rows)
    for where, row in rows.items():
        expected = next((n for key, n in counts.items() if where.startswith(key)), 0)
        assert cells["Controls", f"D{row}"] == expected, where
        assert cells["Controls", f"E{row}"] == ("OFF" if expected else "ok"), where


@needs_calc
def test_a_formula_overwritten_by_its_value_is_caught_in_every_region(jobs, values, formulas):
    cells, done = jobs["formulas"], overwritten(formulas, values)
    hit = 0
    for row, sheet, (left, top, right, bottom) in regions(values):
        approved = values["Controls"].cell(row, 3).value
        inside = [
            a for a in done
            if a.startswith(f"{sheet}!")
            and left <= range_boundaries(a.rpartition("!")[2])[0] <= right
            and top <= range_boundaries(a.rpartition("!")[2])[1] <= bottom
        ]  # fmt: skip
        assert cells["Controls", f"D{row}"] == approved - len(inside)
        assert cells["Controls", f"E{row}"] == ("OFF" if inside else "ok")
        hit += bool(inside)
    assert hit == len(done) > 15


@needs_calc
def test_terms_beyond_the_closed_form_leave_the_native_route_out_and_say_so(jobs):
    cells = jobs["outside"]
    assert cells["Review", f"I{ROWS[0]}"] == pytest.approx(cells["Review", f"H{ROWS[0]}"])  # before charges: still inside
    assert cells["Review", "I50"] == "outside"
    assert re.fullmatch(r"native route: \d+ of 112 figures; see Contracts", cells["Review", "B6"])
    assert isinstance(cells["Review", "H50"], float)
    assert cells["Review", "L50"] == cells["Review", "I50"]


# --- sign-off ------------------------------------------------------------------------------------------------------------


@needs_calc
def test_a_signature_with_this_packages_mark_stands(jobs, values):
    assert status(jobs["as built"], values, "Preparer") == "not signed"
    for role in NAMES:
        assert status(jobs["signed"], values, role) == "signed"
    assert jobs["signed"]["Review", "F4"] == 0


@needs_calc
@pytest.mark.parametrize("kind", ["unit value", "charge", "schedule", "share", "published", "setting", "formula"])
def test_a_signature_is_void_on_any_change(jobs, values, kind):
    for role in NAMES:
        assert status(jobs[f"void: {kind}"], values, role) == "VOID: something changed since this package was built"


@needs_calc
def test_a_signature_needs_another_person_a_date_and_this_package(jobs, values):
    assert status(jobs["void: other package"], values, "Reviewer") == "VOID: signed another package"
    assert status(jobs["void: same person"], values, "Reviewer") == "VOID: preparer and reviewer are the same person"
    assert status(jobs["void: same person"], values, "Preparer") == "VOID: preparer and reviewer are the same person"
    assert status(jobs["void: no date"], values, "Reviewer") == "VOID: no date"
    assert status(jobs["void: no date"], values, "Preparer") == "signed"


def test_a_rebuild_with_other_inputs_carries_no_signature_over(reviewed, built, tmp_path):
    import dataclasses

    from xl_flexextra.review.sign_off import Signature
    from xl_flexextra.update import report
    from xl_flexextra.workbook.review import build

    inputs = reviewed.inputs
    first_contract, second = inputs.contracts
    fewer = dataclasses.replace(
        inputs, contracts=(first_contract.replace(cdsc__thereafter=0.01), second), published=inputs.published[:3]
    )
    signature = Signature("Reviewer", "R. Viewer", datetime.date(2008, 8, 4), built[1])
    path = tmp_path / "again.xlsx"
    assert build.build(report.compute(fewer), path, signatures=[signature]) != built[1]
    book = openpyxl.load_workbook(path, data_only=True)
    shown = [c.value for row in book["Controls"].iter_rows(min_col=5, max_col=5) for c in row]
    assert "VOID: signed another package" in shown


# --- probe ---------------------------------------------------------------------------------------------------------------


@needs_calc
@pytest.mark.parametrize("number", [1, 15, 36, 70, 80, 112])
def test_the_probe_walks_any_figure_by_both_routes(jobs, number):
    cells, row = jobs[f"probe {number}"], ROWS[0] + number - 1
    native, function = cells["Probe", "L9"], cells["Probe", "M9"]
    assert native == pytest.approx(function, rel=ROUTES_AGREE)
    assert native == pytest.approx(cells["Review", f"I{row}"], rel=1e-12)
    assert cells["Probe", "L10"] == pytest.approx(cells["Review", f"G{row}"], abs=1e-12)
    assert cells["Probe", "L11"] == pytest.approx(cells["Review", f"G{row}"], abs=1e-12)
    first_day = f"N{WALK - 1}"  # above the walk: the number of a row, no distance
    distances = [
        v for (s, a), v in cells.items()
        if s == "Probe" and re.fullmatch(r"N\d+", a) and a != first_day and isinstance(v, float)
    ]  # fmt: skip
    assert len(distances) >= 6
    assert set(distances) == {0.0}
    assert f"{cells['Probe', 'L10']:.2%}" in cells["Probe", "A17"]


# --- the file ------------------------------------------------------------------------------------------------------------


def test_no_constants_hidden_sheets_or_links(values):
    rows = controls(values)
    for name in ("hidden sheets", "external links", "formulas that hold a constant"):
        row = rows[name, "found when the package was built"]
        assert values["Controls"].cell(row, 4).value == 0


def test_inspection_finds_a_hidden_sheet_and_a_constant(tmp_path):
    from xl_flexextra.workbook.review.inspect import CONSTANTS, HIDDEN, inspect

    book = openpyxl.Workbook()
    book.active["A1"] = "=B1*1.01"
    book.active["A2"] = "=B1+B2"
    book.create_sheet("x").sheet_state = "hidden"
    book.save(tmp_path / "bad.xlsx")
    assert (inspect(tmp_path / "bad.xlsx")[HIDDEN], inspect(tmp_path / "bad.xlsx")[CONSTANTS]) == (1, 1)
