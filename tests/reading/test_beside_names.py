"""What stands beside a fund's name on pages of other insurers: former names, managers, codes, marks, indices."""

from __future__ import annotations

import pytest

from xl_flexextra.reading import open_document, reading

TITLE = "Average annual total returns as of June 30, 2011"
HEAD = f"{'Sub-account':60}{'1 Year':>10}{'5 Years':>10}{'10 Years':>10}"


def read(tmp_path, text, name="page.txt"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return reading.read(open_document.open_document(tmp_path / name))


def row(name, *figures):
    return f"{name:60}" + "".join(f"{one:>10}" for one in figures)


def page(*rows, head=HEAD):
    return "\n".join([TITLE, "", head, *rows, ""])


@pytest.mark.parametrize(
    ("printed", "name", "former"),
    [
        ("Alpha Growth Fund (formerly Old Growth Fund)", "Alpha Growth Fund", ("Old Growth Fund", "")),
        ("Alpha Growth Fund, formerly known as Old Growth", "Alpha Growth Fund", ("Old Growth", "")),
        ("Alpha Growth Fund (prior to 5/1/2007, Old Growth Fund)", "Alpha Growth Fund", ("Old Growth Fund", "5/1/2007")),
        ("Alpha Growth Fund (formerly Old Fund until 5/1/2007)", "Alpha Growth Fund", ("Old Fund", "5/1/2007")),
        ("Alpha Growth Fund, managed by Harbor Lane Capital", "Alpha Growth Fund", None),
        ("Alpha Growth Fund (sub-advised by Blue Ridge LLC)", "Alpha Growth Fund", None),
        ("Alpha Growth Fund Sub-Adviser: Blue Ridge LLC", "Alpha Growth Fund", None),
        ("Managed Bond Fund", "Managed Bond Fund", None),
        ("Alpha Adviser Managed Fund", "Alpha Adviser Managed Fund", None),
        ("Alpha Growth Fund (1,3)", "Alpha Growth Fund", None),
        ("Alpha Growth Fund (VIP)", "Alpha Growth Fund (VIP)", None),
    ],
)
def test_former_names_and_managers_are_no_part_of_a_name(tmp_path, printed, name, former):
    found = read(tmp_path, page(row(printed, "1.10%", "2.20%", "3.30%"), row("Beta Fund", "4.40%", "5.50%", "6.60%")))
    assert [one.name for one in found.funds] == [name, "Beta Fund"]
    assert {one.fund for one in found.figures} == {name, "Beta Fund"}
    assert found.funds[0].former == ([former] if former else [])


def test_a_former_name_and_managers_on_lines_below_are_no_part_of_a_name(tmp_path):
    rows = [
        row("Alpha Growth Fund", "1.10%", "2.20%", "3.30%"),
        "  (formerly Old Growth Fund)",
        "  Adviser: Granite Fund Advisers, LLC",
        "  Subadviser: Harbor Lane Capital Management, Inc.",
        row("Beta Fund", "4.40%", "5.50%", "6.60%"),
        "  T. Rowe Price International, Inc.",
        row("Gamma Fund", "7.40%", "8.50%", "9.60%"),
        "  Harbor Lane Capital Management",
    ]
    found = read(tmp_path, page(*rows, head=HEAD.replace("Sub-account      ", "Fund / subadviser")))
    assert [one.name for one in found.funds] == ["Alpha Growth Fund", "Beta Fund", "Gamma Fund"]
    assert found.funds[0].former == [("Old Growth Fund", "")]
    assert {one.group for one in found.figures} == {""}


def test_codes_in_brackets_are_other_names_of_the_fund(tmp_path):
    found = read(tmp_path, page(row("VIP Mid Cap (FNBSC, 9071)", "1.10%", "2.20%", "3.30%")))
    assert [(one.name, one.aliases) for one in found.funds] == [("VIP Mid Cap", ["FNBSC"])]


def test_an_adviser_below_a_name_in_a_cell_is_no_part_of_it(tmp_path):
    head = "<tr><th>Fund Name and Investment Adviser/Sub-Adviser<th>Current Expenses<th>1 year<th>5 year</tr>"
    name = "Alpha Fund - Class II<br>Investment Adviser: Amber, Inc.<br>Sub-Adviser: Blue LLC"
    cells = f"<tr><td>{name}<td>0.76%<td>1.10%<td>2.20%</tr>"
    found = read(tmp_path, f"<h3>{TITLE}</h3><table>{head}{cells}</table>", "page.html")
    assert [(one.fund, one.value) for one in found.figures] == [
        ("Alpha Fund - Class II", "1.10"),
        ("Alpha Fund - Class II", "2.20"),
    ]


def test_an_index_of_a_maker_of_indices_with_an_inception_is_no_fund(tmp_path):
    head = f"{'Option':40}{'Inception':>12}{'1 Year':>10}{'5 Years':>10}"
    rows = [
        f"{'EQ/Core Bond Index':40}{'1/13/1998':>12}{'1.10':>10}{'2.20':>10}",
        f"{'S&P 500 Index':40}{'1/02/1990':>12}{'1.30':>10}{'2.30':>10}",
        f"{'MSCI EAFE Index (net)':40}{'1/02/1990':>12}{'1.40':>10}{'2.40':>10}",
        f"{'S&P 500 Index Portfolio':40}{'1/02/1992':>12}{'1.50':>10}{'2.50':>10}",
    ]
    found = read(tmp_path, page(*rows, head=head))
    assert [one.name for one in found.funds] == ["EQ/Core Bond Index", "S&P 500 Index Portfolio"]
    assert len(found.figures) == 8


def test_a_fund_that_begins_as_a_rest_would_is_not_joined_with_the_heading_of_its_group(tmp_path):
    rows = [
        "Large Growth",
        row("  VIP Growth Opportunities", "1.10%", "2.20%", "3.30%"),
        row("  VIP Mid Cap", "4.4%", "5.5%", "6.6%"),
    ]
    found = read(tmp_path, page(*rows))
    assert [one.name for one in found.funds] == ["VIP Growth Opportunities", "VIP Mid Cap"]
    assert {one.group for one in found.figures} == {"Large Growth"}


def test_a_row_of_differences_from_the_benchmark_is_no_return(tmp_path):
    found = read(
        tmp_path, page(row("Alpha Fund", "1.10%", "2.20%", "3.30%"), row("+/- Benchmark", "0.10%", "0.20%", "0.30%"))
    )
    assert {one.fund for one in found.figures} == {"Alpha Fund"}
    assert [one.why for one in found.open] == ["the row names no returns"]


@pytest.mark.parametrize("day", ["", "1/13/1998"])
@pytest.mark.parametrize(
    "name",
    [
        "S&P 500 Index Portfolio",
        "S&P 500 Index V.I.",
        "MSCI EAFE Index Fund",
        "Bloomberg Aggregate Bond Index Portfolio",
        "Nasdaq-100 Index Fund - Class 2",
        "Russell Growth Fund",
        "Russell Multi-Style Equity",
        "Russell Real Estate Securities",
        "Merrill Lynch Basic Value V.I.",
        "Morningstar Balanced ETF Asset Allocation",
    ],
)
def test_a_fund_named_after_an_index_or_its_maker_is_a_fund(tmp_path, name, day):
    head = f"{'Option':50}{'Inception':>12}{'1 Year':>10}{'5 Years':>10}"
    rows = [f"{name:50}{day:>12}{'1.10':>10}{'2.20':>10}", f"{'Beta Fund':50}{day:>12}{'1.30':>10}{'2.30':>10}"]
    found = read(tmp_path, page(*rows, head=head if day else head.replace("Inception", "         ")))
    assert [one.name for one in found.funds] == [name, "Beta Fund"]
    assert not found.notes


@pytest.mark.parametrize(
    "name",
    [
        "S&P 500 Index",
        "Russell 2000 Growth",
        "Russell Midcap",
        "MSCI EAFE",
        "Merrill Lynch High Yield Master II",
        "Morningstar Large Blend",
        "Lipper Large-Cap Growth Funds",
        "Lipper Balanced Fund Index",
        "Custom Benchmark Index",
    ],
)
def test_an_index_is_no_fund_and_needs_no_word(tmp_path, name):
    found = read(tmp_path, page(row(name, "1.10%", "2.20%", "3.30%"), row("Beta Fund", "4.40%", "5.50%", "6.60%")))
    assert [one.name for one in found.funds] == ["Beta Fund"]
    assert not found.notes


def test_a_row_that_may_be_a_fund_or_an_index_is_named(tmp_path):
    text = page(row("Small Cap Index", "1.10%", "2.20%", "3.30%"), row("Beta Fund", "4.40%", "5.50%", "6.60%"))
    found = read(tmp_path, text)
    assert [one.name for one in found.funds] == ["Beta Fund"]
    assert found.notes == ["'Small Cap Index' is taken for an index and is not in funds.csv; if it is a fund, add its row"]
    found = reading.read(open_document.open_document(tmp_path / "page.txt"), codes=["Small Cap Index", "Beta Fund"])
    assert [one.name for one in found.funds] == ["Small Cap Index", "Beta Fund"]
    assert not found.notes


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Fidelity Advisor - Growth", "Fidelity Advisor - Mid Cap"),
        ("JNL Multi-Manager - Small Cap", "JNL Multi-Manager - Mid Cap"),
        ("Income (60-40)", "Income (40-60)"),
        ("Vanguard Index (500)", "Vanguard Index (400)"),
    ],
)
def test_names_that_look_like_managers_or_codes_stay_whole(tmp_path, first, second):
    found = read(tmp_path, page(row(first, "1.10%", "2.20%", "3.30%"), row(second, "4.40%", "5.50%", "6.60%")))
    assert [(one.fund, one.value) for one in found.figures] == [
        *((first, value) for value in ("1.10", "2.20", "3.30")),
        *((second, value) for value in ("4.40", "5.50", "6.60")),
    ]
    assert not found.open


def test_a_company_over_rows_is_their_heading(tmp_path):
    rows = [
        "Harbor Lane Distributors Corporation",
        row("  Alpha Growth", "1.10%", "2.20%", "3.30%"),
        row("  Beta Fund", "4.40%", "5.50%", "6.60%"),
        "Blue Ridge Capital, Inc.",
        row("  Gamma Fund", "7.40%", "8.50%", "9.60%"),
    ]
    found = read(tmp_path, page(*rows))
    assert {(one.fund, one.group) for one in found.figures} == {
        ("Alpha Growth", "Harbor Lane Distributors Corporation"),
        ("Beta Fund", "Harbor Lane Distributors Corporation"),
        ("Gamma Fund", "Blue Ridge Capital, Inc."),
    }


@pytest.mark.parametrize(
    "lines",
    [
        [row("Alpha Growth Fund", "1.10%", "2.20%", "3.30%"), "  (formerly Old Growth", "  Fund, Class II)"],
        ["Alpha Growth Fund (formerly Old Growth", row("Fund, Class II)", "1.10%", "2.20%", "3.30%")],
    ],
)
def test_a_former_name_over_two_lines_is_no_part_of_a_name(tmp_path, lines):
    found = read(tmp_path, page(*lines, row("Beta Fund", "4.40%", "5.50%", "6.60%")))
    assert [(one.name, one.former) for one in found.funds] == [
        ("Alpha Growth Fund", [("Old Growth Fund, Class II", "")]),
        ("Beta Fund", []),
    ]
    assert {one.group for one in found.figures} == {""}


def test_a_former_name_that_is_now_another_funds_means_that_fund(tmp_path):
    rows = [
        row("Alpha Fund (formerly Beta Fund)", "1.10%", "2.20%", "3.30%"),
        row("Beta Fund (formerly Alpha Fund)", "4.40%", "5.50%", "6.60%"),
    ]
    found = read(tmp_path, page(*rows))
    assert [(found.code(one.fund), one.value) for one in found.figures[::3]] == [
        ("Alpha Fund", "1.10"),
        ("Beta Fund", "4.40"),
    ]
