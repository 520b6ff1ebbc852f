"""A page against itself, without unit values: before and after charges, periods, contracts and days beside each other."""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..terms import Terms
from .choices import Alternative
from .columns import Columns
from .figures import Figure, Span
from .misprints import shown
from .search import bounds

Date = datetime.date
Ends = tuple[float, float]
Known = Mapping[tuple[str, Date, Date], tuple[float, float, float]]

BAND = 1.5  # times the interpolated unit value, up or down: how far an unknown one within two years may lie
WIDE = 2.5  # the same where the known ones are further apart
MONTH = 1.5  # times: what a fund's value does not do in a month or two
YEAR = 3.0  # times: what it does not do a year, year after year


class Odd(NamedTuple):
    """What on a page contradicts another part of it: which rule, which figures, and in a sentence what and why."""

    rule: str
    labels: tuple[str, ...]
    said: str


class Contract(NamedTuple):
    """The figures of one contract after its charges. ``shares``: of its charge by fund, from least to most."""

    terms: Terms
    figures: tuple[Figure, ...]
    shares: Mapping[str, Ends]

    def share(self, fund: str) -> Ends | None:
        """The share of a fund; all of it where the charge is not by share, None where nothing is known."""
        if not any(charge.base == "share" for charge in self.terms.charges):
            return 1.0, 1.0
        return self.shares.get(fund)


class _Bounded:
    """Unit values of one fund between known days: least and most, around growth at a constant rate."""

    corners = 2

    def __init__(self, known: Sequence[tuple[Date, float, float]]) -> None:
        self.known = sorted(known)

    def at(self, terms: Terms, days: Sequence[Date], funds: Sequence[str], span: Span) -> np.ndarray:
        return np.array([[self._one(day) for _ in funds] for day in days])

    def _one(self, day: Date) -> Ends:
        for known, least, most in self.known:
            if day == known:
                return least, most
        before = max((one for one in self.known if one[0] < day), default=None)
        after = min((one for one in self.known if one[0] > day), default=None)
        if before is None or after is None:
            return math.nan, math.nan
        gap = (after[0] - before[0]).days
        part = (day - before[0]).days / gap
        level = math.sqrt(before[1] * before[2]) ** (1 - part) * math.sqrt(after[1] * after[2]) ** part
        band = BAND if gap <= 740 else WIDE
        return level / band, level * band


def odd(contracts: Sequence[Contract], before: Sequence[tuple[Figure, Span]], growth: Known) -> list[Odd]:
    """Everything on a page that contradicts another part of it."""
    found = [*_better_after(contracts, growth), *_after(contracts, growth), *_years(before, growth)]
    implied = {}
    for number, one in enumerate(contracts):
        for figure in one.figures:
            span = figure.spans[0]
            if span is not None and (ends := _growth_of(one, figure, span, growth)) is not None:
                implied[number, figure] = ends
    return [*found, *_contracts(contracts, implied), *_days(implied, growth)]


def _better_after(contracts: Sequence[Contract], growth: Known) -> list[Odd]:
    """Returns after charges that are higher than those before them."""
    found = []
    for one in contracts:
        if one.terms["payment.bonus_rate"]:
            continue
        for figure in one.figures:
            span = figure.spans[0]
            known = growth.get((figure.fund, span.start, span.finish)) if span else None
            if known is None or figure.measure != "return" or span is None:
                continue
            low, _ = _dollars(one.terms, figure, span)
            if low > float(one.terms["payment.amount"]) * known[2] * (1 + 1e-9):
                said = f"{shown(figure, figure.printed)} after charges is more than the return before them allows"
                found.append(Odd("higher after charges", (figure.label,), said))
    return found


def _dollars(terms: Terms, figure: Figure, span: Span) -> Ends:
    """The ending values with which a printed return ties."""
    low, high = bounds([figure], float(terms["payment.amount"]), np.array([[_exponent(terms, figure, span)]]))
    return float(low[0, 0]), float(high[0, 0])


def _exponent(terms: Terms, figure: Figure, span: Span) -> float:
    from ..calculation import periods

    years = periods.number_of_years(terms, span.start, span.finish)
    cumulative = (figure.stated or terms["years.long_period"]) == "cumulative"
    annualised = (figure.stated or terms["years.short_period"]) == "annualised"
    return 1.0 if cumulative or (years <= 1 and not annualised) else years


def _ends(one: Contract, figure: Figure, span: Span, known: Sequence[tuple[Date, float, float]]) -> Ends | None:
    """The least and the most dollars at the end of a figure's walk, as far as unit values and share are known."""
    share = one.share(figure.fund)
    if share is None:
        return None
    own = Alternative((), one.terms, 0)
    columns = Columns(one.terms, span, [figure], _Bounded(known), None, [(own, own, False)], [own])
    if columns.walk_of[0] < 0:
        return None
    scale = np.array([[[share[1], share[0]]]])  # the least dollars with the most of the charge
    table = columns.dollars([0], 0, scale)[0, 0]
    return (float(table[0]), float(table[1])) if np.isfinite(table).all() else None


def _levels(fund: str, finish: Date, growth: Known) -> list[tuple[Date, float, float]]:
    """What is known of a fund's unit values before a day, where its value is 1."""
    own = [(start, 1.0 / most, 1.0 / least) for (f, start, end), (least, _, most) in growth.items()
           if f == fund and end == finish]  # fmt: skip
    return [*own, (finish, 1.0, 1.0)] if own else []


def _after(contracts: Sequence[Contract], growth: Known) -> list[Odd]:
    """Returns after charges of more than a year that no unit values between fit the returns before charges."""
    found = []
    for one in contracts:
        for figure in one.figures:
            span = figure.spans[0]
            if span is None or (figure.fund, span.start, span.finish) not in growth or figure.measure != "return":
                continue
            if (span.finish - span.start).days <= 366:
                continue  # the search judges those
            ends = _of_corners(one, figure, span, growth)
            low, high = _dollars(one.terms, figure, span)
            if ends is not None and (ends[1] < low or ends[0] > high):
                if _fits_without_one(one, figure, span, growth):
                    continue  # another return before charges is odd, and named for itself
                n = _exponent(one.terms, figure, span)
                payment = float(one.terms["payment.amount"])
                least, most = (100 * ((max(end, 0.0) / payment) ** (1 / n) - 1) for end in ends)
                said = (
                    f"{shown(figure, figure.printed)} after charges, where the return before them allows {least:.2f}% to "
                    f"{most:.2f}%"
                )
                found.append(Odd("after against before charges", (figure.label,), said))
    return found


def _fits_without_one(one: Contract, figure: Figure, span: Span, growth: Known) -> bool:
    """Whether a figure fits once a single other return of its fund is left out."""
    low, high = _dollars(one.terms, figure, span)
    for key in growth:
        if key[0] == figure.fund and key[2] == span.finish and key[1] > span.start:
            ends = _of_corners(one, figure, span, {k: v for k, v in growth.items() if k != key})
            if ends is None or not (ends[1] < low or ends[0] > high):
                return True
    return False


def _of_corners(one: Contract, figure: Figure, span: Span, growth: Known) -> Ends | None:
    """The dollars of a walk over known and bounded unit values, relative to the first day."""
    known = _levels(figure.fund, span.finish, growth)
    first = next((level for level in known if level[0] == span.start), None)
    if first is None:
        return None
    # the least end: least growth from the first day, and low values where charges are taken
    whole = [(day, low, high) for day, low, high in known if day != span.start]
    return _ends(one, figure, span, [(span.start, first[2], first[1]), *whole])


def _growth_of(one: Contract, figure: Figure, span: Span, growth: Known) -> Ends | None:
    """The growth before charges that a return after them allows: from least to most."""
    if figure.measure != "return" or one.share(figure.fund) is None:
        return None
    low, high = _dollars(one.terms, figure, span)
    own = Alternative((), one.terms, 0)
    share = one.share(figure.fund) or (1.0, 1.0)
    scale, payment = np.array([[[share[1], share[0]]]]), float(one.terms["payment.amount"])

    def ends(factor: float) -> Ends:
        known = [(span.start, 1.0, 1.0), (span.finish, factor, factor)]
        columns = Columns(one.terms, span, [figure], _Bounded(known), None, [(own, own, False)], [own])
        if columns.walk_of[0] < 0:
            return math.nan, math.nan
        table = columns.dollars([0], 0, scale)[0, 0]
        return float(table[0]), float(table[1])

    def solve(wanted: float, corner: int) -> float:
        # the dollars at the end are nearly a line of the growth: a few steps along chords
        near, far = max(wanted / payment, 0.05), 1.2 * max(wanted / payment, 0.05) + 0.05
        at_near, at_far = ends(near)[corner], ends(far)[corner]
        for _ in range(20):
            if abs(at_far - at_near) < 1e-12 or abs(at_far - wanted) < 1e-9 * payment:
                break
            step = far + (wanted - at_far) * (far - near) / (at_far - at_near)
            near, at_near, far = far, at_far, max(step, 1e-4)
            at_far = ends(far)[corner]
        return far

    if not np.isfinite(ends(1.0)).all():
        return None
    return solve(low, 1), solve(high, 0)


def _contracts(contracts: Sequence[Contract], implied: Mapping[tuple[int, Figure], Ends]) -> list[Odd]:
    """A fund over the same days under two contracts: one growth must serve both."""
    found = []
    for ((n, one), own), ((m, other), its) in itertools.combinations(implied.items(), 2):
        if n == m or one.fund != other.fund or _days_of(one) != _days_of(other):
            continue
        if own[0] > its[1] * (1 + 1e-9) or its[0] > own[1] * (1 + 1e-9):
            said = (
                f"{shown(one, one.printed)} and {shown(other, other.printed)} of two contracts need growth of "
                f"{own[0]:.4f} to {own[1]:.4f} and {its[0]:.4f} to {its[1]:.4f}: no fund has both"
            )
            found.append(Odd("one fund under two contracts", (one.label, other.label), said))
    return found


def other_charge(own: Contract, other: Contract, growth: Known) -> Ends | None:
    """The charge of another contract, in its dollars, that the same funds over the same days of up to a year leave.

    The growth of each fund follows from the first contract's figure, the other's charge from that growth; their sum over
    the funds, where the shares sum to one.
    """
    implied = {}
    for figure in own.figures:
        span = figure.spans[0]
        if span is not None and (span.finish - span.start).days <= 366 and figure.fund in own.shares:
            ends = _growth_of(own, figure, span, growth)
            if ends is not None:
                implied[figure.fund, span] = ends
    found: dict[str, Ends] = {}
    for figure in other.figures:
        span = figure.spans[0]
        if span is not None and (figure.fund, span) in implied:
            least, most = implied[figure.fund, span]
            ends = _charge(other.terms, figure, span, least, most)
            if ends is not None:
                low, high = found.get(figure.fund, (0.0, math.inf))
                found[figure.fund] = max(low, ends[0]), min(high, ends[1])
    if set(found) != set(own.shares) or not found:
        return None
    dollars = float(other.terms["annual_charge.dollars"] or 0.0)
    return sum(low for low, _ in found.values()) * dollars, sum(high for _, high in found.values()) * dollars


def _charge(terms: Terms, figure: Figure, span: Span, least: float, most: float) -> Ends | None:
    """The share of the charge of one fund, by its growth and its return after charges."""
    own = Alternative((), terms, 0)
    levels = _Bounded([(span.start, 1.0, 1.0), (span.finish, least, most)])
    columns = Columns(terms, span, [figure], levels, None, [(own, own, False)], [own])
    if columns.walk_of[0] < 0:
        return None
    none, half = (columns.dollars([0], 0, np.array([[[k, k]]]))[0, 0] for k in (0.0, 0.5))
    slope = (half - none) / 0.5
    low, high = _dollars(terms, figure, span)
    if not np.isfinite(slope).all() or (slope >= 0).any():
        return None
    return max(float((high - none[0]) / slope[0]), 0.0), float((low - none[1]) / slope[1])


def _days_of(figure: Figure) -> tuple[Date, Date]:
    span = figure.spans[0]
    assert span is not None
    return span.start, span.finish


def _days(implied: Mapping[tuple[int, Figure], Ends], growth: Known) -> list[Odd]:
    """A period to a quarter end beside the same to a month end shortly after: the fund's months between must be likely."""
    found = []
    for (_, one), own in implied.items():
        start, finish = _days_of(one)
        if (one.fund, start, finish) in growth:
            continue
        for (fund, begin, end), (least, _, most) in growth.items():
            apart = (end - finish).days, (begin - start).days
            if fund != one.fund or not all(0 < abs(days) <= 62 for days in apart) or abs(apart[0] - apart[1]) > 4:
                continue
            if least / own[1] > MONTH**2 or own[0] / most > MONTH**2:
                said = (
                    f"{shown(one, one.printed)} to {finish} and the return before charges to {end} need the fund's value to "
                    f"move {least / own[1]:.2f} to {most / own[0]:.2f} times as much in the days between at one end as at "
                    "the other"
                )
                found.append(Odd("quarter end against month end", (one.label,), said))
    return found


def _years(before: Sequence[tuple[Figure, Span]], growth: Known) -> list[Odd]:
    """Returns of one fund over several periods to one day: the growth between their first days must be likely."""
    found = []
    labels = {(figure.fund, span.start, span.finish): figure for figure, span in before}
    by_end: dict[tuple[str, Date], list[tuple[Date, float, float]]] = {}
    for (fund, start, finish), (least, _, most) in growth.items():
        by_end.setdefault((fund, finish), []).append((start, least, most))
    for (fund, finish), starts in by_end.items():
        ordered = sorted(starts)
        for (first, low, high), (second, least, most) in itertools.pairwise(ordered):
            years = (second - first).days / 365.25
            ratio = low / most, high / least
            limit = MONTH * YEAR**years if years < 1 else YEAR**years
            if ratio[0] > limit or ratio[1] < 1 / limit:
                pair = [labels.get((fund, day, finish)) for day in (first, second)]
                said = (
                    f"{' and '.join(shown(one, one.printed) for one in pair if one)}: from {first} to {second} the fund "
                    f"would have grown {ratio[0]:.3f} to {ratio[1]:.3f} times"
                )
                found.append(Odd("periods against each other", tuple(one.label for one in pair if one), said))
    return found
