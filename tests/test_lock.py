"""The lock file and the page of licences: every package that pyproject.toml asks for, in a version that it allows."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKED = dict(
    line.split("==") for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines() if "==" in line
)
ASKED = [
    *PROJECT["dependencies"],
    *(one for extra in ("pandas", "postgresql", "read", "dask") for one in PROJECT["optional-dependencies"][extra]),
]


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_for_is_locked_in_a_version_that_is_allowed(asked):
    wanted = Requirement(asked)
    assert wanted.specifier.contains(LOCKED[canonicalize_name(wanted.name)])


def test_every_locked_package_has_its_licence_on_the_page_and_copyleft_is_named():
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    rows = {
        name: (version, told)
        for name, version, told in re.findall(r"^\| ([\w-]+) \| (\S+) \| (.+) \|$", page, re.M)
        if name not in ("package", "---")
    }
    assert {name: version for name, (version, _) in rows.items()} == LOCKED
    assert {name for name, (_, told) in rows.items() if "GPL" in told} == {"psycopg", "psycopg-binary"}
    assert all(told != "see its files" for _, told in rows.values())


def test_the_bill_of_materials_has_the_locked_packages():
    parts = json.loads((ROOT / "sbom.json").read_text(encoding="utf-8"))["components"]
    assert {part["name"]: part["version"] for part in parts} == LOCKED
    assert {part["purl"] for part in parts} == {f"pkg:pypi/{name}@{version}" for name, version in LOCKED.items()}
