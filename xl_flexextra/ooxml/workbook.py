"""What a package holds: sheets, tables, defined names, and how its parts refer to each other."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import unquote
from xml.etree import ElementTree

from ..errors import BadInput, Refused
from . import xml_bytes
from .package import Package
from .refs import MAX_ROW, Range, parse_range, sheet_name
from .xml_bytes import local


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part: its id, the last word of its type, the part it leads to."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by name, its part, and whether it is hidden."""

    name: str
    part: str
    state: str
    index: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of an area: its header, the formula of a calculated column, what the totals row does."""

    name: str
    formula: str | None = None
    array: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """An Excel table or a named range: where its header, body and totals stand."""

    name: str
    sheet: Sheet
    left: int
    right: int
    header: int  # the header's row; 0 where there is none
    first: int  # first row of the body
    last: int  # last row of the body
    totals: int  # the totals row; 0 where there is none
    columns: tuple[TableColumn, ...]
    part: str | None = None  # the table's part; None for a named range
    blank: bool = False  # a table that is waiting for its first row (insertRow)
    kind: str = ""  # "queryTable" or "xml" where something else fills it

    @property
    def body(self) -> Range:
        """The cells of the body."""
        return Range(self.first, self.left, self.last, self.right)

    @property
    def whole(self) -> Range:
        """Header, body and totals."""
        return Range(self.header or self.first, self.left, self.totals or self.last, self.right)

    def resized(self, last: int) -> Area:
        """The same area with another last row of the body."""
        return replace(self, last=last, totals=last + 1 if self.totals else 0, blank=False)


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A defined name: its text, and the sheet it belongs to (None: the workbook)."""

    name: str
    text: str
    sheet: int | None


@dataclass
class Workbook:
    """The structure of a package, read when asked for."""

    package: Package
    part: str = field(init=False)

    def __post_init__(self) -> None:
        found = [r for r in self._relations_of("_rels/.rels", "") if r.kind == "officeDocument"]
        name = self.package.name
        if not found:
            raise Refused(f"{name} is a zip file but no workbook: it has no main document; check the file.")
        part = self.package.find(found[0].target)
        if part is None:
            raise Refused(f"{name} lacks its main part {found[0].target}; take a good copy of the workbook.")
        if part.lower().endswith(".bin"):
            raise Refused(f"{name} is a binary workbook (.xlsb); save it as .xlsx or .xlsm first.")
        self.part = part
        _ = self.sheets

    def relations(self, part: str) -> list[Relation]:
        """The relationships of a part."""
        folder, _, file = part.rpartition("/")
        return self._relations_of(f"{folder}/_rels/{file}.rels".lstrip("/"), folder)

    def relations_part(self, part: str) -> str | None:
        """The part that holds the relationships of a part."""
        folder, _, file = part.rpartition("/")
        return self.package.find(f"{folder}/_rels/{file}.rels".lstrip("/"))

    def _relations_of(self, part: str, folder: str) -> list[Relation]:
        found = self.package.find(part)
        if found is None:
            return []
        relations = []
        for element in xml_bytes.parse(found, self.package.read(found)):
            target = element.get("Target", "")
            if local(element.tag) != "Relationship" or element.get("TargetMode") == "External" or not target:
                continue
            target = target.replace("\\", "/").partition("#")[0]
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            if self.package.find(path) is None:  # a part's name is spelt as in a URL, but not by every writer
                path = unquote(path)
            kind = element.get("Type", "").rpartition("/")[2]
            relations.append(Relation(element.get("Id", ""), kind, path))
        return relations

    @cached_property
    def tree(self) -> ElementTree.Element:
        """The workbook part as a tree."""
        return xml_bytes.parse(self.part, self.package.read(self.part))

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The worksheets in their order; chart sheets and macro sheets are left out."""
        targets = {r.id: r for r in self.relations(self.part)}
        sheets = []
        elements = [e for parent in self.tree if local(parent.tag) == "sheets" for e in parent]
        for index, element in enumerate(elements):
            identity = next((v for k, v in element.attrib.items() if local(k) == "id" and k != "id"), "")
            relation = targets.get(identity)
            if relation is None or relation.kind != "worksheet":
                continue
            part = self.package.find(relation.target)
            if part is None:
                raise Refused(
                    f"{self.package.name} lacks the sheet {element.get('name')!r} ({relation.target}); take "
                    "a good copy of the workbook."
                )
            sheets.append(
                Sheet(
                    element.get("name", ""),
                    part,
                    element.get("state", "visible"),
                    index,
                    element.get("sheetId", ""),
                )
            )
        if not sheets:
            raise Refused(f"{self.package.name} has no worksheet; check the file.")
        if len({sheet.part for sheet in sheets}) < len(sheets):
            raise Refused(f"{self.package.name} has two sheets in one part; take a good copy of the workbook.")
        return tuple(sheets)

    def sheet(self, name: str) -> Sheet:
        """The worksheet of that name, in any case of letters."""
        for sheet in self.sheets:
            if sheet.name.lower() == name.lower():
                return sheet
        known = ", ".join(repr(s.name) for s in self.sheets)
        raise BadInput(f"{self.package.name} has no sheet {name!r}; it has {known}.")

    @cached_property
    def date1904(self) -> bool:
        """Whether serial dates count from 1904."""
        for element in self.tree:
            if local(element.tag) == "workbookPr":
                return element.get("date1904", "0").strip().lower() in ("1", "true")
        return False

    @cached_property
    def as_displayed(self) -> bool:
        """Whether Excel computes with the numbers that cells show."""
        found = (element.get("fullPrecision", "1") for element in self.tree if local(element.tag) == "calcPr")
        return next(found, "1").strip().lower() in ("0", "false")

    @cached_property
    def calculates_later(self) -> bool:
        """Whether stored values need not be those of the formulas: Excel computes on opening, or when it is told to."""
        for element in self.tree:
            if local(element.tag) == "calcPr":
                on_opening = element.get("fullCalcOnLoad", "0").strip().lower() in ("1", "true")
                complete = element.get("calcCompleted", "1").strip().lower() in ("1", "true")
                return on_opening or not complete or element.get("calcMode") == "manual"
        return False

    @property
    def signed(self) -> bool:
        """Whether the package carries a digital signature, which any change breaks."""
        return any(n.lower().startswith("_xmlsignatures/") for n in self.package.names)

    @cached_property
    def names(self) -> tuple[DefinedName, ...]:
        """The defined names."""
        found = []
        for parent in self.tree:
            if local(parent.tag) == "definedNames":
                for element in parent:
                    owner = element.get("localSheetId")
                    sheet = int(owner) if owner and owner.isdigit() else None
                    found.append(DefinedName(element.get("name", ""), element.text or "", sheet))
        return tuple(found)

    @cached_property
    def tables(self) -> tuple[Area, ...]:
        """Every Excel table of every worksheet."""
        tables = []
        for sheet in self.sheets:
            for relation in self.relations(sheet.part):
                if relation.kind == "table":
                    part = self.package.find(relation.target)
                    if part is not None:
                        tables.append(self._table(sheet, part))
        return tuple(tables)

    def _table(self, sheet: Sheet, part: str) -> Area:
        tree = xml_bytes.parse(part, self.package.read(part))
        name = tree.get("displayName") or tree.get("name") or ""
        bounds = parse_range(tree.get("ref", ""))
        header_rows, totals_rows = tree.get("headerRowCount", "1"), tree.get("totalsRowCount", "0")
        if bounds is None or header_rows not in ("0", "1") or totals_rows not in ("0", "1"):
            raise Refused(
                f"The table {name!r} ({part}) has no usable range ({tree.get('ref')!r}); take a good copy of the workbook."
            )
        header, totals = int(header_rows), int(totals_rows)
        columns = []
        for parent in tree:
            if local(parent.tag) == "tableColumns":
                for element in parent:
                    formula = next((e for e in element if local(e.tag) == "calculatedColumnFormula"), None)
                    text = xml_bytes.plain_text(element.get("name", ""))
                    array = formula is not None and formula.get("array") == "1"
                    columns.append(TableColumn(text, formula.text if formula is not None else None, array))
        first, last = bounds.top + header, bounds.bottom - totals
        if last < first or len(columns) != bounds.right - bounds.left + 1:
            raise Refused(
                f"The table {name!r} ({part}) has no body or not as many columns as its range {bounds}; "
                "correct it in Excel first."
            )
        return Area(
            name, sheet, bounds.left, bounds.right, bounds.top if header else 0, first, last, bounds.bottom if totals else 0,
            tuple(columns), part, tree.get("insertRow") in ("1", "true"), tree.get("tableType", ""),
        )  # fmt: skip

    def named_range(self, name: str) -> tuple[Sheet, Range] | None:
        """The one range of cells that a defined name of the workbook stands for, if it stands for one."""
        for defined in self.names:
            if defined.name.lower() == name.lower() and defined.sheet is None:
                match = re.fullmatch(r"=?\s*((?:'(?:[^'\[\]]|'')+'|[\w.]+)!)([$A-Za-z\d:]+)\s*", defined.text)
                bounds = parse_range(match[2]) if match else None
                if match is None or bounds is None:
                    raise Refused(
                        f"The name {defined.name!r} stands for {defined.text!r}, not for one range of "
                        "cells of this workbook; refresh a table or a plain range."
                    )
                if bounds.bottom == MAX_ROW:
                    raise Refused(
                        f"The name {defined.name!r} stands for whole columns ({defined.text}); make it a "
                        "table or end it at the last row of data."
                    )
                return self.sheet(sheet_name(match[1])), bounds
        return None

    def table(self, name: str) -> Area | None:
        """The Excel table of that name, in any case of letters."""
        return next((t for t in self.tables if t.name.lower() == name.lower()), None)
