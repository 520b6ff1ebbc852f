"""The definitions as names of a workbook: put in, brought up to date, taken out; every other byte of it stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from ... import catalogue, sample
from ...errors import Refused
from ...ooxml import xml_bytes
from ...ooxml.vba.embed import PROJECT, mentions
from ...ooxml.workbook import Workbook
from .definitions import COMMENT, Definition, definitions
from .stored import parameters, stored

LIST = "FX_NAMES"
"""The name that lists the names of the library: by it a workbook knows its own, of whatever version."""

_LAMBDA = "_xlfn.LAMBDA("
_BLOCK = re.compile(
    rb"<([\w.\-]+:)?definedNames\b" + xml_bytes.ATTRS + rb"(?:/>|>(.*)</(?:[\w.\-]+:)?definedNames\s*>)", re.S
)
_NAME = re.compile(
    rb"(<(?:[\w.\-]+:)?definedName\b" + xml_bytes.ATTRS + rb">)([^<]*)</(?:[\w.\-]+:)?definedName\s*>", re.S
)  # fmt: skip
_BEFORE = (b"externalReferences", b"functionGroups", b"sheets")  # what stands before the names, the last one first


class Change(NamedTuple):
    """How many names were put in, changed and taken out."""

    added: int
    changed: int
    removed: int


def library(shipped: Mapping[str, str]) -> dict[str, Definition]:
    """Every definition, and the name that lists them."""
    defined = definitions(shipped)
    items = "; ".join(f'"{name}"' for name in [*defined, LIST])
    return {**defined, LIST: Definition(f"LAMBDA({{{items}}})", "the names of this library, for who updates or removes it")}


def shipped_terms(book: Workbook) -> dict[str, str]:
    """The shipped contracts whose terms are tables of the workbook, each with the table's name."""
    return {contract: area.name for table, contract in sample.TERMS.items() if (area := book.table(table)) is not None}


def carried(book: Workbook) -> frozenset[str]:
    """The names of the library that a workbook carries, of whatever version."""
    lists = [one.text for one in book.names if one.name.casefold() == LIST.casefold() and one.sheet is None]
    listed = {name.casefold() for text in lists for name in re.findall(r'"(\w+)"', text)}
    found = (one for one in book.names if one.sheet is None and one.text.lstrip("=").startswith(_LAMBDA))
    return frozenset(one.name for one in found if one.name.casefold() in listed)


def add(book: Workbook, shipped: Mapping[str, str] | None = None) -> Change:
    """Put the definitions in, in place of those of another version.

    Raises:
        Refused: the workbook is signed, has our macros, or has names or tables of its own that clash.
    """
    shipped = shipped_terms(book) if shipped is None else shipped
    defined, ours = library(shipped), carried(book)
    _refuse(book, defined, ours)
    taken = frozenset(text.casefold() for text in _own_names(book, ours))
    texts = {name: _element(_prefix(book), name, one, taken) for name, one in defined.items()}
    before = {_name_of(tag): element for tag, element in _elements(_block(book))}
    _rewrite(book, ours, texts)
    same = sum(before.get(name) == text for name, text in texts.items())
    there = sum(name in before for name in texts)
    return Change(len(texts) - there, there - same, len(ours - set(texts)))


def remove(book: Workbook) -> Change:
    """Take the definitions out again.

    Raises:
        Refused: there are none, or the workbook is signed.
    """
    ours = carried(book)
    if not ours:
        raise Refused(f"{book.package.name} holds no native functions; nothing was changed.")
    _refuse_signed(book)
    _rewrite(book, ours, {})
    return Change(0, 0, len(ours))


def calling_cells(book: Workbook) -> int:
    """How many cells call one of the worksheet functions."""
    names, found = catalogue.names(), re.compile(rb"<(?:[\w.\-]+:)?f\b" + xml_bytes.ATTRS + rb">([^<]+)</")
    texts = (text for sheet in book.sheets for text in found.findall(book.package.read(sheet.part)))
    return sum(mentions(xml_bytes.unescape(text), names) for text in texts)


def _refuse(book: Workbook, defined: Iterable[str], ours: frozenset[str]) -> None:
    _refuse_signed(book)
    file = book.package.name
    if PROJECT in book.package and b"FlexGlue" in book.package.read(PROJECT):
        raise Refused(
            f"{file} has the macros of the add-in, which answer under the same names; take the .xlsx without them."
        )
    mine = {name.casefold() for name in defined}
    for text in sorted(_own_names(book, ours)):
        if text.casefold() in mine:
            raise Refused(
                f"{file} has a name or table {text!r} of its own, as one of the native functions is called; rename it."
            )


def _refuse_signed(book: Workbook) -> None:
    if book.signed:
        raise Refused(f"{book.package.name} carries a digital signature, which any change breaks; remove it in Excel first.")


def _own_names(book: Workbook, ours: frozenset[str]) -> set[str]:
    """The names and tables of the workbook that are not the library's."""
    names = {one.name for one in book.names if one.sheet is not None or one.name not in ours}
    return names | {area.name for area in book.tables}


def _prefix(book: Workbook) -> bytes:
    return xml_bytes.root_prefix(book.package.read(book.part), b"workbook", book.part)


def _block(book: Workbook) -> bytes:
    match = _BLOCK.search(book.package.read(book.part))
    return (match[2] or b"") if match else b""


def _elements(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each name's start tag and its whole element."""
    return ((match[1], match[0]) for match in _NAME.finditer(block))


def _name_of(tag: bytes) -> str:
    return xml_bytes.unescape(xml_bytes.get(tag, b"name") or b"")


def _element(prefix: bytes, name: str, one: Definition, taken: frozenset[str]) -> bytes:
    """A name as the workbook part stores it; parameters that are names of this workbook get another name."""
    text = stored(one.formula, renamed=parameters(one.formula) & taken)
    said = f" comment={quoteattr(one.comment[:COMMENT])}" if one.comment else ""
    head = f'definedName name="{name}"{said}>'.encode()
    return b"<" + prefix + head + xml_bytes.escape(text) + b"</" + prefix + b"definedName>"


def _rewrite(book: Workbook, out: frozenset[str], new: Mapping[str, bytes]) -> None:
    """The names of the workbook without ``out`` and with ``new``; the tags around them stay as they are."""
    package, prefix = book.package, _prefix(book)
    data = package.read(book.part)
    match = _BLOCK.search(data)
    whole = _merged(_block(book), out, new)
    if match and match[2] is not None and whole.strip():
        start, end = match.span(2)
    else:
        start, end = match.span() if match else (_place(data),) * 2
        if whole.strip():
            whole = b"<" + prefix + b"definedNames>" + whole + b"</" + prefix + b"definedNames>"
    package.put(book.part, data[:start] + whole + data[end:])
    for read in ("tree", "names"):
        book.__dict__.pop(read, None)


def _merged(block: bytes, out: frozenset[str], new: Mapping[str, bytes]) -> bytes:
    """The elements without ``out``; each new one before the first that comes after it by name."""
    block = _NAME.sub(lambda m: b"" if _is(m[1], out) else m[0], block)
    todo = sorted(new.items(), key=lambda item: item[0].casefold())
    pieces, at = [], 0
    for found in _NAME.finditer(block):
        while todo and todo[0][0].casefold() < _name_of(found[1]).casefold():
            pieces += [block[at : found.start()], todo.pop(0)[1]]
            at = found.start()
    return b"".join([*pieces, block[at:], *(text for _, text in todo)])


def _is(tag: bytes, names: frozenset[str]) -> bool:
    return xml_bytes.get(tag, b"localSheetId") is None and _name_of(tag) in names


def _place(data: bytes) -> int:
    """Where the names stand in a workbook part that has none."""
    for element in _BEFORE:
        alone, closing = (
            rb"<(?:[\w.\-]+:)?" + element + rb"\b" + xml_bytes.ATTRS + rb"/>",
            rb"</(?:[\w.\-]+:)?" + element + rb"\s*>",
        )
        tags = list(re.finditer(alone + rb"|" + closing, data))
        if tags:
            return tags[-1].end()
    raise Refused("The workbook lists no sheets; take a good copy of it.")
