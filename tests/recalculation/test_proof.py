"""Every native function that IronCalc is asked for, in every form of call, over values of every kind, against LibreOffice.

What is believed has to be what LibreOffice computes; a formula may always be left to it.
"""

from __future__ import annotations

import itertools
import math
import random
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from xl_flexextra.hosts import calc
from xl_flexextra.ooxml.package import Package
from xl_flexextra.ooxml.refs import column_letters
from xl_flexextra.ooxml.strings import SharedStrings
from xl_flexextra.ooxml.workbook import Workbook
from xl_flexextra.recalculation.embedded_engine import IronCalc
from xl_flexextra.recalculation.proved_calls import OPERATORS, PROVED
from xl_flexextra.recalculation.turns import Turns
from xl_flexextra.recalculation.workbook_model import Model

BLANK, EMPTY, NA, DIV0 = object(), object(), object(), object()
VALUES: dict[str, list[Any]] = {
    "number": [2, -3.5, 0.1, 0.2, 0.3, 0, 1, 123456789.123, 1e-9, 7, 0.5, -0.25, 1 / 3, 1e15, -7],
    "place": [1, 2, 3, 0, 5, 6, -1, 2.7],
    "first": [1, 0, 1.5],
    "date": [39660, 39660.75, 39507, 39506, 36585, 61, 60, 2958465, 1, 38383],
    "months": [1, -1, 12, -12, 0, 1.5, 13, 25],
    "digits": [0, 1, 2, -1, 4, 1.5, 12],
    "half": [2.5, -2.5, 1.005, 0.285, 109.49999999999999, 1234.5678, -0.5, 0.49999999999999994, 2.675],
    "year": [2008, 1901, 1900, 99, 9999, 2024],
    "kind": [0, 1, -1],
    "truth": [True, False],
    "text": ["text", "Text", "other", "straße", "strasse", "Zürich", "ZÜRICH", "Zurich", "a*", "x~y", "May"],
    "like": ["5", "2", "2008-07-31", "7/31/2008", "8.5%", "1,234.5", "1_000", "nan", "TRUE", "1E5", " 3 ", "n/a", ">1"],
    "pattern": ["te*", "*er", "*t*", "text*", "* b", "a*", "text: *"],
    "none": [BLANK, EMPTY],
    "error": [NA, DIV0],
}
RANGES: dict[str, list[Any]] = {
    "up": [1, 2, 3, 5, 8],
    "holes": [1, BLANK, 3, BLANK, 8],
    "texts": ["text", "other", "Zürich", "strasse", "abc"],
    "words": ["text", "Other", "a b", "text: Zü", BLANK],
    "mixed": [2, "text", 7, "other", BLANK],
    "likes": [5, "5", "2008-07-31", 2, "8.5%"],
    "truths": [1, True, 2, False, 3],
    "broken": [1, 2, NA, 4, 5],
    "twice": [1, NA, DIV0, 4, 5],
    "blanks": [BLANK] * 5,
    "empty": [EMPTY, EMPTY, 2, EMPTY, BLANK],
    "dates": [39507, 39538, 39568, 39599, 39660],
    "tenths": [0.1, 0.2, 0.3, 0.4, 0.5],
    "cancels": [1e16, 1, -1e16, 0.3, -0.3],
    "near": [0.3, 0.1 + 0.2, 0.6, 0.1 * 3, 0.9],
    "down": [9, 7, 5, 3, 1],
    "again": [1, 2, 2, 2, 3],
    "holidays": [39661, 39664, 39665, 39493, 39660],
}
CUT = ["up", "holes", "texts", "broken", "blanks", "tenths"]  # as whole columns
# what belongs where, for each argument: whatever is drawn besides comes from everything
CALLS: dict[str, list[str]] = {
    "SUM": ["number"] * 3, "AVERAGE": ["number"] * 3, "MIN": ["number"] * 3, "MAX": ["number"] * 3,
    "COUNT": ["number"] * 3, "COUNTA": ["number"] * 3, "COUNTIF": ["words", "text number pattern pattern"],
    "SUMPRODUCT": ["number"] * 3, "SUMXMY2": ["", ""],
    "ROUND": ["half number", "digits"], "ABS": ["number"], "AND": ["truth number"] * 3, "OR": ["truth number"] * 3,
    "NOT": ["truth number"], "TRUE": [], "FALSE": [], "NA": [],
    "ISNUMBER": ["number"], "ISTEXT": ["text"], "ISBLANK": ["none"], "ISERROR": ["error"], "ISNA": ["error"],
    "INDEX": ["line", "place", "place"], "MATCH": ["number text", "", "kind"], "ROWS": [""], "COLUMNS": [""],
    "DATE": ["year", "months", "place"], "YEAR": ["date"], "MONTH": ["date"], "DAY": ["date"],
    "EOMONTH": ["date", "months"], "EDATE": ["date", "months"], "WORKDAY": ["date", "place", "date holidays"],
    "IF": ["truth number", "number text", "text number"], "IFERROR": ["error number", "number text"],
    "IFNA": ["error number", "number text"], "SUBTOTAL": ["", "", ""],
    "INT": ["number half"], "ROUNDUP": ["half number", "digits"], "ROUNDDOWN": ["half number", "digits"],
    "MOD": ["number date", "months"], "RRI": ["place", "number", "number"], "N": ["number text"], "T": ["text like"],
    "LEN": ["text like"], "EXACT": ["text", "text"], "LOOKUP": ["number", "up dates again"],
    "CHOOSE": ["place", "number", "text"],
    **{sign: ["number", "number"] for sign in sorted(OPERATORS)}, "&": ["text number", "text number"],
    "u-": ["number"], "u+": ["number"], "%": ["number"],
}  # fmt: skip
OPERATOR_FORMS = {sign: "[cv]" if sign in ("u-", "u+", "%") else "[cv][cv]" for sign in sorted(OPERATORS)}
OF_DATES = {name for name, kinds in CALLS.items() if {"date", "year"} & set(" ".join(kinds).split())}
EACH, SEED = 40, 20080731  # formulas for each form of call


def forms() -> dict[str, list[str]]:
    """Every function with the forms of call that are answered, up to three arguments."""
    patterns = {name: proved.forms for name, proved in PROVED.items()} | OPERATOR_FORMS
    every = ["".join(f) for count in range(4) for f in itertools.product("crwav-", repeat=count)]
    found = {name: [f for f in every if re.fullmatch(pattern, f)] for name, pattern in patterns.items()}
    for name in ("SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTA", "SUBTOTAL", "SUMPRODUCT"):  # third is as second
        found[name] = [f for f in found[name] if len(f) < 3 or (list(f) == sorted(set(f)) and "a" not in f)]
    return found


FORMS = forms()
CASES = [(name, form) for name, found in FORMS.items() for form in found]


class Sheets:
    """The values of the proof in a workbook, and how a formula names them."""

    def __init__(self, path: Path) -> None:
        self.book = xlsxwriter.Workbook(path)
        self.cells: dict[str, list[str]] = {}
        values, ranges = self.book.add_worksheet("V"), self.book.add_worksheet("R")
        row = 0
        for kind, found in VALUES.items():
            for value in found:
                put(values, row, 0, value)
                self.cells.setdefault(kind, []).append(f"V!$A${row + 1}")
                row += 1
        for column, found in enumerate(RANGES.values()):
            for at, value in enumerate(found):
                put(ranges, at + 1, column, value)  # below a row of their own, so that whole columns have a blank first
        for at, value in enumerate(RANGES["up"]):
            put(ranges, 9, at, value)
        columns = [{"header": "code"}, {"header": "a"}, {"header": "b"}]
        data = [["A", 1, 0.5], ["B", 2, 0.25], ["C", 3, 0.125]]
        self.book.add_worksheet("T").add_table("B3:D6", {"name": "Prices", "data": data, "columns": columns})
        for name, text in (("OneCell", "V!$A$1"), ("OneBlank", self.cells["none"][0]), ("Line", "R!$A$2:$A$6")):
            self.book.define_name(name, f"={text}")
        letters = {name: column_letters(i + 1) for i, name in enumerate(RANGES)}
        self.named = {name: f"R!${c}$2:${c}$6" for name, c in letters.items()}
        self.ranges = list(self.named.values())
        self.ranges += ["R!$A$10:$E$10", "R!$A$2:$B$6", "Prices[a]", "Prices[[a]:[b]]", "Prices[#All]", "Line"]
        self.ranges += ["Prices[code]", "R!$B$2:$B$3"]
        self.whole = [f"R!{letters[name]}:{letters[name]}" for name in CUT] + ["R!10:10"]
        self.lines = [f"INDEX(ISNUMBER({text}),)" for text in self.ranges[:8]]
        self.arrays = [f"{text}*2" for text in self.ranges[:12]] + [
            f"({text}>1)*{self.ranges[0]}" for text in self.ranges[8:17]
        ]
        every = [cell for found in self.cells.values() for cell in found]
        self.huge = [self.cells["number"][VALUES["number"].index(value)] for value in (123456789.123, 1e15)]
        self.huge += [self.cells["date"][VALUES["date"].index(2958465)]]
        self.single = [*every, "OneCell", "OneBlank", "Prices[[#Headers],[a]]", "R!$C$2:$C$2"]

    def draw(self, form: str, kinds: str, chance: random.Random) -> str:
        """One argument as text."""
        if form == "r":
            own = [range_ for name, range_ in self.named.items() if name in kinds.split()]
            return chance.choice(own if own and chance.random() < 0.5 else self.ranges)
        if form == "a" and kinds != "line":
            return chance.choice(self.arrays)
        if form in "wa-":
            return {"w": chance.choice(self.whole), "a": chance.choice(self.lines), "-": ""}[form]
        fitting = [cell for kind in kinds.split() for cell in self.cells.get(kind, ())]
        cell = chance.choice(fitting if fitting and chance.random() < 0.75 else self.single)
        if form == "c":
            return cell
        literal = ["2", "0", "-3", "0.1", "39660", '"text"', '"5"', "TRUE", "FALSE()", "NA()", "1/0", "OneCell*1"]
        fixed = {
            "whole": ["0", "FALSE()", "FALSE", "0"],
            "kind": ["0", "1", "FALSE()", "TRUE()", "FALSE"],
            "truth": [f"{cell}>1", f"{cell}=2", "TRUE"],
        }
        own = [text for kind in kinds.split() for text in fixed.get(kind, [])]
        plain = [repr(v) for kind in kinds.split() for v in VALUES.get(kind, ()) if isinstance(v, int | float)]
        return chance.choice([f"({cell}*1)", f"IFERROR({cell},3)", chance.choice(literal), *own, *plain[:8]])


def put(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is BLANK:
        return
    if value in (EMPTY, NA, DIV0):
        formula, shown = {EMPTY: ('=""', ""), NA: ("=NA()", "#N/A"), DIV0: ("=1/0", "#DIV/0!")}[value]
        sheet.write_formula(row, column, formula, None, shown)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        sheet.write_number(row, column, value)


def mark_texts(path: Path) -> None:
    """Say of formulas that give no letters that they give text, as Excel does."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, re.sub(rb'(<c r="\w+")(><f>""</f><v></v>)', rb'\1 t="str"\2', content))


def by_both(path: Path, count: int) -> list[tuple[Any, Any]]:
    """What the formulas of the first rows of column A of a sheet Page come to without LibreOffice, and by it."""
    mark_texts(path)
    workbook = Workbook(Package.open(path))
    model = Model(workbook, SharedStrings(workbook))
    model.prepare()
    with IronCalc() as engine:
        done = Turns(model, [cell for cell in model.formulas.values() if cell.sheet.name == "Page"], engine)
        done.run()
    theirs = {c.address: c.recalculated for c in calc.recalculate(path, timeout=300).cells if c.sheet == "Page"}
    return [(done.results.get(("page", row, 1)), theirs[f"A{row}"]) for row in range(1, count + 1)]


def written(name: str, arguments: list[str]) -> str:
    if name == "INDEX" and not arguments[1]:  # an array, which only another function can take
        return f"=MATCH(TRUE(),{arguments[0]},FALSE())"
    if any("*2" in one or ">1)*" in one for one in arguments) and name not in ("SUMPRODUCT", "MATCH"):
        return f"=SUMPRODUCT({name}({','.join(arguments)}))"  # which has arrays computed in it
    if name == "INDEX" and "" in arguments:  # a line, which is no value of a cell
        return f"=SUM({name}({','.join(arguments)}))"
    if name not in OPERATORS:
        return f"={'_xlfn.' if name in ('IFNA', 'RRI') else ''}{name}({','.join(arguments)})"
    if len(arguments) == 1:
        return f"={arguments[0]}%" if name == "%" else f"={name[1]}{arguments[0]}"
    return f"={arguments[0]}{name}{arguments[1]}"


def computed(path: Path, each: int = EACH) -> dict[tuple[str, str], list[tuple[str, Any, Any]]]:
    """For every function and form: the formula, what is believed of IronCalc (else None), what LibreOffice says."""
    chance = random.Random(SEED)
    sheets = Sheets(path)
    page = sheets.book.add_worksheet("Page")
    where: list[tuple[tuple[str, str], str]] = []
    for name, form in CASES:
        found: dict[str, None] = {}
        for _ in range(each * 2):
            kinds = ["truth", "line", "whole kind"] if name == "MATCH" and form[1] == "a" else CALLS[name]
            kinds = ["", "first", "first"] if name == "INDEX" and form[0] == "c" else kinds
            arguments = [sheets.draw(one, kinds[at], chance) for at, one in enumerate(form)]
            if name == "SUBTOTAL":
                arguments[0] = chance.choice("1 2 3 4 5 9 101 102 103 104 105 109".split())
            huge = any(cell in argument for argument in arguments for cell in sheets.huge)
            if len(found) < each and not (huge and name in OF_DATES):  # LibreOffice counts days and months one by one
                found[written(name, arguments)] = None
        for formula in found:
            page.write_formula(len(where), 0, formula, None, "not computed")
            where.append(((name, form), formula))
    sheets.book.close()
    result: dict[tuple[str, str], list[tuple[str, Any, Any]]] = {}
    for (case, formula), (ours, theirs) in zip(where, by_both(path, len(where)), strict=True):
        result.setdefault(case, []).append((formula, ours, theirs))
    return result


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[tuple[str, Any, Any]]]:
    return computed(tmp_path_factory.mktemp("proof") / "proof.xlsx")


def agree(ours: Any, theirs: Any) -> bool:
    """To the last digits: sums of the same numbers in another order may differ by these."""
    if isinstance(ours, bool):
        ours = float(ours)
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=4e-15)
    return type(ours is None) is bool and str(ours) == str(theirs)


@pytest.mark.parametrize(("name", "form"), CASES, ids=lambda text: str(text) or "none")
def test_what_is_believed_is_what_libreoffice_computes(proof, name: str, form: str) -> None:
    answered = [(formula, ours, theirs) for formula, ours, theirs in proof[name, form] if ours is not None]
    assert answered, "a form of call that is in the list and never answered"
    assert [case for case in answered if not agree(*case[1:])] == []


def test_the_list_is_what_is_proved() -> None:
    assert set(CALLS) == set(PROVED) | set(OPERATORS)
    assert all(FORMS.values())
