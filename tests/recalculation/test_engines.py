"""Core and engine in turns: who is asked for what, and what becomes of a cell where the engine fails."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.formula import ArrayFormula
from typer.testing import CliRunner

from xl_flexextra.cli.main import app
from xl_flexextra.hosts import calc
from xl_flexextra.recalculation import embedded_engine
from xl_flexextra.recalculation.embedded_engine import Block, IronCalc, NoAnswer, Question
from xl_flexextra.sync.refresh import Outcome, Request, refresh
from xl_flexextra.sync.report import summary

from .test_refreshed import ROOT, book, from_1904, listed, page, refreshed, stored

FORMULAS = ["SUM(Shares[share])", "A1*2", "AATR(1000,1000+A1*500,5)", "ROUND(A3*100,2)", "IFERROR(AATR(1000,A4*0,5),A4)"]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Ten shares, and a page that the core and the engine compute together; as the shares 0.3, 0.1, … make it."""
    figure = 1.6**0.2 - 1
    return ten_shares(tmp_path / "small.xlsx", FORMULAS, [1.2, 2.4, figure, 9.86, -1.0])


def ten_shares(path: Path, formulas: list[str], values: list[Any]) -> Path:
    """A table of shares 0.3, 0.1, …, and a page of formulas with their values."""
    made = xlsxwriter.Workbook(path)
    data = [[f"F{place}", 0.3 if place == 0 else 0.1] for place in range(10)]
    headers = [{"header": "fund"}, {"header": "share"}]
    made.add_worksheet("Data").add_table("A1:B11", {"name": "Shares", "data": data, "columns": headers})
    sheet = made.add_worksheet("Page")
    for row, (formula, value) in enumerate(zip(formulas, values, strict=True)):
        sheet.write_formula(row, 0, f"={formula}", None, value)
    made.calc_on_load = False
    made.close()
    return path


def run(path: Path, *options: str) -> tuple[int, str]:
    """A refresh to ten shares of 0.1: how it ends, and what it says."""
    source = path.with_name("shares.csv")
    source.write_text("fund,share\n" + "".join(f"F{place},0.1\n" for place in range(10)))
    command = ["refresh", str(path), "--from", str(source), "--accept-revisions", "--cells", "99"]
    done = CliRunner().invoke(app, [*command, *options])
    return done.exit_code, done.output


def august(path: Path) -> Outcome:
    """A month more of unit values, without LibreOffice."""
    old = (ROOT / "xl_flexextra" / "sample" / "unit_values.csv").read_text()
    last = [line.split(",") for line in old.splitlines() if line.startswith("2008-07-31")]
    new = [f"2008-08-31,{fund},{float(value) * 1.01!r}" for _, fund, value in last]
    source = path.with_name("august.csv")
    source.write_text(old + "\n".join(new) + "\n")
    return refresh(Request(path, str(source)))


def test_core_and_engine_take_turns(small: Path) -> None:
    code, output = run(small, "--no-calc")
    assert (code, listed(output)) == (0, set())
    assert "1 formula by this package, 4 formulas by IronCalc;" in output
    assert page(small)[:4] == pytest.approx([1.0, 2.0, 1.5**0.2 - 1, 8.45], rel=1e-12)
    assert calc.recalculate(small).differences == []


def test_the_update_as_version_0_1_0_built_it_is_recomputed_as_a_whole_without_libreoffice(tmp_path: Path) -> None:
    """2,538 cells that version 0.1.0 recomputed itself; AsOf's WORKDAY over a table of holidays is among them."""
    path = Path(shutil.copy(Path(__file__).with_name("update_0_1_0.xlsx"), tmp_path))
    outcome = august(path)
    report = outcome.dependents
    assert report.by_core + report.by_engine >= 2538
    assert (report.by_calc, report.stale) == (0, [])
    assert openpyxl.load_workbook(path, data_only=True)["Calculation"]["B4"].value.isoformat()[:10] == "2008-08-31"
    assert calc.recalculate(path).differences == []
    assert f"{report.by_engine:,} formulas by IronCalc" in summary.text(outcome)


SERVE = "from xl_flexextra.files import in_child\nin_child.serve(lambda: None, lambda sheets, cells, formulas: {})"
BROKEN = {
    "ends at once": "",
    "prints what is no message": "import sys\nfor line in sys.stdin.buffer: print('Unexpected feature' * 9, flush=True)",
    "gives too few answers": SERVE.format("[1]"),
    "gives what is no value": SERVE.format("[[1]] * len(formulas)"),
    "fails": SERVE.format("1 / 0"),
    "takes too much memory": SERVE.format("[0] * (1 << 40)"),
    "is killed": "import os\nos.kill(os.getpid(), 9)",
    "never answers": "import time\ntime.sleep(60)",
}


def broken(folder: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """The engine's child is another one."""
    name = f"child_{abs(hash(fault))}"
    (folder / f"{name}.py").write_text(BROKEN[fault])
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(embedded_engine, "CHILD", name)


@pytest.mark.parametrize("fault", list(BROKEN))
def test_cells_stay_and_are_listed_where_the_engine_fails(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    old = page(small)
    broken(tmp_path, monkeypatch, fault)
    monkeypatch.setattr(IronCalc.__init__, "__defaults__", (0, 1.0))
    code, output = run(small, "--no-calc")
    assert (code, listed(output)) == (1, {f"Page!A{row}" for row in range(1, 6)})
    assert page(small) == old


def test_libreoffice_computes_where_the_engine_is_not_installed(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_engine, "find_spec", lambda _name: None)
    code, output = run(small)
    assert (code, listed(output)) == (0, set())
    assert "5 formulas by LibreOffice Calc" in output
    assert page(small)[:2] == pytest.approx([1.0, 2.0])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """What the engine was told and asked."""
    heard: list[Question] = []
    answers = IronCalc.answers

    def listen(self: IronCalc, question: Question) -> list[Any]:
        heard.append(question)
        return answers(self, question)

    monkeypatch.setattr(IronCalc, "answers", listen)
    return heard


def test_tables_reach_the_engine_as_ranges_and_ours_as_values(small: Path, told: list[Question]) -> None:
    run(small, "--no-calc")
    formulas = [text for question in told for *_place, text in question.formulas]
    assert any(text.startswith("SUM(sheet_") and text.endswith("!B2:B11)") for text in formulas)
    assert not any("[" in text or "AATR" in text for text in formulas)


def test_workbooks_that_count_from_1904_are_never_sent(tmp_path: Path, told: list[Question]) -> None:
    path = from_1904(tmp_path / "mac.xlsx")
    source = tmp_path / "values.csv"
    source.write_text("valuation_date,EQ\n2008-05-31,14.1\n2008-06-30,14.2\n2008-07-31,14.4\n")
    assert refresh(Request(path, str(source))).dependents.stale
    assert [question for question in told if question.formulas or question.cells] == []


FALLBACKS = [
    "IFERROR(AGGREGATE(9,6,Shares[share]),0)",
    "IF(ISERROR(AGGREGATE(4,6,Shares[share])),0,1)",
    "SUM(Shares[share])+IFERROR(A1,0)",
    "COUNT(A1:A2)+COUNT(Shares[share])",
    "IFERROR(_xlfn.XLOOKUP(2,Shares[share],Shares[share]),-1)",
]


def test_a_fallback_never_stands_for_what_the_engine_lacks(tmp_path: Path) -> None:
    """The text decides: a recalculation of the untouched workbook would agree while the table is empty."""
    path = stored(book(tmp_path / "fallback.xlsx", 0.3, FALLBACKS), {f"A{row}": 10.5 for row in range(1, 6)})
    output = refreshed(path, "--no-calc")
    assert {cell for cell in listed(output) if cell.startswith("Page")} == {f"Page!A{row}" for row in range(1, 6)}
    assert page(path) == [10.5] * 5


def test_cells_told_for_a_formula_that_failed_were_lost(tmp_path: Path) -> None:
    """A formula that cannot be asked for tells its cells; where a turn asks for nothing, they were lost."""
    formulas = ["SUM(Data!D1:AZ100000,Shares[share])", "AATR(1000,Data!B2,5)", "SUM(Shares[share])+A2*0"]
    path = ten_shares(tmp_path / "lost.xlsx", formulas, [1.2, 0.3 - 1, 1.2])
    assert listed(run(path, "--no-calc")[1]) == {"Page!A1"}
    assert page(path)[2] == pytest.approx(1.0)


def test_sheets_made_for_a_question_that_is_never_asked_were_missing_in_the_next_one() -> None:
    with IronCalc() as engine:
        engine.new_sheet()  # of a second check in which no formula can be asked for
        sheet = engine.new_sheet()
        question = Question(cells=[Block(sheet, 1, 1, 1, [5.0])], formulas=[(sheet, 2, 1, f"sheet_{sheet}!A1*2")])
        assert engine.answers(question) == [10.0]


def test_the_engine_takes_values_as_they_are() -> None:
    """No text becomes a number, empty text is no blank cell, and an error stays the one it is."""
    values = ["5", "", None, True, "=1+1", 39660.0, "#N/A"]
    question = Question(["one"], [Block(1, 1, 1, 1, values)])
    question.formulas = [(1, row, 2, f"ISTEXT(one!A{row})") for row in range(1, 8)]
    with IronCalc() as engine:
        assert engine.answers(question) == [True, True, False, False, True, False, True]
        assert engine.answers(Question(formulas=[(1, 1, 3, "NA()"), (1, 2, 3, "one!B1")])) == ["#N/A", True]


def test_numbers_of_several_columns_reach_their_cells_and_blanks_stay_blank() -> None:
    numbers = np.array([1.5, np.nan, 3.0, 4.0, 5.0, np.nan, 7.0, 8.0, -9.0])  # three rows of three columns, from C5 on
    question = Question(["one"], [Block(1, 5, 3, 3, numbers)])
    question.formulas = [(1, row, column + 9, f"one!{'CDE'[column]}{row}") for row in (5, 6, 7) for column in range(3)]
    question.formulas += [
        (1, 20, 1, "COUNT(one!A1:E12)"),
        (1, 21, 1, "ISBLANK(one!D5)"),
        (1, 22, 1, "COUNTBLANK(one!C5:E7)"),
    ]
    with IronCalc() as engine:
        assert engine.answers(question) == [1.5, 0, 3, 4, 5, 0, 7, 8, -9, 7, True, 2]


def test_the_engine_is_not_asked_again_once_it_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with IronCalc() as engine:
        broken(tmp_path, monkeypatch, "ends at once")
        for _ in range(2):
            with pytest.raises(NoAnswer):
                engine.answers(Question(formulas=[(0, 1, 1, "1+1")]))
            monkeypatch.undo()


def test_an_engine_that_cannot_be_started_is_no_answer_and_ends_nothing(monkeypatch):
    def refused(*_given: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(embedded_engine, "Child", refused)
    engine = IronCalc()
    engine.begin()
    with pytest.raises(NoAnswer):
        engine.answers(Question())


TOO_MUCH = {
    "many terms": "+".join(["Data!B2"] * 700),
    "many texts": "&".join(["Data!B2"] * 700),
    "many signs": "-" * 2000 + "Data!B2",
    "many percent signs": "Data!B2" + "%" * 1500,
    "a sum beyond all numbers": "SUM(1E+308,1E+308,Data!B2)",
    "a whole column of ISFORMULA": "SUMPRODUCT(--_xlfn.ISFORMULA(Data!B:B))",
}


def test_a_formula_that_is_too_much_is_listed_and_ends_no_refresh(tmp_path: Path) -> None:
    formulas = [*TOO_MUCH.values(), "SUM(Shares[share])", "SUM(A7,--2)"]
    path = ten_shares(tmp_path / "much.xlsx", formulas, [1.0] * len(TOO_MUCH) + [1.2, 3.2])
    code, output = run(path, "--no-calc")
    assert (code, listed(output)) == (0, {f"Page!A{row}" for row in range(1, len(TOO_MUCH) + 1)})
    assert page(path)[len(TOO_MUCH) :] == pytest.approx([1.0, 3.0])


def test_a_whole_column_ended_above_its_formulas_where_these_had_no_stored_value(tmp_path: Path) -> None:
    """As openpyxl writes them; SUM(C:C) came to 0 in silence."""
    path = tmp_path / "unstored.xlsx"
    book = openpyxl.load_workbook(ten_shares(path, [], []))
    sheet = book["Page"]
    sheet["A1"], sheet["A2"] = "=SUM(C:C)", "=COUNT(4:6)"
    for row in range(4, 7):
        sheet[f"C{row}"] = f"=Data!B{row}*10"
    book.save(path)
    code, output = run(path, "--no-calc")
    assert (code, listed(output)) == (0, set())
    assert page(path)[:2] == [pytest.approx(3.0), 3.0]


def test_an_engine_that_could_not_be_started_ended_the_refresh(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_process(*_given: Any) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(embedded_engine, "Child", no_process)
    code, output = run(small, "--no-calc")
    assert (code, listed(output)) == (1, {f"Page!A{row}" for row in range(1, 6)})


def test_every_number_of_ten_digits_was_taken_for_half_way(tmp_path: Path) -> None:
    """A seventh to twelve decimals, as the routes of a review are compared; what is half way is still left to others."""
    path = ten_shares(
        tmp_path / "round.xlsx",
        ["ROUND(Data!B2/7,12)", "ROUND(Data!B2/7-2.1428E-13,12)"],
        [0.042857142857, 0.042857142857],
    )
    code, output = run(path, "--no-calc")
    assert (code, listed(output)) == (0, {"Page!A2"})
    assert page(path)[0] == 0.014285714286


def test_an_array_over_a_whole_sheet_took_hours(tmp_path: Path) -> None:
    """The cells that an array formula fills are what its file says."""
    path = ten_shares(tmp_path / "array.xlsx", ["1"], [1.0])
    book = openpyxl.load_workbook(path)
    book["Page"]["A1"] = ArrayFormula("A1:XFD1048576", "=AATR(1000,1500,Data!B2)")
    book.save(path)
    code, output = run(path, "--no-calc")
    assert (code, listed(output)) == (1, {"Page!A1"})
