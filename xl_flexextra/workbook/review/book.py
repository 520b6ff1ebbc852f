"""What the sheets of the review workbook share: names, colours, settings, and a book that knows its own formulas."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ...calculation.tie_out import Tied
from ...review import changes as attribution
from ...review.closed_form import BEFORE, before_charges
from ...review.sign_off import Signature
from ...terms import Terms
from ...update.report import Report
from ...update.update_inputs import Inputs
from ..book import ABSENT, DARK, DATE, GREEN, GREY, HERE, INPUT, NOT_COMPUTED, RED, Book, at, cached, place_of
from ..layout import SETTINGS, names_width
from ..terms_places import terms_table

RESULT_TAB, WORKING_TAB, CONTROL_TAB, INPUT_FILL, GOOD, BAD = DARK, GREEN, "#7B1FA2", INPUT, GREEN, RED
WORKING_FILL, RESULT_FILL, CONTROL_FILL = (
    "#EDF5EC",
    "#DDE5F3",
    "#E7E6E6",
)  # no red: it means that something is off

SIGNED_TOO_SOON = "AND(EXACT({0},Signed),LEN(LeftOpen)>0)"  # a stored "signed", where something is off by now
SEE_CONTROLS = ';;;@", see Controls"'
AS_OF_SETTING = "AsOf"
SETTINGS_ROWS: tuple[tuple[str, Any, str], ...] = (
    (AS_OF_SETTING, None, "last day of the update under review; the day of a published figure stands beside it"),
    ("MonthsAYear", 12, "months from one contract anniversary to the next"),
    ("DaysAYear", 365, "days of a year where a period is no whole number of years"),
    ("ShortPeriod", 1, "years: up to this a return is not annualised"),
    ("FirstContractYear", 1, "the contract year in which the first charge falls due"),
    ("PathHeader", 1, "row of CONTRACT_PATH with its headings"),
    ("PathInvested", "invested", "what the last column of CONTRACT_PATH says of the payment's day"),
    ("PathValue", "value", "heading of CONTRACT_PATH over the value after charges"),
    ("PathFree", "free amount", "heading of CONTRACT_PATH over the free amount"),
    ("PathCdsc", "CDSC", "heading of CONTRACT_PATH over the CDSC"),
    ("PathErv", "ERV", "heading of CONTRACT_PATH over the ERV"),
    ("NoText", "", "an empty cell"),
    ("StoredOnly", "functions missing: last stored values", "shown on Review where the worksheet functions are missing"),
    (NOT_COMPUTED, ABSENT, "shown where the worksheet functions are missing, in a column that one call fills"),
    ("NoCharge", 0, "units cancelled where no charge falls due"),
    ("OneBroken", 1, "weight of one broken rule"),
    ("PercentPlaces", 2, "decimals of a fraction before those of its percentage: 0.1234 is 12.34%"),
    ("PrintedUnit", 0.0001, "a hundredth of a percent"),
    ("Ten", 10, "a printed digit is a tenth of the one before"),
    ("WholePlaces", 0, "rounds to a whole number"),
    ("RoutePlaces", 12, "decimals to which the two routes are compared"),
    ("DollarPlaces", 8, "decimals to which dollars of the two walks are compared"),
    ("Tolerance", 1e-10, "largest relative distance between the two routes"),
    ("SharesSum", 1, "what the shares of the annual charge sum to"),
    ("AssetBasis", "asset", "the worksheet functions' word for: before contract charges"),
    ("BeforeCode", BEFORE, "stands for 'no contract' in this workbook"),
    ("SchedulePrefix", "cdsc.schedule.", "begins the CDSC rows of a terms sheet"),
    ("NameKey", "contract.name", "the row of a terms sheet with the contract's short name"),
    ("DatedMark", "* from *", "marks the rows of a terms sheet that take effect later"),
    ("AnyText", "*", "stands for any text in a look-up"),
    ("Ties", "ties", "verdict: the printed digits agree"),
    ("Rounding", "rounding", "verdict: less than one printed digit apart"),
    ("KnownBreak", "known break: ", "verdict: the reason follows"),
    ("StillOpen", "open", "verdict: not explained"),
    ("OutsideForm", "outside", "the figure or its contract's terms are beyond the native route: see Contracts"),
    ("NativeRoute", "native route: ", "begins the line that counts the figures of the native route where some are outside"),
    ("RoutesAgree", "agree", "second route: core and native formulas give the same"),
    ("RoutesApart", "APART", "second route: they do not"),
    ("NoNativeForm", "no native form", "second route: the native formulas do not know the function or the convention"),
    ("NeitherRoute", "no figure", "second route: neither has a figure"),
    ("NotComputed", "not computed", "second route: no engine answered as the package was built"),
    ("OutOf", " of ", "in that line, before the number of all figures"),
    ("SeeContracts", " figures; see Contracts", "ends that line"),
    ("ControlOk", "ok", "a control that holds"),
    ("ControlOff", "OFF", "a control that does not"),
    ("NotCompared", "not compared", "a control that had nothing to compare"),
    ("Resized", "resized", "a table with other rows or columns than approved"),
    ("NotSigned", "not signed", "no name stands there"),
    ("Signed", "signed", "the signature covers what is here"),
    ("Comma", ", ", "follows it where a signature leaves something open"),
    ("OneFigureOpen", "1 figure open", "where one figure does not tie"),
    ("FiguresAreOpen", " figures open", "follows the number of figures that do not tie"),
    ("OneControlOff", "1 control off", "where one control does not hold"),
    ("ControlsAreOff", " controls off", "follows the number of controls that do not hold"),
    ("OneOtherOff", "1 other control off", "the same behind open figures"),
    ("OthersAreOff", " other controls off", "the same behind open figures"),
    ("WithoutFigure", " without a figure: not compared", "follows the number of figures that could not be computed"),
    ("VoidSame", "VOID: preparer and reviewer are the same person", "four eyes"),
    ("VoidDate", "VOID: no date", "a signature needs its day"),
    ("VoidOther", "VOID: signed another package", "the mark beside the name is not this package's"),
    ("VoidChanged", "VOID: something changed since this package was built", "inputs, formulas, version"),
)
WIDEST_TABLE = 44
WIDEST_CODE = 40  # a longer contract's code is cut
FIRST_SETTING = 4
FIRST_PERIOD = FIRST_SETTING + len(SETTINGS_ROWS) + 3  # rows of the table of periods below the settings


@dataclasses.dataclass(frozen=True)
class Plan:
    """A review in the making: the report, the update before, signatures, and facts of the model's use."""

    report: Report
    changes: Sequence[attribution.Change]
    alternatives: Sequence[Any]
    signatures: Sequence[Signature]
    facts: Sequence[tuple[str, str]]
    evidence: Any

    @property
    def inputs(self) -> Inputs:
        """The inputs of the update under review."""
        return self.report.inputs

    @property
    def contracts(self) -> tuple[Terms, ...]:
        """The contracts, and last the one without any charge."""
        return (*self.inputs.contracts, before_charges(self.inputs.contracts[0]))

    def terms_table(self, terms: Terms) -> str:
        """The table of a contract's terms."""
        return terms_table(terms, self.contracts)

    def row_of_fund(self, fund: str) -> str:
        """A formula: the row of the table Funds with a fund."""
        return place_of(fund, "Funds[fund]", len(self.inputs.funds.items) > 1)

    @property
    def dated_shares(self) -> bool:
        """Whether shares change over time."""
        return bool(self.inputs.share_rows) and len(self.inputs.share_rows[0]) > 2

    def share_of(self, dollars: str, fund: str, day: str) -> str:
        """A formula: the fund's share in force on a day, where there are dollars to share; #N/A where none is in force."""
        return "NoCharge" if self.inputs.shares is None else f"IF({dollars},{self._share_in_force(fund, day)},NoCharge)"

    def _share_in_force(self, fund: str, day: str) -> str:
        """A formula: the fund's share of the charge in force on a day; #N/A where none is."""
        several = len(self.inputs.share_rows) > 2
        if not self.dated_shares:
            return f"INDEX(Shares[share],{place_of(fund, 'Shares[fund]', several)})"
        if not several:
            return f"IF(Shares[effective_date]<={day},INDEX(Shares[share],{place_of(fund, 'Shares[fund]', False)}),NA())"
        own = f"(Shares[fund]={fund})"
        since = f"SUMPRODUCT(MAX({own}*(Shares[effective_date]<={day})*Shares[effective_date]))"
        row = f"MATCH(TRUE(),INDEX({own}*(Shares[effective_date]={since})>NoCharge,),FALSE())"
        return f"INDEX(Shares[share],{row})"

    def beside_contracts(self, widths: Sequence[float], column: int) -> list[float]:
        """Widths of columns, that of the contracts wide enough for the longest code."""
        longest = max(len(self.contract_code(terms)) for terms in self.contracts)
        return [max(width, min(longest + 2, WIDEST_CODE)) if c == column else width for c, width in enumerate(widths)]

    def beside_figures(self, widths: Sequence[float], column: int, verdict: int | None = None) -> list[float]:
        """The same, with the column before it wide enough for names of tables, those after it for funds and periods, and
        another for verdicts, which stands where the funds go by their printed names."""
        found = self.beside_contracts(widths, column)
        fund, period = column + 2, column + 3
        figures = self.inputs.published
        codes = max((len(one.fund) for one in figures), default=0) + 2
        found[fund] = max(found[fund], min(codes, WIDEST_CODE) if verdict is None else names_width(self.inputs, found[fund]))
        found[period] = max(found[period], min(max((len(one.period) for one in figures), default=0) + 2, WIDEST_CODE))
        tables = [len(one.table) for one in figures]
        found[column - 1] = max(found[column - 1], min(max(tables, default=0) + 1, WIDEST_TABLE))
        if verdict is not None:
            said = [len(one.verdict) for one in self.report.tied if not one.published.known_break]
            found[verdict] = max(found[verdict], min(max(said, default=0) + 4, WIDEST_TABLE))
        return found

    def contract_code(self, terms: Terms) -> str:
        """A contract's code in the figures."""
        return str(terms["contract.code"] or terms.name)


class ReviewBook(Book):
    """A book that remembers every formula by sheet and cell, for fingerprints and counts."""

    def __init__(
        self, path: Any, title: str, dynamic: Collection[str] = (), label: str = "", version: str = "", native: bool = False
    ) -> None:
        super().__init__(path, title, dynamic=dynamic, label=label, guarded=True)
        self.version, self.native = version, native  # of the functions that answer, and whether the workbook carries them
        self.formulas: dict[str, dict[tuple[int, int], str]] = {}
        self.spilled: set[tuple[str, int, int]] = set()
        self.errors: dict[str, set[tuple[int, int]]] = {}
        self.constants: dict[str, dict[tuple[int, int], Any]] = {}
        self.off: list[str] = []  # controls that do not hold
        self.probed = False  # whether the probe as built compares anything
        self.second: list[str] = []  # the word of the second route for each figure
        self.open: list[Tied] = []  # figures that do not tie, without a known break
        self.tables: dict[str, list[list[Any]]] = {}
        self._waiting: dict[str, list[tuple[Any, ...]]] = {}

    def formula(self, sheet: Any, row: int, column: int, formula: str, value: Any, fmt: Any = None) -> None:
        """A formula with its true value, remembered."""
        formula = self.written(formula, cached(_error_for_nan(value)))
        super().formula(sheet, row, column, formula, self._remembered(sheet, row, column, formula, value), fmt)

    def live(self, sheet: Any, row: int, column: int, formula: str, value: Any, fmt: Any = None) -> None:
        """A formula that is computed when the file is opened, remembered."""
        super().live(sheet, row, column, formula, self._remembered(sheet, row, column, formula, value), fmt)

    def _remembered(self, sheet: Any, row: int, column: int, formula: str, value: Any) -> Any:
        """Remember a formula; its value as a cell has it."""
        self.formulas.setdefault(sheet.get_name(), {})[row, column] = formula
        if isinstance(value, bool):
            value = float(value)
        value = _error_for_nan(value)
        if str(cached(value)).startswith("#"):
            self.errors.setdefault(sheet.get_name(), set()).add((row, column))
        return value

    def waits(self, key: str, sheet: Any, row: int, column: int, formula: str, fmt: Any = None, live: bool = False) -> None:
        """A formula whose value is known when the controls are: under the name of that value."""
        self.formulas.setdefault(sheet.get_name(), {})[row, column] = formula
        self._waiting.setdefault(key, []).append((sheet, row, column, formula, fmt, live))

    def fill(self, values: Mapping[str, Any]) -> None:
        """Write the formulas that wait for values."""
        for key, value in values.items():
            for sheet, row, column, formula, fmt, live in self._waiting.pop(key, ()):
                (self.live if live else self.formula)(sheet, row, column, formula, value, fmt)
        assert not self._waiting, self._waiting

    def spill(self, sheet: Any, row: int, column: int, formula: str, rows: Any, fmt: Any = None) -> None:
        """A formula that spills, remembered in its first cell."""
        self.formulas.setdefault(sheet.get_name(), {})[row, column] = self.spilling(formula)
        self.spilled.add((sheet.get_name(), row, column))
        super().spill(sheet, row, column, formula, rows, fmt)

    def table(self, sheet: Any, row: int, name: str, header: Any, rows: Any, formats: Any, column: int = 0) -> None:
        """An Excel table, remembered for the copy of approved inputs."""
        self.tables[name] = [list(header), *(list(line) for line in rows)]
        super().table(sheet, row, name, header, rows, formats, column)

    def value(self, sheet: Any, row: int, column: int, value: Any, fmt: Any = None) -> None:
        """A constant, remembered."""
        self.constants.setdefault(sheet.get_name(), {})[row, column] = value
        super().value(sheet, row, column, value, fmt)

    def block(self, sheet: str, first_row: int, first_column: int, last_row: int, last_column: int) -> list[list[Any]]:
        """The constants of a rectangle, None where there is none."""
        known = self.constants.get(sheet, {})
        columns = range(first_column, last_column + 1)
        return [[known.get((row, column)) for column in columns] for row in range(first_row, last_row + 1)]

    def heading(self, sheet: Any, title: str, note: str, label: str = "") -> None:
        """Title, note and label on top of a sheet."""
        self.value(sheet, 0, 0, title, self.format("title"))
        self.value(sheet, 1, 0, note, self.format("grey"))
        if label:
            self.value(sheet, 2, 0, label, self.format("label", bold=True))

    def head(self, sheet: Any, row: int, heads: Sequence[str], column: int = 0, fill: str = "", align: str = "left") -> None:
        """A row of headings."""
        fmt = self.format("head", align=align, **({"bg_color": fill} if fill else {}))
        for place, text in enumerate(heads, start=column):
            self.value(sheet, row, place, text, fmt)

    def red(self, sheet: Any, area: str, first: str, good: str) -> None:
        """Red where a cell of ``area`` is not the text that the name ``good`` holds; green where it is."""
        bad = self.file.add_format({"bg_color": "#FDE2E2", "font_color": BAD, "bold": True})
        fine = self.file.add_format({"font_color": GOOD})
        sheet.conditional_format(area, {"type": "formula", "criteria": f"=ISERROR({first})", "format": bad})
        sheet.conditional_format(area, {"type": "formula", "criteria": f"=EXACT({first},{good})", "format": fine})
        sheet.conditional_format(area, {"type": "formula", "criteria": f"=NOT(EXACT({first},{good}))", "format": bad})

    def zero(self, sheet: Any, row: int, column: int) -> None:
        """Red where a cell is anything but 0."""
        self.bad(sheet, (row, column, row, column), f"IFERROR({at(row, column, fixed='rc')}<>0,TRUE)")

    def off_look(self, sheet: Any, row: int, column: int) -> None:
        """Red where a count of controls is anything but 0, and where more are off as the file is opened."""
        self.bad(sheet, (row, column, row, column), f"{at(row, column, fixed='rc')}<>ControlsOffNow", '"some"')
        self.zero(sheet, row, column)

    def bad(self, sheet: Any, cells: tuple[int, int, int, int], criteria: str, shown: str = "") -> None:
        """Red where a condition holds, whatever else holds; ``shown`` is a number format that says why."""
        look = {"bg_color": "#FDE2E2", "font_color": BAD, "bold": True, **({"num_format": shown} if shown else {})}
        options = {"type": "formula", "criteria": f"={criteria}", "format": self.file.add_format(look)}
        sheet.conditional_format(*cells, {**options, "stop_if_true": True})

    def outside(self, sheet: Any, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Grey, whatever else holds, where a cell says that the figure is outside the native route."""
        criteria = f"EXACT({at(first_row, first_column)},OutsideForm)"
        self.neutral(sheet, (first_row, first_column, last_row, last_column), criteria)

    def neutral(self, sheet: Any, cells: tuple[int, int, int, int], criteria: str, shown: str = "") -> None:
        """Grey where a condition holds, whatever else holds; ``shown`` is a number format that says why."""
        look = {"font_color": GREY, "bold": False, **({"num_format": shown} if shown else {})}
        options = {"type": "formula", "criteria": f"={criteria}", "format": self.file.add_format(look)}
        sheet.conditional_format(*cells, {**options, "stop_if_true": True})


def _error_for_nan(value: Any) -> Any:
    return "#N/A" if isinstance(value, float) and value != value else value


def settings_sheet(book: ReviewBook, sheet: Any, periods: Sequence[Any], as_of: datetime.date) -> None:
    """Every number and word that formulas use and that is no data: named, with its meaning. Then the periods.

    The update's last day stands here too: a review read back (--check) must know it, and the published figures need not
    be of that day.
    """
    grey = book.format("grey", font_size=9)
    book.heading(
        sheet, "Settings", "Numbers and words that formulas refer to by name; no formula holds a constant of its own."
    )
    here = FIRST_SETTING - 2
    book.value(sheet, here, 0, HERE, book.format("bold"))
    book.answered(sheet, here, 1)
    book.value(sheet, here, 2, "whether the worksheet functions are here; the first sheet says what to install", grey)
    book.head(sheet, FIRST_SETTING - 1, ["Name", "Value", "Meaning"])
    for row, (name, value, meaning) in enumerate(SETTINGS_ROWS, start=FIRST_SETTING):
        book.value(sheet, row, 0, name, book.format("bold"))
        if name == AS_OF_SETTING:
            book.value(sheet, row, 1, as_of, book.format("text", bg_color=INPUT_FILL, align="left", num_format=DATE))
        else:
            book.value(sheet, row, 1, value, book.format("text", bg_color=INPUT_FILL, align="left"))
        book.value(sheet, row, 2, meaning, grey)
        book.define(name, SETTINGS, row, 1)
    row = FIRST_PERIOD - 2  # a heading and the header of the table before it
    header = ["period", "months", "months of the year so far", "inception column", "outside"]
    rows = [[p.code, p.months, p.so_far, p.inception, p.outside] for p in periods]
    fill = book.format("text", bg_color=INPUT_FILL, align="left")
    book.value(sheet, row, 0, "Periods as months back from the end", book.format("subtitle"))
    book.table(sheet, row + 1, "Periods", header, rows, [fill] * 5)


def terms_lookup(table: str, key_cell: str, default_cell: str) -> str:
    """A term from its table by its key, else its default."""
    return f"IFERROR(INDEX({table}[Value],MATCH({key_cell},{table}[Term],FALSE())),{default_cell})"


def unit_value(day: str, column: str, oldest: str = "") -> str:
    """The unit value in the last row on or before a day; #N/A where that is too old, if there is an ``oldest``, and where
    its cell is blank, which Excel and Calc take for zero."""
    row = f"MATCH({day},UnitValues[valuation_date])"
    look = f"INDEX(UnitValues[#Data],{row},{column})"
    young = f"*({day}-LOOKUP({day},UnitValues[valuation_date])<={oldest})" if oldest else ""
    return f"IF(N({look}){young},{look},NA())"


def setting(name: str) -> Any:
    """The value of a setting."""
    return next(value for key, value, _ in SETTINGS_ROWS if key == name)


__all__ = ["GREY", "Plan", "ReviewBook", "setting", "settings_sheet", "terms_lookup", "unit_value"]
