"""Terms that make no sense are refused with a sentence; from a file, a sheet and Python they are the same."""

import datetime

import pytest

from xl_flexextra.errors import BadInput, InvalidTerms, MissingData
from xl_flexextra.terms import keys, terms

BASE = terms.load("flex_extra_flexible")


# --- nonsense is refused ------------------------------------------------------------------------------------

NONSENSE = {
    "form none with dollars": ({"annual_charge__form": "none"}, "a charge is given"),
    "by value with dollars": ({"annual_charge__form": "fraction_of_end_value", "annual_charge__rate": 0.01}, "dollars"),
    "average size without it": ({"annual_charge__form": "average_size"}, "average_contract_size' is missing"),
    "waiver without size": ({"annual_charge__waived_above": 50_000}, "average_contract_size' is missing"),
    "rate with a share": ({"annual_charge__rate": 0.01}, "means nothing"),
    "final at start": ({"annual_charge__timing": "start_of_contract_year", "annual_charge__final": "not_taken"}, "final"),
    "final at redemption": ({"annual_charge__timing": "redemption", "annual_charge__final": "not_taken"}, "final"),
    "stub without calendar": ({"annual_charge__first_stub": "none"}, "calendar_year_end"),
    "decimals without units": ({"annual_charge__unit_decimals": 3}, "needs annual_charge.taken_as 'units'"),
    "up front and waived": (
        {
            "annual_charge__taken_as": "from_payment",
            "annual_charge__waived_above": 1.0,
            "annual_charge__average_contract_size": 2.0,
        },
        "cannot depend on a later value",
    ),
    "free rate without form": ({"free_withdrawal__form": "none", "free_withdrawal__measured": "after_charge"}, "drop one"),
    "measured after, taken before": ({"cdsc__order": "before_annual_charge"}, "cannot be measured after"),
    "tax rate without when": ({"premium_tax__rate": 0.02}, "premium_tax.when is 'none'"),
    "tax when without rate": ({"premium_tax__when": "at_payment"}, "premium_tax.rate' is missing"),
    "rider timing without rate": ({"rider__timing": "contract_quarter"}, "without a 'rider.rate'"),
    "both at once": ({"years__long_period": "cumulative", "years__short_period": "annualised"}, "is not annualised"),
    "free rate and schedule": ({"free_withdrawal__schedule": [0.1, 0.2]}, "are both given"),
    "free schedule without form": (
        {"free_withdrawal__schedule": [0.1], "free_withdrawal__form": "none", "free_withdrawal__rate": 0},
        "'free_withdrawal.schedule' is given",
    ),
    "nothing left": ({"payment__front_end_load": 1.0}, "leave nothing"),
    "no payment": ({"payment__amount": 0}, "must be positive"),
    "a percent as a number": ({"free_withdrawal__rate": 10}, "use 0.1 for 10%"),
    "a negative charge": ({"annual_charge__dollars": -1}, "must not be negative"),
    "half a digit": ({"rounding__decimals": 1.5}, "whole number"),
    "too many digits": ({"years__decimals": 400}, "at most 10"),
    "no such choice": ({"cdsc__base": "valeu"}, "did you mean 'value'"),
    "a date that is none": ({"contract__inception": "soon"}, "must be a date"),
}


@pytest.mark.parametrize("case", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_is_refused_with_a_sentence(case):
    changed, says = case
    with pytest.raises(InvalidTerms) as caught:
        BASE.replace(**changed)
    assert says in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_fraction_of_the_end_value_cannot_be_taken_at_the_start():
    given = {key: value for key, value in BASE.given.items() if key != "annual_charge.dollars"}
    given |= {"annual_charge.form": "fraction_of_end_value", "annual_charge.rate": 0.01}
    with pytest.raises(InvalidTerms, match="cannot be taken at its start"):
        terms.Terms({**given, "annual_charge.timing": "start_of_contract_year"})
    with pytest.raises(InvalidTerms, match="cannot depend on a later value"):
        terms.Terms({**given, "annual_charge.taken_as": "from_payment"})


def test_a_waiver_without_a_charge_is_refused():
    given = {"contract.name": "n", "annual_charge.form": "none", "cdsc.schedule": [0], "annual_charge.waived_above": 5.0,
             "annual_charge.average_contract_size": 9.0}  # fmt: skip
    with pytest.raises(InvalidTerms, match="means nothing"):
        terms.Terms(given)


def test_all_problems_are_listed_together():
    with pytest.raises(InvalidTerms) as caught:
        terms.Terms(
            {
                "contract.name": "bad",
                "annual_charge.form": "shares",
                "annual_charge.dolars": 35,
                "cdsc.schedule": [8, 7],
                "free_withdrawal.rate": "ten",
                "payment.amount": -1,
            }
        )
    problems = caught.value.problems
    assert len(problems) == 5
    text = str(caught.value)
    assert "5 problems" in text
    for says in ("'share'", "'annual_charge.dollars'", "cdsc.schedule.1", "the text 'ten'", "payment.amount"):
        assert says in text


def test_missing_terms_are_named():
    with pytest.raises(InvalidTerms) as caught:
        terms.Terms({"contract.name": "empty"})
    assert {p.partition(" ")[0] for p in caught.value.problems} == {"'annual_charge.form'", "'cdsc.schedule'"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("anual_charge.dollars", "annual_charge.dollars"), ("cdsc.scedule", "cdsc.schedule"), ("Rider.Rate", "rider.rate"),
     ("annual_charge.dollar", "annual_charge.dollars"), ("payment.ammount", "payment.amount")],
)  # fmt: skip
def test_an_unknown_key_is_named_with_the_nearest(typed, meant):
    with pytest.raises(InvalidTerms) as caught:
        terms.Terms({**BASE.given, typed: 1})
    assert f"{typed!r} is not a term (did you mean {meant!r}?)" in str(caught.value)


def test_every_choice_of_every_convention_is_described_and_accepted_in_any_writing():
    for key, spec in keys.KEYS.items():
        for choice, says in spec.choices.items():
            assert len(says) > 1, (key, choice)
            problems = []
            for written in (choice, choice.upper(), choice.replace("_", " "), choice.replace("_", "-")):
                assert terms._cleaned({key: written}, problems) == {key: choice}
            assert not problems


# --- the same terms from a file, a sheet and Python ---------------------------------------------------------


@pytest.mark.parametrize("name", terms.shipped())
def test_a_terms_sheet_gives_the_terms_of_the_file(name):
    loaded = terms.load(name)
    sheet = [["Term", "Value", "Meaning", "Source"], *map(list, loaded.rows())]
    assert terms.from_rows(sheet) == loaded
    assert all(source and source != "default" for key, source in ((k, loaded.sources.get(k, "")) for k in loaded.sources))


def test_changes_on_a_sheet_and_in_a_file_are_the_same():
    text = """
        [contract]
        name = "c"
        [annual_charge]
        form = "share"
        dollars = 35
        [cdsc]
        schedule = [0.08, 0.0]
        [[changes]]
        effective = 2006-05-01
        annual_charge.dollars = 30
        cdsc.schedule = [0.05, 0.02, 0.0]
    """
    from_file = terms.from_toml("c.toml", text)
    sheet = [
        ["annual_charge.form", "share"],
        ["annual_charge.dollars", 35],
        ["annual_charge.dollars from 2006-05-01", 30],
        ["cdsc.schedule.1", 0.08],
        ["cdsc.schedule.2", 0],
        *([f"cdsc.schedule.{y} from 2006-05-01", r] for y, r in ((1, 0.05), (2, 0.02), (3, 0.0))),
    ]
    from_sheet = terms.from_rows(sheet, "c")
    assert from_sheet == from_file
    assert terms.from_rows([list(r) for r in from_file.rows()]) == from_file
    day = datetime.date
    assert from_file.on(day(2006, 4, 30))["annual_charge.dollars"] == 35
    assert from_file.on(day(2006, 5, 1))["annual_charge.dollars"] == 30
    assert from_file.cdsc_rate(2, day(2007, 1, 1)) == 0.02
    assert from_file.cdsc_rate(2, day(2006, 1, 1)) == 0.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[contract\n", "not valid TOML"),
        ("changes = 5\n", "'changes' must be tables"),
        ("changes = ['x']\n", "'changes' must be tables"),
        ("sources = 'x'\n", "'sources' must be a table"),
        ("[[changes]]\ncdsc.schedule = [0.1]\n", "needs 'effective'"),
        ("annual_charge = 'share'\n", "must be one table"),
    ],
)
def test_a_damaged_terms_file_is_refused_with_a_sentence(text, says):
    with pytest.raises(BadInput) as caught:
        terms.from_toml("damaged.toml", text)
    assert says in str(caught.value)


def test_a_terms_file_that_is_not_there(tmp_path):
    with pytest.raises(MissingData, match="no terms file"):
        terms.from_toml(tmp_path / "none.toml")
    with pytest.raises(BadInput, match="cannot be read"):
        terms.from_toml(tmp_path)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["cdsc.schedule.1", 0.1], ["cdsc.schedule.3", 0.1]], "every contract year"),
        ([["cdsc.schedule.1", 0.1], ["cdsc.schedule.1", 0.2]], "stands twice"),
        ([["cdsc.schedule", "10%"], ["cdsc.schedule.1", 0.2]], "keep one form"),
        ([["payment.amount", 1], ["payment.amount", 2]], "stands twice"),
        ([["payment.amount from someday", 1]], "must be a date"),
        ([["cdsc.schedule.1 from someday", 1]], "must be a date"),
        ([["contract.title from 2006-01-01", "x"], ["cdsc.schedule", 0], ["annual_charge.form", "none"]], "cannot change"),
        ([["cdsc.schedule.²", 0.1]], "is not a term"),
    ],
)
def test_a_damaged_terms_sheet_is_refused_with_a_sentence(rows, says):
    with pytest.raises(InvalidTerms) as caught:
        terms.from_rows(rows)
    assert says in str(caught.value)
