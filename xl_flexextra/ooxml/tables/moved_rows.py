"""What a cell has besides its value, where its row moves: colours, formats within a text and pictures go with the row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from .. import xml_bytes
from ..fast.column_writer import same_value
from ..fast.texts_by_row import TextsByRow
from ..refs import Range, column_letters, parse_range
from ..sheet import Cell
from . import moved_comments
from .body import Body


class MovedRows:
    """Where the rows of a body go: ``old_of`` has for each new row the old one or -1; without it each stays in its place."""

    def __init__(self, body: Body, values: Sequence[Any], old_of: Any = None) -> None:
        self.body, self.values = body, values
        count = next((len(column) for column in values if column is not None), 0)
        self.old_of = np.where(np.arange(count) < body.count, np.arange(count), -1) if old_of is None else np.asarray(old_of)
        self.new_of = np.full(body.count, -1)
        known = self.old_of >= 0
        self.new_of[self.old_of[known]] = np.flatnonzero(known)

    @property
    def any_moves(self) -> bool:
        """Whether a row that stays goes to another place."""
        return bool((self.new_of[self.new_of >= 0] != np.flatnonzero(self.new_of >= 0)).any())

    def styles(self, column: int) -> TextsByRow:
        """The styles of a column's cells in their new rows; new rows look as the last one."""
        styles = self.body.styles[column]
        if not self.any_moves or not len(styles) or (styles.codes == styles.codes[0]).all():
            return styles
        codes = np.where(self.old_of >= 0, styles.codes[self.old_of], styles.codes[-1])
        return TextsByRow(styles.names, np.append(codes, styles.codes[-1]))

    def kept(self) -> dict[str, Cell]:
        """The cells that have more than a value and a style, by their new addresses, where the value stays."""
        found = {}
        for row, column, cell in self._odd():
            new = int(self.new_of[row])
            if new >= 0 and self._stays(column, row, new):
                address = f"{column_letters(cell.column)}{self.body.area.first + new}"
                tag = xml_bytes.put(cell.tag + b">", b"r", address.encode())[:-1]
                found[address] = Cell(cell.column, tag, cell.inside)
        return found

    def lost(self, all_of_them: bool = False) -> list[str]:
        """The addresses of the cells that lose what they have besides a value and a style."""
        return [
            f"{column_letters(cell.column)}{self.body.area.first + row}"
            for row, column, cell in self._odd()
            if all_of_them or self.new_of[row] < 0 or not self._stays(column, row, int(self.new_of[row]))
        ]

    def recoloured(self) -> bool:
        """Whether a row that moves looks otherwise than the one whose place it takes."""
        if not self.any_moves:
            return False
        stay = np.flatnonzero(self.new_of >= 0)
        for styles in self.body.styles:
            codes = np.asarray(styles.codes)
            if len(codes) and (codes[stay] != codes[np.minimum(self.new_of[stay], len(codes) - 1)]).any():
                return True
        return False

    @cached_property
    def comments(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Where the comments go that move with their rows."""
        return moved_comments.moved(self.body, self.new_of) if self.any_moves else {}

    def left_behind(self, by_excel: bool = False) -> list[str]:
        """What stays where it is, though its row moves or goes: comments, links, and typed cells beside the table."""
        area, found = self.body.area, []
        gone = {area.first + int(row) for row in np.flatnonzero(self.new_of != np.arange(len(self.new_of)))}
        if not gone:
            return []
        for bounds in references(self.body):
            moves = (bounds.top, bounds.left) in self.comments and not by_excel
            if area.left <= bounds.left <= area.right and bounds.top in gone and not moves:
                found.append(f"{column_letters(bounds.left)}{bounds.top}")
        others = [one.whole for one in self.body.workbook.tables if one.sheet.part == area.sheet.part]
        marks = self.body.sheet.marks
        for number in sorted(gone.intersection(self.body.rows)):
            for cell in self.body.rows[number].cells:
                if cell.blank or area.left <= cell.column <= area.right or cell.formula(marks) is not None:
                    continue
                if not any(other.holds(number, cell.column) for other in others):
                    found.append(f"{column_letters(cell.column)}{number}")
        return found

    def _stays(self, column: int, row: int, new: int) -> bool:
        given = self.values[column]
        return given is not None and same_value(_at(self.body.values(column), row), _at(given, new))

    def _odd(self) -> Iterator[tuple[int, int, Cell]]:
        """The cells of data with a picture, or with formats or phonetics within their text: row, column, cell."""
        body, rich = self.body, self.body.strings.rich
        if body.regular is not None:
            yield from self._odd_of_plain(rich)
            return
        if not rich and not any(mark in body.sheet.data for mark in (b" vm=", b"inlineStr")):
            return
        own = re.compile(rb"<" + body.sheet.marks.prefix + rb"(?:r|rPh|phoneticPr)[\s>/]")
        for column, cells in enumerate(body.grid):
            if body.calculated(column):
                continue
            for row, cell in enumerate(cells[: body.count]):
                if cell is None or cell.blank:
                    continue
                kind = xml_bytes.get(cell.tag, b"t")
                if (
                    xml_bytes.get(cell.tag, b"vm") is not None
                    or (kind == b"s" and rich and body.shared(cell) in rich)
                    or (kind == b"inlineStr" and own.search(cell.inside))
                ):
                    yield row, column, cell

    def _odd_of_plain(self, rich: frozenset[int]) -> Iterator[tuple[int, int, Cell]]:
        """The same of a body that is read by columns."""
        area = self.body.area
        assert self.body.regular is not None
        for column, read in enumerate(self.body.regular.columns):
            if not rich or not read.shared or self.body.calculated(column):
                continue
            places = read.values.fill_null(-1).to_numpy(zero_copy_only=False)
            for row in np.flatnonzero(np.isin(places, list(rich))).tolist():
                style = self.body.styles[column][row]
                tag = f'<c r="{column_letters(area.left + column)}{area.first + row}"'.encode()
                tag += (b' s="%s"' % style if style else b"") + b' t="s"'
                yield row, column, Cell(area.left + column, tag, b"<v>%d</v>" % places[row])


def references(body: Body) -> list[Range]:
    """The cells of a sheet with a comment or a link."""
    tags = [m[0] for m in re.finditer(rb"<(?:[\w.\-]+:)?hyperlink(?=\s)[^>]*>", body.sheet.foot)]
    links = (parse_range(xml_bytes.unescape(xml_bytes.get(tag, b"ref") or b"")) for tag in tags)
    comments = (Range(*place, *place) for place in moved_comments.places(body))
    return list(dict.fromkeys([*(one for one in links if one is not None), *comments]))


def _at(values: Any, row: int) -> Any:
    value = values[row]
    return value.as_py() if hasattr(value, "as_py") else value
