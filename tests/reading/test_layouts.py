"""The same figures in the ways in which pages print them: every one is read, or refused; none is read wrong."""

from __future__ import annotations

import random

import pytest

from xl_flexextra.reading import open_document, reading

FUNDS = [
    "Alger Growth Portfolio",
    "Fidelity VIP Contrafund",
    "MFS Research Series",
    "Janus Balanced",
    "T. Rowe Price Equity Income Portfolio",
    "Money Market",
]
HEADS = {"1Y": "1 Year", "3Y": "3 Years", "5Y": "5 Years", "10Y": "10 Years"}
TITLE = "Average Annual Total Returns for the periods ended December 31, 2007"
DRAWN = random.Random(5)
VALUES = {(fund, code): round(DRAWN.uniform(-30, 30), 2) for fund in FUNDS for code in HEADS}


def plain(value: float) -> str:
    return f"{value:.2f}%"


def bracketed(value: float) -> str:
    return f"({-value:.2f})%" if value < 0 else f"{value:.2f}%"


def trailing(value: float) -> str:
    return f"{abs(value):.2f}-" if value < 0 else f"{value:.2f}"


def columns(shown, leader: str = " ") -> str:
    head = " " * 42 + "".join(f"{text:>12}" for text in HEADS.values())
    rows = [f"{fund + ' ':{leader}<42}" + "".join(f"{shown(VALUES[fund, code]):>12}" for code in HEADS) for fund in FUNDS]
    return "\n".join([TITLE, "", head, *rows, ""])


def split_cells() -> str:
    def cells(value: float) -> str:
        return f"<td>({-value:.2f}</td><td>)%</td>" if value < 0 else f"<td>{value:.2f}</td><td>%</td>"

    head = "".join(f"<td colspan=2>{text}</td><td></td>" for text in HEADS.values())
    rows = [
        f"<tr><td>{fund}</td><td></td>{'<td></td>'.join(cells(VALUES[fund, code]) for code in HEADS)}</tr>" for fund in FUNDS
    ]
    return f"<p>{TITLE}</p><table><tr><td>Fund</td><td></td>{head}</tr>{''.join(rows)}</table>"


def inline_xbrl() -> str:
    def cell(value: float) -> str:
        fact = f"<ix:nonFraction sign='-' scale='-2'>{abs(value):.2f}</ix:nonFraction>"
        return f"<td>({fact})%</td>" if value < 0 else f"<td>{fact}%</td>"

    hidden = (
        "<div style='display:none'><ix:header><ix:hidden><ix:nonFraction>9.99</ix:nonFraction></ix:hidden></ix:header></div>"
    )
    head = "".join(f"<th>{text}</th>" for text in HEADS.values())
    rows = [f"<tr><td>{fund}</td>{''.join(cell(VALUES[fund, code]) for code in HEADS)}</tr>" for fund in FUNDS]
    return f"<html><body>{hidden}<p>{TITLE}</p><table><tr><th>Fund</th>{head}</tr>{''.join(rows)}</table></body></html>"


def markdown() -> str:
    rows = [f"| **{fund}** | {' | '.join(plain(VALUES[fund, code]) for code in HEADS)} |" for fund in FUNDS]
    return "\n".join([f"## {TITLE}", "", f"| Fund | {' | '.join(HEADS.values())} |", "|---|--:|--:|--:|--:|", *rows, ""])


def bullets() -> str:
    parts = [
        f"{fund}\n" + "".join(f"  • {text}: {plain(VALUES[fund, code])}\n" for code, text in HEADS.items()) for fund in FUNDS
    ]
    return f"{TITLE}\n\n" + "\n".join(parts)


def funds_across() -> str:
    names = [fund.split(" ", 1) for fund in FUNDS[:4]]
    lines = [f"{'':<12}" + "".join(f"{one[place]:>20}" for one in names) for place in (0, 1)]
    rows = [
        f"{text:<12}" + "".join(f"{plain(VALUES[fund, code]):>20}" for fund in FUNDS[:4]) for code, text in HEADS.items()
    ]
    return "\n".join([TITLE, "", *lines, *rows, ""])


def side_by_side() -> str:
    def half(fund: str) -> str:
        return f"{fund:<40}" + "".join(f"{plain(VALUES[fund, code]):>10}" for code in ("1Y", "5Y")) + "     "

    head = (f"{'Fund':<40}{'1 Year':>10}{'5 Years':>10}     " * 2).rstrip()
    return "\n".join([TITLE, "", head, *((half(FUNDS[at]) + half(FUNDS[at + 3])).rstrip() for at in range(3)), ""])


def one_blank() -> str:
    rows = [f"{fund} {' '.join(plain(VALUES[fund, code]) for code in HEADS)}" for fund in FUNDS]
    return "\n".join([TITLE, "", f"Fund {' '.join(HEADS.values())}", *rows, ""])


def names_apart_from_figures() -> str:
    rows = [" ".join(plain(VALUES[fund, code]) for code in HEADS) for fund in FUNDS]
    return "\n".join([TITLE, "", "Fund", " ".join(HEADS.values()), *FUNDS, *rows, ""])


EVERY = {(fund, code, f"{value:.2f}") for (fund, code), value in VALUES.items()}
LAYOUTS = {
    "dot leaders.txt": (columns(plain, "."), EVERY),
    "brackets.txt": (columns(bracketed), EVERY),
    "trailing minus.txt": (columns(trailing), EVERY),
    "split cells.html": (split_cells(), EVERY),
    "inline XBRL.html": (inline_xbrl(), EVERY),
    "table.md": (markdown(), EVERY),
    "bullets.txt": (bullets(), EVERY),
    "funds across.txt": (funds_across(), {one for one in EVERY if one[0] in FUNDS[:4]}),
    "side by side.txt": (side_by_side(), {one for one in EVERY if one[1] in ("1Y", "5Y")}),
    "one blank.txt": (one_blank(), EVERY),
    "names apart.txt": (names_apart_from_figures(), set()),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_figures_are_read_from_every_layout(name, tmp_path):
    text, wanted = LAYOUTS[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = reading.read(open_document.open_document(tmp_path / name))
    assert {(one.fund, one.period.code, one.value) for one in found.figures} == wanted
    assert {found.day(one.as_of) for one in found.figures} == ({"2007-12-31"} if wanted else set())
    assert found.figures or found.open  # what is not read is listed


def test_two_contracts_side_by_side_are_kept_apart(tmp_path):
    page = (
        f"<p>{TITLE}</p><table><tr><th rowspan=2>Sub-Account</th><th colspan=2>Alpha Variable Annuity</th><th "
        f"colspan=2>Beta Variable Annuity"
        "</th></tr><tr><th>1 Year</th><th>5 Years</th><th>1 Year</th><th>5 Years</th></tr>"
        "<tr><td>Growth</td><td>1.10%</td><td>2.20%</td><td>3.30%</td><td>4.40%</td></tr></table>"
    )
    (tmp_path / "two.html").write_text(page, encoding="utf-8")
    found = reading.read(open_document.open_document(tmp_path / "two.html"))
    assert [(one.contract, one.period.code, one.value) for one in found.figures] == [
        ("Alpha Variable Annuity", "1Y", "1.10"), ("Alpha Variable Annuity", "5Y", "2.20"),
        ("Beta Variable Annuity", "1Y", "3.30"), ("Beta Variable Annuity", "5Y", "4.40"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Expense example\n\n                1 Year   3 Years\nSurrendered      $668    $2,012\nKept          "
            "   $570    $1,735\n", "dollars"),
        ("Average annual total returns\n\nFund             3 Yr Std Dev   Expense Ratio\nAlpha               "
            "12.10%          1.05%\n", "no returns"),
        ("Average annual total returns\n\nFund              1 Year     1 Year\nAlpha              12.10%    "
            "  1.05%\n", "twice the same"),
        ("The charge is 1.25% a year for 1 year.\nReturns were 5.20% and 4.10% in those years.\n", "running text"),
        ("Allocation of assets\n\nFund          1 Year      5 Years\nAlpha         12.10%     "
            "  1.05%\n", "nothing says returns"),
    ],
)  # fmt: skip
def test_what_is_no_return_is_not_read(text, why, tmp_path):
    (tmp_path / "page.txt").write_text(text, encoding="utf-8")
    assert reading.read(open_document.open_document(tmp_path / "page.txt")).figures == [], why
