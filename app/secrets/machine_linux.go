package secrets

import "os"

// machineID is what systemd and D-Bus call this installation (machine-id(5)), or
// "" where there is none.
func machineID() string {
	for _, path := range []string{"/etc/machine-id", "/var/lib/dbus/machine-id"} {
		if b, err := os.ReadFile(path); err == nil {
			return string(b)
		}
	}
	return ""
}
