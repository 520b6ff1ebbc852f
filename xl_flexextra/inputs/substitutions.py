"""Substituted funds' histories carried on over a table of unit values, for every function that is given the funds table.

A fund that cannot be joined to its predecessor keeps its own values; only what begins before the day of substitution
fails then.
"""

import datetime
import functools
from collections.abc import Mapping
from typing import NamedTuple

from ..errors import FlexExtraError, MissingData, PassedError
from .funds import Funds
from .unit_values import UnitValues

Date = datetime.date


class Spliced(NamedTuple):
    """Unit values with predecessors' histories; ``unjoined``: for each column that lacks one, to which day, and why."""

    unit_values: UnitValues
    unjoined: Mapping[int, tuple[Date, FlexExtraError]]

    def check(self, column: int, day: Date) -> None:
        """Raise why the history of a column does not reach back to a day, where a splice is missing."""
        until, error = self.unjoined.get(column, (Date.min, None))
        if error is not None and day < until:
            raise error.with_traceback(None)


def splice(unit_values: UnitValues, funds: Funds | None, max_age_days: float | None = None) -> Spliced:
    """The unit values as the funds table has them: those of a substituted fund carry on its predecessor's."""
    if funds is None or not any(fund.predecessor for fund in funds.items):
        return Spliced(unit_values, {})
    return _spliced(unit_values, funds, max_age_days)


@functools.lru_cache(maxsize=16)  # a column of cells over the same ranges, which are remembered by content
def _spliced(unit_values: UnitValues, funds: Funds, max_age_days: float | None) -> Spliced:
    funds = funds.beside(unit_values.funds)
    unjoined: dict[int, tuple[Date, FlexExtraError]] = {}
    for fund in funds.rows_in_order_of_substitution():
        if fund.predecessor is None or fund.substituted_on is None:
            continue
        new, old = (unit_values.column(name, funds) for name in (fund.code, fund.predecessor))
        try:
            unit_values = unit_values.joined(new, old, fund.substituted_on, max_age_days)
        except PassedError as error:
            unjoined[new] = fund.substituted_on, error
        except MissingData as error:
            found = str(error).removesuffix(".")
            why = (
                f"'substituted_on' of {fund.code} is {fund.substituted_on}: {found[0].lower()}{found[1:]}; "
                f"give a day on which {fund.code} and {fund.predecessor} both have a unit value."
            )
            unjoined[new] = fund.substituted_on, MissingData(why)
        else:
            if old in unjoined:  # what the predecessor lacks before its own substitution, its successor lacks too
                unjoined[new] = unjoined[old]
    return Spliced(unit_values, unjoined)
