"""The templates of usual kinds of contracts: valid, true about their choices, and right by hand."""

from __future__ import annotations

import re

import flexextra_udfs as fx
import pytest
from commands import command

from xl_flexextra import terms
from xl_flexextra.terms import library

VALUES = [["valuation_date", "EQUITY"], ["2007-07-31", 10.0], ["2008-07-31", 11.0]]
BY_HAND = {  # one year, 10 to 11, so 1,000 grows to 1,100
    "a_share": (1036.75, 0.0368),  # 1,000 less 5.75% = 942.50, x 1.1
    "b_share": (1036.00, 0.0360),  # 1,100 - 1.00 - 7% x (1,000 - 100)
    "bonus": (1063.00, 0.0630),  # 1,040 x 1.1 = 1,144 - 9% x (1,000 - 100)
    "c_share": (1099.00, 0.0990),  # 1,100 - 1.00
    "l_share": (1029.07, 0.0291),  # 1,099; free 100, above the earnings 99; 7% x the lesser of 1,000 and 999 = 69.93
    "riders": (1028.30, 0.0283),  # 1,100 - 1.00 - 0.2% x 1,100 - 0.5% x 1,100 = 1,091.30; - 7% x 900
}


def test_every_template_has_a_figure_worked_by_hand():
    assert set(library.templates()) == set(BY_HAND)


@pytest.mark.parametrize("name", BY_HAND)
def test_a_template_gives_the_figure_worked_by_hand(name):
    rows = [row[:2] for row in terms.from_toml(library.find(name)).rows()]
    value, printed = BY_HAND[name]
    assert fx.REDEEMABLE_VALUE(rows, ["2007-07-31", "2008-07-31"], [10.0, 11.0]) == pytest.approx(value, abs=1e-9)
    assert fx.TIE_VERDICT(fx.CONTRACT_AATR(rows, VALUES, "EQUITY", "2008-07-31", "1Y"), printed) == "ties"


@pytest.mark.parametrize("name", [*library.templates(), *library.contracts()])
def test_a_contract_begun_from_the_library_is_valid_and_has_its_own_name(name, tmp_path):
    own = tmp_path / "My contract-2.toml"
    assert command("terms", "new", name, "--out", own).exit_code == 0
    assert command("terms", "check", own).exit_code == 0
    assert terms.from_toml(own).name == "my_contract_2"
    assert "The terms are the same." in command("terms", "diff", own, name).output
    again = command("terms", "new", name, "--out", own)
    assert again.exit_code == 2
    assert "--force" in again.output


def test_what_a_template_says_of_other_choices_is_a_choice():
    """A comment 'or a, b' beside a choice names choices of that key."""
    seen = 0
    for file in library.templates().values():
        section = ""
        for line in file.read_text("utf-8").splitlines():
            if head := re.fullmatch(r"\[+(\w+)\]+", line):
                section = head[1]
            if section != "charges" and (found := re.search(r'^(\w+) = ".*# (?:.*; )?or ([a-z_, ]+)', line)):
                spec = terms.keys.KEYS[f"{section}.{found[1]}"]
                assert set(found[2].split(", ")) <= set(spec.choices), line
                seen += 1
    assert seen > 20


def test_terms_diff_names_what_differs():
    ended = command("terms", "diff", "flexible", "single")
    assert ended.exit_code == 1
    assert re.search(r"annual_charge.dollars +35.0 +30.0", ended.output)
    assert "annual_charge.timing" not in ended.output


def test_terms_list_names_contracts_and_templates():
    said = command("terms", "list").output
    assert all(name in said for name in ("flex_extra_flexible", "b_share", "riders"))
