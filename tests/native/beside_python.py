"""Calls computed by an engine beside Python: those that differ."""

from call_book import CallBook, is_error, rows_of, same, shape_of, shown

from xl_flexextra import catalogue, sample
from xl_flexextra.errors import CellError
from xl_flexextra.functions import registry
from xl_flexextra.functions.declaration import SampleTable


def by_python(name, args):
    given = [sample.rows(str(a)) if isinstance(a, SampleTable) else a for a in args]
    return registry.evaluate(catalogue.get(name), given)


def agrees(got, want, within=1e-12):
    """Values alike; where Python has an error any error will do, never a figure."""
    if isinstance(want, CellError):
        return is_error(got)
    return same(got, want, within)


def rows_agree(got, want, within=1e-12):
    return all(agrees(got[r][c], shown(one), within) for r, row in enumerate(rows_of(want)) for c, one in enumerate(row))


EVERY = {"ironcalc": 1, "formulon": 4, "older ironcalc": 2}
"""Every how many calls an engine is asked for: the slow ones answer for a part of each kind."""


def differing(path, engine, calls):
    """The calls, each a name and its arguments, that an engine has otherwise than Python; and how many gave no error."""
    calls = list(calls)[:: EVERY[engine]]
    book, wanted = CallBook(path, engine), [by_python(name, args) for name, args in calls]
    places = [book.add(name, args, shape_of(want)) for (name, args), want in zip(calls, wanted, strict=True)]
    found = book.evaluate()
    pairs = list(zip(places, wanted, strict=True))
    wrong = [(book.calls[at][2], found[at], want) for at, want in pairs if not rows_agree(found[at], want)]
    return wrong, sum(not isinstance(want, CellError) for want in wanted)
