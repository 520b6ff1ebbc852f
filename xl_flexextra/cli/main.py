"""``xl-flexextra``: the command line that sees the whole house."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import Annotated

import typer

from .. import __version__
from ..errors import FlexExtraError
from . import calc, excel, lookup_commands, report_commands, review, sync

app = typer.Typer(
    help="The numbers in a variable annuity performance report as live, explainable worksheet formulas.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_STATE = {"debug": False}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"xl-flexextra {__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole trace of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    _STATE["debug"] = debug


app.command()(report_commands.report)
app.command()(report_commands.new)
app.command("tie-out")(report_commands.tie_out)
app.command()(report_commands.explain)
app.command()(lookup_commands.call)
app.command()(lookup_commands.functions)
app.add_typer(lookup_commands.terms_app, name="terms")
app.command()(lookup_commands.doctor)
app.command()(sync.refresh)
app.command()(sync.restore)
app.command()(sync.journal)
app.add_typer(sync.store_app, name="store")
app.command()(review.review)
app.command()(review.diff)
app.add_typer(calc.app, name="calc")
app.command()(calc.pdf)
app.add_typer(excel.app, name="excel")


def main() -> None:
    """Run the command line; what is wrong becomes one sentence on standard error and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a cp1252 console must not end a report
    try:
        app()
    except FlexExtraError as error:
        if _STATE["debug"]:
            raise
        typer.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except Exception as error:
        if _STATE["debug"]:
            raise
        logging.getLogger("xl_flexextra").debug("unexpected", exc_info=True)
        typer.echo(
            f"Error: something unexpected went wrong ({type(error).__name__}: {error}); --debug shows it all.", err=True
        )
        sys.exit(3)


if __name__ == "__main__":
    main()
