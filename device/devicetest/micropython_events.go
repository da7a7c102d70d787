//go:build linux

package devicetest

import (
	"slices"
	"time"
)

// Event is something that happened on a test board, other than serial bytes.
type Event struct {
	// Type is one of boot, repl (the prompt is there), reset, np (a NeoPixel
	// was written), pin (an output changed), look (the program has seen another
	// level of an input), oled (the display was shown), wifi, crash (a fault of the test board itself), stat.
	Type   string   `json:"t"`
	Pin    string   `json:"pin"`
	Value  int      `json:"v"`
	Pixels [][3]int `json:"px"`
	Bytes  int      `json:"bpp"`    // of a pixel
	Text   []string `json:"text"`   // of the display, in the order drawn
	Status int      `json:"status"` // of WLAN.status()
	Hard   bool     `json:"hard"`   // power-up or hardware reset
	Detail string   `json:"msg"`
	RSS    int64    `json:"rss"`
	Lost   int      `json:"lost"`
	Done   int      `json:"n"`
}

// maxEvents bounds a board's history. A benchmark's oldest events go first.
const maxEvents = 20000

func (m *MicroPython) record(e Event) {
	if e.Type == "crash" {
		m.t.Errorf("the test board %d crashed: %s", m.id, e.Detail)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.events) == maxEvents {
		half := maxEvents / 2
		m.events = append([]Event(nil), m.events[half:]...)
		m.seen = max(0, m.seen-half)
	}
	m.events = append(m.events, e)
	m.recorded++
	close(m.arrived)
	m.arrived = make(chan struct{})
}

// Events is the board's history so far.
func (m *MicroPython) Events() []Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Event(nil), m.events...)
}

// WaitFor gives the first event that is wanted among those that came after the
// last one that WaitFor gave. It fails the test after two minutes.
func (m *MicroPython) WaitFor(wanted func(Event) bool) Event {
	m.t.Helper()
	limit := time.After(waitLimit)
	for {
		m.mu.Lock()
		for m.seen < len(m.events) {
			e := m.events[m.seen]
			m.seen++
			if e.Type == "crash" {
				m.mu.Unlock()
				m.t.FailNow()
			}
			if wanted(e) {
				m.mu.Unlock()
				return e
			}
		}
		arrived, last := m.arrived, m.events[max(0, len(m.events)-8):]
		m.mu.Unlock()
		select {
		case <-arrived:
		case <-m.host.ended:
			m.t.Fatalf("the test board's process ended; last events %+v", last)
		case <-limit:
			m.t.Fatalf("no such event; the last were %+v", last)
		}
	}
}

// await waits until something wanted has come after the first so many events, at
// most for limit. What WaitFor gives is not changed.
func (m *MicroPython) await(after int, limit time.Duration, wanted func(Event) bool) {
	late := time.NewTimer(limit)
	defer late.Stop()
	for {
		m.mu.Lock()
		from := len(m.events) - (m.recorded - after)
		found, arrived := slices.ContainsFunc(m.events[max(0, from):], wanted), m.arrived
		m.mu.Unlock()
		if found {
			return
		}
		select {
		case <-arrived:
		case <-m.host.ended:
			return
		case <-late.C:
			return
		}
	}
}

// WaitForPixels waits until the first pixel of a NeoPixel shows the wanted
// state and gives its colour.
func (m *MicroPython) WaitForPixels(on bool) [3]int {
	m.t.Helper()
	return m.WaitFor(func(e Event) bool { return e.Type == "np" && (e.Pixels[0] != [3]int{}) == on }).Pixels[0]
}
