package topics

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"lamplighter/device/crash"
)

// Bounds of a recording that is read.
const (
	maxLine   = 192 << 20        // bytes of a line: a payload of 140 MB
	playBatch = 500              // messages that are handed over at a time,
	playBytes = 4 << 20          // or so many bytes of them; the last one may go beyond it
	maxGap    = 10 * time.Minute // a longer silence is shortened to this
	maxLate   = time.Second      // what is later than this is not caught up
	fullWait  = 20 * time.Millisecond
)

// ErrRecording says that a file is no recording.
var ErrRecording = errors.New("not a recording")

// Play reads a recording and hands its messages over on the state's goroutine,
// to which post leads: at its own speed where speed is 1, that many times as
// fast otherwise, and as fast as they are taken where it is 0. Take tells how many
// it took; the others are handed over again 20 ms later. A line that is none is
// counted as bad. It ends with ctx; it closes in. Done is called last, on the
// state's goroutine.
func Play(ctx context.Context, in io.ReadCloser, speed float64, post func(func()), take func([]Message) int, done func(read, bad int, err error)) {
	p := &player{ctx: ctx, speed: speed, post: post, receive: take, began: time.Now()}
	crash.Go(func() {
		err := p.run(in)
		if e := in.Close(); err == nil {
			err = e
		}
		post(func() { done(p.read, p.bad, err) })
	})
}

type player struct {
	ctx       context.Context
	speed     float64
	post      func(func())
	receive   func([]Message) int
	read, bad int
	last      time.Time // of the message before, when it was recorded
	began     time.Time
	due       time.Duration // of the next message, after began
	batch     []Message
	bytes     int64 // of batch
}

func (p *player) run(in io.Reader) error {
	lines := newLines(in, maxLine)
	for lines.next() {
		m, err := parseLine(lines.text)
		if err != nil {
			if p.bad++; p.read == 0 && p.bad >= 20 {
				return ErrRecording
			}
			continue
		}
		if err := p.pace(m.At); err != nil {
			return err
		}
		p.read++
		p.batch = append(p.batch, m)
		p.bytes += waits(&m)
		if len(p.batch) >= playBatch || p.bytes >= playBytes {
			if err := p.hand(); err != nil {
				return err
			}
		}
	}
	if err := p.hand(); err != nil {
		return err
	}
	if p.read == 0 && p.bad > 0 {
		return ErrRecording
	}
	if lines.err != nil {
		return fmt.Errorf("recording: %w", lines.err)
	}
	return nil
}

// pace waits as long as the recording did. Each message is due at a time of its
// own, so that gaps too short to wait for and the time that handing over takes
// add up to nothing.
func (p *player) pace(at time.Time) error {
	gap := min(at.Sub(p.last), maxGap)
	first := p.last.IsZero()
	if gap > 0 {
		p.last = at // a message that stands out of its order makes nobody wait twice
	}
	if p.speed <= 0 || first || gap <= 0 {
		return p.ctx.Err()
	}
	p.due += time.Duration(float64(gap) / p.speed)
	if p.untilDue() < time.Millisecond {
		return p.ctx.Err()
	}
	if err := p.hand(); err != nil {
		return err
	}
	wait := p.untilDue()
	if wait < -maxLate {
		p.began = p.began.Add(-wait)
	}
	return p.sleep(wait)
}

func (p *player) untilDue() time.Duration { return p.due - time.Since(p.began) }

func (p *player) sleep(d time.Duration) error {
	if d <= 0 {
		return p.ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}

// hand waits until all that it hands over is taken, so that nothing piles up.
func (p *player) hand() error {
	for len(p.batch) > 0 {
		batch, taken := p.batch, make(chan int, 1)
		p.post(func() { taken <- p.receive(batch) })
		select {
		case n := <-taken:
			p.batch = batch[n:]
		case <-p.ctx.Done():
			return p.ctx.Err()
		}
		if len(p.batch) == 0 {
			break
		}
		if err := p.sleep(fullWait); err != nil {
			return err
		}
	}
	p.batch, p.bytes = nil, 0
	return p.ctx.Err()
}
