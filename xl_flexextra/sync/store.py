"""The fund-data store: every version of every value with its load, so that a past report can be rebuilt as it was."""

from __future__ import annotations

import dataclasses
import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..cells.scalars import nearest, to_date
from ..errors import BadInput, MissingData
from ..files import atomic, csv_text, targets
from ..inputs.fund_names import FundNames, key, named, names_before
from ..sources import mapping
from ..sources.column_kinds import DATE, NUMBER, TEXT, named_as_date
from ..sources.read import read_source
from ..sources.source import Source, choose, simple
from . import versions
from .fit.task import FUND_NAMES, VALUE_NAMES, find_column
from .row_matching import stands_for
from .store_tables import VERSION, Tables, file_of, names_alike, opened, url_of, versions_of
from .versions import Values


@dataclass(frozen=True, slots=True)
class Load:
    """One load: its number, when and by whom, from where, and what it brought."""

    number: int
    at: str
    who: str
    dataset: str
    source: str
    sha256: str
    note: str
    added: int
    revised: int
    same: int = 0
    withdrawn: int = 0  # of the revised ones those that are blank now
    notes: tuple[str, ...] = ()  # what was found out about the file and stated by nobody


@dataclass(frozen=True, slots=True)
class Revision:
    """A value that a later load changed, or withdrew (``new`` is None)."""

    dataset: str
    date: datetime.date
    fund: str
    old: float | None
    new: float | None
    load: int
    at: str


def load_source(
    store: str,
    source: str,
    dataset: str,
    given: Path | None = None,
    note: str = "",
    decimal: str = "",
    thousands: str = "",
    date_format: str = "",
) -> Load:
    """Read a source (long or wide) and load its values; all of them or none."""
    table = mapping.TableMapping(dataset, source)
    names: dict[str, str] = {}
    if given is not None:
        mapped = mapping.load(given)
        names = mapped.aliases
        known = [t.name for t in mapped.tables]
        name = choose(dataset, known, f"The mapping {given.name}")
        if known and name is None:
            raise BadInput(
                f"The mapping {given.name} has no table {dataset!r}{nearest(dataset, known)}; it has {', '.join(known)} "
                "(--dataset says what the values are)."
            )
        table = mapping.with_source((mapped.table(name) if name else None) or table, source)
    table = mapping.with_signs(table, decimal, thousands, date_format)
    read = read_source(table, Path.cwd()).without_blank_end()
    told, single, notes = read.provenance, read.single, read.notes
    held = [_long(read, table, names)]
    del read
    _let_go()
    load = load_values(store, held.pop(), dataset, told.label, told.sha256, note, single)  # large ones are let go of
    return dataclasses.replace(load, notes=notes)


def _let_go() -> None:
    """Give the system back what Arrow holds for columns that are gone."""
    import pyarrow

    pyarrow.default_memory_pool().release_unused()


def _long(read: Source, table: mapping.TableMapping, aliases: dict[str, str]) -> Values:
    """The values of a long or a wide source, by date and fund."""
    fund_names = FundNames(aliases)
    dated = [simple(c) for c in read.columns if named_as_date(c)]
    date = find_column(read.columns, table.date, dated, "date", table.name)
    if date is None:
        raise MissingData(f"The source {read.provenance.label} has no column of dates; name it in the mapping ('date').")
    fund = find_column(read.columns, table.fund, FUND_NAMES, "fund", table.name)
    value = find_column(read.columns, table.value, VALUE_NAMES, "value", table.name)
    dates, found = read.convert(date, DATE, table.name)
    _refuse(found)
    names: dict[str, int] = {}
    days, codes, numbers = [], [], []
    wide = [(None, c) for c in read.columns if c != date and not named(c, table.ignore_funds)]
    for fund_column, value_column in [(fund, value)] if fund and value else wide:
        column, found = read.convert(value_column, NUMBER, table.name)
        _refuse(found or (read.no_unit_values(value_column, table.name) if _has_to_be_positive(table) else []))
        number = np.asarray(column.cast("float64").to_numpy(zero_copy_only=False))
        if fund_column:
            texts = read.convert(fund_column, TEXT, table.name)[0]
            coded = texts if hasattr(texts, "dictionary") else texts.dictionary_encode()
            coded = coded.combine_chunks() if hasattr(coded, "combine_chunks") else coded
            called, places = coded.dictionary.to_pylist(), coded.indices
            del texts, coded  # large ones are let go of
            _let_go()
        else:
            called, places = [value_column], None
        if dates.null_count or (places is not None and places.null_count):
            raise BadInput(f"The source {read.provenance.label} has a row without date or fund; fill it in.")
        day = np.asarray(dates.to_numpy(zero_copy_only=False)).astype("datetime64[D]")
        at = np.zeros(len(day), dtype=np.int32) if places is None else places.to_numpy(zero_copy_only=False)
        taken = np.array([not named(name, table.ignore_funds) for name in called], dtype=bool)
        kept = taken[at] if len(called) else np.zeros(len(at), dtype=bool)
        low = np.flatnonzero(kept & (number <= 0)) if _has_to_be_positive(table) else np.array([], dtype=int)
        if len(low):
            k = int(low[0])
            raise BadInput(
                f"The source {read.provenance.label} gives {number[k]:g} for {called[at[k]]} on {day[k]}, and a "
                "unit value is above zero; correct it, or set 'positive' = false under [table.checks] of a mapping."
            )
        own = np.array([names.setdefault(fund_names.standard(name), len(names)) for name in called], dtype=np.int32)
        which = slice(None) if kept.all() else kept
        days.append(day[which])
        codes.append(own[at[which]] if len(called) else at[which])
        numbers.append(number[which])
    if not days:
        return versions.of_rows([])
    day, code, number = (part[0] if len(part) == 1 else np.concatenate(part) for part in (days, codes, numbers))
    return Values(day, code, number, list(names))


def _refuse(found: list[Any]) -> None:
    if found:
        raise BadInput(f"{found[0].where}: {found[0].what}; {found[0].action}.")


def _has_to_be_positive(table: mapping.TableMapping) -> bool:
    stated = table.checks.positive
    return stated if stated is not None else "unitvalue" in simple(table.name)


def load_values(
    store: str, given: Values, dataset: str, source: str, sha256: str, note: str = "", single: bool = False
) -> Load:
    """Load columns of values in one transaction: unchanged ones are not stored again.

    A blank withdraws a value that the store has; what the rows do not name at all stays.
    """
    import sqlalchemy as sa

    from .record.journal import now, who

    given = versions.one_a_place(given)
    with opened(store, make=True) as (connection, tables), connection.begin():
        alike = names_alike(connection, tables, dataset)
        held = names_before(given.names, [group[0] for group in alike.values()])  # one whose signs differ is the same fund
        given = given._replace(names=[held[name] for name in given.names])
        stamp, person = now(), who()
        result = connection.execute(
            sa.insert(tables.loads).values(
                at=stamp, who=person, dataset=dataset, source=source[:500], sha256=sha256, note=note[:500],
                added=0, revised=0, format=VERSION,
            )
        )  # fmt: skip
        number = int(result.inserted_primary_key[0])
        found = Load(number, stamp, person, dataset, source, sha256, note, 0, 0)
        for some in given.in_parts():  # so that neither they nor what is known are twice in memory
            names = [name for fund in some.names for name in alike.get(key(fund), ())]
            known = versions_of(connection, tables, dataset, funds=names).newest()
            found = _load_some(connection, tables, found, some, known, single)
        counts = {"added": found.added, "revised": found.revised}
        connection.execute(sa.update(tables.loads).where(tables.loads.c.number == number).values(**counts))
    return found


def _load_some(connection: Any, tables: Tables, load: Load, given: Values, known: Values, single: bool) -> Load:
    """Store what is new or another one; gives the load with these counted."""
    import sqlalchemy as sa

    given, there, before = versions.against(given, known)
    if single:  # a number of seven digits that stands for the one that is known is no other one
        given = given._replace(numbers=np.where(there & stands_for(given.numbers, before), before, given.numbers))
    blank = np.isnan(given.numbers)
    fresh = ~there & ~blank
    revised = there & (given.numbers != before) & ~(blank & np.isnan(before))
    rows = []
    for fund, days, numbers in given.only(fresh | revised).by_fund():
        packed = versions.packed(days, numbers)
        rows.append(
            {"dataset": load.dataset, "fund": fund, "load_number": load.number, "days": packed[0], "numbers": packed[1]}
        )
    if rows:
        connection.execute(sa.insert(tables.series), rows)
    return dataclasses.replace(
        load,
        added=load.added + int(fresh.sum()),
        revised=load.revised + int(revised.sum()),
        same=load.same + int((there & (given.numbers == before)).sum()),
        withdrawn=load.withdrawn + int((revised & blank).sum()),
    )


def loads(store: str) -> list[Load]:
    """All loads, oldest first."""
    import sqlalchemy as sa

    with opened(store) as (connection, tables):
        table = tables.loads
        rows = connection.execute(sa.select(table).order_by(table.c.number)).all()
    return [Load(r.number, r.at, r.who, r.dataset, r.source, r.sha256, r.note, r.added, r.revised) for r in rows]


def revisions(store: str, dataset: str = "") -> list[Revision]:
    """Every change of a value by a later load, in the order of the loads."""
    import sqlalchemy as sa

    found: list[Revision] = []
    with opened(store) as (connection, tables):
        table = tables.loads
        known = connection.execute(sa.select(table.c.dataset).distinct().order_by(table.c.dataset)).scalars().all()
        if dataset and dataset not in known:
            has = f"it has {', '.join(known)}" if known else "nothing was loaded yet"
            raise MissingData(f"The store has no dataset {dataset!r}{nearest(dataset, known)}; {has}.")
        at = {row.number: row.at for row in connection.execute(sa.select(table.c.number, table.c.at))}
        for one in [dataset] if dataset else known:
            values, load, before = versions_of(connection, tables, one).changes()
            for (day, fund, new), number, old in zip(values.rows(), load.tolist(), before.tolist(), strict=True):
                was, now = (None if value != value else value for value in (old, new))
                found.append(Revision(one, day, fund, was, now, number, at[number]))
    return sorted(found, key=lambda r: (r.load, r.dataset, r.date, r.fund))


def as_of(store: str, at: str, dataset: str = "unit_values") -> list[tuple[datetime.date, str, float]]:
    """Date, fund and value as the store knew them then, as :func:`values_as_of` has them."""
    return list(values_as_of(store, at, dataset).rows())


def values_as_of(store: str, at: str, dataset: str = "unit_values") -> Values:
    """The values by date and fund as the store knew them at a load's number, or at the end of a day, or at a time (UTC).

    The day is the one of the load, not of the valuation. Values that were withdrawn by then are left out.
    """
    with opened(store) as (connection, tables):
        found = versions_of(connection, tables, dataset, _last_load(connection, tables.loads, at, dataset)).newest()
    return found.only(~np.isnan(found.numbers)).in_order()


def load_of(store: str, at: str = "", dataset: str = "unit_values") -> Load:
    """The last load of a dataset by then: by a load's number, a day or a time (UTC); without one, the last of all."""
    with opened(store) as (connection, tables):
        number = _last_load(connection, tables.loads, at, dataset)
    return next(load for load in loads(store) if load.number == number)


def series_as_of(
    store: str, at: str, funds: Sequence[str], dataset: str = "unit_values"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days, places among ``funds`` and values of some funds as the store knew them then; no others are read.

    Funds go by the names of their loads; one under several names that differ in letters has the versions of all.
    """

    place = {key(fund): number for number, fund in enumerate(funds)}
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    with opened(store) as (connection, tables):
        last = _last_load(connection, tables.loads, at, dataset)
        alike = names_alike(connection, tables, dataset)
        there = [alike[one] for one in place if one in alike]
        for begin in range(0, len(there), 200):
            names = [name for group in there[begin : begin + 200] for name in group]
            found = versions_of(connection, tables, dataset, last, names).newest()
            found = found.only(~np.isnan(found.numbers))
            codes = np.array([place[key(name)] for name in found.names], dtype=np.int64)
            parts.append((found.days, codes[found.funds] if len(codes) else found.funds, found.numbers))
    if not parts:
        return np.array([], dtype="datetime64[D]"), np.array([], dtype=np.int64), np.array([])
    days, places, numbers = (np.concatenate(part) for part in zip(*parts, strict=True))
    return days, places, numbers


def _last_load(connection: Any, table: Any, at: str, dataset: str) -> int:
    """The number of the last load of a dataset by then."""
    import sqlalchemy as sa

    query = sa.select(sa.func.max(table.c.number)).where(table.c.dataset == dataset)
    if at.isdigit() and len(at) < 8:
        numbers = connection.execute(sa.select(table.c.number).order_by(table.c.number)).scalars().all()
        if int(at) not in numbers:
            known = f"the {'last ' if len(numbers) > 12 else ''}loads are {', '.join(map(str, numbers[-12:]))}"
            raise MissingData(f"The store has no load {int(at)}; {known if numbers else 'nothing was loaded yet'}.")
        query = query.where(table.c.number <= int(at))
    elif at:
        query = query.where(table.c.at <= _until(at))
    last = connection.execute(query).scalar()
    if last is None:
        first = connection.execute(sa.select(sa.func.min(table.c.at)).where(table.c.dataset == dataset)).scalar()
        since = f"its first load was {first[:19]} UTC" if first else "it never had any"
        raise MissingData(f"The store knew no {dataset} at {at or 'any time'} ({since}); see its loads with 'store show'.")
    return int(last)


def _until(at: str) -> str:
    """The last moment meant, in the form in which loads note their time."""
    if len(at) <= 10:
        return f"{to_date('at', at).isoformat()}T23:59:59.999999+00:00"
    try:
        moment = datetime.datetime.fromisoformat(at)
    except ValueError:
        raise BadInput(f"'at' must be a load's number, a date or a time such as 2008-08-15T12:00 (got {at!r}).") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return moment.astimezone(datetime.UTC).isoformat()


class Written(int):
    """How many values a CSV holds; ``as_formulas``: the funds of it whose names a spreadsheet takes for formulas."""

    as_formulas: tuple[str, ...] = ()


def write_as_of(store: str, at: str, dataset: str, out: Path, force: bool = False) -> Written:
    """A CSV of date, fund and value as of then; gives the number of values.

    Raises:
        Refused: a file of that name exists (without ``force``), or is the store.
    """
    import csv

    targets.refuse(out, force, (".csv", ".txt"), file_of(url_of(store)))
    found = values_as_of(store, at, dataset)

    def write(file: BinaryIO) -> None:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(["valuation_date", "fund", "unit_value" if dataset == "unit_values" else "value"])
        writer.writerows((day, fund, repr(value)) for day, fund, value in found.rows())
        text.detach()

    atomic.replace(out, write)
    written = Written(len(found.days))
    there = [found.names[place] for place in dict.fromkeys(found.funds.tolist())]
    written.as_formulas = tuple(csv_text.as_formulas(there))
    return written
