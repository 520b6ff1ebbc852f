"""The days of a walk from CONTRACT_PATH in nine columns, whatever the charges: for tests of all of them together."""

from flexextra_udfs import CONTRACT_PATH

NINE = ["date", "unit value", "value before charge", "charge", "value", "free amount", "CDSC", "ERV", "T"]


def nine_columns(*asked):
    """A header and a row a day: all charges of the day as one, premium tax and load left out."""
    header, *rows = CONTRACT_PATH(*asked)
    place = header.index
    charges = range(3, place("value"))
    named = [k for k in charges if header[k] not in {"load", "bonus"}]
    days = [row for row in rows if row[place("unit value")] != ""]
    assert all(row[place("unit value")] == "" for row in rows[: len(rows) - len(days)])
    assert all(row[k] == "" for row in days for k in charges if k not in named)
    return [NINE, *([*row[:3], sum(row[k] for k in named), *(row[place(n)] for n in NINE[4:])] for row in days)]
