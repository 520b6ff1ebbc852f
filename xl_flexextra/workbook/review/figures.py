"""A figure under review, and the periods that a review knows."""

from __future__ import annotations

from dataclasses import dataclass

from ...calculation import periods
from ...calculation.tie_out import Tied
from ...inputs.measures import RETURN
from ...review.closed_form import Closed
from ...terms import Terms
from .book import Plan

TOP = 7  # first row of figures, on both sheets


@dataclass(frozen=True)
class Figure:
    """One published figure under review."""

    tied: Tied
    code: str  # the period as the table computes it: 10Y_OR_SI_FUND
    fund: str
    terms: Terms
    contract_column: int
    closed: Closed
    number: int

    @property
    def before(self) -> bool:
        """Whether it is a return before contract charges."""
        return not self.tied.published.contract


def period_codes(plan: Plan) -> list[str]:
    """Every period of the figures and of the tables, then whole years up to ten for the probe."""
    codes = [code for table in plan.report.tables for code in table.spec.periods]
    codes += [periods.parse(p.period).code for p in plan.inputs.published if p.unit.name == RETURN]
    return list(dict.fromkeys([*codes, "YTD", "1Y", "2Y", "3Y", "5Y", "7Y", "10Y"]))
