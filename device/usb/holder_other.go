//go:build !linux

package usb

// holder is "": only Linux tells without special rights.
func holder(string) string { return "" }

// groupOf is "": only on Linux does a group decide.
func groupOf(string) string { return "" }

func taker() string { return "" }
