"""An Open XML package as zip members: read with limits, changed one part at a time, all others copied raw.

What is not changed keeps its compressed bytes, so a refresh cannot alter what it does not know.
"""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ..errors import MissingData, Refused
from ..files import door, zip_records
from ..files.deflate import DAMAGED, SOUGHT, Packed, crc32, in_threads, inflate, inflated, pack

MAX_MEMBERS = 20_000
MAX_PART = 700 << 20  # bytes of one part, inflated; a million rows of seven columns are 250 MB
MAX_TOTAL = 4 << 30  # bytes of all parts, inflated
MAX_RATIO, RATIO_FROM = 400, 16 << 20  # a part beyond 16 MB that shrank more than 400 times is a bomb
FAIR, PROPORTION = 32 << 20, 30  # all parts unpack to so many bytes, and so many more for each byte of the file

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP64_LIMIT = 0xFFFFFFFF
_PIECE = 3 << 17  # deflated bytes that are read at once: some 2 MB of rows


class Package:
    """The members of a zip file, with changes laid over them until :meth:`write`."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.name = name
        self._stream = stream
        self._changed: dict[str, Packed] = {}
        self._coming: dict[str, tuple[Callable[[], Packed], int]] = {}
        self._dropped: set[str] = set()
        self._cache: dict[str, bytes] = {}
        head = stream.read(8)
        if head == _OLE:
            raise Refused(
                f"{name} is protected by a password or is an old .xls file; save it without a password as "
                ".xlsx or .xlsm first."
            )
        if not head.startswith(b"PK\x03\x04"):
            raise Refused(
                f"{name} is not an Excel workbook (.xlsx, .xlsm): it does not start as a zip file; check the file."
            )
        try:
            with zipfile.ZipFile(stream) as archive:
                self._infos = {info.filename: info for info in archive.infolist()}
                self._order = archive.infolist()
                self._comment = archive.comment
                self._directory = archive.start_dir
        except (
            zipfile.BadZipFile,
            ValueError,
            OSError,
            NotImplementedError,
            EOFError,
            struct.error,
            UnicodeError,
            IndexError,
            OverflowError,
        ) as error:
            raise Refused(f"{name} is a damaged zip file ({_short(error)}); take a good copy of the workbook.") from None
        self._spans: dict[str, tuple[int, int, bytes]] = {}
        self._check()

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Package:
        """A package from a file, read into memory as it is (compressed)."""
        path = Path(path)
        try:
            data = door.read(path, "The workbook", missing=f"There is no workbook {door.shown(path)}; check the name.")
        except MissingData as error:
            raise Refused(str(error)) from None
        return cls(io.BytesIO(data), path.name)

    def as_it_was(self) -> Package:
        """The same file without what was put into it since it was opened."""
        self._stream.seek(0)
        return Package(self._stream, self.name)

    def _check(self) -> None:
        """Refuse what no honest workbook is: too many or too large members, overlaps, odd names, encryption."""
        if len(self._order) > MAX_MEMBERS:
            raise Refused(f"{self.name} holds {len(self._order)} parts; more than {MAX_MEMBERS} are not read.")
        if len({info.filename.lower() for info in self._order}) != len(self._order):
            raise Refused(f"{self.name} holds two parts of the same name; save it again in Excel.")
        total = 0
        for info in self._order:
            member = info.filename
            path = member.replace("\\", "/")
            if path.startswith("/") or ".." in path.split("/") or ":" in path or "\x00" in member:
                raise Refused(f"{self.name} holds a part with the unsafe name {member!r}; take a good copy of the workbook.")
            if "\\" in info.orig_filename:
                raise Refused(
                    f"{self.name} separates names with backslashes ({member!r}); open it in Excel and save it once."
                )
            if zip_records.encrypted(info):
                raise Refused(f"{self.name} holds encrypted parts; save it without a password first.")
            if info.compress_type not in (zip_records.STORED, zip_records.DEFLATED):
                raise Refused(
                    f"{self.name} holds a part in compression method {info.compress_type}; save it again in Excel."
                )
            self._limit(info.filename, info.file_size, info.compress_size)
            total += info.file_size
        fair = FAIR + PROPORTION * self.length
        if total > fair and not door.large_allowed():
            raise Refused(
                f"{self.name} would unpack to {total >> 20} MB; more than {fair >> 20} MB are not read for a file of its "
                f"size{door.ALLOW}"
            )
        if total > MAX_TOTAL:
            raise Refused(f"{self.name} would unpack to {total >> 20} MB; more than {MAX_TOTAL >> 20} MB are not read.")
        reached = 0
        for info in sorted(self._order, key=lambda i: i.header_offset):
            if info.header_offset < reached or (reached == 0 and info.header_offset != 0):
                raise Refused(
                    f"{self.name} holds parts that overlap or stray bytes before them; take a good copy of the workbook."
                )
            try:
                start, extra = zip_records.local(self._stream, info)
            except ValueError as error:
                raise Refused(f"{self.name}: {error}; take a good copy of the workbook.") from None
            reached = start + info.compress_size
            if reached > self._directory:
                raise Refused(
                    f"{self.name}: the part {info.filename} ends after the end of the file; take a good "
                    "copy of the workbook."
                )
            self._spans[info.filename] = (start, info.compress_size, extra)

    def _limit(self, member: str, size: int, packed: int) -> None:
        if size > MAX_PART:
            raise Refused(
                f"{self.name}: the part {member} would unpack to {size >> 20} MB; more than "
                f"{MAX_PART >> 20} MB are not read."
            )
        if size > RATIO_FROM and size > MAX_RATIO * max(packed, 1):
            raise Refused(
                f"{self.name}: the part {member} unpacks to {size // max(packed, 1)} times its size, as a "
                "zip bomb does; it is not read."
            )

    # reading

    @property
    def names(self) -> list[str]:
        """The parts that are there now, in the order of the file; folders left out."""
        known = {**self._infos, **self._changed, **self._coming}
        return [n for n in known if n not in self._dropped and not n.endswith("/")]

    @property
    def length(self) -> int:
        """Bytes of the file."""
        return self._stream.seek(0, io.SEEK_END)

    def __contains__(self, part: str) -> bool:
        changed = part in self._changed or part in self._coming
        return changed or (part in self._infos and part not in self._dropped)

    def find(self, part: str) -> str | None:
        """The name of a part as the file spells it; part names do not depend on case."""
        part = part.lstrip("/")
        if part in self:
            return part
        lower = part.lower()
        return next((n for n in self.names if n.lower() == lower), None)

    def size(self, part: str) -> int:
        """Bytes of a part, unpacked."""
        self._wait(part)
        if part in self._changed:
            return self._changed[part].size
        return self._infos[part].file_size

    def exceeds(self, part: str, most: int) -> bool:
        """Whether a part unpacks to more than so many bytes; where that is sure it need not be finished."""
        return (part in self._coming and self._coming[part][1] > most) or self.size(part) > most

    def packed(self, part: str) -> int:
        """Bytes of a part as it lies in the file."""
        self._wait(part)
        return self._changed[part].length if part in self._changed else self._infos[part].compress_size

    def read(self, part: str) -> bytes:
        """The content of a part, checked against its checksum. Small parts are remembered."""
        self._wait(part)
        if part in self._cache:
            return self._cache[part]
        if part in self._changed:
            data = b"".join(self.stream(part))
        else:
            info = self._info(part)
            start, length, _ = self._spans[part]
            self._stream.seek(start)
            raw = self._stream.read(length)
            try:
                data = raw if info.compress_type == zip_records.STORED else inflate(raw, info.file_size)
            except DAMAGED:
                raise self._damaged(part) from None
            if len(data) != info.file_size or crc32(data) != info.CRC:
                raise self._damaged(part, " (its checksum does not fit)")
        if len(data) < 1 << 20:
            self._cache[part] = data
        return data

    def stream(self, part: str) -> Iterator[bytes]:
        """The content of a part block by block, none of which is kept; its checksum is compared at the end."""
        self._wait(part)
        if part in self._cache or (part not in self._changed and self._info(part).compress_type == zip_records.STORED):
            yield self.read(part)
            return
        if part in self._changed:
            yield from in_threads(segment.content for segment in self._changed[part].segments)
            return
        try:
            yield from inflated(self._pieces(part), self._info(part).file_size, self._info(part).CRC)
        except DAMAGED:
            raise self._damaged(part) from None

    def _pieces(self, part: str) -> Iterator[bytes]:
        at, left, _ = self._spans[part]
        while left > 0:
            self._stream.seek(at)  # others may read between two pieces
            raw = self._stream.read(min(left, _PIECE))
            if not raw:
                return
            yield raw
            at, left = at + len(raw), left - len(raw)

    def _info(self, part: str) -> zipfile.ZipInfo:
        if part not in self:
            raise Refused(f"{self.name} lacks its part {part}; take a good copy of the workbook.")
        return self._infos[part]

    def _damaged(self, part: str, why: str = "") -> Refused:
        return Refused(f"{self.name}: the part {part} is damaged{why}; take a good copy of the workbook.")

    def holds(self, part: str, *needles: bytes) -> bool:
        """Whether a part holds any of some bytes, without unpacking a large one as a whole."""
        longest = max(map(len, needles))
        tail = b""
        for data in self.stream(part):
            if any(needle in data for needle in needles) or any(needle in tail + data[:longest] for needle in needles):
                return True
            tail = (tail + data[-longest:])[-longest:]
        return False

    def around(self, part: str, byte: bytes) -> Iterator[bytes]:
        """Wherever a byte stands in a part: it with its neighbours. Quick where the byte is rare."""
        self._wait(part)
        tail = b""
        packed = self._changed.get(part) if byte == SOUGHT and part not in self._cache else None
        for data in self.stream(part) if packed is None else in_threads(one.passing for one in packed.segments):
            data = tail + data
            at = data.find(byte, 1)
            while 0 <= at < len(data) - 1:
                yield data[at - 1 : at + 2]
                at = data.find(byte, at + 1)
            tail = data[-2:]

    # changing

    def put(self, part: str, content: bytes | Packed) -> None:
        """Lay new content over a part; content equal to the file's own keeps the file's own bytes."""
        self._coming.pop(part, None)
        self._cache.pop(part, None)
        packed = pack(content) if isinstance(content, bytes) else content
        info = self._infos.get(part)
        self._dropped.discard(part)
        if info is not None and packed.crc == info.CRC and info.file_size == packed.size and self._same(part, packed):
            self._changed.pop(part, None)
            return
        self._changed[part] = packed

    def put_later(self, part: str, content: Callable[[], Packed], least: int) -> None:
        """The same with content that is still being packed, of ``least`` so many bytes: who needs it waits for it."""
        self._cache.pop(part, None)
        self._dropped.discard(part)
        self._coming[part] = content, least

    def _wait(self, *parts: str) -> None:
        for part in parts:
            if part in self._coming:
                self.put(part, self._coming[part][0]())

    def _same(self, part: str, packed: Packed) -> bool:
        self._changed.pop(part, None)
        old = self.read(part)
        self._changed[part] = packed
        return old == b"".join(self.stream(part))

    def drop(self, part: str) -> None:
        """Take a part out."""
        self._wait(part)
        self._cache.pop(part, None)
        self._changed.pop(part, None)
        if part in self._infos:
            self._dropped.add(part)

    @property
    def dirty(self) -> bool:
        """Whether writing would give another package than the one read."""
        self._wait(*self._coming)
        return bool(self._changed or self._dropped)

    # writing

    def write(self, target: BinaryIO) -> None:
        """Write the package: members in their order, untouched ones as raw bytes, no zip64."""
        self._wait(*self._coming)
        directory: list[bytes] = []
        offset = 0
        new = [n for n in self._changed if n not in self._infos]
        for info in [*self._order, *(zip_records.new_info(n) for n in new)]:
            if info.filename in self._dropped:
                continue
            header, pieces, central = self._member(info, offset)
            target.write(header)
            target.writelines(pieces)
            directory.append(central)
            offset += len(header) + sum(map(len, pieces))
            if offset > _ZIP64_LIMIT:
                raise Refused(f"{self.name} would grow beyond 4 GB; that is more than Excel opens.")
        target.write(zip_records.directory(directory, offset, self._comment))

    def verify(self, path: Path) -> None:
        """Read a file that was written from this package back: a sound zip, whose changed parts unpack to what they
        were made from."""
        try:
            with path.open("rb") as file:
                written = Package(file, path.name)
                for part, packed in self._changed.items():
                    written._prove(part, packed)
        except Refused as error:
            raise Refused(f"The new file could not be verified, so nothing was replaced: {error}") from None

    def _prove(self, part: str, packed: Packed) -> None:
        info = self._info(part)
        at, length, _ = self._spans[part]
        if (info.compress_type, info.CRC, info.file_size, length) != (
            zip_records.DEFLATED,
            packed.crc,
            packed.size,
            packed.length,
        ):
            raise self._damaged(part)

        def jobs() -> Iterator[Callable[[], bool]]:
            self._stream.seek(at)
            for segment in packed.segments:
                data = self._stream.read(len(segment.data))
                yield partial(segment.sound, data, segment is packed.segments[-1])

        if not all(in_threads(jobs())):
            raise self._damaged(part)

    def _member(self, info: zipfile.ZipInfo, offset: int) -> tuple[bytes, list[bytes], bytes]:
        packed = self._changed.get(info.filename)
        if packed is not None:
            pieces = [segment.data for segment in packed.segments]
            header, central = zip_records.member(
                info, offset, zip_records.DEFLATED, packed.crc, sum(map(len, pieces)), packed.size, b""
            )
            return header, pieces, central
        start, length, extra = self._spans[info.filename]
        self._stream.seek(start)
        raw = self._stream.read(length)
        header, central = zip_records.member(info, offset, info.compress_type, info.CRC, len(raw), info.file_size, extra)
        return header, [raw], central


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:80]
