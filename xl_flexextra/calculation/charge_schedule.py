"""From the terms to what is taken, and when: the dollars and fractions of each day of a walk, and of its redemption."""

from __future__ import annotations

import datetime
import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..cells.rounding import rounded
from ..errors import BadInput, MissingData
from ..inputs.funds import Funds
from ..inputs.shares import Shares
from ..terms import Terms
from ..terms.charges import KNOWN_BEFORE, ROLLED_UP, Charge
from ..terms.values import TermValues
from . import calendar_days, charge_dates
from .taken import Charging, Taken, is_all, waived_from
from .walk import PRIOR_ANNIVERSARY, Redemption

Date = datetime.date


def invested_payment(values: TermValues, payment: float) -> float:
    """What of a payment is invested before charges off it: less load and premium tax, plus bonus."""
    # each in dollars: 45 + 0.585 is 45.585 and rounds to 45.59, where 45 x 1.013 falls short of it
    load, bonus, tax = payment_parts(values, payment)
    return float(payment - load + bonus - tax if tax else payment - load + bonus)


def payment_parts(values: TermValues, payment: float) -> tuple[float, float, float]:
    """Load, bonus and premium tax of a payment in dollars, each a fraction of the payment as made."""
    tax = payment * values["premium_tax.rate"] if values["premium_tax.when"] == "at_payment" else 0.0
    return payment * values["payment.front_end_load"], payment * values["payment.bonus_rate"], tax


def year_dollars(charge: Charge, payment: float, share: Callable[[], Any]) -> Any:
    """A full year of a charge in dollars that falls on a payment in one sub-account; 0 for charges by rate.

    A float for one share, an array for an array of shares.
    """
    if charge.base == "share":
        dollars = charge.dollars * charge.charged_fraction
        return dollars * share() if dollars else 0.0
    if charge.base == "average_size":
        per_dollar = charge.dollars / _size(charge)
        return float(per_dollar * payment * charge.charged_fraction)
    return float(charge.dollars * charge.charged_fraction) if charge.base == "dollars" else 0.0


def year_limits(charge: Charge, payment: float, share: Callable[[], Any]) -> tuple[Any, Any, Any]:
    """Least and most of a full year of a charge in dollars, and the most as a fraction of the day's value."""
    part = charge.charged_fraction * (share() if charge.base == "share" else 1.0)
    by_size = charge.average_contract_size if charge.base not in {"share", "dollars"} else None
    of_contract = part * (payment / by_size if by_size else 1.0)
    most, most_of_value = (np.inf if limit is None else limit for limit in (charge.at_most, charge.at_most_of_value))
    return (charge.at_least or 0.0) * of_contract, most * of_contract, most_of_value * part


def _size(charge: Charge) -> float:
    """The average contract size of a charge that needs it."""
    if charge.average_contract_size is None:
        raise MissingData(f"'{charge.key}.average_contract_size' is missing; give it in the terms.")
    return charge.average_contract_size


def rolled_up(charge: Charge, payment: float, start: Date, day: Date) -> float:
    """What a payment has rolled up to, by whole years and days / 365, at most the cap."""
    whole, last = calendar_days.split_years(start, day)
    grown = payment * (1.0 + charge.roll_up_rate) ** (whole + (day - last).days / 365.0)
    return min(grown, charge.roll_up_cap * payment) if charge.roll_up_cap else grown


def charges_by_share(terms: Terms, missing: str, why: str) -> MissingData:
    """The error where a contract charges by share, and none is given."""
    return MissingData(f"{missing} is missing; {terms.name} charges by share{why}.")


def share_of(terms: Terms, shares: Shares | None, fund: str, day: Date, funds: Funds | None) -> float:
    """A fund's share of the annual charge on a day, by the table of shares."""
    if shares is None:
        raise charges_by_share(terms, "'shares'", f", and {fund} has none")
    if terms["shares.sum"] == "one":
        shares.refuse_other_sum(day, funds, terms.name)
    return shares.on(fund, day, funds)


def charging_of(
    terms: Terms, days: Sequence[charge_dates.ChargeDate], payment: float, share: Callable[[Date], Any]
) -> tuple[Any, Charging]:
    """The invested payment and the charges on each day of a walk, by the terms in force on that day.

    Where ``share`` gives an array, the shares of several funds on a day, what depends on them is an array over the funds.
    """
    share = functools.lru_cache(maxsize=None)(share)
    return charging_on(
        terms, charge_dates.Calendar(days), payment, lambda dates: np.array([share(days[k].day) for k in dates])
    )


def charging_on(
    terms: Terms, calendar: charge_dates.Calendar, payment: float, share: Callable[[Sequence[int]], np.ndarray]
) -> tuple[Any, Charging]:
    """The same on a calendar. ``share`` gives the shares on some of its dates, down; or one row, where all are the same.

    For terms :func:`by_weight_alone` it may be the calendar of several walks, a column each.
    """
    taken = tuple(_taken(terms, place, calendar, payment, share) for place in range(len(terms.charges)))
    invested: Any = invested_payment(terms.on(calendar.days[0].day) if terms.changes else terms, payment)
    off = [one.from_payment for one in taken if np.any(one.from_payment)]
    for amount in off:
        invested = invested - amount
    if off and np.any(invested <= 0):
        raise BadInput(f"The charges of the period take all of 'payment' {payment:g}; give a larger payment.")
    cents = terms["carry.precision"] == "cents"
    if cents:
        invested = rounded(invested, 2)
    return invested, Charging(
        charges=taken,
        anniversary=calendar.anniversary,
        bought_decimals=terms["payment.unit_decimals"],
        cents=cents,
    )


def charging_of_many(terms: Terms, calendars: Sequence[charge_dates.Calendar], payment: float) -> list[tuple[Any, Charging]]:
    """The same for walks of as many days by the same terms, none of which charges by share: their charges are made together.

    Each has what :func:`charging_of` gives it.
    """
    if not by_weight_alone(terms):
        return [charging_of(terms, one.days, payment, _no_share) for one in calendars]
    many = charge_dates.Calendar.of_many(calendars)
    invested, whole = charging_on(terms, many, payment, _no_share)
    by_walk = [[name for name in _BY_WALK if np.ndim(getattr(charge, name)) == 2] for charge in whole.charges]
    found = []
    for walk in range(len(calendars)):
        own = tuple(
            charge._replace(**{name: getattr(charge, name)[:, walk] for name in names})
            for charge, names in zip(whole.charges, by_walk, strict=True)
        )
        found.append((invested, whole._replace(charges=own, anniversary=many.anniversary[:, walk])))
    return found


@functools.lru_cache(maxsize=64)
def by_weight_alone(terms: Terms) -> bool:
    """Whether the weights of the days are all that tells the charges of one walk from those of another."""
    return not terms.changes and all(
        charge.base not in ROLLED_UP and charge.timing not in {"payment", "daily"} and charge.taken_as != "from_payment"
        for charge in terms.charges
    )


def _no_share(_date: Any) -> Any:
    return np.nan


def _in_force(terms: Terms, place: int, calendar: charge_dates.Calendar) -> list[tuple[Charge, np.ndarray, np.ndarray]]:
    """The charge at a place of the list as it is in force on the days on which it falls: those days, and their weights."""
    if not terms.charges or not calendar.weights.shape[1]:
        return []
    weights = calendar.weights[:, place]
    due = np.flatnonzero(weights if weights.ndim == 1 else weights.any(axis=1))
    if not terms.changes:
        return [(terms.charges[place], due, weights[due])] if len(due) else []
    charges = [terms.on(calendar.days[k].day).charges[place] for k in due.tolist()]
    parts = [np.array(list(part)) for _, part in itertools.groupby(range(len(due)), lambda k: id(charges[k]))]
    return [(charges[part[0]], due[part], weights[due[part]]) for part in parts]


def _taken(
    terms: Terms, place: int, calendar: charge_dates.Calendar, payment: float, share: Callable[[Sequence[int]], np.ndarray]
) -> Taken:
    """One charge on the days of a walk, or of several."""
    now, days, count = terms.charges[place], calendar.days, len(calendar.numbers)
    ever = terms.changes or now.ever_taken
    due = [part for part in _in_force(terms, place, calendar) if not _by_payments(part[0], payment)] if ever else []
    if not due and now.timing != "daily":
        return Taken(amount=np.zeros(calendar.numbers.shape))
    by_share: dict[int, np.ndarray] = {}

    def shares(part: int) -> np.ndarray:
        if part not in by_share:
            by_share[part] = share(due[part][1].tolist())
        return by_share[part]

    dollars = [year_dollars(charge, payment, functools.partial(shares, n)) for n, (charge, _, _) in enumerate(due)]
    limits = [
        year_limits(charge, payment, functools.partial(shares, n)) if charge.is_limited else None
        for n, (charge, _, _) in enumerate(due)
    ]
    own_shape = calendar.numbers.shape
    shape: tuple[int, ...] = own_shape
    if len(own_shape) == 1 and by_share:  # a column each of the funds that walk together
        shape = (count, *next(iter(by_share.values())).shape[1:])
    amount = np.zeros(shape)
    # one number where no day has another
    rolled: Any = np.zeros(count) if now.base in ROLLED_UP else 0.0
    least: Any = 0.0
    most: Any = np.inf
    most_of_value: Any = np.inf
    waived: Any = np.inf
    if any(limit is not None for limit in limits):
        least, most, most_of_value = np.zeros(shape), np.full(shape, np.inf), np.full(shape, np.inf)
    if any(charge.waived_above is not None for charge, _, _ in due):
        waived = np.full(own_shape, np.inf)
    for (charge, at, weight), of_year, limit in zip(due, dollars, limits, strict=True):
        weights = weight.reshape(*weight.shape, *[1] * (len(shape) - weight.ndim))
        a_year = of_year if charge.in_dollars else charge.rate * charge.charged_fraction
        if charge.base in ROLLED_UP:
            rolled[at] = [rolled_up(charge, payment, days[0].day, days[k].day) for k in at]
        known = payment if charge.base == "payment" else rolled[at] if charge.base == "roll_up" else None
        amount[at] = weights * a_year if known is None else weights * a_year * known
        if limit is not None:
            # a day without a charge has no limit, and 0 times an endless one is none
            for of_day, of_year, endless in zip((least, most, most_of_value), limit, (0.0, np.inf, np.inf), strict=True):
                of_day[at] = np.multiply(weights, of_year, out=np.full(of_day[at].shape, endless), where=weights != 0)
        if charge.waived_above is not None and charge.waived_measure != "payments":
            own = charge.waived_measure != "average_size"
            above = charge.waived_above if own else charge.waived_above * payment / _size(charge)
            waived[at] = np.where(weight != 0, waived_from(above, now.waived_at_limit == "waived"), np.inf)
    base = now.base if now.base not in KNOWN_BEFORE else "dollars"
    if now.timing == "start_of_contract_year" and base == "start_value":
        base = "value"
    if base == "dollars":
        if np.ndim(least):
            amount = np.minimum(np.maximum(amount, least), most)
        least, most = 0.0, np.inf
    from_payment: Any = 0.0
    if now.timing == "payment" or now.taken_as == "from_payment":
        from_payment = np.add.accumulate(amount, axis=0)[-1]  # one by one, for one fund as for many
        amount = np.zeros(count)
    return Taken(
        base=base,
        amount=amount,
        at_least=least,
        at_most=most,
        at_most_of_value=most_of_value,
        waived_from=waived,
        rolled_up=rolled,
        year_start=calendar.year_starts[:, place] if calendar.year_starts.shape[1] else np.zeros(count, dtype=bool),
        growth_left=_growth_left(terms, place, [day.day for day in days]) if now.timing == "daily" else None,
        unit_decimals=now.unit_decimals if now.taken_as == "units" else None,
        from_payment=from_payment if np.ndim(from_payment) else float(from_payment),
    )


def _by_payments(charge: Charge, payment: float) -> bool:
    """Whether a charge is waived by the sum of payments alone, which no later value changes."""
    if charge.waived_above is None or charge.waived_measure not in {"payments", "greater_of_payments_and_value"}:
        return False
    return payment > charge.waived_above or (payment == charge.waived_above and charge.waived_at_limit == "waived")


def _growth_left(terms: Terms, place: int, days: Sequence[Date]) -> np.ndarray:
    """What a daily charge leaves of the growth since the day before in the walk: (1 - rate)^t, by the rates in force."""
    left = np.ones(len(days))
    for k in range(1, len(days)):
        begin, end = days[k - 1], days[k]
        steps = [begin, *(day for day, _ in terms.changes if begin < day < end), end]
        for first, last in itertools.pairwise(steps):
            charge = terms.on(first).charges[place]
            time = charge_dates.accrued_years(charge.part_year, days[0], first, last)
            left[k] *= (1.0 - charge.rate * charge.charged_fraction) ** time
    return left


def redemption_of(
    terms: Terms, start: Date, finish: Date, payment: float, days: Sequence[charge_dates.ChargeDate]
) -> tuple[int, Redemption]:
    """The contract year of a redemption and what is charged on it; ``days`` are those of the walk."""
    year = charge_dates.contract_year(terms, start, finish)
    values = terms.on(finish)
    form, rate = free_terms(terms, values, year)
    after_cdsc, after_free = _taken_after(terms)
    return year, Redemption(
        payment=payment,
        cdsc_rate=terms.cdsc_rate(year, start if terms["cdsc.in_force"] == "payment" else finish),
        base=terms["cdsc.base"],
        free_form=form,
        free_rate=rate,
        after_cdsc=after_cdsc,
        after_free=after_free,
        year_begins=_place(days, charge_dates.year_begins(terms, start, finish)) if form == PRIOR_ANNIVERSARY else 0,
        tax_rate=values["premium_tax.rate"] if terms["premium_tax.when"] == "at_redemption" else 0.0,
        cents=terms["carry.precision"] == "cents",
    )


@functools.lru_cache(maxsize=64)
def _taken_after(terms: Terms) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """Which charges are taken after the CDSC, and which after the free amount is measured."""
    last = tuple(charge.order == "after_cdsc" for charge in terms.charges)
    measured = terms["free_withdrawal.measured"] or ("as_cdsc" if any(last) else "after_charge")
    no_rider = tuple(charge.key != "rider" and charge.timing != "daily" for charge in terms.charges)
    return last, {"as_cdsc": last, "before_charge": no_rider}.get(measured, ())


def _place(days: Sequence[charge_dates.ChargeDate], day: Date) -> int:
    """At which place of a walk a day stands."""
    return [one.day for one in days].index(day)


def free_terms(terms: Terms, values: TermValues, contract_year: int, full_surrender: bool = True) -> tuple[str, float]:
    """Form and rate of the free withdrawal amount in a contract year; 'none' where it is not available."""
    unavailable = (contract_year == 1 and terms["free_withdrawal.year_one"] == "none") or (
        full_surrender and terms["free_withdrawal.full_surrender"] == "none"
    )
    if unavailable or terms["free_withdrawal.form"] == "none":
        return "none", 0.0
    by_year = values["free_withdrawal.schedule"]
    rate = by_year[min(contract_year, len(by_year)) - 1] if by_year else values.needed("free_withdrawal.rate")
    return terms["free_withdrawal.form"], float(rate)


def together(charging: Sequence[Charging], widths: Sequence[int]) -> Charging:
    """The charges of several walks as columns of one, each of them that many columns.

    The walks may be over other days, as many of each; they are alike in what :func:`likeness` says.
    """
    first = charging[0]
    joined = []
    for place, charge in enumerate(first.charges):
        mine = [c.charges[place] for c in charging]
        names = ["amount", *(name for name, endless in _LIMITS if not _all_are(endless, mine, name))]
        names += [name for name, used in _BY_DAY if used(charge)]
        columns: dict[str, Any] = {name: _columns([getattr(one, name) for one in mine], widths) for name in names}
        same: dict[str, Any] = {name: endless for name, endless in _LIMITS if name not in names}
        same |= {name: _upright(getattr(charge, name)) for name, _ in _BY_DAY if name not in names}
        left = None
        if charge.growth_left is not None:
            left = _columns([one.growth_left for one in mine], widths)
        joined.append(charge._replace(**columns, **same, growth_left=left))
    anniversary = np.asarray(first.anniversary)
    if anniversary.ndim:
        anniversary = _columns([c.anniversary for c in charging], widths)
    return first._replace(charges=tuple(joined), anniversary=anniversary)


_LIMITS = (("at_least", 0.0), ("at_most", np.inf), ("at_most_of_value", np.inf), ("waived_from", np.inf))
_NAMES = tuple(name for name, _ in _LIMITS)
_BY_WALK = ("amount", *_NAMES, "year_start")
_BY_DAY: tuple[tuple[str, Callable[[Taken], bool]], ...] = (
    ("rolled_up", lambda charge: charge.base in ROLLED_UP),
    ("year_start", lambda charge: charge.base in charge_dates.OF_A_YEAR),
)


def likeness(charging: Charging) -> tuple[Any, ...]:
    """What walks have to have in common to be columns of one: their charges by kind, and which limits they have."""
    charges = tuple(
        (one.base, one.unit_decimals, one.growth_left is None)
        + tuple([is_all(getattr(one, name), endless) for name, endless in _LIMITS])
        for one in charging.charges
    )
    return len(np.atleast_1d(charging.anniversary)), charging.bought_decimals, charging.cents, charges


def _all_are(value: float, charges: Sequence[Taken], name: str) -> bool:
    return all(is_all(getattr(one, name), value) for one in charges)


def _upright(array: Any) -> Any:
    """A number a date, the same for all columns; one number for all dates stays one."""
    return np.asarray(array)[:, None] if np.ndim(array) == 1 else array


def _columns(parts: Sequence[Any], widths: Sequence[int]) -> np.ndarray:
    """Arrays by date side by side, each as wide as it has to be."""
    if len(parts) == 1:
        return _upright(parts[0])
    if all(np.ndim(one) == 1 for one in parts):
        return np.repeat(np.stack(parts, axis=1), widths, axis=1)
    return np.concatenate(
        [np.broadcast_to(_upright(one), (len(one), width)) for one, width in zip(parts, widths, strict=True)], axis=1
    )
