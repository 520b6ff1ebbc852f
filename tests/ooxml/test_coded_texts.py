"""Columns of texts are coded once, and what is known of them goes with them and no further."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from xl_flexextra.ooxml.fast import coded_texts
from xl_flexextra.ooxml.fast.coded_texts import coded, reordered
from xl_flexextra.sync.row_matching import Match, in_order

FUNDS = ["EQUITY", None, "BLEND", "EQUITY", "", "MIDCAP", None, "BLEND"]


def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the arrays that are coded anew from now on."""
    lengths: list[int] = []
    keep = coded_texts._keep

    def seen(texts: Any, found: Any) -> None:
        lengths.append(len(texts))
        keep(texts, found)

    monkeypatch.setattr(coded_texts, "_keep", seen)
    return lengths


def test_a_column_is_coded_once_for_all_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    anew = counting(monkeypatch)
    texts, others = pa.array(FUNDS), pa.array(["MIDCAP", "EQUITY"])
    assert coded(texts).to_pylist() == FUNDS
    assert coded(others).to_pylist() == ["MIDCAP", "EQUITY"]
    assert coded(texts).dictionary.to_pylist() == ["EQUITY", "BLEND", "", "MIDCAP"]
    assert anew == [8, 2]


def test_nothing_is_kept_longer_than_the_column() -> None:
    gc.collect()
    before = len(coded_texts._known)
    texts = pa.array(FUNDS)
    moved = reordered(texts, pa.array(np.arange(8)[::-1].copy()))
    coded(texts)
    assert len(coded_texts._known) == before + 2
    del texts, moved
    gc.collect()
    assert len(coded_texts._known) == before


def test_another_order_is_known_without_another_look(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, order = pa.array(FUNDS), [7, 0, 3, 5, 1, 2, 6, 4]
    coded(texts)
    moved = reordered(texts, pa.array(order))
    assert moved.type == pa.string()
    assert moved.to_pylist() == [FUNDS[place] for place in order]
    anew = counting(monkeypatch)
    assert coded(moved).to_pylist() == moved.to_pylist()
    assert sorted(coded(moved).dictionary.to_pylist()) == sorted({text for text in FUNDS if text is not None})
    assert anew == []


def as_read(texts: list[str | None], how: str) -> Any:
    """The fund column of a workbook, as a small table gives it, or a large one."""
    if how == "list":
        return texts
    return pa.chunked_array([pa.array(texts[:2], pa.string()), pa.array(texts[2:], pa.string())])


@pytest.mark.parametrize("how", ["list", "chunks"])
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("step", [1, 0.25, 1e8])
def test_rows_are_found_again_by_texts_and_numbers(how: str, seed: int, step: float) -> None:
    chance = np.random.default_rng(seed)
    some: list[str | None] = ["A", "B", "C", "", None, "Ä"]
    pairs = [(day * step, fund) for day in range(40_000, 40_012) for fund in some]
    chance.shuffle(pairs)
    held, given = pairs[: int(chance.integers(0, 40))], [pairs[p] for p in chance.permutation(72)[:50]]
    days = [day for day, _ in held] if how == "list" else pa.chunked_array([pa.array([d for d, _ in held], pa.float64())])
    old = {0: days, 1: as_read([fund for _, fund in held], how)}
    kind = pa.int32() if step == 1 else pa.float64()
    new = {0: pa.array([day for day, _ in given], kind), 1: pa.array([fund for _, fund in given], pa.string())}
    match = Match([0, 1], old, new, len(held), len(given))
    assert match.repeats == 0
    assert match.old_of.tolist() == [held.index(pair) if pair in held else -1 for pair in given]
    assert match.lost.tolist() == [place for place, pair in enumerate(held) if pair not in given]
    ordered = in_order(None, [0, 1], old, new, match, len(held))
    known = [place for place in ordered.old_of.tolist() if place >= 0]
    assert known == sorted(known)
    rows = zip(new[0].to_pylist(), map(str, new[1].to_pylist()), strict=True)
    assert sorted(rows) == sorted((day, str(fund)) for day, fund in given)
