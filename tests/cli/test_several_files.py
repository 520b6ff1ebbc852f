"""Several files for one option are joined; of two files of an option that takes one, the first was left out unsaid."""

from __future__ import annotations

import datetime

import pytest
from typer.testing import CliRunner

from xl_flexextra.cli.main import app
from xl_flexextra.cli.own_data import gather
from xl_flexextra.errors import BadInput

DAY = datetime.date


def _files(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text)
    return [str(folder / f"{name}.csv") for name in texts]


VALUES = {
    "may": "date,A,B\n2024-05-31,10,20\n2024-06-28,11,21\n",
    "july": "date,fund,unit value\n2024-06-28,A,11\n2024-07-31,A,12\n2024-07-31,Beta,22\n",
}
FUNDS = {"first": "fund,printed_name\nA,Alpha\n", "second": "fund,printed_name,aliases\nB,Beta,Old Beta\nA,,First\n"}


def _gathered(folder, values=VALUES, funds=FUNDS, shares=None, **more):
    named = {"rates": None, "published": None, "holidays": None} | more
    return gather(
        _files(folder, **values), ["b_share"], shares, _files(folder, **funds), named["rates"], named["published"], None,
        None, named["holidays"],
    )  # fmt: skip


SHARES = "fund,share\nA,0.4\nB,0.3\n"


def test_unit_values_are_joined_by_day_and_fund_wide_or_long_under_any_name(tmp_path):
    found = _gathered(tmp_path, shares=_files(tmp_path, shares=SHARES))
    assert found.unit_values.funds == ("A", "B")
    assert found.unit_values.dates.tolist() == [DAY(2024, 5, 31), DAY(2024, 6, 28), DAY(2024, 7, 31)]
    assert found.unit_values.values.tolist() == [[10, 20], [11, 21], [12, 22]]
    assert [(one.code, one.printed_name, one.aliases) for one in found.funds.items] == [
        ("A", "Alpha", ("First",)),
        ("B", "Beta", ("Old Beta",)),
    ]
    assert [row[1] for row in found.sources if row[0] == "Unit values"] == ["may.csv", "july.csv"]


APART = {
    "values": ("date,A,B\n2024-06-28,10,20\n", "date,Alpha\n2024-06-28,10.5\n", "10", "10.5", "A on 2024-06-28"),
    "funds": ("fund,name\nA,Alpha\nB,Beta\n", "fund,name\nb,Berta\n", "'Beta'", "'Berta'", "printed_name of B"),
    "shares": (SHARES, "fund,share\nBeta,0.2\n", "0.3", "0.2", "B"),
    "rates": (
        "effective_date,rate\n2024-01-01,0.03\n", "effective_date,rate\n2024-01-01,0.04\n", "0.03", "0.04",
        "the rate from 2024-01-01",
    ),
    "published": (
        "as_of,fund,period,return_pct\n2024-07-31,A,1M,1.00\n", "as_of,fund,period,return\n2024-07-31,Alpha,1M,0.02\n",
        "0.01", "0.02", "Alpha, 1M, 2024-07-31",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", APART)
def test_two_values_for_one_place_are_refused_with_both_files(kind, tmp_path):
    one, other, first, second, place = APART[kind]
    asked = {"shares": _files(tmp_path, shares=SHARES)}
    both = {"one": one, "other": other}
    asked[kind] = both if kind in {"values", "funds"} else _files(tmp_path, **both)
    with pytest.raises(BadInput) as raised:
        _gathered(tmp_path, **asked)
    assert str(raised.value) == f"one.csv has {first} and other.csv has {second} for {place}; keep one of them."


def test_rows_that_two_files_share_count_once(tmp_path):
    rates = _files(
        tmp_path, r1="effective_date,rate\n2024-01-01,0.03\n",
        r2="effective_date,kind,rate\n2024-01-01,,0.03\n2024-07-01,,0.04\n"
    )  # fmt: skip
    printed = _files(
        tmp_path, p1="as_of,fund,period,return_pct\n2024-07-31,A,1M,9.09\n",
        p2="as_of,fund,period,return_pct\n2024-07-31,Alpha,1M,9.09\n2024-07-31,B,1M,4.76\n",
    )  # fmt: skip
    closed = _files(
        tmp_path, h1="date,name\n2024-07-04,Independence Day\n", h2="date,name\n2024-07-04,\n2024-12-25,Christmas\n"
    )
    found = _gathered(
        tmp_path, shares=_files(tmp_path, s1=SHARES, s2="fund,share\nBeta,0.3\n"), rates=rates, published=printed,
        holidays=closed,
    )  # fmt: skip
    assert found.rate_rows[0] == ["effective_date", "kind", "rate"]
    assert [row[-1] for row in found.rate_rows[1:]] == [0.03, 0.04]
    assert [one.fund for one in found.published] == ["A", "B"]
    assert found.share_rows == [["fund", "share"], ["A", 0.4], ["B", 0.3]]
    assert found.holidays == ((DAY(2024, 7, 4), "Independence Day"), (DAY(2024, 12, 25), "Christmas"))


def test_report_takes_both_files_and_a_template_holds_both(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _files(tmp_path, **VALUES, **FUNDS, shares=SHARES)
    words = "--unit-values may.csv --unit-values july.csv --funds first.csv --funds second.csv --shares shares.csv".split()
    for command in (["report", "--out", "u.xlsx"], ["new", "t.xlsx"]):
        done = CliRunner().invoke(app, [*command, *words, "--terms", "b_share"])
        assert "Written:" in done.output, done.output
    from xl_flexextra.sources.files import rows

    for book in ("u.xlsx", "t.xlsx"):
        table = rows(f"{book}#UnitValues")
        assert table[0] == ["valuation_date", "A", "B"]
        assert [row[1:] for row in table[1:4]] == [[10, 20], [11, 21], [12, 22]]


@pytest.mark.parametrize(
    "words",
    [
        "report --disclosures a.txt --disclosures b.txt",
        "new t.xlsx --terms b_share --terms c_share",
        "review --second-source a.csv --second-source b.csv",
        "find --previous=a.csv --previous b.csv",
        "refresh u.xlsx --from a.csv --from b.csv",
        "month a.csv --book a.xlsx --book b.xlsx",
    ],
)
def test_a_second_file_of_an_option_that_takes_one_is_refused(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, words.split())
    assert done.exit_code == 2
    assert "is given twice, and takes one file; drop one of the two." in " ".join(done.output.replace("│", " ").split())
    assert not list(tmp_path.iterdir())
