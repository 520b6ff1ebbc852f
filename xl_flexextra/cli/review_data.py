"""The inputs of an update or a review read back from its workbook, and what a reviewer gives besides."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import terms
from ..cells import scalars
from ..cells.ranges import FROM
from ..errors import BadInput, FlexExtraError, MissingData, Refused
from ..files import door
from ..inputs import published_figures, remembered
from ..inputs.unit_values import UnitValues
from ..review.closed_form import BEFORE
from ..review.data_checks import Evidence
from ..review.sign_off import ROLES, Signature
from ..sources.files import Files
from ..terms import Terms, in_cells
from ..update import report, update_inputs
from ..workbook.layout import CALCULATION, CODE_COLUMN, CONTROLS, PAGE
from ..workbook.review.controls_sheet import VERSION
from ..workbook.update import page_texts

if TYPE_CHECKING:
    from ..sources.excel_files import ExcelFile

Date = datetime.date
WORKBOOKS = {".xlsx", ".xlsm"}
NAME = "xl_flexextra"


def from_workbook(path: Path, data: bytes = b"") -> update_inputs.Inputs:
    """The inputs that an update or review workbook carries: its tables, the texts of its page, its cell AsOf.

    ``data``: the workbook as it is about to be written.
    """
    book = _opened(path, data)
    try:
        tables, as_of = book.all_tables(), _as_of(book, path)
        page, label, periods_of_tables = _page(book), _label(book), _table_columns(book)
    except FlexExtraError:
        raise
    except Exception as error:  # of the reader of spreadsheets, whose errors are many
        raise Refused(f"{path.name} cannot be read as a workbook: {error}.") from None
    missing = [name for name in ("UnitValues", "Funds") if name not in tables]
    if missing:
        raise BadInput(f"{path.name} has no table {missing[0]}; give an update or review workbook of this project.")
    values = remembered.parse(f"{path.name}, UnitValues", "unit_values", tables["UnitValues"])
    contracts = [_terms(rows, f"{path.name}, {name}") for name, rows in tables.items() if name.endswith("Terms")]
    contracts = [one for one in contracts if one["contract.code"] != BEFORE]
    if not contracts:
        raise BadInput(f"{path.name} has no table of terms (FlexibleTerms, …); give an update or review workbook.")
    published = published_figures.published_from_rows(tables["Published"]) if "Published" in tables else ()
    if as_of is None:
        as_of = max((p.as_of for p in published), default=values.dates[-1].item())
    shares = tables.get("Shares", [])
    found = update_inputs.Inputs(
        unit_values=values,
        funds=remembered.parse(f"{path.name}, Funds", "funds", tables["Funds"]),
        contracts=tuple(contracts),
        as_of=as_of,
        shares=remembered.parse(f"{path.name}, Shares", "shares", shares) if shares else None,
        share_rows=shares,
        rate_rows=_filled(tables.get("InterestRates", [])),
        published=published,
        holidays=tuple((scalars.to_day("Holidays", d), str(n or "")) for d, n in tables.get("Holidays", [])[1:]),
        oddities=tables.get("Oddities", ()),
        sources=tables.get("Sources", ()),
        title=contracts[0].title,
        label=label,
    )
    update_inputs.refuse_without_values(found, f"{path.name}, Funds,")
    found = dataclasses.replace(found, **_chosen(periods_of_tables, found))
    return dataclasses.replace(found, **_texts(page, tables, found))


def built_by(path: Path) -> str:
    """The version of the worksheet functions by which a review was built, as its controls have it; '' where none is said."""
    book = _opened(path, b"")
    rows = book.sheet(CONTROLS).from_first_cell().cells() if CONTROLS in book.sheets else []
    said = next((row[row.index(VERSION) + 1 :] for row in rows if VERSION in row), [])
    return next((cell.partition(",")[0] for cell in said if isinstance(cell, str) and cell.startswith(f"{NAME} ")), "")


def _filled(rows: list[list[Any]]) -> list[list[Any]]:
    """The rows of a table; none where nothing stands below its header."""
    return rows if any(not scalars.is_blank(cell) for row in rows[1:] for cell in row) else []


def _texts(page: list[list[Any]], tables: dict[str, list[list[Any]]], inputs: update_inputs.Inputs) -> dict[str, Any]:
    """The texts of the page: of an update on the page itself, of a review in the table Texts."""
    if "Texts" in tables:
        return page_texts.from_rows(tables["Texts"])
    if not page:
        return {}
    codes = [code for spec in report.specs(inputs) for code in spec.periods]
    return page_texts.read(page, codes)


def _table_columns(book: ExcelFile) -> list[tuple[str, ...]]:
    """The periods of each table of an update, as its calculation sheet has them; none of a workbook without it."""
    if CALCULATION not in book.sheets:
        return []
    rows = book.sheet(CALCULATION).from_first_cell().cells()
    blocks = [row[CODE_COLUMN:] for row in rows if row and row[0] == "period"]
    return [tuple(itertools.takewhile(lambda cell: isinstance(cell, str) and bool(cell), block)) for block in blocks]


def _chosen(columns: list[tuple[str, ...]], inputs: update_inputs.Inputs) -> dict[str, Any]:
    """Which periods of the tables are not the usual ones."""
    usual = [spec.periods for spec in report.specs(inputs)]
    fields = {"periods": 0, "standard_periods": 2}
    return {
        field: columns[place] for field, place in fields.items() if place < len(columns) and columns[place] != usual[place]
    }


def _terms(rows: list[list[Any]], name: str) -> Terms:
    """Terms with the sources of their schedules: on a sheet these stand beside each contract year."""
    found = terms.from_rows(rows, name)
    sources = dict(found.sources)
    for row in rows[1:]:
        label, source = str(row[0] or ""), row[3] if len(row) > 3 else None
        numbered, _, day = label.partition(FROM)
        stem = numbered.rpartition(".")[0]
        if stem in in_cells.SCHEDULES and source:
            sources[f"{stem}{FROM}{day}" if day else stem] = str(source)
    return Terms(found.given, found.changes, sources)


def _opened(path: Path, data: bytes) -> ExcelFile:
    """The workbook with the values of its cells."""
    from ..sources.excel_files import ExcelFile  # which loads PyArrow

    if not door.is_file(path):
        raise MissingData(f"There is no file {door.shown(path)}.")
    if path.suffix.lower() not in WORKBOOKS:
        raise BadInput(f"{path.name} must be an .xlsx or .xlsm workbook.")
    book = ExcelFile(data or door.read(path, "The workbook"), path.name)
    if book.workbook is None:
        raise Refused(f"{path.name} cannot be read as a workbook: it is not a zip file.")
    return book


def _as_of(book: ExcelFile, path: Path) -> Date | None:
    """The cell AsOf, where there is one."""
    found = book.named_cells("AsOf")
    return scalars.to_day(f"{path.name}, AsOf", found[0][0]) if found else None


def _page(book: ExcelFile) -> list[list[Any]]:
    """The cells of the page; none of a workbook without it."""
    return book.sheet(PAGE).from_first_cell().cells() if PAGE in book.sheets else []


def _label(book: ExcelFile) -> str:
    """The label of constructed unit values stays with them."""
    if "Unit values" not in book.sheets:
        return ""
    return str(book.sheet("Unit values").part(3, 1, 3, 1).cells()[0][0] or "")


def signatures_and_facts(path: Path | None) -> tuple[list[Signature], dict[str, str]]:
    """Signatures and facts from a TOML file: [preparer] and [reviewer] with name, date, mark; [model] with its facts."""
    if path is None:
        return [], {}
    text = door.text(path, "The sign-off", f"There is no file {door.shown(path)}.")
    given = door.toml(text, f"The sign-off {path.name}")
    known = {role.lower(): role for role in ROLES}
    stray = set(given) - {*known, "model"}
    if stray:
        raise BadInput(f"{path.name} has [{min(stray)}]; use [preparer], [reviewer] and [model].")
    for key, value in given.items():
        if not isinstance(value, dict):
            raise BadInput(f"{path.name}: {key!r} must be a table: [{key}], then a line for each of its facts.")
    found = []
    for key, role in known.items():
        if one := given.get(key):
            day = scalars.to_day(f"{path.name}, {key}.date", one["date"]) if one.get("date") else None
            found.append(Signature(role, _text(path, f"{key}.name", one), day, _text(path, f"{key}.mark", one)))
    return found, {k: _text(path, f"model.{k}", given["model"]) for k in given.get("model", {})}


def _text(path: Path, place: str, table: dict[str, Any]) -> str:
    """A text of a sign-off."""
    value = table.get(place.partition(".")[2], "")
    if isinstance(value, dict | list):
        raise BadInput(f"{path.name}: {place!r} must be one text in quotes.")
    return str(value)


def evidence(asked: Any, before: update_inputs.Inputs | None) -> Evidence:
    """What a reviewer gives besides the update: an earlier one, a second source, NAVs, the funds' own returns."""
    if asked.distributions is not None and asked.navs is None:
        raise BadInput("--distributions needs --navs; give the net asset values too.")
    return Evidence(
        before=before.unit_values if before is not None else None,
        second=unit_values(asked.second_source, "--second-source", asked.files),
        navs=unit_values(asked.navs, "--navs", asked.files),
        distributions=distributions(asked.distributions, asked.files),
        fund_returns=fund_returns(asked.fund_returns, asked.files),
    )


def unit_values(source: str | None, what: str, files: Files | None = None) -> UnitValues | None:
    """Unit values or NAVs from a file, wide or long."""
    if source is None:
        return None
    return remembered.unit_values_of_file(what, (files or Files()).rows(source))


def distributions(source: str | None, files: Files | None = None) -> dict[tuple[str, Date], float]:
    """Distributions per share: columns fund, date, amount."""
    return {
        (str(row["fund"]), scalars.to_day("date", row["date"])): scalars.number("amount", row["amount"])
        for row in _columns(source, files, "fund", "date", "amount")
    }


def fund_returns(source: str | None, files: Files | None = None) -> dict[tuple[str, str], float] | None:
    """The funds' own published returns: columns fund, period, return_pct."""
    if source is None:
        return None
    return {
        (str(row["fund"]), str(row["period"])): published_figures.printed_fraction("return_pct", row["return_pct"])
        for row in _columns(source, files, "fund", "period", "return_pct")
    }


def _columns(source: str | None, files: Files | None, *names: str) -> list[dict[str, Any]]:
    if source is None:
        return []
    header, *body = (files or Files()).rows(source)
    found = [str(h or "").strip().lower() for h in header]
    for name in names:
        if name not in found:
            raise BadInput(f"{source} has no column {name!r}; it needs {', '.join(names)}.")
    return [dict(zip(found, row, strict=False)) for row in body if not all(scalars.is_blank(c) for c in row)]
