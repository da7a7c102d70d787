package startup

import "golang.org/x/sys/windows"

const (
	adviceEnglish = "install the graphics driver of the computer's maker (Windows' own one is not enough), and restart; or start it at the computer itself and not over Remote Desktop."
	adviceChinese = "安装电脑厂商提供的显卡驱动（Windows 自带的不够），然后重新启动；或者直接在这台电脑上启动，不要通过远程桌面。"
)

func showMessage(text string) { box(text, windows.MB_OK|windows.MB_ICONERROR) }

func ask(text string) bool {
	const yes = 6 // IDYES
	return box(text, windows.MB_YESNO|windows.MB_ICONQUESTION) == yes
}

// box shows a message until it is closed, and returns which button closed it.
func box(text string, style uint32) int32 {
	t, err := windows.UTF16PtrFromString(text)
	title, titleErr := windows.UTF16PtrFromString(Title)
	if err != nil || titleErr != nil {
		return 0
	}
	got, _ := windows.MessageBox(0, t, title, style|windows.MB_SETFOREGROUND|windows.MB_TOPMOST)
	return got
}
