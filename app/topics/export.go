package topics

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"io"
	"maps"
	"math"
	"slices"

	"lamplighter/device/crash"
)

// Form is a form of file.
type Form int

// The forms of an export.
const (
	JSONLines Form = iota // exact; can be imported and replayed
	CSV                   // for a spreadsheet
)

// Extent is what an export holds.
type Extent struct {
	Branch ID   // only this branch; Root is all
	Shown  bool // only topics that the tree's filter has found
	Last   bool // only each topic's last message
}

// exportStep is how many messages are written at a time.
const exportStep = 2000

// Export writes messages that are in memory now into a file, in the order in
// which they came. It reads the tree on the state's goroutine, to which post
// leads, a bit at a time, and writes on another; until it ends it holds on to
// the memory of what it has to write, and sorts with 24 bytes for each message
// out of order (64 for each topic where only the last ones are wanted). Messages of topics that are forgotten meanwhile are left out.
// Progress is called on the state's goroutine; the last call has done set. It
// closes out.
func Export(t *Tree, what Extent, form Form, out io.WriteCloser, post func(func()), progress func(written int, done bool, err error)) {
	w := newWalk(t, what)
	crash.Go(func() {
		b := bufio.NewWriterSize(out, 1<<16)
		written, err := 0, error(nil)
		if form == CSV {
			_, err = b.WriteString(csvHead)
		}
		w.sort()
		for err == nil {
			places := w.next(exportStep)
			if len(places) == 0 {
				break
			}
			batch := make(chan []Message, 1)
			post(func() { batch <- w.read(t, places) })
			messages := <-batch
			if err = writeAll(b, form, messages); err == nil {
				written += len(messages)
				post(func() { progress(written, false, nil) })
			}
		}
		if e := b.Flush(); err == nil {
			err = e
		}
		if e := out.Close(); err == nil {
			err = e
		}
		post(func() { progress(written, true, err) })
	})
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

// walk goes through the messages that were in memory when it began, by their
// time. It holds the segments themselves, whose bytes never change.
type walk struct {
	extent    Extent
	found     *search // what Extent.Shown means, or nil
	young     [][]byte
	old       [][]byte
	displaced []spot // what is not in its place in the young log: last values of old, and values that were moved
	at        spot   // in the young log
	first     uint32 // number of young[0]
	moved     map[place]bool
	far       int64 // the newest time before at
}

// spot is a record's place in a walk.
type spot struct {
	at       int64 // its time
	old      bool
	seg, off uint32
}

// newWalk notes what is in memory. It looks at every last value of the old
// generation, about 0.1 µs each, and at nothing else.
func newWalk(t *Tree, what Extent) *walk {
	w := &walk{extent: what, far: math.MinInt64, first: t.store.first, moved: maps.Clone(t.store.moved)}
	if what.Shown {
		w.found = t.search
	}
	for _, g := range t.store.young {
		w.young = append(w.young, g.buf)
	}
	for id, g := range t.store.old {
		n := uint32(len(w.old))
		w.old = append(w.old, g.buf)
		each(g.buf, func(off int, r []byte) {
			if t.nodes.at(binary.LittleEndian.Uint32(r)).last == (place{id, uint32(off)}) {
				w.displaced = append(w.displaced, spot{timeOf(r), true, n, uint32(off)})
			}
		})
	}
	return w
}

func timeOf(r []byte) int64 { return int64(binary.LittleEndian.Uint64(r[recAt:])) }

// sort finds all that is displaced, and puts it in order. Where only last messages
// are wanted, all of them are taken for displaced, and the log for read.
func (w *walk) sort() {
	if w.extent.Last {
		w.findLast()
	} else {
		w.findDisplaced()
		w.at, w.far = spot{}, math.MinInt64
	}
	slices.SortFunc(w.displaced, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.at, b.at), compareOld(a, b), cmp.Compare(a.seg, b.seg), cmp.Compare(a.off, b.off))
	})
}

func (w *walk) findDisplaced() {
	for s, _, ok := w.step(); ok; s, _, ok = w.step() {
		if s.at < w.far {
			w.displaced = append(w.displaced, s)
		}
		w.far = max(w.far, s.at)
	}
}

// findLast relies on a topic's messages being in their order in the log, but for
// late ones, of which none is the last.
func (w *walk) findLast() {
	last := map[uint64]spot{} // by node and generation
	for s, r, ok := w.step(); ok; s, r, ok = w.step() {
		if r[recFlags]&recLate == 0 {
			last[ownedBy(r)] = s
		}
	}
	w.displaced = slices.AppendSeq(w.displaced, maps.Values(last))
}

// compareOld puts the old generation first: it came before.
func compareOld(a, b spot) int {
	switch {
	case a.old == b.old:
		return 0
	case a.old:
		return -1
	}
	return 1
}

// step gives the next record of the young log.
func (w *walk) step() (spot, []byte, bool) {
	for int(w.at.seg) < len(w.young) {
		buf := w.young[w.at.seg]
		if int(w.at.off) >= len(buf) {
			w.at = spot{seg: w.at.seg + 1}
			continue
		}
		s, r := w.at, buf[w.at.off:]
		s.at = timeOf(r)
		w.at.off += uint32(recordSize(r))
		return s, r, true
	}
	return spot{}, nil, false
}

// next gives some places in the order of their times.
func (w *walk) next(some int) []spot {
	places := make([]spot, 0, some)
	for len(places) < some {
		before := w.at
		s, _, ok := w.step()
		switch {
		case ok && s.at < w.far:
			continue // it is among the late ones
		case len(w.displaced) > 0 && (!ok || w.displaced[0].at <= s.at):
			w.at = before
			s, w.displaced = w.displaced[0], w.displaced[1:]
		case !ok:
			return places
		default:
			w.far = s.at
		}
		places = append(places, s)
	}
	return places
}

// read gives the messages at some places, but those that are not wanted.
func (w *walk) read(t *Tree, places []spot) []Message {
	var all []Message
	top, ok := t.nodes.lookup(w.extent.Branch)
	if !ok {
		return nil
	}
	for _, s := range places {
		buf := w.young
		if s.old {
			buf = w.old
		} else if w.moved[place{w.first + s.seg, s.off}] {
			continue
		}
		r := buf[s.seg][s.off:]
		i, ok := t.nodes.lookup(ID(ownedBy(r)))
		if !ok || !w.wants(t, top, i) {
			continue
		}
		e := entry(r)
		all = append(all, Message{Topic: t.nodes.topic(i), Payload: e.Payload, QoS: e.QoS, Retained: e.Retained, At: e.At})
	}
	return all
}

func (w *walk) wants(t *Tree, top, i uint32) bool {
	for j := i; j != top; j = t.nodes.at(j).parent {
		if j == 0 {
			return false
		}
	}
	return w.found == nil || w.found.finds(t, i)
}
