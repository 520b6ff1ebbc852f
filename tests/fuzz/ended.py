"""How a command of the command line ends in a folder, and what it says; in this process."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path


def ended(args: list[str], folder: Path) -> tuple[int, str]:
    """Exit code, and all that was said."""
    from xl_flexextra.cli import main

    said, here, argv = io.StringIO(), Path.cwd(), sys.argv
    os.chdir(folder)
    sys.argv = ["xl-flexextra", *args]
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = main._run()
    finally:
        sys.argv = argv
        os.chdir(here)
    return code, said.getvalue()
