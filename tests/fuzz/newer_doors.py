"""The doors of whole tasks: a published page that is read, a search, a batch, a month, functions inside a workbook."""

from __future__ import annotations

import datetime
import html
import io
from pathlib import Path

import docx
import fpdf
import openpyxl
import pyarrow as pa
from hypothesis import strategies as st
from pyarrow import parquet

from .doors import DAYS, NUMBERS, ODD, TERMS, Door, Draw, grid, seldom, spoilt, terms_file, text_of
from .more_doors import PRINTED, changed, kept_or_changed, update

SENTENCES = [
    "Average annual total returns as of July 31, 2008", "Standardized average annual total returns", "Fund", "YTD", "1 Year",
    "Since inception", "after an annual contract maintenance charge of $30.00 and a CDSC", "8% in year 1, 7% in year 2, 0%",
    "Interest rates: declared rate 3.50% as of 7/1/08", "* less than one year", "MML Equity", "[/]", "\u2028", "N/A",
]  # fmt: skip


def page(draw: Draw) -> list[list[str]]:
    """The lines of a printed update, as cells: a title, heads, funds with figures, and what else stands on a page."""
    heads = draw(
        st.lists(st.sampled_from(["YTD", "1 Year", "3 Years", "5 Years", "Since Inception"]), min_size=1, max_size=4)
    )
    figures = st.one_of(st.floats(-60, 60).map(lambda number: f"{number:.2f}%"), st.sampled_from(["N/A", "--", "(3.10)%"]))
    lines = [[SENTENCES[0]], ["Fund", "Inception", *heads]]
    for fund in draw(
        st.lists(st.sampled_from(["MML Equity", "Blend", "Bond Fund*", "Money Market"]), min_size=1, unique=True)
    ):
        lines.append([fund, "5/1/1998", *(draw(figures) for _ in heads)])
    for _ in range(draw(st.integers(0, 4))):
        line = [draw(st.one_of(st.sampled_from(SENTENCES), ODD))]
        lines.insert(draw(st.integers(0, len(lines))), line)
    return lines


def as_html(lines: list[list[str]]) -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line) + "</tr>" for line in lines)
    return f"<html><body><table>{rows}</table></body></html>".encode("utf-8", "replace")


def as_text(lines: list[list[str]]) -> bytes:
    return "\n".join("   ".join(line) for line in lines).encode("utf-8", "replace")


def printable(cell: str) -> str:
    """What the writers of office files take."""
    return "".join(sign for sign in cell if sign.isprintable())[:500]


def as_docx(lines: list[list[str]]) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    table = document.add_table(rows=len(lines), cols=max(map(len, lines)))
    for row, line in enumerate(lines):
        for column, cell in enumerate(line):
            table.cell(row, column).text = printable(cell)
    document.save(out)
    return out.getvalue()


def as_xlsx(lines: list[list[str]]) -> bytes:
    written, out = openpyxl.Workbook(), io.BytesIO()
    for line in lines:
        written.active.append(["'" + printable(cell) if cell.startswith("=") else printable(cell) for cell in line])
    written.save(out)
    return out.getvalue()


def as_pdf(lines: list[list[str]]) -> bytes:
    written = fpdf.FPDF()
    written.add_page()
    written.set_font("Helvetica", size=8)
    for line in lines:
        for cell in line:
            written.cell(40, 5, printable(cell).encode("latin-1", "replace").decode("latin-1"))
        written.ln()
    return bytes(written.output())


KINDS = {".html": as_html, ".txt": as_text, ".docx": as_docx, ".xlsx": as_xlsx, ".pdf": as_pdf}


def read_page(draw: Draw, folder: Path) -> list[str]:
    """A published page in any of its kinds; spoilt seldom, or called as another kind."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    data = KINDS[kind](page(draw))
    name = f"page{draw(st.sampled_from(sorted(KINDS)))}" if seldom(draw, 12) else f"page{kind}"
    (folder / name).write_bytes(spoilt(draw, data) if seldom(draw, 5) else data)
    return ["read", name, "--out", "read"]


def search(draw: Draw, folder: Path) -> list[str]:
    """Printed figures, unit values and a draft of the terms, one of them odd now and then."""
    rows = [["valuation_date", "EQUITY", "BLEND"], *([day.isoformat(), draw(NUMBERS), draw(NUMBERS)] for day in DAYS)]
    (folder / "v.csv").write_bytes(text_of(draw, grid(draw) if seldom(draw, 4) else rows))
    (folder / "t.toml").write_text(TERMS)
    if seldom(draw, 4):
        terms_file(draw, folder)
    data = PRINTED.encode()
    (folder / "p.csv").write_bytes(spoilt(draw, data) if seldom(draw, 5) else data)
    return ["find", "--unit-values", "v.csv", "--terms", "t.toml", "--published", "p.csv", "--quick", "--out", "f.csv"]


PLAN = """month_ends = "2006-12-31..2007-05-31"
out = "figures"
[inputs]
unit_values = "v.parquet"
contracts = "c.parquet"
terms = "terms"
[[tables]]
id = "a"
charges = "all"
periods = ["YTD", "3M"]
"""
WRONG = [
    '"a.b" = 1',
    "month_ends = 1",
    "out = []",
    "[output]\nwalks = 1",
    "[[tables]]",
    "[inputs]\nshares = ''",
    "x = 1" + "0" * 5000,
]


def batch_plan(draw: Draw, folder: Path) -> list[str]:
    """A plan with its Parquet files; a line of the plan, a column or the bytes of a file wrong seldom."""
    (folder / "terms").mkdir()
    (folder / "terms" / "t.toml").write_text(TERMS)
    funds = ["EQUITY", "BLEND"]
    values = [float(draw(NUMBERS)) if not seldom(draw, 60) else None for _ in range(len(DAYS) * 2)]
    columns = {"sub_account": [f for f in funds for _ in DAYS], "date": DAYS * 2, "unit_value": values}
    if seldom(draw, 6):
        odd = draw(st.sampled_from(sorted(columns)))
        columns[odd] = (
            [str(cell) for cell in columns[odd]] if draw(st.booleans()) else [datetime.datetime(2007, 1, 1)] * len(values)
        )
    parquet.write_table(pa.table(columns), folder / "v.parquet")
    contracts = {"contract": ["C"] * 2, "terms": ["t"] * 2, "sub_account": funds if not seldom(draw) else ["EQUITY", "../x"]}
    parquet.write_table(pa.table(contracts), folder / "c.parquet")
    for name in ("v.parquet", "c.parquet"):
        if seldom(draw, 8):
            (folder / name).write_bytes(spoilt(draw, (folder / name).read_bytes()))
    lines = PLAN.splitlines()
    if seldom(draw, 5):
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(WRONG)))
    (folder / "plan.toml").write_text("\n".join(lines))
    return ["batch", "plan.toml", *(["--check"] if seldom(draw, 3) else [])]


def month_files(draw: Draw, folder: Path) -> list[str]:
    """An update and the files of its next month."""
    kept_or_changed(draw, folder / "u.xlsx")
    rows = [["valuation_date", "EQUITY", "BLEND"], ["2007-07-31", draw(NUMBERS), draw(NUMBERS)]]
    if seldom(draw, 4):
        rows[1][draw(st.integers(0, 2))] = draw(ODD)
    (folder / "v.csv").write_bytes(text_of(draw, grid(draw) if seldom(draw, 6) else rows))
    (folder / "p.csv").write_text(PRINTED.replace("2007-05-31", "2007-07-31"))
    files = ["v.csv", "p.csv"] if draw(st.booleans()) else ["v.csv"]
    return ["month", *files, "--book", "u.xlsx", "--no-pdf", "--no-calc"]


def native_book(draw: Draw, folder: Path) -> list[str]:
    """The functions into an update that somebody changed, or out of it."""
    (folder / "u.xlsx").write_bytes(changed(draw, update()) if draw(st.booleans()) else update())
    return ["native", draw(st.sampled_from(["add", "add", "remove"])), "u.xlsx", "--out", "n.xlsx"]


NEWER_DOORS = [Door(one.__name__, one) for one in (read_page, search, batch_plan, month_files, native_book)]
