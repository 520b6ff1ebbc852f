"""Deflating and inflating the parts of a package, with isal where it is installed."""

from __future__ import annotations

import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

fast_zlib: Any
try:
    from isal import isal_zlib as fast_zlib
except ImportError:  # isal only makes it faster
    fast_zlib = zlib

THREAD_FROM = 1 << 20  # bytes of a piece from which a thread pays


@dataclass(frozen=True, slots=True)
class Packed:
    """A part as it stands in the zip: deflated bytes, their checksum and the size of the content."""

    data: bytes
    crc: int
    size: int


class Deflater:
    """Deflates a part piece by piece, so that a large sheet never stands in memory as one.

    Large pieces are deflated in a thread of their own, while the next one is built.
    """

    def __init__(self, level: int = 1) -> None:
        self._compress = fast_zlib.compressobj(level, zlib.DEFLATED, -15)
        self._pieces: list[bytes] = []
        self._crc = 0
        self._size = 0
        self._waiting: deque[Future[None]] = deque()
        self._thread: ThreadPoolExecutor | None = None

    def write(self, data: Any) -> None:
        """Add bytes, or a buffer of them."""
        if self._thread is None:
            if len(data) < THREAD_FROM:
                self._deflate(data)
                return
            self._thread = ThreadPoolExecutor(1, "deflate")
        self._waiting.append(self._thread.submit(self._deflate, data))
        if len(self._waiting) > 3:  # so many pieces may wait: memory stays bounded
            self._waiting.popleft().result()

    def _deflate(self, data: Any) -> None:
        self._crc = zlib.crc32(data, self._crc)
        self._size += len(data)
        piece = self._compress.compress(data)
        if piece:
            self._pieces.append(piece)

    def finish(self) -> Packed:
        """The finished part."""
        while self._waiting:
            self._waiting.popleft().result()
        if self._thread is not None:
            self._thread.shutdown()
        self._pieces.append(self._compress.flush())
        return Packed(b"".join(self._pieces), self._crc, self._size)


def pack(data: bytes) -> Packed:
    """A small part, deflated."""
    deflater = Deflater()
    deflater.write(data)
    return deflater.finish()


def inflate(data: bytes, size: int) -> bytes:
    """Inflate at most ``size`` bytes; ValueError where the data hold more or less."""
    worker = fast_zlib.decompressobj(-15)
    result = worker.decompress(data, size + 1)
    if len(result) != size or (not worker.eof and worker.decompress(worker.unconsumed_tail, 1)):
        raise ValueError("size")
    return result
