"""The VBA text: legal names, nothing that Excel punishes, linted by an independent tool."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from xl_flexextra import catalogue
from xl_flexextra.cells.argument import Argument
from xl_flexextra.errors import BadInput
from xl_flexextra.hosts.excel import names, settings, wrappers

from . import checks

FUNCTIONS = catalogue.functions()


def modules(addin=True):
    return {m.name: m.source for m in wrappers.modules(FUNCTIONS, ["Sheet1", "Sheet2"], addin)}


def test_the_text_holds_nothing_that_excel_punishes():
    assert checks.text_problems(modules()) == []


def test_every_function_has_a_wrapper_that_passes_every_argument():
    assert checks.wrapper_problems(modules()[wrappers.WRAPPERS], FUNCTIONS) == []


@pytest.mark.parametrize("addin", [False, True])
def test_an_independent_linter_finds_nothing(tmp_path, addin):
    for module in wrappers.modules(FUNCTIONS, ["Sheet1"], addin):
        suffix = "bas" if module.document is None else "cls"
        (tmp_path / f"{module.name}.{suffix}").write_bytes(module.text.encode("ascii"))
    command = [sys.executable, "-m", "pyvbaanalysis", "--whole-project", "--fail-level", "information", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    (tmp_path / "FlexGlue.bas").write_bytes(b"Option Explicit\r\nPublic Sub X()\r\n    undeclared = 1\r\nEnd Sub\r\n")
    broken = subprocess.run(command, capture_output=True, text=True, check=False)
    assert broken.returncode != 0  # the linter does find faults


def test_only_the_add_in_has_a_ribbon():
    assert "FlexRibbon" in modules(addin=True)
    assert "FlexRibbon" not in modules(addin=False)


def test_the_libraries_are_named_by_the_installed_version():
    import xlwings

    text = modules()["FlexServer"]
    assert set(re.findall(r'Lib "(xlwings[^"]+)"', text)) == {
        f"xlwings64-{xlwings.__version__}.dll",
        f"xlwings32-{xlwings.__version__}.dll",
    }
    assert not any(re.search(r"@[A-Z0-9]+@", source) for source in modules().values())


def declares(source):
    """Every Declare: library and function, whether for 64 bits, how each argument is passed and as what, the result."""
    source = re.sub(r" _\r?\n\s*", " ", source)
    found = re.findall(r'Declare (PtrSafe )?Function (\w+) Lib "([^"]+)" (?:Alias "(\w+)" )?\((.*?)\) As (\w+)', source)
    for safe, name, library, alias, arguments, result in found:
        passed = re.findall(r"(ByRef|ByVal) \w+ As (\w+)", arguments)
        yield library.lower(), alias or name, safe != "", tuple(passed), result


def test_each_declare_passes_its_arguments_as_xlwings_and_windows_take_them():
    """A ByVal for a ByRef compiles, and ends Excel with the first call."""
    import xlwings
    from oletools.olevba import VBA_Parser

    addin = VBA_Parser(str(Path(xlwings.__file__).parent / "addin" / "xlwings.xlam"))
    theirs = {one for *_, code in addin.extract_macros() for one in declares(code) if one[1] == "XLPyDLLActivateAuto"}
    addin.close()
    ours = sorted(declares(modules()["FlexServer"]))
    assert {one for one in ours if one[1] == "XLPyDLLActivateAuto"} == theirs
    assert len(theirs) == 3
    text = (("ByVal", "String"),)  # HMODULE LoadLibraryA(LPCSTR)
    assert [one for one in ours if one not in theirs] == [
        ("kernel32", "LoadLibraryA", False, text, "Long"), ("kernel32", "LoadLibraryA", True, text, "LongPtr"),
    ]  # fmt: skip
    assert len(ours) == modules()["FlexServer"].count("Declare ")


def test_the_longest_command_that_is_let_through_fits_the_buffer():
    limit = int(re.search(r"FLEX_COMMAND_LIMIT As Long = (\d+)", modules()["FlexServer"])[1])
    guid = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
    assert limit + len(guid) - len("$(CLSID)") < 2048
    assert len(settings.start_command("C:\\" + "x" * 250 + "\\python.exe")) < limit
    assert '"' not in settings.SERVE + settings.BUTTON


def altered(**changes):
    return catalogue.get("AATR")._replace(**changes)


def argument(name, description="What it is."):
    return Argument(name, "number", description, False)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (altered(name="TWR1"), "cell reference"),
        (altered(name="NAV1"), "cell reference"),
        (altered(name="FX2024"), "cell reference"),
        (altered(name="R1"), "cell reference"),
        (altered(name="RC"), "cell reference"),
        (altered(name="XIRR"), "one of Excel's own"),
        (altered(name="YIELD"), "one of Excel's own"),
        (altered(name="XLOOKUP"), "one of Excel's own"),
        (altered(name="Property"), "word of VBA"),
        (altered(name="A.B"), "letters, digits"),
        (altered(name="aatr"), "case of letters only"),
        (altered(summary="x" * 256), "255"),
        (altered(name="F", arguments=(argument("end"),)), "word of VBA"),
        (altered(name="F", arguments=(argument("Date"),)), "word of VBA"),
        (altered(name="F", arguments=(argument("type"),)), "word of VBA"),
        (altered(name="F", arguments=(argument("step"),)), "word of VBA"),
        (altered(name="F", arguments=(argument("a"), argument("A"))), "case of letters only"),
        (altered(name="F", arguments=(argument("a", "x" * 256),)), "255"),
        (altered(name="F", arguments=tuple(argument(f"a_{n}") for n in range(61))), "60 is the limit"),
        (altered(name="F", arguments=(argument("aatr"),)), "a function and an argument"),
    ],
    ids=lambda x: x if isinstance(x, str) else x.name,
)
def test_names_that_would_stop_the_module_are_refused(function, said):
    found = names.problems([catalogue.get("AATR"), function])
    assert any(said in sentence for sentence in found)
    with pytest.raises(BadInput):
        wrappers.modules([catalogue.get("AATR"), function], [])


def test_our_own_names_are_all_legal():
    assert names.problems(FUNCTIONS) == []


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("XFD1048576", True), ("XFE1", False), ("A1048577", False), ("A0", False), ("AATR", False), ("AB12C", False)],
)
def test_cell_references_end_where_the_sheet_ends(name, is_one):
    assert names.is_cell_reference(name) is is_one


def test_help_holds_every_description_and_is_ascii():
    text = modules()[wrappers.HELP]
    assert text.isascii()
    described = text.replace('""', '"')
    for function in FUNCTIONS:
        assert f'Macro:="{function.name}"' in text
        for one in function.arguments:
            assert wrappers.quoted(one.description)[1:-1].replace('""', '"') in described


def test_the_import_functions_of_xlwings_could_replace_the_wrappers(server, tmp_path):
    """xlwings' own generator over the served module writes VBA for every function."""
    import importlib
    import types

    from xlwings import udfs

    served = importlib.import_module(settings.SERVED)
    path = tmp_path / "own.bas"
    with path.open("w") as file:
        udfs.generate_vba_wrapper(settings.SERVED, served, file, types.SimpleNamespace(Name="Book.xlsm"))
    text = path.read_text()
    for function in FUNCTIONS:
        assert re.search(rf"Function {function.name}\(", text)


def test_the_wizard_left_a_text_where_a_number_belongs():
    """Every value that FlexCall gives by itself is an error of a cell."""
    body = wrappers.source(wrappers.GLUE).partition("Public Function FlexCall(")[2].partition("End Function")[0]
    given = [line.partition("'")[0].split("=", 1)[1].strip() for line in body.splitlines() if "    FlexCall = " in line]
    assert set(given) == {"CVErr(xlErrNA)", "CVErr(xlErrValue)", "FlexAnswer(answer)"}
    before, _, _ = body.partition("If FlexInWizard() Then Exit Function")
    assert "FlexCall = CVErr(xlErrNA)" in before
