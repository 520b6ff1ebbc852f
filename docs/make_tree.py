"""Write the tree of ARCHITECTURE.md: every module with the first sentence of its docstring."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "ARCHITECTURE.md"
MARK = "<!-- tree -->\n"
WIDTH = 34  # of the column of names


def first_sentence(path: Path) -> str:
    """The first sentence of a module's docstring, without the marks of reStructuredText."""
    text = " ".join((ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0].split())
    sentence = re.match(r".+?[.?!](?=\s+[A-Z`:]|$)", text)
    return re.sub(r":\w+:`[~.]*([^`]*)`", r"\1", sentence[0] if sentence else text).replace("``", "")


def lines(folder: Path, depth: int = 0) -> list[str]:
    """A folder, its modules, and the folders in it."""
    face = folder / "__init__.py"
    said = first_sentence(face) if face.exists() else ""
    found = [f"{'  ' * depth}{folder.name}/".ljust(WIDTH) + said]
    for path in sorted(folder.glob("*.py")):
        if path != face:
            found.append(f"{'  ' * (depth + 1)}{path.name}".ljust(WIDTH) + first_sentence(path))
    for inside in sorted(p.parent for p in folder.glob("*/__init__.py")):
        found += lines(inside, depth + 1)
    return [line.rstrip() for line in found]


def page() -> str:
    """The page with the tree as it has to be."""
    text = PAGE.read_text(encoding="utf-8")
    tree = [*lines(ROOT / "xl_flexextra"), "", *lines(ROOT / "udfs" / "flexextra_udfs")]
    return text[: text.index(MARK) + len(MARK)] + "```\n" + "\n".join(tree) + "\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
