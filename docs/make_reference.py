"""Write docs/functions.md, docs/terms.md, docs/tables.md and docs/where-it-runs.md from their declarations: ``python docs/make_reference.py [FOLDER]``."""

from __future__ import annotations

import inspect
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path

from flexextra_udfs import (
    AATR,
    CDSC_AMOUNT,
    FREE_WITHDRAWAL,
    MONEY_MARKET_BASE_RETURN,
    MONEY_MARKET_EFFECTIVE_YIELD,
    MONEY_MARKET_YIELD,
    PERIOD_BASE_DATE,
    YEARS_BETWEEN,
)

from xl_flexextra import catalogue
from xl_flexextra.calculation import periods
from xl_flexextra.functions.written import formula, gives
from xl_flexextra.hosts.native import coverage
from xl_flexextra.inputs import input_tables, table_columns
from xl_flexextra.terms import keys
from xl_flexextra.terms.charge_keys import CHARGE_KEYS

FOLDER = Path(__file__).parent


def cell(text: object) -> str:
    """Text that a Markdown table can hold."""
    return str(text).replace("|", "\\|").replace("\n", " ")


def paragraph(*sentences: str) -> str:
    """Sentences as lines of a page."""
    return textwrap.fill(" ".join(sentences), 125, break_long_words=False, break_on_hyphens=False)


def functions_page() -> str:
    """Every worksheet function: signature, formula, arguments, examples with what they give."""
    lines = [
        "# Worksheet functions",
        "",
        paragraph(
            "Generated from their declarations by `docs/make_reference.py`. Returns are fractions: 0.0525 means 5.25%. `[…]` may be left out.",
            "Ranges may be rows or columns; blanks at their end are ignored. Dates are date cells, serial numbers or ISO text. The same functions",
            "are plain Python: `from flexextra_udfs import AATR`.",
        ),
        "",
        paragraph(
            'Why a cell shows an error says `=EXPLAIN_ERROR("CDSC_RATE", …)` with the arguments of that cell.',
            "Missing data is `#N/A`, bad input `#VALUE!`, no solution `#NUM!`; an error in an argument comes out as that error. A blank cell is",
            "never a number: for an argument that may be left out it counts as left out, for one that must be given it is `#N/A` (in LibreOffice",
            "Calc a blank *single* cell arrives as 0).",
        ),
    ]
    lines += ["", "## Periods", "", *periods_list()]
    category = ""
    for function in catalogue.functions():
        if function.category != category:
            category = function.category
            lines += ["", f"## {category}"]
        lines += [
            "",
            f"### {function.name}",
            "",
            f"`={function.signature}`",
            "",
            "```text",
            inspect.cleandoc(function.doc),
            "```",
        ]
        if function.arguments:
            lines += ["", "| argument | meaning |", "| --- | --- |"]
            lines += [
                f"| `{a.name}`{' (optional)' if a.optional else ''} | {cell(a.description)} |" for a in function.arguments
            ]
        if function.in_calc:
            lines += ["", paragraph(*function.in_calc)]
        lines += ["", "| example | gives | source |", "| --- | --- | --- |"]
        lines += [f"| `{cell(formula(function, e))}` | {cell(gives(e))} | {cell(e.source)} |" for e in function.examples]
    return "\n".join(lines) + "\n"


def periods_list() -> Iterator[str]:
    """Every kind of period, with the days of one to 31 July 2008."""
    yield paragraph(
        "Wherever a `period` is taken: in the functions, in the published figures, as a column of a report. Case, blanks and",
        "words do not matter: `1y`, `3 years`, `year to date`. To 31 July 2008, for an inception on 3 May 1999, they begin on:",
    )
    yield ""
    yield "| period | meaning | begins |"
    yield "| --- | --- | --- |"
    for code, meaning in periods.KINDS:
        yield f"| `{code}` | {meaning} | {PERIOD_BASE_DATE('2008-07-31', code, '1999-05-03')} |"


def terms_page() -> str:
    """Every key of contract terms, with its choices."""
    lines = [
        "# Contract terms",
        "",
        paragraph(
            "Generated from `xl_flexextra/terms/keys.py` by `docs/make_reference.py`. A contract is a TOML file, or a worksheet range of term and",
            "value with the same keys (`annual_charge.dollars`), passed to a function as `terms`. `xl-flexextra terms show flexible` shows a shipped",
            "one, `terms check FILE` lists every problem.",
        ),
        "",
        "```toml",
        "[contract]",
        'name = "my_contract"      # may be left out of a file: its name serves',
        "[annual_charge]",
        'form = "share"          # dollars x the sub-account\'s share',
        "dollars = 35.00",
        "[cdsc]",
        "schedule = [0.08, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01, 0.00]",
        "[free_withdrawal]",
        'form = "percent_of_value"',
        "rate = 0.10",
        "[[changes]]              # values from an effective date on",
        "effective = 2006-05-01",
        "annual_charge.dollars = 30.00",
        "[sources]                # where each number comes from",
        '"annual_charge.dollars" = "prospectus of 1 May 2005, page 12"',
        "```",
        "",
        paragraph(
            "On a sheet a schedule is a row a contract year (`cdsc.schedule.1`, `cdsc.schedule.2` …), one text (`8%, 8%, 7%, 0% thereafter`; also",
            "separated by `;` or `/`), or a row whose rates stand in the cells behind each other. A changed value is",
            "`annual_charge.dollars from 2006-05-01`. Keys may be written in any case. `n/a` and a dash mean that a value is not given. Titles of",
            "sections without a value are ignored. Two numbers in one row of any other key are refused.",
            "`terms check` also notes what is allowed but unlikely, such as a rider of 30% a year. Keys marked ↻ may change over time.",
        ),
        "",
        paragraph(
            "Examples: the terms of other insurers' contracts with the figures that they reproduce, every number with its source, are in",
            "[tests/cases](../tests/cases/README.md).",
        ),
        "",
        paragraph(
            'In Python a function takes a file as `terms=from_toml("my_contract.toml")`, of `xl_flexextra.terms`. Months and quarters count from the',
            "payment's day; from a month end they go to month ends (30 November, 28 or 29 February, 31 May …).",
        ),
        "",
        "| key | kind | when left out | meaning |",
        "| --- | --- | --- | --- |",
    ]
    lines += [key_row(key, spec) for key, spec in keys.KEYS.items()]
    lines += ["", *charges_section()]
    return "\n".join([*lines, *worked_numbers()]) + "\n"


def key_row(key: str, spec: keys.Key) -> str:
    """A key as a row of a table."""
    default = (
        "the file's name"
        if key == "contract.name"
        else "**must be given**, unless there is a list of charges"
        if key == "annual_charge.form"
        else "**must be given**"
        if spec.default is keys.REQUIRED
        else ""
        if spec.default is None
        else f"`{spec.default}`"
    )
    choices = "".join(f"<br>`{name}`: {cell(seen(meaning, key, name))}" for name, meaning in spec.choices.items())
    meaning = cell(seen(spec.meaning, key, ""))
    return f"| `{key}`{' ↻' if spec.may_change else ''} | {spec.kind} | {default} | {meaning}{choices} |"


def charges_section() -> Iterator[str]:
    """The list of charges: how it is written, what each charge may say, and the order in which all of it is taken."""
    yield "## The list of charges"
    yield ""
    yield paragraph(
        "A contract may have any number of charges, each with its own base, timing, limits and waiver. In a file each is a table",
        "`[[charges]]`; on a sheet their keys are numbered, `charge.1.base`, `charge.2.rate` …, and `[sources]` and `[[changes]]` name them so",
        "too: `charge.2.rate from 2006-05-01`. `annual_charge.*` and `rider.*` are the short form for one charge of the most common kinds and",
        "one rider; they may stand beside the list.",
    )
    yield ""
    yield from (
        "```toml",
        "[[charges]]",
        'name = "administration"',
        'base = "average_size"    # 30 x 1,000 / 40,000 = 0.75',
        "dollars = 30",
        "average_contract_size = 40000",
        "[[charges]]",
        'name = "GMIB"',
        'base = "greater_of_roll_up_and_value"',
        "rate = 0.0025            # of 1,050 after a year: 2.625",
        "roll_up_rate = 0.05",
        "[[changes]]",
        "effective = 2006-05-01",
        "charge.2.rate = 0.003",
        "```",
    )
    yield ""
    yield "| key | kind | when left out | meaning |"
    yield "| --- | --- | --- | --- |"
    for field, spec in CHARGE_KEYS.items():
        yield key_row(f"charge.1.{field}", spec)
    yield ""
    yield paragraph(
        "**Order.** Of the payment: the load, the bonus and the premium tax, each a fraction of the payment as made, none of what another",
        "leaves: 1,000 - 5% load 50 + 3% bonus 30 - 2% premium tax 20 = 960. Then the charges off the payment; what is left is invested. On a",
        "day of charges: the annual charge, the rider, then the list from its first charge on. Each is measured on the value before that day's",
        "charges (`end_value` aside) and takes no more than those before it leave. At redemption: charges, CDSC, charges that come after it;",
        "premium tax is of the value after all charges. `CONTRACT_PATH` shows a row for each step of the payment and a column a charge.",
    )


def worked_choices() -> Iterator[str]:
    """Every choice with a number by hand; tests/core/test_worked.py evaluates the arithmetic and compares."""
    page = tomllib.loads((FOLDER / "worked.toml").read_text(encoding="utf-8"))
    yield "## Every choice, worked"
    yield ""
    values = ", ".join(f"{value:.2f} on {day}" for day, value in page["values"].items())
    yield paragraph(
        f"$1,000 are paid on {page['start']} and redeemed on {page['until']} where no other days stand. The unit value is {values}.",
        f"The sub-account's share is {page['share']:.0%}. Nothing else is charged but what stands under *given*.",
    )
    yield ""
    yield "| key and choice | given | by hand | ERV, or return |"
    yield "| --- | --- | --- | --- |"
    for one in page["worked"]:
        given = [f"{key} {value}" for key, value in one["terms"].items()]
        given += [f"paid {one['start']}"] if "start" in one else []
        given += [f"redeemed {one['until']}"] if "until" in one else []
        taken = [f"{what} {arithmetic(one[what])}" for what in ("taken", "cdsc", "tax") if what in one]
        note = f" ({one['note']})" if "note" in one else ""
        name = one["key"].replace("charge.", "charge.1.", 1) if one["key"].startswith("charge.") else one["key"]
        choice = f" `{one['choice']}`" if "choice" in one else ""
        result = f"{arithmetic(one['rate'], 6)}" if "rate" in one else arithmetic(one["left"])
        row = f"| `{name}`{choice} | {cell('; '.join(given))}{note} | {cell('; '.join(taken))} | {cell(result)} |"
        for written, place in enumerate(one.get("order", ()), start=1):  # which charge of the list stands where
            row = row.replace(f"charge.{place}.", f"charge.@{written}.")
        yield row.replace("charge.@", "charge.")


def arithmetic(by_hand: str, decimals: int = 4) -> str:
    """Arithmetic as people write it, with its result."""
    result = f"{eval(by_hand, {'max': max, 'min': min}):,.{decimals}f}"
    whole, point, places = result.rpartition(".")
    result = f"{whole}{point}{places.rstrip('0').ljust(2, '0')}"
    shown = by_hand.replace("**", "^").replace("*", "x")
    plain = by_hand.replace(".", "", 1).isdigit()
    return result if plain else f"{shown} = {result}"


def worked_numbers() -> list[str]:
    """What choices make of the same inputs, computed by the functions: the sections, as lines of Markdown."""
    return [line for section in (worked_choices, year_counts, free_amounts, yields) for line in ["", *section()]]


def year_counts() -> Iterator[str]:
    """One period by every count of years."""
    start, finish = "1999-01-04", "2000-12-31"
    yield "## Years of a period, counted"
    yield ""
    yield f"$1,000 have become $1,115.67 from {start} to {finish}: 727 days, or 728 with the first and the last one counted."
    yield ""
    yield "| `years.basis` | n | return |"
    yield "| --- | --- | --- |"
    numbers = {name: number for number, name in keys.YEARFRAC.items()}
    for name in keys.YEAR_COUNTS:
        years = YEARS_BETWEEN(start, finish, name)
        also = f" (or {numbers[name]})" if name in numbers else ""
        yield f"| `{name}`{also} | {years:.6f} | {AATR(1000, 1115.67, years):.4%} |"


def free_amounts() -> Iterator[str]:
    """One redemption by every form of the free withdrawal amount."""
    yield "## Free withdrawal amount"
    yield ""
    yield "$1,000 were paid in, $1,100 were there on the anniversary before, $1,150 are there now; the percent is 10%, the CDSC 6%."
    yield ""
    yield "| `free_withdrawal.form` | free | CDSC |"
    yield "| --- | --- | --- |"
    for form in keys.KEYS["free_withdrawal.form"].choices:
        rate = [] if form == "none" else [["free_withdrawal.rate", 0.1]]
        terms = [["annual_charge.form", "none"], ["cdsc.schedule", 0.06, 0.06], ["free_withdrawal.form", form], *rate]
        free, charge = (f(terms, 2, 1150, 1000, 0, 1100) for f in (FREE_WITHDRAWAL, CDSC_AMOUNT))
        yield f"| `{form}` | {free:.2f} | {charge:.2f} |"


def yields() -> Iterator[str]:
    """One base period by each choice of days and year."""
    yield "## Money market yields"
    yield ""
    yield (
        "A unit value goes from 12.470085 on 2000-12-22 to 12.480695 on 2000-12-31: a base return of 0.000850836. With "
        "`yield.dates` `must_match` the nine days are an error where 7 are stated."
    )
    yield ""
    yield "| `yield.dates` | year | current yield | effective yield |"
    yield "| --- | --- | --- | --- |"
    base, dates = MONEY_MARKET_BASE_RETURN(12.470085, 12.480695), ("2000-12-22", "2000-12-31")
    for rule in ("base_days", "days_between"):
        for year in keys.YIELD_YEARS:
            rows = [["annual_charge.form", "none"], ["cdsc.schedule", 0], ["yield.dates", rule]]
            terms = [*rows, ["yield.current_year", year], ["yield.effective_year", year]]
            current = MONEY_MARKET_YIELD(base, None, None, terms, *dates)
            effective = MONEY_MARKET_EFFECTIVE_YIELD(base, None, None, terms, *dates)
            yield f"| `{rule}` | `{year}` | {current:.4%} | {effective:.4%} |"
    rows = [["annual_charge.form", "average_size"], ["annual_charge.dollars", 30], ["cdsc.schedule", 0]]
    charged = MONEY_MARKET_BASE_RETURN(10, 10.0085, 0, None, [*rows, ["annual_charge.average_contract_size", 40000]])
    yield ""
    yield (
        "A charge of $30 a year and an average contract of $40,000 take 30 / 40,000 x 10 x 7 / 365 = 0.00014384 from an "
        f"account of 10 in seven days: from 10 to 10.0085 the base return is {charged:.9f}."
    )


def seen(text: str, key: str, choice: str) -> str:
    """A meaning with the contracts that it is known from."""
    where = keys.SEEN_AT.get((key, choice))
    return f"{text.removesuffix('.')} ({where}){'.' if text.endswith('.') else ''}" if where else text


def tables_page() -> str:
    """Every table of inputs, with its columns."""
    lines = [
        "# Tables of inputs",
        "",
        "Generated from `xl_flexextra/inputs/` by `docs/make_reference.py`. The columns of each table of inputs, as a built workbook and the template have",
        "them. In people's files the columns of Funds and Published are found by their names or other headings, in any case of letters and in any order, and other",
        "columns are skipped (a heading of Published may have blanks for underscores: `As Of`); those of the other tables by their places.",
    ]
    for table in input_tables.TABLES:
        lines += [
            "",
            f"## {table.name}",
            "",
            f"{table.title}. {table.note}",
            "",
            "| column | holds | what it is for | also called |",
        ]
        lines.append("| --- | --- | --- | --- |")
        for column in table.columns:
            other = [f"`{heading}`" for heading in (column.percentages, *column.headings) if heading]
            needed = " **Needed.**" if column.needed else ""
            lines.append(
                f"| `{column.name}` | {table_columns.KINDS[column.kind]} | {cell(column.help)}{needed} | {', '.join(other)} |"
            )
    return "\n".join(lines) + "\n"


def where_page() -> str:
    """Where each function and each convention runs."""
    lines = [
        "# Where it runs",
        "",
        paragraph(
            "Generated from the functions, the table of conventions and the source of the native LAMBDAs by",
            "`docs/make_reference.py`. The add-in for Excel, the extension for Calc and Python have one core: what one knows, all know.",
            "The native functions (docs/native.md) are written apart; what they do not know is an error there. One call gives one figure:",
            "but for funds and periods of CONTRACT_AATR a range where one value belongs is #VALUE!.",
        ),
        "",
        "| function | Excel add-in | native | Calc | Python | remark on native |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{name}` | yes | {'yes' if is_native else 'no'} | yes | yes | {cell(remark)} |"
        for name, is_native, remark in coverage.functions()
    ]
    lines += ["", "## Conventions", "", "Of a listed charge without its number: `charge.rate` is `charge.1.rate`.", ""]
    lines += ["| term | Excel add-in, Calc, Python | native |", "| --- | --- | --- |"]
    for one in coverage.conventions():
        everywhere = ", ".join(f"`{choice}`" for choice in one.spec.choices) or one.spec.kind
        refused = f"all but {', '.join(f'`{choice}`' for choice in one.refused)}" if one.refused else "all"
        native = (
            (refused if one.spec.choices else "yes") if one.used or one.refused else "may be given; no figure depends on it"
        )
        lines.append(f"| `{one.key}` | {everywhere} | {native} |")
    return "\n".join(lines) + "\n"


def main(folder: Path = FOLDER) -> None:
    """Write the pages."""
    (folder / "functions.md").write_text(functions_page(), encoding="utf-8", newline="\n")
    (folder / "terms.md").write_text(terms_page(), encoding="utf-8", newline="\n")
    (folder / "tables.md").write_text(tables_page(), encoding="utf-8", newline="\n")
    (folder / "where-it-runs.md").write_text(where_page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
