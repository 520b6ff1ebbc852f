"""What a worksheet function is: its name, arguments, examples and what it gives."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ..cells.argument import ANY, Argument
from ..cells.scalars import SCALARS


class SampleTable(str):
    """The name of a table of the shipped sample, standing for its range in an example."""

    __slots__ = ()


class Example(NamedTuple):
    """One call as a person types it, and what it gives.

    ``args`` are the arguments in order: numbers, text, ISO dates, rows (a range), or a :class:`SampleTable`. ``gives`` is a
    number, a text, a cell error, or rows of them; rows are compared from the top left as far as they go.
    ``decimals`` are the printed digits of ``gives``; None means to the last bit but rounding (1e-12 relative).
    """

    args: tuple[Any, ...]
    gives: Any
    decimals: int | None = None
    source: str = ""


class WorksheetFunction(NamedTuple):
    """A worksheet function as every host sees it."""

    name: str
    category: str
    summary: str
    arguments: tuple[Argument, ...]
    examples: tuple[Example, ...]
    returns: str  # "number", "percent", "date", "text", "rows"
    doc: str
    together: frozenset[str]  # arguments whose columns the body takes whole, in one calculation
    errors_as_text: bool
    not_native: str  # why it is no LAMBDA, if it is none
    python: Callable[..., Any]  # as called from Python: raises
    body: Callable[..., Any]  # takes converted arguments

    @property
    def signature(self) -> str:
        """``AATR(begin_value, end_value, years, [annualize_short])``"""
        names = (f"[{a.name}]" if a.optional else a.name for a in self.arguments)
        return f"{self.name}({', '.join(names)})"

    @property
    def passes_on(self) -> bool:
        """Whether its first argument names a function, and the others are that function's."""
        return any(argument.kind == ANY for argument in self.arguments)

    @property
    def in_calc(self) -> list[str]:
        """What LibreOffice Calc, which passes a blank single cell as 0, cannot tell apart, a sentence each."""
        zeros = [argument.name for argument in self.arguments if argument.takes_zero]
        texts = [argument.name for argument in self.arguments if argument.kind == "text" and not argument.takes_zero]
        cure = "write IF(ISBLANK(A1),NA(),…) around the call" if self.returns == "text" else "given as A1:A1 it stays blank"
        said = [f"a blank single cell counts as 0 for {', '.join(zeros)}; {cure}"] if zeros else []
        said += [f'a 0 counts as blank for {", ".join(texts)}; A1&"" makes it the text 0'] if texts else []
        if any(argument.kind not in SCALARS | {ANY} for argument in self.arguments):
            said += ["a range in which any cell holds an error gives Err:504"]
        return [f"In LibreOffice Calc {one}." for one in said]

    @property
    def has_dates(self) -> bool:
        """Whether a number that it takes or gives may be the serial of a date."""
        plain = {"number", "numbers", "text", "texts", "flag"}
        return self.returns in {"date", "rows"} or any(argument.kind not in plain for argument in self.arguments)

    @property
    def spreads(self) -> bool:
        """Whether ranges may be given for its single values, and a range of results comes back."""
        return self.returns != "rows" and any(argument.kind in SCALARS for argument in self.arguments)

    @property
    def gives_figures(self) -> bool:
        """Whether it gives numbers, alone or in a table, so that Python code may ask for NaN in place of an error."""
        return bool(self.arguments) and self.returns in {"number", "percent", "rows"} and not self.passes_on
