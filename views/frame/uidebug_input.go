//go:build uidebug

package frame

import (
	"fmt"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// markerKey is typed by a test behind its keys. It reaches no widget: that it came
// means that all keys before it have been handled.
const markerKey = glfw.KeyPause

// inputCount counts what the window has taken from the keyboard and the mouse.
type inputCount struct {
	Markers int `json:"markers"` // marker keys
	Clicks  int `json:"clicks"`  // mouse buttons that were let go
	// Focus is what has the keyboard, in sight or not.
	Focus  string `json:"focus"`
	hooked bool
}

// of gives the counts since its first call, which needs a window that is on the screen.
func (n *inputCount) of(w *Window) inputCount {
	if !n.hooked {
		n.hooked = true
		n.hook(w)
	}
	n.Focus = "nothing"
	if o, ok := w.Win.Canvas().Focused().(fyne.CanvasObject); ok {
		n.Focus = fmt.Sprintf("%T %q at %v, visible %v", o, textOf(o), fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Visible())
	}
	return *n
}

// hook puts the counters around Fyne's own callbacks.
func (n *inputCount) hook(w *Window) {
	drawn, ok := w.Win.(interface{ RunWithContext(f func()) })
	if !ok {
		return // a window without a screen
	}
	drawn.RunWithContext(func() {
		win := glfw.GetCurrentContext()
		key := win.SetKeyCallback(nil)
		win.SetKeyCallback(func(win *glfw.Window, k glfw.Key, code int, action glfw.Action, mods glfw.ModifierKey) {
			if k != markerKey {
				key(win, k, code, action, mods)
			} else if action == glfw.Press {
				n.Markers++
			}
		})
		click := win.SetMouseButtonCallback(nil)
		win.SetMouseButtonCallback(func(win *glfw.Window, b glfw.MouseButton, action glfw.Action, mods glfw.ModifierKey) {
			click(win, b, action, mods)
			if action == glfw.Release {
				n.Clicks++
			}
		})
	})
}
