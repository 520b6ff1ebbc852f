"""The reference pages are those that the declarations give."""

import runpy
from pathlib import Path

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
