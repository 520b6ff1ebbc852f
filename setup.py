"""The README as a package index can show it: without pictures and links to files, which it does not have.

All else about the package stands in pyproject.toml.
"""

import re
from pathlib import Path


def index_page(text: str) -> str:
    """The README with only those links and pictures that have an address of their own."""
    text = re.sub(r"!\[[^\]]*\]\((?!https?:)[^)]*\)\n*", "", text)
    return re.sub(r"\[([^\]]*)\]\((?!https?:|#)[^)]*\)", r"\1", text)


if __name__ == "__main__":
    from setuptools import setup

    readme = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
    setup(long_description=index_page(readme), long_description_content_type="text/markdown")
