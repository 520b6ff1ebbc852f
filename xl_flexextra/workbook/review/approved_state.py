"""The approved state: what a signature covers, as fingerprints, regions of formulas, and a copy of every input."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...review import fingerprints
from ..book import DATE, area
from ..layout import APPROVED, CONTRACTS, CONTROLS, SETTINGS, WORKINGS
from . import contracts_sheet
from .book import FIRST_SETTING, SETTINGS_ROWS, Plan, ReviewBook
from .contracts_sheet import Places
from .figures import TOP
from .second_sheet import values_block
from .steps import Figures

WIDEST = 40  # characters of a column: longer texts are made smaller to fit
OWN_SHEETS = frozenset({CONTROLS, APPROVED})


@dataclass(frozen=True)
class Region:
    """A rectangle of formulas: how many there are, how many different ones, and their fingerprint."""

    sheet: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int
    count: int
    kinds: int
    mark: str

    @property
    def cells(self) -> str:
        """The rectangle's address."""
        return area(self.first_row, self.first_column, self.last_row, self.last_column, self.sheet)


@dataclass
class State:
    """The approved state that a package is built with: fingerprints, regions, what was found on inspection."""

    fingerprints: Mapping[str, str] = field(default_factory=dict)
    checks: Sequence[Any] = ()
    regions: Sequence[Region] = ()

    @property
    def parts(self) -> dict[str, str]:
        """All that a signature covers, by name."""
        return {**self.fingerprints, **{f"Formulas {r.sheet} {r.cells}": r.mark for r in self.regions}}

    @property
    def mark(self) -> str:
        """What a signer types beside the name."""
        return fingerprints.short(fingerprints.package(self.parts))


def regions(formulas: Mapping[str, Mapping[tuple[int, int], str]], spilled: set[tuple[str, int, int]]) -> list[Region]:
    """Each sheet's formulas as regions of neighbouring columns with the same rows; spilled cells stand for themselves."""
    found = []
    for sheet, cells in formulas.items():
        if sheet in OWN_SHEETS:
            continue
        columns: dict[int, list[int]] = {}
        for row, column in cells:
            if (sheet, row, column) not in spilled:
                columns.setdefault(column, []).append(row)
        run: list[int] = []
        ordered = sorted(columns)
        for place, column in enumerate(ordered):
            run.append(column)
            following = ordered[place + 1] if place + 1 < len(ordered) else None
            if following == column + 1 and sorted(columns[following]) == sorted(columns[column]):
                continue
            rows = columns[column]
            inside = {k: v for k, v in cells.items() if k[1] in run and (sheet, *k) not in spilled}
            texts = fingerprints.relative_texts(inside)
            kinds, mark = len(set(texts.values())), fingerprints.of_texts(texts)
            found.append(Region(sheet, min(rows), run[0], max(rows), run[-1], len(inside), kinds, mark))
            run = []
        for row, column in sorted(k for k in cells if (sheet, *k) in spilled):
            mark = fingerprints.of_formulas({(row, column): cells[row, column]})
            found.append(Region(sheet, row, column, row, column, 1, 1, mark))
    return found


def approved_sheet(
    book: ReviewBook, sheet: Any, label: str, tables: Mapping[str, Sequence[Sequence[Any]]]
) -> dict[str, str]:
    """A copy of every table of inputs as approved; gives the range of each copy by the reference it is compared with."""
    book.heading(
        sheet,
        "Approved inputs",
        "A copy of every input as it was when the package was built. Controls compares cell by cell.",
        label,
    )
    row, places = 4, {}
    for column in range(max((len(line) for rows in tables.values() for line in rows), default=0)):
        longest = max((len(str(line[column])) for rows in tables.values() for line in rows if column < len(line)), default=0)
        sheet.set_column(column, column, min(max(longest, 20), WIDEST))
    plain, day = book.format("grey", align="left", shrink=True), book.format("grey", align="left", num_format=DATE)
    for reference, rows in tables.items():
        book.value(sheet, row, 0, reference, book.format("bold"))
        width = max(len(line) for line in rows)
        places[reference] = area(row + 1, 0, row + len(rows), width - 1, APPROVED)
        for i, line in enumerate(rows, start=row + 1):
            for j, value in enumerate(line):
                book.value(sheet, i, j, value, day if isinstance(value, datetime.date) else plain)
        row += len(rows) + 2
    return places


def input_tables(book: ReviewBook, figures: Figures, places: Places) -> dict[str, Sequence[Sequence[Any]]]:
    """Every input by its reference: the tables, and the cells of settings, rules and periods that formulas rest on."""
    plan: Plan = figures.plan
    wanted = ["UnitValues", "Funds", "Shares", "Published", "Periods", *map(plan.terms_table, plan.contracts)]
    found: dict[str, Sequence[Sequence[Any]]] = {
        f"{name}[#All]": book.tables[name] for name in wanted if name in book.tables
    }
    last = FIRST_SETTING + len(SETTINGS_ROWS) - 1
    period = figures.column["period"]
    for block in (
        (SETTINGS, FIRST_SETTING, 0, last, 1),
        (CONTRACTS, contracts_sheet.TOP, 0, places.inception, contracts_sheet.ALWAYS),
        (CONTRACTS, places.weight, contracts_sheet.FIRST, places.weight, contracts_sheet.FIRST + places.contracts - 1),
        values_block(plan),
        (WORKINGS, TOP, period, figures.last_row, period),
    ):
        found[area(*block[1:], sheet=block[0])] = book.block(*block)
    return found
