"""The points that charts store of their cells, written anew after a refresh; left out where the cells are not known.

Excel and LibreOffice draw a chart from its cells. What draws without cells, such as a preview or a document into which the
chart is pasted, takes these points, which would be last month's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from ..errors import CELL_ERRORS, CellError, FlexExtraError
from ..ooxml import xml_bytes
from ..ooxml.fast.column_writer import number_text
from ..ooxml.workbook import Area, Workbook
from .chart_cells import ADDRESS, ChartCells

_CHART = re.compile(r"/charts/[^/]+\.xml$", re.IGNORECASE)
_EXTENDED = re.compile(r"/(?:charts|chartex)/chartex\d*\.xml$", re.IGNORECASE)  # waterfall, treemap …: another format
_P = rb"(?:[\w.\-]+:)?"
_CACHE = re.compile(
    rb"<" + _P + rb"(?P<kind>num|str|multiLvlStr|dlblRange)Cache(?=[\s>])[^>]*>.*?</" + _P + rb"(?P=kind)Cache\s*>",
    re.DOTALL,
)
_HOLDER = re.compile(rb"<" + _P + rb"(?:(?:num|str|multiLvlStr)Ref|datalabelsRange)(?=[\s>])[^>]*>")
_FORMULA = re.compile(rb"<" + _P + rb"f(?=[\s>])[^>]*>([^<]*)</")
_FILTERED = re.compile(rb"<" + _P + rb"sqref(?=[\s>])[^>]*>([^<]*)</")  # of a series that Excel does not draw
_LEVELS = re.compile(
    rb"<" + _P + rb"f(?=[\s>])[^>]*>(?P<f>[^<]*)</" + _P + rb"f\s*>\s*"
    rb"(?:<" + _P + rb"nf(?=[\s>])[^>]*>[^<]*</" + _P + rb"nf\s*>\s*)?"
    rb"(?P<cache>(?:<" + _P + rb"lvl\b[^>]*?(?:/>|>.*?</" + _P + rb"lvl\s*>)\s*)+)",
    re.DOTALL,
)
_POINT = re.compile(rb"<(?P<p>" + _P + rb")pt\b[^>]*?(?:/>|>.*?</" + _P + rb"pt\s*>)", re.DOTALL)
_VALUE = re.compile(rb"<" + _P + rb"v(?=[\s>])[^>]*>([^<]*)</")
_EXTENDED_VALUE = re.compile(rb"<" + _P + rb"pt\b[^>]*>([^<]*)</")
_COUNT = re.compile(rb"<(?P<p>" + _P + rb")ptCount\b[^>]*?(?:/>|>\s*</" + _P + rb"ptCount\s*>)")
_ALL = re.compile(rb"<" + _P + rb"plotVisOnly\s+val=[\"'](?:0|false)[\"']")


class _Held(NamedTuple):
    """What a chart stores of some cells: their formula, what it is, and where the points stand in the part."""

    formula: str
    kind: bytes  # of the cache: num, str, multiLvlStr, dlblRange; empty in the other format
    start: int
    end: int
    drawn: bool = True


def renew(workbook: Workbook, areas: Sequence[Area], changed: Sequence[str], stale: Collection[str]) -> list[str]:
    """Write the stored points of every chart anew where they differ from its cells; gives a sentence for each chart that
    could not be read.

    ``areas``: the tables that were written; ``changed``, ``stale``: addresses of formulas with another value, and of those
    that still show their old one. A chart whose points are right stays byte for byte.
    """
    touched = {area.sheet.name.lower() for area in areas} | {area.name.lower() for area in areas}
    touched |= {found[1].lower() for told in (*changed, *stale) if (found := ADDRESS.fullmatch(told))}
    touched |= {told.lower().rpartition(" (")[0] for told in stale if told.endswith(")")}
    cells: ChartCells | None = None
    said = []
    for part in workbook.package.names:
        find = _levels if _EXTENDED.search(part) else _caches if _CHART.search(part) else None
        if find is None:
            continue
        data = workbook.package.read(part)
        if b"Cache" not in data and find is _caches:
            continue
        try:
            xml_bytes.check(part, data)
        except FlexExtraError as error:
            said.append(f"The points that a chart stores were not written anew. {error}")
            continue
        cells = cells or ChartCells(workbook, touched, stale)
        visible, pieces, done = _ALL.search(data) is None, [], 0
        for held in find(data):
            cache = data[held.start : held.end]
            new = _points(cells, held, cache, visible)
            if new != cache:
                pieces += [data[done : held.start], new]
                done = held.end
        if pieces:
            workbook.package.put(part, b"".join([*pieces, data[done:]]))
    return said


def _caches(data: bytes) -> Iterator[_Held]:
    """What a chart stores: behind the formula of a reference, or behind what a filter has put in its place."""
    done = 0
    for found in _CACHE.finditer(data):
        before = data[done : found.start()]
        done = found.end()
        holders = list(_HOLDER.finditer(before))
        if holders:
            own = before[holders[-1].end() :]
            formulas, filtered = _FORMULA.findall(own), _FILTERED.findall(own)
            told = (formulas or filtered)[-1:]
            if told:
                yield _Held(xml_bytes.unescape(told[0]), found["kind"], *found.span(), drawn=bool(formulas))


def _levels(data: bytes) -> Iterator[_Held]:
    """The same in the format of waterfalls and treemaps."""
    for found in _LEVELS.finditer(data):
        yield _Held(xml_bytes.unescape(found["f"]), b"", *found.span("cache"))


def _points(cells: ChartCells, held: _Held, cache: bytes, visible: bool) -> bytes:
    """The cache of a reference as it must be now: as it was, written anew, or nothing."""
    unknown = b"" if held.drawn else cache
    place = cells.place(held.formula)
    if place is None:
        return unknown if cells.may_differ(held.formula) else cache
    if place[0].name.lower() not in cells.touched:
        return cache
    values = cells.values(*place, visible)
    if values is None:
        return unknown
    if held.kind in (b"", b"multiLvlStr"):  # several levels, or another format of charts: their order is not ours to write
        value = _VALUE if held.kind else _EXTENDED_VALUE
        texts = [one[1] for point in _POINT.finditer(cache) if (one := value.search(point[0]))]
        known = sorted(xml_bytes.plain_text(xml_bytes.unescape(one)) for one in texts)
        return cache if known == sorted(_text(one) for one in values if one is not None) else unknown
    if held.kind != b"num" and any(isinstance(value, int | float) for value in values):
        return unknown  # a number among texts is stored as it is shown
    try:
        return _renewed(cache, [_point(value, held.kind == b"num") for value in values], held)
    except FlexExtraError:  # a place that is no number
        return unknown


def _renewed(cache: bytes, wanted: list[bytes | None], held: _Held) -> bytes:
    """The cache with these points, the rest of it as it was."""
    count, tags, had = _COUNT.search(cache), {}, {}
    for point in _POINT.finditer(cache):
        tag = point[0][: point[0].index(b">") + 1]
        place = xml_bytes.number(tag, b"idx", 0, held.formula)
        value = _VALUE.search(point[0])
        tags[place], had[place] = tag, value[1] if value is not None else None
    told = xml_bytes.number(count[0], b"val", 0, held.formula) if count is not None else -1
    places = range(len(wanted))
    is_number = held.kind == b"num"
    if (
        told == len(wanted)
        and all(place in places for place in had)
        and all(_same(had.get(place), wanted[place], is_number) for place in places)
    ):
        return cache
    sample = count or _POINT.search(cache) or re.match(rb"<(?P<p>" + _P + rb")", cache)
    assert sample is not None
    p = sample["p"]
    bare = _POINT.sub(b"", cache)
    tell = b'<%sptCount val="%d"/>' % (p, len(wanted))
    points = b"".join(
        b"%s<%sv>%s</%sv></%spt>" % (_open(tags.get(place), p, place), p, text, p, p)
        for place, text in enumerate(wanted)
        if text is not None
    )
    again = _COUNT.search(bare)
    begin, end = again.span() if again is not None else (bare.rindex(b"</"),) * 2
    return bare[:begin] + tell + points + bare[end:]


def _open(tag: bytes | None, p: bytes, place: int) -> bytes:
    """The start tag of a point: the one that it had, with the format of its number."""
    if tag is None or tag.endswith(b"/>") or not tag.startswith(b"<%spt" % p):
        return b'<%spt idx="%d">' % (p, place)
    return tag


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


def _same(had: bytes | None, wanted: bytes | None, number: bool) -> bool:
    """Whether two points are drawn alike: an error in place of a number is none."""
    if had == wanted or had is None:
        return had == wanted
    if wanted is None:
        return had.decode() in CELL_ERRORS
    one, other = (_number(had), _number(wanted)) if number else (None, None)
    if one is None or other is None:
        return xml_bytes.unescape(had) == xml_bytes.unescape(wanted)
    return abs(one - other) <= 1e-14 * max(abs(one), abs(other))
