"""The worked numbers of docs/terms.md: each by its arithmetic, which is evaluated here and not by the package."""

import datetime
import re
import tomllib
from pathlib import Path

import pytest
from flexextra_udfs import CONTRACT_AATR, CONTRACT_PATH, EXPLAIN_RETURN

from xl_flexextra.terms import from_rows
from xl_flexextra.terms.charge_keys import CHARGE_KEYS
from xl_flexextra.terms.keys import KEYS

PAGE = tomllib.loads((Path(__file__).parents[2] / "docs" / "worked.toml").read_text(encoding="utf-8"))
VALUES = [["date", "S"], *([day, value] for day, value in PAGE["values"].items())]


def name_of(one):
    return f"{one['key']}-{one.get('choice', '')}-{one.get('note', '')}"


def by_hand(arithmetic):
    assert re.fullmatch(r"[0-9. +\-*/(),maxin]+", arithmetic), arithmetic
    return pytest.approx(float(eval(arithmetic, {"__builtins__": {}, "max": max, "min": min})), rel=1e-12, abs=1e-12)


def terms_of(one):
    given = {**PAGE["plain"], **one["terms"]}
    if "choice" in one:
        given[one["key"].replace("charge.", "charge.1.", 1) if one["key"].startswith("charge.") else one["key"]] = one[
            "choice"
        ]
    if places := one.get("order"):
        given = {re.sub(r"charge\.(\d)", lambda m: f"charge.{places.index(int(m[1])) + 1}", k): v for k, v in given.items()}
    rows = [[k, *(v if isinstance(v, list) else [v])] for k, v in given.items()]
    width = max(map(len, rows))
    return from_rows([[*row, *[None] * (width - len(row))] for row in rows])


def asked(one):
    start, until = (datetime.date.fromisoformat(one.get(k, PAGE[k])) for k in ("start", "until"))
    funds = [["fund", "subaccount_inception"], ["S", start]]
    return terms_of(one), VALUES, "S", until, "SI_SUBACCOUNT", [["S", PAGE["share"]]], funds


@pytest.mark.parametrize("one", PAGE["worked"], ids=name_of)
def test_a_worked_number_is_what_the_functions_give(one):
    header, *rows = CONTRACT_PATH(*asked(one))
    last = dict(zip(header, rows[-1], strict=True))
    if "rate" in one:
        assert CONTRACT_AATR(*asked(one)) == last["T"] == by_hand(one["rate"])
        return
    charges = [k for k in range(3, header.index("value")) if header[k] not in {"load", "bonus"}]
    assert sum(row[k] for row in rows for k in charges if row[k] != "") == by_hand(one.get("taken", "0"))
    assert last["CDSC"] == by_hand(one.get("cdsc", "0"))
    if "tax" in one:
        assert last["premium tax"] == by_hand(one["tax"])
    assert last["ERV"] == by_hand(one["left"])
    assert last["units left"] * last["unit value"] == pytest.approx(last["value"], rel=1e-12)


# the forms and counts that have tables of their own there, and what is no number
ELSEWHERE = {"years.basis", "free_withdrawal.form", "valuation.rule", "valuation.inception", "periods.inception",
             "periods.without_history", "rounding.rule"}  # fmt: skip
SHORT_FORM = {"annual_charge.taken_as", "annual_charge.timing", "annual_charge.final", "annual_charge.part_year",
              "annual_charge.first_stub", "rider.timing", "rider.part_year"}  # fmt: skip


def test_every_choice_has_a_worked_number():
    worked = {(one["key"], one.get("choice")) for one in PAGE["worked"]}
    wanted = {(f"charge.{field}", choice) for field, spec in CHARGE_KEYS.items() for choice in spec.choices}
    wanted |= {
        (key, choice)
        for key, spec in KEYS.items()
        for choice in spec.choices
        if key not in ELSEWHERE | SHORT_FORM and not key.startswith(("yield.", "expense.", "shares."))
    }
    assert wanted <= worked
    for key in SHORT_FORM:  # the same words as in the list, which has them all worked
        assert set(KEYS[key].choices) <= set(CHARGE_KEYS[key.partition(".")[2]].choices)


@pytest.mark.parametrize("one", [one for one in PAGE["worked"] if "rate" not in one], ids=name_of)
def test_the_sentence_names_what_the_path_takes(one):
    """The charges that EXPLAIN_RETURN names are the totals of CONTRACT_PATH, dollar by dollar."""
    header, *rows = CONTRACT_PATH(*asked(one))
    said = EXPLAIN_RETURN(*asked(one))
    for k in range(3, header.index("value")):
        total = sum(row[k] for row in rows if row[k] != "")
        if total >= 0.005:
            assert f"{total:,.2f}" in said, (header[k], said)
