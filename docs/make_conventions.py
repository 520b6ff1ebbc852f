"""Write docs/conventions.md: one series of unit values under every convention: ``python docs/make_conventions.py [FOLDER]``."""

from __future__ import annotations

import datetime
import math
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from xl_flexextra import terms
from xl_flexextra.calculation.contract_figures import ContractFigures
from xl_flexextra.cells.rounding import percent_text
from xl_flexextra.errors import FlexExtraError
from xl_flexextra.inputs.fund_table import Fund
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.review.alternatives import with_choice
from xl_flexextra.terms import Terms, library
from xl_flexextra.terms.charge_keys import spec_at
from xl_flexextra.terms.charges import IN_DOLLARS as IN_DOLLARS_BASES
from xl_flexextra.terms.keys import KEYS

FOLDER = Path(__file__).parent
CASES = FOLDER.parent / "tests" / "cases" / "terms"
D = datetime.date
AS_OF, FIRST = D(2008, 7, 31), D(2003, 3, 17)
PERIODS = ("YTD", "1Y", "3Y", "SI_SUBACCOUNT")
HEADS = ("YTD", "1Y", "3Y", f"since {FIRST}")


class Setting(NamedTuple):
    """Under which a choice can be seen, where the terms and unit values of the other rows hide it."""

    said: str = ""
    terms: tuple[tuple[str, object], ...] = ()
    weekdays: bool = False  # unit values of Monday to Friday alone
    last: str = PERIODS[-1]  # the period of the last column
    inception: datetime.date = FIRST  # of the sub-account


LISTED: tuple[tuple[str, object], ...] = (("charge.1.base", "value"), ("charge.1.rate", 0.01))
IN_DOLLARS: tuple[tuple[str, object], ...] = (("charge.1.base", "dollars"), ("charge.1.dollars", 30))
YEAR_END = ("charge.1.timing", "calendar_year_end")
WAIVED = (("charge.1.waived_above", 1000), ("charge.1.average_contract_size", 1000))
USUAL = Setting()
SETTINGS = {
    "annual_charge.first_stub": Setting(
        "with annual_charge.timing = calendar_year_end", (("annual_charge.timing", "calendar_year_end"),)
    ),
    "cdsc.order": Setting("with cdsc.base = value", (("cdsc.base", "value"),)),
    "cdsc.in_force": Setting(
        "with a CDSC of 3%, 2%, 0% from 2006-05-01", (("cdsc.schedule from 2006-05-01", "3%, 2%, 0%"),)
    ),
    "free_withdrawal.measured": Setting(
        "with free_withdrawal.form = percent_of_value", (("free_withdrawal.form", "percent_of_value"),)
    ),
    "valuation.rule": Setting("with unit values of Monday to Friday alone", weekdays=True),
    "valuation.inception": Setting(
        "with unit values of Monday to Friday alone, from Monday 2003-03-17 on; the sub-account began on Saturday 2003-03-15",
        weekdays=True,
        inception=D(2003, 3, 15),
    ),
    "periods.inception": Setting("with 10Y_OR_SI in the last column", last="10Y_OR_SI"),
    "periods.without_history": Setting("with 7Y in the last column, which begins before the unit values", last="7Y"),
    "charge.1.base": Setting("with one more charge of 1% of value at each anniversary", LISTED),
    "charge.1.timing": Setting("with one more charge of 1% of value at each anniversary", LISTED),
    "charge.1.taken_as": Setting("with one more charge of $30 at each anniversary", IN_DOLLARS),
    "charge.1.final": Setting("with one more charge of 1% of value at each anniversary", LISTED),
    "charge.1.part_year": Setting("with one more charge of 1% of value at each anniversary", LISTED),
    "charge.1.first_stub": Setting("with one more charge of $30 at each year end", (*IN_DOLLARS, YEAR_END)),
    "charge.1.waived_measure": Setting(
        "with one more charge of $30, waived above $1,000 of an average contract of $1,000", (*IN_DOLLARS, *WAIVED)
    ),
    "charge.1.waived_at_limit": Setting(
        "with one more charge of $30, waived above payments of $1,000, which is the payment",
        (*IN_DOLLARS, ("charge.1.waived_above", 1000), ("charge.1.waived_measure", "payments")),
    ),
    "charge.1.order": Setting("with one more charge of $30, and cdsc.base = value", (*IN_DOLLARS, ("cdsc.base", "value"))),
}


BEGIN = D(2002, 12, 31)


@cache
def series(weekdays: bool = False, first: datetime.date = BEGIN) -> UnitValues:
    """A value a calendar day, by a formula that anybody can repeat: a trend, a cycle of three years and one of five weeks."""
    dated = ((k, BEGIN + datetime.timedelta(days=k)) for k in range((AS_OF - BEGIN).days + 1))
    kept = [(k, day) for k, day in dated if day >= first and (not weekdays or day.weekday() < 5)]
    values = [10 * math.exp(0.00012 * k + 0.12 * math.sin(k / 174) + 0.004 * math.sin(k / 5.6)) for k, _ in kept]
    return UnitValues([day for _, day in kept], ("FUND",), [round(value, 6) for value in values])


def base(setting: Setting = USUAL) -> Terms:
    """The template of a B share, with what lets most choices be seen: a smaller contract, a rider, a free amount."""
    own = terms.from_toml(library.find("b_share")).replace(
        annual_charge__average_contract_size=3000, rider__rate=0.004, free_withdrawal__rate=0.1
    )
    if not setting.terms:
        return own
    replaced = {key for key, _ in setting.terms}
    rows = [[key, value] for key, value, *_ in own.rows() if key not in replaced and value is not None]
    return terms.from_rows([*rows, *map(list, setting.terms)])


def figures(own: Terms, setting: Setting = USUAL) -> list[float | FlexExtraError]:
    """The returns of the periods, or why there is none."""
    first = BEGIN if setting.inception == FIRST else FIRST
    fund = Fund("FUND", fund_inception=D(2003, 1, 2), subaccount_inception=setting.inception)
    values = series(setting.weekdays, first)
    grid = ContractFigures(own, values, AS_OF, Shares([(None, "FUND", 0.5)]), Funds((fund,)), "all")
    found: list[float | FlexExtraError] = []
    for code in (*PERIODS[:-1], setting.last):
        try:
            found.append(grid.figure("FUND", code))
        except FlexExtraError as error:
            found.append(error)
    return found


def shown(found: list[float | FlexExtraError]) -> list[str]:
    """Returns as they are printed; the first words of a sentence where there is none."""
    return [said(one) if isinstance(one, float) else str(one).split(";")[0].rstrip(".") for one in found]


def said(value: float) -> str:
    """A return with four decimals; NaN is an empty cell."""
    return percent_text(value, 4) if math.isfinite(value) else "(blank)"


def other(own: Terms, key: str, choice: str) -> tuple[Terms | None, str]:
    """The terms with another choice, and the numbers that it needs, which are said."""
    if key == "charge.1.base":
        if choice in IN_DOLLARS_BASES:
            numbers: dict[str, object] = {"charge.1.dollars": 30}
        else:
            numbers = {"charge.1.rate": 0.01}
        if choice == "average_size":
            numbers["charge.1.average_contract_size"] = 3000
        if "roll_up" in choice:
            numbers["charge.1.roll_up_rate"] = 0.05
        given = {k: v for k, v in own.given.items() if not k.startswith("charge.1.")}
        more = "; ".join(f"{k} = {v}" for k, v in numbers.items() if k != "charge.1.rate")
        return Terms({**given, **numbers, key: choice}, own.changes, own.sources), more
    if (key, choice) == ("charge.1.timing", "payment"):
        return Terms(
            {**own.given, "charge.1.base": "payment", key: choice}, own.changes, own.sources
        ), "charge.1.base = payment"
    if key == "charge.1.waived_measure" and choice != "average_size":
        given = {k: v for k, v in own.given.items() if k != "charge.1.average_contract_size"}
        return Terms({**given, key: choice}, own.changes, own.sources), ""
    return with_choice(own, key, choice)


def with_choices() -> list[str]:
    """Every term that has choices, of the list of charges those of one of them."""
    return [*(key for key, spec in KEYS.items() if spec.choices), *(key for key in SETTINGS if key.startswith("charge."))]


class Moved(NamedTuple):
    """A choice, what it means with the numbers that it needs, and its returns."""

    choice: str
    meaning: str
    returns: list[float | FlexExtraError]


@cache  # the table, the list below it and the pictures ask for the same
def moved(key: str) -> tuple[list[float | FlexExtraError], list[Moved], list[str]]:
    """The returns of the terms as they are for this key, its choices that move one of them, and those that move none."""
    setting = SETTINGS.get(key, USUAL)
    own, spec = base(setting), spec_at(key)
    plain = figures(own, setting)
    found, still = [], []
    for choice in spec.choices:
        changed, more = other(own, key, choice)
        if choice == str(own[key]):
            continue
        if changed is None:
            raise ValueError(f"{key} = {choice} is refused; give it a setting")
        if shown(own_returns := figures(changed, setting)) == shown(plain):
            still.append(choice)
            continue
        found.append(Moved(choice, f"{spec.choices[choice]}{f' (with {more})' if more else ''}", own_returns))
    return plain, found, still


def row(*cells: str) -> str:
    """A row of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def alternatives() -> list[str]:
    """A row for each other choice that moves a return, below the row of the terms as they are."""
    usual = shown(figures(base()))
    lines = [
        row("term and choice", *HEADS, "what it means"),
        row(*["---"] * (2 + len(HEADS))),
        row("**as the terms have it**", *(f"**{one}**" for one in usual), ""),
    ]
    for key in with_choices():
        plain, found, _ = moved(key)
        if found and key in SETTINGS:
            own = base(SETTINGS[key])[key] or "left out"
            lines.append(row(f"**`{key}` = `{own}`**", *(f"**{one}**" for one in shown(plain)), SETTINGS[key].said))
        for one in found:
            returns = [new if new != old else "=" for new, old in zip(shown(one.returns), shown(plain), strict=True)]
            lines.append(row(f"`{key}` = `{one.choice}`", *returns, one.meaning))
    return lines


def unmoved() -> list[str]:
    """A row for each choice that moves none of the returns, with what it is about."""
    lines = [row("term", "choices", "what the term says"), row("---", "---", "---")]
    for key in with_choices():
        _, _, still = moved(key)
        if still:
            lines.append(row(f"`{key}`", ", ".join(f"`{choice}`" for choice in still), spec_at(key).meaning))
    return lines


def filings() -> list[str]:
    """A row for each filing of the cases: its conventions that are not the usual ones."""
    lines = [row("contract", "conventions that are not the default"), row("---", "---")]
    for file in sorted(CASES.glob("*.toml")):
        own = terms.from_toml(file)
        told = [
            f"`{key} = {own[key]}`" for key in own.keys
            if spec_at(key).choices and own[key] is not None and own[key] != (KEYS[key].default if key in KEYS else spec_at(key).default)
        ]  # fmt: skip
        lines.append(row(f"[{own.title}](../tests/cases/terms/{file.name})", ", ".join(told) or "none"))
    return lines


def page() -> str:
    """The whole page."""
    text = [
        "# Conventions: every choice, on one series of unit values",
        "",
        "What does a convention do to a figure? Each row of the table changes one choice and nothing else. `=` means the same return as in the",
        "row in bold type above. What each term means, with a number by hand for each choice: [contract terms](terms.md).",
        "",
        "* One fund and one payment of $1,000, to 31 July 2008. The terms are the template of a B share, with a contract size of $3,000 and a",
        "  rider of 0.4%.",
        "* The unit value of day k after 31 December 2002 is `10 x exp(0.00012 k + 0.12 sin(k / 174) + 0.004 sin(k / 5.6))`, rounded to six",
        "  decimals.",
        "* Some choices cannot be seen under these terms. Their rows begin with a row in bold type that says what else is changed.",
        "",
        "Made by `python docs/make_conventions.py`.",
        "",
        *alternatives(),
        "",
        "## Choices that move none of these returns",
        "They belong to yields, to expense examples, to rounding and to checks; or the days of these periods do not tell them apart.",
        "Each has a number by hand in [terms](terms.md).",
        "",
        *unmoved(),
        "",
        "## Filings as worked examples",
        "The contracts whose published figures tie in `tests/cases`, each a file of terms to begin from, with the source of every number.",
        "",
        *filings(),
        "",
    ]
    return "\n".join(text)


def main(folder: Path = FOLDER) -> None:
    """Write the page."""
    (folder / "conventions.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
