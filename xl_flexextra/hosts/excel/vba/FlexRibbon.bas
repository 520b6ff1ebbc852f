Option Explicit
' The group on the ribbon. It works on the workbook in front, and says so where there is none.

Public Sub FlexRibbonRefresh(ByVal control As Object)
    If Not FlexFront() Is Nothing Then FlexRefreshIn FlexFront()
End Sub

Public Sub FlexRibbonTieOut(ByVal control As Object)
    If Not FlexFront() Is Nothing Then FlexActIn FlexFront(), "tie_out"
End Sub

Public Sub FlexRibbonExportPdf(ByVal control As Object)
    If Not FlexFront() Is Nothing Then FlexActIn FlexFront(), "export_pdf"
End Sub

Public Sub FlexRibbonRestoreLast(ByVal control As Object)
    If Not FlexFront() Is Nothing Then FlexActIn FlexFront(), "restore_last"
End Sub

Public Sub FlexRibbonReconnect(ByVal control As Object)
    If Not FlexFront() Is Nothing Then FlexReconnectIn FlexFront()
End Sub

Public Sub FlexRibbonDiagnostics(ByVal control As Object)
    If Not FlexFront() Is Nothing Then FlexDiagnosticsIn FlexFront()
End Sub

Public Sub FlexRibbonHelp(ByVal control As Object)
    Dim place As String
    FlexDescribe
    place = FlexSetting("HELP")
    If FlexIsFile(place) Then
        ThisWorkbook.FollowHyperlink place
    Else
        MsgBox "There is no help page " & place & "; run: xl-flexextra excel install.", vbExclamation, "FlexExtra"
    End If
End Sub

Private Function FlexFront() As Workbook
    ' The workbook in front; none in Protected View or where only add-ins are open.
    Dim book As Workbook
    Set book = Application.ActiveWorkbook
    Set FlexFront = book
    If book Is Nothing Then MsgBox "Open a workbook for editing first.", vbExclamation, "FlexExtra"
End Function
