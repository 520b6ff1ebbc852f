"""The files that the pages name: the sample's data under a user's names."""

from __future__ import annotations

import csv
import datetime
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import update_page
import xlsxwriter
from commands import run
from flexextra_udfs import AATR

from documented.pages import ROOT, blocks
from xl_flexextra import sample

Rows = list[list[object]]
FEW = ("EQUITY", "MANAGED_BOND")  # funds enough where a page builds reviews and refreshes, which take seconds
INCEPTIONS = ("fund_inception", "subaccount_inception")
SMALL = ("month", "sync", "review", "find", "funds")


def write(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def unit_values(funds: tuple[str, ...] = ()) -> Rows:
    """Those of the sample, a column a fund."""
    rows = sample.rows("UnitValues")
    kept = [place for place, head in enumerate(rows[0]) if not place or not funds or head in funds]
    return [[row[place] for place in kept] for row in rows]


def of_funds(table: str, funds: tuple[str, ...]) -> Rows:
    """A table of the sample, with these funds alone."""
    head, *rows = sample.rows(table)
    place = head.index("fund")
    return [head, *(row for row in rows if not funds or row[place] in funds)]


def inputs(folder: Path, funds: tuple[str, ...] = ()) -> None:
    """A user's files of these funds."""
    values = unit_values(funds)
    for name in ("values", "uv", "unit_values"):
        write(folder / f"{name}.csv", values)
    columns = {head: [row[place] for row in values[1:]] for place, head in enumerate(values[0])}
    pq.write_table(pa.table(columns), folder / "values.parquet")
    write(folder / "prices.csv", [*values, [datetime.date(2008, 8, 31), *values[-1][1:]]])
    long = [[row[0], fund, value] for row in values[1:] for fund, value in zip(values[0][1:], row[1:], strict=True)]
    write(folder / "july.csv", [["date", "fund", "unit value"], *long])
    write(folder / "july-corrected.csv", [["date", "fund", "unit value"], *long[:-1], [*long[-1][:2], 1.01 * long[-1][2]]])
    for name, table in (("shares", "Shares"), ("funds", "Funds")):
        write(folder / f"{name}.csv", of_funds(table, funds))
    write(folder / "rates.csv", sample.rows("InterestRates"))
    before_charges = [row for row in of_funds("Published", funds) if row[1] in ("contract", "", None)]
    for name in ("published", "printed"):
        write(folder / f"{name}.csv", before_charges)


def fill(folder: Path) -> Path:
    """Every file that some page names as a reader's own."""
    inputs(folder)
    (folder / "approved.md").write_text("Past performance does not guarantee future results.\n", encoding="utf-8")
    shipped = ROOT / "workbooks" / "flex_extra_performance_update.xlsx"
    for name in ("update", "flex_extra_performance_update", "MY_BOOK"):
        shutil.copy(shipped, folder / f"{name}.xlsx")
    with xlsxwriter.Workbook(str(folder / "my.xlsx")) as book:  # one formula of ours and a native one, with their values
        sheet = book.add_worksheet("Own")
        sheet.write_formula(0, 0, "=AATR(1000,1506.43,5)", None, AATR(1000, 1506.43, 5))
        sheet.write_formula(1, 0, "=A1*2", None, 2 * AATR(1000, 1506.43, 5))
    for name in ("my_contract", "contract", "draft"):
        assert run("terms", "new", "b_share", "--out", folder / f"{name}.toml")[0] == 0
    return folder


def for_page(page: str, folder: Path) -> None:
    """The files that a page understands otherwise than the others, or names alone."""
    if page in SMALL:
        inputs(folder, FEW)
        write(folder / "shares.csv", [["fund", "share"], [FEW[0], 0.6], [FEW[1], 0.4]])  # all there is: they sum to one
        if page == "funds":
            _funds(folder)
        _updates(folder)
    if page == "find":
        write(folder / "published.csv", [row for row in of_funds("Published", FEW) if row[1] != "SINGLE"])
        write(folder / "shares.csv", of_funds("Shares", FEW))
        assert run("terms", "export", "flexible", "--out", folder / "draft.toml", "--force")[0] == 0
    if page == "scale":
        _plan(folder)
    if page in ("find", "read"):
        update_page.write_pdf(update_page.blocks(), folder / "update.pdf")
        update_page.write_pdf(update_page.blocks(_a_month_later), folder / "update_august.pdf")


def _funds(folder: Path) -> None:
    """A month in which a fund joins, closes or is renamed; periods without history are blank."""
    terms = folder / "my_contract.toml"
    text = terms.read_text(encoding="utf-8")
    terms.write_text(text.replace("[periods]", '[periods]\nwithout_history = "blank"'), encoding="utf-8")
    day, last = datetime.date(2008, 8, 29), unit_values(FEW)[-1][1:]
    write(folder / "august.csv", [["date", *FEW, "GROWTH"], [day, *last, 10.25]])
    head = ["fund", "printed_name", "asset_class", *INCEPTIONS, "notes"]
    write(folder / "funds_august.csv", [head, ["GROWTH", "Growth", "Equity", "2008-06-02", "2008-08-01", "2"]])
    write(folder / "shares_august.csv", [["fund", "share"], [FEW[0], 0.5], [FEW[1], 0.3], ["GROWTH", 0.2]])
    write(folder / "august_closed.csv", [["date", FEW[0]], [day, last[0]]])
    write(folder / "funds_closed.csv", [["fund", "closed_on"], [FEW[1], "2008-08-15"]])
    write(folder / "august_renamed.csv", [["date", FEW[0], "Core Bond"], [day, *last]])
    write(folder / "funds_renamed.csv", [["fund", "printed_name"], [FEW[1], "Core Bond"]])


def _updates(folder: Path) -> None:
    """The update of the user's files, and the one before it."""
    named = ("shares", "funds", "rates", "published")
    given = [part for name in named for part in (f"--{name}", folder / f"{name}.csv")]
    given += ["--unit-values", folder / "values.csv", "--terms", folder / "my_contract.toml", "--force"]
    assert run("report", *given, "--out", folder / "update.xlsx")[0] == 0
    assert run("report", *given, "--as-of", "2008-06-30", "--out", folder / "last_month.xlsx")[0] == 0


def _plan(folder: Path) -> None:
    """The plan of the page, and the inputs that it names: the flexible contract of the sample."""
    (plan,) = blocks(ROOT / "docs" / "scale.md", "toml")
    (folder / "plan.toml").write_text(plan.text, encoding="utf-8")
    (folder / "terms").mkdir()
    assert run("terms", "export", "flexible", "--out", folder / "terms" / "FLEX.toml")[0] == 0
    days, *rest = zip(*unit_values(FEW)[1:], strict=True)
    values = {
        "sub_account": [fund for fund in FEW for _ in days],
        "date": [*days, *days],
        "unit_value": [*rest[0], *rest[1]],
    }
    inceptions = {row[0]: row[3:5] for row in of_funds("Funds", FEW)[1:]}
    contracts = {"contract": ["FLEX", "FLEX"], "sub_account": list(FEW)}
    contracts |= {name: [inceptions[fund][place] for fund in FEW] for place, name in enumerate(INCEPTIONS)}
    share = dict(of_funds("Shares", FEW)[1:])
    shares = {"contract": ["FLEX", "FLEX"], "fund": list(FEW), "share": [share[fund] for fund in FEW]}
    head, *printed = (row for row in of_funds("Published", FEW) if row[1] in ("contract", "FLEX"))
    published = {name: [row[place] for row in printed] for place, name in enumerate(head)}
    tables = {"unit_values": values, "contracts": contracts, "shares": shares, "published": published}
    for name, table in tables.items():
        pq.write_table(pa.table(table), folder / f"{name}.parquet")


def _a_month_later(text: str) -> str:
    return text.replace("7/31/", "8/31/").replace("July 31, 2008", "August 31, 2008")


def next_month(folder: Path) -> None:
    """The unit values of the month after, under the same name."""
    values = unit_values(FEW)
    write(folder / "values.csv", [values[0], [datetime.date(2008, 8, 29), *values[-1][1:]]])
