"""Contracts of any name: their sheets, their tables, the captions over their figures, the words on their terms."""

import dataclasses
import datetime
import re
import zipfile

import openpyxl
import pytest
from programs import faults as faults_of
from programs import needs_calc, needs_validator
from typer.testing import CliRunner

from xl_flexextra import sample, terms, workbook
from xl_flexextra.cli.main import app
from xl_flexextra.hosts import calc
from xl_flexextra.inputs import input_tables
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import Terms, keys
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.captions import caption
from xl_flexextra.workbook.layout import DATA_SHEETS, REVIEW_SHEETS, START, UPDATE_SHEETS
from xl_flexextra.workbook.review import build as review
from xl_flexextra.workbook.template import build_template
from xl_flexextra.workbook.terms_places import names, sheet_name

JULY = datetime.date(2008, 7, 31)
COMPANIES = re.compile("Flex Extra|Pacific|MassMutual|Security Benefit|Jackson|Transitions|Morningstar|Golden American")
TITLES = (
    "Flexible payments of the Acme variable annuity, series B", "Flexible payments of the Acme variable annuity, series C",
    "flexible PAYMENTS of the acme annuity", "History", "Update", "'Quoted'", "[A]: what? yes/no\\*", "", "Größe 💼" * 8,
    "Single b", "single B",
)  # fmt: skip


def contract(name, title="", **more):
    given = {key.replace("__", "."): value for key, value in more.items()}
    given |= {"contract.title": title} if title else {}
    base = {"contract.name": name, "annual_charge.form": "none", "cdsc.schedule": (0.0,)}
    return Terms(base | given)


def made(contracts):
    values = UnitValues.from_rows([["date", "A"], [datetime.date(2007, 7, 31), 10], [JULY, 11]])
    funds = Funds.from_rows([["fund"], ["A"]])
    printed = (input_tables.Published("standardized", contracts[-1].name, JULY, "A", "1Y", 0.1),)
    return report.compute(update_inputs.Inputs(values, funds, tuple(contracts), JULY, published=printed))


def test_two_contracts_whose_names_end_alike_make_a_report(tmp_path):
    (tmp_path / "values.csv").write_text("date,A\n2007-07-31,10\n2008-07-31,11\n")
    given = ["--unit-values", str(tmp_path / "values.csv"), "--out", str(tmp_path / "out.xlsx")]
    for name in ("flexible_b", "single_b"):
        (tmp_path / f"{name}.toml").write_text(
            f'contract.name = "{name}"\nannual_charge.form = "none"\ncdsc.schedule = [0]\n'
        )
        given += ["--terms", str(tmp_path / f"{name}.toml")]
    done = CliRunner().invoke(app, ["report", *given])
    assert done.exit_code == 0, done.output
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    tables = {name: table for sheet in ("flexible_b", "single_b") for name, table in book[sheet].tables.items()}
    assert len(tables) == 2


@needs_calc
def test_contracts_of_any_title_make_workbooks_that_recalculate(tmp_path):
    contracts = [contract(f"c{i}_b", title, payment__amount=1000 + i) for i, title in enumerate(TITLES)]
    page = made(contracts)
    for build, path in ((workbook.build, tmp_path / "update.xlsx"), (review.build, tmp_path / "review.xlsx")):
        build(page, path)
        result = calc.recalculate(path, timeout=300)
        assert result.faults == []
        book = openpyxl.load_workbook(path)
        sheets = {table: sheet.title for sheet in book.worksheets for table in sheet.tables}
        found = [(sheets[table], table) for _, table in names(tuple(contracts))]
        assert found == list(names(tuple(contracts)))


@needs_validator
def test_such_a_workbook_is_valid(tmp_path):
    workbook.build(made([contract(f"c{i}_b", title) for i, title in enumerate(TITLES)]), tmp_path / "update.xlsx")
    assert faults_of(tmp_path / "update.xlsx") == []


def test_a_sheet_has_the_contracts_title_cut_and_is_like_no_other():
    found = [sheet for sheet, _ in names(tuple(contract(f"c{i}", title) for i, title in enumerate(TITLES)))]
    assert found[:3] == [
        "Flexible payments of the Acme", "Flexible payments of the (2)", "flexible PAYMENTS of the (3)",
    ]  # fmt: skip
    assert found[3:7] == ["History (2)", "Update (2)", "Quoted", "A what yes no"]
    assert found[7] == "c7"  # without a title its name
    assert found[9:] == ["Single b", "single B (2)"]
    for name in found:
        assert len(name.encode("utf-16-le")) <= 62
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("' ") == name
    everything = [*found, *UPDATE_SHEETS, *DATA_SHEETS, *REVIEW_SHEETS]
    assert len({name.casefold() for name in everything}) == len(everything)
    tables = [table for _, table in names(tuple(contract(name) for name in ("a_b", "c_b", "2008", "x-Ä 3", "???")))]
    assert tables == ["BTerms", "B2Terms", "Contract2008Terms", "Contract3Terms", "ContractTerms"]


def test_the_sheets_of_the_sample_keep_the_names_that_the_pages_tell():
    contracts = update_inputs.sample_inputs().contracts
    assert names(contracts) == (("Flexible terms", "FlexibleTerms"), ("Single terms", "SingleTerms"))
    assert sheet_name("Flexible terms", ["flexible TERMS"]) == "Flexible terms (2)"


def test_every_sheet_of_our_own_is_one_that_no_contract_may_take(built, tmp_path):
    review.build(made([contract("mine")]), tmp_path / "review.xlsx")
    for path, own in ((built, {"Flexible terms", "Single terms"}), (tmp_path / "review.xlsx", {"mine", "Before terms"})):
        sheets = set(openpyxl.load_workbook(path, read_only=True).sheetnames)
        assert sheets - own <= {START, *UPDATE_SHEETS, *DATA_SHEETS, *REVIEW_SHEETS}


def test_no_company_explains_anothers_terms(tmp_path):
    """Not on a user's sheet of terms, not in the template, not on the page of the review's assumptions."""
    every = contract("mine", **{})
    for key, spec in keys.KEYS.items():
        assert not COMPANIES.search(" ".join([spec.meaning, *spec.choices.values()])), key
    assert not any(COMPANIES.search(row[2]) for row in every.rows())
    build_template(tmp_path / "template.xlsx")
    cells = [str(c.value) for row in openpyxl.load_workbook(tmp_path / "template.xlsx")["Contract terms"] for c in row]
    assert not any(map(COMPANIES.search, cells))
    assert COMPANIES.search(" ".join(keys.SEEN_AT.values()))  # the documentation has them
    for key, choice in keys.SEEN_AT:
        assert choice in {"", *keys.KEYS[key].choices}


def under(contract_terms, charges="all"):
    return caption(update_inputs.TableSpec("x", "x", contract_terms, charges, False, ("1Y",)))


def test_the_captions_of_the_shipped_report_are_as_they_were():
    asset = (
        "Before contract charges: unit values are net of fund expenses and of the separate account charge. One year or "
        "less: change in the unit value; longer: effective annual rate."
    )
    every = (
        "After the annual maintenance charge and, for redemption at the end of the period, the contingent deferred sales "
        "charge (CDSC) beyond the free withdrawal amount. Premium tax is not reflected. One year or less is not annualised."
    )
    for name in terms.shipped():
        assert (under(terms.load(name), "asset"), under(terms.load(name))) == (asset, every)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "The contract has no charge of its own. Premium tax is not reflected. One year or less is not annualised."),
        ({"cdsc__schedule": (0.05, 0)}, "After the contingent deferred sales charge (CDSC) for redemption at the end of the "
            "period. Premium tax is not reflected. One year or less is not annualised."),
        ({"rider__rate": 0.001, "payment__front_end_load": 0.02, "years__long_period": "cumulative"},
            "After the load on the payment and the rider charge; redemption is free of charge. Premium tax is not "
            "reflected. Returns are over the whole period: none is annualised."),
        ({"rider__rate": 0.001, "payment__front_end_load": 0.02, "cdsc__thereafter": 0.01, "premium_tax__rate": 0.02,
          "premium_tax__when": "at_payment", "years__short_period": "annualised"},
            "After the load on the payment, the rider charge, and, for redemption at the end of the period, the contingent "
            "deferred sales charge (CDSC). Premium tax is taken off the payment. One year or less is also annualised."),
    ],
)  # fmt: skip
def test_a_caption_says_which_charges_its_contract_takes(more, words):
    assert under(contract("mine", **more)) == words


def test_each_table_has_the_caption_of_its_own_contract(tmp_path):
    inputs = update_inputs.sample_inputs()
    free = contract("free", "Free of charges")
    workbook.build(
        report.compute(dataclasses.replace(inputs, contracts=(inputs.contracts[0], free), published=())), tmp_path / "u.xlsx"
    )
    texts = [str(cell.value) for cell in openpyxl.load_workbook(tmp_path / "u.xlsx")["Update"]["B"]]
    captions = [text for text in texts if text.startswith(("After ", "Before contract", "The contract has"))]
    assert [text.split(":")[0][:26] for text in captions] == [
        "Before contract charges", "After the annual maintenan", "After the annual maintenan", "The contract has no charge",
    ]  # fmt: skip
    assert sample.LABEL in texts


def test_a_caption_that_needs_three_lines_has_them_and_a_chart_says_what_it_shows(tmp_path):
    more = {
        "rider.rate": 0.001, "payment.front_end_load": 0.02, "payment.bonus_rate": 0.01, "premium_tax.when": "at_redemption",
        "premium_tax.rate": 0.02, "years.long_period": "cumulative", "free_withdrawal.form": "percent_of_value",
        "free_withdrawal.rate": 0.1, "cdsc.schedule": (0.05, 0.0), "annual_charge.form": "fraction_of_end_value",
        "annual_charge.rate": 0.01,
    }  # fmt: skip
    workbook.build(made([Terms({"contract.name": "much", **more})]), tmp_path / "u.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "u.xlsx")["Update"]
    row = next(row for row in range(1, 40) if str(sheet.cell(row, 2).value).startswith("After "))
    assert len(sheet.cell(row, 2).value) > 2 * 165
    assert sheet.row_dimensions[row].height == 33
    with zipfile.ZipFile(tmp_path / "u.xlsx") as package:
        charts = "".join(package.read(name).decode() for name in package.namelist() if "charts/chart" in name)
    assert "Cumulative total returns" in charts
    assert "Average annual" not in charts


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Flex Extra – single purchase payment contract", "Flex Extra – single purchase"),
        ("A contract of exactly 31 letters.", "A contract of exactly 31"),
        ("A contract of exactly 31 letter", "A contract of exactly 31 letter"),
        ("Individual Variable Annuity - Class B", "Individual Variable Annuity"),
        ("Donaudampfschifffahrtsgesellschaftsrente", "Donaudampfschifffahrtsgesellsch"),
        ("B Donaudampfschifffahrtsgesellschaftsrente", "B Donaudampfschifffahrtsgesells"),
        ("Short title", "Short title"),
    ],
)
def test_the_name_of_a_sheet_was_cut_within_a_word(title, name):
    assert sheet_name(title, set()) == name
