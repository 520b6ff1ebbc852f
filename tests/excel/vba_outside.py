"""The VBA that asks Windows and Excel for something, made ready for LibreOffice: what it asks for is played."""

from __future__ import annotations

import re

COMPILED = {"VBA7": True, "Win64": True, "Mac": False}

PLAYED = """Option VBASupport 1
Option Explicit
Public folder As String
Public machineFolder As String
Public loads As Long
Public activated As Long
Public boxes As String
Public agreed As Long
Public answers As String
Public ran As String
Public Function PlayedEnviron(ByVal name As String) As String
    If name = "ProgramData" Then
        PlayedEnviron = machineFolder
    Else
        PlayedEnviron = folder
    End If
End Function
Public Function PlayedLoad(ByVal place As String) As Long
    ran = ran & "load " & place & vbLf
    PlayedLoad = loads
End Function
Public Function PlayedActivate(ByRef answer As Variant, ByVal command As String, ByVal mode As Long) As Long
    ran = ran & "start " & command & vbLf
    If activated = 0 Then Set answer = New StandIn
    PlayedActivate = activated
End Function
Public Function PlayedBox(ByVal text As String, ByVal kind As Long, ByVal title As String) As Long
    boxes = boxes & kind & ":" & text & vbLf & "--" & vbLf
    PlayedBox = agreed
End Function
Public Function PlayedShell(ByVal command As String, ByVal place As String) As Boolean
    Dim rest As Long
    Dim channel As Integer
    ran = ran & command & vbLf
    If answers = "" Then Exit Function
    rest = InStr(1, answers, "##")
    channel = FreeFile
    Open place For Output As #channel
    Print #channel, Left$(answers, rest - 1)
    Close #channel
    answers = Mid$(answers, rest + 2)
End Function
Public Function PlayedRead(ByVal place As String) As String
    Dim channel As Integer
    Dim words As String
    Dim whole As String
    If Not FlexIsFile(place) Then Exit Function
    channel = FreeFile
    Open place For Input As #channel
    Do While Not EOF(channel)
        Line Input #channel, words
        If whole <> "" Then whole = whole & vbLf
        whole = whole & words
    Loop
    Close #channel
    PlayedRead = whole
End Function
Public Sub Play(ByVal own As String, ByVal machine As String, ByVal library As Long, ByVal code As Long)
    folder = own
    machineFolder = machine
    loads = library
    activated = code
    boxes = ""
    answers = ""
    ran = ""
    agreed = 1
End Sub
Public Function Start() As String
    Dim reason As String
    Dim made As Object
    Set made = RealStart(reason)
    If made Is Nothing Then
        Start = "nothing|" & reason & "|" & ran
    Else
        Start = "server|" & reason & "|" & ran
    End If
End Function
Public Function Settings(ByVal name As String) As String
    Settings = FlexSettingsFile() & "|" & FlexSetting(name) & "|" & FlexLibraryName()
End Function
Public Function Press(ByVal action As String, ByVal said As String, ByVal agrees As Long) As String
    answers = said
    agreed = agrees
    boxes = ""
    ran = ""
    RealActIn ThisWorkbook, action
    Press = boxes & "|" & ran
End Function
"""


def compiled(source: str, words: dict[str, bool] = COMPILED) -> str:
    """What the VBA of such an Office compiles: the branches of #If that hold."""
    kept, taken, done = [], [True], [True]
    for line in source.split("\n"):
        text = line.strip()
        if found := re.fullmatch(r"#If (\w+) Then", text):
            holds = words[found[1]]
            taken.append(taken[-1] and holds)
            done.append(holds)
        elif text == "#Else":
            taken[-1] = taken[-2] and not done[-1]
        elif text == "#End If":
            taken.pop()
            done.pop()
        elif taken[-1]:
            kept.append(line)
    return "\n".join(kept)


def here(source: str) -> str:
    """Folders parted as on this system."""
    return re.sub(r'"[^"\n]*"', lambda text: text[0].replace("\\", "/"), source)


def server(source: str) -> str:
    """FlexServer with the system's calls played; it starts by RealStart."""
    text = here("\n".join(line for line in compiled(source).split("\n") if "Declare" not in line))
    for asked in ("Environ", "FlexLoad", "FlexActivate"):
        text = text.replace(f"{asked}(", f"Played{asked.removeprefix('Flex')}(")
    return text.replace("FlexStart", "RealStart")


def buttons(source: str) -> str:
    """FlexButtons with boxes, shell and files played; its buttons begin with Real."""
    text = here(compiled(source))
    text = text[: text.index("Private Function FlexRead(")] + text[text.index("Private Function FlexSentence(") :]
    text = re.sub(r'CreateObject\("WScript.Shell"\).Run (.*), 0, True', r"PlayedShell \1, place", text)
    text = text.replace("FlexRead(", "PlayedRead(").replace("Environ(", "PlayedEnviron(").replace("Application.Hwnd", "4711")
    text = re.sub(r"\bMsgBox (.*)", r"Call PlayedBox(\1)", re.sub(r"\bMsgBox\(", "PlayedBox(", text))
    own = "RefreshIn|Refresh|TieOut|ExportPdf|RestoreLast|ActIn|DiagnosticsIn|ReconnectIn|Bare|Run|Show"
    return re.sub(rf"\bFlex({own})\b", r"Real\1", text)
