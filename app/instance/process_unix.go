//go:build unix

package instance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// executable is the path of a process' program, or "".
func executable(pid int) string {
	id := strconv.Itoa(pid)
	if path, err := os.Readlink(filepath.Join("/proc", id, "exe")); err == nil {
		return strings.TrimSuffix(path, " (deleted)") // replaced by an upgrade
	}
	out, err := exec.Command("ps", "-o", "comm=", "-p", id).Output() // a system without /proc
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
