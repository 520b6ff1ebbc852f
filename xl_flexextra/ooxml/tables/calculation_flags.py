"""What Excel is to do when it opens the workbook: calculation chain and calculation flag."""

from __future__ import annotations

import re

from .. import xml_bytes
from ..refs import parse_range
from ..workbook import Area, Workbook


def drop_calc_chain(workbook: Workbook, old: Area, new: Area, calculated: set[int]) -> bool:
    """Take the calculation chain out if it names a cell that holds no formula any more; Excel builds it anew.

    A chain that names such a cell makes Excel repair the file; one that lacks a cell does no harm.
    """
    package = workbook.package
    relation = next((r for r in workbook.relations(workbook.part) if r.kind == "calcChain"), None)
    part = package.find(relation.target) if relation else None
    if part is None or relation is None:
        return False
    sheet_id = ""
    stale = False
    for element in xml_bytes.parse(part, package.read(part)):
        sheet_id = element.get("i", sheet_id)
        cell = parse_range(element.get("r", ""))
        if sheet_id != old.sheet.id or cell is None or not old.left <= cell.left <= old.right:
            continue
        if old.first <= cell.top <= max(old.whole.bottom, new.whole.bottom):
            kept = cell.top <= new.last and cell.left - old.left in calculated
            stale = stale or not (kept or cell.top == new.totals)
    if not stale:
        return False
    package.drop(part)
    relations = workbook.relations_part(workbook.part)
    assert relations is not None
    data = package.read(relations)
    package.put(relations, _without(data, b"Relationship", b"Id", relation.id))
    types = package.find("[Content_Types].xml")
    if types is not None:
        package.put(types, _without(package.read(types), b"Override", b"PartName", "/" + part))
    return True


def _without(data: bytes, element: bytes, attribute: bytes, value: str) -> bytes:
    """XML without the empty elements whose attribute has that value."""
    pattern = re.compile(
        rb"<(?:[\w.\-]+:)?" + element + rb"(?=\s)(?:" + xml_bytes.ATTRS + rb")(?:/>|></(?:[\w.\-]+:)?" + element + rb"\s*>)"
    )

    def drop(match: re.Match[bytes]) -> bytes:
        tag = match[0].partition(b">")[0] + b">"
        found = xml_bytes.get(tag, attribute)
        same = found is not None and xml_bytes.unescape(found).lower() == value.lower()
        return b"" if same else match[0]

    return pattern.sub(drop, data)


def calculate_on_load(workbook: Workbook) -> bool:
    """Ask Excel to recalculate everything when it opens the workbook; False where it was asked already."""
    package = workbook.package
    data = package.read(workbook.part)
    seen = False

    def edit(_name: bytes, tag: bytes) -> bytes:
        nonlocal seen
        seen = True
        if xml_bytes.get(tag, b"fullCalcOnLoad") in (b"1", b"true"):
            return tag
        return xml_bytes.put(tag, b"fullCalcOnLoad", b"1")

    new = xml_bytes.edit_tags(data, b"calcPr", edit, most=1)
    if not seen:
        new = _insert_calc_properties(workbook, data)
    if new == data:
        return False
    package.put(workbook.part, new)
    return True


_AFTER_CALC = (
    rb"oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes|webPublishing|fileRecoveryPr|"
    rb"webPublishObjects|extLst"
)


def _insert_calc_properties(workbook: Workbook, data: bytes) -> bytes:
    """A workbook part with calcPr in the place that the schema gives it."""
    prefix = xml_bytes.root_prefix(data, b"workbook", workbook.part)
    element = b"<" + prefix + b'calcPr fullCalcOnLoad="1"/>'
    behind = [m.start() for m in re.finditer(rb"<" + prefix + rb"(?:" + _AFTER_CALC + rb")(?=[\s/>])", data)]
    names = data.rfind(b"</" + prefix + b"definedNames>")
    sheets = data.rfind(b"</" + prefix + b"sheets>")
    floor = max(names, sheets)
    at = min((b for b in behind if b > floor), default=data.rfind(b"</" + prefix + b"workbook"))
    return data[:at] + element + data[at:]
