"""The files for Excel: a workbook with its own macros, and the add-in that serves every workbook."""

from __future__ import annotations

import datetime
import io
import os
import re
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from ...errors import Refused
from ...functions.declaration import WorksheetFunction
from ...ooxml.package import Package
from ...ooxml.vba import embed, vba_project
from ...ooxml.workbook import Workbook
from . import settings, wrappers

RIBBON_BUTTONS = (
    # id, label, picture of Office, macro, what the tip says
    (
        "Refresh",
        "Refresh",
        "RefreshAll",
        "FlexRibbonRefresh",
        "Refill the tables of this workbook from a file; a plan is shown first",
    ),
    ("TieOut", "Tie out", "AcceptInvitation", "FlexRibbonTieOut", "Compare every recomputed return with the published one"),
    ("ExportPdf", "Export PDF", "FileSaveAsPdfOrXps", "FlexRibbonExportPdf", "Write the printed pages beside the workbook"),
    ("RestoreLast", "Restore last", "Undo", "FlexRibbonRestoreLast", "Take the last refresh back"),
    (
        "Reconnect",
        "Reconnect formulas",
        "TraceDependents",
        "FlexRibbonReconnect",
        "Enter formulas again that point elsewhere",
    ),
    ("Diagnostics", "Diagnostics", "Info", "FlexRibbonDiagnostics", "A report without values, for whoever helps"),
    ("Help", "Help", "Help", "FlexRibbonHelp", "All worksheet functions and their arguments"),
)
_MADE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)  # fixed: the same input, the same file


def ribbon() -> bytes:
    """The group on the Formulas tab's right neighbour: a tab of its own."""
    buttons = "".join(
        f'<button id="Flex{name}" label={quoteattr(label)} imageMso="{picture}" size="{"large" if place < 4 else "normal"}" '
        f'onAction="{macro}" screentip={quoteattr(label)} supertip={quoteattr(tip)}/>'
        for place, (name, label, picture, macro, tip) in enumerate(RIBBON_BUTTONS)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"><ribbon><tabs>'
        '<tab id="FlexTab" label="Flex Extra" insertAfterMso="TabFormulas"><group id="FlexGroup" label="Performance update">'
        f"{buttons}</group></tab></tabs></ribbon></customUI>"
    ).encode()


def procedures(modules: Sequence[vba_project.Module]) -> set[str]:
    """The names of the public procedures of these modules."""
    text = "\n".join(module.source for module in modules)
    return set(re.findall(r"^Public (?:Sub|Function) (\w+)", text, re.MULTILINE))


def with_macros(xlsx: bytes, name: str, functions: Sequence[WorksheetFunction], addin: bool = False) -> bytes:
    """A finished .xlsx as .xlsm (or .xlam): project and code names.

    The workbook keeps its formulas and their stored values; nothing is computed on opening. Buttons that XlsxWriter drew
    (``insert_button`` with a ``macro`` of :data:`xl_flexextra.hosts.excel.wrappers.BUTTON_MACROS`) find their macros.
    """
    package = Package(io.BytesIO(xlsx), name)
    book = Workbook(package)
    made: list[vba_project.Module] = []

    def project(sheets: Sequence[str]) -> bytes:
        made.extend(wrappers.modules(functions, sheets, addin))
        return wrappers.project(functions, sheets, addin)

    embed.add_project(book, project, embed.MACRO_ADDIN if addin else embed.MACRO_WORKBOOK)
    embed.keep_stored_values(book)
    if addin:
        embed.add_ribbon(package, ribbon())
    lost = embed.button_macros(package) - procedures(made)
    if lost:
        known = ", ".join(wrappers.BUTTON_MACROS.values())
        raise Refused(f"{name} has buttons for macros that do not exist: {', '.join(sorted(lost))}; use one of {known}.")
    out = io.BytesIO()
    package.write(out)
    return out.getvalue()


def macro_workbook(source: str | os.PathLike[str], functions: Sequence[WorksheetFunction]) -> bytes:
    """The bytes of the .xlsm of a finished .xlsx."""
    path = Path(source)
    return with_macros(path.read_bytes(), path.name, functions)


def addin(functions: Sequence[WorksheetFunction]) -> bytes:
    """The bytes of ``FlexExtra.xlam``: one sheet that says what it is, the functions, the ribbon."""
    import xlsxwriter

    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True})
    workbook.set_properties({"title": "FlexExtra", "author": "xl_flexextra", "created": _MADE})
    sheet = workbook.add_worksheet("FlexExtra")
    sheet.set_column(0, 0, 90)
    values = settings.values()
    for row, text in enumerate(
        (
            f"FlexExtra {values['VERSION']}: worksheet functions for variable annuity performance updates.",
            f"Made for xlwings {values['XLWINGS']}. Installed by: xl-flexextra excel install.",
        )
    ):
        sheet.write_string(row, 0, text)
    workbook.close()
    return with_macros(out.getvalue(), settings.ADDIN, functions, addin=True)
