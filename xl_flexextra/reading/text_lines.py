"""Text and Markdown as lines of cells: parted by tabs or bars, else by two blanks or more."""

from __future__ import annotations

import re

from . import printed_text
from .document import MOST_CELLS, Cell, Line, Word, joined
from .grid_lines import merged

_TAG = re.compile(r"</?(?:S|C|Table|Caption|PAGE|FN|F\d{0,2}|TITLE)>", re.IGNORECASE)
_STATED = re.compile(
    r"^(?=.*\)\s*$)(?P<label>\W{0,9}[A-Za-z\d][^:$%]{1,40}:)\s+(?P<figure>[(+−–-]{0,2}\d{1,3}\.\d{1,4}\)?\s?%?)(?:\s*[,;]?\s*(?P<beside>\([^()]{3,60}\)))?\s*$"
)
LEADERS = re.compile(r"(?:\.\s?){4,}|(?: \.){3,}|(?<=\s)\.{3,}|(?:_\s?){4,}|…{2,}")
_BULLET = re.compile(r"^(\s*)([-*•▪·●○‣](?=\s))")
RULE = re.compile(r"[\s|:+=_\-–—.*~]*")
TEXT_GAP = 1.5  # characters between cells


def lines_of_text(text: str) -> list[Line]:
    """The lines of a text file, its pages counted by form feeds and marks of pages."""
    lines: list[Line] = []
    page, grid, held = 1, 0, False
    paged = "\f" in text or re.search(r"^<PAGE>", text, re.MULTILINE) is not None
    for number, raw in enumerate(text.split("\n"), start=1):
        if "\f" in raw or re.match(r"<PAGE>", raw):
            page += 1
        raw = _blanked(_TAG, raw.rstrip("\r").replace("\f", " "))
        kind = "tabs" if "\t" in raw.strip("\r\n ") else "bars" if _has_bars(raw) else "stated" if _stated(raw) else ""
        if not raw.strip() or (not kind and len(raw) > 160):
            held = False
        elif kind and not held:
            grid, held = grid + 1, True
        where = f"page {page}" if paged else ""
        cells = _grid_cells(raw, kind) if kind else _paper_cells(raw)
        lines.append(Line(where, number, cells[:MOST_CELLS], grid if kind else 0))
    return lines


def line_of(page: str, number: int, raw: str) -> Line:
    """One line of text that a document holds between its tables."""
    raw = _blanked(_TAG, raw)
    kind = "tabs" if "\t" in raw.strip() else ""
    return Line(page, number, _grid_cells(raw, kind) if kind else _paper_cells(raw))


def _has_bars(raw: str) -> bool:
    bare = raw.strip()
    return bare.count("|") >= 2 and (bare.startswith("|") or bare.endswith("|") or bare.count("|") >= 3)


def _stated(raw: str) -> list[str]:
    """The parts of a line of a list that states one figure, and perhaps another beside it in brackets."""
    found = _STATED.match(raw)
    return [found[name] for name in ("label", "figure", "beside") if found[name]] if found else []


def _grid_cells(raw: str, kind: str) -> tuple[Cell, ...]:
    if kind == "stated":  # YTD: 1.10% (benchmark: 1.29%)
        return tuple(Cell(printed_text.clean(text), at, at + 1) for at, text in enumerate(_stated(raw)))
    if kind == "bars":
        bare = raw.strip()
        if RULE.fullmatch(bare):
            return (Cell(bare, 0, 1),)
        parts = re.split(r"(?<!\\)\|", bare.removeprefix("|").removesuffix("|"))
    else:
        parts = raw.split("\t")
    texts = [printed_text.clean(LEADERS.sub(" ", part) if len(part.strip(". ")) > 0 else part) for part in parts]
    texts = [re.sub(r"^\*{1,2}(.*\S)\*{1,2}$", r"\1", text) for text in texts]
    return tuple(merged([Cell(text, place, place + 1) for place, text in enumerate(texts) if text]))


def _blanked(form: re.Pattern[str], raw: str) -> str:
    """A line with what matches blanked, every other sign staying in its place."""
    return form.sub(lambda found: " " * len(found[0]), raw)


def _paper_cells(raw: str) -> tuple[Cell, ...]:
    if len(raw) > 400 or "  " not in raw.strip():
        return _paragraph(raw)
    raw = _blanked(LEADERS, raw)
    raw = re.sub(r"\((\s+)(?=[\d.])", r"\1(", raw)
    raw = re.sub(r"(?<=\d)(\s)(?=[%)])", "", raw)
    words = [Word(found[0], found.start(), found.end()) for found in re.finditer(r"\S+", raw)]
    return split_figures(joined(words[: 4 * MOST_CELLS], TEXT_GAP))


def _paragraph(raw: str) -> tuple[Cell, ...]:
    """A line of running text; one that ends with figures has them as cells."""
    left = len(raw) - len(raw.lstrip())
    text = printed_text.clean(LEADERS.sub(" ", raw))
    if not text:
        return ()
    words, at = [], left
    if len(text) > 300:
        return (Cell(text, left, left + len(text)),)
    for part in text.split(" "):
        words.append(Word(part, at, at + len(part)))
        at += len(part) + 1
    return split_figures(joined(words, TEXT_GAP))


def split_figures(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Cells in which the figures at an end of the words are cells of their own."""
    found: list[Cell] = []
    for cell in cells:
        words = list(cell.words)
        tail: list[Cell] = []
        while words and (_is_figure(words[-1].text) or (tail and printed_text.says_nothing(words[-1].text))):
            word = words.pop()
            tail.insert(0, Cell(word.text, word.left, word.right, (word,)))
        head: list[Cell] = []
        while words and _is_figure(words[0].text) and len(words) > 1 and not tail:
            word = words.pop(0)
            head.append(Cell(word.text, word.left, word.right, (word,)))
        if words:
            text = printed_text.clean(" ".join(word.text for word in words))
            head.append(Cell(text, words[0].left, words[-1].right, tuple(words)))
        found += [*head, *tail]
    return tuple(found)


def _is_figure(text: str) -> bool:
    return printed_text.figure(text) is not None
