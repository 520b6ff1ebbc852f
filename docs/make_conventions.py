"""Write docs/conventions.md: one series of unit values under every convention: ``python docs/make_conventions.py [FOLDER]``."""

from __future__ import annotations

import datetime
import math
import sys
from pathlib import Path

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
from xl_flexextra.terms.keys import KEYS

FOLDER = Path(__file__).parent
CASES = FOLDER.parent / "tests" / "cases" / "terms"
D = datetime.date
AS_OF, FIRST = D(2008, 7, 31), D(2003, 3, 17)
PERIODS = ("YTD", "1Y", "3Y", "SI_SUBACCOUNT")
HEADS = ("YTD", "1Y", "3Y", f"since {FIRST}")


def series() -> UnitValues:
    """A value a calendar day, by a formula that anybody can repeat: a trend, a cycle of three years and one of five weeks."""
    count = (AS_OF - D(2002, 12, 31)).days + 1
    days = [D(2002, 12, 31) + datetime.timedelta(days=k) for k in range(count)]
    values = [10 * math.exp(0.00012 * k + 0.12 * math.sin(k / 174) + 0.004 * math.sin(k / 5.6)) for k in range(count)]
    return UnitValues(days, ("FUND",), [round(value, 6) for value in values])


def base() -> Terms:
    """The template of a B share, with what lets every choice of it be seen: a smaller contract, a rider, a free amount."""
    return terms.from_toml(library.find("b_share")).replace(
        annual_charge__average_contract_size=3000, rider__rate=0.004, free_withdrawal__rate=0.1
    )


def figures(own: Terms, values: UnitValues) -> list[float | FlexExtraError]:
    """The returns of the periods, or why there is none."""
    funds = Funds((Fund("FUND", fund_inception=D(2003, 1, 2), subaccount_inception=FIRST),))
    grid = ContractFigures(own, values, AS_OF, Shares([(None, "FUND", 0.5)]), funds, "all")
    found: list[float | FlexExtraError] = []
    for code in PERIODS:
        try:
            found.append(grid.figure("FUND", code))
        except FlexExtraError as error:
            found.append(error)
    return found


def returns(own: Terms, values: UnitValues) -> list[str]:
    """The returns of the periods as they are printed; a sentence's first words where there is none."""
    return [percent_text(one, 4) if isinstance(one, float) else str(one).split(";")[0] for one in figures(own, values)]


def row(*cells: str) -> str:
    """A row of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def alternatives() -> list[str]:
    """A row for each other choice that moves a return, below the row of the terms as they are."""
    values, own = series(), base()
    plain = returns(own, values)
    lines = [
        row("term", "choice", "what it means", *HEADS),
        row(*["---"] * (3 + len(HEADS))),
        row("", "**as the terms have it**", "", *(f"**{one}**" for one in plain)),
    ]
    for key in own.keys:
        spec = spec_at(key)
        for choice in spec.choices:
            changed, said = with_choice(own, key, choice)
            if changed is None or choice == str(own[key]) or (other := returns(changed, values)) == plain:
                continue
            meaning = f"{spec.choices[choice]}{f' (with {said})' if said else ''}"
            lines.append(
                row(
                    f"`{key}`",
                    f"`{choice}`",
                    meaning,
                    *(one if one != p else "=" for one, p in zip(other, plain, strict=True)),
                )
            )
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
        "# One series of unit values, every convention",
        "",
        "Made by `python docs/make_conventions.py`. One fund, one payment of $1,000, one set of terms (the template of a B share with a contract",
        "size of $3,000 and a rider of 0.4%), to 31 July 2008. The unit value of day k after 31 December 2002 is",
        "`10 x exp(0.00012 k + 0.12 sin(k / 174) + 0.004 sin(k / 5.6))`, rounded to six decimals; each row changes one convention and nothing else.",
        "`=` is the return of the first row; choices that move none of these four returns are left out. What each term means: [terms](terms.md).",
        "",
        *alternatives(),
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
