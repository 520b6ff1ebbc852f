"""``report``, ``tie-out`` and ``new``: the update, its tie to the printed page, a blank template."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from ..errors import BadInput, PassedError
from ..files import atomic, targets
from . import figures_shown, in_json, screen
from .codes import LOOK
from .options import (
    AsOfOption,
    FundsOption,
    HolidaysOption,
    JsonOption,
    PaymentOption,
    PublishedOption,
    RatesOption,
    RoundingOption,
    SetOption,
    SharesOption,
    TermsOption,
    UnitValuesOption,
)
from .signs import AllowLargeOption, DateFormatOption, DecimalOption, ThousandsOption, files_by, say_notes
from .working import working

if TYPE_CHECKING:
    from ..sources.files import Files
    from .given_tables import Named

EITHER = "Give either a workbook or files; of a workbook only --published and --set may differ."
WORKBOOKS = (".xlsx",)  # what XlsxWriter writes without macros


def _computed(files: Files, *given: Any, **more: Any) -> Any:
    from ..update import report
    from .own_data import gather

    with working("Computing the tables …"):
        return report.compute(gather(*given, files=files, **more))


def _of_workbook(book: Path, published: Named, changed: Sequence[str], files: Files) -> Any:
    """The update that a workbook's inputs give, computed again."""
    from ..update import report
    from . import review_data
    from .given_tables import read_published
    from .own_terms import what_if

    inputs = review_data.from_workbook(book)
    inputs = dataclasses.replace(inputs, contracts=what_if(inputs.contracts, changed))
    if published:
        inputs = dataclasses.replace(inputs, published=read_published(published, files, inputs.funds))
    with working("Computing the tables …"):
        return report.compute(inputs)


def note_day(inputs: Any, as_of: str | None) -> None:
    """Say how the last day was found where it is not what the unit values end with, or may not be what is meant."""
    from .own_data import day_note

    if note := day_note(inputs, as_of):
        screen.say(note)


def report(
    book: Annotated[
        Path | None,
        typer.Argument(
            help="An update or review workbook, built anew from its own inputs. Left out: the sample, or the files named."
        ),
    ] = None,
    unit_values: UnitValuesOption = None,
    terms: TermsOption = None,
    shares: SharesOption = None,
    funds: FundsOption = None,
    rates: RatesOption = None,
    published: PublishedOption = None,
    disclosures: Annotated[str | None, typer.Option(help="Your disclosure text, a paragraph a line.")] = None,
    as_of: AsOfOption = None,
    holidays: HolidaysOption = None,
    periods: Annotated[
        str | None,
        typer.Option(help="Columns of the month-end tables: 'YTD,1Y,5Y,5Y cumulative,39M,SI_FUND,2001-05-01..2003-12-31'."),
    ] = None,
    standard_periods: Annotated[
        str | None, typer.Option(help="Columns of the standardized tables, to the quarter end. Left out: 1Y,5Y,10Y.")
    ] = None,
    payment: PaymentOption = None,
    changed: SetOption = None,
    oddities: Annotated[
        str | None,
        typer.Option(help="What the document gets wrong, as read writes it: a table of the workbook and its review."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The workbook to write. Left out: flex_extra_performance_update.xlsx, of own data performance_update.xlsx; "
            "with --native flex_extra_native.xlsx, performance_native.xlsx; of a workbook BOOK_values, _native, _anew.",
            show_default=False,
        ),
    ] = None,
    values: Annotated[bool, typer.Option("--values", help="A copy of values, without formulas.")] = False,
    native: Annotated[
        bool,
        typer.Option(
            "--native", help="With the functions inside, for Excel 365 and 2024 (Mac, web) with nothing installed."
        ),
    ] = False,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    rounding_ok: RoundingOption = False,
    allow_large: AllowLargeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Rebuild the performance update: the July 2008 sample, or your own data."""
    with in_json.answer(as_json) as found:
        from .own_data import NO_HOLIDAYS

        if native and values:
            raise BadInput("--native writes formulas and --values none; give one of the two.")
        out = out or (_beside(book, values, native) if book else _named(bool(unit_values), native))
        targets.refuse(out, force, WORKBOOKS, source=book)
        files = files_by(decimal, thousands, date_format)
        more = {"periods": periods, "standard_periods": standard_periods, "payment": payment, "changed": changed or ()}
        more["oddities"] = oddities
        if book is not None:
            files_named = unit_values, terms, shares, funds, rates, disclosures, holidays, oddities
            if any((*files_named, as_of, periods, standard_periods, payment)):
                raise BadInput(EITHER)
            update = _of_workbook(book, published, changed or (), files)
        else:
            update = _computed(
                files, unit_values, terms or [], shares, funds, rates, published, disclosures, as_of, holidays, **more
            )
        say_notes(files)
        found |= in_json.update(update)
        figures_shown.tables(update)
        atomic.replace(out, _writing(update, values, native))
        found["written"] = out
        screen.say(f"Written: {out}")
        note_day(update.inputs, as_of)
        if not update.inputs.holidays:
            screen.say(f"Note: {NO_HOLIDAYS} Give them with --holidays.")
        _say_columns(update)
        odd = say_odd_inputs(update.inputs)
        figures_shown.headline(update, rounding_ok)
        if odd or update.cells_of(PassedError):
            raise typer.Exit(LOOK)


def _named(own: bool, native: bool) -> Path:
    """The workbook that is written where none is named."""
    what = "native" if native else "performance_update" if not own else "update"
    return Path(f"{'performance' if own else 'flex_extra'}_{what}.xlsx")


def _beside(book: Path, values: bool, native: bool) -> Path:
    """The workbook that is written of another one where none is named."""
    return book.with_name(f"{book.stem}_{'values' if values else 'native' if native else 'anew'}.xlsx")


def _writing(update: Any, values: bool, native: bool) -> Callable[[BinaryIO], object]:
    """What writes the workbook that was asked for into a file."""
    if native:
        from ..workbook.native.build import build as build_native

        return lambda file: build_native(update, file)
    from ..workbook import build

    return lambda file: build(update, file, values_only=values)


def say_odd_inputs(inputs: Any) -> bool:
    """Say what of the unit values can be none, and which shares do not sum to one; whether that needs a look."""
    from ..review.data_checks import NOTE, input_findings

    found = input_findings(inputs)
    for one in found:
        screen.say(f"{'Note' if one.level == NOTE else 'Look'}: {one.found}")
    return any(one.level != NOTE for one in found)


def _say_columns(update: Any, of_figures: bool = False) -> None:
    """Say which inception the usual columns count from, where that may not be what is meant."""
    from ..update import column_notes

    for note in column_notes.notes(update, of_figures):
        screen.say(note)


def tie_out(
    book: Annotated[
        Path | None, typer.Argument(help="An update or review workbook. Left out: the sample, or the files named.")
    ] = None,
    unit_values: UnitValuesOption = None,
    terms: TermsOption = None,
    shares: SharesOption = None,
    funds: FundsOption = None,
    published: PublishedOption = None,
    as_of: AsOfOption = None,
    payment: PaymentOption = None,
    changed: SetOption = None,
    every: Annotated[bool, typer.Option("--all", help="List every figure, not only the breaks.")] = False,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    rounding_ok: RoundingOption = False,
    allow_large: AllowLargeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare recomputed figures with the printed ones; exit code 1 where any does not tie."""
    with in_json.answer(as_json) as found:
        files = files_by(decimal, thousands, date_format)
        if book is not None:
            if any((unit_values, terms, shares, funds, as_of, payment)):
                raise BadInput(EITHER)
            update = _of_workbook(book, published, changed or (), files)
        else:
            more = {"payment": payment, "changed": changed or ()}
            update = _computed(files, unit_values, terms or [], shares, funds, None, published, None, as_of, **more)
            note_day(update.inputs, as_of)
        say_notes(files)
        found |= in_json.update(update)
        if every:
            figures_shown.list_figures("Every published figure", update.tied)
        _say_columns(update, of_figures=True)
        figures_shown.headline(update, rounding_ok)


def new(
    out: Annotated[Path, typer.Argument(help="The workbook to write.")] = Path("performance_template.xlsx"),
    fund: Annotated[list[str] | None, typer.Option("--fund", help="A fund's code; repeat it for each fund.")] = None,
    unit_values: UnitValuesOption = None,
    terms: Annotated[str | None, typer.Option(help="TOML or table of terms, a shipped name or a template.")] = None,
    shares: SharesOption = None,
    funds: FundsOption = None,
    rates: RatesOption = None,
    published: PublishedOption = None,
    decimal: DecimalOption = "",
    thousands: ThousandsOption = "",
    date_format: DateFormatOption = "",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    allow_large: AllowLargeOption = False,
) -> None:
    """Write a template: every contract term with its choices, a calculator, and tables, blank or filled from files."""
    from ..workbook.template import build_template
    from .own_data import filled_by

    targets.refuse(out, force, WORKBOOKS)
    files = files_by(decimal, thousands, date_format)
    filled = filled_by(files, unit_values, terms, shares, funds, rates, published)
    say_notes(files)
    atomic.replace(out, lambda file: build_template(file, fund or (), filled))
    screen.say(f"Written: {out}. Its first sheet says what to do.")
