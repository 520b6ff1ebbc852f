"""A column of texts as places among its different texts: found once for each column, however many ask.

Names come again and again: of a million rows to hold seven funds, each further look would cost as much as the first.
"""

from __future__ import annotations

import weakref
from typing import Any

_known: dict[int, tuple[weakref.ref[Any], Any]] = {}  # by identity: an Arrow array never changes, and has no hash


def coded(texts: Any) -> Any:
    """An Arrow array of texts as a dictionary array; what was found is kept as long as the array is."""
    held, found = _known.get(id(texts), (None, None))
    if held is None or held() is not texts:
        found = texts.dictionary_encode()
        _keep(texts, found)
    return found


def reordered(texts: Any, order: Any) -> Any:
    """The same texts in another order, in which each place comes once."""
    found = coded(texts).take(order)
    moved = found.dictionary_decode()
    _keep(moved, found)
    return moved


def _keep(texts: Any, found: Any) -> None:
    place = id(texts)
    _known[place] = weakref.ref(texts, lambda _gone: _known.pop(place, None)), found
