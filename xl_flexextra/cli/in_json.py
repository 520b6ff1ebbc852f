"""``--json``: what a command found as one JSON object on standard output, in place of texts and tables.

Every object has ``exit_code`` and ``said``, the lines that a person would have read; an error has ``error``, its sentence.
Returns are fractions, dates are ISO texts, a figure that cannot be computed is null and has its sentence beside it.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from ..errors import FlexExtraError
from . import screen
from .codes import DONE, ERROR, FAULT, unexpected


@contextlib.contextmanager
def answer(wanted: bool) -> Iterator[dict[str, Any]]:
    """What a command finds, to be filled in; printed at its end however it ends, where JSON is wanted."""
    found: dict[str, Any] = {}
    if not wanted:
        yield found
        return
    with screen.heard() as said:
        try:
            yield found
        except typer.Exit as end:
            _print(end.exit_code, found, said)
            raise
        except FlexExtraError as error:
            _print(ERROR, {"error": str(error), **found}, said)
            raise
        except Exception as error:
            _print(FAULT, {"error": unexpected(error), **found}, said)
            raise
        _print(DONE, found, said)


def wrong_option(sentence: str) -> None:
    """An option or argument that the command does not have: the object of a command that never began."""
    _print(ERROR, {"error": sentence}, [])


def _print(code: int, found: dict[str, Any], said: list[str]) -> None:
    """The one object; letters beyond ASCII are escaped, so that nothing of a file reaches the terminal as it is."""
    screen.answer(json.dumps({"exit_code": code, **found, "said": said}, indent=2, default=_plain, allow_nan=False))


def _plain(value: object) -> object:
    """A value that JSON has no form for."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value.item() if hasattr(value, "item") else str(value)


def number(value: object) -> object:
    """A figure, or nothing where it is none."""
    if isinstance(value, FlexExtraError | str) or value is None:
        return None
    value = float(value)  # type: ignore[arg-type]
    return value if math.isfinite(value) else None


def reason(value: object) -> str:
    """Why a figure is none."""
    return str(value) if isinstance(value, FlexExtraError) else ""


def update(made: Any) -> dict[str, Any]:
    """The tables of an update and its tie-out."""
    names = {fund.code: fund.printed_name or fund.code for fund in made.inputs.funds.items}
    return {
        "title": made.inputs.title,
        "as_of": made.inputs.as_of,
        "label": made.inputs.label,
        "tables": [_table(table, names) for table in made.tables],
        "tie_out": tie_out(made),
    }


def _table(table: Any, names: dict[str, str]) -> dict[str, Any]:
    """One table: a row a fund, a return a period."""
    rows = []
    for code, line in zip(table.grid.row_labels(), table.values.tolist(), strict=True):
        reasons = {p: reason(v) for p, v in zip(table.spec.periods, line, strict=True) if reason(v)}
        rows.append({"fund": code, "name": names.get(code, code), "returns": [number(v) for v in line], "errors": reasons})
    spec = table.spec
    head = {"table": spec.id, "title": spec.title, "contract": spec.contract_code, "charges": spec.charges}
    return {**head, "as_of": table.as_of, "periods": list(spec.periods), "rows": rows}


def tie_out(made: Any) -> dict[str, Any]:
    """How the published figures tie."""
    verdicts = [one.verdict.partition(":")[0] for one in made.tied]
    counts = {word: verdicts.count(word) for word in dict.fromkeys(["ties", "rounding", "known break", "open", *verdicts])}
    return {"headline": made.headline, "counts": counts, "figures": [figure(one) for one in made.tied]}


def figure(one: Any) -> dict[str, Any]:
    """A published figure beside the recomputed one."""
    p = one.published
    where = {"table": p.table, "contract": p.contract, "as_of": p.as_of, "fund": p.fund, "period": p.period}
    what = {"measure": p.unit.name, "charges": p.charges, "decimals": one.decimals}
    both = {"published": number(p.value), "recomputed": number(one.recomputed), "digits_apart": number(one.difference)}
    return {**where, **what, **both, "verdict": one.said, "error": reason(one.recomputed)}


def refresh(outcome: Any) -> dict[str, Any]:
    """The plan of a refresh and what came of it."""
    tables = []
    for plan in outcome.plans:
        origin = outcome.sources[plan.table]
        changes = [{"key": c.key, "column": c.column, "old": cell(c.old), "new": cell(c.new)} for c in plan.changes]
        counts = ("rows_before", "rows_after", "added", "removed", "changed_rows", "changed_cells", "revised_cells")
        source = {"source": origin.label, "sha256": origin.sha256, "rows": origin.rows}
        tables.append({"table": plan.table, **source, **{c: getattr(plan, c) for c in counts}, "changes": changes})
    hang = outcome.dependents
    return {
        "book": outcome.book,
        "dry_run": outcome.dry_run,
        "stopped": bool(outcome.stopped),
        "written": outcome.written,
        "backup": outcome.backup,
        "tables": tables,
        "findings": [{"severity": f.severity, "where": f.where, "what": f.what, "do": f.action} for f in outcome.findings],
        "formulas": {"changed": len(hang.changed), "still_old": list(hang.stale)},
        "notes": list(outcome.notes),
    }


def cell(value: object) -> object:
    """A value of a cell: a number, a text, a date, or nothing."""
    return number(value) if isinstance(value, float) else value


def blank(value: object) -> object:
    """A value of a table's cell; null for a blank text, and for what is no number."""
    return None if value == "" else cell(value)


def table(rows: list[list[Any]]) -> list[list[object]]:
    """The cells of a table."""
    return [[reason(one) if isinstance(one, FlexExtraError) else cell(one) for one in row] for row in rows]
