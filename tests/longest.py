"""The files that take longest, begun first: so that no worker is left alone with one of them at the end."""

from __future__ import annotations

LONGEST = (
    "calc/test_calc.py", "native/test_second_route.py", "excel/test_server.py", "sync/test_faults.py", "batch/test_batch.py",
    "documented/test_commands.py", "native/test_native_workbook.py", "recalculation/test_refreshed.py",
    "finding/test_finding.py",
    "review/test_nothing_reassures.py", "fuzz/test_run.py", "review/test_commands.py", "review/test_refreshed.py",
    "sources/test_door.py", "native/test_strangers_workbooks.py", "batch/test_bench.py", "workbook/test_contracts.py",
    "native/test_walks.py", "native/test_refusals.py", "recalculation/test_engines.py", "calc/test_pdf.py",
    "review/test_other_cases.py", "review/test_outside_figures.py", "review/test_fingerprints.py", "excel/test_install.py",
    "sync/test_postgresql.py", "sync/test_large_but_honest.py", "excel/test_glue_in_calc.py", "ooxml/test_fidelity.py",
)  # fmt: skip


def rank(test: str) -> int:
    """When the file of a test is begun."""
    name = test.partition("::")[0].removeprefix("tests/")
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)
