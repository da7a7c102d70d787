//go:build !windows

package policy

import (
	"path/filepath"
	"runtime"
)

func systemPaths() []string {
	if runtime.GOOS == "darwin" {
		return []string{filepath.Join("/Library/Application Support/Lamplighter", FileName)}
	}
	return []string{filepath.Join("/etc/lamplighter", FileName)}
}
