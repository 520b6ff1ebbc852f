"""Every sentence that the product says when something is wrong, as a page."""

from __future__ import annotations

import re
from pathlib import Path

from sentences import Sentence, sentences

ROOMS = {
    "cells": "What stands in a cell",
    "inputs": "Tables of inputs",
    "terms": "Contract terms",
    "functions": "Calls of functions",
    "calculation": "The calculation",
    "flexextra_udfs": "The calculation",
    "sources": "Files and databases",
    "files": "Files on disk",
    "sync": "Refresh",
    "recalculation": "Recalculation",
    "ooxml": "Workbooks as files",
    "update": "Updates and their figures",
    "workbook": "Building workbooks",
    "reading": "Reading a published page",
    "finding": "Searching the rule behind a page",
    "batch": "Many contracts",
    "cli": "The command line",
    "buttons": "Buttons in Excel",
    "hosts": "Excel and LibreOffice",
}
HEAD = """\
# Every error sentence

Search this page for a few words of the sentence that you have. `…` stands for what was found. A sentence names the argument,
the cell or the file, says what was found, and says what to do. The page is read from the code when it is built.

In a cell you see only the error value; [EXPLAIN_ERROR](functions/EXPLAIN_ERROR.md) says the sentence. In a refresh an *error*
stops it, a *revision* stops it unless you accept it, and a *warning* or a *note* does not stop it.
What to look at first: [troubleshooting](troubleshooting.md).
"""


def write(folder: Path) -> None:
    """``error-sentences.md``: a section a subject."""
    found: dict[str, dict[str, Sentence]] = {}
    for one in sentences():
        found.setdefault(ROOMS.get(one.room, "Others"), {}).setdefault(shown(one.text), one)
    lines = [HEAD]
    for subject in [*dict.fromkeys(ROOMS.values()), "Others"]:
        if subject in found:
            lines += [f"## {subject}", "", "| sentence | it is | in a cell |", "| --- | --- | --- |"]
            lines += [row(text, one) for text, one in sorted(found[subject].items())]
            lines.append("")
    (folder / "error-sentences.md").write_text("\n".join(lines), encoding="utf-8")


def row(text: str, one: Sentence) -> str:
    """A sentence in a table of Markdown."""
    return f"| {text} | {one.kind} | {f'`{one.cell}`' if one.cell else ''} |"


def shown(sentence: str) -> str:
    """A sentence whose signs mean nothing to Markdown, with a large letter."""
    plain = re.sub("…( ?…)+", "…", " ".join(sentence.split()))
    for sign in "\\|*_<>[]`":
        plain = plain.replace(sign, f"\\{sign}")
    return plain[:1].upper() + plain[1:]
