"""What is built to do harm: a sentence, nothing written, bounded memory."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
import zlib

import pytest

from xl_flexextra.errors import FlexExtraError, Refused
from xl_flexextra.ooxml import package as packages
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.tables.body import Body, find_area
from xl_flexextra.ooxml.tables.rewrite import rewrite
from xl_flexextra.ooxml.workbook import Workbook

from . import looking
from .test_fidelity import columns, refreshed


def opened(data: bytes) -> Workbook:
    return Workbook(Package(io.BytesIO(data), "hostile.xlsx"))


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name), body, method)
    return stream.getvalue()


def with_part(data: bytes, name: str, edit: bytes | None = None, old: bytes = b"", new: bytes = b"") -> bytes:
    """The workbook with a part replaced, or with a text in it replaced."""
    parts = looking.parts(data)
    if edit is None:
        assert old in parts[name]
        edit = parts[name].replace(old, new, 1)
    parts[name] = edit
    return zipped(parts)


def refuses(data: bytes, match: str, table: str = "UnitValues", rows: int = 9) -> None:
    with pytest.raises(Refused, match=match):
        refreshed(data, table, rows)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + b"\0" * 100, b"not a zip", b"a,b\n1,2\n"])
def test_no_zip_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="zip"):
        opened(data)


def test_a_password_is_refused() -> None:
    with pytest.raises(Refused, match="password"):
        opened(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)


def test_zip_bombs_are_refused_before_they_are_unpacked(rich_book: bytes) -> None:
    bomb = zipped(looking.parts(rich_book) | {"xl/bomb.xml": b"\0" * (64 << 20)})
    with pytest.raises(Refused, match="bomb"):
        opened(bomb)


def test_a_part_that_lies_about_its_size_is_refused(rich_book: bytes) -> None:
    data = bytearray(rich_book)
    with zipfile.ZipFile(io.BytesIO(rich_book)) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        place = data.find(b"PK\x01\x02", archive.start_dir)
        while data[place + 46 : place + 46 + len(info.filename)] != info.filename.encode():
            place = data.find(b"PK\x01\x02", place + 1)
    data[place + 24 : place + 28] = struct.pack("<L", 1000)
    refuses(bytes(data), "damaged")


def test_overlapping_parts_are_refused(rich_book: bytes) -> None:
    data = bytearray(rich_book)
    with zipfile.ZipFile(io.BytesIO(rich_book)) as archive:
        first = data.find(b"PK\x01\x02", archive.start_dir)
        second = data.find(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    with pytest.raises(Refused, match=r"overlap|names"):
        opened(bytes(data))


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "C:/evil.xml", "xl/../../evil.xml", "xl\\..\\evil.xml"])
def test_names_with_path_parts_are_refused(rich_book: bytes, name: str) -> None:
    with pytest.raises(Refused, match="unsafe name"):
        opened(zipped(looking.parts(rich_book) | {name: b"x"}))


def test_two_parts_of_one_name_are_refused(rich_book: bytes) -> None:
    with pytest.raises(Refused, match="same name"):
        opened(zipped(looking.parts(rich_book) | {"XL/Workbook.xml": b"x"}))


def test_too_many_parts_are_refused(rich_book: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_MEMBERS", 10)
    with pytest.raises(Refused, match="more than 10"):
        opened(rich_book)


MUTANTS = int(os.environ.get("XL_FLEXEXTRA_MUTANTS", "800"))
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("trick", [LAUGHS, OUTSIDE])
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/sharedStrings.xml", "_rels/.rels"]
)
def test_entities_are_refused(rich_book: bytes, part: str, trick: bytes) -> None:
    body = looking.parts(rich_book)[part]
    at = body.index(b"?>") + 2
    refuses(with_part(rich_book, part, body[:at] + trick + body[at:]), "document type")


def test_other_encodings_are_refused(rich_book: bytes) -> None:
    body = looking.parts(rich_book)["xl/worksheets/sheet1.xml"].decode()
    refuses(with_part(rich_book, "xl/worksheets/sheet1.xml", body.encode("utf-16")), "UTF-8")


def test_deep_nesting_is_refused(rich_book: bytes) -> None:
    deep = b"<a>" * 5000 + b"</a>" * 5000
    refuses(with_part(rich_book, "xl/tables/table1.xml", b"<table>" + deep + b"</table>"), "nested")


@pytest.mark.parametrize(
    ("part", "old", "new", "match"),
    [
        ("xl/tables/table1.xml", b'ref="B3:F9"', b'ref="B3:F99999999"', "range"),
        ("xl/tables/table1.xml", b'ref="B3:F9"', b'ref="B3:G9"', "columns"),
        ("xl/worksheets/sheet1.xml", b'<row r="6"', b'<row r="2"', "order"),
        ("xl/worksheets/sheet1.xml", b'r="C6"', b'r="C7"', "row"),
        ("xl/worksheets/sheet1.xml", b"</sheetData>", b"", "well-formed|rows"),
        ("xl/worksheets/sheet1.xml", b'<mergeCell ref="L3:M4"/>', b'<mergeCell ref="D5:E5"/>', "Merged"),
        ("xl/worksheets/sheet1.xml", b'<f>UnitValues[[#This', b'<f t="array" ref="F4:F5">UnitValues[[#This', "array"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_safely_is_refused(rich_book: bytes, part: str, old: bytes, new: bytes, match: str) -> None:
    refuses(with_part(rich_book, part, old=old, new=new), match)


def test_content_below_the_table_is_never_overwritten(rich_book: bytes) -> None:
    refuses(rich_book, "B20", "Assets", 30)


def test_the_last_row_of_a_sheet_is_the_last(rich_book: bytes) -> None:
    workbook = opened(rich_book)
    strings = SharedStrings(workbook)
    body = Body(workbook, strings, find_area(workbook, strings, "Empty"))
    import numpy as np

    with pytest.raises(Refused, match="1048576"):
        rewrite(body, [np.zeros(1_048_575), np.zeros(1_048_575), np.zeros(1_048_575)])
    assert not workbook.package.dirty


def test_a_refusal_leaves_the_workbook_as_it_was(rich_book: bytes) -> None:
    workbook = opened(rich_book)
    strings = SharedStrings(workbook)
    body = Body(workbook, strings, find_area(workbook, strings, "Assets"))
    with pytest.raises(Refused):
        rewrite(body, columns(body, 40))
    assert not workbook.package.dirty


def test_text_is_text_whatever_it_looks_like(rich_book: bytes) -> None:
    workbook = opened(rich_book)
    strings = SharedStrings(workbook)
    body = Body(workbook, strings, find_area(workbook, strings, "Empty"))
    texts = [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "-2+3",
        "_x0041_",
        "a\x00\x07b",
        "]]>",
        "</v></c>",
        " spaced ",
        "\ud800lone",
        "🙂",
    ]
    rewrite(body, [texts, texts, texts])
    stream = io.BytesIO()
    workbook.package.write(stream)
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(stream.getvalue()))["Empty"]
    for row, text in enumerate(texts, start=3):
        cell = sheet.cell(row, 2)
        assert cell.data_type == "s"
        if "\ud800" not in text:
            assert text in (cell.value, unescaped(cell.value))


def unescaped(text: str) -> str:
    """What openpyxl leaves escaped."""
    import re

    return re.sub(r"_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), text)


def _mutate(data: bytes, chance: random.Random) -> bytes:
    """Bytes flipped, cut, doubled or swapped; in the zip itself, or in one part of it."""
    if chance.random() < 0.4:
        return _spoil(data, chance)
    parts = looking.parts(data)
    name = chance.choice([n for n in parts if n.endswith((".xml", ".rels"))])
    parts[name] = _spoil(parts[name], chance)
    return zipped(parts)


MARKS = [b"<", b">", b'"', b"&", b"\x00", b"99999999999", b"-1", b"\xff", b"<!--", b"/>"]


def _spoil(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        if not out:
            break
        at = chance.randrange(len(out))
        kind = chance.randrange(6)
        if kind == 0:
            out[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del out[at : at + chance.randint(1, 40)]
        elif kind == 2:
            out[at:at] = out[at : at + chance.randint(1, 40)]
        elif kind == 3:
            out[at : at + 1] = chance.choice(MARKS)
        elif kind == 4:
            digits = [i for i, byte in enumerate(out) if 48 <= byte <= 57]
            if digits:
                out[chance.choice(digits)] = 48 + chance.randrange(10)
        else:
            out[at:] = b"" if chance.random() < 0.2 else out[at:]
    return bytes(out)


@pytest.mark.parametrize("seed", range(8))
def test_mutated_packages_give_a_sentence_or_a_sound_workbook(rich_book: bytes, seed: int) -> None:
    """Eight hundred of them, or as many as the environment says; a result, where there is one, is a sound zip."""
    chance = random.Random(seed)
    tried = refused = 0
    for _ in range(MUTANTS // 8):
        data = _mutate(rich_book, chance)
        name = chance.choice(["UnitValues", "Assets", "Shares"])
        tried += 1
        try:
            new, *_ = refreshed(data, name, chance.choice([2, 6, 8]))
        except FlexExtraError as error:
            refused += 1
            sentence = str(error)
            assert sentence.endswith(".")
            assert "Traceback" not in sentence
            assert len(sentence) < 700
            continue
        raw_old, raw_new = looking.raw_members(data), looking.raw_members(new)
        for part in ("xl/worksheets/sheet6.xml", "xl/media/image1.png", "xl/vbaProject.bin"):
            assert raw_new.get(part) == raw_old.get(part)
    assert 0 < refused < tried


def test_a_checksum_that_does_not_fit_is_found(rich_book: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(rich_book)) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        body = archive.read(info)
    data = bytearray(rich_book)
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    changed = body.replace(b"left 1", b"left 2")
    other = packed.compress(changed) + packed.flush()
    start = info.header_offset + 30 + len(info.filename)
    if len(other) == info.compress_size and changed != body:
        data[start : start + len(other)] = other
    else:
        data[start + info.compress_size // 2] ^= 0xFF
    refuses(bytes(data), "damaged")
