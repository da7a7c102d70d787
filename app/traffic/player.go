package traffic

import (
	"context"
	"errors"
	"io"
	"time"

	"lamplighter/app/link"
	"lamplighter/app/topics"
	"lamplighter/app/watch"
)

// playedTime is how often Changed is raised at most while a recording is played.
const playedTime = 250 * time.Millisecond

// PlayerState is how a recording that is played stands.
type PlayerState struct {
	Replay bool   // it is published; else it is only read into the tree
	Busy   bool   // it goes on
	Count  uint64 // messages that were taken
	Bad    int    // lines that are no message, known at the end
	Err    error  // why it ended early, context.Canceled where a person ended it
}

// Player plays recordings, one at a time.
type Player struct {
	// Changed is raised when State has another answer, a few times a second.
	Changed watch.Signal

	conn  Connection
	tree  *topics.Tree
	post  func(func())
	state PlayerState
	run   int // number of the recording that state is of
	stop  context.CancelFunc
}

// NewPlayer makes a player for a tree and a connection.
func NewPlayer(c Connection, tree *topics.Tree, post func(func())) *Player {
	return &Player{conn: c, tree: tree, post: post, stop: func() {}}
}

// State is how it stands.
func (p *Player) State() PlayerState { return p.state }

// Stop ends what is played.
func (p *Player) Stop() { p.stop() }

// Import reads a recording into the tree, each message at its time; nothing is
// published. What was retained then is not shown as retained now, for today's broker
// may not keep it. It closes r.
func (p *Player) Import(r io.ReadCloser) {
	p.play(r, 0, false, func(batch []topics.Message) (int, error) {
		for i := range batch {
			batch[i].Retained, batch[i].Past = false, true
		}
		p.tree.Receive(batch, 0)
		return len(batch), nil
	})
}

// Replay publishes a recording, speed times as fast as it was made, or as fast as
// the connection takes it where speed is 0. Nothing is published as retained: a
// retained command would reach a lamp again and again. It closes r.
func (p *Player) Replay(r io.ReadCloser, speed float64) {
	p.play(r, speed, true, func(batch []topics.Message) (int, error) {
		for i, m := range batch {
			err := p.conn.PublishMessage(m.Topic, m.Payload, m.QoS, false)
			if errors.Is(err, link.ErrFull) {
				return i, nil // the others come again
			}
			if err != nil {
				return i, err
			}
		}
		return len(batch), nil
	})
}

func (p *Player) play(r io.ReadCloser, speed float64, replay bool, take func([]topics.Message) (int, error)) {
	p.stop()
	ctx, cancel := context.WithCancel(context.Background())
	p.stop, p.state = cancel, PlayerState{Replay: replay, Busy: true}
	p.run++
	run := p.run
	p.Changed.Raise()
	told := time.Now()
	var failed error
	topics.Play(ctx, r, speed, p.post, func(batch []topics.Message) int {
		if ctx.Err() != nil { // as for every recording but the newest
			return 0
		}
		n, err := take(batch)
		p.state.Count += uint64(n)
		if failed = err; err != nil {
			cancel()
		} else if now := time.Now(); now.Sub(told) > playedTime {
			told = now
			p.Changed.Raise()
		}
		return n
	}, func(_, bad int, err error) {
		cancel()
		if run != p.run {
			return
		}
		if failed != nil {
			err = failed
		}
		p.state.Busy, p.state.Bad, p.state.Err = false, bad, err
		p.Changed.Raise()
	})
}
