"""The page of every error sentence has every sentence: those that the code says, and so those that a person meets."""

from __future__ import annotations

import re
import sys

import pytest
from commands import run

from documented.pages import ROOT
from xl_flexextra.errors import FlexExtraError
from xl_flexextra.terms import from_rows
from xl_flexextra.terms.charge_checks import CHARGE_RULES
from xl_flexextra.terms.checks import RULES

PASSED_ON = {  # errors whose sentence was made elsewhere, or is never shown: why
    "batch/engines.py: MissingData(str(error))": "of Dask's library",
    "calculation/many_contracts.py: BadInput('no length')": "the one by one way says it",
    "cli/given_tables.py: BadInput(f'{file}: {error}')": "an error of the file, with its name",
    "cli/published.py: BadInput(f'{shown(name)}, {figure.fund} to {figure.as_of}: {error}')": "a figure of that file",
    "hosts/excel/wrappers.py: BadInput(' '.join(found))": "for who writes a function",
    "ooxml/package.py: Refused(str(error))": "of the zip library",
    "sync/store.py: BadInput(f'{found[0].where}: {found[0].what}; {found[0].action}.')": "a finding",
    "terms/terms.py: BadInput('no date')": "the problem of the terms says it",
}


@pytest.fixture(scope="module")
def read():
    sys.path.insert(0, str(ROOT / "docs" / "site"))
    import sentences

    return sentences


@pytest.fixture(scope="module")
def listed(read) -> list[re.Pattern[str]]:
    texts = dict.fromkeys(" ".join(one.text.split()) for one in read.sentences())
    return [re.compile(r".*?".join(re.escape(part) for part in re.split("…+", text))) for text in texts]


def test_no_error_has_a_sentence_that_cannot_be_read_from_the_code(read):
    assert set(read.unknown()) == {f"xl_flexextra/{one}" for one in PASSED_ON}


def test_a_sentence_is_followed_through_names_branches_and_other_modules(read):
    texts = {one.text for one in read.sentences()}
    assert (
        "… of more than …, first … → … (…) on …; check the value; raise 'max_jump' if it is right." in texts
    )  # two branches
    assert "There is no unit value of … on or before …; the first is of …." in texts  # a choice of two words, and of an end
    assert "not a date (a month alone is not a day): …; give dates as 2008-07-31 at the source." in texts  # another module


def test_every_rule_of_the_terms_is_listed(listed):
    for rule in (*RULES, *CHARGE_RULES):
        said = re.sub(r"\{[^}]*\}", "x", rule.sentence)
        assert any(one.fullmatch(said) for one in listed), said


MET = {
    "no file": ["tie-out", "--unit-values", "none.csv", "--terms", "flexible"],
    "no terms": ["tie-out", "--unit-values", "v.csv"],
    "no such fund": ["explain", "--fund", "EQUTY", "--period", "1Y"],
    "no such period": ["explain", "--fund", "EQUITY", "--period", "1Q"],
    "no such day": ["explain", "--fund", "EQUITY", "--period", "1Y", "--as-of", "1990-07-31"],
    "another file": ["tie-out", "--unit-values", "t.toml", "--terms", "t.toml"],
    "a text among numbers": ["tie-out", "--unit-values", "v.csv", "--terms", "flexible"],
    "not a workbook": ["refresh", "v.csv", "--from", "v.csv"],
    "no backup": ["restore", "none.xlsx"],
    "a wrong --set": ["tie-out", "--set", "annual_charge.dollar=30"],
}


@pytest.mark.parametrize("args", MET.values(), ids=MET)
def test_a_sentence_that_a_command_says_is_listed(args, listed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v.csv").write_text("date,A\n2007-12-31,10\n2008-07-31,many\n", encoding="utf-8")
    (tmp_path / "t.toml").write_text('annual_charge.form = "none"\ncdsc.schedule = [0]\n', encoding="utf-8")
    code, said = run(*args)
    assert code == 2
    assert any(one.search(" ".join(said.split())) for one in listed), said


def test_problems_of_terms_are_listed(listed):
    with pytest.raises(FlexExtraError) as found:
        from_rows(
            [["annual_charge.form", "share"], ["cdsc.schedule", "8%"], ["cdsc.schedule.1", "8%"], ["cdsc.bas", "value"]]
        )
    for problem in found.value.problems:
        assert any(one.fullmatch(problem) for one in listed), problem
