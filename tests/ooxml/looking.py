"""A second pair of eyes: reads packages with zipfile and ElementTree only, and says what differs."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

SEPARATE = {"filterColumn", "calcPr"}


def raw_members(data: bytes) -> dict[str, tuple[int, bytes]]:
    """Each member's method and compressed bytes, as they stand in the file."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            name_length = int.from_bytes(data[info.header_offset + 26 : info.header_offset + 28], "little")
            extra_length = int.from_bytes(data[info.header_offset + 28 : info.header_offset + 30], "little")
            start = info.header_offset + 30 + name_length + extra_length
            found[info.filename] = (info.compress_type, data[start : start + info.compress_size])
    return found


def parts(data: bytes) -> dict[str, bytes]:
    """Each part's content."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


def column(letters: str) -> int:
    """A column's number."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def cells(sheet: bytes, strings: list[str]) -> dict[tuple[int, int], tuple]:
    """Every cell that has a style, a formula or a value: (style, formula, type, value)."""
    found = {}
    row_number = 0
    for row in ElementTree.fromstring(sheet).iter():
        if local(row.tag) != "row":
            continue
        row_number = int(row.get("r", row_number + 1))
        at = 0
        for cell in row:
            if local(cell.tag) != "c":
                continue
            match = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", ""))
            at = column(match[1]) if match else at + 1
            formula = value = None
            for child in cell:
                if local(child.tag) == "f":
                    formula = child.text or f"shared {child.get('si')}"
                elif local(child.tag) == "v":
                    value = child.text
                elif local(child.tag) == "is":
                    value = "".join(t.text or "" for t in child.iter() if local(t.tag) == "t")
            kind = cell.get("t", "n")
            if kind == "s" and value is not None:
                kind, value = "text", strings[int(value)]
            elif kind == "inlineStr":
                kind = "text"
            if cell.get("s") or formula is not None or value is not None:
                found[row_number, at] = (cell.get("s", "0"), formula, kind, value)
    return found


def shared_strings(content: dict[str, bytes]) -> list[str]:
    """The texts of the shared strings."""
    part = next((n for n in content if n.lower().endswith("sharedstrings.xml")), None)
    if part is None:
        return []
    items = [e for e in ElementTree.fromstring(content[part]) if local(e.tag) == "si"]
    found = []
    for item in items:
        texts = [
            t.text or ""
            for run in item for t in (run.iter() if local(run.tag) == "r" else [run])
            if local(t.tag) == "t"
        ]  # fmt: skip
        found.append("".join(texts))
    return found


def outline(part: bytes, keep_rows: bool = False) -> list[tuple]:
    """A part's elements in order, with what a moved range may change (digits in references) blurred."""
    found = []
    tree = ElementTree.fromstring(part)
    stack = [tree]
    while stack:
        element = stack.pop()
        name = local(element.tag)
        if name == "sheetData" and not keep_rows:
            found.append((name,))
            continue
        if name in SEPARATE:
            continue
        attributes = {}
        for key, value in element.attrib.items():
            if local(key) in ("ref", "sqref", "fmlaRange", "val"):
                value = re.sub(r"\b([A-Z]+)#:\1#", r"\1#", re.sub(r"\d+", "#", value))
            if local(key) not in ("refreshOnLoad", "insertRow", "count", "uniqueCount"):
                attributes[key] = value
        text = element.text or ""
        if name in (
            "f",
            "sqref",
            "formula",
            "formula1",
            "formula2",
            "definedName",
            "calculatedColumnFormula",
            "totalsRowFormula",
        ):
            text = (
                re.sub(r"\b([A-Z]+)#:\1#(?![\d#])", r"\1#", re.sub(r"\d+", "#", text))
                if name == "sqref"
                else re.sub(r"\d+", "#", text)
            )
        found.append((element.tag, tuple(sorted(attributes.items())), text))
        stack.extend(reversed(list(element)))
    return found
