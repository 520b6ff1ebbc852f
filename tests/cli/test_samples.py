"""All workbooks of the sample by one command; what they are, tests/test_committed.py compares."""

from commands import run

from xl_flexextra.cli import samples_command

MADE = [(name, lambda file: file.write(b"made")) for name in samples_command.NAMES]


def test_one_command_writes_all_workbooks_of_the_sample(tmp_path, monkeypatch):
    monkeypatch.setattr(samples_command, "makers", lambda: iter(MADE))
    folder = tmp_path / "there"
    code, said = run("samples", folder)
    assert code == 0
    assert {path.name for path in folder.iterdir()} == set(samples_command.NAMES)
    assert {"functions_tour.xlsx", "flex_extra_review.xlsx"} <= set(samples_command.NAMES)
    assert all(name in said for name in samples_command.NAMES)


def test_a_file_that_is_there_stops_all_of_them(tmp_path, monkeypatch):
    monkeypatch.setattr(samples_command, "makers", lambda: iter(MADE))
    (tmp_path / "functions_tour.xlsx").write_bytes(b"mine")
    code, said = run("samples", tmp_path)
    assert (code, "functions_tour.xlsx exists already" in said) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["functions_tour.xlsx"]
    assert run("samples", tmp_path, "--force")[0] == 0
    assert (tmp_path / "functions_tour.xlsx").read_bytes() == b"made"


def test_a_shell_completes_commands(monkeypatch):
    from typer.testing import CliRunner

    from xl_flexextra.cli import main

    asked = {"_XL_FLEXEXTRA_COMPLETE": "complete_bash", "COMP_WORDS": "xl-flexextra re", "COMP_CWORD": "1"}
    told = CliRunner().invoke(main.app, [], prog_name="xl-flexextra", env=asked).output.split()
    assert {"report", "refresh", "review", "read", "restore"} <= set(told)
    assert all(word.startswith("re") for word in told)
