package topics

import (
	"bufio"
	"errors"
	"io"
	"sync"

	"lamplighter/app/worker"
)

// recordQueue is how many bytes of messages may wait for a slow disk; the last
// one may go beyond it, or a big one would never be taken.
const recordQueue = 16 << 20

// Recorder writes messages to a file on a goroutine of its own. What a slow
// disk can't take is dropped and counted.
type Recorder struct {
	out   io.WriteCloser
	w     *bufio.Writer
	limit int // bytes that may wait
	work  *worker.Queue

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
	return &Recorder{out: out, w: bufio.NewWriterSize(out, 1<<16), limit: recordQueue, work: worker.New()}
}

// add takes a message, from any goroutine, and never blocks.
func (r *Recorder) add(m *Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.err != nil || r.bytes >= r.limit {
		r.dropped++
		return
	}
	r.waiting = append(r.waiting, *m)
	r.bytes += len(m.Topic) + len(m.Payload) + waitingCost
	if len(r.waiting) == 1 {
		r.work.Do(r.write)
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
	r.work.Do(func() {
		r.fail(r.out.Close())
		_, _, err := r.Stats()
		done(err)
	})
	r.work.Close(0)
}

// write writes what waits.
func (r *Recorder) write() {
	r.mu.Lock()
	batch := r.waiting
	r.waiting, r.bytes = nil, 0
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
			_, err = r.w.Write(text)
		}
		if err != nil {
			r.fail(err)
			break
		}
		n++
	}
	r.fail(r.w.Flush())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.written += n
	r.dropped += uint64(len(batch)) - n
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
