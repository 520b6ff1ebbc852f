"""A worksheet function added as one file: the file that the page shows a newcomer, in a copy of the folder of functions."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import flexextra_udfs
import pytest

from xl_flexextra.functions import registry

ROOT = Path(__file__).parents[2]
SEEN = """
import json, runpy, sys
from pathlib import Path
from typer.testing import CliRunner
import flexextra_udfs
from xl_flexextra import catalogue
from xl_flexextra.cli import main
from xl_flexextra.hosts.calc import addin
from xl_flexextra.hosts.excel import served
from xl_flexextra.hosts.native import coverage

root, folder = map(Path, sys.argv[1:])
run = lambda path: runpy.run_path(str(root / path))
run("docs/make_reference.py")["main"](folder)
months = "2007-12-31,2008-01-31,2008-02-29".split(",")
(folder / "v.csv").write_text("date,A\\n" + "\\n".join(f"{d},{v}" for d, v in zip(months, (100, 110, 132))))
page = (root / "docs/add-a-function.md").read_text(encoding="utf-8").partition("$ xl-flexextra ")[2]
line, shown_below = page.partition("\\n```")[0].split("\\n", 1)
documented = CliRunner().invoke(main.app, line.split()).output
call = CliRunner().invoke(main.app, ["call", "SHARPE_RATIO", f"@{folder / 'v.csv'}", "A", "risk_free=0.06"])
shown = CliRunner().invoke(main.app, ["functions", "SHARPE_RATIO"]).output
rows = [["date", "A"], *([f"{d}", v] for d, v in zip(months, (100.0, 110.0, 132.0)))]
print(json.dumps({
    "python": flexextra_udfs.SHARPE_RATIO(rows, "A"),
    "server": served.SHARPE_RATIO(rows, "A"),
    "calc": "SHARPE_RATIO" in addin.configuration(),
    "call": call.output,
    "documented": [documented.strip(), shown_below],
    "functions": shown,
    "page": (folder / "functions.md").read_text(encoding="utf-8"),
    "native": [reason for name, native, reason in coverage.functions() if name == "SHARPE_RATIO"],
    "types": run("tools/make_types.py")["types"](),
    "help": flexextra_udfs.SHARPE_RATIO.__doc__,
}))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("added")
    shutil.copytree(Path(flexextra_udfs.__file__).parent, folder / "udfs" / "flexextra_udfs")
    page = (ROOT / "docs" / "add-a-function.md").read_text(encoding="utf-8")
    name, source = re.search(r"Save this as `udfs/flexextra_udfs/(\w+\.py)`:\n\n```python\n(.*?)```", page, re.S).groups()
    (folder / "udfs" / "flexextra_udfs" / name).write_text(source, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder / "udfs"), str(ROOT)])}
    command = [sys.executable, "-c", SEEN, str(ROOT), str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_one_new_file_is_found_by_python_and_every_host(seen):
    by_hand = 0.15 / 0.07071067811865475 * 12**0.5
    assert seen["python"] == pytest.approx(by_hand, rel=1e-12)
    assert seen["server"][0][0] == pytest.approx(by_hand, rel=1e-12)
    assert seen["calc"]
    assert seen["documented"][0] == seen["documented"][1]  # as the page shows it
    assert float(seen["call"]) == pytest.approx((1.8 - 0.06) / (0.07071067811865475 * 12**0.5), abs=5e-5)


def test_one_new_file_is_found_by_help_reference_coverage_and_types(seen):
    told = "Risk-free return a year as a fraction: 0.02 means 2%. Left out: 0."
    assert all(told in seen[place] for place in ("functions", "page", "help"))
    assert "[risk_free]" in seen["page"]
    assert seen["native"] == ["it is not written as a LAMBDA"]
    assert "def SHARPE_RATIO( unit_values: Table, fund: Text, start_date: Day | None = ..." in re.sub(
        r"\s+", " ", seen["types"]
    )


def declare(body, **told):
    return registry.worksheet_function("x", examples=(), **told)(body)


def test_an_argument_that_nobody_describes_is_named():
    def NEW_ONE(risk_free: float) -> float:
        """Nothing."""

    with pytest.raises(TypeError, match=r"^NEW_ONE: describe its argument 'risk_free', as in arguments="):
        declare(NEW_ONE)


def test_a_type_that_no_argument_has_is_named_with_those_there_are():
    def NEW_ONE(risk_free: complex) -> float:
        """Nothing."""

    with pytest.raises(TypeError, match=r"^NEW_ONE: the type of 'risk_free' is .*complex.*; write one of float, str, "):
        declare(NEW_ONE, arguments={"risk_free": "Return."})
