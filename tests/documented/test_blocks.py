"""Every block of a page that is no command: TOML is read as what it is, Python runs, formulas give what the page says."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from documented.pages import PAGES, ROOT, blocks, parts
from xl_flexextra.batch import plan
from xl_flexextra.cli import review_data
from xl_flexextra.inputs.series_checks import Limits
from xl_flexextra.sources import mapping
from xl_flexextra.terms import from_toml

KINDS = {"", "console", "text", "toml", "python", "json"}
READERS: dict[str, Callable[[Path], Any]] = {
    "own-contract": from_toml,
    "terms": from_toml,
    "review": review_data.signatures_and_facts,
    "scale": plan.load,
    "sync": mapping.load,
}
NEEDED = {"terms": "[cdsc]\nschedule = [0.07, 0]\n"}  # what a contract needs beside a list of charges
TEXT = {  # where what stands there is compared
    "cookbook": "tests/native/test_cookbook.py",
    "functions": "tests/test_reference.py",
    "command-line": "tests/cli/test_log.py",
}
PYTHON = {  # where the Python of a page runs
    "README": "tests/test_readme.py",
    "add-a-function": "tests/core/test_added_function.py",
    "scale": "test_the_rates_of_many_policies",
}


def test_every_block_is_of_a_kind_that_some_test_knows():
    for page in PAGES:
        assert {block.kind for block in parts(page)} <= KINDS | {"sentence"}, page.name
        assert not blocks(page, "text") or page.stem in TEXT, page.name
        assert not blocks(page, "python") or page.stem in PYTHON, page.name
        assert not blocks(page, "toml") or page.stem in READERS, page.name


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "toml")], ids=lambda page: page.stem)
def test_toml_is_read_as_what_the_page_says_it_is(page, tmp_path):
    for number, block in enumerate(blocks(page, "toml")):
        text = block.text
        if "schedule" not in text:
            text = NEEDED.get(page.stem, "") + text
        file = tmp_path / f"{page.stem}_{number}.toml"
        file.write_text(text, encoding="utf-8")
        assert READERS[page.stem](file), (page.name, block.line)


def test_the_example_of_a_mapping_has_every_line_that_there_is(tmp_path):
    (block,) = blocks(ROOT / "docs" / "sync.md", "toml")
    shown = re.sub(r"^# (?=\w+ = )", "", block.text, flags=re.M)
    (tmp_path / "every.toml").write_text(shown, encoding="utf-8")
    (table,) = mapping.load(tmp_path / "every.toml").tables
    words = set(re.findall(r"^(\w+) = ", shown, re.M))
    known = {one.name for one in fields(table)} - {"named_in", "trusted", "columns", "checks"}
    assert (known | set(Limits._fields)) - words == set()


def test_the_rates_of_many_policies():
    """docs/scale.md: one call for every policy of a table of flows; what is wrong with one is said by its place."""
    flows = {
        "policy": np.array(["A", "A", "B"]),
        "amount": np.array([-1000.0, 1100.0, -5.0]),
        "date": np.array(["2007-01-01", "2008-01-01", "2007-01-01"], dtype="datetime64[D]"),
    }
    (block,) = blocks(ROOT / "docs" / "scale.md", "python")
    names: dict[str, Any] = {"flows": flows}
    exec(block.text, names)
    found = names["found"]
    assert list(found.policies) == ["A", "B"]
    assert found.rates[0] == pytest.approx(0.1, abs=1e-12)
    assert np.isnan(found.rates[1])
    assert list(found.errors) == [1]


def test_names_of_python_that_a_page_writes_are_there():
    for page in PAGES:
        for span in (part.text for part in parts(page) if part.kind == "sentence"):
            if re.fullmatch(r"(xl_flexextra|flexextra_udfs)(\.\w+)*(\(.*\))?", span):
                pkgutil.resolve_name(span.partition("(")[0])
            elif re.fullmatch(r"(from [\w.]+ )?import \w+", span):
                exec(span, {})
