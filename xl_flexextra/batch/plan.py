"""The plan of a batch: which inputs, which tables to which month ends, and what is to be written; a TOML file."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..calculation import calendar_days, periods
from ..cells import scalars
from ..errors import BadInput, counted
from ..files import door
from ..terms.keys import CHARGES

Date = datetime.date
ELSEWHERE = frozenset("s3 s3a gs gcs az abfs abfss adl hdfs http https ftp sftp file memory".split())  # no databases
MOST_MONTHS = 12 * 100
INPUTS = ("unit_values", "contracts", "terms", "shares", "published")
NEEDED = ("unit_values", "contracts", "terms")
OUTPUTS = ("tie_outs", "walks", "workbooks")
SIZES = {"figures_of_part": 100_000, "rows_of_part": 1_000}


@dataclass(frozen=True)
class TableOf:
    """One table of every contract: its name, after which charges, over which periods, to month or quarter ends."""

    id: str
    charges: str
    periods: tuple[str, ...]
    ends: str = "month"

    def days(self, month_ends: tuple[Date, ...]) -> list[Date]:
        """Its days among some month ends."""
        return [day for day in month_ends if self.ends == "month" or calendar_days.quarter_end(day) == day]


def usual(fund_inceptions: bool, subaccount_inceptions: bool) -> tuple[TableOf, ...]:
    """The tables of an update, where a plan names none, with its usual periods."""
    monthly, quarterly = periods.of_update(fund_inceptions, subaccount_inceptions)
    return (
        TableOf("fund_and_separate_account", "asset", monthly),
        TableOf("after_contract_charges", "all", monthly),
        TableOf("standardized", "all", quarterly, "quarter"),
    )


@dataclass(frozen=True)
class Plan:
    """A plan as checked. ``inputs``: paths by name; ``text`` is the file, ``as_known`` the load or day of a
    store, and ``since`` an earlier one, from which changes are explained; without ``tables`` there are the usual ones."""

    text: str
    folder: Path
    out: Path
    inputs: tuple[tuple[str, str], ...]
    month_ends: tuple[Date, ...]
    tables: tuple[TableOf, ...] = ()
    tie_outs: bool = True
    walks: tuple[str, ...] = ()
    workbooks: tuple[str, ...] = ()
    figures_of_part: int = SIZES["figures_of_part"]
    rows_of_part: int = SIZES["rows_of_part"]
    as_known: str = ""
    since: str = ""

    def given(self, name: str) -> str:
        """An input as the plan names it; empty where it names none."""
        return dict(self.inputs).get(name, "")

    def path(self, name: str) -> Path:
        """The file or folder of an input."""
        return self.folder / door.path_of(self.given(name))


def load(file: Path, out: Path | None = None, as_known: str = "", since: str = "") -> Plan:
    """A plan from its file; paths in it are seen from its folder.

    Raises:
        BadInput: what in it is wrong, and what to do.
    """
    text = door.text(file, "The plan")
    data = door.toml(text, f"The plan {door.shown(file.name)}")
    where = f"The plan {door.shown(file.name)}"
    _refuse_unknown(where, "", data, ("month_ends", "out", "as_known", "inputs", "tables", "output"))
    inputs = _section(where, data, "inputs", INPUTS)
    for name in NEEDED:
        if name not in inputs:
            raise BadInput(f"{where} has no {name!r} under [inputs]; name the file or folder.")
    output = _section(where, data, "output", (*OUTPUTS, *SIZES))
    sizes = {name: _size(where, name, output.get(name, usual)) for name, usual in SIZES.items()}
    folder = file.resolve().parent
    named = out or folder / door.path_of(_text(where, "out", data.get("out", f"{file.stem}_figures")))
    return Plan(
        text=text,
        folder=folder,
        out=named,
        inputs=tuple((name, _input(where, name, value)) for name, value in inputs.items()),
        month_ends=_month_ends(where, data.get("month_ends")),
        tables=tuple(_table(where, one) for one in _tables(where, data.get("tables"))),
        tie_outs=output.get("tie_outs", True) is True,
        walks=_names(where, "walks", output.get("walks", [])),
        workbooks=_names(where, "workbooks", output.get("workbooks", [])),
        as_known=as_known or str(data.get("as_known", "")),
        since=since,
        **sizes,
    )


def _section(where: str, data: dict[str, Any], name: str, known: tuple[str, ...]) -> dict[str, Any]:
    found = data.get(name, {})
    if not isinstance(found, dict):
        raise BadInput(f"{where} must have [{name}] as a table; write its keys below that line.")
    _refuse_unknown(where, f" under [{name}]", found, known)
    return found


def _refuse_unknown(where: str, place: str, found: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in found:
        if key not in known:
            raise BadInput(f"{where} has {key!r}{place}{scalars.nearest(key, known)}; it knows {', '.join(known)}.")


def _text(where: str, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{where} must give {name!r} as a text (got {value!r}).")
    return value.strip()


def _input(where: str, name: str, value: Any) -> str:
    """A file, a folder, or the database of a store; what lies in a bucket or on the web is no input."""
    given = _text(where, name, value)
    scheme, found, _ = given.partition("://")
    if found and (name != "unit_values" or scheme.lower() in ELSEWHERE):
        raise BadInput(f"{where} names {name!r} at {scheme}://, which is not read; copy or mount it, and give its path.")
    return given


def _size(where: str, name: str, value: Any) -> int:
    if type(value) is not int or not 1 <= value <= 10_000_000:
        raise BadInput(f"{where} must give {name!r} as a whole number from 1 to 10,000,000 (got {value!r}).")
    return value


def _names(where: str, name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadInput(f"{where} must give {name!r} as a list of contracts (got {value!r}).")
    return tuple(dict.fromkeys(value))


def _month_ends(where: str, value: Any) -> tuple[Date, ...]:
    """A list of days, or the month ends from the first to the last: ``"2004-01-31..2008-02-29"``."""
    if isinstance(value, str) and ".." in value:
        first, last = (scalars.to_day("month_ends", part.strip()) for part in value.split("..", 1))
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        if not 1 <= count <= MOST_MONTHS:
            raise BadInput(f"{where}: 'month_ends' {value} are {counted(count, 'month')}; give from 1 to {MOST_MONTHS}.")
        ends = (calendar_days.month_end(first.year, first.month + k) for k in range(count))
        return tuple(day for day in ends if first <= day <= last)
    days = value if isinstance(value, list) else [value]
    if not days or days == [None]:
        raise BadInput(f"{where} has no 'month_ends'; give days, or '2004-01-31..2008-02-29'.")
    found = sorted({scalars.to_day("month_ends", day) for day in days})
    return tuple(found)


def _tables(where: str, value: Any) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadInput(f"{where} must have its tables as [[tables]], then a line for each of their keys.")
    names = [one.get("id") for one in value]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"{where} has the table {name!r} twice; give each its own 'id'.")
    return value


def _table(where: str, given: dict[str, Any]) -> TableOf:
    _refuse_unknown(where, " under [[tables]]", given, ("id", "charges", "periods", "ends"))
    codes = given.get("periods", [])
    if not isinstance(codes, list) or not codes or not all(isinstance(code, str) for code in codes):
        raise BadInput(f"{where} must give 'periods' of a table as a list, such as ['YTD', '1Y'] (got {codes!r}).")
    ends = given.get("ends", "month")
    if ends not in ("month", "quarter"):
        raise BadInput(f"{where} must give 'ends' of a table as 'month' or 'quarter' (got {ends!r}).")
    charges = scalars.choice(str(given.get("charges", "all")), CHARGES, "charges")
    return TableOf(_text(where, "id", given.get("id")), charges, tuple(periods.parse(code).code for code in codes), ends)
