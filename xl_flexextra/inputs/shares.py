"""The shares of charges by fund: a table or a list, with or without a total."""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Sequence
from typing import Any

from ..cells import ranges, scalars
from ..errors import BadInput, CellError, FlexExtraError, MissingData, PassedError, UnfitValue, agreed
from .fund_names import key, written
from .funds import MOST_ASKED, Funds, Step, _first, _labels

Date = datetime.date


ROUNDED = 5e-4  # by so much may a sum of shares differ from their printed total


class Shares:
    """Each fund's share of the annual charge, from an effective date on (None: always)."""

    __slots__ = ("_by_fund", "_known", "_set_aside")

    def __init__(
        self, rows: Sequence[tuple[Date | None, str, float | CellError]], totals: tuple[str, float] | None = None
    ) -> None:
        """``totals``: a row that reads as the sum of the others, and is one unless a fund has that name.

        A share that is the error of a cell is that error for whatever needs it.
        """
        by_fund: dict[str, list[Step]] = {}
        for day, fund, share in rows:
            if not isinstance(share, CellError):
                scalars.fraction(f"'share' of {fund}", share)
            steps = by_fund.setdefault(key(fund), [])
            if any(d == (day or Date.min) for d, *_ in steps):
                raise BadInput(f"'shares' has {fund}{f' from {day}' if day else ''} twice; keep one row.")
            steps.append((day or Date.min, share, fund))
        self._by_fund = {fund: sorted(steps, key=_first) for fund, steps in by_fund.items()}
        self._set_aside = totals
        self._known: dict[tuple[str, Funds | None], list[Step]] = {}

    @classmethod
    def from_rows(cls, rows: list[list[Any]]) -> Shares:
        """From rows of fund and share, or effective date, fund and share; a header row is skipped.

        The same in rows instead of columns; a row at the end that sums up the others is skipped too.
        """
        if len(rows[0]) == 3 and all(scalars.is_blank(row[2]) for row in rows) and not ranges.is_date(rows[-1][0]):
            rows = [row[:2] for row in rows]
        rows = _without_notes(rows)
        rows = ranges.upright(rows, _named_shares, _numbered_shares)
        width = len(rows[0])
        if width not in (2, 3):
            raise BadInput(
                f"'shares' must have 2 columns (fund, share) or 3 (effective date, fund, share), not {width}; "
                "lay the range out in columns."
            )
        body = rows[1:] if ranges.is_heading(rows[0][-1]) and len(rows) > 1 else rows
        first = len(rows) - len(body) + 1
        body, totals = _without_totals(body)
        parsed: list[tuple[Date | None, str, float | CellError]] = []
        refused: BadInput | None = None
        for place, row in enumerate(body, start=first):
            if all(scalars.is_blank(cell) for cell in row):
                continue
            for cell, what in ((row[-2], "fund"), *([(row[0], "date")] if width == 3 else [])):
                if scalars.is_blank(cell):
                    raise MissingData(f"'shares' has no {what} in row {place}; fill it in.")
            if width == 3 and ranges.is_heading(row[0]):
                raise BadInput(
                    f"'shares' has three columns, which mean date, fund, share, but {row[0]!r} in row {place} is no date; "
                    "keep fund and share alone, or put the dates first."
                )
            day = scalars.to_day(f"shares, row {place}", row[0]) if width == 3 else None
            fund = written("shares", scalars.text("shares", row[-2]))
            if scalars.is_blank(row[-1]) or scalars.says_none(row[-1]):
                continue  # a blank share is a missing one, found when it is asked for
            try:
                parsed.append((day, fund, scalars.number(f"share of {fund}", row[-1])))
            except PassedError as error:
                parsed.append((day, fund, error.cell_error))
            except BadInput as error:
                parsed.append((day, fund, UnfitValue(f"{scalars.short(row[-1])}, which is no number; correct the cell")))
                refused = refused or error
        errors = [share for *_, share in parsed if isinstance(share, CellError)]
        if errors and len(errors) == len(parsed):
            raise refused or PassedError("shares", errors[0])
        return cls(_fractions(parsed), totals)

    def coded(self, funds: Funds) -> Shares:
        """The same shares under the funds' codes, whatever names they came under; a total is none of them."""
        steps = [step for steps in self._by_fund.values() for step in steps]
        coded = [(None if day == Date.min else day, funds.own_code(name), share) for day, share, name in steps]
        total = self._set_aside if self._set_aside and funds.get(self._set_aside[0]) else None
        same = total == self._set_aside and all(step[2] == name for step, (_, name, _) in zip(steps, coded, strict=True))
        return self if same else Shares(coded, total)

    def rows(self) -> list[list[Any]]:
        """Effective date (None: always), fund and share, by fund and date."""
        steps = [step for one in sorted(self._by_fund) for step in self._by_fund[one]]
        rows: list[list[Any]] = [[None if day == Date.min else day, fund, share] for day, share, fund in steps]
        return [*rows, [None, *self._set_aside]] if self._set_aside else rows

    def table(self) -> list[list[Any]]:
        """The table of a workbook: fund and share below a header, after effective dates where there are any."""
        steps = [(day, name, share) for steps in self._by_fund.values() for day, share, name in steps]
        if self._set_aside:  # the row of a fund that may be called Total
            steps.append((max((day for day, *_ in steps), default=Date.min), *self._set_aside))
        if all(day == Date.min for day, *_ in steps):
            return [["fund", "share"], *([name, share] for _, name, share in steps)]
        return [["effective_date", "fund", "share"], *map(list, sorted(steps, key=lambda step: step[0]))]

    def on(self, fund: str, day: Date, funds: Funds | None = None) -> float:
        """The share of a fund in force on a day; a missing one is an error, never 1."""
        known = self._steps(fund, funds)
        if known:  # a renamed fund may have rows under both names: the latest row counts
            steps = [step for step in known if step[0] <= day]
            if steps:
                share = steps[-1][1]
                if isinstance(share, CellError):
                    raise PassedError(f"share of {fund}", share)
                return share
            raise MissingData(f"'shares' has no share of {fund} in force on {day}; add one with an earlier date.")
        if self._set_aside and key(self._set_aside[0]) in map(key, _labels(fund, funds)):
            return self._set_aside[1]
        raise MissingData(f"'shares' has no share of {fund}{scalars.nearest(fund, self._by_fund)}; add its row.")

    def days(self) -> list[Date]:
        """The days from which shares are in force, earliest first."""
        return sorted({day for steps in self._by_fund.values() for day, *_ in steps})

    def _in_force(self, day: Date, funds: Funds | None) -> list[Step]:
        """The step of each fund that is in force on a day."""
        latest: dict[str, Step] = {}
        for steps in self._by_fund.values():
            for step in steps:
                name = key(funds.own_code(step[2])) if funds else key(step[2])
                if step[0] <= day and (name not in latest or latest[name][0] <= step[0]):
                    latest[name] = step
        return list(latest.values())

    def total(self, day: Date, funds: Funds | None = None) -> float | None:
        """What the shares in force on a day sum to; None where one of them is an error, or none is in force."""
        shares = [step[1] for step in self._in_force(day, funds)]
        if not shares or any(isinstance(share, CellError) for share in shares):
            return None
        return math.fsum(float(share) for share in shares)

    def in_sum(self, day: Date, funds: Funds | None = None) -> str:
        """What a sum above one holds, for its sentence: shares of an earlier day, the one that is too many, or all."""
        steps = self._in_force(day, funds)
        excess, newest = math.fsum(float(share) for _, share, _ in steps) - 1.0, max(since for since, *_ in steps)
        if excess <= ROUNDED:
            return ""
        if old := [step for step in steps if step[0] < newest]:
            return f", with {agreed(len(old), 'an older share', 'older shares')} in it: {_named(old)}"
        if one := [step for step in steps if abs(float(step[1]) - excess) <= ROUNDED][:1]:
            return f", and without {_named(one)} to 1"
        return f", of {_named(steps)}"

    def other_sums(self, funds: Funds | None = None, last: Date = Date.max) -> list[tuple[Date, float]]:
        """Days, up to a last one, from which the shares in force do not sum to one, and what they sum to."""
        sums = [(day, self.total(day, funds)) for day in self.days() if day <= last]
        return [(day, total) for day, total in sums if total is not None and abs(total - 1.0) > ROUNDED]

    def refuse_other_sum(self, day: Date, funds: Funds | None, contract: str) -> None:
        """Refuse shares of a day that do not sum to one, where the terms say that they do."""
        total = self.total(day, funds)
        if total is not None and abs(total - 1.0) > ROUNDED:
            raise BadInput(
                f"'shares' sum to {total:.6g} on {day}{self.in_sum(day, funds)}, but shares.sum of {contract} is one; "
                "correct the shares, or say any."
            )

    def _steps(self, fund: str, funds: Funds | None) -> list[Step]:
        """The rows of a fund under any of its names, by date; remembered, as a walk asks for each of its days."""
        asked = fund, funds
        known = self._known.get(asked)
        if known is None:
            row = funds.get(fund) if funds else None
            labels = dict.fromkeys(map(key, _labels(fund, funds)))
            known = sorted((step for label in labels for step in self._by_fund.get(label, ())), key=_first)
            if not known and funds and row:  # under a name that is alike, and no other fund's
                alike = [name for name in self._by_fund if key(funds.own_code(name)) == key(row.code)]
                known = sorted((step for name in alike for step in self._by_fund[name]), key=_first)
            for (one, _, name), (other, _, again) in itertools.pairwise(known):
                if one == other:
                    when = f" from {one}" if one != Date.min else ""
                    raise BadInput(f"'shares' has {fund}{when} twice, as {name!r} and {again!r}; keep one row.")
            if len(self._known) >= MOST_ASKED:
                self._known.clear()
            self._known[asked] = known
        return known


def _named(steps: Sequence[Step], most: int = 5) -> str:
    """Shares in words: fund, share, and the day from which it counts."""
    said = [f"{fund} {share:.6g}" + (f" from {day}" if day != Date.min else "") for day, share, fund in steps]
    return ", ".join(said[:most]) + (f" and {len(said) - most} more" if len(said) > most else "")


def _fractions(rows: list[tuple[Date | None, str, float | CellError]]) -> list[tuple[Date | None, str, float | CellError]]:
    """Rows in which a number that is no fraction is the error of its fund alone. Several above one, or such as sum to 100,
    are percentages, and then those below one are, too: :class:`Shares` refuses them all."""
    numbers = [share for *_, share in rows if not isinstance(share, CellError)]
    unfit = [share for share in numbers if not 0 <= share <= 1]
    if len(unfit) == len(numbers) or sum(share > 1 for share in unfit) > 1 or abs(math.fsum(numbers) - 100) < 1:
        return rows
    said = "{:g}, but a share lies between 0 and 1; correct the cell"
    return [
        (day, fund, UnfitValue(said.format(share)) if share in unfit and not isinstance(share, CellError) else share)
        for day, fund, share in rows
    ]


def _without_notes(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows of fund, share and a text about it without that text: names come first, and no number stands in the third."""
    body = rows[1:] if len(rows) > 1 and ranges.is_heading(rows[0][1 if len(rows[0]) > 1 else 0]) else rows
    if len(rows[0]) != 3 or not any(isinstance(row[2], str) and row[2].strip() for row in body):
        return rows
    shares = all(scalars.is_blank(row[1]) or ranges.is_number(row[1]) for row in body)
    named = all(scalars.is_blank(row[0]) or ranges.is_heading(row[0]) for row in body)
    noted = not any(ranges.is_number(row[2]) for row in body)
    return [row[:2] for row in rows] if shares and named and noted else rows


def _named_shares(table: list[list[Any]]) -> bool:
    """Whether a table reads as shares in columns, of funds whose codes are words."""
    return _numbered_shares(table) and not any(ranges.is_number(row[-2]) for row in table)


def _numbered_shares(table: list[list[Any]]) -> bool:
    """Whether a table reads as shares in columns: funds (after dates), then numbers or blanks."""
    width = len(table[0])
    if width not in (2, 3):
        return False
    body = table[1:] if ranges.is_heading(table[0][-1]) else table
    for row in body:
        if not (scalars.is_blank(row[-1]) or ranges.is_number(row[-1])):
            return False
        if width == 3 and not (scalars.is_blank(row[0]) or ranges.is_date(row[0]) or ranges.is_totals_label(row[0])):
            return False
        if isinstance(row[-2], float) and not row[-2].is_integer():
            return False
    return bool(body)


def _without_totals(body: list[list[Any]]) -> tuple[list[list[Any]], tuple[str, float] | None]:
    """Rows of shares without a totals row at the end, and that row where it could be a fund called 'Total'.

    Its label says 'Total' and no more, or is left out, and its number is the sum of the others.
    """
    if len(body) < 2:
        return body, None
    *others, last = body
    if len(last) == 3 and ranges.is_totals_label(last[0]):
        return others, None  # 'Total' is no date
    dated = len(last) == 3 and not scalars.is_blank(last[0])
    counted = [row for row in others if not dated or _same_day(row[0], last[0])]
    try:
        total = scalars.number("", last[-1])
        whole = sum(scalars.number("", row[-1]) for row in counted if not scalars.is_blank(row[-1]))
    except FlexExtraError:
        return body, None
    if abs(total - whole) > ROUNDED or not counted:
        return body, None
    if scalars.is_blank(last[-2]) and not dated:
        return others, None
    if ranges.is_totals_label(last[-2]):
        return others, (str(last[-2]).strip(), total)
    return body, None


def _same_day(one: Any, other: Any) -> bool:
    try:
        return scalars.to_date("", one) == scalars.to_date("", other)
    except FlexExtraError:
        return False
