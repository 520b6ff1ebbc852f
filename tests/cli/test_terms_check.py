"""``terms check`` notes what is allowed but unlikely."""

from typer.testing import CliRunner

from xl_flexextra.cli.lookup_commands import terms_app


def test_unlikely_values_are_noted(tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("term,value\nannual_charge.form,none\ncdsc.schedule,0\nrider.rate,30%\n")
    done = CliRunner().invoke(terms_app, ["check", str(file)])
    assert done.exit_code == 0
    assert "valid; 4 terms given" in done.output
    assert "  - note: 'rider.rate' is 30.00%, more than 10%; check that it is meant." in done.output
