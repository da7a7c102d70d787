package double_test

import (
	"testing"

	"lamplighter/app/broker/double"
)

// TestADoubleInAFewLines shows how a test uses one.
func TestADoubleInAFewLines(t *testing.T) {
	d := double.Adafruit(t, double.AdafruitOptions{User: "teacher", Key: "aio_1"})
	d.Forbid("the school's WiFi password")

	board := join(t, d.Double, login("lamp-1", "teacher", "aio_1")) // what is tested goes here, to d.Host() and d.Port()
	board.pub("teacher/feeds/lamp", "on")

	if got := d.Value("lamp"); got != "on" {
		t.Errorf("the platform shows %q", got)
	}
	for _, v := range d.Violations() {
		t.Error(v)
	}
	if k := d.Kicks(); len(k) > 0 {
		t.Errorf("kicked: %v", k)
	}
}
