Option Explicit
' Between a cell and Python. One call a cell; the server object is kept, ranges are read once as plain values.
' A cell never waits twice for a Python that does not start: after a failed start every cell gives #N/A for a minute.

Private Const FLEX_SERVED As String = "@SERVED@"
Private Const FLEX_PAUSE As Double = 60
Private Const FLEX_ATTEMPTS As Long = 3
Private Const FLEX_MANY As Double = 50000
Private Const FLEX_OMITTED As Integer = 448 ' no error of a cell; VBA's own number for an argument that is not there

Private flexHost As Object
Private flexPausedUntil As Date
Private flexReason As String

Public Function FlexCall(ByVal functionName As String, ByVal given As Variant) As Variant
    Dim attempt As Long
    Dim gone As Long
    Dim failure As Long
    Dim answer As Variant
    FlexCall = CVErr(xlErrNA) ' never a text: Excel keeps it in the cell where it opens a workbook as if in the wizard
    If FlexInWizard() Then Exit Function
    If Now < flexPausedUntil Then Exit Function
    For attempt = 1 To FLEX_ATTEMPTS
        If Not FlexConnect(gone) Then Exit Function
        On Error Resume Next
        Err.Clear
        answer = flexHost.CallUDF(FLEX_SERVED, functionName, given)
        failure = Err.Number
        On Error GoTo 0
        Select Case failure
            Case 0
                FlexCall = FlexAnswer(answer)
                Exit Function
            Case -2147418111, -2147417846
                ' Python is busy with another call: ask again, a few times
            Case 462, @GONE@
                ' Python has gone: start it anew
                Set flexHost = Nothing
                gone = gone + 1
            Case Else
                ' the call itself failed, and would fail again
                FlexCall = CVErr(xlErrValue)
                Exit Function
        End Select
    Next attempt
    If flexHost Is Nothing Then FlexPause "Python stopped " & FLEX_ATTEMPTS & " times in one call."
End Function

Public Function FlexV(Optional ByVal given As Variant) As Variant
    ' An argument as plain values: omitted stays omitted, a blank cell Empty, an error an error.
    If IsMissing(given) Then
        FlexV = CVErr(FLEX_OMITTED)
    ElseIf IsObject(given) Then
        FlexV = CVErr(xlErrValue)
        If Not given Is Nothing Then
            If TypeName(given) = "Range" Then FlexV = FlexRange(given)
        End If
    Else
        FlexV = given
    End If
End Function

Public Sub FlexForget()
    ' Let go of the server and of the pause: the next call starts Python anew.
    Set flexHost = Nothing
    flexPausedUntil = 0
    flexReason = ""
End Sub

Public Function FlexLastReason() As String
    FlexLastReason = flexReason
End Function

Private Function FlexRange(ByVal area As Object) As Variant
    ' Value2 keeps all digits and gives dates as serial numbers. Whole columns end where the sheet ends to be used.
    Dim used As Object
    Dim rowsUsed As Long
    Dim columnsUsed As Long
    If area.Areas.Count > 1 Then
        FlexRange = CVErr(xlErrValue)
        Exit Function
    End If
    If FlexFrom1904(area) Then
        FlexStatus "FlexExtra: this workbook counts dates from 1904; switch that off under File, Options, Advanced."
        FlexRange = CVErr(xlErrValue)
        Exit Function
    End If
    If CDbl(area.Rows.Count) * area.Columns.Count > FLEX_MANY Then
        Set used = area.Worksheet.UsedRange
        FlexRange = Empty
        rowsUsed = used.Row + used.Rows.Count - area.Row
        columnsUsed = used.Column + used.Columns.Count - area.Column
        If rowsUsed < 1 Or columnsUsed < 1 Then Exit Function
        If rowsUsed > area.Rows.Count Then rowsUsed = area.Rows.Count
        If columnsUsed > area.Columns.Count Then columnsUsed = area.Columns.Count
        FlexRange = area.Resize(rowsUsed, columnsUsed).Value2
    Else
        FlexRange = area.Value2
    End If
End Function

Private Function FlexFrom1904(ByVal area As Object) As Boolean
    On Error Resume Next
    FlexFrom1904 = False
    Err.Clear
    If area.Worksheet.Parent.Date1904 Then FlexFrom1904 = (Err.Number = 0)
End Function

Private Function FlexConnect(ByVal gone As Long) As Boolean
    ' What has gone twice may be one that the library gives out again and again: then another one is started.
    Dim reason As String
    Dim first As Long
    If gone > 1 Then first = 1
    FlexConnect = True
    If Not flexHost Is Nothing Then Exit Function
    On Error Resume Next
    Err.Clear
    Set flexHost = FlexStart(reason, first)
    If Err.Number <> 0 Then
        Set flexHost = Nothing
        If reason = "" Then reason = "Python did not start (error " & Err.Number & ")."
    End If
    On Error GoTo 0
    If flexHost Is Nothing Then
        FlexConnect = False
        FlexPause reason
    ElseIf flexReason <> "" Then
        flexReason = ""
        FlexStatus ""
    End If
End Function

Private Sub FlexPause(ByVal reason As String)
    flexReason = reason
    flexPausedUntil = Now + FLEX_PAUSE / 86400
    FlexStatus "FlexExtra: " & reason & " Cells show #N/A for a minute; see Diagnostics."
End Sub

Private Sub FlexStatus(ByVal says As String)
    ' LibreOffice, which calls itself version 11, stops when a file that is being opened sets the status bar.
    On Error Resume Next
    If Val(Application.Version) < 12 Then Exit Sub
    If says = "" Then
        Application.StatusBar = False
    Else
        Application.StatusBar = says
    End If
End Sub

Private Function FlexInWizard() As Boolean
    ' The function wizard calls a function at every key press; its first toolbar button is disabled meanwhile.
    On Error Resume Next
    FlexInWizard = False
    Err.Clear
    If Not Application.CommandBars("Standard").Controls(1).Enabled Then FlexInWizard = (Err.Number = 0)
End Function

Private Function FlexAnswer(ByVal answer As Variant) As Variant
    ' Python's answer as cells: always rows and columns where it is more than one value.
    Dim table() As Variant
    Dim r As Long
    Dim c As Long
    If Not IsArray(answer) Then
        FlexAnswer = FlexCell(answer)
        Exit Function
    End If
    If FlexFlat(answer) Then
        ReDim table(1 To 1, 1 To UBound(answer) - LBound(answer) + 1)
        For c = LBound(answer) To UBound(answer)
            table(1, c - LBound(answer) + 1) = FlexCell(answer(c))
        Next c
    Else
        ReDim table(1 To UBound(answer, 1) - LBound(answer, 1) + 1, 1 To UBound(answer, 2) - LBound(answer, 2) + 1)
        For r = LBound(answer, 1) To UBound(answer, 1)
            For c = LBound(answer, 2) To UBound(answer, 2)
                table(r - LBound(answer, 1) + 1, c - LBound(answer, 2) + 1) = FlexCell(answer(r, c))
            Next c
        Next r
    End If
    FlexAnswer = table
End Function

Private Function FlexFlat(ByVal answer As Variant) As Boolean
    ' Whether an array has one dimension only.
    FlexFlat = True
    On Error Resume Next
    FlexFlat = UBound(answer, 2) < LBound(answer, 2)
End Function

Private Function FlexCell(ByVal item As Variant) As Variant
    ' Numbers come as Double; a Long is the code of a cell error.
    If VarType(item) = vbLong Then
        FlexCell = CVErr(CInt(item And &HFFFF&))
    Else
        FlexCell = item
    End If
End Function
