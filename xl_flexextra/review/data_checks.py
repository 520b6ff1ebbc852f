"""Whether the unit values can be relied on: complete, moving, in line with other evidence.

Each check gives findings, one sentence each; an empty list means that nothing was found, not that nothing is wrong.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..calculation import periods
from ..calculation.taken import Array
from ..cells.rounding import percent_text
from ..errors import FlexExtraError, UnfitValue
from ..inputs import fund_names, series_checks
from ..inputs.funds import Funds
from ..inputs.series_checks import USUAL
from ..inputs.substitutions import splice
from ..inputs.unit_values import UnitValues
from ..update.report import compute
from ..update.update_inputs import Inputs

Date = datetime.date
AGREEMENT = 5e-7  # unit values are published to six decimals
REASONABLE = 0.0025  # a year: fund expenses, timing and rounding apart
OK, LOOK, OFF, ABSENT, NOTHING = "nothing found", "look", "off", "not given", "nothing compared"
NOTE = "note"  # a finding that asks for nothing


@dataclass(frozen=True)
class Finding:
    """One finding: which check, which fund, what was found; ``level`` is look or off."""

    check: str
    fund: str
    day: Date | None
    found: str
    level: str = LOOK


@dataclass(frozen=True)
class Coverage:
    """What there is of one fund, and what of it the update uses. The dates of a fund without any value are None.

    ``carried_on_by``: the funds of the page that replaced this one, which is not on the page."""

    fund: str
    first: Date | None
    last: Date | None
    count: int
    used: int
    exact: int
    oldest_days: int
    largest_move: float
    largest_on: Date | None
    carried_on_by: str = ""


def coverage(inputs: Inputs) -> list[Coverage]:
    """For each fund of the page: days with a value, days used, how many found on the very day, the largest move.

    A substituted fund's days used are those of its whole history. Behind the page's funds stand the predecessors that
    it does not show, each with the days that are used of it.
    """
    values, funds = inputs.unit_values, inputs.funds
    spliced = splice(values, funds).unit_values
    used = days_used(inputs)
    rows = []
    for fund in funds.items:
        column = values.column(fund.code, funds)
        rows.append(_covered(fund.code, values.series(column), spliced.series(column), used.get(fund.code, set())))
    shown = {values.column(fund.code, funds) for fund in funds.items}
    resting: dict[int, set[Date]] = {values.column(fund, funds): days for fund, days in used.items()}
    behind: dict[int, list[str]] = {}
    for fund in reversed(funds.rows_in_order_of_substitution()):
        if fund.predecessor is None or fund.substituted_on is None:
            continue
        new, old = values.column(fund.code, funds), values.column(fund.predecessor, funds)
        before = {day for day in resting.get(new, ()) if day < fund.substituted_on}
        resting[old] = resting.get(old, set()) | before
        if old not in shown:
            behind.setdefault(old, []).append(fund.code)
    for column, codes in behind.items():
        own = values.series(column)
        rows.append(_covered(values.funds[column], own, own, resting[column], ", ".join(codes)))
    return rows


Series = tuple[Any, Any]  # dates and values


def _covered(fund: str, own: Series, history: Series, used: set[Date], carried_on_by: str = "") -> Coverage:
    """One row: counts and moves of a fund's ``own`` values, days used of its whole ``history``."""
    days, values = own
    if not len(days):
        return Coverage(fund, None, None, 0, 0, 0, 0, 0.0, None, carried_on_by)
    moves = np.abs(np.diff(values) / values[:-1]) if len(values) > 1 else np.zeros(1)
    place = int(np.argmax(moves))
    have = set(history[0].tolist())
    first, last, moved = days[0].item(), days[-1].item(), days[min(place + 1, len(days) - 1)].item()
    oldest = max((_age(history[0], day) for day in used), default=0)
    exact = sum(day in have for day in used)
    return Coverage(fund, first, last, len(days), len(used), exact, oldest, float(moves[place]), moved, carried_on_by)


def _age(days: Any, day: Date) -> int:
    place = int(np.searchsorted(days, np.datetime64(day), side="right")) - 1
    return int((np.datetime64(day) - days[max(place, 0)]).astype(int))


def days_used(inputs: Inputs) -> dict[str, set[Date]]:
    """The calendar days whose unit values the figures of the update rest on, by fund."""
    used: dict[str, set[Date]] = {}
    for table in compute(inputs).tables:
        for fund in table.grid.row_labels():
            for code in table.spec.periods:
                try:
                    used.setdefault(fund, set()).update(table.grid.result(fund, code).dates)
                except FlexExtraError:
                    continue  # the figure itself says what is missing
    return used


def series_findings(values: UnitValues, holidays: Sequence[Date] = ()) -> list[Finding]:
    """Months without a value, values that do not move, and jumps."""
    found: list[Finding] = []
    for column, fund in enumerate(values.funds):
        days, series = values.series(column)
        listed, change = days.tolist(), series_checks.changes(series)
        for place in series_checks.gaps(days).tolist():
            a, b = listed[place - 1], listed[place]
            months = (b.year - a.year) * 12 + b.month - a.month
            missing = f"{months - 1} month(s)" if months > 1 else f"{(b - a).days} days"
            text = f"no value for {missing} after {a}"
            found.append(Finding("gap", fund, b, text))
        for place in series_checks.stale(days, series, holidays=holidays)[1].tolist():
            text = f"{series[place]:.6f} again, {USUAL.repeats + 1} times in a row"
            found.append(Finding("stale", fund, listed[place], text))
        for place in series_checks.jumps(series).tolist():
            found.append(Finding("jump", fund, listed[place], f"{change[place - 1]:+.2%} since {listed[place - 1]}"))
    return found


def input_findings(inputs: Inputs) -> list[Finding]:
    """Cells of unit values and shares that hold what can be none, shares that sum to another number than one, closed funds,
    old rates."""
    values, found = inputs.unit_values, []
    for (row, column), cell in sorted(values.errors.items()):
        if isinstance(cell, UnfitValue):
            fund, day = values.funds[column], values.dates[row].item()
            found.append(Finding("cell", fund, day, f"the unit value of {fund} on {day} is {cell.said}."))
    for day, fund, cell in inputs.shares.rows() if inputs.shares is not None else ():
        if isinstance(cell, UnfitValue):
            found.append(Finding("cell", fund, day, f"the share of {fund}{f' from {day}' if day else ''} is {cell.said}."))
    by_share = any(charge.base == "share" for one in inputs.contracts for charge in one.charges)
    if inputs.shares is not None and by_share:
        for day, total in inputs.shares.other_sums(inputs.funds, inputs.as_of):
            when = "" if day == Date.min else f" from {day}"
            more = total > 1.0
            action = (
                "give 0 to a fund that has left, or correct them"
                if more
                else "nothing to do if the others are of funds that are not here"
            )
            held = inputs.shares.in_sum(day, inputs.funds)
            found.append(
                Finding("shares", "", None, f"the shares sum to {total:.6g}{when}{held}; {action}.", LOOK if more else NOTE)
            )
    return found + _closed(inputs) + _old_rates(inputs)


def _closed(inputs: Inputs) -> list[Finding]:
    """Funds that closed before the last day, whose figures are left empty; values behind the day on which one did."""
    found = []
    for fund in inputs.funds.items:
        if fund.closed_on is None:
            continue
        days = inputs.unit_values.series(inputs.unit_values.column(fund.code, inputs.funds))[0]
        if len(later := days[days > np.datetime64(fund.closed_on)]):
            what = f"{fund.code} closed on {fund.closed_on} (closed_on), and has unit values after it, first on {later[0]}"
            found.append(Finding("closed", fund.code, later[0].item(), f"{what}; correct one of the two."))
        elif fund.closed_on < inputs.as_of:
            what = f"{fund.code} closed on {fund.closed_on}; its figures to later days are left empty"
            found.append(Finding("closed", fund.code, fund.closed_on, f"{what}, and nobody has to wait for them.", NOTE))
    return found


def _old_rates(inputs: Inputs) -> list[Finding]:
    """That the declared rates end before the update is first used."""
    days = [day for row in inputs.rate_rows[1:] if isinstance(day := row[0] if row else None, Date)]
    first = inputs.as_of + datetime.timedelta(days=1)
    if not days or max(days) >= first:
        return []
    what = f"the declared interest rates end with those of {max(days)}, before the first day of use, {first}"
    return [Finding("rates", "", max(days), f"{what}; give newer ones, or nothing if they still hold.", NOTE)]


def revisions(values: UnitValues, before: UnitValues) -> list[Finding]:
    """Values of days that an earlier load had already, and that are others now."""
    found = []
    for fund, day, now, then in _pairs(values, before):
        if now != then:
            found.append(Finding("revision", fund, day, f"{then:.6f} became {now:.6f} ({now / then - 1:+.4%})", OFF))
    return found


def second_source(values: UnitValues, other: UnitValues) -> tuple[int, list[Finding]]:
    """How many values a second source has too, and those that differ by more than ``AGREEMENT``."""
    pairs = list(_pairs(values, other))
    found = [
        Finding("second source", fund, day, f"{ours:.6f} here, {theirs:.6f} there", OFF)
        for fund, day, ours, theirs in pairs
        if abs(ours - theirs) > AGREEMENT
    ]
    return len(pairs), found


def reperformed(
    values: UnitValues, navs: UnitValues, distributions: Mapping[tuple[str, Date], float], charge: float
) -> tuple[int, list[Finding]]:
    """Each unit value from the one before: x ((NAV + distributions) / NAV before − charge / 365 x days).

    ``distributions`` by fund and day: each counts to the first NAV on or after its day, as in the net investment factor.
    ``charge`` is the separate account charge a year. Gives how many were recomputed, and those that differ relatively
    by more than ``AGREEMENT``.
    """
    count, found = 0, []
    for fund in navs.funds:
        if not (mine := fund_names.named(fund, values.funds)):
            continue
        days, series = navs.series(navs.column(fund))
        column = values.column(mine[0])
        known = dict(zip(values.series(column)[0].tolist(), values.series(column)[1].tolist(), strict=True))
        listed = days.tolist()
        paid = [(day, amount) for (name, day), amount in distributions.items() if fund_names.same(name, fund)]
        for place in range(1, len(listed)):
            a, b = listed[place - 1], listed[place]
            if a not in known or b not in known:
                continue
            count += 1
            growth = (series[place] + sum(amount for day, amount in paid if a < day <= b)) / series[place - 1]
            expected = known[a] * (growth - charge / 365.0 * (b - a).days)
            if abs(expected / known[b] - 1.0) > AGREEMENT:
                found.append(
                    Finding("re-performance", fund, b, f"{known[b]:.6f} here, {expected:.6f} from NAV and charge", OFF)
                )
    return count, found


def reasonable(inputs: Inputs, fund_returns: Mapping[tuple[str, str], float], charge: float) -> tuple[int, list[Finding]]:
    """Returns of unit values against the funds' own: (1 + R)(1 − charge) − 1 a year, within ``REASONABLE``."""
    table = compute(inputs).tables[0]
    count, found = 0, []
    for (fund, period), published in fund_returns.items():
        code = next((c for c in table.spec.periods if periods.parse(c).printed == periods.parse(period).printed), period)
        result = table.grid.result(fund, code)
        count += 1
        expected = (1.0 + published) * (1.0 - charge) ** min(result.years, 1.0) - 1.0
        if abs(expected - result.value) > REASONABLE:
            here, theirs, funds = map(percent_text, (result.value, expected, published))
            text = f"{here} here, {theirs} from the fund's {funds} less the charge"
            found.append(Finding("reasonableness", fund, result.finish, f"{period}: {text}"))
    return count, found


def _pairs(values: UnitValues, other: UnitValues) -> list[tuple[str, Date, float, float]]:
    pairs = []
    for column, fund in enumerate(values.funds):
        theirs_is = fund_names.named(fund, other.funds)
        if len(theirs_is) != 1:
            continue
        place = other.funds.index(theirs_is[0])
        theirs: dict[Date, Array] = dict(zip(other.series(place)[0].tolist(), other.series(place)[1].tolist(), strict=True))
        days, series = values.series(column)
        pairs += [(fund, d, v, theirs[d]) for d, v in zip(days.tolist(), series.tolist(), strict=True) if d in theirs]
    return pairs


@dataclass(frozen=True)
class Check:
    """One check of the data: how many values it looked at, and what it found; ``given`` says whether it could be done."""

    name: str
    question: str
    given: bool
    compared: int
    findings: tuple[Finding, ...]

    @property
    def state(self) -> str:
        """``not given``, ``nothing compared``, ``nothing found``, ``look`` or ``off``."""
        if not self.given:
            return ABSENT
        if not self.findings:
            return OK if self.compared else NOTHING
        return OFF if any(f.level == OFF for f in self.findings) else LOOK


@dataclass(frozen=True)
class Evidence:
    """What there is besides the unit values themselves: an earlier load, a second source, NAVs, fund returns."""

    before: UnitValues | None = None
    second: UnitValues | None = None
    navs: UnitValues | None = None
    distributions: Mapping[tuple[str, Date], float] | None = None
    fund_returns: Mapping[tuple[str, str], float] | None = None

    def coded(self, funds: Funds) -> Evidence:
        """The same under the funds' codes, whatever names they came under."""
        before, second, navs = (one and one.coded(funds) for one in (self.before, self.second, self.navs))
        paid = self.distributions and {(funds.own_code(fund), day): one for (fund, day), one in self.distributions.items()}
        return replace(self, before=before, second=second, navs=navs, distributions=paid)


def checks(inputs: Inputs, evidence: Evidence) -> list[Check]:
    """Every check, done as far as there is evidence."""
    values, charge = inputs.unit_values, inputs.contracts[0]["separate_account.charge"]
    evidence = evidence.coded(inputs.funds)
    before, second, navs, returns = evidence.before, evidence.second, evidence.navs, evidence.fund_returns
    paid = evidence.distributions or {}
    done: list[tuple[str, str, bool, Callable[[], tuple[int, list[Finding]]]]] = [
        (
            "revisions", "Are values of earlier days still what they were at the load before?", before is not None,
            lambda: (len(_pairs(values, before)), revisions(values, before)) if before is not None else NONE,
        ),
        (
            "second source", "Does a second source have the same?", second is not None,
            lambda: second_source(values, second) if second is not None else NONE,
        ),
        (
            "re-performance", "Do NAV and distributions, less the daily charge, give each value from the one before?",
            navs is not None and charge is not None,
            lambda: reperformed(values, navs, paid, charge) if navs and charge is not None else NONE,
        ),
        (
            "reasonableness",
            "Do the funds' own published returns, less the separate account charge, give the same returns?",
            returns is not None and charge is not None,
            lambda: reasonable(inputs, returns, charge) if returns and charge is not None else NONE,
        ),
    ]  # fmt: skip
    rows = _series_checks(values, [day for day, _ in inputs.holidays])
    for name, question, given, check in done:
        compared, found = check() if given else NONE
        rows.append(Check(name, question, given, compared, tuple(found)))
    return rows


NONE: tuple[int, list[Finding]] = (0, [])


def _series_checks(values: UnitValues, holidays: Sequence[Date]) -> list[Check]:
    """The checks that need no evidence but the values themselves."""
    found = series_findings(values, holidays)
    counts = np.count_nonzero(~np.isnan(values.values), axis=0)
    count = int(counts[counts > 1].sum())  # a single value has none before it that it could be compared with
    return [
        Check(name, question, True, count, tuple(f for f in found if f.check == kind))
        for name, kind, question in (
            (
                "gaps",
                "gap",
                "Is there a value for every month in between, of daily values for every week?",
            ),
            ("stale values", "stale", f"Does a value stand more than {USUAL.repeats} times in a row?"),
            ("jumps", "jump", f"Does a value move by more than {USUAL.jump:.0%} at once?"),
        )
    ]
