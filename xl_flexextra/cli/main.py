"""``xl-flexextra``: the command line that sees the whole house."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import __version__
from ..cells import data_frames
from ..errors import FlexExtraError
from . import (
    batch_command,
    calc,
    excel,
    explain_command,
    find_commands,
    given_once,
    in_json,
    lookup_commands,
    month_command,
    native_commands,
    read_commands,
    report_commands,
    review,
    samples_command,
    screen,
    step_log,
    streams,
    sync,
    terms_commands,
    trust_commands,
)
from .codes import DONE, ERROR, FAULT, unexpected

app = typer.Typer(
    help="The numbers in a variable annuity performance report as live, explainable worksheet formulas.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
_STATE: dict[str, Any] = {"debug": False, "code": None}  # code: how main() ended; None where it did not run


def _version(wanted: bool) -> None:
    if wanted:
        screen.say(f"xl-flexextra {__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    context: typer.Context,
    log: Annotated[
        Path | None,
        typer.Option("--log", envvar=step_log.VARIABLE, help="Add a line a step, with its time, to this file."),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole trace of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    _STATE["debug"] = debug
    if log is not None:
        step_log.begin(log, context.invoked_subcommand or "", sys.argv[1:])


app.command()(report_commands.report)
app.command()(read_commands.read)
app.command()(report_commands.new)
app.command()(samples_command.samples)
app.command("tie-out")(report_commands.tie_out)
app.command()(explain_command.explain)
app.command()(find_commands.find)
app.command(context_settings={"ignore_unknown_options": True})(lookup_commands.call)  # -0.0874 is a number, no option
app.command()(lookup_commands.functions)
app.add_typer(terms_commands.terms_app, name="terms")
app.command()(lookup_commands.doctor)
app.command()(sync.refresh)
app.command()(sync.restore)
app.command()(sync.journal)
app.add_typer(sync.store_app, name="store")
app.command()(batch_command.batch)
app.add_typer(trust_commands.trust_app, name="trust")
app.command()(review.review)
app.command()(review.diff)
app.command()(month_command.month)
app.add_typer(calc.app, name="calc")
app.command()(calc.pdf)
app.add_typer(excel.app, name="excel")
app.add_typer(native_commands.native_app, name="native")
given_once.ask(app)


def main() -> None:
    """The console script."""
    _STATE["code"] = _run()
    sys.exit(_STATE["code"])


def _run() -> int:
    """Run the command line, and note in its log how it ended."""
    code = _ended()
    step_log.end(code)
    return code


def _ended() -> int:
    """Run the command line; what is wrong becomes one sentence on standard error, and an exit code (:mod:`.codes`)."""
    streams.prepare()
    data_frames.keep_pandas_away()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy is not loaded yet: its threads only turn until they sleep
    try:
        app()
    except SystemExit as end:
        wrong = getattr(end.__context__, "format_message", None)  # what typer has just shown of the words of the command
        if wrong is not None:
            step_log.step(f"error: {wrong()}")
            if "--json" in sys.argv:
                in_json.wrong_option(wrong())
        if isinstance(end.code, str):
            screen.say(end.code, error=True)
        return end.code if isinstance(end.code, int) else DONE if end.code is None else ERROR
    except FlexExtraError as error:
        if _STATE["debug"]:
            screen.say(traceback.format_exc(), error=True)
        _say_error(str(error))
        return ERROR
    except MemoryError:
        _say_error("This needs more memory than there is; nothing was changed; give smaller files.")
        return ERROR
    except Exception as error:
        if _STATE["debug"]:
            screen.say(traceback.format_exc(), error=True)
        logging.getLogger("xl_flexextra").debug("unexpected", exc_info=True)
        _say_error(unexpected(error))
        return FAULT
    return DONE


def _say_error(sentence: str) -> None:
    step_log.step(f"error: {sentence}")
    screen.say(f"Error: {sentence}", error=True)


@atexit.register  # as early as may be: what is registered later is called before, and threads have ended by then
def _end() -> None:
    """End a command that loaded PyArrow without the destructors of C++.

    A command that reads a file and ends at once found PyArrow's threads still starting in one of twenty runs, and
    died with 'terminate called without an active exception' and exit code 134, whatever it had done.
    """
    code = _STATE["code"]
    if code is None or "pyarrow" not in sys.modules:
        return
    logging.shutdown()  # registered before this
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, ValueError, OSError):  # a closed pipe: nobody reads on
            code = code or 1
    os._exit(code)


if __name__ == "__main__":
    main()
