"""Formulas as an xlsx file stores them: ``_xlfn.`` before newer functions, ``_xlpm.`` and ``_xlop.`` before parameters."""

from __future__ import annotations

import functools
import re

FUTURE = frozenset(
    "LET LAMBDA MAP REDUCE SCAN MAKEARRAY BYROW BYCOL ISOMITTED XMATCH SEQUENCE UNIQUE SORTBY HSTACK VSTACK TAKE DROP "
    "CHOOSECOLS CHOOSEROWS EXPAND TOCOL TOROW TEXTSPLIT TEXTBEFORE TEXTAFTER TEXTJOIN SWITCH IFS CONCAT IFNA".split()
)
FUTURE_SHEET = frozenset({"FILTER", "SORT"})
TOKEN = re.compile(
    r'"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_.]*(?:\[#All\])?|\[[a-z_]+\]|\s+|#[A-Z/0-9]+[!?]?|\d+(?:\.\d+)?E[+-]\d+|.', re.S
)


def flat(formula: str) -> str:
    """On one line, without the blanks that mean nothing."""
    return "".join(token for token in TOKEN.findall(formula) if token.startswith('"') or not token.isspace())


@functools.lru_cache(maxsize=4096)
def stored(formula: str, brackets: bool = False, renamed: frozenset[str] = frozenset()) -> str:
    """A formula as a file stores it. ``brackets``: optional ones as [_xlpm.y], which one engine needs, Excel not.

    ``renamed``: parameters and variables that get a ``_`` behind them, where a workbook has a name or a table called so.
    """
    tokens = TOKEN.findall(flat(formula))
    names, optional = _declared(tokens)
    out = []
    for place, token in enumerate(tokens):
        called = place + 1 < len(tokens) and tokens[place + 1] == "("
        if place in optional:
            bare = _called(token.strip("[]"), renamed)
            out.append(f"[_xlpm.{bare}]" if brackets else f"_xlop.{bare}")
        elif token in names and not (called and token.upper() == token):
            out.append(f"_xlpm.{_called(token, renamed)}")
        elif called and token in FUTURE:
            out.append(f"_xlfn.{token}")
        elif called and token in FUTURE_SHEET:
            out.append(f"_xlfn._xlws.{token}")
        else:
            out.append(token)
    return "".join(out)


def _called(name: str, renamed: frozenset[str]) -> str:
    return f"{name}_" if name.casefold() in renamed else name


def parameters(formula: str) -> frozenset[str]:
    """The names of a formula's parameters and variables, in small letters."""
    names, _ = _declared(TOKEN.findall(flat(formula)))
    return frozenset(name.casefold() for name in names)


def _declared(tokens: list[str]) -> tuple[set[str], set[int]]:
    """The names that LET and LAMBDA declare, and the places of optional parameters."""
    names, optional = set(), set()
    for place, token in enumerate(tokens):
        if token in {"LET", "LAMBDA"} and tokens[place + 1 : place + 2] == ["("]:
            spans = _arguments(tokens, place + 1)
            for first, last in spans[:-1:2] if token == "LET" else spans[:-1]:
                if last - first != 1:
                    raise ValueError(f"no plain name: {''.join(tokens[first:last])}")
                names.add(tokens[first].strip("[]"))
                if tokens[first].startswith("["):
                    optional.add(first)
    return names, optional


def _arguments(tokens: list[str], start: int) -> list[tuple[int, int]]:
    """Where the arguments of a call begin and end; ``start`` is the place of its opening bracket."""
    depth, spans, begin = 0, [], start + 1
    for place in range(start, len(tokens)):
        depth += (tokens[place] in {"(", "{"}) - (tokens[place] in {")", "}"})
        if depth == 0 or (tokens[place] == "," and depth == 1):
            spans.append((begin, place))
            begin = place + 1
        if depth == 0:
            return spans
    raise ValueError("a bracket is not closed")
