package traffic

import (
	"errors"
	"slices"
	"time"

	"lamplighter/app/link"
	"lamplighter/app/topics"
	"lamplighter/app/watch"
	"lamplighter/app/worker"
	"lamplighter/device/fault"
)

// Retained messages are erased some at a time, so that neither the connection nor
// a weak broker chokes.
const (
	eraseStep  = 50
	erasePause = 100 * time.Millisecond
	// eraseDoubt is for how long a connection may be dead before that is seen (the
	// keep-alive and the wait for its answer): what was sent in that time may not
	// have come, and is sent again on the next connection.
	eraseDoubt = 45 * time.Second
	// eraseProof is how long the connection must live after the last one.
	eraseProof = time.Second
)

// EraserPhase is how an Eraser's work stands.
type EraserPhase int

// The phases of an Eraser.
const (
	EraserIdle    EraserPhase = iota // there is nothing to show
	EraserWorking                    // until it ends or is halted
	EraserStuck                      // Err says why; Retry goes on
	EraserEnded                      // until it is dismissed
)

// EraserState is what a person sees of an Eraser.
type EraserState struct {
	Phase     EraserPhase
	Undo      bool // what was erased is being put back
	Done, All int  // messages
	Err       error
}

// Eraser has a broker forget retained messages, and puts them back.
type Eraser struct {
	// Changed is raised when State has another answer.
	Changed watch.Signal

	conn Connection
	tree *topics.Tree
	post func(func())
	work erasing
	next []topics.RetainedMessage // to be erased once this has ended
}

// erasing is one piece of an Eraser's work.
type erasing struct {
	EraserState
	list []topics.RetainedMessage
	most int // that were ever done
	sure int // how many need not be sent again where the connection is lost
	sent []sentSome
	stop func()
}

// sentSome says how many were done at a time.
type sentSome struct {
	at   time.Time
	done int
}

// NewEraser makes an eraser that publishes to c.
func NewEraser(c Connection, tree *topics.Tree, post func(func())) *Eraser {
	return &Eraser{conn: c, tree: tree, post: post}
}

// State is how it stands.
func (e *Eraser) State() EraserState { return e.work.EraserState }

// Erase begins to erase, or goes on with more. What was erased before and can still
// be put back can be put back with it.
func (e *Eraser) Erase(list []topics.RetainedMessage) {
	w := &e.work
	ended := w.Phase == EraserIdle || w.Phase == EraserEnded
	switch {
	case w.Phase == EraserIdle || ended && w.Undo:
		e.start(erasing{list: slices.Clone(list)})
	case w.Undo:
		e.next = append(e.next, list...)
	case ended:
		e.start(erasing{list: slices.Concat(w.list, list), EraserState: EraserState{Done: w.Done}})
	default:
		w.list = append(w.list, list...)
		w.All = len(w.list)
	}
}

// Undo gives the broker again what may have been erased, and nothing else: what is
// there may be newer.
func (e *Eraser) Undo() {
	e.pause()
	if e.work.Phase == EraserStuck && !e.work.Undo {
		e.work.list = e.work.list[:e.work.most]
	}
	e.start(erasing{list: e.work.list, EraserState: EraserState{Undo: true}})
}

// Retry goes on after a failure.
func (e *Eraser) Retry() { e.step() }

// Stop leaves the rest as it is. What may have been erased can be put back.
func (e *Eraser) Stop() {
	w := &e.work
	e.pause()
	w.list, w.Done = w.list[:w.most], w.most
	e.end()
}

// pause takes no further step.
func (e *Eraser) pause() {
	if e.work.stop != nil {
		e.work.stop()
		e.work.stop = nil
	}
}

// Dismiss takes away what is told of it, and leaves what is not done yet.
func (e *Eraser) Dismiss() {
	e.pause()
	e.next = nil
	e.work = erasing{}
	e.Changed.Raise()
}

func (e *Eraser) start(w erasing) {
	w.sure, w.most, w.All = w.Done, w.Done, len(w.list)
	e.work = w
	e.step()
}

// step publishes some, and goes on after a pause.
func (e *Eraser) step() {
	w := &e.work
	w.stop, w.Err, w.Phase = nil, nil, EraserWorking
	if w.Done == len(w.list) {
		e.finish()
		return
	}
	for range min(eraseStep, len(w.list)-w.Done) {
		err := e.publish(w.list[w.Done])
		if errors.Is(err, link.ErrFull) {
			break // it comes with the next ones
		}
		if err != nil {
			e.fail(err)
			return
		}
		w.Done++
	}
	w.most = max(w.most, w.Done)
	w.sent = append(w.sent, sentSome{time.Now(), w.Done})
	pause := erasePause
	if w.Done == len(w.list) {
		pause = eraseProof
	}
	w.stop = worker.After(pause, e.post, e.step)
	e.Changed.Raise()
}

func (e *Eraser) publish(k topics.RetainedMessage) error {
	payload := k.Payload
	if !e.work.Undo {
		payload = nil
	}
	return Publish(e.conn, e.tree, topics.Draft{Topic: k.Topic, Payload: payload, QoS: max(k.QoS, 1), Retained: true})
}

// finish ends it, where the connection lives still.
func (e *Eraser) finish() {
	if !e.conn.Online() {
		e.fail(&fault.Error{Fault: fault.Unreachable, Op: "publish", Err: link.ErrOffline})
		return
	}
	e.end()
}

func (e *Eraser) end() {
	e.work.Phase, e.work.Err, e.work.sent = EraserEnded, nil, nil
	e.work.All = len(e.work.list)
	if list := e.next; len(list) > 0 {
		e.next = nil
		e.start(erasing{list: list})
		return
	}
	e.Changed.Raise()
}

// fail waits for Retry, which begins again with what may have been lost on its way.
func (e *Eraser) fail(err error) {
	w := &e.work
	doubt := time.Now().Add(-eraseDoubt)
	for len(w.sent) > 0 && w.sent[0].at.Before(doubt) {
		w.sure, w.sent = w.sent[0].done, w.sent[1:]
	}
	w.Done, w.sent = w.sure, nil
	w.Phase, w.Err = EraserStuck, err
	e.Changed.Raise()
}
