"""A workbook of an update that carries its functions: the update's sheets, a first sheet, help, and the definitions."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from ...hosts.native import names
from ...ooxml.package import Package
from ...ooxml.workbook import Workbook
from ...terms import Terms, library
from ...update.report import Report
from ..book import Book, put
from ..layout import FUNCTIONS, PAGE, TIE_OUT
from ..start_sheet import LOOK, MONTH, OF_NATIVE, UNTIED
from ..terms_places import terms_table
from ..update.build import titled, update_sheets
from .definitions_sheet import definitions_sheet
from .first_sheet import first_sheet
from .help_sheet import help_sheet

WITH_RANGES = ("WORKDAY", r"INDEX\(ISNUMBER")
"""Calls of Excel's own functions over a range, of which some engines take one cell unless the formula is a dynamic array."""


def build(report: Report, path: Any) -> None:
    """Write the update with its functions as names; every cell holds its true value, and nothing is computed on opening."""
    shipped = shipped_terms(report.inputs.contracts)
    out = io.BytesIO()
    book = Book(out, titled(report), dynamic=WITH_RANGES, label=report.inputs.label, guarded=True)
    pages = [(PAGE, "the performance update"), (FUNCTIONS, "every function with a live example, and its help")]
    if report.tied:
        pages.insert(1, (TIE_OUT, "every printed figure beside the recomputed one"))
    month = [UNTIED if step is LOOK and not report.tied else step for step in MONTH]
    todo = (("The month, step by step", month), ("What to send", OF_NATIVE))
    first = first_sheet(book, report, names.library(shipped), todo, pages)
    update_sheets(book, report)
    help_sheet(book, report, names.library(shipped))
    definitions_sheet(book, names.library(shipped))
    first.activate()
    first.set_first_sheet()
    book.close()
    write_with_names(out.getvalue(), path, shipped)


def shipped_terms(contracts: Sequence[Terms]) -> dict[str, str]:
    """The tables of the contracts that ship, which a formula may ask for by name."""
    ships = library.contracts()
    return {terms.name: terms_table(terms, contracts) for terms in contracts if terms.name in ships}


def write_with_names(xlsx: bytes, path: Any, shipped: Mapping[str, str]) -> None:
    """Write a finished workbook to a path or an open file, with the definitions as its names."""
    put(path, with_names(xlsx, "the native workbook", shipped))


def with_names(xlsx: bytes, name: str, shipped: Mapping[str, str]) -> bytes:
    """A finished workbook with the definitions as its names."""
    package = Package(io.BytesIO(xlsx), name)
    names.add(Workbook(package), shipped)
    out = io.BytesIO()
    package.write(out)
    return out.getvalue()
