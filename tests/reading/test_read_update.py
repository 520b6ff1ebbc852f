"""The update of July 2008 is read whole: 112 figures, seven rates, seven funds, two contracts; never more."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import update_page
from typer.testing import CliRunner

from xl_flexextra import sample, terms
from xl_flexextra.cli import main, own_data, review_data
from xl_flexextra.errors import Refused
from xl_flexextra.reading import oddities, open_document, reading, said, written
from xl_flexextra.sources.files import Files

CODES = list(update_page.FUNDS)
KNOWN = [
    (one.title, one.name, str(one["contract.code"])) for one in map(terms.load, ("flex_extra_flexible", "flex_extra_single"))
]


def read(path: Path) -> reading.Reading:
    return reading.read(open_document.open_document(path), CODES, KNOWN)


def figures(found: reading.Reading) -> set[tuple[str, ...]]:
    _header, *rows = written.published(found)
    return {(row[1], row[2], row[3], row[4], row[5]) for row in rows}


def as_file(kind: str, folder: Path, page: update_page.Blocks) -> Path:
    path = folder / f"update.{kind}"
    if kind in ("txt", "md"):
        path.write_text(update_page.as_text(page), encoding="utf-8")
    elif kind == "html":
        path.write_text(update_page.as_html(page), encoding="utf-8")
    else:
        {"pdf": update_page.write_pdf, "docx": update_page.write_docx, "xlsx": update_page.write_xlsx}[kind](page, path)
    return path


@pytest.mark.parametrize("kind", ["txt", "html", "pdf", "docx", "xlsx"])
def test_every_figure_of_the_update_is_read_from_every_kind_of_file(kind, tmp_path):
    found = read(as_file(kind, tmp_path, update_page.blocks()))
    assert figures(found) == update_page.expected()
    assert len(found.figures) == 112
    assert [row[:3] for row in written.rates(found)[1:]] == [
        *([f"2008-0{month}-01", "declared", "0.035"] for month in range(3, 9)),
        ["2007-01-01", "secondary guaranteed", "0.035"],
    ]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return read(as_file("txt", tmp_path_factory.mktemp("page"), update_page.blocks()))


def test_funds_have_both_inceptions_other_names_and_places(page):
    rows = {row[0]: row for row in written.funds(page)[1:]}
    assert rows["GLOBAL_SECURITIES"][1:6] == [
        "Oppenheimer Global Securities/VA",
        "International/Global",
        "1990-11-12",
        "1994-09-12",
        "Oppenheimer Global Securities",
    ]
    assert rows["MONEY_MARKET"][4] == "1987-04-12"  # as printed, though no other fund has that day
    assert rows["STRATEGIC_BOND"][2] == "Fixed Income"  # the cell is blank where it repeats
    assert "MML Babson Bond" in rows["MANAGED_BOND"][5]
    assert "stands in its place" in rows["MANAGED_BOND"][9]
    assert "Oppenheimer Aggressive Growth/VA" in rows["MIDCAP"][5]
    assert "until May 1, 2006" in rows["MIDCAP"][7]


def test_draft_terms_hold_what_is_printed_and_say_what_is_contradicted(page):
    flexible, single = page.drafts
    assert flexible.chosen("cdsc.schedule").value == "[0.08, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01, 0.0]"
    assert single.chosen("cdsc.schedule").value == "[0.05, 0.04, 0.03, 0.02, 0.01, 0.0]"
    assert flexible.contradicted("annual_charge.dollars")
    assert not single.contradicted("annual_charge.dollars")
    assert single.chosen("annual_charge.dollars").value == "30.00"
    assert flexible.chosen("contract.inception").value == "1987-04-27"
    draft = written.terms(page, flexible)
    assert "CONTRADICTED: 30.00" in draft
    assert "free_withdrawal.form" in draft.partition("\n[sources]")[0].partition("# Open")[2]  # nothing is invented


def test_the_words_of_a_term_are_whole_words(page):
    """The first letter of a sentence at the head of its line was cut off."""
    told = page.drafts[0].chosen("contract.inception").words
    assert told.startswith("In most states the product first became available on April 27, 1987")
    assert said.around("one two three " * 9 + "the charge is $30", 126, 143).startswith(
        ("one two", "two three", "three one")
    )


def test_draft_terms_are_terms(page, tmp_path):
    for draft in page.drafts:
        file = tmp_path / "draft.toml"
        file.write_text(written.terms(page, draft), encoding="utf-8")
        assert terms.from_toml(file)["separate_account.charge"] == 0.013


def test_what_is_read_is_reported_without_a_hand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = as_file("txt", tmp_path, update_page.blocks())
    values, shares = (str(Path(sample.__file__).with_name(f"{name}.csv")) for name in ("unit_values", "charge_shares"))
    contracts = ["--terms", "flex_extra_flexible", "--terms", "flex_extra_single"]
    run = CliRunner().invoke
    done = run(main.app, ["read", str(source), "--out", "july", "--unit-values", values, *contracts])
    assert done.exit_code == 1, done.output
    assert "annual_charge.dollars of Flexible Purchase Payment Contract is 30.00" in " ".join(done.output.split())
    given = ["--published", "july/published.csv", "--funds", "july/funds.csv"]
    done = run(main.app, ["tie-out", "--unit-values", values, "--shares", shares, *contracts, *given])
    assert done.exit_code == 0, done.output
    assert "112 of 112 published figures tie" in done.output
    refused = run(main.app, ["read", str(source), "--out", "july"])
    assert isinstance(refused.exception, Refused)  # nothing is replaced without --force


def test_more_columns_of_rates_than_are_known_do_not_break_a_report(tmp_path):
    rates = tmp_path / "rates.csv"
    rates.write_text("effective_date,rate,page,kind\n2008-03-01,0.035,4,declared\n", encoding="utf-8")
    rows = own_data.gather(None, [], None, None, str(rates), None, None, None).rate_rows
    assert [list(map(str, row)) for row in rows] == [["effective_date", "kind", "rate"], ["2008-03-01", "declared", "0.035"]]


def test_oddities_that_were_read_stand_in_the_workbook_and_its_review(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = as_file("txt", tmp_path, update_page.blocks())
    run = CliRunner().invoke
    run(main.app, ["read", str(source), "--out", "july", "--without", "late_rate"])
    assert "late_rate" not in Path("july/oddities.csv").read_text(encoding="utf-8")
    done = run(main.app, ["report", "--oddities", "july/oddities.csv", "--out", "july.xlsx"])
    assert done.exit_code == 0, done.output
    table = review_data.from_workbook(Path("july.xlsx")).oddities
    assert list(table[0]) == list(oddities.HEADER)
    assert {row[0] for row in table[1:]} >= {"captions_contradict", "charge_refuted", "before_contract"}


def test_a_confirmed_reading_is_used_for_the_next_month(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    july = as_file("txt", tmp_path, update_page.blocks())
    run(main.app, ["read", str(july), "--out", "july", "--without", "charge_refuted"])
    book = openpyxl.load_workbook("july/reading.xlsx")
    sheet = book["Confirm"]
    for row in sheet.iter_rows(min_row=5):
        row[5].value = "yes"
        if row[0].value == "fund" and row[1].value == "MML Equity":
            row[4].value = "EQ_1"  # the person's own code
        if row[0].value == "heading" and row[1].value.startswith("10 Year 7/31/98"):
            row[4].value = "10Y"
    book.save("confirmed.xlsx")

    def later(text: str) -> str:
        """The page of August: other dates, and one fund that is new."""
        for old, new in (
            ("7/31/", "8/31/"),
            ("July 31, 2008", "August 31, 2008"),
            ("MML Blend", "MML Blended"),
            ("$35.00", "$36.00"),
        ):
            text = text.replace(old, new)
        return text

    (tmp_path / "august.txt").write_text(update_page.as_text(update_page.blocks(later)), encoding="utf-8")
    done = run(
        main.app, ["read", "august.txt", "--out", "august", "--confirmed", "confirmed.xlsx", "--without", "charge_refuted"]
    )
    assert done.exit_code == 1, done.output
    rows = Files().rows("august/published.csv")
    heads = rows[0]
    told = [dict(zip(heads, row, strict=True)) for row in rows[1:]]
    assert {one["fund"] for one in told if one["printed_fund"] == "MML Equity"} == {"EQ_1"}
    assert {one["confirmed"] for one in told if one["printed_fund"] == "MML Blended"} == {None}
    assert {one["confirmed"] for one in told if one["printed_fund"] == "MML Equity"} == {"yes"}
    again = [row for row in Files().rows("august/reading.xlsx#Decisions")[1:] if row[5] != "yes"]
    assert {row[0] for row in again} == {"fund", "term"}  # the new fund, and the charge that is another now
    assert any("annual_charge.dollars" in row[1] for row in again)
