package topics

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Bounds of a recording that is read.
const (
	maxLine   = 64 << 20         // bytes of a line
	playBatch = 500              // messages that are handed over at a time
	maxGap    = 10 * time.Minute // a longer silence is shortened to this
)

// ErrRecording says that a file is no recording.
var ErrRecording = errors.New("not a recording")

// Play reads a recording and hands its messages over on the state's goroutine,
// to which post leads: at its own speed where speed is 1, that many times as
// fast otherwise, and as fast as they are taken where it is 0. A line that is
// none is counted as bad. It ends with ctx; it closes in. Done is called last,
// on the state's goroutine.
func Play(ctx context.Context, in io.ReadCloser, speed float64, post func(func()), take func([]Message), done func(read, bad int, err error)) {
	p := &player{ctx: ctx, speed: speed, post: post, take: take}
	go func() {
		err := p.run(in)
		if e := in.Close(); err == nil {
			err = e
		}
		post(func() { done(p.read, p.bad, err) })
	}()
}

type player struct {
	ctx       context.Context
	speed     float64
	post      func(func())
	take      func([]Message)
	read, bad int
	last      time.Time
	batch     []Message
}

func (p *player) run(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<16), maxLine)
	for lines.Scan() {
		m, err := parseLine(lines.Bytes())
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
		if len(p.batch) >= playBatch {
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
	if err := lines.Err(); err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	return nil
}

// pace waits as long as the recording did.
func (p *player) pace(at time.Time) error {
	gap := min(at.Sub(p.last), maxGap)
	first := p.last.IsZero()
	p.last = at
	if p.speed <= 0 || first || gap <= 0 {
		return p.ctx.Err()
	}
	wait := time.Duration(float64(gap) / p.speed)
	if wait < time.Millisecond {
		return p.ctx.Err()
	}
	if err := p.hand(); err != nil {
		return err
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}

// hand waits until what it hands over is taken, so that nothing piles up.
func (p *player) hand() error {
	if len(p.batch) == 0 {
		return p.ctx.Err()
	}
	batch, taken := p.batch, make(chan struct{})
	p.batch = nil
	p.post(func() { p.take(batch); close(taken) })
	select {
	case <-taken:
		return p.ctx.Err()
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}
