"""The funds of a page: codes, names, inceptions; immutable, valid once made."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

from ..cells import scalars
from ..errors import BadInput, CellError, MissingData
from . import fund_names
from .fund_names import FundNames, key, written
from .fund_table import FUND_TABLE, Fund
from .table_columns import Column

Date = datetime.date
MOST_ASKED, MOST_BESIDE = 256, 16  # what is remembered of the last questions
FUND_HEADERS = {"fund", *FUND_TABLE.columns[0].headings} - {"code"}


class Funds:
    """The funds table; its order is the order of the page."""

    def __init__(self, items: tuple[Fund, ...], foreign: frozenset[str] = frozenset()) -> None:
        """``foreign``: names, as keys, that are other funds' codes beside these."""
        self.items = items
        self.model = FundNames()
        self._foreign = foreign
        self._by_code = {key(fund.code): fund for fund in items}
        self._asked: dict[str, Fund | None] = {}  # a page asks a fund at a time
        self._beside: dict[tuple[str, ...], Funds] = {}
        labels: dict[str, tuple[Fund, str]] = {}
        for fund in items:
            for label in self.names(fund):
                other, as_there = labels.setdefault(key(label), (fund, label))
                if other is not fund:
                    again = "" if as_there == label else f" (as {as_there!r} and {label!r})"
                    raise BadInput(f"'funds' has {label!r} for {other.code} and {fund.code}{again}; keep one.")
            self.model.add(fund.code, self.names(fund)[1:])

    @classmethod
    def from_rows(cls, rows: list[list[Any]]) -> Funds:
        """From a range with headers; columns by name, unknown ones skipped."""
        header = [column_of(cell) for cell in rows[0]]
        found = [column.attribute for column in header if column]
        if "code" not in found:
            raise BadInput("'funds' must begin with a header row that has a column 'fund'; include it in the range.")
        for name in ("fund_inception", "subaccount_inception"):
            if found.count(name) > 1:
                raise BadInput(f"'funds' has two columns for the {name.replace('_', ' ')}; keep one.")
        items, row_of = [], FUND_TABLE.row or Fund
        for place, row in enumerate(rows[1:], start=2):
            filled = [(c, v) for c, v in zip(header, row, strict=True) if c and not scalars.is_blank(v)]
            one: dict[str, Any] = {column.attribute: _cell(column, value, place) for column, value in filled}
            if "code" not in one:
                raise MissingData("'funds' has a row without a fund code; fill it in.")
            if ("predecessor" in one) != ("substituted_on" in one):
                raise BadInput(f"'funds' needs both predecessor and substituted_on for {one['code']}; fill in the other.")
            items.append(row_of(**one))
        return cls(tuple(items))

    def beside(self, codes: Sequence[str]) -> Funds:
        """This table beside unit values with these funds: a name that is another fund's code there is that fund's alone."""
        asked = tuple(codes)
        found = self._beside.get(asked)
        if found is None:
            if len(self._beside) >= MOST_BESIDE:
                self._beside.clear()
            found = self._beside[asked] = self._with_foreign(asked)
        return found

    def _with_foreign(self, codes: Sequence[str]) -> Funds:
        folded = set(map(key, codes))
        foreign: set[str] = set()
        for fund in self.items:
            there = [key(name) for name in fund.names if key(name) in folded]
            foreign.update(name for name in there[1:] if name != there[0])
        return Funds(self.items, frozenset(foreign)) if foreign else self

    def names(self, fund: Fund) -> list[str]:
        """The names of a fund, less those that are another fund's code."""
        return [fund.code, *(name for name in fund.names[1:] if key(name) not in self._foreign)]

    def code(self, label: str, known: Sequence[str] = ()) -> str:
        """A fund's code from its code, printed name or an alias; of these, the one that ``known`` (codes) has.

        A label that is a known code itself is that fund, whatever alias another fund may have.
        """
        found = self.model.meant(label, known) or self.model.leads(label)
        if len(found) > 1:
            raise BadInput(f"'fund' {label!r} may be {fund_names.either(found)}; write it as one of them.")
        return found[0] if found else label

    def get(self, label: str) -> Fund | None:
        """The row of a fund, or None."""
        try:
            return self._asked[label]
        except KeyError:
            found = self.model.leads(label)
        if len(self._asked) >= MOST_ASKED:
            self._asked.clear()
        row = self._asked[label] = self._by_code.get(key(found[0])) if len(found) == 1 else None
        return row

    def own_code(self, label: str) -> str:
        """The code of the fund that a label names in rows of its own; the label itself where it names none of this table.

        Of :meth:`beside` a name that is another fund's code stays that fund's.
        """
        fund = self.get(label)
        return label if fund is None or key(label) in self._foreign else fund.code

    def labels(self) -> list[str]:
        """Every name under which a fund is known."""
        return [label for fund in self.items for label in fund.names]

    def rows_in_order_of_substitution(self) -> list[Fund]:
        """Funds, oldest substitution first, so that chains of predecessors are carried through."""
        return sorted(self.items, key=lambda f: f.substituted_on or Date.min)


def _cell(column: Column, cell: Any, place: int) -> Any:
    """A cell of the funds table; the error of an inception is that of the figures that need it."""
    if isinstance(cell, CellError) and (column.remark or "inception" in column.name):
        return cell
    if column.is_date:
        return scalars.to_day(f"funds, {column.name}, row {place}", cell)
    text = scalars.text("funds", cell)
    if column.kind == "names":
        return tuple(fund_names.tidy(name) for name in text.split(";") if name.strip())
    return written("funds", text) if column.kind in {"code", "fund"} else text


def column_of(cell: Any) -> Column | None:
    """The column of the funds table that a header names; None where it is none of ours.

    An inception is recognised in any usual wording, because a column skipped would shorten no period.
    """
    scalars.cell_error("funds", cell)
    label = "" if scalars.is_blank(cell) else str(cell).strip().lower()
    if "inception" not in label:
        return FUND_TABLE.column(label) if label else None
    words = set(re.sub("[^a-z]+", " ", label).split()) - {"inception", "date", "of", "the", "s"}
    if words and words <= {"fund", "underlying", "portfolio"}:
        return FUND_TABLE.column("fund_inception")
    if words in ({"subaccount"}, {"sub", "account"}, {"division"}):
        return FUND_TABLE.column("subaccount_inception")
    raise BadInput(
        f"'funds' has the header {str(cell).strip()!r}, an inception of what is not known (fund or sub-account); "
        "call it 'fund inception' or 'sub-account inception'."
    )


Step = tuple[Date, float | CellError, str]  # from when, the share, the fund as the row has it


def _labels(fund: str, funds: Funds | None) -> list[str]:
    """A fund's name as it was asked for, and every name that the funds table has for it."""
    row = funds.get(fund) if funds else None
    return [fund, *(funds.names(row) if funds and row else ())]


def _first(step: tuple[Any, ...]) -> Any:
    return step[0]
