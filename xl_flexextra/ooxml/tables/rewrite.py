"""The body of one table or named range rewritten; all that stands beside it, above it and below it kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pyarrow as pa

from ...errors import BadInput, Refused
from ...files.deflate import Deflater, Packed, in_threads, meanwhile
from .. import xml_bytes
from ..fast import column_writer, row_markup
from ..fast.texts_by_row import TextsByRow
from ..formulas import unshare
from ..refs import MAX_ROW, Range, column_letters, parse_range
from ..sheet import Row, SheetPart, parse_rows
from ..workbook import Area, Sheet, TableColumn
from . import guards, moved_comments
from .body import Body
from .calculated_columns import Calculated, calculated_columns
from .calculation_flags import drop_calc_chain
from .moved_references import Mover, extend_elsewhere, refresh_pivots
from .moved_rows import MovedRows

MERGED = 1 << 14  # rows that exist already and are merged at once
LEAST = len('<c r="A1"><v>1</v></c>')


@dataclass
class Rewritten:
    """What a rewrite did: whether anything changed, the area as it is now, and what a person should know."""

    changed: bool
    area: Area
    notes: list[str] = field(default_factory=list)
    pivots: list[str] = field(default_factory=list)


def rewrite(body: Body, values: Sequence[Any], old_of: Any = None) -> Rewritten:
    """Fill the columns of a body with new values.

    ``values`` has an entry for each column of the area: its values, as many as in every other column, or None where the
    column holds formulas that stay. ``old_of`` has for each new row the old one that it was, or -1; without it each
    stays in its place.

    Raises:
        Refused: the change cannot be made without harm to something else; the package is as it was.
    """
    area, workbook = body.area, body.workbook
    if len(values) != len(area.columns):
        raise BadInput(f"The table {area.name!r} has {len(area.columns)} columns (got {len(values)}).")
    new = list(in_threads(partial(_normalized, *pair, workbook.date1904) for pair in zip(area.columns, values, strict=True)))
    lengths = {len(v) for v in new if v is not None}
    if len(lengths) != 1:
        raise BadInput(
            f"The columns for the table {area.name!r} must be of one length (got {sorted(lengths) or 'no data'})."
        )
    count = lengths.pop()
    for index, given in enumerate(new):
        if given is None and not body.calculated(index):
            raise BadInput(f"The table {area.name!r} needs data for its column {area.columns[index].name!r}.")
    if count == body.count and _holds(body, new):
        return Rewritten(False, area)
    last = area.first + max(count, 1) - 1
    if last + (1 if area.totals else 0) > MAX_ROW:
        raise Refused(f"The table {area.name!r} would need row {last}, and a sheet ends at row {MAX_ROW}; give fewer rows.")
    fed = [v is not None for v in new]
    guards.check(body, fed, last)
    body = _unshared(body, last)
    new = [v if v is None or count else [None] for v in new]
    return _Rewriter(body, new, last, MovedRows(body, new, old_of)).run()


def _holds(body: Body, new: list[Any]) -> bool:
    """Whether a body holds these columns already; numbers, which differ most often, are compared first."""
    fed = [i for i, column in enumerate(new) if column is not None]
    fed.sort(key=lambda i: isinstance(new[i], list) or pa.types.is_string(new[i].type))
    return all(column_writer.equal(body.values(i), new[i]) for i in fed)


def _normalized(column: TableColumn, given: Any, date1904: bool) -> Any:
    return None if given is None else column_writer.normalize(given, column.name, date1904)


def _unshared(body: Body, last: int) -> Body:
    """The body after every shared formula that the rewrite tears or changes was made an ordinary one."""
    mover, package = Mover(body.area, last), body.workbook.package
    own = False
    for sheet in body.workbook.sheets:
        if sheet.part != body.area.sheet.part and last == body.area.last:
            continue
        same = sheet.part == body.area.sheet.part
        if same and b"shared" not in body.sheet.data:  # a plain body, which is taken out of it, has no shared formulas
            continue
        data = package.read(sheet.part)
        if b"shared" not in data:
            continue
        part = SheetPart(data, sheet.part)
        part.check()

        def wanted(text: str, place: tuple[int, int], sheet: Sheet = sheet) -> bool:
            inside = sheet.part == body.area.sheet.part and body.area.body.holds(*place)
            return not inside and mover.formula(text, sheet.name) != text

        rows = data[part.rows_start : part.rows_end]
        new = unshare(rows, part.marks, sheet.part, wanted, body.area.body if same else None)
        if new != rows:
            package.put(sheet.part, data[: part.rows_start] + new + data[part.rows_end :])
            own = own or sheet.part == body.area.sheet.part
    return body.reread(body.area) if own else body


class _Rewriter:
    def __init__(self, body: Body, new: list[Any], last: int, rows: MovedRows) -> None:
        self.body, self.area, self.last = body, body.area, last
        self.workbook, self.strings, self.sheet = body.workbook, body.strings, body.sheet
        self.marks = body.sheet.marks
        self.mover = Mover(body.area, last)
        self.notes: list[str] = []
        self.new = new
        self.formulas: list[Calculated | None] = calculated_columns(body, [v is not None for v in new], last)
        for calculated in self.formulas:
            self.notes += calculated.notes if calculated else []
        self.old_texts = {place for i, v in enumerate(new) if v is not None for place in body.texts_used(i)}
        self.old_cells = sum(body.text_cells(i) for i, v in enumerate(new) if v is not None)
        guards.drop_texts(body, new, self.old_texts)
        prefix = self.marks.prefix
        letters = [column_letters(area_column) for area_column in range(self.area.left, self.area.right + 1)]
        self.writers = [
            None if v is None else column_writer.Writer(v, name, self.strings, prefix)
            for v, name in zip(new, letters, strict=True)
        ]
        self.letters = letters
        moved = map(rows.styles, range(len(new)))
        self.styles = [column.changed(lambda style: style and b' s="%s"' % style) for column in moved]
        self.kept = rows.kept()
        self.comments = rows.comments
        self.filtered = False

    # the sheet

    def run(self) -> Rewritten:
        area, sheet, package = self.area, self.sheet, self.workbook.package
        moves = self.last != area.last
        bottom = max(area.totals or area.last, self.last + (1 if area.totals else 0))
        region_end = sheet.row_at(bottom + 1)
        above = sheet.data[sheet.rows_start : self.body.start]
        below = sheet.data[region_end : sheet.rows_end]
        self.filtered = self._filtered()
        head, foot = sheet.head, sheet.foot
        if self.filtered and area.part is None:
            foot = self._without_filter(foot)
        if moves:
            above, below, head, foot = (self.mover.sheet_xml(piece, area.sheet.name) for piece in (above, below, head, foot))
        out = list(self._rows(region_end, moves))
        head = self._dimension(head, below)
        packing = meanwhile(partial(self._packed, head + above, list(self._blocks(out)), below + foot))
        package.put_later(area.sheet.part, packing, self._least())
        if moves:
            extend_elsewhere(self.workbook, self.mover)
        moved_comments.move(self.body, self.comments)
        self._table_part()
        calculated = {index for index, formula in enumerate(self.formulas) if formula is not None}
        drop_calc_chain(self.workbook, area, area.resized(self.last), calculated)
        pivots = refresh_pivots(self.workbook, area.resized(self.last))
        self._strings()
        return Rewritten(True, area.resized(self.last), self.notes, pivots)

    def _packed(self, before: bytes, blocks: list[Callable[[], Any]], after: bytes) -> Packed:
        """The sheet, built and deflated block by block."""
        deflater = Deflater()
        deflater.write(before)
        deflater.write_all((partial(self._with_kept, block) for block in blocks) if self.kept else blocks)
        deflater.write(after)
        return deflater.finish()

    def _least(self) -> int:
        """Bytes that the new cells have at least."""
        arrays = [column for column in self.new if isinstance(column, pa.Array)]
        return LEAST * sum(len(column) - column.null_count for column in arrays)

    def _rows(self, region_end: int, moves: bool) -> Iterator[tuple[int, int, dict[int, Row] | bytes | TextsByRow | None]]:
        """Runs of rows (first, last, how): rows as they stood, the rests of plain start tags, None for new rows, or XML."""
        area, plain = self.area, self.body.regular
        data = self.sheet.data[self.body.end : region_end]
        before = self.sheet.number_before(self.body.end)
        existing = self.body.rows | {row.number: row for row in parse_rows(data, self.marks, self.sheet.part, before)}
        if moves:
            self._edit(existing)
        if area.totals and moves:
            self._move_totals(existing)
        kept = min(self.last, area.last) if plain is not None else 0
        number = area.first
        for old in [*sorted(n for n in existing if area.first <= n <= self.last), self.last + 1]:
            if plain is not None and number <= min(old - 1, kept):
                yield number, min(old - 1, kept), plain.rests
                number = min(old - 1, kept) + 1
            if number < old:
                yield number, old - 1, None
            number = old + 1
            if old <= self.last:
                yield old, old, {old: existing[old]}
        own = {rest for rest in plain.rests.names if not Row(0, b"<row" + rest).bare} if plain is not None else set()
        if plain is not None and own:  # rows below the new end keep their height
            for number in range(self.last + 1, area.last + 1):
                if (rest := plain.rests[number - area.first]) in own:
                    existing.setdefault(number, Row(number, b'<row r="%d"%s' % (number, rest)))
        for old in sorted(n for n in existing if n > self.last):
            row = existing[old]
            if not (area.totals and old == self.last + 1):
                row.cells = [c for c in row.cells if not self._ours(c.column)]
            if row.cells or not row.bare:
                yield old, old, row.render(self.marks)

    def _ours(self, column: int) -> bool:
        return self.area.left <= column <= self.area.right

    def _edit(self, existing: dict[int, Row]) -> None:
        """References in the cells beside the table and in its totals row."""
        for row in existing.values():
            for cell in row.cells:
                beside = not self._ours(cell.column) or row.number > self.area.last
                if beside and b"<" + self.marks.prefix + b"f" in cell.inside:
                    cell.inside = self.mover.sheet_xml(cell.inside, self.area.sheet.name)

    def _move_totals(self, existing: dict[int, Row]) -> None:
        """The totals row's cells to their new row; the row there keeps the cells beside the table."""
        old_number, new_number = self.area.totals, self.last + 1
        old = existing.get(old_number)
        moving = [c for c in old.cells if self._ours(c.column)] if old else []
        if old:
            old.cells = [c for c in old.cells if not self._ours(c.column)]
        target = existing.get(new_number)
        if target is None:
            target = existing[new_number] = Row(new_number, f'<{self.marks.prefix.decode()}row r="{new_number}"'.encode())
        for cell in moving:
            cell.tag = xml_bytes.put(cell.tag + b">", b"r", f"{column_letters(cell.column)}{new_number}".encode())[:-1]
        kept = [c for c in target.cells if not self._ours(c.column)]
        target.cells = sorted(kept + moving, key=lambda c: c.column)

    # the blocks

    def _blocks(self, runs: list[tuple[int, int, Any]]) -> Iterator[Callable[[], Any]]:
        """What builds each block of rows."""
        waiting: list[tuple[int, Row]] = []
        for first, last, how in runs:
            if isinstance(how, dict):
                waiting.append((first, how[first]))
                if len(waiting) == MERGED:
                    yield partial(self._merged, waiting)
                    waiting = []
                continue
            if waiting:
                yield partial(self._merged, waiting)
                waiting = []
            if isinstance(how, bytes):
                yield partial(bytes, how)
                continue
            rests = how if how is not None else TextsByRow.same(self.body.row_rest.encode(), last - self.area.first + 1)
            if self.filtered:
                rests = rests.changed(lambda rest: re.sub(rb'\s+hidden="[^"]*"', b"", rest))
            for start, end in row_markup.blocks(first, last, len(self.letters)):
                yield partial(self._new, start, end, rests)
        if waiting:
            yield partial(self._merged, waiting)

    def _new(self, start: int, end: int, rests: TextsByRow) -> memoryview:
        """Rows that hold the cells of the table only."""
        p = self.marks.prefix.decode()
        rest = rests.texts(start - self.area.first, end - start + 1)
        pieces = [f'<{p}row r="', row_markup.NUMBER, '"', rest, ">", *self._cells(start, end), f"</{p}row>"]
        return row_markup.raw(row_markup.RowNumbers(start, end).joined(pieces))

    def _with_kept(self, block: Callable[[], Any]) -> bytes:
        """A block of rows with the cells in it that have more than a value."""
        p = re.escape(self.marks.prefix)
        cell = re.compile(rb"<" + p + rb'c r="([A-Z]+\d+)"[^>]*?(?:/>|>.*?</' + p + rb"c>)", re.DOTALL)

        def put(match: re.Match[bytes]) -> bytes:
            kept = self.kept.get(match[1].decode())
            return match[0] if kept is None else kept.render(self.marks)

        return cell.sub(put, bytes(block()))

    def _cells(self, start: int, end: int) -> list[Any]:
        """The pieces of all cells of the table in these rows."""
        pieces: list[Any] = []
        for index, writer in enumerate(self.writers):
            styles = self.styles[index].texts(start - self.area.first, end - start + 1)
            if writer is not None:
                pieces += writer.pieces(start - self.area.first, end - start + 1, styles)
            else:
                calculated = self.formulas[index]
                assert calculated is not None
                pieces += calculated.pieces(start, end, styles, self.letters[index])
        return pieces

    def _merged(self, rows: list[tuple[int, Row]]) -> bytes:
        """Rows that exist already: the table's cells put between the cells left and right of it."""
        out = []
        at = 0
        while at < len(rows):
            stop = at
            limit = min(rows[at][0] + len(rows) - at, 10 ** len(str(rows[at][0]))) - 1
            while stop + 1 < len(rows) and rows[stop + 1][0] == rows[stop][0] + 1 <= limit:
                stop += 1
            start, end = rows[at][0], rows[stop][0]
            texts = row_markup.RowNumbers(start, end).joined(self._cells(start, end)).to_pylist()
            for (_, row), inner in zip(rows[at : stop + 1], texts, strict=True):
                left = b"".join(c.render(self.marks) for c in row.cells if c.column < self.area.left)
                right = b"".join(c.render(self.marks) for c in row.cells if c.column > self.area.right)
                tag = self._row_tag(row)
                out.append(tag + b">" + left + inner.encode() + right + row.tail + self.marks.close_row)
            at = stop + 1
        return b"".join(out)

    def _row_tag(self, row: Row) -> bytes:
        """The start tag of a row that holds the table's cells: shown, and with spans that cover them."""
        tag = row.tag
        if self.filtered:
            tag = xml_bytes.put(tag + b">", b"hidden", None)[:-1]
        spans = xml_bytes.get(tag, b"spans")
        if spans is not None and row.number > self.area.last:
            ends = [int(n) for n in re.findall(rb"\d+", spans)]
            if ends and (min(ends) > self.area.left or max(ends) < self.area.right):
                wide = f"{min(*ends, self.area.left)}:{max(*ends, self.area.right)}"
                tag = xml_bytes.put(tag + b">", b"spans", wide.encode())[:-1]
        return tag

    # around it

    def _filtered(self) -> bool:
        """Whether rows of the body may be hidden by a filter of the table or of the sheet."""
        if self.area.part is not None:
            data = self.workbook.package.read(self.area.part)
            return b"filterColumn" in data or b":filterColumn" in data
        return guards.sheet_filter(self.sheet.foot, self.area.whole) is not None

    def _without_filter(self, foot: bytes) -> bytes:
        found = guards.sheet_filter(foot, self.area.whole)
        assert found is not None
        cleared = guards.without_criteria(foot[found[0] : found[1]])
        self._note_filter("range")
        return foot[: found[0]] + cleared + foot[found[1] :]

    def _note_filter(self, what: str) -> None:
        self.notes.append(f"The filter of the {what} {self.area.name!r} was cleared, so that no new row is hidden.")

    def _dimension(self, head: bytes, below: bytes) -> bytes:
        """The sheet's used range, where the table's end moved it."""
        area = self.area
        old_bottom = area.totals or area.last
        new_bottom = self.last + (1 if area.totals else 0)

        def edit(_name: bytes, tag: bytes) -> bytes:
            bounds = parse_range(xml_bytes.unescape(xml_bytes.get(tag, b"ref") or b""))
            if bounds is None or new_bottom == old_bottom:
                return tag
            bottom = bounds.bottom
            if new_bottom > bottom:
                bottom = new_bottom
            elif bounds.bottom == old_bottom and not below.strip():
                bottom = max([new_bottom, *(row.number for row in self._kept_below(new_bottom))])
            return xml_bytes.put(tag, b"ref", str(Range(bounds.top, bounds.left, bottom, bounds.right)).encode())

        return xml_bytes.edit_tags(head, b"dimension", edit, most=1)

    def _kept_below(self, row: int) -> list[Row]:
        """Rows under the new end that keep cells beside the table."""
        rows = self.sheet.rows(row + 1, MAX_ROW)
        return [r for r in rows if any(not self._ours(c.column) for c in r.cells)]

    def _table_part(self) -> None:
        area = self.area
        if area.part is None:
            return
        package = self.workbook.package
        resized = area.resized(self.last)
        data = package.read(area.part)
        own = self.mover

        def edit(name: bytes, tag: bytes) -> bytes:
            return own.tag(name, tag)

        def root(_name: bytes, tag: bytes) -> bytes:
            return xml_bytes.put(xml_bytes.put(tag, b"ref", resized.whole.full.encode()), b"insertRow", None)

        data = xml_bytes.edit_tags(data, b"table", root, most=1)
        data = xml_bytes.edit_tags(data, b"sortState|sortCondition", edit)

        def auto_filter(_name: bytes, tag: bytes) -> bytes:
            bounds = Range(resized.header or resized.first, resized.left, resized.last, resized.right)
            return xml_bytes.put(tag, b"ref", bounds.full.encode())

        data = xml_bytes.edit_tags(data, b"autoFilter", auto_filter, most=1)
        if self.filtered:
            cleared = guards.without_criteria(data)
            if cleared != data:
                self._note_filter("table")
            data = cleared
        if self.last != area.last:
            data = xml_bytes.edit_texts(
                data,
                b"calculatedColumnFormula|totalsRowFormula",
                lambda _n, text: own.formula(text, area.sheet.name),
            )
        package.put(area.part, data)

    def _strings(self) -> None:
        now = sum(writer.text_cells for writer in self.writers if writer)
        self.strings.save(now - self.old_cells)
