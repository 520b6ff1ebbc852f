"""The VBA project that is written from source: three independent readers get back what went in."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import olefile
import pyopenvba.cfb
import pyopenvba.vba
import pytest
import xlwings
from hypothesis import given, settings
from hypothesis import strategies as st
from oletools.olevba import VBA_Parser

from xl_flexextra.ooxml.vba import codec, compound_file, vba_project

LINES = st.lists(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(lambda s: s.rstrip(" _")),
    min_size=1,
    max_size=200,
)


def project(extra: int = 3) -> list[vba_project.Module]:
    """A workbook, two sheets and standard modules; the last one spans several compressed chunks."""
    body = "".join(f"Public Function F{i}(a)\n    F{i} = a * {i * 7919 % 1000}\nEnd Function\n" for i in range(300))
    return [
        vba_project.workbook_module("Private Sub Workbook_Open()\nEnd Sub"),
        vba_project.sheet_module("Sheet1"),
        vba_project.sheet_module("Sheet2"),
        *(vba_project.Module(f"Part{i}", f"Public Const PLACE = {i}") for i in range(extra)),
        vba_project.Module("xlwings_udfs", body),
    ]


def lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")


def test_the_same_source_gives_the_same_bytes():
    assert vba_project.build(project(), "FlexExtra") == vba_project.build(project(), "FlexExtra")


@pytest.mark.parametrize("extra", [0, 1, 5, 40])
def test_olevba_reads_every_module_back(extra):
    modules = project(extra)
    parser = VBA_Parser("vbaProject.bin", data=vba_project.build(modules, "FlexExtra"))
    found = {name.rpartition(".")[0]: (name, code) for _, _, name, code in parser.extract_macros()}
    assert set(found) == {m.name for m in modules}
    for module in modules:
        name, code = found[module.name]
        assert lines(code) == lines(module.text)
        assert name.endswith(".bas" if module.document is None else ".cls")


@pytest.mark.parametrize("extra", [0, 1, 5, 40])
def test_olefile_finds_no_fault_in_the_container(extra):
    modules = project(extra)
    file = olefile.OleFileIO(io.BytesIO(vba_project.build(modules, "FlexExtra")), raise_defects=olefile.DEFECT_UNSURE)
    assert not file.parsing_issues
    streams = {"/".join(path) for path in file.listdir()}
    fixed = {"PROJECT", "PROJECTwm", "VBA/dir", "VBA/_VBA_PROJECT"}
    assert streams == fixed | {f"VBA/{m.name}" for m in modules}
    assert file.openstream("VBA/_VBA_PROJECT").read() == bytes.fromhex("CC61FFFF000000")


def test_pyopenvba_reads_the_modules_and_their_kinds_and_validates_the_project():
    modules = project()
    container = pyopenvba.cfb.CFB.from_bytes(vba_project.build(modules, "FlexExtra"))
    read = pyopenvba.vba.parse_vba_project(container)
    assert list(read.module_names()) == [m.name for m in modules]
    for module in modules:
        found = read.get_module(module.name)
        assert (found.kind.name == "standard") == (module.document is None)
        assert lines(found.source) == lines(module.text)
    assert not read.validate()


def unmask(text: str) -> tuple[int, bytes]:
    """The project key and the data of a protection field: MS-OVBA 2.4.3.3, read backwards."""
    raw = bytes.fromhex(text)
    seed, key = raw[0], raw[0] ^ raw[2]
    plain = []
    last = key
    for place in range(3, len(raw)):
        last = raw[place] ^ ((raw[place - 2] + last) & 0xFF)
        plain.append(last)
    body = bytes(plain[(seed & 6) // 2 :])
    assert int.from_bytes(body[:4], "little") == len(body) - 4
    return key, body[4:]


# MS-OVBA 3.1.1, the example project: ID {917DED54-440B-4FD1-A5C1-74ACF261E600}
PUBLISHED = {"0705D8E3D8EDDBF1DBF1DBF1DBF1": bytes(4), "0E0CD1ECDFF4E7F5E7F5E7": bytes(1), "1517CAF1D6F9D7F9D706": b"\xff"}


@pytest.mark.parametrize("field", PUBLISHED)
def test_the_published_example_unmasks_so_the_tests_reader_is_right(field):
    assert unmask(field) == (sum(b"{917DED54-440B-4FD1-A5C1-74ACF261E600}") & 0xFF, PUBLISHED[field])


def test_the_project_says_that_nothing_is_protected():
    container = pyopenvba.cfb.CFB.from_bytes(vba_project.build(project(), "FlexExtra"))
    read = pyopenvba.vba.parse_vba_project(container).protection
    key = sum(vba_project.project_id("FlexExtra").encode()) & 0xFF
    assert unmask(read.cmg) == (key, bytes(4))
    assert unmask(read.dpb) == (key, bytes(1))
    assert unmask(read.gc) == (key, b"\xff")
    assert not read.has_password


@settings(max_examples=60)
@given(LINES)
def test_any_source_survives_compression(source):
    data = "\r\n".join(source).encode("ascii")
    packed = codec.compress(data)
    assert codec.decompress(packed) == data
    assert pyopenvba.vba.decompress(packed) == data


def test_a_repetitive_text_shrinks_and_crosses_chunks():
    data = b"Attribute VB_Name = " * 2000
    packed = codec.compress(data)
    assert len(packed) < len(data) / 7
    assert pyopenvba.vba.decompress(packed) == data


@settings(max_examples=40)
@given(st.dictionaries(st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True), st.binary(max_size=9000), max_size=30))
def test_any_streams_come_back_from_the_container(streams):
    if len({name.upper() for name in streams}) != len(streams):
        streams = {name.upper(): data for name, data in streams.items()}
    file = olefile.OleFileIO(io.BytesIO(compound_file.write(streams)), raise_defects=olefile.DEFECT_INCORRECT)
    assert {path[0]: file.openstream(path).read() for path in file.listdir()} == streams


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (vba_project.Module("1st", "x"), "cannot name a module"),
        (vba_project.Module("M", "' caf\u00e9"), "only ASCII"),
        (vba_project.Module("M", "x = " + "1" * 1030), "1023 is the limit"),
        (vba_project.Module("M", "x = 1 + _\n" * 26 + "1"), "line continuations"),
        (vba_project.Module("M", "' pad\n" * 12_000), "is the limit"),
        (vba_project.Module("THISWORKBOOK", ""), "same name"),
    ],
)
def test_what_the_editor_could_not_hold_is_refused(module, said):
    with pytest.raises(ValueError, match=said):
        vba_project.build([vba_project.workbook_module(), module], "FlexExtra")


def records(data: bytes) -> list[tuple[int, int]]:
    """Kind and size of every record of the dir stream."""
    stream = olefile.OleFileIO(io.BytesIO(data)).openstream("VBA/dir").read()
    plain, at, found = pyopenvba.vba.decompress(stream), 0, []
    while at < len(plain):
        kind, size = struct.unpack_from("<HI", plain, at)
        found.append((kind, size))
        at += 6 + (6 if kind == 0x0009 else size)  # the version's own length field does not count its last two bytes
    return found


def groups(found: list[tuple[int, int]]) -> tuple[list[int], set[tuple[int, ...]]]:
    """The kinds up to the references, and the different sequences of kinds that modules have."""
    kinds = [kind for kind, _ in found]
    modules: list[list[int]] = []
    for kind in kinds[kinds.index(0x0013) + 1 : -1]:
        if kind == 0x0019:
            modules.append([])
        modules[-1].append(kind)
    return kinds[: kinds.index(0x0016)], {tuple(module) for module in modules}


def test_the_records_stand_as_in_a_project_that_excel_itself_saved():
    """xlwings ships workbooks that were saved by Excel; ours has the same records in the same order."""
    saved = zipfile.ZipFile(Path(xlwings.__file__).parent / "quickstart_standalone.xlsm").read("xl/vbaProject.bin")
    head, modules = groups(records(saved))
    own_head, own_modules = groups(records(vba_project.build(project(), "FlexExtra")))
    assert own_head == head
    assert own_modules == modules
    assert len(own_modules) == 2  # document and standard modules
