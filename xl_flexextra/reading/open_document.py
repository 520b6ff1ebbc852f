"""A file opened as a document: text here, everything else by parsers in a child process that can be stopped."""

from __future__ import annotations

import importlib.util
import pickle
from pathlib import Path

from ..errors import BadInput, MissingData
from ..files import child, door, text_encoding
from . import flowed, text_lines
from .document import MOST_LINES, Document, Line, Word, joined
from .grid_lines import line_of

_MODULE = "xl_flexextra.reading.parse_child"

TEXT = (".txt", ".md", ".text", ".markdown")
PARSED = {".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf", ".docx": "docx"}
SHEETS = (".xlsx", ".xlsm")
KINDS = ".txt, .md, .html, .pdf, .docx or .xlsx"
MOST_BYTES = 64 << 20
_PAGES = 60  # seconds of processor time for all pages of a PDF, however few bytes they have; parse_child looks at each page
_LIBRARIES = {"html": "lxml", "pdf": "pdfplumber", "docx": "docx"}


def open_document(path: Path) -> Document:
    """The lines of a file.

    Raises:
        BadInput, MissingData, Refused: there is none, it is of no known kind, damaged, or too large.
    """
    kind = path.suffix.lower()
    if kind not in (*TEXT, *PARSED, *SHEETS):
        raise BadInput(f"{door.shown(path.name)} is of no kind that can be read; give {KINDS}.")
    notes: tuple[str, ...] = ()
    data = door.read(path, "The document", MOST_BYTES, missing=f"There is no file {door.shown(path)}; check its name.")
    if kind in TEXT:
        text, notes = _text(data, path.name)
        lines = text_lines.lines_of_text(text)
    elif kind in SHEETS:
        from . import sheet_lines

        lines = sheet_lines.lines_of_workbook(data, path.name)
    else:
        lines = _parsed(PARSED[kind], data, path.name)
    return _whole(path.name, lines, notes)


def _parsed(kind: str, data: bytes, name: str) -> list[Line]:
    """The lines that a parser in a child process finds."""
    shown = door.shown(name)
    if importlib.util.find_spec(_LIBRARIES[kind]) is None:
        raise MissingData(f"{shown} needs {_LIBRARIES[kind]}, which is not installed; pip install 'xl-flexextra[read]'.")
    if kind == "pdf" and b"%PDF-" not in data[:1024]:
        raise BadInput(f"{shown} is not a PDF, although its name says so; check what it is.")
    if kind == "docx" and data[:2] != b"PK":
        raise BadInput(f"{shown} is not a Word document, although its name says so; save it as .docx.")
    seconds = max(_PAGES, door.seconds(len(data))) if kind == "pdf" else 0
    parser = child.Child(_MODULE, name, len(data), seconds)
    try:
        told = parser.ask(kind, pickle.PickleBuffer(data), name, door.large_allowed())
    except child.Failed as error:
        raise BadInput(f"{shown} cannot be read ({error}); it is damaged, or not what its name says.") from None
    except (BadInput, MissingData) as error:
        raise type(error)(f"{shown} cannot be read: {error}.") from None
    finally:
        parser.close()
    if len(told) > MOST_LINES:
        raise BadInput(f"{shown} has more than {MOST_LINES:,} lines; give the pages with the tables.")
    return [_line(*one) for one in told]


def _line(page: str, number: int, kind: str, cells: list[tuple[str, float, float]]) -> Line:
    if kind == "words":
        words = [Word(text, left, right) for text, left, right in cells if not text_lines.LEADERS.fullmatch(text)]
        letters = sum(len(word.text) for word in words)
        width = sum(word.right - word.left for word in words) / letters if letters else 1.0
        return Line(page, number, text_lines.split_figures(joined(words, 1.5 * width)))
    if kind in ("text", "pre", "tabs"):
        return text_lines.line_of(page, number, cells[0][0] if cells else "")
    return line_of(page, number, cells, int(kind))


def _whole(name: str, lines: list[Line], notes: tuple[str, ...]) -> Document:
    lines = flowed.as_grids(lines)
    if not any(line.cells for line in lines):
        raise MissingData(f"{door.shown(name)} holds no text; a scanned page has to be made text first.")
    if len(lines) > MOST_LINES:
        raise BadInput(f"{door.shown(name)} has more than {MOST_LINES:,} lines; give the pages with the tables.")
    return Document(name, tuple(lines), notes)


def _text(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and a note where a code page was taken for it."""
    found = text_encoding.found(data)
    text = data.decode(found, "replace") if found else "\0"
    if "\0" in text:
        raise BadInput(f"{door.shown(name)} is not text in UTF-8 or cp1252; save it as one of them.")
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    notes = []
    if found.startswith("cp"):
        notes.append(f"{door.shown(name)} is not in UTF-8 and was read in {found}, as programs for Windows write it")
    if "\ufffd" in plain:
        line = plain.count("\n", 0, plain.index("\ufffd")) + 1
        notes.append(f"{door.shown(name)} holds signs that could not be read, the first in line {line}; save it in UTF-8")
    return plain, tuple(notes)
