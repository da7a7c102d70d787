package topics

import (
	"bufio"
	"errors"
	"io"
	"sync"

	"lamplighter/device/crash"
)

// recordQueue is how many bytes of messages may wait for a slow disk; the last
// one may go beyond it, or a big one would never be taken.
const recordQueue = 16 << 20

// Recorder writes messages to a file on a goroutine of its own. What a slow
// disk can't take is dropped and counted.
type Recorder struct {
	out   io.WriteCloser
	limit int // bytes that may wait
	wake  chan struct{}
	done  chan struct{}

	mu      sync.Mutex
	waiting []Message
	bytes   int
	written uint64
	dropped uint64
	err     error
	closed  bool
}

// Record begins to write. The recorder closes out.
func Record(out io.WriteCloser) *Recorder {
	r := &Recorder{out: out, limit: recordQueue, wake: make(chan struct{}, 1), done: make(chan struct{})}
	crash.Go(r.run)
	return r
}

// put takes a message, from any goroutine, and never blocks.
func (r *Recorder) put(m *Message) {
	n := len(m.Topic) + len(m.Payload) + waitingCost
	r.mu.Lock()
	if r.closed || r.err != nil || r.bytes >= r.limit {
		r.dropped++
	} else {
		r.waiting = append(r.waiting, *m)
		r.bytes += n
	}
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Stats tells how many messages are in the file, how many were dropped, and
// what went wrong, if anything.
func (r *Recorder) Stats() (written, dropped uint64, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.written, r.dropped, r.err
}

// Close ends the recording; done is called, on another goroutine, when
// everything is on the disk.
func (r *Recorder) Close(done func(error)) {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
	crash.Go(func() {
		<-r.done
		_, _, err := r.Stats()
		done(err)
	})
}

func (r *Recorder) run() {
	defer close(r.done)
	w := bufio.NewWriterSize(r.out, 1<<16)
	for range r.wake {
		ended := r.write(w)
		if err := w.Flush(); err != nil {
			r.fail(err)
		}
		if ended {
			break
		}
	}
	r.fail(r.out.Close())
}

// write writes what waits, and tells whether that was the last.
func (r *Recorder) write(w io.Writer) (ended bool) {
	r.mu.Lock()
	batch := r.waiting
	r.waiting, r.bytes = nil, 0
	ended = r.closed
	failed := r.err != nil
	r.mu.Unlock()
	var text []byte
	n := uint64(0)
	for _, m := range batch {
		if failed {
			break
		}
		var err error
		if text, err = appendLine(text[:0], m); err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			r.fail(err)
			break
		}
		n++
	}
	r.mu.Lock()
	r.written += n
	r.dropped += uint64(len(batch)) - n
	r.mu.Unlock()
	return ended
}

func (r *Recorder) fail(err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	r.err = errors.Join(r.err, err)
	r.mu.Unlock()
}

// SetRecorder lets a recorder hear every message that is received from now on,
// during a pause too; nil lets none.
func (t *Tree) SetRecorder(r *Recorder) {
	t.recorder = r
	t.Changed.Raise()
}

// Recorder is the one that hears, or nil.
func (t *Tree) Recorder() *Recorder { return t.recorder }
