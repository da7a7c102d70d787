package topics

import (
	"bufio"
	"encoding/binary"
	"io"
	"slices"
)

// Form is a form of file.
type Form int

// The forms of an export.
const (
	JSONLines Form = iota // exact; can be imported and replayed
	CSV                   // for a spreadsheet
)

// exportStep is how many messages are read from the tree at a time.
const exportStep = 2000

// Export writes all messages of a branch that are in memory into a file, in
// each topic's own order. It reads the tree on the state's goroutine, to which
// post leads, a bit at a time, and writes on another. Progress is called on the
// state's goroutine; the last call has done set. Messages that went while it
// ran are left out. It closes out.
func Export(t *Tree, id ID, form Form, out io.WriteCloser, post func(func()), progress func(written int, done bool, err error)) {
	c := newCursor(t, id)
	go func() {
		w := bufio.NewWriterSize(out, 1<<16)
		written, err := 0, error(nil)
		if form == CSV {
			_, err = w.WriteString(csvHead)
		}
		for err == nil {
			batch := make(chan []Message, 1)
			post(func() { batch <- c.next(exportStep) })
			messages := <-batch
			if len(messages) == 0 {
				break
			}
			if err = writeAll(w, form, messages); err == nil {
				written += len(messages)
				post(func() { progress(written, false, nil) })
			}
		}
		if e := w.Flush(); err == nil {
			err = e
		}
		if e := out.Close(); err == nil {
			err = e
		}
		post(func() { progress(written, true, err) })
	}()
}

func writeAll(w io.Writer, form Form, messages []Message) error {
	var text []byte
	var err error
	for _, m := range messages {
		if form == CSV {
			text = appendCSV(text[:0], m)
		} else if text, err = appendLine(text[:0], m); err != nil {
			return err
		}
		if _, err = w.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// cursor walks the store: first the old generation, then the young log, up to
// where the log ended when the walk began.
type cursor struct {
	t    *Tree
	id   ID
	old  []uint32
	at   place
	last place
}

func newCursor(t *Tree, id ID) *cursor {
	c := &cursor{t: t, id: id, at: place{seg: t.store.first}}
	for k := range t.store.old {
		c.old = append(c.old, k)
	}
	slices.Sort(c.old)
	if n := len(t.store.young); n > 0 {
		c.last = place{t.store.first + uint32(n) - 1, uint32(len(t.store.young[n-1].buf))}
	}
	return c
}

// next gives at least some messages, or none at the end.
func (c *cursor) next(some int) []Message {
	top, ok := c.t.nodes.lookup(c.id)
	if !ok {
		return nil
	}
	var all []Message
	for len(c.old) > 0 && len(all) < some {
		id := c.old[0]
		c.old = c.old[1:]
		if g := c.t.store.old[id]; g != nil {
			each(g.buf, func(off int, r []byte) {
				if i := binary.LittleEndian.Uint32(r); c.t.nodes.at(i).last == (place{id, uint32(off)}) {
					all = c.add(all, top, i, r)
				}
			})
		}
	}
	s := &c.t.store
	for len(all) < some && (c.at.seg < c.last.seg || c.at.seg == c.last.seg && c.at.off < c.last.off) {
		if c.at.seg < s.first {
			c.at = place{seg: s.first}
			continue
		}
		k := c.at.seg - s.first
		if int(k) >= len(s.young) {
			break
		}
		buf := s.young[k].buf
		if int(c.at.off) >= len(buf) {
			c.at = place{seg: c.at.seg + 1}
			continue
		}
		r := buf[c.at.off:]
		r = r[:recordSize(r)]
		c.at.off += uint32(len(r))
		i := binary.LittleEndian.Uint32(r)
		if p := c.t.nodes.at(i); p.gen == binary.LittleEndian.Uint32(r[recGen:]) && p.flags&isUsed != 0 {
			all = c.add(all, top, i, r)
		}
	}
	return all
}

func (c *cursor) add(all []Message, top, i uint32, r []byte) []Message {
	for j := i; j != top; j = c.t.nodes.at(j).parent {
		if j == 0 {
			return all
		}
	}
	e := entry(r)
	return append(all, Message{Topic: c.t.nodes.topic(i), Payload: e.Payload, QoS: e.QoS, Retained: e.Retained, At: e.At})
}
