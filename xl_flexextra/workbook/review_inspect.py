"""A workbook looked at from outside: hidden sheets, external links, constants within formulas."""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

HIDDEN, LINKS, CONSTANTS = "hidden sheets", "external links", "formulas that hold a constant"


def inspect(path: Path | str) -> dict[str, int]:
    """How many of each a workbook has: hidden sheets, external links, formulas with a number or text of their own."""
    import openpyxl

    with zipfile.ZipFile(path) as package:
        links = sum(name.startswith("xl/externalLinks/externalLink") for name in package.namelist())
    with warnings.catch_warnings():  # of parts that openpyxl does not know: nothing is saved here
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)
    hidden = sum(sheet.sheet_state != "visible" for sheet in book.worksheets)
    constants = 0
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                formula = formula_of(cell)
                if formula:
                    constants += bool(constants_in(formula))
                    links += bool(re.search(r"\[\d+\]", formula))
    book.close()
    return {HIDDEN: hidden, LINKS: links, CONSTANTS: constants}


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
