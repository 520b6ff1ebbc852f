"""In a child process: HTML, PDF and Word taken apart by parsers that strangers' files may break (open_document asks)."""

from __future__ import annotations

import contextlib
import io
import itertools
import re
import signal
import statistics
import time
from collections.abc import Iterator
from typing import Any

from ..errors import BadInput, MissingData
from ..files import door, in_child, text_encoding

MOST_PAGES = 400
SECONDS, A_PAGE = 7, 0.7  # of processor time: for one slow page, and for each page that is read
_AGAIN = 0.5  # seconds until a page that goes on is stopped again
_BLOCKS = frozenset(
    "p div h1 h2 h3 h4 h5 h6 li ul ol center section article header footer blockquote dt dd dl form body html "
    "hr title caption".split()
)
_PASSED = frozenset(
    [
        "script",
        "style",
        "head",
        "noscript",
        "template",
        "ix:header",
        "ix:hidden",
        "svg",
        "iframe",
        "object",
        "select",
        "button",
    ]
)
_MARK = re.compile(r"[(\[]?[\da-z*†‡,\s]{1,9}[)\]]?")

Told = tuple[
    str, int, str, list[tuple[str, float, float]]
]  # page, line, kind (a grid's number, "text", "pre", "words"), cells


# --- HTML ----------------------------------------------------------------------------------------------------------------


class _Page:
    """The lines of an HTML document, in the order in which they are read."""

    def __init__(self) -> None:
        self.lines: list[Told] = []
        self.grids = 0

    def walk(self, element: Any) -> None:
        """The lines of an element: tables as rows, other texts as they are parted by blocks."""
        held: list[str] = []
        line = element.sourceline or 0
        self._inside(element, held, line)
        self._flush(held, line)

    def _flush(self, held: list[str], line: int) -> None:
        text = "".join(held)
        held.clear()
        for part in text.split("\n"):
            plain = re.sub(r"[ \t\r]+", " ", part).replace("\u00a0", " ").rstrip()
            if plain.strip():
                self.lines.append(("", line, "text", [(plain, 0, len(plain))]))

    def _inside(self, element: Any, held: list[str], line: int) -> None:
        held.append((element.text or "").replace("\n", " "))
        for one in element:
            tag = one.tag if isinstance(one.tag, str) else ""
            if tag in _PASSED or not tag or _hidden(one):
                pass
            elif tag == "br":
                held.append("\n")
            elif tag == "table":
                self._flush(held, line)
                self._table(one)
            elif tag == "pre":
                self._flush(held, line)
                self._pre(one)
            elif tag in _BLOCKS:
                self._flush(held, line)
                self.walk(one)
            elif tag == "sup":
                held.append(_superscript(one))
            else:
                self._inside(one, held, one.sourceline or line)
            held.append((one.tail or "").replace("\n", " "))

    def _pre(self, element: Any) -> None:
        for place, text in enumerate("".join(element.itertext()).split("\n")):
            self.lines.append(("", (element.sourceline or 0) + place, "pre", [(text, 0, len(text))]))

    def _table(self, table: Any) -> None:
        if table.find(".//table") is not None:  # a table that only lays out others
            for cell in table.iter("td", "th", "caption"):
                if next(cell.iterancestors("table")) is table:
                    self.walk(cell)
            return
        for caption in table.iter("caption"):
            self.walk(caption)
        self.grids += 1
        taken: dict[tuple[int, int], bool] = {}
        for row, line in enumerate(table.iter("tr")):
            if _hidden(line):
                continue
            cells: list[tuple[str, float, float]] = []
            at = 0
            for cell in line:
                if cell.tag not in ("td", "th"):
                    continue
                while taken.get((row, at)):
                    at += 1
                wide, deep = _span(cell.get("colspan"), 200), _span(cell.get("rowspan"), 500)
                for below in range(1, deep):
                    for column in range(at, at + wide):
                        taken[row + below, column] = True
                if not _hidden(cell):
                    cells.append((_cell_text(cell), at, at + wide))
                at += wide
            self.lines.append(("", line.sourceline or table.sourceline or 0, str(self.grids), cells))


def _span(given: str | None, most: int) -> int:
    return min(int(given), most) if given and re.fullmatch(r"\s*[1-9]\d{0,3}\s*", given) else 1


def _hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or element.get("hidden") is not None or element.get("aria-hidden") == "true"


def _superscript(element: Any) -> str:
    text = "".join(element.itertext()).strip()
    return (f"^{{{text.strip('()[]')}}}" if _MARK.fullmatch(text) and text.strip("()[]") else text) if text else ""


def _cell_text(cell: Any) -> str:
    parts: list[str] = [cell.text or ""]
    for one in cell:
        tag = one.tag if isinstance(one.tag, str) else ""
        if tag and tag not in _PASSED and not _hidden(one):
            parts.append(" " if tag == "br" else _superscript(one) if tag == "sup" else _cell_text(one))
            if tag in _BLOCKS:
                parts.append(" ")
        parts.append(one.tail or "")
    return " ".join("".join(parts).replace("\u00a0", " ").split())


def _html(data: bytes) -> list[Told]:
    from lxml import etree, html

    found = text_encoding.found(data)
    text: bytes = data
    encoding: str | None = found or "cp1252"
    if found.startswith("utf"):  # bad bytes of it would end the page for the parser
        text, encoding = data.decode(found, "replace").removeprefix("\ufeff").encode(), "utf-8"
    elif re.search(rb"charset\s*=", data[:4096], re.IGNORECASE):
        encoding = None
    try:
        parser = html.HTMLParser(
            recover=True, no_network=True, huge_tree=False, encoding=encoding, remove_comments=True, remove_pis=True
        )
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise MissingData("it holds no text") from None
    page = _Page()
    page.walk(root)
    return page.lines


# --- PDF -----------------------------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> list[Told]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect, PDFTextExtractionNotAllowed

    lines: list[Told] = []
    try:
        with pdfplumber.open(io.BytesIO(data)) as book:
            if len(book.pages) > MOST_PAGES:
                raise BadInput(f"it has more than {MOST_PAGES} pages; give those with the tables")
            for number, page in enumerate(book.pages, start=1):
                with _patience(number):
                    words = page.extract_words(extra_attrs=["size"], x_tolerance_ratio=0.15, keep_blank_chars=False)
                upright = [word for word in words if word.get("upright", True)]
                lines += _page_lines(f"page {number}", [*upright, *_turned([c for c in page.chars if not c["upright"]])])
                page.close()
    except (PDFPasswordIncorrect, PDFTextExtractionNotAllowed):
        raise BadInput("it is protected by a password; save it without one") from None
    return lines


class _Slow(BaseException):
    """A page takes too long; no Exception, which the parser would take for its own."""


@contextlib.contextmanager
def _patience(number: int) -> Iterator[None]:
    """Stop a page that takes far longer than pages do; the clock of the whole document does so on Windows.

    It is stopped again until it ends: Python drops what is raised while it clears up an object.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    def over(*_: object) -> None:
        raise _Slow

    signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, max(SECONDS + A_PAGE * number - time.process_time(), 0.1), _AGAIN)
    try:
        yield
    except _Slow:
        raise BadInput(f"page {number} takes longer than a page does; give the pages with the tables") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _page_lines(page: str, words: list[dict[str, Any]]) -> list[Told]:
    """The words of a page as lines from top to bottom; raised small figures become marks of the word before."""
    if not words:
        return []
    usual = statistics.median(float(word["size"]) for word in words)
    plain = [word for word in words if float(word["size"]) > 0.75 * usual]
    small = [word for word in words if float(word["size"]) <= 0.75 * usual]
    for word in small:
        before = next((one for one in plain if _raised(word, one)), None)
        if before is not None and _MARK.fullmatch(word["text"]):
            before["mark"] = f"{before.get('mark', '')}^{{{word['text'].strip('()[]')}}}"
            before["x1"] = max(before["x1"], word["x1"])
        else:
            plain.append(word)
    plain.sort(key=lambda word: (word["top"] + word["bottom"]) / 2)
    groups: list[list[dict[str, Any]]] = []
    for word in plain:
        middle, size = (word["top"] + word["bottom"]) / 2, float(word["size"])
        if groups and middle - _middle(groups[-1]) < 0.42 * size:
            groups[-1].append(word)
        else:
            groups.append([word])
    pitches = [_middle(b) - _middle(a) for a, b in itertools.pairwise(groups)]
    pitch = statistics.median(pitches) if pitches else 0.0
    lines: list[Told] = []
    for place, group in enumerate(groups):
        if place and pitches[place - 1] > 1.7 * max(min(pitch, 1.6 * usual), 1.0):
            lines.append((page, len(lines) + 1, "words", []))
        group.sort(key=lambda word: word["x0"])
        lines.append(
            (
                page,
                len(lines) + 1,
                "words",
                [(word["text"] + word.get("mark", ""), word["x0"], word["x1"]) for word in group],
            )
        )
    return lines


def _turned(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Headings that stand on end, each as one word at its foot: those of one band stand in one line."""
    runs: list[list[dict[str, Any]]] = []
    for char in chars[:20_000]:  # in the order in which they were set
        last = runs[-1][-1] if runs else None
        size = float(char["size"])
        near = last is not None and abs(char["x0"] - last["x0"]) < 0.3 * size
        if near and last is not None and max(char["top"], last["top"]) - min(char["bottom"], last["bottom"]) < 0.8 * size:
            runs[-1].append(char)
        else:
            runs.append([char])
    found: list[dict[str, Any]] = []
    for run in runs:
        text = "".join(char["text"] for char in run).strip()
        if text:
            size, foot = float(run[0]["size"]), max(char["bottom"] for char in run)
            found.append(
                {
                    "text": text,
                    "x0": run[0]["x0"],
                    "x1": run[0]["x1"],
                    "size": size,
                    "bottom": foot,
                    "tip": min(char["top"] for char in run),
                }
            )
    for word in found:
        band = [one["bottom"] for one in found if one["tip"] < word["bottom"] and one["bottom"] > word["tip"]]
        word["foot"] = max(band)
    return [{**word, "bottom": word["foot"], "top": word["foot"] - word["size"]} for word in found]


def _middle(group: list[dict[str, Any]]) -> float:
    return sum((word["top"] + word["bottom"]) / 2 for word in group) / len(group)


def _raised(word: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether a small word stands at the upper end of another one."""
    near = -1 <= word["x0"] - before["x1"] < 0.35 * float(before["size"])
    return (
        near
        and before["top"] - 0.4 * before["size"] < word["top"]
        and word["bottom"] < before["bottom"] + 0.1 * before["size"]
    )


# --- Word ----------------------------------------------------------------------------------------------------------------


def _docx(data: bytes, name: str) -> list[Told]:
    import docx
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    from ..ooxml.package import Package

    Package(io.BytesIO(data), name)  # its limits hold here too
    document = docx.Document(io.BytesIO(data))
    lines: list[Told] = []
    grid = 0
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            lines += [
                ("", len(lines) + 1, "tabs" if "\t" in text.strip() else "text", [(text, 0, len(text))])
                for text in _paragraph(block).split("\n") or [""]
            ]
        elif isinstance(block, Table):
            grid += 1
            for row in block._tbl.tr_lst:
                cells, at = [], 0
                for cell in row.tc_lst:
                    wide = cell.grid_span
                    text = (
                        ""
                        if cell.vMerge == "continue"
                        else " ".join(_paragraph(Paragraph(one, block)) for one in cell.p_lst)
                    )
                    cells.append((text, float(at), float(at + wide)))
                    at += wide
                lines.append(("", len(lines) + 1, str(grid), cells))
    return lines


def _paragraph(paragraph: Any) -> str:
    return (
        "".join(
            f"^{{{run.text.strip('()[]')}}}"
            if run.font.superscript and _MARK.fullmatch(run.text.strip() or " ") and run.text.strip()
            else run.text
            for run in paragraph.runs
        )
        or paragraph.text
    )


def answer(kind: str, data: bytes, name: str, allowed: bool) -> list[Told]:
    """The lines of a document."""
    door.allow_large(allowed)
    if kind == "pdf":
        return _pdf(data)
    return _docx(data, name) if kind == "docx" else _html(data)


def _prepare() -> None:
    import docx  # noqa: F401
    import lxml.html  # noqa: F401
    import pdfplumber  # noqa: F401


if __name__ == "__main__":
    in_child.serve(_prepare, answer)
