"""A reading as the tables that other commands take, and as draft terms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..terms import keys
from . import confirmed
from .contracts import slug
from .draft_terms import Draft
from .reading import Reading
from .tables import Printed

PUBLISHED = (
    "table",
    "contract",
    "as_of",
    "fund",
    "period",
    "return_pct",
    "measure",
    "charges",
    "decimals",
    "text",
    "printed_measure",
    "printed_fund",
    "heading",
    "caption",
    "group",
    "start",
    "page",
    "line",
    "confirmed",
)
FUNDS = (
    "fund",
    "printed_name",
    "asset_class",
    "fund_inception",
    "subaccount_inception",
    "aliases",
    "notes",
    "former_names_until",
    "seen_at",
    "remark",
)
OPEN = ("page", "line", "text", "why")


def table_id(figure: Printed) -> str:
    """The name of a printed table: ours where its caption says which it is, else as printed."""
    kind = figure.kind
    if figure.charges and "separate account" in figure.caption.lower() + figure.heading.lower():
        return "fund_and_separate_account" if figure.charges == "asset" else "after_contract_charges"
    if kind.startswith("standardized") and (figure.contract or figure.charges == "all"):
        return "standardized"
    return figure.caption


def measure(figure: Printed) -> str:
    """The measure of the product for a printed one."""
    return "cumulative" if "cumulative" in figure.kind else "return"


def published(
    reading: Reading, figures: list[Printed] | None = None, told: Sequence[confirmed.Decision] = ()
) -> list[list[Any]]:
    """The printed figures as rows of published.csv. ``told``: what a person confirmed."""
    rows: list[list[Any]] = [list(PUBLISHED)]
    yes = confirmed.confirmed_figures(reading, told) if told and figures is None else []
    for place, one in enumerate(reading.figures if figures is None else figures):
        contract = reading.contracts.code(one.contract)
        implied = "all" if contract else "asset"
        charges = one.charges if one.charges and one.charges != implied else ""
        rows.append(
            [
                table_id(one),
                contract,
                reading.day(one.as_of),
                reading.code(one.fund),
                reading.period(one),
                one.value,
                measure(one),
                charges,
                one.decimals if one.value else "",
                one.text,
                one.kind,
                one.fund,
                one.heading,
                one.caption,
                one.group,
                one.start,
                one.line.page,
                one.line.number,
                "yes" if yes and yes[place] else "",
            ]
        )
    return rows


def funds(reading: Reading) -> list[list[Any]]:
    """The funds as rows of funds.csv."""
    rows: list[list[Any]] = [list(FUNDS)]
    for one in reading.funds:
        names = list(dict.fromkeys([*one.aliases, *(name for name, _ in one.former)]))
        until = "; ".join(f"{name} until {day}" for name, day in one.former if day)
        seen = "; ".join(f"{what}: {line.place}" for what, line in one.places.items())
        rows.append(
            [
                one.code,
                one.name,
                one.asset_class,
                reading.day(one.fund_inception),
                reading.day(one.subaccount_inception),
                "; ".join(names),
                ", ".join(one.notes),
                until,
                seen,
                one.guessed,
            ]
        )
    return rows


def rates(reading: Reading) -> list[list[Any]]:
    """The interest rates as rows of interest_rates.csv."""
    rows: list[list[Any]] = [["effective_date", "kind", "rate", "text", "page", "line"]]
    for one in reading.rates:
        day = f"{one.day}-01-01" if re.fullmatch(r"\d{4}", one.day) else reading.day(one.day)
        rows.append([day, one.kind, f"{float(one.percent) / 100:.6f}".rstrip("0"), one.text, one.line.page, one.line.number])
    return rows


def open_rows(reading: Reading) -> list[list[Any]]:
    """What was seen and not understood, as rows of open.csv."""
    rows: list[list[Any]] = [list(OPEN)]
    rows += [[one.line.page, one.line.number, one.text, one.why] for one in reading.open]
    rows += [["", "", "", note] for note in reading.notes]
    return rows


def terms(reading: Reading, draft: Draft) -> str:
    """The draft terms of one contract as TOML; what is not printed stays open, marked."""
    name = slug(draft.name)
    given: dict[str, tuple[str, str]] = {
        "contract.name": (f'"{name}"', "name given here: text for formulas"),
        "contract.title": (_quoted(draft.name), f"{reading.document.name}: the name of the contract as printed"),
    }
    if draft.code:
        given["contract.code"] = (_quoted(draft.code), "code given here: the contract's column in the published figures")
    for key in keys.KEYS:
        one = draft.chosen(key)
        if one is None:
            continue
        source = f"{reading.document.name}, {one.line.place}, confidence {one.confidence}: {one.words}"
        if draft.contradicted(key):
            others = "; ".join(
                dict.fromkeys(
                    f"{other.value} at {other.line.place}" for other in draft.values[key] if other.value != one.value
                )
            )
            source = f"CONTRADICTED: {others}. {source}"
        given[key] = (one.value, source)
    remarks = _needed(given)
    open_keys = [
        key
        for key, one in keys.KEYS.items()
        if key not in given and not key.startswith(("charge.", "expense.", "yield.", "rider")) and one.kind == "choice"
    ]
    lines = [
        f"# Draft terms read from {reading.document.name}; a person confirms them before a figure counts.",
        "# Each value has its words and its place below, under [sources].",
        *remarks,
        "",
    ]
    room = ""
    for key, (value, _) in sorted(given.items(), key=lambda item: list(keys.KEYS).index(item[0])):
        table, _, own = key.rpartition(".")
        if table != room:
            lines += [f"[{table}]"] if not room else ["", f"[{table}]"]
            room = table
        lines.append(f"{own} = {value}")
    lines += ["", "# Open, as the document does not print it (the usual choice counts until then):"]
    lines += [f"# {key}" for key in open_keys]
    lines += ["", "[sources]", *(f'"{key}" = {_quoted(source)}' for key, (_, source) in given.items()), ""]
    return "\n".join(lines)


def _needed(given: dict[str, tuple[str, str]]) -> list[str]:
    """Fill in what terms cannot do without, marked as open."""
    remarks = []
    if "annual_charge.form" not in given:
        form = "share" if "annual_charge.dollars" in given else "none"
        given["annual_charge.form"] = (
            f'"{form}"',
            f"OPEN: not printed; '{form}' stands here so that the draft can be computed",
        )
        remarks.append(f"# OPEN: annual_charge.form is not printed; {form!r} stands in its place.")
    if "cdsc.schedule" not in given:
        given["cdsc.schedule"] = ("[0.0]", "OPEN: none was read; no charge stands here so that the draft can be computed")
        given["cdsc.thereafter"] = ("0.0", "OPEN: as cdsc.schedule")
        remarks.append("# OPEN: no cdsc.schedule was read; no charge stands in its place.")
    if "free_withdrawal.rate" in given and "free_withdrawal.form" not in given:
        del given["free_withdrawal.rate"]
    return remarks


def _quoted(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
