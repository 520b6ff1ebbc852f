"""In which encoding a text is that names none: its mark, UTF-8, UTF-16 without a mark, or a code page of Windows."""

from __future__ import annotations

import codecs
import re

_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1b]")
_OFTEN = "аеиоунтсрлвкмдпя"  # three quarters of the letters of a Russian text
_HIGH = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 1_000_000  # bytes that tell one from another


def found(data: bytes) -> str:
    """The encoding of a text, though single bytes may not fit it; empty where it is none that is known.

    >>> found("Fonds à 5%".encode()), found("Fonds à 5%".encode("cp1252")), found("Фонд роста".encode("cp1251"))
    ('utf-8', 'cp1252', 'cp1251')
    """
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    first = data[:4096]
    if first.count(0) * 3 > len(first):  # UTF-16 without its mark: every other byte of plain letters is 0
        return "utf-16-be" if first[::2].count(0) > first[1::2].count(0) else "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "utf-8" if _is_damaged(data[:_SAMPLE]) else _of_windows(data)
    return "utf-8"


def _is_damaged(data: bytes) -> bool:
    """Whether a text is UTF-8 with bad bytes in it: more of its letters are whole than bad, which a code page never has."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return sum(1 for letter in text if letter > "\x7f") >= max(2 * bad, 1)


def _of_windows(data: bytes) -> str:
    """cp1251 where whole words are of letters that are Cyrillic there, and those that Russian has most; else cp1252."""
    if _NO_TEXT.search(data):
        return ""
    runs = _HIGH.findall(data[:_SAMPLE])
    high = b"".join(runs)
    words = sum(len(run) for run in runs if len(run) > 2)
    often = sum(1 for letter in high.decode("cp1251", "replace").lower() if letter in _OFTEN)
    if 2 * words > len(high) and 2 * often > len(high):
        return "cp1251"
    return "" if re.search(rb"[\x81\x8d\x8f\x90\x9d]", data) else "cp1252"
