"""Columns of input tables are declared once: what reads, writes, explains or refreshes a table follows the declaration."""

import dataclasses
import datetime
import runpy
from pathlib import Path

import openpyxl
import pytest

from xl_flexextra import workbook
from xl_flexextra.inputs import published_figures
from xl_flexextra.inputs.fund_table import FUND_TABLE, Fund
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import PUBLISHED_TABLE, TABLES, Published
from xl_flexextra.inputs.table_columns import KINDS, Column, columns_of
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.review import fingerprints
from xl_flexextra.sources.mapping import Mapping
from xl_flexextra.sync import funds_table
from xl_flexextra.terms import Terms
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.template import build_template

JULY = datetime.date(2008, 7, 31)
DOCS = Path(__file__).parents[2] / "docs"


def with_column(row, name, kind):
    """A row's class with a column more, declared as the others are."""
    declared = dataclasses.field(
        default="", metadata={"column": Column(name, kind, 17, "Only for this test.", (f"our {name}",))}
    )
    return dataclasses.make_dataclass(row.__name__, [(name, str, declared)], bases=(row,), frozen=True)


@pytest.fixture
def more(monkeypatch):
    """Funds have a column 'ticker', another name of theirs; published figures a column 'page'."""
    monkeypatch.setattr(FUND_TABLE, "row", with_column(Fund, "ticker", "name"))
    monkeypatch.setattr(PUBLISHED_TABLE, "row", with_column(Published, "page", "text"))


def inputs():
    funds = Funds.from_rows([["fund", "Our Ticker"], ["A", "ACME"], ["B", None]])
    values = UnitValues.from_rows([["date", "ACME", "B"], [datetime.date(2007, 7, 31), 10, 20], [JULY, 11, 21]])
    rows = [["as_of", "fund", "period", "return_pct", "Page"], ["2008-07-31", "ACME", "1Y", 10.0, "7"]]
    terms = Terms({"contract.name": "mine", "annual_charge.form": "none", "cdsc.schedule": (0.0,)})
    return update_inputs.Inputs(values, funds, (terms,), JULY, published=published_figures.published_from_rows(rows))


def test_a_column_more_is_read_and_used(more):
    found = inputs()
    assert [fund.ticker for fund in found.funds.items] == ["ACME", ""]
    assert found.unit_values.funds == ("A", "B")  # a name leads to the fund, whatever its column is called
    assert (found.published[0].fund, found.published[0].page) == ("A", "7")


def test_a_column_more_stands_on_the_sheet_and_in_the_template(more, tmp_path):
    workbook.build(report.compute(inputs()), tmp_path / "update.xlsx")
    build_template(tmp_path / "template.xlsx")
    for path, row in ((tmp_path / "update.xlsx", 4), (tmp_path / "template.xlsx", 1)):
        book = openpyxl.load_workbook(path)
        for sheet, name in (("Funds", "ticker"), ("Published", "page")):
            assert name in [cell.value for cell in book[sheet][row]]
            assert name in [column.name for table in book[sheet].tables.values() for column in table.tableColumns]
    values = openpyxl.load_workbook(tmp_path / "update.xlsx", data_only=True)
    heads = [cell.value for cell in values["Funds"][4]]
    assert values["Funds"].cell(5, heads.index("ticker") + 1).value == "ACME"
    letter = openpyxl.utils.get_column_letter(heads.index("ticker") + 1)
    assert values["Funds"].column_dimensions[letter].width == pytest.approx(17, abs=1)
    assert values["Tie-out"]["I8"].value == "ties"  # cells are found by the names of their columns


def test_a_column_more_changes_the_fingerprint(more):
    before = inputs()
    first, *rest = before.funds.items
    after = dataclasses.replace(before, funds=Funds((dataclasses.replace(first, ticker="OTHER"), *rest)))
    one, other = fingerprints.of_inputs(before), fingerprints.of_inputs(after)
    assert [name for name in one if one[name] != other[name]] == ["Funds"]


def test_a_refresh_knows_a_fund_by_a_column_more(more):
    @dataclasses.dataclass
    class Area:
        columns: list

    area = Area([Column(name, "text", 1, "") for name in ("fund", "ticker")])
    names = funds_table.of_table(area, [["A", "B"], ["ACME", None]], Mapping(), False)
    assert names.standard("acme") == "A"


def test_a_column_more_is_in_the_documentation(more):
    page = runpy.run_path(str(DOCS / "make_reference.py"))["tables_page"]()
    assert "| `ticker` | text: another name of the fund | Only for this test. | `our ticker` |" in page


def test_every_column_says_what_it_is():
    for table in TABLES:
        assert len({column.name for column in table.columns}) == len(table.columns)
        for column in table.columns:
            assert column.kind in KINDS, column
            assert column.help.endswith(".")
            assert column.width > 0
            headings = [column.name, column.percentages, *column.headings]
            assert all(table.column(heading.upper()) == column for heading in headings if heading)


def test_every_declared_column_of_a_row_is_read_back_from_its_sheet(tmp_path):
    """Filled in throughout: a column that a reader or a writer did not know would come back empty."""
    day = datetime.date(2001, 2, 3)
    by_kind = {"date": day, "names": ("One", "Two"), "fraction": 0.1, "period": "1Y", "charges": "annual", "fund": "B",
               "measure": "charge", "printed": 0.75, "number": 2}  # fmt: skip
    values = {column.attribute: by_kind.get(column.kind, f"a {column.name}") for column in FUND_TABLE.columns} | {
        "code": "A"
    }
    funds = Funds((Fund(**values), Fund("B")))
    assert Funds.from_rows(FUND_TABLE.rows(funds.items)).items == funds.items
    by_name = {"measure": "cumulative", "decimals": 3, "printed": "12.345%"}
    figure = Published(
        **{
            c.attribute: by_name.get(c.name, by_kind.get(c.kind, 0.1 if c.name == "return" else f"a {c.name}"))
            for c in PUBLISHED_TABLE.columns
        }
    )
    figure = dataclasses.replace(figure, period="2001-02-01..2001-02-03", begins=datetime.date(2001, 2, 1))
    assert published_figures.published_from_rows(PUBLISHED_TABLE.rows([figure])) == (figure,)
    assert columns_of(Fund)[0].name == "fund"
