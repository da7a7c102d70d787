; The installer for Windows: for the person who runs it, without an administrator.
; makensis -DNAME= -DID= -DVERSION= -DNUMBER= -DSTAGE= -DOUT= installer.nsi
Target amd64-unicode
Unicode true
SetCompressor /SOLID lzma
SetCompressorDictSize 64
SetDateSave off
ManifestDPIAware true
RequestExecutionLevel user

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include x64.nsh
!include WinVer.nsh

Name "${NAME}"
OutFile "${OUT}"
; The folder is fixed, so that firewall rules last: /D is not read.
InstallDir ""
BrandingText "${NAME} ${VERSION}"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"

VIProductVersion "${NUMBER}"
VIAddVersionKey /LANG=1033 ProductName "${NAME}"
VIAddVersionKey /LANG=1033 FileDescription "${NAME} Setup"
VIAddVersionKey /LANG=1033 CompanyName "The Lamplighter authors"
VIAddVersionKey /LANG=1033 LegalCopyright "The Lamplighter authors"
VIAddVersionKey /LANG=1033 FileVersion "${NUMBER}"
VIAddVersionKey /LANG=1033 ProductVersion "${VERSION}"
VIAddVersionKey /LANG=2052 ProductName "掌灯 ${NAME}"
VIAddVersionKey /LANG=2052 FileDescription "掌灯 安装程序"
VIAddVersionKey /LANG=2052 CompanyName "The Lamplighter authors"
VIAddVersionKey /LANG=2052 LegalCopyright "The Lamplighter authors"
VIAddVersionKey /LANG=2052 FileVersion "${NUMBER}"
VIAddVersionKey /LANG=2052 ProductVersion "${VERSION}"

!define MUI_ICON "${STAGE}\app.ico"
!define MUI_UNICON "${STAGE}\app.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${STAGE}\side.bmp"
!define MUI_ABORTWARNING
!define MUI_COMPONENTSPAGE_NODESC
!define MUI_FINISHPAGE_RUN "$INSTDIR\${NAME}.exe"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English
!insertmacro MUI_LANGUAGE SimpChinese

LangString Program ${LANG_ENGLISH} "${NAME} (needed)"
LangString Program ${LANG_SIMPCHINESE} "掌灯（必需）"
LangString Desktop ${LANG_ENGLISH} "An icon on the desktop"
LangString Desktop ${LANG_SIMPCHINESE} "桌面图标"
LangString Comment ${LANG_ENGLISH} "Set up classroom boards and switch their lamps"
LangString Comment ${LANG_SIMPCHINESE} "设置课堂上的板子，开关它们的灯"
LangString TooOld ${LANG_ENGLISH} "${NAME} needs Windows 10 or later, 64 bits."
LangString TooOld ${LANG_SIMPCHINESE} "掌灯需要 64 位的 Windows 10 或更高版本。"
LangString Newer ${LANG_ENGLISH} "A newer version is installed on this computer: $0.$\nPut the older version ${VERSION} in its place? Settings that only the newer one knows would not be used."
LangString Newer ${LANG_SIMPCHINESE} "这台电脑上已经装有更新的版本：$0。$\n要换成较旧的版本 ${VERSION} 吗？只有新版本才有的设置将不起作用。"
LangString Writing ${LANG_ENGLISH} "${NAME} is writing to a board just now. Wait until the board is ready, then click Retry."
LangString Writing ${LANG_SIMPCHINESE} "掌灯正在向板子写入程序。请等板子完成后再点“重试”。"
LangString Running ${LANG_ENGLISH} "${NAME} is still running and could not be closed. Close its window, then click Retry."
LangString Running ${LANG_SIMPCHINESE} "掌灯仍在运行，无法自动关闭。请关闭它的窗口，然后点“重试”。"
LangString Kept ${LANG_ENGLISH} "${NAME} was removed. What you made with it (settings, boards, recordings) is still in$\n$APPDATA\Lamplighter"
LangString Kept ${LANG_SIMPCHINESE} "掌灯已卸载。你的设置、板子和录制内容仍保存在$\n$APPDATA\Lamplighter"

; What a silent run ends with, beside 0: 1 stopped, 3 a board is being written,
; 4 the program does not end, 5 a newer version is installed, 6 Windows is too old.
!macro StopWith CODE TEXT
  SetErrorLevel ${CODE}
  ${IfNot} ${Silent}
    MessageBox MB_OK|MB_ICONSTOP "${TEXT}"
  ${EndIf}
  Quit
!macroend

; Ends the running program. The executable that can be renamed runs nowhere.
!macro EndRunning UN
Function ${UN}EndRunning
  ${Do}
    StrCpy $1 0
    ${If} ${FileExists} "$INSTDIR\${NAME}.exe"
      ExecWait '"$INSTDIR\${NAME}.exe" --quit' $1
      ${If} $1 = 0
        ClearErrors
        Delete "$INSTDIR\${NAME}.old"
        Rename "$INSTDIR\${NAME}.exe" "$INSTDIR\${NAME}.old"
        ${If} ${Errors}
          StrCpy $1 4
        ${Else}
          Rename "$INSTDIR\${NAME}.old" "$INSTDIR\${NAME}.exe"
        ${EndIf}
      ${EndIf}
    ${EndIf}
    ${If} $1 = 0
      Return
    ${EndIf}
    ${If} ${Silent}
      SetErrorLevel $1
      Quit
    ${EndIf}
    StrCpy $2 $(Running)
    ${If} $1 = 3
      StrCpy $2 $(Writing)
    ${EndIf}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$2" IDRETRY again
    SetErrorLevel 1
    Quit
    again:
  ${Loop}
FunctionEnd
!macroend
!insertmacro EndRunning ""
!insertmacro EndRunning "un."

Section "$(Program)" SectionProgram
  SectionIn RO
  Call EndRunning
  SetOutPath "$INSTDIR"
  File "${STAGE}\${NAME}.exe"
  File "${STAGE}\THIRD-PARTY-LICENSES.txt"
  ; A second name of an older version's program.
  Delete "$INSTDIR\mesa\${NAME}.exe"
  SetOutPath "$INSTDIR\mesa"
  File "${STAGE}\mesa\*.*"
  SetOutPath "$INSTDIR"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${NAME}.exe" "" "$INSTDIR\${NAME}.exe" 0 SW_SHOWNORMAL "" "$(Comment)"
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  WriteRegStr HKCU "${UNINSTALL}" DisplayName "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" DisplayVersion "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" Publisher "The Lamplighter authors"
  WriteRegStr HKCU "${UNINSTALL}" DisplayIcon "$INSTDIR\${NAME}.exe"
  WriteRegStr HKCU "${UNINSTALL}" InstallLocation "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" UninstallString '"$INSTDIR\Uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" QuietUninstallString '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" NoModify 1
  WriteRegDWORD HKCU "${UNINSTALL}" NoRepair 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL}" EstimatedSize $0
SectionEnd

Section /o "$(Desktop)" SectionDesktop
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\${NAME}.exe" "" "$INSTDIR\${NAME}.exe" 0 SW_SHOWNORMAL "" "$(Comment)"
SectionEnd

Function .onInit
  StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${NAME}"
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    !insertmacro StopWith 6 $(TooOld)
  ${EndIf}
  ${GetParameters} $3
  ClearErrors
  ${GetOptions} $3 "/DESKTOP" $4
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${SectionDesktop}
  ${EndIf}
  ReadRegStr $0 HKCU "${UNINSTALL}" DisplayVersion
  ${If} $0 != ""
    ${VersionCompare} "$0" "${VERSION}" $1
    ${If} $1 = 1
      ${If} ${Silent}
        ClearErrors
        ${GetOptions} $3 "/DOWNGRADE" $4
        ${If} ${Errors}
          SetErrorLevel 5
          Quit
        ${EndIf}
      ${Else}
        MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(Newer)" IDYES downgrade
        SetErrorLevel 5
        Quit
        downgrade:
      ${EndIf}
    ${EndIf}
  ${EndIf}
FunctionEnd

Function un.onInit
  StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${NAME}"
FunctionEnd

Section Uninstall
  Call un.EndRunning
  Delete "$INSTDIR\${NAME}.exe"
  Delete "$INSTDIR\${NAME}.old"
  Delete "$INSTDIR\THIRD-PARTY-LICENSES.txt"
  Delete "$INSTDIR\mesa\${NAME}.exe"
  Delete "$INSTDIR\mesa\opengl32.dll"
  Delete "$INSTDIR\mesa\libgallium_wgl.dll"
  Delete "$INSTDIR\mesa\LICENSE.txt"
  RMDir "$INSTDIR\mesa"
  Delete "$INSTDIR\Uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  ${IfNot} ${Silent}
  ${AndIf} ${FileExists} "$APPDATA\Lamplighter\*.*"
    MessageBox MB_OK|MB_ICONINFORMATION "$(Kept)"
  ${EndIf}
SectionEnd
