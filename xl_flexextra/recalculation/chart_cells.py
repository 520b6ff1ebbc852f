"""The cells that a chart draws, found by its formula: a range, or a name that stands for one, as the workbook is now."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ..errors import FlexExtraError
from ..ooxml import xml_bytes
from ..ooxml.refs import Range, column_number, parse_range, sheet_name
from ..ooxml.sheet import SheetPart
from ..ooxml.strings import SharedStrings
from ..ooxml.workbook import Sheet, Workbook
from .formula_cells import formula_cells
from .stored_values import StoredValues

MOST_BYTES = 64 << 20  # of a sheet: of a larger one the points are left out
MOST_CELLS = 5_000_000  # of all charts together
LONGEST = 8_192  # letters of a formula, as Excel takes them
ADDRESS = re.compile(r"(.+)!([A-Z]{1,3})(\d+)")
_SHEET = r"(?:'(?:[^']|'')+'|[\w.\u0080-\uffff]+)!"
_REFERENCE = re.compile(rf"({_SHEET})([$A-Za-z\d:]+)")
_NAME = re.compile(rf"({_SHEET}|\[0\]!)?([^\W\d][\w.\\?]*|\\[\w.\\?]*)")  # Excel writes [0]! for this workbook
_WORD = re.compile(r"[^\W\d][\w.\\?]*")
_ELSEWHERE = re.compile(r"(?:'[^'\[]*\[[^\]]+\](?:[^']|'')*'|\[(?!0\])\d+\][^\s!,()]*)!\S*?(?=[,)\s]|$)")  # another workbook
_COLUMN = re.compile(rb"<(?:[\w.\-]+:)?col\s[^>]*>")
_HIDDEN = (b"1", b"true")


@dataclass
class ChartCells:
    """The cells of a refreshed workbook, read when a chart asks for them."""

    workbook: Workbook
    touched: Collection[str]  # sheets and tables whose cells may be others now, in small letters
    stale: Collection[str]
    _strings: SharedStrings = field(init=False)
    _read: dict[str, StoredValues] = field(default_factory=dict)
    _hidden: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    _old: dict[str, list[Range]] = field(default_factory=dict)
    _left: int = MOST_CELLS

    def __post_init__(self) -> None:
        self._strings = SharedStrings(self.workbook)
        self._sheets = {one.name.lower(): one for one in self.workbook.sheets}
        self._names = {(one.sheet, one.name.lower()): one.text for one in self.workbook.names}
        words = {re.escape(word) for name in self.touched for word in (name, name.replace("'", "''"))}
        self._words = re.compile(rf"(?<![\w.])(?:{'|'.join(sorted(words))})(?![\w.])|\bindirect\(")
        self._others = self._differing()
        old: dict[str, set[tuple[int, int]]] = {}
        for told in self.stale:
            found = ADDRESS.fullmatch(told)
            if found is not None:
                old.setdefault(found[1].lower(), set()).add((int(found[3]), column_number(found[2])))
        for name, places in old.items():
            self._old[name] = self._filled(name, places)

    def _filled(self, name: str, places: set[tuple[int, int]]) -> list[Range]:
        """All cells that formulas fill, which may be more than those they stand in."""
        found = {place: Range(*place, *place) for place in places}
        sheet = self._sheets.get(name)
        if sheet is not None and not self.workbook.package.exceeds(sheet.part, MOST_BYTES):
            for place, formula, _ in formula_cells(SheetPart(self.workbook.package.read(sheet.part), sheet.part)):
                if place in found and formula.kind == "array":
                    found[place] = parse_range(formula.ref) or found[place]
        return list(found.values())

    def _differing(self) -> set[str]:
        """The defined names that may stand for other cells now, by themselves or through other names."""
        texts: dict[str, list[str]] = {}
        for (_, name), text in self._names.items():
            texts.setdefault(name, []).append(_here(text))
        needed: dict[str, set[str]] = {}
        for name, own in texts.items():
            for word in {word for text in own for word in _WORD.findall(text)} & texts.keys():
                needed.setdefault(word, set()).add(name)
        todo = [name for name, own in texts.items() if any(map(self._tells, own))]
        found = set(todo)
        while todo:
            new = needed.get(todo.pop(), set()) - found
            found |= new
            todo += new
        return found

    def _tells(self, text: str) -> bool:
        return self._words.search(text) is not None

    def place(self, formula: str) -> tuple[Sheet, Range] | None:
        """The one range that a chart's formula, or the name in it, stands for."""
        if len(formula) > LONGEST:
            return None
        text = formula.strip().removeprefix("=").strip()
        found = self._range(text)
        named = _NAME.fullmatch(text) if found is None else None
        if named is not None:
            own = self._sheets.get(sheet_name(named[1] or "").lower())
            name = named[2].lower()
            of_sheet = self._names.get((own.index, name)) if own is not None else None
            found = self._range((of_sheet or self._names.get((None, name), "")).strip().removeprefix("="))
        return found

    def _range(self, text: str) -> tuple[Sheet, Range] | None:
        found = _REFERENCE.fullmatch(text) if len(text) <= LONGEST else None
        if found is None:
            return None
        bounds, sheet = parse_range(found[2]), self._sheets.get(sheet_name(found[1]).lower())
        return None if sheet is None or bounds is None else (sheet, bounds)

    def may_differ(self, formula: str) -> bool:
        """Whether what is no plain range may have other cells now: not what lies in another workbook."""
        text = _here(formula)
        return self._tells(text) or not self._others.isdisjoint(_WORD.findall(text))

    def values(self, sheet: Sheet, bounds: Range, visible: bool) -> list[Any] | None:
        """The values of a range as a chart takes them, None where they are not known."""
        name = sheet.name.lower()
        if self.workbook.package.exceeds(sheet.part, MOST_BYTES):
            return None
        if any(bounds.meets(one) for one in self._old.get(name, ())):
            return None
        if any(told.lower().startswith(f"{name} (") for told in self.stale):  # too large to look at each formula
            return None
        columns = range(bounds.left, bounds.right + 1)
        self._left -= len(columns) * (bounds.bottom - bounds.top + 1)
        if self._left < 0:
            return None
        try:
            stored = self._stored(sheet)
        except FlexExtraError:
            return None
        if visible and any(first <= columns[-1] and last >= columns[0] for first, last in self._hidden[name]):
            return None
        rows = [row for row in range(bounds.top, bounds.bottom + 1) if not (visible and row in stored.hidden)]
        if stored.unreadable and any((row, column) in stored.unreadable for row in rows for column in columns):
            return None
        return [stored.get(row, column) for row in rows for column in columns]

    def _stored(self, sheet: Sheet) -> StoredValues:
        name = sheet.name.lower()
        if name not in self._read:
            head = self.workbook.package.read(sheet.part).partition(b"sheetData")[0]
            self._hidden[name] = [
                (xml_bytes.number(tag, b"min", 0, sheet.part), xml_bytes.number(tag, b"max", 0, sheet.part))
                for tag in _COLUMN.findall(head)
                if xml_bytes.get(tag, b"hidden") in _HIDDEN
            ]
            self._read[name] = StoredValues(self.workbook, self._strings, sheet)
        return self._read[name]


def _here(formula: str) -> str:
    """What of a formula lies in this workbook, in small letters."""
    return (_ELSEWHERE.sub("", formula) if len(formula) <= LONGEST else formula).lower()
