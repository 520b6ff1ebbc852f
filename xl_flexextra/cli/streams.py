"""Standard output and error that carry what is written: in files and pipes on Windows as UTF-8, elsewhere as they were set.

A window of Windows shows every letter. A file or a pipe there gets the code page of the machine unless somebody says
otherwise, which loses letters in names. Arrows and the lines of tables, which no name holds, are written in ASCII there:
whoever reads a pipe may still take it for a code page.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
from typing import Any

_LINES = {"→": "->"} | {chr(code): "+" for code in range(0x2500, 0x2580)}
_LINES |= dict.fromkeys("─━┄┅┈┉╌╍═╴╶╸╺╼╾", "-") | dict.fromkeys("│┃┆┇┊┋╎╏║╵╷╹╻╽╿", "|")
_SIGNS = {"–": "-", "—": "-", "…": "...", "×": "x", "≥": ">=", "≤": "<=", "’": "'", "“": '"', "”": '"', "•": "*"}
LINES, ASCII = str.maketrans(_LINES), str.maketrans(_LINES | _SIGNS)
PLAIN, INSTEAD = "flexextra_plain_utf_8", "flexextra_instead"


class _Encoder(codecs.IncrementalEncoder):
    def encode(self, text: str, final: bool = False) -> bytes:
        return text.translate(LINES).encode("utf-8", self.errors)


def _plain(name: str) -> codecs.CodecInfo | None:
    if name != PLAIN:
        return None
    utf_8 = codecs.lookup("utf-8")

    def encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
        return text.translate(LINES).encode("utf-8", errors), len(text)

    return codecs.CodecInfo(
        encode, utf_8.decode, incrementalencoder=_Encoder, incrementaldecoder=utf_8.incrementaldecoder, name=PLAIN
    )


def _instead(error: UnicodeError) -> tuple[str | bytes, int]:
    """For letters that the encoding of a stream lacks: what says the same in ASCII, else a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end].translate(ASCII).encode("ascii", "replace").decode(), error.end


def prepare() -> None:
    """Let standard output and error carry everything that is written."""
    codecs.register(_plain)
    codecs.register_error(INSTEAD, _instead)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # one that is closed, or is none of Python's own
            if _is_of_the_code_page(stream):
                stream.reconfigure(encoding=PLAIN, errors=INSTEAD)  # type: ignore[union-attr]
            else:
                stream.reconfigure(errors=INSTEAD)  # type: ignore[union-attr]


def _is_of_the_code_page(stream: Any) -> bool:
    """Whether it is a file or a pipe on Windows for which nobody has chosen an encoding."""
    chosen = os.environ.get("PYTHONIOENCODING") or sys.flags.utf8_mode
    return os.name == "nt" and not chosen and not stream.isatty()
