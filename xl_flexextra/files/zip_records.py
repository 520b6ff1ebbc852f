"""The records of a zip file, byte by byte: the header before a member, its line in the directory, the end."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

STORED, DEFLATED = 0, 8
_ENCRYPTED, _DESCRIPTOR = 0x1, 0x8
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


def encrypted(info: zipfile.ZipInfo) -> bool:
    """Whether a member is encrypted."""
    return bool(info.flag_bits & _ENCRYPTED)


def new_info(name: str) -> zipfile.ZipInfo:
    """A member that no file has yet; without a time, so that the same content gives the same file."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system = 0
    return info


def local(stream: BinaryIO, info: zipfile.ZipInfo) -> tuple[int, bytes]:
    """Where a member's data starts, and the extra field of its own header.

    Raises:
        ValueError: says what is wrong with the header.
    """
    stream.seek(info.header_offset)
    head = stream.read(_LOCAL.size)
    if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
        raise ValueError(f"the header of the part {info.filename} is damaged")
    *_, name_length, extra_length = _LOCAL.unpack(head)
    name = stream.read(name_length)
    extra = stream.read(extra_length)
    if name != _raw_name(info):
        raise ValueError(f"the part {info.filename} has two different names")
    return info.header_offset + _LOCAL.size + name_length + extra_length, extra


def member(
    info: zipfile.ZipInfo, offset: int, method: int, crc: int, length: int, size: int, extra: bytes
) -> tuple[bytes, bytes]:
    """The header of a member that is written at ``offset``, and its line in the directory; without zip64.

    ``length`` is that of the data as written, ``size`` that of the content, ``extra`` the extra field of the header.
    """
    name = _raw_name(info)
    extra, central_extra = _without_zip64(extra), _without_zip64(info.extra)
    year, month, day, hour, minute, second = info.date_time
    date, clock = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
    version = max(info.extract_version if info.extract_version < 45 else 20, 20)
    fields = (info.flag_bits & ~_DESCRIPTOR, method, clock, date, crc, length, size, len(name))
    header = _LOCAL.pack(b"PK\x03\x04", version, *fields, len(extra)) + name + extra
    made_by = info.create_system << 8 | (info.create_version if info.create_version < 45 else 20)
    attributes = 0, info.internal_attr, info.external_attr
    lengths = len(central_extra), len(info.comment)
    central = _CENTRAL.pack(b"PK\x01\x02", made_by, version, *fields, *lengths, *attributes, offset)
    return header, central + name + central_extra + info.comment


def directory(lines: Sequence[bytes], offset: int, comment: bytes) -> bytes:
    """The directory of the members, which starts at ``offset``, and the end of the file."""
    whole = b"".join(lines)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(lines), len(lines), len(whole), offset, len(comment))
    return whole + end + comment


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """A member's name as its bytes stand in the file."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def _without_zip64(extra: bytes) -> bytes:
    """An extra field without its zip64 record: sizes here always fit."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind != 1:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept
