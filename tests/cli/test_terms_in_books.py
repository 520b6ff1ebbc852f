"""Terms from a workbook: they are found wherever they stand; of several contracts one is named, or each gets its file."""

import openpyxl
import pytest
from commands import run

from xl_flexextra import sample, terms

OWN = [
    ("term", "value"),
    ("contract.name", "own"),
    ("annual_charge.form", "none"),
    ("cdsc.schedule.1", 0.07),
    ("cdsc.schedule.2", 0),
]


@pytest.fixture(scope="module")
def update(tmp_path_factory):
    book = tmp_path_factory.mktemp("update") / "update.xlsx"
    assert run("report", "--out", book)[0] == 0
    return book


def book_of(path, **sheets):
    """A workbook of plain sheets, without a table."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("called", ["FlexibleTerms", "flexible", "flex_extra_flexible", "Flexible"])
def test_one_contract_of_several_by_its_table_or_its_name(update, tmp_path, called):
    out = tmp_path / "one.toml"
    assert run("terms", "export", f"{update}#{called}", "--out", out)[0] == 0
    assert terms.from_toml(out) == terms.load("flex_extra_flexible")


def test_of_several_contracts_one_has_to_be_named(update, tmp_path):
    code, said = run("terms", "export", update, "--out", tmp_path / "one.toml")
    assert (code, said) == (
        2,
        "update.xlsx holds the terms of 2 contracts; name one: update.xlsx#FlexibleTerms (flex_extra_flexible), "
        "update.xlsx#SingleTerms (flex_extra_single).",
    )
    assert list(tmp_path.iterdir()) == []


def test_every_contract_into_a_folder(update, tmp_path):
    assert run("terms", "export", update, "--out", tmp_path)[0] == 0
    names = ("flex_extra_flexible", "flex_extra_single")
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"{name}.toml" for name in names]
    assert [terms.from_toml(tmp_path / f"{name}.toml") for name in names] == [terms.load(name) for name in names]
    code, said = run("terms", "export", update, "--out", tmp_path)  # what is there is not replaced
    assert (code, "--force" in said) == (2, True)


def test_terms_on_any_sheet_are_found(tmp_path):
    book = book_of(tmp_path / "b.xlsx", Values=[("date", "A"), ("2008-07-31", 10.0)], Own=OWN)
    code, said = run("terms", "export", book, "--out", tmp_path / "o.toml")
    assert (code, said.rstrip().endswith("3 terms of own.")) == (0, True)
    lying = book_of(tmp_path / "l.xlsx", Values=[("date", "A"), ("2008-07-31", 10.0)], Own=list(zip(*OWN, strict=True)))
    assert run("terms", "check", lying)[0] == 0


def test_a_workbook_without_terms_says_so(tmp_path):
    book = book_of(tmp_path / "b.xlsx", Values=[("date", "A"), ("2008-07-31", 10.0)])
    code, said = run("terms", "export", book, "--out", tmp_path / "o.toml")
    assert (code, said.startswith("b.xlsx holds no contract terms")) == (2, True)


def test_every_command_that_takes_terms_finds_them(tmp_path):
    book = book_of(tmp_path / "b.xlsx", Values=list(map(tuple, sample.rows("UnitValues"))), Own=OWN)
    code, said = run("explain", "--fund", "EQUITY", "--period", "1Y", "--contract", book)
    assert (code, "CDSC of 7.00%" in said) == (0, True)
    assert run("terms", "diff", book, book)[0] == 0
