"""Text files as columns of text: encoding, delimiter, header and the signs in their numbers, found or refused but never
guessed."""

from __future__ import annotations

import csv as plain_csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..cells import number_text
from ..errors import BadInput, MissingData, counted
from ..files import text_encoding
from ..ooxml.refs import MAX_COLUMN
from .arrays import NOTHING, Columns
from .headers import LOOKED_AT, header_place
from .mapping import TableMapping

_HEAD = 1 << 20  # bytes in which a header has to end
_BLOCK = 4 << 20  # bytes that are read at once
_UTF8 = ("utf-8", "utf8")
_AS_TEXT = re.compile(r'^\s*="([^"]*)"\s*$')
_EUROPEAN = re.compile(r"[-+]?(\d+,\d+|\d{1,3}(\.\d{3})+(,\d+)?)")
_PARTED = re.compile(r"[-+]?\d{1,3}(,\d{3})+\.\d+|[-+]?\d{1,3}(,\d{3}){2,}")  # 1,234.5 and 1,234,567 have one reading
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class TextTable:
    """A text file as it was read: all its columns as text, blanks null."""

    cells: Columns
    cut: bool  # whether the last line has no end
    plain: Callable[[str, Any], Any]  # puts the numbers of a column into plain form
    notes: list[str] = field(default_factory=list)


def read_csv(data: bytes, name: str, mapping: TableMapping, uneven: bool = False) -> TextTable:
    """A text file as a table.

    ``uneven``: rows may be longer or shorter than the header, as those of terms with a schedule across the row are.

    Raises:
        BadInput, MissingData: not text in the stated encoding, no data, or numbers that may be read in two ways.
    """
    notes: list[str] = []
    data = _utf8(data, name, mapping.encoding, notes)
    cut = not data.endswith((b"\n", b"\r"))
    stated, data = _begin(data)
    if not data:
        raise MissingData(f"The source {name} is empty; give a file with a header line and data.")
    head = _first_records(data, mapping.delimiter or stated)
    if len(head.names) > MAX_COLUMN:
        raise BadInput(f"The source {name} has more than {MAX_COLUMN:,} columns, which no sheet has; check its delimiter.")
    if head.place:
        lines = f"first {head.place} lines stand" if head.place > 1 else "first line stands"
        notes.append(f"The {lines} before the header of {name} and {'were' if head.place > 1 else 'was'} skipped.")
    arrays = _columns(data[head.end :], head, name, uneven)
    if head.delimiter == "," and not (mapping.decimal or mapping.thousands) and b'"' in data:
        notes += _thousands_alone(arrays, head.names)
    cells = Columns([*head.names, *[""] * (len(arrays) - len(head.names))], arrays)
    return TextTable(cells, cut, partial(plain_numbers, name, mapping, head.delimiter), notes)


def _thousands_alone(arrays: list[Any], names: list[str]) -> list[str]:
    """That numbers were read with commas between thousands where no number of their column says so: 10,312 is no 10.312."""
    import pyarrow.compute as pc

    from .column_kinds import without_words

    for array, name in zip(arrays, names, strict=False):
        if not pc.any(pc.match_substring(array, ",")).as_py():  # many times quicker than an expression
            continue
        array = without_words(array, number_text.USUAL_BLANKS)
        parted = pc.match_substring_regex(array, r"^\s*[-+]?\d{1,3},\d{3}\s*$")
        plain = pc.match_substring_regex(array, r"^\s*[-+]?\d{1,3}(,\d{3})?\s*$")
        if pc.any(parted).as_py() and pc.all(plain).as_py():
            first = array.filter(pc.fill_null(parted, False))[0].as_py().strip()
            number = first.replace(",", "")
            return [f"The comma in numbers of column {name}, such as {first!r}, was read as parting thousands, as {number}."]
    return []


def _utf8(data: bytes, name: str, encoding: str, notes: list[str]) -> bytes:
    """The text in UTF-8, without the mark that may begin it."""
    found = encoding or _encoding(data, name)
    try:
        text = data.decode(found)
    except LookupError:
        raise BadInput(f"The encoding {encoding!r} is unknown; set 'encoding' to utf-8, cp1252 or utf-16.") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"The source {name} is not text in {found} (line {line}); set 'encoding' in the mapping, such as "
            "cp1252 for files of Excel or of Windows."
        ) from None
    if "\x00" in text:
        raise BadInput(f"The source {name} is not text; give a CSV file, or set 'encoding' in the mapping, such as utf-16.")
    if found in {"cp1251", "cp1252"} and not encoding:
        notes.append(f"{name} is not in UTF-8 and was read in {found}, as programs for Windows write it.")
    if found.lower() in _UTF8:
        return data.removeprefix(b"\xef\xbb\xbf")
    return text.removeprefix("\ufeff").encode("utf-8", "replace")


def _encoding(data: bytes, name: str) -> str:
    """The encoding of a file that nobody named."""
    found = text_encoding.found(data)
    if not found:
        raise BadInput(
            f"The source {name} is not text in UTF-8, UTF-16 or cp1252; check the file, or set 'encoding' in a mapping."
        )
    return found


def _begin(data: bytes) -> tuple[str, bytes]:
    """The data from its first line on: blank lines, and a line ``sep=;`` as Excel writes it, go before."""
    stated = ""
    while data:
        line = re.match(rb"[^\r\n]*(\r\n|\r|\n|\Z)", data)
        assert line is not None
        excel = re.fullmatch(rb'"?sep=(.|\\t)"?', line[0].strip(b"\r\n"), re.IGNORECASE)
        if excel:
            stated = "\t" if excel[1] == b"\\t" else excel[1].decode("utf-8", "replace")
        elif line[0].strip():
            break
        data = data[line.end() :]
    return stated, data


@dataclass(frozen=True, slots=True)
class _Head:
    """The header of a file, read with one delimiter."""

    delimiter: str
    names: list[str]
    place: int  # the records before it
    end: int  # bytes up to the first record below it
    even: bool  # whether the records below are as long as it is


def _first_records(data: bytes, delimiter: str) -> _Head:
    """The header. Of the signs that may part the cells, the one with which it stands first and has most cells."""
    text = data[:_HEAD].decode("utf-8", "ignore")
    found = [_head(text, sign) for sign in (delimiter or ",;\t|")]
    usable = [head for head in found if len(head.names) > 1] or found[:1]
    return min(usable, key=lambda head: (head.place, not head.even, -len(head.names)))


def _head(text: str, delimiter: str) -> _Head:
    lines = [match[0] for match in _LINE.finditer(text) if match[0]]
    reader = plain_csv.reader(iter(lines), delimiter=delimiter)
    records, ends = [], []
    try:
        for record in reader:
            if record and any(cell.strip() for cell in record):
                records.append(record)
                ends.append(reader.line_num)
            if len(records) >= LOOKED_AT:
                break
    except plain_csv.Error:  # a field without an end
        pass
    if not records:
        return _Head(delimiter, [""], 0, 0, True)
    place = header_place(records)
    end = sum(len(line.encode()) for line in lines[: ends[place]])
    even = all(len(record) == len(records[place]) for record in records[place:])
    return _Head(
        delimiter, [" ".join(_AS_TEXT.sub(r"\1", cell.strip()).split()) for cell in records[place]], place, end, even
    )


def _columns(data: bytes, head: _Head, name: str, uneven: bool) -> list[Any]:
    """The columns below the header as text."""
    import pyarrow as pa
    from pyarrow import csv

    places = [str(place) for place in range(len(head.names))]
    if not data.strip():
        return [pa.array([], pa.string()) for _ in places]
    try:
        table = csv.read_csv(
            pa.BufferReader(data),
            read_options=csv.ReadOptions(block_size=_BLOCK, column_names=places),
            parse_options=csv.ParseOptions(delimiter=head.delimiter, newlines_in_values=data.count(b'"') > 0),
            convert_options=csv.ConvertOptions(
                column_types={place: pa.string() for place in places},
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=list(NOTHING),
            ),
        )
    except pa.ArrowInvalid as error:
        if "straddling" in str(error):
            raise BadInput(f"The source {name} has a line of many megabytes; check its quotes and line ends.") from None
        if "Expected" not in str(error):
            raise
        return _uneven_columns(data, head, name, uneven)
    return [_as_text(column) for column in _without_rows_of_nothing(table).columns]


def _without_rows_of_nothing(table: Any) -> Any:
    """A table without the rows whose cells are all blank: delimiters alone are no data."""
    import pyarrow.compute as pc

    held = None
    for column in table.columns:
        if not column.null_count:
            return table
        there = pc.is_valid(column)
        held = there if held is None else pc.or_(held, there)
    return table if held is None or pc.all(held).as_py() is not False else table.filter(held)


def _uneven_columns(data: bytes, head: _Head, name: str, uneven: bool) -> list[Any]:
    """The columns of rows that are not all as long as the header; blank cells at their ends do not count."""
    import pyarrow as pa

    width = len(head.names)
    rows: list[list[str]] = []
    lines = _lines(data.decode("utf-8"))
    reader = plain_csv.reader(lines, delimiter=head.delimiter)
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        while len(row) > width and not row[-1].strip():
            row.pop()
        if len(row) != width and not uneven:
            raise BadInput(
                f"The source {name} has {counted(len(row), 'cell')} in line {reader.line_num} below its header of {width} "
                f"({row[0][:40]!r} …); correct the line, or check that the file is complete."
            )
        rows.append(row)
    width = max([width, *map(len, rows)])
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    columns = [pa.array([None if row[i] in NOTHING else row[i] for row in padded], pa.string()) for i in range(width)]
    return [_as_text(column) for column in columns]


def _as_text(column: Any) -> Any:
    """A column whose cells ="00123" are the text 00123: so programs write what Excel shall not take for a number."""
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring_regex(column, _AS_TEXT.pattern)).as_py():
        return column
    return pc.replace_substring_regex(column, _AS_TEXT.pattern, r"\1")


def _lines(text: str) -> Iterator[str]:
    """The lines of a text, separated by line ends only: a cell may hold other signs that part lines or pages."""
    return iter(io.StringIO(text, newline=""))


def plain_numbers(name: str, mapping: TableMapping, delimiter: str, column: str, array: Any, mixed: bool = False) -> Any:
    """Numbers with a point for the decimal sign and nothing between thousands, as the mapping says they are written.

    In a column of texts a few numbers are none, unless it is known to be ``mixed``, as the values of terms are.

    Without a word about it, a comma in a file that is not separated by commas may be either: 10,312 is ten or ten thousand.
    """
    import pyarrow as pa

    from .column_kinds import named_as_date, named_as_text

    stated = mapping.decimal or mapping.thousands
    if not pa.types.is_string(array.type):
        return array
    if not stated and delimiter not in (";", "\t", "|"):
        return array
    if (column and column in (mapping.date, mapping.fund)) or named_as_text(column) or named_as_date(column):
        return array
    encoded = (array.combine_chunks() if hasattr(array, "combine_chunks") else array).dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    read = partial(number_text.parsed, decimal=mapping.decimal or ".", thousands=mapping.thousands)
    odd = [number_text.parsed(t) is not None or _EUROPEAN.fullmatch(t.strip()) for t in texts]
    numbers = [t for t, plain in zip(texts, odd, strict=True) if plain or read(t) is not None]
    words = sum(not number_text.says_nothing(t) for t in texts)
    if not numbers or (2 * len(numbers) < words and not (mixed and stated)):
        return array
    if stated:
        return _rewritten(encoded, texts, column, name, mapping)
    either = next((t for t in numbers if "," in t and not _PARTED.fullmatch(t.strip())), None)
    if either is not None:
        raise BadInput(
            f"The source {name}, column {column}: {either.strip()!r} may hold a decimal comma or part thousands; "
            "set 'decimal' in the mapping, or --decimal, to a comma or a point."
        )
    return array


def _rewritten(encoded: Any, texts: list[str], column: str, name: str, mapping: TableMapping) -> Any:
    import pyarrow as pa

    plain = []
    for text in texts:
        number = _by(text, mapping)
        if number is None and (number_text.parsed(text) is not None or _EUROPEAN.fullmatch(text.strip())):
            raise BadInput(
                f"The source {name}, column {column}: {text.strip()!r} is no number with 'decimal' = "
                f"{mapping.decimal or '.'!r} and 'thousands' = {_thousands(mapping)!r}; correct the mapping or the source."
            )
        plain.append(text if number is None else number)
    return pa.array(plain, pa.string()).take(encoded.indices)


def _thousands(mapping: TableMapping) -> str:
    return mapping.thousands or ("." if mapping.decimal == "," else ",")


def _by(text: str, mapping: TableMapping) -> str | None:
    """A number as the mapping says it is written, in plain form with its currency, percent sign and parentheses."""
    if number_text.parsed(text, mapping.decimal or ".", mapping.thousands) is None:
        return None
    sign = "\u00a0\u202f " if _thousands(mapping) in "\u00a0\u202f " else re.escape(_thousands(mapping))
    bare = re.sub(rf"(?<=\d)[{sign}](?=\d{{3}})", "", text.strip())
    return bare.replace(mapping.decimal or ".", ".")
