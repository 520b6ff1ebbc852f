"""Native formulas over a refreshed table: right, or as they were and listed. LibreOffice is the judge."""

from __future__ import annotations

import datetime
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table
from typer.testing import CliRunner

from xl_flexextra.cli.main import app
from xl_flexextra.hosts import calc
from xl_flexextra.sync.refresh import Outcome, Request, refresh

ROOT = Path(__file__).parents[2]
# E: decimals; G: texts that are dates or numbers; H: numbers and texts; K: a blank one in row 4; L: letters; P: holidays;
# Q: a formula that does not depend on the table
CELLS: dict[str, list[Any]] = {
    "E": [1.1, 2.7, 1.8, 2.0, 0.5, 0.4, 0.1, -50000, 36123.95, 21.9],
    "G": ["2008-07-31", "8.5%", "1,234.5", "nan", "inf", "1_000"],
    "H": [5, "5", "5.0", "x", 7],
    "J": ["=Data!B2*10", 2, "=SUBTOTAL(9,J2:J3)", 3, 4, "=SUBTOTAL(9,J5:J6)", "=SUBTOTAL(9,J2:J7)"],
    "K": [0, 3, None, 39660.5, 1],
    "L": ["Strasse", "Straße", "ZÜRICH", "Zürich"],
    "M": [3, 4, 100, 100],
    "P": ["2008-08-01", 39664],
    "Q": ["=2*5"],
}
FORMULAS = """
IF(SUM(Shares[share])=1,"complete","CHECK")
IF(Data!B2+Data!B3+Data!B4+Data!B5+Data!B6+Data!B7+Data!B8+Data!B9+Data!B10+Data!B11=1,"complete","CHECK")
IF(Data!E2+Data!E3=Data!E4+Data!E5,"true","false")
IF(Data!E6-Data!E7-Data!E8=0,"zero","not zero")
Data!E9+Data!E10=-13876.05
Data!E11/0.2=109.5
ROUND(Data!E11/0.2,0)
MATCH(SUM(Shares[share]),Shares[share],0)
COUNTIF(Shares[share],Data!E4-Data!E2-0.6)
MIN(Data!B2,Data!K4)
MAX(-1,Data!K4)
AVERAGE(Data!B2,Data!K4)
AVERAGE(Data!B2:B2,Data!K4:K4)
SUM(Data!B2,Data!H5)
AND(Data!B2,Data!K4)
MIN(INDEX(Data!K2:K6,3),5)
AVERAGE(IF(Data!B2>0,Data!K4,1),5)
COUNT(IF(Data!B2>0,Data!K4,1))
Data!G2-365
YEAR(Data!G2)
EOMONTH(Data!G2,-1)
EDATE(Data!G2,-12)
WORKDAY(39660,1,Data!P2:P3)
Data!G3*1000
Data!G4+0
IFERROR(Data!G5+1,"none")
IFERROR(Data!G6+1,"none")
IFERROR(Data!G7+1,"none")
COUNTIF(Data!H2:H6,5)
COUNTIF(Data!H2:H6,"5")
MATCH("5",Data!H2:H6,0)
SUBTOTAL(9,Data!J2:J8)
SUBTOTAL(109,Data!M2:M5)
SUBTOTAL(9,Shares[share])
IFERROR(Data!K2^0,"num")
IF("a-b"<"aa","less","more")&Data!K3
IFERROR(MATCH(Data!K4,Data!H2:H6,0),"none")
IF(Data!L2=Data!L3,"same","other")
IF(Data!L4=Data!L5,"same","other")
SUM(Data!K3,"5")
IFERROR(AND(Data!K3,"TRUE"),"err")
IFERROR(AVERAGE(Data!K4),"div")
DATE(2008,Data!K3,0)
YEAR(Data!K5)
EDATE(39660.75,Data!K3)
SUM(INDEX(Data!H2:H6,0))
ROUND(Data!E9,-4)
IF(Data!K6=TRUE,"t","f")
ROWS(Data!H:H)
SUM(Control)+COUNT(Control)
""".strip().splitlines()


def book(path: Path, first: float, formulas: list[str] = FORMULAS, names: tuple[tuple[str, str], ...] = ()) -> Path:
    """A table of ten shares, cells of all kinds, and formulas that depend on the table; without stored values."""
    made = openpyxl.Workbook()
    data = made.active
    data.title = "Data"
    data.append(["fund", "share"])
    for place in range(10):
        data.append([f"F{place}", first if place == 0 else 0.1])
    data.add_table(Table(displayName="Shares", ref="A1:B11"))
    for column, values in CELLS.items():
        for row, value in enumerate(values, start=2):
            data[f"{column}{row}"] = value
    data.row_dimensions[4].hidden = data.row_dimensions[5].hidden = True
    page = made.create_sheet("Page")
    for row, formula in enumerate(formulas, start=1):
        depends = any(name in formula for name in ("Shares[", "Data!B", "Control", *(name for name, _ in names)))
        page.cell(row, 1, f"={formula}" if depends else f"=IF(COUNT(Shares[share])>0,{formula},0)")
    for name, text in (("Control", "SUM(Shares[share])*2"), *names):
        made.defined_names[name] = openpyxl.workbook.defined_name.DefinedName(name, attr_text=text)
    made.save(path)
    return path


def stored(path: Path, new: dict[str, Any] | None = None) -> Path:
    """The same workbook with values as LibreOffice computes them, or with others in cells of the page."""
    values = {(c.sheet, c.address): c.recalculated for c in calc.recalculate(path).cells}
    values |= {("Page", address): value for address, value in (new or {}).items()}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for part, sheet in (("xl/worksheets/sheet1.xml", "Data"), ("xl/worksheets/sheet2.xml", "Page")):

        def filled(match: re.Match[bytes], sheet: str = sheet) -> bytes:
            value = values[sheet, match[1].decode()]
            kind = b"" if isinstance(value, float) else b' t="e"' if str(value)[:1] == "#" else b' t="str"'
            return b'<c r="' + match[1] + b'"' + kind + b">" + match[2] + b"<v>" + str(value).encode() + b"</v></c>"

        parts[part] = re.sub(rb'<c r="(\w+)"[^>]*>(<f>.*?</f>)<v ?/?>(?:</v>)?</c>', filled, parts[part])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def refreshed(path: Path, *options: str) -> str:
    """The command on it, with ten shares of 0.1; what it printed."""
    source = path.with_name("shares.csv")
    source.write_text("fund,share\n" + "".join(f"F{place},0.1\n" for place in range(10)))
    command = ["refresh", str(path), "--from", str(source), "--table", "Shares", "--accept-revisions", "--cells", "99"]
    done = CliRunner().invoke(app, [*command, *options])
    assert done.exit_code == 0, done.output
    return done.output


def page(path: Path) -> list[Any]:
    return [row[0].value for row in openpyxl.load_workbook(path, data_only=True)["Page"].iter_rows()]


def judged(path: Path) -> list[Any]:
    """The page as LibreOffice computes it now."""
    found = {c.address: c.recalculated for c in calc.recalculate(path).cells if c.sheet == "Page"}
    return [found[f"A{row}"] for row in range(1, len(found) + 1)]


def as_cells(values: list[Any]) -> list[Any]:
    """Truth values and errors alike, however they were read."""
    dates = (float((v - datetime.datetime(1899, 12, 30)).days) if isinstance(v, datetime.datetime) else v for v in values)
    return [float(v) if isinstance(v, bool | int) else v for v in dates]


def agree(a: Any, b: Any) -> bool:
    return a == (pytest.approx(b, rel=1e-14) if isinstance(b, float) else b)


def listed(output: str) -> set[str]:
    return set(re.findall(r"^  ! (\S+)$", output, re.MULTILINE))


@pytest.fixture(scope="module")
def natives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(book(tmp_path_factory.mktemp("natives") / "natives.xlsx", 0.3))


def test_what_is_not_proved_stays_and_is_listed(natives: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(natives, tmp_path))
    old = as_cells(page(path))
    left = listed(refreshed(path, "--no-calc"))
    now, right = as_cells(page(path)), judged(path)
    for row, formula in enumerate(FORMULAS):
        wanted = old[row] if f"Page!A{row + 1}" in left else right[row]
        assert agree(now[row], wanted), formula
    assert {now[0], now[1]} == {"complete"}  # ten shares of 0.1
    assert b'fullCalcOnLoad="1"' in zipfile.ZipFile(path).read("xl/workbook.xml")


def test_with_libreoffice_every_native_formula_is_right(natives: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(natives, tmp_path))
    assert listed(refreshed(path)) == set()
    now, right = as_cells(page(path)), judged(path)
    assert [formula for formula, *both in zip(FORMULAS, now, right, strict=True) if not agree(*both)] == []
    assert now[:4] == ["complete", "complete", "true", "zero"]
    assert now[6] == 110  # 21.9 / 0.2
    assert now[9:14] == [0.1, -1.0, 0.1, 0.1, 0.1]
    assert now[18:22] == [39660 - 365, 2008, 39629, 39294]


UNKNOWN = """
IFERROR(_xlfn.TAKE(Shares[share],-1),0)
SUM(Shares[share])+IFERROR(_xlfn.DROP(Shares[share],9),0)
IF(ISERROR(SUM(_xlfn.VSTACK(Shares[share],1))),"no data","ok")
IF(COUNT(_xlfn.TAKE(Shares[share],2))=0,"none","some")
IFERROR(MyVba(Shares[share]),0)
IFERROR(BDP("X","PX"),0)+SUM(Shares[share])
_xlfn.TAKE(Shares[share],-1)
IFERROR(A7,0)+STDEV(Shares[share])
IFERROR(INDIRECT("A7"),0)
IFERROR(LASTOF(1),0)
LASTOF(1)
TWICE(1)
A11+STDEV(Shares[share])
IFERROR(LastShare,0)+STDEV(Shares[share])
STDEV(Shares[share])
MEDIAN(Shares[share])+A15
""".strip().splitlines()
KNOWN = {15, 16}  # rows that LibreOffice can be asked for
LAMBDAS = (
    ("LASTOF", "_xlfn.LAMBDA(_xlpm.k,_xlpm.k*INDEX(Shares[share],ROWS(Shares[share])))"),
    ("TWICE", "_xlfn.LAMBDA(_xlpm.k,2*LASTOF(_xlpm.k))"),
    ("LastShare", "_xlfn.TAKE(Shares[share],-1)"),
)


@pytest.mark.parametrize("options", [(), ("--no-calc",)])
def test_formulas_of_functions_that_libreoffice_lacks_stay_and_are_listed(tmp_path: Path, options: tuple[str, ...]) -> None:
    """In IFERROR, one cell on, in names, in LAMBDAs, of VBA and add-ins: a good value is never overwritten by a fallback."""
    path = book(tmp_path / "unknown.xlsx", 0.3, UNKNOWN, LAMBDAS)
    stored(path, {f"A{row}": 10.5 for row in range(1, len(UNKNOWN) + 1)})
    output = refreshed(path, *options)
    kept = {row for row in range(1, len(UNKNOWN) + 1) if row not in KNOWN or options}
    assert {cell for cell in listed(output) if cell.startswith("Page")} == {f"Page!A{row}" for row in kept}
    now = page(path)
    assert [now[row - 1] for row in sorted(kept)] == [10.5] * len(kept)
    if not options:
        assert now[14] == pytest.approx(0, abs=1e-15)
        assert now[15] == pytest.approx(0.1, rel=1e-14)
    assert b'fullCalcOnLoad="1"' in zipfile.ZipFile(path).read("xl/workbook.xml")


def from_1904(path: Path) -> Path:
    made = openpyxl.Workbook()
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    data = made.active
    data.title = "UV"
    for line in (["valuation_date", "EQ"], [datetime.date(2008, 5, 31), 14.1], [datetime.date(2008, 6, 30), 14.2]):
        data.append(line)
    data.add_table(Table(displayName="UnitValues", ref="A1:B3"))
    data["A2"].number_format = data["A3"].number_format = "yyyy-mm-dd"
    formulas = ["YEAR(MAX(UnitValues[valuation_date]))", "EOMONTH(MAX(UnitValues[valuation_date]),0)", "MAX(UnitValues[EQ])"]
    formulas += ["YEAR(DATE(2008,COUNT(UnitValues[EQ]),1))", 'UNIT_VALUE_AT(UnitValues[#All],"EQ","2008-06-30")']
    formulas += ['UNIT_VALUE_AT(UnitValues[#All],"EQ",38198)', 'PERIOD_BASE_DATE(38198,"1M")']
    made.create_sheet("Page")
    for row, formula in enumerate(formulas, start=1):
        made["Page"].cell(row, 1, f"={formula}")
    made.save(path)
    return stored(path, {"A5": 14.15})


@pytest.mark.parametrize("options", [(), ("--no-calc",)])
def test_workbooks_that_count_from_1904_have_our_functions_by_their_own_days(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    path = from_1904(tmp_path / "mac.xlsx")
    source = tmp_path / "values.csv"
    source.write_text("valuation_date,EQ\n2008-05-31,14.1\n2008-06-30,14.2\n2008-07-31,14.4\n")
    output = CliRunner().invoke(app, ["refresh", str(path), "--from", str(source), *options]).output
    kept = set() if not options else {f"Page!A{row}" for row in range(1, 5)}  # native ones never go to IronCalc
    assert listed(output) == kept
    assert "counts dates from 1904" in output
    now = page(path)
    assert (now[0], now[2], now[4]) == (2008, 14.4 if not options else 14.2, 14.2)
    assert now[5:] == [14.4, 38198 - 31]  # by a serial of this workbook, and as one: 30 June
    assert now[1] == (38198 if not options else 38167)  # 31 July, 30 June


def test_a_formula_without_a_stored_value_is_not_blank(tmp_path: Path) -> None:
    """As programs write them that do not compute: what depends on one is not computed from nothing."""
    path = book(tmp_path / "bare.xlsx", 0.3, ["SUM(Shares[share])", "SUM(Shares[share],Data!Q2)", "COUNT(Data!B2,Data!Q2)"])
    output = refreshed(path, "--no-calc")
    assert page(path) == [pytest.approx(1.0), None, None]
    assert {"Page!A2", "Page!A3"} <= listed(output)


def test_precision_as_displayed_is_left_to_hosts(tmp_path: Path) -> None:
    path = stored(book(tmp_path / "shown.xlsx", 0.3, ["SUM(Shares[share])"]))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<calcPr ", b'<calcPr fullPrecision="0" ')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert "Page!A1" in listed(refreshed(path, "--no-calc"))


@pytest.mark.parametrize("missing", ["", "GLOBAL_SECURITIES"])
def test_the_shipped_update_is_recomputed_as_a_whole(tmp_path: Path, missing: str) -> None:
    """2,538 formulas depend on the unit values; none is left over, where a fund has no new value, too."""
    path = Path(shutil.copy(ROOT / "workbooks" / "flex_extra_performance_update.xlsx", tmp_path))
    old = (ROOT / "xl_flexextra" / "sample" / "unit_values.csv").read_text()
    last = [line.split(",") for line in old.splitlines() if line.startswith("2008-07-31")]
    new = [f"2008-08-31,{fund},{float(value) * 1.01!r}" for _, fund, value in last if fund != missing]
    source = tmp_path / "august.csv"
    source.write_text(old + "\n".join(new) + "\n")
    outcome: Outcome = refresh(Request(path, str(source)))
    assert outcome.written
    assert outcome.dependents.by_core + outcome.dependents.by_engine >= 2538
    assert outcome.dependents.by_calc == 0
    assert outcome.dependents.stale == []
    assert calc.recalculate(path).differences == []
