package settings

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// A person has to see a wrong address to correct it, so it stays; whoever dials
// it is told.
func TestSavedAddressesAreReadInOneFormAndWrongOnesStay(t *testing.T) {
	for host, want := range map[string]string{
		"[::1]": "::1", "fe80::1%eth0": "fe80::1%eth0", "端.example": "xn--suz.example", "MQTT.school.cn.": "mqtt.school.cn", " 1.2.3.4 ": "1.2.3.4",
		"mqtt%20": "mqtt%20", "aa:bb:cc:dd:ee:ff": "aa:bb:cc:dd:ee:ff", "127.0.0.1:1883:1": "127.0.0.1:1883:1", "a|b": "a|b", "": "", "[::1": "[::1",
	} {
		dir := t.TempDir()
		data, err := json.Marshal(map[string]any{
			"connection": "c", "connections": []any{map[string]any{"id": "c", "host": host, "port": -1}}, "builtin": map[string]any{"address": host},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fileName), data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := opened(t, dir)
		v := s.Values()
		if len(v.Connections) != 1 || v.Connections[0].Host != want || v.Connections[0].Port != -1 || v.Connection != "c" || v.BuiltIn.Address != want || len(s.SetAside()) > 0 {
			t.Errorf("%q: %+v", host, v)
		}
	}
}

func TestAPortThatNoSystemHasIsNotChosen(t *testing.T) {
	s := opened(t, t.TempDir())
	for port, want := range map[int]int{-1: 0, 65536: 0, 0: 0, 1: 1, 65535: 65535} {
		s.Update(func(v *Values) { v.BuiltIn = BuiltIn{Port: port, WSPort: port, FindPort: port, SIoTPort: port} })
		if got := s.Values().BuiltIn; got != (BuiltIn{Port: want, WSPort: want, FindPort: want, SIoTPort: want}) {
			t.Errorf("%d: %+v", port, got)
		}
	}
}
