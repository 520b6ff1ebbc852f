"""Commands as a shell sees them: exit code and all that is said."""

from __future__ import annotations

from dataclasses import dataclass

from typer.testing import CliRunner

from xl_flexextra.cli import main
from xl_flexextra.errors import FlexExtraError


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    exit_code: int
    output: str


def command(*args: object) -> Ended:
    """Run a command; our errors become the sentence and the exit code that main() makes of them."""
    result = CliRunner().invoke(main.app, [str(arg) for arg in args])
    if isinstance(result.exception, FlexExtraError):
        return Ended(2, f"{result.output}Error: {result.exception}\n")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.output)


def run(*args: object) -> tuple[int, str]:
    """Exit code and output of a command; an error of ours is its sentence alone and the code 2."""
    result = CliRunner().invoke(main.app, [str(arg) for arg in args])
    if isinstance(result.exception, FlexExtraError):
        return 2, str(result.exception)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output
