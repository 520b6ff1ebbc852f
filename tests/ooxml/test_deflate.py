"""Deflated segments: one stream for every reader, the same bytes whatever the threads, and no damage unseen."""

from __future__ import annotations

import io
import threading
import zipfile
import zlib
from functools import partial
from pathlib import Path

import pytest

from xl_flexextra.errors import Refused
from xl_flexextra.files import deflate
from xl_flexextra.ooxml.package import Package

BLOCKS = [bytes(f"<row r='{k}'>" * 4000, "ascii") for k in range(12)]


def packed() -> deflate.Packed:
    deflater = deflate.Deflater()
    deflater.write(b"head")
    deflater.write_all(partial(bytes, block) for block in BLOCKS)
    deflater.write(b"foot")
    return deflater.finish()


WHOLE = b"".join([b"head", *BLOCKS, b"foot"])


@pytest.fixture(params=["isal", "zlib"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both libraries: isal is not there for every machine."""
    if request.param == "zlib":
        monkeypatch.setattr(deflate, "fast_zlib", zlib)
        monkeypatch.setattr(deflate, "crc32", zlib.crc32)
    else:
        pytest.importorskip("isal")


@pytest.mark.usefixtures("library")
def test_segments_are_one_stream_for_zlib() -> None:
    made = packed()
    assert len(made.segments) == len(BLOCKS) + 2
    stream = b"".join(segment.data for segment in made.segments)
    assert zlib.decompress(stream, -15) == WHOLE
    assert (made.crc, made.size, made.length) == (zlib.crc32(WHOLE), len(WHOLE), len(stream))


@pytest.mark.usefixtures("library")
def test_the_bytes_do_not_depend_on_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    made = packed()
    for threads in (1, 3, 7):
        monkeypatch.setattr(deflate, "THREADS", threads)
        assert packed() == made


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("piece", [1, 7, 1000, 1 << 20])
@pytest.mark.parametrize("at_once", [100, 1 << 20])
def test_inflated_in_pieces(monkeypatch: pytest.MonkeyPatch, piece: int, at_once: int) -> None:
    monkeypatch.setattr(deflate, "AT_ONCE", at_once)
    stream = b"".join(segment.data for segment in packed().segments)
    pieces = [stream[at : at + piece] for at in range(0, len(stream), piece)]
    parts = list(deflate.inflated(pieces, len(WHOLE), zlib.crc32(WHOLE)))
    assert b"".join(parts) == WHOLE
    assert max(map(len, parts)) <= at_once


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("fault", ["short", "long", "checksum", "torn", "noise"])
def test_what_does_not_fit_is_damage(fault: str) -> None:
    stream = b"".join(segment.data for segment in packed().segments)
    size = len(WHOLE) + {"short": -1, "long": 1}.get(fault, 0)
    crc = zlib.crc32(WHOLE) ^ (fault == "checksum")
    if fault == "torn":
        stream = stream[: len(stream) // 2]
    if fault == "noise":
        stream = stream[:100] + b"\xff" * 50 + stream[150:]
    with pytest.raises(deflate.DAMAGED):
        list(deflate.inflated([stream], size, crc))


def test_an_error_in_a_job_comes_through_and_ends_the_others() -> None:
    def bad() -> bytes:
        raise Refused("No.")

    with pytest.raises(Refused, match="No"):
        deflate.Deflater().write_all([partial(bytes, 10), bad, *[partial(bytes, 10)] * 50])


def test_every_damage_to_a_written_file_is_found_before_it_replaces_anything(tmp_path: Path) -> None:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("sheet.xml", "<old/>")
    package = Package(io.BytesIO(book.getvalue()), "book.xlsx")
    package.put("sheet.xml", packed())
    target = io.BytesIO()
    package.write(target)
    path = tmp_path / "written.xlsx"
    good = target.getvalue()
    path.write_bytes(good)
    package.verify(path)
    start = good.index(b"sheet.xml") + len(b"sheet.xml")
    length = package._changed["sheet.xml"].length
    found, sentences = 0, set()
    for at in range(start, start + length, max(length // 150, 1)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x10]) + good[at + 1 :])
        try:
            package.verify(path)
        except Refused as error:
            found += 1
            sentences.add(str(error).partition(":")[0])
        else:  # a bit that says nothing: padding behind a flushed block
            with zipfile.ZipFile(path) as archive:
                assert archive.read("sheet.xml") == WHOLE
    assert found > 100
    assert sentences == {"The new file could not be verified, so nothing was replaced"}
    for cut in (len(good) - 1, len(good) // 2, 10, 0):
        path.write_bytes(good[:cut])
        with pytest.raises(Refused):
            package.verify(path)


def test_a_byte_and_its_neighbours_are_found_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"<f>a<x>f f</f>" * 30
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("part", content)
    package = Package(io.BytesIO(book.getvalue()), "book.xlsx")
    expected = [content[at - 1 : at + 2] for at in range(1, len(content) - 1) if content[at : at + 1] == b"f"]
    for at_once in (1, 2, 3, 5, 1000):
        monkeypatch.setattr(deflate, "AT_ONCE", at_once)
        package._cache.clear()
        assert list(package.around("part", b"f")) == expected
        assert package.holds("part", b"</f><f>a<x>")
        assert not package.holds("part", b"</f><f>b")


def test_what_was_just_written_is_not_unpacked_to_look_for_formulas(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh of a million rows unpacked the sheet that it had packed a moment before, to find that it has none."""
    blocks = [b"<row/>" * 50, b"f<row/>", b"<row/>" * 20, b"<f>1</f>", b"<row/>f", b"", b"f", b"<row/>" * 9]
    deflater = deflate.Deflater()
    deflater.write(b"<sheet ref='A1'>")
    deflater.write_all(partial(bytes, block) for block in blocks)
    deflater.write(b"</sheet>")
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("part", b"")
    package = Package(io.BytesIO(book.getvalue()), "book.xlsx")
    package.put("part", deflater.finish())
    content = b"".join([b"<sheet ref='A1'>", *blocks, b"</sheet>"])
    expected = [content[at - 1 : at + 2] for at in range(1, len(content) - 1) if content[at : at + 1] == b"f"]
    unpacked: list[int] = []
    really = deflate.Segment.content
    monkeypatch.setattr(deflate.Segment, "content", lambda one: unpacked.append(one.size) or really(one))
    assert list(package.around("part", b"f")) == expected
    assert not {300, 120, 54} & set(unpacked)


def test_a_part_that_is_still_being_packed_is_waited_for_by_who_needs_it() -> None:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("part", b"old")
        archive.writestr("other", b"old")
    package = Package(io.BytesIO(book.getvalue()), "book.xlsx")
    ready = threading.Event()
    package.put_later("part", deflate.meanwhile(lambda: ready.wait(60) and deflate.pack(b"new" * 100)), least=200)
    assert package.exceeds("part", 199)  # without waiting
    assert "part" in package
    assert package.names == ["part", "other"]
    assert package.read("other") == b"old"
    threading.Timer(0.05, ready.set).start()
    assert not package.exceeds("part", 300)
    assert package.read("part") == b"new" * 100
    package.put_later("part", partial(deflate.pack, b"newer"), least=5)
    written = io.BytesIO()
    package.write(written)
    assert Package(io.BytesIO(written.getvalue()), "book.xlsx").read("part") == b"newer"
    package.put_later("part", partial(deflate.pack, b"old"), least=3)
    assert not package.dirty  # what the file holds already is no change


def test_a_part_that_cannot_be_packed_is_never_left_out() -> None:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("part", b"old")
    package = Package(io.BytesIO(book.getvalue()), "book.xlsx")
    package.put_later("part", deflate.meanwhile(lambda: deflate.pack(b"x" * (1 // 0))), least=0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            package.write(io.BytesIO())
