"""The walks of a page by one contract's terms: those of several funds and periods are the columns of one.

A shorter walk is padded in front: its first day again, on which nothing grows and nothing is taken. So each column has the
numbers of a walk of its own, to the last bit.
"""

import datetime
import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import BadInput
from ..terms import Terms
from . import periods, returns
from .charge_dates import Calendar, ChargeDate, charge_dates
from .charge_schedule import by_weight_alone, charging_of, charging_on, redemption_of, together
from .periods import Period
from .taken import Charging, Path
from .walk import PRIOR_ANNIVERSARY, Redeemed, Redemption, redeem, walk

Date = datetime.date


class Begun(NamedTuple):
    """A walk to be made: its days by the terms, and what a redemption on the last of them is charged."""

    period: Period
    start: Date
    finish: Date
    years: float
    days: Sequence[ChargeDate]
    contract_year: int
    redemption: Redemption | None


class Walked(NamedTuple):
    """Walks side by side, a column a figure: what was invested and taken, what is there at the end, and the returns."""

    invested: Any
    charging: Charging
    path: Path
    redeemed: Redeemed | None
    ends: np.ndarray
    returns: np.ndarray


class ContractReturn(NamedTuple):
    """One figure and how it came about: the walk's days and unit values, the dollars, and the return.

    ``value`` is the average annual total return as a fraction, not rounded; ``erv`` what is there at the end.
    """

    fund: str
    period: Period
    start: Date
    finish: Date
    years: float
    dates: list[Date]
    unit_values: np.ndarray
    payment: float
    invested: float
    path: Path
    off_payment: tuple[float, ...]
    redeemed: Redeemed | None
    contract_year: int
    cdsc_rate: float
    share: float | None
    erv: float
    value: float


def total_return(terms: Terms, begin_value: Any, end_value: Any, years: Any, stated: str = "") -> Any:
    """The return by the terms: average annual, or the change itself for a short period and in a cumulative table.

    ``stated``: "cumulative" or "annualised", where the period itself says it.
    """
    return returns.aatr(begin_value, end_value, *_annualised(terms, years, stated))


def _annualised(terms: Terms, years: Any, stated: str) -> tuple[Any, bool]:
    """Over how many years a change is made a rate a year, and whether of a short period too."""
    cumulative = (stated or terms["years.long_period"]) == "cumulative"
    return 1.0 if cumulative else years, (stated or terms["years.short_period"]) == "annualised"


def begun(terms: Terms, charges: str, period: Period, start: Date, finish: Date) -> Begun:
    """A walk from day to day by the terms; raises where none can be made of it."""
    years = periods.number_of_years(terms, start, finish)
    if years <= 0:
        raise BadInput(f"'period' {period.code} to {finish} has no length; choose a longer one.")
    return Begun(period, start, finish, years, *_by_terms(terms, charges, start, finish))


@functools.lru_cache(maxsize=1024)  # a page that is computed again, with other unit values, has the same days
def _by_terms(terms: Terms, charges: str, start: Date, finish: Date) -> tuple[Sequence[ChargeDate], int, Redemption | None]:
    """The days of a walk, and the contract year and charges of its redemption."""
    if charges == "asset":
        return (ChargeDate(start), ChargeDate(finish)), 0, None
    days = tuple(charge_dates(terms, start, finish, redeemed=charges == "all"))
    if charges != "all":
        return days, 0, None
    return days, *redemption_of(terms, start, finish, float(terms["payment.amount"]), days)


def are_columns(terms: Terms, charges: str) -> bool:
    """Whether walks over other days may be columns of one."""
    return charges == "asset" or by_weight_alone(terms)


def likeness(one: Begun) -> Any:
    """What walks by the same terms have to have in common to be redeemed together."""
    if one.redemption is None or one.redemption.free_form != PRIOR_ANNIVERSARY:
        return one.redemption and one.redemption.free_form
    return PRIOR_ANNIVERSARY, len(one.days) - one.redemption.year_begins


def walked(
    terms: Terms, charges: str, walks: Sequence[Begun], calendar: Calendar, of_column: np.ndarray, unit_values: np.ndarray,
    share: Callable[[Sequence[int]], np.ndarray], detail: bool,
) -> Walked:  # fmt: skip
    """Walks as columns of one. ``of_column``: the walk of each column of ``calendar`` and ``unit_values``; ``share``: the
    shares of the columns on some dates. Without ``detail`` the path holds no more than the figures need."""
    payment, width = float(terms["payment.amount"]), len(of_column)
    first = walks[0].redemption
    invested, charging = payment, Charging()
    if charges != "asset" and by_weight_alone(terms):
        invested, charging = charging_on(terms, calendar, payment, share)
    elif charges != "asset":
        days = walks[0].days
        at = {day.day: k for k, day in enumerate(days)}
        invested, charging = charging_of(terms, days, payment, lambda day: share([at[day]])[0])
        charging = together([charging], [width])
    keep = detail or (first is not None and first.free_form == PRIOR_ANNIVERSARY)
    taken = detail or (first is not None and first.asks_for_charges)
    path = walk(unit_values, np.zeros(width) + invested, charging, keep, taken)
    redeemed = redeem(path, _redemption(walks, len(unit_values), of_column)) if first else None
    ends = redeemed.erv if redeemed else path.value[-1]
    return Walked(invested, charging, path, redeemed, ends, _returns(terms, payment, ends, walks, of_column))


def _redemption(walks: Sequence[Begun], dates: int, of_column: np.ndarray) -> Redemption:
    """The redemptions of walks side by side: rates by column; all else they have in common."""
    each = [one.redemption for one in walks if one.redemption]
    first = each[0]
    begins = dates - len(walks[0].days) + first.year_begins if first.free_form == PRIOR_ANNIVERSARY else 0

    def by_column(rates: list[Any]) -> Any:
        return np.array(rates).take(of_column) if len(set(rates)) > 1 else rates[0]

    return first._replace(
        cdsc_rate=by_column([one.cdsc_rate for one in each]),
        free_rate=by_column([one.free_rate for one in each]),
        tax_rate=by_column([one.tax_rate for one in each]),
        year_begins=begins,
    )


def _returns(terms: Terms, payment: float, ends: np.ndarray, walks: Sequence[Begun], of_column: np.ndarray) -> np.ndarray:
    """The returns of walks side by side, as :func:`total_return` has them."""
    exponents = []
    bounds = [0, *itertools.accumulate(np.bincount(of_column).tolist())]
    for one, begin, end in zip(walks, bounds[:-1], bounds[1:], strict=True):
        exponents.append((slice(begin, end), returns.exponent(*_annualised(terms, one.years, one.period.stated))))
    return returns.aatr_of_many(payment, ends, exponents)


def explained(
    terms: Terms, one: Begun, funds: Sequence[str], unit_values: np.ndarray, made: Walked, shares: Sequence[Any]
) -> list[ContractReturn]:
    """Each figure of one walk with how it came about, a column a fund."""
    return [
        ContractReturn(
            fund=fund, period=one.period, start=one.start, finish=one.finish, years=one.years,
            dates=[day.day for day in one.days], unit_values=unit_values[:, i].copy(),
            payment=float(terms["payment.amount"]), invested=float(_of(made.invested, i)), path=_one(made.path, i),
            off_payment=tuple(float(_of(charge.from_payment, i)) for charge in made.charging.charges),
            redeemed=_one(made.redeemed, i) if made.redeemed else None, contract_year=one.contract_year,
            cdsc_rate=float(one.redemption.cdsc_rate) if one.redemption else 0.0,
            share=None if shares[i] is None else float(shares[i]),
            erv=float(made.ends[i]), value=float(made.returns[i]),
        )
        for i, fund in enumerate(funds)
    ]  # fmt: skip


def _of(part: Any, column: int) -> Any:
    """One column of an array over the columns; a number is that of each."""
    array = np.asarray(part)
    return array[..., column] if array.ndim else array


def _one(record: Any, column: int) -> Any:
    """One column of a path or a redemption."""

    def of(part: Any) -> Any:
        return tuple(map(of, part)) if isinstance(part, tuple) else _of(part, column)

    return type(record)(*map(of, record))
