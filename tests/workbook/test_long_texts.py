"""A text that is longer than a cell holds, by the count of Excel, was cut off in a report."""

import io

import openpyxl
import pytest
from commands import run

from xl_flexextra.errors import BadInput
from xl_flexextra.workbook.book import Book

EMOJI = "\N{GRINNING FACE}"  # two characters, as Excel counts
TERMS = '[annual_charge]\nform="none"\n[cdsc]\nschedule=[0.0]\n[free_withdrawal]\nform="none"\n'


@pytest.mark.parametrize("place", ["--funds", "--disclosures", "sources"])
@pytest.mark.parametrize(("count", "code"), [(16_384, 2), (16_383, 0)])
def test_a_text_of_emoji_was_cut_off_in_a_report(tmp_path, place, count, code):
    long = EMOJI * count
    texts = {"v.csv": "date,EQ\n2008-06-30,10\n2008-07-31,10.5\n", "f.csv": f"fund,printed_name\nEQ,{long}\n", "d.txt": long}
    texts["t.toml"] = TERMS + (f'[sources]\n"annual_charge.form" = "{long}"\n' if place == "sources" else "")
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    out = tmp_path / "o.xlsx"
    given = {"--funds": ["--funds", tmp_path / "f.csv"], "--disclosures": ["--disclosures", tmp_path / "d.txt"]}.get(
        place, []
    )
    said = run("report", "--unit-values", tmp_path / "v.csv", "--terms", tmp_path / "t.toml", "--as-of", "2008-07-31",
               "--periods", "1M,3M", "--out", out, *given)  # fmt: skip
    assert (said[0], out.exists()) == (code, code == 0), said[1][-400:]
    if code:
        assert "has 32768 characters; a cell holds 32767: shorten it." in " ".join(said[1].split())
    else:
        cells = (cell for sheet in openpyxl.load_workbook(out) for row in sheet.iter_rows(values_only=True) for cell in row)
        assert long in cells


def test_the_value_of_a_formula_is_no_longer_either():
    book = Book(io.BytesIO(), "texts")
    with pytest.raises(BadInput, match="has 32768 characters"):
        book.formula(book.sheet("S", "#000000", [9]), 0, 0, "A2", EMOJI * 16_384)
