"""``--set`` for every documented term: what is set is what the contract has; nothing is lost, and nothing counts twice."""

import datetime

import pytest
from commands import run
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_flexextra import terms
from xl_flexextra.cli.own_terms import what_if
from xl_flexextra.errors import BadInput, InvalidTerms
from xl_flexextra.terms.charge_keys import CHARGE_KEYS, spec_of
from xl_flexextra.terms.keys import KEYS

PLAIN = [["contract.name", "plain"], ["annual_charge.form", "none"], ["cdsc.schedule", "7%, 6%, 0%"]]
RIDER = [
    *PLAIN,
    ["rider.rate", 0.01], ["rider.base", "payment"], ["rider.timing", "contract_quarter"],
    ["premium_tax.when", "at_payment"], ["premium_tax.rate", 0.02],
    ["charge.1.base", "value"], ["charge.1.rate", 0.012],
]  # fmt: skip
CONTRACTS = [
    terms.load("flex_extra_flexible"), terms.load("flex_extra_single"), terms.from_rows(PLAIN), terms.from_rows(RIDER),
]  # fmt: skip
TERMS = [*KEYS, *(f"charge.1.{field}" for field in CHARGE_KEYS)]


@st.composite
def settings_of_terms(draw):
    """A term, a value as a person types it, and the value that is meant."""
    key = draw(st.sampled_from(TERMS))
    spec = spec_of(key)
    assert spec is not None
    if spec.kind == "choice":
        meant = draw(st.sampled_from(sorted(spec.choices)))
        return key, meant, meant
    if spec.kind == "text":
        meant = draw(st.sampled_from(["Another", "A = B", "x: y"]))
        return key, meant, meant
    if spec.kind == "date":
        day = draw(st.dates(datetime.date(1985, 1, 1), datetime.date(2020, 1, 1)))
        return key, day.isoformat(), day
    if spec.kind == "count":
        count = draw(st.integers(0, 10))
        return key, str(count), count
    if spec.kind == "fractions":
        hundredths = draw(st.lists(st.integers(0, 20), min_size=1, max_size=9))
        return key, ", ".join(f"{one}%" for one in hundredths), tuple(one / 100 for one in hundredths)
    if spec.kind == "fraction":
        hundredths = draw(st.integers(0, 90))
        return key, draw(st.sampled_from([f"{hundredths}%", str(hundredths / 100)])), hundredths / 100
    number = draw(st.integers(0, 500))
    return key, str(number), float(number)


@settings(deadline=None, max_examples=400)
@given(settings_of_terms(), st.sampled_from(CONTRACTS))
def test_what_is_set_is_what_the_contract_has_or_a_sentence_names_it(said, contract):
    key, written, meant = said
    refused: list[str] = []
    try:
        (changed,) = what_if([contract], [f"{key}={written}"])
    except InvalidTerms as error:
        refused = error.problems
    if refused:  # for what makes no sense beside the other terms, never for the value itself
        assert not [one for one in refused if "is not a term" in one or "must be one of" in one or "(got the text" in one]
        return
    assert changed[key] == pytest.approx(meant) if isinstance(meant, float) else changed[key] == meant
    for day in (datetime.date(1990, 1, 1), datetime.date(2030, 1, 1)):
        assert changed.on(day)[key] == changed[key]
    others = {one for one in {*contract.keys, *changed.keys} if one != key}
    before, after = ({one: of[one] for one in others & set(of.keys)} for of in (contract, changed))
    moved = {one for one in others if before.get(one) != after.get(one)}
    assert not moved or key.startswith("charge.")  # the first field of a list brings the others' defaults


@pytest.mark.parametrize("written", ["0", "0%", "0.0"])
@pytest.mark.parametrize("key", ["rider.rate", "premium_tax.rate", "charge.1.rate", "separate_account.charge"])
def test_a_rate_of_nothing_switches_a_charge_off(key, written):
    (changed,) = what_if([terms.from_rows(RIDER)], [f"{key}={written}"])
    assert changed[key] == 0
    assert key in changed.given


def test_a_rate_of_nothing_beside_its_conventions_is_noted():
    (changed,) = what_if([terms.from_rows(RIDER)], ["rider.rate=0"])
    assert (
        "'rider.rate' is 0, so 'rider.base', 'rider.timing' have no effect; check that nothing is to be charged."
        in changed.notes()
    )
    assert not [note for note in terms.from_rows(RIDER).notes() if "no effect" in note]


def test_every_command_that_takes_set_switches_the_rider_off(tmp_path):
    """With a rider of 0 the figure is that of the contract without one."""
    file = tmp_path / "rider.csv"
    rows = [*PLAIN, ["rider.rate", "0.01"], ["rider.timing", "contract_quarter"]]
    file.write_text("term;value\n" + "\n".join(";".join(row) for row in rows) + "\n")
    plain = tmp_path / "plain.csv"
    plain.write_text("term;value\n" + "\n".join(";".join(row) for row in PLAIN) + "\n")
    asked = ("explain", "--fund", "EQUITY", "--period", "5Y", "--charges", "annual", "--terms")
    code, off = run(*asked, file, "--set", "rider.rate=0")
    assert code == 0
    _, without = run(*asked, plain)
    _, charged = run(*asked, file)

    def sentence(said):
        return next(line for line in said.splitlines() if line.startswith("EQUITY, 5Y from"))

    assert sentence(off) == sentence(without) != sentence(charged)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (["rider.rate=1%", "rider.rate=2%"], "rider.rate"),
        (["rider.rate=1%", "RIDER . RATE=1%"], "rider.rate"),
        (["annual_charge.dollars=30", "Annual-Charge.Dollars=30"], "annual_charge.dollars"),
        (["single:annual_charge.dollars=30", "flex_extra_single:annual_charge.dollars=31"], "annual_charge.dollars"),
        (["annual_charge.dollars from 2006-05-01=30", "annual_charge.dollars from 1 May 2006=31"],
         "annual_charge.dollars from 2006-05-01"),
    ],
)  # fmt: skip
def test_a_term_set_twice_is_refused_by_its_name(said, key):
    with pytest.raises(BadInput, match=f"'--set' names '{key}' twice"):
        what_if(CONTRACTS[:2], said)


def test_what_names_one_contract_counts_before_what_is_for_all():
    for said in (["annual_charge.dollars=30", "single:annual_charge.dollars=31"],
                 ["single:annual_charge.dollars=31", "annual_charge.dollars=30"]):  # fmt: skip
        flexible, single = what_if(CONTRACTS[:2], said)
        assert (flexible["annual_charge.dollars"], single["annual_charge.dollars"]) == (30, 31)


def test_a_term_set_without_a_day_counts_on_every_day():
    dated = terms.from_rows([*PLAIN, ["rider.rate", 0], ["rider.rate from 2006-05-01", 0.01],
                             ["cdsc.schedule from 2006-05-01", "5%, 4%, 0%"]])  # fmt: skip
    late = datetime.date(2010, 1, 1)
    (off,) = what_if([dated], ["rider.rate=0"])
    assert off.on(late)["rider.rate"] == 0
    (later,) = what_if([dated], ["rider.rate from 1 May 2006=2%"])
    assert (later["rider.rate"], later.on(late)["rider.rate"]) == (0, 0.02)
    (second,) = what_if([dated], ["cdsc.schedule.2=1%"])
    assert (second["cdsc.schedule"], second.on(late)["cdsc.schedule"]) == ((0.07, 0.01, 0), (0.05, 0.01, 0))


def test_a_payment_is_said_once():
    code, said = run("explain", "--fund", "EQUITY", "--period", "1Y", "--payment", "2000", "--set", "payment.amount=3000")
    assert (code, said) == (2, "'--payment' and '--set payment.amount' are both given; keep one.")
