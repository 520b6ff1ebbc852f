"""Build the site of the documentation: ``python docs/site/build.py [FOLDER]``, or ``make docs``.

The pages of the repository keep their places, so that their links to one another work in both. What only the site has
is written beside them: a page a function, the command line, every choice drawn, every sentence of an error.
Sphinx warns of a link that leads nowhere, and a warning ends the build.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent)]

import command_pages  # noqa: E402
import convention_pages  # noqa: E402
import error_pages  # noqa: E402
import function_pages  # noqa: E402

PAGES = ("*.md", "docs/*.md", "tests/cases/README.md")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#:\s]+)(#[^)]*)?\)")


def lay_out(folder: Path) -> None:
    """Every page, picture and setting, as Sphinx reads them."""
    for pattern in PAGES:
        for page in ROOT.glob(pattern):
            target = folder / page.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(own_links_only(page.read_text(encoding="utf-8"), page), encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "pictures", folder / "docs" / "pictures", dirs_exist_ok=True)
    shutil.copytree(HERE / "static", folder / "site" / "static", dirs_exist_ok=True)
    shutil.copy(HERE / "conf.py", folder)
    shutil.copy(HERE / "index.md", folder)
    for pages in (function_pages, command_pages, convention_pages, error_pages):
        pages.write(folder / "docs")
    give_a_place(folder)


def give_a_place(folder: Path) -> None:
    """A page that the index does not name yet is found all the same, at its end."""
    index = folder / "index.md"
    text = index.read_text(encoding="utf-8")
    pages = {page.relative_to(folder).with_suffix("").as_posix() for page in folder.glob("docs/*.md")}
    more = sorted(pages - set(text.split()) - {"docs/functions"})
    if more:
        lines = ["", "```{toctree}", ":hidden:", ":caption: More", "", *more, "```", ""]
        index.write_text(text + "\n".join(lines), encoding="utf-8")


def own_links_only(text: str, page: Path) -> str:
    """A page whose links lead to pages of the site; what else they name (a folder, a file of code) stays as words."""

    def kept(link: re.Match[str]) -> str:
        target = (page.parent / link[2]).resolve()
        if target.is_dir() and any((target / "README.md").match(pattern) for pattern in PAGES):
            return f"[{link[1]}]({link[2].rstrip('/')}/README.md)"
        return link[0] if target.suffix == ".md" else link[1]

    return LINK.sub(kept, text)


def main(out: Path = ROOT / "build" / "site") -> int:
    """Lay out and build; how Sphinx ended."""
    from sphinx.cmd.build import build_main

    source = out.with_name(f"{out.name}-source")
    for folder in (source, out):
        shutil.rmtree(folder, ignore_errors=True)
    lay_out(source)
    ended = build_main(["-q", "-W", "--keep-going", "-b", "html", "-d", str(source / ".doctrees"), str(source), str(out)])
    print(f"{len(list(out.rglob('*.html')))} pages: {out / 'index.html'}" if not ended else "The site was not built.")
    return ended


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
