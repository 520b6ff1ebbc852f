"""The unit value of a day by the terms: for days that have none, for days of inception, and for substituted funds."""

from __future__ import annotations

import datetime

from ..errors import MissingData
from ..inputs.fund_table import Fund
from ..inputs.funds import Funds
from ..inputs.substitutions import splice
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from . import periods

Date = datetime.date


def valued(terms: Terms, unit_values: UnitValues, column: int, day: Date, fund: Fund | None = None) -> float:
    """The unit value of a day, by the terms' rules for days that have none."""
    exact = unit_values.on(column, day)
    if exact is not None:  # the value of the day itself is that by every rule
        return exact
    rule, most = terms["valuation.rule"], terms["valuation.max_age_days"]
    first = value_of_inception(terms, unit_values, column, day, fund)
    if first and terms["valuation.inception"] == "first_value":
        return unit_values.at(column, first)
    if first and rule != "on_or_after":
        raise MissingData(
            f"There is no unit value of {unit_values.funds[column]} on {day}, a day of inception, nor before it; "
            f"the first is of {first}, which 'valuation.inception' of the terms may take (first_value)."
        )
    return unit_values.at(column, day, rule, most)


def value_of_inception(
    terms: Terms, unit_values: UnitValues, column: int, day: Date, fund: Fund | None = None
) -> Date | None:
    """The day of the first value, where ``day`` is one of inception that lies shortly before it."""
    if (before := (unit_values.first_date(column) - day).days) <= 0:
        return None
    if day not in (periods.inception_of(which, terms, fund) for which in ("FUND", "SUBACCOUNT", "CONTRACT")):
        return None
    most = terms["valuation.max_age_days"]
    return unit_values.first_date(column) if most is None or before <= most else None


def unit_value(
    unit_values: UnitValues, fund: str, day: Date,
    max_age_days: float | None = None, funds: Funds | None = None, terms: Terms | None = None,
) -> float:  # fmt: skip
    """The unit value of a fund on a day: by the terms as figures take it, without them the last one on or before it."""
    most = terms["valuation.max_age_days"] if terms is not None and max_age_days is None else max_age_days
    spliced = splice(unit_values, funds, most)
    beside = funds.beside(unit_values.funds) if funds else None
    column = unit_values.column(fund, beside)
    spliced.check(column, day)
    if terms is None:
        return spliced.unit_values.at(column, day, max_age_days=most)
    if max_age_days is not None:
        terms = terms.replace(valuation__max_age_days=max_age_days)
    return valued(terms, spliced.unit_values, column, day, beside.get(unit_values.funds[column]) if beside else None)
