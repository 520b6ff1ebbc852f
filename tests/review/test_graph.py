"""The formula graph, read by openpyxl: every figure's precedents end in inputs, with no constant on the way."""

import re

import pytest
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import range_boundaries

from xl_flexextra import catalogue

FIRST, COUNT = 8, 112
FORBIDDEN = re.compile(r"\b(OFFSET|INDIRECT|NOW|TODAY|RAND|CELL|INFO)\(")
INPUT_SHEETS = {"Unit values", "Funds", "Shares", "Published", "Flexible terms", "Single terms", "Before terms", "Settings"}
OURS = re.compile(rf"\b({'|'.join(catalogue.names())})\(")


def text_of(cell):
    value = getattr(cell.value, "text", cell.value)
    return value if cell.data_type == "f" and isinstance(value, str) else ""


class Graph:
    """Precedents of a cell, structured references and names resolved."""

    def __init__(self, book):
        self.book = book
        self.names = {name: defined.attr_text for name, defined in book.defined_names.items()}
        self.tables = {t.name: (s.title, t) for s in book.worksheets for t in s.tables.values()}
        self.known = {}

    def ranges(self, sheet, formula):
        for token in Tokenizer(formula).items:
            if token.type == Token.OPERAND and token.subtype == Token.RANGE:
                yield self.resolve(sheet, token.value)

    def resolve(self, sheet, reference):
        if reference in self.names:
            return self.resolve(sheet, self.names[reference])
        structured = re.fullmatch(r"(\w+)\[(.*)\]", reference)
        if structured:
            where, table = self.tables[structured[1]]
            left, top, right, bottom = range_boundaries(table.ref)
            inside, columns = structured[2], [c.name for c in table.tableColumns]
            if inside == "#All":
                return where, left, top, right, bottom
            if inside == "#Headers":
                return where, left, top, right, top
            if inside == "#Data":
                return where, left, top + 1, right, bottom
            ends = re.fullmatch(r"\[(.+)\]:\[(.+)\]", inside)
            first, last = ends.groups() if ends else (inside, inside)
            return where, left + columns.index(first), top + 1, left + columns.index(last), bottom
        name, _, cells = reference.rpartition("!")
        return name.strip("'") or sheet, *range_boundaries(cells.replace("$", ""))

    def cells(self, sheet, formula):
        for where, left, top, right, bottom in self.ranges(sheet, formula):
            for row in self.book[where].iter_rows(min_row=top, max_row=bottom, min_col=left, max_col=right):
                yield from ((where, cell.coordinate) for cell in row)

    def trace(self, sheet, address):
        """All cells behind a cell: formulas with their text, and inputs."""
        formulas, inputs, waiting = {}, set(), [(sheet, address)]
        while waiting:
            place = waiting.pop()
            if place in formulas or place in inputs:
                continue
            text = text_of(self.book[place[0]][place[1]])
            if not text:
                inputs.add(place)
                continue
            formulas[place] = text
            if place not in self.known:
                self.known[place] = set(self.cells(place[0], text))
            waiting += self.known[place]
        return formulas, inputs


@pytest.fixture(scope="module")
def graph(formulas):
    return Graph(formulas)


def constants(text):
    return [
        t.value
        for t in Tokenizer(text).items
        if t.type == Token.OPERAND and t.subtype in (Token.NUMBER, Token.TEXT, Token.LOGICAL, Token.ERROR)
    ]


def test_every_native_figure_is_traced_to_inputs_without_a_constant_on_the_way(graph, formulas):
    contracts = formulas["Contracts"]
    for row in range(FIRST, FIRST + COUNT):
        path, inputs = graph.trace("Review", f"I{row}")
        assert len(path) > 20
        for place, text in path.items():
            assert constants(text) == [], place
            assert not FORBIDDEN.search(text), place
            assert not OURS.search(text), place  # native functions only
            assert len(text) < 260, place
        sheets = {sheet for sheet, _ in inputs}
        assert sheets - INPUT_SHEETS <= {"Contracts", "Workings"}, sheets
        assert {"Unit values", "Published", "Settings", "Flexible terms"} <= sheets
        own = [a for s, a in inputs if s == "Contracts" and contracts[a].value is not None]
        # on Contracts: term names, what stands where a term is not given, what is needed, flags; all marked as inputs
        assert all(contracts[a].column <= 4 or contracts[f"A{contracts[a].row}"].value.startswith("input:") for a in own)
        assert {formulas["Workings"][a].column_letter for s, a in inputs if s == "Workings"} <= {"F"}


def test_a_figure_after_charges_rests_on_its_unit_values_share_and_charge(graph, formulas):
    steps = formulas["Workings"]
    row = next(r for r in range(FIRST, FIRST + COUNT) if formulas["Published"].cell(r - 3, 2).value == "SINGLE")
    _, inputs = graph.trace("Review", f"I{row}")
    sheets = {s for s, _ in inputs}
    assert {"Shares", "Single terms", "Unit values"} <= sheets
    assert any(s == "Settings" for s in sheets)
    assert steps.max_row >= row


def test_columns_hold_one_formula_all_the_way_down(formulas):
    from xl_flexextra.review import fingerprints

    for sheet, columns in (("Workings", None), ("Review", "ABCDEFGHIJKLMN")):
        ws = formulas[sheet]
        for column in range(1, ws.max_column + 1):
            if columns and ws.cell(FIRST, column).column_letter not in columns:
                continue
            texts = {(r, column - 1): text_of(ws.cell(r + 1, column)) for r in range(FIRST - 1, FIRST - 1 + COUNT)}
            if any(OURS.search(t) for t in texts.values()):
                continue  # the spilled column: one call a group
            if any(texts.values()):
                assert fingerprints.distinct(texts) == 1, (sheet, ws.cell(FIRST - 1, column).value)


def test_one_call_fills_the_column_of_each_contract_and_date(formulas):
    calls = [text_of(c) for row in formulas["Workings"].iter_rows() for c in row if OURS.search(text_of(c))]
    assert len(calls) == 4
    assert all(call.startswith("=IF(FunctionsHere,CONTRACT_AATR(") for call in calls)


def test_a_reference_to_a_constant_would_be_found(graph):
    assert constants('=IF(A1>0,B1*1.5,"x")') == ["0", "1.5", '"x"']
    assert constants("=MATCH(A1,B1:B9,FALSE())") == []
