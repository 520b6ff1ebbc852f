"""Terms and other inputs as the rows of a sheet, for calls of the native functions."""

from call_book import iso, plain

from xl_flexextra.terms import Terms


def rows_of(terms):
    """Terms as two columns: as given, those that change with their day."""
    rows = []
    for day, values in ((None, terms.given), *terms.changes):
        suffix = "" if day is None else f" from {day.isoformat()}"
        for key, value in values.items():
            if isinstance(value, tuple):
                rows += [[f"{key}.{year}{suffix}", rate] for year, rate in enumerate(value or (0.0,), start=1)]
            elif value is not None and value != "":
                rows.append([key + suffix, plain(value)])
    return rows


def cell(value):
    """An argument as a sheet has it: real dates, terms as rows, the headings that the native functions know."""
    if isinstance(value, Terms):
        return rows_of(value)
    if isinstance(value, list) and value and value[0] == ["fund", "sub-account inception"]:
        return [["fund", "subaccount_inception"], *([fund, iso(day)] for fund, day in value[1:])]
    if isinstance(value, list) and value and isinstance(value[0], list):
        return [[iso(c) for c in row] for row in value]
    return value
