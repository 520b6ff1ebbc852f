"""One argument of a worksheet function: its name, kind and words."""

from __future__ import annotations

from typing import Any, NamedTuple


class Argument(NamedTuple):
    """One argument of a worksheet function: its vocabulary entry, and whether it may be left out."""

    name: str
    kind: str
    description: str
    optional: bool
    default: Any = None
