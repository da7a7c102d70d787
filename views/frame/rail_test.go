package frame

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestThePageStaysWhereItIsWhicheverPlaceIsChosen(t *testing.T) {
	test.NewTempApp(t)
	r := newRailItem("board", "A place with a long name", nil)
	plain := r.MinSize()
	r.choose(true)
	if chosen := r.MinSize(); chosen != plain {
		t.Errorf("the place needs %v, chosen %v", plain, chosen)
	}
}
