"""The unit values of a search: those of a table, or what printed returns before contract charges say of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np

from ..calculation.valuation import valued
from ..errors import FlexExtraError
from ..inputs.funds import Funds
from ..inputs.substitutions import splice
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from .figures import Span

Date = datetime.date


class Levels(Protocol):
    """Unit values by fund and day: ``(days, funds, corners)``, NaN where there is none."""

    corners: int

    def at(self, terms: Terms, days: Sequence[Date], funds: Sequence[str], span: Span) -> np.ndarray:
        """The unit values of the days of a walk."""
        ...


class TableLevels:
    """The unit values of a table, by the terms' rules for days that have none."""

    corners = 1

    def __init__(self, unit_values: UnitValues, funds: Funds | None, draft: Terms) -> None:
        self._funds = funds.beside(unit_values.funds) if funds else None
        self._spliced = splice(unit_values, self._funds, draft["valuation.max_age_days"])
        self.unit_values = self._spliced.unit_values
        self._known: dict[tuple[object, ...], float] = {}

    def at(self, terms: Terms, days: Sequence[Date], funds: Sequence[str], span: Span) -> np.ndarray:
        rules = terms["valuation.rule"], terms["valuation.inception"]
        return np.array([[[self._one(terms, rules, fund, day)] for fund in funds] for day in days])

    def _one(self, terms: Terms, rules: tuple[str, str], fund: str, day: Date) -> float:
        asked = (*rules, fund, day)
        if asked not in self._known:
            try:
                column = self.unit_values.column(fund, self._funds)
                self._spliced.check(column, day)
                item = self._funds.get(self.unit_values.funds[column]) if self._funds else None
                self._known[asked] = valued(terms, self.unit_values, column, day, item)
            except FlexExtraError:
                self._known[asked] = float("nan")
        return self._known[asked]


class PrintedLevels:
    """What printed returns say of unit values: the growth from each first day to a last day, within their rounding.

    ``growth`` holds (least, best, most) by fund, first and last day. The level of the last day is 1; days between that no
    return begins on have none. The corners are the least and the most growth of the figure's own period; days between take
    the best.
    """

    corners = 2

    def __init__(self, growth: Mapping[tuple[str, Date, Date], tuple[float, float, float]]) -> None:
        self._growth = growth

    def at(self, terms: Terms, days: Sequence[Date], funds: Sequence[str], span: Span) -> np.ndarray:
        found = np.full((len(days), len(funds), 2), np.nan)
        for place, day in enumerate(days):
            for column, fund in enumerate(funds):
                found[place, column] = self._one(fund, day, span)
        return found

    def _one(self, fund: str, day: Date, span: Span) -> tuple[float, float]:
        if day == span.finish:
            return 1.0, 1.0
        known = self._growth.get((fund, day, span.finish))
        if known is None:
            return np.nan, np.nan
        least, best, most = known
        return (1.0 / least, 1.0 / most) if day == span.start else (1.0 / best, 1.0 / best)

    def funds(self) -> Iterable[str]:
        """The funds of which anything is known."""
        return dict.fromkeys(fund for fund, _, _ in self._growth)
