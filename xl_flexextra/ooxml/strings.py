"""The shared strings of a workbook: read once, appended without repeats, the unused tail cut off again."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from ..errors import Refused
from ..files import door
from . import xml_bytes
from .workbook import Workbook
from .xml_bytes import cell_text, escape, plain_text, unescape

FAIR = 200_000  # texts of any file; larger ones may have one more for every three bytes


class SharedStrings:
    """The string table. ``index`` gives a text's place and adds it where it is new."""

    def __init__(self, workbook: Workbook) -> None:
        self._package = workbook.package
        self.date1904 = workbook.date1904  # what cells with dates in words need to become numbers
        found = [r.target for r in workbook.relations(workbook.part) if r.kind == "sharedStrings"]
        self.part = self._package.find(found[0]) if found else None
        self._items: list[bytes] = []
        self._texts: list[str] | None = None
        self._places: dict[str, int] | None = None
        self._head = self._foot = b""
        self._prefix = b""
        if self.part is not None:
            self._load(self._package.read(self.part))

    def _load(self, data: bytes) -> None:
        assert self.part is not None
        xml_bytes.check(self.part, data)
        prefix = self._prefix = xml_bytes.root_prefix(data, b"sst", self.part)
        start = re.search(rb"<" + prefix + rb"sst(?=[\s/>])" + xml_bytes.ATTRS + rb"/?>", data)
        assert start is not None
        if start[0].endswith(b"/>"):
            self._head = data[: start.end() - 2] + b">"
            self._foot = b"</" + prefix + b"sst>" + data[start.end() :]
            return
        item = re.compile(
            rb"<" + prefix + rb"si(?=[\s/>])" + xml_bytes.ATTRS + rb"(?:/>|>.*?</" + prefix + rb"si\s*>)\s*",
            re.DOTALL,
        )
        most, count = FAIR + self._package.packed(self.part) // 3, data.count(b"<" + prefix + b"si")
        if count > most and not door.large_allowed():
            raise Refused(
                f"The part {self.part} of {self._package.name} holds {count:,} texts; more than {most:,} are not read for a "
                f"file of its size{door.ALLOW}"
            )
        self._head = data[: start.end()]
        at = start.end()
        while data[at : at + 1].isspace():
            at += 1
        self._head = data[:at]
        while match := item.match(data, at):
            self._items.append(match[0])
            at = match.end()
        self._foot = data[at:]
        if b"<" + prefix + b"si>" in self._foot or b"<" + prefix + b"si " in self._foot:
            raise Refused(
                f"The part {self.part} is built in a way that is not understood; open the workbook in Excel "
                "and save it once."
            )

    def __len__(self) -> int:
        return len(self._items)

    @property
    def texts(self) -> list[str]:
        """Every string as a person sees it; rich text without its formats."""
        if self._texts is None:
            phonetic = re.compile(
                rb"<" + self._prefix + rb"(?:rPh|phoneticPr)(?=[\s/>]).*?(?:/>|</" + self._prefix + rb"rPh>)",
                re.DOTALL,
            )
            text = re.compile(rb"<" + self._prefix + rb"t(?=[\s>])[^>]*>([^<]*)<")
            self._texts = [
                plain_text(unescape(b"".join(text.findall(phonetic.sub(b"", item) if b"rPh" in item else item))))
                for item in self._items
            ]
        return self._texts

    @functools.cached_property
    def rich(self) -> frozenset[int]:
        """The places of the texts with formats or phonetics within them."""
        own = re.compile(rb"<" + self._prefix + rb"(?:r|rPh)[\s>]")
        return frozenset(place for place, item in enumerate(self._items) if own.search(item))

    def index(self, text: str) -> int:
        """The place of a text; a new text is appended."""
        if self._places is None:
            plain = re.compile(
                rb"\s*<"
                + self._prefix
                + rb"si>\s*<"
                + self._prefix
                + rb"t(?=[\s/>])[^>]*>(?:[^<]*</"
                + self._prefix
                + rb"t>)?\s*</"
            )
            self._places = {}
            for place, item in enumerate(self._items):
                if plain.match(item):
                    self._places.setdefault(self.texts[place], place)
        found = self._places.get(text)
        if found is not None:
            return found
        place = self._places[text] = len(self._items)
        self._items.append(self._element(text))
        self.texts.append(text)
        return place

    def _element(self, text: str) -> bytes:
        p = self._prefix
        space = b' xml:space="preserve"' if text != text.strip() or "\n" in text or "  " in text else b""
        return b"<" + p + b"si><" + p + b"t" + space + b">" + escape(cell_text(text)) + b"</" + p + b"t></" + p + b"si>"

    def trim(self, unused: Iterable[int]) -> None:
        """Cut strings off the end as long as they are among the ``unused`` places."""
        unused = set(unused)
        while self._items and len(self._items) - 1 in unused:
            self._items.pop()
            if self._texts is not None:
                self._texts = self._texts[: len(self._items)]
        self._places = None

    def save(self, more_uses: int) -> None:
        """Lay the strings over the package; ``more_uses`` is by how much the number of text cells changed."""
        if self.part is None:
            return

        def count(_name: bytes, tag: bytes) -> bytes:
            if xml_bytes.get(tag, b"count") is not None:
                uses = max(xml_bytes.number(tag, b"count", 0, self.part or "") + more_uses, 0)
                tag = xml_bytes.put(tag, b"count", str(uses).encode())
            if xml_bytes.get(tag, b"uniqueCount") is not None:
                tag = xml_bytes.put(tag, b"uniqueCount", str(len(self._items)).encode())
            return tag

        head = xml_bytes.edit_tags(self._head, b"sst", count)
        self._package.put(self.part, head + b"".join(self._items) + self._foot)


def inline(prefix: bytes, text: str) -> bytes:
    """The inside of a cell that carries its own text, for a workbook without shared strings."""
    space = b' xml:space="preserve"' if text != text.strip() or "\n" in text else b""
    return (
        b"<"
        + prefix
        + b"is><"
        + prefix
        + b"t"
        + space
        + b">"
        + escape(cell_text(text))
        + b"</"
        + prefix
        + b"t></"
        + prefix
        + b"is>"
    )
