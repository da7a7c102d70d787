package repl

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/device/fault"
)

// parrot is a line that answers everything with the same bytes.
type parrot struct {
	say  []byte
	asks chan struct{}
}

func (p *parrot) Read(b []byte) (int, error) {
	select {
	case <-p.asks:
		return copy(b, p.say), nil
	case <-time.After(20 * time.Millisecond):
		return 0, nil
	}
}

func (p *parrot) Write(b []byte) (int, error) {
	select {
	case p.asks <- struct{}{}:
	default:
	}
	return len(b), nil
}

func FuzzReplyNeverPanicsHangsOrGrows(f *testing.F) {
	for _, s := range []string{
		"OK1\r\n\x04\x04>", "OK\x04\x00\xff\x04\x04>", "\x04Traceback (most recent call last)\r\nOSError: 28\r\n\x04>",
		"R\x01\x80\x00\x01", "R\x01\x00\x00", "R\x00>", "raw REPL; CTRL-B to exit\r\n>", "OKbye\r\n\x04\x04MPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>",
		"ets Jun  8 2016\r\nrst:0x1\r\n>>> ", "OK\x060\x07\x06125\x07\x04\x04>", "OK2\r\n\x04\x04>", "\x04\x04KeyboardInterrupt: \r\n\x04>", "\x06999999999\x07OK",
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, say []byte, old bool) {
		const limit = 512
		p := newReply(old, limit)
		for _, c := range say {
			p.feed([]byte{c})
			p.restarted()
		}
		p.lax()
		if p.done && len(p.out)+len(p.err) > limit+len(rawBanner)+1 && !p.soft {
			t.Fatalf("a reply of %d bytes", len(p.out))
		}
		synctest.Test(t, func(t *testing.T) { askParrot(t, say, old, limit) })
	})
}

// askParrot runs a script and a stream on a line that talks nonsense.
func askParrot(t *testing.T, say []byte, old bool, limit int) {
	t.Helper()
	r := &REPL{w: newSerialLine(&parrot{say, make(chan struct{}, 8)}), raw: true, o: Options{Baud: 115200, MaxReply: limit, Patience: slot}}
	if old {
		r.paste = no
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	const bound = 5 * time.Second
	start := time.Now()
	ctx, done := context.WithTimeout(t.Context(), bound)
	defer done()
	out, err := r.Exec(ctx, "print(1)")
	checkParrot(t, out, err, limit)
	r.streamMode, r.asked, r.helpers, r.raw = byBytes, true, true, true
	out, err = r.Stream(ctx, Sink{Begin: "a", Each: "b", End: "c"}, make([]byte, 300), nil)
	checkParrot(t, out, err, limit)
	if d := time.Since(start); d > bound+2*stopTime+time.Second {
		t.Fatal("it took", d)
	}
}

func checkParrot(t *testing.T, out []byte, err error, limit int) {
	t.Helper()
	var fault *fault.Error
	var raised *ScriptError
	if err != nil && !errors.As(err, &fault) && !errors.As(err, &raised) {
		t.Fatalf("%v is no typed error", err)
	}
	if len(out) > limit+len(rawBanner) {
		t.Fatalf("a reply of %d bytes", len(out))
	}
}
