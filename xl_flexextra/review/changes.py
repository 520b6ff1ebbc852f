"""Why a figure is another one than in the update before: its change split into causes that add up.

The causes are switched one after the other, in a fixed order, and each takes the difference that its switch makes; so
they add up to the change, whatever the data. Order and meaning, from the update before to this one:

    revision        unit values of days that the update before knew already
    month dropped   the payment is made at the unit value of the later first day
    month added     the contract is redeemed at the unit value of the later last day
    anniversaries   the days of charges between them, the number of years and the contract year move on
    share           the sub-account's share of the charge
    charge          annual charge, rider, charges of the list, load, bonus and premium tax
    schedule        CDSC schedule, its base and order, and the free withdrawal amount
    other           what is left: other terms, the funds table

A dated term or share that takes effect between the two updates counts as charge, schedule, or share, not as time.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..calculation import charge_dates, contract_figures, page_walks, periods
from ..calculation.charge_schedule import charging_of, redemption_of
from ..calculation.contract_figures import ContractFigures
from ..calculation.page_walks import ContractReturn
from ..calculation.walk import redeem, walk
from ..errors import CellError, FlexExtraError
from ..inputs import fund_names
from ..inputs.remembered import parse
from ..inputs.shares import Shares
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from ..update.report import Report, Table, compute
from ..update.update_inputs import Inputs, TableSpec

Date = datetime.date
CAUSES = ("revision", "month dropped", "month added", "anniversaries", "share", "charge", "schedule", "other")
MEANING = {
    "revision": "unit values of days that the update before knew already",
    "month dropped": "the payment is made at the unit value of the later first day",
    "month added": "the contract is redeemed at the unit value of the later last day",
    "anniversaries": "the days of charges in between, the number of years and the contract year move on",
    "share": "the sub-account's share of the annual charge",
    "charge": "annual charge, rider, charges of the list, load, bonus, premium tax",
    "schedule": "CDSC schedule, base and order, free withdrawal amount",
    "other": "other terms and the funds table",
}
NEITHER = "no figure, before or now"
TRACE = 1e-13  # what is left of doubles where a cause changes nothing; printed digits end at 1e-4
_CHARGE, _SCHEDULE = ("annual_charge.", "rider.", "charge.", "payment.", "premium_tax."), ("cdsc.", "free_withdrawal.")


@dataclasses.dataclass(frozen=True)
class Change:
    """One figure of two updates, as fractions; ``parts`` by cause. ``note`` says why there is no attribution."""

    table: str
    contract: str
    fund: str
    period: str
    old_as_of: Date | None
    new_as_of: Date
    old: float | None
    new: float | None
    parts: dict[str, float]
    note: str = ""

    @property
    def change(self) -> float:
        """New less old; 0 where one of them is missing."""
        return self.new - self.old if self.new is not None and self.old is not None else 0.0


def changes(old: Inputs, new: Inputs) -> list[Change]:
    """Every figure of the new update's tables beside the same figure of the old one."""
    before, after = compute(_bare(old)), compute(_bare(new))
    earlier = {_key(t.spec): t for t in before.tables}
    found: list[Change] = []
    for table in after.tables:
        found += _table(old, new, earlier.get(_key(table.spec)), table)
    return found


def order_note(before: Date, now: Date) -> str:
    """A sentence where the update before is the later one; else nothing."""
    if before <= now:
        return ""
    return f"The update before is of {before}, later than this one of {now}: changes are shown backwards; swap the two."


def previous_month(inputs: Inputs) -> Inputs:
    """The same inputs one month earlier: the update before, as far as unit values reach back."""
    end = inputs.as_of.replace(day=1) - datetime.timedelta(days=1)
    return dataclasses.replace(inputs, unit_values=inputs.unit_values.until(end), as_of=end, published=())


def report_before(inputs: Inputs) -> Report:
    """The update of one month earlier, computed."""
    return compute(previous_month(inputs))


def _bare(inputs: Inputs) -> Inputs:
    return dataclasses.replace(inputs, published=())


def _key(spec: TableSpec) -> tuple[str, str]:
    return spec.id, spec.contract_code


def _table(old: Inputs, new: Inputs, earlier: Table | None, table: Table) -> Iterable[Change]:
    stages = _Stages(old, new, earlier, table) if earlier is not None else None
    for row, fund in enumerate(table.grid.row_labels()):
        for column, code in enumerate(table.spec.periods):
            value = table.values[row, column]
            now = value if isinstance(value, float) else None
            then: float | None = None
            parts: dict[str, float] = {}
            note = "new table" if stages is None else ""
            if stages is not None:
                then, parts, note = stages.attribute(fund, code, now)
            yield Change(
                table.spec.id, table.spec.contract_code, fund, periods.parse(code).printed,
                earlier.as_of if earlier else None, table.as_of, then, now, parts, note,
            )  # fmt: skip


class _Stages:
    """One table of both updates, and the inputs of each stage between them."""

    def __init__(self, old: Inputs, new: Inputs, earlier: Table, table: Table) -> None:
        self.earlier, self.table = earlier, table
        was, now = earlier.spec.contract, table.spec.contract
        then, charges = earlier.as_of, table.spec.charges
        revised = _revised(old.unit_values, new.unit_values, old.unit_values.dates[-1])
        frozen = _in_force(was, then)
        shares = _shares_in_force(old, then)

        def grid(terms: Terms, values: UnitValues, as_of: Date, shares: Shares | None, funds: Any) -> ContractFigures:
            return contract_figures.figures_of(terms, values, as_of, shares, funds, charges)

        self.revised = grid(was, revised, then, old.shares, old.funds)
        self.moved = grid(frozen, new.unit_values, table.as_of, shares, old.funds)
        charged = _with(frozen, now, _CHARGE)
        scheduled = _with(charged, now, _SCHEDULE)
        self.later = [
            ("share", grid(frozen, new.unit_values, table.as_of, new.shares, old.funds)),
            ("charge", grid(charged, new.unit_values, table.as_of, new.shares, old.funds)),
            ("schedule", grid(scheduled, new.unit_values, table.as_of, new.shares, old.funds)),
        ]

    def attribute(self, fund: str, code: str, now: float | None) -> tuple[float | None, dict[str, float], str]:
        """The old figure, the parts of the change, and why there are none."""
        wanted = periods.parse(code).printed
        old_code = next((c for c in self.earlier.spec.periods if periods.parse(c).printed == wanted), "")
        if not old_code:
            return None, {}, "new column"
        try:
            then = _value(self.earlier.grid, fund, old_code)
        except FlexExtraError as error:
            return None, {}, NEITHER if now is None else f"new figure: {error}"
        if now is None:
            return then, {}, "no figure now"
        try:
            return then, self._parts(fund, old_code, code, then, now), ""
        except FlexExtraError as error:
            return then, {"other": now - then}, f"not split further: {error}"

    def _parts(self, fund: str, old_code: str, code: str, then: float, now: float) -> dict[str, float]:
        revised = self.revised.result(fund, old_code)
        moved = self.moved.result(fund, code)
        values = revised.unit_values.copy()
        steps = [("revision", revised.value)]
        values[0] = moved.unit_values[0]
        steps.append(("month dropped", rewalk(self.revised, revised, values)))
        values[-1] = moved.unit_values[-1]
        steps.append(("month added", rewalk(self.revised, revised, values)))
        steps.append(("anniversaries", moved.value))
        steps += [(cause, _value(grid, fund, code)) for cause, grid in self.later]
        steps.append(("other", now))
        parts, last = {}, then
        for cause, value in steps:
            parts[cause] = 0.0 if abs(value - last) < TRACE else value - last
            last += parts[cause]
        return parts


def _value(grid: ContractFigures, fund: str, code: str) -> float:
    """One figure, of the column that its grid computes once for all funds; one that stays blank is an error."""
    value = grid.figure(fund, code)
    return value if value == value else grid.result(fund, code).value


def rewalk(grid: ContractFigures, result: ContractReturn, unit_values: np.ndarray) -> float:
    """The return of a walk over the same days, charges and years, with other unit values."""
    terms, finish, stated = grid.terms, result.finish, result.period.stated
    if grid.charges == "asset":
        return float(page_walks.total_return(terms, unit_values[0], unit_values[-1], result.years, stated))
    redeemed = grid.charges == "all"
    days = charge_dates.charge_dates(terms, result.start, finish, redeemed=redeemed)

    def share(day: Date) -> float:
        return grid.shares.on(result.fund, day, grid.funds) if grid.shares is not None else 0.0

    invested, charging = charging_of(terms, days, result.payment, share)
    path = walk(unit_values, invested, charging)
    end = path.value[-1]
    if redeemed:
        end = redeem(path, redemption_of(terms, result.start, finish, result.payment, days)[1]).erv
    return float(page_walks.total_return(terms, result.payment, end, result.years, stated))


# --- inputs of the stages ------------------------------------------------------------------------------------------------


def _revised(old: UnitValues, new: UnitValues, last: Any) -> UnitValues:
    """The old update's unit values with what is known of the same days now; what is gone keeps its old value."""
    known = new.until(last.item())
    days = sorted({*old.dates.tolist(), *known.dates.tolist()})
    rank = {day: i for i, day in enumerate(days)}
    merged = np.full((len(days), len(old.funds)), np.nan)
    errors: dict[tuple[int, int], CellError] = {}
    for source in (old, known):
        for column, fund in enumerate(source.funds):
            if len(mine := fund_names.named(fund, old.funds)) == 1:
                when, values = source.series(column)
                merged[[rank[day] for day in when.tolist()], old.funds.index(mine[0])] = values
        for (row, column), error in source.errors.items():
            if len(mine := fund_names.named(source.funds[column], old.funds)) == 1:
                place = rank[source.dates[row].item()], old.funds.index(mine[0])
                merged[place], errors[place] = np.nan, error
    return UnitValues(days, old.funds, merged, errors)


def _in_force(terms: Terms, last: Date) -> Terms:
    """Terms without the changes that take effect after a day."""
    return Terms(terms.given, [c for c in terms.changes if c[0] <= last], terms.sources)


def _shares_in_force(inputs: Inputs, last: Date) -> Shares | None:
    """Shares without the rows that take effect after a day."""
    if inputs.shares is None or not inputs.share_rows or len(inputs.share_rows[0]) != 3:
        return inputs.shares
    header, *body = inputs.share_rows
    kept = [row for row in body if row[0] is None or row[0] <= last]
    shares: Shares | None = parse("shares", "shares", [list(header), *map(list, kept)]) if kept else None
    return shares


def _with(base: Terms, other: Terms, stems: tuple[str, ...]) -> Terms:
    """``base`` with the other terms' keys that begin with one of ``stems``, dated changes included."""

    def theirs(values: Any) -> dict[str, Any]:
        return {k: v for k, v in values.items() if k.startswith(stems)}

    given = {k: v for k, v in base.given.items() if not k.startswith(stems)} | theirs(other.given)
    dated: dict[Date, dict[str, Any]] = {}
    for day, values in base.changes:
        dated.setdefault(day, {}).update({k: v for k, v in values.items() if not k.startswith(stems)})
    for day, values in other.changes:
        dated.setdefault(day, {}).update(theirs(values))
    return Terms(given, [(day, values) for day, values in dated.items() if values])


__all__ = ["CAUSES", "MEANING", "Change", "changes", "order_note", "previous_month", "report_before", "rewalk"]
