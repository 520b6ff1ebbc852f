"""Options that several commands share: the inputs of an update, and what of them is changed for once."""

from __future__ import annotations

from typing import Annotated

import typer

# Files of one kind are joined (inputs/joined.py): each of these options may be given again.
UnitValuesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--unit-values", help="CSV, Parquet or Excel, wide or long; book.xlsx#Name for a table or sheet; repeatable."
    ),
]
TermsOption = Annotated[
    list[str] | None, typer.Option("--terms", help="TOML or table of terms, or a shipped name; repeatable.")
]
SharesOption = Annotated[list[str] | None, typer.Option("--shares", help="Fund and share of the annual charge; repeatable.")]
FundsOption = Annotated[
    list[str] | None, typer.Option("--funds", help="Funds in the order of the page, with inception dates; repeatable.")
]
RatesOption = Annotated[list[str] | None, typer.Option("--rates", help="Declared interest rates; repeatable.")]
HolidaysOption = Annotated[
    list[str] | None,
    typer.Option(
        "--holidays", help="Date and name of days without business. Left out: the sample's, where they reach. Repeatable."
    ),
]
PublishedOption = Annotated[
    list[str] | None, typer.Option("--published", help="Printed figures to tie to; - reads a pipe; repeatable.")
]
RoundingOption = Annotated[
    bool, typer.Option("--rounding-ok", help="Exit code 0 where figures differ by their last digit's rounding alone.")
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="Last day of the update: 2008-07-31. Left out: the last date.")
]
PaymentOption = Annotated[
    float | None, typer.Option("--payment", help="The hypothetical payment, 10000 for $10,000. Left out: the terms'.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="What if: a term with another value, annual_charge.dollars=30; repeatable."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object in place of texts and tables.")]
