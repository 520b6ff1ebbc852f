"""What the sheets of files that are no Open XML hold besides values (:mod:`.odd_cells`): .xls, .ods, the binary .xlsb."""

from __future__ import annotations

import io
import math
import re
import struct
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from xml.etree import ElementTree

from ..errors import CELL_ERRORS, NOT_CALCULATED, VALUE, BadInput, CellError
from ..ooxml.package import Package
from .number_formats import as_code, as_percentage, code_format
from .odd_cells import Odd, Shown

_BINARY_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_ROW_HEADER, _RK, _ERROR, _REAL, _FORMULA_NUMBER, _FORMULA_ERROR = 0, 2, 3, 5, 9, 11  # records of .xlsb
_PROPERTIES, _SHEET, _FORMAT, _STYLE, _STYLES, _STYLES_END = 153, 156, 44, 47, 617, 618


_HIDDEN = 0x10  # of a byte of flags of a row header of .xlsb
_PERCENTAGES = {9: "0%", 10: "0.00%"}  # number formats that need no record

_MOST = 1 << 20  # cells that one repeated cell of an .ods file may stand for
_NUMBERS = frozenset({"float", "percentage", "currency"})
_OFFICES = re.compile(rb"generator[^>]*>\s*(LibreOffice|OpenOffice)")


class Looks(NamedTuple):
    """What a sheet holds besides its values: its odd cells, the cells that show percentages, its hidden rows."""

    odd: Odd
    percentages: Odd
    hidden: list[int]

    def show(self, row: int, column: int, value: float, number_format: str | None) -> None:
        """Keep what the format of a cell shows of its number, where that matters."""
        if number_format is None:
            return
        if text := as_code(value, number_format):
            self.odd[row, column] = Shown(value, text)
        elif text := as_percentage(value, number_format):
            self.percentages[row, column] = Shown(value, text)


class Elsewhere(NamedTuple):
    """What is known of a file besides its values: what each sheet looks like, and whether its dates count from 1904."""

    look: Callable[[str], Looks]
    date1904: bool


def _nothing() -> Looks:
    return Looks({}, {}, [])


def _matters(number_format: str | None) -> bool:
    return bool(number_format) and ("%" in str(number_format) or code_format(str(number_format)) is not None)


def _error(code: int) -> CellError:
    return CELL_ERRORS.get(_BINARY_ERRORS.get(code, ""), VALUE)


def of_xls(data: bytes) -> Elsewhere:
    """Of an .xls file."""
    import xlrd

    book = xlrd.open_workbook(file_contents=data, formatting_info=True, on_demand=True, logfile=io.StringIO())
    formats = {key: one.format_str for key, one in book.format_map.items() if _matters(one.format_str)}

    def look(name: str) -> Looks:
        found = _nothing()
        if name not in book.sheet_names():  # a chart
            return found
        sheet = book.sheet_by_name(name)
        found.hidden.extend(row + 1 for row, told in sheet.rowinfo_map.items() if told.hidden)
        for row in range(sheet.nrows):
            types = sheet.row_types(row)
            if not formats and xlrd.XL_CELL_ERROR not in types:
                continue
            for column, kind in enumerate(types):
                if kind == xlrd.XL_CELL_ERROR:
                    found.odd[row + 1, column + 1] = _error(sheet.cell_value(row, column))
                elif kind == xlrd.XL_CELL_NUMBER and formats:
                    style = book.xf_list[sheet.cell_xf_index(row, column)]
                    found.show(row + 1, column + 1, sheet.cell_value(row, column), formats.get(style.format_key))
        return found

    return Elsewhere(look, bool(book.datemode))


# --- OpenDocument ----------------------------------------------------------------------------------------------------


def of_ods(package: Package) -> Elsewhere:
    """Of an .ods file."""
    content, told = package.find("content.xml"), package.find("meta.xml")
    calculated = told is not None and _OFFICES.search(package.read(told)) is not None
    sheets, date1904 = _ods_sheets(package, content, calculated) if content is not None else ({}, False)
    return Elsewhere(lambda name: sheets.get(name, _nothing()), date1904)


def _ods_sheets(package: Package, content: str, calculated: bool) -> tuple[dict[str, Looks], bool]:
    """The sheets; ``calculated``: every formula has its value, so that one without is an empty text."""
    from ..ooxml import xml_bytes

    parser: Any = ElementTree.XMLPullParser(("start", "end"))
    sheets: dict[str, Looks] = {}
    found, row, depth, date1904 = _nothing(), 0, 0, False
    table: Any = None
    for block in package.stream(content):
        if b"<!DOCTYPE" in block:
            xml_bytes.check(content, block)
        parser.feed(block)
        for event, element in parser.read_events():
            name = xml_bytes.local(element.tag)
            if name == "table":
                depth += 1 if event == "start" else -1
                if event == "start" and depth == 1:
                    table = element
                    found = sheets.setdefault(_attribute(element, "name"), _nothing())
                    row = 0
                elif event == "end":
                    element.clear()
            elif event == "end" and name == "null-date":
                date1904 = _counts_from_1904(_attribute(element, "date-value"))
            elif event == "end" and name == "table-row" and depth == 1:
                row = _ods_row(element, row, found, calculated)
                table.clear()  # of its rows so far
    return sheets, date1904


def _counts_from_1904(first: str) -> bool:
    """Whether the first day is that of 1904; one that only StarCalc counted from is refused."""
    if first[:10] not in ("", "1899-12-30", "1904-01-01"):
        raise BadInput(
            f"The source counts its days from {first[:10]}; choose 12/30/1899 in LibreOffice (Options, Calc, Calculate), "
            "check its dates, and save it."
        )
    return first.startswith("1904")


def _ods_row(element: ElementTree.Element, row: int, found: Looks, calculated: bool) -> int:
    repeated = _count(element, "number-rows-repeated")
    rows = range(row + 1, row + 1 + min(repeated, _MOST))
    if _attribute(element, "visibility") in ("collapse", "filter"):
        found.hidden.extend(rows[: _MOST - len(found.hidden)])
    column = 0
    for cell in element:
        times = _count(cell, "number-columns-repeated")
        odd = _ods_cell(cell, calculated)
        places = found.odd
        if odd is None and _attribute(cell, "value-type") == "percentage":
            value = _number(cell)
            odd, places = Shown(value, as_percentage(value, "%") or ""), found.percentages
        if odd is not None:
            for r in rows:
                for c in range(column + 1, column + 1 + min(times, _MOST // len(rows))):
                    places[r, c] = odd
        column += times
    return row + repeated


def _ods_cell(cell: ElementTree.Element, calculated: bool) -> CellError | Shown | None:
    kinds = [value for key, value in cell.attrib.items() if key.endswith("}value-type")]
    text = "\n".join("".join(p.itertext()) for p in cell if p.tag.endswith("}p"))
    formula = _attribute(cell, "formula")
    if "error" in kinds or (formula and text.strip() in CELL_ERRORS) or (formula and re.fullmatch(r"Err:\d+", text)):
        return CELL_ERRORS.get(text.strip(), VALUE)
    if _NUMBERS.intersection(kinds) and not math.isfinite(_number(cell)):
        return VALUE  # a number that is not there is no blank
    if formula and not kinds:
        return None if calculated else NOT_CALCULATED
    if "float" in kinds and re.search(r"\d", text):
        value = _number(cell)
        digits = re.sub(r"\D", "", text)
        plain = value >= 0 and value.is_integer() and value < 1e15 and int(digits) == int(value)
        if plain and text.strip() != str(int(value)) and not re.search(r"[.,%$€£¥\xa0\u202f']|\d \d|\b[A-Z]{3}\b", text):
            return Shown(value, text.strip())
    return None


def _number(cell: ElementTree.Element) -> float:
    """The number of a cell; NaN where it has none."""
    return float(_attribute(cell, "value") or "nan")


def _attribute(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.endswith(f"}}{name}")), "")


def _count(element: ElementTree.Element, name: str) -> int:
    given = _attribute(element, name)
    return int(given) if given.isdigit() else 1


# --- the binary workbook ----------------------------------------------------------------------------------------------


def of_xlsb(package: Package) -> Elsewhere:
    """Of an .xlsb file."""
    (parts, date1904), formats = _xlsb_sheets(package), _xlsb_formats(package)

    def look(name: str) -> Looks:
        part = package.find(parts.get(name, ""))
        found, row = _nothing(), 0
        for kind, record in _records(package.read(part)) if part else ():
            if kind == _ROW_HEADER:
                row = struct.unpack_from("<I", record)[0] + 1
                if len(record) > 11 and record[11] & _HIDDEN:
                    found.hidden.append(row)
            elif kind in (_ERROR, _FORMULA_ERROR) and len(record) > 8:
                found.odd[row, struct.unpack_from("<I", record)[0] + 1] = _error(record[8])
            elif formats and kind in (_RK, _REAL, _FORMULA_NUMBER) and len(record) >= 12:
                column, style = struct.unpack_from("<II", record)
                number = _rk(record) if kind == _RK else struct.unpack_from("<d", record, 8)[0]
                found.show(row, column + 1, number, formats.get(style & 0xFFFFFF))
        return found

    return Elsewhere(look, date1904)


def _rk(record: bytes) -> float:
    """A number in four bytes: a whole one, or the upper half of a float; either may be in hundredths."""
    (packed,) = struct.unpack_from("<i", record, 8)
    value = float(packed >> 2) if packed & 2 else struct.unpack("<d", struct.pack("<q", (packed & ~3) << 32))[0]
    return value / 100 if packed & 1 else value


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind & 0x80 and at < len(data):
            kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while at < len(data):
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, data[at : at + size]
        at += size


def _wide(record: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    (length,) = struct.unpack_from("<I", record, at)
    end = at + 4 + 2 * length
    return record[at + 4 : end].decode("utf-16-le", "replace"), end


def _xlsb_sheets(package: Package) -> tuple[dict[str, str], bool]:
    """The part of each sheet, and whether dates count from 1904."""
    workbook, relations = package.find("xl/workbook.bin"), package.find("xl/_rels/workbook.bin.rels")
    if workbook is None or relations is None:
        return {}, False
    tree = ElementTree.fromstring(package.read(relations))
    targets = {e.get("Id", ""): e.get("Target", "") for e in tree}
    sheets, date1904 = {}, False
    for kind, record in _records(package.read(workbook)):
        if kind == _PROPERTIES and record:
            date1904 = bool(record[0] & 1)
        elif kind == _SHEET:
            identity, at = _wide(record, 8)
            target = targets.get(identity, "")
            sheets[_wide(record, at)[0]] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return sheets, date1904


def _xlsb_formats(package: Package) -> dict[int, str]:
    """The number formats that matter, by cell style."""
    part = package.find("xl/styles.bin")
    formats: dict[int, str] = dict(_PERCENTAGES)
    found: dict[int, str] = {}
    styles, number = False, 0
    for kind, record in _records(package.read(part)) if part else ():
        if kind == _FORMAT:
            formats[struct.unpack_from("<H", record)[0]] = _wide(record, 2)[0]
        elif kind in (_STYLES, _STYLES_END):
            styles = kind == _STYLES
        elif kind == _STYLE and styles:
            shown = formats.get(struct.unpack_from("<H", record, 2)[0])
            if shown is not None and _matters(shown):
                found[number] = shown
            number += 1
    return found
