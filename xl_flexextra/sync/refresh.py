"""A refresh from end to end: source, checks, plan, copy, verification, replacement, backup, journal."""

from __future__ import annotations

import datetime
import hashlib
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow

from ..errors import BadInput, FlexExtraError
from ..files import atomic
from ..files.deflate import meanwhile
from ..inputs.fund_names import FundNames
from ..ooxml.package import Package
from ..ooxml.strings import SharedStrings
from ..ooxml.styles import date_styles
from ..ooxml.tables import new_columns
from ..ooxml.tables.body import Body, find_area
from ..ooxml.tables.calculation_flags import calculate_on_load
from ..ooxml.tables.rewrite import rewrite
from ..ooxml.workbook import Area, Workbook
from ..recalculation import chart_points, dependents
from ..recalculation.embedded_engine import IronCalc
from ..sources import column_kinds, mapping, trust
from ..sources.findings import ERROR, WARNING, Finding, Findings, blocking, ordered
from ..sources.read import Books, each_file, one_table, read_source
from ..sources.source import Provenance, Source
from . import checks, funds_table, pages_anew, plan
from .fit import choose, contract_names, joining, terms_rows, which_table
from .fit.task import FittedRows
from .record import journal, journal_table, sources_table
from .restore import BEFORE_REFRESH
from .rows_by_place import shown_by_place
from .target import ClosedFile, Target, other_name

Progress = Callable[[str], None]
NAMED_BY_HAND = "--from"


@dataclass
class Request:
    """What a person asks for."""

    book: Path
    source: str = ""  # in place of the sources of the mapping
    table: str = ""  # only this table
    mapping: Path | None = None
    dry_run: bool = False
    accept_revisions: bool = False
    recalculate: dependents.Recalculate | None = None
    progress: Progress = lambda _step: None
    decimal: str = ""  # signs in the numbers of text files, in place of those of the mapping
    thousands: str = ""
    date_format: str = ""
    target: Target | None = None  # in place of the closed file ``book``
    trust: bool = False  # the mapping that came with the workbook may name any source
    sources: tuple[str, ...] = ()  # several files, each for the table that its columns fit
    merge: bool = False  # rows that the source lacks stay, in every table
    joins: bool = False  # rows join those that are there; only a set of printed figures takes the place of the last
    before_writing: Callable[[Outcome], None] = lambda _outcome: None  # may refuse what it sees of the finished workbook
    anew: pages_anew.Anew | None = None  # builds the pages anew where funds join, which cannot grow in place


@dataclass
class Outcome:
    """What came of it; ``written`` is whether the workbook was replaced."""

    book: Path
    plans: list[plan.TablePlan] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    sources: dict[str, Provenance] = field(default_factory=dict)
    dependents: dependents.Report = field(default_factory=lambda: dependents.Report())
    notes: list[str] = field(default_factory=list)
    stopped: list[Finding] = field(default_factory=list)
    dry_run: bool = False
    changed: bool = False
    written: bool = False
    backup: Path | None = None
    workbook: Workbook | None = None  # as it is afterwards, in memory
    columns: dict[str, list[str]] = field(default_factory=dict)  # those that joined a table

    @property
    def to_look_at(self) -> bool:
        """Whether a person has to look: at a warning, or at formulas that show old values until Excel is told to compute.

        A workbook without functions of this package is computed as Excel opens it.
        """
        stale = bool(self.dependents.stale) and self.dependents.own_functions
        return stale or any(f.severity == WARNING for f in self.findings)


def refresh(request: Request) -> Outcome:
    """Refresh the tables of a workbook.

    Findings that stop the refresh do not raise: they are in ``stopped``, and nothing is written.

    Raises:
        Refused: the workbook is open, protected, or cannot be changed safely.
        BadInput, MissingData: the request, the mapping or a source is not usable.
    """
    target = request.target or ClosedFile(request.book)
    if request.dry_run:
        return _run(request, target)
    with target.held():
        return _run(request, target)


def _run(request: Request, target: Target) -> Outcome:
    book = target.home
    outcome = Outcome(book, dry_run=request.dry_run)
    outcome.notes += other_name(target, "refresh")
    request.progress(f"Reading {book.name}")
    raw = target.read()
    before = hashlib.sha256(raw).hexdigest()
    package = Package(io.BytesIO(raw), book.name)
    workbook = Workbook(package)
    strings = SharedStrings(workbook)
    if workbook.signed:
        outcome.findings.warning(
            book.name, "it carries a digital signature, which any change makes invalid", "sign it again"
        )
    engine = None
    if not target.recalculates:  # what _apply needs for what depends on the tables
        engine = meanwhile(partial(dependents.load, package.length, dependents.some(workbook)))
    mapped = mapping.find(book, workbook, strings, request.mapping, request.trust, request.book)
    names, closed = funds_table.of_workbook(workbook, strings, mapped), checks.closed_days(workbook, strings)
    dates = date_styles(workbook)
    prepared: list[tuple[Body, plan.TablePlan]] = []
    books = Books()
    waiting = _with_names(request, workbook, mapped, names, books)
    while waiting:
        table, source = waiting.pop(0)
        if source is None:
            request.progress(f"Reading the source of {table.name}")
            source = read_source(table, _folder(request, mapped), books)
        outcome.sources[table.name] = replace(source.provenance, named=table.named_in or NAMED_BY_HAND)
        body = Body(workbook, strings, find_area(workbook, strings, table.name, table.header))
        request.progress(f"Checking and comparing {body.area.name}")
        source = terms_rows.in_place(source, body)
        if request.joins and (new := joining.new_columns(choose.task(source, body, table, names, dates))):
            new_columns.add_columns(workbook, body.area, new)
            workbook = Workbook(package)
            body = Body(workbook, strings, find_area(workbook, strings, table.name, table.header))
            outcome.columns[body.area.name] = [one.name for one in new]
        fitted = contract_names.standard(_fitted(source, body, table, names, dates), body, workbook, strings)
        if request.merge or (request.joins and fitted.unit_values and fitted.date is not None):
            table = replace(table, mode="merge")
        fitted.ended = checks.ended(body.area, fitted, names)
        found = checks.check(body.area, fitted)
        judged = fitted
        today = datetime.date.today()
        looked_at = partial(checks.series, body.area, fitted, table.checks, today, names.ended, closed)
        series = meanwhile(looked_at) if table.mode != "merge" else None
        if not any(f.severity == ERROR for f in found):
            made = plan.make(body, fitted, table, workbook.date1904)
            if request.joins and made.removed and not checks.takes_the_place(body.area, made):
                made = plan.make(body, fitted, replace(table, mode="merge"), workbook.date1904)
            found += made.findings + checks.revisions(body.area, made, fitted.date is not None)
            found += checks.shares(body.area, made, fitted.date, workbook.date1904) + checks.fractions(body.area, fitted)
            found += checks.misspelt(body.area, made, fitted, names)
            found += [] if made.same else funds_table.clashes(body, made.columns)
            found += _formats(body, fitted, dates) + _filled_by_others(body) + shown_by_place(workbook, body.area, made)
            if not made.same:
                found += checks.beside_values(body, made, target.recalculates)
            outcome.plans.append(made)
            prepared.append((body, made))
            if funds_table.lists_funds(body.area.name):  # the other tables go by the new names
                names = funds_table.of_table(body.area, made.columns, mapped, workbook.date1904)
            if table.mode == "merge":
                judged = checks.merged(made, fitted, table.checks, workbook.date1904)
        found += checks.series(body.area, judged, table.checks, today, names.ended, closed) if series is None else series()
        outcome.findings += found if table.trusted else trust.without_content(found, _words(workbook, table))
        del source, fitted, judged, looked_at, series  # large ones are let go of before the next is read
        pyarrow.default_memory_pool().release_unused()
    if request.joins:
        outcome.findings += pages_anew.without_values(workbook, outcome.plans, names)
    outcome.findings = ordered(outcome.findings)
    outcome.stopped = blocking(outcome.findings, request.accept_revisions)
    if outcome.stopped:
        return outcome
    target.refuse([made.table for made in outcome.plans if not made.same])
    anew = pages_anew.wanted(request.anew, outcome, raw)
    _apply(request, outcome, workbook, strings, prepared, engine)
    if anew is not None and not request.dry_run:
        request.progress("Building the pages anew")
        made_of = io.BytesIO()
        package.write(made_of)
        package = Package(io.BytesIO(anew.build(made_of.getvalue())), book.name)
        outcome.workbook, outcome.changed = Workbook(package), True
        outcome.dependents = dependents.Report(own_functions=True)  # every cell has its value
        return _finish(request, outcome, package, target, before)
    outcome.changed = package.dirty
    if request.dry_run:
        return outcome
    if not package.dirty:
        journal.append(book, _record(outcome, before, before) | {"outcome": journal.UNCHANGED})
        return outcome
    return _finish(request, outcome, package, target, before)


def _finish(request: Request, outcome: Outcome, package: Package, target: Target, before: str) -> Outcome:
    request.before_writing(outcome)
    _write(request, outcome, package, target, before)
    return outcome


def _with_names(
    request: Request, workbook: Workbook, mapped: mapping.Mapping, names: FundNames, books: Books
) -> list[tuple[mapping.TableMapping, Source | None]]:
    """The tables to refresh, the funds first, as the others go by their names; a source that had to be read to know its
    table comes along."""
    found: list[tuple[mapping.TableMapping, Source | None]] = []
    for table in _tables(request, workbook, mapped):
        table, source = mapping.with_signs(table, request.decimal, request.thousands, request.date_format), None
        if not table.name:
            request.progress(f"Reading {table.source}")
            source = read_source(table, _folder(request, mapped), books)
            table = which_table.fitting(table, source, workbook, names)
        if twice := [other.source for other, _ in found if request.sources and other.name == table.name]:
            raise BadInput(f"{twice[0]} and {table.source} are both for the table {table.name}; give one at a time.")
        found.append((table, source))
    return sorted(found, key=lambda one: not funds_table.lists_funds(one[0].name))


def _folder(request: Request, mapped: mapping.Mapping) -> Path:
    """The folder from which a source's name is read: where the person stands, or where the mapping lies."""
    return Path.cwd() if request.source or request.sources else mapped.folder


def _fitted(
    source: Source, body: Body, table: mapping.TableMapping, names: FundNames, dates: frozenset[bytes]
) -> FittedRows:
    """The source's rows as the table wants them; why they do not fit is not said where it would show an untrusted file."""
    try:
        return choose.fit(source, body, table, names, dates)
    except FlexExtraError:
        if table.trusted:
            raise
        raise trust.unreadable(table.name, table.named_in) from None


def _words(workbook: Workbook, table: mapping.TableMapping) -> set[str]:
    """The names that a finding may repeat: those of the workbook and of the mapping itself."""
    words = {column.name for area in workbook.tables for column in area.columns} | {area.name for area in workbook.tables}
    return words | {table.name, "ignore_funds", "keys", "date", "fund", "value"} | set(table.columns)


def _tables(request: Request, workbook: Workbook, mapped: mapping.Mapping) -> list[mapping.TableMapping]:
    """The tables to refresh, each with its source; those of which nobody says the name have none."""
    if request.sources:
        return [
            mapping.TableMapping("", file)
            for source in request.sources
            for file in each_file(source, Path.cwd(), request.book)
        ]
    if request.table:
        table = mapped.table(request.table) or mapping.TableMapping(request.table)
        if request.source:
            table = mapping.with_source(table, request.source)
        if not table.source:
            raise BadInput(f"There is no source for {request.table!r}; give one with --from or in the mapping.")
        return [table]
    if request.source and len(mapped.tables) == 1:
        return [mapping.with_source(mapped.tables[0], request.source)]
    if request.source and mapped.tables:
        if one_table(request.source):
            without = [t for t in mapped.tables if not t.source]
            if len(without) == 1:
                return [mapping.with_source(without[0], request.source)]
            raise BadInput("The mapping names several tables; say with --table which one the source is for.")
        return [mapping.with_source(t, request.source) for t in mapped.tables]
    if request.source:
        return which_table.by_name(request.source, workbook) or [
            mapping.TableMapping("", file) for file in each_file(request.source, Path.cwd(), request.book)
        ]
    with_source = [t for t in mapped.tables if t.source]
    if not with_source:
        raise BadInput(
            f"There is no source for {workbook.package.name}; give one with --from, or write a mapping "
            f"{workbook.package.name}.sync.toml."
        )
    return with_source


def _filled_by_others(body: Body) -> list[Finding]:
    """A table that a query or an XML map of the workbook fills as well."""
    if body.area.kind not in ("queryTable", "xml"):
        return []
    by = "a query" if body.area.kind == "queryTable" else "an XML map"
    what = f"the table is filled by {by} of the workbook, which will overwrite this data when it is refreshed"
    return [Finding(WARNING, body.area.name, what, "fill it from one place only")]


def _formats(body: Body, fitted: FittedRows, dates: frozenset[bytes]) -> Findings:
    """Dates in a column whose cells do not show dates."""
    found = Findings()
    for index, kind in enumerate(fitted.kinds):
        style = body.styles[index]
        if kind == column_kinds.DATE and fitted.columns[index] is not None and (not style or style[-1] not in dates):
            where = f"{body.area.name}, column {body.area.columns[index].name}"
            found.warning(where, "its cells have no date format, so dates show as numbers", "format the column in Excel")
    return found


def _apply(
    request: Request,
    outcome: Outcome,
    workbook: Workbook,
    strings: SharedStrings,
    prepared: list[tuple[Body, plan.TablePlan]],
    engine: Callable[[], IronCalc] | None,
) -> None:
    """The package with all its changes, in memory; without what follows from them where a program recalculates it, and no
    engine is given."""
    touched: list[tuple[Area, list[Any]]] = []
    before: list[Area] = []
    for body, made in prepared:
        request.progress(f"Writing {made.table}")
        fresh = body.reread(_find_again(workbook, strings, body)) if touched else body
        result = rewrite(fresh, made.columns, made.old_of)
        if result.changed:
            touched.append((result.area, made.columns))
            before.append(fresh.area)
            outcome.notes += result.notes
            workbook = Workbook(workbook.package)  # its tables and names have moved
            if result.pivots:
                outcome.notes.append(f"Pivot tables over {made.table} read it again when the workbook is opened.")
    if not touched or engine is None:
        return
    request.progress("Recalculating what depends on it")
    was = dependents.Before(Workbook(workbook.package.as_it_was()), before)
    outcome.dependents = dependents.update(workbook, touched, was, request.recalculate, engine())
    if not outcome.dependents.own_functions and outcome.dependents.stale:
        calculate_on_load(workbook)
        outcome.notes.append("Excel recalculates the workbook when it is opened.")
    if outcome.dependents.own_functions and workbook.date1904:
        outcome.notes.append(
            "The workbook counts dates from 1904: functions of this package are right here and in LibreOffice, "
            "but refused in Excel; switch that off under File, Options, Advanced, and enter the dates again."
        )
    taken = {made.table: outcome.sources[made.table].label for made in outcome.plans if not made.same}
    merged = frozenset(made.table for made in outcome.plans if made.merged)
    if sources_table.renew(workbook, taken, merged, datetime.date.today()):
        outcome.notes.append("The table Sources of the workbook names the new sources.")
        workbook = Workbook(workbook.package)
    report = outcome.dependents
    changed = [one.cell for one in report.changed]
    outcome.notes += chart_points.renew(workbook, [area for area, _ in touched], changed, report.stale)
    outcome.workbook = workbook
    journal_table.append(workbook, _sheet_rows(outcome))


def _find_again(workbook: Workbook, strings: SharedStrings, body: Body) -> Area:
    """The same area after another table was rewritten."""
    return find_area(workbook, strings, body.area.name, bool(body.area.header))


def _sheet_rows(outcome: Outcome) -> list[dict[str, Any]]:
    """The lines for a table ``Journal`` in the workbook."""
    from .. import __version__

    rows = []
    for made in outcome.plans:
        if not made.same:
            origin = outcome.sources[made.table]
            now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
            row: dict[str, Any] = {"when": now, "who": journal.who(), "action": "refresh", "version": __version__}
            row |= {"table": made.table, "source": origin.label, "hash": origin.sha256, "rows": made.rows_after}
            row |= {"added": made.added, "changed": made.changed_cells, "removed": made.removed}
            rows.append(row)
    return rows


def _record(outcome: Outcome, before: str, after: str) -> dict[str, Any]:
    """The journal's line for a refresh."""
    from .. import __version__

    tables = {}
    for made in outcome.plans:
        origin = outcome.sources[made.table]
        tables[made.table] = {
            "source": origin.label, "source_sha256": origin.sha256, "source_rows": origin.rows,
            "rows_before": made.rows_before, "rows_after": made.rows_after,
            "added": made.added, "changed_cells": made.changed_cells, "removed": made.removed,
            "added_keys": made.added_keys[:200], "removed_keys": made.removed_keys[:200],
            "cells": [{"key": c.key, "column": c.column, "old": c.old, "new": c.new} for c in made.changes],
        }  # fmt: skip
    report = outcome.dependents
    return {
        "event": "refresh", "id": uuid.uuid4().hex, "at": journal.now(), "who": journal.who(), "version": __version__,
        "before": before, "after": after, "tables": tables,
        "recalculated": [{"cell": c.cell, "old": c.old, "new": c.new} for c in report.changed[:2000]],
        "stale": report.stale[:2000], "findings": [str(f) for f in outcome.findings], "notes": outcome.notes,
    }  # fmt: skip


def _write(request: Request, outcome: Outcome, package: Package, target: Target, before: str) -> None:
    """The changes in the workbook itself, with a backup and a line in the journal before, and another one after."""
    request.progress("Writing the workbook")
    entry: dict[str, Any] = {}

    def announce(after: str) -> None:
        outcome.backup = atomic.back_up(target.home, BEFORE_REFRESH, copied=target.copied)
        entry.update(_record(outcome, before, after), host=target.host, backup=outcome.backup.name)
        journal.append(target.home, entry)

    with journal.concluded(target.home, entry, outcome.notes):
        target.write(package, [made for made in outcome.plans if not made.same], announce)
        outcome.written = True
