"""``samples``: every workbook of the sample in one folder, ready to be opened: update, review, tour, template, native."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ..files import atomic, door, targets
from . import screen
from .working import working

NAMES = (
    "flex_extra_performance_update.xlsx", "flex_extra_native.xlsx", "flex_extra_performance_update.xlsm", "FlexExtra.xlam",
    "blank_template.xlsx", "functions_tour.xlsx", "flex_extra_review.xlsx",
)  # fmt: skip


def samples(
    folder: Annotated[Path, typer.Argument(help="Where to write them; made where it is missing.")] = Path("samples"),
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
) -> None:
    """Write the workbooks of the July 2008 sample: the update, its review, a tour of all functions, a template, and more."""
    if door.is_folder(folder.parent):
        targets.make_folder(folder)
    for name in NAMES:
        targets.refuse(folder / name, force)
    with working("Building the workbooks …") as step:
        for name, make in makers():
            step(f"Building {name} …")
            atomic.replace(folder / name, make)
    screen.say(f"Written into {folder}: {', '.join(NAMES)}")


def makers() -> Iterator[tuple[str, Callable[[Any], object]]]:
    """Each workbook's name, and what writes it into an open file."""
    from .. import catalogue, workbook
    from ..hosts.excel import files
    from ..update import report, update_inputs
    from ..workbook.native.build import build as native
    from ..workbook.review import build as review
    from ..workbook.template import build_template
    from ..workbook.tour import build_tour
    from .excel import sample_workbook

    update = report.compute(update_inputs.sample_inputs())
    wrote: tuple[Callable[[Any], object], ...] = (
        lambda file: workbook.build(update, file),
        lambda file: native(update, file),
        lambda file: file.write(sample_workbook()),
        lambda file: file.write(files.addin(catalogue.functions())),
        build_template,
        build_tour,
        lambda file: review.build(update, file),
    )
    yield from zip(NAMES, wrote, strict=True)
