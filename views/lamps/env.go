package lamps

import (
	"lamplighter/views/backend"
	"lamplighter/views/ui"
)

// env is what the page works with: the frame's services, and the program's parts.
type env struct {
	*ui.Shell
	*backend.Parts
}
