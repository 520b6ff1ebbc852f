Option Explicit
' Where Python is, and how it is started: one Python for all workbooks, from the settings that the install wrote.
' Nothing of the workbook's place goes into the command, so a stray file beside the workbook cannot get in.

#If VBA7 Then
    #If Win64 Then
        Private Declare PtrSafe Function FlexActivate Lib "@DLL64@" Alias "XLPyDLLActivateAuto" (ByRef answer As Variant, ByVal command As String, ByVal mode As Long) As Long
    #Else
        Private Declare PtrSafe Function FlexActivate Lib "@DLL32@" Alias "XLPyDLLActivateAuto" (ByRef answer As Variant, ByVal command As String, ByVal mode As Long) As Long
    #End If
    Private Declare PtrSafe Function FlexLoad Lib "kernel32" Alias "LoadLibraryA" (ByVal place As String) As LongPtr
#Else
    Private Declare Function FlexActivate Lib "@DLL32@" Alias "XLPyDLLActivateAuto" (ByRef answer As Variant, ByVal command As String, ByVal mode As Long) As Long
    Private Declare Function FlexLoad Lib "kernel32" Alias "LoadLibraryA" (ByVal place As String) As Long
#End If

Private Const FLEX_COMMAND_LIMIT As Long = @LIMIT@
Private Const FLEX_STARTS As Long = @STARTS@

Public Function FlexStart(ByRef reason As String, ByVal first As Long) As Object
    ' The server object, or Nothing and the reason. A blank more in the command is a server of its own (first: how many).
    Dim python As String
    Dim command As String
    Dim answer As Variant
    Dim blanks As Long
    #If Mac Then
        reason = "Worksheet functions need Excel for Windows."
        Exit Function
    #End If
    python = FlexSetting("PYTHON")
    command = FlexServerCommand(python)
    If python = "" Then
        reason = "The settings " & FlexSettingsFile() & " are missing; run: xl-flexextra excel install."
    ElseIf Not FlexIsFile(python) Then
        reason = "There is no " & python & "; run: xl-flexextra excel install."
    ElseIf Len(command) > FLEX_COMMAND_LIMIT Then
        reason = "The path of Python is too long; install it under a short path."
    ElseIf Not FlexLibrary(FlexSetting("DLL")) Then
        reason = FlexLibraryName() & " does not load; run: xl-flexextra excel doctor."
    Else
        For blanks = first To first + FLEX_STARTS - 1
            If FlexActivate(answer, command & Space$(blanks), 1) = 0 Then
                Set FlexStart = answer
                Exit Function
            End If
            If Not FlexHasGone(answer) Then Exit For
        Next blanks
        reason = "Python started and stopped; run: xl-flexextra excel doctor."
    End If
End Function

Private Function FlexHasGone(ByVal answer As Variant) As Boolean
    ' Whether the library met a server of this command that has ended, and that Windows still knows.
    Dim place As Long
    If VarType(answer) <> vbString Then Exit Function
    place = InStrRev(answer, "hr = ")
    If place = 0 Then Exit Function
    Select Case Val(Mid$(answer, place + 5))
        Case @GONE@
            FlexHasGone = True
    End Select
End Function

Public Function FlexServerCommand(ByVal python As String) As String
    FlexServerCommand = "cmd.exe /C " & Chr(34) & Chr(34) & python & Chr(34) & " -I -B -c " & Chr(34) & "@SERVE@" & Chr(34) & Chr(34)
End Function

Public Function FlexButtonCommand(ByVal python As String, ByVal action As String, ByVal bookName As String, ByVal window As String, ByVal chosen As String, ByVal answerFile As String) As String
    FlexButtonCommand = Chr(34) & python & Chr(34) & " -I -B -c " & Chr(34) & "@BUTTON@" & Chr(34) & " " & Chr(34) & "--wb=" & bookName & Chr(34) & " --from_xl=1 --hwnd=" & window & " --action=" & action & " " & Chr(34) & "--file=" & chosen & Chr(34) & " " & Chr(34) & "--answer=" & answerFile & Chr(34)
End Function

Public Function FlexSettingsFile() As String
    ' The user's own settings, else those of the machine.
    Dim own As String
    Dim common As String
    own = Environ("LOCALAPPDATA") & "\@FOLDER@\@CONF@"
    common = Environ("ProgramData") & "\@FOLDER@\@CONF@"
    If FlexIsFile(own) Or Not FlexIsFile(common) Then
        FlexSettingsFile = own
    Else
        FlexSettingsFile = common
    End If
End Function

Public Function FlexSetting(ByVal wanted As String) As String
    ' One line NAME=value of the settings; nothing where there is none.
    Dim place As String
    Dim channel As Integer
    Dim text As String
    place = FlexSettingsFile()
    If Not FlexIsFile(place) Then Exit Function
    channel = FreeFile
    Open place For Input As #channel
    Do While Not EOF(channel)
        Line Input #channel, text
        If Left$(text, Len(wanted) + 1) = wanted & "=" Then FlexSetting = Mid$(text, Len(wanted) + 2)
    Loop
    Close #channel
End Function

Public Function FlexIsFile(ByVal place As String) As Boolean
    Dim kind As Long
    If place = "" Then Exit Function
    kind = vbDirectory
    On Error Resume Next
    kind = GetAttr(place)
    FlexIsFile = (kind And vbDirectory) = 0
End Function

Public Function FlexLibraryName() As String
    #If Win64 Then
        FlexLibraryName = "@DLL64@"
    #Else
        FlexLibraryName = "@DLL32@"
    #End If
End Function

Private Function FlexLibrary(ByVal folder As String) As Boolean
    ' Once loaded by its full path, the library is found by its bare name.
    FlexLibrary = FlexLoad(folder & "\" & FlexLibraryName()) <> 0
End Function
