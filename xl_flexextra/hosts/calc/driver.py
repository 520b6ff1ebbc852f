"""Runs under LibreOffice's own Python: connects to one office, does one request, writes one answer.

Called as ``python driver.py REQUEST.json ANSWER.json OFFICE-PID PARENT-PID``; imports nothing of this project.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
import traceback

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.sheet import FormulaLanguage, FormulaMapGroup
from com.sun.star.uno import RuntimeException

ERRORS = {
    32767: "#N/A",
    519: "#VALUE!",
    503: "#NUM!",
    502: "#VALUE!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    521: "#NULL!",
}
FORMULAS = 16
ERROR_RESULTS = 4
OOXML, FUNCTIONS = FormulaLanguage.OOXML, FormulaMapGroup.FUNCTIONS


def prop(name, value):
    one = PropertyValue()
    one.Name, one.Value = name, value
    return one


def connect(pipe, seconds):
    """The office's component context, as soon as it answers."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + seconds
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


CLEAR = """
import contextlib, os, shutil, signal, sys, time
with contextlib.suppress(OSError):
    os.killpg(int(sys.argv[1]), signal.SIGKILL)
for _ in range(50):  # a dying office may still be writing
    shutil.rmtree(sys.argv[2], ignore_errors=True)
    if not os.path.exists(sys.argv[2]):
        break
    time.sleep(0.1)
"""


def watch(parent, office, folder):
    """End the office and ourselves when the process that started both is gone: it may have been killed.

    A process of its own clears up: when the office goes, its bridge may take this one along before all is done.
    """
    while os.getppid() == parent:
        time.sleep(0.5)
    subprocess.Popen([sys.executable, "-S", "-c", CLEAR, office, folder], start_new_session=True)
    os._exit(1)


def column_name(column):
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name


def read_formulas(document):
    """Every formula cell: sheet, address, formula as the interface names it, value or error text, whether it is an error.

    Whole blocks cross the bridge at once; only cells that hold an error, void in a block, are asked one by one.
    """
    cells = []
    for sheet in document.Sheets:
        for found in sheet.queryContentCells(FORMULAS).RangeAddresses:
            block = sheet.getCellRangeByPosition(found.StartColumn, found.StartRow, found.EndColumn, found.EndRow)
            lines = zip(block.getDataArray(), block.getFormulaArray(), strict=True)
            for row, (values, formulas) in enumerate(lines):
                for column, (value, formula) in enumerate(zip(values, formulas, strict=True)):
                    code = 0 if isinstance(value, float) else block.getCellByPosition(column, row).getError()
                    place = f"{column_name(found.StartColumn + column)}{found.StartRow + row + 1}"
                    shown = ERRORS.get(code, f"Err:{code}") if code else value
                    cells.append([sheet.Name, place, formula, shown, bool(code)])
    return cells


def override(document, changes, arrays, fills, new):
    """Set cells: single ones, array formulas, whole ranges of formulas. What can go over the bridge as a block does."""
    cells = sorted(map(cell_of, changes.items()), key=lambda cell: cell[:3])
    names = {place.rpartition("!")[0] for place in [*changes, *arrays, *fills]}
    for name in names:
        if not document.Sheets.hasByName(name):
            if not new:
                raise ValueError(f"it has no sheet {name!r}")
            document.Sheets.insertNewByName(name, document.Sheets.Count)
    document.enableAutomaticCalculation(False)
    blocks, last = [], None
    for sheet, column, row, value in cells:
        formula = isinstance(value, str) and value.startswith("=")
        if last != (sheet, column, row - 1, formula):
            blocks.append((sheet, column, row, formula, []))
        blocks[-1][-1].append((value,))
        last = (sheet, column, row, formula)
    for sheet, column, row, formula, values in blocks:
        here = document.Sheets.getByName(sheet)
        block = here.getCellRangeByName(f"{column}{row}:{column}{row + len(values) - 1}")
        try:
            (block.setFormulaArray if formula else block.setDataArray)(tuple(values))
        except RuntimeException:  # a part of an array formula cannot be set
            for place, value in enumerate(values):
                cell = block.getCellByPosition(0, place)
                whole = here.createCursorByRange(cell)
                whole.collapseToCurrentArray()
                whole.clearContents(FORMULAS)
                (cell.setFormulaArray if formula else cell.setDataArray)((value,))
    for place, rows in fills.items():
        sheet, _, address = place.rpartition("!")
        document.Sheets.getByName(sheet).getCellRangeByName(address).setFormulaArray(tuple(map(tuple, rows)))
    for place, formula in arrays.items():
        sheet, _, address = place.rpartition("!")
        document.Sheets.getByName(sheet).getCellRangeByName(address).setArrayFormula(formula)
    document.enableAutomaticCalculation(True)


def cell_of(change):
    """("Flexible terms!B13", 30) as sheet, column, row and value."""
    place, value = change
    sheet, _, address = place.rpartition("!")
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?([0-9]+)", address)
    if not sheet or found is None:
        raise ValueError(f"{place!r} is no cell such as 'Flexible terms!B13'")
    if value is None:
        value = ""  # a block takes empty text for a blank cell, and nothing for #N/A
    return sheet, found[1], int(found[2]), float(value) if isinstance(value, (bool, int)) else value


def to_print(document, wanted, page):
    """The sheets to print, the others without a print area: those wanted, else the published page, else all that show.

    LibreOffice prints a hidden sheet that has a print area; nobody who hides one wants that.
    """
    missing = [name for name in wanted or () if not document.Sheets.hasByName(name)]
    if missing:
        raise ValueError(f"it has no sheet {missing[0]!r}")
    hidden = [name for name in wanted or () if not document.Sheets.getByName(name).IsVisible]
    if hidden:
        raise ValueError(f"its sheet {hidden[0]!r} is hidden, and hidden sheets are not printed; show it first")
    shown = [sheet for sheet in document.Sheets if sheet.IsVisible]
    chosen = wanted or ([page] if page in [sheet.Name for sheet in shown] else None)
    printed = [sheet for sheet in shown if chosen is None or sheet.Name in chosen]
    for sheet in document.Sheets:
        if sheet.Name not in [one.Name for one in printed]:
            sheet.setPrintAreas(())  # no area at all: nothing of it is printed, whether it can be hidden or not
    return printed


def printed_errors(sheet):
    """Sheet, address and error of each cell of a sheet that is printed with an error in it."""
    areas = sheet.getPrintAreas()
    found = []
    for part in sheet.queryFormulaCells(ERROR_RESULTS).RangeAddresses:
        for row in range(part.StartRow, part.EndRow + 1):
            for column in range(part.StartColumn, part.EndColumn + 1):
                inside = not areas or any(
                    a.StartRow <= row <= a.EndRow and a.StartColumn <= column <= a.EndColumn for a in areas
                )
                if inside and sheet.Rows.getByIndex(row).IsVisible and sheet.Columns.getByIndex(column).IsVisible:
                    code = sheet.getCellByPosition(column, row).getError()
                    found.append([sheet.Name, f"{column_name(column)}{row + 1}", ERRORS.get(code, f"Err:{code}")])
    return found


def work(desktop, request):
    answer = {}
    url = uno.systemPathToFileUrl(request["path"]) if request.get("path") else "private:factory/scalc"
    macros = prop("MacroExecutionMode", request.get("macros", 0))
    document = desktop.loadComponentFromURL(url, "_blank", 0, (prop("Hidden", True), macros))
    if document is None:
        raise RuntimeError("LibreOffice could not open the file")
    try:
        if request.get("basic"):
            libraries = document.BasicLibraries
            if not libraries.hasByName("Standard"):
                libraries.createLibrary("Standard")
            libraries.getByName("Standard").insertByName("Module1", request["basic"])
        if request.get("null_date"):
            document.NullDate = uno.createUnoStruct(
                "com.sun.star.util.Date", *map(int, request["null_date"].split("-")[::-1])
            )
        changes = (request.get(name, {}) for name in ("overrides", "arrays", "fills"))
        override(document, *changes, new=not request.get("path"))
        if request.get("recalculate"):
            started = time.perf_counter()
            document.calculateAll()
            answer["seconds"] = time.perf_counter() - started
        for _ in range(request.get("repeat", 0)):
            started = time.perf_counter()
            document.calculateAll()
            answer.setdefault("repeats", []).append(time.perf_counter() - started)
        if request.get("functions"):
            mapper = document.createInstance("com.sun.star.sheet.FormulaOpCodeMapper")
            answer["functions"] = [entry.Name for entry in mapper.getAvailableMappings(OOXML, FUNCTIONS)]
        if request.get("read"):
            answer["cells"] = read_formulas(document)
        if request.get("save"):
            document.storeToURL(
                uno.systemPathToFileUrl(request["save"]),
                (prop("FilterName", request.get("filter", "Calc MS Excel 2007 XML")),),
            )
        if request.get("pdf"):
            printed = to_print(document, request.get("sheets"), request.get("page"))
            answer["printed"] = [sheet.Name for sheet in printed]
            answer["errors"] = [found for sheet in printed for found in printed_errors(sheet)]
            document.storeToURL(uno.systemPathToFileUrl(request["pdf"]), (prop("FilterName", "calc_pdf_Export"),))
    finally:
        document.close(True)
    return answer


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    if hasattr(os, "killpg"):  # Windows tells nobody that a parent is gone
        guard = (int(sys.argv[4]), sys.argv[3], os.path.dirname(sys.argv[1]))
        threading.Thread(target=watch, args=guard, daemon=True).start()
    context = connect(request["pipe"], request["seconds"])
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    code = 0
    try:
        answers = [work(desktop, one) for one in request["jobs"]]
        with open(sys.argv[2] + ".part", "w", encoding="utf-8") as file:
            json.dump(answers, file)
        os.replace(sys.argv[2] + ".part", sys.argv[2])  # whole before the bridge goes down, which can take us with it
    except BaseException:
        traceback.print_exc()
        code = 1
    with contextlib.suppress(Exception):
        desktop.terminate()
    sys.stderr.flush()
    os._exit(code)  # the threads of a bridge that is gone crash in about one of a thousand ordinary ends


main()
