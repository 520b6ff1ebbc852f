"""The benchmark of the batch with small sizes: killed, resumed, the same bytes, figures that are right."""

import importlib.util
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SCRIPT = BENCHMARKS / "batch.py"


def test_a_benchmark_writes_between_its_own_marks_and_nowhere_else(tmp_path):
    spec = importlib.util.spec_from_file_location("benchmarks_page", BENCHMARKS / "page.py")
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    file = tmp_path / "page.md"
    file.write_text("# A\n<!-- a -->\nold\n<!-- end of a -->\nhand\n<!-- ab -->\nkept\n<!-- end of ab -->\n")
    page.write(file, "a", page.table(("what", "time"), [("walk", "2.00x")]))
    head, _, rest = file.read_text().partition("<!-- a -->\n")
    assert head == "# A\n"
    assert "old" not in rest
    ours, _, theirs = rest.partition("<!-- end of a -->\n")
    assert ours.endswith("\n\n| what | time |\n| --- | --- |\n| walk | 2.00x |\n")
    assert theirs == "hand\n<!-- ab -->\nkept\n<!-- end of ab -->\n"
    with pytest.raises(SystemExit, match="has no lines <!-- b -->"):
        page.write(file, "b", [])


@pytest.mark.parametrize("name", ["walks", "money_weighted", "four_tables"])
def test_a_benchmark_is_right_before_it_measures(name, monkeypatch, capsys):
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setattr(sys, "argv", [name, "--small"])
    runpy.run_path(str(BENCHMARKS / f"{name}.py"), run_name="__main__")
    assert "| what | " in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="it asks this system for the memory of a process")
@pytest.mark.parametrize(
    ("script", "words", "says"),
    [
        ("store.py", "--values 2000 --funds 20 --stores sqlite", "2,000 values loaded"),
        (
            "refresh_million.py",
            "--rows 500 --rounds 1 --skip refill shell start floor jetxl rustpy openpyxl small",
            "500 rows",
        ),
    ],
)
def test_small_benchmarks_check_their_results_and_say_them(script, words, says):
    done = subprocess.run([sys.executable, BENCHMARKS / script, *words.split()], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert says in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is not of this system")
def test_a_small_batch_is_killed_goes_on_and_is_right():
    done = subprocess.run([sys.executable, SCRIPT, "--small", "--no-dask"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7,200 figures of 30 contracts (30 terms)" in done.stdout
    assert "the same bytes" in done.stdout
