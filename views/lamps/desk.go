package lamps

import (
	"lamplighter/views/backend"
	"lamplighter/views/ui"
)

// desk is what the page works with: the frame's services, and the program's parts.
type desk struct {
	*ui.Shell
	*backend.Parts
}
