"""XML at the level of bytes: what is not understood is not touched.

Parts are checked by expat first (well formed, UTF-8, no document type, so no entities), then edited in place.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from xml.etree import ElementTree
from xml.parsers import expat

from ..errors import Refused
from ..files import door

ATTRS = rb"(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?"
"""The inside of a start tag, possibly with '>' in a value."""

MAX_TEXT = 32_767
"""Characters of a cell, as Excel counts them."""

MOST_ELEMENTS = 200_000
"""Of a part that is taken as a tree: Excel itself has 64,000 styles."""

_ATTRIBUTE = re.compile(rb"\s([\w:.\-]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def _utf8(part: str, first: bytes) -> None:
    if first[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in first[:64]:
        raise Refused(f"The part {part} is not in UTF-8; open the workbook in Excel and save it once.")


def check(part: str, *pieces: bytes) -> None:
    """Refuse a part that is not well-formed UTF-8 XML without a document type and without comments."""
    first = pieces[0]
    _utf8(part, first)
    declared = next((piece for piece in pieces if b"<!" in piece), None)
    if declared is not None:
        found = declared[declared.index(b"<!") :]
        what = "a comment" if found.startswith(b"<!--") else "CDATA" if found.startswith(b"<![CDATA[") else "a document type"
        raise Refused(
            f"The part {part} holds {what}, which workbooks do not need; open the workbook in Excel and save it once."
        )
    encoding = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)", first)
    if encoding and encoding[1].lower() not in (b"utf-8", b"utf8"):
        raise Refused(
            f"The part {part} is in {encoding[1].decode('ascii', 'replace')}, not in UTF-8; open the "
            "workbook in Excel and save it once."
        )
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > 200:
            raise Refused(f"The part {part} is nested more than 200 deep; take a good copy of the workbook.")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    if sum(map(len, pieces)) < 4 << 20:  # a Python call for each element of a large sheet costs seconds
        parser.StartElementHandler = start
        parser.EndElementHandler = end
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refused(f"The part {part} is not well-formed XML ({error}); take a good copy of the workbook.") from None


def parse(part: str, data: bytes) -> ElementTree.Element:
    """A small part as a tree, after :func:`check`."""
    count = data.count(b"<")
    if count > 2 * MOST_ELEMENTS and not door.large_allowed():
        raise Refused(
            f"The part {part} holds some {count // 2:,} elements (names, styles, columns …); more than "
            f"{MOST_ELEMENTS:,} are not read{door.ALLOW}"
        )
    check(part, data)
    return ElementTree.fromstring(data)


def local(tag: str) -> str:
    """A tag or attribute name without its namespace."""
    return tag.rpartition("}")[2]


def get(tag: bytes, name: bytes) -> bytes | None:
    """The raw value of an attribute of a start tag."""
    if name not in tag:
        return None
    for match in _ATTRIBUTE.finditer(tag):
        if match[1] == name:
            return match[2][1:-1]
    return None


def put(tag: bytes, name: bytes, value: bytes | None) -> bytes:
    """A start tag with an attribute set (in its place, or at the end), or taken out where ``value`` is None."""
    for match in _ATTRIBUTE.finditer(tag):
        if match[1] == name:
            if value is None:
                return tag[: match.start()] + tag[match.end() :]
            return tag[: match.start(2)] + b'"' + value + b'"' + tag[match.end(2) :]
    if value is None:
        return tag
    at = len(tag) - (2 if tag.endswith(b"/>") else 1)
    while tag[at - 1 : at].isspace():
        at -= 1
    return tag[:at] + b" " + name + b'="' + value + b'"' + tag[at:]


def number(tag: bytes, name: bytes, default: int, part: str) -> int:
    """A whole number in an attribute."""
    raw = get(tag, name)
    if raw is None:
        return default
    if not re.fullmatch(rb"\s*\d{1,9}\s*", raw):
        raise Refused(
            f"The part {part} holds {raw[:20].decode('utf-8', 'replace')!r} where a whole number has to be; "
            "take a good copy of the workbook."
        )
    return int(raw)


def root_prefix(data: bytes, element: bytes, part: str) -> bytes:
    """The namespace prefix, with its colon, of a part's root element; refuses another root."""
    _utf8(part, data)
    match = re.search(rb"<([A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)", data)
    if match is None or match[2] != element:
        raise Refused(f"The part {part} is not a {element.decode()}; take a good copy of the workbook.")
    return match[1] or b""


def edit_tags(data: bytes, names: bytes, edit: Callable[[bytes, bytes], bytes], most: int = 0) -> bytes:
    """Start tags of the named elements (alternatives by '|', any prefix) through ``edit(name, tag)``.

    All of them, or the first ``most``: extensions repeat names such as ``table`` with another meaning.
    """
    pattern = re.compile(rb"<(?:[\w.\-]+:)?(" + names + rb")(?=[\s/>])" + ATTRS + rb"/?>")
    return pattern.sub(lambda m: edit(m[1], m[0]), data, count=most)


def edit_texts(data: bytes, names: bytes, edit: Callable[[bytes, str], str]) -> bytes:
    """The text of every named element (alternatives by '|', any prefix) through ``edit(name, text)``."""
    pattern = re.compile(rb"(<(?:[\w.\-]+:)?(" + names + rb")(?=[\s>])" + ATTRS + rb">)([^<]+)(?=</)")

    def replace(match: re.Match[bytes]) -> bytes:
        old = unescape(match[3])
        new = edit(match[2], old)
        return match[0] if new == old else match[1] + escape(new)

    return pattern.sub(replace, data)


def unescape(data: bytes) -> str:
    """Character data as text."""
    text = data.decode("utf-8")
    if "&" not in text:
        return text
    text = re.sub(r"&#(x[0-9A-Fa-f]+|\d+);", _character, text)
    for name, sign in (("&gt;", ">"), ("&lt;", "<"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(name, sign)
    return text


def _character(match: re.Match[str]) -> str:
    code = int(match[1][1:], 16) if match[1][0] == "x" else int(match[1])
    return chr(code) if code < 0x110000 else ""


def escape(text: str) -> bytes:
    """Text as character data."""
    return html.escape(text, quote=False).encode("utf-8")  # xml.sax would import half a web client


def cell_text(text: str) -> str:
    """Text as a workbook stores it: characters that XML cannot hold as _xHHHH_, and what looks so itself escaped."""
    text = _ESCAPED.sub(r"_x005F_x\1_", text)
    return _ILLEGAL.sub(lambda m: f"_x{ord(m[0]):04X}_", text)


def units(text: str) -> int:
    """How many characters Excel counts in a text: one beyond the first 65,536, such as an emoji, is two."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def plain_text(text: str) -> str:
    """Text as a person sees it, from what a workbook stores."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
