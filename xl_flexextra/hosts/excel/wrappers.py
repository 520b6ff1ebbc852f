"""The VBA of a workbook, from the registry: one wrapper a worksheet function, the glue, the macros of the buttons."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterable, Sequence

from ...errors import BadInput
from ...functions.declaration import WorksheetFunction
from ...ooxml.vba import vba_project
from . import names, settings

WRAPPERS = "xlwings_udfs"
"""The module's name: a later Import Functions of xlwings replaces it instead of adding a second one."""

GLUE, SERVER, BUTTONS, RIBBON, HELP = "FlexGlue", "FlexServer", "FlexButtons", "FlexRibbon", "FlexHelp"
BUTTON_MACROS = {
    "Refresh data": "FlexRefresh",
    "Tie out": "FlexTieOut",
    "Export PDF": "FlexExportPdf",
    "Restore last": "FlexRestoreLast",
}
"""What stands on the buttons of a workbook, and the macro of each."""

_HELP_CHUNK = 20  # procedures of the help module stay short: VBA refuses very long ones


def source(name: str) -> str:
    """A VBA source of this package, with its @NAMES@ filled in."""
    text = (importlib.resources.files(f"{__package__}.vba") / f"{name}.bas").read_text("ascii")
    values = settings.values()
    return re.sub(r"@([A-Z0-9]+)@", lambda match: values[match[1]], text)


def quoted(text: str) -> str:
    """A VBA string literal in ASCII: other characters are spelled out by their nearest ones."""
    for mark, plain in {"\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2026": "...", "\u2019": "'", "\u00d7": "x"}.items():
        text = text.replace(mark, plain)
    text = text.encode("ascii", "replace").decode("ascii")
    return '"' + " ".join(text.split()).replace('"', '""') + '"'


def wrapper(function: WorksheetFunction) -> str:
    """The VBA function of one worksheet function."""
    declared = ", ".join(
        ("Optional " if argument.optional else "") + f"ByVal {argument.name} As Variant" for argument in function.arguments
    )
    passed = ", ".join(f"FlexV({argument.name})" for argument in function.arguments)
    name = function.name
    return "\n".join(
        [
            f"Public Function {name}({declared}) As Variant",
            f"Attribute {name}.VB_Description = {quoted(function.summary)}",
            f'Attribute {name}.VB_ProcData.VB_Invoke_Func = " \\n14"',
            f'    {name} = FlexCall("{name}", Array({passed}))',
            "End Function",
        ]
    )


def wrapper_module(functions: Sequence[WorksheetFunction]) -> vba_project.Module:
    """The module of all wrappers."""
    head = "Option Explicit\n' Written from the functions' declarations; do not edit.\n"
    return vba_project.Module(WRAPPERS, head + "\n" + "\n\n".join(wrapper(function) for function in functions))


def help_module(functions: Sequence[WorksheetFunction]) -> vba_project.Module:
    """Descriptions of functions and arguments for the function wizard, and the list of names.

    The file has a place for a function's description (the wrapper's attribute) but none for its arguments', so they are
    registered on request, in a visible workbook, which stays as saved as it was.
    """
    blocks = [functions[at : at + _HELP_CHUNK] for at in range(0, len(functions), _HELP_CHUNK)]
    lines = [
        "Option Explicit",
        "' Written from the functions' declarations; do not edit.",
        "",
        "Public Sub FlexDescribe()",
        "    Dim saved As Boolean",
        "    Dim hidden As Boolean",
        "    saved = ThisWorkbook.Saved",
        "    hidden = ThisWorkbook.IsAddin",
        "    On Error Resume Next",
        "    If hidden Then ThisWorkbook.IsAddin = False ' a hidden workbook's functions cannot be described",
    ]
    lines += [f"    FlexDescribe{number}" for number in range(1, len(blocks) + 1)]
    lines += ["    If hidden Then ThisWorkbook.IsAddin = True", "    ThisWorkbook.Saved = saved", "End Sub", ""]
    for number, block in enumerate(blocks, start=1):
        lines += [f"Private Sub FlexDescribe{number}()"]
        lines += [_describe(function) for function in block]
        lines += ["End Sub", ""]
    lines += [
        "Public Function FlexNames() As Variant",
        "    FlexNames = Split(" + _name_list(functions) + ', " ")',
        "End Function",
    ]
    return vba_project.Module(HELP, "\n".join(lines))


def _describe(function: WorksheetFunction) -> str:
    """One MacroOptions statement, an argument a line; more arguments than continuations share a line."""
    call = (
        f'    Application.MacroOptions Macro:="{function.name}", Description:={quoted(function.summary)}, '
        f"Category:={quoted(function.category)}"
    )
    if not function.arguments:
        return call
    described = ", _\n        ".join(quoted(argument.description) for argument in function.arguments)
    return f"{call}, ArgumentDescriptions:=Array( _\n        {described})"


def _name_list(functions: Sequence[WorksheetFunction]) -> str:
    """All names as one VBA string, in pieces short enough for a line."""
    pieces, line = [], ""
    for function in functions:
        if len(line) + len(function.name) > 400:
            pieces.append(line)
            line = ""
        line += function.name + " "
    pieces.append(line)
    pieces[-1] = pieces[-1].rstrip()
    return " & _\n        ".join(f'"{piece}"' for piece in pieces)


def check(functions: Iterable[WorksheetFunction]) -> None:
    """Refuse functions whose names VBA or Excel would not take."""
    found = names.problems(functions)
    if found:
        raise BadInput(" ".join(found))


def modules(functions: Sequence[WorksheetFunction], sheets: Sequence[str], addin: bool = False) -> list[vba_project.Module]:
    """Every module of a workbook: its own, one a sheet (``sheets`` are code names), then the standard ones."""
    check(functions)
    standard = [GLUE, SERVER, BUTTONS, *([RIBBON] if addin else [])]
    return [
        vba_project.workbook_module(),
        *(vba_project.sheet_module(sheet) for sheet in sheets),
        wrapper_module(functions),
        *(vba_project.Module(name, source(name)) for name in standard),
        help_module(functions),
    ]


def project(functions: Sequence[WorksheetFunction], sheets: Sequence[str], addin: bool = False) -> bytes:
    """``vbaProject.bin`` of a workbook with these sheets."""
    return vba_project.build(
        modules(functions, sheets, addin), settings.PROJECT, "Worksheet functions for variable annuity updates"
    )
