package views

import (
	"fmt"
	"testing"
)

func TestInAFloodLinesTakeTurnsAndAllAreRightAtItsEnd(t *testing.T) {
	p, r, _ := topicWindow(t)
	v := p.view
	n := min(len(v.lines), v.tree.Len())
	v.setCurrent(n - 1) // the one that is looked at
	now := r.at         // each message moves the room's clock
	v.turns.pass(v, now)
	v.turns.saved = 0
	said := func(k int) uint64 { return v.turns.shown[v.tree.At(k).ID].Messages }
	heard := func(k int) uint64 { l, _ := v.tree.Level(v.tree.At(k).ID); return l.Messages }
	waited := make([]int, n)
	for round := range 20 {
		for lamp := range 12 {
			r.hears(fmt.Sprintf("class/lamp-%02d/light", lamp+1), fmt.Sprint(round), false)
		}
		r.hears("class/weather", fmt.Sprint(round), false)
		now = now.Add(readTime)
		before := make([]uint64, n)
		for k := range n {
			before[k] = said(k)
		}
		behind := v.turns.pass(v, now)
		written := 0
		for k := range n {
			waited[k]++
			if said(k) != before[k] {
				written++
				waited[k] = 0
			}
			if waited[k] > (n+turnEach-1)/turnEach {
				t.Fatalf("round %d: line %d waits for %d rounds", round, k, waited[k])
			}
		}
		if written > turnEach+1 || !behind {
			t.Fatalf("round %d: %d lines written, behind %v", round, written, behind)
		}
		if said(n-1) != heard(n-1) {
			t.Errorf("round %d: the chosen line waits", round)
		}
	}
	for range (n + turnEach - 1) / turnEach {
		now = now.Add(readTime)
		v.turns.pass(v, now)
	}
	for k := range n {
		if said(k) != heard(k) {
			t.Errorf("line %d says %d, heard %d", k, said(k), heard(k))
		}
	}
}

func TestAfterAPauseAllLinesChangeAtOnceAndWhatComesIntoViewIsRight(t *testing.T) {
	p, r, _ := topicWindow(t)
	v := p.view
	v.turns.pass(v, r.at)
	change := func(text string) {
		for lamp := range 12 {
			r.hears(fmt.Sprintf("class/lamp-%02d/light", lamp+1), text, false)
		}
	}
	r.at = r.at.Add(10 * readTime)
	change("on")
	if v.turns.pass(v, r.at) {
		t.Error("lines wait after a pause")
	}
	p.Hidden()
	change("off")
	change("on")
	p.Shown()
	v.update()
	for k := range min(len(v.lines), v.tree.Len()) {
		id := v.tree.At(k).ID
		if l, _ := v.tree.Level(id); v.turns.shown[id].Messages != l.Messages {
			t.Errorf("line %d says %d, heard %d", k, v.turns.shown[id].Messages, l.Messages)
		}
	}
}
