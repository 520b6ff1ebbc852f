"""The shares of funds on the dates of their walks: from one day of the table of shares to the next they are the same."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Sequence

import numpy as np

from ..inputs.funds import Funds
from ..inputs.shares import Shares
from ..terms import Terms
from .charge_dates import EPOCH
from .charge_schedule import share_of

Date = datetime.date


class SharesInForce:
    """The shares of a contract's funds, each looked up once a step of the table; ``names`` are the funds by column."""

    def __init__(self, terms: Terms, shares: Shares | None, funds: Funds | None, names: Sequence[str]) -> None:
        self._inputs, self._shares, self._names = (terms, shares, funds), shares, names
        self._known: dict[int, np.ndarray] = {}

    def share(self, fund: str, day: Date) -> float:
        """A fund's share of the annual charge on a day."""
        terms, shares, funds = self._inputs
        return share_of(terms, shares, fund, day, funds)

    @functools.cached_property
    def _begins(self) -> np.ndarray:
        """The days from which other shares are in force, as numbers since 1970."""
        days = self._shares.days() if self._shares is not None else []
        return np.array([day.toordinal() - EPOCH for day in days], dtype=np.int64)

    def by_date(self, days: np.ndarray, columns: np.ndarray) -> Callable[[Sequence[int]], np.ndarray]:
        """A function that gives the shares of ``columns`` on some of the dates down, a row each; one row where all are the
        same. ``days``: numbers of days since 1970, dates down and a column for each of ``columns``."""
        same: list[np.ndarray] = []

        def on(dates: Sequence[int]) -> np.ndarray:
            if same:
                return same[0]
            first, last = self._begins.searchsorted((days.min(), days.max()), side="right").tolist()
            if first < last:
                return np.array([self._on(days[k], columns) for k in dates])
            same.append(self._at(first, days[dates[0]], columns)[None])
            return same[0]

        return on

    def _on(self, days: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """The shares of columns, each on its day."""
        steps = self._begins.searchsorted(days, side="right")
        shares = np.empty(len(steps))
        for step in set(steps.tolist()):
            there = steps == step
            shares[there] = self._at(step, days[there], columns[there])
        return shares

    def _at(self, step: int, days: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """The shares of columns on days of one step of the table."""
        if step not in self._known:
            self._known[step] = np.full(len(self._names), np.nan)
        known = self._known[step]
        found = known[columns]
        missing = np.isnan(found)
        if missing.any():
            for column, day in dict(zip(columns[missing].tolist(), days[missing].tolist(), strict=True)).items():
                known[column] = self.share(self._names[column], Date.fromordinal(day + EPOCH))
            found = known[columns]
        return found
