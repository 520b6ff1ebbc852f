"""Every argument of every native function given what is none of its kind: an error or what Python gives, no other figure."""

import itertools

from beside_python import by_python
from call_book import CallBook, is_error, rows_of, same, shape_of, shown

from xl_flexextra import catalogue
from xl_flexextra.errors import CellError
from xl_flexextra.hosts.native.definitions import definitions

BAD = ["abc", "10%", -1, 0, 1e9, True, "", None, 0.5, "2008-13-40", "1e3", " 5 ", -0.25, 2958466]
EACH = 4  # of these for each argument, by turns


def calls():
    """(function, arguments, the same without the bad one or None where it is required)."""
    turn, native = itertools.cycle(BAD), definitions()
    for function in catalogue.functions():
        good = next((one for one in function.examples if not isinstance(one.gives, CellError)), None)
        if function.name not in native or good is None:
            continue
        for place, argument in enumerate(function.arguments):
            given = [*good.args, *[None] * (place + 1 - len(good.args))]
            without = [*given[:place], None, *given[place + 1 :]] if argument.optional else None
            for bad in itertools.islice(turn, EACH):
                yield function.name, [*given[:place], bad, *given[place + 1 :]], without


def first(result):
    return shown(rows_of(result)[0][0])


def test_a_bad_argument_never_gives_a_figure_of_its_own(tmp_path):
    """An optional argument that the figure does not use may be anything: the figure is then the one without it."""
    book, every = CallBook(tmp_path / "bad.xlsx", "ironcalc"), list(calls())
    wanted = [by_python(name, args) for name, args, _ in every]
    places = [book.add(name, args, shape_of(want)) for (name, args, _), want in zip(every, wanted, strict=True)]
    found, wrong, good = book.evaluate(), [], 0
    for (name, _args, without), want, at in zip(every, wanted, places, strict=True):
        got = found[at][0][0]
        if is_error(got) or (not isinstance(first(want), CellError) and same(got, first(want))):
            good += not is_error(got)
        elif without is None or not same(got, first(by_python(name, without))):
            wrong.append((book.calls[at][2], got, want))
    assert wrong == []
    assert good > len(every) / 8
