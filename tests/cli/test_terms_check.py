"""``terms check`` notes what is allowed but unlikely."""

import pytest
from typer.testing import CliRunner

from xl_flexextra.cli import own_terms
from xl_flexextra.cli.terms_commands import terms_app
from xl_flexextra.errors import BadInput


def test_unlikely_values_are_noted(tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("term,value\nannual_charge.form,none\ncdsc.schedule,0\nrider.rate,30%\n")
    done = CliRunner().invoke(terms_app, ["check", str(file)])
    assert done.exit_code == 0
    assert "valid; 4 terms given" in done.output
    assert "  - note: 'rider.rate' is 30.00%, more than 10%; check that it is meant." in done.output


def test_a_schedule_without_an_end_is_noted(tmp_path):
    file = tmp_path / "c.csv"
    for last, noted in (("", True), ("cdsc.thereafter,0\n", False)):
        file.write_text(f"term,value\nannual_charge.form,none\ncdsc.schedule,7% / 6%\n{last}")
        done = CliRunner().invoke(terms_app, ["check", str(file)])
        assert ("The CDSC schedule ends with 6.00% in year 2, and nothing says what follows" in done.output) is noted
    assert "valid" in done.output


def test_an_average_contract_size_that_no_form_uses_is_noted(tmp_path):
    file = tmp_path / "c.csv"
    for form, noted in (("share", True), ("average_size", False)):
        rows = f"annual_charge.form,{form}\nannual_charge.dollars,30\nannual_charge.average_contract_size,30000\n"
        file.write_text(f"term,value\n{rows}cdsc.schedule,0\n")
        done = CliRunner().invoke(terms_app, ["check", str(file)])
        assert ("'annual_charge.average_contract_size' is given, but annual_charge.form 'share'" in done.output) is noted
        assert done.exit_code == 0


def test_a_key_in_another_table_was_sent_to_a_third(tmp_path):
    file = tmp_path / "c.toml"
    for table, key, meant in (
        ("rounding", "dollars", " (did you mean 'annual_charge.dollars'?)."),
        ("annual_charge", "order", " (did you mean 'cdsc.order'?)."),
        ("annual_charge", "schedule", ""),  # of the CDSC or of the free amount
    ):
        file.write_text(f"[annual_charge]\nform = 'none'\n[cdsc]\nschedule = [0.0]\n[{table}]\n{key} = 30\n"
                        if table != "annual_charge" else
                        f"[annual_charge]\nform = 'none'\n{key} = 30\n[cdsc]\nschedule = [0.0]\n")  # fmt: skip
        done = CliRunner().invoke(terms_app, ["check", str(file)])
        assert done.exit_code == 1
        assert f"'{table}.{key}' is not a term{meant}" in done.output


def test_rates_in_the_wrong_order_and_a_size_in_thousands_were_valid_without_a_word(tmp_path):
    file = tmp_path / "c.csv"
    size = "annual_charge.form,average_size\nannual_charge.dollars,30\nannual_charge.average_contract_size"
    file.write_text(f"term,value\n{size},30\ncdsc.schedule,0 / 5% / 6% / 7%\n")
    done = CliRunner().invoke(terms_app, ["check", str(file)])
    assert "The CDSC rises from 0.00% to 5.00% in year 2; check the order of its rates." in done.output
    assert "'annual_charge.dollars' of 'annual_charge.average_contract_size' is 100.00%, more than 10%" in done.output
    file.write_text(f"term,value\n{size},30000\ncdsc.schedule,7% / 7% / 6% / 0\n")
    assert "note:" not in CliRunner().invoke(terms_app, ["check", str(file)]).output


def test_a_table_with_two_pairs_of_brackets_was_sent_to_one_of_its_keys(tmp_path):
    file = tmp_path / "c.toml"
    for text, said in (
        (
            "[[annual_charge]]\nform = 'none'\n[cdsc]\nschedule = [0.0]\n",
            "'annual_charge' must be one table: [annual_charge], then",
        ),
        (
            "cdsc = [0.07, 0.0]\n[annual_charge]\nform = 'none'\n",
            "'cdsc' must be one table: [cdsc], then a line for each of its keys.",
        ),
        ("[charge]\nrate = 0.01\n[annual_charge]\nform = 'none'\n", "'charge' must be 'charges': [[charges]], then"),
        ("[[charge]]\nrate = 0.01\n[annual_charge]\nform = 'none'\n", "'charge' must be 'charges': [[charges]], then"),
    ):
        file.write_text(text)
        done = CliRunner().invoke(terms_app, ["check", str(file)])
        assert (done.exit_code, "1 problem" in done.output, said in done.output) == (1, True, True), done.output
        assert "did you mean" not in done.output


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ('[annual_charge]\nform = "none"\n', "value"),
        ('[annual_charge]\nform = "none"\n[cdsc]\nbase = "payment"\n', "payment"),
        ('cdsc.base = "payment"\nannual_charge.form = "none"\n', "payment"),
    ],
)
def test_a_draft_to_search_by_may_leave_the_cdsc_schedule_out(tmp_path, text, base):
    path = tmp_path / "draft.toml"
    path.write_text(text, encoding="utf-8")
    draft = own_terms.read_terms(str(path), is_draft=True)
    assert (draft["cdsc.schedule"], draft["cdsc.base"]) == ((0.0,), base)
    with pytest.raises(BadInput, match=r"cdsc\.schedule"):
        own_terms.read_terms(str(path))


@pytest.mark.parametrize(("part_year", "noted"), [("", True), ("charge.1.part_year,full\n", False)])
def test_a_charge_at_redemption_by_the_days_of_its_last_year_is_noted(tmp_path, part_year, noted):
    file = tmp_path / "c.csv"
    rows = "cdsc.schedule,0\ncharge.1.base,payment\ncharge.1.rate,5%\ncharge.1.timing,redemption\n"
    file.write_text(f"term,value\n{rows}{part_year}")
    done = CliRunner().invoke(terms_app, ["check", str(file)])
    assert done.exit_code == 0
    assert ("'charge.1.part_year': full if all of it is owed" in done.output) == noted
