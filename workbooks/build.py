"""Build the committed workbooks: ``python workbooks/build.py [FOLDER]``."""

from __future__ import annotations

import sys
from pathlib import Path

from xl_flexextra import report, workbook

FOLDER = Path(__file__).parent


def main(folder: Path = FOLDER) -> None:
    """Write every workbook into a folder."""
    update = report.compute(report.sample_inputs())
    workbook.build(update, folder / "flex_extra_performance_update.xlsx")
    print(f"{folder / 'flex_extra_performance_update.xlsx'}: {update.headline}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
