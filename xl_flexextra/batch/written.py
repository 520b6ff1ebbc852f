"""What a batch writes: a Parquet file a part and table, each at once, then a note that the part is done."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..calculation.page_walks import ContractReturn
from ..calculation.tie_out import Tied
from ..errors import FlexExtraError
from ..files import atomic, door

Date = datetime.date
NOTES = "done"  # the folder of the notes


@dataclass(frozen=True)
class Done:
    """What a part gave: its figures, those that failed, and the hashes of its files."""

    number: int
    figures: int
    failed: int
    files: dict[str, str]


class Columns:
    """A table on its way into a Parquet file: pieces of columns, in the order of its schema."""

    name = ""
    texts: tuple[str, ...] = ()  # columns of names, coded
    more: tuple[tuple[str, str], ...] = ()  # the others, with their kinds
    by_columns = False

    def __init__(self) -> None:
        self._codes: dict[str, dict[str, int]] = {name: {} for name in self.texts}
        self._parts: dict[str, list[np.ndarray]] = {name: [] for name in (*self.texts, *(n for n, _ in self.more))}
        self._single: list[tuple[Any, ...]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count + len(self._single)

    def code(self, column: str, value: str) -> int:
        """The code of a name."""
        codes = self._codes[column]
        return codes.setdefault(value, len(codes))

    def add_columns(self, count: int, **columns: np.ndarray) -> None:
        """Many rows at once."""
        for name, values in columns.items():
            self._parts[name].append(np.asarray(values))
        self._count += count

    def table(self) -> Any:
        """As a table of Arrow."""
        import pyarrow as pa

        names = [*self.texts, *(name for name, _ in self.more)]
        if not self.by_columns:
            kinds = dict(self.more)
            columns = (
                dict(zip(names, zip(*self._single, strict=True), strict=True)) if self._single else dict.fromkeys(names, ())
            )
            arrays = [pa.array(columns[name], _kind(pa, kinds.get(name, "name"))) for name in names]
            return pa.table(dict(zip(names, arrays, strict=True)))
        arrays = []
        for name in self.texts:
            codes = self._whole(name, np.int32)
            arrays.append(
                pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(list(self._codes[name]), pa.string()))
            )
        for name, kind in self.more:
            whole = self._whole(name, np.int32 if kind == "day" else float)
            if kind == "day":
                arrays.append(pa.array(whole.astype(np.int32), pa.int32()).cast(pa.date32()))
            else:
                arrays.append(pa.array(whole, pa.float64(), from_pandas=True))  # NaN is nothing
        return pa.table(dict(zip(names, arrays, strict=True)))

    def _whole(self, name: str, kind: Any) -> np.ndarray:
        parts = self._parts[name]
        return np.concatenate(parts) if parts else np.array([], dtype=kind)


def _kind(pa: Any, kind: str) -> Any:
    return {"day": pa.date32(), "number": pa.float64(), "text": pa.string()}.get(kind) or pa.dictionary(
        pa.int32(), pa.string()
    )


class Figures(Columns):
    """Every figure: ``value`` is the return as a fraction, ``printed`` rounded as the terms print it."""

    name = "figures"
    by_columns = True
    texts = ("contract", "table", "fund", "period")
    more = (("as_of", "day"), ("value", "number"), ("printed", "number"))

    def add(
        self, contract: str, table: str, days: Sequence[Date], funds: Sequence[str], codes: Sequence[str],
        values: np.ndarray, printed: np.ndarray,
    ) -> None:  # fmt: skip
        """The figures of one contract and table, ``(days, periods, funds)``, as rows by day, fund and period."""
        shape, count = (len(days), len(funds), len(codes)), values.size
        numbers = np.array([(day - Date(1970, 1, 1)).days for day in days], dtype=np.int32)
        of_fund = np.array([self.code("fund", fund) for fund in funds], dtype=np.int32)
        of_period = np.array([self.code("period", code) for code in codes], dtype=np.int32)
        self.add_columns(
            count,
            contract=np.full(count, self.code("contract", contract), dtype=np.int32),
            table=np.full(count, self.code("table", table), dtype=np.int32),
            fund=np.broadcast_to(of_fund[None, :, None], shape).ravel(),
            period=np.broadcast_to(of_period[None, None, :], shape).ravel(),
            as_of=np.broadcast_to(numbers[:, None, None], shape).ravel(),
            value=values.swapaxes(1, 2).ravel(),
            printed=printed.swapaxes(1, 2).ravel(),
        )


class Errors(Columns):
    """Every figure that failed, with what a cell would show and the sentence; a contract that has none at all is one row."""

    name = "errors"
    texts = ("contract", "table", "fund", "period")
    more = (("as_of", "day"), ("cell", "name"), ("error", "text"))

    def add(self, contract: str, table: str, day: Date | None, fund: str, code: str, error: FlexExtraError) -> None:
        """One of them."""
        self._single.append((contract, table, fund, code, day, str(error.cell_error), str(error)))


class Ties(Columns):
    """Every published figure beside the computed one."""

    name = "tie_outs"
    texts = ("contract", "table", "fund", "period")
    more = (
        ("as_of", "day"), ("measure", "name"), ("published", "number"), ("recomputed", "number"), ("apart", "number"),
        ("verdict", "text"),
    )  # fmt: skip

    def add(self, contract: str, tied: Sequence[Tied]) -> None:
        """Those of one contract."""
        for one in tied:
            p, value = one.published, one.recomputed
            number = None if isinstance(value, FlexExtraError) or value != value else float(value)
            apart = None if one.difference != one.difference else float(one.difference)
            row = contract, p.table, p.fund, p.period, p.as_of, p.unit.name, p.value, number, apart, one.said
            self._single.append(row)


class Walks(Columns):
    """The walk behind each figure, a row a date."""

    name = "walks"
    texts = ("contract", "table", "fund", "period")
    more = (
        ("as_of", "day"), ("date", "day"), ("unit_value", "number"), ("before", "number"), ("charges", "number"),
        ("value", "number"), ("cdsc", "number"), ("erv", "number"),
    )  # fmt: skip

    def add(self, contract: str, table: str, day: Date, fund: str, code: str, result: ContractReturn) -> None:
        """One of them."""
        path, last = result.path, len(result.dates) - 1
        charges = path.taken_all()
        for k, one in enumerate(result.dates):
            cdsc = float(result.redeemed.cdsc) if result.redeemed and k == last else None
            erv = result.erv if k == last else None
            values = float(result.unit_values[k]), float(path.before[k]), float(charges[k]), float(path.value[k])
            self._single.append((contract, table, fund, code, day, one, *values, cdsc, erv))


class Revised(Columns):
    """Every figure that is another one than from the values known then, with the unit values that were revised."""

    name = "revised"
    texts = ("contract", "table", "fund", "period")
    more = (("as_of", "day"), ("then", "number"), ("now", "number"), ("unit_values", "text"))

    def add(self, contract: str, table: str, day: Date, fund: str, code: str, then: float, now: float, why: str) -> None:
        """One of them."""
        self._single.append((contract, table, fund, code, day, *(None if n != n else n for n in (then, now)), why))


TABLES = tuple(one.name for one in (Figures, Errors, Ties, Walks, Revised))


def write(out: Path, number: int, tables: Sequence[Columns]) -> dict[str, str]:
    """The files of a part; their names below the folder, with their hashes."""
    from pyarrow import parquet

    written = {}
    for one in tables:
        folder = out / one.name
        folder.mkdir(parents=True, exist_ok=True)
        file, table = folder / f"part-{number:05}.parquet", one.table()
        atomic.replace(
            file,
            lambda target, table=table: parquet.write_table(table, target, compression="zstd", row_group_size=1 << 17),  # type: ignore[misc]
        )
        written[file.relative_to(out).as_posix()] = atomic.sha256(file)
    return written


def first_error(out: Path) -> str:
    """The first figure that failed, and why; empty where none did."""
    from pyarrow import parquet

    for file in sorted((out / Errors.name).glob("part-*.parquet")):
        for row in parquet.read_table(file).slice(0, 1).to_pylist():
            where = " ".join(row[name] for name in ("contract", "table", "fund", "period") if row[name])
            day = f" to {row['as_of']}" if row["as_of"] else ""
            return f"{where}{day}: {row['error']}"
    return ""


def note(out: Path, done: Done) -> None:
    """Write down that a part is done."""
    folder = out / NOTES
    folder.mkdir(parents=True, exist_ok=True)
    atomic.replace(folder / f"part-{done.number:05}.json", lambda file: file.write(_json(asdict(done))))


def noted(out: Path, number: int) -> Done | None:
    """A part that is done and whose files are as they were written; None where it is to be done."""
    file = out / NOTES / f"part-{number:05}.json"
    if not door.is_file(file):
        return None
    try:
        found = Done(**json.loads(door.text(file, "The note")))
        whole = all(atomic.sha256(out / name) == digest for name, digest in found.files.items())
    except (FlexExtraError, ValueError, TypeError, AttributeError):
        return None  # not as we write them: the part is done again
    return found if whole and found.number == number else None


def forget(out: Path) -> None:
    """Take away what an earlier batch wrote here; nothing else."""
    for folder, ending in ((NOTES, "json"), *((name, "parquet") for name in TABLES)):
        for file in (out / folder).glob(f"part-*.{ending}"):
            file.unlink()


def _json(data: Any) -> bytes:
    return (json.dumps(data, indent=1, sort_keys=True) + "\n").encode()


def manifest(out: Path, data: dict[str, Any]) -> None:
    """Write what the folder is made of."""
    out.mkdir(parents=True, exist_ok=True)
    atomic.replace(out / "manifest.json", lambda file: file.write(_json(data)))


def read_manifest(out: Path) -> dict[str, Any] | None:
    """What a folder is made of; None where it holds no batch."""
    file = out / "manifest.json"
    if not door.is_file(file):
        return None
    try:
        data = json.loads(door.text(file, "The manifest"))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
