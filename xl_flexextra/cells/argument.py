"""One argument of a worksheet function: its name, kind and words."""

from typing import Any, NamedTuple

ANY = "any"  # the kind of an argument that is handed on as it comes


class Argument(NamedTuple):
    """One argument of a worksheet function: its vocabulary entry, and whether it may be left out."""

    name: str
    kind: str
    description: str
    optional: bool
    default: Any = None

    @property
    def takes_zero(self) -> bool:
        """Whether a 0 can be meant. Elsewhere it is a blank cell, which Calc gives as 0."""
        return self.kind in {"number", "numbers", "flag"} or self.name == "basis"  # 0: 30/360, as for YEARFRAC
