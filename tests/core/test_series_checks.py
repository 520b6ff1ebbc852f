"""One set of checks of values by date, by hand; reviews and refreshes find the same."""

import datetime

import numpy as np
import pytest

from xl_flexextra.inputs import series_checks
from xl_flexextra.inputs.series_checks import Limits
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.review import data_checks
from xl_flexextra.sync.refresh import Request, refresh
from xl_flexextra.workbook.template import build_template

D = datetime.date


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


def every_day(first, count, business=True):
    found = np.arange(np.datetime64(first), np.datetime64(first) + np.timedelta64(count, "D"))
    return found[np.is_busday(found)] if business else found


# 29 August 2008 was a Friday, 31 August a Sunday; 28 March 2013 the Thursday before Good Friday, 31 March a Sunday
@pytest.mark.parametrize(
    ("day", "holidays", "end"),
    [
        ("2008-08-29", [], True), ("2008-08-31", [], True), ("2008-08-28", [], False), ("2008-08-30", [], True),
        ("2013-03-28", [], False), ("2013-03-28", [D(2013, 3, 29)], True), ("2008-07-31", [], True),
        ("2008-07-30", [], False), ("2008-12-31", [], True), ("2008-02-28", [], False), ("2008-02-29", [], True),
    ],
)  # fmt: skip
def test_a_month_end_is_its_last_day_or_its_last_business_day(day, holidays, end):
    assert series_checks.month_ends(days(day), holidays).tolist() == [end]


def test_changes_beyond_the_limit():
    values = [10, 12.5, 10, 7.5, 9.4]  # +25%, -20%, -25%, +25.33%
    assert series_checks.jumps(values).tolist() == [4]
    assert series_checks.jumps(values, Limits(max_jump=0.2)).tolist() == [1, 3, 4]
    assert series_checks.jumps([1.0, 1.1, 1.21], Limits(max_jump=0.1)).tolist() == []  # 10% but for noise
    assert series_checks.jumps([10, 20, 5, 5.1], same=[True, False, True]).tolist() == [1]  # 20 and 5 are of two funds
    assert series_checks.jumps([0.0, 5.0, -5.0, 5.0, np.nan, 5.0, 6.0]).tolist() == [2]  # none from what is none
    assert series_checks.jumps([]).tolist() == series_checks.jumps([10.0]).tolist() == []


def test_values_that_stand_still():
    months = days("2008-01-31", "2008-02-29", "2008-03-31", "2008-04-30", "2008-05-31")
    starts, passed, counts = series_checks.stale(months, [10, 10, 11, 11, 11])
    assert (starts.tolist(), passed.tolist(), counts.tolist()) == ([2], [4], [3])
    assert [len(x) for x in series_checks.stale(months, [10, 10, 11, 11, 11], Limits(max_repeats=3))] == [0, 0, 0]
    assert series_checks.stale(months, [10, 10, 10, 10, 10], same=[True, True, False, True])[2].tolist() == [3]
    assert [len(x) for x in series_checks.stale(days("2008-01-31"), [1.0])] == [0, 0, 0]


def test_saturdays_and_sundays_of_daily_values_do_not_stand_still():
    """A value of Friday 4 July 2008, a holiday, carried on to Monday is one of Thursday, not four days of it."""
    daily = every_day("2008-06-30", 15, business=False)  # Monday 30 June to Monday 14 July
    values = np.where(np.is_busday(daily, holidays=[D(2008, 7, 4)]), np.arange(15) + 10.0, np.nan)
    for place in range(15):
        values[place] = values[place - 1] if np.isnan(values[place]) else values[place]
    assert series_checks.stale(daily, values, holidays=[D(2008, 7, 4)])[2].tolist() == []
    values[7:10] = 17.0  # Monday to Wednesday
    starts, _, counts = series_checks.stale(daily, values, holidays=[D(2008, 7, 4)])
    assert (daily[starts].tolist(), counts.tolist()) == ([D(2008, 7, 7)], [3])


def test_half_of_the_steps_within_a_long_weekend_are_judged_by_their_median():
    every = np.ones(4, bool)
    for steps in ([1, 7, 1, 7], [3, 5, 4, 9], [2, 6, 1, 9], [3, 6, 1, 9], [5, 5, 4, 4]):
        assert series_checks._mostly_daily(np.array(steps), every) == (np.median(steps) <= 4)


def test_values_that_count_belong_to_their_series_wherever_a_weekend_lies_between():
    """Series of two funds and more, one of a weekend alone; each against a plain look at every value."""
    chance = np.random.default_rng(3)
    for _ in range(40):
        daily = np.concatenate([every_day("2008-07-04", int(count), business=False) for count in chance.integers(1, 9, 5)])
        funds = np.cumsum(np.concatenate(([0], np.diff(daily).astype(int) != 1)))
        values = chance.integers(1, 3, len(daily)).astype(float)
        same, expected, run = funds[1:] == funds[:-1], [], []
        for place in [*(p for p in range(len(daily)) if np.is_busday(daily[p])), None]:
            if run and (place is None or funds[place] != funds[run[0]] or values[place] != values[run[0]]):
                expected += [(run[0], len(run))] if len(run) > 2 else []
                run = []
            run += [place]
        steps = np.diff(daily).astype(int)
        assert series_checks._mostly_daily(steps, same) == (np.median(steps[same]) <= series_checks.DAILY)
        starts, _, counts = series_checks.stale(daily, values, same=same)
        assert list(zip(starts.tolist(), counts.tolist(), strict=True)) == expected


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["2007-11-30", "2008-02-29"], [1]),
        (["2007-12-01", "2008-01-31"], []),
        (["2008-06-30", "2008-07-31", "2008-09-30"], [2]),
        (["2001-09-06", "2001-09-07", "2001-09-10", "2001-09-17", "2001-09-18"], []),  # the longest closing
        (["2001-09-06", "2001-09-07", "2001-09-10", "2001-09-18", "2001-09-19"], [3]),  # a day more
        (["2008-06-30", "2008-07-31", "2008-08-01", "2008-08-04"], []),  # monthly, then daily
        ([], []),
        (["2008-06-30"], []),
    ],
)
def test_gaps(given, found):
    assert series_checks.gaps(days(*given)).tolist() == found


def test_a_stated_gap_counts_days():
    assert series_checks.gaps(days("2008-06-30", "2008-07-31", "2008-09-30"), Limits(max_gap_days=61)).tolist() == []
    assert series_checks.gaps(days("2008-06-30", "2008-07-31", "2008-09-30"), Limits(max_gap_days=30)).tolist() == [1, 2]


def test_order_repeats_and_blanks():
    assert series_checks.disorder(days("2008-06-30", "2008-07-31")) is None
    assert series_checks.disorder(days("2008-06-30", "2008-07-31", "2008-07-31")) == (2, True)
    assert series_checks.disorder(days("2008-06-30", "2008-05-31", "2008-07-31")) == (1, False)
    order, again, differ = series_checks.repeats(np.array([3, 1, 3, 1, 2]), np.array([5.0, 7.0, 5.0, 8.0, 1.0]))
    assert order.tolist() == [1, 3, 4, 0, 2]
    assert (again.tolist(), differ.tolist()) == ([0, 3], [True, False])
    blanks, last = series_checks.holes(np.array([np.nan, 1, np.nan, 2, np.nan]))
    assert (blanks.tolist(), last) == ([2], 3)
    assert series_checks.holes(np.array([np.nan, 1.0]))[1] is None
    assert series_checks.not_positive([1, 0, -1, np.nan]).tolist() == [1, 2]


@pytest.mark.parametrize("day", [D(2008, 7, 30), D(2008, 8, 29)])
def test_a_business_day_between_the_last_value_and_the_day_to_reach(day):
    assert series_checks.ends_before(day, D(2008, 8, 31)) == (day == D(2008, 7, 30))


# --- a review and a refresh find the same -----------------------------------------------------------------------------


def both(tmp_path, listed, values, mapping="", closed=()):
    """What a review and a refresh find in one series."""
    table = UnitValues([D.fromisoformat(str(day)) for day in listed], ("A",), [[value] for value in values])
    reviewed = {one.check for one in data_checks.series_findings(table, closed)}
    book, source = tmp_path / "book.xlsx", tmp_path / "values.csv"
    build_template(book, ("A",))
    source.write_text("valuation_date,A\n" + "".join(f"{d},{v}\n" for d, v in zip(listed, values, strict=True)))
    beside = tmp_path / "book.xlsx.sync.toml"
    beside.write_text(f'[[table]]\nname = "UnitValues"\nsource = "values.csv"\n[table.checks]\n{mapping}\n')
    done = refresh(Request(book))
    words = {"jump": "of more than 25%", "stale": "times in a row", "gap": "gap of more than"}
    refreshed = {check for check, word in words.items() if any(word in finding.what for finding in done.findings)}
    return reviewed, refreshed, [str(finding) for finding in done.findings]


ENDS = ["2008-01-31", "2008-02-29", "2008-03-31", "2008-04-30", "2008-05-30", "2008-06-30"]


@pytest.mark.parametrize(
    ("listed", "values", "found"),
    [
        (ENDS, [10, 10.1, 10.2, 13.3, 13.4, 13.5], {"jump"}),  # +30.4%: a refresh said nothing
        (ENDS, [10, 10.1, 10.1, 10.1, 10.2, 10.3], {"stale"}),  # three times: a refresh said nothing
        ([*ENDS[:2], *ENDS[3:]], [10, 10.1, 10.2, 10.3, 10.4], {"gap"}),
        (ENDS, [10, 10.1, 10.2, 12.7, 12.8, 12.9], set()),  # +24.5%
    ],
)
def test_reviews_and_refreshes_find_the_same(tmp_path, listed, values, found):
    assert both(tmp_path, listed, values)[:2] == (found, found)


def test_a_mapping_may_loosen_the_limits(tmp_path):
    reviewed, refreshed, _ = both(tmp_path, ENDS, [10, 10.1, 10.2, 13.3, 13.4, 13.5], "max_jump = 0.5")
    assert (reviewed, refreshed) == ({"jump"}, set())


def test_a_refresh_knows_the_holidays_of_the_workbook(tmp_path):
    """Thursday 28 March 2013 was the last day of its month on which anything was valued: Friday was Good Friday."""
    import openpyxl
    from openpyxl.worksheet.table import Table

    listed = ["2013-01-31", "2013-02-28", "2013-03-28", "2013-04-30"]
    checked = "month_ends = true"
    assert [text for text in both(tmp_path, listed, [10, 10.1, 10.2, 10.3], checked)[2] if "no month end" in text]
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    if "Holidays" not in book.sheetnames:
        sheet = book.create_sheet("Holidays")
        sheet.append(["holiday", "date"])
        sheet.append(["Good Friday", datetime.date(2013, 3, 29)])
        sheet.add_table(Table(displayName="Holidays", ref="A1:B2"))
    else:
        book["Holidays"]["A2"] = datetime.date(2013, 3, 29)
    book.save(tmp_path / "book.xlsx")
    findings = refresh(Request(tmp_path / "book.xlsx")).findings
    assert not [f for f in findings if "no month end" in f.what]


def test_months_that_end_on_a_weekend_pass_where_every_date_has_to_be_a_month_end(tmp_path):
    """30 May 2008 was the Friday before the 31st: `month_ends = true` stopped three or four months a year."""
    found = both(tmp_path, ENDS, [10, 10.1, 10.2, 10.3, 10.4, 10.5], "month_ends = true")[2]
    assert not [text for text in found if "month end" in text]
    found = both(tmp_path, [*ENDS[:4], "2008-05-29", ENDS[5]], [10, 10.1, 10.2, 10.3, 10.4, 10.5], "month_ends = true")[2]
    assert [text for text in found if text.startswith("error") and "1 date is no month end, first 2008-05-29" in text]
