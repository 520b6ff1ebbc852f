"""The contracts of a plan: which sub-accounts each has, and its terms, shares, unit values and published figures."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .. import terms
from ..calculation.many_contracts import Contract
from ..cells import scalars
from ..errors import BadInput, CellError, FlexExtraError, MissingData, UnfitValue
from ..files import door
from ..files.deflate import in_threads
from ..inputs.fund_table import FUND_TABLE
from ..inputs.funds import FUND_HEADERS, Funds
from ..inputs.input_tables import UNIT_VALUE, Published
from ..inputs.published_figures import published_from_rows
from ..inputs.shares import Shares
from ..inputs.unit_values import DATE_HEADERS, UnitValues
from ..sources.column_kinds import simple_type
from ..terms import Terms
from .data_sets import DataSet, hashed, text
from .plan import Plan

Date = datetime.date
_SETS = {
    "contracts": "The contracts", "unit_values": "The unit values", "shares": "The shares",
    "published": "The published figures", "terms": "The terms",
}  # fmt: skip
CONTRACT = ("contract", "contract_code", "product")
VALUE = (UNIT_VALUE.name, "value", "unit value", "nav", "price")


@dataclass(frozen=True)
class Listed:
    """A contract as the plan lists it: its code, the name of its terms, and its rows of the funds table, header first."""

    code: str
    terms: str
    funds: tuple[tuple[Any, ...], ...]

    @property
    def sub_accounts(self) -> list[str]:
        """The sub-accounts of the contract, in the order of its page."""
        place = next(k for k, name in enumerate(self.funds[0]) if str(name).strip().lower() in FUND_HEADERS | {"code"})
        return [text(row[place]) for row in self.funds[1:]]

    def has_all(self, column: str) -> bool:
        """Whether every one of its funds has a value in a column of the table of funds."""
        named = (FUND_TABLE.column(str(heading)) for heading in self.funds[0])
        place = next((k for k, one in enumerate(named) if one and one.name == column), None)
        return place is not None and not any(scalars.is_blank(row[place]) for row in self.funds[1:])


class Inputs:
    """The inputs of a plan, opened and looked over; what a part needs is read when it is asked for.

    ``known``: another process of the batch has looked at the files already.
    """

    def __init__(self, plan: Plan, known: bool = False) -> None:
        self.plan = plan
        self._terms_folder: Path | None = plan.path("terms") if door.is_folder(plan.path("terms")) else None
        if not self.toml_files():
            self._terms_folder = None
        there = {name for name in ("shares", "published") if plan.given(name)} | {"contracts"}
        there |= ({"terms"} if self._terms_folder is None else set()) | (set() if self.is_store else {"unit_values"})
        named = [name for name in _SETS if name in there]
        sets = in_threads(partial(DataSet, plan.path(name), _SETS[name], known) for name in named)  # each looks at its files
        self._sets = dict(zip(named, sets, strict=True))
        self.contracts = self._sets["contracts"]
        self.values, self.shares = self._sets.get("unit_values"), self._sets.get("shares")
        self.published, self._terms = self._sets.get("published"), self._sets.get("terms")
        self._contract = self.contracts.needed(*CONTRACT)
        if not any(name.strip().lower() in FUND_HEADERS | {"code"} for name in self.contracts.names):
            raise MissingData(
                f"The contracts {plan.path('contracts').name} have no column 'sub_account'; it says which belong to which."
            )
        if self.values is not None:
            self._date, self._fund = (
                self.values.needed(*_first("valuation_date", DATE_HEADERS)),
                self._fund_column(self.values),
            )
            self._value = self.values.needed(*VALUE)

    @property
    def is_store(self) -> bool:
        """Whether the unit values are a fund-data store, whose versions of a day may be asked for."""
        name = self.plan.given("unit_values")
        return "://" in name or Path(name).suffix.lower() in {".sqlite", ".sqlite3", ".db"}

    @property
    def store(self) -> str:
        """The store of the unit values."""
        name = self.plan.given("unit_values")
        return name if "://" in name else str(self.plan.path("unit_values"))

    def _fund_column(self, of: DataSet) -> str:
        return of.needed(*_first("sub_account", {*FUND_HEADERS, "code"}))

    def toml_files(self) -> list[Path]:
        """The TOML files of the folder of terms."""
        return sorted(self._terms_folder.glob("*.toml")) if self._terms_folder else []

    def hashes(self) -> dict[str, str]:
        """The hash of each input; of a store, the loads that count."""
        found = {name: one.hashed() for name, one in self._sets.items()}
        if self._terms_folder is not None:
            found["terms"] = hashed(self.toml_files(), self._terms_folder)
        if self.is_store:
            found["unit_values"] = self.loads()
        return dict(sorted(found.items()))

    def loads(self) -> str:
        """The load of the store that the values are from."""
        from ..sync import store

        load = store.load_of(self.store, self.plan.as_known)
        return f"load {load.number} of {load.at}, {load.sha256}"

    def listed(self) -> list[Listed]:
        """Every contract with its sub-accounts, in the order of the file."""
        header, *rows = self.contracts.rows()
        place = header.index(self._contract)
        named = [k for k, name in enumerate(header) if name.strip().lower() == "terms"]
        columns = [k for k in range(len(header)) if k != place and k not in named]
        by_code: dict[str, tuple[str, list[tuple[Any, ...]]]] = {}
        for row in rows:
            code = text(row[place])
            if not code:
                raise MissingData("The contracts have a row without a contract; fill it in.")
            name = text(row[named[0]]) if named and row[named[0]] else code
            known, mine = by_code.setdefault(code, (name, []))
            if known != name:
                raise BadInput(f"The contracts give {code} the terms {known!r} and {name!r}; keep one.")
            mine.append(tuple(row[k] for k in columns))
        head = tuple(header[k] for k in columns)
        return [Listed(code, name, (head, *mine)) for code, (name, mine) in by_code.items()]

    def terms_of(self, listed: Sequence[Listed]) -> dict[str, Terms | FlexExtraError]:
        """Terms by name; the error of those that are none."""
        names = dict.fromkeys(one.terms for one in listed)
        if self._terms is None:
            files = {file.stem.casefold(): file for file in self.toml_files()}
            return {name: _tried(lambda name=name: _from_file(files, name)) for name in names}  # type: ignore[misc]
        key = self._terms.needed(*CONTRACT)
        header, *rows = self._terms.rows(key, list(names))
        place = header.index(key)
        by_name: dict[str, list[list[Any]]] = {}
        for row in rows:
            by_name.setdefault(text(row[place]), []).append([cell for k, cell in enumerate(row) if k != place])
        head = [name for k, name in enumerate(header) if k != place]
        return {name: _tried(lambda name=name: _from_rows(head, by_name, name)) for name in names}  # type: ignore[misc]

    def unit_values(self, codes: Sequence[str], last: Date) -> dict[str, tuple[np.ndarray, np.ndarray] | FlexExtraError]:
        """Days and values of sub-accounts up to a day, sorted; the error of one that has two values for a day."""
        days, funds, values = self._from_store(codes) if self.is_store else self._from_set(codes)
        wanted = days <= np.datetime64(last)
        days, funds, values = days[wanted], funds[wanted], values[wanted]
        keys = (funds.astype(np.int64) << 32) + days.astype(np.int64)
        if np.any(keys[1:] < keys[:-1]):  # mostly they come in order
            order = np.argsort(keys, kind="stable")
            days, funds, values = days[order], funds[order], values[order]
        bounds = np.searchsorted(funds, np.arange(len(codes) + 1))
        found: dict[str, tuple[np.ndarray, np.ndarray] | FlexExtraError] = {}
        for place, code in enumerate(codes):
            mine = slice(bounds[place], bounds[place + 1])
            twice = np.flatnonzero(days[mine][1:] == days[mine][:-1])
            if len(twice):
                day = days[mine][twice[0]]
                found[code] = BadInput(f"'unit_values' repeats the date {day} for {code}; keep one value a date.")
            else:
                found[code] = days[mine], values[mine]
        return found

    def _from_set(self, codes: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        assert self.values is not None
        place = {code: k for k, code in enumerate(codes)}
        parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        for batch in self.values.batches([self._date, self._fund, self._value], self._fund, codes):
            day, fund, value = batch.columns
            parts.append((_days(day, self._date), _places(fund, place), _numbers(value, self._value)))
        return _joined(parts)

    def _from_store(self, codes: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        from ..sync import store

        days, funds, values = store.series_as_of(self.store, self.plan.as_known, codes)
        return days, funds, values

    def shares_of(self, codes: Sequence[str]) -> dict[str, Shares | FlexExtraError]:
        """The shares of contracts; one without any has none."""
        if self.shares is None:
            return {}
        rows = self._by_contract(self.shares, codes)
        return {code: _tried(lambda rows=rows: Shares.from_rows(_in_order(rows))) for code, rows in rows.items()}  # type: ignore[misc]

    def published_of(self, codes: Sequence[str]) -> dict[str, tuple[Published, ...] | FlexExtraError]:
        """The published figures of contracts."""
        if self.published is None:
            return {}
        rows = self._by_contract(self.published, codes, keep=True)
        return {code: _tried(lambda rows=rows: published_from_rows(rows)) for code, rows in rows.items()}  # type: ignore[misc]

    def _by_contract(self, of: DataSet, codes: Sequence[str], keep: bool = False) -> dict[str, list[list[Any]]]:
        """Rows by contract, each below the header; with ``keep`` the contract stays a column."""
        key = of.needed(*CONTRACT)
        header, *rows = of.rows(key, codes)
        place = header.index(key)
        columns = [k for k in range(len(header)) if keep or k != place]
        by_code: dict[str, list[list[Any]]] = {}
        for row in rows:
            mine = by_code.setdefault(text(row[place]), [[header[k] for k in columns]])
            mine.append([row[k] for k in columns])
        return by_code


def contract(
    listed: Listed,
    own: Terms | FlexExtraError,
    shares: Shares | FlexExtraError | None,
    series: dict[str, tuple[np.ndarray, np.ndarray] | FlexExtraError],
) -> Contract:
    """One contract with its inputs as figures take them.

    Raises:
        FlexExtraError: why it has no figures at all.
    """
    for one in (own, shares):
        if isinstance(one, FlexExtraError):
            raise one
    assert isinstance(own, Terms)
    assert not isinstance(shares, FlexExtraError)
    funds = Funds.from_rows([list(row) for row in listed.funds])
    codes = list(dict.fromkeys([*listed.sub_accounts, *(one.predecessor for one in funds.items if one.predecessor)]))
    return Contract(own, _table(codes, series), shares, funds)


def _table(codes: Sequence[str], series: dict[str, Any]) -> UnitValues:
    """Series of sub-accounts as one table; what can be no unit value is the error of the figures that need it."""
    there = {code: series[code] for code in codes if not isinstance(series.get(code), FlexExtraError | None)}
    days, place_of = _all_days([one[0] for one in there.values() if len(one[0])])
    table = np.full((len(days), len(codes)), np.nan)
    errors: dict[tuple[int, int], CellError] = {}
    for place, code in enumerate(codes):
        if code not in there:
            continue
        rows, values = place_of(there[code][0]), there[code][1]
        fit = (values > 0) & np.isfinite(values)
        table[rows[fit], place] = values[fit]
        for k in np.flatnonzero(~fit & ~np.isnan(values)).tolist():
            errors[int(rows[k]), place] = UnfitValue(f"{values[k]:g}, but a unit value is positive; correct the cell")
    for place, code in enumerate(codes):
        if isinstance(series.get(code), FlexExtraError) and len(days):
            said = str(series[code]).partition("; ")
            errors |= {
                (row, place): UnfitValue(f"no one value: {said[0]}; {said[2].rstrip('.')}") for row in range(len(days))
            }
    return UnitValues(days, codes, table, errors)


def _all_days(series: Sequence[np.ndarray]) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """All days of some sorted series, and a function from days to their places: a mark a day, as sorting takes longer."""
    if not series:
        return np.array([], dtype="datetime64[D]"), lambda days: np.zeros(len(days), dtype=np.int64)
    first = min(days[0] for days in series)
    marked = np.zeros(int((max(days[-1] for days in series) - first).astype(np.int64)) + 1, dtype=bool)
    for days in series:
        marked[(days - first).astype(np.int64)] = True
    places = np.cumsum(marked) - 1
    return first + np.flatnonzero(marked), lambda days: places[(days - first).astype(np.int64)]


def _tried(make: Any) -> Any:
    try:
        return make()
    except FlexExtraError as error:
        return error.with_traceback(None)


def _from_file(files: dict[str, Path], name: str) -> Terms:
    file = files.get(name.casefold())
    if file is not None:
        return terms.from_toml(file)
    if name.casefold() in terms.shipped():
        return terms.load(name)
    raise MissingData(f"There are no terms {name!r}: no {name}.toml among the terms of the plan; add it.")


def _from_rows(head: list[str], by_name: dict[str, list[list[Any]]], name: str) -> Terms:
    if name not in by_name:
        raise MissingData(f"There are no terms {name!r}: no row of it in the table of terms; add its rows.")
    return terms.from_rows([head, *by_name[name]], name)


def _in_order(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows of shares with the columns in the order in which shares are read: date, fund, share."""
    names = [str(name).strip().lower() for name in rows[0]]
    share = names.index("share") if "share" in names else len(names) - 1
    fund = next((k for k, name in enumerate(names) if name in FUND_HEADERS | {"code"}), len(names) - 2)
    dated = [k for k, name in enumerate(names) if name in {"effective_date", "date", "from"}]
    if dated and any(row[dated[0]] is None for row in rows[1:]):
        rows = [[cell if k != dated[0] or cell is not None else Date(1, 1, 1) for k, cell in enumerate(row)] for row in rows]
    return [[row[k] for k in (*dated[:1], fund, share)] for row in rows]


def _first(name: str, others: Any) -> tuple[str, ...]:
    return (name, *sorted(set(others) - {name}))


def _days(column: Any, name: str) -> np.ndarray:
    """A column of dates as days."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if pa.types.is_integer(column.type):  # a cast takes some for days from 1970
            raise pa.ArrowTypeError("numbers are no dates")
        days = pc.cast(column, pa.date32())
    except pa.ArrowException:
        raise BadInput(f"The unit values have {name!r} as {column.type}, which is not a date; give dates.") from None
    if days.null_count:
        raise MissingData(f"The unit values have a row without {name!r}; fill it in.")
    return np.asarray(days.to_numpy(zero_copy_only=False)).astype("datetime64[D]")


def _places(column: Any, place: dict[str, int]) -> np.ndarray:
    """A column of codes as their places in a list."""
    import pyarrow as pa

    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    known = np.array([place.get(text(code), 0) for code in coded.dictionary.to_pylist()] or [0])  # others have no row
    return known[coded.indices.to_numpy(zero_copy_only=False)]


def _numbers(column: Any, name: str) -> np.ndarray:
    """A column of numbers; blanks are no value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        if pa.types.is_boolean(column.type):  # a cast makes 1 and 0 of them
            raise pa.ArrowTypeError("flags are no numbers")
        if not pa.types.is_float64(column.type):  # as every other reader has them
            column = simple_type(column, name, "unit_values")
        return np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False))
    except pa.ArrowException:
        raise BadInput(f"The unit values have {name!r} as {column.type}, which is not a number; give numbers.") from None


def _joined(parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if not parts:
        return np.array([], dtype="datetime64[D]"), np.array([], dtype=np.int64), np.array([])
    days, funds, values = zip(*parts, strict=True)
    return np.concatenate(days), np.concatenate(funds), np.concatenate(values)
