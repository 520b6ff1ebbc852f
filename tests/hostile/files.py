"""Workbooks and tables of data that nobody honest writes; each below 5 MB (:mod:`.more_files` has the other sorts)."""

from __future__ import annotations

import functools
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from fuzz.more_doors import MANIFEST, ODS_START, biff, ods_bytes
from pyarrow import parquet

from xl_flexextra.ooxml.vba import compound_file

UPDATE = Path(__file__).parents[2] / "workbooks" / "flex_extra_performance_update.xlsx"
Parts = dict[str, bytes]
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Hostile(NamedTuple):
    """A file: what its name ends in, and what it holds."""

    suffix: str
    made: bytes | Callable[[], bytes]

    def write(self, path: Path) -> Path:
        """The file, below a name without its ending."""
        path = path.with_name(path.name + self.suffix)
        path.write_bytes(self.made if isinstance(self.made, bytes) else self.made())
        return path


def zipped(parts: Parts) -> bytes:
    """A zip of some parts, packed as small as can be."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


# --- workbooks: an update of the sample with other parts ----------------------------------------------------------------


@functools.cache
def update() -> tuple[tuple[str, bytes], ...]:
    """The parts of the update that is committed."""
    with zipfile.ZipFile(UPDATE) as given:
        return tuple((name, given.read(name)) for name in given.namelist())


@functools.cache
def part_of(table: str) -> str:
    """The part of a table of the update."""
    mark = f'displayName="{table}"'.encode()
    return next(name for name, data in update() if name.startswith("xl/tables/") and mark in data)


@functools.cache
def sheet_of(table: str) -> str:
    """The part of the sheet that a table stands on."""
    target = f"tables/{part_of(table).rpartition('/')[2]}".encode()
    links = next(name for name, data in update() if name.startswith("xl/worksheets/_rels/") and target in data)
    return f"xl/worksheets/{links.rpartition('/')[2].removesuffix('.rels')}"


def named(part: str) -> str:
    """The name of a part: ``"Table!"`` is the sheet of a table, ``"Table"`` its part."""
    return part if "/" in part else sheet_of(part[:-1]) if part.endswith("!") else part_of(part)


def changed(part: str, before: bytes, more: bytes | Callable[[], bytes]) -> Callable[[], bytes]:
    """The update with more in a part (:func:`named`), before a mark."""

    def make() -> bytes:
        parts = dict(update())
        name = named(part)
        assert before in parts[name], (part, before)
        place = parts[name].rindex(before)
        parts[name] = parts[name][:place] + (more if isinstance(more, bytes) else more()) + parts[name][place:]
        return zipped(parts)

    return make


def replaced(part: str, pattern: bytes, new: bytes) -> Callable[[], bytes]:
    """The update with a pattern of a part replaced."""

    def make() -> bytes:
        parts = dict(update())
        name = named(part)
        parts[name], times = re.subn(pattern, new, parts[name], count=1, flags=re.S)
        assert times == 1
        return zipped(parts)

    return make


def with_parts(**more: bytes) -> Callable[[], bytes]:
    """The update with further parts: ``__`` for a slash and ``_`` for a dot in their names."""
    return lambda: zipped(dict(update()) | {key.replace("__", "/").replace("_", "."): data for key, data in more.items()})


def spoilt_zip(edit: Callable[[bytearray, int, int], None]) -> Callable[[], bytes]:
    """The update's zip with its records edited: the bytes, the directory's start, the place of its second entry."""

    def make() -> bytes:
        data = bytearray(zipped(dict(update())))
        with zipfile.ZipFile(io.BytesIO(data)) as given:
            start = given.start_dir
        edit(data, start, data.index(b"PK\x01\x02", start + 4))
        return bytes(data)

    return make


def _encrypted(data: bytearray, _start: int, second: int) -> None:
    data[second + 8] |= 1


def _overlapping(data: bytearray, start: int, second: int) -> None:
    data[second + 42 : second + 46] = data[start + 42 : start + 46]


def _lying(data: bytearray, _start: int, second: int) -> None:
    data[second + 24 : second + 28] = struct.pack("<L", 10)


def _zip64(data: bytearray, _start: int, second: int) -> None:
    data[second + 20 : second + 28] = b"\xff" * 8


def _twice() -> bytes:
    out = io.BytesIO(zipped(dict(update())))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as more:
        name = more.namelist()[0]
        more._windows_illegal_name_trans_table = None  # type: ignore[attr-defined]
        more.NameToInfo.pop(name)  # no warning of a second part of the name
        more.writestr(name, b"<x/>")
    return out.getvalue()


def _linked() -> bytes:
    """External links, DDE, a query and a macro's part: nothing of it is followed, run or lost."""
    parts = dict(update())
    parts["xl/externalLinks/externalLink1.xml"] = (
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><ddeLink '
        b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ddeService="cmd" ddeTopic="/c calc">'
        b'<ddeItems><ddeItem name="A0"/></ddeItems></ddeLink></externalLink>'
    )
    parts["xl/connections.xml"] = (
        b'<connections xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><connection id="1" name="c" '
        b'type="4" refreshedVersion="6" refreshOnLoad="1"><webPr url="http://192.0.2.1/x"/></connection></connections>'
    )
    links = "xl/_rels/workbook.xml.rels"
    rel = b'<Relationship Id="rEvil%d" Type="' + OFFICE + b'/%s" Target="%s"/>'
    more = rel % (1, b"externalLink", b"externalLinks/externalLink1.xml") + rel % (2, b"connections", b"connections.xml")
    parts[links] = parts[links].replace(b"</Relationships>", more + b"</Relationships>")
    return zipped(parts)


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %s "%s">' % (chr(98 + i).encode(), b"&%s;" % chr(97 + i).encode() * 10) for i in range(9)
) + b"]><x>&j;</x>"  # fmt: skip
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY j SYSTEM "file:///dev/zero">]><x>&j;</x>'
NAMES = b"".join(b'<definedName name="n%d">Data!$A$1</definedName>' % i for i in range(400_000))
MERGED = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (i, i) for i in range(100_000, 600_000))
RULES = b"".join(
    b'<conditionalFormatting sqref="A%d"><cfRule type="expression" priority="1"><formula>1</formula></cfRule>'
    b"</conditionalFormatting>" % i for i in range(1, 100_000))  # fmt: skip
WIDE = b"".join(b'<tableColumn id="%d" name="c%d"/>' % (i, i) for i in range(1, 16_385))
FAR = b'<row r="1048576"><c\tr="XFD1048576"><v>1</v></c></row>'
SHEET2 = "xl/worksheets/sheet2.xml"
SHEET = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def _wide_table() -> bytes:
    parts = dict(update())
    name = part_of("Published")
    wide = re.sub(rb'ref="[A-Z]+\d+:[A-Z]+\d+"', b'ref="A1:XFD1048576"', parts[name])
    parts[name] = re.sub(rb"<tableColumns.*</tableColumns>", b"<tableColumns>" + WIDE + b"</tableColumns>", wide)
    return zipped(parts)


def _many_sheets() -> bytes:
    parts = dict(update())
    listed = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (i, i) for i in range(1000, 60_000))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</sheets>", listed + b"</sheets>")
    return zipped(parts)


WORKBOOKS: dict[str, Hostile] = {
    kind: Hostile(".xlsx", made)
    for kind, made in {
        "a part of 64 MB of zeros": with_parts(xl__media__a_bin=b"\0" * (64 << 20)),
        "a part of nothing but blanks": with_parts(docProps__app_xml=b" " * (200 << 20)),
        "300 MB of blanks in a sheet": changed(SHEET2, b"</sheetData>", lambda: b" " * (300 << 20)),
        "eight million empty cells": changed(SHEET2, b"</row></sheetData>", lambda: b"<c/>" * 8_000_000),
        "a far cell behind a TAB": changed("UnitValues!", b"</sheetData>", FAR),
        "400,000 names": changed("xl/workbook.xml", b"</definedNames>", NAMES),
        "a million styles": changed("xl/styles.xml", b"</cellXfs>", lambda: b"<xf/>" * 1_000_000),
        "500,000 merged cells": changed(SHEET2, b"<pageMargins", b"<mergeCells>" + MERGED + b"</mergeCells>"),
        "a million shared strings": changed("xl/sharedStrings.xml", b"</sst>", lambda: b"<si><t>a</t></si>" * 1_000_000),
        "a table over the whole sheet": _wide_table,
        "a table down to the last row": replaced("Published", rb'ref="([A-Z]+\d+):([A-Z]+)\d+"', rb'ref="\1:\g<2>1048576"'),
        "a table that ends before it begins": replaced("UnitValues", rb'ref="[A-Z]+\d+:[A-Z]+\d+"', b'ref="D9:A3"'),
        "60,000 sheets": _many_sheets,
        "elements in elements": changed("UnitValues!", b"</sheetData>", lambda: b"<a>" * 200_000 + b"</a>" * 200_000),
        "elements in elements of a table": changed("UnitValues", b"</table>", lambda: b"<a>" * 50_000 + b"</a>" * 50_000),
        "elements without an end": changed(SHEET2, b"</sheetData>", lambda: b"<a>" * 200_000),
        "entities in the workbook": with_parts(xl__workbook_xml=ENTITIES),
        "entities in a sheet": with_parts(xl__worksheets__sheet2_xml=ENTITIES),
        "entities in the strings": with_parts(xl__sharedStrings_xml=ENTITIES),
        "an entity from outside": with_parts(xl__styles_xml=OUTSIDE),
        "a part that leads out": lambda: zipped(dict(update()) | {"../../evil.xml": b"<x/>"}),
        "a part at the root of the disk": lambda: zipped(dict(update()) | {"/etc/evil": b"<x/>"}),
        "two parts of one name": _twice,
        "an encrypted part": spoilt_zip(_encrypted),
        "parts that overlap": spoilt_zip(_overlapping),
        "a part that lies about its size": spoilt_zip(_lying),
        "a part of zip64 without its record": spoilt_zip(_zip64),
        "30,000 parts": lambda: zipped(dict(update()) | {f"xl/x/{i}.xml": b"" for i in range(30_000)}),
        "a zip in a zip": lambda: zipped({"[Content_Types].xml": zipped({"a": b"\0" * (64 << 20)})}),
        "a zip without a workbook": lambda: zipped({"a.xml": b"<a/>"}),
        "half a workbook": lambda: UPDATE.read_bytes()[:60_000],
        "a password": compound_file.write({"EncryptedPackage": b"\x00" * 5000, "EncryptionInfo": b"\x04\x00" * 450}),
        "external links, DDE and a query": _linked,
        "attributes without end": changed(SHEET2, b"</worksheet>", lambda: b"<x " + b" ".join(
            b'a%d=""' % i for i in range(200_000)) + b"/>"),
        "rules without end": changed("xl/worksheets/sheet1.xml", b"<pageMargins", RULES),
        "links without end": changed(
            "xl/_rels/workbook.xml.rels", b"</Relationships>", lambda: b"<Relationship/>" * 500_000),
        "links to themselves": with_parts(
            xl___rels__workbook_xml_rels=b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            b'<Relationship Id="rId1" Type="' + OFFICE + b'/worksheet" Target="workbook.xml"/></Relationships>'),
        "formulas in formulas": changed(SHEET2, b"</sheetData>", b'<row r="999999"><c r="A999999"><f>' + b"(" * 8000 + b"1"
                                        + b")" * 8000 + b"</f><v>1</v></c></row>"),
        "a text of 60 MB in a cell": changed(
            SHEET2, b"</sheetData>",
            lambda: b'<row r="9999"><c r="A9999" t="inlineStr"><is><t>' + b"x y" * (20 << 20) + b"</t></is></c></row>"),
        "control signs and markup in names": replaced(
            "xl/workbook.xml", rb'<sheet name="[^"]*"', b'<sheet name="[/]&#27;[2J../x"'),
        "UTF-16": lambda: zipped({n: d.decode().encode("utf-16") if n.endswith(".xml") else d for n, d in update()}),
    }.items()
}  # fmt: skip

# --- tables of data ----------------------------------------------------------------------------------------------------

CSV = b"valuation_date,EQUITY\n2008-06-30,10.0\n2008-07-31,%s\n"


def parquet_of(table: pa.Table, **how: object) -> bytes:
    """A table as a Parquet file."""
    out = io.BytesIO()
    parquet.write_table(table, out, **how)
    return out.getvalue()


def nested(depth: int) -> pa.Table:
    """A column of lists of lists."""
    kind = pa.int8()
    for _ in range(depth):
        kind = pa.list_(kind)
    return pa.table({"valuation_date": pa.array(["2008-07-31"]), "EQUITY": pa.nulls(1, kind)})


def _repeated() -> bytes:
    texts = pa.array(["x" * 100]).take(np.zeros(2_000_000, np.int32))
    return parquet_of(pa.table({"valuation_date": texts, "a": texts, "b": texts}))


def _long_text() -> bytes:
    table = pa.table({"valuation_date": pa.array(["x" * (300 << 20)])})
    return parquet_of(table, use_dictionary=False, write_statistics=False, compression="zstd")


def _broken() -> bytes:
    data = bytearray(parquet_of(pa.table({"valuation_date": ["2008-07-31"], "EQUITY": [1.0]})))
    for place in range(4, len(data) - 8, 7):
        data[place] ^= 0xFF
    return bytes(data)


def _many_groups() -> bytes:
    out = io.BytesIO()
    table = pa.table({"valuation_date": ["2008-07-31"], "EQUITY": [1.0]})
    with parquet.ParquetWriter(out, table.schema, write_statistics=False) as made:
        for _ in range(15_000):
            made.write_table(table)
    return out.getvalue()


def ods_of(xml: bytes) -> bytes:
    """An OpenDocument file of some content."""
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": MANIFEST.encode(),
                   "content.xml": xml})  # fmt: skip


CELL = b'<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
REPEATED = b'<table:table-cell table:number-columns-repeated="%d" office:value-type="float" office:value="1"/>'
ERRORS = (
    b'<table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="16000" '
    b'table:formula="of:=1/0" office:value-type="string"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>'
)
TEXTS: dict[str, Hostile] = {
    kind: Hostile(".csv", made)
    for kind, made in {
        "nothing": b"",
        "a line of four megabytes": b"valuation_date,EQUITY\n2008-07-31," + b"1" * (4 << 20),
        "a line of nothing but points": b"valuation_date,EQUITY\n2008-07-31," + b"." * (4 << 20),
        "a header of a million columns": b"," * 1_000_000 + b"\n" + b"1," * 1_000_000,
        "two million short lines": b"a,b\n" + b",\n" * 2_000_000,
        "NULs": CSV % b"\x00" * 1000,
        "nothing but NULs": b"\x00" * (1 << 20),
        "half of a pair": CSV % b"\xed\xa0\x80",
        "no text of any encoding": bytes(range(128, 256)) * 1000,
        "writing from right to left": CSV % "\u202e0.51\u202c".encode(),
        "control signs": CSV % b"\x1b]0;t\x07\x1b[2J[/][link=file:///x]",
        "quotes without end": b'valuation_date,EQUITY\n"' + b'""' * 2_000_000,
        "half a mark of UTF-16": b"\xff\xfev",
        "compressed": b"\x1f\x8b" + zlib.compress(b"\0" * (300 << 20), 9, 31)[2:],
    }.items()
}  # fmt: skip
OTHERS: dict[str, Hostile] = {
    "an ods of many cells": Hostile(".ods", lambda: ods_bytes(
        *[(b"<table:table-row>" + CELL * 100 + b"</table:table-row>") * 200] * 300)),
    "an ods of repeated cells": Hostile(".ods", lambda: ods_bytes(
        b'<table:table-row table:number-rows-repeated="1048576">' + REPEATED % 16384 + b"</table:table-row>")),
    "an ods of repeated errors": Hostile(".ods", lambda: ods_bytes(*[ERRORS] * 60)),
    "an ods of wide repeats": Hostile(".ods", lambda: ods_bytes(*[
        b'<table:table-row table:number-rows-repeated="100000">' + REPEATED % 900 + b"</table:table-row>"] * 10)),
    "an ods of entities": Hostile(".ods", ods_of(ENTITIES)),
    "an ods of depth": Hostile(".ods", lambda: ods_of(ODS_START.encode() + b"<table:table-row>" * 300_000)),
    "an ods of blanks": Hostile(".ods", lambda: ods_of(ODS_START.encode() + b" " * (400 << 20))),
    "an ods that leads out": Hostile(".ods", zipped({"../content.xml": b"<x/>", "mimetype": b"x"})),
    "an xls of nonsense": Hostile(".xls", compound_file.write({"Workbook": b"\x09\x08\x10\x00" + b"\xff" * 100_000})),
    "an xls of far cells": Hostile(".xls", compound_file.write({"Workbook": biff([["a", "1"]])[:-4] + b"".join(
        struct.pack("<HHHHHd", 0x0203, 14, row, 255, 0, 1.0) for row in range(0, 65_535, 7)) + b"\x0a\x00\x00\x00"})),
    "an xls that leads to itself": Hostile(".xls", compound_file.write({"Workbook": biff([["a", "1"]])}).replace(
        b"\xfe\xff\xff\xff", b"\x00\x00\x00\x00")),
    "an xls with a password": Hostile(".xls", compound_file.write({"Workbook": biff([["a", "1"]])[:20]
        + struct.pack("<HHH", 0x2F, 2, 0) + biff([["a", "1"]])[20:]})),
    "an xlsb of nonsense": Hostile(".xlsb", zipped({
        "[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\xff" * (1 << 20), "_rels/.rels": b"<Relationships/>"})),
    "an xlsb of blanks": Hostile(".xlsb", lambda: zipped({"xl/workbook.bin": b"\0" * (300 << 20)})),
    "Parquet of repeated texts": Hostile(".parquet", _repeated),
    "Parquet of one long text": Hostile(".parquet", _long_text),
    "Parquet of one text for all rows": Hostile(".parquet", lambda: parquet_of(pa.table({
        "valuation_date": pa.DictionaryArray.from_arrays(np.zeros(400_000, np.int32), pa.array(["x" * 30_000]))}))),
    "Parquet of runs of one number": Hostile(".parquet", lambda: parquet_of(pa.table(
        {f"c{i}": pa.nulls(2_000_000, pa.float64()) for i in range(20)}))),
    "Parquet of lists in lists": Hostile(".parquet", lambda: parquet_of(nested(90))),
    "Parquet of 17,000 columns": Hostile(".parquet", lambda: parquet_of(pa.table(
        {f"c{i}": [1] for i in range(17_000)}), write_statistics=False)),
    "Parquet of 15,000 row groups": Hostile(".parquet", _many_groups),
    "Parquet with its bytes turned": Hostile(".parquet", _broken),
    "Parquet of nothing": Hostile(".parquet", b"PAR1" + b"\xff" * 40 + b"\xff\xff\xff\x7fPAR1"),
    "Parquet that is encrypted": Hostile(".parquet", b"PARE" + b"x" * 400 + b"\x40\0\0\0PARE"),
}  # fmt: skip
