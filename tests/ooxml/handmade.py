"""A small workbook written by hand, part by part, so that tests can spell it in any way that the format allows."""

from __future__ import annotations

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TEXTS = ("day", "remark", "amount", "fund", "share", "first", "second", "third")
ROWS = [(39478, "first", 10.5), (39507, "second", 11.5), (39538, "third", 12.5)]  # ends of January, February, March 2008

WORKBOOK, WORKBOOK_RELS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SHEET, SHEET_RELS = "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"
OTHER, TABLE, STRINGS, TYPES = (
    "xl/worksheets/sheet2.xml",
    "xl/tables/table1.xml",
    "xl/sharedStrings.xml",
    "[Content_Types].xml",
)

Parts = dict[str, str]


def parts() -> Parts:
    """A table Facts (A1:C4) and a range Rng (F1:G3) on the sheet Data; a sum of Facts on the sheet "Sum it"."""
    kinds = [
        (WORKBOOK, "sheet.main"), (SHEET, "worksheet"), (OTHER, "worksheet"), (STRINGS, "sharedStrings"),
        ("xl/styles.xml", "styles"), (TABLE, "table"),
    ]  # fmt: skip
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{TYPE}.{kind}+xml"/>' for name, kind in kinds)
    return {
        TYPES: f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": _relations(("rId1", "officeDocument", WORKBOOK)),
        WORKBOOK: f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><workbookPr/><sheets>'
        '<sheet name="Data" sheetId="1" r:id="rId1"/><sheet name="Sum it" sheetId="2" r:id="rId2"/></sheets>'
        '<definedNames><definedName name="Rng">Data!$F$1:$G$3</definedName></definedNames>'
        '<calcPr calcId="191029"/></workbook>',
        WORKBOOK_RELS: _relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet2.xml"),
            ("rId3", "sharedStrings", "sharedStrings.xml"), ("rId4", "styles", "styles.xml"),
        ),
        SHEET: f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{RELS}"><dimension ref="A1:G4"/><sheetData>'
        + "".join(_rows())
        + '</sheetData><tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>',
        SHEET_RELS: _relations(("rId1", "table", "../tables/table1.xml")),
        OTHER: f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><f>SUM(Data!C2:C4)</f><v>34.5</v></c>'
        '<c r="B1" t="s"><v>6</v></c></row></sheetData></worksheet>',
        STRINGS: f'{HEAD}<sst xmlns="{MAIN}" count="11" uniqueCount="8">'
        + "".join(f"<si><t>{text}</t></si>" for text in TEXTS)
        + "</sst>",
        "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/></font></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        TABLE: f'{HEAD}<table xmlns="{MAIN}" id="1" name="Facts" displayName="Facts" ref="A1:C4" totalsRowShown="0">'
        '<autoFilter ref="A1:C4"/><tableColumns count="3"><tableColumn id="1" name="day"/>'
        '<tableColumn id="2" name="remark"/><tableColumn id="3" name="amount"/></tableColumns></table>',
    }  # fmt: skip


def _rows() -> list[str]:
    beside = ["", _text("F2", 5) + '<c r="G2"><v>1</v></c>', _text("F3", 6) + '<c r="G3"><v>2</v></c>', ""]
    rows = [f'<row r="1">{"".join(_text(f"{c}1", i) for i, c in enumerate("ABCFG"))}</row>']
    for number, (day, remark, amount) in enumerate(ROWS, start=2):
        own = f'<c r="A{number}" s="1"><v>{day}</v></c>{_text(f"B{number}", TEXTS.index(remark))}'
        rows.append(f'<row r="{number}">{own}<c r="C{number}"><v>{amount}</v></c>{beside[number - 1]}</row>')
    return rows


def _text(address: str, place: int) -> str:
    return f'<c r="{address}" t="s"><v>{place}</v></c>'


def _relations(*relations: tuple[str, str, str]) -> str:
    lines = "".join(f'<Relationship Id="{i}" Type="{RELS}/{kind}" Target="{to}"/>' for i, kind, to in relations)
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def zipped(content: Parts) -> bytes:
    """The parts as a file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def book(*edits: tuple[str, str, str]) -> bytes:
    """The workbook with (part, old, new) texts replaced."""
    content = parts()
    for name, old, new in edits:
        assert old in content[name], (name, old)
        content[name] = content[name].replace(old, new)
    return zipped(content)
