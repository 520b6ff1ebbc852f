"""The library of terms: the contracts that ship, and templates of usual kinds of contracts to begin one's own from."""

from __future__ import annotations

import re
from pathlib import Path

from ..cells import scalars
from ..errors import BadInput

_NAME = re.compile(r'^name = "[^"]*"', re.MULTILINE)


def contracts() -> dict[str, Path]:
    """The files of the shipped contracts by name."""
    return _files("contracts")


def templates() -> dict[str, Path]:
    """The files of the templates by name."""
    return _files("templates")


def _files(folder: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted(Path(__file__).with_name(folder).glob("*.toml"))}


def summary(file: Path) -> str:
    """What the first line of a terms file says of it."""
    with file.open(encoding="utf-8") as lines:
        return lines.readline().lstrip("# ").strip()


def find(name: str) -> Path:
    """The file of a contract or template.

    Raises:
        BadInput: there is none of that name.
    """
    known = {**contracts(), **templates()}
    wanted = name.strip().lower().replace("-", "_").replace(" ", "_")
    fitting = [one for one in known if one == wanted] or [one for one in known if one.endswith(f"_{wanted}")]
    if len(fitting) != 1:
        near = scalars.nearest(wanted, known)
        raise BadInput(f"{name!r} is neither a terms file nor a shipped contract{near}; shipped are {', '.join(known)}.")
    return known[fitting[0]]


def begun(name: str, own: str) -> str:
    """The text of a contract or template under another contract's name."""
    safe = re.sub(r"\W+", "_", own).strip("_").lower() or "own"
    return _NAME.sub(f'name = "{safe}"', find(name).read_text("utf-8"), count=1)
