"""Others' texts on the screen: shown as they are, never as markup, never as commands to the terminal."""

import ast
import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

import xl_flexextra
from xl_flexextra import sample
from xl_flexextra.cli import main, screen, working

ESCAPES = "\x1b]0;title\x07\x1b[2J"
OVERRIDE = "\u202egnp.exe"
MARKUP = ("[/]", "[red]112 of 112[/red]", "[link=http://x.invalid]here[/link]", "[bold", "\\[x]", ":smile:")
HOSTILE = f"{ESCAPES} {OVERRIDE} {' '.join(MARKUP)} \r112 of 112"
SEEN = f"\\x1b]0;title\\x07\\x1b[2J \\u202egnp.exe {' '.join(MARKUP)} \\r112 of 112"


def run(*args):
    done = CliRunner().invoke(main.app, [str(arg) for arg in args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def spoken(done):
    """What was written, with line breaks of folded titles taken out."""
    assert not set(done.output) & {"\x1b", "\x07", "\r", "\u202e"}, done.output
    return " ".join(done.output.split())


@pytest.fixture
def funds(tmp_path):
    """The sample's funds, one of them under a hostile printed name."""
    rows = [list(row) for row in sample.rows("Funds")]
    rows[1][1] = HOSTILE
    path = tmp_path / "funds.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return path


@pytest.fixture
def terms(tmp_path):
    path = tmp_path / "terms.toml"
    title = "".join(f"\\u{ord(c):04x}" if not c.isprintable() else c.replace("\\", "\\\\") for c in HOSTILE)
    path.write_text(
        f'[contract]\nname = "hostile"\ntitle = "{title}"\n[annual_charge]\nform = "none"\n'
        f'[cdsc]\nschedule = [0.0]\n[sources]\n"cdsc.schedule" = "{title}"\n',
        "utf-8",
    )
    return path


def test_names_of_funds_in_a_report_are_no_markup_and_no_commands(tmp_path, funds):
    done = run("report", "--funds", funds, "--out", tmp_path / "o.xlsx")
    assert SEEN.replace("\\r", "") in spoken(done)  # the reader takes the lone carriage return for a line break
    assert done.output.rstrip().endswith("112 of 112 published figures tie")


def test_titles_and_sources_of_terms_in_explain_and_terms_show(terms):
    done = run("explain", "--fund", "EQUITY", "--period", "1Y", "--terms", terms)
    assert spoken(done).count(SEEN) >= 2  # the title of the walk, and where the terms come from
    assert done.exit_code == 0
    assert SEEN in spoken(run("terms", "show", terms))


def test_a_hostile_text_in_an_error_sentence(tmp_path, monkeypatch, capsys):
    values = tmp_path / "values.csv"
    values.write_text(f"date,A\n2008-06-30,10\n2008-07-31,oops{ESCAPES}\n", "utf-8")
    monkeypatch.setattr("sys.argv", ["xl-flexextra", "call", "UNIT_VALUE_AT", f"@{values}", "A", "2008-07-31"])
    assert main._run() in (1, 2)
    said = capsys.readouterr()
    assert "oops\\x1b]0;title" in said.err
    assert not set(said.out + said.err) & {"\x1b", "\x07"}


@pytest.mark.parametrize("text", ["plain", "Zürich – Größe", "日本 株式", "a\tb\nc", "é", "100 %"])
def test_ordinary_text_is_left_alone(text):
    assert screen.safe(text) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [("\x1b[31m", "\\x1b[31m"), ("\x9b1m", "\\x9b1m"), ("a\rb", "a\\rb"), ("\u2066x\u2069", "\\u2066x\\u2069"),
     ("\u200bx", "\\u200bx"), ("\ud800", "\\ud800"), ("\x00", "\\x00"), ("\u2028", "\\u2028")],
)  # fmt: skip
def test_what_a_terminal_would_act_on_is_shown(text, seen):
    assert screen.safe(text) == seen
    assert screen.safe(seen) == seen


def test_tables_and_progress_lines_pass_the_door(monkeypatch):
    from rich.table import Table
    from rich.text import Text

    shown = io.StringIO()
    monkeypatch.setattr("sys.stdout", shown)
    monkeypatch.setattr("sys.stderr", shown)
    table = Table(HOSTILE, title=HOSTILE, caption=HOSTILE)
    table.add_row(HOSTILE)
    table.add_row(Text(HOSTILE, style="red"))
    screen.console().print(table)
    screen.console().print(HOSTILE, style="italic")
    with working.working(HOSTILE):
        pass
    screen.say(HOSTILE)
    text = shown.getvalue()
    assert text.count(SEEN) == 7 - 1
    assert not set(text) & {"\x1b", "\x07", "\r", "\u202e"}


def test_nothing_is_printed_but_through_the_door():
    """No module but the door prints, echoes, makes a console or reads markup (LibreOffice's own side apart)."""
    package = Path(xl_flexextra.__file__).parent
    door = {"cli/screen.py", "hosts/calc/driver.py", "hosts/calc/component.py"}
    names = {"echo", "secho", "Console", "from_markup", "confirm", "prompt", "print_exc"}
    found = []
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package).as_posix()
        if place in door:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                bare = isinstance(node.func, ast.Name) and called == "print"
                if called in names or bare or (called == "write" and "sys.std" in ast.unparse(node.func)):
                    found.append((place, node.lineno, called))
            elif isinstance(node, ast.ImportFrom) and (node.module or "") in {"rich.markup", "rich.console"}:
                found.append((place, node.lineno, node.module))
            elif isinstance(node, ast.keyword) and node.arg == "markup" and getattr(node.value, "value", True) is not False:
                found.append((place, node.lineno, "markup"))
    assert found == []
