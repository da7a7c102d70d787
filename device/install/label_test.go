//go:build linux

package install

import (
	"slices"
	"testing"

	"lamplighter/device/devicetest"
)

func TestALabelStandsOnTheDisplayWhereThereIsOne(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	const name = `灯'07"\`
	if err := b.Label(t.Context(), testPort, name); err != nil {
		t.Fatal(err)
	}
	m.WaitFor(func(e devicetest.Event) bool { return e.Type == "oled" && slices.Equal(e.Text, []string{name}) })
}

func TestABoardWithoutADisplayShowsNoLabel(t *testing.T) {
	t.Parallel()
	_, b := board(t, devicetest.Options{Model: "esp32-s3"})
	if err := b.Label(t.Context(), testPort, "lamp-07"); err != nil {
		t.Error(err)
	}
}
