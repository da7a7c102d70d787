package views

// desk is what a page works with: the parts of the program, and the frame's
// services.
type desk struct {
	*shell
	*Parts
	work *topicWork
}
