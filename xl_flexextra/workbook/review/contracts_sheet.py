"""The sheet of contracts: every term that the native route uses, whether its rules hold, and the CDSC schedules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...review import closed_form as cf
from ..book import PERCENT, at
from ..layout import CONTRACTS
from .book import INPUT_FILL, WORKING_FILL, Plan, ReviewBook, setting, terms_lookup

KEY, DEFAULT, NEEDED, ALWAYS, FIRST = range(5)
TOP = 5
LABELS = ("contract.code", "contract.title")


@dataclass(frozen=True)
class Places:
    """Rows of the sheet; contracts stand in columns from FIRST, then their broken rules in as many more."""

    contracts: int
    years: int

    @property
    def codes(self) -> int:
        """Row of the contracts' codes."""
        return TOP

    def number(self, key: str) -> int:
        """Row of a number of the terms."""
        return TOP + len(LABELS) + list(cf.NUMBERS).index(key)

    @property
    def charge(self) -> int:
        """Row of the annual charge of a whole contract."""
        return TOP + len(LABELS) + len(cf.NUMBERS)

    @property
    def weight(self) -> int:
        """Row that says whether contract rules apply."""
        return self.charge + 1

    @property
    def rules(self) -> int:
        """First row of the rules."""
        return self.weight + 3

    @property
    def dated(self) -> int:
        """Row of the count of dated terms."""
        return self.rules + len(cf.RULES)

    @property
    def broken(self) -> int:
        """Row of the count of broken rules."""
        return self.dated + 1

    @property
    def inception(self) -> int:
        """Row of the rule that counts only where the first day has no unit value."""
        return self.broken + 1

    def at_inception(self, column: str, first_unit_value: str) -> str:
        """1 where that rule is broken, for the contract in a column and a first unit value."""
        key = f"INDEX({self.across(self.inception)},{column})"
        needed = at(self.inception, NEEDED, CONTRACTS, fixed="rc")
        return f"N(ISERROR({first_unit_value}))*N(NOT(EXACT({key},{needed})))"

    @property
    def schedule(self) -> int:
        """First row of the CDSC rates."""
        return self.inception + 4

    def across(self, row: int) -> str:
        """A row's cells over the contracts, absolute."""
        first, last = (at(row, c, fixed="rc") for c in (FIRST, FIRST + self.contracts - 1))
        return f"{CONTRACTS}!{first}:{last}"

    @property
    def rates(self) -> str:
        """The block of CDSC rates, contract years down."""
        last = at(self.schedule + self.years - 1, FIRST + self.contracts - 1, fixed="rc")
        return f"{CONTRACTS}!{at(self.schedule, FIRST, fixed='rc')}:{last}"


def contracts_sheet(book: ReviewBook, sheet: Any, plan: Plan, places: Places) -> None:
    """Write the sheet."""
    book.heading(
        sheet, "Contracts as the native route reads them",
        "Each term looked up in its terms sheet. The native route holds where no rule is broken; elsewhere it says so.",
        plan.inputs.label,
    )  # fmt: skip
    count = places.contracts
    book.head(sheet, TOP - 1, ["Term", "Where not given", "Needed", "Before charges too"])
    for place, terms in enumerate(plan.contracts):
        book.value(sheet, TOP - 1, FIRST + place, plan.terms_table(terms), book.format("head"))
        book.value(sheet, TOP - 1, FIRST + count + place, f"broken: {plan.terms_table(terms)}", book.format("head"))
    work = {"bg_color": WORKING_FILL, "align": "left"}
    sheet.set_row(TOP + LABELS.index("contract.title"), 25)  # a title of two lines
    for row, key in enumerate((*LABELS, *cf.NUMBERS), start=TOP):
        default = "" if key in LABELS else cf.term_default(key)
        book.value(sheet, row, KEY, key, book.format("bold"))
        book.value(sheet, row, DEFAULT, default, book.format("text", bg_color=INPUT_FILL, align="left"))
        for place, terms in enumerate(plan.contracts):
            value = terms[key] if key in LABELS else cf.term_shown(terms, key)
            number = PERCENT if "rate" in key or "thereafter" in key else "General"
            fmt = book.format("wrap" if key in LABELS else "text", num_format=number, **work)
            look = _look(plan.terms_table(terms), row)
            if key == "contract.code":
                name = terms_lookup(plan.terms_table(terms), "NameKey", at(row, DEFAULT, fixed="c"))
                look, value = look.replace(f",{at(row, DEFAULT, fixed='c')})", f",{name})"), plan.contract_code(terms)
            book.formula(sheet, row, FIRST + place, f"T({look})" if key in LABELS else look, value, fmt)
    plain = book.format("text", **work)
    book.value(sheet, places.charge, KEY, "annual charge, dollars x fraction charged", book.format("bold"))
    book.value(sheet, places.weight, KEY, "input: contract rules apply", book.format("bold"))
    for place, terms in enumerate(plan.contracts):
        column = FIRST + place
        dollars, fraction = (places.number(f"annual_charge.{k}") for k in ("dollars", "charged_fraction"))
        value = cf.term_shown(terms, "annual_charge.dollars") * cf.term_shown(terms, "annual_charge.charged_fraction")
        book.formula(sheet, places.charge, column, f"{at(dollars, column)}*{at(fraction, column)}", value, plain)
        fill = book.format("text", bg_color=INPUT_FILL, align="left")
        book.value(sheet, places.weight, column, float(place < count - 1), fill)
    book.file.define_name("PaymentRow", f"={places.across(places.number('payment.amount'))}")
    _rules(book, sheet, plan, places)
    _schedules(book, sheet, plan, places)
    sheet.freeze_panes(TOP, 1)


def _look(table: str, row: int) -> str:
    return terms_lookup(table, at(row, KEY, fixed="c"), at(row, DEFAULT, fixed="c"))


def _rules(book: ReviewBook, sheet: Any, plan: Plan, places: Places) -> None:
    count = places.contracts
    book.value(sheet, places.rules - 1, KEY, "Rules of the closed form", book.format("subtitle"))
    work = book.format("text", bg_color=WORKING_FILL, align="left")
    fill = book.format("text", bg_color=INPUT_FILL, align="left")
    for row, (key, (needed, always)) in enumerate(cf.RULES.items(), start=places.rules):
        book.value(sheet, row, KEY, key, book.format("bold"))
        book.value(sheet, row, DEFAULT, cf.term_default(key), fill)
        book.value(sheet, row, NEEDED, needed, fill)
        book.value(sheet, row, ALWAYS, float(always), fill)
        for place, terms in enumerate(plan.contracts):
            column, before = FIRST + place, place == count - 1
            shown = cf.term_shown(terms, key)
            book.formula(sheet, row, column, _look(plan.terms_table(terms), row), shown, work)
            formula = (
                f"N(NOT(EXACT({at(row, column)},{at(row, NEEDED, fixed='c')})))"
                f"*MAX({at(row, ALWAYS, fixed='c')},{at(places.weight, column, fixed='r')})"
            )
            broken = float(shown != needed and (always or not before))
            book.formula(sheet, row, column + count, formula, broken, work)
    book.value(sheet, places.dated, KEY, "terms that take effect later (rows)", book.format("bold"))
    book.value(sheet, places.dated, NEEDED, 0, fill)
    book.value(sheet, places.broken, KEY, "rules broken", book.format("bold"))
    for place, terms in enumerate(plan.contracts):
        column, before = FIRST + place, place == count - 1
        dated = cf.dated_terms(terms)
        book.formula(sheet, places.dated, column, f"COUNTIF({plan.terms_table(terms)}[Term],DatedMark)", dated, work)
        formula = f"{at(places.dated, column)}*{at(places.weight, column)}"
        book.formula(sheet, places.dated, column + count, formula, 0 if before else dated, work)
        total = f"SUM({at(places.rules, column + count)}:{at(places.dated, column + count)})"
        broken = len(cf.broken_rules(terms, before)) + (0 if before else dated)
        book.formula(sheet, places.broken, column, total, broken, book.format("bold", bg_color=WORKING_FILL, align="left"))
    key, needed = cf.INCEPTION
    book.value(sheet, places.inception, KEY, key, book.format("bold"))
    for column, value in ((DEFAULT, cf.term_default(key)), (NEEDED, needed), (ALWAYS, "where U0 is #N/A")):
        book.value(sheet, places.inception, column, value, fill)
    for place, terms in enumerate(plan.contracts):
        shown = cf.term_shown(terms, key)
        book.formula(sheet, places.inception, FIRST + place, _look(plan.terms_table(terms), places.inception), shown, work)


def _schedules(book: ReviewBook, sheet: Any, plan: Plan, places: Places) -> None:
    book.value(sheet, places.schedule - 2, KEY, "CDSC rate by contract year", book.format("subtitle"))
    book.head(sheet, places.schedule - 1, ["Contract year"])
    work = book.format(num_format=PERCENT, bg_color=WORKING_FILL, align="left")
    after = places.number("cdsc.thereafter")
    for row in range(places.schedule, places.schedule + places.years):
        year = row - places.schedule + setting("FirstContractYear")
        if row == places.schedule:
            book.formula(sheet, row, KEY, "FirstContractYear", year, book.format("bold", align="left"))
        else:
            formula = f"{at(row - 1, KEY)}+FirstContractYear"
            book.formula(sheet, row, KEY, formula, year, book.format("bold", align="left"))
        for place, terms in enumerate(plan.contracts):
            table = plan.terms_table(terms)
            found = f"INDEX({table}[Value],MATCH(SchedulePrefix&{at(row, KEY, fixed='c')},{table}[Term],FALSE()))"
            column = FIRST + place
            thereafter = at(after, column, fixed="r")
            above = at(row - 1, column)
            ended = (
                "NoCharge" if row == places.schedule else f"IF({above},NA(),{above})"
            )  # a schedule that ends in 0 stays 0
            formula = f"IFERROR({found},IF(ISNUMBER({thereafter}),{thereafter},{ended}))"
            book.formula(sheet, row, column, formula, cf.schedule_rate(terms, year), work)
