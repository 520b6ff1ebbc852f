"""Alternatives of conventions, data checks, fingerprints, signatures."""

import dataclasses
import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.review import alternatives, data_checks, fingerprints, sign_off
from xl_flexextra.update import update_inputs

DAYS = [datetime.date(2008, m, d) for m, d in ((1, 31), (2, 29), (3, 31), (4, 30), (5, 31))]


@pytest.fixture(scope="module")
def inputs():
    return update_inputs.sample_inputs()


@pytest.fixture(scope="module")
def found(inputs):
    return alternatives.alternatives(inputs)


def one(found, key, alternative, contract="flex_extra_flexible"):
    return next(a for a in found if (a.key, a.alternative, a.contract) == (key, alternative, contract))


def test_every_alternative_of_every_choice_is_judged_or_says_why_not(inputs, found):
    from xl_flexextra.terms.keys import KEYS

    expected = {(c.name, k, a) for c in inputs.contracts for k, s in KEYS.items() for a in s.choices} - {
        (c.name, k, c[k]) for c in inputs.contracts for k in KEYS
    }
    judged = {(a.contract, a.key, a.alternative) for a in found}
    assert expected - judged == set()
    assert all(bool(a.why_not) != bool(a.tested) for a in found)
    assert all(0 <= a.broken <= a.tested for a in found)


def test_what_the_page_decides(found):
    assert one(found, "annual_charge.dollars", "30").broken > 40  # the caption of Table 2 is wrong
    assert one(found, "annual_charge.part_year", "by_days").broken == 7  # only the year to date of seven funds tells
    assert one(found, "years.short_period", "annualised").broken == 14  # YTD, before and after charges
    assert one(found, "annual_charge.timing", "start_of_contract_year").broken
    assert one(found, "cdsc.order", "before_annual_charge").broken
    assert not one(found, "annual_charge.taken_as", "units").broken  # the same figures: the page cannot tell
    assert one(found, "shares", "1").largest > 350  # the whole $35 on one fund: 3.6 points and more


def test_a_page_that_does_not_tie_is_not_counted_as_broken_by_the_alternative(inputs):
    wrong = [dataclasses.replace(p, value=p.value + 0.01) for p in inputs.published]
    found = alternatives.alternatives(dataclasses.replace(inputs, published=tuple(wrong)))
    assert all(a.broken == 0 for a in found)


def values(*columns):
    return UnitValues(DAYS, tuple("AB"[: len(columns)]), np.array(columns).T)


def test_gaps_stale_values_and_jumps():
    found = data_checks.series_findings(values([10.0, 10.0, 10.0, 13.0, 13.1], [5.0, np.nan, np.nan, 5.1, 5.2]))
    assert {(f.check, f.fund, f.day) for f in found} == {
        ("stale", "A", DAYS[2]), ("jump", "A", DAYS[3]), ("gap", "B", DAYS[3]),
    }  # fmt: skip


def test_revisions_and_a_second_source():
    now, then = values([10.0, 11, 12, 13, 14]), values([10.0, 11, 12.5, 13, 14])
    assert [(f.day, f.level) for f in data_checks.revisions(now, then)] == [(DAYS[2], "off")]
    count, found = data_checks.second_source(now, values([10.0, 11.0000004, 12, 13, 14.1]))
    assert (count, [f.day for f in found]) == (5, [DAYS[4]])


def test_unit_values_are_reperformed_from_nav_distributions_and_charge():
    navs, distributions, charge = [20.0, 21.0, 19.5, 20.0, 20.4], {("A", DAYS[2]): 1.2}, 0.013
    ours = [10.0]
    for k in range(1, 5):  # typed again from the definition: (NAV + distribution) / NAV before, less the daily charge
        days = (DAYS[k] - DAYS[k - 1]).days
        ours.append(ours[-1] * ((navs[k] + distributions.get(("A", DAYS[k]), 0)) / navs[k - 1] - charge * days / 365))
    assert data_checks.reperformed(values(ours), values(navs), distributions, charge) == (4, [])
    ours[3] *= 1.0001
    count, found = data_checks.reperformed(values(ours), values(navs), distributions, charge)
    assert (count, [f.day for f in found]) == (4, [DAYS[3], DAYS[4]])


def test_the_funds_own_return_less_the_charge_is_a_plausible_unit_value_return(inputs):
    # unit values of Table 1: 5.69% for EQUITY over 5 years; a fund return of 7.08% less 1.30% a year fits
    count, found = data_checks.reasonable(inputs, {("EQUITY", "5Y"): 0.0708}, 0.013)
    assert (count, found) == (1, [])
    _, found = data_checks.reasonable(inputs, {("EQUITY", "5Y"): 0.08}, 0.013)
    assert [f.fund for f in found] == ["EQUITY"]


def test_coverage_counts_what_the_figures_rest_on(inputs):
    first = data_checks.coverage(inputs)[0]
    # YTD base, 11 July ends (one of them the as-of date) and 11 June ends
    assert (first.used, first.exact, first.oldest_days) == (23, 23, 0)


CELL = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.dates(min_value=datetime.date(1900, 3, 1)),
)


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=4), st.data())
def test_a_fingerprint_changes_with_any_cell(rows, data):
    i = data.draw(st.integers(0, len(rows) - 1))
    j = data.draw(st.integers(0, len(rows[i]) - 1))
    other = data.draw(CELL)
    changed = [list(row) for row in rows]
    changed[i][j] = other
    same = fingerprints.canonical(other) == fingerprints.canonical(rows[i][j])
    assert (fingerprints.of_rows(rows) == fingerprints.of_rows(changed)) == same


def test_a_formula_copied_down_is_one_formula():
    column = {(r, 3): f"=B{r + 1}*$C$1+SUM(D{r}:D{r})" for r in range(4, 9)}
    assert fingerprints.distinct(column) == 1
    assert fingerprints.distinct({**column, (6, 3): "=B7*$C$2+SUM(D6:D6)"}) == 2
    assert fingerprints.of_formulas(column) != fingerprints.of_formulas({**column, (6, 3): "=B7*$C$1+SUM(D6:D7)"})
    assert fingerprints.relative('=IF(A1="B2",LOG10(B2))', 0, 0) == '=IF(R[0]C[0]="B2",LOG10(R[1]C[1]))'


def test_a_signature_is_void_as_soon_as_anything_changes(inputs):
    parts = fingerprints.of_inputs(inputs)
    mark = fingerprints.short(fingerprints.package(parts))
    signed = sign_off.Signature("Reviewer", "R. Viewer", datetime.date(2008, 8, 4), mark)
    assert sign_off.status(signed, parts, "P. Reparer") == "signed"
    assert sign_off.status(sign_off.Signature("Reviewer"), parts) == "not signed"
    assert "same person" in sign_off.status(signed, parts, " r. viewer")
    assert "no date" in sign_off.status(dataclasses.replace(signed, date=None), parts)
    first, second = inputs.contracts
    variants = [
        dataclasses.replace(inputs, contracts=(first.replace(annual_charge__dollars=35.01), second)),
        dataclasses.replace(inputs, as_of=datetime.date(2008, 6, 30)),
        dataclasses.replace(inputs, share_rows=[*inputs.share_rows[:-1], ["MONEY_MARKET", 0.0192]]),
        dataclasses.replace(inputs, published=inputs.published[1:]),
        dataclasses.replace(inputs, unit_values=UnitValues.from_rows([*inputs.unit_values.rows()[:-1]])),
    ]
    for other in variants:
        assert sign_off.status(signed, fingerprints.of_inputs(other), "P").startswith("VOID")
        assert len(sign_off.changed(parts, fingerprints.of_inputs(other))) == 1
    assert sign_off.changed(parts, {**parts, "Version": "0"}) == ["Version"]
