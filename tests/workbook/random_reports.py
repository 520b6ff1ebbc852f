"""Random reports: unit values with holes, terms of any kind, funds under any of their names. For property tests."""

import dataclasses
import datetime

from hypothesis import strategies as st

from xl_flexextra import terms
from xl_flexextra.calculation import calendar_days
from xl_flexextra.errors import FlexExtraError
from xl_flexextra.inputs.fund_table import Fund
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.input_tables import Published
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms.keys import KEYS
from xl_flexextra.update import report, update_inputs

CODES = ("EQ", "BOND", "MID_CAP")
FORMS = (
    {"annual_charge.form": "none"},
    {"annual_charge.form": "share", "annual_charge.dollars": 35.0},
    {"annual_charge.form": "share", "annual_charge.dollars": 40.0, "annual_charge.taken_as": "units"},
    {"annual_charge.form": "average_size", "annual_charge.dollars": 30.0, "annual_charge.average_contract_size": 40_000.0},
    {"annual_charge.form": "fraction_of_start_value", "annual_charge.rate": 0.004},
    {"annual_charge.form": "fraction_of_end_value", "annual_charge.rate": 0.004},
)
MORE = (
    {"rider.rate": 0.0025}, {"payment.front_end_load": 0.02}, {"cdsc.thereafter": 0.01}, {"carry.precision": "cents"},
    {"free_withdrawal.form": "percent_of_value", "free_withdrawal.rate": 0.1}, {"years.decimals": 3},
    {"valuation.max_age_days": 1}, {"valuation.max_age_days": 40}, {"rounding.decimals": 1}, {"rounding.decimals": 3},
    {"contract.inception": datetime.date(2003, 5, 17)},
)  # fmt: skip
CHOICES = tuple(
    {key: choice}
    for key, spec in KEYS.items()
    if key.startswith(("years.", "valuation.", "periods.", "rounding.", "cdsc.", "annual_charge.t", "annual_charge.p"))
    for choice in spec.choices
    if choice != spec.default
)
ALWAYS = ("years.basis", "years.short_period", "valuation.rule", "periods.without_history")


@st.composite
def contracts(draw, name):
    """Valid terms: those drawn, less what does not go with the ones before it."""
    given = {"contract.name": name, "cdsc.schedule": (0.07, 0.05, 0.0), **draw(st.sampled_from(FORMS))}
    drawn = [{key: draw(st.sampled_from((*[KEYS[key].default] * 4, *KEYS[key].choices)))} for key in ALWAYS]
    for more in (*drawn, *draw(st.lists(st.sampled_from((*MORE, *CHOICES, *CHOICES)), max_size=7))):
        try:
            terms.Terms({**given, **more})
        except FlexExtraError:
            continue
        given |= more
    return terms.Terms(given)


@st.composite
def unit_values(draw, heads, as_of):
    """Month ends and some days between them; funds that begin late, end early, and have gaps."""
    months = draw(st.integers(14, 70))
    days = [calendar_days.add_months(as_of, -back) for back in range(months, -1, -1)]
    away = draw(st.sets(st.sampled_from(days[:-1]), max_size=3))
    days = [day for day in days if day not in away]
    extra = draw(st.sets(st.integers(1, 27), max_size=3))
    days = sorted({*days, *(as_of - datetime.timedelta(days=30 * k + 2) for k in extra if 30 * k + 2 < 30 * months)})
    columns = []
    for place in range(len(heads)):
        level = 10.0 + place
        column = [round(level := level * (1 + draw(st.integers(-60, 70)) / 1000), 6) for _ in days]
        late, early = draw(st.sampled_from((0, 0, 0, 9, 15))), draw(st.sampled_from((0, 0, 0, 1, 4)))
        holes = {
            *range(late),
            *range(len(days) - early, len(days)),
            *draw(st.sets(st.integers(0, len(days) - 1), max_size=4)),
        }
        columns.append([None if i in holes else value for i, value in enumerate(column)])
    rows = [[day, *line] for day, line in zip(days, zip(*columns, strict=True), strict=True)]
    return UnitValues.from_rows([["valuation_date", *heads], *rows])


@st.composite
def reports(draw, whole=False):
    """Inputs of a report; ``whole``: with published figures as a review needs them."""
    as_of = calendar_days.month_end(2008, draw(st.integers(1, 12)))
    since = st.none() | st.dates(datetime.date(2002, 1, 1), datetime.date(2007, 12, 31))
    funds = [Fund(code, f"{code.title()} Fund", "Stock", draw(since), draw(since), (f"Old {code}",)) for code in CODES]
    if draw(st.booleans()):  # the third carries on the history of a fund that is not on the page
        on = calendar_days.month_end(2007, draw(st.integers(1, 12)))
        funds[2] = dataclasses.replace(funds[2], predecessor="GONE", substituted_on=on)
    heads = [draw(st.sampled_from((f.code, f.code.lower(), f.printed_name, f.aliases[0]))) for f in funds]
    values = draw(unit_values([*heads, "GONE"], as_of))
    shares = [(None, draw(st.sampled_from(f.names)), draw(st.sampled_from((0.1, 0.25, 0.3)))) for f in funds]
    made = tuple(draw(contracts(name)) for name in draw(st.sampled_from((("one",), ("flexible_b", "single_b")))))
    inputs = update_inputs.Inputs(values, Funds(tuple(funds)), made, as_of, Shares(shares), title="Random")
    printed = []
    for spec in report.specs(inputs):
        for _ in range(draw(st.integers(1, 3))):
            day = draw(st.sampled_from((as_of, inputs.quarter_end, calendar_days.add_months(as_of, -5))))
            fund = draw(st.sampled_from([name for f in funds for name in f.names]))
            period = draw(st.sampled_from((*spec.periods, "2Y", "QTD")))
            value = draw(st.integers(-300, 300)) / 1000
            charges = "" if whole or not spec.contract_code else draw(st.sampled_from(("", "annual")))
            printed.append(Published(spec.id, spec.contract_code, day, fund, period, value, charges=charges))
    return dataclasses.replace(inputs, published=tuple(dict.fromkeys(printed)))
