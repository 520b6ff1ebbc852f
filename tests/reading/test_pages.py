"""Published pages, each with every figure typed out by hand: all of them are read, and nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from xl_flexextra.reading import open_document, reading, written

PAGES = Path(__file__).with_name("pages")
FILES = sorted(path for path in PAGES.glob("*/page.*") if path.suffix in (".txt", ".html", ".pdf", ".xlsx", ".md", ".docx"))


def truth(folder: Path) -> list[dict[str, str]]:
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def wanted(row: dict[str, str]) -> tuple[str, ...]:
    as_of = row["as_of"] if row["measure"] != "monthly return" else ""
    return row["fund"], row["period"], row["measure"], as_of, row["value"], row["decimals"], row["start"]


def got(found: reading.Reading) -> list[tuple[str, ...]]:
    header, *rows = written.published(found)
    told = []
    for cells in rows:
        one = dict(zip(header, map(str, cells), strict=True))
        period = one["as_of"][:7] if one["printed_measure"] == "monthly return" else one["period"].partition("_")[0]
        start = one["start"] if period == "SI" else ""
        as_of = one["as_of"] if one["printed_measure"] != "monthly return" else ""
        told.append((one["printed_fund"], period, one["printed_measure"], as_of, one["return_pct"], one["decimals"], start))
    return told


@pytest.mark.parametrize("file", FILES, ids=[f"{path.parent.name}{path.suffix}" for path in FILES])
def test_every_figure_of_a_page_is_read_and_nothing_else(file):
    found = reading.read(open_document.open_document(file))
    rows = truth(file.parent)
    figures = sorted(wanted(row) for row in rows if row["value"])
    assert sorted(got(found)) == figures
    assert not found.open, found.open[:3]
    blank = {(row["fund"], row["period"]) for row in rows if not row["value"] and row["text"]}
    assert {(one.fund, one.period.code) for one in found.blanks} == blank
