"""A fingerprint covers every field of the inputs, and a workbook carries every field."""

import dataclasses
import datetime

import pytest
from typer.testing import CliRunner

from xl_flexextra import workbook
from xl_flexextra.cli import review_data
from xl_flexextra.cli.main import app
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.review import fingerprints, sign_off
from xl_flexextra.terms import Terms
from xl_flexextra.update import report, update_inputs

INPUTS = update_inputs.sample_inputs()
FIELDS = [field.name for field in dataclasses.fields(update_inputs.Inputs)]
DAY = datetime.date(2008, 7, 3)
BY_ANNOTATION = {
    "str | None": "OTHER",
    "Date | None": DAY,
    "str": "annual",
    "int | None": 3,
}  # for a field that the sample leaves empty


def others(value, annotation=""):
    """Values that differ from one in one place each, by its type; a type without a rule stops the test."""
    if value is None or value == "":
        return [BY_ANNOTATION[annotation]]
    if isinstance(value, str):
        return [value + "x"]
    if isinstance(value, datetime.date):
        return [value + datetime.timedelta(days=1)]
    if isinstance(value, int | float):
        return [value + 0.0001]
    if isinstance(value, UnitValues):
        header, *lines = value.rows()
        return [UnitValues.from_rows([header, *lines[:-1], [*lines[-1][:-1], lines[-1][-1] + 1e-6]])]
    if isinstance(value, Shares):
        first, *rest = value.rows()
        return [Shares([(*first[:2], first[2] + 0.0001), *map(tuple, rest)])]
    if isinstance(value, Funds):
        return [Funds(items) for items in others(value.items)]
    if isinstance(value, Terms):
        key = next(iter(value.sources))
        elsewhere = Terms(value.given, value.changes, {**value.sources, key: "another page"})
        return [value.replace(annual_charge__dollars=35.01), elsewhere]
    if dataclasses.is_dataclass(value):
        return [
            dataclasses.replace(value, **{field.name: other})
            for field in dataclasses.fields(value)
            for other in others(getattr(value, field.name), str(field.type))
        ]
    assert isinstance(value, list | tuple), type(value)
    if not value:
        return [("another name",)]
    changed = [value[:-1]]  # one less, then each place of the last one changed
    changed += [type(value)([*value[:-1], other]) for other in others(value[-1], "str")]
    return changed


def others_of(name):
    """The same for a field of the inputs; the columns of tables are periods."""
    return [("1Y", "2Y")] if name in {"periods", "standard_periods"} else others(getattr(INPUTS, name))


CHANGED = [(name, other) for name in FIELDS for other in others_of(name)]


@pytest.mark.parametrize(("name", "other"), CHANGED, ids=[f"{name}-{i}" for i, (name, _) in enumerate(CHANGED)])
def test_a_change_of_any_field_of_the_inputs_changes_one_fingerprint(name, other):
    before = fingerprints.of_inputs(INPUTS)
    after = fingerprints.of_inputs(dataclasses.replace(INPUTS, **{name: other}))
    assert len(sign_off.changed(before, after)) == 1, name


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "shares"])
def test_every_field_of_the_inputs_is_read_back_from_the_workbook(name, tmp_path):
    """The shares themselves are the rows of their table, which stand in the workbook."""
    other = others_of(name)[-1]
    changed = dataclasses.replace(INPUTS, **{name: other})
    if name == "share_rows":
        changed = dataclasses.replace(changed, shares=Shares.from_rows([list(row) for row in other]))
    if name == "heading_notes":  # a raised number on a heading of the page
        changed = dataclasses.replace(INPUTS, heading_notes=(*INPUTS.heading_notes[:-1], ("5Y", "3")))
    if name == "funds":  # aliases, notes and dates, but not a predecessor that has no unit values
        first, *rest = INPUTS.funds.items
        more = dataclasses.replace(first, aliases=("once", "then"), notes="9", fund_inception=DAY)
        changed = dataclasses.replace(INPUTS, funds=Funds((more, *rest)))
    workbook.build(report.compute(changed), tmp_path / "update.xlsx")
    read = fingerprints.of_inputs(review_data.from_workbook(tmp_path / "update.xlsx"))
    assert sign_off.changed(fingerprints.of_inputs(changed), read) == []
    assert len(sign_off.changed(fingerprints.of_inputs(INPUTS), read)) == 1


def test_a_review_carries_rates_holidays_and_the_texts_of_the_page(tmp_path):
    from xl_flexextra.workbook.review import build

    texts = {"title": "Another title", "notes": ("First  of two", "Second"), "disclosures": ("Read this.",)}
    changed = dataclasses.replace(
        INPUTS, **texts, heading_notes=(("1Y", "2"), ("choice", "1")), holidays=((DAY, "Day off"),), oddities=()
    )
    build.build(report.compute(changed), tmp_path / "review.xlsx")
    read = fingerprints.of_inputs(review_data.from_workbook(tmp_path / "review.xlsx"))
    assert sign_off.changed(fingerprints.of_inputs(changed), read) == []


def test_inputs_without_any_text_are_read_back_as_none(tmp_path):
    bare = dataclasses.replace(
        INPUTS, notes=(), disclosures=(), heading_notes=(), oddities=(), sources=(), rate_rows=(), holidays=()
    )
    workbook.build(report.compute(bare), tmp_path / "bare.xlsx")
    read = review_data.from_workbook(tmp_path / "bare.xlsx")
    assert (read.notes, read.disclosures, read.heading_notes, read.sources) == ((), (), (), ())
    assert fingerprints.of_inputs(read) == fingerprints.of_inputs(bare)


@pytest.mark.parametrize(
    ("name", "other", "said"),
    [
        ("rate_rows", [*INPUTS.rate_rows[:-1], [*INPUTS.rate_rows[-1][:-1], 0.0451]], "Interest rates"),
        ("holidays", INPUTS.holidays[1:], "Holidays"),
        ("notes", (*INPUTS.notes[:-1], "Another note."), "Notes"),
        ("published", (*INPUTS.published[:-1], dataclasses.replace(INPUTS.published[-1], charges="annual")), "Published"),
    ],
)
def test_diff_does_not_say_that_the_inputs_are_the_same_where_one_changed(name, other, said, tmp_path):
    workbook.build(report.compute(INPUTS), tmp_path / "a.xlsx")
    workbook.build(report.compute(dataclasses.replace(INPUTS, **{name: other})), tmp_path / "b.xlsx")
    result = CliRunner().invoke(app, ["diff", str(tmp_path / "a.xlsx"), str(tmp_path / "b.xlsx")])
    assert f"Inputs that differ: {said}." in result.output, result.output
    assert "The inputs are the same." not in result.output
