"""The second route to every published figure: the native formulas, written apart from the core, computed by IronCalc.

The core computes a figure in numpy; the LAMBDAs are other formulas, and the engine is not ours. Where both give the same,
neither has taken the other's word for it.
"""

from __future__ import annotations

import datetime
import functools
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from ...cells.scalars import to_serial
from ...errors import CellError
from ...hosts.native import known_terms
from ...hosts.native.definitions import definitions
from ...inputs.fund_table import FUND_TABLE
from ...inputs.measures import RETURN
from ...recalculation.embedded_engine import Block, IronCalc, NoAnswer, Question
from ...terms import Terms
from ...update import report as reports
from ...update.report import Report
from .build import with_names

Rows = tuple[tuple[Any, ...], ...]
RETURNS, FIGURES = "CONTRACT_AATR", "CONTRACT_FIGURE"
SEE = "see docs/native.md"


class Call(NamedTuple):
    """A call of a native function; an argument is a value, None where it is left out, or rows by their number."""

    function: str
    arguments: tuple[Any, ...]


class RowsAt(NamedTuple):
    """Rows that several calls share, by their number."""

    number: int


class Second(NamedTuple):
    """What the second route gives for a figure: a value or an error of a cell, None where no engine answers; and why not."""

    value: Any
    remark: str = ""


def of_figures(report: Report) -> list[Second]:
    """The second route to each published figure of a report, in their order."""
    shared: dict[Rows, int] = {}

    def rows(given: Sequence[Sequence[Any]]) -> RowsAt:
        return RowsAt(shared.setdefault(tuple(tuple(map(_plain, line)) for line in given), len(shared)))

    inputs, known = report.inputs, definitions({})
    tables = rows(inputs.unit_values.rows()), rows(inputs.share_rows) if inputs.share_rows else None
    funds = rows(FUND_TABLE.rows(inputs.funds.items))
    calls, remarks = [], []
    for one in report.tied:
        figure, found = one.published, reports.route(report, one.published)
        is_return = figure.unit.name == RETURN
        terms = rows([("Term", "Value"), *((key, value) for key, value, *_ in found.terms.rows())])
        shares = tables[1] if found.charges != "asset" else None
        over = (terms, tables[0], figure.fund, _plain(figure.as_of), found.code, shares, funds, found.charges)
        calls.append(Call(RETURNS, over) if is_return else Call(FIGURES, (figure.unit.name, *over, figure.charge or None)))
        remarks.append("" if calls[-1].function in known else f"{calls[-1].function} has no native form")
    asked = [call for call, remark in zip(calls, remarks, strict=True) if not remark]
    answers = iter(computed(tuple(shared), tuple(asked)))
    return [
        Second(None, remark) if remark else _judged(next(answers), reports.route(report, one.published).terms, one)
        for one, remark in zip(report.tied, remarks, strict=True)
    ]


def _judged(value: Any, terms: Terms, one: Any) -> Second:
    """An answer, and why there is none where the core has a figure."""
    if value is None:
        return Second(None, "IronCalc did not answer")
    if isinstance(value, CellError) and isinstance(one.recomputed, float):
        refused = [f"{key} = {choice}" for key, choice in sorted(known_terms.REFUSED) if terms[key] == choice]
        return Second(value, f"no native form: {'; '.join(refused) or SEE}")
    return Second(value)


def _plain(value: Any) -> Any:
    """A cell as the engine is given it."""
    if isinstance(value, datetime.date):
        return to_serial(value)
    if isinstance(value, float) and value != value:
        return None
    if hasattr(value, "item"):
        return value.item()
    return value


@functools.lru_cache(maxsize=8)
def computed(shared: tuple[Rows, ...], calls: tuple[Call, ...]) -> tuple[Any, ...]:
    """What IronCalc gives for calls of the native functions; None for each where it does not answer."""
    question = Question([f"Given_{number}" for number in range(len(shared) + 1)])
    for number, rows in enumerate(shared, start=1):  # sheet 0 is that of the file of names
        width = max(map(len, rows))
        question.cells.append(
            Block(number, 1, 1, width, [cell for row in rows for cell in (*row, *[None] * (width - len(row)))])
        )
    places = [_address(number, rows) for number, rows in enumerate(shared)]
    last = len(shared) + 1
    question.formulas += [(last, row, 1, _text(call, places)) for row, call in enumerate(calls, start=1)]
    if not calls:
        return ()
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "names.xlsx"
        names.write_bytes(_file_of_names())
        try:
            question.names = str(names)
            with IronCalc() as engine:
                return tuple(engine.answers(question))
        except NoAnswer:
            return (None,) * len(calls)


def _address(number: int, rows: Rows) -> str:
    return f"Given_{number}!" + str(xl_range_abs(0, 0, len(rows) - 1, max(map(len, rows)) - 1))


def _text(call: Call, places: Sequence[str]) -> str:
    """A call as its formula, without what is left out at its end."""
    texts = [_argument(argument, places) for argument in call.arguments]
    while not texts[-1]:
        texts.pop()
    return f"{call.function}({','.join(texts)})"


def _argument(value: Any, places: Sequence[str]) -> str:
    if value is None:
        return ""
    if isinstance(value, RowsAt):
        return places[value.number]
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return repr(float(value))


@functools.lru_cache(maxsize=1)
def _file_of_names() -> bytes:
    """A workbook of one empty sheet with the definitions; a contract by its name is no table of it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet()
    book.close()
    return with_names(out.getvalue(), "the file of names", {})
