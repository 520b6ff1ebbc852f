"""Text files as columns of text: delimiter, header and the signs in their numbers, found or refused but never guessed."""

from __future__ import annotations

import csv as plain_csv
import io
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from ..errors import BadInput, MissingData
from .mapping import TableMapping

MISSING = ["", "NA", "N/A", "#N/A", "NULL", "null", "NaN", "nan"]
_HEAD = 1 << 20  # bytes in which a header has to end
_EUROPEAN = re.compile(r"[-+]?(\d+,\d+|\d{1,3}(\.\d{3})+(,\d+)?)")
_PARTED = re.compile(r"[-+]?\d{1,3}(,\d{3})+\.\d+|[-+]?\d{1,3}(,\d{3}){2,}")  # 1,234.5 and 1,234,567 have one reading


def read_csv(data: bytes, name: str, mapping: TableMapping) -> tuple[Any, bool, Callable[[str, Any], Any]]:
    """All columns as text (blanks null), whether the last line has no end, and what puts the numbers of a column into
    plain form.

    Raises:
        BadInput, MissingData: not text in the stated encoding, no data, or numbers that may be read in two ways.
    """
    if b"\x00" in data[:4096] and mapping.encoding.lower() in ("utf-8", "utf8"):
        raise BadInput(f"The source {name} is not text in UTF-8; set 'encoding' in the mapping, such as utf-16 or cp1252.")
    data = _utf8(data, name, mapping.encoding)
    cut = not data.endswith((b"\n", b"\r"))
    stated, data = _begin(data)
    if not data:
        raise MissingData(f"The source {name} is empty; give a file with a header line and data.")
    delimiter = mapping.delimiter or stated or _delimiter(data[:65536].decode("utf-8", "replace"))
    table = _columns(data, _header(data, delimiter), delimiter)
    return table, cut, partial(_plain_numbers, name, mapping, delimiter)


def _utf8(data: bytes, name: str, encoding: str) -> bytes:
    """The text in UTF-8, without the mark that may begin it."""
    try:
        text = data.decode(encoding)
    except LookupError:
        raise BadInput(f"The encoding {encoding!r} is unknown; set 'encoding' to utf-8, cp1252 or utf-16.") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"The source {name} is not text in {encoding} (line {line}); set 'encoding' in the mapping, such as "
            "cp1252 for files of Excel or of Windows."
        ) from None
    if encoding.lower() in ("utf-8", "utf8"):
        return data.removeprefix(b"\xef\xbb\xbf")
    return text.removeprefix("\ufeff").encode("utf-8", "replace")


def _begin(data: bytes) -> tuple[str, bytes]:
    """The data from its header on: blank lines, and a line ``sep=;`` as Excel writes it, go before."""
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


def _delimiter(text: str) -> str:
    """The sign that parts the first line most often, outside of quotes."""
    bare = re.sub(r'"(?:[^"]|"")*"', "", text)
    first = (bare.strip("\r\n").splitlines() or [""])[0]
    return max(",;\t|", key=first.count)


def _header(data: bytes, delimiter: str) -> list[str]:
    text = data[:_HEAD].decode("utf-8", "ignore")
    return next(plain_csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _columns(data: bytes, names: list[str], delimiter: str) -> Any:
    import pyarrow as pa
    from pyarrow import csv

    def read(columns: list[str]) -> Any:
        return csv.read_csv(
            pa.BufferReader(data),
            read_options=csv.ReadOptions(block_size=4 << 20),
            parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=data.count(b'"') > 0),
            convert_options=csv.ConvertOptions(
                column_types={n: pa.string() for n in columns},
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=MISSING,
            ),
        )

    table = read(names)
    if any(not pa.types.is_string(t) for t in table.schema.types):  # named otherwise than the header was read here
        table = read(table.column_names)
    return table


def _plain_numbers(name: str, mapping: TableMapping, delimiter: str, column: str, array: Any) -> Any:
    """Numbers with a point for the decimal sign and nothing between thousands, as the mapping says they are written.

    Without a word about it, a comma in a file that is not parted by commas may be either: 10,312 is ten or ten thousand.
    """
    from .column_kinds import is_number, named_as_date, named_as_text

    stated = mapping.decimal or mapping.thousands
    if not stated and delimiter not in (";", "\t"):
        return array
    if column in (mapping.date, mapping.fund) or named_as_text(column) or named_as_date(column):
        return array
    encoded = (array.combine_chunks() if hasattr(array, "combine_chunks") else array).dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    numbers = [t for t in texts if is_number(t) or _EUROPEAN.fullmatch(t.strip()) or _by(t, mapping) is not None]
    if 2 * len(numbers) < len([t for t in texts if t.strip()]) or not numbers:
        return array
    if stated:
        return _rewritten(encoded, texts, column, name, mapping)
    odd = next((t for t in numbers if "," in t and not _PARTED.fullmatch(t.strip())), None)
    if odd is not None:
        raise BadInput(
            f"The source {name}, column {column}: {odd.strip()!r} may hold a decimal comma or part thousands; "
            "set 'decimal' in the mapping, or --decimal, to a comma or a point."
        )
    return array


def _rewritten(encoded: Any, texts: list[str], column: str, name: str, mapping: TableMapping) -> Any:
    import pyarrow as pa

    from .column_kinds import is_number

    plain = []
    for text in texts:
        number = _by(text, mapping)
        if number is None and (is_number(text) or _EUROPEAN.fullmatch(text.strip())):
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
    point, sign = re.escape(mapping.decimal or "."), _thousands(mapping)
    part = r"[ \u00a0\u202f]" if sign in " \u00a0\u202f" else re.escape(sign)
    shape = rf"([^\d]*?)(\d+|\d{{1,3}}(?:{part}\d{{3}})+)?(?:{point}(\d*))?([eE][-+]?\d+)?([^\d]*)"
    found = re.fullmatch(shape, text.strip())
    if found is None or not (found[2] or found[3]):
        return None
    whole = re.sub(r"\D", "", found[2] or "")
    plain = f"{found[1]}{whole}{'.' + found[3] if found[3] is not None else ''}{found[4] or ''}{found[5]}"
    from .column_kinds import is_number

    return plain if is_number(plain) else None
