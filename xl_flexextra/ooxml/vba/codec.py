"""The two encodings of MS-OVBA that a project needs: compression of source text, and masked protection fields."""

from __future__ import annotations

CHUNK = 4096
_NEAREST, _SHORTEST = 1, 3


def compress(data: bytes) -> bytes:
    """A compressed container (MS-OVBA 2.4.1): a signature byte, then chunks of up to 4,096 bytes."""
    chunks = (_chunk(data[at : at + CHUNK]) for at in range(0, len(data), CHUNK))
    return b"\x01" + b"".join(chunks)


def _bits(position: int) -> int:
    """How many bits of a copy token hold the offset: it grows with the distance that is possible."""
    return max(4, (position - 1).bit_length())


def _chunk(data: bytes) -> bytes:
    packed = _tokens(data)
    if len(packed) >= CHUNK and len(data) == CHUNK:  # a raw chunk always holds 4,096 bytes
        return _header(CHUNK, raw=True) + data
    if len(packed) > CHUNK:
        raise ValueError("The end of the text does not compress; source text always does.")
    return _header(len(packed), raw=False) + packed


def _header(size: int, raw: bool) -> bytes:
    """Size of the chunk with its header, less 3, in 12 bits; the signature 011; whether it is compressed."""
    return ((size + 2 - 3) | 0b011 << 12 | (0 if raw else 1 << 15)).to_bytes(2, "little")


def _tokens(data: bytes) -> bytes:
    """Groups of eight tokens behind a byte of flags: a literal byte, or a copy of what came before."""
    result = bytearray()
    seen: dict[bytes, list[int]] = {}
    position, size = 0, len(data)
    while position < size:
        flags, group = 0, bytearray()
        for bit in range(8):
            if position >= size:
                break
            offset, length = _longest(data, position, seen)
            if length:
                bits = _bits(position)
                token = (offset - _NEAREST) << (16 - bits) | (length - _SHORTEST)
                group += token.to_bytes(2, "little")
                flags |= 1 << bit
            else:
                group.append(data[position])
                length = 1
            for at in range(position, position + length):
                seen.setdefault(data[at : at + _SHORTEST], []).append(at)
            position += length
        result.append(flags)
        result += group
    return bytes(result)


def _longest(data: bytes, position: int, seen: dict[bytes, list[int]]) -> tuple[int, int]:
    """Offset and length of the longest earlier match, the nearest among equals; length 0 where there is none."""
    best_offset = best_length = 0
    if position == 0:
        return 0, 0
    limit = min(len(data) - position, (0xFFFF >> _bits(position)) + _SHORTEST)
    for start in reversed(seen.get(data[position : position + _SHORTEST], ())):
        length = 0
        while length < limit and data[start + length] == data[position + length]:
            length += 1
        if length > best_length:
            best_offset, best_length = position - start, length
            if length == limit:
                break
    return (best_offset, best_length) if best_length >= _SHORTEST else (0, 0)


def decompress(data: bytes) -> bytes:
    """The text of a compressed container; ValueError where the bytes are none."""
    if not data or data[0] != 1:
        raise ValueError("no compressed container")
    result = bytearray()
    at = 1
    while at + 2 <= len(data):
        header = int.from_bytes(data[at : at + 2], "little")
        end = min(at + (header & 0xFFF) + 3, len(data))
        at += 2
        start = len(result)
        if not header >> 15:
            result += data[at:end]
            at = end
            continue
        while at < end:
            flags = data[at]
            at += 1
            for bit in range(8):
                if at >= end:
                    break
                if not flags >> bit & 1:
                    result.append(data[at])
                    at += 1
                    continue
                token = int.from_bytes(data[at : at + 2], "little")
                at += 2
                bits = _bits(len(result) - start)
                offset, length = (token >> (16 - bits)) + _NEAREST, (token & 0xFFFF >> bits) + _SHORTEST
                if offset > len(result) - start:
                    raise ValueError("a copy from before the chunk")
                for _ in range(length):
                    result.append(result[-offset])
    return bytes(result)


def mask(project_id: str, data: bytes, seed: int) -> str:
    """A protection field (CMG, DPB, GC) as hexadecimal text (MS-OVBA 2.4.3.2)."""
    key = sum(project_id.encode("ascii")) & 0xFF
    result = [seed, seed ^ 2, seed ^ key]
    plain, last, before = key, result[2], result[1]
    for byte in bytes((seed & 6) // 2) + len(data).to_bytes(4, "little") + data:
        coded = byte ^ ((before + plain) & 0xFF)
        result.append(coded)
        before, last, plain = last, coded, byte
    return bytes(result).hex().upper()
