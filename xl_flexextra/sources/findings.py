"""What the checks found: severity, where, what, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import CellError

ERROR, REVISION, WARNING, NOTE = "error", "revision", "warning", "note"
SEVERITIES = (ERROR, REVISION, WARNING, NOTE)
_SHOWN = 3  # examples in a finding


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. An error stops the refresh; a revision stops it unless revisions are accepted."""

    severity: str
    where: str
    what: str
    action: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.what}; {self.action}."


class Findings(list[Finding]):
    """Findings as they are made, one a line."""

    def error(self, where: str, what: str, action: str) -> None:
        """What stops a refresh."""
        self.append(Finding(ERROR, where, what, action))

    def revision(self, where: str, what: str, action: str) -> None:
        """What stops a refresh unless revisions are accepted."""
        self.append(Finding(REVISION, where, what, action))

    def warning(self, where: str, what: str, action: str) -> None:
        """What is to be looked at."""
        self.append(Finding(WARNING, where, what, action))

    def note(self, where: str, what: str, action: str) -> None:
        """What is good to know."""
        self.append(Finding(NOTE, where, what, action))


def blocking(findings: Iterable[Finding], accept_revisions: bool) -> list[Finding]:
    """The findings that stop a refresh."""
    return [f for f in findings if f.severity == ERROR or (f.severity == REVISION and not accept_revisions)]


def ordered(findings: Iterable[Finding]) -> Findings:
    """The gravest first, else in their order."""
    return Findings(sorted(findings, key=lambda f: SEVERITIES.index(f.severity)))


def as_printed(value: Any) -> str:
    """A value as a plan prints it."""
    if value is None:
        return "blank"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, str) and not isinstance(value, CellError):
        return repr(value)
    return str(value)


def listed(items: Sequence[str], most: int = 5) -> str:
    """The first items, and how many more there are."""
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")


def in_row(row: int) -> str:
    """Where a row stands in a file whose cells have no address."""
    return f"in row {row}"


def bad(
    table: str, name: str, rows: list[tuple[int, Any]], wanted: str, action: str, at: Callable[[int], str]
) -> list[Finding]:
    """The finding on cells of a column that are not what is wanted of it; none where there is no such cell."""
    if not rows:
        return []
    shown = ", ".join(f"{str(value)[:40]!r} {at(row)}" for row, value in rows[:_SHOWN])
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return [Finding(ERROR, f"{table}, column {name}", f"not {wanted}: {shown}{more}", action)]


def rows_where(array: Any, wrong: Any) -> list[tuple[int, Any]]:
    """Row and value of the cells that are wrong."""
    return [(row, array[row - 1].as_py()) for row, odd in enumerate(wrong.to_pylist(), start=1) if odd]
