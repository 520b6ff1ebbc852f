"""A fund-data store of millions of values: loaded, loaded again with revisions, and read as it was known then.

    python benchmarks/store.py [--values 5000000] [--funds 10000] [--stores sqlite postgresql] [--page docs/benchmarks.md]

Each command runs in a process of its own, whose time and peak memory are told; processor times hold on a busy machine too.
Results are checked first: every value as of the first load and of the second, against the arrays that they were made from.
``postgresql`` is a server of the tests' own, where its programs are installed (tools/install_postgresql.sh); a URL any other
database, whose store is emptied.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import page

REVISED = 1000  # each of so many values is another one in the second load


def given(values: int, funds: int) -> tuple[np.ndarray, np.ndarray]:
    """Days, and a row of values for each."""
    days = (np.datetime64("1990-01", "M") + np.arange(1, -(-values // funds) + 1)).astype("datetime64[D]") - 1
    numbers = np.round(10 + np.random.default_rng(18).random((len(days), funds)) * 20, 6)
    return days, numbers


def revised(numbers: np.ndarray) -> np.ndarray:
    """The same with some that are others."""
    found = numbers.copy()
    found.flat[::REVISED] = np.round(found.flat[::REVISED] + 0.5, 6)
    return found


def parquet(path: Path, days: np.ndarray, numbers: np.ndarray) -> None:
    """A long file of them, month by month."""
    import pyarrow as pa
    from pyarrow import parquet as files

    names = pa.array([f"FUND_{place:05}" for place in range(numbers.shape[1])])
    schema = pa.schema([("valuation_date", pa.date32()), ("fund", pa.string()), ("unit_value", pa.float64())])
    with files.ParquetWriter(path, schema) as file:
        for day, row in zip(days, numbers, strict=True):
            dates = pa.array(np.full(len(row), day)).cast(pa.date32())
            file.write_table(pa.table([dates, names, pa.array(row)], schema=schema))


RUNS = """
import json, resource, sys, time
from pathlib import Path
from xl_flexextra.cells import data_frames
data_frames.keep_pandas_away()
import numpy as np
from xl_flexextra.sync import store
what, name, file = sys.argv[1:4]
def spent():
    return [sum(getattr(resource.getrusage(who), key) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
                for key in ("ru_utime", "ru_stime"))]
began, before = time.perf_counter(), spent()[0]
told = {}
if what == "load":
    load = store.load_source(name, file, "unit_values")
    told = {"added": load.added, "revised": load.revised, "same": load.same}
elif what == "as-of":
    values = store.values_as_of(name, file)
elif what == "funds":
    found = store.series_as_of(name, file, [f"FUND_{place:05}" for place in range(0, 8)])
    told = {"count": len(found[0])}
told |= {"seconds": time.perf_counter() - began, "processor": spent()[0] - before}
status = Path("/proc/self/status")  # the peak of getrusage begins with that of the process that started this one
if status.exists():
    told["peak_mb"] = int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1024
else:
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
if what == "as-of":
    funds = np.array([int(n.partition("_")[2]) for n in values.names])[values.funds]
    order = np.lexsort((funds, values.days))
    np.savez(sys.argv[4], days=values.days[order], funds=funds[order], numbers=values.numbers[order])
print(json.dumps(told))
"""


def run(what: str, store: str, *words: object) -> dict[str, float]:
    """One process; what it took."""
    command = [sys.executable, "-c", RUNS, what, store, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{what} of {store.partition(':')[0]}: {(done.stderr.strip() or done.stdout).splitlines()[-1]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextlib.contextmanager
def place(store: str, folder: Path) -> Iterator[str]:
    """A store's file or URL, with nothing in it."""
    if store == "sqlite":
        yield str(folder / "values.sqlite")
    elif store == "postgresql":
        sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "sync"))
        import postgres

        with postgres.server() as url:
            yield url
    else:
        emptied(store)
        yield store


def emptied(store: str) -> None:
    """Take the tables of an earlier run away."""
    import sqlalchemy as sa

    with sa.create_engine(store).begin() as connection:
        for table in [name for name in sa.inspect(connection).get_table_names() if name.startswith("flexextra_")][::-1]:
            connection.execute(sa.text(f"DROP TABLE {table} CASCADE"))


def measured(store: str, folder: Path, values: int, funds: int) -> list[tuple[str, ...]]:
    """Load, load again, and read; each line with what it took."""
    days, numbers = given(values, funds)
    later = revised(numbers)
    count, others = numbers.size, int((numbers != later).sum())
    parquet(folder / "first.parquet", days, numbers)
    parquet(folder / "second.parquet", days, later)
    kind = "PostgreSQL" if store.startswith("postgresql") else store.partition(":")[0] if "://" in store else "SQLite"
    lines = []

    def told(what: str, one: dict[str, float]) -> None:
        taken = f"{one['seconds']:.1f} s", f"{one['processor']:.1f} s", f"{one['peak_mb']:,.0f} MB"
        lines.append((f"{kind}: {what}", *taken))

    first = run("load", store, folder / "first.parquet")
    second = run("load", store, folder / "second.parquet")
    if (first["added"], second["revised"], second["same"]) != (count, others, count - others):
        raise SystemExit(f"{kind}: other values were loaded than given: {first}, {second}")
    told(f"{count:,} values loaded", first)
    told(f"as many again, of which {others:,} are revised", second)
    for number, wanted in (("1", numbers), ("2", later)):
        read = run("as-of", store, number, folder / "found.npz")
        found = np.load(folder / "found.npz")
        if not (
            np.array_equal(found["numbers"], wanted.ravel())
            and np.array_equal(found["days"], np.repeat(days, funds))
            and np.array_equal(found["funds"], np.tile(np.arange(funds), len(days)))
        ):
            raise SystemExit(f"{kind}: as of load {number} the store gives other values than were loaded")
        told(f"all of them as of load {number}", read)
    eight = run("funds", store, "1")
    if eight["count"] != 8 * len(days):
        raise SystemExit(f"{kind}: eight funds have {eight['count']} values")
    told("eight funds as of load 1", eight)
    if "://" not in store:
        lines.append((f"{kind}: on disk", f"{Path(store).stat().st_size / count:.0f} bytes a value", "", ""))
    return lines


def main() -> None:
    """Run with each store, and write the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--values", type=int, default=5_000_000)
    options.add_argument("--funds", type=int, default=10_000)
    options.add_argument("--stores", nargs="*", default=["sqlite", "postgresql"], help="these, or URLs")
    page.option(options)
    asked = options.parse_args()
    lines: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        for store in asked.stores:
            with place(store, Path(folder)) as opened:
                lines += measured(opened, Path(folder), asked.values, asked.funds)
    page.write(asked.page, "store", page.table(("what", "time", "of the processors", "peak memory"), lines))


if __name__ == "__main__":
    main()
