"""Which cell styles show dates, and the styles of a column's cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from . import xmlbytes
from .workbook import Workbook
from .xmlbytes import local

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})


def date_styles(workbook: Workbook) -> frozenset[bytes]:
    """The numbers of the cell styles whose format shows a date or a time."""
    relation = next((r for r in workbook.relations(workbook.part) if r.kind == "styles"), None)
    part = workbook.package.find(relation.target) if relation else None
    if part is None:
        return frozenset()
    tree = xmlbytes.parse(part, workbook.package.read(part))
    own: dict[str, str] = {}
    for parent in tree:
        if local(parent.tag) == "numFmts":
            own = {e.get("numFmtId", ""): e.get("formatCode", "") for e in parent}
    dates = set()
    for parent in tree:
        if local(parent.tag) == "cellXfs":
            for number, element in enumerate(parent):
                identity = element.get("numFmtId", "0")
                code = own.get(identity)
                builtin = identity.isdigit() and int(identity) in _BUILT_IN_DATES
                if builtin if code is None else _shows_date(code):
                    dates.add(str(number).encode())
    return frozenset(dates)


def _shows_date(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", code)
    return re.search(r"[ymdhs]", bare, re.IGNORECASE) is not None and "General" not in bare


@dataclass(frozen=True, slots=True)
class CellStyles:
    """The style of each cell of a column: its number as it is written, blank where there is none."""

    names: list[bytes]
    codes: Any  # for each row the place of its style in the names

    @classmethod
    def of(cls, styles: Iterable[bytes]) -> CellStyles:
        """The styles of some cells."""
        import numpy as np

        places: dict[bytes, int] = {}
        codes = np.fromiter((places.setdefault(style, len(places)) for style in styles), np.int32)
        return cls(list(places), codes)

    @classmethod
    def same(cls, style: bytes, count: int) -> CellStyles:
        """One style for all cells, which takes no memory for each."""
        import numpy as np

        return cls([style], np.broadcast_to(np.int32(0), count))

    @classmethod
    def joined(cls, parts: Sequence[CellStyles]) -> CellStyles:
        """The styles of cells that follow each other."""
        import numpy as np

        places: dict[bytes, int] = {}
        own = [[places.setdefault(name, len(places)) for name in part.names] for part in parts]
        if len(places) == 1:
            return cls.same(next(iter(places)), sum(map(len, parts)))
        return cls(list(places), np.concatenate([np.array(o, np.int32)[p.codes] for o, p in zip(own, parts, strict=True)]))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> bytes:
        return self.names[self.codes[row]]

    def attributes(self, start: int, count: int) -> Any:
        """What stands in the cells' tags, from a row on: a text for all, or an array of texts; rows beyond the last are
        as that one."""
        import numpy as np
        import pyarrow as pa

        last = self.codes[-1]
        codes = self.codes[start : start + count]
        texts = [f' s="{name.decode()}"' if name else "" for name in self.names]
        if (codes == last).all():
            return texts[last]
        codes = np.concatenate([codes, np.full(count - len(codes), last, codes.dtype)])
        return pa.array(texts, pa.string()).take(pa.array(codes))
