package frame

import (
	"syscall"

	"fyne.io/fyne/v2/driver"
)

// Win32: ShowWindow's command that brings a minimised window back.
const swRestore = 9

var (
	user32     = syscall.NewLazyDLL("user32.dll")
	isIconic   = user32.NewProc("IsIconic")
	showWindow = user32.NewProc("ShowWindow")
)

// unminimise brings a minimised window back. On Windows the toolkit's own Show
// leaves it minimised (GLFW shows it as it is).
func (w *Window) unminimise() {
	native, ok := w.Win.(driver.NativeWindow)
	if !ok {
		return
	}
	native.RunNative(func(context any) {
		c, ok := context.(driver.WindowsWindowContext)
		if !ok {
			return
		}
		if minimised, _, _ := isIconic.Call(c.HWND); minimised != 0 {
			_, _, _ = showWindow.Call(c.HWND, swRestore)
		}
	})
}
