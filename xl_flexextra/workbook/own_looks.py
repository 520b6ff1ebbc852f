"""How a workbook looks, in a form that two programs write alike: its formats, and what a sheet says besides its cells."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

from ..ooxml import xml_bytes
from ..ooxml.sheet import SheetPart
from ..ooxml.workbook import Sheet, Workbook
from ..ooxml.xml_bytes import local

Look = tuple[object, ...]

_WHAT = {
    "conditionalFormatting": "a conditional format",
    "dataValidation": "a validation",
    "mergeCell": "merged cells",
    "hyperlink": "a link",
    "sheetProtection": "a protection",
    "protectedRange": "a protection",
    "autoFilter": "a filter",
    "sortState": "a sort order",
    "pane": "a frozen pane",
    "sheetView": "a view",
    "tabColor": "a tab color",
    "pageSetUpPr": "page settings",
    "printOptions": "page settings",
    "pageMargins": "page settings",
    "pageSetup": "page settings",
    "headerFooter": "a header or footer",
    "brk": "a page break",
    "picture": "a background picture",
    "scenario": "a scenario",
    "ext": "sparklines, slicers or the like",
}
"""What a sheet says besides its cells, and its words in a sentence."""
_LISTS = frozenset({"sheetPr", "dataValidations", "mergeCells", "hyperlinks", "protectedRanges", "rowBreaks", "colBreaks"})
_LISTS |= {"sheetViews", "scenarios", "extLst"}
_OF_A_PROGRAM = frozenset("count manualBreakCount dxfId priority horizontalDpi verticalDpi usePrinterDefaults".split())
_OF_A_PROGRAM |= {"tabSelected", "workbookViewId", "topLeftCell", "activePane", "colorId", "view"}
_OF_A_PROGRAM |= {"zoomScale", "zoomScaleNormal", "zoomScalePageLayoutView", "zoomScaleSheetLayoutView", "defaultGridColor"}
_NOT_SEEN = frozenset({"family", "scheme", "charset", "bgColor", "extLst"})  # of fonts and solid fills
_CHART = frozenset({"f", "t", "srgbClr", "min", "max", "legendPos"})
_SHAPES = frozenset({"sp", "pic", "graphicFrame", "cxnSp", "grpSp"})
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def canonical(element: ElementTree.Element, drop: frozenset[str] = frozenset()) -> Look:
    """An element without what differs from program to program: prefixes, order of attributes, counts, ids, the zoom."""
    said = {key: _plain(value) for key, value in element.attrib.items() if "}" not in key and key not in _OF_A_PROGRAM}
    inner = [canonical(one, drop) for one in element if local(one.tag) not in drop]
    return local(element.tag), tuple(sorted(said.items())), (element.text or "").strip(), tuple(inner)


def _plain(value: str) -> str:
    if value in ("true", "false"):
        return "01"[value == "true"]
    return f"{float(value):.10g}" if _NUMBER.fullmatch(value) else value


class Styles:
    """The formats of a workbook by the numbers that its cells give."""

    def __init__(self, workbook: Workbook) -> None:
        relation = next((r for r in workbook.relations(workbook.part) if r.kind == "styles"), None)
        part = workbook.package.find(relation.target) if relation else None
        tree = xml_bytes.parse(part, workbook.package.read(part)) if part else ElementTree.Element("styleSheet")
        lists = {local(one.tag): list(one) for one in tree}
        codes = {one.get("numFmtId", ""): _code(one.get("formatCode", "")) for one in lists.get("numFmts", [])}
        parts = {name: [_format(one) for one in lists.get(name, [])] for name in ("fonts", "fills", "borders")}
        self._cells = [self._cell(one, parts, codes) for one in lists.get("cellXfs", [])]
        self.conditional = [_format(one) for one in lists.get("dxfs", [])]

    @staticmethod
    def _cell(one: ElementTree.Element, parts: dict[str, list[Look]], codes: dict[str, str]) -> Look:
        said: list[object] = [codes.get(one.get("numFmtId", "0"), one.get("numFmtId", "0"))]
        for name, key in (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId")):
            place = int(one.get(key, "0"))
            said.append(parts[name][place] if place < len(parts[name]) else ())
        inner = {local(child.tag): canonical(child) for child in one}
        return (*said, inner.get("alignment", ()) or (), inner.get("protection", ()))

    def of(self, number: bytes) -> Look:
        """The format with that number; the first where none is given."""
        place = int(number) if number.isdigit() else 0
        return self._cells[place] if place < len(self._cells) else ()


def _code(code: str) -> str:
    """A number format without the signs that Excel sets before plain characters."""
    return code.replace("\\", "").removesuffix(";@")


def _format(element: ElementTree.Element) -> Look:
    """A font, fill or border; sides without a line are none."""
    if local(element.tag) == "border":
        return tuple(canonical(one) for one in element if one.get("style", "none") != "none")
    return canonical(element, _NOT_SEEN if local(element.tag) in ("font", "fill") else frozenset())


def marks(part: SheetPart, styles: Styles) -> Counter[tuple[str, Look]]:
    """What a sheet says besides its cells and widths: each with its words."""
    found: Counter[tuple[str, Look]] = Counter()
    for element in xml_bytes.parse(part.part, part.head + part.foot):
        name = local(element.tag)
        for one in _single(element) if name in _LISTS else [element]:
            if what := _WHAT.get(local(one.tag)):
                look = canonical(one, frozenset({"selection", "pane"}) if local(one.tag) == "sheetView" else frozenset())
                if local(one.tag) == "ext":
                    look = (one.get("uri", ""), len(list(one.iter())))
                found[what, (*look, *_conditional(one, styles))] += 1
    return found


def _single(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for one in element:
        yield one
        if local(one.tag) == "sheetView":
            yield from (inner for inner in one if local(inner.tag) == "pane")


def _conditional(element: ElementTree.Element, styles: Styles) -> Iterator[Look]:
    for one in element.iter():
        place = one.get("dxfId", "")
        if place.isdigit() and int(place) < len(styles.conditional):
            yield styles.conditional[int(place)]


def widths(part: SheetPart) -> dict[int, tuple[float, bool]]:
    """The width that each column was given, and whether it is hidden."""
    found: dict[int, tuple[float, bool]] = {}
    for element in xml_bytes.parse(part.part, part.head + part.foot):
        for one in element if local(element.tag) == "cols" else ():
            first, last = int(one.get("min", "1")), int(one.get("max", "1"))
            hidden = one.get("hidden", "0") in ("1", "true")
            if hidden or one.get("customWidth", "0") in ("1", "true"):
                found |= dict.fromkeys(range(first, min(last, 16_384) + 1), (round(float(one.get("width", "0")), 1), hidden))
    return found


def charts(workbook: Workbook) -> Counter[Look]:
    """What each chart shows: its kinds, ranges, texts, colors and limits; not the points that it stores of its cells."""
    found: Counter[Look] = Counter()
    for part in workbook.package.names:
        if posixpath.basename(posixpath.dirname(part)) == "charts" and part.endswith(".xml"):
            tree = xml_bytes.parse(part, workbook.package.read(part))
            if local(tree.tag) == "chartSpace":
                found[tuple(_drawn(tree))] += 1
    return found


def _drawn(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for one in element:
        name = local(one.tag)
        if name.endswith(("Cache", "extLst")):
            continue
        if name in _CHART or name.endswith("Chart"):
            yield name, _plain(one.get("val", "")) + (one.text or "").strip()
        yield from _drawn(one)


def shapes(workbook: Workbook, sheet: Sheet) -> Counter[Look]:
    """The charts, pictures and shapes of a sheet, each with the cells that it lies over."""
    found: Counter[Look] = Counter()
    for relation in workbook.relations(sheet.part):
        part = workbook.package.find(relation.target) if relation.kind == "drawing" else None
        for anchor in xml_bytes.parse(part, workbook.package.read(part)) if part else ():
            kind = next((local(one.tag) for one in anchor.iter() if local(one.tag) in _SHAPES), "")
            ends = [one for one in anchor if local(one.tag) in ("from", "to")]
            cells = [one.text for end in ends for one in end if local(one.tag) in ("col", "row")]
            texts = [one.text for one in anchor.iter() if local(one.tag) == "t"]
            found[kind, *cells, *texts] += 1
    return found


def comments(workbook: Workbook, sheet: Sheet) -> list[str]:
    """The cells of a sheet that have comments."""
    return [
        one.get("ref", "")
        for relation in workbook.relations(sheet.part)
        if relation.kind == "comments" and (part := workbook.package.find(relation.target))
        for one in xml_bytes.parse(part, workbook.package.read(part)).iter()
        if local(one.tag) == "comment"
    ]


def properties(workbook: Workbook) -> dict[str, str]:
    """What a person writes about a document: title, author, words; not who saved it last, and when."""
    found: dict[str, str] = {}
    for part in ("docProps/core.xml", "docProps/custom.xml"):
        if workbook.package.find(part):
            for one in xml_bytes.parse(part, workbook.package.read(part)):
                name = one.get("name") or local(one.tag)
                if name not in ("lastModifiedBy", "modified", "created", "revision", "lastPrinted"):
                    found[name] = "".join(one.itertext()).strip()
    return found
