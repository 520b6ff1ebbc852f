"""Every sentence that the product says when something is wrong, read from the code that says it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from xl_flexextra import errors

ROOT = Path(__file__).parents[2]
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
    "cli": "The command line",
    "buttons": "Buttons in Excel",
    "hosts": "Excel and LibreOffice",
}
CLASSES = {
    name: one for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.FlexExtraError)
}


def write(folder: Path) -> None:
    """``error-sentences.md``: a section a subject."""
    lines = [
        "# Every error sentence",
        "",
        "Each names the argument, cell or file, what was found, and what to do; `…` stands for what was found. Read from the",
        "code when this page is built. Search it for a few words of the sentence that you have. In a cell the sentence is",
        "not seen: [EXPLAIN_ERROR](functions/EXPLAIN_ERROR.md) says it. What to look at first: [troubleshooting](troubleshooting.md).",
    ]
    found: dict[str, dict[str, str]] = {}
    for room, sentence, cell in sentences():
        found.setdefault(ROOMS.get(room, "Others"), {})[sentence] = cell
    for subject in [*dict.fromkeys(ROOMS.values()), "Others"]:
        if subject in found:
            lines += ["", f"## {subject}", "", "| sentence | in a cell |", "| --- | --- |"]
            lines += [f"| {shown(sentence)} | `{cell}` |" for sentence, cell in sorted(found[subject].items())]
    (folder / "error-sentences.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def sentences() -> Iterator[tuple[str, str, str]]:
    """Room, sentence, and what a cell shows, of each error that is raised."""
    for path in sorted([*(ROOT / "xl_flexextra").rglob("*.py"), *(ROOT / "udfs").rglob("*.py")]):
        room = path.relative_to(ROOT).parts[1]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES:
                for said in node.args[:1]:
                    sentence = text(said)
                    if len(sentence.replace("…", "").split()) > 2:
                        yield room, sentence, str(CLASSES[node.func.id].cell_error)


def text(node: ast.expr) -> str:
    """A text of the code, with … for each value that it is filled with."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return text(node.left) + text(node.right)
    return "…"


def shown(sentence: str) -> str:
    """A sentence in a table of Markdown."""
    plain = " ".join(sentence.split())
    for sign in "\\|*_<>[]`":
        plain = plain.replace(sign, f"\\{sign}")
    return plain[:1].upper() + plain[1:]
