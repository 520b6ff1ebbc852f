"""The points that charts store of their cells, written anew after a refresh; left out where the cells are not known.

Excel and LibreOffice draw a chart from its cells. What draws without cells, such as a preview or a document into which the
chart is pasted, takes these points, which would be last month's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import CellError, FlexExtraError
from ..ooxml import xml_bytes
from ..ooxml.fast.column_writer import number_text
from ..ooxml.refs import Range, column_number, parse_range, sheet_name
from ..ooxml.strings import SharedStrings
from ..ooxml.workbook import Area, Sheet, Workbook
from .stored_values import StoredValues

MOST_BYTES = 64 << 20  # of a sheet: of a larger one the points are left out
MOST_CELLS = 2_000_000  # of a range: the same
_CHART = re.compile(r"/charts/[^/]+\.xml$", re.IGNORECASE)
_EXTENDED = re.compile(r"/(?:charts|chartex)/chartex\d*\.xml$", re.IGNORECASE)  # waterfall, treemap …: another format
_HELD = re.compile(
    rb"<(?P<p>[\w.\-]+:)?(?P<kind>num|str|multiLvlStr)Ref>\s*<(?:[\w.\-]+:)?f>(?P<f>[^<]*)</(?:[\w.\-]+:)?f>\s*"
    rb"(?P<cache><(?:[\w.\-]+:)?(?P=kind)Cache>.*?</(?:[\w.\-]+:)?(?P=kind)Cache>)",
    re.DOTALL,
)
_LEVELS = re.compile(
    rb"<(?:[\w.\-]+:)?f(?=[\s>])[^>]*>(?P<f>[^<]*)</(?:[\w.\-]+:)?f>\s*"
    rb"(?P<cache>(?:<(?P<p>[\w.\-]+:)?lvl\b[^>]*(?:/>|>.*?</(?:[\w.\-]+:)?lvl>)\s*)+)",
    re.DOTALL,
)
_POINT = re.compile(rb"(<(?:[\w.\-]+:)?pt\b[^>]*>)\s*<(?:[\w.\-]+:)?v>([^<]*)</(?:[\w.\-]+:)?v>\s*</(?:[\w.\-]+:)?pt>")
_EXTENDED_POINT = re.compile(rb"<(?:[\w.\-]+:)?pt\b[^>]*>([^<]*)</(?:[\w.\-]+:)?pt>")
_COUNT = re.compile(rb"<(?P<p>[\w.\-]+:)?ptCount\b[^>]*/>")
_ALL = re.compile(rb"<(?:[\w.\-]+:)?plotVisOnly\s+val=[\"'](?:0|false)[\"']")
_REFERENCE = re.compile(r"\s*=?\s*((?:'(?:[^']|'')+'|[\w.\u0080-\uffff]+)!)([$A-Za-z\d:]+)\s*")
_ADDRESS = re.compile(r"(.+)!([A-Z]{1,3})(\d+)")
_COLUMN = re.compile(rb"<(?:[\w.\-]+:)?col\s[^>]*>")
_HIDDEN = (b"1", b"true")


@dataclass
class _Cells:
    """The cells of a refreshed workbook, read when a chart asks for them."""

    workbook: Workbook
    touched: Collection[str]  # sheets and tables whose cells may be others now, in small letters
    stale: Collection[str]
    strings: SharedStrings = field(init=False)
    _read: dict[str, StoredValues] = field(default_factory=dict)
    _old: dict[str, set[tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.strings = SharedStrings(self.workbook)
        for told in self.stale:
            found = _ADDRESS.fullmatch(told)
            if found is not None:
                self._old.setdefault(found[1].lower(), set()).add((int(found[3]), column_number(found[2])))

    def place(self, formula: str) -> tuple[Sheet, Range] | None:
        """The one range that a chart's formula, or the name in it, stands for."""
        text = formula.strip().removeprefix("=")
        if re.fullmatch(r"(?:'(?:[^']|'')+'!|[\w.]+!)?[A-Za-z_\\][\w.\\]*", text):
            name = text.rpartition("!")[2].lower()
            text = next((one.text for one in self.workbook.names if one.name.lower() == name), "")
        found = _REFERENCE.fullmatch(text)
        bounds = parse_range(found[2]) if found is not None else None
        if found is None or bounds is None:
            return None
        name = sheet_name(found[1])
        sheet = next((one for one in self.workbook.sheets if one.name.lower() == name.lower()), None)
        return None if sheet is None else (sheet, bounds)

    def may_differ(self, formula: str) -> bool:
        """Whether what is no plain range may have other cells now: not what lies in another workbook."""
        if re.match(r"\s*'?[^'!]*\[(?!0\]!)", formula):  # [0]! is this one, as Excel writes it before a name
            return False
        name = formula.rpartition("!")[2].strip().lower()
        texts = [formula.lower(), *(one.text.lower() for one in self.workbook.names if one.name.lower() == name)]
        return any(word in text for word in self.touched for text in texts)

    def values(self, sheet: Sheet, bounds: Range, visible: bool) -> list[Any] | None:
        """The values of a range as a chart takes them, None where they are not known."""
        name = sheet.name.lower()
        if self.workbook.package.size(sheet.part) > MOST_BYTES:
            return None
        if any(bounds.holds(*place) for place in self._old.get(name, ())):
            return None
        if any(told.lower().startswith(f"{name} (") for told in self.stale):  # too large to look at each formula
            return None
        if name not in self._read:
            self._read[name] = StoredValues(self.workbook, self.strings, sheet)
        stored = self._read[name]
        columns = range(bounds.left, bounds.right + 1)
        if len(columns) * (bounds.bottom - bounds.top + 1) > MOST_CELLS:
            return None
        if visible and self._hidden_columns(sheet, columns):
            return None
        rows = [row for row in range(bounds.top, bounds.bottom + 1) if not (visible and row in stored.hidden)]
        if any((row, column) in stored.unreadable for row in rows for column in columns):
            return None
        return [stored.get(row, column) for row in rows for column in columns]

    def _hidden_columns(self, sheet: Sheet, columns: range) -> bool:
        head = self.workbook.package.read(sheet.part).partition(b"sheetData")[0]
        for tag in _COLUMN.findall(head):
            first, last = (xml_bytes.number(tag, side, 0, sheet.part) for side in (b"min", b"max"))
            if xml_bytes.get(tag, b"hidden") in _HIDDEN and first <= columns[-1] and last >= columns[0]:
                return True
        return False


def renew(workbook: Workbook, areas: Sequence[Area], changed: Sequence[str], stale: Collection[str]) -> list[str]:
    """Write the stored points of every chart anew where they differ from its cells; gives the parts that changed.

    ``areas``: the tables that were written; ``changed``, ``stale``: addresses of formulas with another value, and of those
    that still show their old one. A chart whose points are right stays byte for byte.
    """
    touched = {area.sheet.name.lower() for area in areas} | {area.name.lower() for area in areas}
    touched |= {found[1].lower() for told in (*changed, *stale) if (found := _ADDRESS.fullmatch(told))}
    touched |= {told.lower().rpartition(" (")[0] for told in stale if told.endswith(")")}
    cells, renewed = _Cells(workbook, touched, stale), []
    for part in workbook.package.names:
        held = _LEVELS if _EXTENDED.search(part) else _HELD if _CHART.search(part) else None
        if held is None:
            continue
        data = workbook.package.read(part)
        visible = _ALL.search(data) is None

        def edit(found: re.Match[bytes], visible: bool = visible) -> bytes:
            cache = found["cache"]
            new = _points(cells, found, visible)
            if new == cache:
                return found[0]
            begin, end = (place - found.start() for place in found.span("cache"))
            return found[0][:begin] + new + found[0][end:]

        if (new := held.sub(edit, data)) != data:
            workbook.package.put(part, new)
            renewed.append(part)
    return renewed


def _points(cells: _Cells, found: re.Match[bytes], visible: bool) -> bytes:
    """The cache of a reference as it must be now: as it was, written anew, or nothing."""
    formula, cache = xml_bytes.unescape(found["f"]), found["cache"]
    place = cells.place(formula)
    if place is None:
        return b"" if cells.may_differ(formula) else cache
    if place[0].name.lower() not in cells.touched:
        return cache
    try:
        values = cells.values(*place, visible)
    except FlexExtraError:
        values = None
    if values is None:
        return b""
    kind = found.groupdict().get("kind")
    if kind not in (b"num", b"str"):  # several levels, or another format of charts: their order is not ours to write
        texts = [*(one[1] for one in _POINT.findall(cache)), *_EXTENDED_POINT.findall(cache)]
        known = sorted(xml_bytes.plain_text(xml_bytes.unescape(one)) for one in texts)
        return cache if known == sorted(_text(one) for one in values if one is not None) else b""
    wanted = [_point(value, kind == b"num") for value in values]
    if kind == b"str" and any(isinstance(value, int | float) for value in values):
        return b""  # a number among texts is stored as it is shown
    count = _COUNT.search(cache)
    held = {xml_bytes.number(tag, b"idx", 0, formula): (tag, text) for tag, text in _POINT.findall(cache)}
    had = [held.get(place, (b"", None))[1] for place in range(len(wanted))]
    told = xml_bytes.number(count[0], b"val", 0, formula) if count is not None else -1
    if told == len(wanted) > max(held, default=-1) and all(map(_same, had, wanted)):
        return cache
    return _written(cache, count, held, wanted, found["p"] or b"")


def _written(
    cache: bytes, count: re.Match[bytes] | None, held: dict[int, tuple[bytes, bytes]], wanted: list[bytes | None], p: bytes
) -> bytes:
    """The cache with these points, the rest of it as it was."""
    bare = _POINT.sub(b"", cache)
    tell = b'<%sptCount val="%d"/>' % (p, len(wanted))
    points = b"".join(
        b"%s<%sv>%s</%sv></%spt>" % (held.get(place, (b'<%spt idx="%d">' % (p, place), b""))[0], p, text, p, p)
        for place, text in enumerate(wanted)
        if text is not None
    )
    if count is None:
        begin = bare.index(b">") + 1
        return bare[:begin] + tell + points + bare[begin:]
    again = _COUNT.search(bare)
    assert again is not None
    return bare[: again.start()] + tell + points + bare[again.end() :]


def _point(value: Any, number: bool) -> bytes | None:
    """A point as a file holds it: none for a blank or an error; a text among numbers is drawn as 0."""
    if value is None or isinstance(value, CellError):
        return None
    if number:
        return number_text(float(value)).encode() if isinstance(value, int | float) else b"0"
    return xml_bytes.escape(xml_bytes.cell_text(_text(value)))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return number_text(float(value)) if isinstance(value, int | float) else str(value)


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _same(had: bytes | None, wanted: bytes | None) -> bool:
    """Whether two points are drawn alike: an error in place of a number is none."""
    if had == wanted:
        return True
    if wanted is None:
        return had is not None and had.startswith(b"#")
    one, other = _number(had), _number(wanted)
    if one is None or other is None:
        return had is not None and xml_bytes.unescape(had) == xml_bytes.unescape(wanted)
    return abs(one - other) <= 1e-14 * max(abs(one), abs(other))
