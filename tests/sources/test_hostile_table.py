"""Files of every kind that nobody honest writes, through every command that reads such a kind: a sentence, in bounds."""

from __future__ import annotations

import io
import sqlite3
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from fuzz.more_doors import MANIFEST, ODS_START, biff, ods_bytes
from measured import CPU, measured
from pyarrow import parquet

from xl_flexextra.ooxml.vba import compound_file

from .test_door import MB, small

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")]


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


def workbook(**changed: bytes) -> Callable[[Path], bytes]:
    """A small workbook with other parts: the key is the part's name, ``__`` for a slash and ``_`` for a dot."""

    def make(folder: Path) -> bytes:
        with zipfile.ZipFile(small(folder / "plain.xlsx")) as given:
            parts = {name: given.read(name) for name in given.namelist()}
        sheet = parts["xl/worksheets/sheet1.xml"]
        for key, data in changed.items():
            name = key.replace("__", "/").replace("_", ".")
            parts[name] = sheet.replace(b"</sheetData>", data) if name.endswith("sheet1.xml") and data[:1] != b"?" else data
        return zipped(parts)

    return make


def ods_of(xml: bytes) -> bytes:
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": MANIFEST.encode(),
                   "content.xml": xml})  # fmt: skip


def parquet_of(table: pa.Table, **how: object) -> bytes:
    out = io.BytesIO()
    parquet.write_table(table, out, **how)
    return out.getvalue()


def nested(depth: int) -> pa.Table:
    kind = pa.int8()
    for _ in range(depth):
        kind = pa.list_(kind)
    return pa.table({"valuation_date": pa.array(["2008-07-31"]), "EQUITY": pa.nulls(1, kind)})


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %s "%s">' % (chr(98 + i).encode(), b"&%s;" % chr(97 + i).encode() * 10) for i in range(9)
) + b"]><x>&j;</x>"  # fmt: skip
CSV = b"valuation_date,EQUITY\n2008-06-30,10.0\n2008-07-31,%s\n"
FILES: dict[str, tuple[str, bytes | Callable[[Path], bytes]]] = {
    "a line of four megabytes": ("csv", b"valuation_date,EQUITY\n2008-07-31," + b"1" * (4 << 20)),
    "a header of a million columns": ("csv", b"," * 1_000_000 + b"\n" + b"1," * 1_000_000),
    "NULs": ("csv", CSV % b"\x00" * 1000),
    "half of a pair": ("csv", CSV % b"\xed\xa0\x80"),
    "writing from right to left": ("csv", CSV % "\u202e0.51\u202c".encode()),
    "quotes without end": ("csv", b'valuation_date,EQUITY\n"' + b'""' * 2_000_000),
    "entities in a part": ("xlsx", workbook(xl__workbook_xml=ENTITIES)),
    "entities in a sheet": ("xlsx", workbook(xl__worksheets__sheet1_xml=b"?" + ENTITIES)),
    "a part of nothing but names": ("xlsx", workbook(docProps__app_xml=b" " * (200 << 20))),
    "attributes without end": ("xlsx", workbook(xl__worksheets__sheet1_xml=b"</sheetData><x " + b" ".join(
        b'a%d=""' % i for i in range(200_000)) + b"/>")),
    "elements in elements": ("xlsx", workbook(xl__worksheets__sheet1_xml=b"</sheetData>" + b"<a>" * 200_000)),
    "rules without end": ("xlsx", workbook(xl__worksheets__sheet1_xml=b"</sheetData>" + b"".join(
        b'<conditionalFormatting sqref="A%d"><cfRule type="expression" priority="1"><formula>1</formula></cfRule>'
        b"</conditionalFormatting>" % i for i in range(1, 100_000)))),
    "links without end": ("xlsx", workbook(xl___rels__workbook_xml_rels=b"<Relationships>" + b"<Relationship/>" * 500_000)),
    "formulas in formulas": ("xlsx", workbook(xl__worksheets__sheet1_xml=b'<row r="9"><c r="A9"><f>' + b"(" * 8000
                                              + b"1" + b")" * 8000 + b"</f><v>1</v></c></row></sheetData>")),
    "a zip in a zip": ("xlsx", zipped({"[Content_Types].xml": zipped({"a": b"\0" * (64 << 20)})})),
    "an ods of entities": ("ods", ods_of(ENTITIES)),
    "an ods of depth": ("ods", ods_of(ODS_START.encode() + b"<table:table-row>" * 300_000)),
    "an ods of wide repeats": ("ods", lambda _f: ods_bytes(*[
        b'<table:table-row table:number-rows-repeated="100000"><table:table-cell table:number-columns-repeated="900" '
        b'office:value-type="float" office:value="1"/></table:table-row>'] * 10)),
    "an xls of nonsense": ("xls", compound_file.write({"Workbook": b"\x09\x08\x10\x00" + b"\xff" * 100_000})),
    "an xls of far cells": ("xls", compound_file.write({"Workbook": biff([["a", "1"]])[:-4] + b"".join(
        struct.pack("<HHHHHd", 0x0203, 14, row, 255, 0, 1.0) for row in range(0, 65_535, 7)) + b"\x0a\x00\x00\x00"})),
    "an xls that leads to itself": ("xls", compound_file.write({"Workbook": biff([["a", "1"]])}).replace(
        b"\xfe\xff\xff\xff", b"\x00\x00\x00\x00")),
    "an xlsb of nonsense": ("xlsb", zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\xff" * (1 << 20),
                                            "_rels/.rels": b"<Relationships/>"})),
    "a dictionary of one text": ("parquet", lambda _f: parquet_of(pa.table({"valuation_date": pa.DictionaryArray.from_arrays(
        np.zeros(400_000, np.int32), pa.array(["x" * 30_000]))}))),
    "runs of one number": ("parquet", lambda _f: parquet_of(pa.table(
        {f"c{i}": pa.nulls(2_000_000, pa.float64()) for i in range(20)}))),
    "lists in lists": ("parquet", lambda _f: parquet_of(nested(90))),
}  # fmt: skip


def commands(name: str, suffix: str) -> list[list[str]]:
    """The commands that read a file of a kind."""
    found = [
        ["report", "--unit-values", name, "--terms", "flexible", "--out", "o.xlsx", "--force"],
        ["refresh", "book.xlsx", "--from", name, "--table", "UnitValues", "--no-calc", "--accept-revisions"],
    ]
    if suffix == "xlsx":
        words = ["--table", "UnitValues", "--no-calc", "--accept-revisions"]
        found += [["refresh", name, "--from", "v.csv", *words], ["review", name, "--out", "r.xlsx"], ["diff", name, name]]
    return found


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_nobody_honest_writes(kind: str, tmp_path: Path) -> None:
    suffix, made = FILES[kind]
    small(tmp_path / "book.xlsx")
    (tmp_path / "v.csv").write_bytes(CSV % b"10.6")
    name = f"bad.{suffix}"
    (tmp_path / name).write_bytes(made if isinstance(made, bytes) else made(tmp_path))
    assert (tmp_path / name).stat().st_size < 5 << 20
    for words in commands(name, suffix):
        done = measured(tmp_path, *words, cpu=2 * CPU)
        assert done.code in (0, 1, 2), (words, done)
        assert done.code != 2 or "Error" in done.said or "Nothing was written" in done.said, (words, done)
        assert "Traceback" not in done.said
        assert (done.memory - 72 < MB, done.seconds < CPU) == (True, True), (words, done)


@pytest.mark.parametrize(
    "path", ["/proc/self/environ", "/proc/self/mem", "/proc/kmsg", "loop.csv", "/dev/stdin", "/dev/fd/0"]
)
def test_a_path_that_is_no_file_of_anybody(path: str, tmp_path: Path) -> None:
    small(tmp_path / "book.xlsx")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    for words in commands(path, "csv"):
        done = measured(tmp_path, *words)
        assert done.code == 2, (words, done)
        assert "Error" in done.said


def test_a_view_of_a_database_that_never_ends(tmp_path: Path) -> None:
    small(tmp_path / "book.xlsx")
    with sqlite3.connect(tmp_path / "v.sqlite") as made:
        rows = "with recursive r(n) as (select 1 union all select n + 1 from r) select"
        made.execute(f"create view UnitValues as {rows} count(*) as valuation_date from r")
        made.execute("create table unit_values (valuation_date, EQUITY)")
        made.execute(f"create view more as {rows} n from r")
    made.close()
    done = measured(tmp_path, *commands("v.sqlite", "sqlite")[1], door=1)
    assert done.code == 2, done
    assert "Error" in done.said
    assert done.seconds < CPU
