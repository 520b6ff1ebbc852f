"""A batch from end to end: the plan checked, cut into parts, what is done skipped, the rest computed and written."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__
from ..errors import BadInput, FlexExtraError, Refused
from ..files import atomic, door, targets
from . import engines, written
from .contracts import Inputs, Listed
from .part import Part, contract_of, inceptions_of, published_of
from .plan import Plan

BYTES = 24  # of disk a figure, with what belongs to it
SPARE = 64 << 20  # bytes of a disk that stay free


@dataclass
class Checked:
    """A plan that can be run: its parts, what it is made of, and what it needs."""

    plan: Plan
    listed: list[Listed]
    parts: list[Part]
    manifest: dict[str, Any]
    figures: int
    bytes: int
    todo: list[Part] = field(default_factory=list)
    done: list[written.Done] = field(default_factory=list)


@dataclass
class Ended:
    """What became of a run: parts done now and before, figures, failures, parts that failed as a whole."""

    parts: int
    before: int
    figures: int
    failed: int
    lost: list[tuple[Part, FlexExtraError]]
    workbooks: list[Path]
    seconds: float


def check(plan: Plan, anew: bool = False) -> Checked:
    """Look over a plan and its inputs before anything runs; nothing is written.

    Raises:
        FlexExtraError: what is wrong with it.
    """
    inputs = Inputs(plan)
    if (plan.as_known or plan.since) and not inputs.is_store:
        raise BadInput("Values as they were known then need a store as 'unit_values'; 'store load' makes one.")
    listed = inputs.listed()
    if not listed:
        raise BadInput(f"The contracts {plan.given('contracts')} have no rows; add the sub-accounts of each contract.")
    codes = {one.code for one in listed}
    for name in (*plan.walks, *plan.workbooks):
        if name not in codes:
            from ..cells.scalars import nearest

            raise BadInput(f"The plan names the contract {name!r}, which the contracts do not have{nearest(name, codes)}.")
    parts = _parts(plan, listed)
    figures = sum(one.figures(plan) for one in parts)
    manifest = {
        "inputs": inputs.hashes()
        | ({"since": Inputs(replace(plan, as_known=plan.since), known=True).loads()} if plan.since else {}),
        "plan": _said(plan),
        "parts": len(parts),
        "versions": {"numpy": np.__version__, "pyarrow": _pyarrow(), "xl_flexextra": __version__},
    }
    found = Checked(plan, listed, parts, manifest, figures, BYTES * figures)
    _refuse_other_batch(found, anew)
    for one in parts:
        done = None if anew else written.noted(plan.out, one.number)
        if done is None:
            found.todo.append(one)
        else:
            found.done.append(done)
    _refuse_small_disk(found)
    return found


def _pyarrow() -> str:
    import pyarrow

    return str(pyarrow.__version__)


def _said(plan: Plan) -> dict[str, Any]:
    """All of a plan that its figures depend on; not where its files lie."""
    tables = [[one.id, one.charges, list(one.periods), one.ends] for one in plan.tables]
    return {
        "month_ends": [day.isoformat() for day in plan.month_ends], "tables": tables, "tie_outs": plan.tie_outs,
        "walks": list(plan.walks), "figures_of_part": plan.figures_of_part, "rows_of_part": plan.rows_of_part,
        "as_known": plan.as_known, "since": plan.since,
    }  # fmt: skip


def _parts(plan: Plan, listed: list[Listed]) -> list[Part]:
    """Groups of contracts by months, so that a part has about so many figures however many months there are."""
    groups: list[list[Listed]] = []
    rows, tables = plan.rows_of_part, None
    usual = {one.code: () if plan.tables else inceptions_of(one) for one in listed}  # by which the usual tables differ
    for one in sorted(listed, key=lambda one: (usual[one.code], one.terms)):  # those of the same terms share their walks
        count = len(one.funds) - 1
        if tables != usual[one.code] or rows + count > plan.rows_of_part:
            groups.append([])
            rows, tables = 0, usual[one.code]
        groups[-1].append(one)
        rows += count
    found: list[Part] = []
    for group in groups:
        columns = sum(len(table.periods) for table in Part(0, tuple(group), ()).tables(plan))
        a_month = sum(len(one.funds) - 1 for one in group) * columns
        step = max(1, plan.figures_of_part // max(a_month, 1))
        for begin in range(0, len(plan.month_ends), step):
            found.append(Part(len(found), tuple(group), plan.month_ends[begin : begin + step]))
    return found


def _refuse_other_batch(found: Checked, anew: bool) -> None:
    """Refuse a folder that holds the parts of another plan, or anything that is none of a batch."""
    out, known = found.plan.out, written.read_manifest(found.plan.out)
    if known is None and door.is_folder(out) and any(out.iterdir()):
        raise Refused(f"The folder {door.shown(out)} is not empty and holds no batch; name another one.")
    if known is None or anew or known == found.manifest:
        return
    other = [name for name in ("inputs", "plan", "versions") if known.get(name) != found.manifest[name]]
    which = ", ".join(
        name
        for name in found.manifest["inputs"]
        if isinstance(known.get("inputs"), dict) and known["inputs"].get(name) != found.manifest["inputs"][name]
    )
    what = f"other {' and '.join(other) or 'parts'}{f' ({which})' if which else ''}"
    raise Refused(f"The folder {door.shown(out)} holds figures of {what}; name another folder, or --anew to replace them.")


def _refuse_small_disk(found: Checked) -> None:
    folder = found.plan.out
    while not door.is_folder(folder) and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    needed = BYTES * sum(one.figures(found.plan) for one in found.todo)
    if needed + SPARE > free:
        raise Refused(f"The figures need some {needed >> 20} MB, and {folder} has {free >> 20} MB free; make room.")


def run(
    found: Checked,
    engine: Callable[[Plan, list[Part]], Any] = engines.in_process,
    say: Callable[[int, int, int, float], None] = lambda _parts, _figures, _done, _seconds: None,
) -> Ended:
    """Compute and write the parts that are not done yet.

    ``say`` is told after each part how many are done, and figures, and the figures of this run in so many seconds.
    """
    plan, begin = found.plan, time.monotonic()
    lost: list[tuple[Part, FlexExtraError]] = []
    targets.make_folder(plan.out)
    with atomic.lock(plan.out / "manifest.json"):
        for name in (*written.TABLES, written.NOTES):
            atomic.sweep(plan.out / name)
        if written.read_manifest(plan.out) != found.manifest:
            written.forget(plan.out)
            written.manifest(plan.out, found.manifest)
        done = list(found.done)
        now = 0
        for one, answer in engine(plan, found.todo):
            if isinstance(answer, FlexExtraError):
                lost.append((one, answer))
            else:
                done.append(answer)
                now += answer.figures
            say(len(done) + len(lost), sum(each.figures for each in done), now, time.monotonic() - begin)
        asked = [one for one in found.listed if one.code in plan.workbooks and not lost]
        books = [_workbook(plan, one) for one in asked if found.todo or not door.is_file(_book(plan, one))]
    failed = sum(one.failed for one in done)
    figures = sum(one.figures for one in done)
    return Ended(len(done), len(found.done), figures, failed, lost, books, time.monotonic() - begin)


def _book(plan: Plan, listed: Listed) -> Path:
    """The file of a contract's workbook."""
    safe = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in listed.code)
    return plan.out / "workbooks" / f"{safe}_{plan.month_ends[-1]}.xlsx"


def _workbook(plan: Plan, listed: Listed) -> Path:
    """The workbook of one contract to the last month end."""
    from ..update.report import compute
    from ..update.update_inputs import Inputs as UpdateInputs
    from ..workbook import build

    own = contract_of(plan, listed)
    day = plan.month_ends[-1]
    published = [
        replace(one, contract=str(own.terms["contract.code"] or own.terms.name)) for one in published_of(plan, listed)
    ]
    shares = own.shares.table() if own.shares else ()
    assert own.funds is not None
    update = compute(
        UpdateInputs(
            own.unit_values.until(day), own.funds, (own.terms,), day, own.shares, shares,
            published=tuple(one for one in published if one.as_of == day), title=own.terms.title,
        )
    )  # fmt: skip
    file = _book(plan, listed)
    file.parent.mkdir(exist_ok=True)
    atomic.replace(file, lambda target: build(update, target))
    return file
