"""The walk against one written independently (plain_walk.py), over random terms; the closed form; properties."""

import datetime

import numpy as np
import pytest
from flexextra_udfs import CONTRACT_AATR, CONTRACT_PATH, REDEEMABLE_VALUE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_walk import Plain, growth, half_away, last_of_month

from xl_flexextra.calculation import contract_figures
from xl_flexextra.calculation.taken import Charging, Taken, waived_from
from xl_flexextra.calculation.walk import Redemption, redeem, redeemed_value, walk
from xl_flexextra.cells.rounding import above
from xl_flexextra.inputs.fund_table import Fund
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import Terms, charge_keys, keys
from xl_flexextra.terms.charges import KNOWN_BEFORE, ROLLED_UP

RELAXED = settings(suppress_health_check=list(HealthCheck))
CLOSE = 1e-10
D = datetime.date


def number(low, high):
    return st.floats(low, high, allow_nan=False).map(lambda x: round(x, 6))


def choices(key):
    return st.sampled_from(sorted(keys.KEYS[key].choices))


@st.composite
def spans(draw, longest=9):
    """A first and a last day: whole years, or any length; the month ends among them."""
    years = draw(st.integers(0, longest))
    if draw(st.booleans()):  # from month end to month end
        start = month_end(draw(st.integers(1990, 2010)), draw(st.integers(1, 12)))
        extra = draw(st.sampled_from([0, 0, 1, 5, 7, 11])) if years else draw(st.integers(1, 11))
        return start, month_end(start.year + years, start.month + extra)
    start = D(draw(st.integers(1990, 2010)), draw(st.integers(1, 12)), draw(st.integers(1, 27)))
    finish = start.replace(year=start.year + years)
    if not years or draw(st.booleans()):
        finish += datetime.timedelta(days=draw(st.integers(30, 364)))
    return start, finish


def month_end(year, month):
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return (D(year + month // 12, month % 12 + 1, 1)) - datetime.timedelta(days=1)


@st.composite
def contracts(draw, start, finish):
    """Terms that make sense, of every convention, with changes by effective date, and shares."""
    form = draw(choices("annual_charge.form"))
    fraction = form.startswith("fraction")
    timing = draw(choices("annual_charge.timing").filter(
        lambda t: not (form == "fraction_of_end_value" and t == "start_of_contract_year")
    ))  # fmt: skip
    waived = form not in {"none"} and draw(st.booleans())
    taken_as = draw(choices("annual_charge.taken_as").filter(lambda t: t != "from_payment" or not (fraction or waived)))
    order = draw(choices("cdsc.order"))
    free = draw(choices("free_withdrawal.form"))
    size = draw(number(20_000, 80_000))
    terms = {
        "contract.name": "drawn",
        "payment.amount": draw(st.sampled_from([1000.0, 10_000.0, 731.5])),
        "payment.front_end_load": draw(st.sampled_from([0.0, 0.0575])),
        "payment.bonus_rate": draw(st.sampled_from([0.0, 0.05, 0.013])),
        "payment.unit_decimals": draw(st.sampled_from([None, None, 3, 1])),
        "annual_charge.form": form,
        "annual_charge.taken_as": taken_as,
        "annual_charge.timing": timing,
        "annual_charge.part_year": draw(choices("annual_charge.part_year")),
        "annual_charge.charged_fraction": draw(st.sampled_from([1.0, 0.83])),
        "cdsc.schedule": draw(st.lists(number(0, 0.09), max_size=9)),
        "cdsc.thereafter": draw(st.sampled_from([0.0, 0.01])),
        "cdsc.anniversary": draw(choices("cdsc.anniversary")),
        "cdsc.base": draw(choices("cdsc.base")),
        "cdsc.order": order,
        "cdsc.in_force": draw(choices("cdsc.in_force")),
        "free_withdrawal.form": free,
        "free_withdrawal.year_one": draw(choices("free_withdrawal.year_one")),
        "free_withdrawal.full_surrender": draw(choices("free_withdrawal.full_surrender")),
        "years.basis": draw(choices("years.basis")),
        "years.decimals": draw(st.sampled_from([None, 2, 3])),
        "years.short_period": (short := draw(choices("years.short_period"))),
        "years.long_period": "annualised" if short == "annualised" else draw(choices("years.long_period")),
        "carry.precision": draw(choices("carry.precision")),
    }
    if taken_as == "from_payment":  # enough to pay them all
        terms["payment.amount"] = max(terms["payment.amount"], 731.5)
    if draw(st.booleans()):
        terms["premium_tax.when"] = draw(st.sampled_from(["at_payment", "at_redemption"]))
        terms["premium_tax.rate"] = 0.0235
    if form in {"share", "average_size"}:
        terms["annual_charge.dollars"] = draw(number(1, 60))
    if fraction:
        terms["annual_charge.rate"] = draw(number(0.0005, 0.02))
    if form == "average_size" or waived:
        terms["annual_charge.average_contract_size"] = size
    if waived:
        terms["annual_charge.waived_above"] = round(size * draw(number(0.8, 1.6)), 2)
    if taken_as == "units":
        terms["annual_charge.unit_decimals"] = draw(st.sampled_from([None, 3]))
    if timing not in {"start_of_contract_year", "redemption"}:
        terms["annual_charge.final"] = draw(choices("annual_charge.final"))
    if timing == "calendar_year_end":
        terms["annual_charge.first_stub"] = draw(choices("annual_charge.first_stub"))
    if draw(st.booleans()):
        terms["rider.rate"] = draw(number(0.001, 0.015))
        for key in ("rider.base", "rider.timing", "rider.part_year"):
            terms[key] = draw(choices(key))
    if free != "none":
        if draw(st.booleans()):
            terms["free_withdrawal.rate"] = draw(number(0.02, 0.2))
        else:
            terms["free_withdrawal.schedule"] = draw(st.lists(number(0, 1), min_size=1, max_size=7))
        measures = [None, "before_charge"] + (["after_charge"] if order == "after_annual_charge" else [])
        terms["free_withdrawal.measured"] = draw(st.sampled_from(measures))
    for n in range(1, draw(st.sampled_from([0, 0, 1, 2, 3])) + 1):
        one = draw(listed(terms["payment.amount"], size))
        terms |= {f"charge.{n}.{field}": value for field, value in one.items()}
        if one.get("taken_as") == "from_payment":  # enough to pay them all
            terms["payment.amount"] = max(terms["payment.amount"], 10_000.0)
    changes = []
    for day in draw(st.lists(st.dates(start, finish), max_size=2, unique=True)):
        later = {"cdsc.schedule": draw(st.lists(number(0, 0.09), max_size=9))}
        if "annual_charge.dollars" in terms:
            later["annual_charge.dollars"] = draw(st.sampled_from([0.0, 12.0, 47.5]))
        if "annual_charge.rate" in terms:
            later["annual_charge.rate"] = draw(st.sampled_from([0.001, 0.011]))
        if "rider.rate" in terms:
            later["rider.rate"] = draw(st.sampled_from([0.0, 0.009]))
        for key in ("charge.1.rate", "charge.1.dollars"):
            if key in terms:
                later[key] = draw(st.sampled_from([0.0, 0.009] if key.endswith("rate") else [0.0, 12.5]))
        if "annual_charge.waived_above" in terms:
            later["annual_charge.waived_above"] = round(size * draw(number(0.8, 1.6)), 2)
        changes.append((day, later))
    shares = [(None, draw(number(0.01, 1)))]
    shares += [(day, draw(number(0.01, 1))) for day in draw(st.lists(st.dates(start, finish), max_size=2, unique=True))]
    return {k: v for k, v in terms.items() if v is not None}, changes, shares


OF_SHARES = {"dollars": number(1, 40), "share": number(5, 60), "average_size": number(20, 60)}


def of_charge(field):
    return st.sampled_from(sorted(charge_keys.CHARGE_KEYS[field].choices))


@st.composite
def listed(draw, payment, size):
    """One charge of the list that makes sense, by field."""
    base, timing = draw(of_charge("base")), draw(of_charge("timing"))
    if timing == "daily":
        rate = {"base": draw(st.sampled_from(["value", "average_value"])), "rate": draw(number(0.0005, 0.02))}
        return {**rate, "timing": timing, "part_year": draw(st.sampled_from(["by_days", "by_days_of_year"]))}
    if timing == "payment":
        base = draw(st.sampled_from(["dollars", "share", "average_size", "payment"]))
    if timing == "start_of_contract_year" and base in {"end_value", "average_value"}:
        base = "value"
    charge = {"base": base, "timing": timing, "charged_fraction": draw(st.sampled_from([1.0, 0.9]))}
    charge |= {"dollars": draw(OF_SHARES[base])} if base in OF_SHARES else {"rate": draw(number(0.0005, 0.02))}
    known = base in KNOWN_BEFORE
    if base in ROLLED_UP:
        charge |= {"roll_up_rate": draw(number(0.02, 0.07)), "roll_up_cap": draw(st.sampled_from([None, 1.2, 2.0]))}
    up_front = timing == "payment"
    if not up_front:
        charge["part_year"] = draw(of_charge("part_year"))
        charge["taken_as"] = draw(of_charge("taken_as").filter(lambda t: t != "from_payment" or known))
        up_front = charge["taken_as"] == "from_payment"
        if charge["taken_as"] == "units":
            charge["unit_decimals"] = draw(st.sampled_from([None, 3]))
        if timing not in {"start_of_contract_year", "redemption"}:
            charge["final"] = draw(of_charge("final"))
        if timing == "calendar_year_end":
            charge["first_stub"] = draw(of_charge("first_stub"))
    if draw(st.booleans()):
        charge["at_most"] = draw(number(8, 30))
        charge["at_least"] = draw(st.sampled_from([None, 1.0, 7.5]))
    if not up_front:
        charge["order"] = draw(of_charge("order"))
        charge["at_most_of_value"] = draw(st.sampled_from([None, None, 0.004, 0.02]))
    if draw(st.booleans()):
        charge["waived_measure"] = measure = "payments" if up_front else draw(of_charge("waived_measure"))
        around = size if measure == "average_size" else payment
        exactly = [payment] if measure == "payments" else []
        charge["waived_above"] = draw(st.sampled_from([*exactly, round(around * draw(number(0.8, 1.6)), 2)]))
        charge["waived_at_limit"] = draw(of_charge("waived_at_limit"))
    limited = {"at_most", "at_least"} & {k for k, v in charge.items() if v} and base not in {"dollars", "share"}
    if base == "average_size" or charge.get("waived_measure") == "average_size" or (limited and draw(st.booleans())):
        charge["average_contract_size"] = size
    return {field: value for field, value in charge.items() if value is not None}


@st.composite
def situations(draw):
    start, finish = draw(spans())
    terms, changes, shares = draw(contracts(start, finish))
    level = growth(draw(number(-0.1, 0.15)), draw(number(0, 0.3)), draw(number(0, 6)))
    return start, finish, terms, changes, shares, level


def every_day(start, finish, level):
    days = [start + datetime.timedelta(days=i) for i in range((finish - start).days + 1)]
    return UnitValues(days, ("S",), [level(day) for day in days])


def by_package(start, finish, terms, changes, shares, level, charges="all"):
    """ERV and return through the public inputs."""
    grid = contract_figures.ContractFigures(
        Terms(terms, changes),
        every_day(start, finish, level),
        finish,
        Shares([(day, "S", share) for day, share in shares]),
        Funds((Fund("S", subaccount_inception=start),)),
        charges,
    )
    result = grid.result("S", "SI_SUBACCOUNT")
    return result.erv, result.value


@pytest.mark.slow
@settings(RELAXED, max_examples=300)
@given(situations(), st.sampled_from(["all", "all", "all", "annual", "asset"]))
def test_the_walk_equals_one_written_independently(situation, charges):
    start, finish, terms, changes, shares, level = situation
    erv, rate = by_package(*situation, charges)
    plain_erv, plain_rate = Plain(terms, changes, shares).redeemable(start, finish, level, charges)
    assert erv == pytest.approx(plain_erv, rel=CLOSE, abs=1e-9)
    assert rate == pytest.approx(plain_rate, rel=CLOSE, abs=CLOSE)


def test_what_is_near_a_half_cent_is_no_half_in_the_walk_written_independently():
    assert [half_away(x, 2) for x in (84.824999996, 84.825, 0.009 * 9425)] == [84.82, 84.83, 84.83]


@pytest.mark.slow
def test_the_random_terms_reach_every_choice():
    """What is drawn covers every choice that the calculation knows (periods are tested in test_periods.py)."""
    seen = {}

    @settings(RELAXED, max_examples=700, derandomize=True, database=None)
    @given(situations())
    def collect(situation):
        for key, value in situation[2].items():
            seen.setdefault(key, set()).add(value if isinstance(value, str) else None)

    collect()
    elsewhere = {"valuation.rule", "valuation.inception", "periods.inception", "periods.without_history", "rounding.rule",
                 "yield.dates", "yield.current_year", "yield.effective_year",
                 "years.basis", "shares.sum"}  # fmt: skip
    for key, spec in keys.KEYS.items():
        if spec.choices and key not in elsewhere and not key.startswith("expense."):
            missing = set(spec.choices) - seen[key] - ({"none"} if key == "premium_tax.when" else set())
            assert not missing, key
    for field, spec in charge_keys.CHARGE_KEYS.items():
        assert set(spec.choices) <= {choice for n in (1, 2, 3) for choice in seen.get(f"charge.{n}.{field}", ())}, field


# --- closed form --------------------------------------------------------------------------------------------


@settings(RELAXED, max_examples=150)
@given(
    st.lists(number(0.6, 1.6), min_size=1, max_size=12),
    st.floats(0, 9.99),
    st.sampled_from([1000.0, 10_000.0]),
)
def test_dollar_charges_have_a_closed_form(factors, charge, payment):
    """V_n = U_n (P / U_0 - C w SUM(1 / U_k)), as long as the charges leave something."""
    levels = 10 * np.concatenate([[1.0], np.cumprod(factors)])
    if payment / levels[0] <= charge * sum(1 / levels[1:]):
        return
    dollars = np.array([0.0] + [charge] * len(factors))
    by_walk = walk(levels, payment, Charging((Taken(amount=dollars),))).value[-1]
    closed = levels[-1] * (payment / levels[0] - charge * sum(1 / u for u in levels[1:]))
    if closed > 1e-3 * payment:
        assert by_walk == pytest.approx(closed, rel=1e-10)


@settings(RELAXED, max_examples=25)
@given(spans(6), number(0, 0.2), number(0, 6), number(0.01, 1))
def test_the_closed_form_holds_through_the_worksheet_function(span, swing, seed, share):
    start, finish = span
    level = growth(0.05, swing, seed)
    *_, last = CONTRACT_PATH(
        "flex_extra_flexible", every_day(start, finish, level), "S", finish, "SI_SUBACCOUNT",
        [["S", share]], Funds((Fund("S", subaccount_inception=start),)),
    )  # fmt: skip
    month_ends = last_of_month(start)
    days = []  # the anniversaries, by the plain calendar
    for year in range(start.year + 1, finish.year + 1):
        day = month_end(year, start.month) if month_ends else start.replace(year=year)
        days += [day] if day <= finish else []
    days = days if days and days[-1] == finish else [*days, finish]
    closed = level(finish) * (1000 / level(start) - 35 * share * sum(1 / level(day) for day in days))
    assert last[4] == pytest.approx(closed, rel=1e-10)


# --- properties ---------------------------------------------------------------------------------------------

PLAIN = {"contract.name": "p", "annual_charge.form": "none", "cdsc.schedule": [0.0]}


@settings(RELAXED, max_examples=40)
@given(spans(), number(-0.1, 0.2), number(0, 0.3), choices("years.basis"))
def test_without_charges_the_return_is_that_of_the_unit_values(span, drift, swing, basis):
    start, finish = span
    level = growth(drift, swing, 1.0)
    situation = (start, finish, {**PLAIN, "years.basis": basis}, [], [(None, 1.0)], level)
    assert by_package(*situation)[1] == pytest.approx(by_package(*situation, "asset")[1], rel=1e-12, abs=1e-14)


RISING = {
    "annual_charge.dollars": (20.0, 21.0),
    "annual_charge.charged_fraction": (0.5, 0.6),
    "payment.front_end_load": (0.01, 0.02),
    "rider.rate": (0.002, 0.004),
    "premium_tax.rate": (0.01, 0.02),
    "cdsc.thereafter": (0.02, 0.03),
}


@settings(RELAXED, max_examples=60)
@given(spans(), st.sampled_from(sorted(RISING)), number(-0.1, 0.2), choices("annual_charge.timing"), choices("cdsc.base"))
def test_the_redeemable_value_falls_as_any_charge_rises(span, key, drift, timing, base):
    start, finish = span
    level = growth(drift, 0.1, 2.0)
    terms = {
        **PLAIN,
        "annual_charge.form": "share",
        "annual_charge.dollars": 20.0,
        "annual_charge.timing": timing,
        "annual_charge.first_stub": "full" if timing == "calendar_year_end" else "by_days",
        "premium_tax.when": "at_redemption",
        "premium_tax.rate": 0.01,
        "cdsc.schedule": [],
        "cdsc.thereafter": 0.02,
        "cdsc.base": base,
    }
    low, high = (by_package(start, finish, {**terms, key: v}, [], [(None, 0.5)], level)[0] for v in RISING[key])
    assert high < low


@settings(RELAXED, max_examples=60)
@given(spans(8), st.integers(1, 7), number(-0.1, 0.2), number(0.001, 0.02))
def test_two_part_periods_chain(span, after, drift, rate):
    """A contract that is held: its value after some whole years goes on as a new payment does."""
    start, finish = span
    middle = month_end(start.year + after, start.month) if last_of_month(start) else start.replace(year=start.year + after)
    if middle >= finish:
        return
    level = growth(drift, 0.2, 3.0)
    terms = {**PLAIN, "annual_charge.form": "fraction_of_end_value", "annual_charge.rate": rate, "rider.rate": 0.004}
    whole, first, second = (
        by_package(a, b, terms, [], [(None, 1.0)], level, "annual")[0]
        for a, b in ((start, finish), (start, middle), (middle, finish))
    )
    assert whole == pytest.approx(first * second / 1000, rel=CLOSE)


def of_this_payment(terms, charge, field):
    """Whether dollars of a charge are of this payment, and not of a contract of average size."""
    if field == "waived_above":
        return terms.get(f"{charge}.waived_measure") != "average_size"
    as_it_stands = terms[f"{charge}.base"] in {"dollars", "share"}
    limits_scale = as_it_stands or f"{charge}.average_contract_size" not in terms
    return {"dollars": as_it_stands, "at_least": limits_scale, "at_most": limits_scale}.get(field, False)


@settings(RELAXED, max_examples=60)
@given(situations(), st.sampled_from([0.1, 3.0, 100.0]))
def test_scaling_payment_and_dollar_charges_changes_nothing(situation, scale):
    start, finish, terms, changes, shares, level = situation
    if terms["carry.precision"] == "cents" or any(k.endswith("unit_decimals") for k in terms):
        return
    dollars = {"payment.amount"} | ({"annual_charge.dollars"} if terms["annual_charge.form"] == "share" else set())
    dollars |= {k for k in terms if k.startswith("charge.") and of_this_payment(terms, *k.rsplit(".", 1))}
    larger = {k: v * scale if k in dollars else v for k, v in terms.items()}
    changed = [(day, {k: v * scale if k in dollars else v for k, v in later.items()}) for day, later in changes]
    erv, rate = by_package(*situation)
    scaled_erv, scaled_rate = by_package(start, finish, larger, changed, shares, level)
    assert scaled_erv == pytest.approx(erv * scale, rel=CLOSE, abs=1e-9)
    assert scaled_rate == pytest.approx(rate, rel=CLOSE, abs=CLOSE)


@pytest.mark.slow
@settings(RELAXED, max_examples=120)
@given(situations())
def test_no_cdsc_beyond_its_base_and_nothing_below_zero(situation):
    start, finish, terms, changes, shares, level = situation
    grid = contract_figures.ContractFigures(
        Terms(terms, changes), every_day(start, finish, level), finish,
        Shares([(day, "S", share) for day, share in shares]), Funds((Fund("S", subaccount_inception=start),)),
    )  # fmt: skip
    result = grid.result("S", "SI_SUBACCOUNT")
    redeemed, value = result.redeemed, float(result.path.value[-1])
    limit = {"payment": result.payment}.get(terms["cdsc.base"], float(result.path.before[-1]))
    assert 0 <= redeemed.base <= limit + 1e-9
    assert 0 <= redeemed.cdsc <= min(value, result.cdsc_rate * redeemed.base + 0.005) + 1e-9
    assert redeemed.erv >= 0
    assert redeemed.erv <= value + 1e-9
    assert np.all(result.path.value >= -1e-9)


@settings(RELAXED, max_examples=80)
@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 2**32 - 1), st.booleans())
def test_short_periods_padded_in_front_walk_as_they_are(dates, funds, seed, cents):
    random = np.random.default_rng(seed)
    levels = 10 * np.exp(random.normal(0, 0.2, (dates, funds)).cumsum(axis=0))
    dollars, rates = random.uniform(0, 20, (dates, funds)), random.uniform(0, 0.02, (dates, funds))

    def charged(dollars, rates):
        return Charging((Taken(amount=dollars), Taken("end_value", rates), Taken("value", rates)), cents=cents)

    plain = walk(levels, 1000.0, charged(dollars, rates))
    pad = 3
    front = np.concatenate([np.repeat(levels[:1], pad, axis=0), levels])
    zeros = np.zeros((pad, funds))
    padded = walk(front, 1000.0, charged(np.concatenate([zeros, dollars]), np.concatenate([zeros, rates])))
    assert np.array_equal(padded.value[pad:], plain.value)
    assert np.all(padded.value[:pad] == 1000.0)


@settings(RELAXED, max_examples=80)
@given(st.integers(1, 6), st.integers(1, 3), st.integers(1, 4), st.integers(0, 2**32 - 1), choices("free_withdrawal.form"),
       choices("cdsc.base"), st.booleans())  # fmt: skip
def test_many_at_once_is_one_by_one(dates, scenarios, funds, seed, form, base, first):
    random = np.random.default_rng(seed)
    shape = (dates, scenarios, funds)
    levels = 10 * np.exp(random.normal(0, 0.2, shape).cumsum(axis=0))
    tops = {"dollars": 20, "highest_anniversary_value": 0.01, "greater_of_roll_up_and_value": 0.01, "start_value": 0.01,
            "average_value": 0.01, "value": 0.01, "end_value": 0.01}  # fmt: skip
    waived = random.uniform(800, 1500, shape)
    limits = {"at_least": random.uniform(0, 3, shape), "at_most_of_value": random.uniform(0.003, 0.02, shape)}
    more = {"dollars": {"waived_from": waived}, "value": limits}
    charges = [
        Taken(of, random.uniform(0, top, shape), rolled_up=random.uniform(900, 1500, shape),
              year_start=random.random(shape) < 0.6, **more.get(of, {}))
        for of, top in tops.items()
    ]  # fmt: skip
    charges.append(Taken("average_value", random.uniform(0, 0.02, shape), growth_left=random.uniform(0.97, 1, shape)))
    anniversary = random.random(shape) < 0.6
    payment = random.uniform(900, 1100, shape[1:])
    last = (first, *(False for _ in charges[1:]))
    redemption = Redemption(payment, 0.06, base, form, 0.1, after_cdsc=last, tax_rate=0.01)
    together = walk(levels, payment, Charging(tuple(charges), anniversary))
    redeemed = redeem(together, redemption)
    last_only = walk(levels, payment, Charging(tuple(charges), anniversary), keep=False)
    assert np.array_equal(last_only.value[-1], together.value[-1])
    for s, f in np.ndindex(shape[1:]):
        mine = [
            one._replace(**{n: a[:, s, f] for n, a in one._asdict().items() if isinstance(a, np.ndarray)}) for one in charges
        ]
        alone = walk(levels[:, s, f], payment[s, f], Charging(tuple(mine), anniversary[:, s, f]))
        assert np.array_equal(alone.value, together.value[:, s, f])
        assert float(redeem(alone, redemption._replace(payment=payment[s, f])).erv) == float(redeemed.erv[s, f])


def test_a_table_of_funds_is_its_funds_one_by_one():
    """Funds with the same days are walked together; the figures are those of each alone, to the last bit."""
    from xl_flexextra import sample

    values, shares = sample.rows("UnitValues"), sample.rows("Shares")
    funds = values[0][1:]
    for terms in ("flex_extra_flexible", "flex_extra_single"):
        column = CONTRACT_AATR(terms, values, [[f] for f in funds], "2008-07-31", [["YTD", "1Y", "5Y", "10Y"]], shares)
        for i, fund in enumerate(funds):
            place = funds.index(fund) + 1
            alone = [[row[0], row[place]] for row in values]
            for j, period in enumerate(("YTD", "1Y", "5Y", "10Y")):
                assert column[i, j] == CONTRACT_AATR(terms, alone, fund, "2008-07-31", period, shares)


def test_two_routes_to_one_redeemable_value():
    """REDEEMABLE_VALUE over dates and values, and the last row of CONTRACT_PATH."""
    level = growth(0.04, 0.2, 1.5)
    start, finish = D(2001, 2, 14), D(2006, 9, 3)
    days = [start, *(start.replace(year=y) for y in range(2002, 2007)), finish]
    erv = REDEEMABLE_VALUE("flex_extra_flexible", days, [level(d) for d in days], 0.2782)
    *_, last = CONTRACT_PATH(
        "flex_extra_flexible", every_day(start, finish, level), "S", finish, "SI_SUBACCOUNT",
        [["S", 0.2782]], Funds((Fund("S", subaccount_inception=start),)),
    )  # fmt: skip
    assert erv == pytest.approx(last[7], rel=1e-12)
    typed = {
        "annual_charge.form": "share",
        "annual_charge.dollars": 35.0,
        "cdsc.schedule": [0.08, 0.08, 0.07, 0.06, 0.05, 0.04],
        "free_withdrawal.form": "percent_of_value",
        "free_withdrawal.rate": 0.1,
    }
    assert erv == pytest.approx(Plain(typed, [], [(None, 0.2782)]).redeemable(start, finish, level)[0], rel=1e-12)


@pytest.mark.parametrize("limit", [1500.0, 0.3, 0.0, 1e9, 1000.1, np.inf])
@pytest.mark.parametrize("at_limit", [False, True])
def test_many_values_are_waived_as_each_is_alone(limit, at_limit):
    """One comparison for many values, or for one, is the rule: above a limit by more than noise."""
    near = [limit]
    for toward in (-np.inf, np.inf):
        value = limit
        for _ in range(60):
            value = np.nextafter(value, toward)
            near.append(value)
    spread = 5e-15 * max(limit, 1.0) if np.isfinite(limit) else 1.0
    values = np.array(near + (limit + spread * np.linspace(-3, 3, 400)).tolist()) if np.isfinite(limit) else np.arange(300.0)
    growth = values[None, :]
    charge = Taken(amount=np.array([0.0, 7.0]), waived_from=np.full(2, waived_from(limit, at_limit)))
    levels = np.concatenate([np.ones_like(growth), np.ones_like(growth)])
    many = walk(levels, values, Charging((charge,))).taken[0][1]
    alone = [walk(np.ones((2, 1)), one, Charging((charge,))).taken[0][1].item() for one in values]
    assert many.tolist() == alone
    waived = np.isfinite(limit) & (~above(limit, values) if at_limit else above(values, limit))
    assert many.tolist() == np.minimum(np.where(waived, 0.0, 7.0), values).tolist()


def test_a_limit_on_a_value_of_nothing_is_a_number():
    """After charges that take all there is, a charge of at most 20 dollars takes nothing; it was no number."""
    half = np.array([0.0, 1.0, 1.0])
    all_of_it = Taken(amount=np.array([0.0, 5000.0, 0.0]))
    limited = Taken("value", 0.02 * half, at_least=5 * half, at_most=np.array([np.inf, 20.0, 20.0]))
    of_value = np.array([np.inf, 0.5, np.inf])
    for one in (limited, limited._replace(at_most_of_value=of_value)):
        path = walk(np.array([10.0, 11.0, 12.0]), 1000.0, Charging((all_of_it, one)))
        assert path.value.tolist() == [1000.0, 0.0, 0.0]
        assert path.taken[1].tolist() == [0.0, 0.0, 0.0]


WIDE = 700
_YEARLY = np.array([0.0, 1.0, 1.0, 0.5, 1.0])
_OF_WIDE = {
    "dollars": Taken(amount=_YEARLY[:, None] * np.linspace(0, 300, WIDE)),  # some of them take all there is
    "waived": Taken(amount=_YEARLY[:, None] * np.linspace(0, 30, WIDE), waived_from=waived_from(1000.0, False)),
    "waived by date and walk": Taken(amount=30 * _YEARLY, waived_from=np.linspace(900, 1100, 5 * WIDE).reshape(5, WIDE)),
    "value": Taken("value", 0.005 * _YEARLY),
    "end": Taken("end_value", 0.004 * _YEARLY),
    "start": Taken("start_value", 0.004 * _YEARLY, year_start=_YEARLY > 0),
    "roll-up": Taken("greater_of_roll_up_and_value", 0.003 * _YEARLY, rolled_up=1000 * 1.05 ** np.arange(5)),
    "highest": Taken("highest_anniversary_value", 0.002 * _YEARLY),
    "daily": Taken("value", 0.0, growth_left=np.full(5, 0.99)),
    "daily of the highest": Taken("highest_anniversary_value", 0.001 * _YEARLY, growth_left=np.full(5, 0.98)),
    "limited": Taken("value", 0.02 * _YEARLY, at_least=5 * _YEARLY, at_most=np.full(5, 18.0)),
    "in units": Taken(amount=20 * _YEARLY, unit_decimals=3),
}


@pytest.mark.parametrize(
    "names",
    [
        *([name] for name in _OF_WIDE),
        list(_OF_WIDE),
        [n for n in _OF_WIDE if n != "start"],
        ["daily", "dollars", "value"],
        [],
    ],
)
@pytest.mark.parametrize("cents", [False, True])
def test_many_walks_use_arrays_again_and_none_sees_another_s(names, cents, monkeypatch):
    """Wide walks that keep the last date only write into arrays that they had; the steps kept of each walk do not."""
    levels = 10 * np.exp(np.random.default_rng(3).normal(0, 0.2, (5, WIDE)).cumsum(axis=0))
    charging = Charging(tuple(_OF_WIDE[name] for name in names), np.array([True, False, True, True, True]), cents=cents)
    payment = np.linspace(900, 1100, WIDE)
    redeemed, given = [], (levels.copy(), [np.copy(one.amount) for one in charging.charges])
    kept = walk(levels, payment, charging)
    for block in (10 * WIDE, 300):  # in one block, in three
        monkeypatch.setattr("xl_flexextra.calculation.walk.BLOCK", block)
        last = walk(levels, payment, charging, keep=False)
        assert np.array_equal(last.value[-1], kept.value[-1])
        assert np.array_equal(last.before[-1], kept.before[-1])
        assert np.array_equal([one[-1] for one in last.taken], [one[-1] for one in kept.taken])
        alone = walk(levels, payment, charging, keep=False, taken=False)
        assert np.array_equal(alone.value, last.value)
        assert alone.before is None
        assert not alone.taken
        later = tuple(k % 2 > 0 for k in range(len(names)))
        redemption = Redemption(
            payment, 0.06, "lesser", "percent_of_payments", np.linspace(0, 0.1, WIDE), later, cents=cents
        )
        redeemed.append(redeem(last, redemption))
        assert np.array_equal(redeemed_value(last, redemption), redeemed[-1].erv)
    assert np.array_equal(redeemed[0], redeemed[1])
    assert np.array_equal(levels, given[0])
    assert all(np.array_equal(one.amount, was) for one, was in zip(charging.charges, given[1], strict=True))
