"""Every formula recalculated by a real LibreOffice with our add-in, from copies without cached values."""

import dataclasses
import datetime
import getpass
import html
import json
import math
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from flexextra_udfs import YEARS_BETWEEN

from xl_flexextra import catalogue, sample
from xl_flexextra.cells import rounding
from xl_flexextra.cells.scalars import to_serial
from xl_flexextra.errors import BadInput, CellError, MissingData, Refused
from xl_flexextra.functions import declaration
from xl_flexextra.hosts import calc
from xl_flexextra.hosts.calc import addin, office, session
from xl_flexextra.update import report, update_inputs

sys.path.insert(0, str(Path(__file__).parent))
from stale import formula_texts, stale_copy

ROOT = Path(__file__).parents[2]
# the native workbook's functions are LAMBDAs, which LibreOffice has not: tests/native
NATIVE = "flex_extra_native.xlsx"
WORKBOOKS = sorted(p for p in (ROOT / "workbooks").iterdir() if p.suffix in {".xlsx", ".xlsm"} and p.name != NATIVE)
FEWEST = {"blank_template.xlsx": 5}  # formulas; the others have hundreds
UPDATE = ROOT / "workbooks" / "flex_extra_performance_update.xlsx"

pytestmark = pytest.mark.skipif(
    os.environ.get("XL_FLEXEXTRA_NO_CALC") == "1", reason="XL_FLEXEXTRA_NO_CALC is set: LibreOffice is not wanted here"
)

SMALL = {}  # new documents, by name: one LibreOffice computes them all


def small(job):
    """A function that gives the job of a new document."""
    SMALL[job.__name__] = job
    return job


@pytest.fixture(scope="module")
def answered():
    """The cells of each of the new documents, by sheet and address."""
    jobs = [{"recalculate": True, "read": True, **job()} for job in SMALL.values()]
    answers = zip(SMALL, session.run(jobs), strict=True)
    return {name: {(cell[0], cell[1]): cell[3] for cell in answer["cells"]} for name, answer in answers}


def on_first(cells):
    """What is put into cells of the first sheet."""
    return {"overrides": {f"Sheet1!{address}": value for address, value in cells.items()}}


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda p: p.name)
def test_every_formula_of_a_stale_copy_comes_out_as_the_core_has_it(path, tmp_path, recalculated):
    stale = tmp_path / path.name
    formulas = stale_copy(path, stale)
    assert formulas >= FEWEST.get(path.name, 80)
    wanted = {place: value for place, (value, _) in calc.recalculation.file_cells(path).items()}
    result = recalculated[0] if path == UPDATE else calc.recalculate(stale)
    assert len(result.cells) >= formulas
    wrong = [(c, wanted.get((c.sheet, c.address))) for c in result.cells if not _same(c, wanted)]
    assert not wrong, wrong[:3]


def _same(cell, wanted):
    return calc.recalculation.same(wanted.get((cell.sheet, cell.address)), cell.recalculated)


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("update")
    stale_copy(UPDATE, folder / "stale.xlsx")
    return calc.recalculate(folder / "stale.xlsx", save=folder / "saved.xlsx"), folder / "saved.xlsx"


def test_112_of_112_tie_from_recalculated_cells(recalculated):
    result, _ = recalculated
    page = openpyxl.load_workbook(UPDATE)["Tie-out"]
    ties = 0
    for row, printed in enumerate(sample.rows("Published")[1:], start=8):
        assert page.cell(row, 4).value.startswith("=")
        value = result.value("Tie-out", f"G{row}")
        ties += abs(round(value * 100, 2) - printed[5]) < 1e-9
        assert result.value("Tie-out", f"I{row}") == "ties"
    assert ties == 112
    assert (result.value("Tie-out", "D3"), result.value("Tie-out", "E3")) == (112, 112)
    compared = [cell.recalculated for cell in result.cells if ";Same;Differs)" in cell.formula.replace(",", ";")]
    assert compared == [0] * 112


def test_the_saved_copy_keeps_every_formula_and_reopens(recalculated):
    _, saved = recalculated
    before, after = formula_texts(UPDATE), formula_texts(saved)
    ours = re.compile(rf"\b({'|'.join(catalogue.names())})\(")
    kept = {key: text for key, text in before.items() if ours.search(text)}
    assert len(kept) > 400
    for key, text in kept.items():
        assert _plain(after[key]) == _plain(text), key
    again = calc.recalculate(saved)
    assert not [c for c in again.cells if c.is_error]
    assert not again.differences
    shown = {cell.formula.partition("(")[0] for cell in again.cells if cell.sheet == "Update"}
    assert "=CONTRACT_AATR" in shown  # the name that people know, not the one of the interface


def _plain(text):
    """Without blanks and XML escapes, which mean nothing in a formula; a range of one cell, I8:I8, is saved as I8."""
    return re.sub(r"\b(\$?[A-Z]+\$?\d+):\1\b", r"\1", html.unescape(text).replace(" ", ""))


def test_a_changed_charge_on_the_terms_sheet_changes_the_page_by_what_the_core_says():
    rows = openpyxl.load_workbook(UPDATE)["Flexible terms"]
    place = next(f"B{r}" for r in range(1, 80) if rows.cell(r, 1).value == "annual_charge.dollars")
    result = calc.recalculate(UPDATE, overrides={f"Flexible terms!{place}": 30})
    inputs = update_inputs.sample_inputs()
    flexible = inputs.contracts[0].replace(annual_charge__dollars=30)
    changed = report.compute(dataclasses.replace(inputs, contracts=(flexible, inputs.contracts[1])))
    book = openpyxl.load_workbook(UPDATE)["Update"]
    asked = [c for row in book.iter_rows(min_col=6, max_col=10) for c in row if "CONTRACT_AATR" in str(c.value)]
    cells = [c for c in asked if not c.value.endswith(",Basis)")]  # Table 1 is before contract charges
    values = [v for table in changed.tables[1:] for v in table.values.ravel().tolist()]
    assert len(cells) == len(values) == 77
    for cell, value in zip(cells, values, strict=True):
        assert math.isclose(result.value("Update", cell.coordinate), value, rel_tol=1e-12)
    assert result.value("Tie-out", "D3") < 112


@small
def blanks():
    return on_first({"A1": 5, "A2": None, "A3": "", "B1": "=COUNTBLANK(A1:A3)"})


def test_an_override_of_a_cell_that_is_not_there_is_refused_and_none_makes_a_cell_blank(answered):
    with pytest.raises(Refused, match="no sheet 'Flexibel terms'"):
        calc.recalculate(UPDATE, overrides={"Flexibel terms!B13": 30})
    with pytest.raises(Refused, match="'B13' is no cell such as"):
        calc.recalculate(UPDATE, overrides={"B13": 30})
    assert answered["blanks"]["Sheet1", "B1"] == 2


def test_a_faulty_function_is_caught(tmp_path):
    """A mutant of the core, in a copy that only this office sees: each return a hundred-millionth of a percent too high."""
    copy = tmp_path / "mutant"
    shutil.copytree(ROOT / "xl_flexextra", copy / "xl_flexextra", ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "xl_flexextra" / "calculation" / "returns.py").open("a") as file:
        file.write("\n\n_sound = change\n\n\ndef change(growth):\n    return _sound(growth) + 1e-10\n")
    result = calc.recalculate(UPDATE, extra_path=str(copy))
    assert len([c for c in result.differences if c.sheet == "Update"]) >= 98


# --- every example of every declaration ---------------------------------------------------------------------------------


def _literal(value):
    if isinstance(value, bool):
        return "TRUE()" if value else "FALSE()"
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return repr(value)


def _examples():
    """One new document: sample tables and ranges on sheets of cells, each example a formula."""
    cells, wanted, row, column, places = {}, [], 1, 0, {}

    def put(rows):
        nonlocal column
        first = column
        for r, line in enumerate(rows, start=1):
            for c, item in enumerate(line):
                if item is None or item == "":
                    continue
                item = float(to_serial(item)) if isinstance(item, datetime.date) else item
                cells[f"Sheet2!{_column(first + c)}{r}"] = item
        width = max(len(line) for line in rows)
        column += width + 1
        return f"$Sheet2.{_column(first)}1:{_column(first + width - 1)}{len(rows)}"

    for function in catalogue.functions():
        for number, example in enumerate(function.examples):
            arguments = []
            for argument in example.args:
                if isinstance(argument, declaration.SampleTable):
                    if argument not in places:
                        places[argument] = put(sample.rows(argument))
                    arguments.append(places[argument])
                elif isinstance(argument, list):
                    table = [row if isinstance(row, list) else [row] for row in argument]
                    arguments.append(put(table))
                else:
                    arguments.append("" if argument is None else _literal(argument))
            gives = example.gives if isinstance(example.gives, list) else [[example.gives]]
            texts = function.returns == "text"
            height, width = len(gives), max(len(line) for line in gives)
            target = f"Sheet1!A{row}" if texts or not isinstance(example.gives, list) else (row, height, width)
            wanted.append((function, number, example, target, f"={function.name}({';'.join(arguments)})"))
            row += height + 1
    return cells, wanted


def _column(index):
    name = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        name = chr(65 + digit) + name
    return name


@small
def every_example():
    cells, wanted = _examples()
    overrides, arrays = dict(cells), {}
    for _, _, _, target, formula in wanted:
        if isinstance(target, str):
            overrides[target] = formula
        else:
            row, height, width = target
            arrays[f"Sheet1!A{row}:{_column(width - 1)}{row + height - 1}"] = formula
    return {"overrides": overrides, "arrays": arrays}


def test_every_example_of_every_function_gives_in_calc_what_it_says(answered):
    found, (_, wanted) = answered["every_example"], _examples()
    assert len(wanted) > 80
    for function, number, example, target, formula in wanted:
        gives = example.gives if isinstance(example.gives, list) else [[example.gives]]
        first = int(target.split("!A")[1]) if isinstance(target, str) else target[0]
        for r, line in enumerate(gives):
            for c, one in enumerate(line):
                got = found["Sheet1", f"{_column(c)}{first + r}"]
                assert _gives(got, one, example.decimals), (function.name, number, r, c, got, one, formula)


def _gives(got, wanted, decimals):
    if isinstance(wanted, CellError | str):
        return got == str(wanted)
    if decimals is None:
        return math.isclose(got, wanted, rel_tol=1e-12, abs_tol=1e-15)
    return abs(got - wanted) <= 0.5000001 * 10**-decimals


@small
def new_sheet():
    return on_first({"A1": "=AATR(1000;1506.43;5)"})


def test_a_new_sheet_gives_8_54_percent(answered):
    assert f"{answered['new_sheet']['Sheet1', 'A1']:.2%}" == "8.54%"


@small
def errors():
    return on_first({"A1": "=NA()", "A2": "=1/0", "A3": "=AATR(A1;1;1)", "A4": "=AATR(A2;1;1)", "A5": '=AATR("x";1;1)'})


def test_an_error_in_an_argument_comes_out_as_that_error(answered):
    assert [answered["errors"]["Sheet1", f"A{row}"] for row in (3, 4, 5)] == ["#N/A", "#DIV/0!", "#VALUE!"]


@small
def blank_cells():
    """A1 is blank."""
    formulas = {
        "B1": "=YEARS_BETWEEN(A1;DATE(2008;7;31))",
        "B2": '=YEARS_BETWEEN("2003-07-31";"2008-07-31";A1)',
        "B3": '=YEARS_BETWEEN("2003-07-31";"2008-07-31")',
        "B4": "=AATR(A1:A1;1500;5)",
        "B5": "=AATR(1000;A1;5)",
        "B6": "=TIE_DIFFERENCE(0.1004;0.1;)",
        "B7": "=TIE_DIFFERENCE(0.1006;0.1;0)",
        "B8": '=AATR("";1500;5)',
        "B9": "=NET_INVESTMENT_FACTOR(10;11;;;;)",
        "B10": "=AATR(1;2;3;4;5)",
    }
    return on_first(formulas)


def test_blank_cells_missing_arguments_and_empty_text_are_told_apart_as_far_as_calc_tells(answered):
    """In place of a date or a text a blank cell is blank; in place of a number it is 0, as for Calc's own functions."""
    found = {address: value for (_, address), value in answered["blank_cells"].items()}
    assert [found[f"B{n}"] for n in (1, 4, 8)] == ["#N/A"] * 3
    assert found["B2"] == found["B3"] == 5
    assert found["B5"] == -1
    assert found["B6"] == 4
    assert found["B7"] == 0  # 6 with the two decimals of an argument left out
    assert found["B9"] == pytest.approx(1.1)
    assert found["B10"].startswith(("#", "Err:"))


FIRST_DAYS = ["1899-12-30", "1904-01-01", "1900-01-01"]


def serials(first):
    zero = datetime.date.fromisoformat(first)
    return (datetime.date(2008, 7, 31) - zero).days, (datetime.date(2008, 6, 30) - zero).days


def dates_from(first):
    end, start = serials(first)
    cells = {"A1": "day", "B1": "EQ", "A2": float(start), "B2": 14.2, "A3": float(end), "B3": 14.4}
    cells |= {"C1": f'=PERIOD_BASE_DATE({end};"1M")', "C2": '=UNIT_VALUE_AT(A1:B3;"EQ";"2008-06-30")'}
    cells |= {
        "C3": f'=UNIT_VALUE_AT(A1:B3;"EQ";{end})',
        "C4": f"=YEARS_BETWEEN(DATE(2003;7;31);{end})",
        "C5": "=AATR(1000;1500;5)",
    }
    return {**on_first(cells), "null_date": first}


SMALL |= {first: partial(dates_from, first) for first in FIRST_DAYS}


@pytest.mark.parametrize("first", FIRST_DAYS)
def test_dates_that_count_from_another_day_were_four_years_off(first, answered):
    """The serials, in and out, are those of the document: worked by hand from its day 0."""
    found = {address: value for (_, address), value in answered[first].items()}
    assert [found[f"C{row}"] for row in range(1, 5)] == [serials(first)[1], 14.2, 14.4, 5]
    assert found["C5"] == pytest.approx(1.5 ** (1 / 5) - 1)


@small
def why():
    """A1 is blank, A2 holds no number; the cells of B are wrong, those of C say why, D has none of it."""
    cells = {
        "A2": "five",
        "B1": "=YEARS_BETWEEN(A1;DATE(2008;7;31))",
        "C1": '=EXPLAIN_ERROR("YEARS_BETWEEN";A1;DATE(2008;7;31))',
        "B2": "=AATR(1000;1500;A2)",
        "C2": '=EXPLAIN_ERROR("AATR";1000;1500;A2)',
        "B3": '=CDSC_RATE("flex_extra_flexible";0)',
        "C3": '=EXPLAIN_ERROR("CDSC_RATE";"flex_extra_flexible";0)',
        "B4": "=AATR(1000;1500;A1)",  # a blank in place of a number is 0, as Calc's own functions have it
        "C4": '=EXPLAIN_ERROR("AATR";1000;1500;A1)',
        "B5": "=AATR(1000;1500;5)",
        "C5": '=EXPLAIN_ERROR("AATR";1000;1500;5)',
        "C6": '=EXPLAIN_ERROR("AAATR";1000;1500;5)',
        "C7": '=EXPLAIN_ERROR("AATR";1000;1500)',
    }
    return on_first(cells)


def test_why_a_cell_shows_an_error_is_said_with_the_arguments_of_that_cell(answered):
    found = {address: value for (_, address), value in answered["why"].items()}
    assert [found[f"B{n}"] for n in range(1, 5)] == ["#N/A", "#VALUE!", "#VALUE!", "#VALUE!"]
    for row, says in enumerate(
        ["gives #N/A: 'start_date' is blank", "gives #VALUE!: 'years' must be a number", "'contract_year' must be a whole",
         "'years' must be positive (got 0)", "AATR gives 8.45%; there is no error.", "no worksheet function 'AAATR'",
         "'years' is missing; it must be given"], start=1,
    ):  # fmt: skip
        assert says in found[f"C{row}"], found[f"C{row}"]


# --- years --------------------------------------------------------------------------------------------------------------


def year_cases():
    draw = random.Random(19990104)
    first = datetime.date(1990, 1, 1)
    days = [first + datetime.timedelta(days=draw.randrange(12_000)) for _ in range(160)]
    said = "1999-12-31 2000-02-28 2000-02-29 2001-02-28 2004-01-31 2004-02-29 2004-03-30 2005-03-31"
    ends = [datetime.date.fromisoformat(day) for day in said.split()]
    pairs = [*zip(days[::2], days[1::2], strict=True), *((a, b) for a in ends for b in ends if a < b)]
    return [(min(pair), max(pair), basis) for pair in pairs for basis in range(5)]


@small
def years():
    overrides = {}
    for row, (start, finish, basis) in enumerate(year_cases(), start=1):
        dates = ";".join(f"DATE({day.year};{day.month};{day.day})" for day in (start, finish))
        overrides[f"Sheet1!A{row}"] = f"=YEARFRAC({dates};{basis})"
        overrides[f"Sheet1!B{row}"] = f"=YEARS_BETWEEN({dates};{basis})"
    return {"overrides": overrides}


def test_counts_of_years_are_calcs_yearfrac_for_every_basis_number(answered):
    found = answered["years"]
    for row, (start, finish, basis) in enumerate(year_cases(), start=1):
        ours, theirs = found["Sheet1", f"B{row}"], found["Sheet1", f"A{row}"]
        assert ours == YEARS_BETWEEN(start, finish, basis)
        assert math.isclose(ours, theirs, rel_tol=1e-12), (start, finish, basis, ours, theirs)


# --- rounding -----------------------------------------------------------------------------------------------------------


def halves_and_others():
    draw = random.Random(20080731)
    values = [sign * (k + 0.5) / 10**d for k in range(60) for d in (0, 2, 4) for sign in (1, -1)]
    values += [draw.uniform(-1, 1) for _ in range(2000)] + [draw.uniform(-2000, 2000) for _ in range(1000)]
    return [(value, (0, 2, 4, 6)[row % 4]) for row, value in enumerate(values, start=1)]


@small
def rounded():
    overrides = {}
    for row, (value, digits) in enumerate(halves_and_others(), start=1):
        overrides[f"Sheet1!A{row}"] = value
        overrides[f"Sheet1!B{row}"] = f"=ROUND(A{row};{digits})"
    return {"overrides": overrides}


def test_rounding_is_calcs_round_on_exact_halves_and_random_values(answered):
    for row, (value, digits) in enumerate(halves_and_others(), start=1):
        found = answered["rounded"]["Sheet1", f"B{row}"]
        assert rounding.round_half_away(value, digits) == found, (value, digits)
        quantum = Decimal(1).scaleb(-digits)
        assert found == float(Decimal(repr(value)).quantize(quantum, ROUND_HALF_UP))


# --- robustness ---------------------------------------------------------------------------------------------------------


def _offices(folder):
    """LibreOffice processes with a profile below this folder."""
    done = subprocess.run(["pgrep", "-f", f"soffice.bin.*{folder}/flexextra-"], capture_output=True, text=True)
    return done.stdout.split()


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """Where this test's offices keep their profiles: other tests may run theirs at the same time."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_no_office_is_left_behind_by_a_time_out(own_folder):
    with pytest.raises(Refused, match="no answer within"):
        calc.recalculate(UPDATE, timeout=0.5)
    assert not _offices(own_folder)
    assert not list(own_folder.iterdir())


def test_no_office_is_left_behind_when_the_caller_is_killed(tmp_path):
    code = (
        f"import sys; from xl_flexextra.hosts import calc\nprint('started', flush=True); calc.recalculate({str(UPDATE)!r})"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment) as caller:
        assert caller.stdout.readline().strip() == b"started"
        _wait_until(lambda: _offices(tmp_path) and list(tmp_path.glob("flexextra-*/request.json")))
        _wait_until(lambda: _drivers(tmp_path))
        caller.kill()
    _wait_until(lambda: not _offices(tmp_path) and not _drivers(tmp_path))
    _wait_until(lambda: not list(tmp_path.glob("flexextra-*")))


def _wait_until(done, seconds=60):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "nothing happened within a minute"
        time.sleep(0.1)


def _drivers(folder):
    done = subprocess.run(["pgrep", "-f", f"driver.py {folder}"], capture_output=True, text=True)
    return done.stdout.split()


def test_a_broken_file_is_one_sentence(own_folder, tmp_path):
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 this is no workbook")
    with pytest.raises(Refused) as caught:
        calc.recalculate(broken)
    assert str(caught.value).endswith(".")
    with pytest.raises(MissingData, match="no file"):
        calc.recalculate(tmp_path / "nowhere.xlsx")
    assert not _offices(own_folder)


CRASHES = """
import json, os, pathlib, runpy, signal, sys
times = pathlib.Path({times!r})
times.write_text(times.read_text() + "x" if times.exists() else "x")
if {answers}:
    pathlib.Path(sys.argv[2]).write_text('[{{"cells": ["ours"]}}]')
if {answers} or len(times.read_text()) <= {crashes}:
    os.killpg(int(sys.argv[3]), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGSEGV)
sys.argv[0] = {driver!r}
runpy.run_path({driver!r}, run_name="__main__")
"""


@pytest.mark.parametrize(("answers", "crashes", "runs"), [(True, 1, 1), (False, 1, 2), (False, 9, 2)])
def test_a_bridge_that_crashes_costs_no_answer(answers, crashes, runs, monkeypatch, tmp_path):
    """UNO's bridge crashed in one of some hundred errands: after the answer it costs nothing, before it one more try."""
    times, stub = tmp_path / "times", tmp_path / "driver.py"
    stub.write_text(CRASHES.format(times=str(times), answers=answers, crashes=crashes, driver=str(session.DRIVER)))
    monkeypatch.setattr(session, "DRIVER", stub)
    job = {"overrides": {"Sheet1!A1": "=FLEXEXTRA_VERSION()"}, "recalculate": True, "read": True}
    if crashes == 9:
        with pytest.raises(Refused, match="could not work on the new sheet: it broke down over it, twice"):
            session.run([job])
    else:
        cells = session.run([job])[0]["cells"]
        assert cells == ["ours"] if answers else cells[0][3] == catalogue.get("FLEXEXTRA_VERSION").python()
    assert len(times.read_text()) == runs


def test_a_workbook_that_is_open_already_is_recalculated(tmp_path):
    """LibreOffice does not open what another LibreOffice of the same user has open: ours works on a copy."""
    book, lock = tmp_path / "blank_template.xlsx", tmp_path / ".~lock.blank_template.xlsx#"
    shutil.copyfile(ROOT / "workbooks" / book.name, book)
    owner = f",{getpass.getuser()},{socket.gethostname()},25.11.2026 10:00,file:///home/somebody/profile;"
    lock.write_text(owner)
    assert calc.recalculate(book).cells
    assert sorted(tmp_path.iterdir()) == [lock, book]
    assert lock.read_text() == owner


def test_two_offices_at_once():
    from concurrent.futures import ThreadPoolExecutor

    job = {"overrides": {"Sheet1!A1": "=FLEXEXTRA_VERSION()"}, "recalculate": True, "read": True}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: session.run([job])[0]["cells"][0][3], range(2)))
    assert answers == [catalogue.get("FLEXEXTRA_VERSION").python()] * 2


def test_an_old_or_missing_office_is_refused_with_a_sentence(monkeypatch, tmp_path):
    old = tmp_path / "soffice"
    old.write_text("#!/bin/sh\necho LibreOffice 7.4.7.2 40\n")
    old.chmod(0o755)
    office.find.cache_clear()
    monkeypatch.setattr(office, "candidates", lambda: [old])
    with pytest.raises(Refused, match=r"7\.4\.7\.2 is too old.*25\.2"):
        office.find()
    monkeypatch.setattr(office, "candidates", lambda: [])
    with pytest.raises(Refused, match="not installed"):
        office.find()
    office.find.cache_clear()


def test_the_extension_holds_what_it_needs(tmp_path):
    path = tmp_path / "flexextra.oxt"
    addin.write_oxt(path)
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        settings = package.read("paths.json").decode()
    assert {
        "META-INF/manifest.xml",
        "CalcAddIns.xcu",
        "flexextra.idl",
        "pythonpath/xl_flexextra/calculation/walk.py",
    } <= names
    assert {
        "pythonpath/flexextra_udfs/contract.py",
        "pythonpath/xl_flexextra/terms/contracts/flex_extra_single.toml",
    } <= names
    assert '"paths": []' in settings
    assert not any("hosts" in name or "sync" in name for name in names)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The extension unpacked where LibreOffice has its extensions; nothing of this checkout is in its path."""
    addin.write_oxt(tmp_path / "flexextra.oxt")
    folder = tmp_path / "extensions" / "flexextra"
    with zipfile.ZipFile(tmp_path / "flexextra.oxt") as package:
        package.extractall(folder)
    monkeypatch.setattr(session, "extension_folder", lambda *_: folder.parent)
    return folder


def test_the_extension_works_by_itself_with_the_numpy_kept_for_it(installed):
    assert addin.numpy_folder(office.find()).is_dir()
    formulas = ["=AATR(1000;1506.43;5)", '=CDSC_RATE("flex_extra_single";3)']
    job = {"overrides": {f"Sheet1!A{n}": f for n, f in enumerate(formulas, 1)}, "recalculate": True, "read": True}
    values = [value for *_, value, _ in session.run([job])[0]["cells"]]
    core = catalogue.get("CDSC_RATE").python("flex_extra_single", 3)
    assert f"{values[0]:.2%}" == "8.54%"
    assert math.isclose(values[1], core, rel_tol=1e-12)


def test_without_numpy_the_cells_say_so(installed):
    """The cells of a LibreOffice whose Python has no numpy, and for which none is kept."""
    has_its_own = subprocess.run([str(office.find().python), "-c", "import numpy"], capture_output=True).returncode == 0
    if has_its_own:
        pytest.skip("LibreOffice's Python has a numpy of its own here")
    settings = json.loads((installed / "paths.json").read_text())
    (installed / "paths.json").write_text(json.dumps({**settings, "numpy": ""}))
    job = {
        "overrides": {"Sheet1!A1": "=FLEXEXTRA_VERSION()", "Sheet1!A2": "=AATR(1;2;3)"},
        "recalculate": True,
        "read": True,
    }
    values = [value for *_, value, _ in session.run([job])[0]["cells"]]
    assert "numpy" in values[0]
    assert values[1] == "#N/A"


def test_a_copy_is_never_saved_over_the_workbook_or_as_something_else(tmp_path):
    with pytest.raises(Refused, match="the very file that is read"):
        calc.recalculate(UPDATE, save=UPDATE)
    with pytest.raises(BadInput, match=r"\.xlsx or \.xlsm or \.ods \(got copy\.csv\)"):
        calc.recalculate(UPDATE, save=tmp_path / "copy.csv")
    with pytest.raises(Refused, match="There is no folder"):
        calc.recalculate(UPDATE, save=tmp_path / "nowhere" / "copy.xlsx")


def test_pdf_of_one_sheet(tmp_path):
    out = tmp_path / "update.pdf"
    calc.to_pdf(UPDATE, out, sheets=["Update"])
    text = subprocess.run(["pdftotext", "-layout", str(out), "-"], check=True, capture_output=True, text=True).stdout
    printed = [f"{row[5]:.2f}%" for row in sample.rows("Published")[1:]]
    figures = re.findall(r"-?\d+\.\d\d%", text)
    assert all(figures.count(figure) >= printed.count(figure) for figure in set(printed))
    assert "###" not in text
    pages = subprocess.run(["pdfinfo", str(out)], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Pages:\s+2\b", pages)


def test_the_office_sees_no_virtual_environment(tmp_path, monkeypatch):
    """LibreOffice's Python takes the first python3 of the PATH for its own, and dies where that is a virtual one."""
    made = tmp_path / "venv"
    (made / "bin").mkdir(parents=True)
    (made / "pyvenv.cfg").write_text("home = /usr/bin\n")
    plain = tmp_path / "bin"
    plain.mkdir()
    monkeypatch.setenv("PATH", os.pathsep.join([str(made / "bin"), str(plain), "", "/usr/bin"]))
    for name in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH"):
        monkeypatch.setenv(name, str(made))
    given = office.environment(Path("/usr/bin/python3"))
    assert given["PATH"].split(os.pathsep) == ["/usr/bin", str(plain)]
    assert not {"VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH"} & set(given)


def test_a_new_profile_was_taken_for_one_of_an_older_libreoffice_which_started_twice(tmp_path):
    found = office.find()
    command = session.start_command(found, tmp_path / "profile", None)
    assert command[1] == f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    settings = tmp_path / "profile" / "user" / "registrymodifications.xcu"
    props = ElementTree.parse(settings).getroot().iter("prop")
    (value,) = (p[0].text for p in props if "ooSetupLastVersion" in p.attrib.values())
    assert value == found.version_text.rpartition(".")[0].rpartition(".")[0]  # 25.2 of 25.2.3.2


def test_calc_answers_from_within_an_activated_virtual_environment(tmp_path, monkeypatch):
    if sys.prefix == sys.base_prefix:
        pytest.skip("these tests run in no virtual environment")
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    monkeypatch.setenv("PATH", f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}")
    job = {"overrides": {"Sheet1!A1": "=AATR(1000;1506.43;5)"}, "recalculate": True, "read": True}
    assert f"{session.run([job])[0]['cells'][0][3]:.2%}" == "8.54%"


def test_nothing_is_replaced_without_force(tmp_path):
    from typer.testing import CliRunner

    from xl_flexextra.cli.main import app

    book = tmp_path / "u.xlsx"
    shutil.copy(ROOT / "workbooks" / "blank_template.xlsx", book)
    for name in ("u.pdf", "copy.xlsx", "x.oxt"):
        (tmp_path / name).write_text("mine")
    before = book.read_bytes()
    commands = [
        ["pdf", str(book)],
        ["pdf", str(book), "--out", str(tmp_path / "u.pdf")],
        ["pdf", str(book), "--out", str(book), "--force"],
        ["calc", "recalculate", str(book), "--save", str(tmp_path / "copy.xlsx")],
        ["calc", "recalculate", str(book), "--save", str(book), "--force"],
        ["calc", "oxt", str(tmp_path / "x.oxt")],
    ]
    for command in commands:
        result = CliRunner().invoke(app, command)
        assert isinstance(result.exception, Refused), command
        assert str(result.exception).endswith(("--force to replace it.", "give another name."))
    assert {(tmp_path / name).read_text() for name in ("u.pdf", "copy.xlsx", "x.oxt")} == {"mine"}
    assert book.read_bytes() == before
    assert CliRunner().invoke(app, ["pdf", str(book), "--force"]).exit_code == 0
    assert (tmp_path / "u.pdf").read_bytes()[:5] == b"%PDF-"
