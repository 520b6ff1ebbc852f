"""The benchmark of the batch with small sizes: killed, resumed, the same bytes, figures that are right."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "batch.py"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is not of this system")
def test_a_small_batch_is_killed_goes_on_and_is_right():
    done = subprocess.run([sys.executable, SCRIPT, "--small", "--no-dask"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7,200 figures of 30 contracts (30 terms)" in done.stdout
    assert "the same bytes" in done.stdout
