"""The source of the LAMBDAs: one definition a name, as an actuary reads it and as Excel Labs' editor imports it."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ... import __version__, catalogue
from ...cells.scalars import SCALARS
from . import help_texts, known_terms

SOURCE = Path(__file__).with_name("source")
FILES = (
    "terms", "dates", "periods", "tables", "charges", "walk", "figures", "measured", "path", "growth", "expenses", "ties",
    "yields",
)  # fmt: skip
COMMENT = 255  # a longer one makes Excel refuse the file
VERSION = f"xl_flexextra {__version__}, native"


class Definition(NamedTuple):
    """One name of a workbook: its formula with line breaks, and what it is for."""

    formula: str
    comment: str = ""


def text_of(shipped: Mapping[str, str]) -> str:
    """The whole source. ``shipped``: names of contracts, each with the table of the workbook that holds its terms."""
    parts = [guarded((SOURCE / f"{name}.lambda").read_text(encoding="utf-8")) for name in FILES]
    text = "\n".join([*parts, _generated(shipped)])
    return "\n".join([text, *_help(text)])


_HEAD = re.compile(r"LAMBDA\(((?:\[?[a-z_]+\]?,\s*)+)")


def guarded(text: str) -> str:
    """A source whose worksheet functions refuse a range where one value belongs, of which most formulas would take a part,
    and what is no number where one belongs: TRUE would count as 1, and a blank cell as 0."""
    known = {one.name: one for one in catalogue.functions()}
    made, at = [], 0
    starts = list(_STARTS.finditer(text))
    for place, start in enumerate(starts):
        head = _HEAD.match(text, start.end())
        if start[2] not in known or not head:
            continue
        end = text.rindex(");", 0, starts[place + 1].start() if place + 1 < len(starts) else len(text))
        names = [name.strip() for name in head[1].split(",")]
        single = [
            _refused(name, argument.kind)
            for name, argument in zip(names, known[start[2]].arguments, strict=False)
            if argument.kind in SCALARS and argument.name not in known[start[2]].together
        ]
        if single:
            made += [text[at : head.end()], f"IF({' + '.join(single)} > 0, #VALUE!,\n  ", text[head.end() : end], ")"]
            at = end
    return "".join([*made, text[at:]])


def _refused(name: str, kind: str) -> str:
    """A formula that is 1 where more than one value was given for a parameter, or no number where one belongs."""
    bare = name.strip("[]")
    if name == bare:
        return f"FX_NO_NUMBER({bare})" if kind == "number" else f"FX_MANY({bare})"
    return f"IF(ISOMITTED({bare}), 0, {'FX_NO_OPTION' if kind == 'number' else 'FX_MANY'}({bare}))"


def _help(text: str) -> list[str]:
    """The help on the functions that a source defines."""
    made = ["/* ==== help in the grid, generated from the declarations of the functions ==== */", ""]
    names = [start[2] for start in _STARTS.finditer(text)]
    made += ["/* what this library is, and what it needs */", f"FX_ABOUT = {help_texts.about(names)};", ""]
    for name, body, comment in help_texts.definitions(names):
        made += [*([f"/* {comment} */"] if comment else []), f"{name} = {body};", ""]
    return made


def _generated(shipped: Mapping[str, str]) -> str:
    made = ["/* ==== generated from the table of conventions ==== */", ""]
    for name, items in known_terms.lists().items():
        cells = "; ".join(f'"{item}"' for item in items)
        made += [f"{name} = LAMBDA({{{cells}}});", ""]
    pairs = "; ".join(f'"{heading}","{name}"' for heading, name in known_terms.headings())
    made += [
        "/* headings of the funds table, each with the column that it means */",
        f"FX_HEADINGS = LAMBDA({{{pairs}}});",
        "",
    ]
    tables = "".join(f', "{name}", {table}[#All]' for name, table in shipped.items())
    body = f"SWITCH(contract{tables}, #VALUE!)" if tables else "IF(contract = contract, #VALUE!)"
    made += ["/* the terms of a contract of this workbook by its name */", f"FX_SHIPPED = LAMBDA(contract, {body});", ""]
    return "\n".join([*made, f'FLEXEXTRA_VERSION = LAMBDA("{VERSION}");', ""])


_STARTS = re.compile(r"(?:/\*((?:(?!\*/).)*)\*/\s*)?^([A-Z][A-Z0-9_]*) = ", re.S | re.M)


def definitions(shipped: Mapping[str, str] | None = None) -> dict[str, Definition]:
    """Every name with its definition, in the order of the source."""
    return dict(_definitions(tuple((shipped or {}).items())))


@functools.lru_cache(maxsize=16)
def _definitions(shipped: tuple[tuple[str, str], ...]) -> dict[str, Definition]:
    said = {one.name: f'{one.summary} =FX_HELP("{one.name}")'[:COMMENT] for one in catalogue.functions()}
    found = parsed(text_of(dict(shipped)))
    return {name: one._replace(comment=one.comment or said.get(name, "")) for name, one in found.items()}


def parsed(text: str) -> dict[str, Definition]:
    """The definitions of a source in the import form of Excel Labs: comments, and ``NAME = formula;``."""
    found: dict[str, Definition] = {}
    starts = list(_STARTS.finditer(text))
    for place, start in enumerate(starts):
        end = starts[place + 1].start() if place + 1 < len(starts) else len(text)
        body = re.sub(r"/\*.*?\*/", "", text[start.end() : end], flags=re.S).strip()
        if not body.endswith(";"):
            raise ValueError(f"{start[2]} does not end in a semicolon")
        if start[2] in found:
            raise ValueError(f"{start[2]} is defined twice")
        comment = " ".join((start[1] or "").split())
        found[start[2]] = Definition(body[:-1].strip(), "" if "====" in comment else comment)
    return found
