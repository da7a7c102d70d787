package usb

import (
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// holder names another program that has the port open, as far as /proc lets
// this user see, or "". Programs that take no exclusive lock are found too.
func holder(name string) string { return holderIn("/proc", name, os.Getpid()) }

func holderIn(proc, name string, self int) string {
	file, err := filepath.EvalSymlinks(name)
	if err != nil || !mayBeTerminal(file) {
		return ""
	}
	fds, _ := filepath.Glob(proc + "/[0-9]*/fd/*") // the pattern is well-formed
	for _, fd := range fds {
		dir := filepath.Dir(filepath.Dir(fd))
		if filepath.Base(dir) == strconv.Itoa(self) {
			continue
		}
		if to, err := os.Readlink(fd); err == nil && to == file {
			b, _ := os.ReadFile(filepath.Join(dir, "comm")) // an ended program has none
			return strings.TrimSpace(string(b))
		}
	}
	return ""
}

// takers are the services that open any new port, as their processes are called.
// They run as root: what they have open can't be seen, only that they run.
var takers = []string{"ModemManager", "brltty"}

func taker() string { return takerIn("/proc") }

func takerIn(proc string) string {
	names, _ := filepath.Glob(proc + "/[0-9]*/comm") // the pattern is well-formed
	for _, name := range names {
		b, _ := os.ReadFile(name) // an ended program has none
		if comm := strings.TrimSpace(string(b)); slices.Contains(takers, comm) {
			return comm
		}
	}
	return ""
}

// mayBeTerminal is false for what everybody holds, as /dev/null: no device, or
// one of the memory devices (major number 1, devices.txt of Linux).
func mayBeTerminal(file string) bool {
	info, err := os.Stat(file)
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode()&os.ModeCharDevice != 0 && unix.Major(uint64(st.Rdev)) != 1
}

// groupOf names the group of the device file, or "".
func groupOf(name string) string {
	info, err := os.Stat(name)
	if err != nil {
		return ""
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	id := strconv.Itoa(int(st.Gid))
	g, err := user.LookupGroupId(id)
	if err != nil {
		return id
	}
	return g.Name
}
