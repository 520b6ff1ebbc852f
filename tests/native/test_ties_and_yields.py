"""Ties, hints and money market yields by the native functions: every measure, rule, slip, date and year beside Python."""

import itertools
import random

import pytest
from beside_python import EVERY, differing
from call_book import ALL

from xl_flexextra.inputs.measures import MEASURES

PLAIN = [["annual_charge.form", "none"], ["cdsc.schedule", 0]]
HALF_EVEN = [*PLAIN, ["rounding.rule", "half_even"]]
FIGURES = [0.0854, -0.4472, 0.12345, 0.12355, 0.00005, 0.0, -1.0, 12.5, 0.2, 0.3, 552.75, 1000.005, 79.41723, -0.28265, 0.1]


def slipped(figure, draw):
    """A figure and what a hand may make of it."""
    digits = [*f"{abs(figure):.4f}"]
    places = [i for i, c in enumerate(digits) if c.isdigit()]
    one, other = draw.sample(places, 2)
    swapped, changed = digits[:], digits[:]
    swapped[one], swapped[other] = swapped[other], swapped[one]
    changed[one] = draw.choice("0123456789")
    texts = ("".join(swapped), "".join(changed))
    moved = [round(figure * factor, 10) for factor in (1, -1, 100, 0.01, 10, 0.001)]
    beside = [round(figure + step, 10) for step in (0.0001, 0.00004)]
    return [*moved, *beside, *(float(text) * (-1 if figure < 0 else 1) for text in texts)]


def ties():
    draw = random.Random(20080731)
    drawn = [round(draw.uniform(-0.6, 1.2), draw.choice((3, 4, 5, 6))) for _ in range(10)]
    for figure in FIGURES + drawn:
        for other in slipped(figure, draw):
            terms = draw.choice(
                [None, HALF_EVEN, [*HALF_EVEN, ["rounding.decimals", 1]], [*PLAIN, ["rounding.decimals", 3]]]
            )
            places = draw.choice([None, None, 0, 1, 3])
            measure = draw.choice([None, None, "return", "ERV", "units", "effective yield", "years"])
            yield "TIE_VERDICT", [figure, other, places, "", terms, measure]
            yield "TIE_DIFFERENCE", [figure, other, places, terms, measure]
    yield from (("TIE_VERDICT", [0.1, 0.2, 2, "", None, measure]) for measure in (*MEASURES, "fee", "n"))
    yield "TIE_DIFFERENCE", [0.1, 0.2, 2.5]
    yield "TIE_VERDICT", [0.1, 0.2, 11]


PAGE = [["Table", "as_of", "fund", "period", "published", "measure"],
        ["T", "2008-07-31", "A", "1Y", 0.0512, "return"], ["T", "2008-07-31", "A", "5Y", 0.0734, "return"],
        ["T", "2008-07-31", "B", "1Y", 0.0615, "return"], ["T", "2008-07-31", "B", "5Y", 0.0512, "return"],
        ["U", "2008-07-31", "B", "5Y", 0.0512, "return"], ["T", "2008-07-31", "a", "1Y", 0.005, "return"],
        ["T", "2008-07-31", "C", "1Y", None, "return"]]  # fmt: skip
OURS = [[0.0734], [0.05123], [0.0512], [0.0615], [0.0734], [0.0615], ["open"]]
KINDS = [["charges", "measure"], *(["all", "erv" if place == 2 else "return"] for place in range(6)), ["asset", "return"]]


def neighbours():
    for kinds in (None, KINDS):
        yield from (("TIE_NEIGHBOUR", [PAGE, OURS, number, None, None, None, kinds]) for number in range(9))
    yield "TIE_NEIGHBOUR", [PAGE, OURS, 2, 1, None, "return"]
    yield "TIE_NEIGHBOUR", [[row[1:4] for row in PAGE], OURS, 1]
    yield "TIE_NEIGHBOUR", [PAGE, OURS, 1, None, None, None, [["remark"], *(["x"] for _ in OURS)]]
    yield "TIE_NEIGHBOUR", [PAGE, OURS[:-1], 1]


CHARGED = [["cdsc.schedule", 0], ["annual_charge.form", "share"], ["annual_charge.dollars", 30],
           ["annual_charge.dollars from 2007-05-01", 40], ["rider.rate", 0.002], ["charge.1.base", "dollars"],
           ["charge.1.dollars", 12], ["charge.1.waived_above", 900], ["charge.1.waived_measure", "payments"],
           ["charge.2.base", "value"], ["charge.2.rate", 0.01], ["charge.2.timing", "redemption"],
           ["charge.3.base", "payment"], ["charge.3.rate", 0.003]]  # fmt: skip


def money_market():
    week, nine = ("2007-12-24", "2007-12-31"), ("2008-01-01", "2008-01-10")
    for rule in ("must_match", "days_between", "base_days"):
        for year in ("days_365", "days_366", "days_of_year"):
            terms = [*CHARGED, ["yield.dates", rule], ["yield.current_year", year], ["yield.effective_year", year]]
            for dates in (week, nine, (None, None), (week[0], None), week[::-1]):
                yield "MONEY_MARKET_YIELD", [0.000851, None, None, terms, *dates]
                yield "MONEY_MARKET_EFFECTIVE_YIELD", [0.000851, 9, None, terms, *dates]
                yield "MONEY_MARKET_BASE_RETURN", [12.47, 12.4807, 0.001, None, terms, 0.3, *dates]
    for terms in (None, CHARGED, [*CHARGED, ["yield.base_days", 9], ["payment.amount", 800]]):
        for share in (None, 0.25, 1.2):
            yield "MONEY_MARKET_BASE_RETURN", [10, 10.01, None, None, terms, share, *nine]
            yield "MONEY_MARKET_BASE_RETURN", [10, 10.01, 0, 0.0002, terms, share]
            yield "MONEY_MARKET_BASE_RETURN", [10, 10.01, 0, None, terms, share, None, "2007-04-30"]
    odd = itertools.product((-1, 0.001), (0, 7), (None, 360, 367))
    yield from (("MONEY_MARKET_EFFECTIVE_YIELD", list(args)) for args in odd)


@pytest.mark.parametrize("engine", ALL)
def test_ties_and_yields_as_python_has_them(engine, tmp_path):
    calls = [*ties(), *neighbours(), *money_market()]
    wrong, good = differing(tmp_path / "ties.xlsx", engine, calls)
    assert not wrong
    assert good > len(calls) / EVERY[engine] / 3
