package traffic

import (
	"io"
	"time"

	"lamplighter/app/topics"
	"lamplighter/app/watch"
	"lamplighter/app/worker"
)

// recordedTime is how often a recording tells how far it is.
const recordedTime = time.Second

// RecordingState is how a recording stands.
type RecordingState struct {
	Busy, Ended      bool
	Written, Dropped uint64 // messages; a slow disk drops some
	Err              error
}

// Recording writes every message that a tree receives into a file.
type Recording struct {
	// Changed is raised when State has another answer, once a second.
	Changed watch.Signal

	tree  *topics.Tree
	post  func(func())
	out   *topics.Recorder // nil where nothing is recorded
	state RecordingState
	stop  func() // of the clock, while it is being recorded
}

// NewRecording makes a recording of a tree, which Start begins.
func NewRecording(tree *topics.Tree, post func(func())) *Recording {
	return &Recording{tree: tree, post: post, stop: func() {}}
}

// State is how it stands.
func (r *Recording) State() RecordingState { return r.state }

// Start begins to write into out, which the recording closes; one that was going on
// ends.
func (r *Recording) Start(out io.WriteCloser) {
	r.Stop()
	r.out, r.state = topics.Record(out), RecordingState{Busy: true}
	r.tree.SetRecorder(r.out)
	r.update()
}

// update sees how far it is, and ends it where the file takes no more.
func (r *Recording) update() {
	r.state.Written, r.state.Dropped, r.state.Err = r.out.Stats()
	if r.state.Err != nil {
		r.state.Busy, r.state.Ended = false, true
		r.end().Close(func(error) {})
	} else {
		r.stop = worker.After(recordedTime, r.post, r.update)
	}
	r.Changed.Raise()
}

// end lets no more messages come.
func (r *Recording) end() *topics.Recorder {
	out := r.out
	r.stop()
	r.tree.SetRecorder(nil)
	r.out = nil
	return out
}

// Stop ends the recording; Changed is raised once all is on the disk.
func (r *Recording) Stop() {
	if r.out == nil {
		return
	}
	out := r.end()
	out.Close(func(err error) {
		r.post(func() {
			if r.out != nil {
				return // another one has begun
			}
			r.state.Written, r.state.Dropped, _ = out.Stats()
			r.state.Busy, r.state.Ended, r.state.Err = false, true, err
			r.Changed.Raise()
		})
	})
}
