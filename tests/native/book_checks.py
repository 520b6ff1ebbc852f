"""Every cell of a built workbook computed by an engine that is not ours, beside the value that the file stores."""

import datetime
import re
import zipfile

import openpyxl
from call_book import evaluated, plain, same

from xl_flexextra import catalogue

EXAMPLES = 38  # the sheet Functions begins with the help, which is never shorter
OURS = re.compile(rb"\b(?:" + "|".join(catalogue.names()).encode() + rb")\(")


def formulas(path):
    """(sheet, address) -> the text of each formula."""
    book = openpyxl.load_workbook(path)
    cells = ((sheet.title, cell) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    found = {
        (sheet, cell.coordinate): getattr(cell.value, "text", cell.value) for sheet, cell in cells if cell.data_type == "f"
    }
    return {key: text for key, text in found.items() if isinstance(text, str) and text.startswith("=")}


def stored_values(path):
    """(sheet, address) -> the place of the cell from 0, and the value that the file stores."""
    found = {}
    for place, sheet in enumerate(openpyxl.load_workbook(path, data_only=True).worksheets):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            value = cell.value.date() if isinstance(cell.value, datetime.datetime) else cell.value
            found[sheet.title, cell.coordinate] = (place, cell.row - 1, cell.column - 1), plain(value)
    return found


def for_engine(path, engine):
    """A copy that the engine reads: formulon has another sign for optional parameters; IronCalc tests no range for numbers.

    For formulon without the help, which test_help computes, and without the formulas of sheets that call no function: it
    reads all names anew for every formula.
    """
    copy = path.with_name(f"{path.stem}-{engine.replace(' ', '-')}.xlsx")
    test = rb"INDEX(_xlfn.MAP(\1,_xlfn.LAMBDA(_xlpm.x,ISNUMBER(_xlpm.x))),)"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "xl/workbook.xml" and engine == "formulon":
                data = re.sub(rb"_xlop\.(\w+)", rb"[_xlpm.\1]", data)
                data = re.sub(rb'<definedName name="FX_HELP.*?</definedName>', b"", data)
            if part.startswith("xl/worksheets/sheet") and engine == "formulon" and not OURS.search(data):
                data = re.sub(rb"<f\b[^>]*>[^<]*</f>", b"", data)
            if part.startswith("xl/worksheets/sheet") and "ironcalc" in engine:
                data = re.sub(rb"INDEX\(ISNUMBER\(([^()]*)\),\)", test, data)
            new.writestr(part, data)
    return copy


def computed(path, engine):
    """(sheet, address) -> what the engine gives, and what is stored; constants and spilled values among them."""
    cells = stored_values(path)
    got = evaluated(for_engine(path, engine), [place for place, _ in cells.values()], engine)
    return {key: (value, want) for (key, (_, want)), value in zip(cells.items(), got, strict=True)}


def wrong(cells):
    """Those that are not the same."""
    return {key: pair for key, pair in cells.items() if not same(*pair)}


def is_aside(key, texts, engine):
    """formulon is given no help, and its XIRR is right to 2e-9 only."""
    sheet, address = key
    in_help = sheet == "Functions" and int(re.sub(r"\D", "", address)) < EXAMPLES
    return engine == "formulon" and (in_help or "MONEY_WEIGHTED_RETURN(" in texts.get(key, ""))
