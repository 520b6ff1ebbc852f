"""A module that xlwings' server calls in place of the product's: it gives back what it is told to, and says what it got."""

from __future__ import annotations

from typing import Any

NA = -2146826246
REFUSED = "refused"
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
    [[-0.0, 5e-324], [1.7976931348623157e308, 0.1 + 0.2]],
    [["x" * 32767, "nought \0 inside"]],
    [["half \ud800 of a pair", "'=1+1"]],
    [[None]],
    [[True]],
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
    REFUSED,  # rows of different lengths
    ((-0.0, 5e-324), (1.7976931348623157e308, 0.30000000000000004)),
    ("x" * 32767, "nought \0 inside"),
    ("half \ud800 of a pair", "'=1+1"),
    None,
    True,
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
