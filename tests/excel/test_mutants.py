"""Mutants: each is one small fault in wrapper, glue, border or file, and each has to be caught by a check.

1 an argument goes past FlexV             9 a server that went is not started anew
2 two arguments change places            10 an error code stays a number
3 an optional argument becomes required  11 a row comes back as one dimension
4 an argument is named by a VBA keyword  12 whole columns are not clipped
5 .Value is read                         13 an omitted argument becomes a blank one
6 the shell of the start command stays   14 a sheet loses its code name
7 the start command uses the book in     15 a formula loses its flag to spill
  front                                  16 everything is computed on opening
8 the circuit breaker is gone            17 a button names a macro that is not there
                                         18 an error code is off by one; 19 a blank cell becomes zero
"""

from __future__ import annotations

import io
import re
import zipfile

import pytest
import xlsxwriter
from programs import needs_calc

from xl_flexextra import catalogue
from xl_flexextra.hosts.excel import files, values, wrappers

from . import checks, office
from .test_glue_in_calc import PROBE, SERVER, STAND_IN
from .test_server import com, expected, native, table

FUNCTIONS = catalogue.functions()
NAMES = [f.name for f in FUNCTIONS]


def sources():
    return {m.name: m.source for m in wrappers.modules(FUNCTIONS, ["Sheet1"], addin=True)}


def replaced(text, old, new):
    """A mutant; the place has to be there, or the mutant would be none."""
    assert old in text, old
    return text.replace(old, new)


WRAPPER_MUTANTS = {
    "argument past FlexV": ("FlexV(years)", "years"),
    "arguments change places": ("FlexV(begin_value), FlexV(end_value)", "FlexV(end_value), FlexV(begin_value)"),
    "optional becomes required": ("Optional ByVal annualize_short", "ByVal annualize_short"),
    "calls another function": ('FlexCall("AATR"', 'FlexCall("UNIT_VALUE_RETURN"'),
}


@pytest.mark.parametrize("mutant", WRAPPER_MUTANTS)
def test_wrapper_mutants_are_caught(mutant):
    text = sources()[wrappers.WRAPPERS]
    assert checks.wrapper_problems(text, FUNCTIONS) == []
    assert checks.wrapper_problems(replaced(text, *WRAPPER_MUTANTS[mutant]), FUNCTIONS)


TEXT_MUTANTS = {
    "keyword as an argument": (wrappers.WRAPPERS, "ByVal end_value As", "ByVal end As"),
    "Value instead of Value2": (wrappers.GLUE, "FlexRange = area.Value2", "FlexRange = area.Value"),
    "the shell stays": (wrappers.SERVER, "cmd.exe /C", "cmd.exe /K"),
    "the book in front": (wrappers.SERVER, 'Environ("LOCALAPPDATA")', "ActiveWorkbook.Path"),
    "settings of the user": (wrappers.SERVER, " -I -B -c ", " -B -c "),
    "errors as text": (wrappers.GLUE, "FlexCall = CVErr(xlErrValue)", "FlexCall = Err.Description"),
}


@pytest.mark.parametrize("mutant", TEXT_MUTANTS)
def test_text_mutants_are_caught(mutant):
    module, old, new = TEXT_MUTANTS[mutant]
    modules = sources()
    assert checks.text_problems(modules) == []
    modules[module] = replaced(modules[module], old, new)
    assert checks.text_problems(modules)


GLUE_MUTANTS = {
    "no circuit breaker": ("If Now < flexPausedUntil Then Exit Function", ""),
    "a server that went stays away": ("462, -2147023174, -2147023170", "462, -2147023170"),
    "a busy server is an error": ("Case -2147418111, -2147417846", "Case -2147417846"),
    "an error code stays a number": ("If VarType(item) = vbLong Then", "If False Then"),
    "the code loses its mask": ("item And &HFFFF&", "item And &HFF&"),
    "one row stays one dimension": (
        "ReDim table(1 To 1, 1 To UBound(answer) - LBound(answer) + 1)", "FlexAnswer = answer: Exit Function"
    ),
    "whole columns are clipped elsewhere": ("used.Rows.Count - area.Row", "used.Rows.Count - area.Row + 5"),
    "omitted becomes blank": ("FlexV = CVErr(FLEX_OMITTED)", "FlexV = Empty"),
    "the server is not kept": ("    FlexConnect = True\n", "    FlexConnect = True\n    Set flexHost = Nothing\n"),
    "columns from the wrong end": ("c - LBound(answer, 2) + 1)", "UBound(answer, 2) - c + 1)"),
}  # fmt: skip
SCENARIOS = [
    *(("Probe.Ask", mode, "SCALAR", 4) for mode in ("", "nobody", "gone", "busy", "always gone", "fails")),
    *(("Probe.Ask", "", name, 1) for name in ("CODE", "ROW", "TABLE")),
    *(("Probe.Given", what) for what in ("values", "omitted", "A2:A3")),
]


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mutants")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("Data").write_column("A2", [1.25, 39660, "x"])
    book.close()
    path = folder / "glue.xlsm"
    path.write_bytes(files.with_macros(out.getvalue(), path.name, FUNCTIONS))
    started = office.Office(folder)
    try:
        opened = started.open(path)
        library = opened.BasicLibraries.getByName("FlexExtra")
        library.insertByName("StandIn", STAND_IN)
        library.replaceByName("FlexServer", SERVER)
        library.insertByName(
            "Probe",
            PROBE.split("Public Function Commands")[0]
            + "Public Function Describe"
            + PROBE.split("Public Function Describe", 1)[1],
        )
        yield opened
        opened.close(True)
    finally:
        started.close()


def behaviour(document, whole_column):
    """What the glue does in every scenario; an error of the Basic itself counts as behaviour."""
    found = []
    for scenario in SCENARIOS:
        try:
            found.append(office.run(document, *scenario))
        except Exception as error:
            found.append(type(error).__name__)
    if whole_column:
        found.append(office.run(document, "Probe.Given", "A:A")[:200])
    return found


@needs_calc
@pytest.mark.parametrize("mutant", GLUE_MUTANTS)
def test_glue_mutants_behave_otherwise(document, mutant):
    library = document.BasicLibraries.getByName("FlexExtra")
    good = library.getByName("FlexGlue")
    columns = "clipped" in mutant
    sound = behaviour(document, columns)
    assert sound == behaviour(document, columns)
    library.replaceByName("FlexGlue", replaced(good, *GLUE_MUTANTS[mutant]))
    try:
        assert behaviour(document, columns) != sound
    finally:
        library.replaceByName("FlexGlue", good)


def workbook_with_macros():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.calc_on_load = False
    sheet = book.add_worksheet("First")
    sheet.write_formula("A1", "=AATR(1000,1506.43,5)", None, 0.0854)
    sheet.write_dynamic_array_formula("C1:C2", "=AATR({1000;2000},1506.43,5)", None, 0.0853)
    sheet.write_number("C2", -0.05)
    sheet.insert_button("H1", {"macro": "FlexRefresh", "caption": "Refresh data"})
    book.add_worksheet("Second").hide()
    book.close()
    return files.with_macros(out.getvalue(), "small.xlsm", FUNCTIONS)


FILE_MUTANTS = {
    "a sheet loses its code name": ("xl/worksheets/sheet2.xml", rb' codeName="Sheet2"', b""),
    "two sheets share a code name": ("xl/worksheets/sheet2.xml", b'codeName="Sheet2"', b'codeName="Sheet1"'),
    "a formula loses its flag": ("xl/worksheets/sheet1.xml", b' cm="1"', b""),
    "a formula is an array": ("xl/worksheets/sheet1.xml", b"<f>AATR(", b'<f t="array" ref="A1">AATR('),
    "a formula loses its value": ("xl/worksheets/sheet1.xml", b"<v>0.0854</v>", b""),
    "everything is computed on opening": ("xl/workbook.xml", b"<calcPr ", b'<calcPr fullCalcOnLoad="1" '),
    "a button without its macro": ("xl/drawings/vmlDrawing1.vml", b"FlexRefresh<", b"FlexRefesh<"),
    "no macros by its type": ("[Content_Types].xml", b"ms-excel.sheet.macroEnabled", b"ms-excel.sheet.plain"),
    "the project is not led to": ("xl/_rels/workbook.xml.rels", b"relationships/vbaProject", b"relationships/somethingElse"),
    "the metadata are gone": ("xl/metadata.xml", b"XLDAPR", b"XLRICH"),
}  # fmt: skip


@pytest.mark.parametrize("mutant", FILE_MUTANTS)
def test_file_mutants_are_caught(mutant):
    good = workbook_with_macros()
    assert checks.file_problems(good, NAMES) == []
    part, old, new = FILE_MUTANTS[mutant]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                assert old in data
                data = data.replace(old, new)
            target.writestr(name, data)
    assert checks.file_problems(out.getvalue(), NAMES)


def sound_border(server):
    """A few calls whose answers are known; they pin codes, blanks and shapes."""
    aatr = catalogue.get("AATR")
    na = server("AATR", com(CODE_NA), 1.0, 1.0) == com(CODE_NA)
    blank = server("AATR", None, 1506.43, 5.0) == com(CODE_NA)
    shape = table(server("AATR", ((1000.0, 2000.0),), 1506.43, 5.0))
    wanted = expected(aatr, native([[[1000.0, 2000.0]], 1506.43, 5]))
    column = table(server("AATR", ((1000.0,), (2000.0,)), 1506.43, 5.0))
    return na and blank and shape == wanted and column == [[one] for one in wanted[0]]


sent = values.to_com  # as it is while a mutant stands in its place


def turned(result):
    """Every row of a table as a column."""
    return [[cell] for row in sent(result) for cell in row]


CODE_NA = next(e for e in values._NUMBERS if str(e) == "#N/A")
BORDER_MUTANTS = {
    "codes off by one": ("_ERRORS", {code + 1: error for code, error in values._ERRORS.items()}),
    "answers off by one": ("_CODES", {text: code + 1 for text, code in values._CODES.items()}),
    "blank becomes zero": ("cell", lambda value: 0.0 if value is None else value),
    "a row becomes a column": ("to_com", lambda result: turned(result)),
    "a table as a tuple": ("to_com", lambda result: tuple(sent(result))),
}  # fmt: skip


@pytest.mark.parametrize("mutant", BORDER_MUTANTS)
def test_border_mutants_are_caught(server_here, monkeypatch, mutant):
    from xl_flexextra.hosts.excel import served

    assert sound_border(server_here)
    name, wrong = BORDER_MUTANTS[mutant]
    original = values.to_com
    monkeypatch.setattr(served if name == "to_com" else values, name, wrong)
    if name == "to_com":
        monkeypatch.setattr(values, "to_com", original)
    assert not sound_border(server_here)


def test_there_are_at_least_ten_mutants_and_all_differ():
    count = sum(map(len, (WRAPPER_MUTANTS, TEXT_MUTANTS, GLUE_MUTANTS, FILE_MUTANTS, BORDER_MUTANTS)))
    assert count >= 10
    assert not re.search(r"\bmutant\b", " ".join(sources().values()))
