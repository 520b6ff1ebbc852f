"""Build the committed workbooks: ``python workbooks/build.py [FOLDER]``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from xl_flexextra import catalogue, workbook
from xl_flexextra.hosts.excel import files
from xl_flexextra.hosts.excel.wrappers import BUTTON_MACROS
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook.native.build import build as build_native
from xl_flexextra.workbook.review import build
from xl_flexextra.workbook.template import build_template
from xl_flexextra.workbook.tour import build_tour

FOLDER = Path(__file__).parent


def main(folder: Path = FOLDER) -> None:
    """Write every workbook into a folder."""
    update = report.compute(update_inputs.sample_inputs())
    workbook.build(update, folder / "flex_extra_performance_update.xlsx")
    build_native(update, folder / "flex_extra_native.xlsx")
    with tempfile.TemporaryDirectory() as scratch:  # the same update as Excel opens it: with macros and buttons
        finished = Path(scratch) / "flex_extra_performance_update.xlsm"
        workbook.build(update, finished, dynamic=True, buttons=BUTTON_MACROS)
        (folder / finished.name).write_bytes(files.macro_workbook(finished, catalogue.functions()))
    (folder / "FlexExtra.xlam").write_bytes(files.addin(catalogue.functions()))
    build_template(folder / "blank_template.xlsx")
    build_tour(folder / "functions_tour.xlsx")
    build.build(update, folder / "flex_extra_review.xlsx")
    print(f"{folder / 'flex_extra_performance_update.xlsx'}: {update.headline}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
