"""Texts, documents, databases and journals that nobody honest writes; and all of them by what they are taken for."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable

from .files import ENTITIES, OFFICE, OTHERS, OUTSIDE, TEXTS, WORKBOOKS, Hostile, zipped

# --- texts that people write: terms, mappings, plans, sign-offs ------------------------------------------------------------

TOML: dict[str, Hostile] = {
    kind: Hostile(".toml", text if isinstance(text, bytes) else text.encode())
    for kind, text in {
        "an integer of 5,000 digits": "a = " + "9" * 5000,
        "arrays in arrays": "a = " + "[" * 5000,
        "arrays that close, 100 deep": "a = " + "[" * 100 + "]" * 100,
        "tables in tables": "a = " + "{a=" * 5000,
        "headers of arrays": "[" * 5000,
        "20,000 parts of a key": ".".join(["a"] * 20_000) + " = 1",
        "20,000 quoted parts of a key": ".".join(['"a"'] * 20_000) + " = 1",
        "200 points in 300 lines": "\n".join(f"{'.'.join(['b' + str(i)] + ['a'] * 200)} = 1" for i in range(300)),
        "3,000 tables": "\n".join(f"[[a.b.c{i}]]" for i in range(3_000)),
        "two megabytes": "# " + "x" * (2 << 20),
        "a text of 900 KB": f'a = "{"x" * 900_000}"',
        "a byte that is no text": b"a = '\xff'",
        "a NUL": "a = '\0'",
        "UTF-16": "a = 1".encode("utf-16"),
        "a text where a table belongs": 'preparer = "x"\nmodel = "x"\ntable = "x"\ninputs = "x"\ncontract = "x"\n',
        "a table where a text belongs": '[preparer]\nname = {a = 1}\n[[table]]\nname = {a = 1}\n[contract]\nname = [1]\n',
        "markup and control signs": '[contract]\nname = "[/]\\u001b]0;t\\u0007"\n[sources]\n"[/]" = "[link=x]"\n',
        "numbers that are none": "[annual_charge]\ndollars = nan\nrate = inf\n[cdsc]\nschedule = [nan, -inf, 1e308]\n",
    }.items()
}  # fmt: skip
PROSE: dict[str, Hostile] = {
    "no text in UTF-8": Hostile(".txt", b"Returns \xff\xfe 1.5%" * 100),
    "UTF-16": Hostile(".txt", "Returns 1.5%".encode("utf-16")),
    "NULs": Hostile(".txt", b"\0" * 5000),
    "a line of 900 KB": Hostile(".txt", b"returns " * 110_000),
    "a line of four megabytes": Hostile(".txt", b"1 Year 1.5% " * 350_000),
    "200,000 lines": Hostile(".txt", b"1 Year\t1.5%\n" * 200_000),
    "formulas and control signs": Hostile(".txt", b'=HYPERLINK("http://192.0.2.1")\n\n\x1b]0;t\x07\x1b[2J\n\n[/]\n'),
}

# --- documents ---------------------------------------------------------------------------------------------------------


def pdf(*objects: bytes, root: bytes = b"1 0 R") -> bytes:
    """A PDF of objects, numbered from 1, whose first one is the catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        out + b"xref\n0 %d\n0000000000 65535 f \n" % count + table
        + b"trailer<</Size %d/Root %s>>\nstartxref\n%d\n%%%%EOF" % (count, root, len(out))
    )  # fmt: skip


def page(content: bytes, more: bytes = b"", filters: bytes = b"", box: bytes = b"0 0 612 792") -> bytes:
    """A PDF of one page."""
    held = b"<</Length %d%s>>stream\n" % (len(content), filters) + content + b"\nendstream"
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R" + more + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>" % box,
        held,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


SHOWN = b"BT /F 9 Tf 50 700 Td (1 Year 1.5%) Tj ET\n"
FLATE = b"/Filter/FlateDecode"
WORD = b'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'


def docx(body: bytes, **more: bytes) -> bytes:
    """A Word document of a body."""
    kinds = (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType='
        b'"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        b'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.'
        b"openxmlformats-officedocument."
        b'wordprocessingml.document.main+xml"/></Types>'
    )
    links = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type='
        b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        b"</Relationships>"
    )
    parts = {"[Content_Types].xml": kinds, "_rels/.rels": links, "word/document.xml": body}
    return zipped(parts | {key.replace("__", "/").replace("_", "."): data for key, data in more.items()})


def _words(text: bytes) -> bytes:
    return WORD + text + b"</w:body></w:document>"


PARAGRAPH = b"<w:p><w:r><w:t>1 Year 1.5%</w:t></w:r></w:p>"
OUT = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="'
    + OFFICE
    + b'/attachedTemplate" Target="http://192.0.2.1/x.dotm" TargetMode="External"/><Relationship Id="rId2" Type="'
    + OFFICE
    + b'/image" Target="file:///dev/zero" TargetMode="External"/></Relationships>'
)
DOCUMENTS: dict[str, Hostile] = {
    "a PDF of nothing": Hostile(".pdf", b"%PDF-1.7\n"),
    "a PDF of pages that are their own parents": Hostile(".pdf", pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>")),
    "a PDF of pages in pages": Hostile(".pdf", lambda: pdf(b"<</Type/Catalog/Pages 2 0 R>>", *(
        b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (i + 1) for i in range(2, 20_000)))),
    "a PDF that unpacks to gigabytes": Hostile(".pdf", lambda: page(zlib.compress(b" " * (1 << 30), 9), filters=FLATE)),
    "a PDF packed twice": Hostile(".pdf", lambda: page(zlib.compress(zlib.compress(b" " * (1 << 30), 9), 9),
                                                       filters=b"/Filter[/FlateDecode/FlateDecode]")),
    "a PDF of a million words on a page": Hostile(".pdf", lambda: page(zlib.compress(SHOWN * 1_000_000, 9), filters=FLATE)),
    "a PDF of 20,000 pages": Hostile(".pdf", lambda: pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[" + b" ".join([b"3 0 R"] * 20_000) + b"]/Count 20000>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n" % len(SHOWN) + SHOWN + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")),
    "a PDF of a form that draws itself": Hostile(".pdf", pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        b"<</Length 12>>stream\n/X Do /X Do \nendstream",
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>/Length 12>>stream\n/X Do /X Do \n"
        b"endstream")),
    "a PDF of arrays in arrays": Hostile(".pdf", lambda: page(SHOWN, b"/A " + b"[" * 100_000 + b"]" * 100_000)),
    "a PDF that starts programs": Hostile(".pdf", page(SHOWN, b"/OpenAction<</S/Launch/F(calc.exe)>>/AA<</WC<</S/JavaScript"
                                                              b"/JS(app.alert(1))>>>>")),
    "a PDF of a page of a mile": Hostile(".pdf", page(SHOWN, box=b"0 0 999999999 999999999")),
    "a PDF with a password": Hostile(".pdf", page(SHOWN).replace(
        b"/Root 1 0 R", b"/Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/O(" + b"x" * 32 + b")/U("
        + b"y" * 32 + b")/P -4>>/ID[(a)(a)]")),
    "a PDF that leads to itself": Hostile(".pdf", page(SHOWN).replace(b"trailer<<", b"trailer<</Prev 9")),
    "a Word document of blanks": Hostile(".docx", lambda: docx(b" " * (300 << 20))),
    "a Word document of entities": Hostile(".docx", lambda: docx(ENTITIES)),
    "a Word document from outside": Hostile(".docx", lambda: docx(OUTSIDE)),
    "a Word document of depth": Hostile(".docx", lambda: docx(_words(b"<w:tbl><w:tr><w:tc>" * 5000))),
    "a Word document of closed depth": Hostile(".docx", lambda: docx(_words(
        b"<w:tbl><w:tr><w:tc>" * 80 + PARAGRAPH + b"</w:tc></w:tr></w:tbl>" * 80))),
    "a Word document of 300,000 lines": Hostile(".docx", lambda: docx(_words(PARAGRAPH * 300_000))),
    "a Word document of wide cells": Hostile(".docx", lambda: docx(_words(
        b'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>' + PARAGRAPH + b"</w:tc></w:tr></w:tbl>"))),
    "a Word document with links out": Hostile(".docx", lambda: docx(_words(PARAGRAPH), word___rels__document_xml_rels=OUT)),
    "a Word document whose part leads out": Hostile(".docx", lambda: docx(_words(PARAGRAPH)).replace(
        b"word/document.xml", b"../../ocument.xml")),
    "a page of divisions in divisions": Hostile(".html", b"<div>" * 500_000 + b"1 Year 1.5%"),
    "a page of tables in tables": Hostile(".html", b"<table><tr><td>" * 200_000 + b"1.5%"),
    "a page of cells a mile wide": Hostile(
        ".html", b"<table>" + b'<tr><td colspan="1000000000" rowspan="1000000000">1.5%</td>' * 2000 + b"</table>"),
    "a page of attributes": Hostile(".html", b"<p " + b" ".join(b"a%d=1" % i for i in range(300_000)) + b">1.5%</p>"),
    "a page of entities": Hostile(".html", b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><p>&b;'
                                  + b"&#99999999;" * 100_000),
    "a page that loads from outside": Hostile(
        ".html", b'<base href="http://192.0.2.1/"><meta http-equiv="refresh" content="0;url=http://192.0.2.1">'
        b'<link rel=stylesheet href=http://192.0.2.1/c><iframe src=file:///etc/passwd></iframe><p>1.5%</p>'),
    "a page of no encoding": Hostile(".html", b'<meta charset="utf-7">+ADw-p+AD4-1.5%' + bytes(range(128, 256)) * 100),
    "a page of one long word": Hostile(".html", b"<p>" + b"x" * (4 << 20) + b"</p>"),
    "a page of nothing but tags": Hostile(".html", b"<td>" * 1_000_000),
}  # fmt: skip

# --- databases and lines -----------------------------------------------------------------------------------------------


def sqlite_file(*statements: str, spoil: Callable[[bytearray], None] | None = None) -> Callable[[], bytes]:
    """A database after some statements; then its bytes spoilt."""

    def make() -> bytes:
        connection = sqlite3.connect(":memory:")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        data = bytearray(connection.serialize())
        connection.close()
        if spoil is not None:
            spoil(data)
        return bytes(data)

    return make


ENDLESS = "with recursive r(n) as (select 1 union all select n + 1 from r) select"
LOADS = (
    "create table flexextra_loads (number integer primary key, at text, who text, dataset text, source text, sha256 text, "
    "note text, added integer, revised integer, format integer)"
)
LOAD = "insert into flexextra_loads values (1, '2026', 'w', 'unit_values', 's', 'x', 'n', 1, 0, 2)"
SERIES = "create table flexextra_series (dataset, fund, load_number, days, numbers)"
ROWS = "create table flexextra_values (dataset, valuation_date, fund, load_number, value)"


def _turned(data: bytearray) -> None:
    for place in range(100, len(data), 97):
        data[place] ^= 0x5A


DATABASES: dict[str, Hostile] = {
    kind: Hostile(".sqlite", made)
    for kind, made in {
        "no database": b"SQLite format 3\0" + b"\xff" * 5000,
        "a text": b"valuation_date,EQUITY\n",
        "bytes turned": sqlite_file("create table UnitValues (valuation_date, EQUITY)", spoil=_turned),
        "cut off": lambda: sqlite_file("create table UnitValues (valuation_date, EQUITY)")()[:5000],
        "a view without end": sqlite_file(
            f"create view UnitValues as {ENDLESS} n as valuation_date, n as EQUITY from r"),
        "a view without a row": sqlite_file(f"create view UnitValues as {ENDLESS} count(*) as valuation_date from r"),
        "a store that is a view without end": sqlite_file(
            f"create view flexextra_loads as {ENDLESS} n as number, n as at, n as who, n as dataset, n as source, "
            "n as sha256, n as note, n as added, n as revised, 2 as format from r",
            f"create view flexextra_series as {ENDLESS} 'unit_values' as dataset, n as fund, n as load_number, "
            "x'00' as days, x'00' as numbers from r"),
        "a store whose values are a view": sqlite_file(
            LOADS, LOAD, SERIES, f"create view flexextra_values as {ENDLESS} 'unit_values' as dataset, '2008-07-31' as "
            "valuation_date, n as fund, 1 as load_number, n as value from r"),
        "a store that computes": sqlite_file(
            LOADS, LOAD, "create table flexextra_series (dataset, fund, load_number, days, "
            "numbers as (zeroblob(900000)))", *["insert into flexextra_series values ('unit_values', 'A', 1, x'00')"] * 500),
        "a store with a trigger": sqlite_file(
            LOADS, SERIES, "create trigger t after insert on flexextra_loads begin "
            "update flexextra_loads set note = hex(zeroblob(9999999)); end"),
        "a store of a virtual table": sqlite_file(LOADS, "create virtual table flexextra_series using fts5(dataset, fund)"),
        "a store of other columns": sqlite_file(LOADS, LOAD, "create table flexextra_series (a, b)"),
        "a store of texts for bytes": sqlite_file(
            LOADS, LOAD, SERIES, "insert into flexextra_series values ('unit_values', 'A', 1, 'days', 'numbers')"),
        "a store of cut bytes": sqlite_file(
            LOADS, LOAD, SERIES, "insert into flexextra_series values ('unit_values', 'A', 1, x'000102', x'00')"),
        "a store of days beyond all years": sqlite_file(
            LOADS, LOAD, SERIES, "insert into flexextra_series values ('unit_values', 'A', 1, x'ffffff7f', zeroblob(8))"),
        "a store of more numbers than days": sqlite_file(
            LOADS, LOAD, SERIES, "insert into flexextra_series values ('unit_values', 'A', 1, x'00000000', zeroblob(800))"),
        "a store of a fund that is no name": sqlite_file(
            LOADS, LOAD, SERIES, "insert into flexextra_series values ('unit_values', x'ff', 1, x'00000000', zeroblob(8))"),
        "a store of rows of texts": sqlite_file(
            LOADS, LOAD, SERIES, ROWS, "insert into flexextra_values values ('unit_values', 'x', 7, 'y', 'z')"),
        "a store of loads of blobs": sqlite_file(
            LOADS, SERIES, "insert into flexextra_loads values (1, x'00ff', x'ff', 'unit_values', 7, 8, zeroblob(1000000), "
            "'x', 'y', x'02')"),
        "a table of 2,000 columns": sqlite_file(
            "create table UnitValues (valuation_date, " + ", ".join(f"c{i}" for i in range(1999)) + ")"),
        "a long blob": sqlite_file("create table UnitValues (valuation_date, EQUITY)",
                                   "insert into UnitValues values ('2008-07-31', zeroblob(3000000))"),
        "a name of quotes": sqlite_file('create table "Unit""Values]); drop table x; --" (valuation_date, EQUITY)'),
        "a virtual table": sqlite_file("create virtual table UnitValues using fts5(valuation_date, EQUITY)"),
    }.items()
}  # fmt: skip
ENTRY = {"event": "refresh", "id": "a", "at": "2026-01-01T00:00:00+00:00", "who": "x", "before": "1", "after": "2"}
LINES: dict[str, object] = {
    "an id that is a list": {**ENTRY, "id": [1]},
    "an end of nothing": {"event": "outcome", "of": {}, "outcome": "done"},
    "tables that are a list": {**ENTRY, "tables": [1]},
    "a table that is a text": {**ENTRY, "tables": {"UnitValues": "x"}},
    "cells that are numbers": {**ENTRY, "tables": {"UnitValues": {"cells": [1]}}},
    "keys that are a number": {**ENTRY, "tables": {"UnitValues": {"added_keys": 1}}},
    "notes that are a number": {**ENTRY, "notes": 5},
    "a number for a day": {**ENTRY, "at": 5, "who": None},
    "hashes that are lists": {**ENTRY, "before": [1], "after": {}},
    "control signs": {**ENTRY, "who": "\x1b]0;t\x07[/]"},
    "brackets": b"[" * 100_000,
    "brackets that close": b"[" * 100_000 + b"]" * 100_000,
    "a number of 5,000 digits": b'{"event":"refresh","id":' + b"9" * 5000 + b"}",
    "no text": b"\xff\xfe\x00",
}
JOURNALS: dict[str, Hostile] = {
    kind: Hostile(".jsonl", (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n")
    for kind, line in LINES.items()
}

SORTS: dict[str, dict[str, Hostile]] = {
    "book": WORKBOOKS,
    "table": TEXTS | OTHERS,
    "toml": TOML,
    "prose": PROSE,
    "document": DOCUMENTS,
    "database": DATABASES,
    "journal": JOURNALS,
}
