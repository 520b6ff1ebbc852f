"""Recomputed against printed figures: what counts as which, and percentages taken for fractions."""

import datetime
import math

import pytest
from flexextra_udfs import TIE_DIFFERENCE

from xl_flexextra.calculation import tie_out
from xl_flexextra.errors import BadInput, MissingData
from xl_flexextra.inputs.input_tables import Published

PRINTED = Published("t", "", datetime.date(2008, 7, 31), "A", "1Y", 0.0569)


def tied(recomputed, published=0.05):
    return tie_out.tie(Published("t", "", datetime.date(2008, 7, 31), "A", "1Y", published), recomputed)


@pytest.mark.parametrize(
    ("recomputed", "verdict", "apart"),
    [
        (0.0569, "ties", 0),
        (0.056949, "ties", 0),
        (0.05695, "rounding", 1),  # prints 5.70%, half a hundredth above 5.69%
        (0.0570, "open", 1),
        (-0.0569, "open: sign lost", -1138),
    ],
)
def test_one_figure(recomputed, verdict, apart):
    one = tie_out.tie(PRINTED, recomputed)
    assert (one.verdict, one.difference, one.ties) == (verdict, apart, verdict == "ties")


def test_a_figure_that_is_none_is_open_and_says_why():
    error = MissingData("There is no share.")
    one, blank = tie_out.tie(PRINTED, error), tie_out.tie(PRINTED, math.nan)
    assert (one.verdict, one.ties, one.recomputed) == ("open: There is no share.", False, error)
    assert (blank.verdict, blank.ties) == ("open: no history for the period", False)
    assert math.isnan(one.difference)
    assert math.isnan(blank.difference)


def test_figures_that_tie_and_those_that_do_not():
    figures = [tied(0.05), tied(0.06), tied(MissingData("x.")), tied(0.05001)]
    assert tie_out.headline(figures) == "2 of 4 published figures tie"
    assert tie_out.breaks(figures) == figures[1:3]


def test_a_difference_that_is_no_number_is_refused():
    with pytest.raises(BadInput, match="too large for returns"):
        TIE_DIFFERENCE(1e305, 1e300)


@pytest.mark.parametrize(
    ("ratios", "factor"),
    [
        ([100, 100, 100, 100], 100),  # printed as fractions, read as percentages
        ([0.01, 0.01, 0.01, 0.01], 0.01),
        ([100, 100, 100, 1], 100),  # three of four
        ([0.01, 1, 0.01, 0.01], 0.01),
        ([100, 100, 1, 1], 1),
        ([100, 100, 0.01, 0.01], 1),
        ([140, 70, 100], 100),  # about that many times: within half as much again
        ([160, 60, 100, 100], 1),
        ([0.014, 0.007, 0.01], 0.01),
        ([0.016, 0.006, 0.01, 0.01], 1),
        ([-100, -100, -100], 1),
        ([1, 1, 1], 1),
        ([], 1),
    ],
)
def test_percentages_taken_for_fractions(ratios, factor):
    figures = [tied(0.05 * ratio) for ratio in ratios]
    assert tie_out.hundredfold(figures) == factor
    # what is no figure, and a printed zero, tell nothing
    assert tie_out.hundredfold([*figures, tied(MissingData("x.")), tied(math.nan), tied(0.05, 0.0)]) == factor
