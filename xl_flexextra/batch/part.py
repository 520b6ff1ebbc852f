"""One part of a batch: some contracts to some month ends, from its own reading of the inputs to its files."""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..calculation import measured, periods, tie_out
from ..calculation.contract_figures import ContractFigures
from ..calculation.many_contracts import Block, Contract, Figures
from ..cells.rounding import rounded, rounded_by
from ..errors import FlexExtraError
from ..inputs import fund_names
from ..inputs.input_tables import Published
from ..inputs.measures import RETURN
from ..terms import Terms
from . import written
from .contracts import Inputs, Listed, contract
from .plan import Plan, TableOf, usual

Date = datetime.date
INCEPTIONS = "fund_inception", "subaccount_inception"


def inceptions_of(listed: Listed) -> tuple[bool, ...]:
    """Whether all inceptions of its funds are known, and all of its sub-accounts."""
    return tuple(listed.has_all(name) for name in INCEPTIONS)


@dataclass(frozen=True)
class Part:
    """Some contracts to some month ends; where the plan names no tables, inceptions are known of all or of none."""

    number: int
    contracts: tuple[Listed, ...]
    days: tuple[Date, ...]

    def tables(self, plan: Plan) -> tuple[TableOf, ...]:
        """The tables of its contracts: those of the plan, or the usual ones."""
        return plan.tables or usual(*inceptions_of(self.contracts[0]))

    def figures(self, plan: Plan) -> int:
        """How many figures it has."""
        rows = sum(len(one.funds) - 1 for one in self.contracts)
        return rows * sum(len(table.days(self.days)) * len(table.periods) for table in self.tables(plan))


@dataclass
class _Loaded:
    """Some contracts, read; ``lost`` have no figures at all, with the reason."""

    contracts: list[tuple[Listed, Contract]]
    lost: list[tuple[Listed, FlexExtraError]]
    block: Block
    published: dict[str, Any]


@functools.lru_cache(maxsize=2)  # as known now and then
def _inputs(plan: Plan) -> Inputs:
    return Inputs(plan, known=True)


def _load(plan: Plan, listed: tuple[Listed, ...]) -> _Loaded:
    """Some contracts with all their inputs, of which only their rows are read."""
    inputs = _inputs(plan)
    codes = [one.code for one in listed]
    of_terms, shares = inputs.terms_of(listed), inputs.shares_of(codes)
    wanted = dict.fromkeys(code for one in listed for code in [*one.sub_accounts, *_predecessors(one)])
    series = inputs.unit_values(list(wanted), plan.month_ends[-1])
    found: list[tuple[Listed, Contract]] = []
    lost: list[tuple[Listed, FlexExtraError]] = []
    for one in listed:
        try:
            found.append((one, contract(one, of_terms[one.terms], shares.get(one.code), series)))
        except FlexExtraError as error:
            lost.append((one, error.with_traceback(None)))
    published = inputs.published_of(codes) if plan.tie_outs else {}
    return _Loaded(found, lost, Block([one for _, one in found]), published)


_HELD: dict[bool, tuple[Any, _Loaded]] = {}  # the parts of one group of contracts follow each other


def _loaded(plan: Plan, listed: tuple[Listed, ...], then: bool = False) -> _Loaded:
    """Some contracts, read once for the parts of them; the group before is let go first. ``then``: as known earlier."""
    held = _HELD.get(then)
    if held is None or held[0] != (plan, listed):
        held = None
        _HELD.pop(then, None)
        _HELD[then] = (plan, listed), _load(plan, listed)
    return _HELD[then][1]


def _predecessors(one: Listed) -> list[str]:
    """The sub-accounts whose histories those of a contract carry on."""
    names = [str(name).strip().lower() for name in one.funds[0]]
    if "predecessor" not in names:
        return []
    place = names.index("predecessor")
    return [str(row[place]) for row in one.funds[1:] if row[place]]


def run(plan: Plan, part: Part) -> written.Done:
    """Compute a part and write its files, each at once or not at all; its note of being done comes last."""
    loaded = _loaded(plan, part.contracts)
    figures, errors, walks = written.Figures(), written.Errors(), written.Walks()
    found: dict[str, tuple[list[Date], Figures]] = {}
    for one, error in loaded.lost:
        errors.add(one.code, "", None, "", "", error)
    by_contract: dict[int, list[int]] = {}
    for row, (place, _) in enumerate(loaded.block.rows):
        by_contract.setdefault(place, []).append(row)
    for table in part.tables(plan):
        days = table.days(part.days)
        if not days or not loaded.contracts:
            continue
        answer = loaded.block.figures(table.charges, table.periods, days)
        found[table.id] = days, answer
        for place, (listed, own) in enumerate(loaded.contracts):
            rows = by_contract.get(place, [])
            values = answer.values[:, :, rows]
            funds = [loaded.block.rows[row][1] for row in rows]
            figures.add(listed.code, table.id, days, funds, table.periods, values, printed(own.terms, values))
            if listed.code in plan.walks:
                _walks(walks, listed, own, table, days, funds)
        for d, p, row in sorted(answer.errors, key=lambda at: (at[2], at[0], at[1])):
            place, fund = loaded.block.rows[row]
            code = loaded.contracts[place][0].code
            errors.add(code, table.id, days[d], fund, table.periods[p], answer.errors[d, p, row])
    ties = written.Ties()
    _tie(plan, part, loaded, found, ties, errors)
    tables: list[written.Columns] = [figures, errors]
    tables += [ties] if plan.given("published") and plan.tie_outs else []
    tables += [walks] if plan.walks else []
    tables += [_revised(plan, part, found)] if plan.since else []
    files = written.write(plan.out, part.number, tables)
    done = written.Done(part.number, part.figures(plan), len(errors), files)
    written.note(plan.out, done)
    return done


def printed(terms: Terms, values: np.ndarray) -> np.ndarray:
    """Returns as fractions of the decimals with which the terms print them."""
    decimals, rule = terms["rounding.decimals"] + 2, terms["rounding.rule"]
    if rule == "half_away":
        return np.asarray(rounded(values, decimals))
    flat = [value if value != value else rounded_by(value, decimals, rule) for value in values.ravel().tolist()]
    return np.array(flat).reshape(values.shape)


def _walks(walks: written.Walks, listed: Listed, own: Contract, table: TableOf, days: list[Date], funds: list[str]) -> None:
    """The walk behind each figure of a contract, date by date; where there is no figure there is none."""
    for day in days:
        grid = ContractFigures(own.terms, own.unit_values, day, own.shares, own.funds, table.charges)
        for fund in funds:
            for code in table.periods:
                try:
                    walks.add(listed.code, table.id, day, fund, code, grid.result(fund, code))
                except FlexExtraError:
                    continue  # a row of the errors says why


def _tie(
    plan: Plan,
    part: Part,
    loaded: _Loaded,
    found: dict[str, tuple[list[Date], Figures]],
    ties: written.Ties,
    errors: written.Errors,
) -> None:
    """Published figures of the part's days beside the computed ones."""
    places = {(place, fund_names.key(fund)): row for row, (place, fund) in enumerate(loaded.block.rows)}
    tables = part.tables(plan)
    for place, (listed, own) in enumerate(loaded.contracts):
        printed_ones = loaded.published.get(listed.code, ())
        if isinstance(printed_ones, FlexExtraError):
            errors.add(listed.code, "", None, "", "", printed_ones)
            continue
        mine = [one for one in printed_ones if one.as_of in part.days]
        tied = [
            tie_out.tie(
                one,
                _recomputed(tables, own, one, found, lambda fund, place=place: places.get((place, fund_names.key(fund)))),  # type: ignore[misc]
                own.terms["rounding.decimals"],
                own.terms["rounding.rule"],
            )
            for one in mine
        ]
        ties.add(listed.code, tie_out.with_neighbours(tied))


def _recomputed(
    tables: Sequence[TableOf], own: Contract, figure: Published, found: dict[str, tuple[list[Date], Figures]], row_of: Any
) -> Any:
    """A published figure as the part has it in a table, else computed for itself, by its table's charges and period where
    that has one; or its error."""
    wanted = figure.period and periods.parse(figure.period).printed
    charges = figure.charges or next((one.charges for one in tables if one.id == figure.table), "all")
    code = figure.period
    for table in tables if figure.unit.name == RETURN else ():
        codes = {periods.parse(one).printed: one for one in table.periods}
        if table.id != figure.table or charges != table.charges or wanted not in codes:
            continue
        code = codes[wanted]
        days, answer = found.get(table.id, ([], None))
        row = row_of(own.funds.own_code(figure.fund) if own.funds else figure.fund)
        if answer is not None and figure.as_of in days and row is not None:
            at = days.index(figure.as_of), table.periods.index(code), row
            return answer.errors.get(at, float(answer.values[at]))
    asked = figure.unit.name, own.terms, own.unit_values, figure.fund, figure.as_of, code
    try:
        value = measured.figure(*asked, own.shares, own.funds, charges, figure.charge)
    except FlexExtraError as error:
        return error.with_traceback(None)
    return float("nan") if isinstance(value, str) else value


def _revised(plan: Plan, part: Part, found: dict[str, tuple[list[Date], Figures]]) -> written.Revised:
    """The figures that are others than from the values known then, each with the revised unit values that it needs."""
    now, then = (
        _loaded(plan, part.contracts),
        _loaded(replace(plan, as_known=plan.since, since=""), part.contracts, then=True),
    )
    revised, old_rows, rows = written.Revised(), {row: place for place, row in enumerate(_names(then))}, _names(now)
    places = np.array([old_rows.get(row, -1) for row in rows], dtype=np.int64)
    for table in part.tables(plan):
        if table.id not in found or not then.contracts:
            continue
        days, after = found[table.id]
        before = then.block.figures(table.charges, table.periods, days)
        old = np.where(places >= 0, before.values[:, :, places], np.nan)
        differ = (old != after.values) & ~(np.isnan(old) & np.isnan(after.values))
        for d, p, row in np.argwhere(differ).tolist():
            why = _why(now, then, table, days[d], table.periods[p], row, int(places[row]))
            code, fund = rows[row]
            values = float(old[d, p, row]), float(after.values[d, p, row])
            revised.add(code, table.id, days[d], fund, table.periods[p], *values, why)
    return revised


def _names(loaded: _Loaded) -> list[tuple[str, str]]:
    """Contract and fund of each row."""
    return [(loaded.contracts[place][0].code, fund) for place, fund in loaded.block.rows]


def _why(now: _Loaded, then: _Loaded, table: TableOf, day: Date, code: str, row: int, old_row: int) -> str:
    """The unit values of a figure's walk that were revised, or why it could not be computed once or now."""
    results: list[Any] = []
    for loaded, at in ((then, old_row), (now, row)):
        if at < 0:
            return "the contract had no figures then"
        try:
            results.append(loaded.block.grid(at, day, table.charges).result(loaded.block.rows[at][1], code))
        except FlexExtraError as error:
            results.append(str(error))
    before, after = results
    if isinstance(before, str) or isinstance(after, str):
        return f"then: {before}" if isinstance(before, str) else f"now: {after}"
    if before.dates != after.dates:
        return f"the period began on {before.start} then, and on {after.start} now"
    changed = [
        f"{on}: {old!r} → {new!r}"
        for on, old, new in zip(after.dates, before.unit_values.tolist(), after.unit_values.tolist(), strict=True)
        if old != new
    ]
    return "; ".join(changed) or "no unit value of it; other inputs"


def contract_of(plan: Plan, listed: Listed) -> Contract:
    """One contract with its inputs, for its workbook.

    Raises:
        FlexExtraError: why it has no figures.
    """
    loaded = _loaded(plan, (listed,))
    for _, error in loaded.lost:
        raise error
    return loaded.contracts[0][1]


def published_of(plan: Plan, listed: Listed) -> tuple[Published, ...]:
    """The published figures of one contract, under its own code."""
    found = _loaded(plan, (listed,)).published.get(listed.code, ())
    return (
        () if isinstance(found, FlexExtraError) else tuple(dataclasses.replace(one, contract=listed.code) for one in found)
    )
