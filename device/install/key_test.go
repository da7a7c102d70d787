//go:build linux

package install

import (
	"strings"
	"testing"

	"lamplighter/device"
	"lamplighter/device/devicetest"
)

func TestABoardOfAnEarlierVersionGetsASecretOfItsOwnAtTheCable(t *testing.T) {
	t.Parallel()
	old, own := strings.Repeat("0f", 16), strings.Repeat("a1", 16)
	for _, model := range []string{"mpython-2", "esp8266"} {
		m, b := board(t, devicetest.Options{Model: model})
		c := config()
		c.Find = device.Find{Classroom: "class", Secret: old, Port: 18830}
		mustInstall(t, b, device.Job{Config: c})
		var renewed []string
		b.RenewKeys(func(string) (string, string) { return old, own }, func(id string) { renewed = append(renewed, id) })
		id := mustGreet(t, b)
		mustGreet(t, b)
		if len(renewed) != 1 || renewed[0] != id.ID {
			t.Errorf("%s: renewed %q", model, renewed)
		}
		c.Find.Secret = own
		want, err := c.File()
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := m.ReadFile(settingsPath); string(got) != string(want) {
			t.Errorf("%s: the settings are %s", model, got)
		}
		b.RenewKeys(func(string) (string, string) { return old, strings.Repeat("b2", 16) }, func(string) { t.Error("another classroom's secret was replaced") })
		mustGreet(t, b)
	}
}
