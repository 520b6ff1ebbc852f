"""A worksheet part in pieces: what stands before its rows, the rows, what stands behind."""

from __future__ import annotations

import datetime
import functools
import math
import re
from dataclasses import dataclass, field
from typing import Any

from ..errors import CELL_ERRORS, CellError, Refused
from . import xml_bytes
from .refs import column_letters, column_number
from .strings import SharedStrings
from .workbook import Workbook
from .xml_bytes import ATTRS, plain_text, unescape


class Markup:
    """The patterns of a worksheet with one namespace prefix."""

    def __init__(self, prefix: bytes) -> None:
        p = self.prefix = prefix
        end = rb"\s*>"
        self.row_tag = re.compile(rb"<" + p + rb"row(?=[\s/>])" + ATTRS + rb"/?>")
        self.row = re.compile(
            rb"\s*(<" + p + rb"row(?=[\s/>])" + ATTRS + rb")(?:/>|>(.*?)</" + p + rb"row" + end + rb")",
            re.DOTALL,
        )
        self.cell = re.compile(
            rb"\s*(<" + p + rb"c(?=[\s/>])" + ATTRS + rb")(?:/>|>(.*?)</" + p + rb"c" + end + rb")", re.DOTALL
        )
        self.formula = re.compile(rb"(<" + p + rb"f(?=[\s/>])" + ATTRS + rb")(?:/>|>([^<]*)</" + p + rb"f" + end + rb")")
        self.value = re.compile(rb"<" + p + rb"v(?=[\s/>])[^>]*?(?:/>|>([^<]*)</" + p + rb"v" + end + rb")")
        self.text = re.compile(rb"<" + p + rb"t(?=[\s>])[^>]*>([^<]*)<")
        self.open_data = re.compile(rb"<" + p + rb"sheetData(?=[\s/>])[^>]*>")
        self.close_row = b"</" + p + b"row>"
        self.close_cell = b"</" + p + b"c>"


markup = functools.lru_cache(maxsize=16)(Markup)


@dataclass(frozen=True, slots=True)
class Formula:
    """The formula of a cell: its start tag without the closing bracket, its text, and what it belongs to."""

    tag: bytes
    text: str

    @property
    def kind(self) -> str:
        """ "normal", "shared", "array" or "dataTable"."""
        return (xml_bytes.get(self.tag, b"t") or b"normal").decode("ascii", "replace")

    @property
    def ref(self) -> str:
        """The cells that a shared or array formula covers, as written."""
        return (xml_bytes.get(self.tag, b"ref") or b"").decode("ascii", "replace")

    @property
    def group(self) -> bytes | None:
        """The number of a shared formula."""
        return xml_bytes.get(self.tag, b"si")


@dataclass(slots=True)
class Cell:
    """A cell: its column, its start tag without the closing bracket, and what is inside."""

    column: int
    tag: bytes
    inside: bytes

    def render(self, marks: Markup) -> bytes:
        """The cell as XML."""
        if not self.inside:
            return self.tag + b"/>"
        return self.tag + b">" + self.inside + marks.close_cell

    @property
    def style(self) -> bytes:
        """The style number, empty where there is none."""
        return xml_bytes.get(self.tag, b"s") or b""

    @property
    def blank(self) -> bool:
        """Whether it has neither value nor formula."""
        return not self.inside.strip()

    def formula(self, marks: Markup) -> Formula | None:
        """Its formula, if it has one."""
        match = marks.formula.search(self.inside)
        return Formula(match[1], unescape(match[2] or b"")) if match else None

    def value(self, marks: Markup, strings: SharedStrings, part: str) -> Any:
        """Its (cached) value: float, text, bool, CellError, or None."""
        kind = xml_bytes.get(self.tag, b"t") or b"n"
        if kind == b"inlineStr":
            inner = re.sub(
                rb"<" + marks.prefix + rb"rPh(?=[\s>]).*?</" + marks.prefix + rb"rPh>",
                b"",
                self.inside,
                flags=re.DOTALL,
            )
            return plain_text(unescape(b"".join(marks.text.findall(inner))))
        match = marks.value.search(self.inside)
        if match is None or match[1] is None:
            return None
        return decode(kind, match[1], strings, part)


def decode(kind: bytes, raw: bytes, strings: SharedStrings, part: str) -> Any:
    """The value that a ``<v>`` of a type holds."""
    text = unescape(raw)
    try:
        if kind == b"n":
            return _number(text) if text.strip() else None
        if kind == b"s":
            place = int(text)
            if place < 0:
                raise IndexError
            return strings.texts[place]
    except (ValueError, IndexError):
        raise Refused(
            f"The part {part} holds the value {text[:30]!r} in a cell of type "
            f"{kind.decode('ascii', 'replace')!r}; correct the workbook in Excel first."
        ) from None
    if kind == b"b":
        return text.strip() in ("1", "true")
    if kind == b"d":
        return _serial(text.strip(), strings.date1904)
    if kind == b"e":
        return CELL_ERRORS.get(text, CellError(text))
    return plain_text(text)


def _number(text: str) -> float:
    """A number as a file spells it: no NaN, and none of the signs that Python takes besides."""
    number = float(text)
    if not math.isfinite(number) or "_" in text or not text.isascii():
        raise ValueError(text)
    return number


def _serial(text: str, date1904: bool) -> float | str:
    """A date or time as ISO 8601 writes it, as other cells hold it: a number."""
    try:
        if text[:1] == "T" or text[2:3] == ":":
            moment, first = datetime.datetime.fromisoformat("1900-01-01T" + text.lstrip("T")), datetime.datetime(1900, 1, 1)
        else:
            moment = datetime.datetime.fromisoformat(text)
            first = datetime.datetime(1904, 1, 1) if date1904 else datetime.datetime(1899, 12, 30)
    except ValueError:
        return text
    return (moment.replace(tzinfo=None) - first) / datetime.timedelta(days=1)


@dataclass(slots=True)
class Row:
    """A row: its number, its start tag without the closing bracket, its cells, what follows them."""

    number: int
    tag: bytes
    cells: list[Cell] = field(default_factory=list)
    tail: bytes = b""

    def render(self, marks: Markup) -> bytes:
        """The row as XML."""
        inside = b"".join(cell.render(marks) for cell in self.cells) + self.tail
        return self.tag + (b">" + inside + marks.close_row if inside else b"/>")

    @property
    def bare(self) -> bool:
        """Whether an empty row says nothing that a missing row would not."""
        names = {m[1].rpartition(b":")[2] for m in re.finditer(rb"\s([\w:.\-]+)\s*=", self.tag)}
        return not self.tail and names <= {b"r", b"spans", b"dyDescent", b"hidden"}


def parse_rows(data: bytes, marks: Markup, part: str, after: int = 0) -> list[Row]:
    """The rows of a stretch of sheet data; rows and cells without an address get theirs."""
    rows: list[Row] = []
    at = 0
    last_row = after
    while match := marks.row.match(data, at):
        at = match.end()
        tag = match[1]
        number = xml_bytes.number(tag, b"r", last_row + 1, part)
        if xml_bytes.get(tag, b"r") is None:
            tag = xml_bytes.put(tag + b">", b"r", str(number).encode())[:-1]
        if number <= last_row:
            raise Refused(
                f"The part {part} has its rows out of order (row {number}); open the workbook in Excel and save it once."
            )
        last_row = number
        row = Row(number, tag.rstrip())
        inside = match[2] or b""
        place, last_column = 0, 0
        while found := marks.cell.match(inside, place):
            place = found.end()
            cell_tag = found[1].rstrip()
            address = xml_bytes.get(cell_tag, b"r")
            column = last_column + 1 if address is None else _column(address, number, part)
            if address is None:
                head = len(marks.prefix) + 2
                cell_tag = cell_tag[:head] + f' r="{column_letters(column)}{number}"'.encode() + cell_tag[head:]
            if column <= last_column:
                raise Refused(
                    f"The part {part} has the cells of row {number} out of order; open the workbook in "
                    "Excel and save it once."
                )
            last_column = column
            row.cells.append(Cell(column, cell_tag, found[2] or b""))
        row.tail = inside[place:].strip()
        if b"<" + marks.prefix + b"c " in row.tail:
            raise Refused(
                f"The part {part} has a cell in row {number} that is not understood; open the workbook in "
                "Excel and save it once."
            )
        rows.append(row)
    if data[at:].strip():
        raise Refused(
            f"The part {part} is not understood after row {last_row}; open the workbook in Excel and save it once."
        )
    return rows


def _column(address: bytes, row: int, part: str) -> int:
    letters = address.rstrip(b"0123456789")
    if address[len(letters) :] == b"%d" % row and letters in _COLUMNS:
        return _COLUMNS[letters]
    match = re.fullmatch(rb"([A-Za-z]{1,3})(\d{1,7})", address)
    if match is None or int(match[2]) != row:
        raise Refused(
            f"The part {part} holds a cell {address[:20].decode('utf-8', 'replace')!r} in row {row}; take a "
            "good copy of the workbook."
        )
    return _COLUMNS.setdefault(match[1], column_number(match[1].decode()))


_COLUMNS: dict[bytes, int] = {}  # at most some 18,000 spellings


class SheetPart:
    """The bytes of a worksheet, cut at its rows."""

    def __init__(self, data: bytes, part: str) -> None:
        self.part = part
        self.data = data
        self.marks = markup(xml_bytes.root_prefix(data[:4096], b"worksheet", part))
        start = self.marks.open_data.search(data)
        if start is None:
            raise Refused(
                f"The part {part} has no rows that are understood (sheetData); open the workbook in Excel and save it once."
            )
        close = b"</" + self.marks.prefix + b"sheetData"
        if start[0].endswith(b"/>"):
            self.head = data[: start.end() - 2].rstrip() + b">"
            self.rows_start = self.rows_end = start.end()
            self.foot = close + b">" + data[start.end() :]
        else:
            self.head = data[: start.end()]
            self.rows_start = start.end()
            self.rows_end = data.rfind(close)
            if self.rows_end < self.rows_start:
                raise Refused(f"The part {part} ends inside its rows; take a good copy of the workbook.")
            self.foot = data[self.rows_end :]

    def check(self) -> None:
        """Refuse XML that is not sound."""
        xml_bytes.check(self.part, self.data)

    def row_at(self, number: int) -> int:
        """The offset of the first row whose number is at least ``number``; the end of the rows where there is
        none."""
        marks, data = self.marks, self.data
        last = data.rfind(b"<" + marks.prefix + b"row ", self.rows_start, self.rows_end)
        if last >= 0:
            tag = marks.row_tag.match(data, last)
            address = xml_bytes.get(tag[0], b"r") if tag else None
            if address is not None and address.isdigit() and int(address) < number:
                return self.rows_end
        exact = data.find(b"<" + marks.prefix + b'row r="%d"' % number, self.rows_start, self.rows_end)
        if exact >= 0:
            return exact
        count = 0
        for match in marks.row_tag.finditer(data, self.rows_start, self.rows_end):
            count = xml_bytes.number(match[0], b"r", count + 1, self.part)
            if count >= number:
                return match.start()
        return self.rows_end

    def rows(self, first: int, last: int) -> list[Row]:
        """The rows with numbers from ``first`` to ``last``."""
        start, end = self.row_at(first), self.row_at(last + 1)
        rows = parse_rows(self.data[start:end], self.marks, self.part, self.number_before(start))
        return [row for row in rows if first <= row.number <= last]

    def number_before(self, offset: int) -> int:
        """The number of the row before an offset, where rows carry no numbers of their own."""
        tag = self.marks.row_tag.match(self.data, offset)
        if tag is None or xml_bytes.get(tag[0], b"r") is not None:
            return 0
        count = 0
        for match in self.marks.row_tag.finditer(self.data, self.rows_start, offset):
            count = xml_bytes.number(match[0], b"r", count + 1, self.part)
        return count


def refuse_lost_texts(workbook: Workbook) -> None:
    """Raise where a cell shows a text that the workbook does not hold."""
    strings = SharedStrings(workbook)
    for sheet in workbook.sheets:
        data = workbook.package.read(sheet.part)
        marks = markup(xml_bytes.root_prefix(data[:4096], b"worksheet", sheet.part))
        for tag, inside in marks.cell.findall(data):
            if xml_bytes.get(tag, b"t") == b"s" and (match := marks.value.search(inside)) and match[1]:
                decode(b"s", match[1], strings, sheet.part)
