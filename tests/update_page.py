"""The July 2008 update laid out as its insurer printed it, in our own words: as text, HTML, PDF, Word and Excel."""

from __future__ import annotations

import datetime
import html
from collections.abc import Callable
from pathlib import Path

from xl_flexextra import sample

FUNDS = {
    "GLOBAL_SECURITIES": (
        "International/Global",
        "Oppenheimer Global Securities/VA (11/12/90) ⁵",
        "Oppenheimer Global Securities (9/12/94)",
    ),
    "MIDCAP": ("Small/Mid Cap Growth", "Oppenheimer MidCap (8/15/86) ⁴", "Oppenheimer MidCap (9/12/94) ²"),
    "EQUITY": ("Large Cap Value", "MML Equity (9/15/71) ²", "MML Equity (4/27/87)"),
    "BLEND": ("Asset Allocation/ Balanced", "MML Blend (2/3/84) ²", "MML Blend (4/27/87)"),
    "MANAGED_BOND": ("Fixed Income", "MML Managed Bond (12/16/81) ²", "MML Babson Bond (4/27/87)"),
    "STRATEGIC_BOND": ("", "Oppenheimer Strategic Bond/VA (5/3/93) ⁶", "Oppenheimer Strategic Bond (9/12/94)"),
    "MONEY_MARKET": ("Short-Term/Stable Value", "MML Money Market (12/16/81) ^{2,3}", "MML Money Market (4/12/87)"),
}
MONTHLY = ["YTD", "1Y", "3Y", "5Y", "10Y"]
HEADS = [
    "Year to Date (Cumulative) 7/31/08",
    "1 Year⁷ 7/31/07- 7/31/08",
    "3 Year 7/31/05- 7/31/08",
    "5 Year 7/31/03- 7/31/08",
    "10 Year 7/31/98- 7/31/08 or Since Inception of Fund⁸",
]
QUARTERLY = ["1Y", "5Y", "10Y"]
STANDARD = ["1 Year¹", "5 Year", "10 Year or Since Inception Within the Separate Account"]


def years(rates: list[int]) -> str:
    """A schedule as the page words it."""
    names = "one two three four five six seven eight nine ten".split()
    return (
        ", ".join(f"{rate}%-year {name} since issue" for rate, name in zip(rates, names, strict=False)) + " and thereafter"
    )


FLEXIBLE = years([8, 8, 7, 6, 5, 4, 3, 2, 1, 0])
SINGLE = years([5, 4, 3, 2, 1, 0])

BEFORE = (
    "*The returns reflect total separate account expenses of 1.30% and what the funds cost. They do not "
    "reflect contingent deferred sales charges, the annual "
    "maintenance charge or premium taxes, which would reduce them. For periods of one year or less, each is "
    "the percentage change in an Accumulation Unit."
)
AFTER = (
    "**The returns reflect total separate account expenses of 1.30%, an annual maintenance charge (contract "
    "level charges) of $30.00 for the Flex Extra Flexible "
    f"Payment Contract, contingent deferred sales charges (CDSC)({FLEXIBLE}) for the Flex Extra Flexible "
    f"Payment Contract, and what the funds cost. "
    "For periods of one year or less, each is the percentage change in an Accumulation Unit."
)
FORMAL = (
    "One single $1,000 payment stays for the whole period and the contract is redeemed at its end. The "
    "returns reflect total separate account expenses of 1.30%, an annual "
    "maintenance charge of $30.00 for the Single Purchase Payment Contract and $35.00 for the Flexible "
    "Purchase Payment Contract, contingent deferred sales charges (CDSC) for "
    f"the Single Purchase Payment Contract ({SINGLE}) and for the Flexible Purchase Payment Contract "
    f"({FLEXIBLE}), and what the funds cost. These returns do not reflect premium taxes."
)


NOTES = [
    "All funds count as part of the contract for the periods shown. Inception date of the contract was 4/27/87.",
    "The fund is older than the record that is needed for its returns, which begins in 1987.",
    "A money market fund is not insured, and can lose money although it aims at a share price of one dollar.",
    "Prior to May 1, 2006, Oppenheimer MidCap/VA was known as Oppenheimer Aggressive Growth/VA.",
    "International investing has risks of its own, among them politics and currencies.",
    "High-yield debt moves more with the market than debt of lower yield does.",
    "Markets are volatile, and returns of short periods may change much in days.",
    "Ten years, or the time since the inception of the fund where that is shorter.",
]


def corrected(text: str) -> str:
    """The texts of the page without what is odd in them."""
    for wrong, right in (
        ("$30.00 for the Flex Extra Flexible", "$35.00 for the Flex Extra Flexible"),
        ("Babson", "Managed"),
        ("4/12/87", "4/27/87"),
        ("/VA", ""),
        (" 8/1/08 3.50%", ""),
    ):
        text = text.replace(wrong, right)
    return (
        text.replace("the percentage change in an Accumulation Unit", "the change of the whole period")
        if "**" in text
        else text
    )


def printed(table: str, contract: str, funds: int, periods: list[str]) -> list[list[str]]:
    """The rows of a table; ``funds``: which of the two names."""
    header, *rows = sample.rows("Published")
    figures = {tuple(str(cell) for cell in row[:2]) + (row[3], row[4]): row[5] for row in rows}
    assert header[:6] == ["table", "contract", "as_of", "fund", "period", "return_pct"]
    return [
        [names[0], names[funds], *(f"{float(figures[table, contract or 'None', code, period]):.2f}%" for period in periods)]
        for code, names in FUNDS.items()
    ]


def blocks(change: Callable[[str], str] = lambda text: text) -> list[tuple[str, object]]:
    """The page from top to bottom: titles, prose, tables and lists. ``change`` edits its texts."""
    fund_head = ["Asset Class", "Investment Choice Name¹ (Inception)", *HEADS]
    sub_head = ["Asset Class", "Sub-Account (Date fund was made available to the separate account)", *STANDARD]
    found: list[tuple[str, object]] = [
        ("title", "Flex Extra Variable Annuity"),
        ("title", "Performance Update for the Period Ending July 31, 2008"),
        (
            "prose",
            "In most states the product first became available on April 27, 1987, and some of its funds are "
            "older than that.",
        ),
        ("title", "Average Annual Total Returns – Reflect Fund and Separate Account Level Charges*"),
        ("prose", BEFORE),
        ("table", [fund_head, *printed("fund_and_separate_account", "", 1, MONTHLY)]),
        ("title", "Average Annual Total Returns – Reflect Fund, Separate Account and Contract Level Charges**"),
        ("prose", AFTER),
        ("table", [fund_head, *printed("after_contract_charges", "FLEX", 1, MONTHLY)]),
        *[("prose", f"{number}. {text}") for number, text in enumerate(NOTES, start=1)],
        ("title", "Interest Rates"),
        ("prose", "Guaranteed Principal Account: rates are annualized and bear no contract charges."),
        ("prose", "Interest Rate as of: 3/1/08 3.50% 4/1/08 3.50% 5/1/08 3.50% 6/1/08 3.50% 7/1/08 3.50% 8/1/08 3.50%"),
        ("prose", "Secondary Guaranteed Rate for 2007: 3.50%"),
        ("title", "Standardized Total Returns through 6/30/08"),
        ("prose", FORMAL),
        (
            "table",
            [
                ["", "", "Flexible Purchase Payment Contract", "", ""],
                sub_head,
                *printed("standardized", "FLEX", 2, QUARTERLY),
            ],
        ),
        (
            "table",
            [
                ["", "", "Single Purchase Payment Contract (not for new sales)", "", ""],
                sub_head,
                *printed("standardized", "SINGLE", 2, QUARTERLY),
            ],
        ),
        ("prose", "1. Markets are volatile, and returns of short periods may change much in days."),
        ("prose", "2. Prior to May 1, 2006, Oppenheimer MidCap was known as Oppenheimer Aggressive Growth."),
    ]

    def changed(content: object) -> object:
        return change(content) if isinstance(content, str) else [[change(cell) for cell in row] for row in content]  # type: ignore[attr-defined]

    return [(kind, changed(content)) for kind, content in found]


Blocks = list[tuple[str, object]]


def as_text(page: Blocks) -> str:
    """The page as a text file with tabs."""
    parts = ["\n".join("\t".join(row) for row in content) if kind == "table" else str(content) for kind, content in page]  # type: ignore[union-attr]
    return "\n\n".join(parts) + "\n"


def as_html(page: Blocks) -> str:
    """The page as HTML; a heading over several columns spans them."""
    parts = []
    for kind, content in page:
        if kind != "table":
            tag = "h3" if kind == "title" else "p"
            parts.append(f"<{tag}>{html.escape(str(content))}</{tag}>")
            continue
        rows = []
        for row in content:  # type: ignore[attr-defined]
            if row[0] == row[1] == "" and row[-1] == "":
                rows.append(f'<tr><td colspan="2">&nbsp;</td><th colspan="{len(row) - 2}">{html.escape(row[2])}</th></tr>')
            else:
                rows.append("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>")
        parts.append(f"<table>{''.join(rows)}</table>")
    return f"<html><head><style>td {{}}</style></head><body>{''.join(parts)}</body></html>"


def write_pdf(page: Blocks, path: Path) -> None:
    """The page as PDF: heads over several lines, the figures at the right of their columns."""
    from fpdf import FPDF

    pdf = FPDF(orientation="landscape", format="letter")
    pdf.set_creation_date(datetime.datetime(2008, 8, 1, tzinfo=datetime.UTC))
    pdf.set_font("Helvetica", size=8)
    pdf.add_page()
    for kind, content in page:
        if kind != "table":
            pdf.multi_cell(0, 4, _latin(str(content)), new_x="LMARGIN", new_y="NEXT", align="L")
            pdf.ln(3)
            continue
        width = len(content[0]) - 2  # type: ignore[index]
        sizes = [38, 72, *[148 / width] * width]
        for row in content:  # type: ignore[attr-defined]
            cells = [_latin(cell) for cell in row]
            if pdf.get_y() > 180:
                pdf.add_page()
            if cells[0] == cells[1] == "" and cells[-1] == "":
                pdf.cell(sum(sizes[:2]))
                pdf.cell(sum(sizes[2:]), 4, cells[2], align="C", new_x="LMARGIN", new_y="NEXT")
                continue
            top = pdf.get_y()
            lowest = top
            for place, cell in enumerate(cells):
                pdf.set_xy(10 + sum(sizes[:place]), top)
                pdf.multi_cell(sizes[place], 4, cell, align="L" if place < 2 else "R", new_x="RIGHT", new_y="NEXT")
                lowest = max(lowest, pdf.get_y())
            pdf.set_xy(10, lowest)
        pdf.ln(4)
    pdf.output(str(path))


def _latin(text: str) -> str:
    return (
        text.replace("–", "-")
        .translate(str.maketrans({"⁴": "(4)", "⁵": "(5)", "⁶": "(6)", "⁷": "(7)", "⁸": "(8)"}))
        .replace("^{2,3}", "(2)(3)")
    )


def write_docx(page: Blocks, path: Path) -> None:
    """The page as a Word document."""
    from docx import Document

    document = Document()
    for kind, content in page:
        if kind != "table":
            document.add_paragraph(str(content))
            continue
        table = document.add_table(rows=len(content), cols=len(content[0]))  # type: ignore[index, arg-type]
        for row, cells in zip(table.rows, content, strict=True):  # type: ignore[call-overload]
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
            if cells[0] == cells[1] == "" and cells[-1] == "":
                row.cells[2].merge(row.cells[-1])
    document.save(str(path))


def write_xlsx(page: Blocks, path: Path) -> None:
    """The page as a workbook: percentages are fractions that their format shows as such."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        sheet, percent = book.add_worksheet("Update"), book.add_format({"num_format": "0.00%"})
        at = 0
        for kind, content in page:
            rows = content if kind == "table" else [[content]]
            for row in rows:  # type: ignore[attr-defined]
                for place, cell in enumerate(row):
                    if kind == "table" and cell.endswith("%") and place > 1:
                        sheet.write_number(at, place, round(float(cell[:-1]) / 100, 6), percent)
                    elif cell:
                        sheet.write_string(at, place, cell)
                at += 1
            at += 1


def expected() -> set[tuple[str, ...]]:
    """The published figures: contract, last day, fund, period, percentage."""
    _, *rows = sample.rows("Published")
    return {
        ("" if row[1] is None else str(row[1]), str(row[2])[:10], row[3], row[4], f"{float(row[5]):.2f}") for row in rows
    }
