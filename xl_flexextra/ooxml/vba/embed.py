"""Macros in a finished workbook: the VBA project, code names, content types, a ribbon.

Works on a package that XlsxWriter (or Excel) wrote; every other part keeps its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ...errors import Refused
from .. import xml_bytes
from ..package import Package
from ..workbook import Workbook

MACRO_WORKBOOK = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
MACRO_ADDIN = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"
PROJECT = "xl/vbaProject.bin"
RIBBON = "customUI/customUI14.xml"
_TYPES = "[Content_Types].xml"
_MICROSOFT = b"http://schemas.microsoft.com/office/"
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
