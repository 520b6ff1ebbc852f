"""A compound file (MS-CFB, version 3) from streams: the container that holds a VBA project.

Nothing in it depends on time, machine or order of calls: the same streams give the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END_OF_CHAIN, FAT_SECTOR, NO_ENTRY = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
HEADER_DIFAT = 109  # FAT sectors that the header itself can name
_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_ENTRY = struct.Struct("<64sHBBIII16sIQQIII")


class _DirectoryEntry:
    """One entry of the directory, with its place in the tree of its storage."""

    def __init__(self, name: str, kind: int, data: bytes = b"") -> None:
        if not 0 < len(name) < 32 or any(mark in name for mark in "/\\:!"):
            raise ValueError(f"{name!r} cannot name a part of a compound file: 1 to 31 characters, none of / \\ : !")
        self.name, self.kind, self.data = name, kind, data
        self.children: dict[str, _DirectoryEntry] = {}
        self.left = self.right = self.child = NO_ENTRY
        self.color = _BLACK
        self.start, self.size = (0, 0) if kind == _STORAGE else (END_OF_CHAIN, len(data))

    def packed(self) -> bytes:
        """The 128 bytes of the entry; no class, no state bits, no times."""
        name = self.name.encode("utf-16-le")
        fields = (
            self.color,
            self.left,
            self.right,
            self.child,
            b"\0" * 16,
            0,
            0,
            0,
            self.start,
            self.size,
            0,
        )
        return _ENTRY.pack(name, len(name) + 2, self.kind, *fields)


def _order(name: str) -> tuple[int, str]:
    """Names are ordered by length first, then by their upper case."""
    return len(name.encode("utf-16-le")), name.upper()


def _tree(entries: list[tuple[str, int]], table: list[_DirectoryEntry], depth: int, deepest: int) -> int:
    """A balanced search tree over the entries; its last, incomplete level is red, so all paths hold equally many black."""
    if not entries:
        return NO_ENTRY
    middle = len(entries) // 2
    index = entries[middle][1]
    entry = table[index]
    entry.color = _RED if depth == deepest and depth > 0 else _BLACK
    entry.left = _tree(entries[:middle], table, depth + 1, deepest)
    entry.right = _tree(entries[middle + 1 :], table, depth + 1, deepest)
    return index


def _directory(streams: Mapping[str, bytes]) -> list[_DirectoryEntry]:
    """Root, storages and streams in the order of their paths."""
    root = _DirectoryEntry("Root Entry", _ROOT)
    table = [root]
    for path in sorted(streams, key=lambda p: tuple(_order(piece) for piece in p.split("/"))):
        *folders, name = path.split("/")
        parent = root
        for folder in folders:
            if folder not in parent.children:
                parent.children[folder] = _DirectoryEntry(folder, _STORAGE)
                table.append(parent.children[folder])
            parent = parent.children[folder]
        parent.children[name] = _DirectoryEntry(name, _STREAM, bytes(streams[path]))
        table.append(parent.children[name])
    places = {id(entry): index for index, entry in enumerate(table)}
    for entry in table:
        ordered = sorted(((n, places[id(e)]) for n, e in entry.children.items()), key=lambda pair: _order(pair[0]))
        if len({_order(name) for name, _ in ordered}) != len(ordered):
            raise ValueError(f"Two parts of {entry.name!r} have the same name but for the case of letters.")
        entry.child = _tree(ordered, table, 0, len(ordered).bit_length() - 1)
    return table


def _chain(first: int, count: int) -> list[int]:
    """Links of ``count`` sectors in a row."""
    return [*range(first + 1, first + count), END_OF_CHAIN] if count else []


def _padded(data: bytes, unit: int, filler: bytes = b"\0") -> bytes:
    return data + filler * (-len(data) % unit)


def write(streams: Mapping[str, bytes]) -> bytes:
    """The bytes of a compound file that holds ``streams`` (path with '/' to content)."""
    table = _directory(streams)
    root = table[0]
    mini, mini_links = bytearray(), list[int]()
    large: list[_DirectoryEntry] = []
    for entry in table:
        if entry.kind != _STREAM or not entry.data:
            continue
        if entry.size >= CUTOFF:
            large.append(entry)
            continue
        entry.start = len(mini_links)
        padded = _padded(entry.data, MINI)
        mini_links += _chain(entry.start, len(padded) // MINI)
        mini += padded
    root.data, root.size = bytes(mini), len(mini)
    if mini:
        large.append(root)

    links: list[int] = []
    body = bytearray()

    def add(data: bytes) -> int:
        """Sectors for ``data`` at the end; gives the first one's number."""
        if not data:
            return END_OF_CHAIN
        first = len(links)
        padded = _padded(data, SECTOR)
        links.extend(_chain(first, len(padded) // SECTOR))
        body.extend(padded)
        return first

    for entry in large:
        entry.start = add(entry.data)
    mini_fat = _padded(struct.pack(f"<{len(mini_links)}I", *mini_links), SECTOR, b"\xff")
    mini_fat_start = add(mini_fat)
    entries = b"".join(entry.packed() for entry in table)
    unused = _ENTRY.pack(b"", 0, 0, 0, NO_ENTRY, NO_ENTRY, NO_ENTRY, b"\0" * 16, 0, 0, 0, 0, 0, 0)
    directory_start = add(entries + unused * (-len(table) % (SECTOR // _ENTRY.size)))

    fat_count = 0
    while fat_count * (SECTOR // 4) < len(links) + fat_count:
        fat_count += 1
    if fat_count > HEADER_DIFAT:
        raise ValueError("The streams need more than 6.8 MB; a VBA project never does.")
    fat_start = len(links)
    links += [FAT_SECTOR] * fat_count
    links += [FREE] * (fat_count * (SECTOR // 4) - len(links))
    body += struct.pack(f"<{len(links)}I", *links)

    difat = [*range(fat_start, fat_start + fat_count)] + [FREE] * (HEADER_DIFAT - fat_count)
    header = _SIGNATURE + b"\0" * 16 + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIII", 0, fat_count, directory_start, 0, CUTOFF)
    header += struct.pack("<IIII", mini_fat_start, len(mini_fat) // SECTOR, END_OF_CHAIN, 0)
    return header + struct.pack(f"<{HEADER_DIFAT}I", *difat) + bytes(body)
