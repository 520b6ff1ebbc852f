"""Attribution of changes: it adds up, and each cause takes what it did, by hand and on random histories."""

import dataclasses
import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_flexextra.calculation import calendar_days
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.review import changes
from xl_flexextra.terms import Terms
from xl_flexextra.update import update_inputs

approx = pytest.approx
DIGITS = 1e-12
JUNE, JULY = datetime.date(2008, 6, 30), datetime.date(2008, 7, 31)
MONTHS = [calendar_days.month_end(1998, 1 + k) for k in range(127)]  # to July 2008


def update(values, as_of, dollars=30.0, share=0.4, schedule=(0.07, 0.06, 0.05), steps=(), share_rows=None):
    rows = share_rows or [["fund", "share"], ["A", share], ["B", 1 - share]]
    given = {
        "contract.name": "test", "contract.code": "T", "annual_charge.form": "share", "annual_charge.dollars": dollars,
        "cdsc.schedule": list(schedule), "cdsc.thereafter": 0.0, "free_withdrawal.form": "percent_of_value",
        "free_withdrawal.rate": 0.1,
    }  # fmt: skip
    return update_inputs.Inputs(
        unit_values=UnitValues(MONTHS[: len(values)], ("A", "B"), np.array(values)),
        funds=Funds.from_rows([["fund"], ["A"], ["B"]]),
        contracts=(Terms(given, steps),),
        as_of=as_of,
        shares=parse("shares", "shares", rows),
        share_rows=rows,
    )


def growing(seed=0.004):
    return [[10 * (1 + seed) ** k, 20 * (1 + seed / 2) ** k * (1.1 if k % 7 == 0 else 1.0)] for k in range(127)]


def by(found, fund, period, table="after_contract_charges"):
    return next(c for c in found if (c.fund, c.period, c.table) == (fund, period, table))


moves = st.lists(st.tuples(st.floats(-0.12, 0.12), st.floats(-0.12, 0.12)), min_size=127, max_size=127)


@settings(max_examples=25)
@given(moves, st.floats(0, 60), st.floats(0, 60), st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.1), st.floats(0.9, 1.1))
def test_parts_add_up_to_the_change_on_random_histories(path, was, now, share_was, share_now, rate, revision):
    values = np.cumprod(1 + np.array(path), axis=0) * 10
    old = update(values[:-1], JUNE, was, share_was)
    later = values.copy()
    later[40:70] *= revision
    new = update(later, JULY, now, share_now, (rate, 0.06, 0.05))
    found = changes.changes(old, new)
    assert len(found) == 2 * (5 + 5 + 3)
    for one in found:
        assert one.old is not None, one.note
        assert not one.note
        assert sum(one.parts.values()) == approx(one.new - one.old, abs=DIGITS)
        assert set(one.parts) == set(changes.CAUSES)
        assert one.parts["other"] == approx(0.0, abs=DIGITS)


def test_one_year_before_charges_is_parted_as_by_hand():
    values = growing()
    one = by(changes.changes(update(values[:-1], JUNE), update(values, JULY)), "B", "1Y", "fund_and_separate_account")
    u = {day: row[1] for day, row in zip(MONTHS, values, strict=True)}
    was, dropped = datetime.date(2007, 6, 30), datetime.date(2007, 7, 31)
    assert one.old == approx(u[JUNE] / u[was] - 1)
    assert one.parts["month dropped"] == approx(u[JUNE] / u[dropped] - u[JUNE] / u[was], abs=DIGITS)
    assert one.parts["month added"] == approx(u[JULY] / u[dropped] - u[JUNE] / u[dropped], abs=DIGITS)
    assert one.parts["anniversaries"] == approx(0, abs=DIGITS)


@pytest.mark.parametrize(
    ("cause", "changed"),
    [("share", {"share": 0.7}), ("charge", {"dollars": 45.0}), ("schedule", {"schedule": (0.03, 0.03, 0.03)})],
)
def test_a_single_change_is_given_to_its_cause_only(cause, changed):
    values = growing()
    one = by(changes.changes(update(values, JULY), update(values, JULY, **changed)), "A", "3Y")
    assert one.parts[cause] == approx(one.new - one.old, abs=DIGITS)
    assert abs(one.parts[cause]) > 1e-5
    assert all(abs(part) < DIGITS for name, part in one.parts.items() if name != cause)


def test_a_revised_value_is_a_revision_and_nothing_else():
    values = growing()
    revised = [list(row) for row in values]
    revised[MONTHS.index(datetime.date(2005, 7, 31))][0] *= 1.02
    one = by(changes.changes(update(values, JULY), update(revised, JULY)), "A", "3Y")
    assert one.parts["revision"] == approx(one.new - one.old, abs=DIGITS)
    assert one.parts["revision"] < -0.004


def test_pitfall_a_dated_step_between_the_updates_is_a_charge_and_no_passing_of_time():
    step = [(datetime.date(2008, 7, 15), {"annual_charge.dollars": 90.0})]
    values = growing()
    stepped = by(changes.changes(update(values[:-1], JUNE, steps=step), update(values, JULY, steps=step)), "A", "1Y")
    plain = by(changes.changes(update(values[:-1], JUNE), update(values, JULY)), "A", "1Y")
    assert plain.parts["charge"] == approx(0, abs=DIGITS)
    # $60 more at share 0.4, less the CDSC of 7% on the 90% that is not free
    assert stepped.parts["charge"] == approx(-60 * 0.4 * (1 - 0.07 * 0.9) / 1000, abs=DIGITS)
    assert stepped.parts["anniversaries"] == approx(plain.parts["anniversaries"], abs=DIGITS)


def test_pitfall_a_dated_share_between_the_updates_is_a_share():
    rows = [
        ["effective", "fund", "share"],
        [MONTHS[0], "A", 0.4],
        [MONTHS[0], "B", 0.6],
        [datetime.date(2008, 7, 10), "A", 0.5],
    ]
    values = growing()
    found = changes.changes(update(values[:-1], JUNE, share_rows=rows), update(values, JULY, share_rows=rows))
    one = by(found, "A", "1Y")
    assert one.parts["share"] == approx(-30 * 0.1 * (1 - 0.07 * 0.9) / 1000, abs=DIGITS)
    assert by(found, "B", "1Y").parts["share"] == approx(0, abs=DIGITS)


def test_the_quarter_end_tables_do_not_move_within_a_quarter():
    inputs = update_inputs.sample_inputs()
    found = changes.changes(changes.previous_month(inputs), inputs)
    assert len(found) == 112
    standard = [one for one in found if one.table == "standardized"]
    assert len(standard) == 42
    assert all(one.change == 0 for one in standard)
    assert any(abs(one.change) > 0.01 for one in found)


def test_a_new_fund_and_a_fund_without_history_say_so():
    inputs = update_inputs.sample_inputs()
    before = changes.previous_month(inputs)
    values = before.unit_values
    keep = [i for i, fund in enumerate(values.funds) if fund != "EQUITY"]
    fewer = UnitValues(values.dates.tolist(), tuple(values.funds[i] for i in keep), values.values[:, keep])
    found = changes.changes(dataclasses.replace(before, unit_values=fewer), inputs)
    notes = {one.note for one in found if one.fund == "EQUITY"}
    assert len(notes) == 1
    assert next(iter(notes)).startswith("new figure: 'fund' 'EQUITY' is not in the unit values")
    assert all(one.old is None and not one.parts for one in found if one.fund == "EQUITY")
    assert all(one.parts for one in found if one.fund != "EQUITY")


def test_the_update_before_ends_with_the_month_before():
    inputs = update_inputs.sample_inputs()
    before = changes.previous_month(inputs)
    assert before.as_of == JUNE
    assert before.unit_values.dates[-1].item() == JUNE
    assert np.count_nonzero(inputs.unit_values.dates.astype(object) > JUNE) > 0
    assert before.published == ()


def test_a_revision_of_the_last_day_is_a_revision():
    values = growing()
    revised = [list(row) for row in values]
    revised[-1][0] *= 1.01
    one = by(changes.changes(update(values, JULY), update(revised, JULY)), "A", "1Y", "fund_and_separate_account")
    assert one.parts["revision"] == approx(0.01 * values[-1][0] / values[-13][0], abs=DIGITS)
    assert one.change == approx(one.parts["revision"], abs=DIGITS)


def test_a_convention_that_changes_is_other():
    """Three years counted as 1,096 days / 365 rather than as three."""
    values = growing()
    old, new = update(values, JULY), update(values, JULY)
    new = dataclasses.replace(new, contracts=(new.contracts[0].replace(years__basis="days_365"),))
    one = by(changes.changes(old, new), "A", "3Y", "fund_and_separate_account")
    grown = values[-1][0] / values[-37][0]
    assert one.parts["other"] == approx(grown ** (365 / 1096) - grown ** (1 / 3), abs=DIGITS)
    assert all(abs(part) < DIGITS for name, part in one.parts.items() if name != "other")


def test_a_step_that_both_updates_know_is_passing_of_time():
    steps = [(datetime.date(2007, 1, 15), {"annual_charge.dollars": 90.0, "cdsc.schedule": [0.05, 0.05, 0.05]})]
    values = growing()
    one = by(changes.changes(update(values[:-1], JUNE, steps=steps), update(values, JULY, steps=steps)), "A", "3Y")
    assert all(abs(one.parts[name]) < DIGITS for name in ("share", "charge", "schedule", "other"))
    # the same update with and without the step: $60 more on two of three anniversaries, and the third rate
    plain = by(changes.changes(update(values, JULY), update(values, JULY, steps=steps)), "A", "3Y")
    assert plain.parts["charge"] < -0.01
    assert plain.parts["schedule"] == approx(0, abs=DIGITS)  # 5% in the third year before and after


def test_a_figure_that_is_gone_says_so():
    values = growing()
    gone = [list(row) for row in values]
    gone[-1][0] = np.nan
    one = by(changes.changes(update(values[:-1], JUNE), update(gone, JULY)), "A", "1Y")
    assert (one.new, one.parts, one.note) == (None, {}, "no figure now")
    assert one.old is not None
    assert one.change == 0


def test_a_held_contract_is_walked_again_without_redemption():
    values = growing()
    inputs = update(values, JULY)
    grid = changes.contract_figures.ContractFigures(
        inputs.contracts[0], inputs.unit_values, JULY, inputs.shares, inputs.funds, "annual"
    )
    result = grid.result("A", "1Y")
    levels = np.array([10.0, 11.0])
    assert changes.rewalk(grid, result, levels) == approx((1100 - 30 * 0.4) / 1000 - 1, abs=DIGITS)


def test_what_did_not_change_has_no_trace_of_a_part():
    """A walk done again ends a last digit away: of the same inputs and the same day every part is zero, not -0.0."""
    wild = [
        [10 * 1.0137**k * (1 + (k * 7919 % 101) / 977), 20 * 0.9971**k * (1 + (k * 104729 % 89) / 883)] for k in range(127)
    ]
    inputs = update(wild, JULY, dollars=37.3, share=0.45)
    found = changes.changes(inputs, dataclasses.replace(inputs))
    assert len(found) == 26
    assert {part for change in found for part in change.parts.values()} == {0.0}
