package platformtest_test

import (
	"testing"

	"lamplighter/app/broker/platformtest"
)

// TestAServerInAFewLines shows how a test uses one.
func TestAServerInAFewLines(t *testing.T) {
	d := platformtest.Adafruit(t, platformtest.AdafruitOptions{User: "teacher", Key: "aio_1"})
	d.ForbidSecret("the school's WiFi password")

	board := join(t, d.Server, login("lamp-1", "teacher", "aio_1")) // what is tested goes here, to d.Host() and d.Port()
	board.pub("teacher/feeds/lamp", "on")

	if got := d.Value("lamp"); got != "on" {
		t.Errorf("the platform shows %q", got)
	}
	for _, v := range d.Violations() {
		t.Error(v)
	}
	if k := d.TakenOver(); len(k) > 0 {
		t.Errorf("kicked: %v", k)
	}
}
