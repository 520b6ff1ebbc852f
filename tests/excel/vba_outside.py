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
Public ended As Long
Public told As String
Public chosen As String
Public front As Boolean
Public clipboard As Boolean
Public followed As String
Public mode As Long
Public book As Object
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
    If Len(command) - InStrRev(command, Chr(34)) < ended Then
        answer = told
        PlayedActivate = -2147467259
        Exit Function
    End If
    If activated = 0 Then Set answer = New StandIn
    PlayedActivate = activated
End Function
Public Function PlayedBox(ByVal text As String, ByVal kind As Long, ByVal title As String) As Long
    boxes = boxes & kind & ":" & text & vbLf & "--" & vbLf
    PlayedBox = agreed
End Function
Public Function PlayedFile() As Variant
    PlayedFile = False
    If chosen <> "" Then PlayedFile = chosen
End Function
Public Function PlayedFront() As Object
    If front Then Set PlayedFront = ThisWorkbook
End Function
Public Function PlayedAbout(ByVal what As String) As String
    PlayedAbout = "<" & what & ">"
End Function
Public Function PlayedClip(ByVal text As String) As Boolean
    If Not clipboard Then Err.Raise 429
    followed = text
    PlayedClip = True
End Function
Public Sub PlayedDescribe()
    ran = ran & "--action=describe" & vbLf
End Sub
Public Sub PlayedFollow(ByVal place As String)
    followed = place
End Sub
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
    Kill place
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
    ended = 0
    chosen = ""
    front = True
    clipboard = True
    followed = ""
End Sub
Public Sub Before(said As String, agrees As Long, file As String, has As Boolean, copy As Boolean)
    answers = said
    agreed = agrees
    chosen = file
    front = has
    clipboard = copy
    boxes = ""
    ran = ""
    followed = ""
End Sub
Public Function After() As String
    After = boxes & "|" & ran & "|" & followed
End Function
Public Sub NewBook()
    Set book = New PlayedBook
    book.Begin
End Sub
Public Sub NewSheet(ByVal isProtected As Boolean, ByVal hasFormulas As Boolean)
    book.Add isProtected, hasFormulas
End Sub
Public Sub NewCell(ByVal formula As String, ByVal spills As Boolean, ByVal hasParent As Boolean)
    book.AddCell formula, spills, hasParent
End Sub
Public Function Reconnect(ByVal calculation As Long) As String
    Dim sheet As Object
    Dim cell As Object
    boxes = ""
    mode = calculation
    RealReconnectIn book
    Reconnect = boxes & "|" & mode
    For Each sheet In book.Worksheets
        For Each cell In sheet.Cells
            Reconnect = Reconnect & "|" & cell.Entered
        Next cell
    Next sheet
End Function
Public Sub EndedAre(ByVal count As Long, ByVal says As String)
    ended = count
    told = says
End Sub
Public Function Start() As String
    Dim reason As String
    Dim made As Object
    Set made = RealStart(reason, 0)
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

CLASSES = {
    "PlayedBook": """Option VBASupport 1
Option ClassModule
Option Explicit
Public Worksheets As Object
Private last As Object
Public Sub Begin()
    Set Worksheets = New Collection
End Sub
Public Sub Add(ByVal isProtected As Boolean, ByVal hasFormulas As Boolean)
    Set last = New PlayedSheet
    last.Begin isProtected, hasFormulas
    Worksheets.Add last
End Sub
Public Sub AddCell(ByVal formula As String, ByVal spills As Boolean, ByVal hasParent As Boolean)
    Dim made As Object
    Set made = New PlayedCell
    made.Begin formula, last.isProtected, spills, hasParent, "A" & (last.Cells.Count + 1)
    last.Cells.Add made
End Sub
""",
    "PlayedSheet": """Option VBASupport 1
Option ClassModule
Option Explicit
Public Cells As Object
Public isProtected As Boolean
Private hasFormulas As Boolean
Public Sub Begin(ByVal protects As Boolean, ByVal has As Boolean)
    Set Cells = New Collection
    isProtected = protects
    hasFormulas = has
End Sub
Public Function Used() As Object
    If Not hasFormulas Then Err.Raise 1004
    Set Used = Me
End Function
""",
    "PlayedCell": """Option VBASupport 1
Option ClassModule
Option Explicit
Private text As String
Private isProtected As Boolean
Private spills As Boolean
Private hasParent As Boolean
Private place As String
Public Entered As String
Public Sub Begin(formula As String, locks As Boolean, dynamic As Boolean, child As Boolean, at As String)
    text = formula
    isProtected = locks
    spills = dynamic
    hasParent = child
    place = at
    Entered = "-"
End Sub
Public Property Get Address() As String
    Address = place
End Property
Public Function Parent() As String
    If Not spills Then Err.Raise 438
    Parent = place
    If hasParent Then Parent = "A1"
End Function
Public Property Get Formula() As String
    Formula = text
End Property
Public Property Let Formula(ByVal given As String)
    If isProtected Then Err.Raise 1004
    Entered = "Formula " & given
End Property
Public Sub Let2(ByVal given As String)
    If Not spills Then Err.Raise 438
    If isProtected Then Err.Raise 1004
    Entered = "Formula2 " & given
End Sub
""",
}


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
    text = text[: text.index("Private Function FlexTemporary(")] + text[text.index("Private Function FlexSentence(") :]
    text = text.replace("FlexTemporary()", 'PlayedEnviron("TEMP")')
    text = re.sub(r'CreateObject\("WScript.Shell"\).Run (.*), 0, True', r"PlayedShell \1, place", text)
    text = text.replace("FlexRead(", "PlayedRead(").replace("Application.Hwnd", "4711")
    text = re.sub(r"Application.GetOpenFilename\(.*\)", "PlayedFile()", text).replace(
        "Application.Calculation", "Played.mode"
    )
    text = re.sub(r"Application\.(Version|Build|OperatingSystem)", r'PlayedAbout("\1")', text)
    text = re.sub(r'CreateObject\("htmlfile"\)\S+setData\("text", text\)', "PlayedClip(text)", text)
    text = text.replace(".UsedRange.SpecialCells(xlCellTypeFormulas)", ".Used()").replace(
        ".SpillParent.Address", ".Parent()"
    )
    text = text.replace('CallByName cell, "Formula2", VbLet, text', "cell.Let2 text")
    text = re.sub(
        r"\bAs (Worksheet|Range)\b",
        "As Object",
        text.replace("FlexReconnectIn(ByVal book As Workbook", "FlexReconnectIn(ByVal book As Object"),
    )
    return _named(_boxes(text))


def ribbon(source: str) -> str:
    """FlexRibbon, over the buttons above."""
    text = compiled(source).replace("Application.ActiveWorkbook", "PlayedFront()")
    text = text.replace("ThisWorkbook.FollowHyperlink", "PlayedFollow").replace("    FlexDescribe\n", "    PlayedDescribe\n")
    macros = "".join(f'If macro = "{name}" Then {name} Nothing\n' for name in re.findall(r"Public Sub (\w+)", text))
    press = f"Public Sub Press(ByVal macro As String)\n{macros}End Sub\n"
    return "Option VBASupport 1\n" + _named(_boxes(text)) + press


def _boxes(text: str) -> str:
    return re.sub(r"\bMsgBox (.*)", r"Call PlayedBox(\1)", re.sub(r"\bMsgBox\(", "PlayedBox(", text))


def _named(text: str) -> str:
    own = "RefreshIn|Refresh|TieOut|ExportPdf|RestoreLast|ActIn|DiagnosticsIn|ReconnectIn|Bare|Run|Show"
    return re.sub(rf"\bFlex({own})\b", r"Real\1", text)
