package secrets

import "golang.org/x/sys/unix"

// machineID is the hardware's UUID (sysctl kern.uuid on macOS), or "".
func machineID() string {
	id, err := unix.Sysctl("kern.uuid")
	if err != nil {
		return ""
	}
	return id
}
