"""How every command ends: the one scheme of exit codes.

A command that ends with :data:`LOOK` has done what it was asked, and written what it was to write; what to look at was
said. One that ends with :data:`ERROR` has written nothing.
"""

from __future__ import annotations

DONE, LOOK, ERROR, FAULT = range(4)


def unexpected(error: Exception) -> str:
    """The words for a fault that nobody foresaw."""
    return f"something unexpected went wrong ({type(error).__name__}: {error}); --debug shows it all."
