"""Sphinx' settings of the site; ``python docs/site/build.py`` lays the pages out and calls Sphinx."""

from xl_flexextra import __version__

project = "xl_flexextra"
author = "The xl_flexextra authors"
copyright = author
release = version = __version__

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns = ["site"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
smartquotes = False  # an option keeps its two hyphens, and a sentence of an error the quotes that a reader searches for
suppress_warnings = ["myst.header"]  # a page may begin its headings where it likes

html_theme = "furo"
html_title = f"xl_flexextra {__version__}"
html_static_path = ["site/static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
pygments_style = "friendly"
pygments_dark_style = "native"
