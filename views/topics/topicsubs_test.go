package topics

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/uplink"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// crosses are the places of the buttons that end a subscription, in the window.
func (p *topicPage) crosses() (all []fyne.Position, size fyne.Size) {
	for _, chip := range p.subs.chips.Objects[1:] {
		for _, o := range test.LaidOutObjects(chip) {
			if b, ok := o.(*ui.Button); ok {
				all, size = append(all, fyne.CurrentApp().Driver().AbsolutePositionForObject(b)), b.Size()
			}
		}
	}
	return all, size
}

func TestEverySubscriptionCanBeEndedOnASmallScreen(t *testing.T) {
	p, r, loop := topicWindow(t)
	for i := range 4 {
		r.traffic.Subs = append(r.traffic.Subs, uplink.Subscription{Filter: fmt.Sprintf("school/room-%d/+/temperature", i), Answered: true})
		r.traffic.Signal.Raise()
		loop.Run()
		places, size := p.crosses()
		if len(places) != i+1 {
			t.Fatalf("%d crosses for %d subscriptions", len(places), i+1)
		}
		controls := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.subs.all)
		card := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.split)
		for k, at := range places {
			beside := at.Y < controls.Y+p.subs.all.Size().Height && at.X+size.Width > controls.X
			if at.X+size.Width > viewtest.SmallScreen.Width || at.Y+size.Height > card.Y || beside {
				t.Errorf("of %d subscriptions the cross of number %d is at %v, the tree begins at %v", i+1, k, at, card)
			}
		}
	}
}

func TestTheBrokersOwnTopicsAreShownToWhoeverSubscribesToThem(t *testing.T) {
	p, r, _ := topicWindow(t)
	shown := func() bool { return slices.Contains(p.rowNames(), "$SYS") }
	if shown() {
		t.Fatal("shown without being asked for")
	}
	p.subs.filter.SetText("$SYS/broker/+")
	p.subs.submit()
	if !shown() {
		t.Error("not shown after the subscription")
	}
	p.toggleInternal()
	if shown() || len(r.traffic.Subs) != 1 {
		t.Errorf("still shown; subscribed to %v", r.traffic.Subs)
	}
	p.toggleInternal()
	if !shown() || len(r.traffic.Subs) != 2 {
		t.Errorf("not shown again; subscribed to %v", r.traffic.Subs)
	}
	p.tree.ShowInternal(false) // as at the next start
	viewtest.WindowOf(p.env.Shell).Rebuild()
	if p = viewtest.WindowOf(p.env.Shell).Pages[ui.PlaceTopics].(*topicPage); !shown() {
		t.Error("not shown at the next start")
	}
}
