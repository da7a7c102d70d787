//go:build !linux && !windows && !darwin

package secrets

// machineID is not known on this system; the key file alone protects.
func machineID() string { return "" }
