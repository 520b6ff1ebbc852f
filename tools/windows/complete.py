"""Whether every package that the project needs on Windows is installed and fits, as ``pip check`` says for the project."""

import importlib.metadata
import sys

from packaging.requirements import Requirement

ELSEWHERE = {"ruff", "mypy", "import-linter", "pytest-cov", "distributed"}  # what runs on Linux only


def faults() -> list[str]:
    """A line for each package that is missing, or of another version."""
    found = []
    for text in importlib.metadata.requires("xl-flexextra") or ():
        wanted = Requirement(text)
        asked = wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in ("", "test"))
        if wanted.name in ELSEWHERE or not asked:
            continue
        try:
            version = importlib.metadata.version(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{wanted.name} is not installed")
            continue
        if version not in wanted.specifier:
            found.append(f"{wanted.name} is {version}, and {wanted.specifier} is asked for")
    return found


if __name__ == "__main__":
    told = faults()
    print("\n".join(told) or "complete")
    sys.exit(bool(told))
