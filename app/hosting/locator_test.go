package hosting_test

import (
	"net"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/settings"
	"lamplighter/device/devicetest"
)

func TestTheFindersPortIsNeverGivenUpWhileTheBrokerStartsAnew(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	port := a.Settings.Values().BuiltIn.FindPort
	other := devicetest.Port(t)

	// Another program that wants the port, as a second classroom on this computer.
	stop, stolen := make(chan struct{}), make(chan bool, 1)
	go func() {
		for {
			select {
			case <-stop:
				stolen <- false
				return
			default:
			}
			if c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}); err == nil {
				_ = c.Close()
				stolen <- true
				return
			}
		}
	}()
	a.Settings.Update(func(v *settings.Values) { v.BuiltIn.Port = other })
	loop.RunUntil(func() bool { return a.Port() == other }, "the broker at its new port")
	close(stop)
	if <-stolen {
		t.Error("another program could take the port that the boards know")
	}
	if now := a.Settings.Values().BuiltIn.FindPort; now != port {
		t.Errorf("boards know port %d, and the locator has %d", port, now)
	}
}
