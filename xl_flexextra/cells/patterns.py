"""Regular expressions that are compiled when they are first used: those of all modules would be a tenth of an import."""

from __future__ import annotations

import re
from typing import Any, cast


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern as ``re.compile`` gives it, but for when it is compiled.

    >>> pattern("a+").sub("b", "caat")
    'cbt'
    """
    return cast("re.Pattern[str]", _Later(text, flags))


class _Later:
    def __init__(self, text: str, flags: int) -> None:
        self._given = text, flags

    def __getattr__(self, name: str) -> Any:
        """A method of the compiled pattern, which is this one's own from now on."""
        found = getattr(re.compile(*self._given), name)
        setattr(self, name, found)
        return found
