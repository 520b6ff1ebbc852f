"""Deflating and inflating the parts of a package, with isal where it is installed."""

from __future__ import annotations

import os
import re
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

fast_zlib: Any
DAMAGED: tuple[type[Exception], ...] = (zlib.error, ValueError, OverflowError)
try:
    from isal import isal_zlib as fast_zlib
except ImportError:  # isal only makes it faster
    fast_zlib = zlib
else:
    DAMAGED += (fast_zlib.error,)

crc32: Callable[..., int] = fast_zlib.crc32
AT_ONCE = 8 << 20  # bytes that are inflated at once, at most
THREADS = min(os.cpu_count() or 1, 4)
SOUGHT = b"f"  # the byte that is looked for in what was just written: the elements of formulas begin with it
_FIND = re.compile(SOUGHT).search  # in buffers of any kind
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a deflated stream that unpacks without what stands before it; checksum and size of its content."""

    data: bytes
    crc: int
    size: int
    ends: bytes = b""  # the first and the last bytes of a content that is known to lack the byte SOUGHT

    def content(self) -> bytes:
        """What it unpacks to."""
        return bytes(fast_zlib.decompressobj(-15).decompress(self.data))

    def passing(self) -> bytes:
        """What it unpacks to, for one who seeks the byte SOUGHT and its neighbours."""
        return self.ends or self.content()

    def sound(self, data: bytes, last: bool) -> bool:
        """Whether bytes unpack to the content of this segment, and end the stream only where it is the last one."""
        worker = fast_zlib.decompressobj(-15)
        try:
            content = worker.decompress(data, self.size + 1)
        except DAMAGED:
            return False
        whole = len(content) == self.size and not worker.unconsumed_tail and not worker.unused_data
        return whole and worker.eof == last and crc32(content) == self.crc


@dataclass(frozen=True, slots=True)
class Packed:
    """A part as it stands in the zip: its deflated segments, the checksum and the size of the content."""

    segments: tuple[Segment, ...]
    crc: int
    size: int

    @property
    def length(self) -> int:
        """Bytes of the deflated stream."""
        return sum(len(segment.data) for segment in self.segments)


def in_threads(jobs: Iterable[Callable[[], _Result]]) -> Iterator[_Result]:
    """The results of jobs in their order; a few run ahead in threads, so that memory stays bounded."""
    waiting: deque[Future[_Result]] = deque()
    pool = ThreadPoolExecutor(THREADS, "flexextra")
    try:
        for job in jobs:
            waiting.append(pool.submit(job))
            if len(waiting) > 2 * THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def meanwhile(job: Callable[[], _Result]) -> Callable[[], _Result]:
    """Begin a job in a thread of its own; gives how to wait for its result."""
    pool = ThreadPoolExecutor(1, "flexextra")
    begun = pool.submit(job)
    pool.shutdown(wait=False)
    return begun.result


class Deflater:
    """Deflates a part piece by piece, so that a large sheet never stands in memory as one."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._crc = self._size = 0
        self._open()

    def _open(self) -> None:
        self._compress = _compressor()
        self._pieces: list[bytes] = []
        self._own_crc = self._own_size = 0

    def _close(self, last: bytes) -> None:
        self._segments.append(Segment(b"".join([*self._pieces, last]), self._own_crc, self._own_size))

    def write(self, data: Any) -> None:
        """Add bytes, or a buffer of them."""
        self._count(data)
        self._own_crc, self._own_size = crc32(data, self._own_crc), self._own_size + len(data)
        self._pieces.append(self._compress.compress(data))

    def _count(self, data: Any) -> None:
        self._crc, self._size = crc32(data, self._crc), self._size + len(data)

    def write_all(self, jobs: Iterable[Callable[[], Any]]) -> None:
        """Add what the jobs give, in their order. More than one are built and deflated in threads, each as a segment of
        its own; so the bytes of a part do not depend on the threads."""
        jobs = iter(jobs)
        some = list(islice(jobs, 2))
        if len(some) < 2:
            for job in some:
                self.write(job())
            return
        self._close(self._compress.flush(zlib.Z_SYNC_FLUSH))
        for data, segment in in_threads(partial(_segment, job) for job in chain(some, jobs)):
            self._count(data)
            self._segments.append(segment)
        self._open()

    def finish(self) -> Packed:
        """The finished part."""
        self._close(self._compress.flush())
        return Packed(tuple(self._segments), self._crc, self._size)


def _compressor() -> Any:
    return fast_zlib.compressobj(1, zlib.DEFLATED, -15)


def _segment(job: Callable[[], Any]) -> tuple[Any, Segment]:
    data = job()
    worker = _compressor()
    ends = b"" if _FIND(data) else bytes(data[:2]) + bytes(data[-2:])
    return data, Segment(worker.compress(data) + worker.flush(zlib.Z_SYNC_FLUSH), crc32(data), len(data), ends)


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


def inflated(pieces: Iterable[bytes], size: int, crc: int) -> Iterator[bytes]:
    """Inflate deflated pieces block by block; ValueError as soon as they hold more than ``size`` bytes, and at the end
    where size or checksum differ."""
    worker = fast_zlib.decompressobj(-15)
    seen = check = 0
    for piece in pieces:
        data = b"more"
        while data and (piece or len(data) == AT_ONCE):  # a full block may leave more behind
            data = worker.decompress(piece, AT_ONCE)
            piece = worker.unconsumed_tail
            seen, check = seen + len(data), crc32(data, check)
            if seen > size:
                raise ValueError("size")
            if data:
                yield data
    if not worker.eof or seen != size or check != crc:
        raise ValueError("checksum")
