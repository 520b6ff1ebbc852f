"""Reading the inputs of a batch: rows of some keys, and no more unpacked for them than needed."""

import numpy as np
import pyarrow as pa
import pytest
from made import D
from pyarrow import parquet

from xl_flexextra.batch import data_sets, look_child
from xl_flexextra.errors import BadInput


def rows_of(found):
    return [row for batch in found for row in batch.to_pylist()]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.int64()])
def test_rows_of_some_keys_are_those_of_a_plain_look_at_every_row(tmp_path, kind):
    """Row groups and folders with some of the keys, with none, and with blanks; the order of the rows stays."""
    chance = np.random.default_rng(4)
    keys = [None if key == 0 else str(key) for key in chance.integers(0, 30, 5000).tolist()]
    values = chance.random(5000).tolist()
    typed = pa.array([int(key) if key else None for key in keys] if pa.types.is_integer(kind) else keys, kind)
    table = pa.table({"fund": typed, "value": values, "day": [D(2008, 7, 31)] * 5000})
    folder = tmp_path / "values"
    for year, first in (("2007", 0), ("2008", 2500)):
        (folder / f"year={year}").mkdir(parents=True)
        parquet.write_table(table.slice(first, 2500), folder / f"year={year}" / "a.parquet", row_group_size=300)
    wanted = ["3", "29", "31"]
    found = rows_of(data_sets.DataSet(folder, "The values").batches(["value", "fund"], "fund", wanted))
    expected = [(v, k) for v, k in zip(values, keys, strict=True) if k in wanted]
    assert [(row["value"], str(row["fund"])) for row in found] == expected
    by_folder = rows_of(data_sets.DataSet(folder, "The values").batches(["value"], "year", ["2008"]))
    assert [row["value"] for row in by_folder] == values[2500:]


def test_values_of_other_sub_accounts_are_not_unpacked(tmp_path):
    """Each group of contracts unpacked all values of the file and most of its texts: more than half of a batch's time."""
    file, funds = tmp_path / "values.parquet", ["B", "D", "A"]
    schema = pa.schema([("fund", pa.string()), ("value", pa.float64())])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for fund in funds:  # each row group may hold B and D by its first and last
            codes = [fund] * 500 if fund != "A" else ["A", *["C"] * 498, "E"]
            writer.write_table(pa.table({"fund": codes, "value": np.arange(500.0)}, schema=schema))
    column = parquet.ParquetFile(file).metadata.row_group(2).column(1)
    data = bytearray(file.read_bytes())
    begin = column.dictionary_page_offset or column.data_page_offset
    data[begin : begin + column.total_compressed_size] = bytes(column.total_compressed_size)  # no value can be read
    file.write_bytes(data)
    held = data_sets.DataSet(file, "The values", known=True)
    assert len(rows_of(held.batches(["fund", "value"], "fund", ["B", "D"]))) == 1000
    with pytest.raises(BadInput, match="cannot be read"):
        rows_of(held.batches(["fund", "value"], "fund", ["C"]))


@pytest.mark.parametrize("dictionary", [True, False])
def test_each_text_counts_as_often_as_it_stands_in_a_file_that_is_looked_at(tmp_path, dictionary, monkeypatch):
    """Texts are looked at coded; one long text for all rows fills the memory where it is read."""
    file = tmp_path / "values.parquet"
    parquet.write_table(pa.table({"fund": ["A" * 40, None] * 50, "value": [1.0] * 100}), file, use_dictionary=dictionary)
    plain = 50 * 40 + 100 * 4 + 100 * 8  # letters, where each text ends, numbers
    for most, fits in ((plain - 1, False), (plain + 100, True)):  # and bits of what is blank
        monkeypatch.setattr(look_child, "MOST_OF_BATCH", most)
        if fits:
            assert look_child.look(str(file), file.stat().st_size, 2) == 100
        else:
            with pytest.raises(BadInput, match="rows of it unpack to more"):
                look_child.look(str(file), file.stat().st_size, 2)
    with pytest.raises(BadInput, match="more than 1 columns"):
        look_child.look(str(file), 1000, 1)
