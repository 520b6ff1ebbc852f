"""A document as lines of cells with positions: the one form in which text, pages, PDF and workbooks are understood."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_LINES = 200_000
MOST_CELLS = 2_000  # of one line


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands in its line."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Cell:
    """Words that stand together, or a cell of a table. ``left`` to ``right``: characters, points, or columns."""

    text: str
    left: float
    right: float
    words: tuple[Word, ...] = ()

    @property
    def middle(self) -> float:
        """The middle of the cell."""
        return (self.left + self.right) / 2

    def overlap(self, left: float, right: float) -> float:
        """How much of it lies within bounds."""
        return min(self.right, right) - max(self.left, left)


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``grid``: the number of the table whose columns its cells keep exactly; 0 where positions are on paper."""

    page: str
    number: int
    cells: tuple[Cell, ...]
    grid: int = 0

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(cell.text for cell in self.cells if cell.text)

    @property
    def place(self) -> str:
        """Where it stands, for a person."""
        return f"{self.page}, line {self.number}" if self.page else f"line {self.number}"


@dataclass(frozen=True)
class Document:
    """A document by its name and lines."""

    name: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """All its words, a line a line."""
        return "\n".join(line.text for line in self.lines)


def joined(words: list[Word], gap: float) -> tuple[Cell, ...]:
    """Words of a line as cells: words nearer to each other than ``gap`` stand together."""
    cells: list[Cell] = []
    held: list[Word] = []
    for word in words:
        if held and word.left - held[-1].right > gap:
            cells.append(_cell(held))
            held = []
        held.append(word)
    if held:
        cells.append(_cell(held))
    return tuple(cells)


def _cell(words: list[Word]) -> Cell:
    return Cell(" ".join(word.text for word in words), words[0].left, words[-1].right, tuple(words))
