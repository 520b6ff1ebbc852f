"""What many formulas need is read once: tables of inputs, lines that are looked up, the figures of a tie-out."""

import datetime

import pytest

from xl_flexextra.calculation import tie_out
from xl_flexextra.inputs import remembered
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.recalculation import call_checks, cell_values, own_calls
from xl_flexextra.recalculation.cell_values import Cells
from xl_flexextra.recalculation.formula_tree import Beyond

DAYS = [datetime.date(2001, month, 1) for month in range(1, 13)]
ROWS = [["date", "EQ"], *([day, 10.0 + place] for place, day in enumerate(DAYS))]


def test_unit_values_are_one_object_for_all_figures():
    cells = Cells(ROWS)
    first = own_calls._as_input(cells, "unit_values")
    assert isinstance(first, UnitValues)
    assert first.values[3, 0] == 13.0
    assert own_calls._as_input(cells, "unit_values") is first
    assert own_calls._as_input(cells, "rows") == ROWS  # as any other range


def test_what_is_no_table_of_inputs_is_left_to_the_function():
    wrong = Cells([["date", "EQ"], ["2001-01-31", 10.0], ["2001-01-31", 11.0]])
    assert own_calls._as_input(wrong, "unit_values") == list(wrong)


@pytest.mark.parametrize(("wanted", "line", "beyond"), [
    (3.0, [1.0, 2.0, 4.0], False), (3.0, [1.0, "2", 4.0], True), (3.0, [1.0, 5.0, 2.0], True), (9.0, [1.0, 5.0, 2.0], False),
])  # fmt: skip
def test_a_line_that_is_looked_up_is_judged_once(wanted, line, beyond, monkeypatch):
    seen = []
    monkeypatch.setattr(cell_values, "is_number", lambda value: seen.append(value) or isinstance(value, float))
    cells = Cells([[value] for value in line])
    for _ in range(5):
        if beyond:
            with pytest.raises(Beyond):
                call_checks.matched([wanted, cells, 1.0])
        else:
            call_checks.matched([wanted, cells, 1.0])
    assert len(seen) <= len(line)


def test_the_figures_of_a_tie_out_are_read_once_for_all_rows(monkeypatch):
    remembered.MEMORY.clear()
    read, line_of = [], tie_out._line_of
    monkeypatch.setattr(tie_out, "_line_of", lambda *given: read.append(given) or line_of(*given))
    figures = [["fund", "period", "published"], ["EQ", "1Y", 0.2], ["BD", "1Y", 0.1]]
    numbers = [0.1, 0.2]  # exchanged: each is printed in the place of the other
    found = [tie_out.neighbour(figures, numbers, number, 2) for number in (1, 2, 1, 2)]
    assert found == ["neighbour's row: BD", "neighbour's row: EQ"] * 2
    assert len(read) == 2
    assert tie_out.neighbour(figures, [0.3, 0.2], 1, 2) == "neighbour's row: BD"  # other figures are read anew
    assert tie_out.neighbour(figures, [0.3, 0.3], 1, 2) == ""
