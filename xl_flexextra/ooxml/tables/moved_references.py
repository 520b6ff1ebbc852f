"""What else refers to a body whose last row moves: extended where it covered the body exactly, else left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .. import xml_bytes
from ..refs import Range, map_formula, parse_range
from ..workbook import Area, Workbook

FORMULAS = rb"f|formula|formula1|formula2|calculatedColumnFormula|totalsRowFormula|FmlaRange|FmlaLink"
_QUALIFIED_PARTS = re.compile(r"(/charts/|/chartex|/ctrlprops/|vmldrawing|/drawings/)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mover:
    """Changes references for one area whose body ends at another row."""

    old: Area
    last: int

    @property
    def delta(self) -> int:
        """By how many rows the end moves."""
        return self.last - self.old.last

    def range(self, bounds: Range, colon: bool) -> Range | None:
        """Where a reference goes: None where it stays.

        A range is extended if it starts at the header or at the first row of the body, ends exactly at the last row of
        the body (or at the totals row) and lies inside the columns. What lies in the totals row moves with it.
        """
        area = self.old
        if bounds.left < area.left or bounds.right > area.right:
            return None
        if area.totals and bounds.top == bounds.bottom == area.totals:
            return Range(bounds.top + self.delta, bounds.left, bounds.bottom + self.delta, bounds.right)
        if not colon or bounds.top not in (area.header or area.first, area.first):
            return None
        if bounds.bottom == area.last or (area.totals and bounds.bottom == area.totals):
            return Range(bounds.top, bounds.left, bounds.bottom + self.delta, bounds.right)
        return None

    def formula(self, text: str, sheet: str | None) -> str:
        """A formula, or any text that holds references as formulas do."""
        return map_formula(text, sheet, self.old.sheet.name, self.range)

    def sqref(self, text: str) -> str:
        """A list of ranges on the area's own sheet."""
        out = []
        for word in text.split():
            bounds = parse_range(word)
            new = self.range(bounds, True) if bounds else None
            out.append(str(new) if new else word)
        return " ".join(out)

    def sheet_xml(self, data: bytes, sheet: str) -> bytes:
        """A stretch of a worksheet: formulas everywhere; lists of ranges on the area's own sheet."""
        data = xml_bytes.edit_texts(data, FORMULAS, lambda _n, text: self.formula(text, sheet))
        if sheet != self.old.sheet.name:
            return data
        data = xml_bytes.edit_texts(data, b"sqref", lambda _n, text: self.sqref(text))
        return xml_bytes.edit_tags(
            data,
            b"conditionalFormatting|dataValidation|protectedRange|ignoredError|autoFilter|sortState|sortCondition|cfvo",
            self.tag,
        )

    def tag(self, name: bytes, tag: bytes) -> bytes:
        """A start tag that holds ranges."""
        attribute = {
            b"autoFilter": b"ref",
            b"sortState": b"ref",
            b"sortCondition": b"ref",
            b"cfvo": b"val",
        }.get(name, b"sqref")
        raw = xml_bytes.get(tag, attribute)
        if raw is None:
            return tag
        old = xml_bytes.unescape(raw)
        new = self.formula(old, self.old.sheet.name) if name == b"cfvo" else self.sqref(old)
        return tag if new == old or new.split() == old.split() else xml_bytes.put(tag, attribute, _attribute(new))


def _attribute(text: str) -> bytes:
    return xml_bytes.escape(text).replace(b'"', b"&quot;")


def extend_elsewhere(workbook: Workbook, mover: Mover) -> list[str]:
    """Extend references in every part but the area's own sheet; gives the names of the parts that changed."""
    package = workbook.package
    own = mover.old.sheet
    changed = []

    def edit(part: str, new: bytes, old: bytes) -> None:
        if new != old:
            package.put(part, new)
            changed.append(part)

    for sheet in workbook.sheets:
        if sheet.part == own.part:
            continue
        data = package.read(sheet.part)
        if b"!" in data:  # only a qualified reference leads to another sheet
            xml_bytes.check(sheet.part, data)
            edit(sheet.part, mover.sheet_xml(data, sheet.name), data)
    data = package.read(workbook.part)
    names = xml_bytes.edit_texts(data, b"definedName", lambda _n, text: mover.formula(text, None))
    edit(workbook.part, names, data)
    for table in workbook.tables:
        if table.part is not None and table.part != mover.old.part:
            data = package.read(table.part)
            edit(
                table.part,
                mover.sheet_xml(data, table.sheet.name) if table.sheet.part != own.part else _texts_only(mover, data),
                data,
            )
    for part in package.names:
        lower = part.lower()
        if "pivotcachedefinition" in lower and lower.endswith(".xml"):
            data = package.read(part)
            xml_bytes.check(part, data)
            edit(
                part,
                xml_bytes.edit_tags(data, b"worksheetSource", lambda _n, tag: _pivot_source(mover, tag)),
                data,
            )
        elif _QUALIFIED_PARTS.search(lower) and lower.endswith((".xml", ".vml")):
            data = package.read(part)
            if b"!" in data:
                data_new = xml_bytes.edit_texts(data, FORMULAS, lambda _n, text: mover.formula(text, None))
                if lower.endswith(".xml"):
                    data_new = xml_bytes.edit_tags(data_new, b"formControlPr", lambda _n, tag: _control(mover, tag))
                edit(part, data_new, data)
    return changed


def _texts_only(mover: Mover, data: bytes) -> bytes:
    return xml_bytes.edit_texts(data, FORMULAS, lambda _n, text: mover.formula(text, mover.old.sheet.name))


def _control(mover: Mover, tag: bytes) -> bytes:
    for attribute in (b"fmlaRange", b"fmlaLink"):
        raw = xml_bytes.get(tag, attribute)
        if raw is not None:
            old = xml_bytes.unescape(raw)
            new = mover.formula(old, None)
            if new != old:
                tag = xml_bytes.put(tag, attribute, _attribute(new))
    return tag


def _pivot_source(mover: Mover, tag: bytes) -> bytes:
    sheet, reference = xml_bytes.get(tag, b"sheet"), xml_bytes.get(tag, b"ref")
    if sheet is None or reference is None or xml_bytes.unescape(sheet).lower() != mover.old.sheet.name.lower():
        return tag
    bounds = parse_range(xml_bytes.unescape(reference))
    new = mover.range(bounds, True) if bounds else None
    return xml_bytes.put(tag, b"ref", new.full.encode()) if new else tag


def refresh_pivots(workbook: Workbook, area: Area) -> list[str]:
    """Let the pivots over an area read it again when the workbook is opened; gives their cache parts."""
    package = workbook.package
    found = []
    for part in package.names:
        if "pivotcachedefinition" not in part.lower() or not part.lower().endswith(".xml"):
            continue
        data = package.read(part)
        xml_bytes.check(part, data)
        uses = False

        def look(_name: bytes, tag: bytes) -> bytes:
            nonlocal uses
            name, sheet = xml_bytes.get(tag, b"name"), xml_bytes.get(tag, b"sheet")
            bounds = parse_range(xml_bytes.unescape(xml_bytes.get(tag, b"ref") or b""))
            if name is not None and xml_bytes.unescape(name).lower() == area.name.lower():
                uses = True
            if sheet is not None and bounds and xml_bytes.unescape(sheet).lower() == area.sheet.name.lower():
                uses = uses or bounds.meets(area.whole)
            return tag

        xml_bytes.edit_tags(data, b"worksheetSource", look)
        if uses:
            found.append(part)
            flagged = xml_bytes.edit_tags(
                data, b"pivotCacheDefinition", lambda _n, tag: xml_bytes.put(tag, b"refreshOnLoad", b"1"), most=1
            )
            package.put(part, flagged)
    return found
