"""What XlsxWriter writes of sheets and charts, made what Excel writes: values that spill, errors, all digits of numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

import xlsxwriter
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from ..ooxml import xml_bytes
from .laid_rows import LaidRows

ERRORS = frozenset({"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NULL!", "#NAME?"})
_CALLED = re.compile(r"[\w.]+(?=\()")


class File(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook whose charts store no point for an error. XlsxWriter stores 0, which a program without cells draws."""

    def _add_chart_data(self) -> None:
        super()._add_chart_data()
        for chart in self.charts:
            for points in filter(None, chart.formula_data):
                points[:] = [None if isinstance(one, str) and one in ERRORS else one for one in points]


class Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet that writes spilled texts and errors as Excel does: as values of no formula and of no list of strings.

    XlsxWriter looks for each of thirty newer functions in every formula, which takes most of the time of a workbook of many
    funds: here it is asked once for each function that is called.
    """

    _same: ClassVar[dict[str, bool]] = {}
    _laid: LaidRows | None = None

    def lay(self, laid: LaidRows) -> None:
        """Take the body of the table that was just added, in whose rows nothing else stands. XlsxWriter would remember
        each of its cells."""
        table, whole = self.tables[-1], xl_range(laid.first - 1, laid.left, laid.last, laid.right)
        table.update({key: whole for key in ("range", "a_range", "autofilter") if table.get(key)})
        self._check_dimensions(laid.first, laid.left)
        self._check_dimensions(laid.last, laid.right)
        self._laid = laid

    dim_rowmin: Any
    dim_rowmax: Any

    def _write_rows(self) -> None:
        laid, top, bottom = self._laid, self.dim_rowmin, self.dim_rowmax
        if laid is None:
            super()._write_rows()
            return
        for first, last in ((top, laid.first - 1), (laid.last + 1, bottom)):
            if first <= last:
                self.dim_rowmin, self.dim_rowmax = first, last
                super()._write_rows()
            if last == laid.first - 1:
                for piece in laid.xml():
                    self.fh.write(piece)
        self.dim_rowmin, self.dim_rowmax = top, bottom

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        for name in set(_CALLED.findall(formula)):
            if name not in self._same:
                self._same[name] = super()._prepare_formula(f"{name}()", expand_future_functions) == f"{name}()"
            if not self._same[name]:
                return str(super()._prepare_formula(formula, expand_future_functions))
        return formula.removeprefix("{").removeprefix("=").removesuffix("}")

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        if isinstance(number, Spilled):
            told = "".join(f' {key}="{value}"' for key, value in (*attributes, ("t", number.kind)))
            self.fh.write(f"<c{told}><v>{xml_bytes.escape(xml_bytes.cell_text(number.text)).decode()}</v></c>")
        else:
            super()._xml_number_element(number, attributes)


class Spilled(float):
    """A text or an error among spilled values. A constant or a formula in its place would keep the values from spilling."""

    text: str

    @classmethod
    def of(cls, text: str) -> Spilled:
        """The value that a cell shows as this text."""
        made = cls(0.0)
        made.text = text
        return made

    @property
    def kind(self) -> str:
        """The type of the cell."""
        return "e" if self.text in ERRORS else "str"


class Exact(float):
    """A number that XlsxWriter writes so that it reads back as itself: its 16 digits lose the last bit of some, and a
    fingerprint over the input read back would be another one."""

    def __format__(self, spec: str) -> str:
        text = super().__format__(spec)
        return text if float(text) == self else repr(float(self))
