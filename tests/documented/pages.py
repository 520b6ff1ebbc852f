"""The pages of the documentation taken apart: blocks by kind, and what stands between backticks in sentences."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SHELL = ("", "console")  # without a kind: commands alone; console: a command behind "$ ", and below it what it prints


@dataclass(frozen=True)
class Block:
    """What stands between two fences, or between the backticks of a sentence (kind ``sentence``)."""

    page: Path
    line: int
    kind: str
    text: str


@dataclass
class Command:
    """A command as a page has it, in one line, and the lines that the page shows below it."""

    block: Block
    line: str
    shown: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """As a shell sees them, without the comment; [what may be left out] is left out."""
        return shlex.split(re.sub(r" \[--[^\]]*\]|\s#.*", "", self.line))


def parts(page: Path) -> Iterator[Block]:
    """Blocks and what stands between backticks, in the order of the page."""
    kind, held, first, sentences = "", [], 1, ""
    inside = False
    for number, line in enumerate([*page.read_text(encoding="utf-8").splitlines(), "```"], 1):
        fence = re.match(r" *```(\w*)", line)
        if not fence:
            held.append(line)
            continue
        if inside:
            yield Block(page, first, kind, "\n".join(held) + "\n")
        else:
            sentences = "\n".join(held)
            for span in re.finditer(r"`([^`]+)`", sentences):
                at = first + sentences[: span.start()].count("\n")
                yield Block(page, at, "sentence", " ".join(span[1].split()))
        inside, kind, held, first = not inside, fence[1], [], number + 1


def blocks(page: Path, *kinds: str) -> list[Block]:
    """The blocks of these kinds."""
    return [part for part in parts(page) if part.kind in kinds]


def commands(page: Path) -> list[Command]:
    """The lines that a reader types into a shell, in the order of the page, those of its sentences too."""
    found: list[Command] = []
    for part in parts(page):
        if part.kind == "sentence":
            if part.text.startswith("xl-flexextra "):
                found.append(Command(part, part.text))
            continue
        if part.kind not in SHELL:
            continue
        text = re.sub(r"\\\n\s*", "", part.text)
        for line in text.splitlines():
            if part.kind == "":
                if line.strip() and not line.lstrip().startswith("#"):
                    found.append(Command(part, line.strip()))
            elif line.lstrip().startswith("$ "):
                found.append(Command(part, line.strip().removeprefix("$ ")))
            elif found and found[-1].block is part:
                found[-1].shown.append(line.rstrip())
            else:
                raise ValueError(f"{page.name}:{part.line}: a block that shows output begins with '$ ' and a command")
    return found
