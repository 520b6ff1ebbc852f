"""``terms check`` notes what is allowed but unlikely."""

from typer.testing import CliRunner

from xl_flexextra.cli.terms_commands import terms_app


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
