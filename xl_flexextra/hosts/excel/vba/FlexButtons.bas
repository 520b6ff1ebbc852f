Option Explicit
' What the buttons do: ask, run a few lines of Python on the workbook, and say in one sentence how it went.
' Python writes its sentence to a file; boxes are shown here, because those from Python open behind Excel.

Private Const FLEX_TITLE As String = "FlexExtra"
Private Const FLEX_SHOWN As Long = 900 ' characters; a message box cuts a text at some 1000

Public Sub FlexRefresh()
    FlexRefreshIn ThisWorkbook
End Sub

Public Sub FlexTieOut()
    FlexActIn ThisWorkbook, "tie_out"
End Sub

Public Sub FlexExportPdf()
    FlexActIn ThisWorkbook, "export_pdf"
End Sub

Public Sub FlexRestoreLast()
    FlexActIn ThisWorkbook, "restore_last"
End Sub

Public Sub FlexRefreshIn(ByVal book As Workbook)
    ' Choose a file, see the plan, agree, and only then change anything.
    Dim chosen As Variant
    Dim answer As String
    chosen = Application.GetOpenFilename("Unit values (*.csv;*.xlsx;*.xlsm),*.csv;*.xlsx;*.xlsm", , "Choose the file with the new values")
    If VarType(chosen) = vbBoolean Then Exit Sub
    answer = FlexRun(book, "refresh_plan", CStr(chosen))
    If Left$(answer, 3) = "ASK" Then
        If MsgBox(FlexSentence(answer), vbOKCancel + vbQuestion, FLEX_TITLE) <> vbOK Then Exit Sub
        answer = FlexRun(book, "refresh_apply", CStr(chosen))
    End If
    FlexShow answer
End Sub

Public Sub FlexActIn(ByVal book As Workbook, ByVal action As String)
    Dim answer As String
    answer = FlexRun(book, action, "")
    If Left$(answer, 3) = "ASK" Then
        If MsgBox(FlexSentence(answer), vbOKCancel + vbQuestion, FLEX_TITLE) <> vbOK Then Exit Sub
        answer = FlexRun(book, action & "_apply", "")
    End If
    FlexShow answer
End Sub

Public Sub FlexDiagnosticsIn(ByVal book As Workbook)
    ' What somebody who helps has to know, without any value of the workbook; the whole of it goes to the clipboard.
    Dim text As String
    Dim shown As String
    Dim copied As Boolean
    text = "FlexExtra @VERSION@, xlwings @XLWINGS@" & vbCrLf & "Excel " & Application.Version & " build " & Application.Build & ", " & Application.OperatingSystem
    text = text & vbCrLf & "settings: " & FlexSettingsFile() & vbCrLf & "python: " & FlexSetting("PYTHON") & vbCrLf & "library: " & FlexSetting("DLL") & "\" & FlexLibraryName()
    If FlexLastReason() <> "" Then text = text & vbCrLf & "last start: " & FlexLastReason()
    FlexForget
    text = text & vbCrLf & FlexSentence(FlexRun(book, "diagnostics", ""))
    On Error Resume Next
    copied = CreateObject("htmlfile").parentWindow.clipboardData.setData("text", text)
    On Error GoTo 0
    shown = text
    If Len(text) > FLEX_SHOWN Then shown = Left$(text, FLEX_SHOWN) & " ..."
    If copied Then
        MsgBox shown & vbCrLf & vbCrLf & "This report is in the clipboard.", vbInformation, FLEX_TITLE
    ElseIf shown = text Then
        MsgBox shown & vbCrLf & vbCrLf & "Press Ctrl+C to copy this report.", vbInformation, FLEX_TITLE
    Else
        MsgBox shown & vbCrLf & vbCrLf & "The whole of it: xl-flexextra excel diagnostics.", vbInformation, FLEX_TITLE
    End If
End Sub

Public Sub FlexReconnectIn(ByVal book As Workbook)
    ' Enters formulas anew that point at an add-in elsewhere, or that were saved without one.
    Dim sheet As Worksheet
    Dim found As Range
    Dim cell As Range
    Dim renewed As Long
    Dim skipped As Long
    Dim mode As Long
    mode = Application.Calculation
    Application.Calculation = xlCalculationManual
    For Each sheet In book.Worksheets
        Set found = Nothing
        On Error Resume Next
        Set found = sheet.UsedRange.SpecialCells(xlCellTypeFormulas)
        On Error GoTo 0
        If Not found Is Nothing Then
            For Each cell In found.Cells
                If FlexIsOurs(cell.Formula) And Not FlexIsSpilled(cell) Then
                    If FlexRenew(cell) Then renewed = renewed + 1 Else skipped = skipped + 1
                End If
            Next cell
        End If
    Next sheet
    Application.Calculation = mode
    FlexShow "OK" & vbLf & renewed & " formulas were entered anew; " & skipped & " could not be (protected sheets or parts of arrays)."
End Sub

Private Function FlexIsOurs(ByVal formula As String) As Boolean
    Dim known As Variant
    If InStr(1, formula, "(", vbBinaryCompare) = 0 Then Exit Function
    For Each known In FlexNames()
        If InStr(1, formula, known & "(", vbTextCompare) > 0 Then
            FlexIsOurs = True
            Exit Function
        End If
    Next known
End Function

Private Function FlexIsSpilled(ByVal cell As Object) As Boolean
    ' Whether another cell's formula fills this one; an Excel without spilling does not know the question.
    On Error Resume Next
    FlexIsSpilled = False
    FlexIsSpilled = (cell.SpillParent.Address <> cell.Address)
End Function

Private Function FlexRenew(ByVal cell As Range) As Boolean
    ' As a dynamic array formula where Excel has them.
    Dim text As String
    text = FlexBare(cell.Formula)
    On Error Resume Next
    CallByName cell, "Formula2", VbLet, text
    If Err.Number <> 0 Then
        Err.Clear
        cell.Formula = text
    End If
    FlexRenew = (Err.Number = 0)
End Function

Public Function FlexBare(ByVal formula As String) As String
    ' A formula without the path of an add-in before our functions.
    Dim start As Long
    Dim finish As Long
    finish = InStr(1, formula, "@ADDIN@'!", vbTextCompare)
    Do While finish > 0
        start = InStrRev(formula, "'", finish - 1)
        If start = 0 Then Exit Do
        formula = Left$(formula, start - 1) & Mid$(formula, finish + Len("@ADDIN@'!"))
        finish = InStr(1, formula, "@ADDIN@'!", vbTextCompare)
    Loop
    FlexBare = Replace(formula, "@ADDIN@!", "", 1, -1, vbTextCompare)
End Function

Private Function FlexRun(ByVal book As Workbook, ByVal action As String, ByVal chosen As String) As String
    ' Runs one action in Python and gives its answer: OK, ASK or ERR, then sentences. The screen's state is put back.
    Dim python As String
    Dim place As String
    Dim mode As Long
    Dim shown As Boolean
    Dim sheet As Object
    Dim marked As Object
    Dim answer As String
    #If Mac Then
        FlexRun = "ERR" & vbLf & "Buttons need Excel for Windows."
        Exit Function
    #End If
    python = FlexSetting("PYTHON")
    If Not FlexIsFile(python) Then
        FlexRun = "ERR" & vbLf & "Python is not installed for FlexExtra; run: xl-flexextra excel install."
        Exit Function
    End If
    place = FlexTemporary() & "\flexextra-" & Format$(Now, "yyyymmddhhnnss") & "-" & CStr(Application.Hwnd) & ".txt"
    mode = Application.Calculation
    shown = Application.ScreenUpdating
    Set sheet = book.ActiveSheet
    Set marked = Selection
    Application.StatusBar = "FlexExtra: " & Replace(action, "_", " ") & " ..."
    On Error Resume Next
    CreateObject("WScript.Shell").Run FlexButtonCommand(python, action, book.Name, CStr(Application.Hwnd), chosen, place), 0, True
    answer = FlexRead(place)
    Application.Calculation = mode
    Application.ScreenUpdating = shown
    sheet.Activate
    marked.Select
    Application.StatusBar = False
    On Error GoTo 0
    If answer = "" Then answer = "ERR" & vbLf & "Python gave no answer; run: xl-flexextra excel doctor."
    FlexRun = answer
End Function

Private Function FlexTemporary() As String
    ' The folder for answers. Environ gives "?" for letters that the machine's code page has not; so would Open and Kill.
    On Error Resume Next
    FlexTemporary = Environ("TEMP")
    FlexTemporary = CreateObject("Scripting.FileSystemObject").GetSpecialFolder(2).Path
End Function

Private Function FlexRead(ByVal place As String) As String
    ' A text file in UTF-16, so that names of files and funds keep their letters. It is gone afterwards.
    Dim files As Object
    Dim stream As Object
    Set files = CreateObject("Scripting.FileSystemObject")
    If Not files.FileExists(place) Then Exit Function
    Set stream = files.OpenTextFile(place, 1, False, -1)
    FlexRead = stream.ReadAll
    stream.Close
    files.DeleteFile place
End Function

Private Function FlexSentence(ByVal answer As String) As String
    ' What stands below the first line, which is OK, ASK or ERR.
    FlexSentence = Mid$(answer, InStr(1, answer, vbLf) + 1)
End Function

Private Sub FlexShow(ByVal answer As String)
    If Left$(answer, 2) = "OK" Then
        MsgBox FlexSentence(answer), vbInformation, FLEX_TITLE
    Else
        MsgBox FlexSentence(answer), vbExclamation, FLEX_TITLE
    End If
End Sub
