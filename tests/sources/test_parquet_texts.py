"""Texts of Parquet files: coded on their way out of the child where that saves something, whole for whoever reads them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from xl_flexextra.errors import BadInput
from xl_flexextra.files import door
from xl_flexextra.sources import parquet_files
from xl_flexextra.sources.mapping import TableMapping
from xl_flexextra.sources.read import read_source

ROWS = 70_000  # of three batches


def column(name: str, chance: np.random.Generator) -> Any:
    """A column of texts of some sort."""
    places = chance.integers(0, 5, ROWS)
    few = np.array(["EQUITY", "", "Ä fund", "BLEND", None], dtype=object)[places]
    if name == "few, then many":
        few[ROWS // 2 :] = [f"contract {number}" for number in range(ROWS - ROWS // 2)]
    if name == "many":
        few = np.array([f"contract {number}" for number in range(ROWS)], dtype=object)
    if name == "none":
        few[:] = None
    texts = pa.array(few.tolist(), pa.string())
    return texts.dictionary_encode() if name == "coded in the file" else texts


@pytest.mark.parametrize("name", ["few", "many", "few, then many", "none", "coded in the file", "a.b"])
@pytest.mark.parametrize("options", [{}, {"row_group_size": 9_000}, {"use_dictionary": False}], ids=str)
def test_texts_come_as_they_stand_in_the_file(name: str, options: dict[str, Any]) -> None:
    texts, kept = column(name, np.random.default_rng(7)), io.BytesIO()
    parquet.write_table(pa.table({name: texts, "number": np.arange(ROWS)}), kept, **options)
    found = parquet_files.read_parquet(kept.getvalue(), "v.parquet")
    assert found.schema.field(name).type == pa.string()
    assert found.column(name).to_pylist() == texts.to_pylist()
    assert found.column("number").to_pylist() == list(range(ROWS))


class Taken:
    """A child that a file has taken over."""

    batch: Any = None

    def __init__(self, *_words: Any) -> None:
        self.ended = False

    def ask(self, *_request: Any) -> None:
        """Whatever is asked."""

    def every(self, *_request: Any) -> Iterator[bytes]:
        """One batch."""
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, self.batch.schema) as writer:
            writer.write_batch(self.batch)
        yield sink.getvalue()

    def let_go(self) -> None:
        """It is gone."""


def answering(monkeypatch: pytest.MonkeyPatch, indices: list[int], texts: list[str]) -> None:
    coded = pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), pa.array(texts), safe=False)
    monkeypatch.setattr(Taken, "batch", pa.record_batch({"valuation_date": coded}))
    monkeypatch.setattr(parquet_files, "Child", Taken)


def test_places_beyond_the_texts_are_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answering(monkeypatch, [0, 1 << 30], ["2008-07-31"])
    (tmp_path / "v.parquet").write_bytes(b"PAR1")
    with pytest.raises(BadInput, match=r"v\.parquet cannot be read"):
        read_source(TableMapping("UnitValues", "v.parquet"), tmp_path)


def test_a_text_counts_as_often_as_it_stands_before_it_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    most = door.memory(4) // 2
    answering(monkeypatch, [0] * (most // 1000 + 1), ["x" * 1000])
    monkeypatch.setattr(parquet_files, "whole", lambda _batch: pytest.fail("it was laid out"))
    with pytest.raises(BadInput, match="would unpack to more than"):
        parquet_files.read_parquet(b"PAR1", "v.parquet")
