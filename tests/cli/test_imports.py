"""Which libraries a command loads: by their names, whatever the time of a machine."""

import datetime
import io
import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import xlsxwriter

HEAVY = {
    "pandas", "polars", "numpy", "pyarrow", "openpyxl", "xlsxwriter", "sqlalchemy", "ironcalc", "filelock",
    "asyncio", "ssl", "http", "python_calamine", "xlwings", "lxml", "dask", "fsspec", "pypdfium2", "flexextra_udfs",
    "xl_flexextra.hosts.calc",
}  # fmt: skip


def loaded(code: str, folder) -> set[str]:
    """The heavy modules that a fresh interpreter has after some lines, with its own kept from the test's."""
    first = "from xl_flexextra.cli import main\n" if "main" in code else ""  # its own end comes last
    said = f"import atexit, sys\natexit.register(lambda: print('LOADED', *({HEAVY!r} & set(sys.modules))))\n"
    code = first + said + code
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    word, *names = done.stdout.splitlines()[-1].split()
    assert word == "LOADED"
    return set(names)


def command(*words: object) -> str:
    return f"sys.argv[1:] = {list(map(str, words))!r}\nmain.main()\n"


def test_no_help_loads_what_only_the_command_needs(tmp_path):
    each = f"""
from typer.testing import CliRunner
from xl_flexextra.cli.main import app
names = [command.name or command.callback.__name__ for command in app.registered_commands]
names += [group.name for group in app.registered_groups]
assert len(names) > 20 and "report" in names and "store" in names, names
before = set(sys.modules)
for words in [[], *([name] for name in names)]:
    assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0, words
    assert not {HEAVY!r} & (set(sys.modules) - before), words
"""
    assert loaded(each, tmp_path) <= loaded("from typer.testing import CliRunner", tmp_path)


@pytest.mark.parametrize(
    ("words", "may"),
    [
        (["--version"], set()),
        (["terms", "list"], {"numpy"}),
        (["trust", "list"], set()),
        (["functions", "AATR"], {"numpy", "flexextra_udfs"}),
    ],
)
def test_a_cheap_command_loads_what_it_uses(tmp_path, words, may):
    assert loaded(command(*words), tmp_path) <= may


def test_a_report_loads_what_writes_a_workbook_and_no_more(tmp_path):
    """A constant of the module that refreshes loaded PyArrow, the escape of two signs a web client."""
    assert loaded(command("report", "--out", "report.xlsx"), tmp_path) == {"numpy", "xlsxwriter", "flexextra_udfs"}


def test_a_refresh_loads_neither_pandas_nor_openpyxl(tmp_path):
    """Its formulas are read by openpyxl's tokenizer alone. LibreOffice is not looked for before a formula needs it."""
    book = xlsxwriter.Workbook(tmp_path / "update.xlsx")
    data, page = book.add_worksheet("Data"), book.add_worksheet("Page")
    data.add_table("A1:B3", {"name": "Rates", "columns": [{"header": "code"}, {"header": "rate"}],
                             "data": [["A", 1], ["B", 2]]})  # fmt: skip
    page.write_formula("A1", "=SUM(Rates[rate])", None, 3)
    book.close()
    parquet.write_table(pa.table({"code": ["A", "B"], "rate": [1.5, 2.0]}), tmp_path / "rates.parquet")
    words = ["refresh", "update.xlsx", "--from", "rates.parquet", "--table", "Rates", "--accept-revisions"]
    code = command(*words)
    others = {"pandas", "openpyxl", "sqlalchemy", "xlsxwriter", "python_calamine", "http", "xl_flexextra.hosts.calc"}
    assert not loaded(code, tmp_path) & others
    from python_calamine import CalamineWorkbook

    assert CalamineWorkbook.from_path(str(tmp_path / "update.xlsx")).get_sheet_by_name("Page").to_python() == [[3.5]]


def test_the_child_that_reads_parquet_loads_neither_pandas_nor_numpy(tmp_path):
    """NumPy took longer to import than PyArrow, which does without: half of the child's start."""
    held = io.BytesIO()
    parquet.write_table(pa.table({"code": ["A"], "rate": [1.5], "day": [datetime.date(2008, 7, 31)]}), held)
    code = "from xl_flexextra.sources import parquet_child as child\nchild.prepare()\n"
    code += f"child.answer('open', {held.getvalue()!r}, 16384)\nassert child.answer('next') and child.answer('next')\n"
    assert loaded(code, tmp_path) == {"pyarrow", "ssl"}


def test_a_process_of_a_batch_does_not_load_pandas(tmp_path):
    """The command keeps it away from itself alone: each process imported it at PyArrow's first array."""
    code = "from multiprocessing import Pipe\nfrom xl_flexextra.batch import engines\nhere, there = Pipe()\nhere.close()\n"
    code += "engines._serve(there)\nimport pyarrow, numpy\npyarrow.array(numpy.arange(3)).to_pylist()\n"
    assert loaded(code, tmp_path) <= {"numpy", "pyarrow", "ssl", "http", "asyncio"}


def test_a_child_loads_little_of_what_its_parent_needs(tmp_path):
    """Every child loaded what starts and watches children, reads TOML and knows Windows: two thirds of IronCalc's start."""
    code = "import sys\nfrom xl_flexextra.recalculation import ironcalc_child as child\nchild._prepare()\n"
    code += "assert not {'subprocess', 'tomllib', 'ctypes', 'xl_flexextra.files.door'} & set(sys.modules), sys.modules\n"
    assert loaded(code, tmp_path) == {"ironcalc"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux lists the threads of a process as files")
@pytest.mark.parametrize(("stated", "has"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "2"}, "2")])
def test_numpy_starts_no_threads_in_a_command_but_those_that_a_person_asks_for(tmp_path, stated, has):
    code = """
import atexit, os, sys
from xl_flexextra.cli import main
before = len(os.listdir("/proc/self/task"))
started = lambda: len(os.listdir("/proc/self/task")) - before
atexit.register(lambda: print("numpy" in sys.modules, os.environ["OPENBLAS_NUM_THREADS"], started()))
sys.argv[1:] = ["functions", "AATR"]
main.main()
"""
    unset = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    words = {"capture_output": True, "text": True, "timeout": 300, "cwd": tmp_path, "env": unset | stated}
    done = subprocess.run([sys.executable, "-c", code], **words)
    loaded, threads, started = done.stdout.splitlines()[-1].split()
    assert (loaded, threads) == ("True", has)
    assert int(started) <= int(has) - 1
