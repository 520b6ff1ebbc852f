"""The glue's VBA, run by LibreOffice with a stand-in server: a second parser, and no proof for Excel's own.

Known differences there: IsMissing takes every error for an omitted argument, and Value2 gives errors as text; so these
two are left to Excel's checklist.
"""

from __future__ import annotations

import io
import re

import pytest
import xlsxwriter
from programs import needs_calc

from xl_flexextra import catalogue
from xl_flexextra.hosts.excel import files, wrappers
from xl_flexextra.hosts.excel import settings as conf

from . import office, vba_outside
from .test_buttons import windows_arguments

pytestmark = needs_calc

STAND_IN = """Option VBASupport 1
Option Explicit
Option ClassModule
Public Function CallUDF(ByVal served As Variant, ByVal name As Variant, ByVal given As Variant) As Variant
    CallUDF = HostAnswer(CStr(served), CStr(name), given)
End Function
"""
SERVER = """Option VBASupport 1
Option Explicit
Public starts As Long
Public calls As Long
Public mode As String
Public seen As String
Public blanks As Long
Public Function FlexStart(ByRef reason As String, ByVal first As Long) As Object
    starts = starts + 1
    blanks = first
    If mode = "nobody" Then
        reason = "nobody is there"
    ElseIf mode = "broken" Then
        Err.Raise 53
    Else
        Set FlexStart = New StandIn
    End If
End Function
Public Function HostAnswer(ByVal served As String, ByVal name As String, ByVal given As Variant) As Variant
    Dim table(0 To 1, 0 To 1) As Variant
    calls = calls + 1
    seen = served & "|" & name & "|" & Describe(given)
    If mode = "gone" And calls = 1 Then Err.Raise -2147023174
    If mode = "always gone" Then Err.Raise -2147023174
    If mode = "given out again" And (starts = 0 Or blanks = 0) Then Err.Raise -2147417848
    If mode = "busy" And calls < 3 Then Err.Raise -2147418111
    If mode = "always busy" Then Err.Raise -2147418111
    If mode = "fails" Then Err.Raise 1000
    Select Case name
        Case "CODE"
            HostAnswer = CLng(-2146826246)
        Case "ROW"
            HostAnswer = Array(1.5, CLng(-2146826281), "x")
        Case "TABLE"
            table(0, 0) = 1.5
            table(0, 1) = CLng(-2146826252)
            table(1, 0) = "text"
            table(1, 1) = 2.5
            HostAnswer = table
        Case Else
            HostAnswer = 0.25
    End Select
End Function
"""
PROBE = """Option VBASupport 1
Option Explicit
Public Function Ask(ByVal how As String, ByVal name As String, ByVal times As Long) As String
    Dim i As Long
    Dim r As Variant
    mode = how
    starts = 0
    calls = 0
    FlexForget
    For i = 1 To times
        r = FlexCall(name, Array(1#))
    Next i
    Ask = Describe(r) & "|" & starts & "|" & calls & "|" & FlexLastReason()
End Function
Public Function Given(ByVal what As String) As String
    Dim r As Variant
    mode = ""
    seen = ""
    FlexForget
    Select Case what
        Case "values"
            r = FlexCall("SCALAR", Array(FlexV(Empty), FlexV(True), FlexV("x"), FlexV(2.5), FlexV(Nothing)))
        Case "omitted"
            r = AATR(1#, 2#, 3#)
        Case Else
            r = FlexCall("SCALAR", Array(FlexV(ThisWorkbook.Worksheets("Data").Range(what))))
    End Select
    Given = seen
End Function
Public Function Commands(ByVal python As String) As String
    Dim button As String
    button = RealButtonCommand(python, "tie_out", "My book.xlsm", "123", "C:\\a b.csv", "C:\\t.txt")
    Commands = RealServerCommand(python) & vbLf & button
End Function
Public Function Describe(ByVal r As Variant) As String
    Dim t As String, i As Long, j As Long
    If IsArray(r) Then
        t = "("
        If IsTwo(r) Then
            For i = LBound(r, 1) To UBound(r, 1)
                t = t & "("
                For j = LBound(r, 2) To UBound(r, 2)
                    t = t & Describe(r(i, j)) & ","
                Next
                t = t & ")"
            Next
        Else
            For i = LBound(r) To UBound(r)
                t = t & Describe(r(i)) & ","
            Next
        End If
        t = t & ")"
    ElseIf IsError(r) Then
        t = CStr(r)
    ElseIf IsEmpty(r) Then
        t = "Empty"
    Else
        t = TypeName(r) & " " & r
    End If
    Describe = t
End Function
Private Function IsTwo(ByVal r As Variant) As Boolean
    On Error Resume Next
    IsTwo = UBound(r, 2) >= LBound(r, 2)
    Err.Clear
End Function
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out)
    sheet = workbook.add_worksheet("Data")
    sheet.write_column("A2", [1.25, 39660, "x"])
    sheet.write_formula("B2", "=AATR(1000,1506.43,5)", None, 0.0854)
    workbook.close()
    path = folder / "glue.xlsm"
    path.write_bytes(files.with_macros(out.getvalue(), path.name, catalogue.functions()))
    started = office.Office(folder)
    try:
        opened = started.open(path)
        library = opened.BasicLibraries.getByName("FlexExtra")
        real = library.getByName("FlexServer")
        commands = "\n".join(line for line in real.split("\n") if "Declare" not in line)
        for name in ("FlexServerCommand", "FlexButtonCommand"):
            commands = commands.replace(name, name.replace("Flex", "Real"))
        library.insertByName("StandIn", STAND_IN)
        library.replaceByName("FlexServer", SERVER)
        library.insertByName("Commands", only(commands, "RealServerCommand", "RealButtonCommand"))
        library.insertByName("Bare", only(library.getByName("FlexButtons"), "FlexBare").replace("FlexBare", "RealBare"))
        library.insertByName("Probe", PROBE)
        library.insertByName("RealServer", vba_outside.server(real))
        library.insertByName("RealButtons", vba_outside.buttons(library.getByName("FlexButtons")))
        for name in ("PlayedBook", "PlayedSheet", "PlayedCell"):
            library.insertByName(name, vba_outside.CLASSES[name])
        library.insertByName("Played", vba_outside.PLAYED)
        library.insertByName("RealRibbon", vba_outside.ribbon(wrappers.source(wrappers.RIBBON)))
        yield opened
        opened.close(True)
    finally:
        started.close()


def only(source: str, *names: str) -> str:
    """These functions of a module, as a module."""
    kept = ["Option VBASupport 1", "Option Explicit"]
    inside = False
    for line in source.split("\n"):
        inside = inside or any(line.startswith(f"Public Function {name}(") for name in names)
        if inside:
            kept.append(line)
        inside = inside and line.strip() != "End Function"
    return "\n".join(kept)


@pytest.mark.parametrize(
    ("name", "arrives"),
    [
        ("SCALAR", "Double 0.25"),
        ("CODE", "Error 2042"),
        ("ROW", "((Double 1.5,Error 2007,String x,))"),
        ("TABLE", "((Double 1.5,Error 2036,)(String text,Double 2.5,))"),
    ],
)
def test_answers_become_cells_with_true_errors_and_always_two_dimensions(document, name, arrives):
    assert office.run(document, "Probe.Ask", "", name, 1) == f"{arrives}|1|1|"


def test_the_server_object_is_kept_between_calls(document):
    assert office.run(document, "Probe.Ask", "", "SCALAR", 20) == "Double 0.25|1|20|"


@pytest.mark.parametrize(("mode", "reason"), [("nobody", "nobody is there"), ("broken", "Python did not start (error 53).")])
def test_a_failed_start_is_tried_once_and_then_every_cell_gives_na(document, mode, reason):
    assert office.run(document, "Probe.Ask", mode, "SCALAR", 50) == f"Error 2042|1|0|{reason}"


def test_a_server_that_went_is_started_anew_within_the_call(document):
    assert office.run(document, "Probe.Ask", "gone", "SCALAR", 1) == "Double 0.25|2|2|"


def test_a_server_that_always_goes_is_given_up_after_three_times(document):
    answer = office.run(document, "Probe.Ask", "always gone", "SCALAR", 10)
    assert answer == "Error 2042|3|3|Python stopped 3 times in one call."


def test_a_dead_server_that_the_library_gives_out_again_is_left_for_another_one(document):
    """RPC_E_DISCONNECTED, of which xlwings' library thinks that the server is still there."""
    assert office.run(document, "Probe.Ask", "given out again", "SCALAR", 2) == "Double 0.25|3|4|"


def test_a_busy_server_is_asked_again_and_not_started_anew(document):
    assert office.run(document, "Probe.Ask", "busy", "SCALAR", 1) == "Double 0.25|1|3|"
    assert office.run(document, "Probe.Ask", "always busy", "SCALAR", 1) == "Error 2042|1|3|"


def test_a_call_that_fails_is_not_repeated(document):
    assert office.run(document, "Probe.Ask", "fails", "SCALAR", 1) == "Error 2015|1|1|"


def test_blank_truth_text_and_number_stay_what_they_are(document):
    seen = office.run(document, "Probe.Given", "values").split("|")
    assert seen == ["xl_flexextra.hosts.excel.served", "SCALAR", "(Empty,Boolean True,String x,Double 2.5,Error 2015,)"]


def test_an_omitted_argument_is_marked_as_omitted_through_the_wrapper(document):
    assert office.run(document, "Probe.Given", "omitted").endswith("|AATR|(Double 1,Double 2,Double 3,Error 448,)")


def test_a_range_is_its_values_and_whole_columns_end_with_the_used_range(document):
    assert office.run(document, "Probe.Given", "A2:A3").endswith("|(((Double 1.25,)(Double 39660,)),)")
    whole = office.run(document, "Probe.Given", "A:A")
    assert whole.endswith("|(((Empty,)(Double 1.25,)(Double 39660,)(String x,)),)")
    assert office.run(document, "Probe.Given", "A2").endswith("|(Double 1.25,)")


def test_whole_columns_beyond_the_used_range_are_blank(document):
    assert office.run(document, "Probe.Given", "Z:Z").endswith("|(Empty,)")


def test_the_commands_as_the_vba_builds_them(document):
    server, button = office.run(document, "Probe.Commands", "C:\\flex extra\\python.exe").split("\n")
    assert server.startswith('cmd.exe /C ""C:\\flex extra\\python.exe" -I -B -c "import ')
    assert server.endswith('$(CLSID)\')""')
    assert '"--wb=My book.xlsm" --from_xl=1 --hwnd=123 --action=tie_out "--file=C:\\a b.csv" "--answer=C:\\t.txt"' in button


@pytest.mark.parametrize(
    ("formula", "bare"),
    [
        ("='C:\\Users\\me\\0.1\\FlexExtra.xlam'!AATR(1,2,3)", "=AATR(1,2,3)"),
        ("=FlexExtra.xlam!AATR(1,2,3)", "=AATR(1,2,3)"),
        ("=IF(A1>0,'C:\\a b\\flexextra.XLAM'!AATR(A1,B1,5),\"it's\")", '=IF(A1>0,AATR(A1,B1,5),"it\'s")'),
        ("='C:\\x\\FlexExtra.xlam'!AATR(1,2,3)+'C:\\y\\FlexExtra.xlam'!AATR(1,2,4)", "=AATR(1,2,3)+AATR(1,2,4)"),
        ("='My data'!A1+AATR(1,2,3)", "='My data'!A1+AATR(1,2,3)"),
    ],
)
def test_reconnecting_takes_the_path_of_an_add_in_away(document, formula, bare):
    assert office.run(document, "Bare.RealBare", formula) == bare


def test_opening_without_the_add_in_gives_na_and_does_not_stop_the_office(document):
    """Cells of the built file were computed on opening by this very VBA, with no Python installed for it."""
    assert document.Sheets.getByName("Data").getCellRangeByName("B2").String in {"Error 2042", "#N/A", "Err:502", "0.0854"}


def settings(folder, **lines):
    """A person's folder with the settings that the install writes."""
    made = folder / "flexextra"
    made.mkdir(parents=True, exist_ok=True)
    (made / "flexextra.conf").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    return folder


def play(document, own, machine="/none", library=1, code=0):
    office.run(document, "Played.Play", str(own), str(machine), library, code)


def test_a_start_begins_with_the_library_by_its_whole_path_and_the_command(document, tmp_path):
    python = tmp_path / "python.exe"
    python.touch()
    play(document, settings(tmp_path, PYTHON=python, DLL=tmp_path))
    kind, reason, ran = office.run(document, "Played.Start").split("|")
    assert (kind, reason) == ("server", "")
    loaded, started = ran.splitlines()
    assert loaded == f"load {tmp_path}/{conf.values()['DLL64']}"
    assert started == f"start {conf.start_command(str(python))}"


@pytest.mark.parametrize(
    ("lines", "library", "code", "said"),
    [
        (None, 1, 0, "The settings {folder}/flexextra/flexextra.conf are missing; run: xl-flexextra excel install."),
        ({}, 1, 0, "The settings {folder}/flexextra/flexextra.conf are missing; run: xl-flexextra excel install."),
        ({"PYTHON": "{folder}/gone.exe"}, 1, 0, "There is no {folder}/gone.exe; run: xl-flexextra excel install."),
        ({"PYTHON": "{folder}/{long}"}, 1, 0, "The path of Python is too long; install it under a short path."),
        ({"PYTHON": "{folder}/p.exe", "DLL": "/x"}, 0, 0, "{library} does not load; run: xl-flexextra excel doctor."),
        ({"PYTHON": "{folder}/p.exe", "DLL": "/x"}, 1, -1, "Python started and stopped; run: xl-flexextra excel doctor."),
    ],
)
def test_each_way_in_which_a_start_fails_has_its_reason(document, tmp_path, lines, library, code, said):
    words = {"folder": tmp_path, "long": "/".join(["d" * 200] * 14) + "/p.exe", "library": conf.values()["DLL64"]}
    (tmp_path / "p.exe").touch()
    if lines is not None:
        lines = {name: value.format(**words) for name, value in lines.items()}
        if len(lines.get("PYTHON", "")) > 1000:
            long = tmp_path / words["long"]
            long.parent.mkdir(parents=True)
            long.touch()
        settings(tmp_path, **lines)
    play(document, tmp_path, library=library, code=code)
    assert office.run(document, "Played.Start").startswith(f"nothing|{said.format(**words)}|")


NOT_ACTIVATED = "Could not activate Python COM server, hr = "
EXITED = "Python process exited before it was possible to create the interface object."


@pytest.mark.parametrize(
    ("ended", "told", "kind", "starts"),
    [
        (1, f"{NOT_ACTIVATED}{-2147023174}", "server", 2),
        (2, f"{NOT_ACTIVATED}{-2147417848}", "server", 3),
        (9, f"{NOT_ACTIVATED}{-2147023174}", "nothing", 3),
        (9, f"{NOT_ACTIVATED}{-2147221164}", "nothing", 1),  # REGDB_E_CLASSNOTREG: the library has waited two minutes for it
        (9, EXITED, "nothing", 1),
    ],
)
def test_a_server_that_has_ended_and_that_windows_still_knows_is_left_for_another_one(
    document, tmp_path, ended, told, kind, starts
):
    (tmp_path / "p.exe").touch()
    play(document, settings(tmp_path, PYTHON=tmp_path / "p.exe", DLL="/x"))
    office.run(document, "Played.EndedAre", ended, told)
    got, reason, ran = office.run(document, "Played.Start").split("|")
    command = conf.start_command(str(tmp_path / "p.exe"))
    assert ran.splitlines()[1:] == [f"start {command}{' ' * blanks}" for blanks in range(starts)]
    assert (got, reason == "") == (kind, kind == "server")


def test_the_users_own_settings_come_before_those_of_the_machine(document, tmp_path):
    own, machine = settings(tmp_path / "own", PYTHON="mine", DLL="a=b"), settings(tmp_path / "all", PYTHON="ours")
    play(document, own, machine)
    assert office.run(document, "Played.Settings", "PYTHON").split("|")[:2] == [f"{own}/flexextra/flexextra.conf", "mine"]
    assert office.run(document, "Played.Settings", "DLL").split("|")[1] == "a=b"
    play(document, tmp_path / "nobody", machine)
    assert office.run(document, "Played.Settings", "PYTHON").split("|")[:2] == [
        f"{machine}/flexextra/flexextra.conf",
        "ours",
    ]
    assert office.run(document, "Played.Settings", "NONE").split("|")[1] == ""


def test_an_office_of_32_bits_and_one_of_before_2010_take_the_library_of_32_bits():
    source = wrappers.source(wrappers.SERVER)
    for words, library in (
        ({"VBA7": True, "Win64": True, "Mac": False}, "DLL64"),
        ({"VBA7": True, "Win64": False, "Mac": False}, "DLL32"),
        ({"VBA7": False, "Win64": False, "Mac": False}, "DLL32"),
    ):
        text = vba_outside.compiled(source, words)
        declared = [line for line in text.split("\n") if "Declare" in line]
        assert len(declared) == 2
        assert f'Lib "{conf.values()[library]}"' in declared[0]
        assert all(("PtrSafe" in line) is words["VBA7"] for line in declared)
        assert f'FlexLibraryName = "{conf.values()[library]}"' in text


@pytest.fixture
def person(document, tmp_path):
    """Somebody with a Python, whose answers are played."""
    (tmp_path / "python.exe").touch()
    play(document, settings(tmp_path, PYTHON=tmp_path / "python.exe"))
    return document


INFORMATION, EXCLAMATION, QUESTION = 64, 48, 33  # vbInformation, vbExclamation, vbOKCancel + vbQuestion
OK, CANCEL = 1, 2


def told(boxes, ran):
    """The boxes that were shown, and the actions that ran."""
    return [box.strip() for box in boxes.split("--\n") if box.strip()], [
        line.split("--action=")[1].split()[0] for line in ran.splitlines()
    ]


def pressed(document, action, answers, agreed=OK):
    return told(*office.run(document, "Played.Press", action, "".join(f"{one}##" for one in answers), agreed).split("|"))


def test_a_button_says_what_python_wrote(person):
    assert pressed(person, "tie_out", ["OK\n112 of 112 published figures tie."]) == (
        [f"{INFORMATION}:112 of 112 published figures tie."], ["tie_out"],
    )  # fmt: skip
    assert pressed(person, "tie_out", ["ERR\nThe sheet is protected."]) == (
        [f"{EXCLAMATION}:The sheet is protected."],
        ["tie_out"],
    )


def test_a_button_that_python_does_not_answer_says_so(person):
    said = [f"{EXCLAMATION}:Python gave no answer; run: xl-flexextra excel doctor."]
    assert pressed(person, "export_pdf", []) == (said, ["export_pdf"])


def test_a_plan_is_asked_about_and_done_only_where_the_person_agrees(person):
    plan, done = "ASK\n1 row added", "OK\nDone."
    both = ([f"{QUESTION}:1 row added", f"{INFORMATION}:Done."], ["restore_last", "restore_last_apply"])
    assert pressed(person, "restore_last", [plan, done]) == both
    assert pressed(person, "restore_last", [plan, done], CANCEL) == ([f"{QUESTION}:1 row added"], ["restore_last"])


def test_a_button_without_python_says_what_to_run(document, tmp_path):
    play(document, tmp_path)
    said = [f"{EXCLAMATION}:Python is not installed for FlexExtra; run: xl-flexextra excel install."]
    assert pressed(document, "tie_out", ["OK\nnever"]) == (said, [])


def test_a_button_hands_python_the_workbook_its_window_the_file_and_a_place_for_the_answer(person, tmp_path):
    """Each in its own place: the file and the answer could have changed places, and nothing told."""
    office.run(person, "Played.Before", "ASK\n1 row more##OK\nDone.##", OK, "C:\\my new.csv", True, True)
    office.run(person, "RealRibbon.Press", "FlexRibbonRefresh")
    _, ran, _ = office.run(person, "Played.After").split("|")
    for line, action in zip(ran.splitlines(), ["refresh_plan", "refresh_apply"], strict=True):
        program, *_, book, called, window, wanted, file, answer = windows_arguments(line)
        assert program == str(tmp_path / "python.exe")
        assert [book, called, window, wanted, file] == [
            "--wb=glue.xlsm", "--from_xl=1", "--hwnd=4711", f"--action={action}", "--file=C:\\my new.csv",
        ]  # fmt: skip
        assert re.fullmatch(rf"--answer={re.escape(str(tmp_path))}/flexextra-\w+-4711\.txt", answer)
    assert not list(tmp_path.glob("flexextra-*"))


def callbacks():
    """The macros that the ribbon of the add-in calls, in its order."""
    return re.findall(r'onAction="(\w+)"', files.ribbon().decode())


def ribbon(document, macro, answers=(), agreed=OK, file="", front=True, clipboard=True):
    office.run(document, "Played.Before", "".join(f"{one}##" for one in answers), agreed, file, front, clipboard)
    office.run(document, "RealRibbon.Press", macro)
    boxes, ran, followed = office.run(document, "Played.After").split("|")
    return *told(boxes, ran), followed  # and what was opened or copied


@pytest.mark.parametrize(
    ("macro", "action", "answers"),
    [
        ("FlexRibbonTieOut", ["tie_out"], ["OK\nDone."]),
        ("FlexRibbonExportPdf", ["export_pdf"], ["OK\nDone."]),
        ("FlexRibbonRestoreLast", ["restore_last", "restore_last_apply"], ["ASK\nBack?", "OK\nDone."]),
        ("FlexRibbonRefresh", ["refresh_plan", "refresh_apply"], ["ASK\n1 row more", "OK\nDone."]),
    ],
)
def test_each_button_of_the_ribbon_does_what_it_says_to_the_workbook_in_front(person, macro, action, answers):
    boxes, ran, _ = ribbon(person, macro, answers, file="C:\\new.csv")
    assert ran == action
    assert boxes[-1] == f"{INFORMATION}:Done."


def test_no_button_of_the_ribbon_does_anything_without_a_workbook(person):
    asked = [f"{EXCLAMATION}:Open a workbook for editing first."]
    for macro in set(callbacks()) - {"FlexRibbonHelp"}:
        assert ribbon(person, macro, ["OK\nnever"], file="C:\\new.csv", front=False) == (asked, [], "")


def test_every_callback_of_the_ribbon_is_a_macro_that_takes_the_button():
    macros = re.findall(r"Public Sub (\w+)\(ByVal control As Object\)", wrappers.source(wrappers.RIBBON))
    assert sorted(callbacks()) == sorted(macros)
    assert len(macros) == 7


def test_a_refresh_for_which_no_file_is_chosen_or_agreed_to_changes_nothing(person):
    assert ribbon(person, "FlexRibbonRefresh", ["ASK\nnever"]) == ([], [], "")
    said, ran, _ = ribbon(person, "FlexRibbonRefresh", ["ASK\n1 row more", "OK\nnever"], CANCEL, file="C:\\new.csv")
    assert (said, ran) == ([f"{QUESTION}:1 row more"], ["refresh_plan"])
    said, ran, _ = ribbon(person, "FlexRibbonRefresh", ["ERR\nno date in row 3"], file="C:\\new.csv")
    assert (said, ran) == ([f"{EXCLAMATION}:no date in row 3"], ["refresh_plan"])


def test_help_describes_the_arguments_and_opens_the_page_or_says_that_there_is_none(document, tmp_path):
    page = tmp_path / "help.html"
    play(document, settings(tmp_path, HELP=page))
    said = [f"{EXCLAMATION}:There is no help page {page}; run: xl-flexextra excel install."]
    assert ribbon(document, "FlexRibbonHelp") == (said, ["describe"], "")
    page.touch()
    assert ribbon(document, "FlexRibbonHelp", front=False) == ([], ["describe"], str(page))


@pytest.mark.parametrize("clipboard", [True, False])
def test_diagnostics_show_versions_places_the_last_failed_start_and_what_python_found(person, tmp_path, clipboard):
    assert "nobody is there" in office.run(person, "Probe.Ask", "nobody", "SCALAR", 1)
    boxes, ran, copied = ribbon(person, "FlexRibbonDiagnostics", ["OK\n[ok] call: it answers"], clipboard=clipboard)
    (box,) = boxes
    report, _, end = box.removeprefix(f"{INFORMATION}:").replace("\r", "").rpartition("\n\n")
    assert report.splitlines() == [
        f"FlexExtra {conf.values()['VERSION']}, xlwings {conf.values()['XLWINGS']}",
        "Excel <Version> build <Build>, <OperatingSystem>",
        f"settings: {tmp_path}/flexextra/flexextra.conf",
        f"python: {tmp_path / 'python.exe'}",
        f"library: /{conf.values()['DLL64']}",
        "last start: nobody is there",
        "[ok] call: it answers",
    ]
    assert end == ("This report is in the clipboard." if clipboard else "Press Ctrl+C to copy this report.")
    assert (copied != "") is clipboard
    assert ran == ["diagnostics"]
    assert office.run(person, "FlexGlue.FlexLastReason") == ""  # the next call starts Python anew


@pytest.mark.parametrize("clipboard", [True, False])
def test_a_long_report_is_copied_whole_and_shown_as_far_as_a_box_shows_it(person, clipboard):
    """Excel's box ends at some 1000 characters: what to do with the report stood behind them."""
    lines = [f"[ok] check {number}: {'x' * 80}" for number in range(20)]
    (box,), _, copied = ribbon(person, "FlexRibbonDiagnostics", ["\n".join(["OK", *lines])], clipboard=clipboard)
    assert len(box) < 1000
    end = "This report is in the clipboard." if clipboard else "The whole of it: xl-flexextra excel diagnostics."
    assert box.endswith(f" ...\r\n\r\n{end}")
    assert copied.split("\n")[-20:] == (lines if clipboard else [""])


ADDED = "'C:\\old place\\FlexExtra.xlam'!"


def test_reconnecting_enters_our_formulas_anew_and_nothing_else(person):
    """Each sheet: protected or not, with formulas or none; each cell: formula, whether Excel spills, filled by another."""
    sheets = [
        (
            (False, True),
            [(f"={ADDED}AATR(1,2,3)", True, False), (f"={ADDED}AATR(1,2,4)", True, True), ("=SUM(A1)", True, False)],
        ),
        ((False, False), []),
        ((False, True), [("=1+aatr(1,2,3)", False, False), ("=MY_AATR_(1)", False, False), ("AATR", False, False)]),
        ((True, True), [(f"={ADDED}AATR(1,2,3)", True, False), ("=AATR(1,2,3)", False, False)]),
    ]
    office.run(person, "Played.NewBook")
    for sheet, cells in sheets:
        office.run(person, "Played.NewSheet", *sheet)
        for cell in cells:
            office.run(person, "Played.NewCell", *cell)
    boxes, mode, *entered = office.run(person, "Played.Reconnect", -4105).split("|")  # xlCalculationAutomatic
    both = "2 formulas were entered anew; 2 could not be (protected sheets or parts of arrays)."
    assert boxes.split("\n")[0] == f"{INFORMATION}:{both}"
    assert mode == "-4105"
    assert entered == ["Formula2 =AATR(1,2,3)", "-", "-", "Formula =1+aatr(1,2,3)", "-", "-", "-", "-"]
