# ruff: noqa: E501 (a change of the markup a line)
"""What a person made in an update is found, whatever it is, before a new build would take it away; and nothing else is."""

import io
import re
from xml.etree import ElementTree

import pytest

from xl_flexextra.cli.built_anew import BuiltAnew
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.workbook import Workbook
from xl_flexextra.workbook import own_content

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture(scope="module")
def fresh(built):
    """The update built from what the built one holds."""
    return BuiltAnew(built).build(built.read_bytes())


@pytest.fixture
def held(built):
    return Workbook(Package(io.BytesIO(built.read_bytes()), "u.xlsx"))


def part_of(held, place):
    return held.sheet(place).part if "/" not in place else held.package.find(place)


def edited(held, place, old, new):
    """The workbook with the first match of a pattern in a part, or in a sheet by its name, replaced."""
    part = part_of(held, place)
    data, count = re.subn(old, new, held.package.read(part), count=1, flags=re.DOTALL)
    assert count == 1
    held.package.put(part, data)
    return written(held)


def written(held):
    out = io.BytesIO()
    held.package.write(out)
    return Workbook(Package(io.BytesIO(out.getvalue()), "u.xlsx"))


def found(held, fresh):
    return own_content.listed(held, Workbook(Package(io.BytesIO(fresh), "u.xlsx")))


@pytest.mark.parametrize(
    ("place", "old", "new", "said"),
    [
        ("Update", rb'(<c r="B3"[^>]*>)<f>[^<]*</f>', rb"\1<f>TODAY()</f>", "a formula of your own in Update!B3"),
        ("Update", rb'(<c r="B3"[^>]*>)<f>[^<]*</f>', rb"\1", "the cell Update!B3"),
        ("Update", rb'(<c r="B3"[^>]*)>.*?</c>', rb"\1/>", "the cell Update!B3, which you emptied"),
        ("Update", rb'(<c r="B3") s="\d+"', rb'\1 s="1"', "a format of your own in Update!B3"),
        ("Update", rb'(<row r="3"[^>]*>)', rb'\1<c r="A3"><v>0</v></c>', "the cell Update!A3"),
        ("Unit values", rb'(<c r="B9"[^>]*>)<v>', rb"\1<f>1+1</f><v>", "a formula of your own in Unit values!B9"),
        ("Unit values", rb'(<c r="B9"[^>]*>)<v>[^<]*', rb"\1<v>1", "the cell Unit values!B9"),
        ("Update", rb'(<col min="1" [^>]*width=)"[^"]*"', rb'\1"77"', "a width of your own in the column A of the sheet 'Update'"),
        ("Update", rb'(<col min="1" )', rb'\1hidden="1" ', "the column A of the sheet 'Update' hidden"),
        ("Update", rb'<row r="3"[^>]*>', b'<row r="3" ht="44" customHeight="1">', "a height of your own in the row 3 of the sheet 'Update'"),
        ("Update", rb'<row r="3"', b'<row r="3" hidden="1"', "the row 3 of the sheet 'Update' hidden"),
        ("xl/workbook.xml", rb"(<definedNames>)", rb'\1<definedName name="mine">Update!$A$1</definedName>', "the name 'mine', which is your own or changed"),
        ("xl/workbook.xml", rb'(<definedName name="AsOf">)[^<]*', rb"\1Update!$Z$99", "the name 'AsOf', which is your own or changed"),
        ("xl/workbook.xml", rb"(<definedNames>)", rb'\1<definedName name="_xlnm.Print_Area" localSheetId="3">Charts!$A$1:$B$2</definedName>', "a print area or title of your own on the sheet 'Charts'"),
        ("xl/workbook.xml", rb'(<sheet name="Charts")', rb'\1 state="hidden"', "the sheet 'Charts' hidden"),
        ("xl/workbook.xml", rb"(<sheet name=[^>]*>)(<sheet name=[^>]*>)", rb"\2\1", "its sheets in an order of your own"),
        ("xl/workbook.xml", rb"<calcPr ", b'<calcPr calcMode="manual" ', "a way of calculation of your own"),
        ("xl/workbook.xml", rb"(<sheets>)", rb'<workbookProtection lockStructure="1"/>\1', "a protection"),
        ("Update", rb"(<pageMargins)", rb'<dataValidations count="1"><dataValidation type="whole" sqref="A1"><formula1>1</formula1></dataValidation></dataValidations>\1', "a validation of your own on the sheet 'Update'"),
        ("Update", rb"(<pageMargins)", rb'<conditionalFormatting sqref="A1"><cfRule type="cellIs" operator="equal"><formula>1</formula></cfRule></conditionalFormatting>\1', "a conditional format of your own on the sheet 'Update'"),
        ("Update", rb"(<pageMargins)", rb'<mergeCells count="1"><mergeCell ref="X1:Y1"/></mergeCells>\1', "merged cells of your own on the sheet 'Update'"),
        ("Update", rb"(<pageMargins)", rb'<sheetProtection sheet="1"/>\1', "a protection of your own on the sheet 'Update'"),
        ("Update", rb'(<pageMargins [^>]*left=)"[^"]*"', rb'\1"2"', "page settings of your own on the sheet 'Update'"),
        ("Update", rb"<pageSetup ", b'<pageSetup blackAndWhite="1" ', "page settings of your own on the sheet 'Update'"),
        ("Update", rb"(<oddFooter>)", rb"\1mine", "a header or footer of your own on the sheet 'Update'"),
        ("Update", rb"(<sheetView )", rb'\1rightToLeft="1" ', "a view of your own on the sheet 'Update'"),
        ("Update", rb'(<tabColor rgb=)"[^"]*"', rb'\1"FFFF0000"', "a tab color of your own on the sheet 'Update'"),
        ("Update", rb"(</worksheet>)", rb'<extLst><ext uri="{05C60535}"><x/></ext></extLst>\1', "sparklines, slicers or the like of your own on the sheet 'Update'"),
        ("docProps/core.xml", rb"(</cp:coreProperties>)", rb"<cp:keywords>mine</cp:keywords>\1", "the property 'keywords' of the document"),
        ("xl/charts/chart1.xml", rb"(<a:t>)", rb"\1My ", "a chart that you changed"),
        ("xl/charts/chart1.xml", rb"<a:srgbClr val=\"[^\"]*\"", b'<a:srgbClr val="FF00FF"', "a chart that you changed"),
        ("xl/drawings/drawing1.xml", rb"<xdr:col>\d+", b"<xdr:col>9", "a chart, picture or shape that you set on the sheet 'Charts'"),
        ("xl/tables/table1.xml", rb'(<tableStyleInfo name=)"[^"]*"', rb'\1"TableStyleDark1"', "a style of your own for the table UnitValues"),
        ("xl/tables/table2.xml", rb'(<tableColumn [^>]*name=)"printed_name"', rb'\1"ticker"', "the column 'ticker' in the table Funds"),
    ],
)  # fmt: skip
def test_what_a_person_made_is_named(held, fresh, place, old, new, said):
    assert found(edited(held, place, old, new), fresh).startswith(said)


def linked(held, kind, target):
    """A relationship of the page, which has none of its own."""
    part = held.sheet("Update").part
    rels = part.replace("worksheets/", "worksheets/_rels/") + ".rels"
    assert rels not in held.package
    link = f'<Relationship Id="rId1" Type="{TYPES}/{kind}" Target="{target}"/>'
    held.package.put(rels, f'<Relationships xmlns="{RELATIONS}">{link}</Relationships>'.encode())


def test_a_comment_is_named(held, fresh):
    linked(held, "comments", "../comments1.xml")
    text = "<comment ref='B9' authorId='0'><text><t>why</t></text></comment>"
    held.package.put("xl/comments1.xml", f"<comments xmlns='{MAIN}'><commentList>{text}</commentList></comments>".encode())
    assert found(written(held), fresh) == "a comment in Update!B9"


def test_a_table_beside_the_page_is_named(held, fresh):
    """Its cells counted as those of a table of ours, and would have been lost in silence."""
    linked(held, "table", "../tables/table99.xml")
    columns = "<tableColumns count='1'><tableColumn id='1' name='a'/></tableColumns>"
    table = f"<table xmlns='{MAIN}' id='99' name='Mine' displayName='Mine' ref='X1:X2'>{columns}</table>"
    held.package.put("xl/tables/table99.xml", table.encode())
    assert found(written(held), fresh) == "the table 'Mine'"


def test_three_things_are_named_and_that_there_are_more(held, fresh):
    part = held.sheet("Update").part
    data = held.package.read(part)
    held.package.put(part, re.sub(rb'(<c r="[BC]\d+"[^>]*>)<f>[^<]*</f>', rb"\1<f>1</f>", data))
    told = found(written(held), fresh)
    assert told.count("a formula of your own in Update!") == 3
    assert told.endswith(" and more")


def test_an_update_as_it_was_built_has_nothing_of_a_person(held, fresh):
    assert found(held, fresh) == ""


def test_other_signs_for_the_same_are_nothing_of_a_person(held, fresh):
    """Another program spells the XML in its own way, and says what it shows first, who saved it, and how large."""
    for name in held.package.names:
        if name.endswith(".xml") and not name.startswith("["):
            held.package.put(name, ElementTree.tostring(ElementTree.fromstring(held.package.read(name)), "utf-8"))
    part = held.sheet("Update").part
    data = held.package.read(part)
    held.package.put(part, re.sub(rb"workbookViewId=", b'zoomScale="85" topLeftCell="A4" workbookViewId=', data, count=1))
    core = held.package.read("docProps/core.xml")
    held.package.put("docProps/core.xml", re.sub(rb"(lastModifiedBy>)[^<]*", rb"\1Ann", core))
    assert found(written(held), fresh) == ""
