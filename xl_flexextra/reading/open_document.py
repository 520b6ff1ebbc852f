"""A file opened as a document: text here, everything else by parsers in a child process that can be stopped."""

from __future__ import annotations

from pathlib import Path

from ..errors import BadInput, MissingData
from ..files import door
from . import text_lines
from .document import MOST_LINES, Document, Line

TEXT = (".txt", ".md", ".text", ".markdown")
MOST_BYTES = 64 << 20


def open_document(path: Path) -> Document:
    """The lines of a file.

    Raises:
        BadInput, MissingData, Refused: there is none, it is of no known kind, damaged, or too large.
    """
    kind = path.suffix.lower()
    if kind not in (*TEXT,):
        raise BadInput(f"{door.shown(path.name)} is of no kind that can be read; give {', '.join(TEXT)}.")
    data = door.read(path, "The document", MOST_BYTES, missing=f"There is no file {door.shown(path)}; check its name.")
    lines = text_lines.lines_of_text(_text(data, path.name))
    return _whole(path.name, lines)


def _whole(name: str, lines: list[Line]) -> Document:
    if not any(line.cells for line in lines):
        raise MissingData(f"{door.shown(name)} holds no text; a scanned page has to be made text first.")
    if len(lines) > MOST_LINES:
        raise BadInput(f"{door.shown(name)} has more than {MOST_LINES:,} lines; give the pages with the tables.")
    return Document(name, tuple(lines))


def _text(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise BadInput(f"{door.shown(name)} is no text in UTF-8 or cp1252; save it so.")
