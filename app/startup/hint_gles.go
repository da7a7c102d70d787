//go:build (gles || arm || arm64) && !darwin

package startup

import "github.com/go-gl/glfw/v3.4/glfw"

// hint asks for the OpenGL that Fyne asks for on this processor.
func hint() {
	glfw.WindowHint(glfw.ClientAPI, glfw.OpenGLESAPI)
	glfw.WindowHint(glfw.ContextCreationAPI, glfw.EGLContextAPI)
	glfw.WindowHint(glfw.ContextVersionMajor, 2)
	glfw.WindowHint(glfw.ContextVersionMinor, 0)
}
