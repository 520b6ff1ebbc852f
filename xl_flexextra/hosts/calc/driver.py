"""Runs under LibreOffice's own Python: connects to one office, does one request, writes one answer.

Called as ``python driver.py REQUEST.json ANSWER.json``; imports nothing of this project.
"""

import contextlib
import json
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

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
FORMULAS, ERROR_RESULT, TEXT_RESULT = 16, 4, 2


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


def column_name(column):
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name


def read_formulas(document):
    """Every formula cell: sheet, address, formula as Calc shows it, value or error text."""
    cells = []
    for sheet in document.Sheets:
        for block in sheet.queryContentCells(FORMULAS).RangeAddresses:
            for row in range(block.StartRow, block.EndRow + 1):
                for column in range(block.StartColumn, block.EndColumn + 1):
                    cell = sheet.getCellByPosition(column, row)
                    error = cell.getError()
                    if error:
                        value = ERRORS.get(error, f"Err:{error}")
                    elif cell.FormulaResultType2 == TEXT_RESULT:
                        value = cell.getString()
                    else:
                        value = cell.getValue()
                    cells.append([sheet.Name, f"{column_name(column)}{row + 1}", cell.getFormula(), value, bool(error)])
    return cells


def override(document, changes, arrays, fills):
    for name in {place.rpartition("!")[0] for place in [*changes, *arrays, *fills]}:
        if not document.Sheets.hasByName(name):
            document.Sheets.insertNewByName(name, document.Sheets.Count)
    for place, rows in fills.items():
        sheet, _, address = place.rpartition("!")
        document.Sheets.getByName(sheet).getCellRangeByName(address).setFormulaArray(tuple(map(tuple, rows)))
    for place, formula in arrays.items():
        sheet, _, address = place.rpartition("!")
        document.Sheets.getByName(sheet).getCellRangeByName(address).setArrayFormula(formula)
    for place, value in changes.items():
        sheet, _, address = place.rpartition("!")
        cell = document.Sheets.getByName(sheet).getCellRangeByName(address).getCellByPosition(0, 0)
        if isinstance(value, str) and value.startswith("="):
            cell.setFormula(value)
        elif isinstance(value, str):
            cell.setString(value)
        else:
            cell.setValue(value)


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
        override(document, request.get("overrides", {}), request.get("arrays", {}), request.get("fills", {}))
        if request.get("recalculate"):
            started = time.perf_counter()
            document.calculateAll()
            answer["seconds"] = time.perf_counter() - started
        for _ in range(request.get("repeat", 0)):
            started = time.perf_counter()
            document.calculateAll()
            answer.setdefault("repeats", []).append(time.perf_counter() - started)
        if request.get("read"):
            answer["cells"] = read_formulas(document)
        if request.get("save"):
            document.storeToURL(
                uno.systemPathToFileUrl(request["save"]),
                (prop("FilterName", request.get("filter", "Calc MS Excel 2007 XML")),),
            )
        if request.get("pdf"):
            wanted = request.get("sheets")
            missing = [name for name in wanted or () if not document.Sheets.hasByName(name)]
            if missing:
                raise ValueError(f"it has no sheet {missing[0]!r}")
            for sheet in document.Sheets if wanted else ():
                if sheet.Name not in wanted:
                    sheet.setPrintAreas(())  # no area at all: nothing of it is printed, whether it can be hidden or not
            document.storeToURL(uno.systemPathToFileUrl(request["pdf"]), (prop("FilterName", "calc_pdf_Export"),))
    finally:
        document.close(True)
    return answer


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    context = connect(request["pipe"], request["seconds"])
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    try:
        answers = [work(desktop, one) for one in request["jobs"]]
    finally:
        with contextlib.suppress(Exception):  # the bridge goes down with the office
            desktop.terminate()
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(answers, file)


main()
