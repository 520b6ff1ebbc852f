"""batch: every table of many contracts and month ends, Parquet to Parquet, resumable."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from ..errors import counted
from ..files import door
from . import screen
from .codes import LOOK

EVERY = 2.0  # seconds between two lines of progress


def batch(
    plan: Annotated[
        Path, typer.Argument(help="The plan (TOML): inputs, month ends, tables; see docs/scale.md.", show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option(help="The folder to write, instead of the plan's own.", show_default=False)
    ] = None,
    engine: Annotated[str, typer.Option(help="process: here; processes: on this machine; dask: on a cluster.")] = "process",
    workers: Annotated[int, typer.Option(help="How many processes; left out, one a core.", min=0, max=1024)] = 0,
    address: Annotated[str, typer.Option(help="The scheduler of the Dask cluster: tcp://host:8786.")] = "",
    as_known: Annotated[
        str, typer.Option(help="From the values as the store knew them at a load's number, or by a day or time (UTC).")
    ] = "",
    revised_since: Annotated[
        str,
        typer.Option(help="An earlier load or day of the store: which figures are others now, and by which unit values."),
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Look the plan over and say what it needs; compute nothing.")
    ] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Replace the figures of another plan in the folder.")] = False,
) -> None:
    """Every figure of many contracts and month ends, from Parquet to Parquet; a run that was stopped goes on."""
    from ..batch import engines, run
    from ..batch.plan import load
    from ..batch.written import first_error

    chosen = engines.engine(engine, workers, address, begin=not check)
    found = run.check(load(plan, out, as_known, revised_since), anew)
    said = found.plan
    disk = max(found.bytes >> 20, 1)
    of = counted(len(found.listed), "contract"), counted(len(said.month_ends), "month end"), counted(found.figures, "figure")
    screen.say(
        f"{', '.join(of)} in {counted(len(found.parts), 'part')}, {len(found.done):,} done. On disk about {disk:,} MB in "
        f"{door.shown(said.out)}."
    )
    if check:
        return
    ended = run.run(found, chosen, _Progress(len(found.parts), found.figures))
    for part, error in ended.lost:
        screen.say(f"Part {part.number} failed: {error}", error=True)
    for book in ended.workbooks:
        screen.say(f"Written: {book}")
    if ended.before == len(found.parts):
        screen.say("Nothing was left to do.")
    else:
        screen.say(f"Done: {counted(ended.figures, 'figure')} in {counted(ended.parts, 'part')}, {ended.seconds:.1f} s.")
    if ended.failed:
        screen.say(f"Look: {counted(ended.failed, 'figure')} failed; {door.shown(said.out / 'errors')} has each.")
        screen.say(f"The first is {first_error(said.out)}")
    if ended.failed or ended.lost:
        raise typer.Exit(LOOK)


class _Progress:
    """Lines of progress on standard error, with the rate and the time left."""

    def __init__(self, parts: int, figures: int) -> None:
        self._parts, self._figures, self._last = parts, figures, time.monotonic()

    def __call__(self, parts: int, figures: int, now: int, seconds: float) -> None:
        if time.monotonic() - self._last < EVERY and not (parts == self._parts and screen.looked_on(error=True)):
            return
        self._last = time.monotonic()
        rate = now / max(seconds, 1e-9)
        left = (self._figures - figures) / rate if rate else 0.0
        screen.say(
            f"{parts:,} of {self._parts:,} parts, {figures:,} of {self._figures:,} figures, {rate:,.0f} a second, "
            f"{left:,.0f} s left",
            error=True,
        )
