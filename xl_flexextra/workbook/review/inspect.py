"""A workbook inspected from outside: hidden sheets, external links, constants within formulas."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

KINDS = HIDDEN, LINKS, CONSTANTS = "hidden sheets", "external links", "formulas that hold a constant"


def inspect_book(sheets: Sequence[Any], formulas: Mapping[str, Mapping[tuple[int, int], str]]) -> dict[str, int]:
    """How many of each a workbook in the making has, by its sheets and its formulas."""
    hidden = sum(bool(sheet.hidden) for sheet in sheets)
    return _counted(hidden, 0, (text for cells in formulas.values() for text in cells.values()))


def inspect(path: Path | str) -> dict[str, int]:
    """How many of each a workbook's file has: hidden sheets, external links, formulas with a number or text of their own."""
    import openpyxl

    with zipfile.ZipFile(path) as package:
        links = sum(name.startswith("xl/externalLinks/externalLink") for name in package.namelist())
    with warnings.catch_warnings():  # of parts that openpyxl does not know: nothing is saved here
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)
    hidden = sum(sheet.sheet_state != "visible" for sheet in book.worksheets)
    cells = (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    found = _counted(hidden, links, filter(None, map(formula_of, cells)))
    book.close()
    return found


def _counted(hidden: int, links: int, formulas: Iterable[str]) -> dict[str, int]:
    """The counts. A copy of a formula in another row holds what the formula holds: each text is looked at once."""
    known: dict[str, tuple[bool, bool]] = {}
    constants = 0
    for formula in formulas:
        shape = _ROW.sub(r"\1", formula)
        if shape not in known:
            known[shape] = bool(constants_in(formula)), bool(_LINK.search(formula))
        constants += known[shape][0]
        links += known[shape][1]
    return {HIDDEN: hidden, LINKS: links, CONSTANTS: constants}


_ROW = re.compile(r"(?<![A-Za-z0-9_.])(\$?[A-Z]{1,3}\$?)\d{1,7}(?![A-Za-z0-9_(.])")  # the row of an address
_LINK = re.compile(r"\[\d+\]")


def formula_of(cell: Any) -> str:
    """A cell's formula, array formulas too; empty where it has none."""
    value = getattr(cell.value, "text", cell.value)
    return value if isinstance(value, str) and cell.data_type == "f" else ""


def constants_in(formula: str) -> list[str]:
    """Numbers and texts written into a formula. FALSE() and TRUE(), the kinds of a look-up, are functions and none."""
    from openpyxl.formula import Tokenizer
    from openpyxl.formula.tokenizer import Token

    found = []
    for token in Tokenizer(formula if formula.startswith("=") else f"={formula}").items:
        if token.type == Token.OPERAND and token.subtype in (Token.NUMBER, Token.TEXT, Token.LOGICAL, Token.ERROR):
            found.append(token.value)
    return found
