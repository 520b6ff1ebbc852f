"""What ``import flexextra_udfs`` may load: numpy, the calculation, and little of the standard library."""

import os
import subprocess
import sys
from pathlib import Path
from typing import ForwardRef

import flexextra_udfs
import numpy as np

import xl_flexextra

HEAVY = {
    "pandas", "openpyxl", "xlsxwriter", "attrs", "attr", "cattrs", "pydantic", "xlwings", "pyarrow", "python_calamine",
    "typer", "rich", "click", "sqlalchemy", "filelock",
    "pathlib", "tomllib", "csv", "difflib", "decimal", "logging", "threading", "calendar",
    "xl_flexextra.workbook", "xl_flexextra.ooxml", "xl_flexextra.sync", "xl_flexextra.hosts", "xl_flexextra.cli",
}  # fmt: skip


def modules_after(statement):
    """As an installed package does: without the finder of an editable one, which loads modules of its own."""
    code = f"import sys\n{statement}\nprint('\\n'.join(sys.modules))"
    places = [str(Path(package.__file__).parents[1]) for package in (xl_flexextra, flexextra_udfs, np)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    run = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env=environment)
    return set(run.stdout.split())


def test_importing_the_functions_loads_nothing_heavy():
    numpy, loaded = (modules_after(s) for s in ("import numpy", "import flexextra_udfs"))
    assert "xl_flexextra.calculation.walk" in loaded
    assert not (loaded - numpy) & HEAVY
    ours = {name for name in loaded - numpy if name.startswith(("xl_flexextra", "flexextra_udfs"))}
    others = {name for name in loaded - numpy - ours if name.partition(".")[0] != "importlib"}  # numpy 2.0 does not load it
    assert others <= {
        "__future__", "dataclasses", "copy", "inspect", "dis", "opcode", "token", "tokenize", "linecache", "_opcode",
        "marshal", "unicodedata", "_strptime", "keyword", "ast", "_ast", "pkgutil",
    }  # fmt: skip


def test_types_of_named_tuples_are_not_texts_that_are_compiled_one_by_one_at_import():
    """A tenth of the import was that: their modules go without ``from __future__ import annotations``."""
    modules = [sys.modules[name] for name in modules_after("import flexextra_udfs") if name.startswith("xl_flexextra.")]
    tuples = {of for module in modules for of in vars(module).values() if hasattr(of, "_fields") and isinstance(of, type)}
    assert len(tuples) > 15
    texts = {of.__qualname__ for of in tuples if any(isinstance(t, ForwardRef) for t in of.__annotations__.values())}
    assert not texts


def test_importing_the_functions_loads_no_calculation_that_only_a_few_of_them_need():
    """Yields, expenses, tie-outs and the like were a sixth of the import; each is loaded by the first call that needs it."""
    few = {
        "explain",
        "expenses",
        "growth",
        "implied_charge",
        "measured",
        "money_weighted",
        "path_table",
        "tie_out",
        "yields",
    }
    of_few = {f"xl_flexextra.calculation.{name}" for name in few}
    assert not modules_after("import flexextra_udfs") & of_few
    assert "xl_flexextra.inputs.input_tables" not in modules_after("import flexextra_udfs")  # only its fund_table
    assert "xl_flexextra.terms.checks" not in modules_after("import flexextra_udfs")  # there are no terms yet
    call = "from flexextra_udfs import MONEY_MARKET_YIELD as f; f(0.001, 7)"
    assert "xl_flexextra.calculation.yields" in modules_after(call)


def test_importing_the_functions_compiles_no_pattern():
    """Patterns were a tenth of the import; each is compiled when a text first needs it."""
    code = """
import numpy, dataclasses, re
really, by = re.compile, []
def compiled(*given):
    by.append(sys._getframe(1).f_globals["__name__"])
    return really(*given)
re.compile = compiled
import flexextra_udfs
assert not by, by
"""
    assert "xl_flexextra.cells.patterns" in modules_after(code)


def test_a_first_figure_loads_nothing_heavy_either():
    call = "from flexextra_udfs import REDEEMABLE_VALUE as f; f([['annual_charge.form', 'none'], ['cdsc.schedule', 0]], "
    call += "['2007-07-31', '2008-07-31'], [10, 11])"
    heavy = {"pandas", "openpyxl", "xlsxwriter", "pydantic", "attrs", "xlwings", "tomllib", "csv", "xl_flexextra.workbook"}
    assert not (modules_after(call) - modules_after("import numpy")) & heavy


def test_a_data_frame_is_taken_without_importing_pandas_ourselves():
    import pandas as pd
    from flexextra_udfs import CONTRACT_AATR

    frame = pd.DataFrame({"date": pd.to_datetime(["2007-07-31", "2008-07-31"]), "A": [10.0, 11.0]})
    by_index = frame.set_index("date")
    for values in (frame, by_index, by_index.rename_axis(None)):
        got = CONTRACT_AATR("flex_extra_flexible", values, "A", pd.Timestamp("2008-07-31"), "1Y", {"A": 0.5})
        assert abs(got - ((1100 - 17.5) * 0.928 / 1000 - 1)) < 1e-12


def test_the_command_line_loads_no_library_before_a_command_uses_it():
    """``--help`` waited for numpy, which a check of one argument imported."""
    loaded = modules_after("import site; site.main(); import xl_flexextra.cli.main")
    assert "typer" in loaded
    libraries = {
        "numpy", "pyarrow", "pandas", "openpyxl", "xlsxwriter", "sqlalchemy", "python_calamine", "filelock", "xlwings",
        "ironcalc", "distributed", "rich.table", "rich.progress", "sqlite3", "asyncio",
    }  # fmt: skip
    of_typer = modules_after("import site; site.main(); import typer")  # an older one loads tables of rich
    assert not (loaded - of_typer) & libraries
