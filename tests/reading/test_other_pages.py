"""Excerpts of further published pages, their figures typed by hand from the page; what was rebuilt or cut is said.

The tables of RBF, Florida and tspfolio are laid out again from lines without columns; sentences are left out everywhere.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from xl_flexextra.reading import open_document, reading

OTHER = Path(__file__).with_name("other")
FRANKLIN = "1Y 3Y 5Y 10Y SI"
FLORIDA = "1M 3M 1Y 3Y 5Y 10Y SI"
PLAN = "3M YTD 1Y 3Y 5Y 10Y"
A_SHARES = "A Shares’ Returns After Taxes on Distributions and Sale of Class A Shares, with Initial Sales Charge (4.75%)"
PAGES = {
    "american_rbf.html": f"""1Y 5Y 10Y
        B Shares, with CDSC (Declining over Six Years from 4% to 0%): 15.78 3.40 5.93
        C Shares, with CDSC (1% for 12 Months): 18.70 3.72 5.74
        I Shares, at Net Asset Value: 20.89 4.75 6.84
        529A Shares, With Initial Sales Charge (4.75%): 14.90 3.29 5.76
        529B Shares, with CDSC (Declining over Six Years from 4% to 0%): 15.58 3.16 5.65
        R1 Shares, at Net Asset Value: 19.70 3.62 5.57
        {A_SHARES}: 9.63 1.91 3.95
        Barclays Capital U.S. Aggregate Bond Index: . 4.97 6.33""",
    "myflorida.html": f"""{FLORIDA}
        Enrollment Year 2045: 3.97 . . . . . 4.42
        Enrollment Year 2044: 3.97 6.18 . . . . 18.03
        Enrollment Year 2041: 3.97 6.18 27.12 20.10 10.47 11.86 9.21
        Enrolled: 0.73 0.29 7.22 6.22 2.24 3.05 3.62
        Multi-Manager Growth Portfolio: 3.52 5.52 26.88 19.76 10.19 11.70 9.15
        Multi-Manager Income Portfolio: 0.39 -0.43 5.68 5.38 1.37 . 2.07
        Passive Income Portfolio: 0.37 -0.71 5.86 5.09 1.13 . 1.78
        Money Market Fund: 0.32 0.96 4.18 4.97 3.75 2.57 1.84
        Core Plus Fixed Income Fund: 0.36 -1.31 5.59 4.65 0.48 1.86 3.11""",
    "planmember.txt": f"""{PLAN}
        Conservative: 1.91 6.80 6.80 7.33 5.48 5.61
        Conservative Growth: 2.85 9.95 9.95 9.91 7.32 7.41
        Moderate Growth: 4.18 14.38 14.38 13.66 9.94 9.95
        Growth: 5.32 18.94 18.94 17.48 12.73 12.83
        Aggressive Growth: 6.68 23.02 23.02 20.85 15.03 14.83
        Conservative: 1.72 6.07 6.07 6.60 4.75 4.88
        Conservative Growth: 2.67 9.22 9.22 9.18 6.59 6.68
        Moderate Growth: 4.00 13.65 13.65 12.93 9.21 9.22
        Growth: 5.14 18.21 18.21 16.75 12.00 12.10
        Aggressive Growth: 6.50 22.29 22.29 20.12 14.30 14.10""",
    "tspfolio.html": """YTD 1Y 3Y 5Y 10Y SI
        G Fund: 0.73 2.15 1.88 2.30 3.33 5.0
        F Fund: 2.48 -0.12 3.90 5.01 4.85 6.6
        C Fund: 2.32 22.94 14.53 19.95 7.38 10.0
        S Fund: 1.89 28.04 14.07 23.37 9.96 11.4
        I Fund: 1.59 18.55 6.64 15.03 6.79 6.2""",
    "trsnyc.txt": "1Y",  # one fund, named only in the title: refused
    "franklin_moderate.txt": f"""{FRANKLIN}
        Fund without Sales Charge (%) (NAV): -5.62 2.55 2.76 5.12 5.85
        Fund with Sales Charge (%) (POP): -5.62 2.55 2.76 5.12 5.85
        Blended Benchmark (%): -4.92 2.82 3.33 5.77 5.77
        MSCI All Country World Index (%): -10.76 2.05 3.41 6.45 5.85
        Fund without Sales Charge (%) (NAV): -5.62 2.55 2.76 5.12 5.85
        Fund with Sales Charge (%) (POP): -5.62 2.55 2.76 5.12 5.85
        Blended Benchmark (%): -4.92 2.82 3.33 5.77 5.77
        MSCI All Country World Index (%): -10.76 2.05 3.41 6.45 5.85
        CY2019 CY2018 CY2017 CY2016 CY2015 CY2014 CY2013 CY2012 CY2011 CY2010
        Fund without Sales Charge (%) (NAV): 17.68 -4.57 15.20 5.26 -1.66 4.39 14.56 9.61 -1.24 12.31
        Fund with Sales Charge (%) (POP): 17.68 -4.57 15.20 5.26 -1.66 4.39 14.56 9.61 -1.24 12.31
        Blended Benchmark (%): 19.07 -5.82 17.62 6.42 -2.22 7.13 14.48 10.66 1.80 9.97""",  # rows of four figures: refused
}


def typed(text: str) -> list[tuple[str, str, str]]:
    found, periods = [], []
    for line in map(str.strip, text.split("\n")):
        name, colon, figures = line.rpartition(":")
        if not colon:
            periods = line.split()
            continue
        found += [(name, code, value) for code, value in zip(periods, figures.split(), strict=True) if value != "."]
    return sorted(found)


@pytest.mark.parametrize("name", PAGES)
def test_figures_of_a_page_are_those_that_a_person_typed(name):
    found = reading.read(open_document.open_document(OTHER / name))
    assert sorted((one.fund, one.period.code, one.value) for one in found.figures) == typed(PAGES[name])
    assert not any(one.contract or one.charges for one in found.figures)


OURS = {  # pages of our own, laid out as such pages are
    "two_line_names.txt": """1Y 5Y 10Y SI
        Aggressive Equity: 12.33 . . 10.45
        Emerging Markets: -27.84 . . -13.20
        Bond and Income: 6.22 8.77 9.01 9.44
        Money Market: 3.90 3.62 4.11 4.60""",
    "groups.txt": """3M YTD 1Y 3Y 5Y 10Y
        Growth Fund of America: 10.21 2.01 6.33 -6.78 1.77 0.46
        Russell 1000 Growth Index: 13.00 4.36 12.65 -4.36 2.06 -3.44
        Vanguard 500 Index: 11.27 3.79 10.04 -7.22 0.59 -0.48
        S&P 500 Index: 11.29 3.89 10.16 -7.16 0.64 -0.43
        PIMCO Total Return: 4.14 10.20 11.97 10.94 8.01 7.68
        Barclays US Aggregate: 2.48 7.94 8.16 7.42 6.20 6.41""",
    "years_and_quarters.txt": """CY2003 CY2002 CY2001 CY2000
        Growth Division: 28.10 -22.40 -9.80 3.20
        Income Division: 6.50 8.10 7.90 10.40
        1Y 5Y 10Y
        Growth Division: 28.10 1.20 8.80
        Income Division: 6.50 6.90 7.10""",
    "broken_cells.html": """1Y 3Y 5Y SI
        Small Cap Value: -11.39 9.32 . 8.02
        Global Growth: -20.30 -18.11 . -15.02""",
    "two_tables.txt": """YTD 1Y 5Y 10Y SI
        AIM Capital Appreciation: -2.11 -27.55 . . -24.19
        Alger American Growth: 0.39 -31.40 -2.71 . 4.77
        Fidelity Equity-Income: -6.02 -25.91 -2.56 7.02 8.33
        1Y 5Y 10Y SI
        AIM Capital Appreciation: -34.1 . . -26.2
        Alger American Growth: -37.9 -3.4 . 4.1
        Fidelity Equity-Income: -32.4 -3.3 6.9 8.3""",
    "two_measures.txt": """1Y 3Y 5Y SI
        Growth: 21.1 19.2 18.8 18.8
        Growth and Income: 10.0 13.7 . 14.9
        U.S. Government Securities: -4.9 2.2 . 3.3
        1Y 3Y SI
        Growth: 27.1 69.4 136.6
        U.S. Government Securities: 1.1 6.8 12.1""",
    "ranks.html": """1Y 5Y
        Alpha Fund: 12.10 8.20
        Beta Fund: 11.00 7.10""",
}


@pytest.mark.parametrize("name", OURS)
def test_names_over_two_lines_and_headings_of_groups_are_told_apart(name):
    found = reading.read(open_document.open_document(OTHER / name))
    assert sorted((one.fund, one.period.code, one.value) for one in found.figures) == typed(OURS[name])


def test_returns_with_and_without_surrender_stand_side_by_side():
    found = reading.read(open_document.open_document(OTHER / "two_ways.html"))
    mine = [(one.period.code, one.value, one.charges) for one in found.figures if one.fund == "AIM V.I. Core Equity"]
    codes, values = ("1Y", "5Y", "10Y"), ("3.11", "-5.20", "6.90")
    without = [(code, value, "") for code, value in zip(codes, values, strict=True)]
    assert mine == [*without, ("1Y", "-4.01", "all"), ("5Y", "-5.81", "all"), ("10Y", "6.90", "all")]


def test_tables_that_only_their_corner_tells_apart_have_two_names():
    found = reading.read(open_document.open_document(OTHER / "planmember.txt"))
    assert [caption.rpartition(", ")[2] for caption in dict.fromkeys(one.caption for one in found.figures)] == [
        "BEFORE PLAN FEES",
        "AFTER PLAN FEES",
    ]
