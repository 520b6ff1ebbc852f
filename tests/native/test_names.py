"""The definitions as names of a user's own workbook: put in, brought up to date, taken out."""

import io
import re
import zipfile

import pytest
import xlsxwriter
from commands import run
from typer.testing import CliRunner

from xl_flexextra.cli.main import app
from xl_flexextra.errors import Refused
from xl_flexextra.hosts.native import names
from xl_flexextra.hosts.native.stored import stored
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.workbook import Workbook


def book(defined=(), table=""):
    out = io.BytesIO()
    file = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = file.add_worksheet("Own")
    sheet.write_formula("A1", "=AATR(1000,1506.43,5)", None, 0.0854)
    if table:
        sheet.add_table("C1:D3", {"name": table})
    for name, formula in defined:
        file.define_name(name, formula)
    file.close()
    return out.getvalue()


def opened(data):
    return Workbook(Package(io.BytesIO(data), "own.xlsx"))


def written(workbook):
    out = io.BytesIO()
    workbook.package.write(out)
    return out.getvalue()


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize("defined", [(), [("Alpha", "=Own!$A$1"), ("Zulu", "=Own!$A$2"), ("Own!Local", "=Own!$A$3")]])
def test_all_else_stays_byte_for_byte_and_comes_back(defined):
    before = book(defined)
    workbook = opened(before)
    names.add(workbook)
    after = written(workbook)
    changed = {name for name, data in parts(after).items() if parts(before)[name] != data}
    assert changed == {"xl/workbook.xml"}
    assert {one.name for one in opened(after).names} >= {
        "AATR",
        "FX_WALK",
        *(name.rpartition("!")[2] for name, _ in defined),
    }
    again = opened(after)
    names.remove(again)
    assert parts(written(again)) == parts(before)


def test_names_stand_in_the_order_that_excel_keeps():
    workbook = opened(book([("Beta", "=Own!$A$1"), ("Zulu", "=Own!$A$2")]))
    names.add(workbook)
    order = [one.name.casefold() for one in workbook.names]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("given", "said"), [({"defined": [("aatr", "=Own!$A$1")]}, "'aatr'"), ({"table": "fx_walk"}, "'fx_walk'")]
)
def test_a_name_or_table_of_the_users_own_is_refused(given, said):
    workbook = opened(book(**given))
    with pytest.raises(Refused, match=f"{said} of its own"):
        names.add(workbook)
    assert not workbook.package.dirty


def test_a_parameter_called_as_a_table_gets_another_name():
    """In one engine the table wins over the parameter: #NAME?."""
    workbook = opened(book(table="Payment"))
    names.add(workbook)
    texts = " ".join(one.text for one in workbook.names)
    assert "_xlpm.payment_" in texts
    assert not re.search(r"_xlpm\.payment\b(?!_)", texts)
    assert stored("LAMBDA(x, [y], x + y)", renamed=frozenset({"y"})) == "_xlfn.LAMBDA(_xlpm.x,_xlop.y_,_xlpm.x+_xlpm.y_)"


def test_names_of_an_older_version_are_brought_up_to_date(monkeypatch):
    workbook = opened(book([("Mine", "=Own!$A$1")]))
    old = names.library({})
    older = {name: one for name, one in old.items() if name not in ("FX_WALK", names.LIST)}
    older["FX_GONE"] = old["AATR"]
    older["AATR"] = old["AATR"]._replace(formula="LAMBDA(x, x)")
    items = "; ".join(f'"{name}"' for name in [*older, names.LIST])
    older[names.LIST] = old[names.LIST]._replace(formula=f"LAMBDA({{{items}}})")
    with monkeypatch.context() as patch:
        patch.setattr(names, "library", lambda _: older)
        names.add(workbook)
    assert names.add(workbook) == names.Change(added=1, changed=2, removed=1)  # FX_WALK; AATR and the list; FX_GONE
    fresh = opened(book([("Mine", "=Own!$A$1")]))
    names.add(fresh)
    assert workbook.names == fresh.names


def test_a_users_own_lambda_stays_when_the_functions_go():
    workbook = opened(book([("FX_RATE", "=_xlfn.LAMBDA(_xlpm.x,_xlpm.x)")]))
    names.add(workbook)
    names.remove(workbook)
    assert [one.name for one in workbook.names] == ["FX_RATE"]
    with pytest.raises(Refused, match="no native functions"):
        names.remove(workbook)


def test_macros_of_the_addin_are_refused():
    from pathlib import Path

    macros = Workbook(Package.open(Path(__file__).parents[2] / "workbooks" / "flex_extra_performance_update.xlsm"))
    with pytest.raises(Refused, match="macros of the add-in"):
        names.add(macros)


def test_cells_that_call_a_function_are_counted():
    assert names.calling_cells(opened(book())) == 1


def test_the_commands_put_them_into_a_workbook_and_take_them_out(tmp_path):
    path, other = tmp_path / "own.xlsx", tmp_path / "other.xlsx"
    path.write_bytes(own := book())
    runner = CliRunner()
    done = runner.invoke(app, ["native", "add", str(path), "--out", str(other)])
    assert (done.exit_code, path.read_bytes()) == (0, own)
    assert "1 cell calls the functions" in done.output
    assert "AATR" in {one.name for one in opened(other.read_bytes()).names}
    assert "nothing was changed" in runner.invoke(app, ["native", "add", str(other)]).output
    assert runner.invoke(app, ["native", "remove", str(other)]).exit_code == 0
    assert parts(other.read_bytes()) == parts(own)
    assert runner.invoke(app, ["native", "remove", str(other)]).exit_code != 0
    path.write_bytes(book([("aatr", "=Own!$A$1")]))
    before = path.read_bytes()
    assert "of its own" in str(runner.invoke(app, ["native", "add", str(path)]).exception)
    assert path.read_bytes() == before


def test_sheets_that_no_longer_fit_the_functions_are_said(tmp_path):
    path = tmp_path / "own.xlsx"
    with xlsxwriter.Workbook(path) as made:
        for name in ("Start", "Functions", "Definitions", "Mine"):
            made.add_worksheet(name)
    said = CliRunner().invoke(app, ["native", "add", str(path)]).output
    assert "Its sheet Start was written before: a colleague with the add-in gets the workbook as it was" in said
    said = CliRunner().invoke(app, ["native", "remove", str(path)]).output
    assert "The sheets Functions, Definitions tell of functions that are gone and stay as they were" in said


NO_TEXTS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'


@pytest.mark.parametrize("lost", [None, b"", b"<sst", NO_TEXTS])
def test_a_workbook_whose_texts_are_lost_got_the_functions(tmp_path, lost):
    path = tmp_path / "own.xlsx"
    held = parts(book(table="Own_table"))
    with zipfile.ZipFile(path, "w") as file:
        for name, data in {**held, "xl/sharedStrings.xml": lost}.items():
            if data is not None:
                file.writestr(name, data)
    before = path.read_bytes()
    for more in ([], ["--out", str(tmp_path / "new.xlsx")]):
        code, said = run("native", "add", path, *more)
        assert (code, path.read_bytes() == before) == (2, True), said
        assert "take a good copy" in said or "correct the workbook in Excel first" in said
    assert not (tmp_path / "new.xlsx").exists()
