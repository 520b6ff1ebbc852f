"""A workbook with a bit of everything, made by XlsxWriter, and parts that it cannot write put in by hand."""

from __future__ import annotations

import datetime
import io
import struct
import zipfile
import zlib

import xlsxwriter

DATES = [datetime.datetime(2008, month, 28) for month in range(1, 7)]
FUNDS = ["EQUITY", "BLEND", "MANAGED_BOND"]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def png() -> io.BytesIO:
    """A red dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    head = struct.pack(">2L5B", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\x00\xff\x00\x00")
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b""))


def build(macros: bytes | None = None) -> bytes:
    """The workbook's bytes; with ``macros`` (a vbaProject.bin) an .xlsm."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    number = book.add_format({"num_format": "0.000000", "bg_color": "#EEF5FF"})
    bold = book.add_format({"bold": True, "font_color": "#AA0000"})
    data = book.add_worksheet("Unit values")
    _data_sheet(book, data, date, number, bold)
    totals = book.add_worksheet("Totals")
    _totals_sheet(totals, bold)
    charts = book.add_worksheet("Charts & more")
    _charts_sheet(book, charts)
    empty = book.add_worksheet("Empty")
    empty.add_table("B2:D3", {"name": "Empty", "columns": [{"header": h} for h in ("term", "value", "remark")]})
    empty.write("F9", "far from it", bold)
    empty.protect("secret", {"sort": True})
    plain = book.add_worksheet("Plain range")
    plain.write_row("A1", ["fund", "share"], bold)
    for row, fund in enumerate(FUNDS, start=2):
        plain.write(f"A{row}", fund)
        plain.write_number(f"B{row}", 0.25 + row / 100)
    plain.write_formula("D1", "=SUM(B2:B4)", None, 0.84)
    hidden = book.add_worksheet("Hidden")
    hidden.write("A1", "kept")
    hidden.very_hidden()
    book.define_name("Shares", "='Plain range'!$A$1:$B$4")
    book.define_name("AllValues", "='Unit values'!$B$4:$E$9")
    book.define_name("FirstThree", "='Unit values'!$C$4:$C$6")
    book.define_name("Header", "='Unit values'!$B$3:$E$3")
    book.set_custom_property("Reviewer", "A. Ctuary")
    book.set_calc_mode("auto", 191029)
    if macros is not None:
        book.add_vba_project(io.BytesIO(macros), is_stream=True)
        book.set_vba_name("ThisWorkbook")
        charts.insert_button("H20", {"macro": "RefreshData", "caption": "Refresh"})
    book.close()
    return _with_more_parts(stream.getvalue())


def _data_sheet(book, sheet, date, number, bold) -> None:
    sheet.write("B1", "Unit values of the sub-accounts", bold)
    sheet.write_column("A4", ["left 1", "left 2", "left 3"])
    sheet.write("H5", "right of it")
    sheet.write_formula("H6", "=SUM(C4:C9)", number, 66.0)
    sheet.write_formula("H7", "=AVERAGE($D$4:$D$9)+C4", number, 12.5)
    sheet.write_formula("H8", "=SUM(C4:C8)", number, 50)  # not exactly the body: stays
    sheet.write_formula("H9", "=C9", number, 15)
    rows = [[d, 10 + i, 20.5 + i, 7 + i / 8] for i, d in enumerate(DATES)]
    columns = [
        {"header": "valuation_date", "format": date},
        *({"header": f, "format": number} for f in FUNDS),
        {"header": "sum", "formula": "=[@EQUITY]+[@BLEND]", "format": number},
    ]
    sheet.add_table("B3:F9", {"name": "UnitValues", "data": rows, "columns": columns, "style": "Table Style Medium 4"})
    for row, values in enumerate(rows, start=3):
        sheet.write_formula(
            row, 5, "=UnitValues[[#This Row],[EQUITY]]+UnitValues[[#This Row],[BLEND]]", number, values[1] + values[2]
        )
    sheet.set_row(4, 30)
    sheet.set_row(20, 25, bold)
    sheet.freeze_panes(3, 2)
    sheet.conditional_format("C4:E9", {"type": "cell", "criteria": "<", "value": 9, "format": bold})
    sheet.conditional_format("C4:C9", {"type": "data_bar", "data_bar_2010": True, "bar_axis_position": "middle"})
    sheet.conditional_format("C20:C30", {"type": "3_color_scale"})
    sheet.data_validation("C4:E9", {"validate": "decimal", "criteria": ">", "value": 0})
    sheet.data_validation("J1", {"validate": "list", "source": "=$C$4:$C$9"})
    sheet.write_comment("C5", "checked against the ledger")
    sheet.write_url("J3", "https://example.com/")
    sheet.add_sparkline("J5", {"range": "'Unit values'!C4:C9", "markers": True})
    sheet.print_area("B3:F9")
    sheet.repeat_rows(2)
    sheet.merge_range("L3:M4", "merged, beside", bold)


def _totals_sheet(sheet, bold) -> None:
    rows = [["EQUITY", 100.0, 0.1], ["BLEND", 200.0, 0.2], ["GPA & co", 300.0, 0.3]]
    columns = [
        {"header": "fund", "total_string": "Total"},
        {"header": "assets", "total_function": "sum", "total_value": 600},
        {"header": "share", "total_function": "average", "total_value": 0.2},
    ]
    sheet.add_table("B2:D6", {"name": "Assets", "data": rows, "columns": columns, "total_row": True})
    sheet.write_formula("F2", "=C6*2", bold, 1200)  # follows the totals row
    sheet.write_formula("F3", "=SUM(C3:C5)", None, 600)
    sheet.write("B20", "a note far below")
    sheet.write("F6", "beside the totals", bold)


def _charts_sheet(book, sheet) -> None:
    chart = book.add_chart({"type": "line"})
    for column in "CDE":
        chart.add_series(
            {
                "name": f"='Unit values'!${column}$3",
                "categories": "='Unit values'!$B$4:$B$9",
                "values": f"='Unit values'!${column}$4:${column}$9",
            }
        )
    sheet.insert_chart("B2", chart)
    other = book.add_chart({"type": "column"})
    other.add_series({"values": "='Unit values'!$C$4:$C$6"})
    sheet.insert_chart("B20", other)
    sheet.insert_image("K2", "dot.png", {"image_data": png()})
    sheet.insert_textbox("K10", "A text box that stays")
    sheet.write_formula("A1", "=SUM('Unit values'!C4:C9)", None, 75)
    sheet.write_formula("A2", "=\"not 'Unit values'!C4:C9 a reference\"", None, "not 'Unit values'!C4:C9 a reference")
    sheet.write_formula("A3", "=SUM('Unit values'!C:C)", None, 75)
    sheet.write_dynamic_array_formula("M1:M6", "=SORT('Unit values'!C4:C9)", None, 10)
    for row in range(1, 6):
        sheet.write_number(row, 12, 10 + row)
    sheet.write_array_formula("O1:O2", "{=TRANSPOSE('Unit values'!C3:D3)}", None, "EQUITY")
    sheet.write("O2", "BLEND")


def _with_more_parts(raw: bytes) -> bytes:
    """Pivot, slicer, threaded comment, connection, custom XML: hand-made, tied in by relationships and types."""
    old = zipfile.ZipFile(io.BytesIO(raw))
    parts = {name: old.read(name) for name in old.namelist()}
    types: list[str] = []

    def add(name: str, content: str, kind: str) -> None:
        parts[name] = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + content).encode()
        types.append(f'<Override PartName="/{name}" ContentType="{kind}"/>')

    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    microsoft = "application/vnd.ms-excel"
    fields = "".join(f'<cacheField name="{n}" numFmtId="0"><sharedItems/></cacheField>' for n in ("fund", "assets", "share"))
    add(
        "xl/pivotCache/pivotCacheDefinition1.xml",
        f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{RELS}" refreshedBy="x" createdVersion="6" recordCount="0">'
        f'<cacheSource type="worksheet"><worksheetSource name="Assets"/></cacheSource>'
        f'<cacheFields count="3">{fields}</cacheFields>'
        "</pivotCacheDefinition>",
        f"{office}.pivotCacheDefinition+xml",
    )
    add(
        "xl/pivotCache/pivotCacheDefinition2.xml",
        f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{RELS}" refreshedBy="x" createdVersion="6" recordCount="0">'
        '<cacheSource type="worksheet"><worksheetSource ref="B3:E9" sheet="Unit values"/></cacheSource>'
        f'<cacheFields count="3">{fields}</cacheFields></pivotCacheDefinition>',
        f"{office}.pivotCacheDefinition+xml",
    )
    add(
        "xl/slicerCaches/slicerCache1.xml",
        '<slicerCacheDefinition xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'name="Slicer_fund" sourceName="fund"/>',
        f"{microsoft}.slicerCache+xml",
    )
    add(
        "xl/persons/person.xml",
        '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<person displayName="A. Ctuary" '
        'id="{11111111-1111-1111-1111-111111111111}" userId="x" providerId="None"/></personList>',
        f"{microsoft}.person+xml",
    )
    add(
        "xl/threadedComments/threadedComment1.xml",
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="H5" dT="2026-01-01T00:00:00.00" personId="{11111111-1111-1111-1111-111111111111}" '
        'id="{22222222-2222-2222-2222-222222222222}"><text>why?</text></threadedComment></ThreadedComments>',
        f"{microsoft}.threadedcomments+xml",
    )
    add(
        "xl/connections.xml",
        f'<connections xmlns="{MAIN}"><connection id="1" name="prices" type="1" refreshedVersion="6">'
        '<dbPr connection="DSN=prices" command="select 1"/></connection></connections>',
        f"{office}.connections+xml",
    )
    parts["customXml/item1.xml"] = b"<terms><cdsc>8,8,7</cdsc></terms>"
    book_rels = [
        ("pivotCacheDefinition", RELS, "pivotCache/pivotCacheDefinition1.xml"),
        ("pivotCacheDefinition", RELS, "pivotCache/pivotCacheDefinition2.xml"),
        ("connections", RELS, "connections.xml"),
        ("slicerCache", "http://schemas.microsoft.com/office/2007/relationships", "slicerCaches/slicerCache1.xml"),
        ("person", "http://schemas.microsoft.com/office/2017/10/relationships", "persons/person.xml"),
        ("customXml", RELS, "../customXml/item1.xml"),
    ]
    lines = "".join(
        f'<Relationship Id="rIdX{i}" Type="{base}/{kind}" Target="{to}"/>' for i, (kind, base, to) in enumerate(book_rels)
    )
    alternative = (  # an extension has an element of the same name as the table itself
        '<extLst><ext uri="{504A1905-F514-4f6f-8877-14C23A59335A}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:table altText="Unit values" altTextSummary="by date"/></ext></extLst>'
    )
    parts["xl/tables/table1.xml"] = parts["xl/tables/table1.xml"].replace(b"</table>", alternative.encode() + b"</table>")
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", lines.encode() + b"</Relationships>")
    sheet_rels = "xl/worksheets/_rels/sheet1.xml.rels"
    threaded = (
        '<Relationship Id="rIdT" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" '
        'Target="../threadedComments/threadedComment1.xml"/>'
    )
    parts[sheet_rels] = parts[sheet_rels].replace(b"</Relationships>", threaded.encode() + b"</Relationships>")
    caches = '<pivotCaches><pivotCache cacheId="1" r:id="rIdX0"/><pivotCache cacheId="2" r:id="rIdX1"/></pivotCaches>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</workbook>", caches.encode() + b"</workbook>")
    content = "[Content_Types].xml"
    parts[content] = parts[content].replace(b"</Types>", "".join(types).encode() + b"</Types>")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name, body in parts.items():
            new.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), body, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
