"""Figures amid words, rows of dollars, sheets of a row a figure, texts in other encodings: read, or named as skipped."""

from __future__ import annotations

import openpyxl
import pytest

from xl_flexextra.reading import open_document, reading

TITLE = "Average annual total returns as of June 30, 2011"


def read(tmp_path, text, name="page.txt", encoding="utf-8"):
    (tmp_path / name).write_bytes(text.encode(encoding))
    return reading.read(open_document.open_document(tmp_path / name))


def of(found):
    return [(one.fund, found.period(one), one.value) for one in found.figures]


def row(name, *figures, wide=34, each=12):
    return f"{name:{wide}}" + "".join(f"{one:>{each}}" for one in figures)


def test_rows_whose_figures_stand_between_a_name_and_words_are_read(tmp_path):
    text = """Average annual total returns
Fund Name
(Symbol, Fund Num)
AS OF 06/30/2016 Expense
Ratio
Sub Account
Inception Date
  1 Year   3 Years   5 Years   10 Years Life 2 of
  Sub Account
VIP Alpha (FPDRC, 9084) -13.31% +18.82% +18.00% +12.82% +11.66% 0.74% 08/15/2005 Health Morningstar Rating 5 stars 5
760 Funds Rated
Exchange VIP Alpha
VIP Beta 60 (FMPPC, 9197) -0.73% +6.22% +5.90% -- +4.54% 0.88% 04/30/2008 Allocation--50% to 70% Equity Rating 4
"""
    found = read(tmp_path, text)
    codes = ("1Y", "3Y", "5Y", "10Y", "SI_SUBACCOUNT")
    alpha = ("-13.31", "18.82", "18.00", "12.82", "11.66")
    beta = ("-0.73", "6.22", "5.90", "", "4.54")
    assert of(found) == [
        *(("VIP Alpha", code, value) for code, value in zip(codes, alpha, strict=True)),
        *(("VIP Beta 60", code, value) for code, value in zip(codes, beta, strict=True) if value),
    ]
    assert [(one.name, one.subaccount_inception) for one in found.funds] == [
        ("VIP Alpha", "08/15/2005"),
        ("VIP Beta 60", "04/30/2008"),
    ]
    assert {one.text for one in found.open} == {"0.74%", "0.88%"}


def test_sentences_with_returns_are_named_as_skipped(tmp_path):
    found = read(
        tmp_path, f"{TITLE}\n\nThe Alpha Fund returned 1.10% for one year, -2.20% for five years and 3.30% for ten years.\n"
    )
    assert not found.figures
    assert [one.why for one in found.open] == ["its figures stand amid words"]


def test_rows_of_dollars_beside_returns_are_named_as_skipped(tmp_path):
    rows = [
        "Alpha Fund",
        row("", "YTD", "1 Year", "5 Years"),
        row("Total return (%)", "1.10", "-2.20", "3.30"),
        row("Growth of $10,000", "$10,110", "$9,780", "$11,763"),
        row("Net assets ($ millions)", "512.3", "498.1", "377.2"),
        row("Net expense ratio (%)", "0.71", "0.72", "0.73"),
    ]
    found = read(tmp_path, "\n".join(["Total Returns as of June 30, 2011", "", *rows, ""]))
    assert of(found) == [("Alpha Fund", "YTD", "1.10"), ("Alpha Fund", "1Y", "-2.20"), ("Alpha Fund", "5Y", "3.30")]
    named = "\n".join(one.text for one in found.open)
    assert all(text in named for text in ("Growth of $10,000", "Net assets", "Net expense ratio"))


@pytest.mark.parametrize("kind", ["tabs", "paper", "xlsx"])
def test_sheets_of_a_row_a_figure(tmp_path, kind):
    rows = [["Fund", "Period", "Return"]]
    wanted = []
    for fund, first in (("Alpha Growth Fund", 1), ("Beta Bond Fund", -4)):
        for at, (text, code) in enumerate((("1 Year", "1Y"), ("5 Years", "5Y"), ("Since Inception", "SI"))):
            rows.append([fund, text, f"{first}.{at + 1}0%"])
            wanted.append((fund, code, f"{first}.{at + 1}0"))
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for one in [[TITLE], *rows]:
            book.active.append(one)
        book.save(tmp_path / "page.xlsx")
        found = reading.read(open_document.open_document(tmp_path / "page.xlsx"))
    elif kind == "tabs":
        found = read(tmp_path, "\n".join([TITLE, *("\t".join(one) for one in rows)]))
    else:  # the fund is written once
        rows = [[fund if text == "1 Year" or fund == "Fund" else "", text, value] for fund, text, value in rows]
        found = read(tmp_path, "\n".join([TITLE, "", *(row(one[0], *one[1:], each=18) for one in rows)]))
    assert of(found) == wanted
    assert {found.day(one.as_of) for one in found.figures} == {"2011-06-30"}
    assert [one.name for one in found.funds] == ["Alpha Growth Fund", "Beta Bond Fund"]
    assert not found.open


def test_a_long_sheet_with_measures_and_days_keeps_them_apart(tmp_path):
    rows = [
        ["Fund", "Measure", "Period", "As of", "Value (%)"],
        ["Alpha Fund", "Average annual total return", "1 Yr", "06/30/2011", "1.10"],
        ["Alpha Fund", "Average annual total return", "1 Yr", "07/31/2011", "2.20"],
        ["Alpha Fund", "Expense ratio", "1 Yr", "07/31/2011", "0.71"],
    ]
    found = read(tmp_path, "\n".join(["Annuity performance", *("\t".join(one) for one in rows)]))
    assert [(found.day(one.as_of), one.value, one.kind) for one in found.figures] == [
        ("2011-06-30", "1.10", "average annual total return"),
        ("2011-07-31", "2.20", "average annual total return"),
    ]
    assert [one.why for one in found.open] == ["the row names no returns"]


def test_a_benchmark_in_brackets_behind_a_figure_is_named(tmp_path):
    lines = ["Alpha Portfolio", "  • Unit value as of 03/24/2013: $10.12", "  • Total returns as of 02/28/2013:"]
    lines += ["  • YTD: 0.10% (benchmark: 0.72%)", "  • 1 Year: 0.40% (benchmark: 2.22%)", ""]
    found = read(tmp_path, "\n".join(["Historical Returns", "", *lines]))
    assert of(found) == [("Alpha Portfolio", "YTD", "0.10"), ("Alpha Portfolio", "1Y", "0.40")]
    assert {found.day(one.as_of) for one in found.figures} == {"2013-02-28"}
    assert [one.text for one in found.open] == ["(benchmark: 0.72%)", "(benchmark: 2.22%)"]


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp1251", "Фонд роста"), ("utf-16", "Фонд роста"), ("cp1252", "Fonds Crédit à terme")]
)
def test_names_are_read_in_the_encoding_of_the_page(tmp_path, encoding, name):
    text = "\n".join([TITLE, "", row("Fund", "1 Year", "5 Years"), row(name, "1.10%", "2.20%"), ""])
    found = read(tmp_path, text, encoding=encoding)
    assert of(found) == [(name, "1Y", "1.10"), (name, "5Y", "2.20")]
    assert any(encoding in note for note in found.notes) == encoding.startswith("cp")


def test_a_heading_that_touches_its_neighbour_is_parted_by_the_columns(tmp_path):
    head = f"{'Fund':30}{'1 Year':>12}{'10 Yr Expense Ratio':>26}   Objective"
    rows = [f"{'Alpha Fund':30}{'1.10%':>12}{'2.20%':>12}{'0.71%':>14}   Growth of capital"]
    found = read(tmp_path, "\n".join([TITLE, "", head, *rows, ""]))
    assert of(found) == [("Alpha Fund", "1Y", "1.10"), ("Alpha Fund", "10Y", "2.20")]
    assert [one.text for one in found.open] == ["0.71%"]


def test_an_expense_ratio_named_in_the_heading_behind_the_periods_is_none_of_them(tmp_path):
    text = """Average annual total returns as of 09/30/2014
Fund YTD 1 Yr 5 Yr Gross Expense Ratio
Alpha Fund +1.10% -2.20% +3.30% 0.76% Large Blend 4 stars
Beta High Yield Fund +4.10% +5.20% -6.30% 0.91% Large Blend 3 stars
"""
    found = read(tmp_path, text)
    assert of(found) == [
        ("Alpha Fund", "YTD", "1.10"),
        ("Alpha Fund", "1Y", "-2.20"),
        ("Alpha Fund", "5Y", "3.30"),
        ("Beta High Yield Fund", "YTD", "4.10"),
        ("Beta High Yield Fund", "1Y", "5.20"),
        ("Beta High Yield Fund", "5Y", "-6.30"),
    ]
    assert [one.text for one in found.open] == ["0.76%", "0.91%"]


def test_rows_that_only_say_sub_account_are_of_the_fund_above(tmp_path):
    rows = []
    for fund, figures in (("Alpha Fund", ("1.10", "2.20")), ("Beta Fund", ("3.10", "4.20"))):
        rows += [fund, row("", "1 Year", "5 Years"), row("Subaccount", *figures), row("Category rank (%)", "12", "34")]
        rows += [row("$10,000 grew to", "$10,110", "$11,149"), ""]
    found = read(tmp_path, "\n".join(["Fund performance as of December 31, 2013", "", *rows]))
    assert of(found) == [
        ("Alpha Fund", "1Y", "1.10"),
        ("Alpha Fund", "5Y", "2.20"),
        ("Beta Fund", "1Y", "3.10"),
        ("Beta Fund", "5Y", "4.20"),
    ]
    assert {one.name for one in found.funds} == {"Alpha Fund", "Beta Fund"}


def test_a_measure_in_a_column_of_its_own_tells_the_rows_of_one_fund_apart(tmp_path):
    cells = "<tr><th>Option<th><th>1 Yr<th>5 Yr</tr>"
    cells += "<tr><td rowspan=2>Alpha Fund<br>(inception 5/1/1997)<td>Without withdrawal charge<td>1.10%<td>2.20%</tr>"
    cells += "<tr><td>With withdrawal charge<td>-3.10%<td>1.20%</tr>"
    found = read(tmp_path, f"<h3>{TITLE}</h3><table>{cells}</table>", "page.html")
    assert [(one.fund, found.period(one), one.value, one.charges) for one in found.figures] == [
        ("Alpha Fund", "1Y", "1.10", ""),
        ("Alpha Fund", "5Y", "2.20", ""),
        ("Alpha Fund", "1Y", "-3.10", "all"),
        ("Alpha Fund", "5Y", "1.20", "all"),
    ]


def test_a_benchmark_beside_the_return_in_a_row_a_figure_is_named(tmp_path):
    rows = [["Portfolio", "Time period", "Portfolio return", "Benchmark return"], ["Alpha", "One year", "1.10%", "2.20%"]]
    rows += [["Alpha", "Five years", "3.10%", "4.20%"]]
    found = read(tmp_path, "\n".join([TITLE, *("\t".join(one) for one in rows)]))
    assert of(found) == [("Alpha", "1Y", "1.10"), ("Alpha", "5Y", "3.10")]
    assert [one.text for one in found.open] == ["2.20%", "4.20%"]


def test_a_code_or_share_class_is_no_fund(tmp_path):
    rows = [
        ["Investment Option", "Share class", "Fund code", "1 yr.", "5 yrs."],
        ["Alpha Fund", "IB", "A043", "1.10", "2.20"],
    ]
    rows += [["Beta Fund", "IB", "A143", "3.10", "4.20"]]
    found = read(tmp_path, "\n".join([TITLE, *("\t".join(one) for one in rows)]))
    assert [one.name for one in found.funds] == ["Alpha Fund", "Beta Fund"]


def test_a_row_that_only_says_portfolio_is_of_the_fund_in_the_title(tmp_path):
    lines = ["Alpha & Income Portfolio", "As of 12/31/2017", "", "Average annual total returns (%)", ""]
    lines += [row("", "1 year", "3 year"), row("Portfolio", "1.10", "2.20"), row("Primary benchmark", "3.10", "4.20"), ""]
    found = read(tmp_path, "\n".join([*lines, "Operating expenses (gross): 0.91%", ""]))
    assert of(found)[:2] == [("Alpha & Income Portfolio", "1Y", "1.10"), ("Alpha & Income Portfolio", "3Y", "2.20")]
    assert [one.name for one in found.funds] == ["Alpha & Income Portfolio"]


def test_a_charge_named_with_a_day_over_columns_is_theirs(tmp_path):
    spans = "<tr><th><th colspan=2>Standardized with CDSC as of 6/30/2013<th colspan=2>Without CDSC as of 7/31/2013</tr>"
    cells = "<tr><th>Fund<th>1 Yr<th>5 Yr<th>YTD<th>1 Yr</tr><tr><td>Alpha Fund<td>1.10%<td>2.20%<td>3.30%<td>4.40%</tr>"
    found = read(tmp_path, f"<p>Average annual total returns</p><table>{spans}{cells}</table>", "page.html")
    assert [(found.day(one.as_of), one.value, one.charges) for one in found.figures] == [
        ("2013-06-30", "1.10", "all"),
        ("2013-06-30", "2.20", "all"),
        ("2013-07-31", "3.30", ""),
        ("2013-07-31", "4.40", ""),
    ]


@pytest.mark.parametrize("bad", [b"caf\xe9 \n", b"\xe2"])
def test_bad_bytes_in_utf_8_do_not_make_it_cp1252(tmp_path, bad):
    good = f"{TITLE}\n\n{row('Sub-account', '1 Year', '5 Years')}\n{row('L’Été – Fund', '1.10%', '−2.20%')}\n"
    (tmp_path / "page.txt").write_bytes(good.encode() + bad)
    found = reading.read(open_document.open_document(tmp_path / "page.txt"))
    assert of(found) == [("L’Été – Fund", "1Y", "1.10"), ("L’Été – Fund", "5Y", "-2.20")]
    assert found.notes == ["page.txt holds signs that could not be read, the first in line 5; save it in UTF-8"]


@pytest.mark.parametrize("bad", [b"", b"<p>caf\xe9</p>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_encodings_of_html(tmp_path, bad, encoding):
    table = "<tr><th>Fund<th>1 Year<th>5 Years</tr><tr><td>L’Été Fund<td>1.10%<td>–2.20%</tr>"
    text = f"<p>“Été” – x</p><h3>{TITLE}</h3><table>{table}</table>".encode(encoding)
    (tmp_path / "page.html").write_bytes(text + (b"" if encoding == "utf-16" else bad))
    found = reading.read(open_document.open_document(tmp_path / "page.html"))
    assert of(found) == [("L’Été Fund", "1Y", "1.10"), ("L’Été Fund", "5Y", "-2.20")]
