"""Terms as the text of a TOML file, as a person would write it: read back, they are the same terms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .terms import Terms

_CHARGE = re.compile(r"charge\.(\d+)\.(.+)")


def text(terms: Terms) -> str:
    """A table a section, the list of charges, changes by their day, and the sources."""
    lines = [f"# {_comment(terms.title or terms.name)}"]
    plain = {key: value for key, value in terms.given.items() if value is not None and not _CHARGE.fullmatch(key)}
    for section, held in _sections(plain):
        lines += ["", f"[{section}]", *(f"{key} = {_value(value)}" for key, value in held)]
    for fields in _charges(terms.given):
        lines += ["", "[[charges]]", *(f"{field} = {_value(value)}" for field, value in fields)]
    for day, values in terms.changes:
        changed = [f"{key} = {_value(value)}" for key, value in values.items() if value is not None]
        lines += ["", "[[changes]]", f"effective = {day}", *changed]
    if terms.sources:
        lines += ["", "[sources]", *(f"{_value(key)} = {_value(told)}" for key, told in terms.sources.items())]
    return "\n".join(lines) + "\n"


def _comment(name: str) -> str:
    """A name in one line, without what no comment may hold."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())


def _sections(values: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """The keys by what stands before their dot."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for key, value in values.items():
        section, _, field = key.partition(".")
        found.setdefault(section, []).append((field, value))
    yield from found.items()


def _charges(values: Mapping[str, Any]) -> Iterable[list[tuple[str, Any]]]:
    """The fields of each charge of the list, in its order."""
    found: dict[int, list[tuple[str, Any]]] = {}
    for key, value in values.items():
        if value is not None and (parts := _CHARGE.fullmatch(key)):
            found.setdefault(int(parts[1]), []).append((parts[2], value))
    return [fields for _, fields in sorted(found.items())]


def _value(value: Any) -> str:
    """A value of TOML; its texts are written as JSON's are, but for the one character that JSON leaves as it is."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value) if isinstance(value, float | int) else str(value)
