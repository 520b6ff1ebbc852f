"""A contract's terms in the rows of a sheet that is there: each row keeps its place, so that lists and formulas fit on."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..cells.ranges import FROM
from .in_cells import SCHEDULES
from .keys import DEFAULT, KEYS, REQUIRED
from .terms import Terms


def placed(contract: Terms, labels: Sequence[str]) -> list[tuple[str, Any, str]]:
    """Term, value and source in the order of ``labels``; what a contract has besides follows.

    A term that the contract does not give has its default, or is blank. Where a sheet has one row for a schedule, its
    rates stand in that row as one text.
    """
    own = {term: (value, source) for term, value, _, source in contract.rows()}
    for key in SCHEDULES:
        if f"{key}.1" in labels and f"{key}.2" not in labels:
            _in_one_cell(own, key)
    rows: list[tuple[str, Any, str]] = []
    for label in labels:
        spec = KEYS.get(label)
        if label in own:
            rows.append((label, *own.pop(label)))
        elif spec is not None and spec.default is not REQUIRED:
            rows.append((label, spec.default, "" if spec.default is None else DEFAULT))
        elif label.rpartition(".")[0] in SCHEDULES:  # a contract year that it has not
            rows.append((label, None, ""))
    return [*rows, *((label, *cells) for label, cells in own.items())]


def _in_one_cell(own: dict[str, tuple[Any, str]], key: str) -> None:
    """The rates of a schedule as one text in the row of its first contract year."""
    years = [term for term in own if term.startswith(f"{key}.") and FROM not in term]
    if len(years) > 1:
        rates = [own[year][0] for year in years]
        own[years[0]] = (", ".join(f"{Decimal(repr(rate)).scaleb(2).normalize():f}%" for rate in rates), own[years[0]][1])
        for year in years[1:]:
            del own[year]
