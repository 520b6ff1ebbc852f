"""Render pages of the built workbooks to docs/pictures/*.png: ``python docs/make_pictures.py`` (``find``: those alone).

Needs LibreOffice (tools/install_libreoffice.sh), pdftoppm, and Pillow (``pip install pillow``).
"""

from __future__ import annotations

import csv
import dataclasses
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from xl_flexextra.hosts import calc
from xl_flexextra.update import report
from xl_flexextra.update.found import find_all, rows
from xl_flexextra.update.page_check import page_check
from xl_flexextra.update.to_find import Printed, of_update
from xl_flexextra.update.update_inputs import sample_inputs
from xl_flexextra.workbook.findings_sheet import findings_book

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
BOOKS = ROOT / "workbooks"
COLORS = 160  # a page of text and bars needs no more, and the files stay small


def page(book: str, sheet: str, number: int, folder: Path, dots: int = 80) -> Image.Image:
    """One printed page of one sheet."""
    pdf = folder / f"{book}-{sheet}.pdf"
    if not pdf.exists():
        calc.to_pdf(folder / book if (folder / book).exists() else BOOKS / book, pdf, sheets=[sheet])
    target = f"{pdf}-{number}"
    pages = ["-r", str(dots), "-f", str(number), "-l", str(number)]
    subprocess.run(["pdftoppm", *pages, "-png", "-singlefile", str(pdf), target], check=True)
    return Image.open(f"{target}.png").convert("RGB")


def trimmed(image: Image.Image, margin: int = 14) -> Image.Image:
    """Without the empty bottom of a page."""
    grey = image.convert("L").point(lambda value: 255 if value < 250 else 0)
    body = grey.crop((0, 0, image.width, int(image.height * 0.94)))  # the footer line is not content
    box = body.getbbox() or (0, 0, image.width, image.height)
    left, top = max(box[0] - margin, 0), max(box[1] - margin, 0)
    return image.crop((left, top, min(box[2] + margin, image.width), min(box[3] + margin, image.height)))


def save(image: Image.Image, name: str) -> None:
    """A small PNG."""
    path = PICTURES / name
    image.quantize(COLORS).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {image.width} x {image.height}, {path.stat().st_size // 1024} KB")


def beside(left: Image.Image, right: Image.Image) -> Image.Image:
    """Two pictures of one height side by side."""
    height = min(left.height, right.height)
    parts = [p.resize((round(p.width * height / p.height), height), Image.Resampling.LANCZOS) for p in (left, right)]
    both = Image.new("RGB", (sum(p.width for p in parts) + 24, height), "white")
    both.paste(parts[0], (0, 0))
    both.paste(parts[1], (parts[0].width + 24, 0))
    return both


def findings(folder: Path) -> None:
    """The July 2008 page searched as it is printed, and with two misprints put in beside unit values."""
    inputs = sample_inputs()
    alone = Printed(inputs.published, inputs.contracts, inputs.funds)
    found = find_all(alone, charges=[30.0])
    findings_book(folder / "page.xlsx", rows(found, *page_check(alone, found)))
    wrong = {("BLEND", "5Y", "FLEX"): 0.0635, ("EQUITY", "1Y", "FLEX"): -0.2944}
    figures = [
        dataclasses.replace(one, value=wrong.get((one.fund, one.period, one.contract), one.value))
        if one.as_of == inputs.as_of else one
        for one in inputs.published
    ]  # fmt: skip
    inputs = dataclasses.replace(inputs, published=tuple(figures))
    printed = of_update(report.compute(inputs))
    first = printed._replace(drafts=printed.drafts[:1], label="")
    findings_book(folder / "misprints.xlsx", rows(find_all(first)), inputs.label)
    for name in ("page", "misprints"):
        save(trimmed(page(f"{name}.xlsx", "Findings", 1, folder, 100)), f"find_{name}.png")


def reading(folder: Path) -> None:
    """The walk of docs/read.md: the published page as a PDF, what was read beside its words, the tie-out of the report."""
    sys.path.insert(0, str(ROOT / "tests"))
    import update_page
    from commands import run

    from xl_flexextra import sample

    update_page.write_pdf(update_page.blocks(), folder / "update.pdf")
    contracts = ["--terms", "flex_extra_flexible", "--terms", "flex_extra_single"]
    for name, table in (("values", "UnitValues"), ("shares", "Shares")):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(sample.rows(table))
    given = ["--unit-values", folder / "values.csv", *contracts]
    run("read", folder / "update.pdf", "--out", folder / "july", *given)
    files = [part for name in ("funds", "published") for part in (f"--{name}", folder / "july" / f"{name}.csv")]
    files += ["--oddities", folder / "july" / "oddities.csv", "--shares", folder / "shares.csv"]
    run("report", *given, *files, "--as-of", "2008-07-31", "--out", folder / "july.xlsx")
    calc.to_pdf(folder / "july" / "reading.xlsx", folder / "confirm.pdf", sheets=["Confirm"])
    calc.to_pdf(folder / "july.xlsx", folder / "tied.pdf", sheets=["Tie-out"])
    shown = [trimmed(first_page(folder / name)) for name in ("update.pdf", "confirm.pdf", "tied.pdf")]
    save(beside(shown[0], shown[1]), "read_confirm.png")
    save(shown[2].crop((0, 0, shown[2].width, min(shown[2].height, 520))), "read_tied.png")


def first_page(pdf: Path) -> Image.Image:
    """The first page of a PDF."""
    pages = ["-r", "100", "-f", "1", "-l", "1"]
    subprocess.run(["pdftoppm", *pages, "-png", "-singlefile", str(pdf), str(pdf)], check=True)
    return Image.open(f"{pdf}.png").convert("RGB")


def main(only: str = "") -> None:
    """Write every picture, or those of ``find`` or ``read`` alone."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    update = "flex_extra_performance_update.xlsx"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if only in ("", "find"):
            findings(folder)
        if only in ("", "read"):
            reading(folder)
        if only:
            return
        first = trimmed(page(update, "Update", 1, folder, 90))
        save(beside(first, trimmed(page(update, "Tie-out", 1, folder, 90))), "update_beside_tie_out.png")
        review = "flex_extra_review.xlsx"
        for sheet, name in (("Review", "review"), ("Probe", "review_probe"), ("What changed", "review_changes")):
            save(trimmed(page(review, sheet, 1, folder, 100)), f"{name}.png")
        save(trimmed(page(review, "Controls", 1, folder, 100)), "review_controls.png")


if __name__ == "__main__":
    main(*sys.argv[1:2])
