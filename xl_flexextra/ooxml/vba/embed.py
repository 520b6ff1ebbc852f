"""Macros in a finished workbook: the VBA project, code names, content types, a ribbon, dynamic array flags.

Works on a package that XlsxWriter (or Excel) wrote; every other part keeps its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ...errors import Refused
from .. import xml_bytes
from ..package import Package
from ..refs import Range, parse_range
from ..workbook import Workbook

MACRO_WORKBOOK = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
MACRO_ADDIN = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"
PROJECT = "xl/vbaProject.bin"
RIBBON = "customUI/customUI14.xml"
_TYPES = "[Content_Types].xml"
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_MICROSOFT = b"http://schemas.microsoft.com/office/"
_METADATA = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<metadata xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    b'xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"><metadataTypes count="1">'
    b'<metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1" pasteValues="1" merge="1" '
    b'splitFirst="1" rowColShift="1" clearFormats="1" clearComments="1" assign="1" coerce="1" cellMeta="1"/>'
    b'</metadataTypes><futureMetadata name="XLDAPR" count="1"><bk><extLst>'
    b'<ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}"><xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext>'
    b'</extLst></bk></futureMetadata><cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
)
_CELL = re.compile(rb"(<c\b" + xml_bytes.ATTRS + rb">)(<f\b" + xml_bytes.ATTRS + rb">)([^<]+)(?=</f>)")
_BUTTON = re.compile(rb"<x:FmlaMacro>(?:\[0\]!)?([^<]+)</x:FmlaMacro>")


def add_type(package: Package, part: str, kind: bytes) -> None:
    """Name the content type of one part."""
    types = package.read(_TYPES)
    quoted = b'PartName="/' + part.encode() + b'"'
    if quoted in types:
        types = xml_bytes.edit_tags(
            types, b"Override", lambda _, tag: xml_bytes.put(tag, b"ContentType", kind) if quoted in tag else tag
        )
    else:
        types = types.replace(b"</Types>", b"<Override " + quoted + b' ContentType="' + kind + b'"/></Types>')
    package.put(_TYPES, types)


def add_relation(package: Package, relations: str, kind: bytes, target: str) -> None:
    """Add one relationship under an id that is free."""
    data = package.read(relations)
    used = {match[1] for match in re.finditer(rb'\bId\s*=\s*"([^"]*)"', data)}
    number = next(n for n in range(1, len(used) + 2) if b"rId%d" % n not in used)
    added = b'<Relationship Id="rId%d" Type="%s" Target="%s"/>' % (number, kind, target.encode())
    package.put(relations, data.replace(b"</Relationships>", added + b"</Relationships>"))


def _relations_part(book: Workbook) -> str:
    part = book.relations_part(book.part)
    if part is None:
        raise Refused(f"{book.package.name} has no relationships of its workbook; take a good copy of the workbook.")
    return part


def _named(data: bytes, element: bytes, name: str) -> bytes:
    """A part with a code name on this element."""
    return xml_bytes.edit_tags(data, element, lambda _, tag: xml_bytes.put(tag, b"codeName", name.encode()))


def set_code_names(book: Workbook) -> list[str]:
    """Give the workbook and every sheet the name of its VBA module; gives the sheets' names in order."""
    package = book.package
    sheets = [element for parent in book.tree if xml_bytes.local(parent.tag) == "sheets" for element in parent]
    if len(sheets) != len(book.sheets):
        raise Refused(
            f"{package.name} has chart sheets or macro sheets, which get no macros here; build it with worksheets only."
        )
    workbook = package.read(book.part)
    if not re.search(rb"<(?:\w+:)?workbookPr\b", workbook):
        raise Refused(f"{package.name} has no workbook properties; build it with XlsxWriter or save it in Excel.")
    package.put(
        book.part,
        xml_bytes.edit_tags(workbook, b"workbookPr", lambda _, tag: xml_bytes.put(tag, b"codeName", b"ThisWorkbook")),
    )
    names = []
    for number, sheet in enumerate(book.sheets, start=1):
        name = f"Sheet{number}"
        data = package.read(sheet.part)
        head = re.search(rb"<((?:\w+:)?)worksheet\b" + xml_bytes.ATTRS + rb">", data)
        if head is None:
            raise Refused(f"The part {sheet.part} is not a worksheet; take a good copy of the workbook.")
        if re.match(rb"\s*<(?:\w+:)?sheetPr\b", data[head.end() :]):
            data = _named(data, b"sheetPr", name)
        else:
            data = data[: head.end()] + b"<" + head[1] + b'sheetPr codeName="' + name.encode() + b'"/>' + data[head.end() :]
        package.put(sheet.part, data)
        names.append(name)
    return names


def add_project(book: Workbook, build: Callable[[Sequence[str]], bytes], kind: bytes = MACRO_WORKBOOK) -> None:
    """Make a workbook one with macros. ``build`` gives the project for the code names of the sheets."""
    package = book.package
    if PROJECT in package:
        raise Refused(f"{package.name} has macros already; start from a workbook without.")
    package.put(PROJECT, build(set_code_names(book)))
    add_relation(package, _relations_part(book), _MICROSOFT + b"2006/relationships/vbaProject", "vbaProject.bin")
    add_type(package, PROJECT, b"application/vnd.ms-office.vbaProject")
    add_type(package, book.part, kind)


def keep_stored_values(book: Workbook) -> None:
    """Take the order away to compute everything on opening: without Python that would turn true values into errors."""
    package = book.package
    data = xml_bytes.edit_tags(
        package.read(book.part), b"calcPr", lambda _, tag: xml_bytes.put(tag, b"fullCalcOnLoad", None)
    )
    package.put(book.part, data)


def mentions(formula: str, names: Iterable[str]) -> bool:
    """Whether a formula calls one of these functions, texts in quotes aside."""
    bare = re.sub(r'"[^"]*"', '""', formula)
    pattern = r"(?<![A-Za-z0-9_.!\\])(?:" + "|".join(re.escape(name) for name in names) + r")\s*\("
    return re.search(pattern, bare, re.IGNORECASE) is not None


def flag_dynamic(book: Workbook, names: Sequence[str]) -> int:
    """Mark formulas that call these functions as dynamic array formulas, so that Excel puts no "@" before them.

    A formula of one cell gets the ref of that cell; one that spills keeps its ref. Formulas inside tables stay as they
    are: a table takes no array formulas. Gives how many were marked.
    """
    package, marked = book.package, 0
    metadata = package.find("xl/metadata.xml")
    if metadata is not None and b"XLDAPR" not in package.read(metadata):
        raise Refused(f"{package.name} holds cell metadata of another kind; build it without rich values.")
    for sheet in book.sheets:
        tables = [area.whole for area in book.tables if area.sheet.part == sheet.part]

        def mark(match: re.Match[bytes], tables: list[Range] = tables) -> bytes:
            nonlocal marked
            cell, head = match[1], match[2]
            if not mentions(xml_bytes.unescape(match[3]), names):
                return match[0]
            if xml_bytes.get(head, b"t") == b"shared":
                raise Refused(f"{package.name} shares formulas between cells; write each formula out.")
            place = xml_bytes.get(cell, b"r") or b""
            at = parse_range(place.decode())
            if at is None or any(table.holds(at.top, at.left) for table in tables):
                return match[0]
            if xml_bytes.get(head, b"t") != b"array":
                head = xml_bytes.put(xml_bytes.put(head, b"t", b"array"), b"ref", place)
            marked += 1
            return xml_bytes.put(cell, b"cm", b"1") + head + match[3]

        package.put(sheet.part, _CELL.sub(mark, package.read(sheet.part)))
    if marked and metadata is None:
        package.put("xl/metadata.xml", _METADATA)
        add_relation(package, _relations_part(book), _OFFICE + b"sheetMetadata", "metadata.xml")
        kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
        add_type(package, "xl/metadata.xml", kind)
    return marked


def add_ribbon(package: Package, xml: bytes) -> None:
    """Add a group to the ribbon."""
    xml_bytes.check(RIBBON, xml)
    package.put(RIBBON, xml)
    add_relation(package, "_rels/.rels", _MICROSOFT + b"2007/relationships/ui/extensibility", RIBBON)
    add_type(package, RIBBON, b"application/xml")


def button_macros(package: Package) -> set[str]:
    """The macros that the buttons on the sheets name."""
    drawings = [part for part in package.names if part.lower().endswith(".vml")]
    return {match[1].decode() for part in drawings for match in _BUTTON.finditer(package.read(part))}
