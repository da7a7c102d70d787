package topics

import (
	"lamplighter/views/backend"
	"lamplighter/views/ui"
)

// desk is what the browser works with: the frame's services, the program's parts,
// and what a person has in hand.
type desk struct {
	*ui.Shell
	*backend.Parts
	work *topicWork
}
