"""The errors a person can meet, and what each becomes in a cell.

Every message is one sentence that names the argument or cell, what was found and what to do.
"""

from __future__ import annotations

__all__ = [
    "CELL_ERRORS", "DIV0", "NA", "NAME", "NULL", "NUM", "REF", "VALUE", "BadInput", "CellError", "FlexExtraError",
    "InvalidTerms", "MissingData", "NoSolution", "PassedError", "Refused",
]  # fmt: skip


def counted(count: int, one: str, many: str = "") -> str:
    """``1 row``, ``1,200 rows``; ``many`` is the plural where it takes more than an s. The one way to write a count."""
    return f"{count:,} {agreed(count, one, many or f'{one}s')}"


def agreed(count: float, one: str, many: str) -> str:
    """The word that agrees with a count: ``is`` or ``are``, ``it`` or ``them``."""
    return one if count == 1 else many


class CellError(str):
    """An error value of a cell, such as ``#N/A``; equal to its text."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{self!s}>"

    @property
    def said(self) -> str:
        """What the cell holds and what to do, for the end of a sentence."""
        return f"the error {self}; correct the cell it comes from"


class NotCalculated(CellError):
    """The value of a formula that no program has stored one for: #N/A until it is calculated."""

    __slots__ = ()

    @property
    def said(self) -> str:
        """What the cell holds and what to do, for the end of a sentence."""
        return "a formula without a stored value; open the file in Excel and save it"


class UnfitValue(CellError):
    """A value of a cell that cannot be what the table says it is, such as a unit value of 0: #VALUE! where it is needed."""

    def __new__(cls, said: str) -> UnfitValue:
        """``said``: what the cell holds and what to do, for the end of a sentence."""
        made = super().__new__(cls, "#VALUE!")
        made._said = said
        return made

    _said: str

    @property
    def said(self) -> str:
        """What the cell holds and what to do, for the end of a sentence."""
        return self._said


NA = CellError("#N/A")
VALUE = CellError("#VALUE!")
NUM = CellError("#NUM!")
DIV0 = CellError("#DIV/0!")
REF = CellError("#REF!")
NAME = CellError("#NAME?")
NULL = CellError("#NULL!")
NOT_CALCULATED = NotCalculated("#N/A")
CELL_ERRORS = {str(error): error for error in (NA, VALUE, NUM, DIV0, REF, NAME, NULL)}


class FlexExtraError(Exception):
    """Base of every error that this package raises on purpose."""

    cell_error: CellError = VALUE


class BadInput(FlexExtraError, ValueError):
    """An argument is not what it has to be; ``#VALUE!`` in a cell."""

    cell_error = VALUE


class InvalidTerms(BadInput):
    """Contract terms that cannot be used; ``problems`` lists every sentence, not only the first."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self.problems = list(problems)
        super().__init__(f"The terms of {name!r} have {counted(len(problems), 'problem')}: {' '.join(problems)}")


class MissingData(FlexExtraError, LookupError):
    """Something that has to be there is not, such as a unit value on or before a date; ``#N/A`` in a cell."""

    cell_error = NA


class NoSolution(FlexExtraError, ArithmeticError):
    """The inputs are sound, but no number solves the equation; ``#NUM!`` in a cell."""

    cell_error = NUM


class PassedError(FlexExtraError):
    """An argument holds a cell error already; the same error comes out."""

    def __init__(self, argument: str, error: CellError) -> None:
        self.cell_error = error
        said = error.said if isinstance(error, CellError) else CellError(error).said
        super().__init__(f"'{argument}' holds {said}.")


class Refused(FlexExtraError):
    """A file or a host is in a state in which the work cannot be done safely; nothing was changed."""
