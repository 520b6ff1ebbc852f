"""Build the committed workbooks: ``python workbooks/build.py [FOLDER]``."""

from __future__ import annotations

import sys
from pathlib import Path

from xl_flexextra.cli.samples_command import makers

FOLDER = Path(__file__).parent


def main(folder: Path = FOLDER) -> None:
    """Write every workbook into a folder."""
    for name, make in makers():
        with (folder / name).open("wb") as file:
            make(file)
        print(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
