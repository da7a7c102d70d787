package policy

import (
	"os"
	"path/filepath"
)

func systemPaths() []string {
	if dir := os.Getenv("ProgramData"); dir != "" {
		return []string{filepath.Join(dir, "Lamplighter", FileName)}
	}
	return nil
}
