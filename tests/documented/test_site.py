"""What only the site has: a page for each function, each choice of the terms drawn, every command."""

from __future__ import annotations

import re
import sys

import pytest
import typer

from documented.pages import ROOT
from xl_flexextra import catalogue
from xl_flexextra.cli import main

sys.path[:0] = [str(ROOT / "docs" / "site"), str(ROOT / "docs")]
PARTS = ("Source", "Examples", "See also", "Where it runs")


@pytest.mark.parametrize("function", catalogue.functions(), ids=lambda function: function.name)
def test_the_page_of_a_function_says_what_formula_source_example_errors_see_also_and_where_it_runs(function):
    import function_pages

    page = function_pages.page(function)
    headings = re.findall(r"^## (.+)$", page, re.M)
    wanted = [*PARTS, *(("Arguments", "Errors") if function.arguments else ())]
    assert set(wanted) <= set(headings), headings
    assert function.summary in page
    assert "Source: " not in page  # it has a part of its own
    about = page.partition("## Where it runs")[2]
    assert [program in about for program in ("Excel for Windows", "Mac", "LibreOffice", "Python")] == [True] * 4
    for part in re.split(r"^## .+$", page, flags=re.M):
        assert part.strip(), headings


def test_every_command_and_option_is_on_the_page_of_commands(tmp_path):
    import command_pages

    command_pages.write(tmp_path)
    page = (tmp_path / "commands.md").read_text(encoding="utf-8")
    for name, command in command_pages.commands(typer.main.get_command(main.app)):
        about = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert about, name
        for parameter in command.params:
            for option in parameter.opts if parameter.param_type_name == "option" else ():
                assert option == "--help" or f"`{option}`" in about, (name, option)
        assert not re.search(r"\| *\| *(needed)? *\|$", about, re.M), f"{name}: a parameter without help"
