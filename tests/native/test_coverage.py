"""The table of what runs where says what is so."""

from xl_flexextra import catalogue
from xl_flexextra.hosts.native import coverage
from xl_flexextra.hosts.native.definitions import definitions


def test_every_function_is_native_or_has_a_reason():
    without = {name: reason for name, native, reason in coverage.functions() if not native}
    assert set(without) == set(catalogue.names()) - set(definitions())
    assert all(without.values())
    assert without.keys() >= {"EXPLAIN_ERROR", "EXPLAIN_RETURN", "IMPLIED_CHARGE"}
    assert set(coverage.LESS) < set(definitions())
    assert [name for name, *_ in coverage.functions()] == list(catalogue.names())


def test_every_convention_is_asked_for_by_a_formula():
    """A term that no formula asks for would be another convention in silence; names of a contract change no figure."""
    skipped = {one.key for one in coverage.conventions() if not one.used and not one.refused}
    assert skipped == {"contract.name", "contract.title", "contract.code"}


def test_what_counts_as_asked_for(monkeypatch):
    monkeypatch.setattr(coverage, "_source", lambda: '"cdsc.base" "rate"')
    asked = {one.key for one in coverage.conventions() if one.used}
    assert {"cdsc.base", "charge.rate", "rider.rate"} <= asked
    assert "cdsc.order" not in asked
