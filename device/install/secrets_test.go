//go:build linux

package install

import (
	"slices"
	"testing"

	"lamplighter/device"
)

func TestAClientIDThatIsTheLoginIsASecret(t *testing.T) {
	t.Parallel()
	const key = "9f0c1b7d2e5a4c6b8d3f7e1a0b9c8d7e"
	for user, secret := range map[string]bool{"": true, "lamp-07": false} {
		c := config()
		c.Broker.User, c.Broker.ClientID = device.Text(user), key
		file, err := c.File()
		if err != nil {
			t.Fatal(err)
		}
		if got := blanked(file).Broker.ClientID == ""; got != secret {
			t.Errorf("user %q: left out %v", user, got)
		}
		if got := slices.Contains(secrets(c), key); got != secret {
			t.Errorf("user %q: hidden in lines %v", user, got)
		}
	}
}
