"""Unit values and shares of many contracts, looked up for a whole block of figures at once.

What a plain look-up does not find goes the way of a single figure, for its value or for the sentence that says why.
"""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import FlexExtraError
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from .charge_dates import ChargeDate
from .contract_figures import ContractFigures
from .valuation import valued

Date = datetime.date


class BlockValues:
    """The unit values of all rows of a block as one table over all their days: a column a row (a fund of a contract)."""

    def __init__(self, grids: Sequence[ContractFigures], of_row: np.ndarray, columns: np.ndarray) -> None:
        self._grids, self._of_row, self._columns = grids, of_row, columns
        tables: dict[int, UnitValues] = {id(grid.unit_values): grid.unit_values for grid in grids}
        dates = [table.dates for table in tables.values()]
        self.days = np.unique(np.concatenate(dates)) if dates else np.array([], dtype="datetime64[D]")
        self.numbers = self.days.astype(np.int64)
        self.values = np.full((len(self.days), len(of_row)), np.nan)
        there = np.zeros(self.values.shape, dtype=bool)
        for g, grid in enumerate(grids):
            rows = np.flatnonzero(of_row == g)
            table = grid.unit_values
            at = np.searchsorted(self.days, table.dates)
            self.values[np.ix_(at, rows)] = table.values[:, columns[rows]]
            for row, column in table.errors:
                there[at[row], rows[columns[rows] == column]] = True
        there |= ~np.isnan(self.values)
        place = np.where(there, np.arange(len(self.days), dtype=np.int32)[:, None], np.int32(-1))
        self._before = np.maximum.accumulate(place, axis=0) if len(place) else place
        self._there = there
        self._after: np.ndarray | None = None
        self._known: dict[tuple[int, Date], Any] = {}

    def after(self) -> np.ndarray:
        """For each day and row the place of the first value from that day on; made where terms ask for it."""
        if self._after is None:
            last = np.int32(len(self.days))
            place = np.where(self._there, np.arange(last, dtype=np.int32)[:, None], last)
            self._after = np.minimum.accumulate(place[::-1], axis=0)[::-1]
        return self._after

    def look_up(
        self,
        days: np.ndarray,
        rows: np.ndarray,
        rule: str,
        most: float | None,
        asked: Sequence[Sequence[ChargeDate]],
        which: np.ndarray,
    ) -> tuple[np.ndarray, dict[int, FlexExtraError]]:
        """The values of ``days`` (numbers of days since 1970, a column a figure) of ``rows``, and the figures that lack one.

        ``asked``: the days of each walk, ``which`` the walk of each figure.
        """
        if not len(self.days):  # no row of the unit values is of any of them
            lacking = {
                figure: self._single(int(rows[figure]), asked[which[figure]][0].day) for figure in range(days.shape[1])
            }
            return np.full(days.shape, np.nan), lacking
        table = self._before if rule != "on_or_after" else self.after()
        place = np.searchsorted(self.numbers, days, side="right" if rule != "on_or_after" else "left")
        place = place - 1 if rule != "on_or_after" else place
        inside = (place >= 0) & (place < len(self.days))
        found = np.where(inside, table[np.where(inside, place, 0), rows], -1)
        inside = (found >= 0) & (found < len(self.days))
        found = np.where(inside, found, 0)
        values = self.values[found, rows]
        away = np.abs(self.numbers[found] - days)
        allowed = 0 if rule == "exact" else np.inf if most is None else most
        plain = inside & (away <= allowed) & ~np.isnan(values)
        errors: dict[int, FlexExtraError] = {}
        for figure in np.flatnonzero(~plain.all(axis=0)).tolist():
            for k in np.flatnonzero(~plain[:, figure]).tolist():
                one = self._single(int(rows[figure]), asked[which[figure]][k].day)
                if isinstance(one, FlexExtraError):
                    errors[figure] = one
                    break
                values[k, figure] = one
        return values, errors

    def _single(self, row: int, day: Date) -> Any:
        """A value as a single figure looks it up, or its error."""
        known = self._known.get((row, day))
        if known is None:
            grid, column = self._grids[self._of_row[row]], int(self._columns[row])
            fund = grid.funds.get(grid.unit_values.funds[column]) if grid.funds else None
            try:
                known = valued(grid.terms, grid.unit_values, column, day, fund)
            except FlexExtraError as error:
                known = error.with_traceback(None)
            self._known[row, day] = known
        return known


class BlockShares:
    """The shares of all rows of a block on a day; NaN where a row has none in force, or none at all."""

    def __init__(self, grids: Sequence[ContractFigures], of_row: np.ndarray, columns: np.ndarray) -> None:
        self._grids, self._of_row, self._columns = grids, of_row, columns
        self._from = sorted({day for grid in grids if grid.shares is not None for day in grid.shares.days()} - {Date.min})
        self._by_step: dict[int, np.ndarray] = {}

    def on(self, day: Date) -> np.ndarray:
        """The shares in force on a day, a number a row."""
        step = bisect.bisect_right(self._from, day)
        if step not in self._by_step:
            self._by_step[step] = np.array([self._share(row, day) for row in range(len(self._of_row))])
        return self._by_step[step]

    def _share(self, row: int, day: Date) -> float:
        grid = self._grids[self._of_row[row]]
        if not _by_share(grid.terms):
            return np.nan
        try:
            return float(grid.share(grid.unit_values.funds[int(self._columns[row])], day))
        except FlexExtraError:
            return np.nan


def _by_share(terms: Terms) -> bool:
    return any(charge.base == "share" for charge in terms.charges)
