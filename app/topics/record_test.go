package topics

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

// recording is a file in memory.
type recording struct{ bytes.Buffer }

func (*recording) Close() error { return nil }

func TestABigMessageIsRecordedThoughOthersWaitAlready(t *testing.T) {
	f := &recording{}
	r := Record(f)
	r.limit = 1000
	big := Message{Topic: "big", Payload: bytes.Repeat([]byte("<&\n"), maxPlain), At: time.Unix(1, 0)}
	r.add(&big)
	done := make(chan error)
	r.Close(func(err error) { done <- err })
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if written, dropped, _ := r.Stats(); written != 1 || dropped != 0 {
		t.Fatalf("%d written, %d dropped", written, dropped)
	}
	if n := f.Len(); n > len(big.Payload)*3/2 {
		t.Errorf("the file has %d bytes", n)
	}
	if m, err := parseLine(f.Bytes()); err != nil || m.Topic != big.Topic || !bytes.Equal(m.Payload, big.Payload) {
		t.Errorf("it is read as %.20q %v", m.Topic, err)
	}
}

func TestALineThatIsTooLongTakesNoMemory(t *testing.T) {
	l := newLines(strings.NewReader("{1}\n{"+strings.Repeat("x", 300_000)+"}\n \n"+strings.Repeat("y", 200_000)+"\n\t{2}\r\n{3"), 100_000)
	var got []string
	for l.next() {
		if got = append(got, string(l.text)); cap(l.buf) > 250_000 {
			t.Errorf("it takes %d bytes", cap(l.buf))
		}
	}
	if !slices.Equal(got, []string{"{1}", "", "", "{2}", "{3"}) || l.err != nil {
		t.Errorf("%.50q %v", got, l.err)
	}
}
