"""Unit values by day and fund: an immutable input of the calculation, valid once made."""

from __future__ import annotations

import collections
import datetime
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..cells import ranges, scalars
from ..errors import BadInput, CellError, FlexExtraError, MissingData, PassedError, UnfitValue, counted
from . import fund_names, series_checks
from .fund_names import FundNames, key, written
from .funds import FUND_HEADERS, Funds
from .table_columns import VALUATION_DATE

Date = datetime.date
DATE_HEADERS = {VALUATION_DATE.name, *VALUATION_DATE.headings}


class OutOfOrder(BadInput):
    """Days that neither rise nor fall."""


class UnitValues:
    """Unit values by date and fund. ``values[i, j]`` is the value of fund j on date i; NaN where there is none.

    Dates ascend (those given newest first are turned round), values are positive. ``errors``: cells that hold an error or
    what can be no unit value, by date and fund; whatever needs one of them gets that error. Wide or long rows come in
    through :meth:`from_rows`.
    """

    __slots__ = ("_exact", "_numbers", "_places", "_series", "dates", "errors", "funds", "values")

    def __init__(
        self,
        dates: Sequence[Date] | np.ndarray,
        funds: Sequence[str],
        values: Any,
        errors: Mapping[tuple[int, int], CellError] | None = None,
    ) -> None:
        self.dates = np.array(dates, dtype="datetime64[D]")
        self.funds = tuple(funds)
        self.values = np.array(values, dtype=float).reshape(len(self.dates), len(self.funds))
        fund_names.refuse_repeats("unit_values", self.funds, "column")
        errors = dict(errors or {})
        if series_checks.newest_first(self.dates):
            self.dates, self.values = self.dates[::-1].copy(), self.values[::-1].copy()
            errors = {(len(self.dates) - 1 - row, column): error for (row, column), error in errors.items()}
        if found := series_checks.disorder(self.dates):
            kind = "repeats the date" if found[1] else "is not in order of dates at"
            refused = BadInput if found[1] else OutOfOrder
            raise refused(f"'unit_values' {kind} {self.dates[found[0]]}; sort the rows and keep one a date.")
        bad = ~(np.isnan(self.values) | ((self.values > 0) & np.isfinite(self.values)))
        if np.any(bad):
            i, j = (int(x[0]) for x in np.nonzero(bad))
            raise BadInput(
                f"'unit_values' has {self.values[i, j]:g} for {self.funds[j]} on {self.dates[i]}; a unit value is positive."
            )
        self.errors = {place: error for place, error in errors.items() if np.isnan(self.values[place])}
        self.dates.flags.writeable = self.values.flags.writeable = False
        self._numbers = self.dates.astype(np.int64)
        self._places = {name: place for place, name in enumerate(self.funds)}
        self._series: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._exact: dict[int, dict[Date, float]] = {}

    def __repr__(self) -> str:
        span = f", {self.dates[0]} to {self.dates[-1]}" if len(self.dates) else ""
        return f"<UnitValues {len(self.dates)} dates x {len(self.funds)} funds{span}>"

    @classmethod
    def from_rows(cls, rows: list[list[Any]]) -> UnitValues:
        """From a range with headers: wide (date, one column a fund) or long (date, fund, unit value)."""
        if len(rows) < 2 or len(rows[0]) < 2:
            raise BadInput(
                "'unit_values' must be a range with a header row, dates and unit values; fill them in, or widen the range."
            )
        rows = _without_status(rows)
        header = [_label(cell) for cell in rows[0]]
        if ranges.is_date(rows[0][0]):
            raise BadInput("'unit_values' must begin with a header row (date, then fund codes); include it in the range.")
        if len(header) == 3 and header[1].lower() in FUND_HEADERS:
            return cls._from_long(_without_totals(rows[1:], 0))
        if len(header) == 3 and header[0].lower() in FUND_HEADERS and header[1].lower() in DATE_HEADERS:
            return cls._from_long([[day, fund, value] for fund, day, value in _without_totals(rows[1:], 1)])
        return cls._from_wide(header, _without_totals(rows[1:], 0))

    @classmethod
    def _from_wide(cls, header: list[str], body: list[list[Any]]) -> UnitValues:
        for place, name in enumerate(header[1:], start=2):
            if not name:
                raise BadInput(f"'unit_values' has no fund code at the head of column {place}; fill it in.")
        dates = [_date(row[0], place) for place, row in enumerate(body, start=2)]
        if (plain := _plain_numbers([row[1:] for row in body])) is not None:
            return cls._with_errors(dates, header[1:], plain, {})
        values = np.array([[_value(cell) for cell in row[1:]] for row in body], dtype=object)
        errors = {}
        for (i, j), cell in np.ndenumerate(values):
            if isinstance(cell, CellError):
                errors[i, j] = cell
                values[i, j] = np.nan
        return cls._with_errors(dates, header[1:], values, errors)

    @classmethod
    def _from_long(cls, body: list[list[Any]]) -> UnitValues:
        dates: dict[Date, int] = {}
        funds: dict[str, int] = {}
        cells: dict[tuple[Date, str], Any] = {}
        days: dict[str, list[Date]] = collections.defaultdict(list)
        names: dict[str, str] = {}  # a fund goes by the name that it has first
        for place, row in enumerate(body, start=2):
            day, fund = _date(row[0], place), written("unit_values", scalars.text("unit_values", row[1]))
            fund = names.setdefault(key(fund), fund)
            dates[day] = 0
            funds.setdefault(fund, len(funds))
            days[fund].append(day)
            cells[day, fund] = _value(row[2])
        _refuse_disorder(days)
        ordered = sorted(dates)
        rank = {day: i for i, day in enumerate(ordered)}
        values = np.full((len(ordered), len(funds)), np.nan)
        errors: dict[tuple[int, int], CellError] = {}
        for (day, fund), value in cells.items():
            at = rank[day], funds[fund]
            if isinstance(value, CellError):
                errors[at] = value
            else:
                values[at] = value
        return cls._with_errors(ordered, tuple(funds), values, errors)

    @classmethod
    def _with_errors(
        cls, dates: list[Date], funds: Sequence[str], values: Any, errors: dict[tuple[int, int], CellError]
    ) -> UnitValues:
        """Values with cells that hold errors, which are those of the figures that need them; where there is no other value
        the whole table is that error."""
        made = cls(dates, funds, values, errors)
        if errors and np.all(np.isnan(made.values)):
            (row, column), error = next(iter(made.errors.items()))
            raise PassedError(f"unit_values, {made.funds[column]} on {made.dates[row]}", error)
        return made

    def rows(self) -> list[list[Any]]:
        """Wide rows with a header; None where there is no value."""
        table: list[list[Any]] = [["valuation_date", *self.funds]]
        for day, line in zip(self.dates.tolist(), self.values.tolist(), strict=True):
            table.append([day, *(None if v != v else v for v in line)])
        for (row, column), error in self.errors.items():
            table[row + 1][column + 1] = error
        return table

    def column(self, fund: str, funds: Funds | None = None) -> int:
        """The column of a fund, by its code or an alias."""
        if fund in self._places:
            return self._places[fund]
        found = (funds.model if funds else FundNames()).meant(fund, self.funds)
        if len(found) == 1:
            return self._places[found[0]]
        if found:
            raise BadInput(f"'fund' {fund!r} may be {fund_names.either(found)}; write it as one of them.")
        known = [*self.funds, *(funds.labels() if funds else ())]
        raise BadInput(
            f"'fund' {fund!r} is not in the unit values{scalars.nearest(fund, known)}; they have {_some(self.funds)}."
        )

    def coded(self, funds: Funds) -> UnitValues:
        """The same values with the funds' codes at the heads of their columns, whatever names they came under."""
        if {fund.code for fund in funds.items} <= set(self.funds):
            return self
        beside, heads = funds.beside(self.funds), list(self.funds)
        for fund in funds.items:
            found = beside.model.meant(fund.code, self.funds)
            if len(found) == 1:
                heads[self._places[found[0]]] = fund.code
        return UnitValues(self.dates, heads, self.values, self.errors)

    def series(self, column: int) -> tuple[np.ndarray, np.ndarray]:
        """Dates and values of one fund, where it has values."""
        if column not in self._series:
            there = ~np.isnan(self.values[:, column])
            self._series[column] = self.dates[there], self.values[there, column]
        return self._series[column]

    def days(self, column: int) -> np.ndarray:
        """The days on which a fund has a value, or a cell that holds an error."""
        dates, _ = self.series(column)
        odd = [row for row, place in self.errors if place == column]
        return np.union1d(dates, self.dates[odd]) if odd else dates

    def first_date(self, column: int) -> Date:
        """The first day with a value; or with an error, which is no sign that there was none."""
        dates = self.days(column)
        if not len(dates):
            raise MissingData(f"There is no unit value of {self.funds[column]} at all; fill in its column.")
        return dates[0].item()

    def on(self, column: int, day: Date) -> float | None:
        """The unit value of the day itself."""
        if column not in self._exact:
            self._exact[column] = dict(zip(*(part.tolist() for part in self.series(column)), strict=True))
        return self._exact[column].get(day)

    def of_days(self, days: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """The unit values of days themselves, numbers since 1970 with a column a fund; NaN where there is none."""
        if not len(self._numbers):
            return np.full(days.shape, np.nan)
        row = np.minimum(self._numbers.searchsorted(days), len(self._numbers) - 1)
        return np.where(self._numbers[row] == days, self.values[row, columns], np.nan)

    def at(self, column: int, day: Date, rule: str = "on_or_before", max_age_days: float | None = None) -> float:
        """The unit value of a calendar date, by a named valuation rule, no further away than ``max_age_days``."""
        exact = self.on(column, day)
        if exact is not None:
            return exact
        self._refuse_error(column, day, rule)
        dates, values = self.series(column)
        fund, wanted = self.funds[column], np.datetime64(day)
        place = int(np.searchsorted(dates, wanted, side="left"))
        if rule == "exact":
            raise MissingData(f"There is no unit value of {fund} on {day}.")
        before = rule == "on_or_before"
        place = place - 1 if before else place
        if not 0 <= place < len(dates):
            which, known = ("before", "first") if before else ("after", "last")
            edge = f"; the {known} is of {dates[0 if before else -1]}" if len(dates) else ""
            raise MissingData(f"There is no unit value of {fund} on or {which} {day}{edge}.")
        age = abs(int((dates[place] - wanted).astype(int)))
        if max_age_days is not None and age > max_age_days:
            which = "last one on or before" if before else "first one on or after"
            raise MissingData(
                f"There is no unit value of {fund} within {counted(int(max_age_days), 'day')} of {day}; "
                f"the {which} it is of {dates[place]}."
            )
        return float(values[place])

    def _refuse_error(self, column: int, day: Date, rule: str) -> None:
        """Raise the error that stands where the value of a day would be looked for."""
        odd = sorted(row for row, place in self.errors if place == column)
        if not odd:
            return
        days, wanted = self.days(column), np.datetime64(day)
        place = int(np.searchsorted(days, wanted, side="left"))
        if rule == "on_or_before" and (place == len(days) or days[place] != wanted):
            place -= 1
        if 0 <= place < len(days) and (rule != "exact" or days[place] == wanted):
            row = int(np.searchsorted(self.dates, days[place]))
            if row in odd:
                raise PassedError(f"unit_values, {self.funds[column]} on {days[place]}", self.errors[row, column])

    def joined(self, new: int, old: int, day: Date, max_age_days: float | None = None) -> UnitValues:
        """These values with one fund's history carried on: before ``day`` the column ``new`` has the returns of ``old``.

        Both need a value on that day, or at most ``max_age_days`` before it.
        """
        ratio = self.at(new, day, max_age_days=max_age_days) / self.at(old, day, max_age_days=max_age_days)
        values = self.values.copy()
        before = self.dates < np.datetime64(day)
        values[before, new] = values[before, old] * ratio
        errors = {place: error for place, error in self.errors.items() if place[1] != new or not before[place[0]]}
        errors |= {(row, new): error for (row, column), error in self.errors.items() if column == old and before[row]}
        return UnitValues(self.dates, self.funds, values, errors)

    def until(self, last: Date) -> UnitValues:
        """The values up to a day."""
        rows = int(np.count_nonzero(self.dates <= np.datetime64(last)))
        errors = {place: error for place, error in self.errors.items() if place[0] < rows}
        return UnitValues(self.dates[:rows], self.funds, self.values[:rows], errors)


def _without_status(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows without the column 'status' of ADJUSTED_UNIT_VALUES; a fund of that name has numbers."""
    for place, head in enumerate(rows[0]):
        named = place >= 2 and isinstance(head, str) and head.strip().lower() == "status"
        if named and not any(ranges.is_number(row[place]) for row in rows[1:]):
            return [[*row[:place], *row[place + 1 :]] for row in rows]
    return rows


def _label(cell: Any) -> str:
    scalars.cell_error("unit_values", cell)
    if scalars.is_blank(cell):
        return ""
    # a fund code that is a number, 101.0 of a cell, is the text that an argument makes of it: 101
    text = scalars.text("unit_values", cell) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return written("unit_values", text)


def _date(cell: Any, place: int) -> Date:
    if scalars.is_blank(cell):
        raise MissingData(f"'unit_values' has no date in row {place}; fill it in.")
    return scalars.to_day(f"unit_values, row {place}", cell)


def _plain_numbers(cells: list[list[Any]]) -> np.ndarray | None:
    """Cells that are numbers above zero or blank, all at once; None where any is something else."""
    if (
        not set(map(type, itertools.chain.from_iterable(cells))) <= {float, int, type(None)}
        or len(set(map(len, cells))) != 1
    ):
        return None
    values = np.array(cells, dtype=np.float64)
    sound = np.isnan(values) | ((values > 0) & np.isfinite(values))
    return values if sound.all() else None


def _value(cell: Any) -> Any:
    """A number, NaN for a blank, or the error that stands for what can be no unit value, with the reason."""
    if cell is None or scalars.is_blank(cell):
        return np.nan
    if scalars.says_none(cell) or (type(cell) is str and cell.strip().upper() in {"NA", "#N/A"}):
        return np.nan  # no value of this fund on this day, as others write it; an error value stays an error
    try:
        value = cell if type(cell) is float else scalars.number("the value", cell)
    except MissingData:
        return np.nan
    except PassedError as error:
        return error.cell_error
    except FlexExtraError:
        return UnfitValue(f"{scalars.short(cell)}, which is no number; correct the cell")
    if isinstance(cell, str) and "%" in cell:
        return UnfitValue(f"{scalars.short(cell)}, a percentage, which no unit value is; correct the cell")
    if value > 0 and value - value == 0.0:
        return value
    return np.nan if value != value else UnfitValue(f"{value:g}, but a unit value is positive; correct the cell")


def in_order(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows by their days, as :meth:`UnitValues.from_rows` takes them; what stands together on a day stays so."""
    head = [_label(cell).lower() for cell in rows[0]]
    at = 1 if len(head) == 3 and head[0] in FUND_HEADERS and head[1] in DATE_HEADERS else 0
    return [rows[0], *sorted(_without_totals(rows[1:], at), key=lambda row: _date(row[at], 0))]


def _refuse_disorder(days: dict[str, list[Date]]) -> None:
    """Refuse long rows whose dates neither rise for every fund nor fall for every fund."""
    falling = all(series_checks.newest_first(one) for one in days.values() if len(one) > 1)
    for fund, one in days.items():
        if found := series_checks.disorder(one[::-1] if falling else one):
            kind = "repeats the date" if found[1] else "is not in order of dates at"
            refused = BadInput if found[1] else OutOfOrder
            raise refused(f"'unit_values' {kind} {one[found[0]]} for {fund}; sort the rows and keep one a date.")


def _without_totals(body: list[list[Any]], date_at: int) -> list[list[Any]]:
    """Rows without a totals row at the end: one that says 'Total' and no more, in front of (or instead of) its date.

    A row of values that only lacks its date is no such row: its date is asked for.
    """
    last = body[-1]
    labels = last[:1] if date_at == 0 and len(last) != 3 else last[:2]
    if len(body) > 1 and any(map(ranges.is_totals_label, labels)) and not ranges.is_date(last[date_at]):
        return body[:-1]
    return body


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
