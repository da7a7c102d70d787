package broker

import (
	"slices"
	"testing"

	"lamplighter/app/lights/codec"
	"lamplighter/app/link"
)

func TestAProgramThatLooksForOtherSystemsLampsIsRefusedWithoutANotice(t *testing.T) {
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	c := join(t, options(b, "pupil", "secret"))
	filters := codec.NewFinder().Filters()
	for _, f := range append(filters, "class/+/light", "clas/+/light") {
		if err := c.Subscribe(f, 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range append(filters, "clas/+/light") {
		s := c.subs.wait(t, "the answer to "+f, func(s link.SubState) bool { return s.Filter == f })
		if mine := (rights{Account: Account{Role: Pupil}, classroom: "class"}).mayReceive(f); mine != (s.Err == nil) {
			t.Errorf("%s: %v", f, s.Err)
		}
	}
	// A person's own slip is told.
	notices.wait(t, "the notice", func(n Notice) bool { return n.Kind == Denied && n.Topic == "clas/+/light" })
	for _, n := range notices.list() {
		if n.Kind == Denied && slices.Contains(filters, n.Topic) {
			t.Errorf("a notice about %s", n.Topic)
		}
	}
}
