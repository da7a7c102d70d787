package topics

import (
	"lamplighter/views/backend"
	"lamplighter/views/ui"
)

// env is what the browser works with: the frame's services, the program's parts,
// and what a person has in hand.
type env struct {
	*ui.Shell
	*backend.Parts
	work *topicWork
}
