"""What the README shows works as it stands there."""

import re
import runpy
import subprocess
from pathlib import Path

import openpyxl

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_ten_lines_of_python_give_what_they_say():
    code = re.search(r"```python\n(.*?)```", README, re.S).group(1)
    names = {}
    for line in code.splitlines():
        comment = re.search(r"# (-?0\.\d+)", line)
        if line.startswith(("from", "values", "terms")):
            exec(line, names)
        elif line:
            result = eval(line.partition("  #")[0], names)
            if comment:
                assert abs(result - float(comment[1])) <= 0.5 * 10 ** -(len(comment[1]) - 2)


def test_the_formula_shown_is_on_the_page():
    shown = re.search(r"`(=CONTRACT_AATR\(.*?\))`", README).group(1)
    page = openpyxl.load_workbook(ROOT / "workbooks" / "flex_extra_performance_update.xlsx")["Update"]
    assert shown in {cell.value for row in page.iter_rows() for cell in row}


def test_every_linked_file_and_heading_exists():
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")):
        for name, heading in re.findall(r"\]\(([^)#:]+)(?:#([^)]+))?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / name).exists(), (page.name, name)
            headings = re.findall(r"^#+ (.*)$", (page.parent / name).read_text(encoding="utf-8"), re.M) if heading else []
            assert not heading or heading in [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings], (
                page.name,
                heading,
            )


def test_no_private_places_are_named():
    """Neither a path of a machine nor a package registry's host."""
    if (ROOT / ".git").exists():
        run = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
        files = run.stdout.splitlines()
    else:  # an unpacked source distribution
        files = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()]
    for name in files:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".sh", ".csv", ".bas", ".yaml"} and path != Path(__file__):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(?<![\w.])/work/|/root/|pypi\.org|npmjs|deb\.debian|pythonhosted", text), name


def test_the_page_of_a_package_index_has_no_picture_and_no_link_that_leads_nowhere():
    made = runpy.run_path(str(ROOT / "setup.py"))["index_page"]
    page = made(README)
    assert re.findall(r"!?\[[^\]]*\]\((?!https?:)[^)]*\)", page) == []
    assert "([command line]" not in page
    assert "(command line)" in page
    assert (
        made("a [b](https://x.org/c) ![d](https://x.org/e.png) [f](#g)\n")
        == "a [b](https://x.org/c) ![d](https://x.org/e.png) [f](#g)\n"
    )
    assert made("![d](docs/e.png)\n\ntext") == "text"
