"""``xl-flexextra excel``: the add-in for Excel on Windows, installed, removed, examined."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import counted
from . import screen
from .codes import LOOK

app = typer.Typer(help="The add-in for Excel on Windows: install, remove, examine.", no_args_is_help=True)
SAMPLE = "flex_extra_performance_update.xlsm"


def sample_workbook() -> bytes:
    """The July 2008 update with macros and buttons, built from the shipped sample."""
    import tempfile

    from .. import catalogue, workbook
    from ..hosts.excel import files
    from ..hosts.excel.wrappers import BUTTON_MACROS
    from ..update import report, update_inputs

    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / SAMPLE
        workbook.build(report.compute(update_inputs.sample_inputs()), built, buttons=BUTTON_MACROS)
        return files.macro_workbook(built, catalogue.functions())


@app.command()
def install(
    everyone: Annotated[bool, typer.Option("--everyone", help="Into ProgramData, for all users of this machine.")] = False,
    roll_back: Annotated[bool, typer.Option("--roll-back", help="Back to the version installed before.")] = False,
) -> None:
    """Write the add-in and its settings, and let Excel open it on its next start."""
    from .. import catalogue
    from ..hosts.excel import install as work
    from ..hosts.excel.machine import this_machine

    machine = this_machine()
    if roll_back:
        version = work.roll_back(machine, everyone)
        screen.say(f"Back to version {version}; restart Excel.")
        return
    extras = {SAMPLE: sample_workbook()} if machine.windows else {}
    done = work.install(machine, catalogue.functions(), everyone, extras)
    screen.say(f"Installed into {done.folder}; restart Excel (registered for Office {', '.join(done.opened)}).")
    screen.say(f"Try it: open {done.folder / SAMPLE}")


@app.command()
def uninstall() -> None:
    """Take the add-in out of Excel, and its files away."""
    from ..hosts.excel import install as work
    from ..hosts.excel.machine import this_machine

    machine = this_machine()
    left = work.uninstall(machine)
    screen.say("Removed; nothing of xlwings' own settings was touched.")
    for folder in work.kept(machine):
        screen.say(f"Kept: {folder}, copies and journals of workbooks on web servers; delete it if you do not need them.")
    if left:
        screen.say(f"Excel holds {counted(len(left), 'file')}; close Excel and run this once more: {left[0]}")
        raise typer.Exit(LOOK)


@app.command()
def doctor() -> None:
    """Look for the known causes of #N/A and #NAME?, the likeliest first."""
    from ..hosts.excel import doctor as work

    results = work.examine()
    for result in results:
        screen.say(str(result))
    if any(result.state == work.FAIL for result in results):
        raise typer.Exit(LOOK)


@app.command()
def diagnostics() -> None:
    """A report for whoever helps: versions and checks, and no value of any workbook."""
    from ..hosts.excel import doctor as work

    screen.say(work.report())
