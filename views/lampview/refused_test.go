package lampview

import (
	"testing"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/device/fault"
)

func TestALampThatWasRefusedSaysWhichPlatformAndWhy(t *testing.T) {
	l := lights.Light{Phase: lights.NotSent, Err: &fault.Error{Fault: fault.TooMany, Op: "publish", Err: &presets.RuleError{Preset: "adafruit", Rule: presets.RateRule, Limit: 30, Wait: time.Second}}}
	if got := Describe(l, time.Now()).Truth; got != "Adafruit IO allows 30 messages a minute" {
		t.Errorf("the card says %q", got)
	}
	l.State, l.Confirmed = lights.On, time.Date(2026, 11, 23, 9, 5, 0, 0, time.Local)
	if got := Describe(l, l.Confirmed).Truth; got != "Adafruit IO allows 30 messages a minute, so nothing was sent. It was on at 09:05." {
		t.Errorf("the card says %q, and not what is known of the lamp", got)
	}
}
