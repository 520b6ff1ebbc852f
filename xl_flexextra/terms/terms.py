"""The terms of one contract: a flat set of named values, from a TOML file or a range of cells, valid once made."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from ..cells import ranges, scalars
from ..cells.ranges import FROM
from ..cells.rounding import shortest
from ..errors import BadInput, FlexExtraError, InvalidTerms, MissingData, counted
from . import in_cells
from .charge_keys import CHARGE_KEYS, all_keys, number_and_field, numbers, spec_at, spec_of
from .charges import Charge
from .keys import DEFAULT, KEYS, REQUIRED, Key
from .values import TermValue, TermValues

if TYPE_CHECKING:
    from pathlib import Path

    from ..typing import Cell

__all__ = ["TermValue", "TermValues", "Terms", "from_rows", "from_toml", "load", "shipped"]

Date = datetime.date


class Terms(TermValues):
    """The terms of one contract, immutable. ``terms["annual_charge.dollars"]``; ``terms.on(date)`` with changes.

    ``given`` are the values as given, ``sources`` where each comes from, ``changes`` the (date, values) in force from
    an effective date on, ``keys`` all keys, those of its charges among them. A key that was not given has the default of
    :data:`xl_flexextra.terms.keys.KEYS`.
    """

    __slots__ = ("_in_force", "changes", "given", "keys", "sources")

    def __init__(
        self,
        given: Mapping[str, object],
        changes: Iterable[tuple[Date, Mapping[str, object]]] = (),
        sources: Mapping[str, str] | None = None,
    ) -> None:
        from . import checks  # nothing is checked at import

        self.sources = dict(sources or {})
        problems: list[str] = []
        self.given = _cleaned(given, problems)
        self.changes = tuple(
            (day, _cleaned(values, problems, f" (from {day})"))
            for day, values in sorted(
                ((scalars.to_day("effective", day), values) for day, values in changes), key=lambda change: change[0]
            )
        )
        count = max(numbers(k for values in (self.given, *(v for _, v in self.changes)) for k in values), default=0)
        self.keys = tuple(all_keys(count))
        defaults = {key: _default(key) for key in self.keys}
        if count:
            defaults["annual_charge.form"] = "none"
        super().__init__({**defaults, **self.given})
        self._in_force: dict[int, TermValues] = {}
        if not problems:
            ever = {k for values in (self.given, *(v for _, v in self.changes)) for k, value in values.items() if value}
            problems += checks.problems(self._values, self.given, ever)
            for day, values in self.changes:
                fixed = [key for key in values if not spec_at(key).may_change]
                problems += [f"{key!r} cannot change over time (it does from {day}); give one value." for key in fixed]
                later = self._changed_by(day)
                known = set(problems)
                problems += [p for p in checks.problems(later, {**self.given, **values}, ever) if p not in known]
        if problems:
            raise InvalidTerms(str(given.get("contract.name", "?")), problems)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Terms) and (self._values, self.changes) == (other._values, other.changes)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<Terms {self['contract.name']}>"

    @property
    def name(self) -> str:
        """The contract's short name."""
        return str(self["contract.name"])

    @property
    def title(self) -> str:
        """The contract's printed name, or its short one."""
        return str(self["contract.title"] or self.name)

    def on(self, day: Date) -> TermValues:
        """The values in force on a day."""
        if not self.changes:
            return self
        steps = sum(effective <= day for effective, _ in self.changes)
        if steps not in self._in_force:
            self._in_force[steps] = TermValues(self._changed_by(day))
        return self._in_force[steps]

    def _changed_by(self, day: Date) -> dict[str, TermValue]:
        """The values with what has changed up to a day."""
        values = dict(self._values)
        for effective, changed in self.changes:
            if effective <= day:
                values.update(changed)
        return values

    def ever(self, key: str) -> bool:
        """Whether a rate or an amount is more than nothing, at first or from some day on."""
        found = [self._values.get(key), *(values.get(key) for _, values in self.changes)]
        return any(any(value) if isinstance(value, tuple) else bool(value) for value in found)

    def takes(self, charge: Charge) -> bool:
        """Whether a charge takes anything, at first or from some day on."""
        return any(self.ever(f"{charge.key}.{field}") for field in ("dollars", "rate", "at_least"))

    def replace(self, **changed: object) -> Terms:
        """These terms with other values; ``__`` stands for the dot: ``annual_charge__dollars=30``."""
        return Terms(
            {**self.given, **{k.replace("__", "."): v for k, v in changed.items()}},
            self.changes,
            self.sources,
        )

    def rows(self) -> list[tuple[str, Cell, str, str]]:
        """Term, value, meaning, source: what a Terms sheet shows. A schedule takes one row a contract year."""
        table: list[tuple[str, Cell, str, str]] = []
        for day, values in ((None, {**self._values, **self.given}), *self.changes):
            suffix = "" if day is None else f"{FROM}{day.isoformat()}"
            for key in self.keys:
                value, spec = values.get(key), spec_at(key)
                if value is None or (day is None and key not in self.given and not spec.choices):
                    continue
                source = self.sources.get(key + suffix, "" if key in self.given else DEFAULT)
                meaning = spec.meaning
                if spec.choices:
                    meaning = f"{meaning} Here: {spec.choices[str(value)]}."
                if isinstance(value, tuple):
                    for year, rate in enumerate(value, start=1):
                        what = "CDSC rate" if key == in_cells.CDSC else "Free withdrawal percent"
                        table.append((f"{key}.{year}{suffix}", rate, f"{what} of contract year {year}.", source))
                else:
                    table.append((key + suffix, value, meaning, source))
        return table

    def notes(self) -> list[str]:
        """What is allowed but unlikely, such as a charge of 30% a year: a sentence each, for a person to judge."""
        from . import checks

        return checks.notes(self._values, self.changes) + checks.left_open(self.given)

    # --- what the calculation asks ------------------------------------------------------------------------------------

    def cdsc_rate(self, contract_year: int, day: Date | None = None) -> float:
        """CDSC rate of a contract year (from 1), by the schedule in force on ``day``."""
        values = self if day is None else self.on(day)
        schedule = values["cdsc.schedule"]
        if contract_year < 1:
            raise BadInput(f"'contract_year' must be 1 or more (got {contract_year}).")
        if contract_year <= len(schedule):
            return float(schedule[contract_year - 1])
        if values["cdsc.thereafter"] is not None:
            return values["cdsc.thereafter"]
        if not schedule or schedule[-1] == 0:
            return 0.0
        raise MissingData(
            f"'contract_year' {contract_year} lies beyond the schedule of {self.name} ({counted(len(schedule), 'year')}); "
            "state the rate after it as 'cdsc.thereafter'."
        )


def _default(key: str) -> TermValue:
    """What a key is when left out; None for one that must be given."""
    default = spec_at(key).default
    return None if default is REQUIRED else cast("TermValue", default)


def _near(key: str) -> list[str]:
    """The keys among which a misspelt one is looked for."""
    stem, _, field = key.rpartition(".")
    if elsewhere := [known for known in KEYS if known.rpartition(".")[2] == field]:  # a key in another's table
        return elsewhere
    listed = [f"{stem}.{field}" for field in CHARGE_KEYS]
    return [*KEYS, *(listed if number_and_field(listed[0]) else [])]


def _meant(key: str) -> str:
    """What an unknown key may be, for the end of a sentence: the only one of its name in another table, or the nearest."""
    known = _near(key)
    return f" (did you mean {known[0]!r}?)" if len(known) == 1 else scalars.nearest(key, known)


def _clean(key: str, spec: Key, value: object) -> TermValue:
    """One value as its kind, or a sentence."""
    if spec.kind == "text":
        return str(value).strip()
    if spec.kind == "date":
        return scalars.to_day(key, value)
    if spec.kind == "choice":
        return scalars.choice(scalars.text(key, value), spec.choices, key, spec.also)
    if spec.kind == "fractions":
        items = value if isinstance(value, list | tuple) else [value]
        return tuple(_number(f"{key}.{year}", Key("fraction", ""), item) for year, item in enumerate(items, start=1))
    return _number(key, spec, value)


def _number(key: str, spec: Key, value: object) -> float:
    """A number of its kind, within what it may be."""
    number = scalars.number(key, value)
    if spec.kind in {"dollars", "count"} and isinstance(value, str) and value.strip().endswith("%"):
        raise BadInput(f"'{key}' must be {'dollars' if spec.kind == 'dollars' else 'a whole number'}, not {value.strip()}.")
    if spec.kind == "fraction":
        return scalars.fraction(f"'{key}'", number)
    if number < 0:
        raise BadInput(f"'{key}' must not be negative (got {shortest(number)}).")
    if spec.kind == "count":
        if not number.is_integer():
            raise BadInput(f"'{key}' must be a whole number (got {shortest(number)}).")
        if key.endswith("decimals") and number > 10:
            raise BadInput(f"'{key}' must be at most 10 (got {shortest(number)}).")
        return int(number)
    return number


def _cleaned(values: Mapping[str, object], problems: list[str], where: str = "") -> dict[str, TermValue]:
    """Every value cleaned; a sentence for each that cannot be."""
    cleaned: dict[str, TermValue] = {}
    try:
        values = in_cells.spelled_out(values)
    except FlexExtraError as error:
        problems.append(str(error))
        return cleaned
    for key, value in values.items():
        spec = spec_of(key)
        if spec is None:
            problems.append(f"{key!r}{where} is not a term{_meant(key)}.")
            continue
        try:
            if not isinstance(value, list | tuple) and scalars.is_blank(value):
                raise MissingData(f"'{key}' is blank; fill it in or leave the row out.")
            cleaned[key] = _clean(key, spec, value)
        except FlexExtraError as error:
            problems.append(str(error))
    return cleaned


# --- where terms come from --------------------------------------------------------------------------------------------


def from_rows(rows: Sequence[Sequence[object]], name: str = "the terms range") -> Terms:
    """Terms from a sheet's rows of term and value, or the same in columns; a header and blank rows are skipped."""
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    schedules: dict[tuple[str, datetime.date | None], dict[int, object]] = {}
    listed: dict[tuple[str, datetime.date | None], object] = {}
    changes: dict[Date, dict[str, object]] = {}
    problems: list[str] = []
    notes: Mapping[int, str] = {}
    for row in in_cells.upright_terms([list(row) for row in rows]):
        if len(row) < 2:
            raise BadInput("'terms' must have two columns, term and value; widen the range.")
        if in_cells.is_header(row):
            notes = in_cells.note_columns(row)
            continue
        if scalars.is_blank(row[0]):
            if ranges.is_number(row[1]):
                problems.append(f"A row has the value {row[1]} and no term; name it (a schedule: 'cdsc.schedule.2' …).")
            continue
        scalars.cell_error("terms", row[0])
        label = str(row[0]).strip()
        key, written = in_cells.key_and_day(label)
        stem, _, year = key.rpartition(".")
        if not stem and in_cells.is_blank(row[1]):
            continue  # the title of a section
        try:
            day = scalars.to_day(label, written) if written else None
            value = in_cells.value_of(label, key, row, notes)
        except FlexExtraError as error:
            problems.append(str(error))
            continue
        target = values if day is None else changes.setdefault(day, {})
        blank = in_cells.is_blank(value)
        if stem in in_cells.SCHEDULES and year.isdecimal():
            key = stem
            if int(year) < 1:
                problems.append(f"{label!r}: contract years count from 1; the first rate is '{stem}.1'.")
                continue
            if blank:
                continue
            if int(year) == 1 and in_cells.is_list(value):
                listed[stem, day] = value
            else:
                if int(year) in (rates := schedules.setdefault((stem, day), {})):
                    problems.append(f"{label!r} stands twice; keep one row.")
                rates[int(year)] = value
        elif key in target:
            problems.append(f"{label!r} stands twice; keep one row.")
        elif not blank or (spec := spec_of(key)) is None or spec.default is REQUIRED:
            target[key] = None if blank else value
        if source := in_cells.source_of(row, notes):
            sources[in_cells.dated(key, day)] = source
    for (stem, day), value in listed.items():  # all years in the row of the first
        target = values if day is None else changes.setdefault(day, {})
        if target.get(stem) is not None or (stem, day) in schedules:
            problems.append(f"'{stem}.1' has all contract years, and others are given too; keep one form.")
            schedules.pop((stem, day), None)
        target[stem] = value
    for (stem, day), rates in schedules.items():
        if sorted(rates) != list(range(1, len(rates) + 1)):
            problems.append(f"{stem!r} must have every contract year from 1 to {max(rates)} once; fill the gaps.")
        target = values if day is None else changes.setdefault(day, {})
        if target.get(stem) is not None:
            problems.append(f"{stem!r} is given as a row and by contract year; keep one form.")
        target[stem] = [rates[year] for year in sorted(rates)]
    values.setdefault("contract.name", name)
    if problems:
        raise InvalidTerms(str(values["contract.name"]), problems)
    return Terms(values, changes.items(), sources)


def from_toml(path: Path | str, text: str | None = None) -> Terms:
    """Terms from a TOML file: tables of keys, ``[[changes]]`` with ``effective``, and ``[sources]`` by key."""
    from pathlib import Path

    from ..files import door  # a cell that names no file does without
    from . import checks

    path = Path(path)
    if text is None:
        text = door.text(path, "The terms file", f"There is no terms file {door.shown(path)}.")
    data = door.toml(text, f"The terms file {door.shown(path.name)}")
    data = {k.lower() if k.lower() in {"sources", "changes", "charges"} - set(data) else k: v for k, v in data.items()}
    sources = data.pop("sources", {})
    given_changes = data.pop("changes", [])
    changes = []
    problems: list[str] = []
    listed = data.pop("charges", [])
    if not isinstance(listed, list) or not all(isinstance(charge, dict) for charge in listed):
        problems.append("'charges' must be tables: [[charges]], then a line for each of its keys.")
    elif listed and "charge" in data:
        problems.append("'charges' and 'charge' are both given; keep the tables [[charges]].")
    elif listed:
        data["charge"] = {str(number): charge for number, charge in enumerate(listed, start=1)}
    if not isinstance(sources, dict):
        problems.append("'sources' must be a table: [sources], then a line for each key.")
    if not isinstance(given_changes, list) or not all(isinstance(change, dict) for change in given_changes):
        problems.append("'changes' must be tables: [[changes]], with 'effective' and the keys that change.")
        given_changes = []
    problems += [said for given in (data, *given_changes) for said in checks.no_tables(given)]
    for change in given_changes:
        day = change.pop("effective", None)
        try:
            if not isinstance(day, datetime.date | str):
                raise BadInput("no date")
            changes.append((scalars.to_day("effective", day), _flat(change, problems)))
        except FlexExtraError:
            problems.append("Each [[changes]] needs 'effective' with a date such as 2006-05-01.")
    if problems:
        raise InvalidTerms(path.stem, problems)
    values, told = _flat(data, problems), {k: str(v) for k, v in _flat(sources, problems).items()}
    if problems:
        raise InvalidTerms(path.stem, problems)
    return Terms({"contract.name": path.stem, **values}, changes, told)


def _flat(data: Mapping[str, object], problems: list[str], prefix: str = "") -> dict[str, object]:
    """Tables of keys as one; what says that it is not given is left out."""
    flat: dict[str, object] = {}
    for name, value in data.items():
        inner = _flat(value, problems, f"{prefix}{name}.") if isinstance(value, Mapping) else {}
        if not isinstance(value, Mapping) and not scalars.says_none(value):
            inner = {in_cells.key_of(prefix + name): value}
        problems += [f"{key!r} stands twice; keep one line." for key in inner if key in flat]
        flat |= inner
    return flat


def shipped() -> list[str]:
    """The names of the shipped contracts."""
    return sorted(path.stem for path in _contracts().glob("*.toml"))


def _contracts() -> Path:
    """The folder of the shipped contracts."""
    from pathlib import Path  # a cell that names no contract does without

    return Path(__file__).with_name("contracts")


@functools.lru_cache(maxsize=64)
def load(name: str) -> Terms:
    """A shipped contract by its name."""
    known = shipped()
    chosen = scalars.choice(name, known, "terms")
    return from_toml(_contracts() / f"{chosen}.toml")
