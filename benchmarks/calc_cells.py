"""10,000 formula cells recalculated in LibreOffice Calc: our add-in, the same by native formulas, by Basic macros.

``python benchmarks/calc_cells.py`` prints ratios from one run of one LibreOffice.
"""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path

import xlsxwriter

from xl_flexextra import sample, workbook
from xl_flexextra.cells.scalars import to_serial
from xl_flexextra.hosts.calc import session
from xl_flexextra.update import report, update_inputs

ROWS, TABLES = 10_000, 40
OURS = "AATR(A{r},B{r},C{r})"
NATIVE = "IF(C{r}>1,(B{r}/A{r})^(1/C{r})-1,B{r}/A{r}-1)"


def cells(path: Path, formula: str) -> None:
    """A sheet of begin, end, years, and a formula a row."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for row in range(ROWS):
        sheet.write_row(row, 0, [1000, 1000 + row / 7, 1 + row % 10])
        sheet.write_formula(row, 3, "=" + formula.format(r=row + 1), None, 0)
    book.close()


def seconds(path: Path, **job: object) -> float:
    """The best of five hard recalculations."""
    answer = session.run([{"path": str(path), "recalculate": True, "repeat": 5, **job}], timeout=300)[0]
    return min(answer["repeats"])


def basic(path: Path) -> None:
    """The same function as a Basic macro inside the document, called from every cell."""
    source = (
        "Function AATRBASIC(b, e, n)\n  If n > 1 Then\n    AATRBASIC = (e / b) ^ (1 / n) - 1\n"
        "  Else\n    AATRBASIC = e / b - 1\n  End If\nEnd Function\n"
    )
    rows = [
        ["1000", f"{1000 + row / 7}", f"{1 + row % 10}", f"=AATRBASIC(A{row + 1};B{row + 1};C{row + 1})"]
        for row in range(ROWS)
    ]
    job = {"basic": source, "fills": {f"Sheet1!A1:D{ROWS}": rows}, "save": str(path), "filter": "calc8"}
    session.run([job], timeout=300)


def table_call() -> float:
    """Seconds of one PERFORMANCE_TABLE of 7 funds and 5 periods over ten years of the sample's unit values."""
    periods = ["YTD", "1Y", "3Y", "5Y", "10Y_OR_SI_FUND"]
    cells = {f"Periods!{column}1": period for column, period in zip("ABCDE", periods, strict=True)}
    for name in ("UnitValues", "Shares", "Funds"):
        for row, line in enumerate(sample.rows(name), 1):
            for column, item in zip("ABCDEFGH", line, strict=False):
                cells[f"{name}!{column}{row}"] = to_serial(item) if isinstance(item, datetime.date) else item
    ranges = "$UnitValues.A1:H123;DATE(2008;7;31);$Periods.A1:E1;$Shares.A1:B8;$Funds.A1:G8"
    call = f'=PERFORMANCE_TABLE("flex_extra_flexible";{ranges})'
    arrays = {f"Tables!A{8 * table + 1}:E{8 * table + 7}": call for table in range(TABLES)}
    answer = session.run([{"overrides": cells, "arrays": arrays, "recalculate": True, "repeat": 5, "read": True}])[0]
    assert not any(error for *_, error in answer["cells"]), "the tables hold errors"
    return float(min(answer["repeats"])) / TABLES


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        cells(folder / "ours.xlsx", OURS)
        cells(folder / "native.xlsx", NATIVE)
        basic(folder / "basic.ods")
        workbook.build(report.compute(update_inputs.sample_inputs()), folder / "update.xlsx")
        ours, native = seconds(folder / "ours.xlsx"), seconds(folder / "native.xlsx")
        macros = seconds(folder / "basic.ods", macros=4)  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
        page = seconds(folder / "update.xlsx")
        table = table_call()
    print(f"{ROWS} cells of AATR, hard recalculation: {ours:.3f} s ({ours / ROWS * 1e6:.1f} µs a cell); target under 0.2 s")
    print(f"  native formulas: {native:.3f} s; ours {ours / native:.1f} x")
    print(f"  Basic macros:    {macros:.3f} s; ours {ours / macros:.2f} x")
    print(f"one call of PERFORMANCE_TABLE (35 figures): {table * 1e3:.1f} ms; target under 5 ms")
    print(f"the whole update (112 figures, 4 table calls, tie-out, growth): {page:.3f} s")


if __name__ == "__main__":
    main()
