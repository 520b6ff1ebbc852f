"""The money-weighted returns of many policies in one call: each is that of its own flows."""

import datetime

import numpy as np
import pytest

from xl_flexextra.calculation import money_weighted
from xl_flexextra.errors import BadInput

D = datetime.date
XIRR = [
    (-10000, D(2008, 1, 1)),
    (2750, D(2008, 3, 1)),
    (4250, D(2008, 10, 30)),
    (3250, D(2009, 2, 15)),
    (2750, D(2009, 4, 1)),
]


def test_policies_in_any_order_have_the_rates_of_their_own_flows():
    """Excel's own example of XIRR, and payments that grow to a known sum, their rows mixed."""
    known = {"X": (XIRR, 0.373362535), "A": ([(-100, D(2001, 1, 1)), (121, D(2003, 1, 1))], 0.1)}
    known["B"] = [(-100, D(2001, 1, 1)), (50, D(2002, 1, 1))], -0.5
    known["C"] = [(-1, D(2001, 1, 1)), (1000, D(2002, 1, 1))], 999.0  # far from where the search begins
    rows = [(name, *flow) for name, (flows, _) in known.items() for flow in flows]
    rows = [rows[k] for k in np.random.default_rng(2).permutation(len(rows))]
    found = money_weighted.money_weighted_returns(*zip(*rows, strict=True))
    assert found.policies.tolist() == ["A", "B", "C", "X"]
    assert found.rates == pytest.approx([known[name][1] for name in found.policies], abs=1e-8)  # Excel prints eight places
    assert not found.errors


def test_many_policies_in_blocks_are_the_rates_one_by_one(monkeypatch):
    random = np.random.default_rng(4)
    policies = np.repeat(np.arange(60), random.integers(1, 9, 60))
    amounts = random.uniform(-1000, 1000, len(policies)).round(2)
    days = np.datetime64("2001-01-01") + random.integers(0, 3000, len(policies))
    monkeypatch.setattr(money_weighted, "BLOCK", 40)
    found = money_weighted.money_weighted_returns(policies, amounts, days)
    for place, policy in enumerate(found.policies.tolist()):
        own = policies == policy
        flows = amounts[own].tolist(), days[own].tolist()
        if place in found.errors:
            with pytest.raises(type(found.errors[place])) as said:
                money_weighted.money_weighted_return(*flows)
            assert str(said.value) == str(found.errors[place])
            assert np.isnan(found.rates[place])
        else:
            alone = money_weighted.money_weighted_return(*flows)
            assert found.rates[place] == pytest.approx(alone, rel=1e-12, abs=1e-12)
    assert 0 < len(found.errors) < 30


def test_a_policy_that_is_wrong_is_an_error_of_its_own():
    amounts, days = [-1, 2, -1, np.nan, -1, 2], [D(2001, 1, 1), D(2002, 1, 1)] * 2 + [D(2001, 1, 1), None]
    found = money_weighted.money_weighted_returns([1, 1, 2, 2, 3, 3], amounts, days)
    assert found.rates[0] == pytest.approx(1.0)
    assert np.isnan(found.rates[1:]).all()
    assert "'amounts' holds something that is not a number" in str(found.errors[1])
    assert "'dates' lacks a date" in str(found.errors[2])
    with pytest.raises(BadInput, match="'policies' has 1 value, 'amounts' 2 and 'dates' 2"):
        money_weighted.money_weighted_returns([1], [-1, 2], [D(2001, 1, 1), D(2002, 1, 1)])
    assert not len(money_weighted.money_weighted_returns([], [], []).rates)


def test_a_rate_that_is_searched_from_the_start_outwards_is_that_of_a_search_everywhere(monkeypatch):
    random = np.random.default_rng(5)
    policies = np.repeat(np.arange(300), 6)
    amounts = random.normal(0, 1000, len(policies)).round(2)
    days = np.datetime64("2001-01-01") + random.integers(0, 300, len(policies))  # so near that Newton's method often fails
    looked = []
    monkeypatch.setattr(
        money_weighted, "_searched", lambda *flows, own=money_weighted._searched: looked.append(1) or own(*flows)
    )
    outwards = money_weighted.money_weighted_returns(policies, amounts, days)
    monkeypatch.setattr(money_weighted, "REACHES", ())
    everywhere = money_weighted.money_weighted_returns(policies, amounts, days)
    assert len(looked) > 100
    assert outwards.rates.tobytes() == everywhere.rates.tobytes()
    assert list(map(str, outwards.errors.values())) == list(map(str, everywhere.errors.values()))
