"""Versions of values as columns against the same said with dictionaries, a value at a time."""

import datetime
import random

import numpy as np
import pytest

from xl_flexextra.errors import BadInput
from xl_flexextra.sync import versions

DAY = datetime.date(2008, 7, 31)


def plainly(rows):
    """One value for each day and fund, as the rule says it."""
    found, called = {}, {}
    for day, name, number in rows:
        place = day, called.setdefault(name.casefold(), name)
        if number is not None and found.get(place) is not None and found[place] != number:
            return None
        found[place] = number if found.get(place) is None else found[place]
    return found


def test_one_value_a_day_and_fund_is_that_of_dictionaries():
    chosen, refused = random.Random(3), 0
    for _ in range(200):
        days = [DAY - datetime.timedelta(days=chosen.randrange(3)) for _ in range(chosen.randrange(7))]
        rows = [(day, chosen.choice(["EQ", "eq", "Bond", "BOND"]), chosen.choice([1.0, 1.0, None, 2.0])) for day in days]
        expected = plainly(rows)
        if expected is None:
            refused += 1
            with pytest.raises(BadInput, match="gives two values for"):
                versions.one_a_place(versions.of_rows(rows))
            continue
        found = versions.one_a_place(versions.of_rows(rows))
        assert {(day, fund): None if value != value else value for day, fund, value in found.rows()} == expected
    assert 20 < refused < 180


class Cursor:
    """Rows as a database hands them over, some at a time."""

    def __init__(self, rows):
        self.rows = rows

    def fetchmany(self, _count):
        some, self.rows = self.rows[:2], self.rows[2:]
        return some


def test_the_newest_version_counts_and_a_fund_has_the_name_of_its_first_load():
    rows = [
        ("2008-07-31", "eq", 11.0, 2),
        ("2008-07-31", "EQ", 10.0, 1),
        ("2008-08-31", "EQ", None, 3),
        ("2008-07-31", "B", 5.0, 1),
    ]
    gathered = versions.Versions()
    gathered.add_rows(Cursor(rows))
    found = gathered.newest().in_order()
    assert [(str(day), fund) for day, fund, _ in found.rows()] == [
        ("2008-07-31", "B"),
        ("2008-07-31", "EQ"),
        ("2008-08-31", "EQ"),
    ]
    assert found.numbers[:2].tolist() == [5.0, 11.0]
    assert np.isnan(found.numbers[2])
    new = versions.of_rows([(DAY, "Eq", 12.0), (DAY, "C", 1.0)])
    new, there, before = versions.against(new, found)
    assert (there.tolist(), before[0]) == ([True, False], 11.0)
    assert [fund for _, fund, _ in new.rows()] == ["EQ", "C"]


def test_values_packed_by_fund_and_load_are_those_of_rows():
    chosen = random.Random(5)
    rows = [
        (
            DAY - datetime.timedelta(days=chosen.randrange(40_000)),
            chosen.choice("ABC"),
            chosen.choice([1.5, None, 2.0]),
            load,
        )
        for load in (1, 2, 3)
        for _ in range(200)
    ]
    rows = list({row[:2] + row[3:]: row for row in rows}.values())  # a value once a load
    each, packed = versions.Versions(), versions.Versions()
    each.add_rows(Cursor(rows))
    for fund in "CAB":
        for load in (3, 1, 2):
            some = sorted(row for row in rows if (row[1], row[3]) == (fund, load))
            days = np.array([row[0] for row in some], dtype="datetime64[D]")
            packed.add_series(fund, *versions.packed(days, np.array([row[2] for row in some], dtype=float)), load)
    last = {}
    for day, fund, number, _ in sorted(rows, key=lambda row: row[3]):
        last[day, fund] = number
    for found in (each.newest(), packed.newest()):
        assert {(day, fund): None if n != n else n for day, fund, n in found.rows()} == last


@pytest.mark.parametrize("top", [9, 70_000])
def test_the_order_of_numbers_near_each_other_is_that_of_numpy(top):
    keys = np.random.default_rng(1).integers(-top, top, (3, 500))
    assert versions.ordered(*keys).tolist() == np.lexsort(keys).tolist()
    keys[0].sort()  # days that are in order already
    assert versions.ordered(*keys).tolist() == np.lexsort(keys).tolist()
    assert versions.ordered(keys[0]).tolist() == list(range(500))
    assert versions.ordered(*keys[:, :0]).tolist() == []
