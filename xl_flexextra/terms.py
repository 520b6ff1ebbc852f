"""Contract terms: one flat set of named values, from a TOML file or a Terms sheet, valid once made."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import arguments
from .conventions import KEYS, REQUIRED, Key
from .errors import BadInput, FlexExtraError, InvalidTerms, MissingData
from .numbers import shortest
from .ranges import FROM, upright_terms

Date = datetime.date


class Terms:
    """The terms of one contract, immutable. ``terms["annual_charge.dollars"]``; ``terms.on(date)`` with changes.

    ``given`` are the values as given, ``sources`` where each comes from, ``changes`` the (date, values) in force from
    an effective date on. A key that was not given has the default of :data:`xl_flexextra.conventions.KEYS`.
    """

    __slots__ = ("_in_force", "_values", "changes", "given", "sources")

    def __init__(
        self,
        given: Mapping[str, Any],
        changes: Iterable[tuple[Date, Mapping[str, Any]]] = (),
        sources: Mapping[str, str] | None = None,
    ) -> None:
        self.sources = dict(sources or {})
        problems: list[str] = []
        self.given = _cleaned(given, problems)
        self.changes = tuple(
            (day, _cleaned(values, problems, f" (from {day})"))
            for day, values in sorted(
                ((arguments.to_date("effective", day), values) for day, values in changes), key=lambda change: change[0]
            )
        )
        self._values: dict[str, Any] = {
            key: None if spec.default is REQUIRED else spec.default for key, spec in KEYS.items()
        }
        self._values.update(self.given)
        self._in_force: dict[int, Mapping[str, Any]] = {}
        if not problems:
            ever = {k for values in (self.given, *(v for _, v in self.changes)) for k, value in values.items() if value}
            problems += _problems(self._values, self.given, ever)
            for day, values in self.changes:
                fixed = [key for key in values if not KEYS[key].may_change]
                problems += [f"{key!r} cannot change over time (it does from {day}); give one value." for key in fixed]
                later = {**self.on(day)}
                known = set(problems)
                problems += [p for p in _problems(later, {**self.given, **values}, ever) if p not in known]
        if problems:
            raise InvalidTerms(str(given.get("contract.name", "?")), problems)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

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

    def on(self, day: Date) -> Mapping[str, Any]:
        """The values in force on a day."""
        if not self.changes:
            return self._values
        steps = sum(effective <= day for effective, _ in self.changes)
        if steps not in self._in_force:
            values = dict(self._values)
            for _, changed in self.changes[:steps]:
                values.update(changed)
            self._in_force[steps] = values
        return self._in_force[steps]

    def replace(self, **changed: Any) -> Terms:
        """These terms with other values; ``__`` stands for the dot: ``annual_charge__dollars=30``."""
        return Terms(
            {**self.given, **{k.replace("__", "."): v for k, v in changed.items()}},
            self.changes,
            self.sources,
        )

    def rows(self) -> list[tuple[str, Any, str, str]]:
        """Term, value, meaning, source: what a Terms sheet shows. A schedule takes one row a contract year."""
        table: list[tuple[str, Any, str, str]] = []
        for day, values in ((None, {**self._values, **self.given}), *self.changes):
            suffix = "" if day is None else f"{FROM}{day.isoformat()}"
            for key in KEYS:
                value = values.get(key)
                if value is None or (day is None and key not in self.given and not KEYS[key].choices):
                    continue
                source = self.sources.get(key + suffix, "" if key in self.given else "default")
                meaning = KEYS[key].meaning
                if KEYS[key].choices:
                    meaning = f"{meaning} Here: {KEYS[key].choices[value]}."
                if KEYS[key].kind == "fractions":
                    for year, rate in enumerate(value, start=1):
                        table.append((f"{key}.{year}{suffix}", rate, f"CDSC rate of contract year {year}.", source))
                else:
                    table.append((key + suffix, value, meaning, source))
        return table

    # --- what the calculation asks ------------------------------------------------------------------------------------

    def cdsc_rate(self, contract_year: int, day: Date | None = None) -> float:
        """CDSC rate of a contract year (from 1), by the schedule in force on ``day``."""
        values = self._values if day is None else self.on(day)
        schedule = values["cdsc.schedule"]
        if contract_year < 1:
            raise BadInput(f"'contract_year' must be 1 or more (got {contract_year}).")
        if contract_year <= len(schedule):
            return float(schedule[contract_year - 1])
        if values["cdsc.thereafter"] is not None:
            return float(values["cdsc.thereafter"])
        if not schedule or schedule[-1] == 0:
            return 0.0
        raise MissingData(
            f"'contract_year' {contract_year} lies beyond the schedule of {self.name} ({len(schedule)} years); "
            "state the rate after it as 'cdsc.thereafter'."
        )


def _clean(key: str, spec: Key, value: Any) -> Any:
    """One value as its kind, or a sentence."""
    if spec.kind == "text":
        return str(value).strip()
    if spec.kind == "date":
        return arguments.to_date(key, value)
    if spec.kind == "choice":
        return arguments.choice(arguments.text(key, value), spec.choices, key)
    if spec.kind == "fractions":
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            items = [items]
        return tuple(_clean(f"{key}.{year}", Key("fraction", ""), item) for year, item in enumerate(items, start=1))
    number = arguments.number(key, value)
    if spec.kind == "fraction" and not 0 <= number <= 1:
        hint = f"; use {shortest(number / 100)} for {shortest(number)}%" if 1 < number <= 100 else ""
        raise BadInput(f"'{key}' must be between 0 and 1 (got {shortest(number)}){hint}.")
    if number < 0:
        raise BadInput(f"'{key}' must not be negative (got {shortest(number)}).")
    if spec.kind == "count":
        if not number.is_integer():
            raise BadInput(f"'{key}' must be a whole number (got {shortest(number)}).")
        if key.endswith("decimals") and number > 10:
            raise BadInput(f"'{key}' must be at most 10 (got {shortest(number)}).")
        return int(number)
    return number


def _cleaned(values: Mapping[str, Any], problems: list[str], where: str = "") -> dict[str, Any]:
    """Every value cleaned; a sentence for each that cannot be."""
    cleaned: dict[str, Any] = {}
    for key, value in values.items():
        spec = KEYS.get(key)
        if spec is None:
            problems.append(f"{key!r}{where} is not a term{arguments.nearest(key, KEYS)}.")
            continue
        try:
            if not isinstance(value, list | tuple) and arguments.is_blank(value):
                raise MissingData(f"'{key}' is blank; fill it in or leave the row out.")
            cleaned[key] = _clean(key, spec, value)
        except FlexExtraError as error:
            problems.append(str(error))
    return cleaned


def _changed(key: str, values: Mapping[str, Any]) -> bool:
    """Whether a convention is another one than its default."""
    return bool(values[key] != KEYS[key].default)


def _problems(values: Mapping[str, Any], given: Mapping[str, Any], ever: set[str]) -> list[str]:
    """What is missing, and combinations that make no sense, each as a sentence. ``ever``: what is set from some day on."""
    found = [
        f"{key!r} is missing; it must be given." for key, s in KEYS.items() if s.default is REQUIRED and key not in given
    ]
    if found:
        return found
    form, timing, taken_as = (values[f"annual_charge.{k}"] for k in ("form", "timing", "taken_as"))

    def need(condition: bool, key: str, why: str) -> None:
        if condition and values[key] is None:
            found.append(f"{key!r} is missing; {why} needs it.")

    def refuse(condition: bool, sentence: str) -> None:
        if condition:
            found.append(sentence)

    waived = values["annual_charge.waived_above"] is not None
    fractions = form in {"fraction_of_start_value", "fraction_of_end_value"}
    need(form in {"share", "average_size"}, "annual_charge.dollars", f"annual_charge.form {form!r}")
    need(form == "average_size", "annual_charge.average_contract_size", "annual_charge.form 'average_size'")
    need(fractions, "annual_charge.rate", f"annual_charge.form {form!r}")
    need(waived, "annual_charge.average_contract_size", "'annual_charge.waived_above'")
    refuse(waived and form == "none", "'annual_charge.waived_above' means nothing with annual_charge.form 'none'; drop it.")
    need(values["free_withdrawal.form"] != "none", "free_withdrawal.rate", "a free withdrawal amount")
    refuse(
        values["annual_charge.average_contract_size"] == 0,
        "'annual_charge.average_contract_size' must be positive (got 0).",
    )
    refuse(values["payment.amount"] == 0, "'payment.amount' must be positive (got 0).")
    refuse(
        form == "none" and bool(values["annual_charge.dollars"] or values["annual_charge.rate"]),
        "annual_charge.form is 'none', but a charge is given; drop one of them.",
    )
    refuse(
        form in {"share", "average_size"} and "annual_charge.rate" in given,
        f"'annual_charge.rate' means nothing with annual_charge.form {form!r}; drop it.",
    )
    refuse(
        fractions and "annual_charge.dollars" in given,
        f"'annual_charge.dollars' means nothing with annual_charge.form {form!r}; drop it.",
    )
    refuse(
        form == "fraction_of_end_value" and timing == "start_of_contract_year",
        "A fraction of the value at the end of the year cannot be taken at its start; change annual_charge.timing.",
    )
    refuse(
        taken_as == "from_payment" and (fractions or waived),
        "A charge taken from the payment cannot depend on a later value; change annual_charge.taken_as.",
    )
    refuse(
        values["annual_charge.unit_decimals"] is not None and taken_as != "units",
        "'annual_charge.unit_decimals' needs annual_charge.taken_as 'units'.",
    )
    refuse(
        values["annual_charge.final"] == "not_taken" and timing in {"start_of_contract_year", "redemption"},
        f"annual_charge.final 'not_taken' means nothing with annual_charge.timing {timing!r}; drop it.",
    )
    refuse(
        _changed("annual_charge.first_stub", values) and timing != "calendar_year_end",
        "'annual_charge.first_stub' needs annual_charge.timing 'calendar_year_end'.",
    )
    refuse(
        values["free_withdrawal.form"] == "none" and bool(values["free_withdrawal.rate"]),
        "'free_withdrawal.rate' is given, but free_withdrawal.form is 'none'; drop one of them.",
    )
    refuse(
        values["free_withdrawal.measured"] == "after_charge" and values["cdsc.order"] == "before_annual_charge",
        "The free withdrawal amount cannot be measured after the annual charge where CDSC is taken before it.",
    )
    tax, when = values["premium_tax.rate"], values["premium_tax.when"]
    taxed = tax or "premium_tax.rate" in ever
    refuse(
        bool(taxed) and when == "none",
        "'premium_tax.rate' is given, but premium_tax.when is 'none'; drop one of them.",
    )
    refuse(not taxed and when != "none", "'premium_tax.rate' is missing; premium_tax.when needs it.")
    ridden = values["rider.rate"] or "rider.rate" in ever
    stray = [k for k in ("rider.base", "rider.timing", "rider.part_year") if _changed(k, values) and not ridden]
    refuse(bool(stray), f"{', '.join(map(repr, stray))} without a 'rider.rate'; give the rate or drop it.")
    taken = values["payment.front_end_load"] + (tax if when == "at_payment" else 0.0) - values["payment.bonus_rate"]
    refuse(taken >= 1, "Load and premium tax leave nothing of the payment.")
    return found


# --- where terms come from --------------------------------------------------------------------------------------------


def from_rows(rows: list[list[Any]], name: str = "the terms range") -> Terms:
    """Terms from a sheet's rows of term and value, or the same in columns; a header and blank rows are passed over."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    schedules: dict[tuple[str, str], dict[int, Any]] = {}
    changes: dict[Date, dict[str, Any]] = {}
    problems: list[str] = []
    for row in upright_terms(rows):
        if len(row) < 2:
            raise BadInput("'terms' must have two columns, term and value; widen the range.")
        if arguments.is_blank(row[0]) or str(row[0]).strip().lower() in {"term", "key"}:
            continue
        arguments.cell_error("terms", row[0])
        label = str(row[0]).strip()
        key, _, day = label.partition(FROM)
        key = key.strip()
        stem, _, year = key.rpartition(".")
        if stem == "cdsc.schedule" and year.isdecimal():
            if not arguments.is_blank(row[1]):
                if int(year) in (rates := schedules.setdefault((stem, day), {})):
                    problems.append(f"{label!r} stands twice; keep one row.")
                rates[int(year)] = row[1]
                if len(row) >= 4 and not arguments.is_blank(row[3]):
                    sources[stem + (FROM + day if day else "")] = str(row[3])
            continue
        try:
            target = values if not day else changes.setdefault(arguments.to_date(label, day), {})
        except FlexExtraError as error:
            problems.append(str(error))
            continue
        if key in target:
            problems.append(f"{label!r} stands twice; keep one row.")
        if not arguments.is_blank(row[1]) or KEYS.get(key, Key("", "")).default is REQUIRED or key not in KEYS:
            target[key] = row[1]
        if len(row) >= 4 and not arguments.is_blank(row[3]):
            sources[label] = str(row[3])
    for (stem, day), rates in schedules.items():
        if sorted(rates) != list(range(1, len(rates) + 1)):
            problems.append(f"{stem!r} must have every contract year from 1 to {max(rates)} once; fill the gaps.")
        try:
            target = values if not day else changes.setdefault(arguments.to_date(stem, day), {})
        except FlexExtraError as error:
            problems.append(str(error))
            continue
        if stem in target:
            problems.append(f"{stem!r} is given as a row and by contract year; keep one form.")
        target[stem] = [rates[year] for year in sorted(rates)]
    values.setdefault("contract.name", name)
    if problems:
        raise InvalidTerms(str(values["contract.name"]), problems)
    return Terms(values, changes.items(), sources)


def from_toml(path: Path | str, text: str | None = None) -> Terms:
    """Terms from a TOML file: tables of keys, ``[[changes]]`` with ``effective``, and ``[sources]`` by key."""
    import tomllib

    path = Path(path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8") if text is None else text)
    except FileNotFoundError:
        raise MissingData(f"There is no terms file {path}.") from None
    except OSError as error:
        raise BadInput(f"The terms file {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The terms file {path.name} is not valid TOML: {error}.") from None
    sources = data.pop("sources", {})
    given_changes = data.pop("changes", [])
    changes = []
    problems = []
    if not isinstance(sources, dict):
        problems.append("'sources' must be a table: [sources], then a line for each key.")
    if not isinstance(given_changes, list) or not all(isinstance(change, dict) for change in given_changes):
        problems.append("'changes' must be tables: [[changes]], with 'effective' and the keys that change.")
        given_changes = []
    for change in given_changes:
        day = change.pop("effective", None)
        if not isinstance(day, datetime.date):
            problems.append("Each [[changes]] needs 'effective' with a date such as 2006-05-01.")
            continue
        changes.append((day, _flat(change)))
    if problems:
        raise InvalidTerms(path.stem, problems)
    return Terms({"contract.name": path.stem, **_flat(data)}, changes, {k: str(v) for k, v in _flat(sources).items()})


def _flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = value
    return flat


def shipped() -> list[str]:
    """The names of the shipped contracts."""
    folder = Path(__file__).with_name("contracts")
    return sorted(path.stem for path in folder.glob("*.toml"))


@functools.lru_cache(maxsize=64)
def load(name: str) -> Terms:
    """A shipped contract by its name."""
    known = shipped()
    chosen = arguments.choice(name, known, "terms")
    return from_toml(Path(__file__).with_name("contracts") / f"{chosen}.toml")
