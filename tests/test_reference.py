"""The reference pages are those that the declarations give."""

import runpy
from pathlib import Path

from xl_flexextra.terms.charge_keys import CHARGE_KEYS
from xl_flexextra.terms.keys import KEYS

DOCS = Path(__file__).parents[1] / "docs"


def test_the_reference_pages_are_up_to_date(tmp_path):
    runpy.run_path(str(DOCS / "make_reference.py"))["main"](tmp_path)
    for name in ("functions.md", "terms.md", "tables.md", "where-it-runs.md"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (DOCS / name).read_text(encoding="utf-8"), (
            f"docs/{name} is out of date: run python docs/make_reference.py"
        )


def test_the_page_of_conventions_is_up_to_date_and_shows_that_they_matter(tmp_path):
    runpy.run_path(str(DOCS / "make_conventions.py"))["main"](tmp_path)
    made = (tmp_path / "conventions.md").read_text(encoding="utf-8")
    assert made == (DOCS / "conventions.md").read_text(encoding="utf-8"), "run python docs/make_conventions.py"
    assert made.count("| `") > 30


def test_every_choice_of_every_term_is_on_the_page_of_conventions():
    """Moved, or said to move none of the returns, or the one that the terms have; those of a listed charge too."""
    page = (DOCS / "conventions.md").read_text(encoding="utf-8")
    conventions, unmoved = page.split("## Choices that move none of these returns")
    unmoved = unmoved.partition("\n## ")[0]
    named = {**KEYS, **{f"charge.1.{field}": spec for field, spec in CHARGE_KEYS.items()}}
    for key, spec in ((key, spec) for key, spec in named.items() if spec.choices):
        rows = [line for line in conventions.splitlines() if line.startswith(f"| `{key}` = ")]
        still = [line for line in unmoved.splitlines() if line.startswith(f"| `{key}` |")]
        told = [choice for choice in spec.choices if any(line.startswith(f"| `{key}` = `{choice}` |") for line in rows)]
        told += [choice for choice in spec.choices if any(f"`{choice}`" in line for line in still)]
        assert len(set(told)) >= len(spec.choices) - 1, (key, told)
