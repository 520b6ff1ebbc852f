"""Write requirements.lock, sbom.json (CycloneDX) and docs/licences.md: every package that the product needs, with the
version that was tested and its licence: ``python tools/make_lock.py [FOLDER]``.

What is installed here is read, not looked up: run it in the environment in which the tests passed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
EXTRAS = ("pandas", "postgresql", "read", "dask")


def name_of(text: str) -> str:
    """A package's name in one spelling."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;(]", text, maxsplit=1)[0]).lower()


def needed(package: str, extras: tuple[str, ...], seen: set[str]) -> Iterator[str]:
    """A package's needs, and theirs, that are installed here."""
    for line in metadata.requires(package) or ():
        requirement, _, marker = line.partition(";")
        wanted = re.findall(r"""extra == ['"]([^'"]+)['"]""", marker)
        if wanted and not set(wanted) & set(extras):
            continue
        name = name_of(requirement)
        inner = re.search(r"\[([^\]]*)\]", requirement)
        if name in seen:
            continue
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # of another system
        seen.add(name)
        yield name
        yield from needed(name, tuple(part.strip() for part in inner[1].split(",")) if inner else (), seen)


def licence(name: str) -> str:
    """What a package says of its licence, in few words."""
    told = metadata.metadata(name)
    short = (told.get("License-Expression") or "").strip()
    classes = [c.rpartition("::")[2].strip() for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
    classes = [c for c in classes if c != "OSI Approved"]
    text = (told.get("License") or "").strip().splitlines()
    return short or "; ".join(classes) or (text[0][:60] if text else "see its files")


def bill(packages: list[tuple[str, str, str]]) -> dict[str, Any]:
    """The bill of materials, which programs read that look for known faults: of packages with version and licence."""
    parts = [
        {
            "type": "library", "name": name, "version": version, "purl": f"pkg:pypi/{name}@{version}",
            "licenses": [{"license": {"name": told}}],
        }
        for name, version, told in packages
    ]  # fmt: skip
    product = {"type": "application", "name": "xl-flexextra", "licenses": [{"license": {"id": "MIT"}}]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": product},
        "components": parts,
    }


def main(folder: Path = ROOT) -> None:
    """Write the three files."""
    names = sorted(needed("xl-flexextra", EXTRAS, set()))
    lock = ["# The versions that the tests passed with. Made by tools/make_lock.py; for pip install -r."]
    lock += [f"{name}=={metadata.version(name)}" for name in names]
    (folder / "requirements.lock").write_text("\n".join(lock) + "\n", encoding="utf-8", newline="\n")
    packages = [(name, metadata.version(name), licence(name)) for name in names]
    sbom = json.dumps(bill(packages), indent=1) + "\n"
    (folder / "sbom.json").write_text(sbom, encoding="utf-8", newline="\n")
    rows = [f"| {name} | {version} | {told} |" for name, version, told in packages]
    page = [
        "# Licences",
        "",
        "xl_flexextra is under the [MIT licence](../LICENSE). What it needs, its extras `pandas`, `postgresql`, `read` and",
        "`dask` included, in the versions of [requirements.lock](../requirements.lock). By `python tools/make_lock.py`",
        "from what the packages say of themselves. All are permissive but psycopg (LGPL), which only `postgresql` brings.",
        "",
        "| package | version | licence |",
        "| --- | --- | --- |",
        *rows,
    ]
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs" / "licences.md").write_text("\n".join(page) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
