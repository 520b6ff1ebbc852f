"""Tables as other insurers set them; each was read wrong or not at all at the first try."""

from __future__ import annotations

import pytest
from fpdf import FPDF

from xl_flexextra.reading import open_document, reading

TITLE = "Average annual total returns as of June 30, 2011"
HEAD = f"{'Portfolio':32}{'1 Year':>10}{'5 Years':>10}{'10 Years':>10}"


def read(tmp_path, text, name="page.txt"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return reading.read(open_document.open_document(tmp_path / name))


def of(found):
    return [(one.fund, found.period(one), one.value) for one in found.figures]


def row(name, *figures):
    return f"{name:32}" + "".join(f"{one:>10}" for one in figures)


def test_headings_over_several_columns_are_parted_where_they_end(tmp_path):
    text = f"""Total Returns
{"":20}{"as of 1/31/2012":>26}{"as of 12/31/2011":>42}
{"Account":20}{"1 month 3 months":>18}{"YTD":>8}{"1 year":>12}{"5 years":>10}{"10 years":>10}{"Since inception":>17}
{"Stock Account":20}{"3.09%":>8}{"1.76%":>9}{"3.10%":>9}{"-4.02%":>12}{"1.26%":>10}{"7.66%":>10}{"8.01%":>10}
{"Bond Account":20}{"1.09%":>8}{"0.76%":>9}{"1.10%":>9}{"6.02%":>12}{"5.26%":>10}{"4.66%":>10}{"6.01%":>10}
"""
    found = read(tmp_path, text)
    days = {found.period(one): found.day(one.as_of) for one in found.figures}
    assert days == dict.fromkeys(("1M", "3M", "YTD"), "2012-01-31") | dict.fromkeys(("1Y", "5Y", "10Y", "SI"), "2011-12-31")
    assert len(found.figures) == 14


def test_a_day_over_each_half_is_each_halfs_and_so_is_its_standard(tmp_path):
    halves = ("YTD", "1 Month", "3 Month", "1 Year", "3 Year", "5 Year"), ("1 Year", "5 Year", "10 Year")
    text = f"""Division Performance
{"":20}{"Monthly as of 02/29/2012 (non-standardized)":^60}{"Quarterly as of 12/31/2011 (standardized)":^44}
{"Division":20}{"".join(f"{one:>10}" for one in halves[0])}{"".join(f"{one:>14}" for one in halves[1])}
{"Growth Division":20}{"".join(f"{f'{at}.10%':>10}" for at in range(6))}{"".join(f"{f'{at}.10%':>14}" for at in range(3))}
"""
    found = read(tmp_path, text)
    got = [(found.day(one.as_of), one.kind) for one in found.figures]
    assert got == [("2012-02-29", "non-standardized total return")] * 6 + [("2011-12-31", "standardized total return")] * 3


def test_standardized_and_others_side_by_side_in_a_sheet_do_not_stand_twice(tmp_path):
    text = """Standardized and non-standardized performance as of September 30, 2010\t
Sub-account\tInception\tNon-standardized total return\t\tStandardized total return\t
\t\t1 Yr\t5 Yr\t1 Yr\t5 Yr
Growth Fund\t05/13/1997\t31.12%\t15.27%\t24.79%\t14.94%
Bond Fund\t05/13/1997\t9.12%\t5.27%\t2.79%\t4.94%
"""
    found = read(tmp_path, text)
    assert len(found.figures) == 8
    assert {one.kind for one in found.figures if one.value in ("24.79", "14.94", "2.79", "4.94")} == {
        "standardized total return"
    }
    assert sum(one.kind == "non-standardized total return" for one in found.figures) == 4


@pytest.mark.parametrize(
    ("heading", "code"), [("Incep.", "SI"), ("Since Inc.", "SI"), ("Life§", "SI"), ("1Q 2011", "2010-12-31..2011-03-31")]
)
def test_short_headings_name_their_periods(tmp_path, heading, code):
    found = read(tmp_path, f"{TITLE}\n\n{HEAD}{heading:>12}\n{row('Growth Fund', '1.10', '2.20', '3.30')}{'4.40':>12}\n")
    assert of(found)[-1] == ("Growth Fund", code, "4.40")


def test_a_day_under_since_inception_on_which_its_neighbours_end_is_no_inception(tmp_path):
    head = f"{'Fund':20}{'YTD':>12}{'1 Year':>12}{'Since Inception':>18}\n"
    head += f"{'':20}{'(7/31/08)':>12}{'(6/30/08)':>12}{'(6/30/08)':>18}"
    found = read(tmp_path, f"Total returns\n\n{head}\n{'Growth Fund':20}{'1.10%':>12}{'2.20%':>12}{'3.30%':>18}\n")
    assert [(found.period(one), found.day(one.as_of), one.start) for one in found.figures] == [
        ("YTD", "2008-07-31", ""),
        ("1Y", "2008-06-30", ""),
        ("SI", "2008-06-30", ""),
    ]


def test_rows_that_name_a_measure_belong_to_the_fund_above_them(tmp_path):
    rows = [
        "Growth Division (inception 5/13/1983)",
        row("  Without withdrawal charge", "10.31%", "16.92%", "11.24%"),
        row("  With withdrawal charge", "4.31%", "16.12%", "11.14%"),
        "Bond Division (inception 5/13/1983)",
        row("  Without withdrawal charge", "0.31%", "6.92%", "1.24%"),
        row("  With withdrawal charge", "-4.31%", "6.12%", "1.14%"),
    ]
    found = read(tmp_path, "\n".join([TITLE, "", HEAD, *rows, ""]))
    assert [(one.fund, one.charges, one.value) for one in found.figures[:6:3]] == [
        ("Growth Division", "", "10.31"),
        ("Growth Division", "all", "4.31"),
    ]
    assert [(one.name, one.fund_inception) for one in found.funds] == [
        ("Growth Division", "5/13/1983"),
        ("Bond Division", "5/13/1983"),
    ]


def test_unit_values_by_year_are_no_returns_and_the_row_of_returns_below_them_is(tmp_path):
    rows = [
        "Growth Portfolio",
        row("  Beginning of period", "10.855576", "14.530751", "12.439462"),
        row("  End of period", "15.247040", "15.508644", "8.786346"),
        row("  Number of units (000)", "1,234", "22,345", "345"),
        row("  Total return", "6.02%", "-1.17%", "9.34%"),
    ]
    head = f"{'Sub-account':32}{'2007':>10}{'2006':>10}{'2005':>10}"
    found = read(tmp_path, "\n".join(["ACCUMULATION UNIT VALUES", "", head, *rows, ""]))
    assert of(found) == [
        ("Growth Portfolio", "CY2007", "6.02"),
        ("Growth Portfolio", "CY2006", "-1.17"),
        ("Growth Portfolio", "CY2005", "9.34"),
    ]


def test_the_rest_of_a_name_below_its_figures_is_no_group_of_the_rows_that_follow(tmp_path):
    rows = [
        row("Thrivent Partner All Cap", "1.10", "2.10", "3.10"),
        "  Growth Portfolio",
        row("Thrivent Limited Maturity", "1.20", "2.20", "3.20"),
        "  Bond Portfolio",
        "  * Not annualized",
    ]
    found = read(tmp_path, "\n".join([TITLE, "", HEAD, *rows, ""]))
    assert {(one.fund, one.group) for one in found.figures} == {
        ("Thrivent Partner All Cap Growth Portfolio", ""),
        ("Thrivent Limited Maturity Bond Portfolio", ""),
    }


def test_a_day_at_the_end_of_a_name_is_the_funds_inception(tmp_path):
    found = read(tmp_path, f"{TITLE}\n\n{HEAD}\n{row('Growth Fund (B)(1) 10/13/1998', '1.10', '2.20', '3.30')}\n")
    assert [(one.name, one.fund_inception) for one in found.funds] == [("Growth Fund (B)", "10/13/1998")]


def test_funds_across_keep_their_inception_out_of_their_names(tmp_path):
    page = f"""<h3>{TITLE}</h3><table><tr><th>Period</th><th>Growth Fund<br>(inception 01/31/2000)</th></tr>
<tr><th>One year</th><td>1.10%</td></tr><tr><th>Three years</th><td>(2.20%)</td></tr></table>"""
    found = read(tmp_path, page, "page.html")
    assert of(found) == [("Growth Fund", "1Y", "1.10"), ("Growth Fund", "3Y", "-2.20")]
    assert found.funds[0].fund_inception == "01/31/2000"


def test_a_figure_that_runs_into_a_name_is_listed(tmp_path):
    found = read(tmp_path, f"{TITLE}\n\n{HEAD}\n{row('Small Company0.61%', '1.10', '2.20', '3.30')}\n")
    assert not found.figures
    assert found.open[0].why == "a figure runs into the name beside it"


@pytest.mark.parametrize(
    "words",
    [
        "Average annual total returns for a contract surrendered on 6/30/11",
        f"{TITLE}\nAssuming the contract is surrendered at the end of the period, the returns are:",
    ],
)
def test_returns_of_a_contract_surrendered_bear_all_charges(tmp_path, words):
    found = read(tmp_path, f"{words}\n\n{HEAD}\n{row('Growth Fund', '1.10', '2.20', '3.30')}\n")
    assert {one.charges for one in found.figures} == {"all"}


def test_the_title_behind_a_dash_is_the_tables_caption(tmp_path):
    table = "<table><tr><td>Fund<td>1 year<td>3 years</tr><tr><td>Growth<td>1.10%<td>2.20%</tr></table>"
    page = (
        f"<h1>Vision Variable Annuity</h1><h2>Base Contract – average annual total returns as of June 30, 2013</h2>{table}"
    )
    assert {one.caption for one in read(tmp_path, page, "page.html").figures} == {
        "Base Contract – average annual total returns as of June 30, 2013"
    }


def test_an_index_fund_with_an_inception_is_a_fund(tmp_path):
    head = f"{'Option':24}{'Inception':>12}{'1 Year':>10}{'5 Years':>10}"
    rows = [
        f"{'EQ/Core Bond Index':24}{'1/13/1998':>12}{'1.10':>10}{'2.20':>10}",
        f"{'Core Bond Index':24}{'':12}{'1.30':>10}{'2.30':>10}",
    ]
    assert [one.name for one in read(tmp_path, "\n".join([TITLE, "", head, *rows, ""])).funds] == ["EQ/Core Bond Index"]


def test_headings_that_stand_on_end_head_their_columns(tmp_path):
    page = FPDF("P", "pt", "letter")
    page.add_page()
    page.set_font("helvetica", "", 8)
    page.text(40, 56, "Total returns through 9/30/2008")
    page.text(40, 138, "Portfolio")
    for left, text in ((250, "Year to Date"), (300, "One Year"), (350, "Since Inception")):
        with page.rotation(90, left, 140):
            page.text(left, 140, text)
    for top, name, figures in (
        (156, "Growth Trust", ("1.10%", "2.10%", "3.10%")),
        (170, "Bond Trust", ("1.20%", "-2.20%", "3.20%")),
    ):
        page.text(40, top, name)
        for left, text in zip((240, 290, 340), figures, strict=True):
            page.text(left, top, text)
    path = tmp_path / "page.pdf"
    page.output(str(path))
    assert of(reading.read(open_document.open_document(path))) == [
        ("Growth Trust", "YTD", "1.10"),
        ("Growth Trust", "1Y", "2.10"),
        ("Growth Trust", "SI", "3.10"),
        ("Bond Trust", "YTD", "1.20"),
        ("Bond Trust", "1Y", "-2.20"),
        ("Bond Trust", "SI", "3.20"),
    ]


def test_rows_by_last_day_below_their_fund_are_that_funds(tmp_path):
    rows = [
        "Growth Division",
        row("  as of 08/31/2012", "1.10%", "2.10%", "3.10%"),
        row("  as of 06/30/2012", "1.20%", "2.20%", "3.20%"),
        "Bond Division",
        row("  as of 08/31/2012", "1.30%", "2.30%", "3.30%"),
        row("  as of 06/30/2012", "1.40%", "2.40%", "3.40%"),
    ]
    found = read(tmp_path, "\n".join(["Average annual total returns", "", HEAD, *rows, ""]))
    assert [(one.fund, found.day(one.as_of), one.value) for one in found.figures if found.period(one) == "1Y"] == [
        ("Growth Division", "2012-08-31", "1.10"),
        ("Growth Division", "2012-06-30", "1.20"),
        ("Bond Division", "2012-08-31", "1.30"),
        ("Bond Division", "2012-06-30", "1.40"),
    ]


def test_names_that_begin_on_the_line_above_their_figures_are_whole(tmp_path):
    rows = [
        "Alpha Capital",
        row("  Appreciation", "1.10", "2.10", "3.10"),
        "Bravo International",
        row("  Value", "1.20", "2.20", "3.20"),
        row("Echo Money Market", "1.30", "2.30", "3.30"),
    ]
    found = read(tmp_path, "\n".join([TITLE, "", HEAD, *rows, ""]))
    assert [one.name for one in found.funds] == [
        "Alpha Capital Appreciation",
        "Bravo International Value",
        "Echo Money Market",
    ]


def test_a_table_of_expenses_behind_one_of_years_is_another_table(tmp_path):
    years = f"{'Fund':32}{'2007':>10}{'2008':>10}"
    rows = [f"{'Growth Fund':32}{'1.10%':>10}{'(2.10)%':>10}", f"{'Bond Fund':32}{'1.20%':>10}{'2.20%':>10}"]
    costs = [
        f"{'Fund':32}{'Management':>12}{'12b-1':>9}{'Total':>9}",
        f"{'Growth Fund':32}{'0.75%':>12}{'0.25%':>9}{'1.00%':>9}",
    ]
    found = read(
        tmp_path, "\n".join(["CALENDAR YEAR TOTAL RETURNS", "", years, *rows, "", "ANNUAL EXPENSES", "", *costs, ""])
    )
    assert [(one.fund, found.period(one), one.value) for one in found.figures] == [
        ("Growth Fund", "CY2007", "1.10"),
        ("Growth Fund", "CY2008", "-2.10"),
        ("Bond Fund", "CY2007", "1.20"),
        ("Bond Fund", "CY2008", "2.20"),
    ]


def test_the_rest_of_a_name_straight_below_its_figures_belongs_to_it(tmp_path):
    rows = [row("Bravo Value Series", "1.10", "2.10", "3.10"), "II Standard Class", row("Echo Fund", "1.20", "2.20", "3.20")]
    found = read(tmp_path, "\n".join([TITLE, "", HEAD, *rows, ""]))
    assert {(one.fund, one.group) for one in found.figures} == {
        ("Bravo Value Series II Standard Class", ""),
        ("Echo Fund", ""),
    }


def test_two_headings_that_touch_name_no_period(tmp_path):
    head = f"{'Portfolio':32}{'1 Year':>10}{'10 YearsSince Inception':>26}"
    found = read(tmp_path, f"{TITLE}\n\n{head}\n{row('Growth Fund', '1.10', '2.20', '3.30')}\n")
    assert of(found) == [("Growth Fund", "1Y", "1.10")]


def test_the_fund_over_a_table_of_measures_is_the_fund_of_its_rows(tmp_path):
    def table(name, first):
        head = "<tr><th>Annualized returns as of 09/30/2012</th><th>1 Yr</th><th>5 Yr</th></tr>"
        rows = f"<tr><td>Without surrender charge<td>{first}.10%<td>2.10%</tr>"
        rows += f"<tr><td>With surrender charge<td>{first}.05%<td>2.05%</tr>"
        return f"<h3>{name}</h3><table>{head}{rows}</table>"

    found = read(tmp_path, table("Alpha Growth Fund", 3) + table("Bravo Bond Fund", 4), "page.html")
    assert [(one.fund, one.charges, one.value) for one in found.figures if found.period(one) == "1Y"] == [
        ("Alpha Growth Fund", "", "3.10"),
        ("Alpha Growth Fund", "all", "3.05"),
        ("Bravo Bond Fund", "", "4.10"),
        ("Bravo Bond Fund", "all", "4.05"),
    ]


def test_headings_of_groups_set_in_deeper_are_no_part_of_the_name_above(tmp_path):
    text = f"{TITLE}\n\n{HEAD}\n" + "\n".join(
        [
            row("Money Market", "1.10%", "2.10%", "3.10%"),
            "  Stock funds",
            row("Growth", "4.10%", "5.10%", "6.10%"),
            row("Value", "7.10%", "8.10%", "9.10%"),
            "  Past results are no guarantee",
        ]
    )
    found = read(tmp_path, text + "\n")
    assert [fund.name for fund in found.funds] == ["Money Market", "Growth", "Value"]
    groups = [
        "  Large Cap",
        row("Growth", "4.10%", "5.10%", "6.10%"),
        "  Small Cap",
        row("Value", "7.10%", "8.10%", "9.10%"),
    ]
    found = read(tmp_path, f"{TITLE}\n\n{HEAD}\n" + "\n".join(groups) + "\n")
    assert [(one.fund, one.group) for one in found.figures[::3]] == [("Growth", "Large Cap"), ("Value", "Small Cap")]


def test_total_return_among_funds_is_one_of_them(tmp_path):
    rows = [row("Total Return", "1.10%", "2.10%", "3.10%"), row("Growth", "4.10%", "5.10%", "6.10%")]
    for more, group in (("", ""), ("PIMCO\n", "PIMCO")):
        found = read(tmp_path, f"{TITLE}\n\n{HEAD}\n{more}" + "\n".join(rows) + "\n")
        assert [(one.fund, one.group) for one in found.figures[:1]] == [("Total Return", group)]


def test_expenses_and_fees_below_a_table_of_returns_are_no_returns(tmp_path):
    returns = f"{TITLE}\n\n{HEAD}\n" + row("Growth Fund", "1.10%", "2.10%", "3.10%") + "\n\n"
    fees = "Rider fees (percent)\n" + row("Rider", "Current", "Maximum") + "\n" + row("One life", "0.95%", "2.00%") + "\n"
    expenses = "Portfolio expenses\n" + row("Fund", "2011", "2012") + "\n" + row("Growth Fund", "1.10%", "1.12%") + "\n"
    for more in (fees, expenses):
        found = read(tmp_path, returns + more)
        assert len(found.figures) == 3
        assert len(found.open) == 1


def test_a_note_straight_below_a_row_is_no_part_of_its_name(tmp_path):
    rows = [row("Growth Fund", "1.10%", "2.10%", "3.10%"), "(1) Annualized", row("Value Fund", "4.10%", "5.10%", "6.10%")]
    assert read(tmp_path, f"{TITLE}\n\n{HEAD}\n" + "\n".join(rows) + "\n").funds[0].name == "Growth Fund"


@pytest.mark.parametrize(
    ("caption", "charges"),
    [
        ("These returns reflect all charges except surrender charges.", ""),
        (
            "Returns reflect the annual contract fee and all other charges other than the contingent deferred sales charge.",
            "annual",
        ),
        ("If you surrender your contract at the end of the period:", "all"),
        ("If you do not surrender your contract at the end of the period:", ""),
        ("These returns do not reflect any charges but surrender charges do not apply.", ""),
    ],
)
def test_a_caption_that_leaves_the_surrender_charge_out_or_speaks_of_surrender_is_taken_at_its_word(
    tmp_path, caption, charges
):
    found = read(tmp_path, f"{TITLE}\n{caption}\n\n{HEAD}\n" + row("Growth Fund", "1.10%", "2.10%", "3.10%") + "\n")
    assert {one.charges for one in found.figures} == {charges}


def test_expense_ratios_by_year_and_rows_of_yields_are_no_returns(tmp_path):
    over = f"{'':32}{'Average annual total return':>28}{'Expense ratio':>24}\n"
    heads = f"{'Fund':32}{'1 Year':>14}{'5 Years':>14}{'2011':>12}{'2012':>12}\n"
    figures = f"{'Growth Fund':32}{'1.00%':>14}{'2.00%':>14}{'0.95%':>12}{'0.90%':>12}\n"
    found = read(tmp_path, f"Performance as of June 30, 2013\n{over}{heads}{figures}")
    assert [found.period(one) for one in found.figures] == ["1Y", "5Y"]
    rows = ["Money Market", row("  Current yield", "0.10%", "0.20%", "0.30%"), row("High Yield", "1.10%", "1.20%", "1.30%")]
    found = read(tmp_path, f"{TITLE}\n\n{HEAD}\n" + "\n".join(rows) + "\n")
    assert {one.fund for one in found.figures} == {"High Yield"}
