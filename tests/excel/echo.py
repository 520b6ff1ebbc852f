"""A module that xlwings' server calls in place of the product's: it gives back what it is told to, and says what it got."""

from __future__ import annotations

from typing import Any

NA = -2146826246
GIVEN: list[Any] = [
    [[1.5]],
    [[1.5, 2.5]],
    [[1.5], [2.5]],
    [[1.5, "x"], [True, NA]],
    [["", None]],
    ((1.5, 2.5), (3.5, 4.5)),
    ((1.5, 2.5),),
    ((1.5,), (2.5,)),
    [(1.5, 2.5), (3.5, 4.5)],
    [["Façade 基 \U0001d11e " * 40]],
    [[1.5, 2.5], [3.5]],
]
ARRIVES: list[Any] = [  # written down from what pywin32's documentation says of a method's return, and seen
    1.5,
    (1.5, 2.5),
    ((1.5,), (2.5,)),
    ((1.5, "x"), (True, NA)),
    ("", None),
    (1.5, 2.5),  # a tuple: only its first item is the result
    1.5,
    (1.5,),
    ((1.5, 2.5), (3.5, 4.5)),
    "Façade 基 \U0001d11e " * 40,
    None,  # rows of different lengths are refused
]


def give(place: Any) -> Any:
    return GIVEN[int(place)]


def seen(value: Any) -> list[list[str]]:
    return [[described(value)]]


def described(value: Any) -> str:
    """A value's kind and content."""
    if isinstance(value, tuple):
        return f"({', '.join(map(described, value))},)"
    if hasattr(value, "isoformat"):
        return f"date {value.replace(tzinfo=None).isoformat()}"
    return f"{type(value).__name__} {value!r}"


def _raw(name: str) -> dict[str, Any]:
    argument = {"name": name, "pos": 0, "vba": None, "doc": "", "vararg": False, "options": {"convert": "raw"}}
    returns = {"doc": "", "options": {"convert": "raw"}}
    return {
        "name": "", "sub": False, "args": [argument], "argmap": {name: argument}, "ret": returns, "category": "",
        "call_in_wizard": False, "volatile": False, "async_mode": None,
    }  # fmt: skip


give.__xlfunc__ = _raw("place")  # type: ignore[attr-defined]
seen.__xlfunc__ = _raw("value")  # type: ignore[attr-defined]
