"""What is odd about values by date: jumps, values that stand still, gaps, repeats, order, month ends. Arrays in, places out.

One table of limits, :class:`Limits`, for reviews and refreshes; a mapping may state others. The usual ones:

* 25% from one valuation to the next: the S&P 500 has not moved by more in a month since the 1930s (October 1987: -21.5%),
  while a slipped digit or another fund's value mostly does.
* the same value more than twice in a row: six decimals hardly repeat once; of daily values Saturdays, Sundays and
  holidays, which only carry a value on, do not count.
* a month without a value, as figures are made month by month; between daily values a week, the longest that exchanges
  were closed (September 2001).
* a month end is its last day, or its last business day: values of Friday 29 August 2008 are those of the month's end.
"""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

Array = Any
DAILY = 4  # days from one daily value to the next, a long weekend between


class Limits(NamedTuple):
    """The limits of the checks, as stated; None is the usual one."""

    max_jump: float | None = None  # largest change from one valuation to the next, as a fraction: 0.25 is 25%
    max_gap_days: int | None = None  # longest stretch without a valuation; usually a month, between daily values a week
    max_repeats: int | None = None  # how often a value may stand unchanged in a row
    positive: bool | None = None  # whether values have to be above zero
    month_ends: bool | None = None  # whether every date has to be a month end; usually where nearly all are
    weekends: bool = False  # whether valuations on Saturday and Sunday are usual
    as_of: str = ""  # ISO date that the data has to reach, such as 2008-07-31

    @property
    def jump(self) -> float:
        """The largest change that is not looked at."""
        return USUAL_JUMP if self.max_jump is None else self.max_jump

    @property
    def repeats(self) -> int:
        """How often a value may stand in a row."""
        return USUAL_REPEATS if self.max_repeats is None else self.max_repeats

    @property
    def gap(self) -> str:
        """What a gap is more than, in words."""
        return "a month, or of a week between daily values" if self.max_gap_days is None else f"{self.max_gap_days:g} days"


USUAL_JUMP, USUAL_REPEATS, USUAL_GAP_MONTHS, USUAL_GAP_DAYS = 0.25, 2, 1, 7
USUAL = Limits()
OTHER_UNIT = 50
NEARLY_ALL = 0.9  # as many dates of a series have to be month ends for the others to be odd


def _days(days: Array) -> Array:
    return np.asarray(days).astype("datetime64[D]")


def changes(values: Array) -> Array:
    """Each value's change from the one before, as a fraction; 0 where that one is not above zero."""
    values = np.asarray(values, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values[:-1] > 0, values[1:] / values[:-1] - 1.0, 0.0)


def jumps(values: Array, limits: Limits = USUAL, same: Array | None = None) -> Array:
    """The places of values that lie further from the one before than the limit, by more than noise; ``same`` says which
    are of one series with the one before. One array of a million is enough for a million values."""
    values = np.asarray(values, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        changed = values[1:] / values[:-1]
    changed -= 1.0
    beyond = np.abs(changed, out=changed) > limits.jump + 1e-12
    beyond &= values[:-1] > 0
    if same is not None:
        beyond &= same
    return np.flatnonzero(beyond) + 1


def other_unit(values: Array, jumps: Array) -> Array:
    """Those of some jumps to fifty times the value or a fiftieth, which no market and no split of units makes."""
    before, after = np.asarray(values)[jumps - 1], np.asarray(values)[jumps]
    positive = (before > 0) & (after > 0)
    return jumps[positive & ((after >= OTHER_UNIT * before) | (before >= OTHER_UNIT * after))]


def stale(
    days: Array, values: Array, limits: Limits = USUAL, same: Array | None = None,
    holidays: Iterable[datetime.date] = (),
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Values that stand unchanged for longer than the limit: where each begins, where it passes the limit, how often it
    stands."""
    same = np.ones(max(len(values) - 1, 0), bool) if same is None else same
    return standing(values, counted(days, same, holidays), limits)


def counted(days: Array, same: Array, holidays: Iterable[datetime.date] = ()) -> tuple[Array, Array]:
    """The places of the values that count, of daily ones those of business days; and which of them, but for the first,
    follow one of their series."""
    days, together = _days(days), np.asarray(same, bool)
    if not _mostly_daily(np.diff(days).view(np.int64), together):
        return np.arange(len(days)), together
    kept = np.flatnonzero(np.is_busday(days, holidays=_closed(holidays)))
    first = np.searchsorted(kept, np.flatnonzero(~together) + 1)  # of each series but the first, among those that count
    follows = np.ones(max(len(kept) - 1, 0), bool)
    follows[first[(first > 0) & (first < len(kept))] - 1] = False
    return kept, follows


def _mostly_daily(steps: Array, together: Array) -> bool:
    """Whether the median of the steps within a series is that of daily values; counting them takes a tenth of its time."""
    count, within = np.count_nonzero(together), np.count_nonzero((steps <= DAILY) & together)
    if 2 * within == count:
        return bool(count and np.median(steps[together]) <= DAILY)
    return bool(2 * within > count)


def standing(values: Array, counting: tuple[Array, Array], limits: Limits = USUAL) -> tuple[Array, Array, Array]:
    """The same as :func:`stale`, from the values that count (:func:`counted`)."""
    kept, together = counting
    values = np.asarray(values, dtype=float)[kept]
    again = together & (values[1:] == values[:-1])
    edges = np.flatnonzero(np.diff(np.concatenate(([0], again.astype(np.int8), [0]))))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts + 1 > limits.repeats
    return kept[starts[long]], kept[starts[long] + limits.repeats], (ends - starts + 1)[long]


def gaps(days: Array, limits: Limits = USUAL) -> Array:
    """The places of valuations, in order of dates, before which others are missing."""
    days = _days(days)
    steps = np.diff(days).astype(int)
    if limits.max_gap_days is not None:
        return np.flatnonzero(steps > limits.max_gap_days) + 1
    months = np.diff(days.astype("datetime64[M]")).astype(int)
    daily = np.concatenate(([False], steps <= DAILY, [True]))  # monthly values may come before daily ones
    amid = daily[:-2] & daily[2:]
    return np.flatnonzero((months > USUAL_GAP_MONTHS) | (amid & (steps > USUAL_GAP_DAYS))) + 1


def disorder(days: Array) -> tuple[int, bool] | None:
    """The first place whose date does not lie after the one before, and whether it is the same date; None where all do."""
    steps = np.diff(_days(days)).astype(int)
    if not np.any(steps <= 0):
        return None
    place = int(np.argmax(steps <= 0))
    return place + 1, bool(steps[place] == 0)


def newest_first(days: Array) -> bool:
    """Whether each of several dates lies before the one above it."""
    days = _days(days)
    return len(days) > 1 and bool(np.all(np.diff(days).astype(int) < 0))


def repeats(places: Array, values: Array) -> tuple[Array, Array, Array]:
    """Values that stand twice for one place (of fund and date): the order that groups them, where in it a repeat begins,
    and whether the two differ."""
    order = np.argsort(places, kind="stable")
    ordered, values = np.asarray(places)[order], np.asarray(values, dtype=float)[order]
    again = np.flatnonzero(ordered[1:] == ordered[:-1])
    one, other = values[again], values[again + 1]
    return order, again, ~((one == other) | (np.isnan(one) & np.isnan(other)))


def not_positive(values: Array) -> Array:
    """The places of values that are not above zero; a blank is none of them."""
    return np.flatnonzero(np.asarray(values, dtype=float) <= 0)


def holes(values: Array) -> tuple[Array, int | None]:
    """The places of blanks between two values of a series, and the place of its last value; None where it has too few."""
    present = np.flatnonzero(~np.isnan(values))
    if len(present) < 2:
        return present[:0], None
    inside = values[present[0] : present[-1] + 1]
    return np.flatnonzero(np.isnan(inside)) + present[0], int(present[-1])


def _closed(holidays: Iterable[datetime.date]) -> Array:
    return np.array(list(holidays), dtype="datetime64[D]")


def month_ends(days: Array, holidays: Iterable[datetime.date] = ()) -> Array:
    """Whether each date is a month end: no business day follows it in its month."""
    days = _days(days)
    following = (days.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]")
    return np.busday_count(days + np.timedelta64(1, "D"), following, holidays=_closed(holidays)) == 0


def weekends(days: Array) -> Array:
    """Whether each date is a Saturday or Sunday."""
    return ~np.is_busday(_days(days))


def calendar_month_ends(days: Array) -> Array:
    """Whether each date is the last day of its month."""
    following = _days(days) + np.timedelta64(1, "D")
    return following.astype("datetime64[M]") == following


def ends_before(day: datetime.date, wanted: datetime.date, holidays: Iterable[datetime.date] = ()) -> bool:
    """Whether a business day lies after the last date of a series, up to the day that it has to reach."""
    one = datetime.timedelta(1)
    return bool(np.busday_count(day + one, wanted + one, holidays=_closed(holidays)) > 0)
