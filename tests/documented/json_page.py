"""The keys that docs/json.md lists for each command with ``--json``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from documented.pages import ROOT

PAGE = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
BY_NAME = (
    "counts",
    "errors",
    "nearest",
    "choices",
    "cdsc_rates[]",
    "missing",
    "path[]",
    "parts",
)  # whose keys are names of something
AS_OF = {"refresh": "refresh", "review": "review", "tie_out": "report, tie-out", "tables": "report, tie-out"}  # in a month


def documented(heading: str) -> set[str]:
    """The keys that the page lists under a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return {key for line in re.findall(r"^\|(.*?)\|", part, re.M) for key in re.findall(r"`([\w\[\].]+)`", line)}


def heading(command: str) -> str:
    """The heading of a command on the page."""
    return next(one for one in re.findall(r"^## (.+)$", PAGE, re.M) if command in one.split(", "))


def keys(found: dict[str, Any], stem: str = "") -> Iterator[str]:
    """Every key of an object, ``rows[].fund`` within a list."""
    for key, value in found.items():
        yield stem + key
        if isinstance(value, list):
            yield from (deep for one in value if isinstance(one, dict) for deep in keys(one, f"{stem}{key}[]."))
        elif isinstance(value, dict) and key not in BY_NAME:
            yield from keys(value, f"{stem}{key}.")


def known(command: str) -> set[str]:
    """The keys that a command may have, by the page."""
    own = documented(heading(command)) | documented("Every object")
    whole = {"review": {"tie_out": "report, tie-out"}, "month": AS_OF}.get(command, {})
    for key, where in whole.items():
        inner = known(key) if key in ("refresh", "review") else set()
        own |= {f"{key}.{one}" for one in inner} | {
            one for one in documented(where) if one.startswith((f"{key}.", f"{key}["))
        }
    return own | {f"open[].{one.partition('[].')[2]}" for one in own if one.startswith("tie_out.figures[].")}


def not_listed(command: str, found: dict[str, Any]) -> set[str]:
    """The keys of an object that the page does not have."""
    had = {key for key in keys(found) if not any(f".{name}." in f".{key}" for name in BY_NAME)}
    listed = known(command)
    return had - listed - {key.partition(".")[0] for key in listed}
