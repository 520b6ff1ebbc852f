"""Write udfs/flexextra_udfs/__init__.pyi, the types of the worksheet functions, from their declarations.

python tools/make_types.py [FILE]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from xl_flexextra import catalogue
from xl_flexextra.functions import python_help
from xl_flexextra.functions.declaration import WorksheetFunction

FILE = Path(__file__).parent.parent / "udfs" / "flexextra_udfs" / "__init__.pyi"
HEAD = '''\
"""Generated from the declarations by tools/make_types.py. One value gives one result, a range an array of results."""

import datetime
from typing import overload

import numpy as np
from numpy.typing import NDArray

from xl_flexextra.terms.terms import Terms
from xl_flexextra.typing import Array, Cell, Day, Flag, Number, Range, Table, Text

# the second of two overloads takes what the first takes as well: an argument of either kind gives the array
# mypy: disable-error-code="overload-overlap"
'''


def declaration(function: WorksheetFunction) -> str:
    """A function's types; where ranges may be given for its single values, those for single values first."""
    one, several = python_help.returned(function)
    if not function.spreads:
        return _typed(function, one, spread=False)
    return f"@overload\n{_typed(function, one, spread=False)}@overload\n{_typed(function, several, spread=True)}"


def _typed(function: WorksheetFunction, result: str, spread: bool) -> str:
    arguments = [
        f"{argument.name}: {python_help.annotation(argument, spread)}{' = ...' if argument.optional else ''}"
        for argument in function.arguments
    ]
    if function.gives_figures:
        arguments += ["*", "errors: str = ..."]
    return f"def {function.name}({', '.join(arguments)}) -> {result}: ...\n"


def types() -> str:
    """The whole file."""
    declared = sorted(catalogue.functions(), key=lambda function: function.name)
    exported = "__all__ = [" + ", ".join(f'"{function.name}"' for function in declared) + "]\n"
    text = "\n".join([HEAD, exported, *map(declaration, declared)])
    formatter = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", str(FILE), "-"]
    return subprocess.run(formatter, input=text, capture_output=True, text=True, encoding="utf-8", check=True).stdout


def main(file: Path = FILE) -> None:
    """Write the file."""
    file.write_text(types(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
